//! A book that records what it is told, and acts with everything in them.

use redphone_desk::asks::{
    AskKey, AskRecord, AskState, Asks, Flag, HeldAsk, Refusal, Said, Side, Why,
};
use redphone_wire::{Act, ActWord, Ask, Item, Serial, Utc, UtcSeconds, Verb};

pub(crate) const START_S: u32 = 1_000;
pub(crate) const READBACK_BY_S: u32 = 1_100;
pub(crate) const ANSWER_BY_S: u32 = 1_300;
pub(crate) const ACT_BY_S: u32 = 1_500;
pub(crate) const SERIAL: Serial = Serial(7);
/// The ask that most tests are about.
pub(crate) const KEY: AskKey = AskKey {
    asker: Side::Us,
    serial: SERIAL,
    number: 1,
};

pub(crate) fn at(second: u32) -> Utc {
    UtcSeconds(second).into()
}

pub(crate) fn ask(number: u8) -> Ask {
    Ask {
        number,
        to: "SUD".to_owned(),
        verb: Verb::Preserve,
        object: "the log of 28 October".to_owned(),
        act_by: UtcSeconds(ACT_BY_S),
        answer_by: UtcSeconds(ANSWER_BY_S),
    }
}

/// An act with all its parts, about ask 1 and read-back 1.
pub(crate) fn act(word: ActWord) -> Act {
    let items = vec![Item {
        item: 1,
        value: "28 October".to_owned(),
    }];
    let words = "the log is gone".to_owned();
    let who = "SUD watch".to_owned();
    match word {
        ActWord::Received => Act::Received,
        ActWord::ReadBack => Act::ReadBack { readback: 1, items },
        ActWord::Correct => Act::Correct { readback: 1 },
        ActWord::Correction => Act::Correction { readback: 1, items },
        ActWord::Commit => Act::Commit {
            ask: 1,
            who,
            verb: ask(1).verb,
            object: ask(1).object,
            by: UtcSeconds(ACT_BY_S),
        },
        ActWord::Refuse => Act::Refuse {
            ask: 1,
            reason: None,
        },
        ActWord::Unable => Act::Unable {
            ask: 1,
            reason: words,
        },
        ActWord::Counter => Act::Counter {
            ask: 1,
            asks: vec![ask(1)],
        },
        ActWord::Defer => Act::Defer {
            ask: 1,
            until: UtcSeconds(ANSWER_BY_S - 50),
            who,
        },
        ActWord::Dispute => Act::Dispute {
            ask: 1,
            items: vec![1],
        },
        ActWord::Decline => Act::Decline { ask: 1 },
        ActWord::Done => Act::Done {
            ask: 1,
            at: UtcSeconds(START_S),
            evidence: Some(words),
        },
        ActWord::Verified => Act::Verified { ask: 1 },
        ActWord::NotVerified => Act::NotVerified {
            ask: 1,
            seen: words,
        },
        ActWord::Withdraw => Act::Withdraw { ask: 1 },
    }
}

/// Asks of ours in message 7, and every record of their life.
#[derive(Clone, Debug, Default)]
pub(crate) struct Book {
    pub(crate) asks: Asks,
    pub(crate) records: Vec<AskRecord>,
    pub(crate) second: u32,
}

impl Book {
    /// Two asks of ours, sent.
    pub(crate) fn sent() -> Self {
        let mut book = Self {
            second: START_S,
            ..Self::default()
        };
        let listed = book.asks.list(
            at(START_S),
            Side::Us,
            SERIAL,
            &[ask(1), ask(2)],
            UtcSeconds(READBACK_BY_S),
        );
        book.take(listed.unwrap());
        book
    }

    /// The same, after some words.
    pub(crate) fn after(words: &[ActWord]) -> Self {
        let mut book = Self::sent();
        for word in words {
            book.say(&act(*word)).unwrap();
        }
        book
    }

    /// The same, read back and open.
    pub(crate) fn open() -> Self {
        Self::after(&[ActWord::ReadBack, ActWord::Correct])
    }

    /// Who may say it says it.
    pub(crate) fn say(&mut self, act: &Act) -> Result<usize, Refusal> {
        let by = if act.word().speaker().is_asker() {
            Side::Us
        } else {
            Side::Peer
        };
        let records = self.asks.handle_act(at(self.second), said(by), act)?;
        let count = records.len();
        self.take(records);
        Ok(count)
    }

    /// Why an act is refused.
    pub(crate) fn refused(&self, act: &Act) -> Why {
        self.clone().say(act).unwrap_err().why
    }

    /// The clock comes to a second.
    pub(crate) fn wait(&mut self, second: u32) {
        self.second = second;
        let records = self.asks.handle_timeout(at(second));
        self.take(records);
    }

    pub(crate) fn take(&mut self, records: Vec<AskRecord>) {
        for record in records {
            self.asks.apply(&record);
            self.records.push(record);
        }
    }

    pub(crate) fn held(&self) -> &HeldAsk {
        self.asks.ask(KEY).unwrap()
    }

    pub(crate) fn state(&self) -> AskState {
        self.held().state
    }

    pub(crate) fn flags(&self) -> Vec<Flag> {
        self.held().flags.iter().collect()
    }
}

pub(crate) fn said(by: Side) -> Said {
    Said {
        by,
        asker: Side::Us,
        serial: SERIAL,
    }
}
