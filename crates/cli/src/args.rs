//! The command line: one struct for each command, kept beside the command that reads it.
//!
//! Secrets are never arguments: passphrases are typed, keys are read from files.

use std::path::PathBuf;

use clap::{Parser, Subcommand};

use crate::commands::{
    alarm, answer, asks, bench, card, check, codebook, courier, desk, doctor, draft, forge, form,
    journal, keep, lexicon, line, officer, order_wire, pair, readback, release, send, shell,
    station, tape, test, thread, translate, tray, wait, watch,
};
use crate::exit::EXIT_CODES;

/// A crisis line between parties that do not trust each other.
#[derive(Debug, Parser)]
#[command(name = "redphone", version, max_term_width = 100, after_help = EXIT_CODES)]
#[command(disable_help_subcommand = true, arg_required_else_help = true)]
pub(crate) struct Cli {
    /// The station's home directory [default: ~/.redphone]
    #[arg(long, global = true, value_name = "DIR", display_order = 900)]
    pub(crate) home: Option<PathBuf>,
    /// Answer in JSON, for scripts
    #[arg(long, global = true, display_order = 901)]
    pub(crate) json: bool,
    /// What to do
    #[command(subcommand)]
    pub(crate) command: Command,
}

/// The commands, in the order in which a newcomer meets them.
#[derive(Debug, Subcommand)]
pub(crate) enum Command {
    /// Watch two stations on this machine lose their bearers one by one
    Demo(crate::demo::DemoArgs),
    /// Make the home of a new station
    Init(station::InitArgs),
    /// Run the station
    Station(station::StationArgs),
    /// Check this station: clock, disk, keys, bearers, peer
    Doctor(doctor::DoctorArgs),
    /// Make keys of officers, enrol and revoke officers, show who may do what
    Officer(officer::OfficerArgs),
    /// Show, export or import calling cards
    Card(card::CardArgs),
    /// Make or install key tape
    Tape(tape::TapeArgs),
    /// Pair with a peer, one letter at a time
    Pair(pair::PairArgs),
    /// Print an empty form, to be filled in
    Form(form::FormArgs),
    /// Find what is muddled in a draft or in prose
    Check(check::CheckArgs),
    /// List the agreed texts, or show one; agree on a code book
    Codebook(codebook::CodebookArgs),
    /// List the agreed terms, or show one; agree on a lexicon
    Lexicon(lexicon::LexiconArgs),
    /// Send a message
    Send(send::SendArgs),
    /// Wait until a message has reached a rung of its ladder
    Wait(wait::WaitArgs),
    /// List the drafts; send one back, kill one, let a finding stand
    Drafts(draft::DraftsArgs),
    /// Read a draft: what changed since you last saw it
    Review(draft::ReviewArgs),
    /// Make a new revision of a draft
    Edit(draft::EditArgs),
    /// Release a draft that another officer wrote, or a held message anew
    Release(release::ReleaseArgs),
    /// Stop a released draft within its recall window
    Recall(draft::RecallArgs),
    /// List what came in
    Inbox(tray::ListArgs),
    /// List what went out
    Outbox(tray::ListArgs),
    /// Read one message
    Read(tray::ReadArgs),
    /// Acknowledge a message by name
    Acknowledge(tray::AcknowledgeArgs),
    /// Read a message back to its sender; confirm or correct what was read back
    Readback(readback::ReadBackArgs),
    /// Show which messages belong together, and which no longer stand
    Threads(thread::ThreadsArgs),
    /// Show how long messages took from writer to reader, step by step
    Times(thread::TimesArgs),
    /// Show who keeps the watch and what is open; hand it over, or take it
    Watch(watch::WatchArgs),
    /// Show whether the alarm rings; silence it for 30 s; prove it
    Alarm(alarm::AlarmArgs),
    /// Show what each side owes the other
    Asks(asks::AsksArgs),
    /// Answer the asks of a message
    Answer(answer::AnswerArgs),
    /// Translate a free text of a message, for both sides to see
    Translate(translate::TranslateArgs),
    /// Sit at the desk: show messages as they arrive, ring, confirm ON DESK
    Desk(desk::DeskArgs),
    /// Talk on the order wire, or list it
    Wire(order_wire::WireArgs),
    /// Call the hourly test early
    Test(test::TestArgs),
    /// Show the station, its lines and its alarms
    Status(line::StatusArgs),
    /// Show the lines in detail; suspend or resume a subject; words of the keys
    Line(line::LineArgs),
    /// Take a bearer out, or put it back
    Bearer(line::BearerArgs),
    /// Pack or unpack a courier's bag
    Courier(courier::CourierArgs),
    /// Follow what happens, without content
    Events(desk::EventsArgs),
    /// Show, verify or export the journal
    Journal(journal::JournalArgs),
    /// Write a transcript that nobody can tell from a real one
    Forge(forge::ForgeArgs),
    /// Write a backup of the home: all but the keys of its lines
    Backup(keep::BackupArgs),
    /// Restore a backup into a new home
    Restore(keep::RestoreArgs),
    /// Measure this machine with two stations of its own
    Bench(bench::BenchArgs),
    /// Print completions for a shell
    Completions(shell::CompletionsArgs),
    /// Write manual pages
    Man(shell::ManArgs),
}
