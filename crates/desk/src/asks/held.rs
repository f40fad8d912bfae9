//! One ask of the book: what a word or a time does to it, and what it comes to by that.
//!
//! Owns what the table cannot say: the fit of a COMMIT, the time of a DEFER, the numbers of
//! read-backs. Rules ASK-7 to ASK-11.

use minicbor::{Decode, Encode};
use redphone_wire::{Act, ActWord, Ask, Utc, UtcSeconds, Verb, shown, shown_name};

use super::record::{AskKey, AskMoved, Terms};
use super::refusal::Why;
use super::state::{AskState, Clock, Event, Flag, Flags};
use super::table::{Cell, cell};

/// More than the clocks can do to one ask at one moment: each leads on, and none leads back.
const CLOCK_STEPS_MAX: usize = 4;

/// An ask and where it stands.
#[derive(Clone, Debug, Decode, Encode, Eq, PartialEq)]
pub struct HeldAsk {
    /// What is asked. Texts as they may be shown.
    #[n(0)]
    pub ask: Ask,
    /// Where it stands.
    #[n(1)]
    pub state: AskState,
    /// What is held against its answers.
    #[n(2)]
    pub flags: Flags,
    /// Since when it stands there.
    #[n(3)]
    pub since: Utc,
    /// When it opens even if the message was not read back.
    #[n(4)]
    pub readback_by: UtcSeconds,
    /// What the last act about it said.
    #[n(5)]
    pub terms: Terms,
    /// When a commitment to it was first broken. Stays when the deed is done late.
    #[n(6)]
    pub breached: Option<Utc>,
    /// Whether its answer was put off.
    #[n(7)]
    deferred: bool,
    /// The number of the newest read-back; 0 before the first.
    #[n(8)]
    readback: u8,
    /// Whether that read-back waits for CORRECT or CORRECTION.
    #[n(9)]
    readback_waits: bool,
}

impl HeldAsk {
    /// An ask whose message was released.
    pub(super) fn new(ask: Ask, readback_by: UtcSeconds, at: Utc) -> Self {
        Self {
            ask,
            state: AskState::Sent,
            flags: Flags::default(),
            since: at,
            readback_by,
            terms: Terms::default(),
            breached: None,
            deferred: false,
            readback: 0,
            readback_waits: false,
        }
    }

    /// Changes it by a fact. Decides nothing.
    pub(super) fn apply(&mut self, moved: &AskMoved) {
        if moved.to != self.state {
            self.since = moved.at;
        }
        self.state = moved.to;
        self.flags = self.flags.union(moved.flags);
        if let Some(terms) = &moved.terms {
            self.terms = terms.clone();
        }
        if moved.to == AskState::Breached {
            self.breached.get_or_insert(moved.at);
        }
        self.deferred |= moved.event == Event::Act(ActWord::Defer);
        if let Some(readback) = moved.readback {
            self.readback = readback;
            self.readback_waits = moved.event == Event::Act(ActWord::ReadBack);
        }
    }

    /// Whether a time that it waits for is over.
    pub(super) fn is_due(&self, now: Utc) -> bool {
        self.overdue(now).is_some()
    }

    fn overdue(&self, now: Utc) -> Option<Clock> {
        let (deadline, clock) = self.deadline()?;
        (now.seconds() > deadline).then_some(clock)
    }

    /// Applies all that the clock has to say at a moment, and says what it was.
    pub(super) fn expire(&mut self, key: AskKey, now: Utc) -> Vec<AskMoved> {
        let mut records = Vec::new();
        for _ in 0..CLOCK_STEPS_MAX {
            let clock = self.overdue(now).map(Event::Clock);
            let moved = clock.and_then(|clock| self.event(key, now, clock));
            let Some(moved) = moved else {
                break;
            };
            self.apply(&moved);
            records.push(moved);
        }
        records
    }

    /// The time that it waits for next. The second that is named is still in time.
    pub fn deadline(&self) -> Option<(UtcSeconds, Clock)> {
        let answer_by = (self.ask.answer_by, Clock::AnswerBy);
        match self.state {
            AskState::Delivered => Some((self.readback_by, Clock::ReadBackBy)),
            AskState::Open | AskState::Countered | AskState::Disputed => Some(answer_by),
            AskState::Deferred => {
                let until = self.terms.time.filter(|until| *until <= answer_by.0);
                Some(until.map_or(answer_by, |until| (until, Clock::Until)))
            }
            AskState::Committed => self.terms.time.map(|by| (by, Clock::ActBy)),
            AskState::Draft
            | AskState::Sent
            | AskState::Understood
            | AskState::Refused
            | AskState::Unable
            | AskState::Declined
            | AskState::DoneClaimed
            | AskState::Verified
            | AskState::Breached
            | AskState::Lapsed
            | AskState::Withdrawn
            | AskState::Superseded => None,
        }
    }

    /// What an event that is not an act does to it. Raising a flag again says nothing new.
    pub(super) fn event(&self, key: AskKey, at: Utc, event: Event) -> Option<AskMoved> {
        // The table refuses acts only.
        let moved = self.step(key, at, event, event).ok().flatten()?;
        let is_new = moved.to != self.state || self.flags.union(moved.flags) != self.flags;
        is_new.then_some(moved)
    }

    /// What an act does to it.
    pub(super) fn act(&self, key: AskKey, at: Utc, act: &Act) -> Result<Option<AskMoved>, Why> {
        let word = act.word();
        let mismatch = matches!(act, Act::Commit { verb, object, by, .. }
            if !self.is_asked(*verb, object, *by));
        let taken_as = if mismatch { ActWord::Counter } else { word };
        let step = self.step(key, at, Event::Act(word), Event::Act(taken_as))?;
        let Some(mut moved) = step else {
            return Ok(None);
        };
        if mismatch {
            moved.flags = moved.flags.with(Flag::CommitMismatch);
        }
        if let Act::Defer { until, .. } = act {
            moved.flags = moved.flags.union(self.defer_flags(*until));
        }
        moved.readback = self.check_readback(act)?;
        moved.terms = terms(act);
        Ok(Some(moved))
    }

    /// One step of the table. A COMMIT that does not fit is recorded as said and taken as COUNTER.
    fn step(
        &self,
        key: AskKey,
        at: Utc,
        event: Event,
        taken_as: Event,
    ) -> Result<Option<AskMoved>, Why> {
        let (to, flag) = match cell(self.state, taken_as) {
            Cell::Moves(to, flag) => (to, flag),
            Cell::Stays(flag) => (self.state, flag),
            Cell::Nothing => return Ok(None),
            Cell::Refused(why) => return Err(why),
        };
        Ok(Some(AskMoved {
            key,
            at,
            event,
            from: self.state,
            to,
            flags: flag.into_iter().collect(),
            terms: None,
            readback: None,
        }))
    }

    /// Whether a commitment is to the deed that was asked for, and in time (rule ASK-8).
    fn is_asked(&self, verb: Verb, object: &str, by: UtcSeconds) -> bool {
        #[cfg(feature = "planted-bugs")]
        if crate::planted::is_planted(crate::planted::Bug::OtherDeedCommits) {
            return true;
        }
        let same = verb == self.ask.verb && shown(object) == self.ask.object;
        same && by <= self.ask.act_by
    }

    fn defer_flags(&self, until: UtcSeconds) -> Flags {
        let late = (until > self.ask.answer_by).then_some(Flag::LateAnswer);
        let again = self.deferred.then_some(Flag::SecondDefer);
        late.into_iter().chain(again).collect()
    }

    /// The number of the read-back that an act is about.
    fn check_readback(&self, act: &Act) -> Result<Option<u8>, Why> {
        if let Act::ReadBack { readback, .. } = act {
            return if *readback > self.readback {
                Ok(Some(*readback))
            } else {
                Err(Why::ReadBackOld)
            };
        }
        let (Act::Correct { readback } | Act::Correction { readback, .. }) = act else {
            return Ok(None);
        };
        if !self.readback_waits {
            Err(Why::NothingReadBack)
        } else if *readback != self.readback {
            Err(Why::ReadBackOther)
        } else {
            Ok(Some(*readback))
        }
    }
}

/// An ask with its texts as they may be shown.
pub(super) fn harmless(ask: &Ask) -> Ask {
    Ask {
        to: shown_name(&ask.to),
        object: shown(&ask.object),
        ..ask.clone()
    }
}

/// What the book keeps of what an act said.
fn terms(act: &Act) -> Option<Terms> {
    act.ask()?;
    let mut terms = Terms::default();
    let words = match act {
        Act::Commit {
            who,
            verb,
            object,
            by,
            ..
        } => {
            terms.who = shown_name(who);
            terms.time = Some(*by);
            Some(format!("{verb} {object}"))
        }
        Act::Defer { until, who, .. } => {
            terms.who = shown_name(who);
            terms.time = Some(*until);
            None
        }
        Act::Done { at, evidence, .. } => {
            terms.time = Some(*at);
            evidence.clone()
        }
        Act::Refuse { reason, .. } => reason.clone(),
        Act::Unable { reason, .. } => Some(reason.clone()),
        Act::NotVerified { seen, .. } => Some(seen.clone()),
        Act::Received
        | Act::ReadBack { .. }
        | Act::Correct { .. }
        | Act::Correction { .. }
        | Act::Counter { .. }
        | Act::Dispute { .. }
        | Act::Decline { .. }
        | Act::Verified { .. }
        | Act::Withdraw { .. } => None,
    };
    terms.words = words.map(|words| shown(&words)).unwrap_or_default();
    Some(terms)
}
