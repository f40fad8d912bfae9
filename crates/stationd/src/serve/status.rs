//! The station's status: from the hub, or while its disk holds the hub up, as it last was.

use std::sync::Arc;
use std::time::{Duration, Instant};

use redphone_api::{Actor, Refusal, RefusalKind, Request, Response, Status};
use tokio::sync::Semaphore;
use tokio::time::timeout;

use super::{App, Health};
use crate::calls::stopping;

/// How long the hub may take before the last status is shown in its place (FAULTS F20).
const FRESH_WITHIN: Duration = Duration::from_millis(150);
/// Askers of the status that may wait for the hub at once.
const STATUS_ASKERS_MAX: usize = 16;

impl App {
    /// Places for the askers of one station.
    pub(crate) fn status_askers() -> Arc<Semaphore> {
        Arc::new(Semaphore::new(STATUS_ASKERS_MAX))
    }

    /// The status as the hub has it; as it last was, with its age as an alarm, when the hub does
    /// not answer at once; or the refusal of a station that refuses.
    pub(super) async fn status(&self) -> Result<Status, Refusal> {
        #[cfg(feature = "planted-bugs")]
        if crate::planted::is_planted(crate::planted::Bug::StatusWaits) {
            return self.fresh().await;
        }
        match timeout(FRESH_WITHIN, self.fresh()).await {
            Ok(answer) => answer,
            Err(_) => match self.last() {
                Some(last) => last,
                None => self.fresh().await,
            },
        }
    }

    /// Asks the hub. An asker that gives up keeps its place until the answer has come.
    async fn fresh(&self) -> Result<Status, Refusal> {
        let askers = Arc::clone(&self.status_askers);
        let place = askers.acquire_owned().await.map_err(|_| stopping())?;
        let hub = self.hub.clone();
        let asked = tokio::spawn(async move {
            let answer = hub.request(Request::Status).await;
            drop(place);
            answer
        });
        let answer = asked.await.map_err(|_| stopping())??;
        if let Response::Status(status) = answer {
            return Ok(*status);
        }
        Err(Refusal {
            kind: RefusalKind::Failed,
            actor: Actor::Administrator,
            what: "The hub answered with something else than its status.".to_owned(),
            to_do: "Report this; it is a defect of the station.".to_owned(),
            findings: Vec::new(),
        })
    }

    fn last(&self) -> Option<Result<Status, Refusal>> {
        match &*self.health.borrow() {
            Health::Accepting => self.last.aged(Instant::now()).map(Ok),
            Health::Refusing(refusal) => Some(Err(refusal.clone())),
            Health::Stopping => Some(Err(stopping())),
        }
    }
}
