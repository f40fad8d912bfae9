//! What is muddled in a form is told before it goes, and stops it where it must.
//!
//! Owns what the rules are asked about: the form, when it is expected at the peer over the bearers
//! that can send, and the message that it refers to. What the rules say is `redphone-clarity`'s;
//! who may let a finding stand is the desk's.

use std::time::Duration;

use redphone_api::{Refusal, RefusalKind, Request, Response};
use redphone_desk::{Expected, Finding, Severity, findings_of};
use redphone_journal::Storage;
use redphone_wire::{Form, Now, PartyName, Reference, Utc, from_bytes, to_bytes};

use crate::hub::Hub;
use crate::refusals::{unknown_request, usage};
use crate::release::PRECEDENCES;

/// Bytes that a form becomes longer by on its way into an envelope, at most.
const ENVELOPE_EXTRA_BYTES: usize = 128;
/// Findings that a refusal names.
const NAMED_MAX: usize = 8;

impl<S: Storage> Hub<S> {
    /// Releases a form by one officer, on a station without enrolled officers.
    pub(crate) fn release_form(&mut self, now: Now, request: Request) -> Result<Response, Refusal> {
        let Request::SendForm {
            to,
            precedence,
            form,
            officer,
        } = request
        else {
            return Err(unknown_request());
        };
        let precedence = precedence
            .parse()
            .map_err(|_| usage(format!("'{precedence}' is no precedence."), PRECEDENCES))?;
        let peer = self.choose_peer(to)?;
        let form = read_form(&form)?;
        self.check_wording(now, &peer, &form, &[])?;
        let sent = self.send_form(now, &peer, precedence, form, &officer)?;
        Ok(Response::Sent(sent))
    }

    /// Refuses a form with something that must be fixed and that nobody let stand.
    pub(crate) fn check_wording(
        &mut self,
        now: Now,
        peer: &PartyName,
        form: &Form,
        waived: &[String],
    ) -> Result<(), Refusal> {
        let stands = |finding: &Finding| {
            finding.severity == Severity::Block && !waived.contains(&finding.rule.to_string())
        };
        let findings = self.findings(now, peer, form).ok_or_else(|| {
            let what = "The rules of wording in this program are broken: nothing is released.";
            Refusal::operator(RefusalKind::Stopped, what, "Install it anew.")
        })?;
        let muddled: Vec<&Finding> = findings.iter().filter(|one| stands(one)).collect();
        let Some(first) = muddled.first() else {
            return Ok(());
        };
        let places: Vec<String> = muddled
            .iter()
            .take(NAMED_MAX)
            .map(|finding| format!("{} in {}", finding.rule, finding.field))
            .collect();
        let more = match muddled.len().saturating_sub(NAMED_MAX) {
            0 => String::new(),
            more => format!(", and {more} more"),
        };
        Err(Refusal::operator(
            RefusalKind::Clarity,
            format!(
                "Not released, it must be fixed: {}{more}.",
                places.join(", ")
            ),
            format!("{} at first: {}.", first.rule, first.fix.en),
        ))
    }

    /// What is muddled in a form of ours. None: the rules are broken.
    fn findings(&mut self, now: Now, peer: &PartyName, form: &Form) -> Option<Vec<Finding>> {
        let bytes = to_bytes(form).len() + ENVELOPE_EXTRA_BYTES;
        let quickest = self.peers.get(peer).and_then(|entry| {
            let expected = entry.line.expected(bytes).into_iter();
            expected.map(|(_, takes)| takes).min()
        });
        let arrives = |takes: Duration| {
            let takes = u64::try_from(takes.as_millis()).unwrap_or(u64::MAX);
            Utc(now.utc.0.saturating_add(takes)).seconds()
        };
        let expected = Expected {
            now: now.utc.seconds(),
            delivered: quickest.map(arrives),
        };
        let earlier = match form.reference() {
            Some(Reference::To { message, .. }) => self.said_in(peer, true, *message).ok(),
            Some(Reference::New) | None => None,
        };
        let names: Vec<String> = [&self.name]
            .into_iter()
            .chain(self.peers.keys())
            .map(ToString::to_string)
            .collect();
        let earlier = earlier.and_then(|message| message.form);
        let names = names.iter().map(String::as_str);
        findings_of(form, expected, earlier.as_ref(), names)
    }
}

/// Reads a form in its canonical bytes, within its bounds.
pub(crate) fn read_form(bytes: &[u8]) -> Result<Form, Refusal> {
    let form = from_bytes::<Form>(bytes);
    let form =
        form.map_err(|_| usage("That is no form.", "Make it with `redphone send --file`."))?;
    match form.out_of_bounds() {
        None => Ok(form),
        Some(part) => Err(usage(
            format!("The form's {part} is not as it must be."),
            "Check it with `redphone check`.",
        )),
    }
}
