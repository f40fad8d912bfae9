//! What a signature is about: exactly this text, to this peer, at this precedence, until then
//! (rule REL-5).

use minicbor::bytes::ByteVec;
use minicbor::{Decode, Encode};
use redphone_wire::{AttachmentInfo, Form, PartyName, Precedence, Utc};

use super::{Held, MessageKind};
use crate::officers::digest_of;

/// What is written in one revision of a draft. Lies in the journal's bodies.
#[derive(Clone, Debug, Decode, Encode, Eq, PartialEq)]
pub struct DraftBody {
    /// The text.
    #[n(0)]
    pub text: String,
    /// The subject it belongs to, or empty.
    #[n(1)]
    pub subject: String,
    /// What is attached, with the digest of each.
    #[n(2)]
    pub attachments: Vec<AttachmentInfo>,
    /// What it says in fields.
    #[n(3)]
    pub form: Option<Form>,
    /// The code that it goes as, in its bytes under serial 0.
    #[n(4)]
    pub code: Option<ByteVec>,
    /// Who there may open it; none for whoever may read there.
    #[n(5)]
    pub readers: Option<Vec<String>>,
}

impl DraftBody {
    /// SHA-256 over its canonical bytes.
    pub fn digest(&self) -> [u8; 32] {
        digest_of(b"redphone/1 draft", self)
    }
}

/// All that an officer signs of a draft, whatever he does with it.
#[derive(Clone, Debug, Encode)]
pub struct Terms<'a> {
    /// The draft's number.
    #[n(0)]
    pub number: u32,
    /// The revision: the one that is signed, or the one that an edit makes.
    #[n(1)]
    pub revision: u32,
    /// To whom.
    #[n(2)]
    pub peer: &'a PartyName,
    /// Its kind.
    #[n(3)]
    pub kind: MessageKind,
    /// Its precedence.
    #[n(4)]
    pub precedence: Precedence,
    /// Until when it may be released.
    #[n(5)]
    pub expires: Utc,
    /// Whether signatures of its releasers are kept.
    #[n(6)]
    pub on_record: bool,
    /// Digest of the revision's [`DraftBody`].
    #[cbor(n(7), with = "minicbor::bytes")]
    pub body: [u8; 32],
    /// The rule that is waived; or empty.
    #[n(8)]
    pub rule: &'a str,
    /// The reason that is given; or empty.
    #[n(9)]
    pub because: &'a str,
}

impl<'a> Terms<'a> {
    /// The terms of a draft's newest revision, without a reason.
    pub fn of(number: u32, held: &'a Held) -> Self {
        Self {
            number,
            revision: held.revision(),
            peer: &held.peer,
            kind: held.kind,
            precedence: held.precedence,
            expires: held.expires,
            on_record: held.on_record,
            body: held.digest(),
            rule: "",
            because: "",
        }
    }

    /// The digest that a statement names.
    pub fn digest(&self) -> [u8; 32] {
        digest_of(b"redphone/1 terms", self)
    }
}
