//! Findings as the station tells them: in an answer, and in a refusal.

use redphone_api::{Checked, FindingView, FindingWeight, Refusal, RefusalKind, Word};
use redphone_desk::{Expected, Finding, Severity, rule};
use redphone_wire::Utc;

/// Findings that the sentence of a refusal names.
const NAMED_MAX: usize = 8;
/// Findings that one answer or refusal has.
const FINDINGS_MAX: usize = 256;

/// A finding as every part of the station tells it.
pub fn finding_view(finding: &Finding) -> FindingView {
    let word = |said: &redphone_clarity::Bilingual| Word {
        en: said.en.clone(),
        ru: said.ru.clone(),
    };
    FindingView {
        rule: finding.rule.to_string(),
        name: rule(finding.rule).map_or_else(String::new, |rule| rule.name.clone()),
        severity: match finding.severity {
            Severity::Block => FindingWeight::MustFix,
            Severity::Warn => FindingWeight::Advised,
            Severity::Note => FindingWeight::Noted,
        },
        field: finding.field.clone(),
        span: [finding.span.start, finding.span.end],
        why: word(&finding.why),
        fix: word(&finding.fix),
        replacement: finding.replacement.clone(),
        weight: finding.weight,
    }
}

/// What a check answers.
pub(super) fn checked(findings: &[Finding], stops: bool, expected: Expected) -> Checked {
    let blocked = findings.iter().any(|one| one.severity == Severity::Block);
    Checked {
        blocked,
        stops: blocked && stops,
        findings: findings
            .iter()
            .take(FINDINGS_MAX)
            .map(finding_view)
            .collect(),
        expected_at: expected.delivered.map(|at| Utc::from(at).0),
        form: Vec::new(),
    }
}

/// Refuses where something must be fixed; with the findings, for whoever shows them.
pub(super) fn refuse(muddled: &[&Finding]) -> Result<(), Refusal> {
    let Some(first) = muddled.first() else {
        return Ok(());
    };
    let named = muddled.iter().take(NAMED_MAX);
    let places: Vec<String> = named
        .map(|finding| format!("{} in {}", finding.rule, finding.field))
        .collect();
    let more = match muddled.len().saturating_sub(NAMED_MAX) {
        0 => String::new(),
        more => format!(", and {more} more"),
    };
    let places = places.join(", ");
    let told = muddled.iter().take(FINDINGS_MAX);
    Err(Refusal {
        findings: told.map(|finding| finding_view(finding)).collect(),
        ..Refusal::operator(
            RefusalKind::Clarity,
            format!("Not released, it must be fixed: {places}{more}."),
            format!("{} at first: {}.", first.rule, first.fix.en),
        )
    })
}
