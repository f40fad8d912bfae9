//! The configuration as written, and the checks that turn it into a [`Config`]. What one bearer must
//! be is in `bearer`.
//!
//! Every table refuses unknown settings. A check names the line of the table that it is about.

mod bearer;
mod watch;

use std::collections::BTreeMap;
use std::ops::Range;
use std::path::PathBuf;

use redphone_desk::hold::{Charter, CharterError};
use serde::Deserialize;
use toml::Spanned;

use crate::reserve::RESERVE_BYTES;

use super::{BEARERS_MAX, BearerConfig, Config, LogLevel, Medium, Refused};

use bearer::{Courier, Quic, Serial, Udp};
use watch::{RawAlarm, RawWatch};

const MIB: u64 = 1024 * 1024;
const RESERVE_MIB_MAX: u64 = 1_048_576;

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct File {
    #[serde(default)]
    api: Api,
    #[serde(default)]
    log: Log,
    #[serde(default)]
    storage: RawStorage,
    charter: Option<Spanned<RawCharter>>,
    alarm: Option<Spanned<RawAlarm>>,
    watch: Option<Spanned<RawWatch>>,
    #[serde(default)]
    courier: Vec<Spanned<Courier>>,
    #[serde(default)]
    quic: Vec<Spanned<Quic>>,
    #[serde(default)]
    serial: Vec<Spanned<Serial>>,
    #[serde(default)]
    udp: Vec<Spanned<Udp>>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Api {
    #[serde(default = "socket")]
    socket: PathBuf,
}

impl Default for Api {
    fn default() -> Self {
        Self { socket: socket() }
    }
}

#[derive(Default, Deserialize)]
#[serde(deny_unknown_fields)]
struct Log {
    #[serde(default)]
    level: LogLevel,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct RawStorage {
    #[serde(default = "reserve_mib")]
    reserve_mib: u64,
    slot: Option<PathBuf>,
}

impl Default for RawStorage {
    fn default() -> Self {
        Self {
            reserve_mib: reserve_mib(),
            slot: None,
        }
    }
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct RawCharter {
    #[serde(default)]
    release: BTreeMap<String, u8>,
    recall_window_s: Option<u32>,
}

impl RawCharter {
    fn check(self) -> Result<Charter, CharterError> {
        let mut charter = Charter::default();
        for (kind, needed) in self.release {
            charter = charter.with_releasers(kind.parse()?, needed)?;
        }
        match self.recall_window_s {
            Some(seconds) => charter.with_recall_window(seconds),
            None => Ok(charter),
        }
    }
}

/// The charter of the file, or the one of a file without.
fn charter(text: &str, table: Option<Spanned<RawCharter>>) -> Result<Charter, Refused> {
    let Some(table) = table else {
        return Ok(Charter::default());
    };
    let line = line_of(text, &table.span());
    let checked = table.into_inner().check();
    checked.map_err(|error| Refused {
        line: Some(line),
        what: error.to_string(),
    })
}

fn socket() -> PathBuf {
    PathBuf::from("api.sock")
}

fn reserve_mib() -> u64 {
    RESERVE_BYTES / MIB
}

/// Reads and checks the text.
pub(super) fn parse(text: &str) -> Result<Config, Refused> {
    let file: File = toml::from_str(text).map_err(|error| Refused {
        line: error.span().map(|span| line_of(text, &span)),
        what: error.message().trim_end_matches('.').to_owned(),
    })?;
    if file.api.socket.as_os_str().is_empty() {
        return Err(Refused {
            line: None,
            what: "the API's socket has an empty path".to_owned(),
        });
    }
    let reserve_mib = file.storage.reserve_mib;
    if reserve_mib > RESERVE_MIB_MAX {
        return Err(Refused {
            line: None,
            what: format!("reserve_mib = {reserve_mib} is more than {RESERVE_MIB_MAX}"),
        });
    }
    let mut found: Vec<(Range<usize>, Result<BearerConfig, String>)> = Vec::new();
    found.extend(
        file.courier
            .into_iter()
            .map(|table| checked(table, Courier::check)),
    );
    found.extend(
        file.quic
            .into_iter()
            .map(|table| checked(table, Quic::check)),
    );
    found.extend(
        file.serial
            .into_iter()
            .map(|table| checked(table, Serial::check)),
    );
    found.extend(file.udp.into_iter().map(|table| checked(table, Udp::check)));
    found.sort_by_key(|(span, _)| span.start);
    Ok(Config {
        socket: file.api.socket,
        log: file.log.level,
        reserve_bytes: reserve_mib * MIB,
        slot: file.storage.slot,
        charter: charter(text, file.charter)?,
        alarm: watch::alarm(text, file.alarm)?,
        rise_times: watch::rise_times(text, file.watch)?,
        bearers: together(text, found)?,
    })
}

fn checked<T>(
    table: Spanned<T>,
    check: impl FnOnce(T) -> Result<BearerConfig, String>,
) -> (Range<usize>, Result<BearerConfig, String>) {
    (table.span(), check(table.into_inner()))
}

/// What holds of all bearers together: how many, and no name or port twice.
fn together(
    text: &str,
    found: Vec<(Range<usize>, Result<BearerConfig, String>)>,
) -> Result<Vec<BearerConfig>, Refused> {
    let mut names: BTreeMap<String, usize> = BTreeMap::new();
    let mut places: BTreeMap<String, usize> = BTreeMap::new();
    let mut bearers = Vec::new();
    for (span, bearer) in found {
        let line = line_of(text, &span);
        let refuse = |what: String| Refused {
            line: Some(line),
            what,
        };
        let bearer = bearer.map_err(refuse)?;
        if bearers.len() == BEARERS_MAX {
            return Err(refuse(format!(
                "a station has at most {BEARERS_MAX} bearers"
            )));
        }
        let name = bearer.spec.name.clone();
        if let Some(other) = names.insert(name.clone(), line) {
            return Err(refuse(format!(
                "the bearer in line {other} is also called '{name}'; names are unique in a station"
            )));
        }
        if let Some(place) = place(&bearer.medium)
            && let Some(other) = places.insert(place.clone(), line)
        {
            return Err(refuse(format!(
                "the bearer in line {other} also uses {place}; one port serves one bearer"
            )));
        }
        bearers.push(bearer);
    }
    Ok(bearers)
}

/// What only one bearer may hold.
fn place(medium: &Medium) -> Option<String> {
    match medium {
        Medium::Courier { .. } => None,
        Medium::Quic { bind, .. } | Medium::Udp { bind, .. } => {
            (bind.port() != 0).then(|| format!("port {bind}"))
        }
        Medium::Serial { port, .. } => Some(port.display().to_string()),
    }
}

/// The line, from 1, of the first character of a span.
fn line_of(text: &str, span: &Range<usize>) -> usize {
    let before = text.as_bytes().iter().take(span.start);
    1 + before.filter(|byte| **byte == b'\n').count()
}
