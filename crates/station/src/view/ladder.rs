//! The rungs that a message has reached, what proves each, and by whose clock its time is.

use redphone_api::{Rung, RungName};
use redphone_desk::{Incoming, Outgoing, ReadBacks};
use redphone_wire::{PartyName, Utc};

use crate::says::level_words;

/// When a message that asks was first answered by an act, and by whose clock; none where it asks
/// nothing.
pub(super) type Answered = Option<Option<Utc>>;

/// The ladder of a message of ours. `late`: nobody can say whether it came.
pub(super) fn outgoing_ladder(
    message: &Outgoing,
    readbacks: Option<&ReadBacks>,
    answered: Answered,
    late: bool,
) -> Vec<Rung> {
    let on_line = message.on_line.as_ref();
    let at_station = message.at_station.as_ref();
    let first = message.acknowledged.first();
    let mut ladder = Vec::new();
    if let Some((drafted, held)) = message.drafted {
        let text = || "its first words were held here".to_owned();
        ladder.push(rung(RungName::Drafted, Some(drafted), text()));
        let text = "what was released was held here".to_owned();
        ladder.push(rung(RungName::Held, Some(held), text));
    }
    let claim = format!("by {}, this station's claim", message.releaser);
    ladder.push(rung(RungName::Released, Some(message.released), claim));
    let bearer = on_line.map_or_else(String::new, |(_, by)| format!("first frame by {by}"));
    ladder.push(rung(RungName::OnLine, on_line.map(|(at, _)| *at), bearer));
    let receipt = at_station.map_or_else(String::new, |(_, by)| format!("receipt by {by}"));
    ladder.push(Rung {
        unknown: at_station.is_none() && late,
        ..rung(RungName::AtStation, at_station.map(|(at, _)| *at), receipt)
    });
    let shows = message.on_desk.map_or_else(String::new, |_| {
        "a desk there shows it, by their clock".to_owned()
    });
    ladder.push(theirs(rung(RungName::OnDesk, message.on_desk, shows)));
    let rose = message.risen_there.map_or_else(String::new, |(level, at)| {
        let level = level_words(level);
        format!("nobody yet, says their station: to their {level} at {at}")
    });
    let who = first.map_or(rose, |(who, _)| {
        format!("by {who}, their station's claim and clock")
    });
    let at = first.map(|(_, at)| *at);
    ladder.push(theirs(rung(RungName::Acknowledged, at, who)));
    ladder.extend(readbacks.map(|held| readback(held, true)));
    if let Some(at) = answered {
        let came = at.map_or_else(String::new, |_| "an answer came".to_owned());
        ladder.push(rung(RungName::Answered, at, came));
    }
    ladder
}

/// The ladder of a message of theirs.
pub(super) fn incoming_ladder(
    peer: &PartyName,
    message: &Incoming,
    readbacks: Option<&ReadBacks>,
    answered: Answered,
) -> Vec<Rung> {
    let first = message.acknowledged.first();
    let claim = format!("by {} of {peer}, their claim and clock", message.releaser);
    let whole = format!("whole by {}", message.arrived_by);
    let rose = match message.risen {
        0 => String::new(),
        level => format!("it rose to the {}", level_words(level)),
    };
    let who = first.map_or(rose, |(who, _)| format!("by {who}"));
    let mut ladder = vec![
        theirs(rung(RungName::Released, Some(message.released), claim)),
        rung(RungName::AtStation, Some(message.arrived), whole),
        rung(RungName::OnDesk, message.shown, String::new()),
        rung(RungName::Acknowledged, first.map(|(_, at)| *at), who),
    ];
    ladder.extend(readbacks.map(|held| readback(held, false)));
    if let Some(at) = answered {
        let released = at.map_or_else(String::new, |_| "our answer was released".to_owned());
        ladder.push(rung(RungName::Answered, at, released));
    }
    ladder
}

/// The rung of a message that has a card. It is reached by CORRECT, and by nothing else.
fn readback(held: &ReadBacks, ours: bool) -> Rung {
    let reader = &held.officer;
    let wrong = held.wrong.len();
    let proof = match (&held.confirmed, held.waits, ours) {
        (Some((sender, _)), _, true) => {
            format!("by {reader}, their station's claim; CORRECT by {sender}")
        }
        (Some((sender, _)), _, false) => {
            format!("by {reader}; CORRECT by {sender}, their station's claim")
        }
        (None, true, true) if wrong > 0 => format!("items that differ: {wrong}; our word is next"),
        (None, true, true) => "every item is the same; our word is next".to_owned(),
        (None, true, false) => "their word is next".to_owned(),
        (None, false, _) if held.newest > 0 => {
            format!("items corrected, to be read back again: {}", held.due.len())
        }
        (None, false, _) => String::new(),
    };
    let at = held.confirmed.as_ref().map(|(_, at)| *at);
    rung(RungName::ReadBack, at, proof)
}

fn rung(rung: RungName, at: Option<Utc>, proof: String) -> Rung {
    Rung {
        rung,
        at: at.map(|at| at.0),
        proof,
        unknown: false,
        their_clock: false,
    }
}

/// The same, by the peer's clock.
fn theirs(rung: Rung) -> Rung {
    Rung {
        their_clock: rung.at.is_some(),
        ..rung
    }
}
