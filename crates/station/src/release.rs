//! Messages out: released by an officer, and released again after they were held.
//!
//! Owns what the officer is told at once: the serial, the bytes, the air time, why it may wait. The
//! desk decides whether a message may go; what becomes of it on the way is `pump` and `receipts`.

use redphone_api::{EventKind, MessageRef, NewAttachment, Refusal, Request, Response, Sent};
use redphone_desk::asks::{Reply, Side};
use redphone_desk::officers::Barred;
use redphone_desk::{BodyName, Draft, Standing};
use redphone_journal::Storage;
use redphone_line::BearerState;
use redphone_wire::{AttachmentInfo, Coded, Now, PartyName, Precedence, Serial, to_bytes};
use sha2::{Digest, Sha256};

use crate::hub::Hub;
use crate::officers::barred;
use crate::record::About;
use crate::refusals::{of_desk, policy, unknown_request, usage};
use crate::wording::{Said, parse};

pub(crate) const PRECEDENCES: &str = "It is flash, immediate, priority or routine.";

impl<S: Storage> Hub<S> {
    pub(crate) fn release(
        &mut self,
        now: Now,
        request: Request,
        waived: &[String],
    ) -> Result<Response, Refusal> {
        let Request::Send {
            to,
            precedence,
            text,
            subject,
            officer,
            attachments,
        } = request
        else {
            return Err(unknown_request());
        };
        self.check_unsigned()?;
        let precedence = parse(&precedence)?;
        let peer = self.choose_peer(to)?;
        self.check_serials(&peer)?;
        self.check_wording(now, (&peer, precedence), Said::Text(&text), waived)?;
        let draft = Draft {
            form: None,
            readers: Vec::new(),
            code: None,
            precedence,
            text,
            subject,
            releaser: officer,
            attachments: Vec::new(),
            piece_bytes: self.piece_bytes(&peer),
        };
        self.send(now, &peer, draft, attachments)
            .map(Response::Sent)
    }

    /// Refuses a release without a draft where officers are enrolled.
    pub(crate) fn check_unsigned(&self) -> Result<(), Refusal> {
        if self.desk.officers().are_enrolled() {
            return Err(barred(Barred::Unsigned.into()));
        }
        Ok(())
    }

    pub(crate) fn send(
        &mut self,
        now: Now,
        peer: &PartyName,
        mut draft: Draft,
        attachments: Vec<NewAttachment>,
    ) -> Result<Sent, Refusal> {
        self.check_unsigned()?;
        draft.attachments = attachments.iter().map(attachment_info).collect();
        let files = attachments.into_iter().map(|one| one.bytes).collect();
        let (serial, body_bytes, reply) = self.give_serial(now, peer, draft, files)?;
        self.pump(now, peer);
        let mut sent = self.sent(peer, serial, body_bytes);
        let left = self.left_words(peer, &reply);
        sent.notes.extend(left.into_iter().map(|words| words.en));
        Ok(sent)
    }

    /// Gives a message its serial and keeps its bytes: the serial, how many those are, and what a
    /// reply does to asks.
    pub(crate) fn give_serial(
        &mut self,
        now: Now,
        peer: &PartyName,
        mut draft: Draft,
        files: Vec<Vec<u8>>,
    ) -> Result<(Serial, usize, Reply), Refusal> {
        let piece_bytes = usize::try_from(draft.piece_bytes)
            .unwrap_or(usize::MAX)
            .max(1);
        let precedence = draft.precedence;
        let code = match draft.code.take() {
            Some(code) => Some((self.check_code(peer, &code, precedence, &draft.text)?, code)),
            None => None,
        };
        let file = files.first().map(Vec::as_slice);
        self.check_agreement(peer, draft.form.as_ref(), file)?;
        let (record, message) = self.desk.release(now.utc, peer, draft).map_err(of_desk)?;
        let reply = self.check_asks(now, peer, &message)?.unwrap_or_default();
        let serial = message.serial;
        let body = to_bytes(&message);
        let mut body_bytes = body.len();
        self.keep(BodyName::message(peer, true, serial), body);
        if let Some((kind, code)) = code {
            let code = Coded { serial, ..code }.to_bytes();
            body_bytes = code.len();
            self.keep(
                BodyName::code(peer, serial),
                [vec![kind.byte()], code].concat(),
            );
        }
        for (index, file) in (0_u8..).zip(files) {
            let mut offset = 0_u32;
            for piece in file.chunks(piece_bytes) {
                let name = BodyName::piece(peer, true, serial, index, offset);
                self.keep(name, piece.to_vec());
                offset = offset.saturating_add(u32::try_from(piece.len()).unwrap_or(u32::MAX));
            }
        }
        self.note_desk(now, record);
        self.place(now, peer, Side::Us, &message);
        self.heed_ours(now, peer, &message);
        self.heed_our_agreement(now, peer, &message);
        let said = format!("{precedence} released.");
        self.tell(now.utc, EventKind::Ladder, peer, Some((true, serial)), said);
        Ok((serial, body_bytes, reply))
    }

    fn sent(&self, peer: &PartyName, serial: Serial, body_bytes: usize) -> Sent {
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
                let row = crate::rows::envelope_row(peer, generation, id);
                let envelope = self.pending.rows.get(&row)?.as_ref()?;
                Some(envelope.len())
            })
            .unwrap_or(body_bytes);
        let mut notes = vec![
            "Released by one: no officer is enrolled, and the officer's name is this station's \
             claim."
                .to_owned(),
        ];
        if id.is_none() {
            let because = self
                .held_because(peer, Precedence::Routine)
                .unwrap_or_else(|| "it waits its turn".to_owned());
            notes.push(format!("Not sealed yet: {because}."));
        }
        notes.extend(self.line_notes(peer));
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

    /// What an officer should know of the line that a message is to go by.
    fn line_notes(&self, peer: &PartyName) -> Vec<String> {
        let Some(entry) = self.peers.get(peer) else {
            return Vec::new();
        };
        let statuses = entry.line.statuses();
        let up = statuses
            .iter()
            .any(|status| matches!(status.state, BearerState::Up | BearerState::Degraded));
        let mut notes = Vec::new();
        if statuses.is_empty() {
            notes.push(format!("No bearer to {peer} is configured."));
        } else if !up {
            notes.push("No bearer is known to be up; every bearer is being tried.".to_owned());
        }
        notes
    }

    pub(crate) fn release_again(
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
            .is_some_and(|one| matches!(one.standing, Standing::Held { .. }));
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
}

/// What is announced of an attachment, and signed with a draft: name, media type, length, digest.
pub fn attachment_info(attachment: &NewAttachment) -> AttachmentInfo {
    AttachmentInfo {
        name: attachment.name.clone(),
        media_type: attachment.media_type.clone(),
        bytes: u32::try_from(attachment.bytes.len()).unwrap_or(u32::MAX),
        digest: Sha256::digest(&attachment.bytes).into(),
    }
}
