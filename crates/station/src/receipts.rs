//! Receipts of the peer, and copies of what it sent: how far messages came, and by which bearers.
//!
//! Owns what a receipt means for what was sealed: the envelope goes, the desk and those who listen
//! are told. The receipts that we give are the line's and the seal's.

use redphone_api::EventKind;
use redphone_desk::asks::Side;
use redphone_journal::Storage;
use redphone_line::BearerId;
use redphone_wire::{EnvelopeId, Now, PartyName, Receipt, Serial};

use crate::frames::FrameOutcome;
use crate::hub::Hub;
use crate::record::{About, Record};
use crate::rows::envelope_row;

impl<S: Storage> Hub<S> {
    pub(crate) fn handle_receipt(
        &mut self,
        now: Now,
        name: &PartyName,
        bearer: BearerId,
        receipt: &Receipt,
    ) -> FrameOutcome {
        let Some(peer) = self.peers.get_mut(name) else {
            return FrameOutcome::Refused;
        };
        let Some(cipher) = peer.cipher.as_mut() else {
            return FrameOutcome::Refused;
        };
        if cipher.check_receipt(receipt).is_err() {
            return FrameOutcome::HEARD;
        }
        let newly = peer.line.handle_receipt(now, bearer, receipt);
        if newly.is_empty() {
            return FrameOutcome::HEARD;
        }
        let numbers: Vec<u32> = newly.iter().map(|id| id.number).collect();
        cipher.receipted(receipt.epoch, &numbers);
        let by = self.bearer_name(bearer);
        let generation = self.peers.get(name).map_or(0, |peer| peer.generation);
        for id in &newly {
            self.receipted(now, name, generation, *id, &by);
        }
        let record = Record::Receipted {
            peer: name.clone(),
            epoch: receipt.epoch,
            numbers,
        };
        self.note(now, record);
        self.pump(now, name);
        FrameOutcome::Took {
            news: true,
            whole: false,
        }
    }

    /// One envelope of ours is held durably by the peer.
    fn receipted(&mut self, now: Now, name: &PartyName, generation: u32, id: EnvelopeId, by: &str) {
        self.erase_envelope(envelope_row(name, generation, id));
        let about = self
            .peers
            .get(name)
            .and_then(|peer| peer.carriage.outstanding.get(&id))
            .map(|one| one.about.clone());
        match about {
            Some(About::Message(serial)) => {
                let on_line = self
                    .desk
                    .outgoing(name, serial)
                    .and_then(|message| message.on_line.clone());
                let record = redphone_desk::Record::AtStation {
                    peer: name.clone(),
                    serial,
                    on_line,
                    at: now.utc,
                    bearer: by.to_owned(),
                };
                self.note_desk(now, record);
                self.asks_received(now, name, Side::Us, serial);
                let said = format!("AT STATION: the receipt came by {by}.");
                self.tell(now.utc, EventKind::Ladder, name, Some((true, serial)), said);
            }
            Some(About::Piece(serial, index, offset)) => {
                let record = redphone_desk::Record::PieceAtStation {
                    peer: name.clone(),
                    serial,
                    index,
                    offset,
                };
                self.note_desk(now, record);
                self.piece_receipted(now, name, serial, index);
            }
            Some(About::WireLine(number)) => {
                let record = redphone_desk::Record::OrderWireThere {
                    peer: name.clone(),
                    number,
                    at: now.utc,
                };
                self.note_desk(now, record);
                let said = "The other station holds a line of our order wire.".to_owned();
                self.tell(now.utc, EventKind::OrderWire, name, None, said);
            }
            Some(About::Other(_)) | None => {}
        }
    }

    fn piece_receipted(&mut self, now: Now, name: &PartyName, serial: Serial, index: u8) {
        let Some(message) = self.desk.outgoing(name, serial) else {
            return;
        };
        let left = message
            .pieces_unreceipted
            .iter()
            .any(|(of, _)| *of == index);
        if !left {
            let said = format!("Attachment {} is whole at the other station.", index + 1);
            self.tell(
                now.utc,
                EventKind::Attachment,
                name,
                Some((true, serial)),
                said,
            );
        }
    }

    pub(crate) fn also_came(
        &mut self,
        now: Now,
        name: &PartyName,
        bearer: BearerId,
        id: EnvelopeId,
    ) {
        let by = self.bearer_name(bearer);
        let serial = self
            .peers
            .get(name)
            .and_then(|peer| peer.carriage.newest.get(&id))
            .and_then(|(_, serial)| *serial);
        let Some(serial) = serial else {
            return;
        };
        let noted = self.desk.incoming(name, serial).is_some_and(|message| {
            message.arrived_by == by || message.also_came.iter().any(|(b, _)| *b == by)
        });
        if noted {
            return;
        }
        let record = redphone_desk::Record::AlsoCame {
            peer: name.clone(),
            serial,
            bearer: by.clone(),
            at: now.utc,
        };
        self.note_desk(now, record);
        let said = format!("Also came by {by}.");
        self.tell(
            now.utc,
            EventKind::AlsoCameBy,
            name,
            Some((false, serial)),
            said,
        );
    }
}
