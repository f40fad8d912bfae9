//! One of the two stations: a process of this same program, with a home of its own.

use std::fs::File;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Output, Stdio};
use std::time::{Duration, Instant};

use redphone_api::{Message, MessageRef, Refusal, Request, Response, RungName, Sent};

use super::stage::Stage;
use super::terminal;
use crate::client::{Client, unexpected};
use crate::commands::failed;

/// How long a station may take to start, and to stop.
const READY_WITHIN: Duration = Duration::from_secs(30);

/// A station of the demo.
pub(crate) struct Station {
    /// `NORD` or `SUD`.
    pub(crate) name: &'static str,
    /// The other one.
    pub(crate) peer: &'static str,
    home: PathBuf,
    log: PathBuf,
    key_file: PathBuf,
    process: Option<Child>,
}

impl Station {
    /// A station that is still to be made, in a folder of the demo.
    pub(crate) fn new(folder: &Path, name: &'static str, peer: &'static str) -> Self {
        let small = name.to_lowercase();
        Self {
            name,
            peer,
            home: folder.join(&small),
            log: folder.join(format!("{small}.log")),
            key_file: folder.join(format!("{small}.key")),
            process: None,
        }
    }

    /// Its home.
    pub(crate) fn home(&self) -> &Path {
        &self.home
    }

    /// Where its key is.
    pub(crate) fn key_file(&self) -> &Path {
        &self.key_file
    }

    /// The way to it.
    pub(crate) fn client(&self) -> Client {
        Client::new(self.home.join("api.sock"))
    }

    /// The number of its process, while it runs.
    pub(crate) fn process_id(&self) -> Option<u32> {
        self.process.as_ref().map(Child::id)
    }

    /// Runs a command at this station, shown as typed; gives its standard output.
    ///
    /// # Errors
    ///
    /// When it does not end with 0.
    pub(crate) fn command(&self, stage: &Stage, words: &[&str]) -> Result<String, Refusal> {
        self.show_typed(stage, words)?;
        self.quiet_command(words)
    }

    /// Runs a command at this station.
    ///
    /// # Errors
    ///
    /// When it does not end with 0.
    pub(crate) fn quiet_command(&self, words: &[&str]) -> Result<String, Refusal> {
        let output = self
            .program()?
            .args(words)
            .stdin(Stdio::null())
            .output()
            .map_err(|fault| failed(format!("{} cannot run redphone: {fault}.", self.name), ""))?;
        if output.status.success() {
            return Ok(String::from_utf8_lossy(&output.stdout).into_owned());
        }
        let said = String::from_utf8_lossy(&output.stderr);
        let what = format!(
            "At {}: redphone {}: {}",
            self.name,
            words.join(" "),
            said.trim()
        );
        Err(failed(what, ""))
    }

    /// Runs a command that the station has to refuse, shown as typed; gives what it said.
    ///
    /// # Errors
    ///
    /// When it ends with another exit code.
    pub(crate) fn refusal(
        &self,
        stage: &Stage,
        words: &[&str],
        exit: i32,
    ) -> Result<String, Refusal> {
        self.show_typed(stage, words)?;
        let output = self.program()?.args(words).stdin(Stdio::null()).output();
        let output = output
            .map_err(|fault| failed(format!("{} cannot run redphone: {fault}.", self.name), ""))?;
        self.said(words, &output, exit)
    }

    /// Runs a command at a terminal of its own, at which an officer types these lines.
    ///
    /// # Errors
    ///
    /// When it ends with another exit code.
    pub(crate) fn typing(
        &self,
        stage: &Stage,
        words: &[&str],
        lines: &[&str],
        exit: i32,
    ) -> Result<String, Refusal> {
        self.show_typed(stage, words)?;
        let output = terminal::run(&mut self.program()?, words, lines)?;
        self.said(words, &output, exit)
    }

    /// Shows a command as typed.
    ///
    /// # Errors
    ///
    /// When standard output is closed.
    pub(crate) fn show_typed(&self, stage: &Stage, words: &[&str]) -> Result<(), Refusal> {
        let shown: Vec<String> = words.iter().map(|word| for_shell(word)).collect();
        stage.typed(self.name, &format!("redphone {}", shown.join(" ")))
    }

    /// What a command said, on both outputs.
    fn said(&self, words: &[&str], output: &Output, exit: i32) -> Result<String, Refusal> {
        let [out, error] =
            [&output.stdout, &output.stderr].map(|said| String::from_utf8_lossy(said));
        if output.status.code() == Some(exit) {
            return Ok(format!("{out}{error}"));
        }
        let what = format!(
            "At {}: redphone {} ended with {}, not {exit}: {}",
            self.name,
            words.join(" "),
            output.status,
            error.trim()
        );
        Err(failed(what, ""))
    }

    /// Starts the station and waits until it is ready.
    ///
    /// # Errors
    ///
    /// When it is not ready in time.
    pub(crate) fn start(&mut self) -> Result<Duration, Refusal> {
        let begun = Instant::now();
        let unlogged = |fault| failed(format!("No log for {}: {fault}.", self.name), "");
        let log = File::options()
            .create(true)
            .append(true)
            .open(&self.log)
            .map_err(unlogged)?;
        let mut command = self.program()?;
        command.arg("station").arg("--key-file").arg(&self.key_file);
        let started = command
            .stdin(Stdio::null())
            .stdout(Stdio::null())
            .stderr(log)
            .spawn();
        let mut process = started
            .map_err(|fault| failed(format!("{} cannot be started: {fault}.", self.name), ""))?;
        let client = self.client();
        while client.bytes("/readyz").is_err() {
            if let Ok(Some(status)) = process.try_wait() {
                let what = format!("{} ended at its start: {status}.", self.name);
                return Err(failed(what, format!("See {}.", self.log.display())));
            }
            if begun.elapsed() > READY_WITHIN {
                let _ = process.kill();
                let what = format!("{} was not ready in time.", self.name);
                return Err(failed(what, format!("See {}.", self.log.display())));
            }
            std::thread::sleep(Duration::from_millis(5));
        }
        self.process = Some(process);
        Ok(begun.elapsed())
    }

    /// Kills the station as a power cut would, as far as a process can be (SIGKILL).
    pub(crate) fn kill(&mut self) {
        if let Some(mut process) = self.process.take() {
            let _ = process.kill();
            let _ = process.wait();
        }
    }

    /// Asks the station to end (SIGTERM), and says whether it ended cleanly.
    pub(crate) fn stop(&mut self) -> bool {
        let Some(mut process) = self.process.take() else {
            return false;
        };
        let id = i32::try_from(process.id())
            .ok()
            .and_then(rustix::process::Pid::from_raw);
        if let Some(id) = id {
            let _ = rustix::process::kill_process(id, rustix::process::Signal::TERM);
        }
        let begun = Instant::now();
        while begun.elapsed() < READY_WITHIN {
            if let Ok(Some(status)) = process.try_wait() {
                return status.success();
            }
            std::thread::sleep(Duration::from_millis(10));
        }
        let _ = process.kill();
        let _ = process.wait();
        false
    }

    /// Releases a message.
    ///
    /// # Errors
    ///
    /// What the station refuses.
    pub(crate) fn send(&self, precedence: &str, text: &str) -> Result<Sent, Refusal> {
        let request = Request::Send {
            to: Some(self.peer.to_owned()),
            precedence: precedence.to_owned(),
            text: text.to_owned(),
            subject: String::new(),
            officer: "1st watch".to_owned(),
            attachments: Vec::new(),
        };
        let Response::Sent(sent) = self.client().ask(&request)? else {
            return Err(unexpected());
        };
        Ok(sent)
    }

    /// One of its own messages.
    ///
    /// # Errors
    ///
    /// What the station refuses.
    pub(crate) fn message(&self, serial: u32) -> Result<Message, Refusal> {
        let message = MessageRef {
            from: None,
            to: Some(self.peer.to_owned()),
            serial,
        };
        let Response::Message(message) = self.client().ask(&Request::Read { message })? else {
            return Err(unexpected());
        };
        Ok(*message)
    }

    /// When a message of its own reached a rung.
    pub(crate) fn reached(&self, serial: u32, rung: RungName) -> Option<u64> {
        let message = self.message(serial).ok()?;
        message
            .summary
            .ladder
            .iter()
            .find(|found| found.rung == rung)?
            .at
    }

    fn program(&self) -> Result<Command, Refusal> {
        let program = std::env::current_exe()
            .map_err(|fault| failed(format!("This program cannot find itself: {fault}."), ""))?;
        let mut command = Command::new(program);
        command.arg("--home").arg(&self.home);
        Ok(command)
    }
}

impl Drop for Station {
    fn drop(&mut self) {
        self.kill();
    }
}

/// A word as it would be typed: quoted when it has spaces, and a path by its last part.
fn for_shell(word: &str) -> String {
    let word = match word.rsplit_once('/') {
        Some((_, last)) if word.starts_with('/') => last,
        _ => word,
    };
    if word.contains(' ') {
        format!("'{word}'")
    } else {
        word.to_owned()
    }
}
