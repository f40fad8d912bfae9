//! Why a pairing goes no further, and who has to act.

use std::fmt;
use std::str::FromStr;

use redphone_wire::{Direction, Environment, Suites};

use crate::card::CardError;

/// What a pairing mixes in.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub enum Means {
    /// Two tapes and the three KEM secrets.
    Both,
    /// The three KEM secrets.
    Cards,
    /// Two tapes, one of each direction.
    Tapes,
}

impl Means {
    /// The allowed sets: both tapes, all KEM secrets, or all five (rule PAIR-2).
    pub(super) fn of(tape_lower: bool, tape_higher: bool, cards: bool) -> Option<Self> {
        match (tape_lower, tape_higher, cards) {
            (true, true, true) => Some(Self::Both),
            (false, false, true) => Some(Self::Cards),
            (true, true, false) => Some(Self::Tapes),
            _ => None,
        }
    }
}

impl fmt::Display for Means {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(match self {
            Self::Both => "both",
            Self::Cards => "cards",
            Self::Tapes => "tapes",
        })
    }
}

impl FromStr for Means {
    type Err = BadMeans;

    fn from_str(word: &str) -> Result<Self, Self::Err> {
        [Self::Both, Self::Cards, Self::Tapes]
            .into_iter()
            .find(|means| means.to_string() == word)
            .ok_or(BadMeans)
    }
}

/// Not a means of pairing.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub struct BadMeans;

impl fmt::Display for BadMeans {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("a pairing is by tapes, cards or both")
    }
}

impl std::error::Error for BadMeans {}

/// Why a pairing goes no further. Nothing was used up.
#[derive(Clone, Debug, Eq, PartialEq)]
#[non_exhaustive]
pub enum PairingError {
    /// The peer's card is not whole. Its owner has to act.
    Card(CardError),
    /// The proof does not fit: a letter was changed on the way, or a secret differs. Both officers
    /// have to act.
    Confirm,
    /// One card is LIVE, the other EXERCISE. Both officers have to act.
    EnvironmentsDiffer {
        /// Of our card.
        ours: Environment,
        /// Of theirs.
        theirs: Environment,
    },
    /// The letter names a generation that is spent. The peer has to begin again.
    GenerationUsed {
        /// What the letter names.
        theirs: u32,
        /// The lowest that may come.
        lowest: u32,
    },
    /// A ciphertext or key of the letter is none. The peer has to act.
    LetterMalformed,
    /// The letter mixes in something else than agreed. Both officers have to act.
    MeansDiffer {
        /// As our officer has it.
        ours: Means,
        /// As the letter has it.
        theirs: Means,
    },
    /// Our own terms are none: one tape alone, nothing at all, or generation 0.
    NotAllowed,
    /// The letter belongs to another attempt.
    OtherAttempt,
    /// The letter names a card that is not the one we know.
    OtherCard {
        /// True when it should be ours, false when it should be the peer's.
        ours: bool,
    },
    /// We have the lower fingerprint: our side begins.
    OtherSideAnswers,
    /// We have the higher fingerprint: the other side begins.
    OtherSideBegins,
    /// The peer's card is our own.
    SameCard,
    /// The letter names other suites than agreed. Both officers have to act.
    SuitesDiffer {
        /// Of this direction.
        direction: Direction,
        /// As our officer has it.
        ours: Suites,
        /// As the letter has it.
        theirs: Suites,
    },
    /// The tape that the letter names is not installed here.
    TapeMissing {
        /// Of this direction.
        direction: Direction,
        /// Its number.
        number: u32,
    },
    /// Both have a tape of this number, of two reels.
    TapeOfOtherReel {
        /// Of this direction.
        direction: Direction,
        /// Its number.
        number: u32,
    },
    /// The tape that the letter names was used here before.
    TapeUsed {
        /// Of this direction.
        direction: Direction,
        /// Its number.
        number: u32,
    },
    /// Both have this tape of this reel, and the keys differ.
    TapeWrong {
        /// Of this direction.
        direction: Direction,
        /// Its number.
        number: u32,
    },
}

impl fmt::Display for PairingError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Card(_) => f.write_str("the peer's card cannot be used"),
            Self::Confirm => f.write_str(
                "the two sides did not derive the same keys; compare the letters and begin again",
            ),
            Self::EnvironmentsDiffer { ours, theirs } => {
                write!(
                    f,
                    "our card is {ours}, theirs is {theirs}; they can never be paired"
                )
            }
            Self::GenerationUsed { theirs, lowest } => write!(
                f,
                "the letter is for generation {theirs}, but the next one here is {lowest}; they \
                 have to begin again"
            ),
            Self::LetterMalformed => {
                f.write_str("the letter is not formed as it must be; ask for it again")
            }
            Self::MeansDiffer { ours, theirs } => {
                write!(f, "the letter pairs by {theirs}, here {ours} was agreed")
            }
            Self::NotAllowed => f.write_str(
                "a pairing takes both tapes, the cards, or all of them, and a generation from 1",
            ),
            Self::OtherAttempt => {
                f.write_str("the letter belongs to another attempt; ask for the right one")
            }
            Self::OtherCard { ours: true } => {
                f.write_str("the letter is meant for another card than ours")
            }
            Self::OtherCard { ours: false } => {
                f.write_str("the letter comes from another card than the peer's that we trust")
            }
            Self::OtherSideAnswers => f.write_str("our side begins this pairing; they answer"),
            Self::OtherSideBegins => f.write_str("the other side begins this pairing; we answer"),
            Self::SameCard => f.write_str("the card is our own"),
            Self::SuitesDiffer {
                direction,
                ours,
                theirs,
            } => {
                let from = side(*direction);
                write!(
                    f,
                    "from {from} the letter has {theirs}, here {ours} was agreed"
                )
            }
            Self::TapeMissing { direction, number } => {
                write!(f, "{} is not installed here", tape(*direction, *number))
            }
            Self::TapeOfOtherReel { direction, number } => {
                write!(
                    f,
                    "{} is of another reel than ours",
                    tape(*direction, *number)
                )
            }
            Self::TapeUsed { direction, number } => {
                write!(f, "{} was used here before", tape(*direction, *number))
            }
            Self::TapeWrong { direction, number } => write!(
                f,
                "{} is not the same key on both sides; compare the reels",
                tape(*direction, *number)
            ),
        }
    }
}

impl std::error::Error for PairingError {
    fn source(&self) -> Option<&(dyn std::error::Error + 'static)> {
        if let Self::Card(source) = self {
            Some(source)
        } else {
            None
        }
    }
}

fn tape(direction: Direction, number: u32) -> String {
    format!("tape {number} from {}", side(direction))
}

fn side(direction: Direction) -> &'static str {
    match direction {
        Direction::FromLower => "the side that begins",
        Direction::FromHigher => "the side that answers",
    }
}
