//! The desk: decisions about messages, and the one way to change it.
//!
//! What is decided of attachments, the order wire and service messages stands in `pieces`,
//! `order_wire` and `service`. Rules DESK-1 to DESK-4.

use std::collections::BTreeMap;

use minicbor::{Decode, Encode};
use redphone_wire::limits::{
    ATTACHMENT_BYTES_MAX, ATTACHMENT_NAME_BYTES_MAX, ATTACHMENTS_MAX, OFFICER_NAME_BYTES_MAX,
    READERS_MAX, TEXT_BYTES_MAX,
};
use redphone_wire::{
    Acknowledgement, AttachmentInfo, Message, PartyName, Serial, Utc, shown, shown_name,
};

use crate::check::{check_jump, check_name, check_peer_text};
use crate::draft::check_draft;
use crate::error::{DeskError, NotPermitted, PeerMisbehaved};
use crate::hold::{Drafts, HoldFact};
use crate::limits::ACKNOWLEDGEMENTS_MAX;
use crate::officers::Officers;
use crate::watch::Watch;
use crate::{Draft, Incoming, Outgoing, PeerDesk, Pieces, Record};

/// The desk of one station.
#[derive(Clone, Debug, Decode, Default, Encode, Eq, PartialEq)]
pub struct Desk {
    #[n(0)]
    pub(crate) peers: BTreeMap<PartyName, PeerDesk>,
    #[cbor(n(1), default)]
    officers: Officers,
    #[cbor(n(2), default)]
    drafts: Drafts,
    #[cbor(n(3), default)]
    pub(crate) watch: Watch,
}

impl Desk {
    /// Changes the desk by a fact. The only way to change it.
    pub fn apply(&mut self, record: &Record) {
        if let Record::Draft(fact) = record {
            self.note_drafted(fact);
            self.drafts.apply(fact);
        } else if let Record::Officer(fact) = record {
            self.officers.apply(fact);
        } else if let Record::Watch(fact) = record
            && record.peer().is_none()
        {
            self.watch.apply(fact);
        } else if let Some(peer) = record.peer() {
            self.peer_mut(peer).apply(record);
        }
    }

    /// A draft became a message: the message keeps when it was written.
    fn note_drafted(&mut self, fact: &HoldFact) {
        let HoldFact::Sent { number, serial, .. } = fact else {
            return;
        };
        let Some(draft) = self.drafts.find(*number) else {
            return;
        };
        let revisions = &draft.revisions;
        let written = revisions.first().zip(revisions.last());
        let written = written.map(|(first, last)| (first.at, last.at));
        let peer = self.peers.get_mut(&draft.peer);
        if let Some(message) = peer.and_then(|peer| peer.out.get_mut(serial)) {
            message.drafted = written;
        }
    }

    /// The roll of our officers.
    pub fn officers(&self) -> &Officers {
        &self.officers
    }

    /// The station was restored from a backup: signatures from behind it are for nothing here.
    pub fn skip_orders(&mut self, at: Utc) {
        self.officers.skip_orders(at);
    }

    /// Our drafts.
    pub fn drafts(&self) -> &Drafts {
        &self.drafts
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
        self.check_subject(peer, &draft.subject)?;
        let empty = PeerDesk::default();
        let desk = self.peers.get(peer).unwrap_or(&empty);
        let serial = desk.next_serial().ok_or(NotPermitted::SerialsExhausted)?;
        let message = Message {
            serial,
            precedence: draft.precedence,
            released: now.seconds(),
            releaser: draft.releaser.clone(),
            text: draft.text,
            attachments: draft.attachments.clone(),
            form: draft.form,
            readers: (!draft.readers.is_empty()).then_some(draft.readers),
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
        let known = self.peers.get(peer).map_or(0, PeerDesk::known);
        let serial = message.serial;
        if serial.0 == 0 {
            return Err(PeerMisbehaved::SerialJump { serial }.into());
        }
        check_jump(serial, known)?;
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
}

/// What the peer announces, with names that do nothing on a screen.
fn harmless(info: &AttachmentInfo) -> AttachmentInfo {
    AttachmentInfo {
        name: shown_name(&info.name),
        media_type: shown(&info.media_type),
        ..info.clone()
    }
}

fn check_message(message: &Message) -> Result<(), PeerMisbehaved> {
    let bound = |what| PeerMisbehaved::Bound { what };
    match &message.form {
        None => check_peer_text("text", &message.text, TEXT_BYTES_MAX)?,
        Some(_) if !message.text.is_empty() => return Err(bound("text beside a form")),
        Some(form) => form
            .out_of_bounds()
            .map_or(Ok(()), |what| Err(bound(what)))?,
    }
    check_peer_text("name", &message.releaser, OFFICER_NAME_BYTES_MAX)?;
    for reader in message.readers.iter().flatten() {
        check_peer_text("reader's name", reader, OFFICER_NAME_BYTES_MAX)?;
    }
    let named = message.readers.as_ref().map(Vec::len);
    if named.is_some_and(|named| named == 0 || named > READERS_MAX) {
        return Err(bound("number of readers"));
    }
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
