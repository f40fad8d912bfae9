//! Records, service messages and alarms in sentences, without content.

mod asks;
mod officers;
mod record;
mod watch;

use redphone_wire::{Difference, PartyName, Serial, Service, shown};

pub(crate) use record::record;

/// A service message of the peer, for those who listen.
pub(crate) fn service(peer: &PartyName, service: &Service) -> String {
    match service {
        Service::Announce { highest } => format!("{peer} has sent up to {highest}."),
        Service::Bearer { name, out, because } => {
            let done = if *out { "taken out" } else { "put back" };
            let (name, because) = (shown(name), shown(because));
            format!("{peer}: bearer {name} {done}: {because}.")
        }
        Service::Desk { silent: true, .. } => format!("Nobody is at the desk of {peer}."),
        Service::Desk { silent: false, .. } => format!("Somebody is at the desk of {peer} again."),
        Service::Holds { highest } => format!("{peer} holds our messages up to {highest}."),
        Service::Missing { .. } => format!("{peer} misses serials of ours."),
        Service::NotHeld { serial } => format!("{peer} no longer holds {peer} {serial}."),
        Service::OnDesk { .. } => format!("A desk of {peer} shows a message."),
        Service::Unacknowledged { ranges, level, .. } => {
            let count = ranges
                .iter()
                .map(|(first, last)| last.0.saturating_sub(first.0).saturating_add(1))
                .fold(0, u32::saturating_add);
            let who = level_words(*level);
            let first = ranges.first().map_or(Serial(0), |(first, _)| *first);
            let others = others(usize::try_from(count).unwrap_or(usize::MAX));
            format!(
                "{peer} says: nobody there has acknowledged our {first}{others}; it rose to their \
                 {who}."
            )
        }
        Service::Subject {
            subject, suspended, ..
        } => {
            let done = if *suspended { "suspended" } else { "resumed" };
            format!("{peer} has {done} traffic on '{}'.", shown(subject))
        }
    }
}

/// To whom something rose.
pub(crate) fn level_words(level: u8) -> &'static str {
    match level {
        0 => "watch",
        1 => "next officer",
        _ => "chief of watch",
    }
}

fn others(count: usize) -> String {
    match count {
        0 | 1 => String::new(),
        2 => " and 1 other".to_owned(),
        _ => format!(" and {} others", count - 1),
    }
}

/// Nobody here acknowledged messages of the peer.
pub(crate) fn risen_here(peer: &PartyName, first: Serial, count: usize, level: u8) -> String {
    format!(
        "Nobody here has acknowledged {peer} {first}{}: it rises to the {}.",
        others(count),
        level_words(level)
    )
}

/// As far as is known here, nobody there acknowledged messages of ours.
pub(crate) fn risen_there(
    own: &PartyName,
    peer: &PartyName,
    first: Serial,
    count: usize,
    level: u8,
) -> String {
    format!(
        "No acknowledgement of {own} {first}{} has come from {peer}: tell the {}, ask on the order \
         wire, use another channel.",
        others(count),
        level_words(level)
    )
}

/// The alarm's command failed.
pub(crate) fn alarm_failed(why: &str) -> String {
    format!(
        "The alarm did not ring: {why}. Somebody has to look at the screen until whoever keeps this \
         machine has mended it; try it with `redphone alarm prove`."
    )
}

/// What became of a test, in words.
pub(crate) fn test_outcome(difference: Option<Difference>, took_ms: u32) -> String {
    match difference {
        None => format!(
            "every letter right in both alphabets, answered in {}.{} s",
            took_ms / 1_000,
            took_ms % 1_000 / 100
        ),
        Some(Difference { cyrillic, letter }) => {
            let alphabet = if cyrillic { "Cyrillic" } else { "Latin" };
            format!("{alphabet} letter {} differs", letter.saturating_add(1))
        }
    }
}

pub(crate) fn records_differ(peer: &PartyName) -> String {
    format!(
        "The record of what was sent to {peer} differs on the two sides. Compare serials on the \
         order wire; if they differ too, one side was restored or altered."
    )
}

pub(crate) fn refresh_late(peer: &PartyName, out: bool, in_: bool) -> String {
    let which = match (out, in_) {
        (true, false) => format!("The keys of what we send to {peer}"),
        (false, true) => format!("The keys of what {peer} sends"),
        (true, true) | (false, false) => format!("The keys with {peer}, both ways,"),
    };
    format!(
        "{which} were not refreshed for a day. Dropping refreshes is an attack: ask on the order \
         wire, install a tape, or pair anew."
    )
}

pub(crate) fn cloned(peer: &PartyName) -> String {
    format!(
        "Two stations send as {peer}: one is a copy. Only the first is believed. Officers of both \
         sides have to pair the line anew."
    )
}

pub(crate) fn peer_restored(peer: &PartyName) -> String {
    format!(
        "The station of {peer} was restored to an earlier state. Nothing is sealed for it: \
         officers of both sides have to pair the line anew."
    )
}

pub(crate) fn unprovable(peer: &PartyName) -> String {
    format!(
        "{peer} names envelopes of ours that this station does not remember. Only FLASH goes: \
         compare serials with {peer} by voice, then pair the line anew."
    )
}

/// The alarms that end when officers lift the hold on a line.
pub(crate) fn hold_alarms(peer: &PartyName) -> [String; 3] {
    [cloned(peer), peer_restored(peer), unprovable(peer)]
}

/// The peer held messages of ours and does not any more.
pub(crate) fn peer_lost(own: &PartyName, peer: &PartyName, first: Serial, last: Serial) -> String {
    format!(
        "The station of {peer} was restored to a state from before {own} {first} to {last}, which \
         it held. They go to it again; who acknowledged them may not know of them any more."
    )
}

/// The peer holds messages of ours that we do not.
pub(crate) fn serials_lost(
    own: &PartyName,
    peer: &PartyName,
    first: Serial,
    last: Serial,
) -> String {
    format!(
        "{peer} holds {own} {first} to {last}, which are not here: this station was restored to a \
         state from before them. Ask {peer} for their texts if you need them; serials go on behind."
    )
}

pub(crate) fn slot_failed(why: &str) -> String {
    format!(
        "The slot outside the home cannot be used: {why} An old copy of this home may open. Mend \
         it, or name another in the configuration, and start the station again."
    )
}
