//! Values of the read-back: how each is read from what was typed, and when two are the same.

use std::fmt;

use redphone_wire::{Confidence, Likelihood, Mark, UtcSeconds, Verb};

use super::spelling::{name, number, span};
use crate::moment::moment;
use crate::render::{instant, term_ids};

/// What is to be filled in.
#[derive(Clone, Copy, Debug, Eq, Ord, PartialEq, PartialOrd)]
pub enum Kind {
    /// `low`, `moderate` or `high`, or the Russian word.
    Confidence,
    /// An instant in UTC.
    Moment,
    /// `E1` to `E7`.
    Likelihood,
    /// `none`, `not disclosed` or `undecided`.
    Mark,
    /// A name, in either alphabet.
    Name,
    /// Whether something is negated: `not`, or `plain`.
    Negation,
    /// A number, with its unit if it has one.
    Number,
    /// How long.
    Span,
    /// The id of a term.
    Term,
    /// One of the agreed verbs.
    Verb,
}

/// A canonical value: two values are the same exactly when they are equal.
#[derive(Clone, Debug, Eq, PartialEq)]
pub enum Value {
    /// How good the grounds are.
    Confidence(Confidence),
    /// An instant.
    Moment(UtcSeconds),
    /// A step of the ladder.
    Likelihood(Likelihood),
    /// How a part is marked.
    Mark(Mark),
    /// A name in the letters of the agreed table.
    Name(String),
    /// How many negations, odd or even.
    Negation(bool),
    /// Digits, and the unit behind them.
    Number(String),
    /// Seconds.
    Span(u32),
    /// The id of a term.
    Term(String),
    /// A verb.
    Verb(Verb),
}

impl Value {
    /// What kind it is.
    pub fn kind(&self) -> Kind {
        match self {
            Self::Confidence(_) => Kind::Confidence,
            Self::Moment(_) => Kind::Moment,
            Self::Likelihood(_) => Kind::Likelihood,
            Self::Mark(_) => Kind::Mark,
            Self::Name(_) => Kind::Name,
            Self::Negation(_) => Kind::Negation,
            Self::Number(_) => Kind::Number,
            Self::Span(_) => Kind::Span,
            Self::Term(_) => Kind::Term,
            Self::Verb(_) => Kind::Verb,
        }
    }
}

impl Kind {
    /// All of them.
    pub const ALL: [Self; 10] = [
        Self::Confidence,
        Self::Moment,
        Self::Likelihood,
        Self::Mark,
        Self::Name,
        Self::Negation,
        Self::Number,
        Self::Span,
        Self::Term,
        Self::Verb,
    ];

    /// What may be filled in, for people.
    pub fn hint(self) -> &'static str {
        match self {
            Self::Confidence => "low, moderate or high",
            Self::Moment => "a time in UTC: 2027-10-31T18:00Z or 311800Z OCT 27",
            Self::Likelihood => "a step of likelihood: E1 to E7",
            Self::Mark => "none, not disclosed or undecided",
            Self::Name => "a name, in either alphabet",
            Self::Negation => "not, or plain where nothing is negated",
            Self::Number => "a number with its unit, if it has one: 24 h",
            Self::Span => "how long: 24 h",
            Self::Term => "a term: T-007",
            Self::Verb => "a verb, such as stop or confirm",
        }
    }
}

/// As it is filled in: [`read`] gives the same value back.
impl fmt::Display for Value {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Confidence(confidence) => f.write_str(confidence.en()),
            Self::Moment(at) => f.write_str(&instant(*at)),
            Self::Likelihood(step) => f.write_str(step.id()),
            Self::Mark(mark) => f.write_str(mark.en()),
            Self::Name(text) | Self::Number(text) | Self::Term(text) => f.write_str(text),
            Self::Negation(negated) => f.write_str(if *negated { "not" } else { "plain" }),
            Self::Span(seconds) if seconds % 3_600 == 0 => write!(f, "{} h", seconds / 3_600),
            Self::Span(seconds) if seconds % 60 == 0 => write!(f, "{} min", seconds / 60),
            Self::Span(seconds) => write!(f, "PT{seconds}S"),
            Self::Verb(verb) => f.write_str(verb.en()),
        }
    }
}

/// Reads what was typed for an item. None when it is no value of that kind.
pub fn read(kind: Kind, typed: &str) -> Option<Value> {
    let typed = typed.trim();
    let word = typed.to_lowercase();
    match kind {
        Kind::Confidence => Confidence::ALL
            .into_iter()
            .find(|one| [one.en(), one.ru()].contains(&word.as_str()))
            .map(Value::Confidence),
        Kind::Moment => moment(typed).ok().map(Value::Moment),
        Kind::Likelihood => Likelihood::ALL
            .into_iter()
            .find(|step| step.id().eq_ignore_ascii_case(typed))
            .map(Value::Likelihood),
        Kind::Mark => Mark::ALL
            .into_iter()
            .find(|mark| [mark.en(), mark.ru(), short(*mark)].contains(&word.as_str()))
            .map(Value::Mark),
        Kind::Name => Some(Value::Name(name(typed))).filter(|_| !typed.is_empty()),
        Kind::Negation => match word.as_str() {
            "not" | "no" | "не" | "нет" => Some(Value::Negation(true)),
            "plain" | "yes" | "да" | "без отрицания" => Some(Value::Negation(false)),
            _ => None,
        },
        Kind::Number => number(typed).map(Value::Number),
        Kind::Span => span(typed).map(Value::Span),
        Kind::Term => match term_ids(&typed.to_uppercase().replace('Т', "T")).as_slice() {
            [id] => Some(Value::Term((*id).to_owned())),
            _ => None,
        },
        Kind::Verb => Verb::ALL
            .into_iter()
            .find(|verb| [verb.en(), verb.ru()].contains(&word.as_str()))
            .map(Value::Verb),
    }
}

/// The values that stand in a free text: its terms, numbers, names and whether it is negated.
pub(crate) fn in_words(text: &str) -> Vec<Value> {
    let mut values: Vec<Value> = Vec::new();
    let terms = term_ids(text).into_iter();
    values.extend(terms.map(|id| Value::Term(id.to_owned())));
    let words: Vec<&str> = text.split_whitespace().collect();
    let mut negations = 0_u32;
    for (at, raw) in words.iter().enumerate() {
        let word = raw.trim_matches(|c: char| !c.is_alphanumeric());
        if is_negation(word) {
            negations += 1;
        } else if word.starts_with(|c: char| c.is_ascii_digit()) {
            let next = words.get(at + 1).copied().unwrap_or_default();
            let read = number(&format!("{word} {next}")).or_else(|| number(word));
            // What begins with a digit and is no number is a name: a date, a model, a hull.
            values.push(read.map_or_else(|| Value::Name(name(word)), Value::Number));
        } else if is_name(word, at == 0 || ends_sentence(words.get(at - 1).copied())) {
            values.push(Value::Name(name(word)));
        }
    }
    values.push(Value::Negation(negations % 2 == 1));
    values
}

fn ends_sentence(word: Option<&str>) -> bool {
    word.is_some_and(|word| word.ends_with(['.', '!', '?', ':']))
}

/// A word with a capital that does not only begin a sentence. Ids of terms are values of their own.
fn is_name(word: &str, begins: bool) -> bool {
    let mut letters = word.chars();
    let capital = letters.next().is_some_and(char::is_uppercase);
    let more_capitals = letters.any(char::is_uppercase);
    capital && term_ids(word).is_empty() && word.len() > 1 && (!begins || more_capitals)
}

fn is_negation(word: &str) -> bool {
    let word = word.to_lowercase();
    word.ends_with("n't")
        || word.ends_with("n\u{2019}t")
        || matches!(
            word.as_str(),
            "not"
                | "no"
                | "never"
                | "none"
                | "cannot"
                | "without"
                | "не"
                | "нет"
                | "ни"
                | "никогда"
                | "без"
        )
}

fn short(mark: Mark) -> &'static str {
    match mark {
        Mark::None => "no",
        Mark::NotDisclosed => "not disclosed",
        Mark::Undecided => "not decided",
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn spelling_language_and_alphabet_do_not_matter() {
        for (kind, one, other) in [
            (Kind::Moment, "2027-10-31T18:00Z", "311800Z OCT 27"),
            (Kind::Name, "Северная", "Severnaya"),
            (Kind::Name, "НОРД", "nord"),
            (Kind::Number, "24 h", "24 часа"),
            (Kind::Number, "024", "24"),
            (Kind::Number, "330 kV", "330 кВ"),
            (Kind::Span, "PT24H", "24 ч"),
            (Kind::Span, "P1D", "24 hours"),
            (Kind::Term, "t-007", "Т-007"),
            (Kind::Verb, "stop", "прекратить"),
            (Kind::Negation, "not", "не"),
            (Kind::Confidence, "High", "высокая"),
            (Kind::Mark, "undecided", "не решено"),
        ] {
            assert!(read(kind, one).is_some(), "{kind:?} {one}");
            assert_eq!(read(kind, one), read(kind, other), "{kind:?} {one} {other}");
        }
    }

    #[test]
    fn value_as_it_is_written_reads_as_itself() {
        for (kind, typed) in [
            (Kind::Confidence, "высокая"),
            (Kind::Moment, "311800Z OCT 27"),
            (Kind::Moment, "2027-10-31T18:00:07Z"),
            (Kind::Likelihood, "e3"),
            (Kind::Mark, "not disclosed"),
            (Kind::Name, "Северная"),
            (Kind::Negation, "не"),
            (Kind::Number, "3 days"),
            (Kind::Number, "0.50 Gbit/s"),
            (Kind::Span, "PT90M"),
            (Kind::Span, "PT24H"),
            (Kind::Span, "PT61S"),
            (Kind::Term, "т-007"),
            (Kind::Verb, "прекратить"),
        ] {
            let value = read(kind, typed).unwrap();
            assert_eq!(read(kind, &value.to_string()), Some(value), "{typed}");
        }
    }

    #[test]
    fn another_value_is_never_the_same() {
        for (kind, one, other) in [
            (Kind::Moment, "2027-10-31T18:00Z", "2027-10-31T18:01Z"),
            (Kind::Name, "Северная", "Южная"),
            (Kind::Number, "24 h", "24 min"),
            (Kind::Number, "24", "240"),
            (Kind::Number, "1.5 km", "15 km"),
            (Kind::Span, "24 h", "42 h"),
            (Kind::Term, "T-007", "T-008"),
            (Kind::Verb, "stop", "confirm"),
            (Kind::Negation, "not", "plain"),
        ] {
            assert_ne!(read(kind, one), read(kind, other), "{kind:?} {one} {other}");
        }
        for (kind, typed) in [
            (Kind::Moment, "18:00"),
            (Kind::Moment, "2027-10-31T18:00"),
            (Kind::Number, "1,000"),
            (Kind::Number, "many"),
            (Kind::Term, "T-7"),
            (Kind::Verb, "halt"),
        ] {
            assert_eq!(read(kind, typed), None, "{kind:?} {typed}");
        }
    }

    #[test]
    fn values_of_a_text_are_its_terms_numbers_names_and_negation() {
        let values =
            in_words("We will not open the 330 kV line at Severnaya before T-035 is over.");
        assert_eq!(
            values,
            [
                Value::Term("T-035".to_owned()),
                Value::Number("330 kV".to_owned()),
                Value::Name("severnaia".to_owned()),
                Value::Negation(true),
            ]
        );
    }
}
