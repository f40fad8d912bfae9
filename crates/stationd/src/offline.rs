//! A home without a running station: made by `init`, or opened for one request.
//!
//! It owns neither protocol nor decisions: the hub founds itself and answers. The home's lock keeps
//! this and the daemon apart.

use std::path::Path;

use redphone_api::{Actor, Refusal, RefusalKind, Request, Response};
use redphone_journal::StationKey;
use redphone_station::{Founding, Hub};

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
    let home = Home::open(home).map_err(of_home)?;
    let config = Config::load(&home.config_path()).map_err(|error| failed(&error))?;
    let key = unlock.station_key(&home).map_err(|error| failed(&error))?;
    let key = config.with_slot(key);
    let storage = SqliteStorage::open(&home.storage_path())
        .map_err(|error| failed(&OpenError::from(error)))?;
    let now = Clock::start().now();
    let mut hub = Hub::open(storage, &key, now, entropy())
        .map_err(|error| failed(&OpenError::from(error)))?;
    let answer = hub.handle_request(now, request);
    let committed = hub.commit(now).and_then(|_| hub.close(now));
    committed.map_err(|fault| failed(&fault))?;
    answer
}

fn of_home(error: HomeError) -> Refusal {
    match error {
        HomeError::NoHome(_) => Refusal::operator(
            RefusalKind::NotFound,
            error.to_string(),
            "See redphone init --help.",
        ),
        error => Refusal::operator(
            RefusalKind::Failed,
            error.to_string(),
            "Nothing was changed.",
        ),
    }
}

fn failed(error: &dyn std::error::Error) -> Refusal {
    Refusal {
        kind: RefusalKind::Failed,
        actor: Actor::Administrator,
        what: error.to_string(),
        to_do: "Nothing was changed.".to_owned(),
    }
}
