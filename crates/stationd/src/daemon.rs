//! The daemon: from a home on disk to a station that answers, and back to a clean stop.
//!
//! It owns the order of start and stop, and the signals. Two threads do the work: the caller's
//! serves the operator's border; the hub's own thread decides, writes and carries, so that no slow
//! client delays a frame and no slow disk keeps the border from saying so.
//!
//! ```text
//!   clients -> socket -> routes ==calls==> hub's thread: turns -> commit -> bearers' tasks
//!                          ^                        |
//!                          +----- events, health ---+
//! ```

use std::fmt;
use std::io;
use std::path::Path;
use std::sync::Arc;
use std::thread;
use std::time::Duration;

use redphone_journal::{StationKey, Storage};
use redphone_station::{Entropy, Fault, Hub};
use tokio::signal::unix::{Signal, SignalKind, signal};
use tokio::sync::{oneshot, watch};

use crate::bag::Couriers;
use crate::bearers::Bearers;
use crate::board::Board;
use crate::calls;
use crate::clock::Clock;
use crate::config::{Config, ConfigError};
use crate::desks::Desks;
use crate::events::EventLog;
use crate::faults::OpenError;
use crate::home::{Home, HomeError};
use crate::hub_thread::{self, Opened, Opener};
use crate::last_status::LastStatus;
use crate::logging;
use crate::metrics::Metrics;
use crate::notify;
use crate::room::Room;
use crate::serve::{App, Border, Health, SocketError, router};
use crate::sounder::Sounder;
use crate::storage::SqliteStorage;
use crate::turns::Surroundings;
use crate::unlock::{Unlock, UnlockError};

/// Runs a station on its home until it is told to stop by SIGTERM, SIGINT or SIGHUP.
///
/// # Errors
///
/// [`RunError`], each with its own sentence. A station whose disk is full or fails runs on, and
/// says so on every request.
pub async fn run(home: &Path, unlock: Unlock) -> Result<(), RunError> {
    let mut signals = Signals::listen()?;
    let home = Home::open(home)?;
    let config = Config::load(&home.config_path())?;
    logging::start(config.log);
    // Whatever this process makes is for this account only.
    rustix::process::umask(rustix::fs::Mode::from_raw_mode(0o077));
    let key = config.with_slot(unlock.station_key(&home)?);
    let room = Room::new(home.path(), config.reserve_bytes);
    let open = opener(&home, key, &config);
    let station = Station::start(&config, room, open).await?;
    let border = Border::bind(&config.socket_in(home.path()))?;
    station.serve(border, &config, &mut signals).await
}

/// Opens the hub of a home, as often as it has to be.
fn opener(home: &Home, key: StationKey, config: &Config) -> Opener<SqliteStorage> {
    let path = home.storage_path();
    let charter = config.charter.clone();
    let (times, alarm) = (config.rise_times, config.alarm.clone());
    Box::new(move |now| {
        let storage = SqliteStorage::open(&path)?;
        let mut hub = Hub::open(storage, &key, now, entropy())?;
        hub.set_charter(charter.clone());
        hub.set_watch(now, times, !alarm.command.is_empty(), alarm.repeat);
        Ok(hub)
    })
}

/// The operating system's random bytes.
pub(crate) fn entropy() -> Entropy {
    Box::new(|bytes| getrandom::fill(bytes).is_ok())
}

/// A station whose hub's thread runs.
struct Station {
    calls: calls::HubHandle,
    board: Board,
    stop_hub: watch::Sender<bool>,
    hub_ended: oneshot::Receiver<Result<(), Fault>>,
    thread: thread::JoinHandle<()>,
}

impl Station {
    /// Starts the hub's thread; returns once the hub is open, or refuses with a reason that may
    /// pass.
    async fn start<S: Storage + 'static>(
        config: &Config,
        room: Room,
        open: Opener<S>,
    ) -> Result<Self, RunError> {
        let (asking, answering) = calls::queue();
        let (heard_by, heard) = redphone_bearers::events(config.bearers.len());
        let (stop_hub, stop) = watch::channel(false);
        let board = Board {
            events: Arc::new(EventLog::new()),
            metrics: Arc::new(Metrics::new()),
            health: Arc::new(watch::Sender::new(Health::Accepting)),
            last: Arc::new(LastStatus::default()),
        };
        let around = Surroundings {
            clock: Clock::start(),
            bearers: Bearers::new(config.bearers.clone(), heard_by),
            desks: Desks::default(),
            board: board.clone(),
            room,
            sounder: Sounder::start(&config.alarm.command, asking.clone())
                .map_err(RunError::Machine)?,
            clock_alarm: None,
            calls: answering,
            heard,
            stop,
            full: false,
            room_given: false,
            busy_at: Duration::ZERO,
            beat_at: Duration::ZERO,
            watchdog: notify::watchdog_interval(),
            watchdog_at: Duration::ZERO,
        };
        let (opened, first) = oneshot::channel();
        let (ended, hub_ended) = oneshot::channel();
        let thread = spawn_hub(open, around, opened, ended)?;
        match first.await {
            Ok(Ok(_)) => {}
            Ok(Err(error)) => return Err(RunError::Open(error)),
            Err(_) => return Err(RunError::HubFell),
        }
        Ok(Self {
            calls: asking,
            board,
            stop_hub,
            hub_ended,
            thread,
        })
    }

    /// What the border's handlers share.
    fn app(&self, config: &Config) -> App {
        App {
            hub: self.calls.clone(),
            events: Arc::clone(&self.board.events),
            metrics: Arc::clone(&self.board.metrics),
            health: self.board.health.subscribe(),
            last: Arc::clone(&self.board.last),
            status_askers: App::status_askers(),
            couriers: Arc::new(Couriers::of(&config.bearers)),
        }
    }

    /// Serves the border until a signal, then stops in order: no new clients, last answers, the
    /// hub's last append.
    async fn serve(
        mut self,
        border: Border,
        config: &Config,
        signals: &mut Signals,
    ) -> Result<(), RunError> {
        let app = self.app(config);
        let (stop_border, border_stop) = watch::channel(false);
        let mut serving = tokio::spawn(border.serve(router(app), border_stop));
        notify::ready();
        let mut fell = None;
        tokio::select! {
            () = signals.wait() => tracing::info!("the station was told to stop"),
            ended = &mut self.hub_ended => fell = Some(ended),
            _ = &mut serving => tracing::error!("the operator's border ended"),
        }
        notify::stopping();
        self.board.say(Health::Stopping);
        stop_border.send_replace(true);
        if !serving.is_finished() {
            let _ = serving.await;
        }
        self.stop_hub.send_replace(true);
        let ended = match fell {
            Some(ended) => ended,
            None => self.hub_ended.await,
        };
        let joined = self.thread.join();
        match (ended, joined) {
            (Ok(Ok(())), Ok(())) => Ok(()),
            (Ok(Err(fault)), _) => Err(RunError::Stopped(fault)),
            (Ok(Ok(())) | Err(_), _) => Err(RunError::HubFell),
        }
    }
}

/// Runs the hub on a thread and a runtime of its own.
fn spawn_hub<S: Storage + 'static>(
    open: Opener<S>,
    around: Surroundings,
    opened: oneshot::Sender<Opened>,
    ended: oneshot::Sender<Result<(), Fault>>,
) -> Result<thread::JoinHandle<()>, RunError> {
    let runtime = tokio::runtime::Builder::new_current_thread()
        .enable_all()
        .build()
        .map_err(RunError::Machine)?;
    thread::Builder::new()
        .name("hub".to_owned())
        .spawn(move || {
            let result = runtime.block_on(hub_thread::live(open, around, opened));
            // The daemon may be gone already.
            let _ = ended.send(result);
        })
        .map_err(RunError::Machine)
}

/// The signals that ask for a clean stop.
struct Signals {
    hang_up: Signal,
    interrupt: Signal,
    terminate: Signal,
}

impl Signals {
    fn listen() -> Result<Self, RunError> {
        Ok(Self {
            hang_up: signal(SignalKind::hangup()).map_err(RunError::Machine)?,
            interrupt: signal(SignalKind::interrupt()).map_err(RunError::Machine)?,
            terminate: signal(SignalKind::terminate()).map_err(RunError::Machine)?,
        })
    }

    async fn wait(&mut self) {
        tokio::select! {
            _ = self.hang_up.recv() => {}
            _ = self.interrupt.recv() => {}
            _ = self.terminate.recv() => {}
        }
    }
}

/// Why a station did not run, or did not stop cleanly.
#[derive(Debug)]
#[non_exhaustive]
pub enum RunError {
    /// The configuration is refused.
    Config(ConfigError),
    /// The home is refused.
    Home(HomeError),
    /// The hub's thread ended by a defect of ours.
    HubFell,
    /// The machine gives no thread, timer or signal.
    Machine(io::Error),
    /// The journal does not open.
    Open(OpenError),
    /// The socket of the border is refused.
    Socket(SocketError),
    /// The last append failed.
    Stopped(Fault),
    /// The key of the station cannot be had.
    Unlock(UnlockError),
}

impl fmt::Display for RunError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Config(error) => error.fmt(f),
            Self::Home(error) => error.fmt(f),
            Self::HubFell => f.write_str(
                "The station's hub fell by a defect of ours; what it accepted is in the journal. \
                 Start it again, and report what it wrote on standard error.",
            ),
            Self::Machine(error) => write!(
                f,
                "The machine refused a thread, a timer or a signal: {error}. Look at its limits."
            ),
            Self::Open(error) => error.fmt(f),
            Self::Socket(error) => error.fmt(f),
            Self::Stopped(fault) => fault.fmt(f),
            Self::Unlock(error) => error.fmt(f),
        }
    }
}

impl std::error::Error for RunError {}

macro_rules! from {
    ($($source:ty => $variant:ident),* $(,)?) => {$(
        impl From<$source> for RunError {
            fn from(error: $source) -> Self {
                Self::$variant(error)
            }
        }
    )*};
}

from! {
    ConfigError => Config,
    HomeError => Home,
    OpenError => Open,
    SocketError => Socket,
    UnlockError => Unlock,
}

#[cfg(test)]
mod flash;
#[cfg(test)]
mod slow_disk;
#[cfg(test)]
mod tests;
