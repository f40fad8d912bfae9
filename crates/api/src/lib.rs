//! What crosses the operator's border: requests, responses, events. Shapes only, no I/O.
//!
//! The hub answers a [`Request`] with a [`Response`] or a [`Refusal`]; the daemon carries them as
//! HTTP and JSON; the commands print them. Times are milliseconds since 1970 in UTC; durations
//! say their unit in their name.

#![forbid(unsafe_code)]

mod alarm;
mod ask;
mod book;
mod check;
mod draft;
mod event;
pub mod hex;
mod line;
mod message;
mod officer;
mod readback;
mod refusal;
mod request;
mod response;
mod thread;
mod watch;

pub use alarm::{AlarmAct, AlarmView};
pub use ask::{
    Answered, Ask, AskBoard, AskCell, AskCounts, AskName, AskOutcome, AskTime, LeftOpen, NewAct,
    NewAsk, RefusedAct, Reply, Word,
};
pub use book::{Book, BookAct, BookKind, BookSaid, BookState, BookText, LexiconNamed, TermMeant};
pub use check::{Checked, FindingView, FindingWeight};
pub use draft::{
    ChangeMark, ChangedLine, Draft, DraftAct, DraftFields, DraftStage, DraftSummary, SignedBy,
    WaiverView,
};
pub use event::{Event, EventKind};
pub use line::{BearerStatus, KeyStatus, LineState, LineStatus, Status, StorageStatus, TestStatus};
pub use message::{
    AlsoCameBy, Attachment, FormLine, FormView, Message, MessageRef, MessageSummary, OrderWireLine,
    Rung, RungName, TranslationView, Tray,
};
pub use officer::{CharterLine, OfficerView, Roll};
pub use readback::{NewItem, ReadBack, ReadBackItem, ReadBackStanding};
pub use refusal::{Actor, Refusal, RefusalKind};
pub use request::{NewAttachment, Request};
pub use response::{
    CardView, CodedText, CourierResult, JournalLine, JournalVerdict, PairingStep, Response, Sent,
    TapeResult, TestStarted,
};
pub use thread::{Difference, Place, Refers, Thread};
pub use watch::{OpenThing, WatchView};
