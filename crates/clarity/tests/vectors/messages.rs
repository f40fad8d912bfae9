//! The fixed cases of messages: a plain one, and those that name who there may open them (REL-14).

use redphone_wire::{AttachmentInfo, Form, Message, Precedence, Serial, UtcSeconds, to_bytes};
use serde_json::{Value, json};

use super::hex;

/// When each of them was released.
const RELEASED: UtcSeconds = UtcSeconds(1_825_005_600);

/// Their fields by name, as PROTOCOL has them, beside their bytes. `form` is the bytes of the first
/// form of the file.
pub(super) fn cases(form: &Form) -> Vec<Value> {
    let plain = plain();
    let named = Message {
        serial: Serial(2),
        precedence: Precedence::Flash,
        readers: Some(vec!["head of state".to_owned(), "releaser".to_owned()]),
        ..plain.clone()
    };
    let with_form = Message {
        serial: Serial(412),
        precedence: Precedence::Immediate,
        text: String::new(),
        attachments: Vec::new(),
        form: Some(form.clone()),
        readers: Some(vec!["глава государства".to_owned()]),
        ..plain.clone()
    };
    vec![
        case("plain statement with an attachment, for any reader", &plain),
        case("plain statement for two named readers", &named),
        case("form for one named reader", &with_form),
    ]
}

fn plain() -> Message {
    Message {
        serial: Serial(1),
        precedence: Precedence::Routine,
        released: RELEASED,
        releaser: "1st watch".to_owned(),
        text: "The line stands.".to_owned(),
        attachments: vec![AttachmentInfo {
            name: "map.png".to_owned(),
            media_type: "image/png".to_owned(),
            bytes: 1_500,
            digest: [3; 32],
        }],
        form: None,
        readers: None,
    }
}

fn case(name: &str, message: &Message) -> Value {
    let attachments = message.attachments.iter().map(|one| {
        json!({
            "name": one.name,
            "media_type": one.media_type,
            "bytes": one.bytes,
            "digest": hex(&one.digest),
        })
    });
    json!({
        "name": name,
        "serial": message.serial.0,
        "precedence": message.precedence.to_string(),
        "released": message.released.0,
        "releaser": message.releaser,
        "text": message.text,
        "attachments": attachments.collect::<Vec<_>>(),
        "form": message.form.as_ref().map(|form| hex(&to_bytes(form))),
        "readers": message.readers,
        "bytes": hex(&to_bytes(message)),
    })
}
