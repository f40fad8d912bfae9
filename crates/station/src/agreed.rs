//! Lexicons and code books at the hub: found for a line, looked at before they are agreed on.
//!
//! Owns the files, which are attachments of the proposals, and what is fit to be agreed on. Where
//! each stands is the desk's. What an officer asks for is `agree`. Rules BOOK-2 to BOOK-7.

mod file;

use std::collections::BTreeMap;
use std::sync::{Arc, LazyLock};

use redphone_api::{EventKind, MessageRef, Refusal};
use redphone_clarity::{CodeBook, Lexicon};
use redphone_desk::asks::Side;
use redphone_desk::{Agreed, agreement_record, shipped_lexicon};
use redphone_journal::Storage;
use redphone_wire::{
    Agreement, AgreementAct, BookKind, Form, LexiconId, Message, Now, PartyName, Serial,
};

use crate::hub::Hub;
use crate::refusals::policy;

use self::file::fits;
pub(crate) use self::file::{File, bytes_max};

/// Lexicons, and code books, that are kept read.
const READ_MAX: usize = 4;

/// The code book that is in the program. None: it is broken, which a test of its rules out.
static SHIPPED_CODES: LazyLock<Option<Arc<CodeBook>>> =
    LazyLock::new(|| CodeBook::starter().ok().map(Arc::new));

/// What was read of a line's files, by digest. Most stations never need any in memory.
#[derive(Default)]
pub(crate) struct Books {
    lexicons: BTreeMap<[u8; 32], Arc<Lexicon>>,
    codes: BTreeMap<[u8; 32], Arc<CodeBook>>,
}

impl<S: Storage> Hub<S> {
    /// The lexicon in force on a line. None: it cannot be read, and nothing may be judged by it.
    pub(crate) fn lexicon_in_force(&mut self, peer: &PartyName) -> Option<Arc<Lexicon>> {
        let agreed = self.desk.agreed(peer);
        match agreed.and_then(|agreed| agreed.in_force(BookKind::Lexicon)) {
            Some((digest, _)) => self.lexicon(peer, *digest),
            None => shipped_lexicon(),
        }
    }

    /// The lexicon that something names, if it is held: in force, superseded or retired.
    pub(crate) fn lexicon_named(
        &mut self,
        peer: &PartyName,
        id: &LexiconId,
    ) -> Option<Arc<Lexicon>> {
        let shipped = shipped_lexicon().filter(|lexicon| lexicon.id() == *id);
        if shipped.is_some() {
            return shipped;
        }
        let named = self.desk.agreed(peer)?.all().find(|(digest, book)| {
            book.what == BookKind::Lexicon
                && book.may_be_used_by_peer()
                && (&book.name, book.version) == (&id.name, id.version)
                && digest.starts_with(&id.digest)
        });
        let digest = *named?.0;
        self.lexicon(peer, digest)
    }

    /// The lexicon whose terms fill the blanks of a code book: one that was agreed on, and no other
    /// has its name.
    pub(crate) fn lexicon_titled(&mut self, peer: &PartyName, title: &str) -> Option<Arc<Lexicon>> {
        let shipped = shipped_lexicon().filter(|lexicon| lexicon.version() == title);
        let agreed = self.desk.agreed(peer).into_iter().flat_map(Agreed::all);
        let found = agreed.filter(|(_, book)| {
            let agreed = book.what == BookKind::Lexicon && book.accepted.is_some();
            agreed && book.title() == title
        });
        let found: Vec<[u8; 32]> = found.map(|(digest, _)| *digest).collect();
        match (shipped, found.as_slice()) {
            (Some(shipped), []) => Some(shipped),
            (None, [digest]) => self.lexicon(peer, *digest),
            _ => None,
        }
    }

    /// The code book in force on a line. None: it cannot be read.
    pub(crate) fn code_book_in_force(&mut self, peer: &PartyName) -> Option<Arc<CodeBook>> {
        let agreed = self.desk.agreed(peer);
        match agreed.and_then(|agreed| agreed.in_force(BookKind::CodeBook)) {
            Some((digest, _)) => self.code_book(peer, *digest),
            None => SHIPPED_CODES.clone(),
        }
    }

    /// The one code book with this check that the peer may have written by. None where none is
    /// held, or two are: nothing is guessed.
    pub(crate) fn code_book_checked(
        &mut self,
        peer: &PartyName,
        check: u8,
    ) -> Option<Arc<CodeBook>> {
        let shipped = SHIPPED_CODES.clone().filter(|book| book.check() == check);
        let agreed = self.desk.agreed(peer).into_iter().flat_map(Agreed::all);
        let found = agreed.filter(|(digest, book)| {
            let used = book.what == BookKind::CodeBook && book.may_be_used_by_peer();
            used && CodeBook::check_of(digest) == check
        });
        let found: Vec<[u8; 32]> = found.map(|(digest, _)| *digest).collect();
        match (shipped, found.as_slice()) {
            (Some(shipped), []) => Some(shipped),
            (None, [digest]) => self.code_book(peer, *digest),
            _ => None,
        }
    }

    fn lexicon(&mut self, peer: &PartyName, digest: [u8; 32]) -> Option<Arc<Lexicon>> {
        if let Some(held) = self.books.lexicons.get(&digest) {
            return Some(held.clone());
        }
        let Some(File::Lexicon(lexicon)) = self.held_file(peer, BookKind::Lexicon, digest) else {
            return None;
        };
        if self.books.lexicons.len() >= READ_MAX {
            self.books.lexicons.clear();
        }
        self.books.lexicons.insert(digest, lexicon.clone());
        Some(lexicon)
    }

    fn code_book(&mut self, peer: &PartyName, digest: [u8; 32]) -> Option<Arc<CodeBook>> {
        if let Some(held) = self.books.codes.get(&digest) {
            return Some(held.clone());
        }
        let Some(File::CodeBook(book)) = self.held_file(peer, BookKind::CodeBook, digest) else {
            return None;
        };
        if self.books.codes.len() >= READ_MAX {
            self.books.codes.clear();
        }
        self.books.codes.insert(digest, book.clone());
        Some(book)
    }

    /// A held file, if it is still what its digest says.
    fn held_file(&mut self, peer: &PartyName, what: BookKind, digest: [u8; 32]) -> Option<File> {
        let bytes = self.book_bytes(peer, digest)?;
        let file = File::read(what, &bytes).ok()?;
        (file.digest() == digest).then_some(file)
    }

    /// The bytes of a file, word for word as they were proposed.
    pub(crate) fn book_bytes(&mut self, peer: &PartyName, digest: [u8; 32]) -> Option<Vec<u8>> {
        let book = self.desk.agreed(peer)?.find(&digest)?;
        let (by, serial, _) = book.proposed?;
        let file = self.attachment(&self.proposal(peer, by, serial), 0);
        file.ok().map(|(_, bytes)| bytes)
    }

    fn proposal(&self, peer: &PartyName, by: Side, serial: Serial) -> MessageRef {
        let (from, to) = match by {
            Side::Us => (&self.name, Some(peer.to_string())),
            Side::Peer => (peer, None),
        };
        MessageRef {
            from: Some(from.to_string()),
            to,
            serial: serial.0,
        }
    }

    /// Refuses what our officers may not say of a lexicon or a code book, before it is released.
    pub(crate) fn check_agreement(
        &mut self,
        peer: &PartyName,
        form: Option<&Form>,
        file: Option<&[u8]>,
    ) -> Result<(), Refusal> {
        let Some(Form::Agreement(said)) = form else {
            return Ok(());
        };
        let refused = |why: &dyn std::fmt::Display| {
            let list = match said.what {
                BookKind::CodeBook => "codebook",
                BookKind::Lexicon => "lexicon",
            };
            let to_do = format!("See how they stand with `redphone {list} list`.");
            policy(format!("Nothing was sent: {why}."), to_do)
        };
        let empty = Agreed::default();
        let agreed = self.desk.agreed(peer).unwrap_or(&empty);
        agreed.check_ours(said).map_err(|why| refused(&why))?;
        let bytes = match (said.act, file) {
            (AgreementAct::Propose, Some(file)) => Some(file.to_vec()),
            (AgreementAct::Accept, None) => self.book_bytes(peer, said.digest),
            (AgreementAct::Refuse | AgreementAct::Retire, None) => return Ok(()),
            (AgreementAct::Propose, None) => None,
            (_, Some(_)) => return Err(refused(&"a file goes with a proposal alone")),
        };
        let bytes = bytes.ok_or_else(|| refused(&"its file is not here"))?;
        let file = fits(said, &bytes).map_err(|why| refused(&why))?;
        self.check_codes(peer, &file)
            .and_then(|()| self.check_follows(peer, &file))
            .map_err(|why| refused(&why))
    }

    /// A code names its book by seven bits of its hash: no two that are held may share them.
    fn check_codes(&self, peer: &PartyName, file: &File) -> Result<(), String> {
        let File::CodeBook(book) = file else {
            return Ok(());
        };
        let hash = book.hash();
        let agreed = self.desk.agreed(peer).into_iter().flat_map(Agreed::all);
        let of_codes = agreed.filter(|(_, held)| held.what == BookKind::CodeBook);
        let mut held = of_codes.map(|(digest, _)| *digest);
        let shipped = SHIPPED_CODES.as_ref().map(|book| book.hash());
        let same = |other: &[u8; 32]| *other != hash && CodeBook::check_of(other) == book.check();
        if shipped.is_some_and(|one| same(&one) || one == hash) || held.any(|one| same(&one)) {
            let title = book.version();
            return Err(format!(
                "the check of {title} is that of a code book that is held; raise its version"
            ));
        }
        Ok(())
    }

    /// A code book is fit to follow the one in force: no code changes its meaning, and the lexicon of
    /// its terms is agreed on.
    fn check_follows(&mut self, peer: &PartyName, file: &File) -> Result<(), String> {
        let File::CodeBook(book) = file else {
            return Ok(());
        };
        if self.lexicon_titled(peer, book.lexicon()).is_none() {
            let (title, lexicon) = (book.version(), book.lexicon());
            return Err(format!(
                "the terms of {title} are those of the lexicon {lexicon}, which is not agreed on"
            ));
        }
        let before = self.code_book_in_force(peer);
        let changed = before.map_or_else(Vec::new, |before| book.changed_since(&before));
        match changed.first() {
            None => Ok(()),
            Some(number) => Err(format!(
                "{} says something else than in the code book in force; give the new text a new code",
                redphone_clarity::Code(*number)
            )),
        }
    }

    /// Our officers said something of a lexicon or a code book.
    pub(crate) fn heed_our_agreement(&mut self, now: Now, peer: &PartyName, message: &Message) {
        if let Some(Form::Agreement(said)) = &message.form {
            self.note_agreement(now, peer, Side::Us, message.serial, said);
        }
    }

    /// The peer said something of a lexicon or a code book. A proposal counts when its file is here.
    pub(crate) fn heed_their_agreement(&mut self, now: Now, peer: &PartyName, message: &Message) {
        let Some(Form::Agreement(said)) = &message.form else {
            return;
        };
        if said.act == AgreementAct::Propose {
            return;
        }
        let empty = Agreed::default();
        let agreed = self.desk.agreed(peer).unwrap_or(&empty);
        match agreed.check_theirs(said) {
            Ok(()) => self.note_agreement(now, peer, Side::Peer, message.serial, said),
            Err(why) => self.not_agreed(now, peer, why.plainly()),
        }
    }

    /// An attachment of the peer is whole: it may be the file of a proposal.
    pub(crate) fn take_proposal(&mut self, now: Now, peer: &PartyName, serial: Serial) {
        let Ok(message) = self.said_in(peer, false, serial) else {
            return;
        };
        let Some(Form::Agreement(said)) = &message.form else {
            return;
        };
        if said.act != AgreementAct::Propose {
            return;
        }
        let fit = self.fit_proposal(peer, &message, said);
        match fit {
            Ok(()) => self.note_agreement(now, peer, Side::Peer, serial, said),
            Err(why) => self.not_agreed(now, peer, why),
        }
    }

    /// Whether a proposal of the peer is taken. Why not is told in our words alone.
    fn fit_proposal(
        &mut self,
        peer: &PartyName,
        message: &Message,
        said: &Agreement,
    ) -> Result<(), &'static str> {
        let empty = Agreed::default();
        let agreed = self.desk.agreed(peer).unwrap_or(&empty);
        agreed.check_theirs(said).map_err(|why| why.plainly())?;
        let bytes = message.attachments.first().map_or(0, |info| info.bytes);
        if bytes as usize > bytes_max(said.what) {
            return Err("its file is too large");
        }
        let wanted = self.proposal(peer, Side::Peer, message.serial);
        let file = self.attachment(&wanted, 0);
        let (_, bytes) = file.map_err(|_| "its file cannot be read")?;
        let file = fits(said, &bytes).map_err(|_| "its file is not what it says")?;
        self.check_codes(peer, &file)
            .map_err(|_| "its check is that of a code book that is held")
    }

    /// One alarm for each reason, whatever the peer names it.
    fn not_agreed(&mut self, now: Now, peer: &PartyName, why: &str) {
        let what = format!(
            "{peer} said something of a lexicon or a code book that changes nothing here: {why}. \
             Tell their duty officer on the order wire."
        );
        self.alarm(now, peer, what);
    }

    fn note_agreement(
        &mut self,
        now: Now,
        peer: &PartyName,
        by: Side,
        serial: Serial,
        said: &Agreement,
    ) {
        let record = agreement_record(peer, by, serial, now.utc, said);
        self.note_desk(now, record);
        let who = match by {
            Side::Us => &self.name,
            Side::Peer => peer,
        };
        let told = format!(
            "{who} {} {} {}.",
            done(said.act),
            said.what.en(),
            said.title()
        );
        let message = Some((by == Side::Us, serial));
        self.tell(now.utc, EventKind::Agreement, peer, message, told);
    }
}

/// What was done, in a word.
pub(crate) fn done(act: AgreementAct) -> &'static str {
    match act {
        AgreementAct::Accept => "accepted",
        AgreementAct::Propose => "proposed",
        AgreementAct::Refuse => "refused",
        AgreementAct::Retire => "retired",
    }
}
