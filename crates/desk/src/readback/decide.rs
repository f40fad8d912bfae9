//! What the acts of one message do to the read-backs of another: decided here, applied as facts.

use redphone_clarity::read;
use redphone_wire::{Act, Form, Item, Serial, Utc, shown_name};

use super::{ReadBackFact, ReadBacks, card, on_card};
use crate::asks::{Said, Side, Why};

/// The message that carries the acts.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Carried<'m> {
    /// Its serial.
    pub(crate) serial: Serial,
    /// Who released it.
    pub(crate) officer: &'m str,
    /// When it counts.
    pub(crate) at: Utc,
}

/// Facts of the acts that are about a read-back, and the acts that were refused, by their numbers
/// from 1. `about` is the message that is read back; none: its text is no longer held.
pub(crate) fn readings(
    held: Option<&ReadBacks>,
    about: Option<&Form>,
    said: Said,
    carried: Carried<'_>,
    acts: &[Act],
) -> (Vec<ReadBackFact>, Vec<(u8, Why)>) {
    let mut after = held.cloned();
    let (mut facts, mut refused) = (Vec::new(), Vec::new());
    for (position, act) in (1_u8..).zip(acts) {
        match reading(after.as_ref(), about, said, carried, act) {
            Ok(new) => {
                if let Some(after) = &mut after {
                    new.iter().for_each(|fact| after.apply(fact));
                }
                facts.extend(new);
            }
            Err(why) => refused.push((position, why)),
        }
    }
    // Only the sender's own station opens the order wire: one line reaches both sides.
    if let Some(after) = after.filter(|_| said.asker == Side::Us && !facts.is_empty()) {
        let items = after.to_send();
        if !items.is_empty() {
            facts.push(ReadBackFact::Spoken { items });
        }
    }
    (facts, refused)
}

#[expect(
    clippy::wildcard_enum_match_arm,
    reason = "the acts that are about no read-back were let through before"
)]
fn reading(
    held: Option<&ReadBacks>,
    about: Option<&Form>,
    said: Said,
    carried: Carried<'_>,
    act: &Act,
) -> Result<Vec<ReadBackFact>, Why> {
    let reads = matches!(act, Act::ReadBack { .. });
    if !reads && !matches!(act, Act::Correct { .. } | Act::Correction { .. }) {
        return Ok(Vec::new());
    }
    if let Some(field) = act.out_of_bounds() {
        return Err(Why::OutOfBounds(field));
    }
    match (reads, said.by == said.asker) {
        (true, true) => return Err(Why::OnlyAsked),
        (false, false) => return Err(Why::OnlyAsker),
        (true, false) | (false, true) => {}
    }
    let (Some(held), Some(form)) = (held, about) else {
        return Err(Why::NoCard);
    };
    let officer = shown_name(carried.officer);
    let at = carried.at;
    let fact = match act {
        Act::ReadBack { readback, items } => {
            if held.confirmed.is_some() {
                return Err(Why::ReadBackOver);
            }
            if *readback <= held.newest {
                return Err(Why::ReadBackOld);
            }
            ReadBackFact::Came {
                number: *readback,
                carrier: carried.serial,
                officer,
                wrong: held.wrong_items(&card(form), items)?,
                at,
            }
        }
        Act::Correct { readback } => {
            check_waits(held, *readback)?;
            ReadBackFact::Correct { officer, at }
        }
        Act::Correction { readback, items } => {
            check_waits(held, *readback)?;
            corrected(held, form, items, officer, at)?
        }
        _ => return Ok(Vec::new()),
    };
    Ok(vec![fact])
}

fn check_waits(held: &ReadBacks, readback: u8) -> Result<(), Why> {
    match (held.waits, readback == held.newest) {
        (false, _) => Err(Why::NothingReadBack),
        (true, false) => Err(Why::ReadBackOther),
        (true, true) => Ok(()),
    }
}

/// A correction. What was right, or is corrected to something that the message does not say, is read
/// back again and is no miss: only what both stations see to be wrong is counted.
fn corrected(
    held: &ReadBacks,
    form: &Form,
    items: &[Item],
    officer: String,
    at: Utc,
) -> Result<ReadBackFact, Why> {
    let card = card(form);
    let mut again: Vec<u16> = Vec::new();
    let mut missed = Vec::new();
    for one in items {
        let item = on_card(&card, one.item).ok_or(Why::NotOnCard)?;
        if again.contains(&one.item) {
            return Err(Why::NotOnCard);
        }
        again.push(one.item);
        let value = read(item.kind, &one.value);
        let fits =
            value.is_some_and(|value| value == item.value) || one.value == item.value.to_string();
        if fits && held.wrong.contains(&one.item) {
            missed.push(one.item);
        }
    }
    Ok(ReadBackFact::Corrected {
        officer,
        again,
        missed,
        at,
    })
}
