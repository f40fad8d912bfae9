//! Whether a first letter is meant for us and fits what was agreed (rules PAIR-3 and PAIR-4).

use redphone_wire::{Card, CardBody, Direction, Fingerprint, Letter1, TapeUse};

use crate::card::{fingerprint, verify_card};
use crate::identity::Identity;
use crate::tape::tape_check;

use super::{Means, PairingError, Tape, Terms};

/// Both cards, in their order, and which is ours.
pub(super) struct Cards<'a> {
    pub(super) lower: &'a CardBody,
    pub(super) higher: &'a CardBody,
    pub(super) own: Direction,
}

impl<'a> Cards<'a> {
    pub(super) fn new(identity: &'a Identity, peer: &'a Card) -> Result<Self, PairingError> {
        let theirs: Fingerprint = verify_card(peer).map_err(PairingError::Card)?;
        let ours = identity.fingerprint();
        let (own, peer) = (&identity.card().body, &peer.body);
        if own.environment != peer.environment {
            return Err(PairingError::EnvironmentsDiffer {
                ours: own.environment,
                theirs: peer.environment,
            });
        }
        match ours.cmp(&theirs) {
            std::cmp::Ordering::Equal => Err(PairingError::SameCard),
            std::cmp::Ordering::Less => Ok(Self {
                lower: own,
                higher: peer,
                own: Direction::FromLower,
            }),
            std::cmp::Ordering::Greater => Ok(Self {
                lower: peer,
                higher: own,
                own: Direction::FromHigher,
            }),
        }
    }
}

/// Says that a first letter is meant for us and fits what was agreed (rule PAIR-4).
pub(super) fn check_letter1(
    cards: &Cards<'_>,
    letter1: &Letter1,
    terms: &Terms,
) -> Result<(), PairingError> {
    if letter1.lower != fingerprint(cards.lower) {
        return Err(PairingError::OtherCard { ours: false });
    }
    if letter1.higher != fingerprint(cards.higher) {
        return Err(PairingError::OtherCard { ours: true });
    }
    if letter1.generation < terms.generation || letter1.generation == 0 {
        return Err(PairingError::GenerationUsed {
            theirs: letter1.generation,
            lowest: terms.generation,
        });
    }
    let suites = [
        (
            Direction::FromLower,
            letter1.suites_from_lower,
            terms.suites_from_lower,
        ),
        (
            Direction::FromHigher,
            letter1.suites_from_higher,
            terms.suites_from_higher,
        ),
    ];
    for (direction, theirs, ours) in suites {
        #[cfg(feature = "planted-bugs")]
        if crate::planted::is_planted(crate::planted::Bug::SuitesUnchecked) {
            continue;
        }
        if theirs != ours {
            return Err(PairingError::SuitesDiffer {
                direction,
                ours,
                theirs,
            });
        }
    }
    let cards_used = !letter1.to_higher.is_empty() || !letter1.ephemeral.is_empty();
    let tapes_used = [letter1.tape_lower, letter1.tape_higher].map(|tape| tape.is_some());
    let [lower_used, higher_used] = tapes_used;
    let theirs = Means::of(lower_used, higher_used, cards_used);
    let theirs = theirs.ok_or(PairingError::LetterMalformed)?;
    let ours = terms.means()?;
    if theirs != ours {
        return Err(PairingError::MeansDiffer { ours, theirs });
    }
    check_tape(
        Direction::FromLower,
        letter1.tape_lower,
        terms.tape_lower.as_ref(),
    )?;
    check_tape(
        Direction::FromHigher,
        letter1.tape_higher,
        terms.tape_higher.as_ref(),
    )
}

/// Tells a tape that is used, not at hand, of another reel or wrong in a digit, each from the other.
fn check_tape(
    direction: Direction,
    theirs: Option<TapeUse>,
    ours: Option<&Tape>,
) -> Result<(), PairingError> {
    let (Some(theirs), Some(ours)) = (theirs, ours) else {
        return Ok(()); // the means agree, so both are absent
    };
    let number = theirs.number;
    #[cfg(feature = "planted-bugs")]
    if crate::planted::is_planted(crate::planted::Bug::TapeUnchecked) {
        return Ok(());
    }
    match number.cmp(&ours.key.number) {
        std::cmp::Ordering::Less => Err(PairingError::TapeUsed { direction, number }),
        std::cmp::Ordering::Greater => Err(PairingError::TapeMissing { direction, number }),
        std::cmp::Ordering::Equal if theirs.reel != ours.reel => {
            Err(PairingError::TapeOfOtherReel { direction, number })
        }
        std::cmp::Ordering::Equal if theirs.check != tape_check(&ours.key) => {
            Err(PairingError::TapeWrong { direction, number })
        }
        std::cmp::Ordering::Equal => Ok(()),
    }
}
