//! The desk: decisions about messages, and the one way to change it.

use std::collections::BTreeMap;

use minicbor::{Decode, Encode};
use redphone_wire::limits::{
    ATTACHMENT_BYTES_MAX, ATTACHMENT_NAME_BYTES_MAX, ATTACHMENTS_MAX, MISSING_RANGES_MAX,
    OFFICER_NAME_BYTES_MAX, ORDER_WIRE_BYTES_MAX, REASON_BYTES_MAX, TEXT_BYTES_MAX,
};
use redphone_wire::{
    Acknowledgement, AttachmentChunk, AttachmentInfo, Message, OrderWire, PartyName, Precedence,
    Serial, Service, Utc, shown, shown_name,
};

use crate::error::{DeskError, NotPermitted, PeerMisbehaved};
use crate::limits::{
    ACKNOWLEDGEMENTS_MAX, HELD_BYTES_MAX, SERIAL_JUMP_MAX, SUBJECTS_MAX, UNANNOUNCED_BYTES_MAX,
    UNANNOUNCED_MAX,
};
use crate::{Incoming, Outgoing, PeerDesk, Pieces, Record};

/// What an officer wants to send.
#[derive(Clone, Debug)]
pub struct Draft {
    /// Urgency.
    pub precedence: Precedence,
    /// The text.
    pub text: String,
    /// The subject it belongs to, or empty.
    pub subject: String,
    /// Who releases it.
    pub releaser: String,
    /// What is attached.
    pub attachments: Vec<AttachmentInfo>,
    /// Bytes of each piece that attachments are cut into.
    pub piece_bytes: u32,
}

impl Draft {
    /// A draft of a text alone.
    pub fn text(precedence: Precedence, releaser: &str, text: &str) -> Self {
        Self {
            precedence,
            text: text.to_owned(),
            subject: String::new(),
            releaser: releaser.to_owned(),
            attachments: Vec::new(),
            piece_bytes: 0,
        }
    }
}

/// The desk of one station.
#[derive(Clone, Debug, Decode, Default, Encode, Eq, PartialEq)]
pub struct Desk {
    #[n(0)]
    peers: BTreeMap<PartyName, PeerDesk>,
}

impl Desk {
    /// Changes the desk by a fact. The only way to change it.
    pub fn apply(&mut self, record: &Record) {
        self.peers
            .entry(record.peer().clone())
            .or_default()
            .apply(record);
    }

    /// What is held of a peer.
    pub fn peer(&self, peer: &PartyName) -> Option<&PeerDesk> {
        self.peers.get(peer)
    }

    /// The same, for the marks that follow from the hub's own records.
    pub fn peer_mut(&mut self, peer: &PartyName) -> &mut PeerDesk {
        self.peers.entry(peer.clone()).or_default()
    }

    /// A message of ours.
    pub fn outgoing(&self, peer: &PartyName, serial: Serial) -> Option<&Outgoing> {
        self.peers.get(peer)?.out.get(&serial)
    }

    /// A message of theirs.
    pub fn incoming(&self, peer: &PartyName, serial: Serial) -> Option<&Incoming> {
        self.peers.get(peer)?.in_.get(&serial)
    }

    /// The pieces that are here of an attachment of theirs.
    pub fn pieces(&self, peer: &PartyName, serial: Serial, index: u8) -> Option<&Pieces> {
        self.peers.get(peer)?.pieces.get(&(serial, index))
    }

    /// Releases a draft: gives it its serial.
    ///
    /// # Errors
    ///
    /// [`DeskError::NotPermitted`] for an empty or overlong draft and for a suspended subject.
    pub fn release(
        &self,
        now: Utc,
        peer: &PartyName,
        draft: Draft,
    ) -> Result<(Record, Message), DeskError> {
        check_draft(&draft)?;
        let empty = PeerDesk::default();
        let desk = self.peers.get(peer).unwrap_or(&empty);
        if let Some(suspension) = desk.suspended.get(&draft.subject) {
            return Err(NotPermitted::Suspended {
                subject: draft.subject,
                because: suspension.because.clone(),
            }
            .into());
        }
        let serial = desk.next_serial().ok_or(NotPermitted::SerialsExhausted)?;
        let message = Message {
            serial,
            precedence: draft.precedence,
            released: now.seconds(),
            releaser: draft.releaser.clone(),
            text: draft.text,
            attachments: draft.attachments.clone(),
        };
        let record = Record::Released {
            peer: peer.clone(),
            serial,
            precedence: draft.precedence,
            at: now,
            releaser: draft.releaser,
            subject: draft.subject,
            attachments: draft.attachments,
            piece_bytes: draft.piece_bytes,
        };
        Ok((record, message))
    }

    /// Takes a message of the peer in. None: the very message is here already.
    ///
    /// # Errors
    ///
    /// [`DeskError::PeerMisbehaved`] when it breaks a bound, or its serial names another message.
    pub fn handle_message(
        &self,
        now: Utc,
        peer: &PartyName,
        message: &Message,
        digest: [u8; 32],
        bearer: &str,
    ) -> Result<Option<Record>, DeskError> {
        check_message(message)?;
        let highest = self.peers.get(peer).map_or(0, PeerDesk::highest_in);
        let serial = message.serial;
        if serial.0 == 0 || serial.0.saturating_sub(highest) > SERIAL_JUMP_MAX {
            return Err(PeerMisbehaved::SerialJump { serial }.into());
        }
        if let Some(held) = self.incoming(peer, serial) {
            if held.digest == digest {
                return Ok(None);
            }
            return Err(PeerMisbehaved::SerialReused { serial }.into());
        }
        Ok(Some(Record::Received {
            peer: peer.clone(),
            serial,
            precedence: message.precedence,
            released: message.released.into(),
            releaser: shown_name(&message.releaser),
            at: now,
            bearer: bearer.to_owned(),
            attachments: message.attachments.iter().map(harmless).collect(),
            digest,
            handled_as: None,
        }))
    }

    /// Takes a piece of an attachment in. None: that piece is here already.
    ///
    /// # Errors
    ///
    /// [`DeskError::PeerMisbehaved`] when it does not fit what was announced, or there is no room.
    pub fn handle_piece(
        &self,
        peer: &PartyName,
        piece: &AttachmentChunk,
    ) -> Result<Option<Record>, DeskError> {
        let refused = PeerMisbehaved::Piece {
            serial: piece.serial,
        };
        let bytes = u32::try_from(piece.bytes.len()).unwrap_or(u32::MAX);
        let held = self.pieces(peer, piece.serial, piece.index);
        if held.is_some_and(|held| held.holds(piece.offset, bytes)) {
            return Ok(None);
        }
        let announced = match self.incoming(peer, piece.serial) {
            Some(message) => Some(
                message
                    .attachments
                    .get(usize::from(piece.index))
                    .ok_or_else(|| refused.clone())?
                    .bytes,
            ),
            None => None,
        };
        let none = Pieces::default();
        if !held.unwrap_or(&none).fits(piece.offset, bytes, announced) {
            return Err(refused.into());
        }
        if !self.has_room(peer, piece, announced.is_some()) {
            return Err(refused.into());
        }
        Ok(Some(Record::PieceReceived {
            peer: peer.clone(),
            serial: piece.serial,
            index: piece.index,
            offset: piece.offset,
            bytes,
        }))
    }

    fn has_room(&self, peer: &PartyName, piece: &AttachmentChunk, announced: bool) -> bool {
        let Some(desk) = self.peers.get(peer) else {
            return true;
        };
        let bytes = u64::try_from(piece.bytes.len()).unwrap_or(u64::MAX);
        if announced {
            return desk.held_bytes.saturating_add(bytes) <= HELD_BYTES_MAX;
        }
        let (others, held) = desk.unannounced(piece.serial, piece.index);
        desk.held_bytes.saturating_add(bytes) <= HELD_BYTES_MAX
            && others < UNANNOUNCED_MAX
            && held.saturating_add(bytes) <= UNANNOUNCED_BYTES_MAX
    }

    /// Acknowledges a message of the peer, by name.
    ///
    /// # Errors
    ///
    /// [`DeskError::NotPermitted`] when there is no such message or no name.
    pub fn acknowledge(
        &self,
        now: Utc,
        peer: &PartyName,
        serial: Serial,
        officer: &str,
    ) -> Result<(Record, Acknowledgement), DeskError> {
        check_name("officer's name", officer, OFFICER_NAME_BYTES_MAX)?;
        self.incoming(peer, serial)
            .ok_or(NotPermitted::NoSuchMessage)?;
        let record = Record::Acknowledged {
            peer: peer.clone(),
            serial,
            officer: officer.to_owned(),
            at: now,
        };
        let acknowledgement = Acknowledgement {
            serial,
            officer: officer.to_owned(),
            at: now.seconds(),
        };
        Ok((record, acknowledgement))
    }

    /// Takes an acknowledgement of the peer in. None: that person acknowledged it before, or more
    /// did than a message keeps.
    ///
    /// # Errors
    ///
    /// [`DeskError::PeerMisbehaved`] when we never sent that message or the name breaks its bound.
    pub fn handle_acknowledgement(
        &self,
        peer: &PartyName,
        acknowledgement: &Acknowledgement,
    ) -> Result<Option<Record>, DeskError> {
        let serial = acknowledgement.serial;
        check_peer_text("name", &acknowledgement.officer, OFFICER_NAME_BYTES_MAX)?;
        let message = self
            .outgoing(peer, serial)
            .ok_or(PeerMisbehaved::UnknownMessage { serial })?;
        let officer = shown_name(&acknowledgement.officer);
        let known = message
            .acknowledged
            .iter()
            .any(|(name, _)| *name == officer);
        if known || message.acknowledged.len() >= ACKNOWLEDGEMENTS_MAX {
            return Ok(None);
        }
        Ok(Some(Record::AcknowledgedThere {
            peer: peer.clone(),
            serial,
            officer,
            at: acknowledgement.at.into(),
        }))
    }

    /// An attached desk of ours confirmed that it shows a message. None: it was shown before.
    ///
    /// # Errors
    ///
    /// [`DeskError::NotPermitted`] when there is no such message.
    pub fn show(
        &self,
        now: Utc,
        peer: &PartyName,
        serial: Serial,
    ) -> Result<Option<Record>, DeskError> {
        let message = self
            .incoming(peer, serial)
            .ok_or(NotPermitted::NoSuchMessage)?;
        Ok(message.shown.is_none().then(|| Record::Shown {
            peer: peer.clone(),
            serial,
            at: now,
        }))
    }

    /// Writes a line on the order wire.
    ///
    /// # Errors
    ///
    /// [`DeskError::NotPermitted`] for an empty or overlong line.
    pub fn order_wire(
        &self,
        now: Utc,
        peer: &PartyName,
        officer: &str,
        text: &str,
    ) -> Result<(Record, OrderWire), DeskError> {
        check_text("line", text, ORDER_WIRE_BYTES_MAX)?;
        if !officer.is_empty() {
            check_name("officer's name", officer, OFFICER_NAME_BYTES_MAX)?;
        }
        let record = Record::OrderWire {
            peer: peer.clone(),
            out: true,
            at: now,
            officer: officer.to_owned(),
        };
        let line = OrderWire {
            at: now.seconds(),
            officer: officer.to_owned(),
            text: text.to_owned(),
        };
        Ok((record, line))
    }

    /// Takes a line of the peer's order wire in.
    ///
    /// # Errors
    ///
    /// [`DeskError::PeerMisbehaved`] when it breaks a bound.
    pub fn handle_order_wire(
        &self,
        peer: &PartyName,
        line: &OrderWire,
    ) -> Result<Record, DeskError> {
        check_peer_text("line", &line.text, ORDER_WIRE_BYTES_MAX)?;
        if line.officer.len() > OFFICER_NAME_BYTES_MAX {
            return Err(PeerMisbehaved::Bound { what: "name" }.into());
        }
        Ok(Record::OrderWire {
            peer: peer.clone(),
            out: false,
            at: line.at.into(),
            officer: shown_name(&line.officer),
        })
    }

    /// Suspends or resumes a subject, by declaration of ours.
    ///
    /// # Errors
    ///
    /// [`DeskError::NotPermitted`] for an empty subject or reason, and for a subject that is not
    /// suspended.
    pub fn subject(
        &self,
        now: Utc,
        peer: &PartyName,
        subject: &str,
        suspend: bool,
        because: &str,
    ) -> Result<Record, DeskError> {
        check_name("subject", subject, REASON_BYTES_MAX)?;
        check_name("reason", because, REASON_BYTES_MAX)?;
        let suspended = self.peers.get(peer).map(|desk| &desk.suspended);
        if !suspend && !suspended.is_some_and(|held| held.contains_key(subject)) {
            let subject = subject.to_owned();
            return Err(NotPermitted::NotSuspended { subject }.into());
        }
        if suspend && self.subjects(peer, true) >= SUBJECTS_MAX {
            return Err(too_much("suspended subjects", SUBJECTS_MAX).into());
        }
        Ok(Record::Subject {
            peer: peer.clone(),
            ours: true,
            subject: subject.to_owned(),
            suspended: suspend,
            because: because.to_owned(),
            at: now,
        })
    }

    /// Takes what a service message says of messages and desks in. None: nothing new.
    ///
    /// # Errors
    ///
    /// [`DeskError::PeerMisbehaved`] when it breaks a bound or speaks of a message never sent.
    pub fn handle_service(
        &self,
        peer: &PartyName,
        service: &Service,
    ) -> Result<Option<Record>, DeskError> {
        let empty = PeerDesk::default();
        let desk = self.peers.get(peer).unwrap_or(&empty);
        let known = desk.announced.max(desk.highest_in());
        let peer = peer.clone();
        let record = match service {
            Service::Announce { highest } => {
                check_jump(*highest, known)?;
                (highest.0 > desk.announced).then_some(Record::Announced {
                    peer,
                    highest: *highest,
                })
            }
            Service::Bearer { name, because, .. } => {
                check_peer_text("bearer's name", name, REASON_BYTES_MAX)?;
                check_peer_text("reason", because, REASON_BYTES_MAX)?;
                None
            }
            Service::Desk { silent, since } => {
                let changes = desk.desk_silent.is_some() != *silent;
                changes.then_some(Record::PeerDesk {
                    peer,
                    silent: *silent,
                    since: (*since).into(),
                })
            }
            Service::Holds { highest } => {
                check_jump(*highest, desk.highest_out())?;
                Some(Record::Holds {
                    peer,
                    highest: *highest,
                    officer: String::new(),
                })
            }
            Service::Missing { ranges } => {
                check_ranges(ranges)?;
                None
            }
            Service::NotHeld { serial } => {
                if serial.0 > known {
                    return Err(PeerMisbehaved::UnknownMessage { serial: *serial }.into());
                }
                desk.is_missing(*serial).then_some(Record::NotHeld {
                    peer,
                    serial: *serial,
                })
            }
            Service::OnDesk { serial, at } => {
                let message = desk.out.get(serial);
                let message = message.ok_or(PeerMisbehaved::UnknownMessage { serial: *serial })?;
                message.on_desk.is_none().then_some(Record::OnDesk {
                    peer,
                    serial: *serial,
                    at: (*at).into(),
                })
            }
            Service::Subject {
                subject,
                suspended,
                because,
                at,
            } => return self.handle_subject(&peer, subject, *suspended, because, (*at).into()),
        };
        Ok(record)
    }

    /// The peer suspends or resumes a subject. What we suspended only we resume.
    fn handle_subject(
        &self,
        peer: &PartyName,
        subject: &str,
        suspended: bool,
        because: &str,
        at: Utc,
    ) -> Result<Option<Record>, DeskError> {
        check_peer_text("subject", subject, REASON_BYTES_MAX)?;
        check_peer_text("reason", because, REASON_BYTES_MAX)?;
        let subject = shown(subject);
        let because = shown(because);
        let held = self
            .peers
            .get(peer)
            .and_then(|desk| desk.suspended.get(&subject));
        let nothing_new = match held {
            Some(held) => held.ours || (suspended && held.because == because),
            None => !suspended,
        };
        if nothing_new {
            return Ok(None);
        }
        if suspended && held.is_none() && self.subjects(peer, false) >= SUBJECTS_MAX {
            return Err(PeerMisbehaved::Bound { what: "subjects" }.into());
        }
        Ok(Some(Record::Subject {
            peer: peer.clone(),
            ours: false,
            subject,
            suspended,
            because,
            at,
        }))
    }

    /// Subjects that one side suspended.
    fn subjects(&self, peer: &PartyName, ours: bool) -> usize {
        let held = self.peers.get(peer).map(|desk| desk.suspended.values());
        let held = held.into_iter().flatten();
        held.filter(|suspension| suspension.ours == ours).count()
    }
}

/// What the peer announces, with names that do nothing on a screen.
fn harmless(info: &AttachmentInfo) -> AttachmentInfo {
    AttachmentInfo {
        name: shown_name(&info.name),
        media_type: shown(&info.media_type),
        ..info.clone()
    }
}

fn check_draft(draft: &Draft) -> Result<(), NotPermitted> {
    check_text("text", &draft.text, TEXT_BYTES_MAX)?;
    check_name("officer's name", &draft.releaser, OFFICER_NAME_BYTES_MAX)?;
    if !draft.subject.is_empty() {
        check_name("subject", &draft.subject, REASON_BYTES_MAX)?;
    }
    if draft.attachments.len() > ATTACHMENTS_MAX {
        return Err(too_much("number of attachments", ATTACHMENTS_MAX));
    }
    for info in &draft.attachments {
        check_name("attachment's name", &info.name, ATTACHMENT_NAME_BYTES_MAX)?;
        check_name("media type", &info.media_type, ATTACHMENT_NAME_BYTES_MAX)?;
        if info.bytes as usize > ATTACHMENT_BYTES_MAX {
            return Err(too_much("attachment's bytes", ATTACHMENT_BYTES_MAX));
        }
    }
    Ok(())
}

fn check_message(message: &Message) -> Result<(), PeerMisbehaved> {
    check_peer_text("text", &message.text, TEXT_BYTES_MAX)?;
    check_peer_text("name", &message.releaser, OFFICER_NAME_BYTES_MAX)?;
    let bound = |what| PeerMisbehaved::Bound { what };
    if message.attachments.len() > ATTACHMENTS_MAX {
        return Err(bound("number of attachments"));
    }
    for info in &message.attachments {
        check_peer_text("attachment's name", &info.name, ATTACHMENT_NAME_BYTES_MAX)?;
        check_peer_text("media type", &info.media_type, ATTACHMENT_NAME_BYTES_MAX)?;
        if info.bytes as usize > ATTACHMENT_BYTES_MAX {
            return Err(bound("attachment's bytes"));
        }
    }
    Ok(())
}

/// Serials run ahead of what is known by a bounded step (rule DESK-3).
fn check_jump(serial: Serial, known: u32) -> Result<(), PeerMisbehaved> {
    if serial.0.saturating_sub(known) > SERIAL_JUMP_MAX {
        return Err(PeerMisbehaved::SerialJump { serial });
    }
    Ok(())
}

fn check_ranges(ranges: &[(Serial, Serial)]) -> Result<(), PeerMisbehaved> {
    let turned = ranges.iter().any(|(first, last)| first > last);
    if ranges.len() > MISSING_RANGES_MAX || turned {
        return Err(PeerMisbehaved::Bound { what: "ranges" });
    }
    Ok(())
}

fn check_text(what: &'static str, text: &str, most: usize) -> Result<(), NotPermitted> {
    if text.trim().is_empty() {
        return Err(NotPermitted::Empty { what });
    }
    if text.len() > most {
        return Err(too_much(what, most));
    }
    Ok(())
}

/// A text of one line that says who or what: nothing unseen in it.
fn check_name(what: &'static str, name: &str, most: usize) -> Result<(), NotPermitted> {
    check_text(what, name, most)?;
    if shown(name) != name {
        return Err(NotPermitted::Unseen { what });
    }
    Ok(())
}

fn check_peer_text(what: &'static str, text: &str, most: usize) -> Result<(), PeerMisbehaved> {
    if text.trim().is_empty() || text.len() > most {
        return Err(PeerMisbehaved::Bound { what });
    }
    Ok(())
}

fn too_much(what: &'static str, most: usize) -> NotPermitted {
    NotPermitted::TooMuch { what, most }
}
