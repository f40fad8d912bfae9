//! Refusals in two sentences: what happened, and what to do.

use redphone_api::{Actor, Refusal, RefusalKind};
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
    }
}

pub(crate) fn of_desk(error: DeskError) -> Refusal {
    let what = sentence(&error.to_string());
    match error {
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
