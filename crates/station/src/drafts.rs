//! Drafts at the operator's border: held, edited, released, stopped.
//!
//! Owns what turns a request into a question to the desk, and the bodies in which texts, files and
//! the proofs of texts on record lie. Who may do what is the desk's (rules REL-5 to REL-11). What
//! leaves at the end of a recall window is `leave`; what officers see is `view`.

mod leave;
mod view;

use minicbor::Encode;
use redphone_api::{DraftAct, DraftFields, NewAttachment, Refusal, Request, Response, SignedBy};
use redphone_desk::hold::{Act, DraftBody, HoldFact, NewDraft, Terms};
use redphone_desk::officers::{Action, Statement};
use redphone_desk::{BodyName, Record};
use redphone_journal::Storage;
use redphone_wire::limits::{ATTACHMENTS_MAX, CHUNK_BYTES_MAX};
use redphone_wire::{AttachmentInfo, Now, to_bytes};

use crate::hub::Hub;
use crate::officers::{barred, signed};
use crate::refusals::{unknown_request, usage};
use crate::release::{PRECEDENCES, attachment_info};
use crate::wording::read_form;

pub(crate) use leave::Recalls;

/// A releaser's proof that is kept, because the text is on record.
#[derive(Encode)]
struct KeptProof<'a> {
    #[n(0)]
    officer: &'a str,
    #[cbor(n(1), with = "minicbor::bytes")]
    statement: [u8; 32],
    #[cbor(n(2), with = "minicbor::bytes")]
    proof: &'a [u8],
}

impl<S: Storage> Hub<S> {
    /// A request about drafts.
    #[expect(
        clippy::wildcard_enum_match_arm,
        reason = "the others are not about drafts, or of a version that is not known"
    )]
    pub(crate) fn handle_draft(&mut self, now: Now, request: Request) -> Result<Response, Refusal> {
        match request {
            Request::DraftAct {
                number,
                revision,
                act,
                rule,
                because,
                by,
            } => self.act(now, (number, revision), &act_of(act, rule, because), &by),
            Request::DraftEdit {
                number,
                revision,
                draft,
                by,
            } => self.edit(now, (number, revision), draft, &by),
            Request::DraftHold {
                draft,
                attachments,
                by,
            } => self.hold(now, draft, attachments, &by),
            Request::DraftList => Ok(self.list_drafts(now)),
            Request::DraftRead { number, officer } => {
                self.read_draft(now, number, officer.as_deref())
            }
            _ => Err(unknown_request()),
        }
    }

    fn hold(
        &mut self,
        now: Now,
        fields: DraftFields,
        attachments: Vec<NewAttachment>,
        by: &SignedBy,
    ) -> Result<Response, Refusal> {
        if attachments.len() > ATTACHMENTS_MAX {
            return Err(usage(
                format!("A message has at most {ATTACHMENTS_MAX} attachments."),
                "Send the rest with a second message.",
            ));
        }
        let new = self.new_draft(fields, attachments.iter().map(attachment_info).collect())?;
        let file = attachments.first().map(|one| one.bytes.as_slice());
        self.check_agreement(&new.peer, new.form.as_ref(), file)?;
        let signed = signed(by)?;
        let fact = self
            .desk
            .hold(&self.house(), now.utc, &new, &signed)
            .map_err(barred)?;
        let number = fact.number();
        for (index, attachment) in (0_u8..).zip(attachments) {
            let mut offset = 0_u32;
            for piece in attachment.bytes.chunks(CHUNK_BYTES_MAX) {
                let name = BodyName::draft_piece(number, index, offset);
                self.keep(name, piece.to_vec());
                offset = offset.saturating_add(u32::try_from(piece.len()).unwrap_or(u32::MAX));
            }
        }
        self.keep_revision(number, 1, &new.body());
        self.note_desk(now, Record::Draft(fact));
        self.tell_here(now, format!("DRAFT-{number} is held by {}.", by.officer));
        self.read_draft(now, number, Some(&by.officer))
    }

    fn edit(
        &mut self,
        now: Now,
        (number, revision): (u32, u32),
        fields: DraftFields,
        by: &SignedBy,
    ) -> Result<Response, Refusal> {
        let held = self.desk.drafts().find(number);
        let attachments = held.map_or_else(Vec::new, |held| held.attachments.clone());
        let new = self.new_draft(fields, attachments)?;
        let signed = signed(by)?;
        let fact = self
            .desk
            .edit(&self.house(), now.utc, (number, revision), &new, &signed)
            .map_err(barred)?;
        self.keep_revision(number, revision.saturating_add(1), &new.body());
        self.note_desk(now, Record::Draft(fact));
        self.tell_here(now, format!("DRAFT-{number} is edited by {}.", by.officer));
        self.read_draft(now, number, Some(&by.officer))
    }

    fn act(
        &mut self,
        now: Now,
        (number, revision): (u32, u32),
        act: &Act,
        by: &SignedBy,
    ) -> Result<Response, Refusal> {
        let signed = signed(by)?;
        let facts = self
            .desk
            .act(&self.house(), now.utc, (number, revision), act, &signed)
            .map_err(barred)?;
        // Nothing is noted yet; only who may release is told what keeps it from its release.
        if *act == Act::Release {
            self.check_draft(now, number)?;
        }
        // What the officer is shown is what stands before his review is noted.
        let shown = if *act == Act::Review {
            Some(self.read_draft(now, number, Some(&by.officer))?)
        } else {
            None
        };
        if *act == Act::Release {
            self.keep_proof(number, by);
        }
        for fact in facts {
            let ends = matches!(fact, HoldFact::Killed { .. });
            self.note_desk(now, Record::Draft(fact));
            if ends {
                self.erase_draft(number);
            }
        }
        if *act != Act::Review {
            let done = done_words(act);
            self.tell_here(now, format!("DRAFT-{number} is {done} by {}.", by.officer));
        }
        self.release_due(now);
        match shown {
            Some(response) => Ok(response),
            None => self.read_draft(now, number, Some(&by.officer)),
        }
    }

    /// Reads the fields of a draft.
    fn new_draft(
        &mut self,
        fields: DraftFields,
        attachments: Vec<AttachmentInfo>,
    ) -> Result<NewDraft, Refusal> {
        let precedence = fields.precedence.parse().map_err(|_| {
            usage(
                format!("'{}' is no precedence.", fields.precedence),
                PRECEDENCES,
            )
        })?;
        let peer = self.choose_peer(Some(fields.to))?;
        let code = if fields.code.is_empty() {
            None
        } else {
            Some(self.read_code(&peer, &fields.code, precedence, &fields.text)?)
        };
        Ok(NewDraft {
            peer,
            code,
            precedence,
            text: fields.text,
            form: if fields.form.is_empty() {
                None
            } else {
                Some(read_form(&fields.form)?)
            },
            readers: fields.readers,
            subject: fields.subject,
            attachments,
            expires: redphone_wire::Utc(fields.expires_at),
            on_record: fields.on_record,
        })
    }

    fn keep_revision(&mut self, number: u32, revision: u32, body: &DraftBody) {
        self.keep(BodyName::draft(number, revision), to_bytes(body));
    }

    /// The proof of a text on record is kept; every other is gone with its request (rule REL-11).
    fn keep_proof(&mut self, number: u32, by: &SignedBy) {
        let Some(held) = self
            .desk
            .drafts()
            .find(number)
            .filter(|held| held.on_record)
        else {
            return;
        };
        let Ok(signed) = signed(by) else {
            return;
        };
        let statement = Statement {
            station: &self.name,
            environment: self.environment,
            officer: &by.officer,
            role: signed.role,
            action: Action::Release,
            what: Terms::of(number, held).digest(),
        };
        let kept = KeptProof {
            officer: &by.officer,
            statement: statement.digest(),
            proof: &by.proof,
        };
        let name = BodyName::draft_proof(number, held.revision(), &by.officer);
        let kept = to_bytes(&kept);
        self.keep(name, kept);
    }

    /// Destroys the texts and files of a draft that ended. Proofs stay.
    fn erase_draft(&mut self, number: u32) {
        let Some(held) = self.desk.drafts().find(number) else {
            return;
        };
        let revisions = 1..=held.revision();
        let mut names: Vec<BodyName> = revisions
            .map(|revision| BodyName::draft(number, revision))
            .collect();
        for (index, info) in (0_u8..).zip(&held.attachments) {
            let offsets = (0..info.bytes).step_by(CHUNK_BYTES_MAX);
            names.extend(offsets.map(|offset| BodyName::draft_piece(number, index, offset)));
        }
        for name in names {
            self.destroy(name);
        }
    }
}

fn act_of(act: DraftAct, rule: String, because: String) -> Act {
    match act {
        DraftAct::Kill => Act::Kill { because },
        DraftAct::Recall => Act::Recall { because },
        DraftAct::Release => Act::Release,
        DraftAct::Review => Act::Review,
        DraftAct::SendBack => Act::SendBack { because },
        DraftAct::Waive => Act::Waive { rule, because },
    }
}

fn done_words(act: &Act) -> &'static str {
    match act {
        Act::Kill { .. } => "killed",
        Act::Recall { .. } => "recalled",
        Act::SendBack { .. } => "sent back",
        Act::Waive { .. } => "freed of a finding",
        Act::Release | Act::Review => "released",
    }
}
