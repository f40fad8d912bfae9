//! Coded messages in: the number of an agreed text and its blanks become a message in both languages.
//!
//! Owns the books of the station, read when the first code comes. What an entry says is the code
//! book's (`redphone-clarity`); the message is taken in like any other. Rule CODE-9.

use redphone_clarity::{CodeBook, CodedError, Lexicon};
use redphone_desk::{DeskError, PeerMisbehaved};
use redphone_journal::Storage;
use redphone_wire::{
    Coded, EnvelopeId, Language, Message, Now, PartyName, Serial, UtcSeconds, to_bytes,
};
use sha2::{Digest, Sha256};

use crate::hub::Hub;

/// The code book and the lexicon that its terms are in.
pub(crate) struct Books {
    codes: CodeBook,
    terms: Lexicon,
}

impl Books {
    /// The books that are in the program. None: they are broken, which a test of theirs rules out.
    fn starter() -> Option<Self> {
        Some(Self {
            codes: CodeBook::starter().ok()?,
            terms: Lexicon::starter().ok()?,
        })
    }

    /// A code as the message that it stands for. It says neither who released it nor when: the code
    /// stands for the name, and the time is that of its arrival.
    fn message(&self, coded: &Coded, at: UtcSeconds) -> Result<Message, CodedError> {
        let values = self.codes.decode(coded)?;
        let entry = self.codes.entry(coded.entry);
        let entry = entry.ok_or(CodedError::NoEntry(coded.entry))?;
        let say = |language| {
            self.codes
                .render(coded.entry, &values, language, &self.terms)
        };
        let (english, russian) = (say(Language::English)?, say(Language::Russian)?);
        Ok(Message {
            serial: coded.serial,
            precedence: entry.precedence,
            released: at,
            releaser: format!("code C-{:02}", coded.entry),
            text: format!("{english}\n\n{russian}"),
            attachments: Vec::new(),
            form: None,
        })
    }
}

impl<S: Storage> Hub<S> {
    /// Takes a code in as a message. One that our book does not read is kept and said once: the
    /// officers have to compare the books.
    pub(crate) fn handle_coded(
        &mut self,
        now: Now,
        name: &PartyName,
        by: &str,
        id: EnvelopeId,
        body: &[u8],
    ) -> Result<Option<Serial>, DeskError> {
        let coded = Coded::from_bytes(body)
            .map_err(|_| DeskError::PeerMisbehaved(PeerMisbehaved::Malformed))?;
        if self.books.is_none() {
            self.books = Books::starter().map(Box::new);
        }
        let at = now.utc.seconds();
        let read = self.books.as_deref().map(|books| books.message(&coded, at));
        let Some(Ok(message)) = read else {
            self.keep_evidence(now, name, id, body.to_vec());
            // One alarm whatever the code: a peer that makes up codes fills no screen.
            let what = format!(
                "{name} sent a code that our code book does not read. It is kept: compare the \
                 versions of both code books on the order wire, and ask for it in words."
            );
            self.alarm(now, name, what);
            return Ok(None);
        };
        let digest = Sha256::digest(body).into();
        self.take_message(now, name, by, &message, digest, to_bytes(&message))
            .map(Some)
    }
}
