//! Findings as people read them, each under the words it is about; and for programs.

use std::ops::Range;

use ariadne::{Color, Config, IndexType, Label, Report, ReportKind, Source};
use redphone_api::Refusal;
use redphone_clarity::{Finding, Language, Rules, Severity};
use serde::Serialize;

use super::place::Places;
use crate::commands::{Context, failed};

/// What is told, about what.
pub(super) struct Sheet<'a> {
    pub(super) name: &'a str,
    pub(super) source: &'a str,
    pub(super) places: &'a Places,
    pub(super) findings: &'a [Finding],
    pub(super) rules: &'a Rules,
    pub(super) say: Language,
}

/// A finding for programs.
#[derive(Serialize)]
struct Row<'a> {
    rule: String,
    name: &'a str,
    severity: &'static str,
    field: &'a str,
    /// Bytes of the file, from and to.
    span: [usize; 2],
    line: usize,
    text: &'a str,
    why: &'a str,
    fix: &'a str,
    replacement: Option<&'a str>,
    weight: u8,
}

/// All findings for programs.
#[derive(Serialize)]
struct Rows<'a> {
    blocked: bool,
    findings: Vec<Row<'a>>,
}

/// Prints findings.
pub(super) fn findings(context: &Context, sheet: &Sheet<'_>) -> Result<(), Refusal> {
    let rows = Rows {
        blocked: count(sheet, Severity::Block) > 0,
        findings: sheet
            .findings
            .iter()
            .map(|finding| row(sheet, finding))
            .collect(),
    };
    let page = page(context, sheet)?;
    context.answer(&rows, |_| page)
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

fn row<'a>(sheet: &Sheet<'a>, finding: &'a Finding) -> Row<'a> {
    let span = place(sheet, finding);
    let before = sheet.source.get(..span.start).unwrap_or_default();
    Row {
        rule: finding.rule.to_string(),
        name: sheet.rules.rule(finding.rule).map_or("", |rule| &rule.name),
        severity: word(finding.severity),
        field: &finding.field,
        span: [span.start, span.end],
        line: before.matches('\n').count() + 1,
        text: sheet.source.get(span).unwrap_or_default(),
        why: finding.why.of(sheet.say),
        fix: finding.fix.of(sheet.say),
        replacement: finding.replacement.as_deref(),
        weight: finding.weight,
    }
}

/// The page of findings.
pub(super) fn page(context: &Context, sheet: &Sheet<'_>) -> Result<String, Refusal> {
    let mut page = Vec::new();
    let source = Source::from(sheet.source);
    let colours = context.paper().style.has_colours();
    let config = Config::default()
        .with_color(colours)
        .with_index_type(IndexType::Byte);
    for finding in sheet.findings {
        let span = (sheet.name.to_owned(), place(sheet, finding));
        let rule = sheet.rules.rule(finding.rule);
        let label = format!("{}, {}", rule.map_or("", |rule| &rule.name), finding.field);
        let colour = colour(finding.severity);
        let kind = ReportKind::Custom(word(finding.severity), colour);
        let report = Report::build(kind, span.clone())
            .with_config(config)
            .with_code(finding.rule)
            .with_message(finding.why.of(sheet.say))
            .with_label(Label::new(span).with_message(label).with_color(colour))
            .with_help(help(sheet, finding));
        let written = report
            .finish()
            .write((sheet.name.to_owned(), &source), &mut page);
        written.map_err(|fault| failed(format!("It could not be printed: {fault}."), ""))?;
        page.push(b'\n');
    }
    let page = String::from_utf8_lossy(&page);
    let mut page = if colours {
        page.into_owned()
    } else {
        without_colours(&page)
    };
    page.push_str(&summary(sheet));
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

fn help(sheet: &Sheet<'_>, finding: &Finding) -> String {
    let fix = finding.fix.of(sheet.say);
    match &finding.replacement {
        Some(instead) => format!("{fix}: {instead}"),
        None => fix.to_owned(),
    }
}

fn summary(sheet: &Sheet<'_>) -> String {
    let of = |severity| count(sheet, severity);
    let (fix, advised, noted) = (of(Severity::Block), of(Severity::Warn), of(Severity::Note));
    let name = sheet.name;
    if sheet.findings.is_empty() {
        return format!("{name}: nothing found.\n");
    }
    format!("{name}: {fix} must be fixed, {advised} advised, {noted} noted.\n")
}

fn count(sheet: &Sheet<'_>, severity: Severity) -> usize {
    let found = sheet.findings.iter();
    found.filter(|finding| finding.severity == severity).count()
}

fn place(sheet: &Sheet<'_>, finding: &Finding) -> Range<usize> {
    sheet
        .places
        .find(sheet.source, &finding.field, &finding.span)
}

fn word(severity: Severity) -> &'static str {
    match severity {
        Severity::Block => "must fix",
        Severity::Warn => "advised",
        Severity::Note => "noted",
    }
}

fn colour(severity: Severity) -> Color {
    match severity {
        Severity::Block => Color::Red,
        Severity::Warn => Color::Yellow,
        Severity::Note => Color::Fixed(245),
    }
}
