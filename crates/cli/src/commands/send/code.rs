//! `send --code`: an agreed text goes as its number and its blanks.
//!
//! Owns what the officer sees of it: the text in both languages, as the other side will read it. What
//! the text says is the station's code book; what is known of the message then is `send`.

use redphone_api::{CodedText, DraftFields, Refusal, Request, Response};

use super::{Context, SendArgs, draft, hold_as, key_file, sheet};
use crate::client::unexpected;
use crate::exit::Exit;
use crate::print::{safe, wrap};

/// Releases an agreed text as its code, or holds it for other officers.
///
/// # Errors
///
/// What the station refuses: a code that the book does not have, a blank that is not filled.
pub(super) fn send(context: &Context, args: &SendArgs, code: &str) -> Result<Exit, Refusal> {
    let roll = draft::roll(context)?;
    let held = roll.signed || args.hold;
    let key = if held {
        Some(key_file(args, &roll)?)
    } else {
        None
    };
    let answer = context.ask(&Request::SendCode {
        to: args.to.clone(),
        code: code.to_owned(),
        blanks: args.blank.clone(),
        officer: args.officer.clone(),
        check_only: held,
    })?;
    let Response::Coded(coded) = &answer else {
        return Err(unexpected());
    };
    if let Some(key) = key {
        let fields = coded.draft.clone().ok_or_else(unexpected)?;
        let fields = DraftFields {
            expires_at: draft::expiry(args.expires),
            on_record: args.on_record,
            readers: args.reader.clone(),
            ..fields
        };
        hold_as(context, &roll, &key, fields, Vec::new())?;
        return Ok(if args.hold { Exit::Done } else { Exit::Held });
    }
    let sent = coded.sent.as_ref().ok_or_else(unexpected)?;
    let status = context.client().status().ok();
    let message = super::reread(context, sent);
    context.answer(&answer, |paper| {
        let page = sheet(paper, sent, status.as_ref(), message.as_ref());
        format!("{page}{}", said(coded))
    })?;
    Ok(Exit::Done)
}

/// What the other side reads.
fn said(coded: &CodedText) -> String {
    let head = format!(
        "\n{} of the code book {}, {}: the other side reads\n",
        safe(&coded.code),
        safe(&coded.book),
        coded.precedence
    );
    let (en, ru) = (safe(&coded.text.en), safe(&coded.text.ru));
    format!("{head}\n{}\n{}", wrap(&en, 2, 2), wrap(&ru, 2, 2))
}
