//! What the hub's thread shows to the operator's border: events, figures, health.

use std::sync::Arc;

use redphone_station::FrameOutcome;
use tokio::sync::watch;

use crate::bearers::Slot;
use crate::events::EventLog;
use crate::last_status::LastStatus;
use crate::metrics::{Metrics, OfBearer, OfFrame};
use crate::serve::Health;

/// Shared with the border; written by the hub's thread.
#[derive(Clone, Debug)]
pub(crate) struct Board {
    pub(crate) events: Arc<EventLog>,
    pub(crate) metrics: Arc<Metrics>,
    pub(crate) health: Arc<watch::Sender<Health>>,
    pub(crate) last: Arc<LastStatus>,
}

impl Board {
    /// Says how the station is. Once it stops, that stays said.
    pub(crate) fn say(&self, health: Health) {
        self.health.send_if_modified(|said| {
            let news = *said != Health::Stopping && *said != health;
            if news {
                *said = health;
            }
            news
        });
    }

    /// Counts a frame that was heard.
    pub(crate) fn count_frame(&self, slot: Option<&Slot>, outcome: FrameOutcome) {
        let Some(slot) = slot else {
            return;
        };
        let outcome = match outcome {
            FrameOutcome::AlsoCame => "also-came",
            FrameOutcome::Refused => "refused",
            FrameOutcome::Took { .. } => "took",
        };
        let label = OfFrame {
            bearer: slot.config.spec.name.clone(),
            outcome,
        };
        self.metrics.frames_in.get_or_create(&label).inc();
    }

    /// Counts a frame that was given to a bearer.
    pub(crate) fn count_sent(&self, slot: &Slot) {
        let label = OfBearer {
            bearer: slot.config.spec.name.clone(),
        };
        self.metrics.frames_out.get_or_create(&label).inc();
    }
}
