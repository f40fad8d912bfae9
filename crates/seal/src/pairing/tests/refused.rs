//! What must not found a line: each is refused by its name, and uses up nothing.

use super::*;

#[test]
fn one_tape_alone_or_nothing_is_refused() {
    let pair = Pair::new();
    for (lower, higher, cards) in [
        (true, false, false),
        (false, true, false),
        (true, false, true),
        (false, true, true),
        (false, false, false),
    ] {
        let mut terms = terms(Means::Both);
        terms.tape_lower = terms.tape_lower.filter(|_| lower);
        terms.tape_higher = terms.tape_higher.filter(|_| higher);
        terms.cards = cards;
        let refused = Pairing::begin(&pair.lower, pair.higher.card(), terms, [5; 32]);
        assert_eq!(refused.err(), Some(PairingError::NotAllowed));
    }
}

#[test]
fn letter_with_one_tape_alone_is_refused() {
    let (pair, terms) = (Pair::new(), terms(Means::Both));
    let (_, letter1) = pair.begin(&terms);
    let strips: [fn(&mut Letter1); 4] = [
        |letter| letter.tape_lower = None,
        |letter| letter.tape_higher = None,
        |letter| letter.to_higher.clear(),
        |letter| letter.ephemeral.clear(),
    ];
    for strip in strips {
        let mut stripped = letter1.clone();
        strip(&mut stripped);
        let error = pair.answer(&stripped, &terms).err();
        assert_eq!(error, Some(PairingError::LetterMalformed));
    }
}

#[test]
fn stripping_the_cards_or_the_tapes_is_named() {
    let (pair, agreed) = (Pair::new(), terms(Means::Both));
    for theirs in [Means::Tapes, Means::Cards] {
        let (_, letter1) = pair.begin(&terms(theirs));
        let ours = Means::Both;
        let error = pair.answer(&letter1, &agreed).err();
        assert_eq!(error, Some(PairingError::MeansDiffer { ours, theirs }));
    }
}

#[test]
fn higher_fingerprint_never_begins_and_lower_never_answers() {
    let (pair, terms) = (Pair::new(), terms(Means::Both));
    let (_, letter1) = pair.begin(&terms);

    let began = Pairing::begin(&pair.higher, pair.lower.card(), terms.clone(), [5; 32]);
    assert_eq!(began.err(), Some(PairingError::OtherSideBegins));
    let reflected = answer(&pair.lower, pair.higher.card(), &letter1, &terms, [6; 32]);
    assert_eq!(reflected.err(), Some(PairingError::OtherSideAnswers));
}

#[test]
fn own_card_as_the_peer_is_refused() {
    let pair = Pair::new();
    let refused = Pairing::begin(&pair.lower, pair.lower.card(), terms(Means::Cards), [5; 32]);
    assert_eq!(refused.err(), Some(PairingError::SameCard));
}

#[test]
fn live_and_exercise_are_never_paired() {
    let pair = Pair::new();
    let live = Identity::generate("SUD".parse().unwrap(), Environment::Live, [2; 32]).unwrap();
    let refused = Pairing::begin(&pair.lower, live.card(), terms(Means::Cards), [5; 32]);
    let expected = PairingError::EnvironmentsDiffer {
        ours: Environment::Exercise,
        theirs: Environment::Live,
    };
    assert_eq!(refused.err(), Some(expected));
}

#[test]
fn damaged_card_is_refused() {
    let pair = Pair::new();
    let mut card: Card = pair.higher.card().clone();
    card.ml_dsa_signature[9] ^= 1;
    let refused = Pairing::begin(&pair.lower, &card, terms(Means::Cards), [5; 32]);
    assert!(matches!(refused, Err(PairingError::Card(_))));
}

#[test]
fn spent_generation_is_refused_and_a_later_one_is_not() {
    let (pair, mut agreed) = (Pair::new(), terms(Means::Both));
    let (_, letter1) = pair.begin(&agreed);
    agreed.generation = 4;
    let error = pair.answer(&letter1, &agreed).err();
    let spent = PairingError::GenerationUsed {
        theirs: 3,
        lowest: 4,
    };
    assert_eq!(error, Some(spent));

    agreed.generation = 1;
    assert!(pair.answer(&letter1, &agreed).is_ok());
    agreed.generation = 0;
    let refused = Pairing::begin(&pair.lower, pair.higher.card(), agreed, [5; 32]);
    assert_eq!(refused.err(), Some(PairingError::NotAllowed));
}

#[test]
fn other_suites_are_named_with_their_direction() {
    let (pair, agreed) = (Pair::new(), terms(Means::Both));
    let (_, letter1) = pair.begin(&agreed);
    let other = Suites::new(Suite::Aes256GcmSiv, None).unwrap();

    let mut ours = agreed.clone();
    ours.suites_from_higher = other;
    let expected = PairingError::SuitesDiffer {
        direction: Direction::FromHigher,
        ours: other,
        theirs: agreed.suites_from_higher,
    };
    assert_eq!(pair.answer(&letter1, &ours).err(), Some(expected));
}

#[test]
fn every_mistake_with_tapes_is_told_apart_by_number() {
    let (pair, agreed) = (Pair::new(), terms(Means::Both));
    let (_, letter1) = pair.begin(&agreed);
    let refused = |change: fn(&mut Tape)| {
        let mut ours = agreed.clone();
        change(ours.tape_higher.as_mut().unwrap());
        pair.answer(&letter1, &ours).err().unwrap()
    };
    let (direction, number) = (Direction::FromHigher, 7);

    let wrong = refused(|tape| tape.key.key[31] ^= 1);
    assert_eq!(wrong, PairingError::TapeWrong { direction, number });
    assert!(wrong.to_string().contains("tape 7"), "{wrong}");
    let used = refused(|tape| tape.key.number = 8);
    assert_eq!(used, PairingError::TapeUsed { direction, number });
    let missing = refused(|tape| tape.key.number = 6);
    assert_eq!(missing, PairingError::TapeMissing { direction, number });
    let reel = refused(|tape| tape.reel = [0; 8]);
    assert_eq!(reel, PairingError::TapeOfOtherReel { direction, number });
}

#[test]
fn tapes_of_swapped_directions_are_refused() {
    let (pair, agreed) = (Pair::new(), terms(Means::Tapes));
    let (_, letter1) = pair.begin(&agreed);
    let mut swapped = agreed.clone();
    std::mem::swap(&mut swapped.tape_lower, &mut swapped.tape_higher);

    assert!(pair.answer(&letter1, &swapped).is_err());
}

#[test]
fn letter_of_another_line_is_refused() {
    let (pair, agreed) = (Pair::new(), terms(Means::Both));
    let third = Pair::with(4, 9);
    let (_, letter1) = third.begin(&agreed);
    let error = pair.answer(&letter1, &agreed).err();
    assert_eq!(error, Some(PairingError::OtherCard { ours: false }));

    // From the same peer, but to another station.
    let (pairing, letter1) = pair.begin(&agreed);
    let other = Identity::generate("OST".parse().unwrap(), Environment::Exercise, [9; 32]).unwrap();
    if other.fingerprint() > pair.lower.fingerprint() {
        let error = answer(&other, pair.lower.card(), &letter1, &agreed, [6; 32]).err();
        assert_eq!(error, Some(PairingError::OtherCard { ours: true }));
    }
    // The answer brought to another station's pairing.
    let (letter2, _) = pair.answer(&letter1, &agreed).unwrap();
    let error = pairing.finish(&third.lower, &letter2).err();
    assert_eq!(error, Some(PairingError::OtherCard { ours: true }));
}

#[test]
fn fingerprints_swapped_in_the_letter_are_refused() {
    let (pair, agreed) = (Pair::new(), terms(Means::Both));
    let (_, mut letter1) = pair.begin(&agreed);
    std::mem::swap(&mut letter1.lower, &mut letter1.higher);

    let error = pair.answer(&letter1, &agreed).err();
    assert_eq!(error, Some(PairingError::OtherCard { ours: false }));
}

#[test]
fn answer_to_another_attempt_is_refused_and_the_pairing_waits_on() {
    let (pair, agreed) = (Pair::new(), terms(Means::Both));
    let (first, letter1) = pair.begin(&agreed);
    let second = Pairing::begin(&pair.lower, pair.higher.card(), agreed.clone(), [55; 32]);
    let (second, _) = second.unwrap();
    let (letter2, higher) = pair.answer(&letter1, &agreed).unwrap();

    let error = second.finish(&pair.lower, &letter2).err();
    assert_eq!(error, Some(PairingError::OtherAttempt));
    let (_, lower) = first.finish(&pair.lower, &letter2).unwrap();
    assert_eq!(lower.line(), higher.line());
}

#[test]
fn no_bit_of_a_letter_can_be_changed() {
    for means in [Means::Tapes, Means::Cards, Means::Both] {
        let (pair, agreed) = (Pair::new(), terms(means));
        let (pairing, letter1) = pair.begin(&agreed);
        for bytes in flipped(&to_bytes(&letter1)) {
            let Ok(changed) = from_bytes::<Letter1>(&bytes) else {
                continue;
            };
            let Ok((letter2, _)) = pair.answer(&changed, &agreed) else {
                continue;
            };
            assert!(pairing.finish(&pair.lower, &letter2).is_err());
        }
        let (letter2, _) = pair.answer(&letter1, &agreed).unwrap();
        for bytes in flipped(&to_bytes(&letter2)) {
            let Ok(changed) = from_bytes::<Letter2>(&bytes) else {
                continue;
            };
            assert!(pairing.finish(&pair.lower, &changed).is_err());
        }
        assert!(pairing.finish(&pair.lower, &letter2).is_ok());
    }
}

#[test]
fn letters_are_not_taken_for_one_another() {
    let (pair, agreed) = (Pair::new(), terms(Means::Tapes));
    let (pairing, letter1) = pair.begin(&agreed);
    let (letter2, _) = pair.answer(&letter1, &agreed).unwrap();

    assert!(from_bytes::<Letter2>(&to_bytes(&letter1)).is_err());
    assert!(from_bytes::<Letter1>(&to_bytes(&letter2)).is_err());
    let (letter3, _) = pairing.finish(&pair.lower, &letter2).unwrap();
    assert!(from_bytes::<Letter2>(&to_bytes(&letter3)).is_err());
    assert_ne!(letter3.confirm, letter2.confirm);
}

#[cfg(feature = "planted-bugs")]
mod planted {
    use super::*;
    use crate::planted::{Bug, is_noticed};

    #[test]
    fn suites_that_nobody_looks_at_are_noticed() {
        is_noticed(
            Bug::SuitesUnchecked,
            other_suites_are_named_with_their_direction,
        );
    }

    #[test]
    fn tapes_that_nobody_compares_are_noticed() {
        is_noticed(
            Bug::TapeUnchecked,
            every_mistake_with_tapes_is_told_apart_by_number,
        );
    }
}
