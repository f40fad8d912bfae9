//! Frames out: only when nothing waits for a commit.

use redphone_journal::Storage;
use redphone_line::{BearerId, Transmit};
use redphone_wire::{EnvelopeId, Frame, Now, Number, PartyName, Symbols};

use crate::hub::Hub;
use crate::record::About;

/// What sealing adds to a frame (RFC 5297).
const TAG_BYTES: usize = 16;

impl<S: Storage> Hub<S> {
    /// The next frame for a bearer, or none. Never while a decision is not yet durable.
    pub fn poll_transmit(&mut self, now: Now, bearer: BearerId) -> Option<Vec<u8>> {
        if self.fault.is_some() || self.is_dirty() {
            return None;
        }
        let name = self.bearers.get(&bearer)?.peer.clone();
        let peer = self.peers.get_mut(&name)?;
        peer.cipher.as_ref()?;
        let transmit = peer.line.poll_transmit(now, bearer)?;
        let is_contact = transmit == Transmit::Contact;
        let frame = self.seal_transmit(now, &name, bearer, transmit)?;
        if is_contact && let Some(peer) = self.peers.get_mut(&name) {
            peer.line.handle_contact_sealed(bearer, frame.len());
        }
        Some(frame)
    }

    /// Seals what the line wants sent into one frame.
    pub(crate) fn seal_transmit(
        &mut self,
        now: Now,
        name: &PartyName,
        bearer: BearerId,
        transmit: Transmit,
    ) -> Option<Vec<u8>> {
        if let Transmit::Symbols { epoch, symbols } = &transmit {
            self.mark_on_line(now, name, bearer, *epoch, symbols);
        }
        let peer = self.peers.get_mut(name)?;
        let size = peer.line.frame_bytes(bearer);
        #[cfg(feature = "planted-bugs")]
        let size = size.filter(|_| {
            transmit != Transmit::Contact
                || !crate::planted::is_planted(crate::planted::Bug::ContactUnpadded)
        });
        let cipher = peer.cipher.as_mut()?;
        let sending = cipher.sending_epoch();
        let (epoch, frame) = match transmit {
            Transmit::Contact => return cipher.contact_frame(size),
            Transmit::Cover { padding } => (sending, Frame::Cover { padding }),
            Transmit::Receipt {
                epoch,
                received,
                heard,
                echo,
            } => {
                let receipt = cipher.receipt(epoch, received, heard, echo);
                let frame = receipt.map_or(Frame::Cover { padding: 0 }, Frame::Receipt);
                (sending, frame)
            }
            Transmit::Symbols { epoch, symbols } => (epoch, Frame::Symbols(symbols)),
        };
        let frame = match size {
            Some(size) => frame.padded_to(size.saturating_sub(TAG_BYTES))?,
            None => frame,
        };
        cipher.seal_frame(epoch, &frame).ok()
    }

    /// The first frame of a message leaves: ON LINE.
    fn mark_on_line(
        &mut self,
        now: Now,
        name: &PartyName,
        bearer: BearerId,
        epoch: u32,
        symbols: &Symbols,
    ) {
        let Some(peer) = self.peers.get(name) else {
            return;
        };
        let carriage = &peer.carriage;
        let id = match symbols.number {
            Number::Full(number) => Some(EnvelopeId { epoch, number }),
            Number::Low(_) => carriage
                .outstanding
                .range(EnvelopeId { epoch, number: 0 }..)
                .map(|(id, _)| *id)
                .find(|id| id.epoch == epoch && Number::low(id.number) == symbols.number),
        };
        let about = id.and_then(|id| carriage.outstanding.get(&id));
        let Some(About::Message(serial)) = about.map(|one| one.about.clone()) else {
            return;
        };
        let fresh = self
            .desk
            .outgoing(name, serial)
            .is_some_and(|message| message.on_line.is_none());
        if fresh {
            let by = self.bearer_name(bearer);
            self.desk.peer_mut(name).mark_on_line(serial, now.utc, &by);
            let said = format!("ON LINE: the first frame left by {by}.");
            let kind = redphone_api::EventKind::Ladder;
            self.tell(now.utc, kind, name, Some((true, serial)), said);
        }
    }
}
