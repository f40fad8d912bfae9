//! Names of bodies: where the journal keeps texts and pieces of attachments.

use redphone_wire::{EnvelopeId, PartyName, Serial};

/// The name of a body in the journal. A body can be destroyed by its name; the chain of records
/// still verifies.
#[derive(Clone, Debug, Eq, PartialEq)]
pub struct BodyName(Vec<u8>);

impl BodyName {
    /// A message, ours (`out`) or theirs, as its canonical bytes.
    pub fn message(peer: &PartyName, out: bool, serial: Serial) -> Self {
        Self(format!("m/{peer}/{}/{}", side(out), serial.0).into_bytes())
    }

    /// What of a message of ours crosses the line instead of its text: the kind, 1, and its code.
    pub fn code(peer: &PartyName, serial: Serial) -> Self {
        Self(format!("c/{peer}/{}", serial.0).into_bytes())
    }

    /// A piece of an attachment.
    pub fn piece(peer: &PartyName, out: bool, serial: Serial, index: u8, offset: u32) -> Self {
        let name = format!("a/{peer}/{}/{}/{index}/{offset}", side(out), serial.0);
        Self(name.into_bytes())
    }

    /// A line of the order wire, by its number.
    pub fn wire_line(peer: &PartyName, number: u32) -> Self {
        Self(format!("w/{peer}/{number}").into_bytes())
    }

    /// A body of a kind that this version does not know, kept as it came.
    pub fn unknown(peer: &PartyName, generation: u32, id: EnvelopeId) -> Self {
        Self(format!("u/{peer}/{generation}/{}/{}", id.epoch, id.number).into_bytes())
    }

    /// A revision of a draft.
    pub fn draft(number: u32, revision: u32) -> Self {
        Self(format!("d/{number}/{revision}").into_bytes())
    }

    /// A piece of an attachment of a draft.
    pub fn draft_piece(number: u32, index: u8, offset: u32) -> Self {
        Self(format!("f/{number}/{index}/{offset}").into_bytes())
    }

    /// The proof of a releaser, of a text on record.
    pub fn draft_proof(number: u32, revision: u32, officer: &str) -> Self {
        Self(format!("s/{number}/{revision}/{officer}").into_bytes())
    }

    /// The name as the journal takes it.
    pub fn as_bytes(&self) -> &[u8] {
        &self.0
    }

    /// The name, given away.
    pub fn into_bytes(self) -> Vec<u8> {
        self.0
    }
}

fn side(out: bool) -> char {
    if out { 'o' } else { 'i' }
}
