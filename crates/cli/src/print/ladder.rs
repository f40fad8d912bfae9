//! The delivery ladder in words, every rung with its time and its proof (rule 1).
//!
//! A step that nobody can speak for is UNKNOWN, in amber. It is never called failed, and a message
//! is never called delivered.

use redphone_api::{MessageSummary, Rung, RungName};

use super::{Ink, Paper, lasting, safe, seconds_of, text::columns, wrap};

/// Columns of a rung's time, and how long it took, before its proof.
const PROOF_COLUMNS: usize = 24;

/// The whole ladder, one rung a line, each line indented by two.
pub(crate) fn ladder(paper: &Paper, message: &MessageSummary) -> String {
    let steps = steps(message);
    let line = |rung: &Rung| {
        let step = steps.iter().find(|step| step.rung == rung.rung);
        rung_line(paper, message.released_at, rung, step)
    };
    let mut page: String = message.ladder.iter().map(line).collect();
    if let Some(total) = total(message) {
        let told = format!("  WRITER TO READER  {}", total.words());
        page.push_str(&paper.style.paint(Ink::Bold, &told));
        page.push('\n');
    }
    page
}

/// How long a message took from one rung that it reached to the next.
pub(super) struct Step {
    /// The later rung.
    pub(super) rung: RungName,
    /// Milliseconds; none where the clocks say that it was reached before the other.
    pub(super) took: Option<u64>,
    /// Whether the two times are by two clocks, and so only as good as both.
    pub(super) two_clocks: bool,
}

impl Step {
    /// `2.1 s`, with `~` where it lies between two clocks.
    pub(super) fn words(&self) -> String {
        let mark = if self.two_clocks { "~" } else { "" };
        match self.took {
            None => format!("{mark}?"),
            // The other side tells whole seconds.
            Some(0) if self.two_clocks => format!("{mark}0 s"),
            Some(took) => format!("{mark}{}", lasting(took)),
        }
    }
}

/// The steps between the rungs that were reached.
pub(super) fn steps(message: &MessageSummary) -> Vec<Step> {
    let reached: Vec<&Rung> = reached(message).collect();
    let pairs = reached.iter().zip(reached.iter().skip(1));
    pairs.map(|(before, rung)| step(before, rung)).collect()
}

/// From the first rung to the named person who has it; none while nobody has.
pub(super) fn total(message: &MessageSummary) -> Option<Step> {
    let first = reached(message).next()?;
    let last = reached(message).find(|rung| rung.rung == RungName::Acknowledged)?;
    Some(step(first, last))
}

fn reached(message: &MessageSummary) -> impl Iterator<Item = &Rung> {
    message.ladder.iter().filter(|rung| rung.at.is_some())
}

fn step(before: &Rung, rung: &Rung) -> Step {
    let two_clocks = before.their_clock != rung.their_clock;
    let at = |rung: &Rung| {
        let at = rung.at.unwrap_or_default();
        if two_clocks { at - at % 1_000 } else { at }
    };
    Step {
        rung: rung.rung,
        took: at(rung).checked_sub(at(before)),
        two_clocks,
    }
}

/// The highest rung reached, for lists: `AT STATION 15:44:02Z`, or UNKNOWN.
pub(super) fn highest(paper: &Paper, message: &MessageSummary) -> String {
    if let Some(unknown) = message.ladder.iter().find(|rung| rung.unknown) {
        let word = paper.style.paint(Ink::Amber, "UNKNOWN");
        return format!("{} {word}", title(unknown.rung));
    }
    let reached = message
        .ladder
        .iter()
        .filter_map(|rung| Some((rung.rung, rung.at?)));
    match reached.max_by_key(|(rung, _)| *rung) {
        Some((rung, at)) => format!("{} {}", title(rung), seconds_of(at, paper.now)),
        None => "not yet on the line".to_owned(),
    }
}

/// A rung's name as it is printed.
fn title(rung: RungName) -> &'static str {
    match rung {
        RungName::Drafted => "DRAFTED",
        RungName::Held => "HELD",
        RungName::Released => "RELEASED",
        RungName::OnLine => "ON LINE",
        RungName::AtStation => "AT STATION",
        RungName::OnDesk => "ON DESK",
        RungName::Acknowledged => "ACKNOWLEDGED",
        RungName::ReadBack => "READ BACK",
        RungName::Answered => "ANSWERED",
    }
}

fn rung_line(paper: &Paper, released: u64, rung: &Rung, step: Option<&Step>) -> String {
    let since = lasting(paper.now.saturating_sub(released));
    let not_yet = match paper.now.saturating_sub(released) {
        0..1_000 => "not yet".to_owned(),
        _ => format!("not yet ({since})"),
    };
    let (word, ink, proof) = match (rung.at, rung.unknown) {
        (Some(at), _) => {
            let took = step.map_or_else(String::new, |step| format!("  +{}", step.words()));
            let at = format!("{}{took}", seconds_of(at, paper.now));
            (at, Ink::Good, safe(&rung.proof))
        }
        (None, true) if rung.proof.is_empty() => (
            "UNKNOWN".to_owned(),
            Ink::Amber,
            format!("no receipt for {since}; it may be there"),
        ),
        (None, true) => (
            "UNKNOWN".to_owned(),
            Ink::Amber,
            format!("{} ({since})", rung.proof),
        ),
        (None, false) => (not_yet, Ink::Quiet, safe(&rung.proof)),
    };
    let name = format!("  {:<13} ", title(rung.rung));
    let painted = paper.style.paint(ink, &word);
    let gap = PROOF_COLUMNS.saturating_sub(columns(&word));
    let line = format!("{name}{painted}{}{proof}", " ".repeat(gap));
    if columns(&line) <= super::COLUMNS_MAX {
        return format!("{}\n", line.trim_end());
    }
    let indent = 16 + PROOF_COLUMNS;
    let proof = wrap(&proof, indent, indent);
    format!("{name}{painted}{}{}", " ".repeat(gap), proof.trim_start())
}

#[cfg(test)]
mod tests {
    use super::super::{Style, Zone};
    use super::*;
    use redphone_api::{Place, Tray};

    const RELEASED_AT: u64 = 1_793_461_200_000;

    #[test]
    fn every_rung_is_printed_and_the_missing_ones_say_for_how_long() {
        let printed = ladder(&paper(), &outgoing(Some(RELEASED_AT + 2_000), false));

        let words: Vec<&str> = printed.lines().map(str::trim_end).collect();
        assert_eq!(
            words,
            [
                "  RELEASED      15:40:00Z               by 1st watch",
                "  ON LINE       15:40:00Z  +under 1 ms  ip",
                "  AT STATION    15:40:02Z  +2.0 s       receipt of SUD",
                "  ON DESK       not yet (5 min)",
                "  ACKNOWLEDGED  not yet (5 min)",
            ]
        );
    }

    #[test]
    fn step_between_two_clocks_is_told_in_whole_seconds_and_never_below_nought() {
        let mut message = outgoing(Some(RELEASED_AT + 2_900), false);
        let on_desk = |at| Rung {
            rung: RungName::OnDesk,
            at: Some(at),
            proof: String::new(),
            unknown: false,
            their_clock: true,
        };
        for (at, told) in [(2_000, "~0 s"), (62_000, "~60 s"), (1_000, "~?")] {
            message.ladder[3] = on_desk(RELEASED_AT + at);
            let steps = steps(&message);
            assert_eq!(steps.last().unwrap().words(), told);
        }
        assert!(total(&message).is_none());
    }

    #[test]
    fn lost_receipt_is_unknown_and_never_failed() {
        let printed = ladder(&paper(), &outgoing(None, true));

        assert!(printed.contains("AT STATION    UNKNOWN"), "{printed}");
        assert!(!printed.to_lowercase().contains("fail"), "{printed}");
    }

    fn paper() -> Paper {
        Paper {
            style: Style::plain(),
            zone: Zone::utc(),
            now: RELEASED_AT + 312_000,
        }
    }

    fn outgoing(receipt: Option<u64>, unknown: bool) -> MessageSummary {
        let rung = |rung, at, proof: &str| Rung {
            rung,
            at,
            proof: proof.to_owned(),
            unknown: unknown && rung == RungName::AtStation,
            their_clock: false,
        };
        let receipted = if receipt.is_some() {
            "receipt of SUD"
        } else {
            ""
        };
        MessageSummary {
            name: "NORD 0007".to_owned(),
            tray: Tray::Out,
            peer: "SUD".to_owned(),
            serial: 7,
            precedence: "FLASH".to_owned(),
            handled_as: "FLASH".to_owned(),
            dtg: "311540Z OCT 26".to_owned(),
            released_at: RELEASED_AT,
            releaser: "1st watch".to_owned(),
            arrived_at: None,
            arrived_by: None,
            also_came_by: Vec::new(),
            ladder: vec![
                rung(RungName::Released, Some(RELEASED_AT), "by 1st watch"),
                rung(RungName::OnLine, Some(RELEASED_AT), "ip"),
                rung(RungName::AtStation, receipt, receipted),
                rung(RungName::OnDesk, None, ""),
                rung(RungName::Acknowledged, None, ""),
            ],
            attachments: 0,
            attachments_whole: 0,
            acknowledged_by: Vec::new(),
            held_because: String::new(),
            place: Place::default(),
        }
    }
}
