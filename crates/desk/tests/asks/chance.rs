//! Chance that follows from a seed. A seed that failed is printed; `REDPHONE_HISTORY=seed` runs it
//! alone.

use redphone_desk::asks::Side;
use redphone_wire::{Act, ActWord, Ask, Item, UtcSeconds, Verb};

use super::book::{act, ask};

/// Runs a test for each seed, or for the one that the environment names. Says whether all ran.
pub(crate) fn each_seed(count: u64, mut test: impl FnMut(u64)) -> bool {
    let alone = std::env::var("REDPHONE_HISTORY").ok();
    let alone = alone.map(|seed| seed.parse::<u64>().unwrap());
    for seed in alone.map_or(0..count, |seed| seed..seed + 1) {
        let _named = Seed(seed);
        test(seed);
    }
    alone.is_none()
}

/// Names the history that was running when a test failed.
struct Seed(u64);

impl Drop for Seed {
    fn drop(&mut self) {
        if std::thread::panicking() {
            eprintln!("REDPHONE_HISTORY={}", self.0);
        }
    }
}

/// A small generator (SplitMix64, Steele, Lea and Flood, 2014).
pub(crate) struct Chance(u64);

impl Chance {
    pub(crate) fn new(seed: u64) -> Self {
        Self(seed)
    }

    pub(crate) fn below(&mut self, end: u64) -> u64 {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mut z = self.0;
        z = (z ^ (z >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        z = (z ^ (z >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        (z ^ (z >> 31)) % end
    }

    /// Seconds, fewer than `end`.
    pub(crate) fn seconds(&mut self, end: u64) -> u32 {
        u32::try_from(self.below(end)).unwrap()
    }

    /// A side, ours twice as often.
    pub(crate) fn side(&mut self) -> Side {
        if self.below(3) == 0 {
            Side::Peer
        } else {
            Side::Us
        }
    }

    /// An act about ask 1, 2 or 3, at times with something in it that was not asked for.
    pub(crate) fn any_act(&mut self, now: u32) -> Act {
        let words = ActWord::ALL.len() as u64;
        let word = ActWord::ALL[usize::try_from(self.below(words)).unwrap()];
        let number = 1 + u8::try_from(self.below(9) / 4).unwrap();
        let soon = now + self.seconds(200);
        let odd = self.below(4) == 0;
        let Ask { verb, object, .. } = ask(1);
        let who = "SUD watch".to_owned();
        let items = vec![Item {
            item: 1,
            value: who.clone(),
        }];
        let readback = number;
        match word {
            ActWord::ReadBack => Act::ReadBack { readback, items },
            ActWord::Correct => Act::Correct { readback },
            ActWord::Correction => Act::Correction { readback, items },
            ActWord::Commit => Act::Commit {
                ask: number,
                who,
                verb: if odd { Verb::Stop } else { verb },
                object,
                by: UtcSeconds(soon),
            },
            ActWord::Refuse => Act::Refuse {
                ask: number,
                reason: odd.then_some(object),
            },
            ActWord::Defer => Act::Defer {
                ask: number,
                until: UtcSeconds(soon),
                who,
            },
            ActWord::Decline => Act::Decline { ask: number },
            ActWord::Verified => Act::Verified { ask: number },
            ActWord::Withdraw => Act::Withdraw { ask: number },
            ActWord::Received
            | ActWord::Unable
            | ActWord::Counter
            | ActWord::Dispute
            | ActWord::Done
            | ActWord::NotVerified => act(word),
        }
    }
}
