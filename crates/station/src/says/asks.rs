//! Records about asks and read-backs in sentences, without what is asked.

use redphone_desk::asks::{AskKey, AskMoved, AskRecord, Event, Reply, Side};
use redphone_desk::{ReadBackFact, Record};
use redphone_wire::{PartyName, Serial};

/// A fact about asks.
#[expect(
    clippy::wildcard_enum_match_arm,
    reason = "desk hands over only facts of asks"
)]
pub(super) fn said(own: &PartyName, record: &Record) -> String {
    match record {
        Record::Ask { peer, fact } => match fact {
            AskRecord::Listed { key, .. } => format!("{} listed", ask(own, peer, *key)),
            AskRecord::Moved(moved) => moved_words(own, peer, moved),
        },
        Record::Replied {
            peer,
            by,
            serial,
            reply,
        } => replied(own, peer, *by, *serial, reply),
        Record::ReadBack {
            peer,
            asker,
            serial,
            fact,
        } => format!("{} {serial} {}", side(own, peer, *asker), reading(fact)),
        Record::ReplyWaits { peer, serial, .. } => {
            format!("what {peer} {serial} says about asks waits for serials before it")
        }
        _ => String::new(),
    }
}

fn ask(own: &PartyName, peer: &PartyName, key: AskKey) -> String {
    let asker = side(own, peer, key.asker);
    format!("ask {} of {asker} {}", key.number, key.serial)
}

fn side<'n>(own: &'n PartyName, peer: &'n PartyName, side: Side) -> &'n PartyName {
    match side {
        Side::Us => own,
        Side::Peer => peer,
    }
}

fn moved_words(own: &PartyName, peer: &PartyName, moved: &AskMoved) -> String {
    let ask = ask(own, peer, moved.key);
    let by = match moved.event {
        Event::Act(word) => format!(" by {word}"),
        Event::Clock(_) => ", a time is over".to_owned(),
        Event::Prose => ", replied to in prose".to_owned(),
        Event::ReadBackDone | Event::Release | Event::Supersede => String::new(),
    };
    let flags: String = moved
        .flags
        .iter()
        .map(|flag| format!(", {}", flag.en()))
        .collect();
    format!("{ask} {}{by}{flags}", moved.to)
}

fn reading(fact: &ReadBackFact) -> String {
    match fact {
        ReadBackFact::Listed { items } => format!("has a card of {items} items"),
        ReadBackFact::Came {
            number,
            officer,
            wrong,
            ..
        } => match wrong.len() {
            0 => format!("read back {number} by {officer}, all items the same"),
            wrong => format!("read back {number} by {officer}, {wrong} items differ"),
        },
        ReadBackFact::Correct { officer, .. } => format!("read back CORRECT, says {officer}"),
        ReadBackFact::Corrected { officer, again, .. } => {
            format!("CORRECTION of {} items by {officer}", again.len())
        }
        ReadBackFact::Spoken { items } => {
            format!("{} items sent to the order wire", items.len())
        }
    }
}

fn replied(own: &PartyName, peer: &PartyName, by: Side, serial: Serial, reply: &Reply) -> String {
    let open: usize = reply.about.iter().map(|about| about.left_open.len()).sum();
    let refused = reply.refused.len();
    let from = side(own, peer, by);
    format!("{from} {serial} leaves {open} asks open, {refused} acts not taken")
}
