//! `check`: what is muddled in a draft or in prose, before anybody sees it.
//!
//! Needs no station: the rules and the starter lexicon are in the program. Prints findings as a
//! compiler does, each at its place; `--json` gives the same records to programs.

mod place;
mod sheet;

use std::io::Read;
use std::path::{Path, PathBuf};

use clap::{Args, ValueEnum};
use redphone_api::Refusal;
use redphone_clarity::{
    Against, Checked, Defaults, Draft, Expected, Finding, Language, Lexicon, Rules, Scope,
    Severity, check_draft,
};
use redphone_wire::Utc;

use self::place::Places;
use super::{Context, failed, now, read_file, usage};
use crate::exit::Exit;

/// Longest draft that is read.
const DRAFT_BYTES_MAX: usize = 262_144;

/// Find what is muddled in a draft or in prose.
#[derive(Args, Debug)]
#[command(after_help = "\
A draft is a TOML file that begins with a marker: marker = \"WARNING\". Anything else is prose.
Findings are of three kinds: what must be fixed, what is advised, what is noted. It ends with 4
when something must be fixed.

Examples:
  redphone check warning.toml
  redphone check --language ru - < note.txt
  redphone check --say ru --json warning.toml
  redphone check --rules")]
pub(crate) struct CheckArgs {
    /// The file; - reads standard input
    #[arg(value_name = "FILE", required_unless_present = "rules")]
    file: Option<PathBuf>,
    /// The language of prose: en or ru; without it the letters decide
    #[arg(long, value_enum, value_name = "LANGUAGE", hide_possible_values = true)]
    language: Option<Tongue>,
    /// The language in which findings are told: en or ru
    #[arg(long, value_enum, default_value = "en", value_name = "LANGUAGE")]
    #[arg(hide_possible_values = true)]
    say: Tongue,
    /// Check prose as an answer
    #[arg(long)]
    answer: bool,
    /// A party that the text may name
    #[arg(long, value_name = "NAME")]
    party: Vec<String>,
    /// List the rules instead
    #[arg(long)]
    rules: bool,
}

/// The languages, as an argument.
#[derive(Clone, Copy, Debug, Eq, PartialEq, ValueEnum)]
enum Tongue {
    /// English
    En,
    /// Russian
    Ru,
}

impl From<Tongue> for Language {
    fn from(tongue: Tongue) -> Self {
        match tongue {
            Tongue::En => Self::English,
            Tongue::Ru => Self::Russian,
        }
    }
}

/// Checks a file, or lists the rules.
///
/// # Errors
///
/// When the file cannot be read, or is a draft that is no TOML.
pub(crate) fn run(context: &Context, args: &CheckArgs) -> Result<Exit, Refusal> {
    let rules = Rules::shipped().map_err(|error| broken(&error))?;
    let lexicon = Lexicon::starter().map_err(|error| broken(&error))?;
    let parties = parties(context, &args.party);
    let lexicon = lexicon.with_names(parties.iter().map(String::as_str));
    let say = args.say.into();
    let Some(file) = args.file.as_deref().filter(|_| !args.rules) else {
        sheet::rules(context, &rules, say)?;
        return Ok(Exit::Done);
    };
    let source = read(file)?;
    let name = if file == Path::new("-") {
        "standard input".to_owned()
    } else {
        file.display().to_string()
    };
    let (places, findings) = if is_draft(&source) {
        let draft = toml::from_str::<Draft>(&source).map_err(|error| misread(&name, &error))?;
        let defaults = Defaults::default();
        let checked = check_draft(&draft, against(&rules, &lexicon, &defaults));
        (Places::of_draft(&source), checked.findings)
    } else {
        let language = args
            .language
            .map_or_else(|| language_of(&source), Language::from);
        let scope = if args.answer {
            Scope::Answer
        } else {
            Scope::Body
        };
        let findings = rules.check_text(&source, language, scope, &lexicon);
        (Places::of_prose(), findings)
    };
    sheet::findings(
        context,
        &sheet::Sheet {
            name: &name,
            source: &source,
            places: &places,
            findings: &findings,
            rules: &rules,
            say,
        },
    )?;
    let blocks = |finding: &Finding| finding.severity == Severity::Block;
    Ok(if findings.iter().any(blocks) {
        Exit::Muddled
    } else {
        Exit::Done
    })
}

/// Reads and checks a draft that is to be sent; returns also the page of what was found.
///
/// # Errors
///
/// When the file cannot be read, or is no draft.
pub(super) fn draft(
    context: &Context,
    file: &Path,
    defaults: &Defaults,
) -> Result<(Checked, String), Refusal> {
    let rules = Rules::shipped().map_err(|error| broken(&error))?;
    let lexicon = Lexicon::starter().map_err(|error| broken(&error))?;
    let parties = parties(context, &[]);
    let lexicon = lexicon.with_names(parties.iter().map(String::as_str));
    let source = read(file)?;
    let name = file.display().to_string();
    let draft = toml::from_str::<Draft>(&source).map_err(|error| misread(&name, &error))?;
    let checked = check_draft(&draft, against(&rules, &lexicon, defaults));
    let page = sheet::page(
        context,
        &sheet::Sheet {
            name: &name,
            source: &source,
            places: &Places::of_draft(&source),
            findings: &checked.findings,
            rules: &rules,
            say: Language::English,
        },
    )?;
    Ok((checked, page))
}

/// What a draft is checked against where no station is asked.
fn against<'a>(rules: &'a Rules, lexicon: &'a Lexicon, defaults: &'a Defaults) -> Against<'a> {
    Against {
        rules,
        lexicon,
        defaults,
        expected: Expected {
            now: Utc(now()).seconds(),
            delivered: None,
        },
        earlier: None,
    }
}

/// The names of the parties: those that were given, and those of the station if one runs.
fn parties(context: &Context, given: &[String]) -> Vec<String> {
    let mut names = given.to_vec();
    if let Ok(status) = context.client().status() {
        names.extend(status.lines.into_iter().map(|line| line.peer));
        names.push(status.station);
    }
    names
}

fn read(file: &Path) -> Result<String, Refusal> {
    let bytes = if file == Path::new("-") {
        let mut bytes = Vec::new();
        let input = std::io::stdin().lock().take(DRAFT_BYTES_MAX as u64 + 1);
        let read = { input }.read_to_end(&mut bytes);
        read.map_err(|fault| failed(format!("Standard input cannot be read: {fault}."), ""))?;
        if bytes.len() > DRAFT_BYTES_MAX {
            return Err(usage(
                "It is longer than a draft may be.",
                "Attach the longer part.",
            ));
        }
        bytes
    } else {
        read_file(file, DRAFT_BYTES_MAX)?
    };
    String::from_utf8(bytes)
        .map_err(|_| usage("It is no text in UTF-8.", "Write it anew as UTF-8."))
}

/// A draft says in its first line that is no comment what it is.
fn is_draft(source: &str) -> bool {
    let mut lines = source.lines().map(str::trim);
    let first = lines.find(|line| !line.is_empty() && !line.starts_with('#'));
    first.is_some_and(|line| line.starts_with("marker") && line.contains('='))
}

/// More Cyrillic letters than Latin ones.
fn language_of(source: &str) -> Language {
    let cyrillic = |c: &char| matches!(c, '\u{400}'..='\u{4ff}');
    let russian = source.chars().filter(cyrillic).count();
    let english = source.chars().filter(char::is_ascii_alphabetic).count();
    if russian > english {
        Language::Russian
    } else {
        Language::English
    }
}

fn misread(name: &str, error: &toml::de::Error) -> Refusal {
    usage(
        format!("{name} is no draft: {}", error.to_string().trim()),
        "Write it as the example in OPERATING.md.",
    )
}

fn broken(error: &dyn std::error::Error) -> Refusal {
    failed(
        format!("The rules in this program are broken: {error}."),
        "Install it anew.",
    )
}
