//! What waits is sealed as soon as it may be: texts first, then what the station itself has to
//! say, then pieces of attachments as fast as the line takes them.

use std::sync::Arc;
use std::time::Duration;

use redphone_desk::BodyName;
use redphone_journal::Storage;
use redphone_line::{Carries, Outgoing, Rate};
use redphone_seal::{Cipher, Effort, Hold};
use redphone_wire::limits::{CHUNK_BYTES_MAX, CHUNK_BYTES_MIN};
use redphone_wire::{AttachmentChunk, Kind, Now, PartyName, Precedence, Serial, to_bytes};

use crate::hub::{Hub, Witnessed};
use crate::record::{About, Record};
use crate::rows::envelope_row;

/// Below this rate a byte costs more than the work that saves it.
const NARROW_RATE: Rate = Rate::datagrams(800_000);
/// A piece of an attachment should not occupy a bearer for longer than this.
const PIECE_AIR_TIME: Duration = Duration::from_secs(60);
/// Pieces that one step seals, so that a large attachment does not hold up the station.
const PIECES_A_STEP_MAX: usize = 32;

/// Something is not sealed now: there are no keys, they are on hold, or the hub stopped. It waits,
/// and [`Hub::held_because`] says why.
pub(crate) struct NotNow;

impl<S: Storage> Hub<S> {
    /// Seals what may be sealed for a peer.
    pub(crate) fn pump(&mut self, now: Now, name: &PartyName) {
        if self.fault.is_some() {
            return;
        }
        let texts: Vec<Serial> = self
            .desk
            .peer(name)
            .map_or_else(Vec::new, |desk| desk.to_seal().collect());
        for serial in texts {
            if self.seal_text(now, name, serial).is_err() {
                break;
            }
        }
        self.pump_waiting(now, name);
        self.pump_pieces(now, name);
        self.want_contact(now, name);
    }

    /// While something waits for the first contact, contact frames go out; an idle line is silent.
    fn want_contact(&mut self, now: Now, name: &PartyName) {
        let texts = self
            .desk
            .peer(name)
            .is_some_and(|desk| desk.to_seal().next().is_some());
        let Some(peer) = self.peers.get_mut(name) else {
            return;
        };
        let waits = texts || !peer.carriage.waiting.is_empty();
        let hold = peer.cipher.as_ref().and_then(Cipher::hold);
        peer.line
            .want_contact(now, waits && hold == Some(Hold::FirstContact));
    }

    fn seal_text(&mut self, now: Now, name: &PartyName, serial: Serial) -> Result<(), NotNow> {
        let Some(message) = self.desk.outgoing(name, serial) else {
            return Ok(());
        };
        // What was at their station once goes after what never was, however often they ask.
        let precedence = match message.at_station {
            Some(_) => message.precedence.max(Precedence::Priority),
            None => message.precedence,
        };
        let about = About::Message(serial);
        let stored = BodyName::message(name, true, serial);
        // What was released in this step has its code here too; the storage is not asked.
        let fresh = self.is_pending(&stored);
        let code = BodyName::code(name, serial);
        if (!fresh || self.is_pending(&code))
            && let Ok(Some(code)) = self.body(&code)
            && let Some((kind, body)) = code.split_first()
            && let Some(kind) = Kind::from_byte(*kind)
        {
            return self.seal_body(now, name, about, precedence, (kind, body), None);
        }
        let Ok(Some(body)) = self.body(&stored) else {
            let peer = name.clone();
            let because = "its text is destroyed or damaged on this disk".to_owned();
            let serials = vec![serial];
            let record = redphone_desk::Record::SentBack {
                peer,
                serials,
                because,
            };
            self.note_desk(now, record);
            return Ok(());
        };
        self.seal_body(now, name, about, precedence, (Kind::Message, &body), None)
    }

    fn pump_waiting(&mut self, now: Now, name: &PartyName) {
        let Some(peer) = self.peers.get(name) else {
            return;
        };
        let mut waiting: Vec<_> = peer
            .carriage
            .waiting
            .iter()
            .map(|(number, one)| (one.precedence, *number, one.clone()))
            .collect();
        waiting.sort_by_key(|(precedence, number, _)| (*precedence, *number));
        for (precedence, number, one) in waiting {
            let body = if let About::WireLine(line) = one.about {
                let Ok(Some(body)) = self.body(&BodyName::wire_line(name, line)) else {
                    continue;
                };
                body
            } else {
                one.body
            };
            let body = (kind_of(&one.about), body.as_slice());
            let sealed = self.seal_body(now, name, one.about, precedence, body, Some(number));
            if sealed.is_err() {
                break;
            }
        }
    }

    fn pump_pieces(&mut self, now: Now, name: &PartyName) {
        let room = self.peers.get(name).map_or(0, |peer| peer.line.room());
        let pieces = self.desk.peer(name).map_or_else(Vec::new, |desk| {
            desk.pieces_to_seal(room.min(PIECES_A_STEP_MAX))
        });
        for (serial, index, offset) in pieces {
            let Some(message) = self.desk.outgoing(name, serial) else {
                continue;
            };
            // FLASH and IMMEDIATE are for words.
            let precedence = message.precedence.max(Precedence::Priority);
            let stored = BodyName::piece(name, true, serial, index, offset);
            let Ok(Some(bytes)) = self.body(&stored) else {
                continue;
            };
            let chunk = AttachmentChunk {
                serial,
                index,
                offset,
                bytes,
            };
            let about = About::Piece(serial, index, offset);
            let body = (Kind::Attachment, &*to_bytes(&chunk));
            if self
                .seal_body(now, name, about, precedence, body, None)
                .is_err()
            {
                break;
            }
        }
    }

    /// Sends a body now, or lets it wait durably until it may go.
    pub(crate) fn send_body(
        &mut self,
        now: Now,
        name: &PartyName,
        about: About,
        precedence: Precedence,
        body: Vec<u8>,
    ) {
        let of_kind = (kind_of(&about), body.as_slice());
        let sealed = self.seal_body(now, name, about.clone(), precedence, of_kind, None);
        if sealed.is_err() {
            let elsewhere = matches!(about, About::WireLine(_));
            let record = Record::Waits {
                peer: name.clone(),
                about,
                precedence,
                body: if elsewhere { Vec::new() } else { body },
            };
            self.note(now, record);
        }
    }

    /// Seals one body and hands its envelope to the line.
    fn seal_body(
        &mut self,
        now: Now,
        name: &PartyName,
        about: About,
        precedence: Precedence,
        (kind, body): (Kind, &[u8]),
        waiting: Option<u32>,
    ) -> Result<(), NotNow> {
        if self.held_because(name, precedence).is_some() {
            return Err(NotNow);
        }
        let effort = self.effort(name);
        let random = self.draw().map_err(|_| NotNow)?;
        let Some(peer) = self.peers.get_mut(name) else {
            return Err(NotNow);
        };
        let Some(cipher) = peer.cipher.as_mut() else {
            return Err(NotNow);
        };
        let sealed = cipher
            .seal(kind, body, effort, random)
            .map_err(|_| NotNow)?;
        let generation = peer.generation;
        let envelope: Arc<[u8]> = sealed.envelope.into();
        if let Some(witness) = &mut self.witness {
            witness.push(Witnessed {
                peer: name.clone(),
                generation,
                id: sealed.id,
                envelope: envelope.to_vec(),
            });
        }
        let attachment_bytes = if let About::Piece(serial, index, _) = &about {
            Some(self.attachment_bytes(name, *serial, *index))
        } else {
            None
        };
        let record = Record::Sealed {
            peer: name.clone(),
            id: sealed.id,
            mark: sealed.mark,
            precedence,
            about,
            waiting,
        };
        self.note(now, record);
        self.keep_envelope(envelope_row(name, generation, sealed.id), &envelope);
        if let Some(peer) = self.peers.get_mut(name) {
            let outgoing = Outgoing {
                id: sealed.id,
                mark: sealed.mark,
                envelope,
                precedence,
                attachment_bytes,
                again: false,
            };
            peer.line.submit(now, outgoing);
        }
        Ok(())
    }

    pub(crate) fn attachment_bytes(&self, name: &PartyName, serial: Serial, index: u8) -> u64 {
        self.desk
            .outgoing(name, serial)
            .and_then(|message| message.attachments.get(usize::from(index)))
            .map_or(0, |info| u64::from(info.bytes))
    }

    /// Compression effort follows air time: the narrowest bearer that may carry it decides.
    fn effort(&self, name: &PartyName) -> Effort {
        let narrow = self
            .sending_rates(name)
            .any(|rate| rate.is_paced() && rate < NARROW_RATE);
        if narrow { Effort::Best } else { Effort::Fast }
    }

    /// Bytes of each piece of an attachment: small where a bearer is narrow, so that a break costs
    /// little.
    pub(crate) fn piece_bytes(&self, name: &PartyName) -> u32 {
        let narrowest = self
            .sending_rates(name)
            .filter(|rate| rate.is_paced())
            .min();
        let bytes = narrowest.and_then(|rate| rate.bytes_in(PIECE_AIR_TIME));
        let bytes = bytes
            .unwrap_or(u64::MAX)
            .clamp(CHUNK_BYTES_MIN as u64, CHUNK_BYTES_MAX as u64);
        u32::try_from(bytes).unwrap_or(u32::MAX)
    }

    fn sending_rates(&self, name: &PartyName) -> impl Iterator<Item = Rate> {
        self.bearers
            .values()
            .filter(move |bearer| bearer.peer == *name && bearer.spec.carries != Carries::In)
            .filter(|bearer| !self.out.contains_key(&bearer.spec.name))
            .map(|bearer| bearer.spec.rate)
    }
}

/// The kind of envelope that carries something. A message may go as its code instead.
pub(crate) fn kind_of(about: &About) -> Kind {
    match about {
        About::Message(_) => Kind::Message,
        About::Piece(..) => Kind::Attachment,
        About::WireLine(_) => Kind::OrderWire,
        About::Other(byte) => Kind::from_byte(*byte).unwrap_or(Kind::Service),
    }
}
