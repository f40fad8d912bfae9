//! What is known of both sides' lives and marks, and its bytes in the vault.

use std::collections::BTreeMap;

use redphone_wire::EnvelopeId;

use super::Hold;
use crate::body::Body;
use crate::codec::{Reader, Writer};

/// What is known of both sides' lives and marks.
#[derive(Clone, Debug, Default)]
pub(crate) struct Standing {
    /// A hold that lasts until officers decide, or for ever.
    pub(super) alarm: Option<Hold>,
    /// After a start, until the first contact.
    pub(super) awaits_contact: bool,
    /// The last lives of the peer, and the first id seen of each.
    pub(super) lives: BTreeMap<u32, [u8; 8]>,
    /// Life tags of copies of the peer.
    pub(super) refused: Vec<[u8; 2]>,
    /// The next envelope that the peer said it would seal; only grows.
    pub(super) peer_sent: Option<EnvelopeId>,
    /// The highest of ours that the peer said it opened; only grows.
    pub(super) peer_received: Option<EnvelopeId>,
    /// Its next tape numbers, out and in; only grow.
    pub(super) peer_tapes: (u32, u32),
    /// Its newest life id that we heard.
    pub(super) heard: [u8; 8],
    /// Behind the highest envelope that we opened from a life of the peer that we know. Begins
    /// anew with every start of ours: it only makes the finding quicker.
    pub(super) opened_known: Option<EnvelopeId>,
}

impl Standing {
    /// The peer's life id that was heard last, or zeros.
    pub(crate) fn heard(&self) -> [u8; 8] {
        self.heard
    }

    /// The number of the next tape key that the peer said it would use.
    pub(crate) fn peer_tape_out(&self) -> u32 {
        self.peer_tapes.0
    }

    /// An envelope of the peer was opened. Only one of a life that a contact frame has named may
    /// later speak against a newer life: an envelope of the newer one may overtake its contact.
    pub(crate) fn note_opened(&mut self, id: EnvelopeId, tag: [u8; 2]) {
        let known = |[first, second, ..]: &[u8; 8]| [*first, *second] == tag;
        if self.lives.values().any(known) {
            let number = id.number.saturating_add(1);
            self.opened_known = self.opened_known.max(Some(EnvelopeId { number, ..id }));
        }
    }

    /// Whether a body comes from a copy of the peer.
    pub(crate) fn is_refused(&self, body: Option<&Body>) -> bool {
        body.is_some_and(|body| self.refused.contains(&body.life))
    }

    pub(crate) fn write(&self, writer: Writer) -> Writer {
        let mark = |writer: Writer, id: Option<EnvelopeId>| {
            writer
                .maybe(id.map(|id| id.epoch))
                .number(id.map_or(0, |id| id.number))
        };
        let mut writer = writer
            .byte(self.alarm.map_or(0, |hold| hold as u8 + 1))
            .byte(u8::from(self.awaits_contact));
        writer = mark(mark(writer, self.peer_sent), self.peer_received);
        writer = writer.number(self.peer_tapes.0).number(self.peer_tapes.1);
        writer = writer.bytes(&self.heard);
        writer = writer.byte(self.refused.len() as u8);
        for tag in &self.refused {
            writer = writer.bytes(tag);
        }
        writer = writer.byte(self.lives.len() as u8);
        for (life, id) in &self.lives {
            writer = writer.number(*life).bytes(id);
        }
        writer
    }

    pub(crate) fn read(read: &mut Reader<'_>) -> Option<Self> {
        let alarm = match read.byte()? {
            0 => None,
            byte => Some(*HOLDS.get(usize::from(byte) - 1)?),
        };
        let mut standing = Self {
            alarm,
            awaits_contact: read.flag()?,
            peer_sent: read_mark(read)?,
            peer_received: read_mark(read)?,
            peer_tapes: (read.number()?, read.number()?),
            heard: read.array()?,
            ..Self::default()
        };
        for _ in 0..read.byte()? {
            standing.refused.push(read.array()?);
        }
        for _ in 0..read.byte()? {
            let life = read.number()?;
            standing.lives.insert(life, read.array()?);
        }
        Some(standing)
    }
}

fn read_mark(read: &mut Reader<'_>) -> Option<Option<EnvelopeId>> {
    let epoch = read.maybe()?;
    let number = read.number()?;
    Some(epoch.map(|epoch| EnvelopeId { epoch, number }))
}

const HOLDS: [Hold; 6] = [
    Hold::FirstContact,
    Hold::Unprovable,
    Hold::Unconfirmed,
    Hold::PeerRestored,
    Hold::PeerCloned,
    Hold::WeAreRestored,
];
