//! `completions` and `man`: what packagers install beside the binary.

use std::path::PathBuf;

use clap::{Args, CommandFactory};
use clap_complete::Shell;
use redphone_api::Refusal;

use super::{Context, failed};
use crate::args::Cli;
use crate::exit::Exit;

/// Print completions for a shell.
#[derive(Args, Debug)]
#[command(after_help = "\
Example:
  redphone completions bash > /usr/share/bash-completion/completions/redphone")]
pub(crate) struct CompletionsArgs {
    /// The shell
    #[arg(value_enum, value_name = "SHELL")]
    shell: Shell,
}

/// Write manual pages.
#[derive(Args, Debug)]
#[command(after_help = "\
Example:
  redphone man /usr/share/man/man1")]
pub(crate) struct ManArgs {
    /// The directory; pages in it are written over
    #[arg(value_name = "DIR")]
    dir: PathBuf,
}

/// Prints completions.
///
/// # Errors
///
/// When standard output is closed.
pub(crate) fn completions(context: &Context, args: &CompletionsArgs) -> Result<Exit, Refusal> {
    let mut script = Vec::new();
    clap_complete::generate(args.shell, &mut Cli::command(), "redphone", &mut script);
    context.say(&String::from_utf8_lossy(&script))?;
    Ok(Exit::Done)
}

/// Writes one page for the program and one for each command.
///
/// # Errors
///
/// When the directory cannot be written.
pub(crate) fn man(context: &Context, args: &ManArgs) -> Result<Exit, Refusal> {
    let unwritten = |fault: std::io::Error| {
        failed(
            format!("{} cannot be written: {fault}.", args.dir.display()),
            "Name another one.",
        )
    };
    std::fs::create_dir_all(&args.dir).map_err(unwritten)?;
    clap_mangen::generate_to(Cli::command(), &args.dir).map_err(unwritten)?;
    context.say(&format!(
        "Wrote the manual pages to {}.\n",
        args.dir.display()
    ))?;
    Ok(Exit::Done)
}
