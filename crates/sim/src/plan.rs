//! What happens in a world, drawn from its seed, and what must hold when all faults have ended.

use std::time::Duration;

use redphone_api::Request;
use redphone_journal::Fault;

use crate::model::{Broken, broken};
use crate::world::bearers;
use crate::{Weather, World};

/// An old bug that the simulator must catch.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub enum Bug {
    /// A disk that acknowledges what it has not stored.
    DiskLies,
}

/// What a run does.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub struct Plan {
    /// Simulated hours with faults; the time to settle comes after.
    pub hours: u64,
    /// Faults of all kinds, or sends in fair weather only.
    pub faults: bool,
    /// A planted bug.
    pub bug: Option<Bug>,
}

impl Default for Plan {
    fn default() -> Self {
        Self {
            hours: 5,
            faults: true,
            bug: None,
        }
    }
}

/// What a run saw.
#[derive(Clone, Copy, Debug, Default, Eq, PartialEq)]
pub struct Report {
    /// Simulated seconds.
    pub seconds: u64,
    /// Messages released.
    pub released: usize,
    /// Times that a station went down.
    pub crashes: u64,
    /// Frames refused.
    pub refused: u64,
    /// Seconds from the last fault until everything was receipted.
    pub settled_s: u64,
}

/// Messages of the simulated desks are at most so many bytes.
const TEXT_BYTES_MAX: u64 = 400;
/// After the last fault everything must be receipted within this.
const SETTLE_MAX: Duration = Duration::from_secs(2 * 3_600);

/// Runs one world.
///
/// # Errors
///
/// [`Broken`] says which invariant broke.
pub fn run(seed: u64, plan: &Plan) -> Result<Report, Broken> {
    run_in(&mut World::new(seed)?, plan)
}

/// Runs in a world that can be looked at afterwards.
///
/// # Errors
///
/// [`Broken`] says which invariant broke.
pub fn run_in(world: &mut World, plan: &Plan) -> Result<Report, Broken> {
    let mut report = Report::default();
    let end = Duration::from_secs(plan.hours * 3_600);
    while world.time < end {
        let pause = world.chance.between(1, 120_000);
        let next = world.time + Duration::from_millis(pause);
        world.run_until(next.min(end))?;
        act(world, plan, &mut report)?;
    }
    settle(world, &mut report)?;
    report.seconds = world.time.as_secs();
    report.released = world.model.released();
    report.refused = world.refused;
    Ok(report)
}

fn act(world: &mut World, plan: &Plan, report: &mut Report) -> Result<(), Broken> {
    let index = world.chance.below(2) as usize;
    let faults = if plan.faults { 100 } else { 55 };
    match world.chance.below(faults) {
        0..40 => send(world, index),
        40..45 => order_wire(world, index),
        45..52 => attend(world, index),
        52..55 => world
            .ask(index, Request::TestNow { peer: None })
            .map(|_| ()),
        55..70 => {
            weather(world, index);
            Ok(())
        }
        70..78 => world.attack(),
        78..84 => crash(world, index, plan, report),
        84..88 => disk_fault(world, index, report),
        88..91 => {
            let later = Duration::from_secs(world.chance.between(60, 6 * 3_600));
            world.courier(index, later)
        }
        91..94 => {
            let error = world.chance.below(80 * 86_400_000) as i64 - 40 * 86_400_000;
            world.side(index).clock_error_ms = error;
            Ok(())
        }
        94..97 => {
            let pause = Duration::from_secs(world.chance.between(1, 600));
            world.side(index).paused_until = world.time + pause;
            Ok(())
        }
        _ => bearer_out(world, index),
    }
}

fn send(world: &mut World, index: usize) -> Result<(), Broken> {
    let length = world.chance.between(1, TEXT_BYTES_MAX) as usize;
    let number = world.chance.draw();
    let text: String = format!("{number:016x} ")
        .chars()
        .cycle()
        .take(length)
        .collect();
    let precedence = match world.chance.below(10) {
        0 => "flash",
        1..3 => "immediate",
        3..6 => "priority",
        _ => "routine",
    };
    let attachments = if world.chance.permille(30) {
        let mut bytes = vec![0; world.chance.between(1, 20_000) as usize];
        world.chance.fill(&mut bytes);
        vec![redphone_api::NewAttachment {
            name: "chart.bin".to_owned(),
            media_type: "application/octet-stream".to_owned(),
            bytes,
        }]
    } else {
        Vec::new()
    };
    let request = Request::Send {
        to: None,
        precedence: precedence.to_owned(),
        text,
        subject: String::new(),
        officer: "1st watch".to_owned(),
        attachments,
    };
    world.ask(index, request).map(|_| ())
}

fn order_wire(world: &mut World, index: usize) -> Result<(), Broken> {
    let request = Request::OrderWire {
        peer: None,
        text: "How do you read?".to_owned(),
        officer: String::new(),
    };
    world.ask(index, request).map(|_| ())
}

/// An officer looks at the newest message, and acknowledges it.
fn attend(world: &mut World, index: usize) -> Result<(), Broken> {
    let Some(serial) = world.side(index).incoming().last().copied() else {
        return Ok(());
    };
    let message = redphone_api::MessageRef {
        from: Some(world.side(index).peer().to_string()),
        to: None,
        serial,
    };
    let shown = Request::Shown {
        message: message.clone(),
    };
    world.ask(index, shown)?;
    let officer = "2nd watch".to_owned();
    world
        .ask(index, Request::Acknowledge { message, officer })
        .map(|_| ())
}

fn weather(world: &mut World, from: usize) {
    let bearers = bearers();
    let pick = world.chance.below(bearers.len() as u64) as usize;
    let Some((bearer, _)) = bearers.get(pick) else {
        return;
    };
    let chance = &mut world.chance;
    let weather = Weather {
        loss: chance.below(501),
        twice: chance.below(200),
        flipped: chance.below(100),
        delay: Duration::from_millis(chance.below(800)),
        jitter: Duration::from_millis(chance.below(2_000)),
        cut: chance.permille(300),
    };
    let bearer = *bearer;
    world.set_weather(from, bearer, weather);
    if world.chance.permille(500) {
        world.set_weather(1 - from, bearer, weather);
    }
}

fn crash(world: &mut World, index: usize, plan: &Plan, report: &mut Report) -> Result<(), Broken> {
    if plan.bug == Some(Bug::DiskLies) {
        world.side(index).disk.lie();
        send(world, index)?;
        let until = world.time + Duration::from_secs(60);
        world.run_until(until)?;
    }
    world.side(index).crash();
    let down = Duration::from_millis(world.chance.between(10, 300_000));
    let until = world.time + down;
    world.run_until(until)?;
    restart(world, index, report)
}

fn restart(world: &mut World, index: usize, report: &mut Report) -> Result<(), Broken> {
    report.crashes += 1;
    let time = world.time;
    if !world.side(index).start(time)? {
        return broken("I7", format!("side {index} does not open its own disk"));
    }
    world.tell(index)
}

/// The next appends fail; the station stops, and goes on from its disk.
fn disk_fault(world: &mut World, index: usize, report: &mut Report) -> Result<(), Broken> {
    let fault = match world.chance.below(4) {
        0 => Fault::FullBefore,
        1 => Fault::IoAfter,
        _ => Fault::IoBefore,
    };
    world.side(index).disk.script_next(fault);
    send(world, index)?;
    let until = world.time + Duration::from_millis(world.chance.between(1, 60_000));
    world.run_until(until)?;
    if world.side(index).hub.is_none() {
        restart(world, index, report)?;
    }
    Ok(())
}

fn bearer_out(world: &mut World, index: usize) -> Result<(), Broken> {
    let names: Vec<String> = bearers().into_iter().map(|(_, spec)| spec.name).collect();
    let pick = world.chance.below(names.len() as u64) as usize;
    let Some(name) = names.get(pick).cloned() else {
        return Ok(());
    };
    let out = world.chance.permille(400);
    let because = "exercise of the bearers".to_owned();
    world
        .ask(index, Request::Bearer { name, out, because })
        .map(|_| ())
}

/// All faults end. Everything that was released must be held, receipted, and shown so (I1, I8).
fn settle(world: &mut World, report: &mut Report) -> Result<(), Broken> {
    world.clear_skies();
    for index in [0, 1] {
        world.side(index).paused_until = Duration::ZERO;
        world.side(index).clock_error_ms = 0;
        if world.side(index).hub.is_none() {
            restart(world, index, report)?;
        }
        for (_, spec) in bearers() {
            let because = "the exercise is over".to_owned();
            let (name, out) = (spec.name, false);
            world.ask(index, Request::Bearer { name, out, because })?;
        }
    }
    let begin = world.time;
    while world.time < begin + SETTLE_MAX {
        if is_settled(world)? {
            report.settled_s = (world.time - begin).as_secs();
            return check_alarms(world);
        }
        let until = world.time + Duration::from_secs(10);
        world.run_until(until)?;
    }
    for index in [0, 1] {
        let missing = world.model.missing(index);
        if !missing.is_empty() {
            return broken("I1", format!("side {index}: {missing:?} never arrived"));
        }
    }
    broken(
        "I8",
        format!("unreceipted after two hours: {:?}", unreceipted(world)),
    )
}

fn is_settled(world: &mut World) -> Result<bool, Broken> {
    let none_missing = [0, 1]
        .iter()
        .all(|side| world.model.missing(*side).is_empty());
    Ok(none_missing && unreceipted(world).iter().all(|count| *count == 0))
}

fn unreceipted(world: &mut World) -> Vec<usize> {
    [0, 1]
        .into_iter()
        .map(|index| {
            let side = world.side(index);
            let peer = side.peer().clone();
            let desk = side.hub.as_ref().and_then(|hub| hub.desk().peer(&peer));
            desk.map_or(0, |desk| {
                desk.out
                    .values()
                    .filter(|message| {
                        message.at_station.is_none() || !message.pieces_unreceipted.is_empty()
                    })
                    .count()
            })
        })
        .collect()
}

/// Nobody was restored or copied, so nobody may say so (I6).
fn check_alarms(world: &mut World) -> Result<(), Broken> {
    for side in &world.sides {
        let wrong = side
            .alarms
            .iter()
            .find(|said| !said.contains("hourly tests") && !said.contains("not refreshed"));
        if let Some(said) = wrong {
            return broken("I6", format!("side {} alarmed: {said}", side.index));
        }
    }
    Ok(())
}
