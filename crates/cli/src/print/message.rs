//! Messages: lists of a tray, one whole message, the order wire.

use redphone_wire::Language;

use redphone_api::{Attachment, LineStatus, Message, MessageSummary, OrderWireLine, Status, Tray};

use super::form::{form_lines, terms, translated};
use super::{Ink, Paper, bytes, columns, ladder, safe, seconds_of, thread, wrap};

/// A tray, newest first, and below it what is missing (rule 12).
pub(crate) fn tray(paper: &Paper, status: &Status, which: Tray, list: &[MessageSummary]) -> String {
    let mut page = paper.band(&status.station, &status.environment);
    let title = match which {
        Tray::In => "INBOX",
        Tray::Out => "OUTBOX",
    };
    page.push_str(&format!("{title}  {}\n", counted(list.len())));
    for message in list {
        page.push_str(&entry(paper, message));
    }
    for line in &status.lines {
        page.push_str(&completeness(paper, line, which));
    }
    page
}

/// One whole message, as a sheet.
pub(crate) fn whole(
    paper: &Paper,
    (station, environment): (&str, &str),
    message: &Message,
    language: Language,
) -> String {
    let summary = &message.summary;
    let mut page = paper.band(station, environment);
    let (from, to) = match summary.tray {
        Tray::In => (summary.peer.as_str(), station),
        Tray::Out => (station, summary.peer.as_str()),
    };
    let head = format!(
        "{} {}  {from} to {to}  {}",
        precedence(paper, &summary.handled_as),
        paper.style.paint(Ink::Bold, &summary.name),
        safe(&summary.dtg),
    );
    page.push_str(&format!("{head}\n"));
    let releaser = safe(&summary.releaser);
    let claim = if releaser.is_empty() {
        "nobody named".to_owned()
    } else {
        releaser
    };
    page.push_str(&format!(
        "   released {} by {claim} (a claim of {from}'s station)\n",
        paper.zone.moment(summary.released_at)
    ));
    page.push_str(&arrival(paper, summary));
    if !message.readers.is_empty() {
        let named = safe(&message.readers.join(", "));
        page.push_str(&wrap(&format!("for {named}, and nobody else there"), 3, 5));
    }
    for fact in thread::place(paper, &summary.place) {
        page.push_str(&wrap(&fact, 3, 5));
    }
    page.push('\n');
    page.push_str(&said(paper, message, language));
    page.push('\n');
    if let Some(found) = &message.difference {
        let russian = message
            .form
            .as_ref()
            .is_some_and(|form| form.language == "ru");
        page.push_str(&thread::difference(paper, russian, found));
    }
    page.push_str(&super::asks::of_message(paper, message));
    if let Some(view) = &message.readback {
        page.push_str(&super::readback::of_message(paper, view));
    }
    for attachment in &message.attached {
        page.push_str(&attached(attachment, summary.tray));
    }
    if !summary.held_because.is_empty() {
        let held = format!("HELD: {}", safe(&summary.held_because));
        page.push_str(&wrap(&paper.style.paint(Ink::Amber, &held), 2, 8));
    }
    page.push_str(&ladder(paper, summary));
    page
}

/// What it says: a text, or a form with what its terms mean.
fn said(paper: &Paper, message: &Message, language: Language) -> String {
    let mut page = String::new();
    match &message.form {
        None if message.veiled => page.push_str(&veiled(paper, &message.summary)),
        None => {
            page.push_str(&wrap(&safe(&message.text), 3, 3));
            for translation in &message.translations {
                page.push_str(&translated(paper, translation));
            }
        }
        Some(form) => {
            page.push_str(&form_lines(paper, form, &message.translations));
            page.push_str(&terms(paper, form, language));
        }
    }
    page
}

/// What stands in the place of a text that nobody has opened.
fn veiled(paper: &Paper, summary: &MessageSummary) -> String {
    let name = safe(&summary.name).replace(' ', "-");
    let said = format!("NOT OPENED. A reader opens it: redphone read {name} --key FILE");
    wrap(&paper.style.paint(Ink::Amber, &said), 3, 3)
}

/// The order wire, oldest first.
pub(crate) fn order_wire(paper: &Paper, station: &str, lines: &[OrderWireLine]) -> String {
    if lines.is_empty() {
        return "The order wire is empty.\n".to_owned();
    }
    let mut lines: Vec<&OrderWireLine> = lines.iter().collect();
    // The other side tells whole seconds: within one, the station's order stands.
    lines.sort_by_key(|line| line.at / 1_000);
    lines
        .into_iter()
        .map(|line| order_wire_line(paper, station, line))
        .collect()
}

/// A precedence as word, shape and colour (rule 9).
fn precedence(paper: &Paper, word: &str) -> String {
    let (shape, ink) = match word {
        "FLASH" => ("■■", Ink::Red),
        "IMMEDIATE" => ("◆ ", Ink::Amber),
        "PRIORITY" => ("▲ ", Ink::Bold),
        _ => ("· ", Ink::Quiet),
    };
    paper.style.paint(ink, &format!("{shape} {word:<9}"))
}

pub(super) fn entry(paper: &Paper, message: &MessageSummary) -> String {
    let mut line = format!(
        "{} {:<13} {}",
        precedence(paper, &message.handled_as),
        message.name,
        safe(&message.dtg),
    );
    let mut facts = thread::place(paper, &message.place);
    match message.tray {
        Tray::In => {
            if let Some(at) = message.arrived_at {
                let by = safe(message.arrived_by.as_deref().unwrap_or_default());
                facts.push(format!("arrived {} by {by}", seconds_of(at, paper.now)));
            }
            facts.extend(sent_as(message));
            facts.push(acknowledged(paper, message));
        }
        Tray::Out => {
            facts.push(format!("to {}", message.peer));
            facts.push(ladder::highest(paper, message));
        }
    }
    if message.attachments > 0 {
        facts.push(format!(
            "attachments {} of {} whole",
            message.attachments_whole, message.attachments
        ));
    }
    if !message.held_because.is_empty() {
        facts.push(paper.style.paint(
            Ink::Amber,
            &format!("HELD: {}", safe(&message.held_because)),
        ));
    }
    let facts = facts.join(" · ");
    if columns(&line) + 2 + columns(&facts) <= super::COLUMNS_MAX {
        line.push_str(&format!("  {facts}\n"));
        return line;
    }
    format!("{line}\n{}", wrap(&facts, 13, 13))
}

/// What the sender says, where the station handles it as less urgent.
fn sent_as(message: &MessageSummary) -> Option<String> {
    let demoted = message.handled_as != message.precedence;
    demoted.then(|| format!("sent as {}, one of too many", safe(&message.precedence)))
}

fn acknowledged(paper: &Paper, message: &MessageSummary) -> String {
    if message.acknowledged_by.is_empty() {
        let ink = if message.handled_as == "FLASH" {
            Ink::Red
        } else {
            Ink::Amber
        };
        return paper.style.paint(ink, "NOT ACKNOWLEDGED");
    }
    format!(
        "acknowledged by {}",
        safe(&message.acknowledged_by.join(", "))
    )
}

/// What is missing in one direction of one line.
fn completeness(paper: &Paper, line: &LineStatus, which: Tray) -> String {
    let (highest, direction) = match which {
        Tray::In => (line.serial_in, "from"),
        Tray::Out => (line.serial_out, "to"),
    };
    if which == Tray::In && !line.missing.is_empty() {
        let numbers: Vec<String> = line.missing.iter().map(|n| format!("{n:04}")).collect();
        let said = format!(
            "MISSING {direction} {}: {} (asked for)",
            line.peer,
            numbers.join(", ")
        );
        return wrap(&paper.style.paint(Ink::Amber, &said), 0, 8);
    }
    let unreceipted = match (which, line.unreceipted) {
        (Tray::Out, 1) => "; 1 envelope without a receipt".to_owned(),
        (Tray::Out, 2..) => format!("; {} envelopes without a receipt", line.unreceipted),
        _ => String::new(),
    };
    match highest {
        0 => format!("No message {direction} {} yet{unreceipted}.\n", line.peer),
        _ => format!(
            "Serials {direction} {} complete: 0001 to {highest:04}{unreceipted}.\n",
            line.peer
        ),
    }
}

fn arrival(paper: &Paper, message: &MessageSummary) -> String {
    let Some(at) = message.arrived_at else {
        return String::new();
    };
    let by = safe(message.arrived_by.as_deref().unwrap_or("?"));
    let mut told = format!("   arrived  {} by {by}\n", paper.zone.moment(at));
    if let Some(sent_as) = sent_as(message) {
        told.push_str(&format!("   {sent_as}\n"));
    }
    for copy in &message.also_came_by {
        let at = seconds_of(copy.at, paper.now);
        told.push_str(&format!("   also came by {} {at}\n", safe(&copy.bearer)));
    }
    told
}

fn attached(attachment: &Attachment, tray: Tray) -> String {
    let state = match (attachment.whole, tray) {
        (true, Tray::In) => "whole".to_owned(),
        (true, Tray::Out) => "whole there".to_owned(),
        (false, _) => {
            let percent =
                u64::from(attachment.bytes_there) * 100 / u64::from(attachment.bytes.max(1));
            format!("not yet: {percent} %")
        }
    };
    format!(
        "  ATTACHED {}  {}  {}  {}  {state}\n",
        attachment.index,
        safe(&attachment.name),
        safe(&attachment.media_type),
        bytes(u64::from(attachment.bytes)),
    )
}

fn order_wire_line(paper: &Paper, station: &str, line: &OrderWireLine) -> String {
    let from = match line.tray {
        Tray::In => line.peer.as_str(),
        Tray::Out => station,
    };
    let officer = safe(&line.officer);
    let who = if officer.is_empty() {
        from.to_owned()
    } else {
        format!("{from} {officer}")
    };
    let receipt = match (line.tray, line.receipted_at) {
        (Tray::In, _) => String::new(),
        (Tray::Out, Some(at)) => format!("  (at {} {})", line.peer, seconds_of(at, paper.now)),
        (Tray::Out, None) => format!("  (at {}: not yet)", line.peer),
    };
    let head = format!("{}  {who}: ", seconds_of(line.at, paper.now));
    let body = format!(
        "{head}{}{}",
        safe(&line.text),
        paper.style.paint(Ink::Quiet, &receipt)
    );
    wrap(&body, 0, 4)
}

fn counted(messages: usize) -> String {
    match messages {
        0 => "empty".to_owned(),
        1 => "1 message".to_owned(),
        _ => format!("{messages} messages, newest first"),
    }
}

#[cfg(test)]
mod tests {
    use super::super::{Style, Zone};
    use super::*;
    use redphone_api::Place;

    fn came(handled_as: &str) -> MessageSummary {
        MessageSummary {
            name: "NORD 0007".to_owned(),
            tray: Tray::In,
            peer: "NORD".to_owned(),
            serial: 7,
            precedence: "FLASH".to_owned(),
            handled_as: handled_as.to_owned(),
            dtg: "311540Z OCT 26".to_owned(),
            released_at: 1_793_461_212_000,
            releaser: "1st watch".to_owned(),
            arrived_at: Some(1_793_461_213_000),
            arrived_by: Some("hf".to_owned()),
            also_came_by: Vec::new(),
            ladder: Vec::new(),
            attachments: 0,
            attachments_whole: 0,
            acknowledged_by: Vec::new(),
            held_because: String::new(),
            place: Place::default(),
        }
    }

    #[test]
    fn flash_that_is_one_of_too_many_says_so_and_is_shown_as_immediate() {
        let paper = Paper {
            style: Style::plain(),
            zone: Zone::utc(),
            now: 1_793_461_214_000,
        };
        let demoted = entry(&paper, &came("IMMEDIATE"));
        assert!(demoted.starts_with("◆  IMMEDIATE"), "{demoted}");
        assert!(demoted.contains("sent as FLASH, one of too many"));
        let usual = entry(&paper, &came("FLASH"));
        assert!(usual.starts_with("■■ FLASH"), "{usual}");
        assert!(!usual.contains("sent as"));
    }
}
