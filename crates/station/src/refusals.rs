//! Refusals in two sentences: what happened, and what to do.

use redphone_api::{Actor, Refusal, RefusalKind};
use redphone_desk::officers::{Barred, Object};
use redphone_desk::{DeskError, NotPermitted};
use redphone_seal::{PairingError, SealError};

use crate::error::Fault;

pub(crate) fn usage(what: impl Into<String>, to_do: impl Into<String>) -> Refusal {
    Refusal::operator(RefusalKind::Usage, what, to_do)
}

pub(crate) fn not_found(what: impl Into<String>, to_do: impl Into<String>) -> Refusal {
    Refusal::operator(RefusalKind::NotFound, what, to_do)
}

pub(crate) fn policy(what: impl Into<String>, to_do: impl Into<String>) -> Refusal {
    Refusal::operator(RefusalKind::Policy, what, to_do)
}

pub(crate) fn verification(what: impl Into<String>, to_do: impl Into<String>) -> Refusal {
    Refusal::operator(RefusalKind::Verification, what, to_do)
}

/// A request of another version.
pub(crate) fn unknown_request() -> Refusal {
    usage(
        "This station does not know that request.",
        "Use commands of the station's own version.",
    )
}

pub(crate) fn of_fault(fault: &Fault) -> Refusal {
    Refusal {
        kind: RefusalKind::Stopped,
        actor: Actor::Administrator,
        what: "The station refuses.".to_owned(),
        to_do: fault.to_string(),
        findings: Vec::new(),
    }
}

pub(crate) fn of_desk(error: DeskError) -> Refusal {
    let what = sentence(&error.to_string());
    match error {
        DeskError::NotPermitted(NotPermitted::Barred(why)) => of_officers(what, &why),
        DeskError::NotPermitted(NotPermitted::NoSuchMessage) => {
            not_found(what, "List what there is with `redphone inbox`.")
        }
        DeskError::NotPermitted(NotPermitted::Suspended { .. }) => policy(
            what,
            "Use the order wire, or resume the subject with `redphone line resume`.",
        ),
        DeskError::NotPermitted(NotPermitted::SerialsExhausted) => {
            policy(what, "Pair the line anew.")
        }
        DeskError::NotPermitted(_) => usage(what, "Change it and try again."),
        DeskError::PeerMisbehaved(_) | _ => policy(
            what,
            "Tell the other side's duty officer on the order wire.",
        ),
    }
}

/// What an officer may not do, and who can.
fn of_officers(what: String, why: &Barred) -> Refusal {
    match why {
        Barred::NoSuchDraft { .. } => not_found(what, "List them with `redphone drafts`."),
        Barred::NoSuchOfficer { .. } => not_found(what, "List them with `redphone officer list`."),
        Barred::Proof { .. } => verification(
            what,
            "Nothing was done. Look at it again and sign what it is at this moment.",
        ),
        Barred::ExpiryOutOfBounds
        | Barred::FirstIsAdministrator
        | Barred::NameForm
        | Barred::NoRoles
        | Barred::OtherPeer => usage(what, "Change it and try again."),
        Barred::ByTable {
            object: Object::MessageForOthers,
            ..
        } => policy(
            what,
            "It names its readers: `redphone read` without a key shows them. One of them opens it; an \
             administrator enrols who is not on the roll.",
        ),
        Barred::ByTable { .. } | Barred::NotInRole { .. } | Barred::Revoked { .. } => policy(
            what,
            "See who may do what with `redphone officer list` and `redphone officer table`.",
        ),
        Barred::AlreadySigned { .. } => policy(what, "Another releaser has to sign it too."),
        Barred::Closed { .. } | Barred::Stale { .. } => {
            policy(what, "See where it stands with `redphone drafts`.")
        }
        Barred::DraftsFull | Barred::RevisionsFull => policy(
            what,
            "Kill what is no longer needed: `redphone drafts kill`.",
        ),
        Barred::Expired { .. } => policy(what, "Its drafter edits it: `redphone edit`."),
        Barred::KeyTaken | Barred::NameTaken => policy(
            what,
            "Make a key under another name: `redphone officer keygen`.",
        ),
        Barred::LastAdministrator => policy(what, "Enrol another one first."),
        Barred::NotSigned { .. } => policy(
            what,
            "One of these officers signs: name his key with --key FILE. `redphone officer list` \
             says who they are.",
        ),
        Barred::Unsigned => policy(
            what,
            "Name your key with --key FILE. `redphone officer list` says who is enrolled.",
        ),
        Barred::OfficersFull | _ => policy(what, "docs/OPERATING.md says what the bounds are."),
    }
}

pub(crate) fn of_seal(error: &SealError) -> Refusal {
    policy(
        sentence(&error.to_string()),
        "See the line with `redphone line`; docs/OPERATING.md says what each hold means.",
    )
}

pub(crate) fn of_pairing(error: &PairingError) -> Refusal {
    if let PairingError::GenerationUsed { lowest, .. } = error {
        return verification(
            sentence(&error.to_string()),
            format!(
                "Nothing was used up. Is it an old letter, or was the other side restored? Have \
                 it write another: `redphone pair PEER --generation {lowest}`."
            ),
        );
    }
    verification(
        sentence(&error.to_string()),
        "Nothing was used up. Compare with the other side what was carried, and try again.",
    )
}

/// A first capital and a full stop.
pub(crate) fn sentence(words: &str) -> String {
    let mut letters = words.chars();
    let Some(first) = letters.next() else {
        return String::new();
    };
    let mut sentence: String = first.to_uppercase().chain(letters).collect();
    if !sentence.ends_with('.') {
        sentence.push('.');
    }
    sentence
}
