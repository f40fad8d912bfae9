//! What an officer filled in, and his word on what was filled in: looked at before it goes.
//!
//! Owns the sentences in which it is refused. Items are named by their numbers and places, never by
//! their values.

use std::collections::BTreeSet;

use redphone_api::{NewItem, Refusal, RefusalKind};
use redphone_clarity::{ReadBackItem, read};
use redphone_desk::ReadBacks;
use redphone_wire::limits::ITEM_BYTES_MAX;
use redphone_wire::{Act, Item};

use super::NAMED_MAX;
use crate::refusals::{policy, usage};

/// A place on a card in words: `ask.1.act_by` is `ask 1, act by`.
fn place(field: &str) -> String {
    let place = field.replacen("ask.", "ask ", 1);
    place.replace('.', ", ").replace('_', " ")
}

/// `item 3 (ask 1, act by)`.
pub(super) fn named(card: &[ReadBackItem], number: u16) -> String {
    let item = usize::from(number)
        .checked_sub(1)
        .and_then(|at| card.get(at));
    match item {
        Some(item) => format!("item {number} ({})", place(&item.field)),
        None => format!("item {number}"),
    }
}

fn all_named(card: &[ReadBackItem], numbers: impl Iterator<Item = u16>) -> String {
    let numbers: Vec<u16> = numbers.collect();
    let first = numbers.iter().take(NAMED_MAX);
    let mut words: Vec<String> = first.map(|number| named(card, *number)).collect();
    if numbers.len() > NAMED_MAX {
        words.push(format!("and {} more", numbers.len() - NAMED_MAX));
    }
    words.join(", ")
}

/// The card as the reader filled it in: every item that is due, each a value of its kind.
pub(super) fn filled(
    name: &str,
    held: &ReadBacks,
    card: &[ReadBackItem],
    given: &[NewItem],
) -> Result<Act, Refusal> {
    if held.confirmed.is_some() {
        return Err(policy(
            format!("{name} was read back and confirmed."),
            "Nothing more has to be read back.",
        ));
    }
    let Some(readback) = held.next() else {
        return Err(policy(
            format!("{name} was read back too often."),
            "Speak about it on the order wire.",
        ));
    };
    let mut seen = BTreeSet::new();
    let mut items = Vec::with_capacity(given.len());
    for one in given {
        let item = usize::from(one.item)
            .checked_sub(1)
            .and_then(|at| card.get(at));
        let Some(item) = item.filter(|_| seen.insert(one.item)) else {
            return Err(usage(
                format!(
                    "The card of {name} has no item {}, or it is there twice.",
                    one.item
                ),
                format!(
                    "Print the card with `redphone readback {} --card`.",
                    named_ref(name)
                ),
            ));
        };
        let value = one.value.trim();
        if value.len() > ITEM_BYTES_MAX || read(item.kind, value).is_none() {
            return Err(unclear(
                format!("{} cannot be read.", capital(&named(card, one.item))),
                format!("Fill in {}. Nothing was sent.", item.kind.hint()),
            ));
        }
        items.push(Item {
            item: one.item,
            value: value.to_owned(),
        });
    }
    let blank: Vec<u16> = held.due.difference(&seen).copied().collect();
    if !blank.is_empty() {
        let blank = all_named(card, blank.into_iter());
        return Err(unclear(
            format!("Blank on the card of {name}: {blank}."),
            "Fill in every item that is due. If you do not know one, read the message again.",
        ));
    }
    Ok(Act::ReadBack { readback, items })
}

/// The items that differ and that the sender did not let pass.
fn differing(
    name: &str,
    held: &ReadBacks,
    card: &[ReadBackItem],
    allow: &[u16],
) -> Result<Vec<u16>, Refusal> {
    if !held.waits {
        return Err(policy(
            format!("No read-back of {name} waits for a word."),
            "See where read-backs stand with `redphone readback`.",
        ));
    }
    if let Some(right) = allow.iter().find(|number| !held.wrong.contains(number)) {
        return Err(usage(
            format!("{} does not differ.", capital(&named(card, *right))),
            "Name with --allow only items that are shown as different.",
        ));
    }
    let differ = held.wrong.iter().copied();
    Ok(differ.filter(|number| !allow.contains(number)).collect())
}

pub(super) fn confirmed(
    name: &str,
    held: &ReadBacks,
    card: &[ReadBackItem],
    allow: &[u16],
) -> Result<Act, Refusal> {
    let differ = differing(name, held, card, allow)?;
    if differ.is_empty() {
        return Ok(Act::Correct {
            readback: held.newest,
        });
    }
    Err(unclear(
        format!(
            "The read-back of {name} differs in {}.",
            all_named(card, differ.into_iter())
        ),
        "Correct it with `redphone readback correct`. If an item is the same after all, name it \
         with --allow. Nothing was sent.",
    ))
}

pub(super) fn corrected(
    name: &str,
    held: &ReadBacks,
    card: &[ReadBackItem],
    allow: &[u16],
) -> Result<Act, Refusal> {
    let differ = differing(name, held, card, allow)?;
    let right = |number: u16| {
        let item = usize::from(number)
            .checked_sub(1)
            .and_then(|at| card.get(at));
        item.map(|item| Item {
            item: number,
            value: item.value.to_string(),
        })
    };
    let items: Vec<Item> = differ.into_iter().filter_map(right).collect();
    if items.is_empty() {
        return Err(policy(
            format!("Nothing in the read-back of {name} differs."),
            "Confirm it with `redphone readback confirm`. To say something else, supersede the \
             message.",
        ));
    }
    Ok(Act::Correction {
        readback: held.newest,
        items,
    })
}

pub(crate) fn alone() -> Refusal {
    usage(
        "A read-back, and a word on one, stand alone in their message.",
        "Send acts on asks and notes with another answer.",
    )
}

fn unclear(what: String, to_do: impl Into<String>) -> Refusal {
    Refusal::operator(RefusalKind::Clarity, what, to_do)
}

/// `NORD 0001` as an argument.
fn named_ref(name: &str) -> String {
    name.replace(' ', "-")
}

fn capital(words: &str) -> String {
    let mut letters = words.chars();
    let first = letters.next().map(|first| first.to_uppercase().to_string());
    format!("{}{}", first.unwrap_or_default(), letters.as_str())
}
