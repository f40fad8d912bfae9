//! Random histories: whatever is said in whatever order, no ask is closed without the act of that
//! name, and prose closes nothing.
//!
//! Each history follows from its seed; `chance` says how to run one alone.

use std::collections::BTreeSet;

use redphone_desk::asks::{
    AskKey, AskMoved, AskRecord, AskState, Asks, Event, Refusal, Said, Side,
};
use redphone_wire::{Act, ActWord, Utc, UtcSeconds};

use super::book::{ACT_BY_S, ANSWER_BY_S, READBACK_BY_S, SERIAL, START_S, ask, at};
use super::chance::{Chance, each_seed};

const HISTORIES: u64 = 100_000;
const STEPS_MAX: u64 = 16;

#[test]
fn no_ask_is_closed_without_the_act_of_that_name_and_never_by_prose() {
    let mut seen = Seen::default();
    let all = each_seed(HISTORIES, |seed| History::new(seed).run(&mut seen));
    if all {
        seen.check_all();
    }
}

/// What was seen in all histories: a test of nothing would pass too.
#[derive(Default)]
struct Seen {
    moves: BTreeSet<(AskState, AskState)>,
    flags: BTreeSet<&'static str>,
    prose: u64,
}

impl Seen {
    fn note(&mut self, moved: &AskMoved) {
        self.moves.insert((moved.from, moved.to));
        self.flags.extend(moved.flags.iter().map(|flag| flag.en()));
        self.prose += u64::from(moved.event == Event::Prose);
    }

    fn check_all(&self) {
        let reached: BTreeSet<AskState> = self.moves.iter().map(|(_, to)| *to).collect();
        assert_eq!(reached.len(), 17, "all but draft: {reached:?}");
        assert_eq!(self.flags.len(), 5, "{:?}", self.flags);
        assert!(self.prose > HISTORIES / 4, "{}", self.prose);
    }
}

/// One history, in the books of both sides.
struct History {
    chance: Chance,
    now: u32,
    asks: Asks,
    mirror: Asks,
    records: Vec<AskRecord>,
}

/// What was said, if the step was an act.
type Word<'a> = Option<(Said, &'a Act)>;

impl History {
    /// Two asks of ours and one of theirs, under the same serial.
    fn new(seed: u64) -> Self {
        let mut history = Self {
            chance: Chance::new(seed),
            now: START_S,
            asks: Asks::default(),
            mirror: Asks::default(),
            records: Vec::new(),
        };
        for (asker, asks) in [(Side::Us, &[ask(1), ask(2)][..]), (Side::Peer, &[ask(1)])] {
            let by = UtcSeconds(READBACK_BY_S);
            let list = |book: &Asks, asker| book.list(at(START_S), asker, SERIAL, asks, by);
            let listed = list(&history.asks, asker);
            let mirrored = list(&history.mirror, asker.other());
            history.take(listed, mirrored, None, &mut Seen::default());
        }
        history
    }

    fn run(&mut self, seen: &mut Seen) {
        for _ in 0..4 + self.chance.below(STEPS_MAX - 4) {
            self.now += u32::try_from(self.chance.below(90)).unwrap();
            let now = at(self.now);
            let asker = self.chance.side();
            let other = asker.other();
            match self.chance.below(16) {
                0..=2 => {
                    let prose = self.asks.handle_prose(now, asker, SERIAL);
                    let mirrored = self.mirror.handle_prose(now, other, SERIAL);
                    self.take(Ok(prose), Ok(mirrored), None, seen);
                }
                3..=4 => {
                    let timed = self.asks.handle_timeout(now);
                    let mirrored = self.mirror.handle_timeout(now);
                    self.take(Ok(timed), Ok(mirrored), None, seen);
                    let next = self.asks.poll_timeout();
                    assert!(next.is_none_or(|next| next > now), "{next:?}");
                }
                5 if self.chance.below(4) == 0 => {
                    let ended = self.asks.supersede(now, asker, SERIAL);
                    let mirrored = self.mirror.supersede(now, other, SERIAL);
                    self.take(Ok(ended), Ok(mirrored), None, seen);
                }
                _ => self.say(now, asker, seen),
            }
        }
        self.check_replay();
    }

    fn say(&mut self, now: Utc, asker: Side, seen: &mut Seen) {
        let act = self.chance.any_act(self.now);
        let is_asker = act.word().speaker().is_asker() != (self.chance.below(16) == 0);
        let by = if is_asker { asker } else { asker.other() };
        let serial = SERIAL;
        let said = Said { by, asker, serial };
        let mirrored = Said {
            by: by.other(),
            asker: asker.other(),
            serial,
        };
        let here = self.asks.handle_act(now, said, &act);
        let there = self.mirror.handle_act(now, mirrored, &act);
        self.take(here, there, Some((said, &act)), seen);
    }

    /// Checks what both books decided, then lets it be.
    fn take(
        &mut self,
        here: Result<Vec<AskRecord>, Refusal>,
        there: Result<Vec<AskRecord>, Refusal>,
        word: Word<'_>,
        seen: &mut Seen,
    ) {
        let why = |refusal: &Refusal| refusal.why;
        assert_eq!(here.as_ref().err().map(why), there.as_ref().err().map(why));
        for record in there.unwrap_or_default() {
            self.mirror.apply(&record);
        }
        for record in here.unwrap_or_default() {
            if let AskRecord::Moved(moved) = &record {
                self.check(moved, word);
                seen.note(moved);
            }
            self.asks.apply(&record);
            self.records.push(record);
        }
    }

    fn check(&self, moved: &AskMoved, word: Word<'_>) {
        let held = self.asks.ask(moved.key).unwrap();
        assert_eq!(moved.from, held.state);
        if moved.from == moved.to {
            return;
        }
        assert_ne!(moved.event, Event::Prose, "prose moved an ask: {moved:?}");
        let Some(name) = closing_act(moved.to) else {
            return;
        };
        assert_eq!(moved.event, Event::Act(name), "{moved:?}");
        let (said, act) = word.expect("closed, and nobody said a word");
        let key = AskKey {
            asker: said.asker,
            serial: said.serial,
            number: act.ask().expect("closed by a word about no ask"),
        };
        assert_eq!((act.word(), key), (name, moved.key));
        let asker_speaks = matches!(name, ActWord::Verified | ActWord::Withdraw);
        assert_eq!(said.by == said.asker, asker_speaks, "{said:?} {act:?}");
        if let Act::Commit {
            verb, object, by, ..
        } = act
        {
            assert_eq!((verb, object), (&held.ask.verb, &held.ask.object));
            assert!(by.0 <= ACT_BY_S, "{act:?}");
        }
    }

    /// The records are the book, and both books read alike.
    fn check_replay(&self) {
        let mut replayed = Asks::default();
        for record in &self.records {
            replayed.apply(record);
        }
        assert_eq!(replayed, self.asks);
        for (key, held) in self.asks.iter() {
            let mirrored = AskKey {
                asker: key.asker.other(),
                ..*key
            };
            assert_eq!(self.mirror.ask(mirrored), Some(held));
            let in_time = held.ask.answer_by.0 == ANSWER_BY_S;
            assert!(in_time, "what was asked never changes");
        }
    }
}

/// The act without which no ask comes to a state.
fn closing_act(state: AskState) -> Option<ActWord> {
    let acts = [
        (AskState::Committed, ActWord::Commit),
        (AskState::Refused, ActWord::Refuse),
        (AskState::Unable, ActWord::Unable),
        (AskState::Declined, ActWord::Decline),
        (AskState::Verified, ActWord::Verified),
        (AskState::Withdrawn, ActWord::Withdraw),
    ];
    let mut acts = acts.into_iter();
    acts.find(|(to, _)| *to == state).map(|(_, act)| act)
}

#[cfg(feature = "planted-bugs")]
mod planted {
    use redphone_desk::planted::{Bug, is_noticed};

    use super::*;

    #[test]
    fn prose_that_closes_an_ask_is_noticed() {
        is_noticed(
            Bug::ProseCommits,
            no_ask_is_closed_without_the_act_of_that_name_and_never_by_prose,
        );
    }

    #[test]
    fn commitment_to_another_deed_is_noticed() {
        is_noticed(
            Bug::OtherDeedCommits,
            no_ask_is_closed_without_the_act_of_that_name_and_never_by_prose,
        );
    }

    #[test]
    fn asker_who_answers_himself_is_noticed() {
        is_noticed(
            Bug::AnySideSpeaks,
            no_ask_is_closed_without_the_act_of_that_name_and_never_by_prose,
        );
    }
}
