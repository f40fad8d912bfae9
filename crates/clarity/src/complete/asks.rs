//! The numbered asks of a draft: one verb each, with the times of the deed and of the answer.

use redphone_wire::limits::{ASK_PARTY_BYTES_MAX, ASKS_MAX};
use redphone_wire::{Ask, Verb};

use super::reader::Reader;
use crate::draft::{Draft, DraftAsk};

pub(super) fn asks(reader: &mut Reader, draft: &Draft) -> Option<Vec<Ask>> {
    if draft.ask.is_empty() {
        reader.find("C01", "ask");
        return None;
    }
    if draft.ask.len() > ASKS_MAX {
        reader.find("C03", "ask");
        return None;
    }
    let read: Vec<Option<Ask>> = draft
        .ask
        .iter()
        .enumerate()
        .map(|(at, given)| ask(reader, at, given))
        .collect();
    read.into_iter().collect()
}

fn ask(reader: &mut Reader, at: usize, given: &DraftAsk) -> Option<Ask> {
    let expected = u8::try_from(at + 1).ok()?;
    let field = |name: &str| format!("ask.{expected}.{name}");
    if given
        .number
        .is_some_and(|number| number != i64::from(expected))
    {
        reader.find("C04", &field("number"));
    }
    let to = reader.text_within(&field("to"), given.to.as_ref(), ASK_PARTY_BYTES_MAX);
    let verb = reader.text(&field("verb"), given.verb.as_ref());
    let verb = verb.and_then(|word| {
        let known = Verb::ALL.into_iter().find(|verb| verb.en() == word);
        reader.known(&field("verb"), known)
    });
    let object = reader.text(&field("object"), given.object.as_ref());
    let act_by = reader.deadline(&field("act_by"), given.act_by.as_ref());
    let answer_by = reader.deadline(&field("answer_by"), given.answer_by.as_ref());
    Some(Ask {
        number: expected,
        to: to?,
        verb: verb?,
        object: object?,
        act_by: act_by?,
        answer_by: answer_by?,
    })
}
