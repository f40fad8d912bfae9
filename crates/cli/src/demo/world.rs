//! The stations, the wires between them, and the people at their desks.

use std::io;
use std::path::{Path, PathBuf};
use std::time::Duration;

use redphone_api::{BearerStatus, LineStatus, Refusal};

use super::desk::Desk;
use super::stage::{PATIENCE, Stage};
use super::station::Station;
use super::{ip, keys, wire};
use crate::commands::failed;
use crate::print::{self, lasting};

/// Bits a second of the serial line.
const BAUD: u32 = 300;

/// All of it.
pub(super) struct World {
    /// The courier's stick.
    pub(super) stick: PathBuf,
    pub(super) nord: Station,
    pub(super) sud: Station,
    pub(super) ip: ip::Shuttle,
    pub(super) wire: wire::Shuttle,
    /// Somebody sits at NORD too, so that the line is not DESK SILENT.
    _nord_desk: Desk,
    pub(super) sud_desk: Desk,
}

impl World {
    /// Makes and starts everything.
    ///
    /// # Errors
    ///
    /// What could not be made or started.
    pub(super) fn build(stage: &mut Stage, folder: &Path) -> Result<Self, Refusal> {
        let mut nord = Station::new(folder, "NORD", "SUD");
        let mut sud = Station::new(folder, "SUD", "NORD");
        stage.act("Two homes, two cards, two tapes, three letters: a line")?;
        keys::homes(stage, [&nord, &sud])?;
        keys::cards(stage, folder, [&nord, &sud])?;
        keys::tapes(stage, folder, [&nord, &sud])?;
        keys::pairing(stage, folder, [&nord, &sud])?;

        let laid = lay(folder, &nord, &sud);
        let (ip, wire, stick) =
            laid.map_err(|fault| failed(format!("The wires cannot be laid: {fault}."), ""))?;
        stage.say(&format!(
            "Three bearers: ip (QUIC over {} and {}), hf ({BAUD} bit/s over {}), bag (a courier).",
            ip.nord_side,
            ip.sud_side,
            wire.nord_port.display(),
        ))?;
        for station in [&mut nord, &mut sud] {
            stage.typed(station.name, "redphone station &")?;
            let took = station.start()?;
            let took = took.as_millis().try_into().unwrap_or(u64::MAX);
            stage.say(&format!(
                "{} is ready after {}.",
                station.name,
                lasting(took)
            ))?;
        }
        let nord_desk = Desk::open(nord.client());
        let sud_desk = Desk::open(sud.client());
        let mut world = Self {
            stick,
            nord,
            sud,
            ip,
            wire,
            _nord_desk: nord_desk,
            sud_desk,
        };
        world.await_bearer(stage, "ip", "UP", PATIENCE)?;
        Ok(world)
    }

    /// Waits until NORD says that a bearer is in a state.
    ///
    /// # Errors
    ///
    /// That it does not within the bound.
    pub(super) fn await_bearer(
        &mut self,
        stage: &mut Stage,
        bearer: &str,
        state: &str,
        within: Duration,
    ) -> Result<(), Refusal> {
        let what = format!("{bearer} is {state} at NORD");
        let nord = &self.nord;
        let look = || {
            let line = line_of(nord)?;
            line.bearers
                .into_iter()
                .find(|found| found.name == bearer && found.state == state)
        };
        let (_, took): (BearerStatus, Duration) = stage.await_that(&what, within, look)?;
        let took = lasting(took.as_millis().try_into().unwrap_or(u64::MAX));
        stage.expect(&format!("{what}, after {took}"), true)
    }

    /// Cuts IP, and sets the serial line to another speed: both stations are started anew with it.
    ///
    /// # Errors
    ///
    /// When a station does not stop or start.
    pub(super) fn slow_down(&mut self, stage: &mut Stage, baud: u32) -> Result<(), Refusal> {
        self.ip.cut();
        for station in [&mut self.nord, &mut self.sud] {
            let clean = station.stop();
            stage.expect(&format!("{} stops to set its modem", station.name), clean)?;
            let at = station.home().join("config.toml");
            let (was, is) = (format!("baud = {BAUD}"), format!("baud = {baud}"));
            let set = std::fs::read_to_string(&at)
                .and_then(|config| std::fs::write(&at, config.replace(&was, &is)));
            set.map_err(|fault| failed(format!("The modem cannot be set: {fault}."), ""))?;
            station.start()?;
        }
        stage.say(&format!("Both stations run again, with {baud} bit/s."))
    }

    /// Shows both stations as they stand, for whoever has to find out what broke.
    ///
    /// # Errors
    ///
    /// When standard output is closed.
    pub(super) fn show(&self, stage: &Stage) -> Result<(), Refusal> {
        let paper = stage.paper();
        for station in [&self.nord, &self.sud] {
            let Ok(status) = station.client().status() else {
                continue;
            };
            for alarm in &status.alarms {
                stage.show(&format!("{} ALARM {alarm}", station.name))?;
            }
            for line in &status.lines {
                stage.show(&print::line_detail(&paper, &status.station, line))?;
            }
        }
        Ok(())
    }

    /// Ends both stations and checks their journals.
    ///
    /// # Errors
    ///
    /// An expectation that does not hold.
    pub(super) fn close(&mut self, stage: &mut Stage) -> Result<(), Refusal> {
        stage.act("The end: both stations stop, and their journals are checked")?;
        for station in [&mut self.nord, &mut self.sud] {
            let clean = station.stop();
            stage.expect(&format!("{} stops cleanly at SIGTERM", station.name), clean)?;
            let key = station.key_file().display().to_string();
            let said = station.command(stage, &["journal", "verify", "--key-file", &key])?;
            let said = said.split_whitespace().collect::<Vec<_>>().join(" ");
            stage.expect(
                &format!("{}: {said}", station.name),
                said.contains("VERIFIED"),
            )?;
        }
        Ok(())
    }
}

/// The line of a station of the demo: it has one.
pub(super) fn line_of(station: &Station) -> Option<LineStatus> {
    station.client().status().ok()?.lines.into_iter().next()
}

/// Lays the wires and writes them into both configurations.
fn lay(
    folder: &Path,
    nord: &Station,
    sud: &Station,
) -> io::Result<(ip::Shuttle, wire::Shuttle, PathBuf)> {
    let (nord_bind, sud_bind) = (ip::free_address()?, ip::free_address()?);
    let ip = ip::Shuttle::start(nord_bind, sud_bind)?;
    let wire = wire::Shuttle::start()?;
    let stick = folder.join("stick");
    std::fs::create_dir(&stick)?;
    configure(
        nord,
        &nord_bind.to_string(),
        &ip.nord_side.to_string(),
        &wire.nord_port,
        &stick,
    )?;
    configure(
        sud,
        &sud_bind.to_string(),
        &ip.sud_side.to_string(),
        &wire.sud_port,
        &stick,
    )?;
    Ok((ip, wire, stick))
}

fn configure(
    station: &Station,
    bind: &str,
    address: &str,
    port: &Path,
    stick: &Path,
) -> io::Result<()> {
    let peer = station.peer;
    let (port, stick) = (port.display(), stick.display());
    let config = format!(
        "# The configuration of this station in the demo.\n\
         \n[[quic]]\nname = \"ip\"\npeer = \"{peer}\"\nbind = \"{bind}\"\naddress = \"{address}\"\n\
         \n[[serial]]\nname = \"hf\"\npeer = \"{peer}\"\nport = \"{port}\"\nbaud = {BAUD}\n\
         \n[[courier]]\nname = \"bag\"\npeer = \"{peer}\"\ndir = \"{stick}\"\n\
         \n[charter]\nrelease = {{ warning = 1, answer = 1 }}\nrecall_window_s = 2\n",
    );
    std::fs::write(station.home().join("config.toml"), config)
}
