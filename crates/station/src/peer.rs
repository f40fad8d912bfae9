//! All that the hub holds of one peer.

use std::collections::{BTreeMap, BTreeSet};
use std::time::Duration;

use redphone_desk::watch::Rises;
use redphone_line::{HourlyTest, Learned, Line, LineConfig, TestConfig, TestMark};
use redphone_seal::{Cipher, Pairing, RowChange};
use redphone_wire::{Card, Direction, Now, PartyName, Serial, TapeKey, Utc};
use zeroize::Zeroizing;

use crate::budget::Budgets;
use crate::carriage::Carriage;
use crate::key_ages::KeyAges;
use crate::rows::cipher_prefix;

/// The reels that wait for a pairing, by number.
pub(crate) type Tapes = BTreeMap<u32, ([u8; 8], TapeKey)>;

/// A row of the vault that is to go.
pub(crate) type Erased = (Vec<u8>, Option<Zeroizing<Vec<u8>>>);

/// One peer: its card, its keys, its line.
pub(crate) struct Peer {
    pub(crate) card: Option<Card>,
    /// Generation of the keys in force, or of the last that were; 0 before the first pairing.
    pub(crate) generation: u32,
    pub(crate) cipher: Option<Cipher>,
    /// Keys of a pairing that the other side has not confirmed, while older ones are in force.
    pub(crate) waiting: Option<Cipher>,
    /// The lower side's pairing between its letters.
    pub(crate) pairing: Option<Pairing>,
    /// The letters we made, by number: what they answer, and their text.
    pub(crate) letters: BTreeMap<u8, ([u8; 32], String)>,
    pub(crate) line: Line,
    pub(crate) test: HourlyTest,
    pub(crate) carriage: Carriage,
    /// Tapes before the pairing: ours and theirs.
    pub(crate) tapes: [Tapes; 2],
    pub(crate) learned: BTreeMap<String, Learned>,
    pub(crate) last_test: LastTest,
    pub(crate) budgets: Budgets,
    /// When messages that nobody acknowledges rise.
    pub(crate) rises: Rises,
    pub(crate) key_ages: KeyAges,
    pub(crate) refused_frames: u64,
    pub(crate) refused_told: u64,
    /// Row ids of each generation in the vault, to erase them when it dies.
    pub(crate) rows: BTreeMap<u32, BTreeSet<Vec<u8>>>,
    pub(crate) told_silent: Option<bool>,
    /// When refused frames may be told again, on the monotonic clock.
    pub(crate) refused_tell_at: Duration,
    /// When missing serials are looked at again, on the monotonic clock.
    pub(crate) missing_next: Option<Duration>,
    /// Highest tape numbers ever installed: ours and theirs.
    pub(crate) tape_last: [u32; 2],
    /// When the station was restored, until the line is paired anew.
    pub(crate) restored: Option<Utc>,
    /// Since a restore, until it is known up to where the peer holds our messages.
    pub(crate) serials_unsure: bool,
    /// Since a pairing anew, until the peer has said up to where it holds our messages.
    pub(crate) awaits_serials: bool,
    /// Since the peer proved that we run from an earlier state, until its serials are known.
    pub(crate) rolled_back: bool,
    /// Messages of ours up to this serial that have no receipt may bear the number of others that
    /// the peer holds; 0 where there is no doubt.
    pub(crate) doubtful_to: Serial,
}

/// What became of the newest test.
#[derive(Clone, Debug, Default)]
pub(crate) struct LastTest {
    pub(crate) good: Option<(Utc, u32)>,
    pub(crate) outcome: String,
    pub(crate) mark: TestMark,
}

impl Peer {
    /// A peer without keys. `life` says how often this station has started.
    pub(crate) fn new(now: Now, life: u32) -> Self {
        let config = LineConfig {
            life,
            ..LineConfig::default()
        };
        Self {
            card: None,
            generation: 0,
            cipher: None,
            waiting: None,
            pairing: None,
            letters: BTreeMap::new(),
            line: Line::new(config),
            test: new_test(now, Direction::FromLower, TestMark::default()),
            carriage: Carriage::default(),
            tapes: [Tapes::new(), Tapes::new()],
            learned: BTreeMap::new(),
            last_test: LastTest::default(),
            budgets: Budgets::default(),
            rises: Rises::default(),
            key_ages: KeyAges::default(),
            refused_frames: 0,
            refused_told: 0,
            rows: BTreeMap::new(),
            told_silent: None,
            refused_tell_at: Duration::ZERO,
            missing_next: None,
            tape_last: [0; 2],
            restored: None,
            serials_unsure: false,
            awaits_serials: false,
            rolled_back: false,
            doubtful_to: Serial(0),
        }
    }

    /// Changes of the cipher rows since the last call, with the prefix of their ids.
    pub(crate) fn take_changes(&mut self, name: &PartyName) -> Vec<(Vec<u8>, RowChange)> {
        let mut all = Vec::new();
        for cipher in [self.cipher.as_mut(), self.waiting.as_mut()]
            .into_iter()
            .flatten()
        {
            let generation = cipher.generation();
            let rows = self.rows.entry(generation).or_default();
            for change in cipher.changes() {
                if change.value.is_some() {
                    rows.insert(change.row.clone());
                } else {
                    rows.remove(&change.row);
                }
                all.push((cipher_prefix(name, generation), change));
            }
        }
        all
    }

    /// Changes that erase every row of a generation.
    pub(crate) fn erase_generation(&mut self, name: &PartyName, generation: u32) -> Vec<Erased> {
        let rows = self.rows.remove(&generation).unwrap_or_default();
        rows.into_iter()
            .map(|row| ([cipher_prefix(name, generation), row].concat(), None))
            .collect()
    }
}

/// The machine of the hourly test for a side that sends in this direction.
pub(crate) fn new_test(now: Now, sending: Direction, mark: TestMark) -> HourlyTest {
    let config = TestConfig {
        sending,
        hourly: true,
    };
    HourlyTest::new(now, config, mark)
}
