//! A border for tests, over a real socket, whose hub answers every request with the same words.

use redphone_api::{Refusal, RefusalKind, Request, Response};
use serde_json::Value;
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::UnixStream;
use tokio::sync::mpsc;

use super::super::*;
use crate::calls::{self, AttachmentBytes, Call};
use crate::scratch::Scratch;

/// The end of a chunked body (RFC 9112, section 7.1).
pub(super) const LAST_CHUNK: &str = "\r\n0\r\n\r\n";

pub(super) struct Site {
    scratch: Scratch,
    pub(super) asked: mpsc::UnboundedReceiver<Request>,
    pub(super) events: Arc<EventLog>,
    pub(super) health: watch::Sender<Health>,
    _stop: watch::Sender<bool>,
}

/// A border whose hub answers every request with the same words.
pub(super) fn site() -> Site {
    let scratch = Scratch::new();
    let border = Border::bind(&scratch.path().join("api.sock")).unwrap();
    let (hub, calls) = calls::queue();
    let (health, heard) = watch::channel(Health::Accepting);
    let events = Arc::new(EventLog::new());
    events.beat(u64::MAX);
    let app = App {
        hub,
        events: Arc::clone(&events),
        metrics: Arc::new(Metrics::new()),
        health: heard,
        last: Arc::default(),
        status_askers: App::status_askers(),
        couriers: Arc::default(),
    };
    let (stop, stopped) = watch::channel(false);
    tokio::spawn(border.serve(router(app), stopped));
    let (tell, asked) = mpsc::unbounded_channel();
    tokio::spawn(answer_all(calls, tell));
    Site {
        scratch,
        asked,
        events,
        health,
        _stop: stop,
    }
}

async fn answer_all(mut calls: mpsc::Receiver<Call>, tell: mpsc::UnboundedSender<Request>) {
    while let Some(call) = calls.recv().await {
        match call {
            Call::Rung(_) => {}
            Call::Attachment { reply, .. } => {
                let name = "../map.png".to_owned();
                let bytes = vec![0, 255, 10];
                let _ = reply.send(Ok(AttachmentBytes { name, bytes }));
            }
            Call::BagIn { reply, .. } => drop(reply.send(Err(no()))),
            Call::BagOut { reply, .. } => drop(reply.send(Err(no()))),
            Call::Desk { reply, .. } => drop(reply.send(Ok(()))),
            Call::Request { request, reply } => {
                let refuse = matches!(*request, Request::LineWords { .. });
                let _ = tell.send(*request);
                let said = "So be it.".to_owned();
                let answer = if refuse {
                    Err(no())
                } else {
                    Ok(Response::Done { said })
                };
                let _ = reply.send(answer);
            }
        }
    }
}

pub(super) fn no() -> Refusal {
    Refusal::operator(RefusalKind::Policy, "No.", "Ask for something else.")
}

pub(super) struct Said {
    pub(super) status: u16,
    pub(super) head: String,
    pub(super) body: Vec<u8>,
}

impl Said {
    pub(super) fn json(&self) -> Value {
        serde_json::from_slice(&self.body).unwrap_or_else(|error| {
            panic!("{error}: {}", String::from_utf8_lossy(&self.body));
        })
    }

    pub(super) fn refusal(&self) -> Refusal {
        serde_json::from_value(self.json()).unwrap()
    }
}

impl Site {
    pub(super) async fn connect(&self) -> UnixStream {
        UnixStream::connect(self.scratch.path().join("api.sock"))
            .await
            .unwrap()
    }

    /// Sends bytes as they are, and reads to the end.
    pub(super) async fn raw(&self, bytes: &[u8]) -> Said {
        let mut stream = self.connect().await;
        // A border that refuses early may close before it has read all.
        let _ = stream.write_all(bytes).await;
        let mut heard = Vec::new();
        let _ = stream.read_to_end(&mut heard).await;
        let end = heard
            .windows(4)
            .position(|four| four == b"\r\n\r\n")
            .unwrap_or(heard.len());
        let head = String::from_utf8_lossy(&heard[..end]).into_owned();
        let status = head
            .split(' ')
            .nth(1)
            .and_then(|word| word.parse().ok())
            .unwrap_or(0);
        let body = heard.get(end + 4..).unwrap_or_default().to_vec();
        Said { status, head, body }
    }

    pub(super) async fn call(&self, method: &str, path: &str, body: Option<&str>) -> Said {
        let mut text =
            format!("{method} {path} HTTP/1.1\r\nHost: station\r\nConnection: close\r\n");
        if let Some(body) = body {
            text.push_str("Content-Type: application/json\r\n");
            text.push_str(&format!("Content-Length: {}\r\n", body.len()));
        }
        text.push_str("\r\n");
        text.push_str(body.unwrap_or_default());
        self.raw(text.as_bytes()).await
    }
}

pub(super) fn filled(path: &str) -> String {
    path.replace("{name}", "SUD-0412")
        .replace("{index}", "0")
        .replace("{number}", "1")
        .replace("{act}", "review")
        .replace("{deed}", "prove")
}
