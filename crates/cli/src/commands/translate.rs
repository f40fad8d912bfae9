//! `translate`: a translation of one free text of a message, ours or theirs, with its grade.
//!
//! It goes as a message of its own, is held for release by two like any other, and is shown below
//! the original at both stations. What fits the original is the station's to say.

use clap::{Args, ValueEnum};
use redphone_api::{DraftFields, MessageRef, Refusal, Request, Response, Tray};
use redphone_desk::hold::EXPIRY_MS_DEFAULT;
use redphone_wire::{Form, Grade, Language, Serial, Translation, to_bytes};
use std::path::PathBuf;
use std::time::Duration;

use super::check::{self, Source};
use super::send::{self, precedence, text};
use super::{Context, draft, form};
use crate::client::unexpected;
use crate::exit::Exit;
use crate::signing::KeyFile;

/// Translate a free text of a message, for both sides to see.
#[derive(Args, Debug)]
#[command(after_help = "\
The original decides; a translation stands below it at both stations, with its grade and whose it
is, beside those that others made. Grades: sight (made while reading), rough (written, read by
nobody else), official (your side stands by it). An official one that differs from the original in
numbers, times, names, terms or negation is refused; of the others it is told.

Fields: text of a plain message; note, or a field as the draft has it: conduct.actor, ask.1.object.

Examples:
  redphone translate NORD-0001 --field note --grade rough --language ru 'Приложения следуют.'
  redphone translate SUD-0412 --field text --grade sight --language en --by '2nd watch' - < en.txt
  redphone translate 0007 --field note --grade official --language ru --key watch1.key - < ru.txt")]
pub(crate) struct TranslateArgs {
    /// The message: SUD-0412 of SUD, 0007 of ours
    #[arg(value_name = "SERIAL")]
    message: MessageRef,
    /// Which free text of it
    #[arg(long, default_value = "text", value_name = "FIELD")]
    field: String,
    /// How sure it is: sight, rough or official
    #[arg(long, value_enum, value_name = "GRADE", hide_possible_values = true)]
    grade: GradeWord,
    /// Into which language: en or ru
    #[arg(long, value_enum, value_name = "LANGUAGE", hide_possible_values = true)]
    language: check::Tongue,
    /// Who made it; without it, who releases it
    #[arg(long, value_name = "NAME")]
    by: Option<String>,
    /// Urgency: flash, immediate, priority or routine
    #[arg(long, default_value = "routine", value_name = "PRECEDENCE", value_parser = precedence)]
    precedence: String,
    /// Who releases it, by name or title
    #[arg(long = "as", default_value = "duty officer", value_name = "OFFICER")]
    officer: String,
    /// Your key, where officers are enrolled: others then release it
    #[arg(long, value_name = "FILE")]
    key: Option<PathBuf>,
    /// The translation, or - to read it from standard input
    #[arg(value_name = "TEXT")]
    text: String,
}

/// The grades, as an argument.
#[derive(Clone, Copy, Debug, Eq, PartialEq, ValueEnum)]
enum GradeWord {
    /// Made while reading
    Sight,
    /// Written, read by nobody else
    Rough,
    /// Our side stands by it
    Official,
}

impl From<GradeWord> for Grade {
    fn from(word: GradeWord) -> Self {
        match word {
            GradeWord::Sight => Self::Sight,
            GradeWord::Rough => Self::Rough,
            GradeWord::Official => Self::Official,
        }
    }
}

/// Sends a translation, or holds it for other officers.
///
/// # Errors
///
/// What the station refuses; a text or key that cannot be read.
pub(crate) fn run(context: &Context, args: &TranslateArgs) -> Result<Exit, Refusal> {
    let wanted = Request::Read {
        message: args.message.clone(),
    };
    let Response::Message(original) = context.ask(&wanted)? else {
        return Err(unexpected());
    };
    let summary = &original.summary;
    let roll = draft::roll(context)?;
    let key = args.key.as_deref().map(KeyFile::read).transpose()?;
    let signer = key.as_ref().map(|file| file.name().to_owned());
    let by = args.by.clone().or(signer);
    let said = text(&args.text)?;
    let form = to_bytes(&Form::Translation(Translation {
        language: Language::from(args.language),
        ours: summary.tray == Tray::Out,
        message: Serial(summary.serial),
        field: field(&args.field),
        grade: args.grade.into(),
        by: by.unwrap_or_else(|| args.officer.clone()),
        text: said.clone(),
    }));
    let source = Source::of_prose("the translation".to_owned(), said);
    let asked = Request::Check {
        to: Some(summary.peer.clone()),
        precedence: args.precedence.clone(),
        draft: String::new(),
        form: form.clone(),
        text: String::new(),
        language: None,
        answer: false,
    };
    let Response::Checked(checked) = context.ask(&asked)? else {
        return Err(unexpected());
    };
    if !checked.stops || roll.signed {
        check::tell(context, &source, &checked.findings)?;
    }
    if !roll.signed {
        let outcome = context.ask(&Request::SendForm {
            to: Some(summary.peer.clone()),
            precedence: args.precedence.clone(),
            form,
            officer: args.officer.clone(),
        });
        let Response::Sent(sent) = form::told(context, &source, outcome)? else {
            return Err(unexpected());
        };
        send::released(context, &sent)?;
        return Ok(Exit::Done);
    }
    let file = key.ok_or_else(send::no_key)?;
    let fields = DraftFields {
        to: summary.peer.clone(),
        precedence: args.precedence.clone(),
        text: String::new(),
        form,
        code: Vec::new(),
        subject: String::new(),
        expires_at: draft::expiry(Duration::from_millis(EXPIRY_MS_DEFAULT)),
        on_record: false,
        readers: Vec::new(),
    };
    send::hold_as(context, &roll, &file, fields, Vec::new())?;
    Ok(Exit::Held)
}

/// The path of a field that may be named by its part.
fn field(word: &str) -> String {
    match word {
        "note" => "note.text",
        "contact" => "contact.who",
        "authority" => "authority.on_behalf_of",
        other => other,
    }
    .to_owned()
}
