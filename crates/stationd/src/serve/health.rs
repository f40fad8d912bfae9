//! `/healthz`, `/readyz`, `/metrics`, `/openapi.json`: for machines that watch the machine.

use std::time::Duration;

use axum::extract::State;
use axum::http::{StatusCode, Uri};
use redphone_api::{Actor, Refusal, RefusalKind};
use serde_json::json;

use super::App;
use super::answer::{Answer, Refused, bytes_of, done};
use super::body;
use crate::calls::stopping;
use crate::events::Beat;
use crate::metrics::METRICS_MEDIA_TYPE;
use crate::openapi;

/// Without a heartbeat of the hub's loop for so long, the station is taken for hung (rule 5).
const BEAT_WITHIN: Duration = Duration::from_secs(15);

/// How the station is.
#[derive(Clone, Debug, Eq, PartialEq)]
pub(crate) enum Health {
    /// It accepts.
    Accepting,
    /// It refuses, and says why.
    Refusing(Refusal),
    /// It stops.
    Stopping,
}

/// Alive: the hub's loop goes round.
pub(super) async fn healthz(State(app): State<App>, uri: Uri) -> Answer {
    body::no_query(&uri)?;
    let Beat { sequence, .. } = app.events.last_beat();
    let silent = app.events.silent_for();
    #[cfg(feature = "planted-bugs")]
    let silent = if crate::planted::is_planted(crate::planted::Bug::HealthByWallClock) {
        let at = app.events.last_beat().at;
        Duration::from_millis(crate::clock::Clock::start().now().utc.0.saturating_sub(at))
    } else {
        silent
    };
    if silent > BEAT_WITHIN {
        return Err(Refused::from(Refusal {
            kind: RefusalKind::Stopped,
            actor: Actor::Administrator,
            what: format!(
                "The station's loop has not gone round for {} ms.",
                silent.as_millis()
            ),
            to_do: "Look at the speed of the disk; if nothing moves, restart the station."
                .to_owned(),
            findings: Vec::new(),
        }));
    }
    done(&json!({ "alive": true, "beat": sequence }))
}

/// Ready: the station accepts.
pub(super) async fn readyz(State(app): State<App>, uri: Uri) -> Answer {
    body::no_query(&uri)?;
    let health = app.health.borrow().clone();
    match health {
        Health::Accepting => done(&json!({ "ready": true })),
        Health::Refusing(refusal) => Err(refusal.into()),
        Health::Stopping => Err(stopping().into()),
    }
}

/// Figures. A station that refuses still tells them.
pub(super) async fn metrics(State(app): State<App>, uri: Uri) -> Answer {
    body::no_query(&uri)?;
    app.metrics.follow(app.status().await.ok().as_ref());
    match app.metrics.text() {
        Ok(text) => Ok(bytes_of(
            StatusCode::OK,
            METRICS_MEDIA_TYPE,
            text.into_bytes(),
        )),
        Err(error) => Err(Refused::from(Refusal {
            kind: RefusalKind::Failed,
            actor: Actor::Administrator,
            what: format!("The figures cannot be written: {error}."),
            to_do: "Report this; it is a defect of the station.".to_owned(),
            findings: Vec::new(),
        })),
    }
}

/// The contract of this border.
pub(super) async fn contract(uri: Uri) -> Answer {
    body::no_query(&uri)?;
    let bytes = openapi::DOCUMENT.as_bytes().to_vec();
    Ok(bytes_of(StatusCode::OK, "application/json", bytes))
}
