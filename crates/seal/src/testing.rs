//! Two ends of one line for the tests of this crate, and numbers that repeat from a seed.

use redphone_wire::{Direction, Kind, Suites};

use crate::cipher::Founding;
use crate::kdf::{Label, Secret, Source};
use crate::{Cipher, Effort, Opened, RowChange, Sealed};

/// Numbers that follow from a seed. Tests print the seed.
pub(crate) struct Draws {
    source: Source,
    count: u64,
}

impl Draws {
    pub(crate) fn new(seed: u64) -> Self {
        println!("seed {seed}");
        let mut key = [0; 32];
        key[..8].copy_from_slice(&seed.to_be_bytes());
        Self {
            source: Source::new(&key),
            count: 0,
        }
    }

    pub(crate) fn bytes(&mut self) -> [u8; 32] {
        self.count += 1;
        *self
            .source
            .derive(Label::Draw, &[&self.count.to_be_bytes()])
    }

    pub(crate) fn below(&mut self, bound: usize) -> usize {
        let bytes = self.bytes();
        (u64::from_be_bytes(bytes[..8].try_into().unwrap()) % bound as u64) as usize
    }
}

/// NORD (lower) and SUD (higher), paired.
pub(crate) fn pair() -> (Cipher, Cipher) {
    pair_with(Suites::DEFAULT, Suites::DEFAULT)
}

pub(crate) fn pair_with(from_lower: Suites, from_higher: Suites) -> (Cipher, Cipher) {
    let found = |sending, suites_out, suites_in, life| {
        let mut cipher = Cipher::found(Founding {
            root: Secret::new([42; 32]),
            sending,
            generation: 1,
            suites_out,
            suites_in,
            confirm_needed: None,
            tapes_used: [None, None],
        });
        cipher.start_life([life; 32]);
        cipher
    };
    (
        found(Direction::FromLower, from_lower, from_higher, 1),
        found(Direction::FromHigher, from_higher, from_lower, 2),
    )
}

pub(crate) fn seal(cipher: &mut Cipher, text: &str) -> Sealed {
    let random = [text.len() as u8; 32];
    cipher
        .seal(Kind::OrderWire, text.as_bytes(), Effort::Fast, random)
        .unwrap()
}

pub(crate) fn open(cipher: &mut Cipher, sealed: &Sealed) -> Opened {
    cipher.open(sealed.id, &sealed.envelope).unwrap()
}

/// The state as its rows, to be compared.
pub(crate) fn state(cipher: &Cipher) -> Vec<RowChange> {
    let mut rows = cipher.rows();
    rows.sort_by(|a, b| a.row.cmp(&b.row));
    rows
}

/// A station that was started again from its vault, in the same life.
pub(crate) fn copy(cipher: &Cipher) -> Cipher {
    let rows = cipher.rows().into_iter();
    Cipher::restore(rows.map(|change| (change.row, change.value.unwrap()))).unwrap()
}
