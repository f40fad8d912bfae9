//! What both sides say of lexicons and code books, in any order. Rule BOOK-4.

#![allow(
    clippy::indexing_slicing,
    clippy::unwrap_used,
    reason = "a helper of a test fails the test"
)]

use redphone_desk::asks::Side;
use redphone_desk::{Desk, agreement_record};
use redphone_wire::{Agreement, AgreementAct, BookKind, Language, PartyName, Serial, Utc};

const RUNS: u64 = 2_000;

struct Draws(u64);

impl Draws {
    fn below(&mut self, most: u64) -> u64 {
        self.0 = self
            .0
            .wrapping_mul(6_364_136_223_846_793_005)
            .wrapping_add(1_442_695_040_888_963_407);
        (self.0 >> 33) % most
    }
}

/// A lexicon or code book of few, so that they meet.
fn said(draws: &mut Draws) -> (Side, Agreement) {
    let number = u8::try_from(draws.below(4)).unwrap();
    let side = [Side::Us, Side::Peer][usize::try_from(draws.below(2)).unwrap()];
    let act = [
        AgreementAct::Propose,
        AgreementAct::Accept,
        AgreementAct::Refuse,
        AgreementAct::Retire,
    ][usize::try_from(draws.below(4)).unwrap()];
    let said = Agreement {
        language: Language::English,
        act,
        what: BookKind::Lexicon,
        name: "line".to_owned(),
        version: u16::from(number / 2) + 2,
        digest: [number; 32],
        note: None,
    };
    (side, said)
}

fn in_force(peer: &PartyName, turned: bool, facts: &[(Side, Agreement)]) -> Option<[u8; 32]> {
    let mut desk = Desk::default();
    for (serial, (side, said)) in (1..).zip(facts) {
        // The other desk sees the same from its own side.
        let side = if turned { side.other() } else { *side };
        desk.apply(&agreement_record(peer, side, Serial(serial), Utc(7), said));
    }
    let agreed = desk.agreed(peer)?;
    agreed
        .in_force(BookKind::Lexicon)
        .map(|(digest, _)| *digest)
}

#[test]
fn whatever_crosses_both_sides_have_the_same_in_force() {
    let (nord, sud): (PartyName, PartyName) = ("NORD".parse().unwrap(), "SUD".parse().unwrap());
    for seed in 0..RUNS {
        let mut draws = Draws(seed);
        let facts: Vec<_> = (0..12).map(|_| said(&mut draws)).collect();
        let ours = in_force(&sud, false, &facts);
        let mut other = facts.clone();
        for place in (1..other.len()).rev() {
            let with = usize::try_from(draws.below(u64::try_from(place).unwrap() + 1)).unwrap();
            other.swap(place, with);
        }
        assert_eq!(
            in_force(&nord, true, &other),
            ours,
            "seed {seed}: {facts:?}"
        );
    }
}
