//! From a request about drafts or officers to its HTTP call.

use redphone_api::{DraftAct, Request};
use serde_json::{Value, json};

use super::route::escaped;

/// The call of such a request: method, path with query, body. None for every other.
#[expect(
    clippy::wildcard_enum_match_arm,
    reason = "the others have routes of their own, or are not known"
)]
pub(super) fn of(request: &Request) -> Option<(&'static str, String, Option<Value>)> {
    Some(match request {
        Request::DraftAct {
            number,
            revision,
            act,
            rule,
            because,
            by,
        } => (
            "POST",
            format!("/v1/drafts/{number}/{}", word_of(*act)),
            Some(json!({ "revision": revision, "rule": rule, "because": because, "by": by })),
        ),
        Request::DraftEdit {
            number,
            revision,
            draft,
            by,
        } => (
            "PUT",
            format!("/v1/drafts/{number}"),
            Some(json!({ "revision": revision, "draft": draft, "by": by })),
        ),
        Request::DraftHold {
            draft,
            attachments,
            by,
        } => (
            "POST",
            "/v1/drafts".to_owned(),
            Some(json!({ "draft": draft, "attachments": attachments, "by": by })),
        ),
        Request::DraftList => ("GET", "/v1/drafts".to_owned(), None),
        Request::DraftRead { number, officer } => {
            let officer = officer.as_ref();
            let officer = officer.map(|name| format!("?officer={}", escaped(name)));
            let path = format!("/v1/drafts/{number}{}", officer.unwrap_or_default());
            ("GET", path, None)
        }
        Request::OfficerEnrol { card, roles, by } => (
            "POST",
            "/v1/officers".to_owned(),
            Some(json!({ "card": card, "roles": roles, "by": by })),
        ),
        Request::OfficerRevoke { name, because, by } => (
            "POST",
            format!("/v1/officers/{}/revoke", escaped(name)),
            Some(json!({ "because": because, "by": by })),
        ),
        Request::OfficerRoles { name, roles, by } => (
            "POST",
            format!("/v1/officers/{}/roles", escaped(name)),
            Some(json!({ "roles": roles, "by": by })),
        ),
        Request::Officers => ("GET", "/v1/officers".to_owned(), None),
        _ => return None,
    })
}

fn word_of(act: DraftAct) -> &'static str {
    match act {
        DraftAct::Kill => "kill",
        DraftAct::Recall => "recall",
        DraftAct::Release => "release",
        DraftAct::Review => "review",
        DraftAct::SendBack => "send-back",
        DraftAct::Waive => "waive",
    }
}
