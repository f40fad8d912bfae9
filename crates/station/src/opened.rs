//! What an opened envelope holds, handed to the room that it is for.

use redphone_api::EventKind;
use redphone_desk::asks::Side;
use redphone_desk::{BodyName, DeskError, PeerMisbehaved};
use redphone_journal::Storage;
use redphone_line::BearerId;
use redphone_seal::GivenUp;
use redphone_wire::{
    Acknowledgement, EnvelopeId, Kind, Message, Now, OrderWire, PartyName, Precedence, Serial,
    Service, TestMessage, from_bytes, shown_name,
};
use sha2::{Digest, Sha256};

use crate::budget::{EVIDENCE, FLASH, FLASH_BEYOND, NOTICES};
use crate::hub::Hub;
use crate::record::{About, Record};

impl<S: Storage> Hub<S> {
    pub(crate) fn handle_body(
        &mut self,
        now: Now,
        name: &PartyName,
        bearer: BearerId,
        (id, mark): (EnvelopeId, u8),
        kind: Kind,
        body: &[u8],
    ) {
        #[cfg(feature = "planted-bugs")]
        let kind = {
            let bug = crate::planted::is_planted(crate::planted::Bug::KindFromForm);
            let fits = bug && from_bytes::<Service>(body).is_ok();
            if fits { Kind::Service } else { kind }
        };
        let by = self.bearer_name(bearer);
        let handled = match kind {
            Kind::Message => self.handle_message(now, name, &by, body),
            Kind::Attachment => self.handle_piece(now, name, body).map(|()| None),
            Kind::Acknowledgement => self.handle_acknowledgement(now, name, body).map(|()| None),
            Kind::OrderWire => self.handle_order_wire(now, name, body).map(|()| None),
            Kind::Service => self.handle_service(now, name, body).map(|()| None),
            Kind::Test => self.handle_test(now, name, body).map(|()| None),
            Kind::Refresh => self.handle_refresh(now, name, body).map(|()| None),
            Kind::Coded(check) => self.handle_coded(now, name, &by, id, (check, body)),
        };
        let serial = handled.unwrap_or_else(|error| {
            self.desk_refused(now, name, id, body, &error);
            None
        });
        self.note_opened(now, name, (id, mark), kind.byte(), serial);
    }

    /// The desk refused what the peer sent. A second text under one serial is kept, as evidence
    /// for us alone.
    fn desk_refused(
        &mut self,
        now: Now,
        name: &PartyName,
        id: EnvelopeId,
        body: &[u8],
        error: &DeskError,
    ) {
        let DeskError::PeerMisbehaved(why) = error else {
            return;
        };
        let mut what = why.to_string();
        if let PeerMisbehaved::SerialReused { .. } = why
            && self.keep_evidence(now, name, id, body.to_vec())
        {
            what = format!("{what}; the second text is kept as envelope {id}");
        }
        self.misbehaved(now, name, why.rule(), what);
    }

    /// Keeps a body as it came. False: the peer made us keep as much as it may in an hour.
    pub(crate) fn keep_evidence(
        &mut self,
        now: Now,
        name: &PartyName,
        id: EnvelopeId,
        body: Vec<u8>,
    ) -> bool {
        let Some(peer) = self.peers.get_mut(name) else {
            return false;
        };
        let generation = peer.generation;
        let may = peer.budgets.evidence.take(now.monotonic, EVIDENCE, 1);
        #[cfg(feature = "planted-bugs")]
        let may = may && !crate::planted::is_planted(crate::planted::Bug::FirstTextOnly);
        if may {
            self.keep(BodyName::unknown(name, generation, id), body);
        }
        may
    }

    pub(crate) fn note_opened(
        &mut self,
        now: Now,
        name: &PartyName,
        (id, mark): (EnvelopeId, u8),
        kind: u8,
        serial: Option<Serial>,
    ) {
        let record = Record::Opened {
            peer: name.clone(),
            id,
            kind,
            serial,
            mark,
        };
        self.note(now, record);
    }

    /// A kind that this version does not know is kept, receipted and said, never dropped.
    pub(crate) fn handle_unknown_kind(
        &mut self,
        now: Now,
        name: &PartyName,
        (id, mark): (EnvelopeId, u8),
        kind: u8,
        body: Vec<u8>,
    ) {
        self.keep_evidence(now, name, id, body);
        let what = format!(
            "{name} sent something of kind {kind}, which this version does not know. It is kept: \
             ask on the order wire what it is, and install their version."
        );
        self.alarm(now, name, what);
        self.note_opened(now, name, (id, mark), kind, None);
    }

    /// Envelopes whose keys had to be given up: the peer has to seal their messages anew.
    pub(crate) fn given_up(&mut self, now: Now, name: &PartyName, given_up: &[GivenUp]) {
        for gap in given_up {
            let what = format!(
                "{} envelopes of {name} from {} on can no longer be opened. Missing serials are \
                 asked for; see `redphone line`.",
                gap.count, gap.first
            );
            self.alarm(now, name, what);
        }
    }

    fn handle_message(
        &mut self,
        now: Now,
        name: &PartyName,
        by: &str,
        body: &[u8],
    ) -> Result<Option<Serial>, DeskError> {
        let message: Message = decode(body)?;
        #[cfg(feature = "planted-bugs")]
        if crate::planted::is_planted(crate::planted::Bug::FutureDropped)
            && u64::from(message.released.0) > now.utc.0 / 1_000 + 3_600
        {
            return Ok(None);
        }
        let digest = Sha256::digest(body).into();
        self.take_message(now, name, by, &message, digest, body.to_vec())
            .map(Some)
    }

    /// Files a message of the peer. `body` is how it is kept, `digest` that of what came.
    pub(crate) fn take_message(
        &mut self,
        now: Now,
        name: &PartyName,
        by: &str,
        message: &Message,
        digest: [u8; 32],
        body: Vec<u8>,
    ) -> Result<Serial, DeskError> {
        let serial = message.serial;
        let record = self
            .desk
            .handle_message(now.utc, name, message, digest, by)?;
        if let Some(mut record) = record {
            let mut said = format!("{} arrived by {by}.", message.precedence);
            if message.precedence == Precedence::Flash && !self.is_usual_flash(now, name) {
                record = record.demoted(FLASH_BEYOND);
                said = format!("FLASH arrived by {by}, handled as {FLASH_BEYOND}: too many.");
            }
            self.keep(BodyName::message(name, false, serial), body);
            self.note_desk(now, record);
            self.tell(
                now.utc,
                EventKind::Message,
                name,
                Some((false, serial)),
                said,
            );
            self.place(now, name, Side::Peer, message);
            self.heed_theirs(now, name, message);
            self.heed_their_agreement(now, name, message);
            for index in 0..message.attachments.len() {
                let index = u8::try_from(index).unwrap_or(u8::MAX);
                self.finish_attachment(now, name, serial, index);
            }
        }
        Ok(serial)
    }

    /// Whether a FLASH is within what is nothing to wonder at. A peer that marks everything FLASH
    /// is told of once. FLASH of his does not hold up ours.
    fn is_usual_flash(&mut self, now: Now, name: &PartyName) -> bool {
        let usual = self
            .peers
            .get_mut(name)
            .is_none_or(|peer| peer.budgets.flash.take(now.monotonic, FLASH, 1));
        if !usual {
            let what = format!(
                "{name} sent more than {} messages as FLASH within an hour. The others are handled \
                 as {FLASH_BEYOND} until the hour is over. Read the newest first, and ask on the \
                 order wire which of them are FLASH.",
                FLASH.most
            );
            self.alarm(now, name, what);
        }
        usual
    }

    fn handle_acknowledgement(
        &mut self,
        now: Now,
        name: &PartyName,
        body: &[u8],
    ) -> Result<(), DeskError> {
        let acknowledgement: Acknowledgement = decode(body)?;
        let Some(record) = self.desk.handle_acknowledgement(name, &acknowledgement)? else {
            return Ok(());
        };
        self.note_desk(now, record);
        let officer = shown_name(&acknowledgement.officer);
        let said = format!("ACKNOWLEDGED by {officer} of {name}.");
        let message = Some((true, acknowledgement.serial));
        self.tell(now.utc, EventKind::Ladder, name, message, said);
        Ok(())
    }

    fn handle_order_wire(
        &mut self,
        now: Now,
        name: &PartyName,
        body: &[u8],
    ) -> Result<(), DeskError> {
        let line: OrderWire = decode(body)?;
        let record = self.desk.handle_order_wire(name, &line)?;
        let number = self.desk.peer(name).map_or(0, |desk| desk.wire_next);
        self.keep(BodyName::wire_line(name, number), body.to_vec());
        self.note_desk(now, record);
        let said = "A line came on the order wire.".to_owned();
        self.tell(now.utc, EventKind::OrderWire, name, None, said);
        Ok(())
    }

    fn handle_service(&mut self, now: Now, name: &PartyName, body: &[u8]) -> Result<(), DeskError> {
        let service: Service = decode(body)?;
        if let Service::Holds { highest } = service {
            return self.handle_holds(now, name, highest);
        }
        let record = self.desk.handle_service(name, &service)?;
        let is_new = record.is_some();
        if let Some(record) = record {
            self.note_desk(now, record);
            self.take_replies(now, name);
        }
        match &service {
            Service::Missing { ranges } => self.send_missing(now, name, ranges),
            Service::Bearer { .. } => {
                let may_tell = self
                    .peers
                    .get_mut(name)
                    .is_some_and(|peer| peer.budgets.notices.take(now.monotonic, NOTICES, 1));
                if may_tell {
                    let said = crate::says::service(name, &service);
                    self.tell(now.utc, EventKind::Service, name, None, said);
                }
            }
            _ if !is_new => {}
            Service::OnDesk { serial, .. } => {
                let said = format!("ON DESK: a desk of {name} shows it.");
                self.tell(
                    now.utc,
                    EventKind::Ladder,
                    name,
                    Some((true, *serial)),
                    said,
                );
            }
            Service::Announce { .. }
            | Service::Desk { .. }
            | Service::Holds { .. }
            | Service::NotHeld { .. }
            | Service::Subject { .. }
            | Service::Unacknowledged { .. } => {
                let said = crate::says::service(name, &service);
                self.tell(now.utc, EventKind::Service, name, None, said);
            }
        }
        self.refresh_line_marks(now, name);
        Ok(())
    }

    fn handle_test(&mut self, now: Now, name: &PartyName, body: &[u8]) -> Result<(), DeskError> {
        let message: TestMessage = decode(body)?;
        let ours = self.standing(name);
        let air_time = self.test_air_time(name);
        let Some(peer) = self.peers.get_mut(name) else {
            return Ok(());
        };
        let answer = peer.test.handle(now, &message, ours, air_time);
        if let Some(answer) = answer {
            self.send_test(now, name, &answer);
        }
        self.collect_test_events(now, name);
        Ok(())
    }

    pub(crate) fn send_service(&mut self, now: Now, name: &PartyName, service: &Service) {
        let about = About::Other(Kind::Service.byte());
        let body = redphone_wire::to_bytes(service);
        self.send_body(now, name, about, Precedence::Priority, body);
    }

    pub(crate) fn send_test(&mut self, now: Now, name: &PartyName, test: &TestMessage) {
        let about = About::Other(Kind::Test.byte());
        let body = redphone_wire::to_bytes(test);
        if matches!(test, TestMessage::CallUp { .. })
            && let Some(peer) = self.peers.get_mut(name)
        {
            peer.line.ask_contact(now);
        }
        self.send_body(now, name, about, Precedence::Priority, body);
    }
}

/// Decodes a body in the one form that its kind has.
pub(crate) fn decode<'b, T>(body: &'b [u8]) -> Result<T, DeskError>
where
    T: redphone_wire::Canonical<'b>,
{
    from_bytes(body).map_err(|_| DeskError::PeerMisbehaved(PeerMisbehaved::Malformed))
}
