//! The rungs that a message has reached, and what proves each.

use redphone_api::{Rung, RungName};
use redphone_desk::{Incoming, Outgoing};
use redphone_wire::{PartyName, Utc};

/// The ladder of a message of ours. `late`: nobody can say whether it came.
pub(super) fn outgoing_ladder(message: &Outgoing, late: bool) -> Vec<Rung> {
    let rung = |rung, at: Option<Utc>, proof: String, unknown| Rung {
        rung,
        at: at.map(|at| at.0),
        proof,
        unknown,
    };
    let on_line = message.on_line.as_ref();
    let at_station = message.at_station.as_ref();
    let first = message.acknowledged.first();
    let unknown = at_station.is_none() && late;
    vec![
        rung(
            RungName::Released,
            Some(message.released),
            format!("by {}, this station's claim", message.releaser),
            false,
        ),
        rung(
            RungName::OnLine,
            on_line.map(|(at, _)| *at),
            on_line.map_or_else(String::new, |(_, by)| format!("first frame by {by}")),
            false,
        ),
        rung(
            RungName::AtStation,
            at_station.map(|(at, _)| *at),
            at_station.map_or_else(String::new, |(_, by)| format!("receipt by {by}")),
            unknown,
        ),
        rung(
            RungName::OnDesk,
            message.on_desk,
            message.on_desk.map_or_else(String::new, |_| {
                "a desk there shows it, by their clock".to_owned()
            }),
            false,
        ),
        rung(
            RungName::Acknowledged,
            first.map(|(_, at)| *at),
            first.map_or_else(String::new, |(who, _)| {
                format!("by {who}, their station's claim and clock")
            }),
            false,
        ),
    ]
}

/// The ladder of a message of theirs.
pub(super) fn incoming_ladder(peer: &PartyName, message: &Incoming) -> Vec<Rung> {
    let rung = |rung, at: Option<Utc>, proof: String| Rung {
        rung,
        at: at.map(|at| at.0),
        proof,
        unknown: false,
    };
    let first = message.acknowledged.first();
    vec![
        rung(
            RungName::Released,
            Some(message.released),
            format!("by {} of {peer}, their claim and clock", message.releaser),
        ),
        rung(
            RungName::AtStation,
            Some(message.arrived),
            format!("whole by {}", message.arrived_by),
        ),
        rung(RungName::OnDesk, message.shown, String::new()),
        rung(
            RungName::Acknowledged,
            first.map(|(_, at)| *at),
            first.map_or_else(String::new, |(who, _)| format!("by {who}")),
        ),
    ]
}
