//! Records about officers and drafts in sentences, without a text.

use redphone_desk::hold::HoldFact;
use redphone_desk::officers::{OfficerFact, Role};

/// A fact about a draft.
pub(super) fn draft(fact: &HoldFact) -> String {
    match fact {
        HoldFact::Edited {
            number, revision, ..
        } => format!(
            "DRAFT-{number} edited by {}: all releases of it are void",
            revision.author
        ),
        HoldFact::Held {
            number,
            peer,
            kind,
            precedence,
            revision,
            ..
        } => format!(
            "DRAFT-{number} {precedence} {kind} to {peer} held by {}",
            revision.author
        ),
        HoldFact::Killed {
            number,
            by,
            because,
            ..
        } => format!("DRAFT-{number} killed by {by}: {because}"),
        HoldFact::Released {
            number, window_ms, ..
        } => format!(
            "DRAFT-{number} released; it can be recalled for {} s",
            window_ms / 1_000
        ),
        HoldFact::Seen {
            number,
            revision,
            officer,
        } => format!("DRAFT-{number} revision {revision} seen by {officer}"),
        HoldFact::Sent { number, serial, .. } => format!("DRAFT-{number} became serial {serial}"),
        HoldFact::SentBack {
            number,
            by,
            because,
            recalled,
            ..
        } => {
            let done = if *recalled { "recalled" } else { "sent back" };
            format!("DRAFT-{number} {done} by {by}: {because}")
        }
        HoldFact::Verified {
            number,
            revision,
            verdict,
        } => format!(
            "DRAFT-{number} revision {revision}: signature of {} verified and discarded",
            verdict.officer
        ),
        HoldFact::Waived { number, waiver, .. } => format!(
            "DRAFT-{number}: finding {} waived by {}: {}",
            waiver.rule, waiver.by, waiver.because
        ),
    }
}

/// A fact about the roll.
pub(super) fn officer(fact: &OfficerFact) -> String {
    match fact {
        OfficerFact::Enrolled {
            name, roles, by, ..
        } if by.is_empty() => {
            format!(
                "officer {name} enrolled without a signature: {}",
                words(roles)
            )
        }
        OfficerFact::Enrolled {
            name, roles, by, ..
        } => format!("officer {name} enrolled by {by}: {}", words(roles)),
        OfficerFact::Ordered {
            by,
            role,
            action,
            object,
            about,
            ..
        } => format!("{by}, {role}, signed for: {action} ({object}) {about}")
            .trim_end()
            .to_owned(),
        OfficerFact::Revoked { name, how } => {
            format!("officer {name} revoked by {}: {}", how.by, how.because)
        }
        OfficerFact::RolesSet {
            name, roles, by, ..
        } => format!("officer {name} made {} by {by}", words(roles)),
    }
}

/// Roles in a list.
fn words(roles: &[Role]) -> String {
    let roles: Vec<String> = roles.iter().map(Role::to_string).collect();
    roles.join(", ")
}
