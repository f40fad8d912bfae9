//! Whether an answer answers: its acts against the asks, and its note against its acts.
//!
//! Owns nothing of the life of an ask: that is the desk's. Says what an answer leaves open and where
//! its prose takes back what its acts say. Rules A07 to A09.

use redphone_wire::{Act, Answer, Ask};

use crate::finding::{Finding, RuleId, Severity};
use crate::lexicon::Lexicon;
use crate::rules::Rules;
use crate::scope::Scope;

/// A note that hedges or sets a condition takes a COMMIT back.
const MISMATCH: RuleId = RuleId::new('A', 7);
const UNCOVERED: RuleId = RuleId::new('A', 8);
const WITHOUT_TIME: RuleId = RuleId::new('A', 9);

/// Groups of rules whose findings in a note contradict a COMMIT.
const TAKES_BACK: [&str; 2] = ["condition", "hedge"];

/// Rules of answers that say that a note promises nothing.
const PROMISES_NOTHING: [&str; 3] = ["A01", "A02", "A05"];

/// Finds what is wrong with an answer to the asks of one message.
pub fn check_answer(
    answer: &Answer,
    asks: &[Ask],
    rules: &Rules,
    lexicon: &Lexicon,
) -> Vec<Finding> {
    let note = answer.note.as_deref().unwrap_or_default();
    let prose = rules.check_text(note, answer.language, Scope::Answer, lexicon);
    let commits = answer
        .acts
        .iter()
        .any(|act| matches!(act, Act::Commit { .. }));
    let contradicts = |finding: &&Finding| {
        let rule = rules.rule(finding.rule);
        let group = rule.map_or("", |rule| rule.group.as_str());
        TAKES_BACK.contains(&group) || PROMISES_NOTHING.contains(&finding.rule.to_string().as_str())
    };
    let mismatch = prose.iter().find(contradicts).filter(|_| commits);
    let mismatch = mismatch.and_then(|found| rules.finding(MISMATCH, "note", found.span.clone()));
    let mut findings: Vec<Finding> = uncovered(answer, asks, rules);
    findings.extend(timeless(answer, rules));
    findings.extend(mismatch);
    // An answer that has acts is not prose alone: what its note says is advice.
    let acts = !answer.acts.is_empty();
    findings.extend(prose.into_iter().map(|finding| Finding {
        field: "note".to_owned(),
        severity: if acts {
            finding.severity.max(Severity::Warn)
        } else {
            finding.severity
        },
        ..finding
    }));
    findings
}

/// Asks that no act of the answer is about.
fn uncovered(answer: &Answer, asks: &[Ask], rules: &Rules) -> Vec<Finding> {
    let answered = |ask: &&Ask| answer.acts.iter().any(|act| act.ask() == Some(ask.number));
    let open = asks.iter().filter(|ask| !answered(ask));
    open.filter_map(|ask| rules.finding(UNCOVERED, &format!("ask.{}", ask.number), 0..0))
        .collect()
}

/// A DEFER without a time.
fn timeless(answer: &Answer, rules: &Rules) -> Vec<Finding> {
    let timeless = answer.acts.iter().filter_map(|act| {
        if let Act::Defer { ask, until, .. } = act {
            (until.0 == 0).then_some(*ask)
        } else {
            None
        }
    });
    timeless
        .filter_map(|ask| rules.finding(WITHOUT_TIME, &format!("ask.{ask}.until"), 0..0))
        .collect()
}
