//! The daemon of a station: one event loop around one hub, and what it needs of the machine.
//!
//! It owns the home on disk, the configuration, the storage, the clocks, the bearers' lives and the
//! operator's border. It decides nothing about messages: that is the hub's. The commands use it as
//! a library: [`init`] makes a home, [`run`] is the daemon, [`handle_offline`] answers one request
//! without a running station.
//!
//! ```text
//!   home, config, unlock --> daemon --> hub's thread: turns of the hub, one append a turn
//!                               |            ^   |
//!                               v       calls|   |events, answers, figures
//!                             serve ---------+   v
//!                               |              clients (HTTP/JSON, server-sent events)
//!                               +--------------> on the home's socket
//! ```

#![forbid(unsafe_code)]

mod bag;
mod bearers;
mod board;
mod calls;
mod clock;
mod config;
mod daemon;
mod desks;
mod events;
mod faults;
mod home;
mod hub_thread;
mod keep;
mod last_status;
mod logging;
mod metrics;
mod notify;
mod offline;
mod openapi;
#[cfg(feature = "planted-bugs")]
pub mod planted;
mod reserve;
mod room;
#[cfg(test)]
mod scratch;
mod serve;
mod slot;
mod sounder;
mod storage;
mod turns;
mod unlock;

pub use clock::{Clock, JUMP_MIN, Jump};
pub use config::{
    BEARER_NAME_BYTES_MAX, BEARERS_MAX, BearerConfig, CONFIG_BYTES_MAX, Config, ConfigError,
    LogLevel, Medium, Refused, SAMPLE,
};
pub use daemon::{RunError, run};
pub use events::EVENTS_MAX;
pub use faults::OpenError;
pub use home::{BACKUP_FORMAT, HOME_FORMAT, Home, HomeError, config_path, key_path};
pub use keep::{KeepError, Kept, back_up, restore};
pub use offline::{are_officers_enrolled, handle_offline, init};
pub use openapi::DOCUMENT as OPENAPI;
pub use reserve::{RESERVE_BYTES, Reserve};
pub use serve::{BODY_BYTES_MAX, SocketError, body_is_taken};
pub use slot::FileSlot;
pub use storage::{STORAGE_FORMAT, SqliteStorage};
pub use unlock::{CREDENTIAL, PASSPHRASE_BYTES_MAX, Unlock, UnlockError, make_key_file};
