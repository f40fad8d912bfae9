//! What crosses the border of the line: types, their canonical bytes, and the limits on both.
//!
//! Every type that a peer can see is here, and nothing else is: no logic, no clock, no keys in
//! use. One type has one encoding; [`from_bytes`] refuses every other (rule WIRE-1).
//!
//! ```text
//!   message  --seal-->  envelope  --line-->  symbols  --seal-->  frame  --> bearer
//!   [`Message`]         opaque bytes         [`Frame`]           opaque bytes
//! ```
//!
//! ```
//! use redphone_wire::{Message, PartyName, Precedence, Serial, UtcSeconds, from_bytes, to_bytes};
//!
//! let message = Message {
//!     serial: Serial(7),
//!     precedence: Precedence::Flash,
//!     released: UtcSeconds(1_792_000_000),
//!     releaser: "1st watch".to_owned(),
//!     text: "This is not an exercise.".to_owned(),
//!     attachments: Vec::new(),
//!     form: None,
//!     readers: None,
//! };
//! let bytes = to_bytes(&message);
//! assert_eq!(from_bytes::<Message>(&bytes), Ok(message));
//! ```

#![forbid(unsafe_code)]

mod acknowledgement;
mod act;
mod act_field;
mod act_word;
mod ask;
mod attachment;
mod canonical;
mod card;
mod coded;
mod contact;
mod form;
mod frame;
mod kind;
pub mod limits;
mod message;
mod name;
mod order_wire;
mod pairing;
#[cfg(feature = "planted-bugs")]
pub mod planted;
mod precedence;
mod receipt;
mod refresh;
mod serial;
mod service;
mod shown;
mod suite;
mod tape;
mod test_message;
mod time;
mod varint;

pub use acknowledgement::Acknowledgement;
pub use act::{Act, Item};
pub use act_field::ActField;
pub use act_word::{ActWord, Speaker};
pub use ask::{Ask, Verb};
pub use attachment::{AttachmentChunk, AttachmentInfo};
pub use canonical::{Canonical, Malformed, from_bytes, to_bytes};
pub use card::{Card, CardBody, Environment, Fingerprint};
pub use coded::Coded;
pub use contact::{Contact, ContactMark};
pub use form::{
    Agreement, AgreementAct, Answer, Assurance, Assured, Authority, Basis, BookKind, BrightLine,
    Conduct, Confidence, Consequence, Form, Grade, Information, Language, LexiconId, Likelihood,
    Mark, Part, PartName, Reference, ReferenceKind, Request, Translation, Warning,
};
pub use frame::{Frame, Number, Shape, Symbols};
pub use kind::Kind;
pub use message::Message;
pub use name::PartyName;
pub use order_wire::OrderWire;
pub use pairing::{Letter1, Letter2, Letter3, TapeUse};
pub use precedence::Precedence;
pub use receipt::{Echo, Receipt, Received};
pub use refresh::{Mix, NoReason, Refresh};
pub use serial::{Direction, EnvelopeId, Serial};
pub use service::Service;
pub use shown::{is_unseen, shown, shown_name};
pub use suite::{Suite, Suites};
pub use tape::{Reel, TapeKey};
pub use test_message::{Difference, TestMessage};
pub use time::{Dtg, Now, Utc, UtcSeconds};
