//! Drafts as officers see them, and what changed since each last looked.

use redphone_api::{
    ChangeMark, ChangedLine, Draft, DraftStage, DraftSummary, Refusal, Response, WaiverView, hex,
};
use redphone_desk::hold::changes::{Change, changes};
use redphone_desk::hold::{DraftBody, Held, Stage, Terms};
use redphone_desk::officers::Barred;
use redphone_desk::{BodyName, lines_of};
use redphone_journal::Storage;
use redphone_wire::{Now, PartyName, from_bytes, to_bytes};

use crate::hub::Hub;
use crate::officers::barred;
use crate::view::{attachment_view, indexed};
use crate::wording::Said;

impl<S: Storage> Hub<S> {
    pub(crate) fn list_drafts(&self, now: Now) -> Response {
        let drafts = self.desk.drafts().all();
        let mut drafts: Vec<DraftSummary> = drafts
            .map(|(number, held)| self.draft_summary(now, number, held))
            .collect();
        drafts.reverse();
        Response::Drafts { drafts }
    }

    pub(crate) fn read_draft(
        &mut self,
        now: Now,
        number: u32,
        officer: Option<&str>,
    ) -> Result<Response, Refusal> {
        let found = self.desk.drafts().find(number).cloned();
        let held = found.ok_or_else(|| barred(Barred::NoSuchDraft { number }.into()))?;
        let revision = held.revision();
        let body = self.draft_body(number, revision);
        let text = body
            .as_ref()
            .map_or_else(String::new, |body| self.words_of(&held.peer, body));
        let form = body.as_ref().and_then(|body| body.form.as_ref());
        let view = form.map(|form| self.form_view(&held.peer, form));
        let seen = officer.and_then(|officer| held.seen.get(officer).copied());
        let changed = match seen.filter(|seen| *seen != revision) {
            Some(seen) => self.changed(&held.peer, number, seen, &text),
            None => Vec::new(),
        };
        let waived = held.waived.iter().map(|waiver| WaiverView {
            rule: waiver.rule.clone(),
            by: waiver.by.clone(),
            because: waiver.because.clone(),
        });
        Ok(Response::Draft(Box::new(Draft {
            summary: self.draft_summary(now, number, &held),
            text: body
                .as_ref()
                .map_or_else(String::new, |body| body.text.clone()),
            form: view,
            form_bytes: form.map(to_bytes).unwrap_or_default(),
            code: body
                .as_ref()
                .and_then(|body| body.code.as_ref())
                .map_or_else(Vec::new, |code| code.to_vec()),
            readers: body.and_then(|body| body.readers).unwrap_or_default(),
            attached: indexed(&held.attachments, |index, info| {
                attachment_view(index, info, info.bytes, true)
            }),
            waived: waived.collect(),
            seen,
            changed,
            terms: hex::encode(&Terms::of(number, &held).digest()),
        })))
    }

    fn draft_summary(&self, now: Now, number: u32, held: &Held) -> DraftSummary {
        let (stage, because) = stage_of(now, held);
        let releasing = matches!(held.stage, Stage::Held | Stage::SentBack { .. });
        let released_by = match &held.stage {
            Stage::Held | Stage::Released { .. } => self.desk.standing_releasers(held),
            Stage::Killed { .. } | Stage::Sent { .. } | Stage::SentBack { .. } => held
                .verdicts
                .iter()
                .map(|one| one.officer.as_str())
                .collect(),
        };
        let serial = match held.stage {
            Stage::Sent { serial, .. } => Some(serial.0),
            Stage::Held
            | Stage::Killed { .. }
            | Stage::Released { .. }
            | Stage::SentBack { .. } => None,
        };
        DraftSummary {
            number,
            revision: held.revision(),
            to: held.peer.to_string(),
            kind: held.kind.to_string(),
            precedence: held.precedence.to_string(),
            subject: held.subject.clone(),
            authors: held.authors().into_iter().map(str::to_owned).collect(),
            stage,
            because,
            expires_at: held.expires.0,
            on_record: held.on_record,
            released_by: released_by.into_iter().map(str::to_owned).collect(),
            releasers: self.chancery.charter.releasers(held.kind),
            may_release: if releasing {
                self.desk.who_may_release(held)
            } else {
                Vec::new()
            },
            recallable_ms: self.recalls.left_ms(now, number),
            serial,
        }
    }

    fn draft_body(&mut self, number: u32, revision: u32) -> Option<DraftBody> {
        let name = BodyName::draft(number, revision);
        let body = self.body(&name).ok().flatten()?;
        from_bytes(&body).ok()
    }

    /// Refuses the release of a draft with something that must be fixed and that nobody let stand.
    pub(super) fn check_draft(&mut self, now: Now, number: u32) -> Result<(), Refusal> {
        let Some(held) = self.desk.drafts().find(number).cloned() else {
            return Ok(());
        };
        let Some(body) = self.draft_body(number, held.revision()) else {
            return Ok(());
        };
        let said = match &body.form {
            Some(form) => Said::Form(form),
            // What is agreed is not ours to mend.
            None if body.code.is_some() => return Ok(()),
            None => Said::Text(&body.text),
        };
        let waived: Vec<String> = held.waived.iter().map(|one| one.rule.clone()).collect();
        self.check_wording(now, (&held.peer, held.precedence), said, &waived)
    }

    /// Line by line what came and went since a revision.
    fn changed(
        &mut self,
        peer: &PartyName,
        number: u32,
        seen: u32,
        text: &str,
    ) -> Vec<ChangedLine> {
        let old = self.draft_body(number, seen);
        let old = old.map_or_else(String::new, |body| self.words_of(peer, &body));
        let told = changes(&old, text).into_iter().map(|change| {
            let (mark, line) = match change {
                Change::Added(line) => (ChangeMark::Added, line),
                Change::Kept(line) => (ChangeMark::Kept, line),
                Change::Removed(line) => (ChangeMark::Removed, line),
            };
            ChangedLine { mark, line }
        });
        told.collect()
    }

    /// What is compared of a revision: its text, or its form in its language of record.
    fn words_of(&mut self, peer: &PartyName, body: &DraftBody) -> String {
        let Some(form) = &body.form else {
            return body.text.clone();
        };
        let (lexicon, _) = self.lexicon_of(peer, form);
        let lines = lines_of(form, lexicon.as_deref(), form.language());
        let lines: Vec<String> = lines
            .into_iter()
            .map(|line| format!("{}  {}", line.label, line.text))
            .collect();
        lines.join("\n")
    }
}

fn stage_of(now: Now, held: &Held) -> (DraftStage, String) {
    match &held.stage {
        Stage::Held if held.expires <= now.utc => (DraftStage::Expired, String::new()),
        Stage::Held => (DraftStage::Held, String::new()),
        Stage::Killed { by, because } => (DraftStage::Killed, format!("{because} ({by})")),
        Stage::Released { .. } => (DraftStage::Released, String::new()),
        Stage::Sent { .. } => (DraftStage::Sent, String::new()),
        Stage::SentBack { by, because } => (DraftStage::SentBack, format!("{because} ({by})")),
    }
}
