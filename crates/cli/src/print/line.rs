//! The station, its lines and bearers.

use redphone_api::{BearerStatus, KeyStatus, LineState, LineStatus, Status, TestStatus};

use super::{Ink, Paper, lasting, safe, seconds_of, wrap};

/// The whole station on one page: what needs somebody first, then one paragraph a line.
pub(crate) fn station(paper: &Paper, status: &Status) -> String {
    let mut page = paper.band(&format!("STATION {}", status.station), &status.environment);
    let disk = if status.storage.accepting {
        paper.style.paint(Ink::Good, "accepting")
    } else {
        paper.style.paint(Ink::Red, "REFUSING")
    };
    let desks = match status.desks {
        0 => paper.style.paint(Ink::Amber, "no desk attached"),
        1 => "1 desk attached".to_owned(),
        many => format!("{many} desks attached"),
    };
    page.push_str(&format!(
        "disk {disk} · {} records, head {} · life {} · {desks} · version {}\n",
        status.storage.records, status.storage.head, status.life, status.version,
    ));
    if !status.storage.fault.is_empty() {
        let fault = paper.style.paint(Ink::Red, &safe(&status.storage.fault));
        page.push_str(&wrap(&fault, 2, 2));
    }
    for alarm in &status.alarms {
        page.push_str(&wrap(
            &paper
                .style
                .paint(Ink::Red, &format!("ALARM {}", safe(alarm))),
            0,
            6,
        ));
    }
    if status.lines.is_empty() {
        page.push_str(
            "\nNo line yet. Import the card of a peer, then: redphone pair PEER --help\n",
        );
    }
    for line in &status.lines {
        page.push('\n');
        page.push_str(&line_summary(paper, &status.station, line));
    }
    page
}

/// One line in a paragraph.
fn line_summary(paper: &Paper, station: &str, line: &LineStatus) -> String {
    let mut page = head(paper, station, line);
    let up = line
        .bearers
        .iter()
        .filter(|b| b.state == "UP" || b.state == "READY")
        .count();
    let named: Vec<String> = line
        .bearers
        .iter()
        .map(|bearer| format!("{} {}", safe(&bearer.name), state(paper, &bearer.state)))
        .collect();
    let bearers = if named.is_empty() {
        "none configured".to_owned()
    } else {
        format!("{up} of {} usable: {}", named.len(), named.join(", "))
    };
    page.push_str(&wrap(&format!("  bearers  {bearers}"), 0, 11));
    page.push_str(&serials(paper, line));
    page.push_str(&wrap(
        &format!("  test     {}", test(paper, &line.test)),
        0,
        11,
    ));
    page.push_str(&wrap(
        &format!("  keys     {}", keys(paper, line.keys.as_ref())),
        0,
        11,
    ));
    page
}

/// One line with a table of its bearers.
pub(crate) fn line_detail(paper: &Paper, station: &str, line: &LineStatus) -> String {
    let mut page = head(paper, station, line);
    page.push_str(&serials(paper, line));
    page.push_str(&wrap(
        &format!("  test     {}", test(paper, &line.test)),
        0,
        11,
    ));
    page.push_str(&wrap(
        &format!("  keys     {}", keys(paper, line.keys.as_ref())),
        0,
        11,
    ));
    if let Some(keys) = &line.keys {
        let suites = format!(
            "  suites   ours {} · theirs {}",
            keys.suites_out, keys.suites_in
        );
        page.push_str(&wrap(&suites, 0, 11));
    }
    if let Some(difference) = line.clock_difference_s {
        page.push_str(&format!(
            "  clock    {}'s is {difference:+} s from ours\n",
            line.peer
        ));
    }
    let heads = format!(
        "\n  {:<12} {:<8} {:<9} {:>10} {:>7} {:>12} {:>6} {:>8} {:>8}\n",
        "BEARER", "KIND", "STATE", "ROUND TRIP", "LOSS", "RATE", "MTU", "SENT", "HEARD",
    );
    page.push_str(&paper.style.paint(Ink::Bold, &heads));
    for bearer in &line.bearers {
        page.push_str(&bearer_row(paper, bearer));
    }
    page
}

/// What each bearer would take: `ip 0.0 s · hf 19 s`.
pub(crate) fn air_time(bearers: &[(String, u64)]) -> String {
    let each: Vec<String> = bearers
        .iter()
        .map(|(name, milliseconds)| format!("{} {}", safe(name), lasting(*milliseconds)))
        .collect();
    if each.is_empty() {
        "no bearer".to_owned()
    } else {
        each.join(" · ")
    }
}

fn head(paper: &Paper, station: &str, line: &LineStatus) -> String {
    let (word, ink) = match line.state {
        LineState::Up => ("UP", Ink::Good),
        LineState::UpDeskSilent => ("UP, DESK SILENT", Ink::Amber),
        LineState::Suspended => ("SUSPENDED", Ink::Amber),
        LineState::Down => ("DOWN", Ink::Red),
    };
    let since = match line.since {
        0 => String::new(),
        at => format!(" since {}", seconds_of(at, paper.now)),
    };
    let mut page = format!(
        "{}  {}{since}\n",
        paper
            .style
            .paint(Ink::Bold, &format!("LINE {station} ↔ {}", line.peer)),
        paper.style.paint(ink, word),
    );
    if !line.held_because.is_empty() {
        let held = format!("HELD: {}", safe(&line.held_because));
        page.push_str(&wrap(&paper.style.paint(Ink::Amber, &held), 2, 4));
    }
    for subject in &line.suspended {
        let said = format!("suspended: {}", safe(subject));
        page.push_str(&wrap(&paper.style.paint(Ink::Amber, &said), 2, 4));
    }
    page
}

fn serials(paper: &Paper, line: &LineStatus) -> String {
    let missing: Vec<String> = line.missing.iter().map(|n| format!("{n:04}")).collect();
    let missing = if missing.is_empty() {
        "no gap".to_owned()
    } else {
        paper.style.paint(
            Ink::Amber,
            &format!("MISSING {} (asked for)", missing.join(", ")),
        )
    };
    let unreceipted = match line.unreceipted {
        0 => "all receipted".to_owned(),
        1 => "1 envelope without a receipt".to_owned(),
        many => format!("{many} envelopes without a receipt"),
    };
    let said = format!(
        "  serials  out {:04}, {unreceipted} · in {:04}, {missing}",
        line.serial_out, line.serial_in,
    );
    wrap(&said, 0, 11)
}

fn test(paper: &Paper, test: &TestStatus) -> String {
    let mut told = match (test.last_good, test.took_ms) {
        (Some(at), Some(took)) => {
            format!(
                "last good {} in {}",
                seconds_of(at, paper.now),
                lasting(took)
            )
        }
        (Some(at), None) => format!("last good {}", seconds_of(at, paper.now)),
        (None, _) => "none has succeeded yet".to_owned(),
    };
    if !test.outcome.is_empty() {
        told.push_str(&format!(" · {}", safe(&test.outcome)));
    }
    if let Some(next) = test.next {
        told.push_str(&format!(
            " · next in {}",
            lasting(next.saturating_sub(paper.now))
        ));
    }
    if test.missed > 0 {
        let missed = format!("MISSED {} in a row", test.missed);
        told.push_str(&format!(" · {}", paper.style.paint(Ink::Red, &missed)));
    }
    told
}

fn keys(paper: &Paper, keys: Option<&KeyStatus>) -> String {
    let Some(keys) = keys else {
        return paper.style.paint(Ink::Amber, "not paired");
    };
    let confirmed = if keys.confirmed {
        String::new()
    } else {
        format!(" {}", paper.style.paint(Ink::Amber, "UNCONFIRMED"))
    };
    let when =
        |at: Option<u64>| at.map_or_else(|| "never".to_owned(), |at| seconds_of(at, paper.now));
    let [out, in_] = [keys.refreshed_out_at, keys.refreshed_in_at].map(when);
    let refreshed = if out == in_ {
        format!("refreshed {out}")
    } else {
        format!("refreshed {out} out, {in_} in")
    };
    format!(
        "generation {}{confirmed} · epochs {} out, {} in · {refreshed} · tape {} out, {} in",
        keys.generation, keys.epoch_out, keys.epoch_in, keys.tape_out, keys.tape_in,
    )
}

fn state(paper: &Paper, state: &str) -> String {
    let ink = match state {
        "UP" | "READY" => Ink::Good,
        "DOWN" => Ink::Red,
        _ => Ink::Amber,
    };
    paper.style.paint(ink, state)
}

fn bearer_row(paper: &Paper, bearer: &BearerStatus) -> String {
    let round_trip = bearer
        .round_trip_ms
        .map_or_else(|| "—".to_owned(), milliseconds);
    let loss = bearer
        .loss
        .map_or_else(|| "—".to_owned(), |share| format!("{:.1} %", share * 100.0));
    let rate = match bearer.rate_bit_s {
        0 => "—".to_owned(),
        rate @ 1..10_000 => format!("{rate} bit/s"),
        rate @ 10_000..10_000_000 => format!("{} kbit/s", rate / 1_000),
        rate => format!("{} Mbit/s", rate / 1_000_000),
    };
    let word = format!("{:<9}", bearer.state);
    let word = word.replace(&bearer.state, &state(paper, &bearer.state));
    let mut row = format!(
        "  {:<12} {:<8} {word} {round_trip:>10} {loss:>7} {rate:>12} {:>6} {:>8} {:>8}\n",
        safe(&bearer.name),
        bearer.kind,
        bearer.mtu,
        bearer.frames_sent,
        bearer.frames_heard,
    );
    let mut notes = Vec::new();
    if bearer.direction != "two-way" && !bearer.direction.is_empty() {
        notes.push(bearer.direction.clone());
    }
    if bearer.cover {
        notes.push("cover on".to_owned());
    }
    if !bearer.because.is_empty() {
        notes.push(format!("because: {}", safe(&bearer.because)));
    }
    if !bearer.detail.is_empty() {
        notes.push(safe(&bearer.detail));
    }
    if !notes.is_empty() {
        row.push_str(
            &paper
                .style
                .paint(Ink::Quiet, &wrap(&notes.join(" · "), 15, 15)),
        );
    }
    row
}

fn milliseconds(value: f64) -> String {
    if value < 1_000.0 {
        format!("{value:.1} ms")
    } else {
        format!("{:.1} s", value / 1_000.0)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::print::{Style, Zone};

    #[test]
    fn age_of_keys_is_shown_for_each_direction() {
        let paper = Paper {
            style: Style::plain(),
            zone: Zone::utc(),
            now: 100_000_000,
        };
        let mut status = KeyStatus {
            generation: 1,
            confirmed: true,
            epoch_out: 7,
            epoch_in: 6,
            refreshed_out_at: Some(99_988_000),
            refreshed_in_at: Some(10_000_000),
            tape_out: 30,
            tape_in: 29,
            suites_out: String::new(),
            suites_in: String::new(),
        };
        let out_ago = seconds_of(99_988_000, paper.now);
        let in_ago = seconds_of(10_000_000, paper.now);
        assert_ne!(out_ago, in_ago);
        let shown = keys(&paper, Some(&status));
        let wanted = format!("epochs 7 out, 6 in · refreshed {out_ago} out, {in_ago} in · tape");
        assert!(shown.contains(&wanted), "{shown}");
        status.refreshed_in_at = status.refreshed_out_at;
        assert!(keys(&paper, Some(&status)).contains(&format!("· refreshed {out_ago} · tape")));
    }
}
