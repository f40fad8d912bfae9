//! The alarm and the roster of the watch.

use redphone_api::{AlarmView, Status, WatchView};

use super::{Ink, Paper, counted, lasting, safe, seconds_of, wrap};

/// To whom something rose.
fn level(level: u8) -> &'static str {
    match level {
        0 => "the watch",
        1 => "the next officer",
        _ => "the chief of watch",
    }
}

/// What rings, for whom, and whether it can be heard.
pub(crate) fn alarm(paper: &Paper, status: &Status, view: &AlarmView) -> String {
    let mut page = paper.band(&status.station, &status.environment);
    let waiting = counted(u64::from(view.waiting), "message", "messages");
    let line = if view.waiting == 0 {
        paper
            .style
            .paint(Ink::Good, "ALARM  nothing waits for an acknowledgement")
    } else {
        let rings = match (view.rings, view.silent_ms) {
            (true, None) => "RINGING",
            (true, Some(_)) => "SILENCED",
            (false, _) => "ALARM",
        };
        let said = format!(
            "{rings}  {waiting} not acknowledged, the most urgent {}; rings for {}",
            safe(&view.precedence),
            level(view.level)
        );
        let ink = if view.rings { Ink::Red } else { Ink::Amber };
        paper.style.paint(ink, &said)
    };
    page.push_str(&wrap(&line, 0, 7));
    if let Some(left) = view.silent_ms {
        let said = format!(
            "SILENT for {} more, here only: nothing is acknowledged",
            lasting(left)
        );
        page.push_str(&format!("  {}\n", paper.style.paint(Ink::Amber, &said)));
    }
    let command = match (&view.last, view.has_command) {
        (_, false) => "none is configured: only desks ring ([alarm] in config.toml)".to_owned(),
        (None, true) => "not run since the station started".to_owned(),
        (Some((at, why)), true) if why.is_empty() => {
            format!("ran {} and ended well", seconds_of(*at, paper.now))
        }
        (Some((at, why)), true) => {
            let said = format!("FAILED {}: {}", seconds_of(*at, paper.now), safe(why));
            paper.style.paint(Ink::Red, &said)
        }
    };
    page.push_str(&wrap(&format!("command  {command}"), 2, 11));
    page.push_str(&format!(
        "  repeats  every {} s until all is acknowledged\n",
        view.repeat_s
    ));
    let proven = match &view.proven {
        None => paper.style.paint(Ink::Amber, "never: redphone alarm prove"),
        Some((who, at)) => format!("{} by {}", paper.zone.moment(*at), safe(who)),
    };
    page.push_str(&format!("  heard    {proven}\n"));
    page
}

/// Who keeps the watch, and what is open.
pub(crate) fn roster(paper: &Paper, status: &Status, view: &WatchView) -> String {
    let mut page = paper.band(&status.station, &status.environment);
    let on = match &view.on {
        None => paper.style.paint(Ink::Red, "nobody: redphone watch take"),
        Some((who, since)) => format!("{} since {}", safe(who), paper.zone.moment(*since)),
    };
    page.push_str(&wrap(&format!("WATCH  {on}"), 0, 7));
    let or_nobody = |name: &str| match name {
        "" => "nobody named".to_owned(),
        name => safe(name),
    };
    page.push_str(&format!("  next     {}\n", or_nobody(&view.next)));
    page.push_str(&format!("  chief    {}\n", or_nobody(&view.chief)));
    if let Some((to, at)) = &view.handed {
        let said = format!(
            "handed to {} {}, not taken yet",
            safe(to),
            seconds_of(*at, paper.now)
        );
        page.push_str(&format!("  {}\n", paper.style.paint(Ink::Amber, &said)));
    }
    let proven = match &view.proven {
        None => "never proven".to_owned(),
        Some((who, at)) => format!("heard by {} {}", safe(who), paper.zone.moment(*at)),
    };
    page.push_str(&format!("  alarm    {proven}\n"));
    for test in &view.tests {
        page.push_str(&wrap(&format!("test     {}", safe(test)), 2, 11));
    }
    if view.open.is_empty() {
        page.push_str("Nothing is open.\n");
        return page;
    }
    page.push_str("OPEN, each to be ticked by whoever takes the watch over\n");
    for thing in &view.open {
        let line = format!("{:<22} {}", safe(&thing.key), safe(&thing.said));
        page.push_str(&wrap(&line, 2, 25));
    }
    page
}
