//! The acts in which somebody attacks, or a station dies.

use std::collections::BTreeSet;
use std::time::Duration;

use redphone_api::{MessageSummary, Refusal, Request, Response, RungName, Tray};

use super::stage::{PATIENCE, Stage};
use super::station::Station;
use super::world::World;
use crate::client::unexpected;
use crate::commands::failed;
use crate::print::lasting;

/// Messages sent while a station is killed.
const BURST: u32 = 40;
/// The message of the burst after which it is killed.
const KILLED_AFTER: u32 = 10;

/// Act: a recorded frame is played again, and forged frames are put on the wire.
pub(super) fn forged(stage: &mut Stage, world: &mut World) -> Result<(), Refusal> {
    stage.act("A recorded frame is replayed, and frames are forged")?;
    let before = arrived(&world.sud)?.len();
    let refused_before = refused(&world.sud)?;
    let recorded = world.wire.recorded();
    stage.expect(
        &format!(
            "{} frames of NORD were recorded off the wire",
            recorded.len()
        ),
        !recorded.is_empty(),
    )?;
    for frame in &recorded {
        inject(world, frame)?;
    }
    std::thread::sleep(Duration::from_millis(500));
    stage.expect(
        "replayed word for word, they change nothing: no message more",
        arrived(&world.sud)?.len() == before,
    )?;
    for frame in &recorded {
        inject(world, &altered(frame))?;
    }
    let what = "every altered frame is refused by its tag";
    let sud = &world.sud;
    let forged = recorded.len() as u64;
    let (refused, _) = stage.await_that(what, PATIENCE, || {
        refused(sud)
            .ok()
            .map(|count| count - refused_before)
            .filter(|count| *count >= forged)
    })?;
    stage.expect(&format!("{what}: {refused} refused at SUD"), true)?;
    stage.expect(
        "and still no message more",
        arrived(&world.sud)?.len() == before,
    )
}

/// Act: both stations are killed under traffic, one after the other.
pub(super) fn killed(stage: &mut Stage, world: &mut World) -> Result<(), Refusal> {
    stage.act("SIGKILL under traffic: nothing lost, nothing doubled")?;
    let mut accepted = Vec::new();
    for number in 0..BURST {
        if number == KILLED_AFTER {
            world.sud.kill();
            stage.say(&format!(
                "SUD is killed while {BURST} messages are on their way."
            ))?;
        }
        let sent = world
            .nord
            .send("routine", &format!("Message {number} of the burst."))?;
        accepted.push(sent.serial);
    }
    let took = world.sud.start()?;
    let took = lasting(took.as_millis().try_into().unwrap_or(u64::MAX));
    stage.say(&format!("SUD is started again and ready after {took}."))?;
    all_receipted(stage, world, &accepted)?;

    let mut accepted_then = Vec::new();
    for number in 0..KILLED_AFTER {
        let sent = world
            .nord
            .send("routine", &format!("Message {number} before NORD dies."))?;
        accepted_then.push(sent.serial);
    }
    world.nord.kill();
    stage.say("NORD is killed right after it accepted ten more.")?;
    world.nord.start()?;
    all_receipted(stage, world, &accepted_then)?;

    let here = arrived(&world.sud)?;
    let serials: Vec<u32> = here.iter().map(|message| message.serial).collect();
    let distinct: BTreeSet<u32> = serials.iter().copied().collect();
    let highest = distinct.last().copied().unwrap_or(0);
    stage.expect(
        &format!(
            "SUD holds {} messages, serials 0001 to {highest:04} without a gap",
            serials.len()
        ),
        distinct.iter().copied().eq(1..=highest),
    )?;
    stage.expect("none is there twice", distinct.len() == serials.len())?;
    let doubled = world.sud_desk.seen().values().any(|seen| seen.arrivals > 1);
    stage.expect("none rang twice at the desk", !doubled)
}

fn all_receipted(stage: &mut Stage, world: &World, serials: &[u32]) -> Result<(), Refusal> {
    let what = format!("all {} are AT STATION", serials.len());
    let nord = &world.nord;
    let (_, took) = stage.await_that(&what, PATIENCE, || {
        serials
            .iter()
            .all(|serial| nord.reached(*serial, RungName::AtStation).is_some())
            .then_some(())
    })?;
    let took = lasting(took.as_millis().try_into().unwrap_or(u64::MAX));
    stage.expect(&format!("{what}, {took} after the restart"), true)
}

/// What came in at a station.
fn arrived(station: &Station) -> Result<Vec<MessageSummary>, Refusal> {
    let request = Request::List {
        tray: Tray::In,
        peer: None,
        limit: 1_000,
    };
    let Response::Messages { messages } = station.client().ask(&request)? else {
        return Err(unexpected());
    };
    Ok(messages)
}

/// Frames that a station refused on the serial line, as its figures say.
fn refused(station: &Station) -> Result<u64, Refusal> {
    let figures = station.client().bytes("/metrics")?;
    let figures = String::from_utf8_lossy(&figures);
    let counted = figures
        .lines()
        .filter(|line| line.contains("outcome=\"refused\"") && line.contains("\"hf\""))
        .filter_map(|line| line.rsplit(' ').next()?.parse::<u64>().ok());
    Ok(counted.sum())
}

fn inject(world: &mut World, frame: &[u8]) -> Result<(), Refusal> {
    world
        .wire
        .inject(frame)
        .map_err(|fault| failed(format!("The wire cannot be written: {fault}."), ""))
}

/// The frame with one bit turned in a byte of its content, so that it still is one frame to the
/// wire: the bytes that byte stuffing put in stay as they are.
fn altered(frame: &[u8]) -> Vec<u8> {
    let mut altered = frame.to_vec();
    let mut stuffing = BTreeSet::new();
    let mut next = 0;
    while let Some(code) = frame.get(next).filter(|code| **code != 0) {
        stuffing.insert(next);
        next += usize::from(*code);
    }
    let middle = frame.len() / 2;
    let content = (middle..frame.len().saturating_sub(1)).find(|at| !stuffing.contains(at));
    if let Some(byte) = content.and_then(|at| altered.get_mut(at)) {
        *byte = if *byte ^ 1 == 0 { 2 } else { *byte ^ 1 };
    }
    altered
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn altered_frame_has_one_byte_changed_and_is_one_frame_still() {
        let frame = [3, 7, 7, 2, 1, 4, 9, 9, 9, 0];

        let altered = altered(&frame);

        let changed = frame
            .iter()
            .zip(&altered)
            .filter(|(was, is)| was != is)
            .count();
        assert_eq!(changed, 1);
        assert_eq!(altered.iter().filter(|byte| **byte == 0).count(), 1);
    }
}
