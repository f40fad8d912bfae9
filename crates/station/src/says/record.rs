//! Records in sentences, as the journal is read: what happened, without content.

use redphone_desk::Record as Desk;
use redphone_desk::asks::Side;
use redphone_wire::PartyName;

use super::{asks, officers};
use crate::record::{About, Record};

/// One record, as `redphone journal tail` prints it.
pub(crate) fn record(own: &PartyName, record: &Record) -> String {
    match record {
        Record::Alarm { what, .. } => format!("alarm: {what}"),
        Record::BackedUp { .. }
        | Record::HoldLifted { .. }
        | Record::Restored { .. }
        | Record::RolledBack { .. } => state(record),
        Record::Bearer {
            name, out, because, ..
        } => {
            let done = if *out { "taken out" } else { "put back" };
            format!("bearer {name} {done}: {because}")
        }
        Record::CardTrusted { card } => format!("card of {} trusted", card.body.name),
        Record::Desk(record) => desk(own, record),
        Record::Founded { name, environment } => format!("{name} founded, {environment}"),
        Record::Learned { bearer, .. } => format!("bearer {bearer}: round trip and loss noted"),
        Record::LetterMade { peer, number, .. } => format!("pairing letter {number} for {peer}"),
        Record::Opened { peer, id, kind, .. } => format!("opened {peer} {id}, kind {kind}"),
        Record::Paired { peer, generation } => {
            format!("paired with {peer}, generation {generation}")
        }
        Record::PeerMisbehaved { peer, what } => format!("{peer} broke the protocol: {what}"),
        Record::Receipted {
            peer,
            epoch,
            numbers,
        } => format!(
            "receipt of {peer} for {} of epoch {epoch}",
            envelopes(numbers.len())
        ),
        Record::Refreshed { peer, out, in_, .. } => {
            format!("keys with {peer} refreshed: epoch {out} out, {in_} in")
        }
        Record::Sealed {
            peer,
            id,
            precedence,
            about,
            ..
        } => format!(
            "sealed {id} for {peer}, {precedence}, {}",
            about_words(own, about)
        ),
        Record::Started { life } => format!("station started, life {life}"),
        Record::TapeInstalled {
            peer,
            ours,
            first,
            last,
        } => {
            let (from, to) = if *ours { (own, peer) } else { (peer, own) };
            format!("tape {from} to {to}, keys {first} to {last}, installed")
        }
        Record::Test { peer, outcome, .. } => format!("test with {peer}: {outcome}"),
        Record::TestCalled { peer, missed, .. } => {
            format!("tests with {peer}: {missed} missed in a row")
        }
        Record::Waits { peer, about, .. } => {
            format!("waits for {peer}: {}", about_words(own, about))
        }
    }
}

/// What happened to the state of this station as a whole.
#[expect(
    clippy::wildcard_enum_match_arm,
    reason = "record hands over only facts of backups and holds"
)]
fn state(record: &Record) -> String {
    match record {
        Record::BackedUp { .. } => "backed up: all before this is in the backup".to_owned(),
        Record::HoldLifted {
            peer,
            hold,
            officer,
            because,
            ..
        } => format!("hold on {peer} lifted by {officer} ({hold}): {because}"),
        Record::Restored { .. } => {
            "restored from a backup; every line is to be paired anew".to_owned()
        }
        Record::RolledBack { peer, .. } => {
            format!("{peer} proved that this station runs from an earlier state")
        }
        _ => String::new(),
    }
}

fn envelopes(count: usize) -> String {
    if count == 1 {
        "1 envelope".to_owned()
    } else {
        format!("{count} envelopes")
    }
}

fn about_words(own: &PartyName, about: &About) -> String {
    match about {
        About::Message(serial) => format!("{own} {serial}"),
        About::Piece(serial, index, offset) => {
            format!(
                "{own} {serial}, attachment {} from byte {offset}",
                index + 1
            )
        }
        About::WireLine(_) => "a line of the order wire".to_owned(),
        About::Other(kind) => match redphone_wire::Kind::from_byte(*kind) {
            Some(redphone_wire::Kind::Acknowledgement) => "an acknowledgement".to_owned(),
            Some(redphone_wire::Kind::Test) => "a step of the test".to_owned(),
            Some(redphone_wire::Kind::Refresh) => "a step of a refresh".to_owned(),
            _ => "a service message".to_owned(),
        },
    }
}

fn desk(own: &PartyName, record: &Desk) -> String {
    match record {
        Desk::Ask { .. }
        | Desk::ReadBack { .. }
        | Desk::Replied { .. }
        | Desk::ReplyWaits { .. } => asks::said(own, record),
        Desk::Placed { .. } => placed(own, record),
        Desk::Watch(fact) => super::watch::fact(own, fact),
        Desk::Agreement { peer, by, said, .. } => {
            let who = match by {
                Side::Us => own,
                Side::Peer => peer,
            };
            let done = crate::agreed::done(said.act);
            format!("{who} {done} {} {}", said.what.en(), said.title())
        }
        Desk::Draft(fact) => officers::draft(fact),
        Desk::Officer(fact) => officers::officer(fact),
        Desk::AcknowledgedThere { .. }
        | Desk::AtStation { .. }
        | Desk::OnDesk { .. }
        | Desk::PieceAtStation { .. }
        | Desk::Released { .. }
        | Desk::SentAnew { .. }
        | Desk::SentBack { .. }
        | Desk::Waived { .. } => outgoing(own, record),
        Desk::Acknowledged { .. }
        | Desk::AlsoCame { .. }
        | Desk::AttachmentWhole { .. }
        | Desk::PieceReceived { .. }
        | Desk::Received { .. }
        | Desk::Shown { .. } => incoming(record),
        Desk::Announced { .. }
        | Desk::Holds { .. }
        | Desk::MissingAsked { .. }
        | Desk::NotHeld { .. }
        | Desk::OrderWire { .. }
        | Desk::OrderWireThere { .. }
        | Desk::PeerDesk { .. }
        | Desk::Subject { .. } => about_line(own, record),
    }
}

/// The place of a message among the others.
fn placed(own: &PartyName, record: &Desk) -> String {
    let Desk::Placed {
        peer,
        by,
        serial,
        link,
        crossed,
    } = record
    else {
        return String::new();
    };
    let of = |side: Side| if side == Side::Us { own } else { peer };
    let mut said = format!("{} {serial}", of(*by));
    if let Some(link) = link {
        said.push_str(&format!(
            " {} {} {}",
            link.kind.en(),
            of(link.by),
            link.serial
        ));
    }
    if !crossed.is_empty() {
        let crossed: Vec<String> = crossed.iter().map(|one| format!("{own} {one}")).collect();
        said.push_str(&format!(" crossed {}", crossed.join(", ")));
    }
    said
}

/// What happened to messages of ours.
#[expect(
    clippy::wildcard_enum_match_arm,
    reason = "desk hands over only facts of ours"
)]
fn outgoing(own: &PartyName, record: &Desk) -> String {
    match record {
        Desk::AcknowledgedThere {
            peer,
            serial,
            officer,
            ..
        } => format!("{own} {serial} acknowledged by {officer} of {peer}"),
        Desk::AtStation {
            serial,
            bearer,
            peer,
            ..
        } => format!("{own} {serial} at the station of {peer}, receipt by {bearer}"),
        Desk::OnDesk { peer, serial, .. } => format!("{own} {serial} on a desk of {peer}"),
        Desk::PieceAtStation {
            peer,
            serial,
            index,
            offset,
        } => format!(
            "{own} {serial}, attachment {} from byte {offset}, at the station of {peer}",
            index + 1
        ),
        Desk::Released {
            peer,
            serial,
            precedence,
            releaser,
            ..
        } => format!("{own} {serial} {precedence} to {peer} released by {releaser}"),
        Desk::SentAnew { serial, .. } => format!("{own} {serial} to be sealed again"),
        Desk::SentBack {
            serials, because, ..
        } => format!("{} of ours sent back: {because}", envelopes(serials.len())),
        Desk::Waived {
            serial,
            rules,
            officer,
            because,
            ..
        } => format!("{rules} let stand in {own} {serial} by {officer}: {because}"),
        _ => String::new(),
    }
}

/// What happened to messages of the peer.
#[expect(
    clippy::wildcard_enum_match_arm,
    reason = "desk hands over only facts of the peer"
)]
fn incoming(record: &Desk) -> String {
    match record {
        Desk::Acknowledged {
            peer,
            serial,
            officer,
            ..
        } => format!("{peer} {serial} acknowledged by {officer}"),
        Desk::AlsoCame {
            peer,
            serial,
            bearer,
            ..
        } => format!("{peer} {serial} also came by {bearer}"),
        Desk::AttachmentWhole {
            peer,
            serial,
            index,
            good,
        } => {
            let verdict = if *good {
                "whole"
            } else {
                "not what was announced"
            };
            format!("{peer} {serial}, attachment {}: {verdict}", index + 1)
        }
        Desk::PieceReceived {
            peer,
            serial,
            index,
            offset,
            ..
        } => format!(
            "{peer} {serial}, attachment {} from byte {offset}, came",
            index + 1
        ),
        Desk::Received {
            peer,
            serial,
            precedence,
            bearer,
            handled_as,
            ..
        } => {
            let said = format!("{peer} {serial} {precedence} came by {bearer}");
            match handled_as {
                Some(other) => format!("{said}, handled as {other}"),
                None => said,
            }
        }
        Desk::Shown { peer, serial, .. } => format!("{peer} {serial} shown on a desk here"),
        _ => String::new(),
    }
}

/// What was said of the line itself.
#[expect(
    clippy::wildcard_enum_match_arm,
    reason = "desk hands over only facts of the line"
)]
fn about_line(own: &PartyName, record: &Desk) -> String {
    match record {
        Desk::Announced { peer, highest } => format!("{peer} announced serial {highest}"),
        Desk::Holds {
            peer,
            highest,
            officer,
        } if officer.is_empty() => format!("{peer} holds {own} up to {highest}"),
        Desk::Holds {
            peer,
            highest,
            officer,
        } => format!("{peer} holds {own} up to {highest}, as {officer} says"),
        Desk::MissingAsked { peer, ranges, .. } => {
            format!("asked {peer} for missing serials, {} ranges", ranges.len())
        }
        Desk::NotHeld { peer, serial } => format!("{peer} no longer holds {peer} {serial}"),
        Desk::OrderWire { peer, out, .. } => {
            let way = if *out { "to" } else { "from" };
            format!("order wire, a line {way} {peer}")
        }
        Desk::OrderWireThere { peer, .. } => format!("order wire, a line held by {peer}"),
        Desk::PeerDesk { peer, silent, .. } => {
            let state = if *silent { "silent" } else { "there again" };
            format!("desk of {peer} {state}")
        }
        Desk::Subject {
            peer,
            ours,
            subject,
            suspended,
            ..
        } => {
            let who = if *ours { own } else { peer };
            let done = if *suspended { "suspended" } else { "resumed" };
            format!("subject '{subject}' {done} by {who}")
        }
        _ => String::new(),
    }
}
