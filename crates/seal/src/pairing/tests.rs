//! Pairing as two stations do it: what founds a line. What must not is in `refused`.

mod refused;

use super::*;
use crate::tape::make_reel;
use crate::{Effort, SealError};
use redphone_wire::{Environment, Kind, Reel, Suite, from_bytes};

#[test]
fn every_allowed_set_founds_the_same_line_on_both_sides() {
    for means in [Means::Tapes, Means::Cards, Means::Both] {
        let (pair, terms) = (Pair::new(), terms(means));
        let (pairing, letter1) = pair.begin(&terms);
        let (letter2, higher) = pair.answer(&letter1, &terms).unwrap();
        let (_, lower) = pairing.finish(&pair.lower, &letter2).unwrap();

        assert_eq!(lower.line(), higher.line(), "{means}");
    }
}

#[test]
fn two_answers_to_one_letter_found_different_lines() {
    let (pair, agreed) = (Pair::new(), terms(Means::Tapes));
    let (_, letter1) = pair.begin(&agreed);
    let (_, one) = pair.answer(&letter1, &agreed).unwrap();
    let other = answer(&pair.higher, pair.lower.card(), &letter1, &agreed, [66; 32]);

    assert_ne!(one.line(), other.unwrap().1.line());
}

#[test]
fn third_letter_confirms_and_nothing_is_sealed_before() {
    let (pair, agreed) = (Pair::new(), terms(Means::Both));
    let (pairing, letter1) = pair.begin(&agreed);
    let (letter2, mut higher) = pair.answer(&letter1, &agreed).unwrap();
    let (letter3, lower) = pairing.finish(&pair.lower, &letter2).unwrap();
    let seal = |cipher: &mut Cipher| cipher.seal(Kind::OrderWire, b"Ready.", Effort::Fast, [7; 32]);

    assert!(lower.is_confirmed() && !higher.is_confirmed());
    assert!(matches!(seal(&mut higher), Err(SealError::Held(_))));
    higher.confirm(&letter3).unwrap();
    assert!(higher.is_confirmed());
    assert!(seal(&mut higher).is_ok());
}

#[test]
fn no_other_third_letter_confirms() {
    let (pair, agreed) = (Pair::new(), terms(Means::Both));
    let (pairing, letter1) = pair.begin(&agreed);
    let (letter2, mut higher) = pair.answer(&letter1, &agreed).unwrap();
    let (letter3, _) = pairing.finish(&pair.lower, &letter2).unwrap();

    let mut wrong: Vec<[u8; 32]> = flipped(&letter3.confirm)
        .map(|confirm| confirm.try_into().unwrap())
        .collect();
    wrong.push(letter2.confirm);
    wrong.push([0; 32]);
    let (other, other1) =
        Pairing::begin(&pair.lower, pair.higher.card(), agreed, [55; 32]).unwrap();
    let (other2, _) = pair.answer(&other1, &terms(Means::Both)).unwrap();
    wrong.push(other.finish(&pair.lower, &other2).unwrap().0.confirm);
    for confirm in wrong {
        let letter = Letter3 {
            attempt: letter3.attempt,
            confirm,
        };
        assert!(higher.confirm(&letter).is_err());
        assert!(!higher.is_confirmed());
    }
}

#[test]
fn tapes_of_a_pairing_are_never_installed_again() {
    let (pair, agreed) = (Pair::new(), terms(Means::Tapes));
    let (pairing, letter1) = pair.begin(&agreed);
    let (letter2, mut higher) = pair.answer(&letter1, &agreed).unwrap();
    let (_, mut lower) = pairing.finish(&pair.lower, &letter2).unwrap();

    for cipher in [&mut lower, &mut higher] {
        for (direction, tape) in [
            (Direction::FromLower, &agreed.tape_lower),
            (Direction::FromHigher, &agreed.tape_higher),
        ] {
            let key = &tape.as_ref().unwrap().key;
            assert!(cipher.install_tape(direction, key).is_err());
            assert_eq!(cipher.tape_next(direction), 8);
        }
    }
}

#[test]
fn suites_and_directions_are_those_of_the_letters() {
    let (pair, agreed) = (Pair::new(), terms(Means::Cards));
    let (pairing, letter1) = pair.begin(&agreed);
    let (letter2, higher) = pair.answer(&letter1, &agreed).unwrap();
    let (_, lower) = pairing.finish(&pair.lower, &letter2).unwrap();

    let (of_lower, of_higher) = (agreed.suites_from_lower, agreed.suites_from_higher);
    assert_eq!(lower.suites(), (of_lower, of_higher));
    assert_eq!(higher.suites(), (of_higher, of_lower));
    assert_eq!(lower.sending(), Direction::FromLower);
    assert_eq!(higher.sending(), Direction::FromHigher);
    assert_eq!((lower.generation(), higher.generation()), (3, 3));
}

#[test]
fn pairing_outlives_a_restart_in_the_vault() {
    for means in [Means::Tapes, Means::Cards, Means::Both] {
        let (pair, agreed) = (Pair::new(), terms(means));
        let (pairing, letter1) = pair.begin(&agreed);
        let row = pairing.to_secret();

        let restored = Pairing::from_secret(&row).unwrap();

        assert_eq!(restored.letter1(), &letter1);
        let (letter2, higher) = pair.answer(&letter1, &agreed).unwrap();
        let (_, lower) = restored.finish(&pair.lower, &letter2).unwrap();
        assert_eq!(lower.line(), higher.line());
        assert!(Pairing::from_secret(&row[1..]).is_err());
    }
}

#[test]
fn debug_hides_keys() {
    let (pair, agreed) = (Pair::new(), terms(Means::Both));
    let (pairing, _) = pair.begin(&agreed);

    assert!(format!("{pairing:?}").ends_with("generation 3, ..)"));
    assert!(format!("{agreed:?}").contains("TapeKey(7, ..)"));
}

/// Two stations, the lower fingerprint first.
struct Pair {
    lower: Identity,
    higher: Identity,
}

impl Pair {
    fn new() -> Self {
        Self::with(1, 2)
    }

    fn with(one: u8, other: u8) -> Self {
        let station = |name: &str, seed| {
            Identity::generate(name.parse().unwrap(), Environment::Exercise, [seed; 32]).unwrap()
        };
        let (nord, sud) = (station("NORD", one), station("SUD", other));
        if nord.fingerprint() < sud.fingerprint() {
            Self {
                lower: nord,
                higher: sud,
            }
        } else {
            Self {
                lower: sud,
                higher: nord,
            }
        }
    }

    fn begin(&self, terms: &Terms) -> (Pairing, Letter1) {
        Pairing::begin(&self.lower, self.higher.card(), terms.clone(), [5; 32]).unwrap()
    }

    fn answer(&self, letter1: &Letter1, terms: &Terms) -> Result<(Letter2, Cipher), PairingError> {
        answer(&self.higher, self.lower.card(), letter1, terms, [6; 32])
    }
}

fn terms(means: Means) -> Terms {
    let tape = |seed: u8| {
        let (from, to) = ("NORD".parse().unwrap(), "SUD".parse().unwrap());
        let reel: Reel = make_reel(Environment::Exercise, from, to, 7, 1, [seed; 32]).unwrap();
        Tape {
            reel: reel.id,
            key: reel.keys[0].clone(),
        }
    };
    let tapes = means != Means::Cards;
    Terms {
        generation: 3,
        suites_from_lower: Suites::DEFAULT,
        suites_from_higher: Suites::new(Suite::Sm4, Some(Suite::ChaCha20Poly1305)).unwrap(),
        tape_lower: tapes.then(|| tape(3)),
        tape_higher: tapes.then(|| tape(4)),
        cards: means != Means::Tapes,
    }
}

/// Copies with one bit flipped: in every byte near the ends, where the short fields are, and in
/// every 32nd of the long keys between them.
fn flipped(bytes: &[u8]) -> impl Iterator<Item = Vec<u8>> {
    let length = bytes.len();
    (0..length)
        .filter(move |index| *index < 200 || index + 64 >= length || index % 32 == 0)
        .map(|index| {
            let mut copy = bytes.to_vec();
            copy[index] ^= 1 << (index % 8);
            copy
        })
}
