//! The hub's own thread: opens the hub, lets it go round, and after a fault opens it anew.
//!
//! It owns the life of the hub. While the storage cannot be trusted it keeps the socket answering
//! with the reason, carries nothing, and tries again at the pauses of [`crate::faults`].

use std::time::Duration;

use redphone_journal::{Storage, StorageError};
use redphone_station::{Fault, Hub, HubError};
use redphone_wire::{Now, PartyName};
use tokio::sync::oneshot;

use crate::board::Board;
use crate::calls::Call;
use crate::faults::{self, OpenError};
use crate::notify;
use crate::serve::Health;
use crate::turns::{self, Ended, Surroundings};

/// Opens the hub: at start, and again after every fault.
pub(crate) type Opener<S> = Box<dyn FnMut(Now) -> Result<Hub<S>, OpenError> + Send>;

/// Who opened: told to whoever started the thread.
pub(crate) type Opened = Result<Option<PartyName>, OpenError>;

/// Runs the hub until the station stops. `opened` hears of the first try: the name of the station,
/// nothing when the storage is in trouble that may pass, or an error that ends the thread.
pub(crate) async fn live<S: Storage>(
    mut open: Opener<S>,
    mut around: Surroundings,
    opened: oneshot::Sender<Opened>,
) -> Result<(), Fault> {
    let now = around.tick();
    around.beat(now);
    let mut hub = match around.open(&mut open, now) {
        Ok(hub) => {
            let _ = opened.send(Ok(Some(hub.name().clone())));
            Some(hub)
        }
        Err(error) if error.may_pass() => {
            around.refuse_for(&error);
            let _ = opened.send(Ok(None));
            None
        }
        Err(error) => {
            let _ = opened.send(Err(error));
            return Ok(());
        }
    };
    loop {
        let mut living = match hub.take() {
            Some(hub) => hub,
            None => match around.open_again(&mut open).await {
                Some(hub) => hub,
                None => return Ok(()),
            },
        };
        let now = around.tick();
        around.bearers.attach(&mut living, now);
        living.handle_desks(now, around.desks.count());
        around.accept(&living);
        match turns::run(&mut living, &mut around).await {
            Ended::Stop => return living.close(around.tick()),
            Ended::Fault(fault) => around.refuse_after(&fault),
        }
    }
}

impl Surroundings {
    /// Says that the station accepts.
    fn accept<S: Storage>(&self, hub: &Hub<S>) {
        tracing::info!(
            environment = %hub.environment(),
            lines = hub.peers().len(),
            "the station accepts"
        );
        self.board.say(Health::Accepting);
        notify::accepting();
    }

    /// Says that the station refuses, and why.
    fn refuse_after(&mut self, fault: &Fault) {
        self.board.metrics.faults.inc();
        tracing::error!(%fault, "the station refuses");
        self.full = matches!(fault, Fault::DiskFull);
        self.give_room();
        refuse(&self.board, &fault.to_string());
    }

    fn refuse_for(&mut self, error: &OpenError) {
        tracing::error!(%error, "the station refuses");
        self.full = is_full(error);
        self.give_room();
        refuse(&self.board, &error.to_string());
    }

    /// Gives the reserve back, so that what was accepted can be opened.
    fn give_room(&mut self) {
        self.room_given = self.full && self.room.handle_full(self.clock.now().monotonic);
    }

    /// Opens the hub and makes its new life durable: only then may it accept.
    fn open<S: Storage>(&self, open: &mut Opener<S>, now: Now) -> Result<Hub<S>, OpenError> {
        let mut hub = open(now)?;
        let events = hub.commit(now)?;
        self.board.events.extend(events);
        Ok(hub)
    }

    /// Answers everything with the reason until the hub opens again; nothing when the station is
    /// to stop.
    async fn open_again<S: Storage>(&mut self, open: &mut Opener<S>) -> Option<Hub<S>> {
        for tries in 0_u32.. {
            let pause = match tries {
                // The reserve may be room enough.
                0 if self.room_given => Duration::ZERO,
                _ => faults::pause(self.full, tries),
            };
            if self.refuse_until(pause).await {
                return None;
            }
            let now = self.tick();
            match self.open(open, now) {
                Ok(hub) => return Some(hub),
                Err(error) => self.refuse_for(&error),
            }
        }
        None
    }

    /// Refuses for a while. True when the station is to stop.
    async fn refuse_until(&mut self, pause: Duration) -> bool {
        let until = self.clock.now().monotonic + pause;
        loop {
            let now = self.tick();
            self.beat(now);
            if until <= now.monotonic {
                return false;
            }
            let due = [
                Some(until),
                Some(self.beat_at),
                self.watchdog.map(|_| self.watchdog_at),
            ];
            let due = due.into_iter().flatten().min().unwrap_or(until);
            let due = self.clock.instant(due);
            tokio::select! {
                biased;
                stopped = self.stop.wait_for(|stop| *stop) => {
                    drop(stopped);
                    return true;
                }
                // Frames are dropped: without a journal nothing can be taken from the peer, and
                // what has no receipt comes again.
                Some(_) = self.heard.recv() => {}
                Some(call) = self.calls.recv() => refuse_call(&self.board, call),
                () = tokio::time::sleep_until(due) => {}
            }
        }
    }
}

fn refuse(board: &Board, because: &str) {
    board.say(Health::Refusing(faults::refusing(because)));
    notify::refusing();
}

fn refuse_call(board: &Board, call: Call) {
    let refusal = match &*board.health.borrow() {
        Health::Refusing(refusal) => refusal.clone(),
        Health::Accepting | Health::Stopping => crate::calls::stopping(),
    };
    // Nobody may be waiting any more.
    match call {
        Call::Attachment { reply, .. } => drop(reply.send(Err(refusal))),
        Call::BagIn { reply, .. } => drop(reply.send(Err(refusal))),
        Call::BagOut { reply, .. } => drop(reply.send(Err(refusal))),
        Call::Desk { reply, .. } => drop(reply.send(Err(refusal))),
        Call::Request { reply, .. } => drop(reply.send(Err(refusal))),
        Call::Rung(_) => {}
    }
}

fn is_full(error: &OpenError) -> bool {
    matches!(
        error,
        OpenError::Fault(Fault::DiskFull)
            | OpenError::Storage(StorageError::Full)
            | OpenError::Hub(HubError::Journal(redphone_journal::JournalError::Storage(
                StorageError::Full
            )))
    )
}
