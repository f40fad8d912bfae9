//! Who goes next on one bearer.
//!
//! Every envelope that may use the bearer stands in one lane, by class: its precedence, texts
//! before attachments. FLASH goes before everything; of the others the most urgent, but one frame
//! in sixteen goes to each class that waits, so that nothing starves (rules LINE-5 and LINE-6).

use std::collections::BTreeSet;
use std::time::Duration;

use redphone_wire::{EnvelopeId, Precedence};

/// Precedences, each split into texts and attachments.
pub(crate) const CLASSES: usize = 8;
/// Classes below this one are FLASH.
const FLASH_CLASSES: usize = 2;
/// A waiting class is passed over so often, then it goes.
const PASSED_MAX: u32 = 15;
/// The same while FLASH is what passes it.
const PASSED_BY_FLASH_MAX: u32 = 63;

/// The class of an envelope: 0 is the most urgent.
pub(crate) fn class(precedence: Precedence, attachment: bool) -> usize {
    #[cfg(feature = "planted-bugs")]
    if crate::planted::is_planted(crate::planted::Bug::FlashWaits) {
        return CLASSES - 1;
    }
    precedence.rank() * 2 + usize::from(attachment)
}

/// Whether a class is FLASH.
pub(crate) fn is_flash(class: usize) -> bool {
    class < FLASH_CLASSES
}

/// Where an envelope stands on one bearer.
#[derive(Clone, Copy, Debug, Eq, Ord, PartialEq, PartialOrd)]
pub(crate) enum Stage {
    /// Symbols that it needs have not gone out.
    Fresh,
    /// A receipt may still come for what went out, but a copy goes if nothing else waits.
    Early,
    /// Its receipt should have come: it goes before what is fresh.
    Again,
}

/// What may not go just now.
#[derive(Clone, Copy, Debug, Default)]
pub(crate) struct Blocked {
    /// Too much is under way: fresh envelopes below FLASH wait for receipts.
    pub(crate) fresh: bool,
    /// Repeats below FLASH wait until this instant.
    pub(crate) again_until: Duration,
    /// An early copy that was put off this long goes before what is fresh.
    pub(crate) early_for: Duration,
}

/// One envelope whose turn it is.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub(crate) struct Turn {
    pub(crate) class: usize,
    pub(crate) stage: Stage,
    pub(crate) id: EnvelopeId,
}

type Queue = BTreeSet<(Duration, EnvelopeId)>;

#[derive(Debug, Default)]
struct Lane {
    fresh: Queue,
    early: Queue,
    again: Queue,
    passed: u32,
}

impl Lane {
    fn queue(&mut self, stage: Stage) -> &mut Queue {
        match stage {
            Stage::Fresh => &mut self.fresh,
            Stage::Early => &mut self.early,
            Stage::Again => &mut self.again,
        }
    }

    /// What goes first of the lane now.
    fn ready(&self, class: usize, now: Duration, blocked: Blocked) -> Option<(Stage, EnvelopeId)> {
        let flash = is_flash(class);
        let first = |queue: &Queue, after: Duration| {
            let (due, id) = queue.first()?;
            (*due + after <= now).then_some(*id)
        };
        let repeats = flash || blocked.again_until <= now;
        let again = || first(&self.again, Duration::ZERO);
        let overdue = || first(&self.early, blocked.early_for);
        let early = || first(&self.early, Duration::ZERO);
        let fresh = || first(&self.fresh, Duration::ZERO).filter(|_| flash || !blocked.fresh);
        if repeats && let Some(id) = again() {
            return Some((Stage::Again, id));
        }
        if repeats && let Some(id) = overdue() {
            return Some((Stage::Early, id));
        }
        if let Some(id) = fresh() {
            return Some((Stage::Fresh, id));
        }
        early().filter(|_| repeats).map(|id| (Stage::Early, id))
    }

    /// When the lane next has something to send.
    fn next(&self, class: usize, blocked: Blocked) -> Option<Duration> {
        let flash = is_flash(class);
        let first = |queue: &Queue| queue.first().map(|(due, _)| *due);
        let fresh = first(&self.fresh).filter(|_| flash || !blocked.fresh);
        let again = first(&self.again)
            .into_iter()
            .chain(first(&self.early))
            .min();
        let again = again.map(|due| {
            if flash {
                due
            } else {
                due.max(blocked.again_until)
            }
        });
        fresh.into_iter().chain(again).min()
    }
}

/// The lanes of one bearer.
#[derive(Debug, Default)]
pub(crate) struct Agenda {
    lanes: [Lane; CLASSES],
}

impl Agenda {
    pub(crate) fn insert(&mut self, turn: Turn, due: Duration) {
        if let Some(lane) = self.lanes.get_mut(turn.class) {
            lane.queue(turn.stage).insert((due, turn.id));
        }
    }

    pub(crate) fn remove(&mut self, turn: Turn, due: Duration) {
        if let Some(lane) = self.lanes.get_mut(turn.class) {
            lane.queue(turn.stage).remove(&(due, turn.id));
        }
    }

    /// The envelope to send now, if any is due.
    pub(crate) fn turn(&self, now: Duration, blocked: Blocked) -> Option<Turn> {
        let mut first = None;
        for (class, lane) in self.lanes.iter().enumerate() {
            let Some((stage, id)) = lane.ready(class, now, blocked) else {
                continue;
            };
            let turn = Turn { class, stage, id };
            let Some(Turn { class: urgent, .. }) = first else {
                first = Some(turn);
                continue;
            };
            let passed_max = if is_flash(urgent) {
                PASSED_BY_FLASH_MAX
            } else {
                PASSED_MAX
            };
            if lane.passed >= passed_max {
                return Some(turn);
            }
        }
        first
    }

    /// One frame of a class went out: every other that had one waiting was passed over.
    pub(crate) fn went(&mut self, now: Duration, class: usize, blocked: Blocked) {
        for (other, lane) in self.lanes.iter_mut().enumerate() {
            if other == class {
                lane.passed = 0;
            } else if other > class && lane.next(other, blocked).is_some_and(|due| due <= now) {
                lane.passed += 1;
            }
        }
    }

    /// The envelope to try on a bearer that is silent: the most urgent, due or not.
    pub(crate) fn probe(&self) -> Option<Turn> {
        self.lanes.iter().enumerate().find_map(|(class, lane)| {
            let first = |queue: &Queue, stage| queue.first().map(|(_, id)| (stage, *id));
            let (stage, id) = first(&lane.again, Stage::Again)
                .or_else(|| first(&lane.early, Stage::Early))
                .or_else(|| first(&lane.fresh, Stage::Fresh))?;
            Some(Turn { class, stage, id })
        })
    }

    /// When something next becomes due.
    pub(crate) fn next(&self, blocked: Blocked) -> Option<Duration> {
        let lanes = self.lanes.iter().enumerate();
        lanes
            .filter_map(|(class, lane)| lane.next(class, blocked))
            .min()
    }

    /// Makes every repeat due now; returns all of them.
    pub(crate) fn wake(&mut self, now: Duration) -> Vec<EnvelopeId> {
        let mut woken = Vec::new();
        for lane in &mut self.lanes {
            let first = woken.len();
            woken.extend(lane.again.iter().chain(&lane.early).map(|(_, id)| *id));
            lane.early.clear();
            let lane_woken = woken.get(first..).unwrap_or_default();
            lane.again = lane_woken.iter().map(|id| (now, *id)).collect();
        }
        woken
    }

    pub(crate) fn is_empty(&self) -> bool {
        let mut lanes = self.lanes.iter();
        lanes.all(|lane| lane.fresh.is_empty() && lane.early.is_empty() && lane.again.is_empty())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const NOW: Duration = Duration::from_secs(1);

    fn turn(class: usize, number: u32) -> Turn {
        Turn {
            class,
            stage: Stage::Fresh,
            id: EnvelopeId { epoch: 0, number },
        }
    }

    /// Of so many frames, how many went to each class, when all always wait.
    fn shares(classes: &[usize], frames: usize) -> [usize; CLASSES] {
        let mut agenda = Agenda::default();
        for class in classes {
            agenda.insert(turn(*class, 0), Duration::ZERO);
        }
        let mut shares = [0; CLASSES];
        for _ in 0..frames {
            let turn = agenda.turn(NOW, Blocked::default()).unwrap();
            agenda.went(NOW, turn.class, Blocked::default());
            shares[turn.class] += 1;
        }
        shares
    }

    #[test]
    fn urgent_class_goes_first_and_none_starves() {
        let shares = shares(&[2, 4, 6], 160);
        assert!(shares[2] >= 140, "{shares:?}");
        assert!(shares[4] >= 9 && shares[6] >= 9, "{shares:?}");
    }

    #[test]
    fn flash_takes_nearly_all() {
        let shares = shares(&[0, 6, 7], 640);
        assert!(shares[0] >= 615, "{shares:?}");
        assert!(shares[6] >= 9 && shares[7] >= 9, "{shares:?}");
    }

    #[test]
    fn blocked_bearer_still_takes_flash() {
        let mut agenda = Agenda::default();
        agenda.insert(turn(6, 1), Duration::ZERO);
        agenda.insert(turn(0, 2), Duration::ZERO);
        let blocked = Blocked {
            fresh: true,
            ..Blocked::default()
        };
        assert_eq!(agenda.turn(NOW, blocked), Some(turn(0, 2)));
        agenda.remove(turn(0, 2), Duration::ZERO);
        assert_eq!(agenda.turn(NOW, blocked), None);
        assert_eq!(agenda.next(blocked), None);
    }

    #[test]
    fn early_copy_waits_for_what_is_fresh_but_not_for_ever() {
        let mut agenda = Agenda::default();
        let early = Turn {
            stage: Stage::Early,
            ..turn(6, 1)
        };
        agenda.insert(early, NOW);
        agenda.insert(turn(6, 2), NOW);
        let blocked = Blocked {
            early_for: NOW,
            ..Blocked::default()
        };
        assert_eq!(agenda.turn(NOW, blocked), Some(turn(6, 2)));
        assert_eq!(agenda.turn(NOW * 2, blocked), Some(early));
    }

    #[test]
    fn woken_repeats_are_due_at_once() {
        let mut agenda = Agenda::default();
        let again = |number| Turn {
            stage: Stage::Again,
            ..turn(6, number)
        };
        agenda.insert(again(1), NOW * 5);
        agenda.insert(again(2), NOW * 9);
        assert_eq!(agenda.wake(NOW).len(), 2);
        assert_eq!(agenda.next(Blocked::default()), Some(NOW));
        assert!(!agenda.is_empty());
    }
}
