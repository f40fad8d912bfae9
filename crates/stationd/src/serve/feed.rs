//! `/v1/events`: server-sent events (WHATWG HTML, section 9.2), with replay and a heartbeat.
//!
//! A listener reads from the ring at its own pace; nothing is queued for it, so a slow one costs
//! nothing and holds up nobody. One that fell out of the ring hears `missed` and reads the lists
//! again.

use std::collections::VecDeque;
use std::convert::Infallible;
use std::sync::Arc;

use axum::extract::{Request, State};
use axum::http::{HeaderMap, StatusCode};
use axum::response::sse::{Event as Sent, Sse};
use axum::response::{IntoResponse, Response};
use futures_util::stream::{Stream, unfold};
use redphone_api::Event;
use serde_json::json;
use tokio::sync::watch;

use super::App;
use super::answer::Refused;
use super::body;
use super::health::Health;
use crate::events::{Beat, EventLog, Page};
use crate::metrics::Metrics;

pub(super) async fn events(State(app): State<App>, request: Request) -> Result<Response, Refused> {
    body::no_query(request.uri())?;
    let last = last_event_id(request.headers())?;
    let feed = Feed::new(&app, last);
    Ok(Sse::new(stream(feed)).into_response())
}

fn last_event_id(headers: &HeaderMap) -> Result<Option<u64>, Refused> {
    let Some(value) = headers.get("last-event-id") else {
        return Ok(None);
    };
    let number = value
        .to_str()
        .ok()
        .and_then(|words| words.trim().parse().ok());
    number.map(Some).ok_or_else(|| {
        Refused::usage(
            StatusCode::BAD_REQUEST,
            "Last-Event-ID is not the number of an event.",
        )
    })
}

/// One listener.
struct Feed {
    log: Arc<EventLog>,
    metrics: Arc<Metrics>,
    last: Option<u64>,
    newest: watch::Receiver<u64>,
    beat: watch::Receiver<Beat>,
    health: watch::Receiver<Health>,
    ready: VecDeque<Sent>,
}

impl Feed {
    fn new(app: &App, last: Option<u64>) -> Self {
        let (newest, mut beat) = app.events.listen();
        // The first thing that a listener hears is a heartbeat: the station is there.
        let first = heartbeat(*beat.borrow_and_update());
        app.metrics.listeners.inc();
        Self {
            log: Arc::clone(&app.events),
            metrics: Arc::clone(&app.metrics),
            last: last.or_else(|| app.events.newest()),
            newest,
            beat,
            health: app.health.clone(),
            ready: VecDeque::from([first]),
        }
    }

    /// The next thing to say; none once the station stops.
    async fn next(&mut self) -> Option<Sent> {
        loop {
            if let Some(sent) = self.ready.pop_front() {
                return Some(sent);
            }
            self.newest.mark_unchanged();
            self.take(self.log.after(self.last));
            if !self.ready.is_empty() {
                continue;
            }
            tokio::select! {
                stopped = self.health.wait_for(|health| *health == Health::Stopping) => {
                    drop(stopped);
                    return None;
                }
                changed = self.newest.changed() => changed.ok()?,
                changed = self.beat.changed() => {
                    changed.ok()?;
                    let beat = *self.beat.borrow_and_update();
                    self.ready.push_back(heartbeat(beat));
                }
            }
        }
    }

    fn take(&mut self, page: Page) {
        if let Some(oldest) = page.missed_before {
            let missed = json!({ "after": self.last, "oldest": oldest });
            let sent = Sent::default().event("missed").data(missed.to_string());
            self.ready.push_back(sent);
            self.last = None;
        }
        for event in page.events {
            self.last = Some(event.id);
            self.ready.push_back(sent(&event));
        }
    }
}

impl Drop for Feed {
    fn drop(&mut self) {
        self.metrics.listeners.dec();
    }
}

fn stream(feed: Feed) -> impl Stream<Item = Result<Sent, Infallible>> {
    unfold(feed, |mut feed| async move {
        let sent = feed.next().await?;
        Some((Ok(sent), feed))
    })
}

fn sent(event: &Event) -> Sent {
    let value = serde_json::to_value(event).unwrap_or_default();
    let kind = value.get("kind").and_then(|kind| kind.as_str());
    Sent::default()
        .id(event.id.to_string())
        .event(kind.unwrap_or("event"))
        .data(value.to_string())
}

fn heartbeat(beat: Beat) -> Sent {
    let value = json!({ "sequence": beat.sequence, "at": beat.at });
    Sent::default().event("heartbeat").data(value.to_string())
}
