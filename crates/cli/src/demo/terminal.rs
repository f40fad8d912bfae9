//! A terminal for one command: officers type their passphrases, and a passphrase is taken from no file
//! and no argument.
//!
//! Owns the pseudo-terminal and what is typed at it. The command is this same program: it leaves the
//! demo's session, takes the terminal for its own, and becomes the command.

use std::fs::File;
use std::io::{Read, Write};
use std::os::unix::process::CommandExt;
use std::path::{Path, PathBuf};
use std::process::{Command, Output, Stdio};
use std::time::{Duration, Instant};

use redphone_api::Refusal;
use rustix::fs::{OFlags, fcntl_setfl};

use super::wire::terminal;
use crate::commands::failed;

/// From one look at a prompt to the next.
const LOOK_EVERY: Duration = Duration::from_millis(5);
/// How long a command may take that asks its officer for a passphrase.
const COMMAND_WITHIN: Duration = Duration::from_secs(60);

/// Runs a command with a terminal of its own, and types a line at each of its prompts.
///
/// # Errors
///
/// When it cannot be run, or does not end.
pub(super) fn run(
    program: &mut Command,
    words: &[&str],
    typed: &[&str],
) -> Result<Output, Refusal> {
    let broken =
        |fault: &dyn std::fmt::Display| failed(format!("A terminal cannot be made: {fault}."), "");
    let (mut keyboard, port, _held) = terminal().map_err(|fault| broken(&fault))?;
    fcntl_setfl(&keyboard, OFlags::NONBLOCK).map_err(|fault| broken(&fault))?;
    let mut child = program
        .args(["demo", "--terminal"])
        .arg(port)
        .arg("--")
        .args(words)
        .stdin(Stdio::null())
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()
        .map_err(|fault| broken(&fault))?;
    let begun = Instant::now();
    let (mut shown, mut lines) = (Vec::new(), typed.iter());
    let mut bytes = [0; 1_024];
    while !matches!(child.try_wait(), Ok(Some(_))) {
        if let Ok(length) = keyboard.read(&mut bytes) {
            shown.extend_from_slice(bytes.get(..length).unwrap_or_default());
        }
        if shown.ends_with(b": ") {
            shown.clear();
            let line = lines.next().copied().unwrap_or_default();
            let _ = keyboard.write_all(format!("{line}\n").as_bytes());
        }
        if begun.elapsed() > COMMAND_WITHIN {
            let _ = child.kill();
        }
        std::thread::sleep(LOOK_EVERY);
    }
    child.wait_with_output().map_err(|fault| broken(&fault))
}

/// Takes a terminal for its own and becomes a command of this program. Returns only when it cannot.
pub(super) fn become_it(home: &Path, port: &PathBuf, words: &[String]) -> Refusal {
    // A session has no terminal until it opens one.
    let opened = rustix::process::setsid()
        .map_err(std::io::Error::from)
        .and_then(|_| File::options().read(true).write(true).open(port));
    let program = std::env::current_exe();
    let fault = match (opened, program) {
        (Ok(_terminal), Ok(program)) => Command::new(program)
            .arg("--home")
            .arg(home)
            .args(words)
            .exec(),
        (Err(fault), _) | (_, Err(fault)) => fault,
    };
    failed(format!("The command cannot be run: {fault}."), "")
}
