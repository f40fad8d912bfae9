//! Blanks as an officer types them, and why one is not taken. Rule CODE-6.

use std::fmt;

use redphone_wire::{Coded, Language, Precedence, Serial};

use super::bytes::{count_max, push};
use super::{Blank, BlankKind, BlankValue, Code, CodeBook};
use crate::lexicon::TermId;
use crate::moment::{MomentFault, moment};
use crate::render::Terms;
use crate::text::fold;

impl CodeBook {
    /// A coded message under a serial, from what was typed into each blank. A choice is typed as its
    /// number or as its item in either language.
    ///
    /// # Errors
    ///
    /// [`BlankError`], of the first blank that the drafter has to mend.
    pub fn encode(
        &self,
        number: u8,
        serial: Serial,
        typed: &[(&str, &str)],
        terms: &dyn Terms,
    ) -> Result<Coded, BlankError> {
        let entry = self.entry(number).ok_or(BlankError::NoEntry(number))?;
        for (at, (name, _)) in typed.iter().enumerate() {
            if !entry.blanks.iter().any(|blank| blank.name == *name) {
                let known = entry.blanks.iter().map(|blank| blank.name.as_str());
                let known = known.collect::<Vec<_>>().join(", ");
                let name = (*name).to_owned();
                return Err(BlankError::Unknown { name, known });
            }
            if typed.iter().take(at).any(|(before, _)| before == name) {
                return Err(BlankError::Twice((*name).to_owned()));
            }
        }
        let mut blanks = Vec::new();
        for blank in &entry.blanks {
            let text = typed.iter().find(|(name, _)| *name == blank.name);
            let (_, text) = text.ok_or_else(|| BlankError::missing(blank))?;
            push(
                &blank.kind,
                self.read(blank, text.trim(), terms)?,
                &mut blanks,
            );
        }
        Ok(Coded {
            entry: number,
            flash: entry.precedence == Precedence::Flash,
            serial,
            blanks,
        })
    }

    fn read(&self, blank: &Blank, text: &str, terms: &dyn Terms) -> Result<BlankValue, BlankError> {
        if text.is_empty() {
            return Err(BlankError::missing(blank));
        }
        let value = match &blank.kind {
            BlankKind::Choice { list } => self.choice(list, text),
            BlankKind::Count { .. } => digits(text).map(BlankValue::Count),
            BlankKind::Hours => digits(text)
                .and_then(|hours| u8::try_from(hours).ok())
                .map(BlankValue::Hours),
            BlankKind::Term { .. } => term(text, terms),
            BlankKind::Time => {
                let at = moment(text).map_err(|fault| BlankError::Time {
                    name: blank.name.clone(),
                    fault,
                })?;
                Some(BlankValue::Time(at))
            }
        };
        value
            .filter(|value| self.takes(&blank.kind, *value))
            .ok_or_else(|| self.refused(blank))
    }

    fn choice(&self, list: &str, text: &str) -> Option<BlankValue> {
        let numbered = |number| match number {
            0 => BlankValue::Follows,
            item => BlankValue::Choice(item),
        };
        if let Some(number) = digits(text) {
            return u8::try_from(number).ok().map(numbered);
        }
        let text = fold(text);
        let is = |item: &str| fold(item) == text;
        if is(&self.follows.en) || is(&self.follows.ru) {
            return Some(BlankValue::Follows);
        }
        let items = self.list(list);
        let at = items.iter().position(|item| is(&item.en) || is(&item.ru))?;
        u8::try_from(at + 1).ok().map(BlankValue::Choice)
    }

    fn refused(&self, blank: &Blank) -> BlankError {
        let name = blank.name.clone();
        match &blank.kind {
            BlankKind::Choice { list } => BlankError::Choice {
                name,
                list: list.clone(),
                most: self.list(list).len(),
            },
            BlankKind::Count { bytes, least } => BlankError::Number {
                name,
                least: *least,
                most: count_max(*bytes),
            },
            BlankKind::Hours => BlankError::Number {
                name,
                least: 1,
                most: u16::from(u8::MAX),
            },
            BlankKind::Term { terms } => BlankError::Term {
                name,
                terms: terms.clone(),
            },
            BlankKind::Time => BlankError::Minute(name),
        }
    }
}

/// A number of a term that the lexicon has, or 0.
fn term(text: &str, terms: &dyn Terms) -> Option<BlankValue> {
    if text == "0" {
        return Some(BlankValue::Follows);
    }
    let id: TermId = text.parse().ok()?;
    terms.term(&id.to_string(), Language::English)?;
    Some(BlankValue::Term(id))
}

/// A number of digits alone: no sign, no point.
fn digits(text: &str) -> Option<u16> {
    let plain = text.bytes().all(|byte| byte.is_ascii_digit());
    text.parse().ok().filter(|_| plain)
}

/// Why what was typed is not taken. The drafter has to act.
#[derive(Clone, Debug, Eq, PartialEq)]
#[non_exhaustive]
pub enum BlankError {
    /// Neither a number nor an item of the list.
    Choice {
        /// The blank.
        name: String,
        /// Its list.
        list: String,
        /// The number of the last item.
        most: usize,
    },
    /// A time between minutes, before 2020 or after 2051.
    Minute(String),
    /// A blank that was not filled.
    Missing {
        /// The blank.
        name: String,
        /// What it means, in English.
        means: String,
    },
    /// The book has no such entry.
    NoEntry(u8),
    /// Not a whole number within the bounds.
    Number {
        /// The blank.
        name: String,
        /// The least number.
        least: u16,
        /// The greatest number.
        most: u16,
    },
    /// No number of a term that fits.
    Term {
        /// The blank.
        name: String,
        /// The terms that fit. Empty: any of the lexicon.
        terms: Vec<TermId>,
    },
    /// No time that has one reading.
    Time {
        /// The blank.
        name: String,
        /// Why not.
        fault: MomentFault,
    },
    /// A blank that was filled twice.
    Twice(String),
    /// A blank that the entry does not have.
    Unknown {
        /// What was typed.
        name: String,
        /// The blanks that it has.
        known: String,
    },
}

impl BlankError {
    fn missing(blank: &Blank) -> Self {
        let (name, means) = (&blank.name, blank.means.of(Language::English));
        Self::Missing {
            name: name.clone(),
            means: means.to_owned(),
        }
    }
}

impl fmt::Display for BlankError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Choice { name, list, most } => write!(
                f,
                "'{name}' takes a number from 1 to {most} of the list '{list}', or 0: in our next message"
            ),
            Self::Minute(name) => write!(
                f,
                "'{name}' takes a whole minute from 2020-01-01 to 2051-11-24: leave the seconds away"
            ),
            Self::Missing { name, means } => write!(f, "'{name}' is not filled: it says {means}"),
            Self::NoEntry(number) => write!(
                f,
                "the code book has no {}: choose one that it has",
                Code(*number)
            ),
            Self::Number { name, least, most } => write!(
                f,
                "'{name}' takes a whole number from {least} to {most}, in digits alone"
            ),
            Self::Term { name, terms } if terms.is_empty() => write!(
                f,
                "'{name}' takes the number of a term, as T-004 is, or 0: in our next message"
            ),
            Self::Term { name, terms } => {
                let terms: Vec<String> = terms.iter().map(ToString::to_string).collect();
                let terms = terms.join(", ");
                write!(
                    f,
                    "'{name}' takes one of {terms}, or 0: in our next message"
                )
            }
            Self::Time { name, fault } => {
                let why = match fault {
                    MomentFault::Ambiguous => "two people could read this as two days",
                    MomentFault::NoZone => "this time has no zone",
                    MomentFault::OutOfRange => "this time is out of range",
                    MomentFault::Unreadable => "this is no time",
                };
                write!(f, "'{name}': {why}; write it as 2027-10-31T18:00Z")
            }
            Self::Twice(name) => write!(f, "'{name}' is filled twice: fill it once"),
            Self::Unknown { name, known } => {
                write!(f, "there is no blank '{name}': this entry has {known}")
            }
        }
    }
}

impl std::error::Error for BlankError {}
