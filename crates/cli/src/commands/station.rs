//! `init` and `station`: makes a home, runs the daemon on it.

use clap::Args;
use redphone_api::Refusal;
use redphone_station::Founding;
use redphone_stationd::{HomeError, RunError};
use redphone_wire::{Environment, PartyName};
use serde_json::json;

use super::{Context, KeyArgs, failed, not_found, party, usage};
use crate::exit::Exit;

/// Make the home of a new station: identity, journal, configuration.
#[derive(Args, Debug)]
#[command(after_help = "\
The station's key comes from a passphrase, typed twice, or from a key file, which is made when
it is not there.

Examples:
  redphone init --name NORD
  redphone init --home /srv/redphone --name NORD --key-file /media/token/nord.key
  redphone init --home ~/exercise --name NORD --exercise")]
pub(crate) struct InitArgs {
    /// The party's name: 1 to 16 of A-Z, 0-9 and -, a letter first
    #[arg(long, value_name = "NAME", value_parser = party)]
    name: String,
    /// A station for exercises: it and live stations can never read each other
    #[arg(long)]
    exercise: bool,
    #[command(flatten)]
    key: KeyArgs,
}

/// Run the station until SIGTERM.
#[derive(Args, Debug)]
#[command(after_help = "\
Its configuration is config.toml in its home. Under systemd it tells when it is ready, feeds
the watchdog, and takes its key from the credential redphone-key.

Examples:
  redphone station
  redphone station --home /srv/redphone --key-file /media/token/nord.key")]
pub(crate) struct StationArgs {
    #[command(flatten)]
    key: KeyArgs,
}

/// Makes a home.
///
/// # Errors
///
/// When one is there, or it cannot be made.
pub(crate) fn init(context: &Context, args: &InitArgs) -> Result<Exit, Refusal> {
    let name: PartyName = args
        .name
        .parse()
        .map_err(|_| usage("The name is none.", "Write it as NORD or SUD-2."))?;
    let environment = if args.exercise {
        Environment::Exercise
    } else {
        Environment::Live
    };
    let founding = Founding { name, environment };
    let unlock = context.unlock_new(&args.key)?;
    redphone_stationd::init(context.home(), &founding, &unlock).map_err(|fault| refused(&fault))?;
    let made = json!({
        "home": context.home(),
        "name": args.name,
        "environment": environment.to_string(),
    });
    context.answer(&made, |_| {
        let home = context.home().display();
        format!(
            "Made the {environment} station {} in {home}.\n\
             Next: name its bearers in {home}/config.toml, then give its card to the peer:\n  \
             redphone card export --out {}.card\n",
            args.name,
            args.name.to_lowercase(),
        )
    })?;
    Ok(Exit::Done)
}

/// Runs the daemon.
///
/// # Errors
///
/// When it cannot start, or ended with a fault.
pub(crate) fn run(context: &Context, args: &StationArgs) -> Result<Exit, Refusal> {
    let unlock = context.unlock(&args.key)?;
    let runtime = tokio::runtime::Builder::new_current_thread()
        .enable_all()
        .build();
    let runtime = runtime
        .map_err(|fault| failed(format!("No event loop: {fault}."), "Look at the machine."))?;
    runtime
        .block_on(redphone_stationd::run(context.home(), unlock))
        .map_err(|fault| refused(&fault))?;
    Ok(Exit::Done)
}

/// The daemon's own sentence, which says what to do.
fn refused(fault: &RunError) -> Refusal {
    if matches!(fault, RunError::Home(HomeError::NoHome(_))) {
        return not_found(fault.to_string(), "");
    }
    failed(fault.to_string(), "")
}
