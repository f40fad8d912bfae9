//! The event loop: one owner of the hub, one durable append a turn.
//!
//! A turn takes in all that is ready, within bounds; commits once; only then gives out answers and
//! events; then fills every bearer that has room. So thousands of requests share one sync, and no
//! answer is ever ahead of the journal (decide, record, act). Between turns the loop sleeps until
//! something happens or the hub's next timeout.
//!
//! Owns the round and what surrounds the hub. What one turn takes in and gives out is `turn`.

mod errands;
mod turn;

use std::time::{Duration, Instant};

use redphone_api::{Request, Response};
use redphone_bearers::BearerEvent;
use redphone_journal::Storage;
use redphone_station::{Fault, Hub};
use redphone_wire::Now;
use tokio::sync::{mpsc, watch};

use self::turn::Turn;
use crate::bearers::Bearers;
use crate::board::Board;
use crate::calls::Call;
use crate::clock::Clock;
use crate::desks::Desks;
use crate::notify;
use crate::room::Room;
use crate::sounder::Sounder;

/// Frames given to one bearer in one turn.
const FRAMES_A_TURN_MAX: usize = 64;
/// How long nothing must have come or left before the storage catches up.
const QUIET: Duration = Duration::from_millis(50);
/// The heartbeat of the loop.
const BEAT_EVERY: Duration = Duration::from_secs(5);
/// The least sleep when the hub is due again at once, so that a fault of ours never spins.
const SLEEP_MIN: Duration = Duration::from_millis(1);

/// What surrounds the hub, and outlives it when it has to be opened anew.
#[derive(Debug)]
pub(crate) struct Surroundings {
    pub(crate) clock: Clock,
    pub(crate) bearers: Bearers,
    pub(crate) desks: Desks,
    pub(crate) board: Board,
    pub(crate) room: Room,
    pub(crate) sounder: Sounder,
    /// What the wall clock last did, for the status.
    pub(crate) clock_alarm: Option<String>,
    pub(crate) calls: mpsc::Receiver<Call>,
    pub(crate) heard: mpsc::Receiver<BearerEvent>,
    pub(crate) stop: watch::Receiver<bool>,
    /// Whether the last fault was a full disk.
    pub(crate) full: bool,
    /// Whether the reserve was given back for it.
    pub(crate) room_given: bool,
    /// When something last came or left.
    pub(crate) busy_at: Duration,
    /// When the next heartbeat is due.
    pub(crate) beat_at: Duration,
    pub(crate) watchdog: Option<Duration>,
    pub(crate) watchdog_at: Duration,
}

/// Why the turns ended.
#[derive(Debug)]
pub(crate) enum Ended {
    /// The station is to stop.
    Stop,
    /// The hub stopped by itself, and must be opened anew.
    Fault(Fault),
}

/// What woke the loop.
enum Woken {
    Call(Call),
    Heard(BearerEvent),
    Stop,
    Time,
}

/// Goes round until told to stop, or until the hub stops.
pub(crate) async fn run<S: Storage>(hub: &mut Hub<S>, around: &mut Surroundings) -> Ended {
    let mut at_once = true;
    loop {
        let woken = if at_once {
            Woken::Time
        } else {
            around.wait(hub).await
        };
        let mut turn = Turn::default();
        let now = around.tick();
        let idle = !at_once && matches!(woken, Woken::Time);
        match woken {
            Woken::Stop => return Ended::Stop,
            Woken::Time => {}
            Woken::Call(call) => turn.take_call(hub, around, now, call),
            Woken::Heard(event) => turn.take_event(hub, around, now, event),
        }
        turn.take_what_is_ready(hub, around, now);
        turn.time_passes(hub, around, now);
        let committed = match turn.commit(hub, around, now) {
            Ok(committed) => committed,
            Err(fault) => return Ended::Fault(fault),
        };
        // Frames first: their way is longer than that of the answers.
        at_once = fill_bearers(hub, around);
        committed.tell(hub, around, now);
        if let Err(fault) = around.catch_up(hub, now, idle && !at_once) {
            return Ended::Fault(fault);
        }
        // The bearers' tasks share this thread.
        tokio::task::yield_now().await;
        if *around.stop.borrow() {
            return Ended::Stop;
        }
    }
}

impl Surroundings {
    /// Sleeps until something happens.
    async fn wait<S: Storage>(&mut self, hub: &mut Hub<S>) -> Woken {
        let now = self.clock.now();
        let due = [
            hub.is_behind().then_some(self.busy_at + QUIET),
            hub.poll_timeout(now),
            self.bearers.poll_timeout(),
            self.desks.poll_timeout(),
            self.room.poll_timeout(),
            Some(self.beat_at),
            self.watchdog.map(|_| self.watchdog_at),
        ];
        let due = due.into_iter().flatten().min().unwrap_or(self.beat_at);
        let due = self.clock.instant(due.max(now.monotonic + SLEEP_MIN));
        tokio::select! {
            biased;
            stopped = self.stop.wait_for(|stop| *stop) => {
                drop(stopped);
                Woken::Stop
            }
            Some(event) = self.heard.recv() => Woken::Heard(event),
            Some(call) = self.calls.recv() => Woken::Call(call),
            () = tokio::time::sleep_until(due) => Woken::Time,
        }
    }

    /// Lets the storage do what it put off once nothing has come or left for a while.
    fn catch_up<S: Storage>(
        &mut self,
        hub: &mut Hub<S>,
        now: Now,
        idle: bool,
    ) -> Result<(), Fault> {
        if !idle {
            self.busy_at = now.monotonic;
        } else if hub.is_behind() && now.monotonic >= self.busy_at + QUIET {
            return hub.catch_up();
        }
        Ok(())
    }

    /// Reads the clocks; says so when the one on the wall jumped.
    pub(crate) fn tick(&mut self) -> Now {
        let (now, jump) = self.clock.tick();
        if let Some(jump) = jump {
            self.board.metrics.clock_jumps.inc();
            let by_ms = jump.by_ms;
            tracing::warn!(by_ms, "the wall clock jumped; records carry the new time");
            self.clock_alarm = Some(format!(
                "The wall clock jumped by {} s at {}: check the time source.",
                by_ms / 1_000,
                now.utc
            ));
        }
        now
    }

    /// Adds to a status what the hub does not know of: the disk's room, the clock's jumps.
    fn with_alarms(&self, mut answer: Response) -> Response {
        if let Response::Status(status) = &mut answer {
            let room = self.room.alarm().map(str::to_owned);
            let alarms = room.into_iter().chain(self.clock_alarm.clone());
            status.alarms.extend(alarms);
        }
        answer
    }

    /// Keeps a status of what is durable, when that is due, for askers during a slow commit.
    fn keep_status<S: Storage>(&self, hub: &mut Hub<S>, now: Now) {
        let at = Instant::now();
        if !self.board.last.is_due(at) {
            return;
        }
        let answer = hub.handle_request(now, Request::Status);
        if let Ok(Response::Status(status)) = answer.map(|answer| self.with_alarms(answer)) {
            self.board.last.keep(*status, at);
        }
    }

    /// Says that the loop goes round, when that is due.
    pub(crate) fn beat(&mut self, now: Now) {
        if self.beat_at <= now.monotonic {
            self.beat_at = now.monotonic + BEAT_EVERY;
            self.board.events.beat(now.utc.0);
        }
        if let Some(every) = self.watchdog
            && self.watchdog_at <= now.monotonic
        {
            self.watchdog_at = now.monotonic + every;
            notify::alive();
        }
    }
}

/// Gives every bearer what it has room for. True when something left, so that a further turn
/// follows at once.
fn fill_bearers<S: Storage>(hub: &mut Hub<S>, around: &mut Surroundings) -> bool {
    let now = around.clock.now();
    let mut left = false;
    for slot in around.bearers.slots() {
        let Some(pipe) = &slot.pipe else {
            hub.set_room(slot.id, false);
            continue;
        };
        hub.set_room(slot.id, true);
        for _ in 0..pipe.room().min(FRAMES_A_TURN_MAX) {
            let Some(frame) = hub.poll_transmit(now, slot.id) else {
                break;
            };
            left = true;
            if let Err(why) = pipe.try_send(frame) {
                // It is lost like any datagram; the line repairs it.
                tracing::debug!(bearer = slot.id.0, %why, "a frame was not taken");
                break;
            }
            around.board.count_sent(slot);
        }
        // The bearer says when a frame has left it: until then no timer of the line waits for it.
        hub.set_room(slot.id, pipe.room() > 0);
    }
    left
}
