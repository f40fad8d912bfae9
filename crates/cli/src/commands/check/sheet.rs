//! Findings as people read them, each under the words it is about; and for programs.

use ariadne::{Color, Config, IndexType, Label, Report, ReportKind};
use redphone_api::{Checked, FindingView, FindingWeight, Refusal, Word};
use redphone_clarity::{Language, Rules, Severity};
use serde::Serialize;

use super::source::Source;
use crate::commands::{Context, failed};

/// A finding for programs, with its place in the file.
#[derive(Serialize)]
struct Row<'a> {
    #[serde(flatten)]
    finding: &'a FindingView,
    /// Bytes of the file, from and to.
    place: [usize; 2],
    line: usize,
    text: &'a str,
}

/// All findings for programs.
#[derive(Serialize)]
struct Rows<'a> {
    blocked: bool,
    stops: bool,
    #[serde(skip_serializing_if = "Option::is_none")]
    expected_at: Option<u64>,
    findings: Vec<Row<'a>>,
}

/// Prints what was found.
pub(super) fn findings(
    context: &Context,
    source: &Source,
    checked: &Checked,
    say: Language,
) -> Result<(), Refusal> {
    let found = &checked.findings;
    let rows = Rows {
        blocked: checked.blocked,
        stops: checked.stops,
        expected_at: checked.expected_at,
        findings: found.iter().map(|finding| row(source, finding)).collect(),
    };
    let mut page = page(context, source, found, say)?;
    page.push_str(&verdict(context, source, checked));
    context.answer(&rows, |_| page)
}

/// Shows people what was found in what they send. A script reads the refusal.
///
/// # Errors
///
/// When it cannot be printed.
pub(in crate::commands) fn tell(
    context: &Context,
    source: &Source,
    findings: &[FindingView],
) -> Result<(), Refusal> {
    if !context.json() && !findings.is_empty() {
        eprint!("{}", page(context, source, findings, Language::English)?);
    }
    Ok(())
}

/// What becomes of it, and when it is expected.
fn verdict(context: &Context, source: &Source, checked: &Checked) -> String {
    let name = source.name();
    let mut said = String::new();
    if checked.blocked && !checked.stops && !source.is_draft() {
        said.push_str(&format!(
            "{name}: as a plain statement it goes as it is: it neither warns nor asks.\n"
        ));
    }
    if let Some(at) = checked.expected_at {
        let at = context.paper().zone.moment(at);
        said.push_str(&format!("{name}: expected there {at}.\n"));
    }
    said
}

/// Prints the rules.
pub(super) fn rules(context: &Context, rules: &Rules, say: Language) -> Result<(), Refusal> {
    #[derive(Serialize)]
    struct RuleRow<'a> {
        rule: String,
        name: &'a str,
        severity: &'static str,
        why: &'a str,
        fix: &'a str,
        bad: &'a str,
        good: &'a str,
    }
    let rows: Vec<RuleRow<'_>> = rules
        .rules()
        .map(|rule| RuleRow {
            rule: rule.id.to_string(),
            name: &rule.name,
            severity: word(rule.severity),
            why: rule.why.of(say),
            fix: rule.fix.of(say),
            bad: rule.bad.of(say),
            good: rule.good.of(say),
        })
        .collect();
    context.answer(&rows, |_| {
        let each = rows.iter().map(|row| {
            format!(
                "{} {:<9} {}\n    {}\n    do:   {}\n    bad:  {}\n    good: {}\n",
                row.rule, row.severity, row.name, row.why, row.fix, row.bad, row.good
            )
        });
        each.collect::<Vec<_>>().join("\n")
    })
}

fn row<'a>(source: &'a Source, finding: &'a FindingView) -> Row<'a> {
    let place = source.place(finding);
    let before = source.text().get(..place.start).unwrap_or_default();
    Row {
        finding,
        place: [place.start, place.end],
        line: before.matches('\n').count() + 1,
        text: source.text().get(place).unwrap_or_default(),
    }
}

/// The page of findings.
fn page(
    context: &Context,
    source: &Source,
    findings: &[FindingView],
    say: Language,
) -> Result<String, Refusal> {
    let mut page = Vec::new();
    let text = ariadne::Source::from(source.text());
    let colours = context.paper().style.has_colours();
    let config = Config::default()
        .with_color(colours)
        .with_index_type(IndexType::Byte);
    for finding in findings {
        let span = (source.name().to_owned(), source.place(finding));
        let label = format!("{}, {}", finding.name, finding.field);
        let colour = colour(finding.severity);
        let word = finding.severity.to_string();
        let report = Report::build(ReportKind::Custom(&word, colour), span.clone())
            .with_config(config)
            .with_code(&finding.rule)
            .with_message(said(&finding.why, say))
            .with_label(Label::new(span).with_message(label).with_color(colour))
            .with_help(help(finding, say));
        let written = report
            .finish()
            .write((source.name().to_owned(), &text), &mut page);
        written.map_err(|fault| failed(format!("It could not be printed: {fault}."), ""))?;
        page.push(b'\n');
    }
    let page = String::from_utf8_lossy(&page);
    let mut page = if colours {
        page.into_owned()
    } else {
        without_colours(&page)
    };
    page.push_str(&summary(source, findings));
    Ok(page)
}

/// A page without its colours: the head of a report is painted whatever is asked for.
fn without_colours(page: &str) -> String {
    let mut plain = String::with_capacity(page.len());
    let mut rest = page;
    while let Some((before, painted)) = rest.split_once("\u{1b}[") {
        plain.push_str(before);
        rest = painted.split_once('m').map_or("", |(_, after)| after);
    }
    plain.push_str(rest);
    // Lines end where their words end.
    let lines: Vec<&str> = plain.lines().map(str::trim_end).collect();
    lines.join("\n") + "\n"
}

fn help(finding: &FindingView, say: Language) -> String {
    let fix = said(&finding.fix, say);
    match &finding.replacement {
        Some(instead) => format!("{fix}: {instead}"),
        None => fix.to_owned(),
    }
}

fn said(word: &Word, say: Language) -> &str {
    match say {
        Language::English => &word.en,
        Language::Russian => &word.ru,
    }
}

fn summary(source: &Source, findings: &[FindingView]) -> String {
    let of = |weight| findings.iter().filter(|one| one.severity == weight).count();
    let fix = of(FindingWeight::MustFix);
    let (advised, noted) = (of(FindingWeight::Advised), of(FindingWeight::Noted));
    let name = source.name();
    if findings.is_empty() {
        return format!("{name}: nothing found.\n");
    }
    format!("{name}: {fix} must be fixed, {advised} advised, {noted} noted.\n")
}

fn word(severity: Severity) -> &'static str {
    match severity {
        Severity::Block => "must fix",
        Severity::Warn => "advised",
        Severity::Note => "noted",
    }
}

fn colour(weight: FindingWeight) -> Color {
    match weight {
        FindingWeight::MustFix => Color::Red,
        FindingWeight::Advised => Color::Yellow,
        FindingWeight::Noted => Color::Fixed(245),
    }
}
