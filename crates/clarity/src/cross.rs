//! What is wrong between parts of a form that are all there, and against the message it refers to.
//!
//! Owns the order of times, whether they are still ahead when the message arrives, whether the
//! bright line can be measured, whether consequence and assurance fit it, and whether the listed
//! changes are the real ones. Time is an argument. Rules C07 to C14, O04 to O06.

use redphone_wire::{
    Ask, BrightLine, Form, Mark, Part, PartName, Reference, ReferenceKind, UtcSeconds, Warning,
};

use crate::lack::Lack;
use crate::render::term_ids;

/// Words of a bright line's act that describe one without a term.
const ACT_WORDS_MIN: usize = 3;

/// When a form is looked at.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub struct Expected {
    /// Now.
    pub now: UtcSeconds,
    /// When it is expected at the peer, over the bearers that are up; None when none is.
    pub delivered: Option<UtcSeconds>,
}

/// Finds what is wrong between the parts. `earlier` is the message that the form refers to, if it is
/// held here.
pub fn cross(form: &Form, expected: Expected, earlier: Option<&Form>) -> Vec<Lack> {
    let mut found = Vec::new();
    let mut find = |rule, field: &str| found.push(Lack::new(rule, field));
    asks(form.asks(), expected, &mut find);
    match form {
        Form::Warning(warning) => {
            bright_line(warning, expected, &mut find);
            consequence(warning, &mut find);
            assurance(warning, &mut find);
            conduct(warning, expected, &mut find);
            reference(form, &warning.reference, earlier, &mut find);
        }
        Form::Request(request) => reference(form, &request.reference, earlier, &mut find),
        Form::Assurance(assured) => {
            if assured.assurance.until <= expected.arrival() {
                find("C09", "assurance.until");
            }
            reference(form, &assured.reference, earlier, &mut find);
        }
        Form::Agreement(_) | Form::Answer(_) | Form::Information(_) | Form::Translation(_) => {}
    }
    found
}

/// The parts in which two forms differ.
pub fn changes(earlier: &Form, later: &Form) -> Vec<PartName> {
    let differ = |part: &PartName| match (earlier, later) {
        (Form::Warning(before), Form::Warning(after)) => match part {
            PartName::Asks => before.asks != after.asks,
            PartName::Assurance => before.assurance != after.assurance,
            PartName::Basis => before.basis != after.basis,
            PartName::BrightLine => before.bright_line != after.bright_line,
            PartName::Conduct => before.conduct != after.conduct,
            PartName::Consequence => before.consequence != after.consequence,
        },
        _ => *part == PartName::Asks && earlier.asks() != later.asks(),
    };
    PartName::ALL.into_iter().filter(differ).collect()
}

impl Expected {
    fn arrival(self) -> UtcSeconds {
        self.delivered.unwrap_or(self.now).max(self.now)
    }
}

fn asks(asks: &[Ask], expected: Expected, find: &mut impl FnMut(&'static str, &str)) {
    for ask in asks {
        let field = |name: &str| format!("ask.{}.{name}", ask.number);
        if ask.answer_by > ask.act_by {
            find("C07", &field("answer_by"));
        }
        for (name, at) in [("answer_by", ask.answer_by), ("act_by", ask.act_by)] {
            if at <= expected.now {
                find("C08", &field(name));
            } else if at <= expected.arrival() {
                find("C09", &field(name));
            }
        }
    }
}

fn bright_line(warning: &Warning, expected: Expected, find: &mut impl FnMut(&'static str, &str)) {
    let Part::Filled(line) = &warning.bright_line else {
        return;
    };
    if line.from >= line.to {
        find("C07", "bright_line.to");
    }
    if line.to <= expected.now {
        find("C08", "bright_line.to");
    } else if line.to <= expected.arrival() {
        find("C09", "bright_line.to");
    }
    if !is_measurable(line) {
        find("C10", "bright_line.act");
    }
    for ask in warning.asks.filled().into_iter().flatten() {
        if ask.act_by > line.to {
            find("C07", &format!("ask.{}.act_by", ask.number));
        }
    }
}

/// An act that the lexicon defines can be counted by both sides; so can one that is described. One or
/// two words of nobody's lexicon cannot.
fn is_measurable(line: &BrightLine) -> bool {
    !term_ids(&line.act).is_empty() || line.act.split_whitespace().count() >= ACT_WORDS_MIN
}

fn consequence(warning: &Warning, find: &mut impl FnMut(&'static str, &str)) {
    match (&warning.bright_line, &warning.consequence) {
        (Part::Filled(_), Part::Marked(Mark::None)) => find("O04", "consequence"),
        (Part::Marked(_), Part::Filled(_)) => find("O05", "bright_line"),
        (Part::Filled(_) | Part::Marked(_), Part::Filled(_) | Part::Marked(_)) => {}
    }
}

fn assurance(warning: &Warning, find: &mut impl FnMut(&'static str, &str)) {
    match (&warning.consequence, &warning.assurance) {
        (Part::Filled(_), Part::Marked(_)) => find("O06", "assurance"),
        (_, Part::Filled(assurance)) => {
            let line = warning.bright_line.filled();
            if line.is_some_and(|line| assurance.until < line.to) {
                find("C11", "assurance.until");
            }
        }
        (Part::Marked(_), Part::Marked(_)) => {}
    }
}

fn conduct(warning: &Warning, expected: Expected, find: &mut impl FnMut(&'static str, &str)) {
    let Part::Filled(conduct) = &warning.conduct else {
        return;
    };
    if conduct.from > conduct.to {
        find("C07", "conduct.when");
    }
    if conduct.from > expected.now {
        find("C12", "conduct.when");
    }
}

fn reference(
    form: &Form,
    reference: &Reference,
    earlier: Option<&Form>,
    find: &mut impl FnMut(&'static str, &str),
) {
    let Reference::To {
        kind,
        changes: listed,
        ..
    } = reference
    else {
        return;
    };
    let Some(earlier) = earlier else {
        find("C15", "reference.serial");
        return;
    };
    if *kind == ReferenceKind::Withdraws {
        return;
    }
    let real = changes(earlier, form);
    if listed.iter().any(|part| !real.contains(part)) {
        find("C13", "reference.changes");
    }
    if real.iter().any(|part| !listed.contains(part)) {
        find("C14", "reference.changes");
    }
}
