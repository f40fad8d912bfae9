//! `redphone`: the one binary. It reads the command line, runs the command, ends with its code.

#![forbid(unsafe_code)]

mod args;
mod attend;
mod client;
mod commands;
mod demo;
mod exit;
mod print;
mod qr;
mod secrets;
mod signing;

use std::process::ExitCode;

use clap::Parser;

fn main() -> ExitCode {
    let cli = args::Cli::parse();
    let json = cli.json;
    exit::report(commands::run(cli), json)
}
