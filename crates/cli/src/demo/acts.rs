//! The acts: what happens while the bearers fail one after the other.

use std::time::Duration;

use redphone_api::{CourierResult, OrderWireLine, Refusal, Request, Response, RungName, Tray};
use serde_json::json;

use super::stage::{PATIENCE, Stage};
use super::station::Station;
use super::world::{World, line_of};
use crate::client::unexpected;
use crate::print::{self, lasting};

/// Letters of the long message: cipher groups, which do not compress, so that it takes two frames
/// of QUIC and the cut falls between them.
const LONG_LETTERS: u32 = 1_500;
/// How long the serial line may take for a whole one: it needs some 35 s for every symbol of it.
const SERIAL_PATIENCE: Duration = Duration::from_secs(80);

/// Act: a FLASH over all bearers, up to the named person.
pub(super) fn flash(stage: &mut Stage, world: &mut World) -> Result<(), Refusal> {
    stage.act("A FLASH, with its receipt")?;
    let text = "Two aircraft left our control at 0412Z. This is not an attack. Hold your alert.";
    stage.typed(
        "NORD",
        &format!("redphone send --precedence flash --as '1st watch' '{text}'"),
    )?;
    let sent = world.nord.send("flash", text)?;
    stage.say(&format!(
        "{} is released; {} bytes sealed. Air time: {}.",
        sent.name,
        sent.envelope_bytes,
        print::air_time(&sent.air_time_ms)
    ))?;
    let took = reach(
        stage,
        &world.nord,
        sent.serial,
        RungName::AtStation,
        PATIENCE,
    )?;
    stage.expect(
        &format!("AT STATION: SUD's receipt with its proof, {took} after release"),
        true,
    )?;
    reach(stage, &world.nord, sent.serial, RungName::OnDesk, PATIENCE)?;
    stage.expect("ON DESK: the desk at SUD has shown it", true)?;
    let name = format!("NORD-{:04}", sent.serial);
    world
        .sud
        .command(stage, &["acknowledge", &name, "--as", "2nd watch of SUD"])?;
    reach(
        stage,
        &world.nord,
        sent.serial,
        RungName::Acknowledged,
        PATIENCE,
    )?;
    stage.show(&print::ladder(
        &stage.paper(),
        &world.nord.message(sent.serial)?.summary,
    ))?;
    let seen = world.sud_desk.seen();
    let right = seen.values().next().is_some_and(|seen| seen.text == text);
    stage.expect("SUD reads what NORD wrote, once", right && seen.len() == 1)
}

/// Act: IP dies in the middle of a message; the serial line finishes it.
pub(super) fn ip_cut(stage: &mut Stage, world: &mut World) -> Result<(), Refusal> {
    stage.act("IP is cut in the middle of the next message; 300 bit/s finish it")?;
    let text = cipher_groups(LONG_LETTERS);
    world.ip.cut_after_large(1);
    let before = world.wire.carried();
    let sent = world.nord.send("flash", &text)?;
    stage.say(&format!(
        "{} is released; {} bytes sealed. Air time: {}.",
        sent.name,
        sent.envelope_bytes,
        print::air_time(&sent.air_time_ms)
    ))?;
    let ip = &world.ip;
    stage.await_that("the shuttle has cut IP", PATIENCE, || {
        ip.is_cut().then_some(())
    })?;
    stage
        .say("IP carried the first part and is cut. The serial line goes on with other symbols.")?;
    let there = world
        .nord
        .reached(sent.serial, RungName::AtStation)
        .is_some();
    stage.expect("AT STATION is not yet reached when IP dies", !there)?;
    let took = reach(
        stage,
        &world.nord,
        sent.serial,
        RungName::AtStation,
        SERIAL_PATIENCE,
    )?;
    stage.expect(
        &format!("AT STATION: receipted {took} after release, over the serial line"),
        true,
    )?;
    let carried = world.wire.carried() - before;
    stage.expect(
        &format!("the serial line carried {carried} bytes, less than the whole envelope twice"),
        carried > 0 && carried < u64::from(sent.envelope_bytes) * 2,
    )?;
    let seen = world.sud_desk.seen();
    stage.expect(
        "SUD reads all of it, letter by letter",
        seen.values().any(|seen| seen.text == text),
    )
}

/// Act: both wires are dead; a courier carries the message, and its receipt back.
pub(super) fn courier(stage: &mut Stage, world: &mut World) -> Result<(), Refusal> {
    stage.act("The serial line is cut too; a courier carries the third message")?;
    world.wire.set_cut(true);
    let text = "Both wires are down. This comes by hand. We hold.";
    let sent = world.nord.send("priority", text)?;
    std::thread::sleep(Duration::from_millis(1_500));
    let there = world
        .nord
        .reached(sent.serial, RungName::AtStation)
        .is_some();
    stage.expect(
        &format!("{} has no receipt: no wire carries", sent.name),
        !there,
    )?;
    stage.show(&print::ladder(
        &stage.paper(),
        &world.nord.message(sent.serial)?.summary,
    ))?;
    let out = bag(stage, world, true, "export")?;
    stage.expect(
        &format!("NORD packs {} sealed frames into a bag", out.frames),
        out.frames > 0,
    )?;
    bag(stage, world, false, "import")?;
    let desk = &world.sud_desk;
    stage.await_that("SUD's desk shows the message", PATIENCE, || {
        desk.seen()
            .values()
            .any(|seen| seen.text == text)
            .then_some(())
    })?;
    stage.expect("the message is whole at SUD, and its desk shows it", true)?;
    let again = bag(stage, world, false, "import")?;
    let once = desk
        .seen()
        .values()
        .filter(|seen| seen.text == text)
        .all(|seen| seen.arrivals == 1);
    stage.expect(
        "the same bag a second time changes nothing",
        again.messages == 0 && once,
    )?;
    let back = bag(stage, world, false, "export")?;
    stage.expect(
        &format!("SUD packs its receipt: {} frames", back.frames),
        back.frames > 0,
    )?;
    bag(stage, world, true, "import")?;
    let took = reach(
        stage,
        &world.nord,
        sent.serial,
        RungName::AtStation,
        PATIENCE,
    )?;
    stage.expect(
        &format!("AT STATION: the receipt came back by hand, {took} after release"),
        true,
    )?;
    world.ip.restore();
    world.wire.set_cut(false);
    stage.say("Both wires are mended.")?;
    world.await_bearer(stage, "ip", "UP", PATIENCE)
}

/// Act: the operators talk.
pub(super) fn order_wire(stage: &mut Stage, world: &mut World) -> Result<(), Refusal> {
    stage.act("The order wire")?;
    let question = "Your ip was down twelve seconds. All well now?";
    let answer = "All well. Thank you for waiting.";
    world
        .nord
        .command(stage, &["wire", question, "--as", "operator"])?;
    heard(stage, &world.sud, question)?;
    world
        .sud
        .command(stage, &["wire", answer, "--as", "operator"])?;
    let lines = heard(stage, &world.nord, answer)?;
    stage.show(&print::order_wire(&stage.paper(), "NORD", &lines))?;
    stage.expect("each side reads what the other wrote", true)
}

/// Act: the hourly test, early, over QUIC.
pub(super) fn test(stage: &mut Stage, world: &mut World) -> Result<(), Refusal> {
    stage.act("The hourly test, called early")?;
    let before = line_of(&world.nord).and_then(|line| line.test.last_good);
    world
        .nord
        .command(stage, &["test", "now", "--wait", "20s"])?;
    let nord = &world.nord;
    let (line, _) = stage.await_that("a test succeeds", PATIENCE, || {
        line_of(nord).filter(|line| line.test.last_good > before)
    })?;
    let took = line
        .test
        .took_ms
        .map_or_else(String::new, |took| format!(", in {}", lasting(took)));
    stage.expect(
        &format!("called, ready, both alphabets compared letter by letter{took}"),
        true,
    )?;
    let status = world.nord.client().status()?;
    stage.show(&print::station(&stage.paper(), &status))
}

/// Waits until a message has reached a rung; says how long after its release.
fn reach(
    stage: &mut Stage,
    station: &Station,
    serial: u32,
    rung: RungName,
    within: Duration,
) -> Result<String, Refusal> {
    let what = format!("{rung:?} of message {serial:04}");
    let (at, _) = stage.await_that(&what, within, || station.reached(serial, rung))?;
    let released = station.message(serial)?.summary.released_at;
    Ok(lasting(at.saturating_sub(released)))
}

/// Packs or unpacks the courier's bag at NORD or at SUD.
fn bag(stage: &Stage, world: &World, nord: bool, verb: &str) -> Result<CourierResult, Refusal> {
    let station = if nord { &world.nord } else { &world.sud };
    stage.typed(station.name, &format!("redphone courier {verb} stick"))?;
    let body = json!({ "dir": world.stick, "bearer": "bag" });
    station
        .client()
        .shaped("POST", &format!("/v1/courier/{verb}"), Some(&body))
}

/// Waits until a line of the other side is on the order wire.
fn heard(stage: &mut Stage, station: &Station, text: &str) -> Result<Vec<OrderWireLine>, Refusal> {
    let what = format!("{} reads '{text}'", station.name);
    let (lines, _) = stage.await_that(&what, PATIENCE, || {
        let lines = order_wire_of(station).ok()?;
        lines
            .iter()
            .any(|line| line.tray == Tray::In && line.text == text)
            .then_some(lines)
    })?;
    Ok(lines)
}

fn order_wire_of(station: &Station) -> Result<Vec<OrderWireLine>, Refusal> {
    let Response::OrderWire { lines } = station.client().ask(&Request::OrderWireList {
        peer: None,
        limit: 10,
    })?
    else {
        return Err(unexpected());
    };
    Ok(lines)
}

/// Groups of five letters that a small generator draws, the same at every run.
fn cipher_groups(letters: u32) -> String {
    let mut state = 1_963_u32;
    let mut text = String::new();
    for index in 0..letters {
        if index > 0 && index % 5 == 0 {
            text.push(' ');
        }
        state = state.wrapping_mul(1_664_525).wrapping_add(1_013_904_223);
        let letter = u8::try_from((state >> 16) % 26).unwrap_or(0);
        text.push(char::from(b'A' + letter));
    }
    text
}
