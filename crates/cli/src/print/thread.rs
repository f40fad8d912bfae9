//! Threads, the place of a message in one, and the times from writer to reader.

use redphone_api::{
    ChangeMark, ChangedLine, Difference, MessageSummary, Place, RungName, Status, Thread, Tray,
};

use super::{Ink, Paper, columns, counted, ladder, message, safe, wrap};

/// The columns of the table of times: the step, and what stands above it.
const STEPS: [(RungName, &str); 8] = [
    (RungName::Held, "HELD"),
    (RungName::Released, "RELEASED"),
    (RungName::OnLine, "ON LINE"),
    (RungName::AtStation, "STATION"),
    (RungName::OnDesk, "DESK"),
    (RungName::Acknowledged, "ACKN"),
    (RungName::ReadBack, "READ"),
    (RungName::Answered, "ANSWERED"),
];
/// Columns of one step in the table of times.
const STEP_COLUMNS: usize = 9;

/// Threads, the newest first.
pub(crate) fn threads(paper: &Paper, status: &Status, threads: &[Thread]) -> String {
    let mut page = paper.band(&status.station, &status.environment);
    for thread in threads {
        page.push_str(&one(paper, thread));
    }
    if threads.is_empty() {
        page.push_str("No message has come or gone yet.\n");
    }
    page
}

fn one(paper: &Paper, thread: &Thread) -> String {
    let asks = match thread.asks_open {
        0 => String::new(),
        1 => "  1 ask open: redphone asks".to_owned(),
        open => format!("  {open} asks open: redphone asks"),
    };
    let first = paper.style.paint(Ink::Bold, &safe(&thread.first));
    let messages = counted(thread.messages.len() as u64, "message", "messages");
    let asks = paper.style.paint(Ink::Amber, &asks);
    let mut page = format!("THREAD of {first}  {messages}{asks}\n");
    if !thread.held {
        let gone = format!("  {} begins it and is NOT HELD HERE", safe(&thread.first));
        page.push_str(&format!("{}\n", paper.style.paint(Ink::Amber, &gone)));
    }
    for message in &thread.messages {
        page.push_str(&message::entry(paper, message));
    }
    page.push('\n');
    page
}

/// What stands between a message and others, for lists and sheets: refers, no longer stands,
/// crossed.
pub(super) fn place(paper: &Paper, place: &Place) -> Vec<String> {
    let mut facts = Vec::new();
    if let Some(ended) = &place.ended {
        let how = match ended.kind.as_str() {
            "withdraws" => "WITHDRAWN",
            _ => "SUPERSEDED",
        };
        let said = format!("{how} by {}", safe(&ended.message));
        facts.push(paper.style.paint(Ink::Red, &said));
    }
    if let Some(refers) = &place.refers {
        let said = format!("{} {}", safe(&refers.kind), safe(&refers.message));
        facts.push(if refers.held {
            said
        } else {
            let said = format!("{said}, which is NOT HELD HERE");
            paper.style.paint(Ink::Amber, &said)
        });
    }
    if !place.crossed.is_empty() {
        let said = format!("CROSSED {}", safe(&place.crossed.join(", ")));
        facts.push(paper.style.paint(Ink::Amber, &said));
    }
    facts
}

/// How a form differs from the one that it refers to: what went, what came, in both languages.
pub(super) fn difference(paper: &Paper, russian_first: bool, found: &Difference) -> String {
    let mut page = format!("CHANGED against {}\n", safe(&found.message));
    if found.en.is_empty() {
        page.push_str("   nothing\n");
    }
    let both = if russian_first {
        [&found.ru, &found.en]
    } else {
        [&found.en, &found.ru]
    };
    for lines in both {
        page.push_str(&changed_lines(paper, lines));
    }
    if !found.wrongly_listed.is_empty() {
        let said = format!(
            "Its writer lists other changes than these: {}.",
            safe(&found.wrongly_listed.join(", "))
        );
        page.push_str(&wrap(&paper.style.paint(Ink::Amber, &said), 3, 3));
    }
    page.push('\n');
    page
}

/// Lines that came and went.
pub(super) fn changed_lines(paper: &Paper, lines: &[ChangedLine]) -> String {
    let line = |ChangedLine { mark, line }: &ChangedLine| {
        let (sign, ink) = match mark {
            ChangeMark::Added => ('+', Ink::Bold),
            ChangeMark::Kept => (' ', Ink::Quiet),
            ChangeMark::Removed => ('-', Ink::Amber),
        };
        let line = paper.style.paint(ink, &format!("{sign} {}", safe(line)));
        wrap(&line, 3, 5)
    };
    lines.iter().map(line).collect()
}

/// How long each step of each message took, the newest first.
pub(crate) fn times(
    paper: &Paper,
    status: &Status,
    tray: Tray,
    messages: &[MessageSummary],
) -> String {
    let mut page = paper.band(&status.station, &status.environment);
    let which = match tray {
        Tray::In => "what came in",
        Tray::Out => "what went out",
    };
    page.push_str(&format!(
        "TIMES  {which}: each step after the one before, the longest with '!'\n"
    ));
    let titles: Vec<&str> = STEPS.iter().map(|(_, title)| *title).collect();
    page.push_str(&row("", "", &titles, "TOTAL"));
    let mut two_clocks = false;
    for message in messages {
        let steps = ladder::steps(message);
        let longest = steps.iter().filter_map(|step| step.took).max();
        let cell = |(rung, _): &(RungName, &str)| {
            let Some(step) = steps.iter().find(|step| step.rung == *rung) else {
                return String::new();
            };
            let mark = if step.took.is_some() && step.took == longest {
                "!"
            } else {
                ""
            };
            format!("{mark}{}", step.words().replace(' ', ""))
        };
        two_clocks |= steps.iter().any(|step| step.two_clocks);
        let cells: Vec<String> = STEPS.iter().map(cell).collect();
        let cells: Vec<&str> = cells.iter().map(String::as_str).collect();
        let total =
            ladder::total(message).map_or_else(String::new, |step| step.words().replace(' ', ""));
        let precedence = message.handled_as.get(..1).unwrap_or_default();
        page.push_str(&row(&message.name, precedence, &cells, &total));
    }
    if messages.is_empty() {
        page.push_str("Nothing yet.\n");
    }
    if two_clocks {
        page.push_str("~ between two clocks: only as good as both. `redphone status` says how far they differ.\n");
    }
    page
}

fn row(name: &str, precedence: &str, cells: &[&str], total: &str) -> String {
    let mut line = format!("{name:<12}{precedence:<2}");
    for cell in cells {
        let pad = STEP_COLUMNS.saturating_sub(columns(cell));
        line.push_str(&format!("{}{cell}", " ".repeat(pad)));
    }
    let pad = STEP_COLUMNS.saturating_sub(columns(total));
    let line = format!("{line}{}{total}", " ".repeat(pad));
    format!("{}\n", line.trim_end())
}
