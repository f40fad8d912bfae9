//! What an operator asks, decided here and answered after the commit.

use redphone_api::{EventKind, MessageRef, NewAttachment, Refusal, Request, Response, Sent};
use redphone_desk::{BodyName, Draft};
use redphone_journal::Storage;
use redphone_wire::limits::REASON_BYTES_MAX;
use redphone_wire::{AttachmentInfo, Kind, Now, PartyName, Precedence, Serial, Service, to_bytes};
use sha2::{Digest, Sha256};

use crate::hub::Hub;
use crate::record::{About, Record};
use crate::refusals::{not_found, of_desk, of_fault, policy, usage};

impl<S: Storage> Hub<S> {
    /// Answers a request. The answer is given out only after the next commit.
    ///
    /// # Errors
    ///
    /// [`Refusal`] says what happened, what to do, and who has to do it.
    pub fn handle_request(&mut self, now: Now, request: Request) -> Result<Response, Refusal> {
        if let Some(fault) = &self.fault {
            return Err(of_fault(fault));
        }
        if matches!(request, Request::Send { .. }) {
            return self.release(now, request);
        }
        if matches!(request, Request::Subject { .. }) {
            return self.declare(now, request);
        }
        match request {
            Request::Acknowledge { message, officer } => self.acknowledge(now, &message, &officer),
            Request::Bearer { name, out, because } => self.take_bearer(now, &name, out, because),
            Request::CardImport { card, words } => self.import_card(now, &card, &words),
            Request::CardShow => Ok(self.card_view()),
            Request::Journal { after, limit } => self.journal_lines(after, limit),
            Request::JournalVerify => self.verify_journal(),
            Request::LiftHold {
                peer,
                because,
                officer,
            } => self.lift_hold(now, peer, &officer, &because),
            Request::LineWords { peer } => self.line_words(peer),
            Request::List { tray, peer, limit } => self.list(now, tray, peer, limit),
            Request::OrderWire {
                peer,
                text,
                officer,
            } => self.write_order_wire(now, peer, &officer, &text),
            Request::OrderWireList { peer, limit } => self.list_order_wire(peer, limit),
            Request::Pair {
                peer,
                with,
                suites,
                letter,
                generation,
            } => self.pair(now, &peer, &with, suites, letter, generation),
            Request::Read { message } => self.read(now, &message),
            Request::ReleaseAgain { message, officer } => {
                self.release_again(now, &message, &officer)
            }
            Request::Serials {
                peer,
                highest,
                officer,
            } => self.name_serials(now, peer, highest, &officer),
            Request::Shown { message } => self.show(now, &message),
            Request::Status => Ok(self.status(now)),
            Request::TapeInstall { reel, for_pairing } => {
                self.install_reel(now, &reel, for_pairing)
            }
            Request::TapeMake { peer, keys, first } => self.make_tape(&peer, keys, first),
            Request::TestNow { peer } => self.test_now(now, peer),
            Request::Send { .. } | Request::Subject { .. } | _ => Err(unknown()),
        }
    }

    fn release(&mut self, now: Now, request: Request) -> Result<Response, Refusal> {
        let Request::Send {
            to,
            precedence,
            text,
            subject,
            officer,
            attachments,
        } = request
        else {
            return Err(unknown());
        };
        let precedence = precedence
            .parse()
            .map_err(|_| usage(format!("'{precedence}' is no precedence."), PRECEDENCES))?;
        let peer = self.choose_peer(to)?;
        self.check_serials(&peer)?;
        let draft = Draft {
            precedence,
            text,
            subject,
            releaser: officer,
            attachments: Vec::new(),
            piece_bytes: self.piece_bytes(&peer),
        };
        self.send(now, &peer, draft, attachments)
    }

    fn declare(&mut self, now: Now, request: Request) -> Result<Response, Refusal> {
        let Request::Subject {
            peer,
            subject,
            suspend,
            because,
            officer,
        } = request
        else {
            return Err(unknown());
        };
        let because = if officer.is_empty() {
            because
        } else {
            format!("{because} ({officer})")
        };
        self.suspend(now, peer, &subject, suspend, &because)
    }

    fn send(
        &mut self,
        now: Now,
        peer: &PartyName,
        mut draft: Draft,
        attachments: Vec<NewAttachment>,
    ) -> Result<Response, Refusal> {
        draft.attachments = attachments.iter().map(info_of).collect();
        let piece_bytes = usize::try_from(draft.piece_bytes)
            .unwrap_or(usize::MAX)
            .max(1);
        let precedence = draft.precedence;
        let (record, message) = self.desk.release(now.utc, peer, draft).map_err(of_desk)?;
        let serial = message.serial;
        let body = to_bytes(&message);
        self.keep(BodyName::message(peer, true, serial), body.clone());
        for (index, attachment) in (0_u8..).zip(attachments) {
            let mut offset = 0_u32;
            for piece in attachment.bytes.chunks(piece_bytes) {
                let name = BodyName::piece(peer, true, serial, index, offset);
                self.keep(name, piece.to_vec());
                offset = offset.saturating_add(u32::try_from(piece.len()).unwrap_or(u32::MAX));
            }
        }
        self.note_desk(now, record);
        let said = format!("{precedence} released.");
        self.tell(now.utc, EventKind::Ladder, peer, Some((true, serial)), said);
        self.pump(now, peer);
        Ok(Response::Sent(self.sent(now, peer, serial, body.len())))
    }

    fn sent(&self, now: Now, peer: &PartyName, serial: Serial, body_bytes: usize) -> Sent {
        let id = self.peers.get(peer).and_then(|entry| {
            let about = About::Message(serial);
            let outstanding = &entry.carriage.outstanding;
            outstanding
                .iter()
                .rev()
                .find(|(_, one)| one.about == about)
                .map(|(id, _)| *id)
        });
        let envelope_bytes = id
            .and_then(|id| {
                let generation = self.peers.get(peer)?.generation;
                let row = crate::peer::envelope_row(peer, generation, id);
                let envelope = self.pending.rows.get(&row)?.as_ref()?;
                Some(envelope.len())
            })
            .unwrap_or(body_bytes);
        let mut notes = vec![
            "Released by one: release by two does not exist in this version, and the officer's \
             name is this station's claim."
                .to_owned(),
        ];
        if id.is_none() {
            let because = self
                .held_because(peer, Precedence::Routine)
                .unwrap_or_else(|| "it waits its turn".to_owned());
            notes.push(format!("Not sealed yet: {because}."));
        }
        notes.extend(self.line_notes(now, peer));
        Sent {
            name: format!("{} {serial}", self.name),
            to: peer.to_string(),
            serial: serial.0,
            envelope_bytes: u32::try_from(envelope_bytes).unwrap_or(u32::MAX),
            air_time_ms: self.air_times(peer, envelope_bytes),
            notes,
        }
    }

    /// Expected air time of an envelope on each bearer that may carry it.
    pub(crate) fn air_times(&self, peer: &PartyName, bytes: usize) -> Vec<(String, u64)> {
        self.peers
            .get(peer)
            .map_or_else(Vec::new, |entry| entry.line.expected(bytes))
            .into_iter()
            .map(|(bearer, air_time)| {
                let ms = u64::try_from(air_time.as_millis()).unwrap_or(u64::MAX);
                (self.bearer_name(bearer), ms)
            })
            .collect()
    }

    fn release_again(
        &mut self,
        now: Now,
        message: &MessageRef,
        officer: &str,
    ) -> Result<Response, Refusal> {
        if officer.trim().is_empty() {
            return Err(usage("No officer is named.", "Name one with --as."));
        }
        let (peer, serial) = self.find_outgoing(message)?;
        let held = self
            .desk
            .outgoing(&peer, serial)
            .is_some_and(|one| matches!(one.standing, redphone_desk::Standing::Held { .. }));
        if !held {
            return Err(policy(
                format!("{} {serial} is not held.", self.name),
                "See where it stands with `redphone read`.",
            ));
        }
        self.check_number(&peer, serial)?;
        self.note_desk(
            now,
            redphone_desk::Record::SentAnew {
                peer: peer.clone(),
                serial,
            },
        );
        self.pump(now, &peer);
        let said = format!("{} {serial} was released again by {officer}.", self.name);
        self.tell(
            now.utc,
            EventKind::Ladder,
            &peer,
            Some((true, serial)),
            said.clone(),
        );
        Ok(Response::Done { said })
    }

    fn acknowledge(
        &mut self,
        now: Now,
        message: &MessageRef,
        officer: &str,
    ) -> Result<Response, Refusal> {
        let (peer, serial) = self.find_incoming(message)?;
        let precedence = self
            .desk
            .incoming(&peer, serial)
            .map_or(Precedence::Priority, |message| message.precedence);
        let (record, acknowledgement) = self
            .desk
            .acknowledge(now.utc, &peer, serial, officer)
            .map_err(of_desk)?;
        self.note_desk(now, record);
        let about = About::Other(Kind::Acknowledgement.byte());
        let body = to_bytes(&acknowledgement);
        self.send_body(now, &peer, about, precedence, body);
        let said = format!("{peer} {serial} acknowledged by {officer}; {peer} is being told.");
        self.tell(
            now.utc,
            EventKind::Ladder,
            &peer,
            Some((false, serial)),
            format!("Acknowledged here by {officer}."),
        );
        Ok(Response::Done { said })
    }

    fn show(&mut self, now: Now, message: &MessageRef) -> Result<Response, Refusal> {
        let (peer, serial) = self.find_incoming(message)?;
        let shown = self.desk.show(now.utc, &peer, serial).map_err(of_desk)?;
        if let Some(record) = shown {
            self.note_desk(now, record);
            let service = Service::OnDesk {
                serial,
                at: now.utc.seconds(),
            };
            self.send_service(now, &peer, &service);
        }
        Ok(Response::Done {
            said: format!("{peer} {serial} is on this desk."),
        })
    }

    fn write_order_wire(
        &mut self,
        now: Now,
        peer: Option<String>,
        officer: &str,
        text: &str,
    ) -> Result<Response, Refusal> {
        let peer = self.choose_peer(peer)?;
        let (record, line) = self
            .desk
            .order_wire(now.utc, &peer, officer, text)
            .map_err(of_desk)?;
        let number = self.desk.peer(&peer).map_or(0, |desk| desk.wire_next);
        let body = to_bytes(&line);
        self.keep(BodyName::wire_line(&peer, number), body.clone());
        self.note_desk(now, record);
        let about = About::WireLine(number);
        self.send_body(now, &peer, about, Precedence::Immediate, body);
        Ok(Response::Done {
            said: format!("Written on the order wire to {peer}."),
        })
    }

    fn suspend(
        &mut self,
        now: Now,
        peer: Option<String>,
        subject: &str,
        suspend: bool,
        because: &str,
    ) -> Result<Response, Refusal> {
        let peer = self.choose_peer(peer)?;
        let record = self
            .desk
            .subject(now.utc, &peer, subject, suspend, because)
            .map_err(of_desk)?;
        self.note_desk(now, record);
        let service = Service::Subject {
            subject: subject.to_owned(),
            suspended: suspend,
            because: because.to_owned(),
            at: now.utc.seconds(),
        };
        self.send_service(now, &peer, &service);
        self.refresh_line_marks(now, &peer);
        let done = if suspend { "suspended" } else { "resumed" };
        let said = format!("Traffic on '{subject}' with {peer} is {done}; {peer} is being told.");
        Ok(Response::Done { said })
    }

    fn take_bearer(
        &mut self,
        now: Now,
        name: &str,
        out: bool,
        because: String,
    ) -> Result<Response, Refusal> {
        let found = self
            .bearers
            .iter()
            .find(|(_, bearer)| bearer.spec.name == name)
            .map(|(id, bearer)| (*id, bearer.peer.clone()));
        let Some((id, peer)) = found else {
            let names: Vec<&str> = self
                .bearers
                .values()
                .map(|b| b.spec.name.as_str())
                .collect();
            return Err(not_found(
                format!("There is no bearer '{name}'."),
                format!("This station has: {}.", names.join(", ")),
            ));
        };
        if because.trim().is_empty() || because.len() > REASON_BYTES_MAX {
            return Err(usage(
                "A reason is missing, or too long.",
                "Say why with --because, in at most 512 bytes.",
            ));
        }
        let record = Record::Bearer {
            name: name.to_owned(),
            out,
            because: because.clone(),
            at: now.utc,
        };
        self.note(now, record);
        if let Some(entry) = self.peers.get_mut(&peer) {
            entry.line.set_out(now, id, out);
        }
        let service = Service::Bearer {
            name: name.to_owned(),
            out,
            because,
        };
        self.send_service(now, &peer, &service);
        let done = if out { "out" } else { "in" };
        Ok(Response::Done {
            said: format!("{name} is {done}; {peer} is being told."),
        })
    }

    fn test_now(&mut self, now: Now, peer: Option<String>) -> Result<Response, Refusal> {
        let peer = self.choose_peer(peer)?;
        if let Some(because) = self.held_because(&peer, Precedence::Priority) {
            return Err(policy(
                format!("No test can be sealed: {because}."),
                "See the line with `redphone line`.",
            ));
        }
        let air_time = self.test_air_time(&peer);
        let call = self
            .peers
            .get_mut(&peer)
            .and_then(|entry| entry.test.call_early(now, air_time));
        let Some(call) = call else {
            return Err(policy(
                format!("A test with {peer} is under way."),
                "Wait for its outcome with `redphone events`.",
            ));
        };
        self.send_test(now, &peer, &call);
        self.collect_test_events(now, &peer);
        let test = match call {
            redphone_wire::TestMessage::CallUp { test }
            | redphone_wire::TestMessage::Ready { test }
            | redphone_wire::TestMessage::Text { test, .. }
            | redphone_wire::TestMessage::Result { test, .. } => test,
        };
        Ok(Response::Test(redphone_api::TestStarted {
            peer: peer.to_string(),
            test,
        }))
    }

    /// Desks that confirmed within the last moments that they display.
    pub fn handle_desks(&mut self, now: Now, count: u32) {
        self.desks = count;
        for name in self.peers() {
            let Some(peer) = self.peers.get_mut(&name) else {
                continue;
            };
            let silent = count == 0;
            if peer.cipher.is_none() || peer.told_silent == Some(silent) {
                continue;
            }
            let first = peer.told_silent.is_none();
            peer.told_silent = Some(silent);
            if first && silent {
                continue;
            }
            let service = Service::Desk {
                silent,
                since: now.utc.seconds(),
            };
            self.send_service(now, &name, &service);
        }
    }
}

fn unknown() -> Refusal {
    usage(
        "This station does not know that request.",
        "Use commands of the station's own version.",
    )
}

const PRECEDENCES: &str = "It is flash, immediate, priority or routine.";

fn info_of(attachment: &NewAttachment) -> AttachmentInfo {
    AttachmentInfo {
        name: attachment.name.clone(),
        media_type: attachment.media_type.clone(),
        bytes: u32::try_from(attachment.bytes.len()).unwrap_or(u32::MAX),
        digest: Sha256::digest(&attachment.bytes).into(),
    }
}
