//! `officer`: keys of officers, the roll, the table of who may do what.

use std::path::PathBuf;

use clap::{Args, Subcommand};
use redphone_api::{Refusal, Request, Response, Roll};
use redphone_desk::officers::{Action, Object, Role, RollChange, table_text};
use redphone_seal::officer::{OfficerCard, OfficerKey};
use redphone_station::{OPEN, Open};
use redphone_wire::limits::KEYED_NAME_BYTES_MAX;
use serde_json::json;

use super::{Context, KeyArgs, failed, usage, write_new};
use crate::client::unexpected;
use crate::exit::Exit;
use crate::print::{self, safe, wrap};
use crate::secrets;
use crate::signing::{self, KeyFile, read_text};

/// Make keys of officers, enrol and revoke officers, show who may do what.
#[derive(Args, Debug)]
#[command(after_help = "\
As soon as one administrator is enrolled, drafts are held and released by other officers, and each
of them signs. Enrol two administrators first: the last one cannot be revoked.

Examples:
  redphone officer keygen chief.key --name chief
  redphone officer enrol chief.key.pub --roles administrator
  redphone officer enrol watch1.key.pub --roles drafter,releaser --key chief.key
  redphone officer revoke '1st watch' --because 'left the service' --key chief.key")]
pub(crate) struct OfficerArgs {
    #[command(subcommand)]
    command: OfficerCommand,
}

#[derive(Debug, Subcommand)]
enum OfficerCommand {
    /// Make an officer's key, under a passphrase, and his card beside it
    Keygen(KeygenArgs),
    /// Put an officer on the roll
    Enrol(EnrolArgs),
    /// Take an officer's roles for good
    Revoke(RevokeArgs),
    /// Give an officer other roles
    Roles(RolesArgs),
    /// List the officers and the charter
    List(ListArgs),
    /// Print who may do what
    Table,
}

#[derive(Args, Debug)]
struct KeygenArgs {
    /// The key file to make; the card is written beside it, with .pub at its end
    #[arg(value_name = "FILE")]
    file: PathBuf,
    /// The officer's name or title, at most 20 bytes, without a comma
    #[arg(long, value_name = "NAME", value_parser = keyed_name)]
    name: String,
}

#[derive(Args, Debug)]
struct EnrolArgs {
    /// The officer's card
    #[arg(value_name = "FILE.pub")]
    card: PathBuf,
    /// What he may act as, separated by commas
    #[arg(long, value_name = "ROLES", value_delimiter = ',', required = true, value_parser = role)]
    roles: Vec<Role>,
    /// An administrator's key; not for the first officer
    #[arg(long, value_name = "FILE")]
    key: Option<PathBuf>,
    #[command(flatten)]
    station: KeyArgs,
}

#[derive(Args, Debug)]
struct RevokeArgs {
    /// Who
    #[arg(value_name = "NAME")]
    name: String,
    /// Why
    #[arg(long, value_name = "REASON")]
    because: String,
    /// An administrator's key
    #[arg(long, value_name = "FILE")]
    key: PathBuf,
    #[command(flatten)]
    station: KeyArgs,
}

#[derive(Args, Debug)]
struct RolesArgs {
    /// Who
    #[arg(value_name = "NAME")]
    name: String,
    /// What he may act as from here on, separated by commas
    #[arg(long, value_name = "ROLES", value_delimiter = ',', required = true, value_parser = role)]
    roles: Vec<Role>,
    /// An administrator's key
    #[arg(long, value_name = "FILE")]
    key: PathBuf,
    #[command(flatten)]
    station: KeyArgs,
}

#[derive(Args, Debug)]
struct ListArgs {
    #[command(flatten)]
    station: KeyArgs,
}

/// Does what is asked with officers.
///
/// # Errors
///
/// What the station refuses; a key or card that cannot be read.
pub(crate) fn run(context: &Context, args: &OfficerArgs) -> Result<Exit, Refusal> {
    match &args.command {
        OfficerCommand::Keygen(args) => keygen(context, args),
        OfficerCommand::Enrol(args) => enrol(context, args),
        OfficerCommand::Revoke(args) => revoke(context, args),
        OfficerCommand::Roles(args) => set_roles(context, args),
        OfficerCommand::List(args) => {
            let roll = roll_at(context, &args.station)?;
            context.answer(&roll, |paper| print::roll(paper, &roll))?;
            Ok(Exit::Done)
        }
        OfficerCommand::Table => {
            context.say(&(table_text() + &open_text()))?;
            Ok(Exit::Done)
        }
    }
}

/// What needs no officer, and why.
fn open_text() -> String {
    let mut text = "\nOPEN TO WHOEVER OPENS THE STATION'S SOCKET\n".to_owned();
    for Open { what, why } in OPEN {
        text.push_str(&format!("  {what:<27} {why}\n"));
    }
    text
}

fn keygen(context: &Context, args: &KeygenArgs) -> Result<Exit, Refusal> {
    let card = PathBuf::from(format!("{}.pub", args.file.display()));
    let passphrase = secrets::new_passphrase()?;
    let [seed, salt, nonce] = [random()?, random()?, random()?];
    let [nonce, _] = [&nonce[..24], &nonce[24..]];
    let nonce: [u8; 24] = nonce.try_into().map_err(|_| no_randomness())?;
    let key = OfficerKey::generate(&args.name, seed);
    let file = key
        .to_file(passphrase.as_bytes(), salt, nonce)
        .map_err(|error| usage(format!("The key cannot be sealed: {error}."), ""))?;
    write_new(&args.file, file.as_bytes())?;
    write_new(&card, key.card().as_bytes())?;
    let answer = json!({ "name": args.name, "key": args.file, "card": card });
    let said = format!(
        "The key of {} is in {}; keep it where only he can open it. An administrator enrols {}.",
        safe(&args.name),
        safe(&args.file.display().to_string()),
        safe(&card.display().to_string()),
    );
    context.answer(&answer, |_| wrap(&said, 0, 2))?;
    Ok(Exit::Done)
}

fn enrol(context: &Context, args: &EnrolArgs) -> Result<Exit, Refusal> {
    let text = read_text(&args.card)?;
    let card = OfficerCard::from_text(&text).map_err(|error| {
        usage(
            format!("{}: {error}.", args.card.display()),
            "Name the .pub file that `redphone officer keygen` wrote.",
        )
    })?;
    let roles = sorted(&args.roles);
    let by = match &args.key {
        None => None,
        Some(path) => {
            let roll = roll_at(context, &args.station)?;
            let change = RollChange {
                after: roll.changes,
                name: &card.name,
                roles: &roles,
                key: &card.key,
                because: "",
            };
            let file = KeyFile::read(path)?;
            let act = (Action::Enrol, object(&file, &card.name));
            Some(signing::sign(&roll, &file, act, change.digest())?)
        }
    };
    let request = Request::OfficerEnrol {
        card: text,
        roles: words(&roles),
        by,
    };
    done(context, context.ask_or_open(&args.station, request)?)
}

fn revoke(context: &Context, args: &RevokeArgs) -> Result<Exit, Refusal> {
    let roll = roll_at(context, &args.station)?;
    let change = RollChange {
        after: roll.changes,
        name: &args.name,
        roles: &[],
        key: &[],
        because: &args.because,
    };
    let file = KeyFile::read(&args.key)?;
    let act = (Action::Revoke, object(&file, &args.name));
    let request = Request::OfficerRevoke {
        name: args.name.clone(),
        because: args.because.clone(),
        by: signing::sign(&roll, &file, act, change.digest())?,
    };
    done(context, context.ask_or_open(&args.station, request)?)
}

fn set_roles(context: &Context, args: &RolesArgs) -> Result<Exit, Refusal> {
    let roll = roll_at(context, &args.station)?;
    let roles = sorted(&args.roles);
    let change = RollChange {
        after: roll.changes,
        name: &args.name,
        roles: &roles,
        key: &[],
        because: "",
    };
    let file = KeyFile::read(&args.key)?;
    let act = (Action::SetRoles, object(&file, &args.name));
    let request = Request::OfficerRoles {
        name: args.name.clone(),
        roles: words(&roles),
        by: signing::sign(&roll, &file, act, change.digest())?,
    };
    done(context, context.ask_or_open(&args.station, request)?)
}

/// The roll of a station, or of a home on which none runs.
fn roll_at(context: &Context, key: &KeyArgs) -> Result<Roll, Refusal> {
    let Response::Roll(roll) = context.ask_or_open(key, Request::Officers)? else {
        return Err(unexpected());
    };
    Ok(*roll)
}

fn done(context: &Context, answer: Response) -> Result<Exit, Refusal> {
    let Response::Done { said } = &answer else {
        return Err(unexpected());
    };
    context.answer(&answer, |_| wrap(&safe(said), 0, 2))?;
    Ok(Exit::Done)
}

fn object(file: &KeyFile, name: &str) -> Object {
    if file.name() == name {
        Object::Oneself
    } else {
        Object::AnotherOfficer
    }
}

fn sorted(roles: &[Role]) -> Vec<Role> {
    let mut roles = roles.to_vec();
    roles.sort_unstable();
    roles.dedup();
    roles
}

fn words(roles: &[Role]) -> Vec<String> {
    roles.iter().map(Role::to_string).collect()
}

fn role(word: &str) -> Result<Role, String> {
    word.trim().parse().map_err(|error| format!("{error}"))
}

fn keyed_name(name: &str) -> Result<String, String> {
    let plain = redphone_wire::shown(name) == name && name.trim() == name && !name.contains(',');
    if name.is_empty() || name.len() > KEYED_NAME_BYTES_MAX || !plain {
        return Err(format!(
            "an officer's name has 1 to {KEYED_NAME_BYTES_MAX} bytes, no comma, and no blank at its ends"
        ));
    }
    Ok(name.to_owned())
}

fn random() -> Result<[u8; 32], Refusal> {
    let mut bytes = [0; 32];
    getrandom::fill(&mut bytes).map_err(|_| no_randomness())?;
    Ok(bytes)
}

fn no_randomness() -> Refusal {
    failed(
        "The operating system gives no random bytes.",
        "No key is made from less.",
    )
}
