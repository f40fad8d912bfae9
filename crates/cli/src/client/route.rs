//! From a request to its HTTP call: method, path, body. The daemon's `/openapi.json` is the other
//! half of this table.

use redphone_api::{AlarmAct, BookKind, MessageRef, Refusal, RefusalKind, Request, Tray};
use serde_json::{Value, json};

use super::draft_route;

/// The call of a request: method, path with query, body.
#[expect(
    clippy::wildcard_enum_match_arm,
    reason = "the others are orders, or of a version that is not known"
)]
pub(super) fn of(request: &Request) -> Result<(&'static str, String, Option<Value>), Refusal> {
    if let Some(call) = draft_route::of(request) {
        return Ok(call);
    }
    let call = match request {
        Request::Acknowledge { message, .. }
        | Request::Attachment { message, .. }
        | Request::Read { message }
        | Request::ReleaseAgain { message, .. }
        | Request::Shown { message } => about_a_message(request, &message_path(message))?,
        Request::Bearer { name, out, because } => (
            "POST",
            format!("/v1/bearers/{}", escaped(name)),
            Some(json!({ "out": out, "because": because })),
        ),
        Request::Courier { dir, bearer, pack } => {
            let verb = if *pack { "export" } else { "import" };
            let body = json!({ "dir": dir, "bearer": bearer });
            ("POST", format!("/v1/courier/{verb}"), Some(body))
        }
        Request::Alarm
        | Request::Watch
        | Request::AlarmAct { .. }
        | Request::Answer { .. }
        | Request::Asks { .. }
        | Request::AskTable
        | Request::Threads { .. } => about_asks(request)?,
        Request::SendAnyway {
            send,
            waived,
            because,
        } => anyway(send, waived, because)?,
        Request::Books { .. } | Request::BookRead { .. } => about_books(request)?,
        Request::CardShow => ("GET", "/v1/card".to_owned(), None),
        Request::Journal { after, limit } => {
            let after = after
                .map(|after| format!("&after={after}"))
                .unwrap_or_default();
            ("GET", format!("/v1/journal?limit={limit}{after}"), None)
        }
        Request::JournalVerify => ("POST", "/v1/journal/verify".to_owned(), Some(json!({}))),
        Request::Status => ("GET", "/v1/status".to_owned(), None),
        Request::List { tray, peer, limit } => {
            let tray = match tray {
                Tray::In => "in",
                Tray::Out => "out",
            };
            let path = format!("/v1/messages?tray={tray}&limit={limit}{}", of_peer(peer));
            ("GET", path, None)
        }
        Request::OrderWireList { peer, limit } => (
            "GET",
            format!("/v1/order-wire?limit={limit}{}", of_peer(peer)),
            None,
        ),
        Request::LineWords { peer } => ("GET", only_peer("/v1/line-words", peer), None),
        _ => (
            "POST",
            order_path(request)?.to_owned(),
            Some(fields(request)?),
        ),
    };
    Ok(call)
}

/// The call of a release that lets findings stand: that of the release, with two fields more.
fn anyway(
    send: &Request,
    waived: &[String],
    because: &str,
) -> Result<(&'static str, String, Option<Value>), Refusal> {
    let mut body = fields(send)?;
    if let Some(fields) = body.as_object_mut() {
        fields.insert("waived".to_owned(), json!(waived));
        fields.insert("because".to_owned(), json!(because));
    }
    Ok(("POST", order_path(send)?.to_owned(), Some(body)))
}

/// The call of a request about one message, whose path this is.
#[expect(
    clippy::wildcard_enum_match_arm,
    reason = "the caller hands over only requests about one message"
)]
fn about_a_message(
    request: &Request,
    path: &str,
) -> Result<(&'static str, String, Option<Value>), Refusal> {
    let post = |verb: &str, body| ("POST", format!("{path}/{verb}"), Some(body));
    Ok(match request {
        Request::Acknowledge { officer, .. } => post("acknowledge", json!({ "officer": officer })),
        Request::Attachment { index, .. } => ("GET", format!("{path}/attachments/{index}"), None),
        Request::Read { .. } => ("GET", path.to_owned(), None),
        Request::ReleaseAgain { officer, .. } => post("release", json!({ "officer": officer })),
        Request::Shown { .. } => post("shown", json!({})),
        _ => return Err(unroutable()),
    })
}

/// The call of a request about asks, threads and the alarm.
#[expect(
    clippy::wildcard_enum_match_arm,
    reason = "the caller hands over only these requests"
)]
fn about_asks(request: &Request) -> Result<(&'static str, String, Option<Value>), Refusal> {
    Ok(match request {
        Request::Answer {
            message,
            acts,
            note,
            officer,
            check_only,
        } => {
            let body = json!({
                "to": message_name(message),
                "acts": acts,
                "note": note,
                "officer": officer,
                "check_only": check_only,
            });
            ("POST", "/v1/answers".to_owned(), Some(body))
        }
        Request::Asks { peer } => ("GET", only_peer("/v1/asks", peer), None),
        Request::AskTable => ("GET", "/v1/asks/table".to_owned(), None),
        Request::Alarm => ("GET", "/v1/alarm".to_owned(), None),
        Request::Watch => ("GET", "/v1/watch".to_owned(), None),
        Request::AlarmAct { act, officer } => {
            let act = match act {
                AlarmAct::Heard => "heard",
                AlarmAct::Prove => "prove",
                AlarmAct::Silence => "silence",
            };
            let body = json!({ "officer": officer });
            ("POST", format!("/v1/alarm/{act}"), Some(body))
        }
        Request::Threads { of, peer, limit } => {
            let of = of.as_ref();
            let of = of.map(|of| format!("&of={}", escaped(&message_name(of))));
            let of = of.unwrap_or_default();
            let path = format!("/v1/threads?limit={limit}{of}{}", of_peer(peer));
            ("GET", path, None)
        }
        _ => return Err(unroutable()),
    })
}

/// The call of a request about lexicons and code books.
#[expect(
    clippy::wildcard_enum_match_arm,
    reason = "the caller hands over only requests about them"
)]
fn about_books(request: &Request) -> Result<(&'static str, String, Option<Value>), Refusal> {
    Ok(match request {
        Request::Books { peer } => {
            let peer = peer.as_ref().map(|peer| format!("?peer={}", escaped(peer)));
            let path = format!("/v1/books{}", peer.unwrap_or_default());
            ("GET", path, None)
        }
        Request::BookRead { peer, what, name } => {
            let what = match what {
                BookKind::Codebook => "codebook",
                BookKind::Lexicon => "lexicon",
            };
            let path = format!("/v1/books/{what}?name={}{}", escaped(name), of_peer(peer));
            ("GET", path, None)
        }
        _ => return Err(unroutable()),
    })
}

/// The path of an order whose body has all its fields.
#[expect(
    clippy::wildcard_enum_match_arm,
    reason = "the others have calls of their own, or are not known"
)]
fn order_path(request: &Request) -> Result<&'static str, Refusal> {
    Ok(match request {
        Request::Agree { .. } => "/v1/books",
        Request::CardImport { .. } => "/v1/cards",
        Request::Check { .. } => "/v1/check",
        Request::LiftHold { .. } => "/v1/holds/lift",
        Request::OrderWire { .. } => "/v1/order-wire",
        Request::Pair { .. } => "/v1/pairings",
        Request::Send { .. } => "/v1/messages",
        Request::SendCode { .. } => "/v1/codes",
        Request::SendForm { .. } => "/v1/forms",
        Request::Serials { .. } => "/v1/serials",
        Request::Subject { .. } => "/v1/subjects",
        Request::TapeInstall { .. } => "/v1/tapes/install",
        Request::TapeMake { .. } => "/v1/tapes",
        Request::TestNow { .. } => "/v1/tests",
        Request::WatchHand { .. } => "/v1/watch/hand",
        Request::WatchTake { .. } => "/v1/watch/take",
        _ => return Err(unroutable()),
    })
}

/// The path of a message: `/v1/messages/NORD-0007%3ESUD`.
fn message_path(message: &MessageRef) -> String {
    format!("/v1/messages/{}", escaped(&message_name(message)))
}

/// The name of a message: `NORD-0007>SUD`.
fn message_name(message: &MessageRef) -> String {
    let from = message
        .from
        .as_ref()
        .map(|from| format!("{from}-"))
        .unwrap_or_default();
    let to = message
        .to
        .as_ref()
        .map(|to| format!(">{to}"))
        .unwrap_or_default();
    format!("{from}{:04}{to}", message.serial)
}

/// The fields of a request, without its name.
fn fields(request: &Request) -> Result<Value, Refusal> {
    let mut value = serde_json::to_value(request).map_err(|_| unroutable())?;
    if let Some(fields) = value.as_object_mut() {
        fields.remove("request");
    }
    Ok(value)
}

/// A path with a query of one peer alone.
fn only_peer(path: &str, peer: &Option<String>) -> String {
    let peer = peer.as_ref().map(|peer| format!("?peer={}", escaped(peer)));
    format!("{path}{}", peer.unwrap_or_default())
}

fn of_peer(peer: &Option<String>) -> String {
    peer.as_ref()
        .map(|peer| format!("&peer={}", escaped(peer)))
        .unwrap_or_default()
}

/// Percent-encoding (RFC 3986, section 2.1) of all but unreserved characters.
pub(super) fn escaped(text: &str) -> String {
    let mut escaped = String::new();
    for byte in text.bytes() {
        if byte.is_ascii_alphanumeric() || b"-._~".contains(&byte) {
            escaped.push(char::from(byte));
        } else {
            escaped.push_str(&format!("%{byte:02X}"));
        }
    }
    escaped
}

fn unroutable() -> Refusal {
    Refusal::operator(
        RefusalKind::Usage,
        "This request has no route to the station.",
        "Use the redphone of the station's own version.",
    )
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_in_paths_are_escaped() {
        let message: MessageRef = "NORD-0007>SUD".parse().unwrap();
        assert_eq!(message_path(&message), "/v1/messages/NORD-0007%3ESUD");
        let out = Request::Bearer {
            name: "../ip".to_owned(),
            out: true,
            because: String::new(),
        };
        assert_eq!(of(&out).unwrap().1, "/v1/bearers/..%2Fip");
    }

    #[test]
    fn body_of_a_message_has_its_fields_and_no_other() {
        let send = Request::Send {
            to: None,
            precedence: "flash".to_owned(),
            text: "One.".to_owned(),
            subject: String::new(),
            officer: "1st watch".to_owned(),
            attachments: Vec::new(),
        };

        let (method, path, body) = of(&send).unwrap();

        assert_eq!((method, path.as_str()), ("POST", "/v1/messages"));
        let body = body.unwrap();
        let names: Vec<&String> = body.as_object().unwrap().keys().collect();
        assert_eq!(
            names,
            [
                "attachments",
                "officer",
                "precedence",
                "subject",
                "text",
                "to"
            ]
        );
    }
}
