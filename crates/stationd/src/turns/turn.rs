//! One turn: what it takes in, the one commit, what it gives out after that.
//!
//! Owns that no answer and no event leaves before the commit that it rests on: answers are held, and
//! a turn that is not [`Committed`] has no way to tell them but as refused.

use std::time::Instant;

use redphone_api::{Event, Refusal, RefusalKind, Request};
use redphone_bearers::BearerEvent;
use redphone_journal::Storage;
use redphone_line::BearerId;
use redphone_station::{Fault, FrameOutcome, Hub};
use redphone_wire::Now;

use super::{Surroundings, errands};
use crate::calls::{AttachmentBytes, BagOut, Call, Reply};
use crate::faults;

/// Events of bearers taken in one turn.
const EVENTS_A_TURN_MAX: usize = 1_024;
/// Calls taken in one turn.
const CALLS_A_TURN_MAX: usize = 1_024;

/// An answer that waits for the commit, or for the fault in its place.
type Held = Box<dyn FnOnce(Option<&Refusal>) + Send>;

/// What one turn gathers.
#[derive(Default)]
pub(super) struct Turn {
    held: Vec<Held>,
    bags: Vec<(BearerId, Reply<BagOut>)>,
    keys_may_have_moved: bool,
}

/// A turn that is durable. Dropped without [`Committed::tell`], its answers are lost.
#[must_use]
pub(super) struct Committed {
    turn: Turn,
    events: Vec<Event>,
}

impl Turn {
    /// Takes in what else is ready, so that it shares the commit.
    pub(super) fn take_what_is_ready<S: Storage>(
        &mut self,
        hub: &mut Hub<S>,
        around: &mut Surroundings,
        now: Now,
    ) {
        #[cfg(feature = "planted-bugs")]
        if crate::planted::is_planted(crate::planted::Bug::SyncForEachCall) {
            return;
        }
        for _ in 0..EVENTS_A_TURN_MAX {
            let Ok(event) = around.heard.try_recv() else {
                break;
            };
            self.take_event(hub, around, now, event);
        }
        for _ in 0..CALLS_A_TURN_MAX {
            let Ok(call) = around.calls.try_recv() else {
                break;
            };
            self.take_call(hub, around, now, call);
        }
    }

    pub(super) fn take_event<S: Storage>(
        &mut self,
        hub: &mut Hub<S>,
        around: &mut Surroundings,
        now: Now,
        event: BearerEvent,
    ) {
        let bearers = &mut around.bearers;
        match event {
            BearerEvent::Frame {
                bearer,
                frame,
                from,
            } => {
                let outcome = hub.handle_frame(now, bearer, &frame);
                around.board.count_frame(bearers.slot(bearer), outcome);
                if let FrameOutcome::Took { news, whole } = outcome {
                    self.keys_may_have_moved |= whole;
                    if let Some(from) = from {
                        bearers.handle_moved(bearer, from, news);
                    }
                }
            }
            BearerEvent::Connected { bearer } => {
                bearers.handle_state(hub, now, bearer, true, String::new());
            }
            BearerEvent::Disconnected { bearer, why } => {
                bearers.handle_state(hub, now, bearer, false, why.to_string());
            }
            BearerEvent::Failed { bearer, why } => {
                tracing::warn!(bearer = bearer.0, "a bearer needs a person");
                bearers.handle_state(hub, now, bearer, false, why.to_string());
            }
            // Room is filled at the end of every turn.
            BearerEvent::Room { .. } => {}
            _ => {}
        }
    }

    pub(super) fn take_call<S: Storage>(
        &mut self,
        hub: &mut Hub<S>,
        around: &mut Surroundings,
        now: Now,
        call: Call,
    ) {
        match call {
            Call::Attachment {
                message,
                index,
                reply,
            } => {
                let found = hub.attachment(&message, index);
                self.hold(
                    reply,
                    found.map(|(name, bytes)| AttachmentBytes { name, bytes }),
                );
            }
            Call::BagIn {
                bearer,
                frames,
                reply,
            } => {
                let taken = errands::take_bag(hub, around, now, bearer.as_deref(), &frames);
                self.keys_may_have_moved = true;
                self.hold(reply, taken);
            }
            Call::BagOut { bearer, reply } => match errands::one_courier(around, bearer.as_deref())
            {
                Ok(id) => self.bags.push((id, reply)),
                Err(refusal) => self.hold(reply, Err(refusal)),
            },
            Call::Desk { desk, reply } => {
                let counted = around.desks.confirm(now.monotonic, desk);
                hub.handle_desks(now, around.desks.count());
                self.hold(reply, counted.then_some(()).ok_or_else(too_many_desks));
            }
            Call::Rung(rung) => hub.handle_rung(now, rung),
            Call::Request { request, reply } => {
                self.keys_may_have_moved |= matches!(request.order(), Request::Pair { .. });
                let answer = around
                    .room
                    .check(&request)
                    .and_then(|()| hub.handle_request(now, *request))
                    .map(|answer| around.with_alarms(answer));
                self.hold(reply, answer);
            }
        }
    }

    /// Lays an answer aside until it is durable.
    fn hold<T: Send + 'static>(&mut self, reply: Reply<T>, answer: Result<T, Refusal>) {
        self.held.push(Box::new(move |fault| {
            let answer = match fault {
                Some(refusal) => Err(refusal.clone()),
                None => answer,
            };
            // Nobody may be waiting any more.
            let _ = reply.send(answer);
        }));
    }

    pub(super) fn time_passes<S: Storage>(
        &mut self,
        hub: &mut Hub<S>,
        around: &mut Surroundings,
        now: Now,
    ) {
        let desks = around.desks.count();
        around.desks.forget(now.monotonic);
        if around.desks.count() != desks {
            hub.handle_desks(now, around.desks.count());
        }
        if hub.poll_timeout(now).is_some_and(|at| at <= now.monotonic) {
            hub.handle_timeout(now);
        }
        if self.keys_may_have_moved {
            around.bearers.handle_keys(hub, now);
        }
        around.bearers.handle_timeout(hub, now);
        around.room.handle_timeout(now.monotonic);
        around.beat(now);
    }

    /// One durable append of all that was taken in. Where it fails, that is the answer.
    pub(super) fn commit<S: Storage>(
        self,
        hub: &mut Hub<S>,
        around: &mut Surroundings,
        now: Now,
    ) -> Result<Committed, Fault> {
        #[cfg(feature = "planted-bugs")]
        let mut this = self;
        #[cfg(feature = "planted-bugs")]
        if crate::planted::is_planted(crate::planted::Bug::AnswersBeforeCommit) {
            this.held.drain(..).for_each(|answer| answer(None));
        }
        #[cfg(not(feature = "planted-bugs"))]
        let this = self;
        let begun = Instant::now();
        let committed = hub.commit(now);
        let metrics = &around.board.metrics;
        metrics
            .commit_seconds
            .observe(begun.elapsed().as_secs_f64());
        match committed {
            Ok(events) => {
                if !this.held.is_empty() {
                    metrics.answers_a_commit.observe(this.held.len() as f64);
                }
                Ok(Committed { turn: this, events })
            }
            Err(fault) => {
                let refusal = faults::in_hand(&fault);
                this.held
                    .into_iter()
                    .for_each(|answer| answer(Some(&refusal)));
                for (_, reply) in this.bags {
                    let _ = reply.send(Err(refusal.clone()));
                }
                Err(fault)
            }
        }
    }
}

impl Committed {
    /// Gives out the answers and the events.
    pub(super) fn tell<S: Storage>(self, hub: &mut Hub<S>, around: &mut Surroundings, now: Now) {
        around.board.events.extend(self.events);
        while let Some(ring) = hub.poll_ring() {
            around.sounder.ring(ring);
        }
        around.keep_status(hub, now);
        self.turn.held.into_iter().for_each(|answer| answer(None));
        for (courier, reply) in self.turn.bags {
            let _ = reply.send(errands::pack_bag(hub, around, now, courier));
        }
    }
}

fn too_many_desks() -> Refusal {
    Refusal::operator(
        RefusalKind::Policy,
        format!("At most {} desks count.", crate::desks::DESKS_MAX),
        "Close one that nobody sits at.",
    )
}
