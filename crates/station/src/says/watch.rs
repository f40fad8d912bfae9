//! Facts of the watch in sentences, as the journal is read.

use redphone_desk::asks::Side;
use redphone_desk::watch::WatchFact;
use redphone_wire::{PartyName, Serial};

use super::level_words;

/// One fact.
pub(super) fn fact(own: &PartyName, fact: &WatchFact) -> String {
    match fact {
        WatchFact::Risen {
            peer,
            by,
            level,
            ranges,
            ..
        } => {
            let from = if *by == Side::Us { own } else { peer };
            let level = level_words(*level);
            format!("not acknowledged: {}; to the {level}", runs(from, ranges))
        }
        WatchFact::RisenThere {
            peer,
            level,
            ranges,
            ..
        } => format!(
            "{peer} says that nobody acknowledged {}; to their {}",
            runs(own, ranges),
            level_words(*level)
        ),
        WatchFact::Silenced { officer, .. } if officer.is_empty() => {
            "alarm silenced for 30 s, by nobody named".to_owned()
        }
        WatchFact::Silenced { officer, .. } => format!("alarm silenced for 30 s by {officer}"),
        WatchFact::Handed { from, to, .. } => format!("watch handed by {from} to {to}"),
        WatchFact::Taken {
            officer,
            from,
            ticked,
            left,
            proven,
            because,
            ..
        } => {
            let mut said = format!("watch taken over by {officer}");
            if !from.is_empty() {
                said.push_str(&format!(" from {from}"));
            }
            said.push_str(&format!(", {ticked} ticked"));
            if !left.is_empty() {
                said.push_str(&format!(", not ticked: {}", left.join(", ")));
            }
            if !proven {
                said.push_str(", alarm not heard");
            }
            if !because.is_empty() {
                said.push_str(&format!(": {because}"));
            }
            said
        }
        WatchFact::Proven { officer, .. } => format!("alarm proven: heard by {officer}"),
    }
}

/// `NORD 0001 to 0003, 0007`.
fn runs(from: &PartyName, ranges: &[(Serial, Serial)]) -> String {
    const RUNS_SHOWN_MAX: usize = 8;
    let run = |(first, last): &(Serial, Serial)| {
        if first == last {
            first.to_string()
        } else {
            format!("{first} to {last}")
        }
    };
    let shown: Vec<String> = ranges.iter().take(RUNS_SHOWN_MAX).map(run).collect();
    let more = if ranges.len() > RUNS_SHOWN_MAX {
        " and others"
    } else {
        ""
    };
    format!("{from} {}{more}", shown.join(", "))
}
