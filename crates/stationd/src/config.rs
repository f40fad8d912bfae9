//! The configuration: one TOML file in the home, read once at start.
//!
//! It owns the shape of `config.toml`, the defaults and the checks; every refusal names the
//! setting and its line. It opens no port and starts no bearer. The commented sample that `init`
//! writes is `sample.toml` beside this file.

mod raw;

use std::fmt;
use std::net::SocketAddr;
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::time::Duration;

use redphone_desk::hold::Charter;
use redphone_desk::watch::RiseTimes;
use redphone_journal::StationKey;
use redphone_line::BearerSpec;
use redphone_wire::PartyName;

use crate::slot::FileSlot;

/// The commented sample that `init` writes into a new home.
pub const SAMPLE: &str = include_str!("sample.toml");

/// Bytes of a configuration file.
pub const CONFIG_BYTES_MAX: u64 = 1024 * 1024;
/// Bearers of one station.
pub const BEARERS_MAX: usize = 64;
/// Bytes of a bearer's name.
pub const BEARER_NAME_BYTES_MAX: usize = 32;

/// A whole configuration, checked.
#[derive(Clone, Debug, Eq, PartialEq)]
pub struct Config {
    /// The socket of the operator's border: a path within the home, or an absolute one.
    pub socket: PathBuf,
    /// How much the diagnostics say.
    pub log: LogLevel,
    /// Bytes of disk set aside for FLASH and the journal; 0 for none.
    pub reserve_bytes: u64,
    /// The slot: a file on another disk that remembers how far the vault has come.
    pub slot: Option<PathBuf>,
    /// The station's own rules of release.
    pub charter: Charter,
    /// The alarm: what is run, and how often.
    pub alarm: AlarmConfig,
    /// After how long what nobody acknowledges rises.
    pub rise_times: RiseTimes,
    /// The bearers, in the order of the file.
    pub bearers: Vec<BearerConfig>,
}

impl Config {
    /// Reads and checks a configuration file.
    ///
    /// # Errors
    ///
    /// [`ConfigError`] in a sentence that names the setting and the line.
    pub fn load(path: &Path) -> Result<Self, ConfigError> {
        let fault = |what: String| ConfigError {
            file: path.to_owned(),
            line: None,
            what,
        };
        let unreadable = |error: std::io::Error| fault(format!("it cannot be read: {error}"));
        let bytes = std::fs::metadata(path).map_err(unreadable)?.len();
        if bytes > CONFIG_BYTES_MAX {
            return Err(fault(format!(
                "it has {bytes} bytes; at most {CONFIG_BYTES_MAX} are read"
            )));
        }
        let text = std::fs::read_to_string(path).map_err(unreadable)?;
        Self::parse(&text).map_err(|refused| ConfigError {
            file: path.to_owned(),
            line: refused.line,
            what: refused.what,
        })
    }

    /// Checks the text of a configuration.
    ///
    /// # Errors
    ///
    /// [`Refused`] with the line and what is wrong there.
    pub fn parse(text: &str) -> Result<Self, Refused> {
        raw::parse(text)
    }

    /// Adds the slot to the station's key, where there is one.
    pub fn with_slot(&self, key: StationKey) -> StationKey {
        match &self.slot {
            Some(path) => key.with_slot(Arc::new(FileSlot::new(path))),
            None => key,
        }
    }

    /// Where the socket is for a home.
    pub fn socket_in(&self, home: &Path) -> PathBuf {
        home.join(&self.socket)
    }
}

/// The alarm of the station.
#[derive(Clone, Debug, Eq, PartialEq)]
pub struct AlarmConfig {
    /// The program and its arguments; empty for none.
    pub command: Vec<String>,
    /// From one ring to the next.
    pub repeat: Duration,
}

/// A bearer and the peer that it leads to.
#[derive(Clone, Debug, Eq, PartialEq)]
pub struct BearerConfig {
    /// The other side.
    pub peer: PartyName,
    /// What the line needs to know: name, kind, MTU, rate, cost, cover.
    pub spec: BearerSpec,
    /// Where it is on this machine.
    pub medium: Medium,
}

/// Where a bearer is on this machine.
#[derive(Clone, Debug, Eq, PartialEq)]
pub enum Medium {
    /// A directory on carried media.
    Courier {
        /// The directory; none when every export and import names its own.
        dir: Option<PathBuf>,
    },
    /// QUIC datagrams.
    Quic {
        /// Our address and port: one port a line.
        bind: SocketAddr,
        /// The peer's; none where the peer has no fixed address and calls us.
        address: Option<SocketAddr>,
    },
    /// A serial port or a radio modem that looks like one.
    Serial {
        /// The device.
        port: PathBuf,
        /// Symbols a second on the wire; a byte takes ten (8N1).
        baud: u32,
    },
    /// Plain UDP datagrams.
    Udp {
        /// Our address and port.
        bind: SocketAddr,
        /// The peer's; none for a bearer that only receives, or that learns it from good frames.
        address: Option<SocketAddr>,
    },
}

/// How much the diagnostics say.
#[derive(Clone, Copy, Debug, Default, Eq, PartialEq, serde::Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum LogLevel {
    /// What would wake the administrator.
    Error,
    /// What would wake the watch.
    Warn,
    /// What happened: starts, stops, bearers. No text, name or key.
    #[default]
    Info,
    /// Everything but message text and keys; names of parties and bearers appear.
    Debug,
}

/// What is wrong with the text of a configuration.
#[derive(Clone, Debug, Eq, PartialEq)]
pub struct Refused {
    /// On which line, from 1; none where no line is to blame.
    pub line: Option<usize>,
    /// What is wrong, in words.
    pub what: String,
}

/// Why a configuration file is refused.
#[derive(Clone, Debug, Eq, PartialEq)]
pub struct ConfigError {
    /// The file.
    pub file: PathBuf,
    /// On which line, from 1; none where no line is to blame.
    pub line: Option<usize>,
    /// What is wrong, in words.
    pub what: String,
}

impl fmt::Display for ConfigError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "The configuration {}", self.file.display())?;
        if let Some(line) = self.line {
            write!(f, ", line {line},")?;
        }
        write!(
            f,
            " is refused: {}. Correct the file and start again.",
            self.what
        )
    }
}

impl std::error::Error for ConfigError {}

#[cfg(test)]
mod tests;
