//! What officers ask for of lexicons and code books: listed, read, proposed, accepted, refused,
//! retired.
//!
//! Owns the requests. An act becomes a message with a form, released by one officer or held as a
//! draft, like any other; what may be agreed on is `agreed`. Rule BOOK-6.

use redphone_api::{
    Book, BookAct, BookKind, BookSaid, BookState, BookText, DraftFields, NewAttachment, Refusal,
    Request, Response, hex,
};
use redphone_clarity::CodeBook;
use redphone_desk::asks::Side;
use redphone_desk::{Agreed, Draft, shipped_lexicon};
use redphone_journal::Storage;
use redphone_wire::limits::NOTE_BYTES_MAX;
use redphone_wire::{
    Agreement, AgreementAct, BookKind as Kind, Form, Language, Now, PartyName, Precedence, to_bytes,
};

use crate::agreed::{File, bytes_max};
use crate::hub::Hub;
use crate::refusals::{not_found, unknown_request, usage};
use crate::release::attachment_info;

/// The precedence of what is said of a lexicon or a code book.
const PRECEDENCE: Precedence = Precedence::Routine;

impl<S: Storage> Hub<S> {
    /// The lexicons and code books of the lines, those in force first.
    pub(crate) fn list_books(&mut self, peer: Option<String>) -> Result<Response, Refusal> {
        let peers = match peer {
            Some(_) => vec![self.choose_peer(peer)?],
            None => self.peers(),
        };
        let mut books = Vec::new();
        for peer in &peers {
            for what in [Kind::Lexicon, Kind::CodeBook] {
                books.extend(self.books_of(peer, what));
            }
        }
        Ok(Response::Books { books })
    }

    /// One of them, word for word. Without a name: the one in force.
    pub(crate) fn read_book(
        &mut self,
        peer: Option<String>,
        what: BookKind,
        name: &str,
    ) -> Result<Response, Refusal> {
        let peer = self.choose_peer(peer)?;
        let books = self.books_of(&peer, kind_of(what));
        let book = one_named(books, name)?;
        let file = if book.proposal.is_empty() {
            shipped_file(what).to_owned()
        } else {
            let digest = hex::decode(&book.digest).and_then(|bytes| bytes.try_into().ok());
            let bytes = digest.and_then(|digest| self.book_bytes(&peer, digest));
            let text = bytes.and_then(|bytes| String::from_utf8(bytes).ok());
            text.ok_or_else(|| {
                let what = format!("The file of {} is no longer held here.", book.name);
                not_found(what, "Ask the other side to propose it again.")
            })?
        };
        Ok(Response::Book(Box::new(BookText { book, file })))
    }

    /// Says something of a lexicon or a code book by one officer, or only looks at it.
    pub(crate) fn agree(&mut self, now: Now, request: Request) -> Result<Response, Refusal> {
        let Request::Agree {
            to,
            what,
            act,
            name,
            file,
            because,
            officer,
            check_only,
        } = request
        else {
            return Err(unknown_request());
        };
        let peer = self.choose_peer(to)?;
        let said = match act {
            BookAct::Propose => proposal(what, &file, &because)?,
            BookAct::Accept | BookAct::Refuse | BookAct::Retire => {
                let book = one_named(self.books_of(&peer, kind_of(what)), &name)?;
                said_of(&book, act, &because)?
            }
        };
        let title = said.title();
        let form = Form::Agreement(said);
        let bytes = (act == BookAct::Propose).then_some(file.as_bytes());
        self.check_agreement(&peer, Some(&form), bytes)?;
        let attachments: Vec<NewAttachment> = bytes
            .into_iter()
            .map(|bytes| book_attachment(&title, bytes))
            .collect();
        let held = (check_only && self.desk.officers().are_enrolled()).then(|| DraftFields {
            to: peer.to_string(),
            precedence: PRECEDENCE.to_string().to_ascii_lowercase(),
            text: String::new(),
            form: to_bytes(&form),
            code: Vec::new(),
            readers: Vec::new(),
            subject: String::new(),
            expires_at: 0,
            on_record: false,
        });
        let sent = if check_only {
            None
        } else {
            self.check_serials(&peer)?;
            let draft = Draft {
                form: Some(form),
                attachments: attachments.iter().map(attachment_info).collect(),
                piece_bytes: self.piece_bytes(&peer),
                ..Draft::text(PRECEDENCE, &officer, "")
            };
            Some(self.send(now, &peer, draft, attachments)?)
        };
        Ok(Response::Agreed(Box::new(BookSaid {
            said: what_follows(&peer, act, &title),
            sent,
            draft: held,
        })))
    }

    /// What is held for a line: the shipped one, and those that were proposed, the newest last.
    fn books_of(&self, peer: &PartyName, what: Kind) -> Vec<Book> {
        let empty = Agreed::default();
        let agreed = self.desk.agreed(peer).unwrap_or(&empty);
        let in_force = agreed.in_force(what).map(|(digest, _)| *digest);
        let shipped = shipped(what).map(|(name, digest)| Book {
            peer: peer.to_string(),
            what: said_kind(what),
            name,
            digest: hex::encode(&digest),
            state: match in_force {
                None => BookState::InForce,
                Some(_) => BookState::Superseded,
            },
            proposal: String::new(),
            proposed_at: None,
            accepted_at: None,
            ended_at: None,
        });
        let of_kind = agreed.all().filter(|(_, book)| book.what == what);
        let mut books: Vec<Book> = of_kind
            .filter_map(|(digest, book)| {
                let (by, serial, at) = book.proposed?;
                let from = match by {
                    Side::Us => &self.name,
                    Side::Peer => peer,
                };
                let ended = book.retired.map(|(_, at)| at).or(book.refused);
                Some(Book {
                    peer: peer.to_string(),
                    what: said_kind(what),
                    name: book.title(),
                    digest: hex::encode(digest),
                    state: state_of(book, in_force == Some(*digest)),
                    proposal: format!("{from} {serial}"),
                    proposed_at: Some(at.0),
                    accepted_at: book.accepted.map(|at| at.0),
                    ended_at: ended.map(|at| at.0),
                })
            })
            .collect();
        books.sort_by_key(|book| book.proposed_at);
        shipped.into_iter().chain(books).collect()
    }
}

/// Where a lexicon or a code book stands.
pub(crate) fn state_of(book: &redphone_desk::Book, in_force: bool) -> BookState {
    if in_force {
        BookState::InForce
    } else if book.retired.is_some() {
        BookState::Retired
    } else if book.accepted.is_some() {
        BookState::Superseded
    } else if book.refused.is_some() {
        BookState::Refused
    } else {
        BookState::Proposed
    }
}

fn kind_of(what: BookKind) -> Kind {
    match what {
        BookKind::Codebook => Kind::CodeBook,
        BookKind::Lexicon => Kind::Lexicon,
    }
}

fn said_kind(what: Kind) -> BookKind {
    match what {
        Kind::CodeBook => BookKind::Codebook,
        Kind::Lexicon => BookKind::Lexicon,
    }
}

fn shipped(what: Kind) -> Option<(String, [u8; 32])> {
    match what {
        Kind::CodeBook => CodeBook::starter()
            .ok()
            .map(|book| (book.version().to_owned(), book.hash())),
        Kind::Lexicon => shipped_lexicon().map(|lexicon| (lexicon.version(), lexicon.hash())),
    }
}

fn shipped_file(what: BookKind) -> &'static str {
    match what {
        BookKind::Codebook => CodeBook::STARTER,
        BookKind::Lexicon => redphone_clarity::Lexicon::STARTER,
    }
}

/// The one that is meant by its name, or by the beginning of its digest; by nothing: the one in
/// force.
fn one_named(books: Vec<Book>, name: &str) -> Result<Book, Refusal> {
    let named = |book: &Book| match name {
        "" => book.state == BookState::InForce,
        _ => book.name == name || (name.len() >= 8 && book.digest.starts_with(name)),
    };
    let mut found = books.into_iter().filter(named);
    match (found.next(), found.next()) {
        (Some(book), None) => Ok(book),
        (Some(_), Some(_)) => Err(usage(
            format!("Several are named {name}."),
            "Name it by the first eight signs of its digest.",
        )),
        (None, _) => Err(not_found(
            format!("None named '{name}' is held for this line."),
            "See those that are with `redphone lexicon list` and `redphone codebook list`.",
        )),
    }
}

fn note_of(because: &str) -> Result<Option<String>, Refusal> {
    let because = because.trim();
    if because.len() > NOTE_BYTES_MAX {
        return Err(usage(
            format!("A reason has at most {NOTE_BYTES_MAX} bytes."),
            "Make it shorter.",
        ));
    }
    Ok((!because.is_empty()).then(|| because.to_owned()))
}

fn proposal(what: BookKind, file: &str, because: &str) -> Result<Agreement, Refusal> {
    let kind = kind_of(what);
    let mend = "Nothing was sent; mend the file.";
    if file.len() > bytes_max(kind) {
        let most = bytes_max(kind);
        return Err(usage(format!("The file has more than {most} bytes."), mend));
    }
    let read = File::read(kind, file.as_bytes())
        .map_err(|why| usage(format!("It is no {}: {why}.", kind.en()), mend))?;
    let title = read.title();
    let named = title.rsplit_once('-');
    let named = named.and_then(|(name, version)| Some((name.to_owned(), version.parse().ok()?)));
    let (name, version) = named.ok_or_else(|| usage("It has no name and version.", mend))?;
    let note = note_of(because)?;
    Ok(Agreement {
        language: language_of(note.as_deref()),
        act: AgreementAct::Propose,
        what: kind,
        name,
        version,
        digest: read.digest(),
        note,
    })
}

fn said_of(book: &Book, act: BookAct, because: &str) -> Result<Agreement, Refusal> {
    let bad = || not_found(format!("{} is not held here.", book.name), "");
    let digest = hex::decode(&book.digest).and_then(|bytes| bytes.try_into().ok());
    let (name, version) = book.name.rsplit_once('-').ok_or_else(bad)?;
    let note = note_of(because)?;
    Ok(Agreement {
        language: language_of(note.as_deref()),
        act: match act {
            BookAct::Accept => AgreementAct::Accept,
            BookAct::Propose => AgreementAct::Propose,
            BookAct::Refuse => AgreementAct::Refuse,
            BookAct::Retire => AgreementAct::Retire,
        },
        what: kind_of(book.what),
        name: name.to_owned(),
        version: version.parse().map_err(|_| bad())?,
        digest: digest.ok_or_else(bad)?,
        note,
    })
}

/// Russian when the note has a Cyrillic letter.
fn language_of(note: Option<&str>) -> Language {
    let cyrillic = |letter| matches!(letter, '\u{400}'..='\u{4ff}');
    match note {
        Some(note) if note.contains(cyrillic) => Language::Russian,
        Some(_) | None => Language::English,
    }
}

fn book_attachment(title: &str, bytes: &[u8]) -> NewAttachment {
    NewAttachment {
        name: format!("{title}.toml"),
        media_type: "application/toml".to_owned(),
        bytes: bytes.to_vec(),
    }
}

fn what_follows(peer: &PartyName, act: BookAct, title: &str) -> String {
    match act {
        BookAct::Accept => format!("{title} comes into force with {peer}."),
        BookAct::Propose => format!("{title} is in force once {peer} has accepted it."),
        BookAct::Refuse => format!("{title} does not come into force with {peer}."),
        BookAct::Retire => format!(
            "{title} is in force with {peer} no longer; what was written by it stays readable."
        ),
    }
}
