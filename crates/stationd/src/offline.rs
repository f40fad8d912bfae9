//! A home without a running station: made by `init`, or opened for one request.
//!
//! It owns neither protocol nor decisions: the hub founds itself and answers. The home's lock keeps
//! this and the daemon apart.

use std::path::Path;

use redphone_api::{Actor, JournalVerdict, Refusal, RefusalKind, Request, Response};
use redphone_journal::StationKey;
use redphone_station::{Founding, Hub, HubError};

use crate::clock::Clock;
use crate::config::{Config, SAMPLE};
use crate::daemon::{RunError, entropy};
use crate::faults::OpenError;
use crate::home::{Home, HomeError};
use crate::storage::SqliteStorage;
use crate::unlock::Unlock;

/// Makes the home of a new station: directory, configuration, journal, identity. A home that is
/// not whole at the end is known as such, and made anew.
///
/// # Errors
///
/// [`RunError`] when something is there already, or the machine or the storage fails.
pub fn init(path: &Path, founding: &Founding, unlock: &Unlock) -> Result<(), RunError> {
    rustix::process::umask(rustix::fs::Mode::from_raw_mode(0o077));
    let home = Home::create(path)?;
    home.write_new("config.toml", SAMPLE.as_bytes())?;
    let key = unlock.station_key(&home)?;
    found(&home, founding, &key)?;
    home.finish()?;
    Ok(())
}

fn found(home: &Home, founding: &Founding, key: &StationKey) -> Result<(), OpenError> {
    let storage = SqliteStorage::create(&home.storage_path())?;
    let now = Clock::start().now();
    Hub::create(storage, key, founding, now, entropy())?;
    Ok(())
}

/// Answers one request from a home on which no station runs.
///
/// # Errors
///
/// [`Refusal`] of the hub, or that the home does not open.
pub fn handle_offline(home: &Path, unlock: &Unlock, request: Request) -> Result<Response, Refusal> {
    let Opened {
        _home,
        storage,
        key,
        config,
    } = open(home, unlock)?;
    if request == Request::JournalVerify {
        // A journal that no hub can follow is the one that has to be looked at.
        return verify_storage(storage, &key);
    }
    let now = Clock::start().now();
    let mut hub = Hub::open(storage, &key, now, entropy())
        .map_err(|error| failed(&OpenError::from(error)))?;
    hub.set_charter(config.charter);
    hub.set_key_in_hand();
    let answer = hub.handle_request(now, request);
    let committed = hub.commit(now).and_then(|_| hub.close(now));
    committed.map_err(|fault| failed(&fault))?;
    answer
}

/// Whether officers are enrolled in a home on which no station runs. Nothing is written there.
///
/// # Errors
///
/// As [`handle_offline`].
pub fn are_officers_enrolled(home: &Path, unlock: &Unlock) -> Result<bool, Refusal> {
    let Opened {
        _home,
        storage,
        key,
        ..
    } = open(home, unlock)?;
    let now = Clock::start().now();
    let hub = Hub::open(storage, &key, now, entropy())
        .map_err(|error| failed(&OpenError::from(error)))?;
    Ok(hub.desk().officers().are_enrolled())
}

/// A home that is held while it is looked into.
struct Opened {
    _home: Home,
    storage: SqliteStorage,
    key: StationKey,
    config: Config,
}

fn open(home: &Path, unlock: &Unlock) -> Result<Opened, Refusal> {
    let home = Home::open(home).map_err(of_home)?;
    let config = Config::load(&home.config_path()).map_err(|error| failed(&error))?;
    let key = unlock.station_key(&home).map_err(|error| failed(&error))?;
    let key = config.with_slot(key);
    let storage = SqliteStorage::open(&home.storage_path())
        .map_err(|error| failed(&OpenError::from(error)))?;
    Ok(Opened {
        _home: home,
        storage,
        key,
        config,
    })
}

/// Checks a journal that perhaps no hub can open.
fn verify_storage(mut storage: SqliteStorage, key: &StationKey) -> Result<Response, Refusal> {
    let verdict = redphone_journal::verify(&mut storage, key)
        .map_err(|error| failed(&OpenError::from(HubError::from(error))))?;
    let said = match (verdict.first_bad, verdict.damage.first()) {
        (Some((number, why)), _) => format!("Record {number} {why}. {KEEP_THE_DISK}"),
        (None, Some(damage)) => {
            let what = format!("Every record is whole and in the chain, but {damage}.");
            return Err(Refusal {
                kind: RefusalKind::Verification,
                actor: Actor::Administrator,
                what,
                to_do: KEEP_THE_DISK.to_owned(),
                findings: Vec::new(),
            });
        }
        (None, None) => format!(
            "All {} records are whole and in the chain.",
            verdict.records
        ),
    };
    Ok(Response::JournalVerified(JournalVerdict {
        records: verdict.records,
        first_bad: verdict.first_bad.map(|(number, _)| number),
        said,
        head: head_of(storage, key),
    }))
}

/// The hash of the newest record, in hexadecimal. Only a journal that opens knows it.
fn head_of(storage: SqliteStorage, key: &StationKey) -> String {
    redphone_journal::Journal::open(storage, key).map_or_else(
        |_| String::new(),
        |(journal, _)| redphone_api::hex::encode(&journal.head().1),
    )
}

const KEEP_THE_DISK: &str =
    "Keep the disk as it is and restore a backup; docs/OPERATING.md says how.";

fn of_home(error: HomeError) -> Refusal {
    let kind = match error {
        HomeError::NoHome(_) => RefusalKind::NotFound,
        HomeError::Exists(_)
        | HomeError::Held { .. }
        | HomeError::IsBackup(_)
        | HomeError::Io { .. }
        | HomeError::Newer { .. }
        | HomeError::OthersCanRead(_)
        | HomeError::Unfinished(_) => RefusalKind::Failed,
    };
    Refusal::operator(kind, error.to_string(), "Nothing was changed.")
}

fn failed(error: &dyn std::error::Error) -> Refusal {
    Refusal {
        kind: RefusalKind::Failed,
        actor: Actor::Administrator,
        what: error.to_string(),
        to_do: "Nothing was changed.".to_owned(),
        findings: Vec::new(),
    }
}
