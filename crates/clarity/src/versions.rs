//! Two versions of one text, in the two languages: do they carry the same items?
//!
//! Compares numbers with their units, names, terms and whether it is negated; not the words. A
//! translation that passes can still be wrong, one that fails is. Rule X02.

use crate::finding::{Finding, RuleId};
use crate::readback::{Kind, Value, in_words};
use crate::rules::Rules;

const MISMATCH: RuleId = RuleId::new('X', 2);

/// An item that one version has and the other has not.
#[derive(Clone, Debug, Eq, PartialEq)]
pub struct Unmatched {
    /// The item.
    pub value: Value,
    /// True when only the first version has it.
    pub in_first: bool,
}

/// The items in which two versions of a text differ.
pub fn unmatched(first: &str, second: &str) -> Vec<Unmatched> {
    let mut rest = in_words(second);
    let mut found = Vec::new();
    for value in in_words(first) {
        match rest.iter().position(|other| *other == value) {
            Some(place) => {
                rest.swap_remove(place);
            }
            None => found.push(Unmatched {
                value,
                in_first: true,
            }),
        }
    }
    found.extend(rest.into_iter().map(|value| Unmatched {
        value,
        in_first: false,
    }));
    // Which words are names differs between languages: a name counts when its letters differ in both.
    let names = |in_first| {
        let of = move |one: &&Unmatched| one.in_first == in_first && one.value.kind() == Kind::Name;
        found.iter().filter(of).count()
    };
    let both = names(true) > 0 && names(false) > 0;
    found.retain(|one| one.value.kind() != Kind::Name || both);
    found
}

/// The finding on a field whose two versions differ.
pub fn check_versions(field: &str, first: &str, second: &str, rules: &Rules) -> Option<Finding> {
    if unmatched(first, second).is_empty() {
        return None;
    }
    rules.finding(MISMATCH, field, 0..second.len())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn translation_with_the_same_items_passes() {
        for (en, ru) in [
            (
                "Open 2 breakers of T-014 at Severnaya within 24 h.",
                "Включите 2 выключателя T-014 на Северная за 24 ч.",
            ),
            ("We will not block it.", "Мы не заблокируем его."),
            ("The line carries 330 kV.", "Линия несёт 330 кВ."),
        ] {
            assert_eq!(unmatched(en, ru), [], "{en}");
        }
    }

    #[test]
    fn translation_that_loses_or_changes_an_item_is_found() {
        let kinds = |en, ru| {
            let found = unmatched(en, ru).into_iter();
            found.map(|one| one.value.kind()).collect::<Vec<_>>()
        };
        assert_eq!(
            kinds("We will not block it.", "Мы заблокируем его."),
            [Kind::Negation; 2]
        );
        assert_eq!(kinds("Within 24 h.", "За 42 ч."), [Kind::Number; 2]);
        assert_eq!(
            kinds("See T-014 there.", "Смотрите T-013 там."),
            [Kind::Term; 2]
        );
        assert_eq!(kinds("At Severnaya.", "На Южная."), [Kind::Name; 2]);
        assert_eq!(kinds("Within 24 h.", "Быстро."), [Kind::Number]);
    }
}
