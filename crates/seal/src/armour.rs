//! Armour: cards, tapes, pairing letters and keys of officers as text (RFC 7468), for files, mail
//! and paper.
//!
//! Owns the labels. A thing that is handed in at the wrong place is named: "this is a key tape, a
//! card was expected". What the things say is checked elsewhere, but for a reel, whose rules are
//! checked here so that no bad one gets in. Rule ARM-1.

use std::fmt;

use minicbor::{Decode, Encode};
use pem_rfc7468::LineEnding;
use redphone_wire::{Card, Letter1, Letter2, Letter3, Reel, from_bytes, to_bytes};
use zeroize::Zeroizing;

use crate::tape::{ReelError, check_reel};

/// A card as text.
pub fn card_to_text(card: &Card) -> String {
    to_text(Article::Card, card)
}

/// Reads a card, without verifying it.
///
/// # Errors
///
/// [`ArmourError`] when the text holds no card.
pub fn card_from_text(text: &str) -> Result<Card, ArmourError> {
    from_text(Article::Card, text)
}

/// A reel of tape as text. Secret.
pub fn reel_to_text(reel: &Reel) -> Zeroizing<String> {
    Zeroizing::new(to_text(Article::Reel, reel))
}

/// Reads a reel of tape and checks its rules.
///
/// # Errors
///
/// [`ArmourError`] when the text holds no reel, or a bad one.
pub fn reel_from_text(text: &str) -> Result<Reel, ArmourError> {
    let reel = from_text(Article::Reel, text)?;
    check_reel(&reel).map_err(ArmourError::Reel)?;
    Ok(reel)
}

/// A pairing letter, whichever.
#[derive(Clone, Debug, Eq, PartialEq)]
pub enum Letter {
    /// From the lower fingerprint to the higher.
    First(Letter1),
    /// The answer.
    Second(Letter2),
    /// The confirmation.
    Third(Letter3),
}

/// A pairing letter as text.
pub fn letter_to_text(letter: &Letter) -> String {
    match letter {
        Letter::First(letter) => to_text(Article::Letter1, letter),
        Letter::Second(letter) => to_text(Article::Letter2, letter),
        Letter::Third(letter) => to_text(Article::Letter3, letter),
    }
}

/// Reads a pairing letter of any of the three kinds.
///
/// # Errors
///
/// [`ArmourError`] when the text holds no pairing letter.
pub fn letter_from_text(text: &str) -> Result<Letter, ArmourError> {
    match article_of(text)? {
        Article::Letter1 => from_text(Article::Letter1, text).map(Letter::First),
        Article::Letter2 => from_text(Article::Letter2, text).map(Letter::Second),
        Article::Letter3 => from_text(Article::Letter3, text).map(Letter::Third),
        found @ (Article::Card | Article::OfficerCard | Article::OfficerKey | Article::Reel) => {
            Err(ArmourError::OtherArticle {
                found,
                expected: Article::Letter1,
            })
        }
    }
}

/// What armour may hold.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub enum Article {
    /// A calling card.
    Card,
    /// A first pairing letter.
    Letter1,
    /// A second pairing letter.
    Letter2,
    /// A third pairing letter.
    Letter3,
    /// An officer's name and public key.
    OfficerCard,
    /// An officer's key, under a passphrase.
    OfficerKey,
    /// A reel of key tape.
    Reel,
}

impl Article {
    const ALL: [Self; 7] = [
        Self::Card,
        Self::Letter1,
        Self::Letter2,
        Self::Letter3,
        Self::OfficerCard,
        Self::OfficerKey,
        Self::Reel,
    ];

    /// The label of RFC 7468.
    pub fn label(self) -> &'static str {
        match self {
            Self::Card => "REDPHONE CARD",
            Self::Letter1 => "REDPHONE PAIRING LETTER 1",
            Self::Letter2 => "REDPHONE PAIRING LETTER 2",
            Self::Letter3 => "REDPHONE PAIRING LETTER 3",
            Self::OfficerCard => "REDPHONE OFFICER CARD",
            Self::OfficerKey => "REDPHONE OFFICER KEY",
            Self::Reel => "REDPHONE KEY TAPE",
        }
    }
}

impl fmt::Display for Article {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(match self {
            Self::Card => "card",
            Self::Letter1 => "pairing letter 1",
            Self::Letter2 => "pairing letter 2",
            Self::Letter3 => "pairing letter 3",
            Self::OfficerCard => "card of an officer",
            Self::OfficerKey => "key of an officer",
            Self::Reel => "key tape",
        })
    }
}

/// Why a text is refused. Who handed it in has to act.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
#[non_exhaustive]
pub enum ArmourError {
    /// The text is armoured, but what it holds is damaged or of another version.
    Damaged(Article),
    /// The text holds something else of ours.
    OtherArticle {
        /// What it holds.
        found: Article,
        /// What was asked for.
        expected: Article,
    },
    /// A reel was read, and breaks a rule of reels.
    Reel(ReelError),
    /// No `-----BEGIN REDPHONE ...-----`, or no matching end.
    Unreadable,
}

impl fmt::Display for ArmourError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Damaged(article) => {
                write!(f, "this {article} is damaged; ask for it again")
            }
            Self::OtherArticle { found, expected } => {
                write!(f, "this is a {found}, a {expected} was expected")
            }
            Self::Reel(_) => f.write_str("this key tape may not be used"),
            Self::Unreadable => f.write_str(
                "this text has no -----BEGIN REDPHONE ...----- with its -----END-----; copy it whole",
            ),
        }
    }
}

impl std::error::Error for ArmourError {
    fn source(&self) -> Option<&(dyn std::error::Error + 'static)> {
        match self {
            Self::Reel(source) => Some(source),
            Self::Damaged(_) | Self::OtherArticle { .. } | Self::Unreadable => None,
        }
    }
}

pub(crate) fn to_text<T: Encode<()>>(article: Article, value: &T) -> String {
    let bytes = Zeroizing::new(to_bytes(value));
    // Fails for a bad label or a length near the end of the address space only.
    let text = pem_rfc7468::encode_string(article.label(), LineEnding::LF, &bytes);
    debug_assert!(text.is_ok(), "our labels are labels");
    text.unwrap_or_default()
}

fn article_of(text: &str) -> Result<Article, ArmourError> {
    let label =
        pem_rfc7468::decode_label(text.trim().as_bytes()).map_err(|_| ArmourError::Unreadable)?;
    Article::ALL
        .into_iter()
        .find(|article| article.label() == label)
        .ok_or(ArmourError::Unreadable)
}

pub(crate) fn from_text<T>(expected: Article, text: &str) -> Result<T, ArmourError>
where
    T: for<'b> Decode<'b, ()> + Encode<()>,
{
    let found = article_of(text)?;
    if found != expected {
        return Err(ArmourError::OtherArticle { found, expected });
    }
    let damaged = ArmourError::Damaged(expected);
    let (_, bytes) = pem_rfc7468::decode_vec(text.trim().as_bytes()).map_err(|_| damaged)?;
    let bytes = Zeroizing::new(bytes);
    from_bytes(&bytes).map_err(|_| damaged)
}

#[cfg(test)]
mod tests {
    use redphone_wire::Environment;

    use super::*;
    use crate::identity::Identity;
    use crate::tape::make_reel;

    #[test]
    fn everything_comes_back_as_it_was() {
        let third = Letter::Third(letter3());

        assert_eq!(card_from_text(&card_to_text(&card())), Ok(card()));
        assert_eq!(reel_from_text(&reel_to_text(&reel())), Ok(reel()));
        assert_eq!(letter_from_text(&letter_to_text(&third)), Ok(third));
    }

    #[test]
    fn letter_under_another_letters_label_is_refused() {
        let text = letter_to_text(&Letter::Third(letter3()));
        for (label, article) in [
            ("LETTER 1", Article::Letter1),
            ("LETTER 2", Article::Letter2),
        ] {
            let relabelled = text.replace("LETTER 3", label);
            let error = letter_from_text(&relabelled);
            assert_eq!(error, Err(ArmourError::Damaged(article)));
        }
    }

    #[test]
    fn what_mail_and_paste_add_does_no_harm() {
        let text = card_to_text(&card());
        let mailed = format!("Dear NORD,\r\n\r\n{}\r\n\r\n", text.replace('\n', "\r\n"));

        assert_eq!(card_from_text(&mailed), Ok(card()));
    }

    #[test]
    fn wrong_article_is_named() {
        let error = card_from_text(&reel_to_text(&reel())).unwrap_err();
        assert_eq!(error.to_string(), "this is a key tape, a card was expected");

        let error = reel_from_text(&letter_to_text(&Letter::Third(letter3()))).unwrap_err();
        assert_eq!(
            error.to_string(),
            "this is a pairing letter 3, a key tape was expected"
        );

        let error = letter_from_text(&card_to_text(&card())).unwrap_err();
        assert_eq!(
            error.to_string(),
            "this is a card, a pairing letter 1 was expected"
        );
    }

    #[test]
    fn other_text_is_unreadable_and_changed_text_is_damaged() {
        for text in ["", "hello", "-----BEGIN REDPHONE CARD-----"] {
            assert_eq!(card_from_text(text), Err(ArmourError::Unreadable));
        }
        let key = "-----BEGIN PRIVATE KEY-----\nAAAA\n-----END PRIVATE KEY-----\n";
        assert_eq!(card_from_text(key), Err(ArmourError::Unreadable));

        let text = letter_to_text(&Letter::Third(letter3()));
        let shorter = text.replacen("AA", "", 1);
        let error = letter_from_text(&shorter);
        assert_eq!(error, Err(ArmourError::Damaged(Article::Letter3)));
    }

    #[test]
    fn reel_that_breaks_a_rule_does_not_get_in() {
        let mut reel = reel();
        reel.keys.remove(1);

        let error = reel_from_text(&reel_to_text(&reel));

        let rule = ReelError::Gap { number: 2 };
        assert_eq!(error, Err(ArmourError::Reel(rule)));
    }

    fn card() -> Card {
        let name = "NORD".parse().unwrap();
        let identity = Identity::generate(name, Environment::Exercise, [1; 32]).unwrap();
        identity.card().clone()
    }

    fn reel() -> Reel {
        let (from, to) = ("NORD".parse().unwrap(), "SUD".parse().unwrap());
        make_reel(Environment::Exercise, from, to, 1, 3, [3; 32]).unwrap()
    }

    fn letter3() -> Letter3 {
        Letter3 {
            attempt: [0; 16],
            confirm: [0; 32],
        }
    }
}
