//! The newest events, kept in memory so that a desk that lost its connection misses none.
//!
//! It owns the ring of the last [`EVENTS_MAX`] events and the heartbeat. It holds no content:
//! events never do. A listener that falls out of the ring is told so, and reads the lists again.

use std::collections::VecDeque;
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Mutex, MutexGuard, PoisonError};
use std::time::{Duration, Instant};

use redphone_api::Event;
use serde::Serialize;
use tokio::sync::watch;

/// Events kept for listeners that come back.
pub const EVENTS_MAX: usize = 10_000;
/// Events that a listener is given in one go.
const PAGE_EVENTS_MAX: usize = 256;

/// The heartbeat: proof that the hub's loop goes round, not merely that a socket is open.
#[derive(Clone, Copy, Debug, Default, Eq, PartialEq, Serialize)]
pub(crate) struct Beat {
    /// Counts up by one from the start of the station.
    pub(crate) sequence: u64,
    /// The station's clock, milliseconds since 1970.
    pub(crate) at: u64,
}

/// The ring of events and its listeners' bell.
#[derive(Debug)]
pub(crate) struct EventLog {
    ring: Mutex<VecDeque<Event>>,
    newest: watch::Sender<u64>,
    beat: watch::Sender<Beat>,
    begun: Instant,
    /// When the last heartbeat came, in milliseconds from `begun`: the wall clock may jump.
    beat_after_ms: AtomicU64,
}

/// What a listener is given next.
#[derive(Debug, Eq, PartialEq)]
pub(crate) struct Page {
    /// The oldest event kept, if events after the listener's last one are no longer known.
    pub(crate) missed_before: Option<u64>,
    /// Events, in order.
    pub(crate) events: Vec<Event>,
}

impl EventLog {
    pub(crate) fn new() -> Self {
        Self {
            ring: Mutex::new(VecDeque::new()),
            newest: watch::Sender::new(0),
            beat: watch::Sender::new(Beat::default()),
            begun: Instant::now(),
            beat_after_ms: AtomicU64::new(0),
        }
    }

    /// Adds events and rings the bell.
    pub(crate) fn extend(&self, events: Vec<Event>) {
        let Some(newest) = events.last().map(|event| event.id) else {
            return;
        };
        let mut ring = self.ring();
        for event in events {
            if ring.len() == EVENTS_MAX {
                ring.pop_front();
            }
            ring.push_back(event);
        }
        drop(ring);
        self.newest.send_replace(newest);
    }

    /// Says that the hub's loop goes round.
    pub(crate) fn beat(&self, at: u64) {
        let after = u64::try_from(self.begun.elapsed().as_millis()).unwrap_or(u64::MAX);
        self.beat_after_ms.store(after, Ordering::Relaxed);
        self.beat.send_modify(|beat| {
            beat.sequence += 1;
            beat.at = at;
        });
    }

    /// Bells for a listener: newest event, heartbeat.
    pub(crate) fn listen(&self) -> (watch::Receiver<u64>, watch::Receiver<Beat>) {
        (self.newest.subscribe(), self.beat.subscribe())
    }

    /// The number of the newest event; none before the first.
    pub(crate) fn newest(&self) -> Option<u64> {
        self.ring().back().map(|event| event.id)
    }

    /// The last heartbeat.
    pub(crate) fn last_beat(&self) -> Beat {
        *self.beat.borrow()
    }

    /// How long ago the last heartbeat came.
    pub(crate) fn silent_for(&self) -> Duration {
        let after = Duration::from_millis(self.beat_after_ms.load(Ordering::Relaxed));
        self.begun.elapsed().saturating_sub(after)
    }

    /// What follows an event, or all there is, oldest first, so many at most.
    pub(crate) fn after(&self, last: Option<u64>) -> Page {
        let ring = self.ring();
        let oldest = ring.front().map(|event| event.id);
        let newest = ring.back().map_or(0, |event| event.id);
        let known = match (last, oldest) {
            (None, _) => true,
            (Some(last), Some(oldest)) => last.saturating_add(1) >= oldest && last <= newest,
            (Some(_), None) => false,
        };
        let from = match last {
            Some(last) if known => ring.partition_point(|event| event.id <= last),
            Some(_) | None => 0,
        };
        Page {
            missed_before: (!known).then_some(oldest.unwrap_or(0)),
            events: ring
                .iter()
                .skip(from)
                .take(PAGE_EVENTS_MAX)
                .cloned()
                .collect(),
        }
    }

    fn ring(&self) -> MutexGuard<'_, VecDeque<Event>> {
        self.ring.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

#[cfg(test)]
mod tests {
    use redphone_api::EventKind;

    use super::*;

    fn events(ids: std::ops::RangeInclusive<u64>) -> Vec<Event> {
        let event = |id| Event {
            id,
            at: 0,
            kind: EventKind::Ladder,
            peer: "SUD".to_owned(),
            message: String::new(),
            said: String::new(),
        };
        ids.map(event).collect()
    }

    fn ids(page: &Page) -> Vec<u64> {
        page.events.iter().map(|event| event.id).collect()
    }

    #[test]
    fn listener_that_comes_back_gets_what_it_missed() {
        let log = EventLog::new();
        log.extend(events(1..=5));
        let page = log.after(Some(2));
        assert_eq!(page.missed_before, None);
        assert_eq!(ids(&page), [3, 4, 5]);
        assert_eq!(ids(&log.after(Some(5))), Vec::<u64>::new());
    }

    #[test]
    fn ring_is_bounded_and_says_what_fell_out() {
        let log = EventLog::new();
        for thousand in 0..11 {
            log.extend(events(thousand * 1_000 + 1..=thousand * 1_000 + 1_000));
        }
        let page = log.after(Some(500));
        assert_eq!(page.missed_before, Some(1_001));
        assert_eq!(page.events.len(), PAGE_EVENTS_MAX);
        assert_eq!(ids(&page).first(), Some(&1_001));
        assert_eq!(log.after(Some(1_000)).missed_before, None);
    }

    #[test]
    fn listener_of_an_earlier_life_is_told_that_it_missed_events() {
        let log = EventLog::new();
        assert_eq!(log.after(Some(7)).missed_before, Some(0));
        log.extend(events(1..=3));
        let page = log.after(Some(7));
        assert_eq!(page.missed_before, Some(1));
        assert_eq!(ids(&page), [1, 2, 3]);
    }

    #[test]
    fn new_listener_misses_nothing() {
        let log = EventLog::new();
        assert_eq!(log.newest(), None);
        log.extend(events(8..=9));
        assert_eq!(ids(&log.after(None)), [8, 9]);
        assert_eq!(log.after(None).missed_before, None);
    }

    #[test]
    fn heartbeats_count_up_by_one() {
        let log = EventLog::new();
        log.beat(5);
        log.beat(6);
        assert_eq!(log.last_beat(), Beat { sequence: 2, at: 6 });
    }
}
