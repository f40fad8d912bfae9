//! `backup` and `restore`: what may be kept of a station, and how it comes back.
//!
//! Owns the words. What is in a backup and how it is written is the daemon's library.

use std::path::PathBuf;

use clap::Args;
use redphone_api::{Refusal, RefusalKind, Request, Response};
use redphone_stationd::{HomeError, KeepError, Kept, Unlock};
use serde_json::json;

use super::{Context, KeyArgs};
use crate::client::unexpected;
use crate::exit::Exit;
use crate::print::{counted, safe, wrap};
use crate::signing::{self, ByArgs, KeyFile};

/// Write a backup of the home: all but the keys of its lines.
#[derive(Args, Debug)]
#[command(after_help = "\
The station must not run meanwhile. In the backup are journal, messages, identity, cards and
settings; keys of lines and tapes are not, so nobody can go on with them. It opens with the key of
the station: keep the two apart. A copy of the home made in any other way is a clone, no backup.

Example:
  redphone backup --out /media/safe/nord.backup")]
pub(crate) struct BackupArgs {
    /// The directory to make
    #[arg(long, value_name = "DIR")]
    out: PathBuf,
    #[command(flatten)]
    key: KeyArgs,
    #[command(flatten)]
    by: ByArgs,
}

/// Restore a backup into a new home.
#[derive(Args, Debug)]
#[command(after_help = "\
The new home is the one named with --home; nothing may be there yet. Every line is then paired anew,
by an officer on each side. Messages without a receipt are held: look at each, and release it again
with `redphone release`. Messages are numbered again once the peer has said which it holds.

Examples:
  redphone restore /media/safe/nord.backup --home /srv/redphone
  redphone restore /media/safe/nord.backup --home /srv/redphone --config new-machine.toml")]
pub(crate) struct RestoreArgs {
    /// The backup
    #[arg(value_name = "BACKUP")]
    backup: PathBuf,
    /// Settings to use in place of those in the backup
    #[arg(long, value_name = "FILE")]
    config: Option<PathBuf>,
    #[command(flatten)]
    key: KeyArgs,
}

/// Writes a backup.
///
/// # Errors
///
/// When a station runs on the home, it does not open, or the backup cannot be written.
pub(crate) fn backup(context: &Context, args: &BackupArgs) -> Result<Exit, Refusal> {
    let by = args.by.file()?;
    let unlock = context.unlock(&args.key)?;
    permitted(context, by.as_ref(), &unlock)?;
    let kept =
        redphone_stationd::back_up(context.home(), &args.out, &unlock).map_err(|e| refused(&e))?;
    let copied = kept.copied;
    let answer = json!({
        "backup": args.out,
        "records": copied.records,
        "bodies": copied.bodies,
        "keys_left_out": copied.rows_left_out,
    });
    context.answer(&answer, |_| {
        let mut page = wrap(
            &format!(
                "Wrote {} and {} to {}, and checked them. Left out: {} of lines. It opens with the \
                 station's key: keep the two apart.",
                counted(copied.records, "record", "records"),
                counted(copied.bodies, "body", "bodies"),
                safe(&args.out.display().to_string()),
                counted(copied.rows_left_out, "key", "keys"),
            ),
            0,
            0,
        );
        if let Some(file) = &kept.key_file {
            page.push_str(&wrap(&key_file(&file.display().to_string()), 0, 0));
        }
        page
    })?;
    Ok(Exit::Done)
}

/// Restores a backup.
///
/// # Errors
///
/// When the backup does not open or is not whole, or something is where the home should go.
pub(crate) fn restore(context: &Context, args: &RestoreArgs) -> Result<Exit, Refusal> {
    let unlock = Context::unlock_at(&args.backup, &args.key)?;
    let config = args.config.as_deref();
    let kept = redphone_stationd::restore(&args.backup, context.home(), config, &unlock)
        .map_err(|e| refused(&e))?;
    let answer = json!({
        "home": context.home(),
        "records": kept.copied.records,
        "bodies": kept.copied.bodies,
        "keys_left_out": kept.copied.rows_left_out,
    });
    context.answer(&answer, |_| restored(context, &kept))?;
    Ok(Exit::Done)
}

/// Where officers are enrolled, an administrator signs that a backup is written.
fn permitted(context: &Context, by: Option<&KeyFile>, unlock: &Unlock) -> Result<(), Refusal> {
    let home = context.home();
    if by.is_none() && !redphone_stationd::are_officers_enrolled(home, unlock)? {
        return Ok(());
    }
    let ask = |request| redphone_stationd::handle_offline(home, unlock, request);
    let request = match by {
        None => Request::Backup,
        Some(file) => {
            let Response::Roll(roll) = ask(Request::Officers)? else {
                return Err(unexpected());
            };
            signing::order(&roll, file, Request::Backup)?
        }
    };
    ask(request).map(drop)
}

fn restored(context: &Context, kept: &Kept) -> String {
    let mut page = wrap(
        &format!(
            "Restored {} and {} into {}, and checked them. The old home, if it \
             still is, must never run again. Start this one, and pair every line anew: `redphone \
             pair PEER --help`. Messages without a receipt are held: `redphone outbox`.",
            counted(kept.copied.records, "record", "records"),
            counted(kept.copied.bodies, "body", "bodies"),
            safe(&context.home().display().to_string()),
        ),
        0,
        0,
    );
    if let Some(slot) = &kept.slot {
        let said = format!(
            "The settings name the slot {}. If it is of the old home, remove it or name another \
             before the start.",
            safe(&slot.display().to_string())
        );
        page.push_str(&wrap(&said, 0, 0));
    }
    page
}

fn key_file(at: &str) -> String {
    format!(
        "The key file {} is not in it: without a copy of that it never opens.",
        safe(at)
    )
}

fn refused(fault: &KeepError) -> Refusal {
    let kind = match fault {
        KeepError::Home(HomeError::NoHome(_)) => RefusalKind::NotFound,
        KeepError::NotWhole { .. } | KeepError::SettingsDiffer(_) => RefusalKind::Verification,
        KeepError::Home(_)
        | KeepError::Hub(_)
        | KeepError::Settings(_)
        | KeepError::Unlock(_)
        | KeepError::Unreadable { .. }
        | _ => RefusalKind::Failed,
    };
    let to_do = match fault {
        KeepError::Hub(_) | KeepError::NotWhole { .. } => "Nothing whole was written.",
        KeepError::Home(_)
        | KeepError::Settings(_)
        | KeepError::SettingsDiffer(_)
        | KeepError::Unlock(_)
        | KeepError::Unreadable { .. }
        | _ => "Nothing was done.",
    };
    Refusal::operator(kind, fault.to_string(), to_do)
}
