//! What people may do, and where every message stands. Red: sees texts' outlines, never keys.
//!
//! The desk is a machine of records. A *decision* looks at the desk and returns a [`Record`] or a
//! refusal; it changes nothing. [`Desk::apply`] is the only way to change the desk, live and in
//! replay alike, so a desk rebuilt from its records is the desk that wrote them.
//!
//! ```text
//!   decision (&self) -> Record -> journal, durable -> apply(&mut self)
//! ```
//!
//! ```
//! use redphone_desk::{Desk, Draft};
//! use redphone_wire::{PartyName, Precedence, Utc};
//!
//! let sud: PartyName = "SUD".parse()?;
//! let mut desk = Desk::default();
//! let draft = Draft::text(Precedence::Flash, "1st watch", "We see no launch.");
//! let (record, message) = desk.release(Utc(1_793_461_512_000), &sud, draft)?;
//! desk.apply(&record);
//! assert_eq!(message.serial.0, 1);
//! assert!(desk.outgoing(&sud, message.serial).is_some());
//! # Ok::<(), Box<dyn std::error::Error>>(())
//! ```
//!
//! Texts and attachments lie in the journal's bodies, under the names of [`BodyName`]; the desk
//! holds what it takes to list and follow them.

#![forbid(unsafe_code)]

mod agreed;
pub mod asks;
mod body;
mod check;
mod desk;
mod draft;
mod error;
pub mod hold;
mod incoming;
mod limits;
pub mod officers;
mod order_wire;
mod outgoing;
mod peer;
mod pieces;
#[cfg(feature = "planted-bugs")]
pub mod planted;
mod readback;
mod record;
mod replies;
mod service;
pub mod threads;
pub mod watch;
mod wording;

pub use agreed::{
    Agreed, BOOKS_HELD_MAX, Book, NotAgreed, PROPOSALS_OPEN_MAX, SHIPPED_VERSION, agreement_record,
};
pub use body::BodyName;
pub use desk::Desk;
pub use draft::Draft;
pub use error::{DeskError, NotPermitted, PeerMisbehaved};
pub use incoming::Incoming;
pub use limits::{HELD_BYTES_MAX, MISSES_SPOKEN, ORDER_WIRE_LINES_MAX};
pub use order_wire::WireLine;
pub use outgoing::{Outgoing, Standing};
pub use peer::{PeerDesk, Suspension};
pub use pieces::Pieces;
pub use readback::{ReadBackFact, ReadBacks, card};
pub use record::Record;
pub use redphone_clarity::{Expected, Finding, Lexicon, Line, Severity};
pub use replies::{Replied, Spoken};
pub use wording::{
    Differences, differ, differences, findings_of, findings_of_draft, findings_of_text,
    findings_of_translation, form_of_draft, lines_of, rule, shipped_lexicon, warns,
};
