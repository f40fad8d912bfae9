//! Reads the fields of a draft one by one and keeps what was wrong with each.

use redphone_wire::limits::FIELD_BYTES_MAX;
use redphone_wire::{Mark, Part, UtcSeconds};

use crate::draft::{Marked, word_of};
use crate::lack::Lack;
use crate::moment::{MomentFault, moment};

/// What was read so far, and what was wrong with it.
#[derive(Default)]
pub(super) struct Reader {
    pub(super) lacks: Vec<Lack>,
}

impl Reader {
    pub(super) fn find(&mut self, rule: &'static str, field: &str) {
        self.lacks.push(Lack::new(rule, field));
    }

    /// A part: filled, openly marked, or missing.
    pub(super) fn part<D: Marked, T>(
        &mut self,
        name: &str,
        given: Option<&D>,
        read: impl FnOnce(&mut Self, &D) -> Option<T>,
    ) -> Option<Part<T>> {
        let Some(given) = given else {
            self.find("C01", name);
            return None;
        };
        let Some(mark) = given.mark() else {
            return read(self, given).map(Part::Filled);
        };
        let known = Mark::ALL.into_iter().find(|one| word_of(*one) == mark);
        let mark = self.known(&format!("{name}.mark"), known)?;
        self.find("C06", name);
        Some(Part::Marked(mark))
    }

    /// A part that may not be marked.
    pub(super) fn needed<D, T>(
        &mut self,
        name: &str,
        given: Option<&D>,
        read: impl FnOnce(&mut Self, &D) -> Option<T>,
    ) -> Option<T> {
        if given.is_none() {
            self.find("C01", name);
        }
        read(self, given?)
    }

    /// A text that must be there, within the bound of a field.
    pub(super) fn text(&mut self, field: &str, given: Option<&String>) -> Option<String> {
        self.text_within(field, given, FIELD_BYTES_MAX)
    }

    /// A text that must be there, within a bound of its own.
    pub(super) fn text_within(
        &mut self,
        field: &str,
        given: Option<&String>,
        most: usize,
    ) -> Option<String> {
        let Some(text) = given.filter(|text| !text.trim().is_empty()) else {
            self.find("C02", field);
            return None;
        };
        if text.len() > most {
            self.find("C03", field);
            return None;
        }
        Some(text.clone())
    }

    /// A value that was looked up; None was no known one.
    pub(super) fn known<T>(&mut self, field: &str, found: Option<T>) -> Option<T> {
        if found.is_none() {
            self.find("C04", field);
        }
        found
    }

    pub(super) fn moment(&mut self, field: &str, given: Option<&String>) -> Option<UtcSeconds> {
        let text = self.text(field, given)?;
        match moment(&text) {
            Ok(at) => Some(at),
            Err(fault) => {
                self.find(rule_of(fault), field);
                None
            }
        }
    }

    /// The time of an ask. An ask without one has a rule of its own.
    pub(super) fn deadline(&mut self, field: &str, given: Option<&String>) -> Option<UtcSeconds> {
        if given.is_none_or(|text| text.trim().is_empty()) {
            self.find("O03", field);
            return None;
        }
        self.moment(field, given)
    }
}

fn rule_of(fault: MomentFault) -> &'static str {
    match fault {
        MomentFault::Ambiguous => "V04",
        MomentFault::NoZone => "V05",
        MomentFault::OutOfRange | MomentFault::Unreadable => "C04",
    }
}
