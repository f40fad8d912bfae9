//! A message: what people wrote, as it is sealed.

use minicbor::{Decode, Encode};

use crate::{AttachmentInfo, Form, Precedence, Serial, UtcSeconds};

/// What people wrote. Its serial and direction name it for ever.
#[derive(Clone, Debug, Decode, Encode, Eq, PartialEq)]
pub struct Message {
    /// Number in this direction.
    #[n(0)]
    pub serial: Serial,
    /// Urgency.
    #[n(1)]
    pub precedence: Precedence,
    /// When it was released. The sender's claim.
    #[n(2)]
    pub released: UtcSeconds,
    /// Who released it, at most `OFFICER_NAME_BYTES_MAX` bytes. The sending station's claim.
    #[n(3)]
    pub releaser: String,
    /// The text, at most `TEXT_BYTES_MAX` bytes. Empty when there is a form.
    #[n(4)]
    pub text: String,
    /// What is attached; the bytes follow in envelopes of their own.
    #[n(5)]
    pub attachments: Vec<AttachmentInfo>,
    /// What it says in fields. None: a plain STATEMENT.
    #[n(6)]
    pub form: Option<Form>,
    /// Who there may open it: officers' names or roles, 1 to `READERS_MAX`. None: whoever may read
    /// there.
    #[n(7)]
    pub readers: Option<Vec<String>>,
}
