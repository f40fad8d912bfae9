//! `demo`: two real stations on this machine lose their bearers one by one, and a message is never
//! lost, doubled or read on the way; then one of them warns the other, and neither can be vague.
//!
//! The demo owns the wires, not the stations: IP goes through [`ip::Shuttle`] and the serial line
//! through [`wire::Shuttle`], so that both can be cut, recorded and injected into. The stations are
//! this same program, started twice, each with a home of its own in a temporary directory.
//!
//! ```text
//!   NORD --quic--> 127.0.0.1 [ ip shuttle   ] 127.0.0.1 --quic--> SUD
//!        --300 bit/s---> pty [ wire shuttle ] pty ------------->
//!        --courier--------->  a directory     ---------------->
//! ```

mod acts;
mod answers;
mod case;
mod code;
mod desk;
mod faults;
pub(crate) mod folder;
pub(crate) mod ip;
pub(crate) mod keys;
mod officers;
pub(crate) mod stage;
pub(crate) mod station;
mod terminal;
mod wire;
mod world;

use std::path::PathBuf;

use clap::{Args, ValueEnum};
use redphone_api::Refusal;

use crate::commands::Context;
use crate::exit::Exit;

use case::Case;
use folder::Folder;
use stage::Stage;
use world::World;

/// Watch two stations on this machine lose their bearers, and a warning that cannot be muddled.
#[derive(Args, Debug)]
#[command(after_help = "\
It takes about a minute, needs nothing installed, and leaves nothing behind. Any expectation
that does not hold ends it with 1 and says which.

The first acts are of the line. Those of the case are of words: the warning of 2016 is refused, a
form takes its place, is read back and answered, and a FLASH goes as a code at 75 bit/s.

Examples:
  redphone demo               # waits for Enter between the acts
  redphone demo --script      # unattended, prints a transcript, ends 0 or 1
  redphone demo --act refused --act warning")]
pub(crate) struct DemoArgs {
    /// Do not wait for Enter between the acts
    #[arg(long)]
    script: bool,
    /// Keep the homes, logs and configurations of the two stations
    #[arg(long)]
    keep: bool,
    /// Play this act only; may be given several times
    #[arg(long, value_enum, value_name = "ACT")]
    act: Vec<Act>,
    /// The terminal that a command of the demo is given
    #[arg(long, hide = true, value_name = "PORT", requires = "words")]
    terminal: Option<PathBuf>,
    /// That command
    #[arg(hide = true, last = true)]
    words: Vec<String>,
}

/// The acts, in their order.
#[derive(Clone, Copy, Debug, Eq, PartialEq, ValueEnum)]
enum Act {
    /// A FLASH with its receipt
    Flash,
    /// IP is cut in the middle of a message
    Cut,
    /// A courier carries a message
    Courier,
    /// Frames are replayed and forged
    Forged,
    /// Both stations are killed
    Killed,
    /// The order wire
    Wire,
    /// The hourly test
    Test,
    /// The words of 2016 are refused
    Refused,
    /// The same warning as a form, released by two
    Warning,
    /// It is read back, and corrected
    Readback,
    /// It is answered
    Answers,
    /// A FLASH as a code at 75 bit/s
    Code,
}

impl Act {
    /// The acts without which this one means nothing.
    fn needs(self) -> &'static [Self] {
        match self {
            Self::Readback => &[Self::Warning],
            Self::Answers => &[Self::Warning, Self::Readback],
            Self::Flash
            | Self::Cut
            | Self::Courier
            | Self::Forged
            | Self::Killed
            | Self::Wire
            | Self::Test
            | Self::Refused
            | Self::Warning
            | Self::Code => &[],
        }
    }
}

/// Plays the demo.
///
/// # Errors
///
/// The expectation that did not hold, or what could not be set up.
pub(crate) fn run(context: &Context, args: &DemoArgs) -> Result<Exit, Refusal> {
    if let Some(port) = &args.terminal {
        return Err(terminal::become_it(context.home(), port, &args.words));
    }
    let mut stage = Stage::new(context.paper(), args.script);
    stage.title("Two stations, NORD and SUD. Everything below really happens, on this machine.")?;
    let mut folder = Folder::make(args.keep)?;
    let played = World::build(&mut stage, folder.path()).and_then(|mut world| {
        let played = play(
            &mut stage,
            &mut world,
            &mut Case::new(folder.path()),
            &args.act,
        );
        if played.is_err() {
            world.show(&stage)?;
        }
        played
    });
    match played {
        Ok(()) => {
            stage.end()?;
            Ok(Exit::Done)
        }
        Err(refusal) => {
            folder.keep_for_looking();
            let at = folder.path().display();
            let to_do = format!("{} The homes and logs are in {at}.", refusal.to_do);
            Err(Refusal {
                to_do: to_do.trim().to_owned(),
                ..refusal
            })
        }
    }
}

fn play(
    stage: &mut Stage,
    world: &mut World,
    case: &mut Case,
    chosen: &[Act],
) -> Result<(), Refusal> {
    for act in Act::value_variants() {
        let shown = chosen.is_empty() || chosen.contains(act);
        let needed = chosen.iter().any(|one| one.needs().contains(act));
        if !shown && !needed {
            continue;
        }
        if !shown {
            let name = act.to_possible_value();
            let name = name.as_ref().map_or("", |value| value.get_name());
            stage.say(&format!(
                "The act '{name}' has to come first. It is played unseen."
            ))?;
        }
        stage.set_mute(!shown);
        let played = match act {
            Act::Flash => acts::flash(stage, world),
            Act::Cut => acts::ip_cut(stage, world),
            Act::Courier => acts::courier(stage, world),
            Act::Forged => faults::forged(stage, world),
            Act::Killed => faults::killed(stage, world),
            Act::Wire => acts::order_wire(stage, world),
            Act::Test => acts::test(stage, world),
            Act::Refused => case::refused(stage, world, case),
            Act::Warning => case::warned(stage, world, case),
            Act::Readback => answers::read_back(stage, world, case),
            Act::Answers => answers::answered(stage, world, case),
            Act::Code => code::flash(stage, world, case),
        };
        stage.set_mute(false);
        played?;
    }
    world.close(stage)
}
