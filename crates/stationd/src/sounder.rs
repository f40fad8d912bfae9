//! The sounder: runs the alarm's command, on a thread of its own, so that nothing waits for it.
//!
//! Owns the command's life: what it is told, how long it may take, that it and its children are ended,
//! and what is said when it fails. When it rings is the hub's. A ring that comes while the command
//! still runs is dropped: the next one follows. Rule WATCH-6.

use std::os::unix::process::{CommandExt, ExitStatusExt};
use std::process::{Child, Command, ExitStatus, Stdio};
use std::sync::mpsc::{Receiver, SyncSender, sync_channel};
use std::thread;
use std::time::{Duration, Instant};

use redphone_station::{Ring, Rung};

use crate::calls::HubHandle;

/// How long the command may run.
const RUNS_MAX: Duration = Duration::from_secs(10);
/// From one look at the command to the next.
const LOOK_EVERY: Duration = Duration::from_millis(20);
/// All that it finds of its surroundings besides what it is told.
const PATH: &str = "/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin";

/// The way to the sounder's thread; none where no command is configured.
#[derive(Clone, Debug)]
pub(crate) struct Sounder(Option<SyncSender<Ring>>);

impl Sounder {
    /// Starts the thread, if there is a command. What becomes of each ring is told to the hub.
    pub(crate) fn start(command: &[String], hub: HubHandle) -> std::io::Result<Self> {
        let Some((program, arguments)) = command.split_first() else {
            return Ok(Self(None));
        };
        // One ring runs, one waits.
        let (rings, rung) = sync_channel(1);
        let (program, arguments) = (program.clone(), arguments.to_vec());
        thread::Builder::new()
            .name("sounder".to_owned())
            .spawn(move || listen(&rung, &program, &arguments, &hub))?;
        Ok(Self(Some(rings)))
    }

    /// Rings, if the command does not run already.
    pub(crate) fn ring(&self, ring: Ring) {
        if let Some(rings) = &self.0 {
            let _ = rings.try_send(ring);
        }
    }
}

fn listen(rings: &Receiver<Ring>, program: &str, arguments: &[String], hub: &HubHandle) {
    while let Ok(ring) = rings.recv() {
        let failed = sound(program, arguments, &ring).err();
        if let Some(why) = &failed {
            tracing::warn!(%why, "the alarm's command failed");
        }
        hub.tell_rung(Rung {
            proof: ring.is_proof(),
            failed,
        });
    }
}

/// Runs the command once. It gets no secret, no input and nothing of this process's surroundings;
/// what it prints goes nowhere, so that a flood of it costs nothing.
fn sound(program: &str, arguments: &[String], ring: &Ring) -> Result<(), String> {
    let precedence = ring.precedence;
    let precedence = precedence.map_or_else(|| "PROOF".to_owned(), |one| one.to_string());
    let child = Command::new(program)
        .args(arguments)
        .env_clear()
        .env("PATH", PATH)
        .env("REDPHONE_PRECEDENCE", precedence)
        .env("REDPHONE_COUNT", ring.count.to_string())
        .env("REDPHONE_LEVEL", ring.level.to_string())
        .env("REDPHONE_STATION", ring.station.as_str())
        .current_dir("/")
        .stdin(Stdio::null())
        .stdout(Stdio::null())
        .stderr(Stdio::null())
        .process_group(0)
        .spawn();
    let mut child = child.map_err(|error| format!("its command could not be started: {error}"))?;
    let ended = wait(&mut child);
    end_group(&child);
    match ended {
        Some(Ok(status)) if status.success() => Ok(()),
        Some(Ok(status)) => Err(how_it_ended(status)),
        Some(Err(error)) => Err(format!("nobody knows how its command ended: {error}")),
        None => {
            // Ended above with all that it started; this gathers what is left of it.
            let _ = child.wait();
            let seconds = RUNS_MAX.as_secs();
            Err(format!("its command did not end within {seconds} s"))
        }
    }
}

/// Waits for the command, as long as it may run.
fn wait(child: &mut Child) -> Option<std::io::Result<ExitStatus>> {
    let begun = Instant::now();
    while begun.elapsed() < RUNS_MAX {
        match child.try_wait() {
            Ok(None) => thread::sleep(LOOK_EVERY),
            Ok(Some(status)) => return Some(Ok(status)),
            Err(error) => return Some(Err(error)),
        }
    }
    None
}

/// Ends the command and all that it started.
fn end_group(child: &Child) {
    let group = i32::try_from(child.id()).ok();
    if let Some(group) = group.and_then(rustix::process::Pid::from_raw) {
        let _ = rustix::process::kill_process_group(group, rustix::process::Signal::KILL);
    }
}

fn how_it_ended(status: ExitStatus) -> String {
    match (status.code(), status.signal()) {
        (Some(code), _) => format!("its command ended with {code}"),
        (None, Some(signal)) => format!("its command was ended by signal {signal}"),
        (None, None) => "its command failed".to_owned(),
    }
}

#[cfg(test)]
mod tests {
    use redphone_wire::Precedence;

    use super::*;

    fn ring() -> Ring {
        Ring {
            precedence: Some(Precedence::Flash),
            count: 3,
            level: 1,
            station: "NORD".parse().unwrap(),
        }
    }

    fn shell(script: &str) -> Result<(), String> {
        sound("/bin/sh", &["-c".to_owned(), script.to_owned()], &ring())
    }

    #[test]
    fn command_is_told_four_things_and_nothing_else() {
        let told = "REDPHONE_COUNT=3 REDPHONE_LEVEL=1 REDPHONE_PRECEDENCE=FLASH \
                    REDPHONE_STATION=NORD";
        // What a shell adds by itself is left out.
        let script = format!(
            "got=$(env | grep -vE '^(PATH|PWD|SHLVL|_|OLDPWD)=' | sort | tr '\\n' ' '); \
             test \"$got\" = '{told} '"
        );
        assert_eq!(shell(&script), Ok(()));
    }

    #[test]
    fn command_that_is_missing_fails_or_floods_is_told_and_ends() {
        let missing = sound("/nowhere/bell", &[], &ring()).unwrap_err();
        assert!(missing.contains("could not be started"), "{missing}");
        assert_eq!(shell("exit 1"), Err("its command ended with 1".to_owned()));
        let killed = shell("kill -9 $$").unwrap_err();
        assert_eq!(killed, "its command was ended by signal 9");
        let flood = "head -c 50000000 /dev/zero; head -c 50000000 /dev/zero >&2";
        assert_eq!(shell(flood), Ok(()));
    }

    #[test]
    fn command_that_hangs_is_ended_with_all_that_it_started() {
        let begun = Instant::now();
        let hung = shell("sleep 300 & sleep 300").unwrap_err();
        assert!(hung.contains("did not end within 10 s"), "{hung}");
        assert!(begun.elapsed() < RUNS_MAX * 3);
    }
}
