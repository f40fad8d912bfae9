//! Two stations at one table: what their officers ask for, in a line each.

use std::time::Duration;

use redphone_api::{
    Book, BookAct, BookKind, BookSaid, BookState, CodedText, MessageRef, Refusal, Request, Response,
};

use crate::support::Pair;

pub(crate) const NORD: usize = 0;
pub(crate) const SUD: usize = 1;

pub(crate) struct Table {
    pub(crate) pair: Pair,
    restarts: u64,
}

/// A lexicon of one term.
pub(crate) fn lexicon(name: &str, version: u16, meaning: &str) -> String {
    format!(
        "[meta]\nname = \"{name}\"\nversion = {version}\n[[term]]\nid = \"T-007\"\n\
         en = \"entry into a register\"\nru = \"проникновение в реестр\"\n\
         def_en = \"{meaning}\"\ndef_ru = \"Проникновение без разрешения владельца.\"\n\
         not_en = \"reading of what is open to everyone\"\nnot_ru = \"чтение открытого\"\n"
    )
}

/// A code book of one text, by the starter lexicon.
pub(crate) fn code_book(version: u16, code: &str, text: &str) -> String {
    format!(
        "[meta]\nname = \"line\"\nversion = {version}\nlexicon = \"starter-1\"\n\
         follows_en = \"in our next message\"\nfollows_ru = \"в нашем следующем сообщении\"\n\
         [[entry]]\ncode = \"{code}\"\nprecedence = \"FLASH\"\n\
         title_en = \"We stop\"\ntitle_ru = \"Мы прекращаем\"\n\
         text_en = \"{text} Hours: {{hours}}.\"\ntext_ru = \"Мы прекращаем. Часов: {{hours}}.\"\n\
         [[entry.blank]]\nname = \"hours\"\nkind = \"hours\"\n\
         means_en = \"for how long\"\nmeans_ru = \"на какое время\"\n"
    )
}

impl Table {
    pub(crate) fn new() -> Self {
        Self {
            pair: Pair::paired(),
            restarts: 0,
        }
    }

    pub(crate) fn run(&mut self) {
        self.pair.run(Duration::from_millis(400));
    }

    pub(crate) fn restart(&mut self, side: usize) {
        self.restarts += 1;
        let now = self.pair.now;
        let disk = self.pair.sides[side].disk.clone();
        self.pair.sides[side].restart(now, disk, 1_000 + self.restarts);
    }

    pub(crate) fn ask(&mut self, side: usize, request: Request) -> Result<Response, Refusal> {
        let now = self.pair.now;
        self.pair.sides[side].ask(now, request)
    }

    fn say(
        &mut self,
        side: usize,
        what: BookKind,
        act: BookAct,
        name: &str,
        file: &str,
    ) -> Result<BookSaid, Refusal> {
        let request = Request::Agree {
            to: None,
            what,
            act,
            name: name.to_owned(),
            file: file.to_owned(),
            because: "as agreed by voice".to_owned(),
            officer: "1st watch".to_owned(),
            check_only: false,
        };
        match self.ask(side, request)? {
            Response::Agreed(said) => Ok(*said),
            other => panic!("something was said, not {other:?}"),
        }
    }

    pub(crate) fn propose(
        &mut self,
        side: usize,
        what: BookKind,
        file: &str,
    ) -> Result<BookSaid, Refusal> {
        self.say(side, what, BookAct::Propose, "", file)
    }

    pub(crate) fn accept(&mut self, side: usize, name: &str) -> Result<BookSaid, Refusal> {
        let what = self.kind(side, name);
        self.say(side, what, BookAct::Accept, name, "")
    }

    pub(crate) fn refuse(&mut self, side: usize, name: &str) -> Result<BookSaid, Refusal> {
        let what = self.kind(side, name);
        self.say(side, what, BookAct::Refuse, name, "")
    }

    pub(crate) fn retire(&mut self, side: usize, name: &str) -> Result<BookSaid, Refusal> {
        let what = self.kind(side, name);
        self.say(side, what, BookAct::Retire, name, "")
    }

    /// Proposed by NORD, accepted by SUD, heard by both.
    pub(crate) fn agree(&mut self, what: BookKind, file: &str, name: &str) {
        self.propose(NORD, what, file).unwrap();
        self.run();
        self.accept(SUD, name).unwrap();
        self.run();
    }

    pub(crate) fn books(&mut self, side: usize) -> Vec<Book> {
        match self.ask(side, Request::Books { peer: None }).unwrap() {
            Response::Books { books } => books,
            other => panic!("books were asked for, not {other:?}"),
        }
    }

    fn kind(&mut self, side: usize, name: &str) -> BookKind {
        let books = self.books(side);
        let book = books.iter().find(|book| book.name == name);
        book.map_or(BookKind::Lexicon, |book| book.what)
    }

    pub(crate) fn in_force(&mut self, side: usize, what: BookKind) -> String {
        let mut books = self.books(side);
        books.retain(|book| book.what == what && book.state == BookState::InForce);
        assert_eq!(books.len(), 1, "{books:?}");
        books.remove(0).name
    }

    pub(crate) fn state(&mut self, side: usize, name: &str) -> Option<BookState> {
        let books = self.books(side);
        let book = books.iter().find(|book| book.name == name);
        book.map(|book| book.state)
    }

    pub(crate) fn file(&mut self, side: usize, name: &str) -> String {
        let what = self.kind(side, name);
        let request = Request::BookRead {
            peer: None,
            what,
            name: name.to_owned(),
        };
        match self.ask(side, request).unwrap() {
            Response::Book(book) => book.file,
            other => panic!("a book was asked for, not {other:?}"),
        }
    }

    pub(crate) fn send_code(&mut self, side: usize, code: &str) -> Result<CodedText, Refusal> {
        let request = Request::SendCode {
            to: None,
            code: code.to_owned(),
            blanks: vec![("hours".to_owned(), "4".to_owned())],
            officer: "1st watch".to_owned(),
            check_only: false,
        };
        match self.ask(side, request)? {
            Response::Coded(coded) => Ok(*coded),
            other => panic!("a code was sent, not {other:?}"),
        }
    }

    pub(crate) fn read(
        &mut self,
        side: usize,
        name: &str,
    ) -> Result<redphone_api::Message, Refusal> {
        let message: MessageRef = name.parse().unwrap();
        match self.ask(side, Request::Read { message })? {
            Response::Message(message) => Ok(*message),
            other => panic!("a message was asked for, not {other:?}"),
        }
    }
}
