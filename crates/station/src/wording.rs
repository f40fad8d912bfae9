//! What is muddled is told before it goes, and stops it where it must.
//!
//! Owns what the rules are asked about: a form, a draft of one or a plain text, when it is expected
//! at the peer over the bearers that are up, and the message that it refers to. What the rules say is
//! `redphone-clarity`'s; who may let a finding stand is the desk's. Rules FORM-5 to FORM-8.

mod told;

use redphone_api::{Checked, Refusal, RefusalKind, Request, Response};
use redphone_clarity::{Draft, Scope, language_of};
use redphone_desk::{
    Expected, Finding, Record, Severity, findings_of, findings_of_draft, findings_of_text,
    form_of_draft, rule, warns,
};
use redphone_journal::Storage;
use redphone_wire::limits::{REASON_BYTES_MAX, TEXT_BYTES_MAX};
use redphone_wire::{
    Form, Language, Now, PartyName, Precedence, Reference, Serial, Utc, from_bytes, to_bytes,
};

use crate::hub::Hub;
use crate::refusals::{unknown_request, usage};
use crate::release::PRECEDENCES;

use self::told::{checked, refuse};

pub use self::told::finding_view;

/// Bytes that a form becomes longer by on its way into an envelope, at most.
const ENVELOPE_EXTRA_BYTES: usize = 128;
/// Rules that one release lets stand.
const WAIVED_MAX: usize = 16;

/// What is to be released.
#[derive(Clone, Copy)]
pub(crate) enum Said<'a> {
    /// A form.
    Form(&'a Form),
    /// A plain statement.
    Text(&'a str),
}

impl<S: Storage> Hub<S> {
    /// Says what is muddled, as the release would, and sends nothing.
    pub(crate) fn check(&mut self, now: Now, request: Request) -> Result<Response, Refusal> {
        let Request::Check {
            to,
            precedence,
            draft,
            form,
            text,
            language,
            answer,
        } = request
        else {
            return Err(unknown_request());
        };
        let to = (&self.choose_peer(to)?, parse(&precedence)?);
        let checked = match (draft.is_empty(), form.is_empty(), text.is_empty()) {
            (false, true, true) => self.check_draft_text(now, to, &draft)?,
            (true, false, true) => {
                let form = read_form(&form)?;
                let findings = self.findings(now, to, &form)?;
                let expected = self.expected(now, to, to_bytes(&form).len());
                checked(&findings, true, expected)
            }
            (true, true, false) => {
                let language = read_language(language.as_deref(), &text)?;
                let stops = !answer && warns(&text).ok_or_else(broken)?;
                let scope = if answer { Scope::Answer } else { Scope::Body };
                let names = self.names();
                let lexicon = self.lexicon_in_force(to.0);
                let of = (language, scope);
                let findings = findings_of_text(&text, of, lexicon.as_deref(), name_refs(&names));
                let expected = self.expected(now, to, text.len());
                checked(&findings.ok_or_else(broken)?, stops, expected)
            }
            _ => {
                return Err(usage(
                    "There is nothing to check, or more than one thing.",
                    "Give a draft, a form or a text.",
                ));
            }
        };
        Ok(Response::Checked(Box::new(checked)))
    }

    fn check_draft_text(
        &mut self,
        now: Now,
        to: (&PartyName, Precedence),
        draft: &str,
    ) -> Result<Checked, Refusal> {
        let draft = Draft::read(draft).map_err(|why| {
            usage(
                format!("That is no draft: {why}."),
                "Write it as the example in OPERATING.md.",
            )
        })?;
        let lexicon = self.lexicon_in_force(to.0);
        let lexicon = lexicon.as_deref();
        let made = form_of_draft(&draft, lexicon);
        let expected = self.expected(now, to, made.map_or(0, |form| to_bytes(&form).len()));
        let named = draft.reference.as_ref().and_then(|one| one.serial);
        let named = named.and_then(|serial| u32::try_from(serial).ok());
        let earlier = named.and_then(|serial| self.said_form(to.0, Serial(serial)));
        let names = self.names();
        let earlier = earlier.as_ref();
        let told = findings_of_draft(&draft, lexicon, expected, earlier, name_refs(&names));
        let told = told.ok_or_else(broken)?;
        let mut checked = checked(&told.findings, true, expected);
        checked.form = told.form.as_ref().map(to_bytes).unwrap_or_default();
        Ok(checked)
    }

    /// Releases a form by one officer, on a station without enrolled officers.
    pub(crate) fn release_form(
        &mut self,
        now: Now,
        request: Request,
        waived: &[String],
    ) -> Result<Response, Refusal> {
        let Request::SendForm {
            to,
            precedence,
            form,
            officer,
        } = request
        else {
            return Err(unknown_request());
        };
        self.check_unsigned()?;
        let precedence = parse(&precedence)?;
        let peer = self.choose_peer(to)?;
        let form = read_form(&form)?;
        self.check_wording(now, (&peer, precedence), Said::Form(&form), waived)?;
        let sent = self.send_form(now, &peer, precedence, form, &officer)?;
        Ok(Response::Sent(sent))
    }

    /// Releases what has something in it that must be fixed, on a station without enrolled officers:
    /// by name and with a reason, which stand in the journal.
    pub(crate) fn send_anyway(
        &mut self,
        now: Now,
        send: Request,
        waived: Vec<String>,
        because: String,
    ) -> Result<Response, Refusal> {
        let (Request::Send { officer, .. } | Request::SendForm { officer, .. }) = &send else {
            return Err(unknown_request());
        };
        let officer = officer.clone();
        let known = |written: &String| written.parse().ok().and_then(rule).is_some();
        if waived.is_empty() || waived.len() > WAIVED_MAX || !waived.iter().all(known) {
            return Err(usage(
                "A rule that is to stand is missing or unknown.",
                "Name it by its id, as V06: `redphone check --rules` lists them.",
            ));
        }
        if because.trim().is_empty() || because.len() > REASON_BYTES_MAX {
            return Err(usage(
                "A reason is missing, or too long.",
                "Say why with --because, in at most 512 bytes.",
            ));
        }
        let response = if matches!(send, Request::Send { .. }) {
            self.release(now, send, &waived)?
        } else {
            self.release_form(now, send, &waived)?
        };
        let Response::Sent(mut sent) = response else {
            return Ok(response);
        };
        let rules = waived.join(", ");
        let note = format!("Let stand by {officer}: {rules}; {because}.");
        let record = Record::Waived {
            peer: self.choose_peer(Some(sent.to.clone()))?,
            serial: Serial(sent.serial),
            rules,
            officer,
            because,
            at: now.utc,
        };
        self.note_desk(now, record);
        sent.notes.push(note);
        Ok(Response::Sent(sent))
    }

    /// Refuses what has something that must be fixed and that nobody let stand. A plain statement
    /// that neither warns nor asks is not held up.
    pub(crate) fn check_wording(
        &mut self,
        now: Now,
        to: (&PartyName, Precedence),
        said: Said<'_>,
        waived: &[String],
    ) -> Result<(), Refusal> {
        let findings = match said {
            Said::Form(form) => Some(self.findings(now, to, form)?),
            // Its length is the desk's to judge.
            Said::Text(text) if text.len() > TEXT_BYTES_MAX => return Ok(()),
            Said::Text(text) => {
                #[cfg(feature = "planted-bugs")]
                if crate::planted::is_planted(crate::planted::Bug::StatementUnchecked) {
                    return Ok(());
                }
                if !warns(text).ok_or_else(broken)? {
                    return Ok(());
                }
                let names = self.names();
                let lexicon = self.lexicon_in_force(to.0);
                let of = (language_of(text), Scope::Body);
                findings_of_text(text, of, lexicon.as_deref(), name_refs(&names))
            }
        };
        let findings = findings.ok_or_else(broken)?;
        let stands = |finding: &&Finding| {
            finding.severity == Severity::Block && !waived.contains(&finding.rule.to_string())
        };
        let muddled: Vec<&Finding> = findings.iter().filter(stands).collect();
        refuse(&muddled)
    }

    /// What is muddled in a form of ours.
    fn findings(
        &mut self,
        now: Now,
        to: (&PartyName, Precedence),
        form: &Form,
    ) -> Result<Vec<Finding>, Refusal> {
        if let Form::Translation(translation) = form {
            return self.check_translation(to.0, translation);
        }
        let expected = self.expected(now, to, to_bytes(form).len());
        let earlier = match form.reference() {
            Some(Reference::To { message, .. }) => self.said_form(to.0, *message),
            Some(Reference::New) | None => None,
        };
        let names = self.names();
        let lexicon = self.lexicon_in_force(to.0);
        let (lexicon, earlier) = (lexicon.as_deref(), earlier.as_ref());
        let found = findings_of(form, lexicon, expected, earlier, name_refs(&names));
        found.ok_or_else(broken)
    }

    /// The form of an earlier message of ours, if it is held here.
    fn said_form(&mut self, peer: &PartyName, serial: Serial) -> Option<Form> {
        self.said_in(peer, true, serial).ok()?.form
    }

    /// When a body of so many bytes is expected at the peer.
    fn expected(
        &self,
        now: Now,
        (peer, precedence): (&PartyName, Precedence),
        bytes: usize,
    ) -> Expected {
        let bytes = bytes + ENVELOPE_EXTRA_BYTES;
        let quickest = self.peers.get(peer).and_then(|entry| {
            let forecast = entry.line.forecast(now, bytes, precedence).into_iter();
            forecast.map(|(_, takes)| takes).min()
        });
        Expected {
            now: now.utc.seconds(),
            delivered: quickest.map(|takes| {
                let takes = u64::try_from(takes.as_millis()).unwrap_or(u64::MAX);
                Utc(now.utc.0.saturating_add(takes)).seconds()
            }),
        }
    }

    /// The names that a text may name: the parties'.
    pub(crate) fn names(&self) -> Vec<String> {
        let all = [&self.name].into_iter().chain(self.peers.keys());
        all.map(ToString::to_string).collect()
    }
}

fn name_refs(names: &[String]) -> impl Iterator<Item = &str> {
    names.iter().map(String::as_str)
}

pub(crate) fn broken() -> Refusal {
    let what = "The rules of wording in this program are broken: nothing is released.";
    Refusal::operator(RefusalKind::Stopped, what, "Install it anew.")
}

pub(crate) fn parse(precedence: &str) -> Result<Precedence, Refusal> {
    let parsed = precedence.parse();
    parsed.map_err(|_| usage(format!("'{precedence}' is no precedence."), PRECEDENCES))
}

fn read_language(named: Option<&str>, text: &str) -> Result<Language, Refusal> {
    let Some(named) = named else {
        return Ok(language_of(text));
    };
    let found = Language::ALL.into_iter().find(|one| one.code() == named);
    found.ok_or_else(|| usage(format!("'{named}' is no language here."), "It is en or ru."))
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
