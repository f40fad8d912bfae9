//! Lexicons and code books: proposed by one side, accepted or refused by the other, retired by either.
//!
//! Owns where each stands and which is in force; what is in one, and whether it is fit, is known to
//! the station, which holds the files. A fact is never taken back and their order does not matter, so
//! that both sides come to the same from messages that cross. Rules BOOK-2 to BOOK-5.
//!
//! ```text
//!   proposed -- accepted by the other side --> agreed --+--> retired, by either side
//!       |                                               |
//!       +-- refused by the other side     withdrawn, by the proposer
//! ```
//!
//! In force is, of what is agreed and not retired, the highest version; of two that crossed, the one
//! with the higher digest. Where there is none, the shipped one is.

use std::collections::BTreeMap;
use std::fmt;

use minicbor::{Decode, Encode};
use redphone_wire::{Agreement, AgreementAct, BookKind, PartyName, Serial, Utc};

use crate::asks::Side;
use crate::{Desk, Record};

/// Lexicons and code books that are held of one line, whatever became of them.
pub const BOOKS_HELD_MAX: usize = 32;
/// Proposals of one side that nobody decided yet.
pub const PROPOSALS_OPEN_MAX: usize = 4;
/// The version of the shipped ones.
pub const SHIPPED_VERSION: u16 = 1;

/// A lexicon or a code book of a line.
#[derive(Clone, Debug, Decode, Encode, Eq, PartialEq)]
pub struct Book {
    /// Which of the two.
    #[n(0)]
    pub what: BookKind,
    /// Its name.
    #[n(1)]
    pub name: String,
    /// Its version.
    #[n(2)]
    pub version: u16,
    /// Who proposed it, with which message and when. None: it was retired before its proposal came.
    #[n(3)]
    pub proposed: Option<(Side, Serial, Utc)>,
    /// When both sides agreed on it.
    #[n(4)]
    pub accepted: Option<Utc>,
    /// When it was refused.
    #[n(5)]
    pub refused: Option<Utc>,
    /// When it was retired, or its proposal withdrawn, and by whom.
    #[n(6)]
    pub retired: Option<(Side, Utc)>,
}

impl Book {
    /// Its name with its version: `line-2`.
    pub fn title(&self) -> String {
        format!("{}-{}", self.name, self.version)
    }

    /// Whether both sides agreed on it and neither retired it.
    pub fn stands(&self) -> bool {
        #[cfg(feature = "planted-bugs")]
        if crate::planted::is_planted(crate::planted::Bug::ProposalInForce) {
            return self.retired.is_none();
        }
        self.accepted.is_some() && self.retired.is_none()
    }

    /// Whether it waits to be accepted or refused.
    pub fn is_open(&self) -> bool {
        self.accepted.is_none() && self.refused.is_none() && self.retired.is_none()
    }

    /// Who proposed it.
    pub fn by(&self) -> Option<Side> {
        self.proposed.map(|(by, ..)| by)
    }

    /// Whether the other side may have written something by it: it was agreed on, or it is ours and
    /// its acceptance may be on the way.
    pub fn may_be_used_by_peer(&self) -> bool {
        self.accepted.is_some() || self.by() == Some(Side::Us)
    }

    /// Whether nothing was ever written by it, nor will be.
    fn is_past_use(&self) -> bool {
        self.accepted.is_none() && (self.refused.is_some() || self.retired.is_some())
    }
}

/// The lexicons and code books of one line, by digest.
#[derive(Clone, Debug, Decode, Default, Encode, Eq, PartialEq)]
pub struct Agreed {
    #[n(0)]
    books: BTreeMap<[u8; 32], Book>,
}

impl Agreed {
    /// All that are held, by digest.
    pub fn all(&self) -> impl Iterator<Item = (&[u8; 32], &Book)> {
        self.books.iter()
    }

    /// One of them.
    pub fn find(&self, digest: &[u8; 32]) -> Option<&Book> {
        self.books.get(digest)
    }

    /// The one in force; none where it is the shipped one.
    pub fn in_force(&self, what: BookKind) -> Option<(&[u8; 32], &Book)> {
        let standing = self.all().filter(|(_, book)| book.stands());
        standing
            .filter(|(_, book)| book.what == what)
            .max_by_key(|(digest, book)| (book.version, **digest))
    }

    pub(crate) fn apply(&mut self, by: Side, serial: Serial, at: Utc, said: &Agreement) {
        if !self.books.contains_key(&said.digest) {
            self.make_room();
        }
        let book = self.books.entry(said.digest).or_insert_with(|| Book {
            what: said.what,
            name: said.name.clone(),
            version: said.version,
            proposed: None,
            accepted: None,
            refused: None,
            retired: None,
        });
        match said.act {
            // Both sides proposed the same: that is agreement.
            AgreementAct::Propose if book.by() == Some(by.other()) => {
                book.accepted.get_or_insert(at);
            }
            AgreementAct::Propose => {
                book.proposed.get_or_insert((by, serial, at));
            }
            AgreementAct::Accept => {
                book.accepted.get_or_insert(at);
            }
            AgreementAct::Refuse => {
                book.refused.get_or_insert(at);
            }
            AgreementAct::Retire => {
                book.retired.get_or_insert((by, at));
            }
        }
    }

    fn make_room(&mut self) {
        if self.books.len() < BOOKS_HELD_MAX {
            return;
        }
        let past = self.all().find(|(_, book)| book.is_past_use());
        if let Some(digest) = past.map(|(digest, _)| *digest) {
            self.books.remove(&digest);
        }
    }

    fn is_full(&self) -> bool {
        let kept = self.books.values().filter(|book| !book.is_past_use());
        kept.count() >= BOOKS_HELD_MAX
    }

    fn check_proposal(&self, by: Side, said: &Agreement) -> Result<(), NotAgreed> {
        let open = self.books.values().filter(|book| book.is_open());
        if open.filter(|book| book.by() == Some(by)).count() >= PROPOSALS_OPEN_MAX {
            return Err(NotAgreed::TooManyOpen);
        }
        if self.is_full() {
            return Err(NotAgreed::Full);
        }
        let same_name = |(digest, book): (&[u8; 32], &Book)| {
            let same = book.what == said.what && book.title() == said.title();
            same && *digest != said.digest && !book.is_past_use()
        };
        if self.all().any(same_name) {
            return Err(NotAgreed::NameTaken(said.title()));
        }
        Ok(())
    }

    fn check_version(&self, what: BookKind, version: u16) -> Result<(), NotAgreed> {
        let in_force = self.in_force(what);
        let newest = in_force.map_or(SHIPPED_VERSION, |(_, book)| book.version);
        if version > newest {
            Ok(())
        } else {
            Err(NotAgreed::NotNewer { newest })
        }
    }

    /// Whether our officer may say this now.
    ///
    /// # Errors
    ///
    /// [`NotAgreed`], each reason with its own sentence.
    pub fn check_ours(&self, said: &Agreement) -> Result<(), NotAgreed> {
        let held = self.find(&said.digest);
        if said.act == AgreementAct::Propose {
            if held.is_some_and(|book| !(book.is_open() && book.by() == Some(Side::Peer))) {
                return Err(NotAgreed::Known(said.title()));
            }
            self.check_version(said.what, said.version)?;
            return self.check_proposal(Side::Us, said);
        }
        let unknown = || NotAgreed::Unknown(said.title());
        let book = held.ok_or_else(unknown)?;
        let named = (book.what, book.title()) == (said.what, said.title());
        if !named || book.proposed.is_none() {
            return Err(unknown());
        }
        let theirs = book.is_open() && book.by() == Some(Side::Peer);
        match said.act {
            AgreementAct::Accept if theirs => self.check_version(said.what, said.version),
            AgreementAct::Refuse if theirs => Ok(()),
            AgreementAct::Retire if book.stands() || (book.is_open() && !theirs) => Ok(()),
            AgreementAct::Accept
            | AgreementAct::Propose
            | AgreementAct::Refuse
            | AgreementAct::Retire => Err(NotAgreed::Decided(said.title())),
        }
    }

    /// Whether what the peer says counts. A proposal is looked at when its file is here.
    ///
    /// # Errors
    ///
    /// [`NotAgreed`]: it changes nothing here.
    pub fn check_theirs(&self, said: &Agreement) -> Result<(), NotAgreed> {
        let held = self.find(&said.digest);
        if let Some(book) = held
            && (book.what, book.title()) != (said.what, said.title())
        {
            return Err(NotAgreed::Unknown(said.title()));
        }
        let ours = held.is_some_and(|book| book.by() == Some(Side::Us));
        match said.act {
            AgreementAct::Accept | AgreementAct::Refuse if ours => Ok(()),
            AgreementAct::Accept | AgreementAct::Refuse => Err(NotAgreed::Unknown(said.title())),
            AgreementAct::Propose if held.is_some() => Ok(()),
            AgreementAct::Propose => self.check_proposal(Side::Peer, said),
            // It may overtake its proposal, which then is retired when it comes.
            AgreementAct::Retire if held.is_none() && self.is_full() => Err(NotAgreed::Full),
            AgreementAct::Retire => Ok(()),
        }
    }
}

impl Desk {
    /// The lexicons and code books of a line; none before the first proposal.
    pub fn agreed(&self, peer: &PartyName) -> Option<&Agreed> {
        self.peer(peer).map(|desk| &desk.agreed)
    }
}

/// The fact that one side said something of a lexicon or a code book. Its note stays in the message.
pub fn agreement_record(
    peer: &PartyName,
    by: Side,
    serial: Serial,
    at: Utc,
    said: &Agreement,
) -> Record {
    Record::Agreement {
        peer: peer.clone(),
        by,
        serial,
        at,
        said: Agreement {
            note: None,
            ..said.clone()
        },
    }
}

/// Why something said of a lexicon or a code book changes nothing.
#[derive(Clone, Debug, Eq, PartialEq)]
#[non_exhaustive]
pub enum NotAgreed {
    /// It is not open to that any more, or not by this side.
    Decided(String),
    /// As many are held as a line may have.
    Full,
    /// It was proposed before.
    Known(String),
    /// Another one has that name and version.
    NameTaken(String),
    /// One of that version or a higher one is in force.
    NotNewer {
        /// Its version.
        newest: u16,
    },
    /// That side has as many proposals open as it may.
    TooManyOpen,
    /// It is not held here.
    Unknown(String),
}

impl NotAgreed {
    /// The same without what a peer chose: his names fill no screen of ours.
    pub fn plainly(&self) -> &'static str {
        match self {
            Self::Decided(_) => "it is not open to that",
            Self::Full => "as many are held as a line may have",
            Self::Known(_) => "it was proposed before",
            Self::NameTaken(_) => "another one has its name and version",
            Self::NotNewer { .. } => "it is not newer than the one in force",
            Self::TooManyOpen => "too many proposals of that side are open",
            Self::Unknown(_) => "it is about one that is not held here",
        }
    }
}

impl fmt::Display for NotAgreed {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Decided(title) => write!(f, "{title} is not open to that"),
            Self::Full => write!(f, "a line holds {BOOKS_HELD_MAX} lexicons and code books"),
            Self::Known(title) => write!(f, "{title} was proposed before; raise its version"),
            Self::NameTaken(title) => {
                write!(f, "another one is named {title}; raise its version")
            }
            Self::NotNewer { newest } => write!(
                f,
                "version {newest} is in force, and only a higher one comes into force after it"
            ),
            Self::TooManyOpen => write!(
                f,
                "{PROPOSALS_OPEN_MAX} proposals of that side are open; have them decided first"
            ),
            Self::Unknown(title) => write!(f, "{title} is not held here"),
        }
    }
}

impl std::error::Error for NotAgreed {}
