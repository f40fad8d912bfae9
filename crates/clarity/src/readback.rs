//! The read-back: the receiver fills a blank card from memory of what was read, and the values are
//! compared, not the words.
//!
//! Owns which items of a form are critical, and when two values are the same. A card has one blank
//! for each item: an instant, a number with its unit, a term, a verb, a name, whether it is
//! negated, how it is marked. Spelling, language and alphabet do not matter; a value that differs
//! always does. Spec: ICAO Doc 4444, 4.5.7.5 (read-back); rules READ-1 to READ-5.
//!
//! ```text
//!   form -> items -> blank card -> entries -> compare -> CORRECT or CORRECTION, item by item
//! ```

mod spelling;
mod value;

use redphone_wire::{
    Ask, Assurance, Basis, BrightLine, Conduct, Consequence, Form, Mark, Part, Warning,
};

use crate::finding::{Finding, RuleId};
use crate::rules::Rules;

pub use self::value::{Kind, Value, read};

pub(crate) use self::value::in_words;

/// The rule of a read-back that differs.
const MISMATCH: RuleId = RuleId::new('X', 4);

/// One thing that must be understood as it was meant.
#[derive(Clone, Debug, Eq, PartialEq)]
pub struct Item {
    /// The field that it stands in: `ask.1.act_by`.
    pub field: String,
    /// Which of the field's items of this kind, from 0.
    pub index: u8,
    /// What is to be filled in.
    pub kind: Kind,
    /// What the form says.
    pub value: Value,
}

/// What the receiver filled in for an item.
#[derive(Clone, Debug, Eq, PartialEq)]
pub struct Entry {
    /// The field, as on the card.
    pub field: String,
    /// Which of the field's items of this kind.
    pub index: u8,
    /// The kind, as on the card.
    pub kind: Kind,
    /// What was typed or picked.
    pub typed: String,
}

/// How one item came back.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub enum Verdict {
    /// The same value.
    Correct,
    /// Another value, or none that can be read.
    Correction,
    /// Nothing was filled in.
    Missing,
}

/// The critical items of a form, in its order. The card is the same without the values.
pub fn items(form: &Form) -> Vec<Item> {
    let mut card = Card(Vec::new());
    match form {
        Form::Agreement(_) | Form::Answer(_) | Form::Translation(_) => {}
        Form::Assurance(assured) => card.assurance(&assured.assurance),
        Form::Information(information) => {
            card.part("conduct", &information.event, Card::conduct);
            card.part("basis", &information.basis, Card::basis);
        }
        Form::Request(request) => request.asks.iter().for_each(|ask| card.ask(ask)),
        Form::Warning(warning) => card.warning(warning),
    }
    if let Some(note) = note(form) {
        card.words("note", note);
    }
    card.0
}

/// Compares a filled card with the form. Items of one kind in one field may stand in any order.
pub fn compare(items: &[Item], entries: &[Entry]) -> Vec<(Item, Verdict)> {
    let mut used = vec![false; entries.len()];
    let mut take = |item: &Item, same: bool| {
        let fits = |(entry, used): (&Entry, &bool)| {
            let placed = entry.field == item.field && entry.kind == item.kind;
            let blank = entry.typed.trim().is_empty();
            !used
                && placed
                && !blank
                && (!same || read(item.kind, &entry.typed) == Some(item.value.clone()))
        };
        let found = entries.iter().zip(&used).position(fits)?;
        *used.get_mut(found)? = true;
        Some(())
    };
    let correct: Vec<bool> = items
        .iter()
        .map(|item| take(item, true).is_some())
        .collect();
    let mut verdicts = Vec::with_capacity(items.len());
    for (item, correct) in items.iter().zip(correct) {
        let verdict = if correct {
            Verdict::Correct
        } else if take(item, false).is_some() {
            Verdict::Correction
        } else {
            Verdict::Missing
        };
        verdicts.push((item.clone(), verdict));
    }
    verdicts
}

/// The findings on a filled card: one for each item that came back as another value (rule X04).
pub fn check_readback(verdicts: &[(Item, Verdict)], rules: &Rules) -> Vec<Finding> {
    let wrong = verdicts
        .iter()
        .filter(|(_, verdict)| *verdict == Verdict::Correction);
    wrong
        .filter_map(|(item, _)| rules.finding(MISMATCH, &item.field, 0..0))
        .collect()
}

fn note(form: &Form) -> Option<&str> {
    match form {
        Form::Agreement(form) => form.note.as_deref(),
        Form::Answer(form) => form.note.as_deref(),
        Form::Assurance(form) => form.note.as_deref(),
        Form::Information(form) => form.note.as_deref(),
        Form::Request(form) => form.note.as_deref(),
        Form::Translation(_) => None,
        Form::Warning(form) => form.note.as_deref(),
    }
}

/// The items so far.
struct Card(Vec<Item>);

impl Card {
    fn item(&mut self, field: &str, value: Value) {
        let kind = value.kind();
        let before = self
            .0
            .iter()
            .filter(|item| item.field == field && item.kind == kind);
        let index = u8::try_from(before.count()).unwrap_or(u8::MAX);
        let field = field.to_owned();
        self.0.push(Item {
            field,
            index,
            kind,
            value,
        });
    }

    /// The terms, numbers, names and the negation of a free text.
    fn words(&mut self, field: &str, text: &str) {
        for value in in_words(text) {
            self.item(field, value);
        }
    }

    fn part<T>(&mut self, name: &str, part: &Part<T>, say: impl Fn(&mut Self, &T)) {
        match part {
            Part::Filled(value) => say(self, value),
            Part::Marked(mark) => self.mark(name, *mark),
        }
    }

    fn mark(&mut self, name: &str, mark: Mark) {
        self.item(name, Value::Mark(mark));
    }

    fn warning(&mut self, warning: &Warning) {
        self.part("conduct", &warning.conduct, Self::conduct);
        self.part("basis", &warning.basis, Self::basis);
        self.part("bright_line", &warning.bright_line, Self::bright_line);
        self.part("consequence", &warning.consequence, Self::consequence);
        self.part("asks", &warning.asks, |card, asks| {
            asks.iter().for_each(|ask| card.ask(ask));
        });
        self.part("assurance", &warning.assurance, Self::assurance);
    }

    fn conduct(&mut self, conduct: &Conduct) {
        self.words("conduct.actor", &conduct.actor);
        self.words("conduct.act", &conduct.act);
        self.words("conduct.where", &conduct.place);
        self.item("conduct.when", Value::Moment(conduct.from));
        if conduct.to != conduct.from {
            self.item("conduct.when", Value::Moment(conduct.to));
        }
    }

    fn basis(&mut self, basis: &Basis) {
        self.item("basis.likelihood", Value::Likelihood(basis.likelihood));
        self.item("basis.confidence", Value::Confidence(basis.confidence));
    }

    fn bright_line(&mut self, line: &BrightLine) {
        self.words("bright_line.act", &line.act);
        self.item("bright_line.count", Value::Number(line.count.to_string()));
        self.words("bright_line.where", &line.place);
        self.item("bright_line.from", Value::Moment(line.from));
        self.item("bright_line.to", Value::Moment(line.to));
        self.words("bright_line.judge", &line.judge);
    }

    fn consequence(&mut self, consequence: &Consequence) {
        self.words("consequence.actor", &consequence.actor);
        self.words("consequence.act", &consequence.act);
        self.item("consequence.within", Value::Span(consequence.within_s));
    }

    fn ask(&mut self, ask: &Ask) {
        let field = |name: &str| format!("ask.{}.{name}", ask.number);
        self.words(&field("to"), &ask.to);
        self.item(&field("verb"), Value::Verb(ask.verb));
        self.words(&field("object"), &ask.object);
        self.item(&field("act_by"), Value::Moment(ask.act_by));
        self.item(&field("answer_by"), Value::Moment(ask.answer_by));
    }

    fn assurance(&mut self, assurance: &Assurance) {
        self.words("assurance.if", &assurance.condition);
        self.words("assurance.act", &assurance.act);
        self.item("assurance.until", Value::Moment(assurance.until));
    }
}
