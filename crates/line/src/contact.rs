//! When contact frames go: at the start, when a bearer comes back, with every test, and in answer
//! to the peer's.
//!
//! One that asks is repeated ever more rarely until the peer's is heard that names our present
//! life. When it comes while ours asks it is taken for the answer. One that names another life
//! crossed ours, as after a power cut at both stations: then each sends one more. Answers in a row
//! come ever more rarely, so that two stations never answer each other for ever; but a peer that
//! does not know our present life gets one in the end (rule CONTACT-9).

use std::time::Duration;

/// An unanswered contact frame is repeated so often, unless traffic waits for the answer.
const TRIES_MAX: u32 = 6;
/// After so long without one, answers are given at once again. No gap is longer.
const CALM: Duration = Duration::from_secs(600);
const GAP_MIN: Duration = Duration::from_secs(1);
const GAP_WANTED_MIN: Duration = Duration::from_millis(250);

/// The contact frames of one bearer.
#[derive(Debug, Default)]
pub(crate) struct ContactTurn {
    asks: bool,
    answers: bool,
    /// One that asks went out and none came back.
    waits: bool,
    /// One of the peer's crossed ours, and was answered.
    crossed: bool,
    due: Duration,
    tries: u32,
    sent_at: Option<Duration>,
    /// No answer goes sooner than this after the last frame.
    gap: Duration,
}

impl ContactTurn {
    /// Ours shall go, and the peer's shall come.
    pub(crate) fn ask(&mut self, now: Duration) {
        if !self.asks {
            self.asks = true;
            self.crossed = false;
            self.due = now;
            self.tries = 0;
        }
    }

    /// Traffic begins to wait for the peer's. One of ours that is out goes again as soon as its
    /// answer is late, however rarely it was to be repeated. `wait` is how long an answer takes.
    pub(crate) fn want(&mut self, now: Duration, wait: Duration) {
        self.ask(now);
        #[cfg(feature = "planted-bugs")]
        if crate::planted::is_planted(crate::planted::Bug::TrafficWaitsForRareContact) {
            return;
        }
        if let Some(sent) = self.sent_at.filter(|_| self.waits) {
            let late = sent + wait.max(GAP_WANTED_MIN);
            self.due = self.due.min(late.max(now));
        }
    }

    /// Ours shall go, once. Nothing can come back.
    pub(crate) fn tell(&mut self, now: Duration) {
        if !self.asks {
            self.answers = true;
            self.due = now;
        }
    }

    /// When the one went that a frame of the peer answers which names us, if it answers one.
    pub(crate) fn answered_from(&self) -> Option<Duration> {
        self.sent_at.filter(|_| self.waits)
    }

    /// The peer's came; `names_us` when it has heard of us as we live now. `wait` is how long an
    /// answer takes.
    pub(crate) fn handle(&mut self, now: Duration, wait: Duration, names_us: bool) {
        if names_us {
            self.asks = false;
            if std::mem::take(&mut self.waits) {
                return;
            }
        } else if self.waits && !std::mem::replace(&mut self.crossed, true) {
            self.answers = true;
            self.due = now;
            return;
        }
        if !self.answers {
            self.answer(now, wait.max(GAP_WANTED_MIN), names_us);
        }
    }

    /// An answer goes when the gap since the last frame is over. Until then a peer that `knows_us`
    /// is not answered at all.
    fn answer(&mut self, now: Duration, gap_min: Duration, knows_us: bool) {
        #[cfg(feature = "planted-bugs")]
        if crate::planted::is_planted(crate::planted::Bug::ContactsWithoutEnd) {
            self.due = now;
            self.answers = true;
            return;
        }
        let mut at = now;
        match self
            .sent_at
            .filter(|sent| now.saturating_sub(*sent) <= CALM)
        {
            None => self.gap = gap_min,
            Some(sent) => {
                let gap = self.gap.max(gap_min);
                if knows_us && sent + gap > now {
                    return;
                }
                at = now.max(sent + gap);
                self.gap = (gap * 2).min(CALM);
            }
        }
        self.due = if self.asks { self.due.min(at) } else { at };
        self.answers = true;
    }

    /// When the next one goes, if any does.
    pub(crate) fn next_at(&self) -> Option<Duration> {
        (self.asks || self.answers).then_some(self.due)
    }

    /// One went out. `wait` is when its answer should be here; `wanted` while traffic waits for it.
    pub(crate) fn sent(&mut self, now: Duration, wait: Duration, wanted: bool) {
        self.answers = false;
        self.sent_at = Some(now);
        if !self.asks {
            return;
        }
        self.waits = true;
        self.tries += 1;
        if wanted {
            self.due = now + wait.max(GAP_WANTED_MIN);
        } else {
            self.due = now + wait.max(GAP_MIN) * (1 << self.tries.min(TRIES_MAX));
            self.asks = self.tries < TRIES_MAX;
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const SECOND: Duration = Duration::from_secs(1);

    #[test]
    fn answer_is_not_answered() {
        let mut ours = ContactTurn::default();
        let mut theirs = ContactTurn::default();
        ours.ask(Duration::ZERO);
        ours.sent(Duration::ZERO, SECOND, false);
        theirs.handle(SECOND, SECOND, true);
        assert_eq!(theirs.next_at(), Some(SECOND));
        theirs.sent(SECOND, SECOND, false);
        ours.handle(SECOND * 2, SECOND, true);
        assert_eq!((ours.next_at(), theirs.next_at()), (None, None));
    }

    #[test]
    fn two_that_start_at_once_each_send_one_more() {
        let mut turns = [ContactTurn::default(), ContactTurn::default()];
        for turn in &mut turns {
            turn.ask(Duration::ZERO);
            turn.sent(Duration::ZERO, SECOND, true);
        }
        for turn in &mut turns {
            turn.handle(SECOND, SECOND, false);
            assert_eq!(turn.next_at(), Some(SECOND));
            turn.sent(SECOND, SECOND, true);
        }
        for turn in &mut turns {
            turn.handle(SECOND * 2, SECOND, true);
            assert_eq!(turn.next_at(), None);
        }
    }

    #[test]
    fn old_copy_is_no_answer() {
        let mut ours = ContactTurn::default();
        ours.ask(Duration::ZERO);
        ours.sent(Duration::ZERO, SECOND, true);
        for _ in 0..9 {
            ours.handle(SECOND / 2, SECOND, false);
        }
        assert!(ours.next_at().is_some());
    }

    #[test]
    fn lost_answer_is_given_again() {
        let mut theirs = ContactTurn::default();
        let mut now = SECOND;
        for _ in 0..4 {
            theirs.handle(now, SECOND, true);
            assert_eq!(theirs.next_at(), Some(now));
            theirs.sent(now, SECOND, false);
            now *= 3;
        }
    }

    #[test]
    fn peer_that_does_not_know_our_life_is_answered_in_the_end() {
        let mut ours = ContactTurn::default();
        ours.handle(SECOND, SECOND, true);
        ours.sent(SECOND, SECOND, false);
        let soon = SECOND + SECOND / 10;
        ours.handle(soon, SECOND, true);
        assert_eq!(ours.next_at(), None, "it knows us");
        ours.handle(soon, SECOND, false);
        assert_eq!(ours.next_at(), Some(SECOND * 2));
    }

    #[test]
    fn old_copies_without_end_are_answered_a_few_times() {
        let mut ours = ContactTurn::default();
        let mut answers = 0;
        let mut now = SECOND;
        while now < SECOND * 3_600 {
            ours.handle(now, SECOND / 100, false);
            while ours.next_at().is_some_and(|due| due <= now) {
                ours.sent(now, SECOND / 100, false);
                answers += 1;
            }
            now += SECOND / 20;
        }
        assert!(answers <= 40, "{answers} in an hour");
    }

    #[test]
    fn gaps_are_bounded_while_ours_asks_and_old_copies_come() {
        let mut ours = ContactTurn::default();
        ours.ask(SECOND);
        for _ in 0..1_000 {
            ours.sent(SECOND, SECOND, true);
            ours.handle(SECOND, SECOND, false);
        }
        assert!(ours.next_at() <= Some(SECOND + CALM));
    }

    #[test]
    fn lost_one_goes_again_at_once_when_traffic_begins_to_wait() {
        let mut turn = ContactTurn::default();
        turn.ask(Duration::ZERO);
        for _ in 0..3 {
            let due = turn.next_at().unwrap();
            turn.sent(due, SECOND / 10, false);
        }
        let sent = turn.sent_at.unwrap();
        assert_eq!(turn.next_at(), Some(sent + SECOND * 8), "nobody waits");
        let soon = sent + SECOND / 10;
        turn.want(soon, SECOND / 10);
        assert_eq!(turn.next_at(), Some(sent + GAP_WANTED_MIN));
        turn.want(sent + SECOND, SECOND / 10);
        assert_eq!(turn.next_at(), Some(sent + GAP_WANTED_MIN));

        let mut late = ContactTurn::default();
        late.ask(Duration::ZERO);
        late.sent(Duration::ZERO, SECOND / 10, false);
        late.want(SECOND, SECOND / 10);
        assert_eq!(late.next_at(), Some(SECOND), "its answer is late already");
    }

    #[test]
    fn what_nobody_can_answer_is_told_once() {
        let mut ours = ContactTurn::default();
        ours.tell(SECOND);
        assert_eq!(ours.next_at(), Some(SECOND));
        ours.sent(SECOND, SECOND, false);
        assert_eq!(ours.next_at(), None);
    }

    #[test]
    fn two_that_take_each_other_for_asking_fall_quiet() {
        let mut turns = [ContactTurn::default(), ContactTurn::default()];
        let mut now = SECOND;
        let mut frames = 0;
        let mut to = 0;
        for turn in &mut turns {
            turn.ask(Duration::ZERO);
            turn.sent(Duration::ZERO, SECOND / 100, false);
            turn.handle(SECOND / 2, SECOND / 100, true);
        }
        turns[to].handle(now, SECOND / 100, true);
        while turns[to].next_at().is_some() {
            turns[to].sent(now, SECOND / 100, false);
            frames += 1;
            to = 1 - to;
            now += SECOND;
            turns[to].handle(now, SECOND / 100, true);
        }
        assert!(frames < 12, "{frames}");
    }

    #[test]
    fn idle_line_falls_quiet_and_a_waiting_one_does_not() {
        for wanted in [false, true] {
            let mut turn = ContactTurn::default();
            turn.ask(Duration::ZERO);
            let mut sent = 0;
            while let Some(due) = turn.next_at().filter(|_| sent < 100) {
                turn.sent(due, Duration::ZERO, wanted);
                sent += 1;
            }
            assert_eq!(sent, if wanted { 100 } else { TRIES_MAX });
        }
    }

    #[cfg(feature = "planted-bugs")]
    mod planted {
        use super::*;
        use crate::planted::{Bug, is_noticed};

        #[test]
        fn contact_that_traffic_waits_for_in_vain_is_noticed() {
            is_noticed(
                Bug::TrafficWaitsForRareContact,
                lost_one_goes_again_at_once_when_traffic_begins_to_wait,
            );
        }

        #[test]
        fn answers_to_old_copies_without_end_are_noticed() {
            is_noticed(
                Bug::ContactsWithoutEnd,
                old_copies_without_end_are_answered_a_few_times,
            );
        }
    }
}
