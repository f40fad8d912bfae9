//! The delivery ladder in words, every rung with its time and its proof (rule 1).
//!
//! A step that nobody can speak for is UNKNOWN, in amber. It is never called failed, and a message
//! is never called delivered.

use redphone_api::{MessageSummary, Rung, RungName};

use super::{Ink, Paper, lasting, safe, seconds_of, text::columns, wrap};

/// The whole ladder, one rung a line, each line indented by two.
pub(crate) fn ladder(paper: &Paper, message: &MessageSummary) -> String {
    message
        .ladder
        .iter()
        .map(|rung| rung_line(paper, message.released_at, rung))
        .collect()
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
        RungName::Released => "RELEASED",
        RungName::OnLine => "ON LINE",
        RungName::AtStation => "AT STATION",
        RungName::OnDesk => "ON DESK",
        RungName::Acknowledged => "ACKNOWLEDGED",
    }
}

fn rung_line(paper: &Paper, released: u64, rung: &Rung) -> String {
    let since = lasting(paper.now.saturating_sub(released));
    let not_yet = match paper.now.saturating_sub(released) {
        0..1_000 => "not yet".to_owned(),
        _ => format!("not yet ({since})"),
    };
    let (word, ink, proof) = match (rung.at, rung.unknown) {
        (Some(at), _) => (seconds_of(at, paper.now), Ink::Good, safe(&rung.proof)),
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
    let gap = 20usize.saturating_sub(columns(&word));
    let line = format!("{name}{painted}{}{proof}", " ".repeat(gap));
    if columns(&line) <= super::COLUMNS_MAX {
        return format!("{}\n", line.trim_end());
    }
    let proof = wrap(&proof, 36, 36);
    format!("{name}{painted}{}{}", " ".repeat(gap), proof.trim_start())
}

#[cfg(test)]
mod tests {
    use super::super::{Style, Zone};
    use super::*;
    use redphone_api::Tray;

    const RELEASED_AT: u64 = 1_793_461_200_000;

    #[test]
    fn every_rung_is_printed_and_the_missing_ones_say_for_how_long() {
        let printed = ladder(&paper(), &outgoing(Some(RELEASED_AT + 2_000), false));

        let words: Vec<&str> = printed.lines().map(str::trim_end).collect();
        assert_eq!(
            words,
            [
                "  RELEASED      15:40:00Z           by 1st watch",
                "  ON LINE       15:40:00Z           ip",
                "  AT STATION    15:40:02Z           receipt of SUD",
                "  ON DESK       not yet (5 min)",
                "  ACKNOWLEDGED  not yet (5 min)",
            ]
        );
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
        }
    }
}
