//! The commands: each reads its arguments, asks the station, prints the answer.
//!
//! A command decides nothing about the line: what may be sent and what is known of a message is
//! the station's to say. One file for each group of commands.

pub(crate) mod alarm;
pub(crate) mod answer;
pub(crate) mod asks;
pub(crate) mod bench;
mod books;
pub(crate) mod card;
pub(crate) mod check;
pub(crate) mod codebook;
mod context;
pub(crate) mod courier;
pub(crate) mod desk;
pub(crate) mod doctor;
pub(crate) mod draft;
pub(crate) mod forge;
pub(crate) mod form;
pub(crate) mod journal;
pub(crate) mod keep;
pub(crate) mod lexicon;
pub(crate) mod line;
pub(crate) mod officer;
pub(crate) mod order_wire;
pub(crate) mod pair;
pub(crate) mod readback;
pub(crate) mod release;
pub(crate) mod send;
pub(crate) mod shell;
pub(crate) mod station;
pub(crate) mod tape;
pub(crate) mod test;
pub(crate) mod thread;
mod transcript;
pub(crate) mod translate;
pub(crate) mod tray;
pub(crate) mod wait;
pub(crate) mod watch;

pub(crate) use context::{
    Context, KeyArgs, failed, not_found, now, party, policy, read_file, usage, write_new,
};

use redphone_api::Refusal;

use crate::args::{Cli, Command};
use crate::exit::Exit;

/// Runs the command of a command line.
///
/// # Errors
///
/// What the station, or the command itself, refuses.
pub(crate) fn run(cli: Cli) -> Result<Exit, Refusal> {
    let context = Context::new(cli.home, cli.json)?;
    match cli.command {
        Command::Demo(args) => crate::demo::run(&context, &args),
        Command::Init(args) => station::init(&context, &args),
        Command::Station(args) => station::run(&context, &args),
        Command::Doctor(args) => doctor::run(&context, &args),
        Command::Form(args) => form::run(&context, &args),
        Command::Check(args) => check::run(&context, &args),
        Command::Codebook(args) => codebook::run(&context, &args),
        Command::Lexicon(args) => lexicon::run(&context, &args),
        Command::Card(args) => card::run(&context, &args),
        Command::Tape(args) => tape::run(&context, &args),
        Command::Pair(args) => pair::run(&context, &args),
        Command::Send(args) => send::send(&context, &args),
        Command::Officer(args) => officer::run(&context, &args),
        Command::Drafts(args) => draft::drafts(&context, &args),
        Command::Review(args) => draft::review(&context, &args),
        Command::Edit(args) => draft::edit(&context, &args),
        Command::Recall(args) => draft::recall(&context, &args),
        Command::Release(args) => release::run(&context, &args),
        Command::Wait(args) => wait::run(&context, &args),
        Command::Inbox(args) => tray::inbox(&context, &args),
        Command::Outbox(args) => tray::outbox(&context, &args),
        Command::Read(args) => tray::read(&context, &args),
        Command::Acknowledge(args) => tray::acknowledge(&context, &args),
        Command::Threads(args) => thread::threads(&context, &args),
        Command::Times(args) => thread::times(&context, &args),
        Command::Watch(args) => watch::run(&context, &args),
        Command::Alarm(args) => alarm::run(&context, &args),
        Command::Asks(args) => asks::run(&context, &args),
        Command::Readback(args) => readback::run(&context, &args),
        Command::Answer(args) => answer::run(&context, &args),
        Command::Translate(args) => translate::run(&context, &args),
        Command::Wire(args) => order_wire::run(&context, &args),
        Command::Test(args) => test::run(&context, &args),
        Command::Status(args) => line::status(&context, &args),
        Command::Line(args) => line::run(&context, &args),
        Command::Bearer(args) => line::bearer(&context, &args),
        Command::Courier(args) => courier::run(&context, &args),
        Command::Events(args) => desk::events(&context, &args),
        Command::Desk(args) => desk::run(&context, &args),
        Command::Journal(args) => journal::run(&context, &args),
        Command::Forge(args) => forge::run(&context, &args),
        Command::Backup(args) => keep::backup(&context, &args),
        Command::Restore(args) => keep::restore(&context, &args),
        Command::Bench(args) => bench::run(&context, &args),
        Command::Completions(args) => shell::completions(&context, &args),
        Command::Man(args) => shell::man(&context, &args),
    }
}
