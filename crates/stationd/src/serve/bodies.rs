//! The fields of each call, as clients send them. Unknown fields are refused.

use redphone_api::{BookAct, BookKind, DraftFields, NewAct, NewAttachment, SignedBy, Tray};
use serde::Deserialize;
use serde::de::DeserializeOwned;

use super::body::parse;

/// Lines of a list when the query does not say.
const LIMIT: u32 = 100;

fn limit() -> u32 {
    LIMIT
}

/// Whether a body has exactly the fields that a call with a body takes. The path is as in the
/// contract, such as `/v1/messages/{name}/acknowledge`; of another path no body is taken.
///
/// What the fields say is the hub's to judge.
pub fn body_is_taken(path: &str, body: &[u8]) -> bool {
    fn has_fields<T: DeserializeOwned>(body: &[u8]) -> bool {
        parse::<T>(body).is_ok()
    }
    let taken: fn(&[u8]) -> bool = match path {
        "/v1/alarm/{deed}" => has_fields::<MaybeOfficer>,
        "/v1/answers" => has_fields::<Reply>,
        "/v1/bearers/{name}" => has_fields::<Bearer>,
        "/v1/books" => has_fields::<Agree>,
        "/v1/cards" => has_fields::<Card>,
        "/v1/check" => has_fields::<Check>,
        "/v1/codes" => has_fields::<SendCode>,
        "/v1/courier/export" | "/v1/courier/import" => has_fields::<Bag>,
        "/v1/desk" => has_fields::<Desk>,
        "/v1/drafts" => has_fields::<HoldDraft>,
        "/v1/drafts/{number}" => has_fields::<EditDraft>,
        "/v1/drafts/{number}/{act}" => has_fields::<ActOnDraft>,
        "/v1/forms" => has_fields::<SendForm>,
        "/v1/journal/verify" => has_fields::<Nothing>,
        "/v1/messages" => has_fields::<Send>,
        "/v1/messages/{name}/acknowledge" | "/v1/messages/{name}/release" => has_fields::<Officer>,
        "/v1/messages/{name}/shown" => has_fields::<Nothing>,
        "/v1/officers" => has_fields::<Enrol>,
        "/v1/officers/{name}/revoke" => has_fields::<Revoke>,
        "/v1/officers/{name}/roles" => has_fields::<Roles>,
        "/v1/order-wire" => has_fields::<OrderWire>,
        "/v1/pairings" => has_fields::<Pair>,
        "/v1/subjects" => has_fields::<Subject>,
        "/v1/tapes" => has_fields::<Tape>,
        "/v1/tapes/install" => has_fields::<Reel>,
        "/v1/tests" => has_fields::<Peer>,
        "/v1/watch/hand" => has_fields::<WatchHand>,
        "/v1/watch/take" => has_fields::<WatchTake>,
        _ => return false,
    };
    taken(body)
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Agree {
    pub(crate) to: Option<String>,
    pub(crate) what: BookKind,
    pub(crate) act: BookAct,
    #[serde(default)]
    pub(crate) name: String,
    #[serde(default)]
    pub(crate) file: String,
    #[serde(default)]
    pub(crate) because: String,
    pub(crate) officer: String,
    #[serde(default)]
    pub(crate) check_only: bool,
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct WhichBook {
    pub(crate) peer: Option<String>,
    #[serde(default)]
    pub(crate) name: String,
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Officer {
    pub(crate) officer: String,
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct WatchHand {
    pub(crate) to: String,
    pub(crate) officer: String,
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct WatchTake {
    pub(crate) officer: String,
    #[serde(default)]
    pub(crate) next: String,
    #[serde(default)]
    pub(crate) chief: String,
    #[serde(default)]
    pub(crate) ticks: Vec<String>,
    #[serde(default)]
    pub(crate) because: String,
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct MaybeOfficer {
    #[serde(default)]
    pub(crate) officer: String,
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct ActOnDraft {
    pub(crate) revision: u32,
    #[serde(default)]
    pub(crate) rule: String,
    #[serde(default)]
    pub(crate) because: String,
    pub(crate) by: SignedBy,
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Bearer {
    pub(crate) out: bool,
    pub(crate) because: String,
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Card {
    pub(crate) card: String,
    pub(crate) words: String,
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Check {
    pub(crate) to: Option<String>,
    pub(crate) precedence: String,
    #[serde(default)]
    pub(crate) draft: String,
    #[serde(default, with = "redphone_api::hex")]
    pub(crate) form: Vec<u8>,
    #[serde(default)]
    pub(crate) text: String,
    pub(crate) language: Option<String>,
    #[serde(default)]
    pub(crate) answer: bool,
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Bag {
    pub(crate) dir: Option<String>,
    pub(crate) bearer: Option<String>,
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Desk {
    pub(crate) desk: String,
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct DraftOf {
    pub(crate) officer: Option<String>,
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct EditDraft {
    pub(crate) revision: u32,
    pub(crate) draft: DraftFields,
    pub(crate) by: SignedBy,
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Enrol {
    pub(crate) card: String,
    pub(crate) roles: Vec<String>,
    pub(crate) by: Option<SignedBy>,
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct HoldDraft {
    pub(crate) draft: DraftFields,
    #[serde(default)]
    pub(crate) attachments: Vec<NewAttachment>,
    pub(crate) by: SignedBy,
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Nothing {}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Journal {
    pub(crate) after: Option<u64>,
    #[serde(default = "limit")]
    pub(crate) limit: u32,
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct LiftHold {
    pub(crate) peer: Option<String>,
    pub(crate) because: String,
    pub(crate) officer: String,
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Threads {
    pub(crate) of: Option<String>,
    pub(crate) peer: Option<String>,
    #[serde(default = "limit")]
    pub(crate) limit: u32,
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct List {
    pub(crate) tray: Tray,
    pub(crate) peer: Option<String>,
    #[serde(default = "limit")]
    pub(crate) limit: u32,
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct OrderWire {
    pub(crate) peer: Option<String>,
    pub(crate) text: String,
    #[serde(default)]
    pub(crate) officer: String,
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct OrderWireList {
    pub(crate) peer: Option<String>,
    #[serde(default = "limit")]
    pub(crate) limit: u32,
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Pair {
    pub(crate) peer: String,
    #[serde(default)]
    pub(crate) with: String,
    pub(crate) suites: Option<(String, String)>,
    pub(crate) letter: Option<String>,
    pub(crate) generation: Option<u32>,
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Peer {
    pub(crate) peer: Option<String>,
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Reel {
    pub(crate) reel: String,
    #[serde(default)]
    pub(crate) for_pairing: bool,
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Reply {
    pub(crate) to: String,
    #[serde(default)]
    pub(crate) acts: Vec<NewAct>,
    #[serde(default)]
    pub(crate) note: String,
    #[serde(default)]
    pub(crate) officer: String,
    #[serde(default)]
    pub(crate) check_only: bool,
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Revoke {
    pub(crate) because: String,
    pub(crate) by: SignedBy,
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Roles {
    pub(crate) roles: Vec<String>,
    pub(crate) by: SignedBy,
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Send {
    pub(crate) to: Option<String>,
    pub(crate) precedence: String,
    pub(crate) text: String,
    #[serde(default)]
    pub(crate) subject: String,
    pub(crate) officer: String,
    #[serde(default)]
    pub(crate) attachments: Vec<NewAttachment>,
    #[serde(default)]
    pub(crate) waived: Vec<String>,
    #[serde(default)]
    pub(crate) because: String,
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct SendCode {
    pub(crate) to: Option<String>,
    pub(crate) code: String,
    #[serde(default)]
    pub(crate) blanks: Vec<(String, String)>,
    pub(crate) officer: String,
    #[serde(default)]
    pub(crate) check_only: bool,
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct SendForm {
    pub(crate) to: Option<String>,
    pub(crate) precedence: String,
    #[serde(with = "redphone_api::hex")]
    pub(crate) form: Vec<u8>,
    pub(crate) officer: String,
    #[serde(default)]
    pub(crate) waived: Vec<String>,
    #[serde(default)]
    pub(crate) because: String,
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Serials {
    pub(crate) peer: Option<String>,
    pub(crate) highest: u32,
    pub(crate) officer: String,
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Subject {
    pub(crate) peer: Option<String>,
    pub(crate) subject: String,
    pub(crate) suspend: bool,
    pub(crate) because: String,
    pub(crate) officer: String,
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Tape {
    pub(crate) peer: String,
    pub(crate) keys: u32,
    pub(crate) first: Option<u32>,
}
