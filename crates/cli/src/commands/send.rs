//! `send`: releases a message, or holds it for other officers, and says what is known at once.

mod code;
mod content;

use std::path::PathBuf;
use std::time::Duration;

use clap::Args;
use redphone_api::{
    DraftFields, Message, MessageRef, NewAttachment, Refusal, Request, Response, Roll, Sent, Status,
};
use redphone_clarity::Code;
use redphone_desk::officers::{Action, Object};
use redphone_station::attachment_info;
use redphone_wire::Precedence;
use redphone_wire::limits::ATTACHMENTS_MAX;

use super::codebook::filled;
use super::form::Written;
use super::{Context, draft, form, party, policy, usage, wait};
use crate::client::unexpected;
use crate::exit::Exit;
use crate::print::{self, Ink, Paper, safe, wrap};
use crate::signing::{self, KeyFile};

use self::content::attachment;
pub(super) use self::content::text;

/// Send a message to the other side.
#[derive(Args, Debug)]
#[command(after_help = "\
Where officers are enrolled, the message is held as a draft, signed with your key, until other
officers release it; the exit code is then 5, or 0 with --hold. Where none is enrolled it goes at
once, and the officer's name is a claim that nobody has checked.

A form with something that must be fixed is refused, and so is a text that warns or asks: exit 4,
with what is muddled shown as redphone check shows it. Any other text goes as it is.

Examples:
  redphone send --to SUD --precedence immediate --key watch1.key 'The line stands.'
  redphone send --hold --expires 30m --on-record --key watch1.key - < text.txt
  redphone send --to SUD --precedence flash --as '1st watch' 'Two aircraft left our control.'
  redphone send --to SUD --precedence immediate --file warning.toml
  redphone send --to SUD --code C-06 --blank from=2027-10-31T18:00Z --blank hours=4 \\
      --blank time=2027-10-31T19:30Z
  redphone send --to SUD --attach chart.pdf - < text.txt
  redphone send --subject 'exercise in the strait' 'It ends at 1800Z.'")]
pub(crate) struct SendArgs {
    /// To whom; may be left out where there is one peer
    #[arg(long, value_name = "PEER", value_parser = party)]
    to: Option<String>,
    /// Urgency: flash, immediate, priority or routine
    #[arg(long, default_value = "routine", value_name = "PRECEDENCE", value_parser = precedence)]
    precedence: String,
    /// A file to attach; may be given several times
    #[arg(long, value_name = "FILE")]
    attach: Vec<PathBuf>,
    /// The subject that it belongs to, for suspension by subject
    #[arg(
        long,
        default_value = "",
        hide_default_value = true,
        value_name = "SUBJECT"
    )]
    subject: String,
    /// Who releases it, by name or title
    #[arg(long = "as", default_value = "duty officer", value_name = "OFFICER")]
    officer: String,
    /// Your key, where officers are enrolled
    #[arg(long, value_name = "FILE")]
    key: Option<PathBuf>,
    /// Hold it for release by other officers
    #[arg(long)]
    hold: bool,
    /// How long a draft may be released
    #[arg(long, default_value = "4h", value_name = "TIME", value_parser = wait::duration)]
    expires: Duration,
    /// Keep the signatures of the draft's releasers
    #[arg(long)]
    on_record: bool,
    /// Who there may open it, by name or role; in drafts only
    #[arg(long, value_name = "READER")]
    reader: Vec<String>,
    /// Let a finding of this rule stand, where no officer is enrolled
    #[arg(long, value_name = "RULE", requires = "because")]
    waive: Vec<String>,
    /// Why a finding stands
    #[arg(
        long,
        default_value = "",
        hide_default_value = true,
        value_name = "REASON",
        requires = "waive"
    )]
    because: String,
    /// A form instead of a text: a draft as `redphone check` reads it
    #[arg(long, value_name = "FILE")]
    file: Option<PathBuf>,
    /// An agreed text instead, by its code, as C-06, at its own precedence
    #[arg(long, value_name = "CODE")]
    #[arg(conflicts_with_all = ["file", "precedence", "attach", "subject"])]
    code: Option<Code>,
    /// Fill a blank of the agreed text
    #[arg(long, value_name = "NAME=VALUE", value_parser = filled, requires = "code")]
    blank: Vec<(String, String)>,
    /// The text, or - to read it from standard input
    #[arg(
        value_name = "TEXT",
        required_unless_present_any = ["file", "code"],
        conflicts_with_all = ["file", "code"]
    )]
    text: Option<String>,
}

/// Releases a message.
///
/// # Errors
///
/// What the station refuses; a text or file that cannot be read.
pub(crate) fn send(context: &Context, args: &SendArgs) -> Result<Exit, Refusal> {
    if let Some(code) = &args.code {
        return code::send(context, args, &code.to_string());
    }
    if args.attach.len() > ATTACHMENTS_MAX {
        return Err(usage(
            format!("A message has at most {ATTACHMENTS_MAX} attachments."),
            "Send the rest with a second message.",
        ));
    }
    let attachments: Result<Vec<NewAttachment>, Refusal> =
        args.attach.iter().map(|path| attachment(path)).collect();
    let roll = draft::roll(context)?;
    if !args.reader.is_empty() && !roll.signed {
        return Err(policy(
            "Readers are named in a draft, and no officer is enrolled here.",
            "Nothing was sent. Say in the text for whom it is, or enrol officers.",
        ));
    }
    if roll.signed || args.hold {
        return hold(context, args, &roll, attachments?);
    }
    let written = form::written(
        context,
        args.to.as_deref(),
        args.text.as_deref(),
        args.file.as_deref(),
        form::Hold::No,
    )?;
    let attachments = attachments?;
    let outcome = context.ask(&request(args, &written, attachments)?);
    let Response::Sent(sent) = written.tell(context, outcome)? else {
        return Err(unexpected());
    };
    released(context, &sent)?;
    Ok(Exit::Done)
}

/// Shows what is known of a message that has just been released.
///
/// # Errors
///
/// When standard output is closed.
pub(super) fn released(context: &Context, sent: &Sent) -> Result<(), Refusal> {
    // The message is released: whatever cannot be shown from here on is not a failure to send.
    let status = context.client().status().ok();
    let message = reread(context, sent);
    context.answer(sent, |paper| {
        sheet(paper, sent, status.as_ref(), message.as_ref())
    })
}

/// The refusal of a draft that nobody signs.
pub(super) fn no_key() -> Refusal {
    policy(
        "Nothing was sent: this station's officers sign what they draft.",
        "Name your key with --key FILE; `redphone officer list` says who may draft.",
    )
}

/// The request of a release without a draft.
fn request(
    args: &SendArgs,
    written: &Written,
    attachments: Vec<NewAttachment>,
) -> Result<Request, Refusal> {
    let send = if written.form.is_empty() {
        Request::Send {
            to: args.to.clone(),
            precedence: args.precedence.clone(),
            text: written.text.clone(),
            subject: args.subject.clone(),
            officer: args.officer.clone(),
            attachments,
        }
    } else if attachments.is_empty() {
        Request::SendForm {
            to: args.to.clone(),
            precedence: args.precedence.clone(),
            form: written.form.clone(),
            officer: args.officer.clone(),
        }
    } else {
        return Err(usage(
            "A form goes without attachments where no officer is enrolled.",
            "Send what it names as an annex with a message of its own.",
        ));
    };
    Ok(if args.waive.is_empty() {
        send
    } else {
        Request::SendAnyway {
            send: Box::new(send),
            waived: args.waive.clone(),
            because: args.because.clone(),
        }
    })
}

/// Holds a draft: nothing goes before other officers have released it.
fn hold(
    context: &Context,
    args: &SendArgs,
    roll: &Roll,
    attachments: Vec<NewAttachment>,
) -> Result<Exit, Refusal> {
    if !args.waive.is_empty() {
        return Err(usage(
            "Nothing was sent: where officers are enrolled, a releaser lets a finding stand.",
            "Hold the draft; then: redphone drafts waive DRAFT-N --rule RULE --because REASON",
        ));
    }
    let file = key_file(args, roll)?;
    let written = form::written(
        context,
        args.to.as_deref(),
        args.text.as_deref(),
        args.file.as_deref(),
        form::Hold::Yes,
    )?;
    let fields = DraftFields {
        to: match &args.to {
            Some(to) => to.clone(),
            None => only_peer(context)?,
        },
        precedence: args.precedence.clone(),
        text: written.text,
        form: written.form,
        code: Vec::new(),
        subject: args.subject.clone(),
        expires_at: draft::expiry(args.expires),
        on_record: args.on_record,
        readers: args.reader.clone(),
    };
    hold_as(context, roll, &file, fields, attachments)?;
    Ok(if args.hold { Exit::Done } else { Exit::Held })
}

/// The key with which a draft is signed.
fn key_file(args: &SendArgs, roll: &Roll) -> Result<KeyFile, Refusal> {
    if !roll.signed {
        return Err(policy(
            "No administrator is enrolled: nobody could release a draft.",
            "Enrol officers first: `redphone officer --help`. Or send without --hold.",
        ));
    }
    let key = args.key.as_ref().ok_or_else(no_key)?;
    KeyFile::read(key)
}

/// Holds what an officer signs as his draft, and shows it.
///
/// # Errors
///
/// What the station refuses.
pub(super) fn hold_as(
    context: &Context,
    roll: &Roll,
    file: &KeyFile,
    fields: DraftFields,
    attachments: Vec<NewAttachment>,
) -> Result<(), Refusal> {
    let new = signing::new_draft(&fields, attachments.iter().map(attachment_info).collect())?;
    let terms = new.terms(roll.next_draft, 1).digest();
    let request = Request::DraftHold {
        draft: fields,
        attachments,
        by: signing::sign(roll, file, (Action::Draft, Object::NewDraft), terms)?,
    };
    let held = draft::answered(context.ask(&request)?)?;
    context.answer(&held, |paper| {
        let name = format!("DRAFT-{}", held.summary.number);
        let page = print::draft(paper, roll, &held);
        format!("{page}  follow    redphone review {name}, redphone release {name} --key FILE\n")
    })
}

/// The other side, where there is one.
fn only_peer(context: &Context) -> Result<String, Refusal> {
    let status = context.client().status()?;
    match status.lines.as_slice() {
        [line] => Ok(line.peer.clone()),
        _ => Err(usage(
            "This station has no peer, or several.",
            "Nothing was sent; say to whom with --to.",
        )),
    }
}

/// What is known of a message that has just been released.
fn sheet(paper: &Paper, sent: &Sent, status: Option<&Status>, message: Option<&Message>) -> String {
    let mut page = match status {
        Some(status) => paper.band(&status.station, &status.environment),
        None => String::new(),
    };
    let name = paper.style.paint(Ink::Bold, &safe(&sent.name));
    page.push_str(&format!(
        "{name} to {}  RELEASED  {} bytes sealed\n\n",
        sent.to, sent.envelope_bytes
    ));
    if let Some(message) = message {
        page.push_str(&print::ladder(paper, &message.summary));
        page.push('\n');
    }
    page.push_str(&wrap(
        &format!("  air time  {}", print::air_time(&sent.air_time_ms)),
        0,
        12,
    ));
    for note in &sent.notes {
        page.push_str(&wrap(&format!("  note      {}", safe(note)), 0, 12));
    }
    page.push_str(&format!(
        "  follow    redphone wait {:04} --until acknowledged\n",
        sent.serial
    ));
    page
}

fn reread(context: &Context, sent: &Sent) -> Option<Message> {
    let message = MessageRef {
        from: None,
        to: Some(sent.to.clone()),
        serial: sent.serial,
    };
    match context.ask(&Request::Read { message }) {
        Ok(Response::Message(message)) => Some(*message),
        _ => None,
    }
}

pub(super) fn precedence(word: &str) -> Result<String, String> {
    let word = word.to_ascii_lowercase();
    let known: Precedence = word.parse().map_err(|refused| format!("{refused}"))?;
    Ok(known.to_string().to_ascii_lowercase())
}
