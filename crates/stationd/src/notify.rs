//! What the service manager is told: ready, alive, stopping (sd_notify(3), systemd.service(5)).
//!
//! Without a service manager every call does nothing. The watchdog is fed by the hub's own loop,
//! so that a hub that hangs is noticed.

use std::time::Duration;

use sd_notify::NotifyState;

/// The station answers on its socket.
pub(crate) fn ready() {
    tell(&[NotifyState::Ready]);
}

/// The station accepts.
pub(crate) fn accepting() {
    tell(&[NotifyState::Status("accepting")]);
}

/// The station has stopped accepting and says why on its socket.
pub(crate) fn refusing() {
    tell(&[NotifyState::Status(
        "refusing: its storage or randomness failed",
    )]);
}

/// The station stops.
pub(crate) fn stopping() {
    tell(&[NotifyState::Stopping]);
}

/// The hub's loop goes round.
pub(crate) fn alive() {
    tell(&[NotifyState::Watchdog]);
}

/// How often [`alive`] must be said; none without a watchdog.
pub(crate) fn watchdog_interval() -> Option<Duration> {
    sd_notify::watchdog_enabled()
        .filter(|limit| !limit.is_zero())
        .map(|limit| limit / 2)
}

fn tell(states: &[NotifyState<'_>]) {
    if let Err(error) = sd_notify::notify(states) {
        tracing::warn!(%error, "the service manager could not be told");
    }
}
