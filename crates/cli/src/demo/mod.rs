//! `demo`: two real stations on this machine lose their bearers one by one, and a message is never
//! lost, doubled or read on the way.
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
mod desk;
mod faults;
pub(crate) mod folder;
pub(crate) mod ip;
pub(crate) mod keys;
pub(crate) mod stage;
pub(crate) mod station;
mod wire;
mod world;

use clap::Args;
use redphone_api::Refusal;

use crate::commands::Context;
use crate::exit::Exit;

use folder::Folder;
use stage::Stage;
use world::World;

/// Watch two stations on this machine lose their bearers one by one.
#[derive(Args, Debug)]
#[command(after_help = "\
It takes about a minute, needs nothing installed, and leaves nothing behind. Any expectation
that does not hold ends it with 1 and says which.

Examples:
  redphone demo               # waits for Enter between the acts
  redphone demo --script      # unattended, prints a transcript, ends 0 or 1")]
pub(crate) struct DemoArgs {
    /// Do not wait for Enter between the acts
    #[arg(long)]
    script: bool,
    /// Keep the homes, logs and configurations of the two stations
    #[arg(long)]
    keep: bool,
}

/// Plays the demo.
///
/// # Errors
///
/// The expectation that did not hold, or what could not be set up.
pub(crate) fn run(context: &Context, args: &DemoArgs) -> Result<Exit, Refusal> {
    let mut stage = Stage::new(context.paper(), args.script);
    stage.title("Two stations, NORD and SUD. Everything below really happens, on this machine.")?;
    let mut folder = Folder::make(args.keep)?;
    let played = World::build(&mut stage, folder.path()).and_then(|mut world| {
        let played = play(&mut stage, &mut world);
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

fn play(stage: &mut Stage, world: &mut World) -> Result<(), Refusal> {
    acts::flash(stage, world)?;
    acts::ip_cut(stage, world)?;
    acts::courier(stage, world)?;
    faults::forged(stage, world)?;
    faults::killed(stage, world)?;
    acts::order_wire(stage, world)?;
    acts::test(stage, world)?;
    world.close(stage)
}
