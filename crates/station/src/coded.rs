//! Coded messages: an agreed text becomes a number and its blanks, and these become the text again.
//!
//! What an entry says is the code book's (`redphone-clarity`); which book it is, `agreed` finds. In, the
//! text is taken in like any other message; out, it is released and kept like any other, and its code
//! crosses the line instead. Rules CODE-9 to CODE-12.

use std::sync::Arc;

use redphone_api::{CodedText, DraftFields, Refusal, Request, Response, Word};
use redphone_clarity::{Bilingual, Code, CodeBook, CodedError, Lexicon};
use redphone_desk::{DeskError, Draft, PeerMisbehaved};
use redphone_journal::Storage;
use redphone_wire::{
    Coded, EnvelopeId, Kind, Language, Message, Now, PartyName, Precedence, Serial, UtcSeconds,
    to_bytes,
};
use sha2::{Digest, Sha256};

use crate::hub::Hub;
use crate::refusals::{not_found, policy, unknown_request, usage};

/// A code that is not released yet has no serial.
const NO_SERIAL: Serial = Serial(0);

/// A code book and the lexicon that its terms are in.
struct Books {
    codes: Arc<CodeBook>,
    terms: Arc<Lexicon>,
}

impl Books {
    /// The precedence and the full text of a code, in both languages.
    fn text(&self, coded: &Coded) -> Result<(Precedence, Bilingual), CodedError> {
        let values = self.codes.decode(coded)?;
        let entry = self.codes.entry(coded.entry);
        let entry = entry.ok_or(CodedError::NoEntry(coded.entry))?;
        let say = |language| {
            self.codes
                .render(coded.entry, &values, language, &*self.terms)
        };
        let text = Bilingual {
            en: say(Language::English)?,
            ru: say(Language::Russian)?,
        };
        Ok((entry.precedence, text))
    }

    /// A code as the message that it stands for. It says neither who released it nor when: the code
    /// stands for the name, and the time is that of its arrival.
    fn message(&self, coded: &Coded, at: UtcSeconds) -> Result<Message, CodedError> {
        let (precedence, text) = self.text(coded)?;
        Ok(Message {
            serial: coded.serial,
            precedence,
            released: at,
            releaser: format!("code {}", Code(coded.entry)),
            text: whole(&text),
            attachments: Vec::new(),
            form: None,
            readers: None,
        })
    }
}

/// The text of a message that goes as a code: the same on both sides.
fn whole(text: &Bilingual) -> String {
    format!("{}\n\n{}", text.en, text.ru)
}

impl<S: Storage> Hub<S> {
    /// Takes a code in as a message, by the book that its kind names. One that no held book
    /// reads is kept and said once, never guessed: the officers have to compare the books.
    pub(crate) fn handle_coded(
        &mut self,
        now: Now,
        name: &PartyName,
        by: &str,
        id: EnvelopeId,
        (check, body): (u8, &[u8]),
    ) -> Result<Option<Serial>, DeskError> {
        let coded = Coded::from_bytes(body)
            .map_err(|_| DeskError::PeerMisbehaved(PeerMisbehaved::Malformed))?;
        let at = now.utc.seconds();
        let books = self.books_checked(name, check);
        let read = books.map(|books| books.message(&coded, at));
        let Some(Ok(message)) = read else {
            self.keep_evidence(now, name, id, body.to_vec());
            // One alarm whatever the code: a peer that makes up codes fills no screen.
            let what = format!(
                "{name} sent a code of a code book that is not held here. It is kept and not guessed: \
                 ask for it in words on the order wire, and compare the code books there."
            );
            self.alarm(now, name, what);
            return Ok(None);
        };
        // The same code of another book is another message.
        let digest = Sha256::digest([&[check], body].concat()).into();
        self.take_message(now, name, by, &message, digest, to_bytes(&message))
            .map(Some)
    }

    /// Releases an agreed text as its code, by one officer, or only says how it reads.
    pub(crate) fn release_code(&mut self, now: Now, request: Request) -> Result<Response, Refusal> {
        let Request::SendCode {
            to,
            code,
            blanks,
            officer,
            check_only,
        } = request
        else {
            return Err(unknown_request());
        };
        let peer = self.choose_peer(to)?;
        let Code(number) = code
            .parse()
            .map_err(|error| usage(format!("{error}."), "See `redphone codebook list`."))?;
        let books = self.books_in_force(&peer).ok_or_else(broken)?;
        if books.codes.entry(number).is_none() {
            let what = format!("The code book {} has no {code}.", books.codes.version());
            return Err(not_found(what, "See `redphone codebook list`."));
        }
        let typed: Vec<(&str, &str)> = blanks
            .iter()
            .map(|(name, value)| (&**name, &**value))
            .collect();
        let coded = books
            .codes
            .encode(number, NO_SERIAL, &typed, &*books.terms)
            .map_err(|error| {
                let to_do = format!("See what it takes: `redphone codebook show {code}`.");
                usage(format!("{error}."), to_do)
            })?;
        let (precedence, text) = books.text(&coded).map_err(|_| broken())?;
        let book = books.codes.version().to_owned();
        let held = (check_only && self.desk.officers().are_enrolled()).then(|| DraftFields {
            to: peer.to_string(),
            precedence: precedence.to_string().to_ascii_lowercase(),
            text: whole(&text),
            form: Vec::new(),
            code: coded.to_bytes(),
            subject: String::new(),
            expires_at: 0,
            on_record: false,
            readers: Vec::new(),
        });
        let sent = if check_only {
            None
        } else {
            self.check_serials(&peer)?;
            let draft = Draft {
                code: Some(coded),
                ..Draft::text(precedence, &officer, &whole(&text))
            };
            Some(self.send(now, &peer, draft, Vec::new())?)
        };
        Ok(Response::Coded(Box::new(CodedText {
            code,
            book,
            precedence: precedence.to_string(),
            text: Word {
                en: text.en,
                ru: text.ru,
            },
            sent,
            draft: held,
        })))
    }

    /// Reads the code of a draft, which has no serial yet.
    pub(crate) fn read_code(
        &mut self,
        peer: &PartyName,
        bytes: &[u8],
        precedence: Precedence,
        text: &str,
    ) -> Result<Coded, Refusal> {
        let coded = Coded::from_bytes(bytes).ok();
        let coded = coded.filter(|coded| coded.serial == NO_SERIAL);
        let coded = coded.ok_or_else(|| {
            usage(
                "That is no code.",
                "Make it with `redphone send --code C-06`.",
            )
        })?;
        self.check_code(peer, &coded, precedence, text)?;
        Ok(coded)
    }

    /// What officers saw and signed is what the other side will read, or nothing goes. The kind of
    /// the envelope says by which book.
    pub(crate) fn check_code(
        &mut self,
        peer: &PartyName,
        coded: &Coded,
        precedence: Precedence,
        text: &str,
    ) -> Result<Kind, Refusal> {
        let books = self.books_in_force(peer).ok_or_else(broken)?;
        match books.text(coded) {
            Ok((urgency, said)) if urgency == precedence && whole(&said) == text => {
                Ok(Kind::Coded(books.codes.check()))
            }
            Ok(_) | Err(_) => Err(policy(
                "The text is not what the code says in the code book in force.",
                "Make it again with `redphone send --code`.",
            )),
        }
    }

    /// The code book that we write by on a line, with the lexicon of its terms.
    fn books_in_force(&mut self, peer: &PartyName) -> Option<Books> {
        let codes = self.code_book_in_force(peer)?;
        self.with_terms(peer, codes)
    }

    /// The one code book that a code of the peer can be of.
    fn books_checked(&mut self, peer: &PartyName, check: u8) -> Option<Books> {
        let codes = self.code_book_checked(peer, check)?;
        self.with_terms(peer, codes)
    }

    fn with_terms(&mut self, peer: &PartyName, codes: Arc<CodeBook>) -> Option<Books> {
        let terms = self.lexicon_titled(peer, codes.lexicon())?;
        Some(Books { codes, terms })
    }
}

fn broken() -> Refusal {
    let what = "The code book in force, or its lexicon, cannot be read: no code is released.";
    Refusal::operator(
        redphone_api::RefusalKind::Stopped,
        what,
        "Send in words; check the disk with `redphone journal verify`.",
    )
}
