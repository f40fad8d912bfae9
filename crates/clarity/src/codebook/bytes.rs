//! Blanks as they cross the line: fixed widths in the order of the entry, big-endian. Rule CODE-5.

use std::fmt;

use redphone_wire::{Coded, Precedence, UtcSeconds};

use super::{Blank, BlankKind, BlankValue, CODED_EPOCH, Code, CodeBook};
use crate::lexicon::TermId;

const MINUTE_S: u32 = 60;
/// Minutes that three bytes cannot hold.
const MINUTES_END: u32 = 1 << 24;

impl CodeBook {
    /// The values in the blanks of a coded message.
    ///
    /// # Errors
    ///
    /// [`CodedError`] when this book has no such entry, or another of that number.
    pub fn decode(&self, coded: &Coded) -> Result<Vec<BlankValue>, CodedError> {
        let number = coded.entry;
        let entry = self.entry(number).ok_or(CodedError::NoEntry(number))?;
        if coded.flash != (entry.precedence == Precedence::Flash) {
            return Err(CodedError::Precedence(number));
        }
        let mut rest = coded.blanks.as_slice();
        let mut values = Vec::with_capacity(entry.blanks.len());
        for blank in &entry.blanks {
            let cut = rest.split_at_checked(blank.kind.width());
            let (field, after) = cut.ok_or(CodedError::Length(number))?;
            let value = self.value(&blank.kind, field);
            values.push(value.ok_or_else(|| CodedError::value(number, blank))?);
            rest = after;
        }
        if rest.is_empty() {
            Ok(values)
        } else {
            Err(CodedError::Length(number))
        }
    }

    /// What the bytes of one blank say, if that is something it takes.
    fn value(&self, kind: &BlankKind, field: &[u8]) -> Option<BlankValue> {
        let number = field
            .iter()
            .fold(0_u32, |number, byte| number << 8 | u32::from(*byte));
        let value = match kind {
            BlankKind::Choice { .. } | BlankKind::Term { .. } if number == 0 => BlankValue::Follows,
            BlankKind::Choice { .. } => BlankValue::Choice(u8::try_from(number).ok()?),
            BlankKind::Count { .. } => BlankValue::Count(u16::try_from(number).ok()?),
            BlankKind::Hours => BlankValue::Hours(u8::try_from(number).ok()?),
            BlankKind::Term { .. } => BlankValue::Term(TermId(u16::try_from(number).ok()?)),
            BlankKind::Time => BlankValue::Time(UtcSeconds(CODED_EPOCH.0 + number * MINUTE_S)),
        };
        self.takes(kind, value).then_some(value)
    }

    /// Whether a blank takes a value.
    pub(super) fn takes(&self, kind: &BlankKind, value: BlankValue) -> bool {
        match (kind, value) {
            (BlankKind::Choice { list }, BlankValue::Choice(item)) => {
                (1..=self.list(list).len()).contains(&usize::from(item))
            }
            (BlankKind::Choice { .. } | BlankKind::Term { .. }, BlankValue::Follows) => true,
            (BlankKind::Count { bytes, least }, BlankValue::Count(count)) => {
                (*least..=count_max(*bytes)).contains(&count)
            }
            (BlankKind::Hours, BlankValue::Hours(hours)) => hours > 0,
            (BlankKind::Term { terms }, BlankValue::Term(id)) => {
                let listed = terms.is_empty() || terms.contains(&id);
                listed && (1..=u16::from(u8::MAX)).contains(&id.0)
            }
            (BlankKind::Time, BlankValue::Time(at)) => minutes(at).is_some(),
            _ => false,
        }
    }
}

/// Appends the bytes of a value that the blank takes.
pub(super) fn push(kind: &BlankKind, value: BlankValue, bytes: &mut Vec<u8>) {
    let number = match value {
        BlankValue::Choice(item) => u32::from(item),
        BlankValue::Count(count) => u32::from(count),
        BlankValue::Follows => 0,
        BlankValue::Hours(hours) => u32::from(hours),
        BlankValue::Term(id) => u32::from(id.0),
        BlankValue::Time(at) => minutes(at).unwrap_or(0),
    };
    let all = number.to_be_bytes();
    let tail = all.get(all.len().saturating_sub(kind.width())..);
    bytes.extend_from_slice(tail.unwrap_or_default());
}

/// The greatest number in so many bytes.
pub(super) fn count_max(bytes: u8) -> u16 {
    if bytes == 1 {
        u16::from(u8::MAX)
    } else {
        u16::MAX
    }
}

/// Minutes since [`CODED_EPOCH`], of a whole minute that three bytes can hold.
fn minutes(at: UtcSeconds) -> Option<u32> {
    let since = at.0.checked_sub(CODED_EPOCH.0)?;
    let minutes = since / MINUTE_S;
    (since % MINUTE_S == 0 && minutes < MINUTES_END).then_some(minutes)
}

/// Why a coded message cannot be read by this book. The two stations have to compare their code
/// books.
#[derive(Clone, Debug, Eq, PartialEq)]
#[non_exhaustive]
pub enum CodedError {
    /// More or fewer blanks than the entry has.
    Length(u8),
    /// The book has no such entry.
    NoEntry(u8),
    /// FLASH there and not here, or the other way round.
    Precedence(u8),
    /// A blank with what it does not take.
    Value {
        /// The entry.
        number: u8,
        /// The blank's name.
        blank: String,
    },
}

impl CodedError {
    pub(super) fn value(number: u8, blank: &Blank) -> Self {
        let blank = blank.name.clone();
        Self::Value { number, blank }
    }
}

impl fmt::Display for CodedError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Length(number) => {
                let code = Code(*number);
                write!(f, "{code} has other blanks in our code book")?;
            }
            Self::NoEntry(number) => write!(f, "our code book has no {}", Code(*number))?,
            Self::Precedence(number) => {
                let code = Code(*number);
                write!(f, "{code} has another precedence in our code book")?;
            }
            Self::Value { number, blank } => {
                let code = Code(*number);
                write!(
                    f,
                    "'{blank}' of {code} is filled with what our code book does not have"
                )?;
            }
        }
        f.write_str("; compare the versions of both code books on the order wire")
    }
}

impl std::error::Error for CodedError {}
