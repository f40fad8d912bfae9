//! Two stations on one line, whose words take their time and cross.

use std::collections::VecDeque;

use redphone_desk::asks::{AskKey, AskRecord, Asks, Refusal, Said, Side};
use redphone_wire::{Act, UtcSeconds};

use super::book::{ACT_BY_S, KEY, READBACK_BY_S, SERIAL, START_S, ask, at};
use super::chance::{Chance, each_seed};

const HISTORIES: u64 = 20_000;
const STEPS: usize = 24;

#[test]
fn words_that_cross_leave_both_books_answered_or_neither() {
    let mut crossed = 0;
    let all = each_seed(HISTORIES, |seed| {
        let mut line = Line::new();
        let mut chance = Chance::new(seed);
        let mut now = START_S;
        for _ in 0..STEPS {
            now += chance.seconds(60);
            let by = chance.side();
            match chance.below(4) {
                0 | 1 => line.say(now, by, &chance.any_act(now)),
                2 => line.deliver(now, by),
                _ => line.wait(now),
            }
        }
        line.end(now);
        crossed += line.refused;
    });
    assert!(!all || crossed > HISTORIES / 10, "{crossed}");
}

/// The books of NORD, which asked, and of SUD; and what is under way to each.
struct Line {
    nord: Asks,
    sud: Asks,
    to_nord: VecDeque<Act>,
    to_sud: VecDeque<Act>,
    /// Words that one side could say and the other could no longer take.
    refused: u64,
}

impl Line {
    fn new() -> Self {
        let asks = [ask(1), ask(2)];
        let book = |asker| {
            let by = UtcSeconds(READBACK_BY_S);
            let mut book = Asks::default();
            let listed = book.list(at(START_S), asker, SERIAL, &asks, by);
            apply(&mut book, listed);
            book
        };
        let mut line = Self {
            nord: book(Side::Us),
            sud: book(Side::Peer),
            to_nord: VecDeque::new(),
            to_sud: VecDeque::new(),
            refused: 0,
        };
        line.say(START_S, Side::Peer, &Act::Received);
        line
    }

    /// NORD (`Us`) or SUD says something, if its own book lets it.
    fn say(&mut self, now: u32, by: Side, act: &Act) {
        let (book, asker, way) = match by {
            Side::Us => (&mut self.nord, Side::Us, &mut self.to_sud),
            Side::Peer => (&mut self.sud, Side::Peer, &mut self.to_nord),
        };
        if apply(book, book.handle_act(at(now), said(Side::Us, asker), act)) {
            way.push_back(act.clone());
        }
    }

    /// The oldest word that is under way to a side comes.
    fn deliver(&mut self, now: u32, to: Side) {
        let (book, asker, way) = match to {
            Side::Us => (&mut self.nord, Side::Us, &mut self.to_nord),
            Side::Peer => (&mut self.sud, Side::Peer, &mut self.to_sud),
        };
        let Some(act) = way.pop_front() else {
            return;
        };
        let taken = apply(
            book,
            book.handle_act(at(now), said(Side::Peer, asker), &act),
        );
        self.refused += u64::from(!taken);
    }

    fn wait(&mut self, now: u32) {
        for book in [&mut self.nord, &mut self.sud] {
            apply(book, Ok(book.handle_timeout(at(now))));
        }
    }

    /// All words come, all times pass.
    fn end(&mut self, now: u32) {
        while !self.to_nord.is_empty() || !self.to_sud.is_empty() {
            self.deliver(now, Side::Us);
            self.deliver(now, Side::Peer);
        }
        self.wait(now.max(ACT_BY_S) + 1);
        for number in [1, 2] {
            let asker = Side::Peer;
            let there = AskKey {
                number,
                asker,
                ..KEY
            };
            let nord = self.nord.ask(AskKey { number, ..KEY }).unwrap();
            let sud = self.sud.ask(there).unwrap();
            let (here, there) = (nord.state, sud.state);
            assert_eq!(
                here.is_unanswered(),
                there.is_unanswered(),
                "{here} {there}"
            );
            assert_eq!(here.is_final(), there.is_final(), "{here} {there}");
        }
    }
}

/// Seen from one book: who says something about a message of NORD.
fn said(by: Side, asker: Side) -> Said {
    let serial = SERIAL;
    Said { by, asker, serial }
}

/// Whether a word was taken.
fn apply(book: &mut Asks, records: Result<Vec<AskRecord>, Refusal>) -> bool {
    let taken = records.is_ok();
    for record in records.unwrap_or_default() {
        book.apply(&record);
    }
    taken
}
