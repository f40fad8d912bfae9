//! What every command has: the home, the way to the station, the page to print on.

use std::fs::File;
use std::io::{ErrorKind, Read, Write};
use std::os::unix::fs::OpenOptionsExt;
use std::path::{Path, PathBuf};
use std::time::{SystemTime, UNIX_EPOCH};

use clap::Args;
use redphone_api::{Refusal, RefusalKind, Request, Response};
use redphone_stationd::{Config, Unlock};
use redphone_wire::PartyName;
use serde::Serialize;

use super::draft;
use crate::client::{Client, unexpected};
use crate::print::{self, Paper, Style, Zone};
use crate::secrets;
use crate::signing::{self, KeyFile};

/// How a home is opened where no station runs.
#[derive(Args, Clone, Debug, Default)]
pub(crate) struct KeyArgs {
    /// The key of the station; without it the passphrase is asked for
    #[arg(long, value_name = "FILE")]
    pub(crate) key_file: Option<PathBuf>,
}

/// What every command has.
pub(crate) struct Context {
    home: PathBuf,
    json: bool,
}

impl Context {
    /// Takes the home, or the default one.
    ///
    /// # Errors
    ///
    /// When there is no home directory to have a default in.
    pub(crate) fn new(home: Option<PathBuf>, json: bool) -> Result<Self, Refusal> {
        let home = home.or_else(|| Some(std::env::home_dir()?.join(".redphone")));
        match home {
            Some(home) => Ok(Self { home, json }),
            None => Err(usage(
                "This account has no home directory.",
                "Name one with --home DIR.",
            )),
        }
    }

    /// The station's home.
    pub(crate) fn home(&self) -> &Path {
        &self.home
    }

    /// True when the answer is for a script.
    pub(crate) fn json(&self) -> bool {
        self.json
    }

    /// The way to the station of this home. A configuration that cannot be read is not the
    /// client's to refuse: the usual socket is tried.
    pub(crate) fn client(&self) -> Client {
        let socket = Config::load(&self.home.join("config.toml")).map_or_else(
            |_| self.home.join("api.sock"),
            |config| config.socket_in(&self.home),
        );
        Client::new(socket)
    }

    /// Asks the running station.
    ///
    /// # Errors
    ///
    /// Its refusal; or that none runs.
    pub(crate) fn ask(&self, request: &Request) -> Result<Response, Refusal> {
        self.client().ask(request)
    }

    /// Asks the running station; where none runs, opens the home for this one request.
    ///
    /// # Errors
    ///
    /// The refusal of the station or of the home.
    pub(crate) fn ask_or_open(&self, key: &KeyArgs, request: Request) -> Result<Response, Refusal> {
        self.order_or_open(None, key, request)
    }

    /// Asks the running station as the officer whose key is named; without a key, as whoever opens
    /// its socket.
    ///
    /// # Errors
    ///
    /// Its refusal; that none runs; that the key does not open.
    pub(crate) fn order(
        &self,
        by: Option<&KeyFile>,
        request: Request,
    ) -> Result<Response, Refusal> {
        self.ask(&self.signed(by, request)?)
    }

    /// The request, signed where a key is named.
    ///
    /// # Errors
    ///
    /// As [`Self::order`].
    pub(crate) fn signed(
        &self,
        by: Option<&KeyFile>,
        request: Request,
    ) -> Result<Request, Refusal> {
        match by {
            None => Ok(request),
            Some(file) => signing::order(&draft::roll(self)?, file, request),
        }
    }

    /// As [`Self::order`]; where no station runs, opens the home for this one request.
    ///
    /// # Errors
    ///
    /// As [`Self::order`]; the refusal of the home.
    pub(crate) fn order_or_open(
        &self,
        by: Option<&KeyFile>,
        key: &KeyArgs,
        request: Request,
    ) -> Result<Response, Refusal> {
        let client = self.client();
        let unlock = match client.is_answered() {
            true => None,
            false => Some(self.unlock(key)?),
        };
        let ask = |request: Request| match &unlock {
            None => client.ask(&request),
            Some(unlock) => redphone_stationd::handle_offline(&self.home, unlock, request),
        };
        let Some(file) = by else {
            return ask(request);
        };
        let Response::Roll(roll) = ask(Request::Officers)? else {
            return Err(unexpected());
        };
        ask(signing::order(&roll, file, request)?)
    }

    /// How the home of a station is opened: with a key file, a credential of systemd, or a
    /// passphrase that is typed.
    ///
    /// # Errors
    ///
    /// When nothing can be typed.
    pub(crate) fn unlock(&self, key: &KeyArgs) -> Result<Unlock, Refusal> {
        Self::unlock_at(&self.home, key)
    }

    /// As [`Self::unlock`], for a backup or another home.
    ///
    /// # Errors
    ///
    /// When nothing can be typed.
    pub(crate) fn unlock_at(home: &Path, key: &KeyArgs) -> Result<Unlock, Refusal> {
        if let Some(file) = &key.key_file {
            return Ok(Unlock::KeyFile(file.clone()));
        }
        let kept = redphone_stationd::key_path(home).exists();
        if kept || std::env::var_os("CREDENTIALS_DIRECTORY").is_some() {
            return Ok(Unlock::Find);
        }
        let at = home.display().to_string();
        secrets::passphrase(&at).map(Unlock::Passphrase)
    }

    /// How the home of a new station will be opened.
    ///
    /// # Errors
    ///
    /// As [`Self::unlock`]; a passphrase that is too short.
    pub(crate) fn unlock_new(&self, key: &KeyArgs) -> Result<Unlock, Refusal> {
        match &key.key_file {
            Some(file) if file.exists() => Ok(Unlock::KeyFile(file.clone())),
            Some(file) => Ok(Unlock::NewKeyFile(file.clone())),
            None => secrets::new_passphrase().map(Unlock::Passphrase),
        }
    }

    /// The page: style, zone and time of printing.
    pub(crate) fn paper(&self) -> Paper {
        Paper {
            style: Style::of_standard_output(),
            zone: Zone::of_this_machine(),
            now: now(),
        }
    }

    /// Prints the answer, as JSON or in words.
    ///
    /// # Errors
    ///
    /// When standard output is closed.
    pub(crate) fn answer<T: Serialize>(
        &self,
        value: &T,
        words: impl FnOnce(&Paper) -> String,
    ) -> Result<(), Refusal> {
        if self.json {
            let mut text = print::json(value)
                .map_err(|fault| failed(format!("The answer cannot be written: {fault}."), ""))?;
            text.push('\n');
            return self.say(&text);
        }
        self.say(&words(&self.paper()))
    }

    /// Prints text as it is.
    ///
    /// # Errors
    ///
    /// When standard output is closed.
    pub(crate) fn say(&self, text: &str) -> Result<(), Refusal> {
        let mut out = std::io::stdout().lock();
        out.write_all(text.as_bytes())
            .and_then(|()| out.flush())
            .map_err(|fault| {
                failed(
                    format!("Standard output cannot be written: {fault}."),
                    "What was asked is done.",
                )
            })
    }
}

/// Milliseconds since 1970.
pub(crate) fn now() -> u64 {
    let since = SystemTime::now()
        .duration_since(UNIX_EPOCH)
        .unwrap_or_default();
    u64::try_from(since.as_millis()).unwrap_or(u64::MAX)
}

/// A refusal with exit code 1.
pub(crate) fn failed(what: impl Into<String>, to_do: impl Into<String>) -> Refusal {
    Refusal::operator(RefusalKind::Failed, what, to_do)
}

/// A refusal with exit code 2.
pub(crate) fn usage(what: impl Into<String>, to_do: impl Into<String>) -> Refusal {
    Refusal::operator(RefusalKind::Usage, what, to_do)
}

/// A refusal with exit code 5.
pub(crate) fn policy(what: impl Into<String>, to_do: impl Into<String>) -> Refusal {
    Refusal::operator(RefusalKind::Policy, what, to_do)
}

/// A refusal with exit code 3.
pub(crate) fn not_found(what: impl Into<String>, to_do: impl Into<String>) -> Refusal {
    Refusal::operator(RefusalKind::NotFound, what, to_do)
}

/// Reads the name of a party, in small letters too.
pub(crate) fn party(word: &str) -> Result<String, String> {
    let name = word.trim().to_ascii_uppercase();
    match name.parse::<PartyName>() {
        Ok(name) => Ok(name.as_str().to_owned()),
        Err(_) => Err("a party's name has 1 to 16 of A-Z, 0-9 and -, a letter first".to_owned()),
    }
}

/// Reads a file of at most so many bytes.
///
/// # Errors
///
/// When it is not there (exit 3), cannot be read, or is longer.
pub(crate) fn read_file(path: &Path, bytes_max: usize) -> Result<Vec<u8>, Refusal> {
    let at = path.display();
    let file = File::open(path).map_err(|fault| {
        let absent = fault.kind() == ErrorKind::NotFound;
        let kind = if absent {
            RefusalKind::NotFound
        } else {
            RefusalKind::Failed
        };
        let what = format!("The file {at} cannot be read: {}.", plain(&fault));
        Refusal::operator(kind, what, "Look at the name and at who may read it.")
    })?;
    let mut bytes = Vec::new();
    file.take(bytes_max as u64 + 1)
        .read_to_end(&mut bytes)
        .map_err(|fault| {
            failed(
                format!("The file {at} cannot be read: {}.", plain(&fault)),
                "Look at the disk.",
            )
        })?;
    if bytes.len() > bytes_max {
        return Err(usage(
            format!("The file {at} is longer than {bytes_max} bytes."),
            "Is it the right file? Nothing was done.",
        ));
    }
    Ok(bytes)
}

/// Writes a file of this account only, and never over another.
///
/// # Errors
///
/// When it is there, or cannot be written.
pub(crate) fn write_new(path: &Path, bytes: &[u8]) -> Result<(), Refusal> {
    let at = path.display();
    let file = File::options()
        .write(true)
        .create_new(true)
        .mode(0o600)
        .open(path);
    let written = file.and_then(|mut file| file.write_all(bytes).and_then(|()| file.sync_all()));
    written.map_err(|fault| {
        if fault.kind() == ErrorKind::AlreadyExists {
            return usage(
                format!("The file {at} is there already."),
                "Name another file; nothing is written over.",
            );
        }
        failed(
            format!("The file {at} cannot be written: {}.", plain(&fault)),
            "Look at the disk.",
        )
    })
}

/// An error of the system in words, without its number.
fn plain(fault: &std::io::Error) -> String {
    let told = fault.to_string();
    match told.split_once(" (os error") {
        Some((words, _)) => words.to_lowercase(),
        None => told,
    }
}
