//! The border as a client meets it, over a real socket, with a hub that only writes down what it
//! was asked.

use std::time::Duration;

use redphone_api::{Event, EventKind, Refusal, RefusalKind, Request, Response};
use serde_json::{Value, json};
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::UnixStream;
use tokio::sync::mpsc;

use super::*;
use crate::calls::{self, AttachmentBytes, Call};
use crate::scratch::Scratch;

/// The end of a chunked body (RFC 9112, section 7.1).
const LAST_CHUNK: &str = "\r\n0\r\n\r\n";

struct Site {
    scratch: Scratch,
    asked: mpsc::UnboundedReceiver<Request>,
    events: Arc<EventLog>,
    health: watch::Sender<Health>,
    _stop: watch::Sender<bool>,
}

/// A border whose hub answers every request with the same words.
fn site() -> Site {
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

fn no() -> Refusal {
    Refusal::operator(RefusalKind::Policy, "No.", "Ask for something else.")
}

struct Said {
    status: u16,
    head: String,
    body: Vec<u8>,
}

impl Said {
    fn json(&self) -> Value {
        serde_json::from_slice(&self.body).unwrap_or_else(|error| {
            panic!("{error}: {}", String::from_utf8_lossy(&self.body));
        })
    }

    fn refusal(&self) -> Refusal {
        serde_json::from_value(self.json()).unwrap()
    }
}

impl Site {
    async fn connect(&self) -> UnixStream {
        UnixStream::connect(self.scratch.path().join("api.sock"))
            .await
            .unwrap()
    }

    /// Sends bytes as they are, and reads to the end.
    async fn raw(&self, bytes: &[u8]) -> Said {
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

    async fn call(&self, method: &str, path: &str, body: Option<&str>) -> Said {
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

fn filled(path: &str) -> String {
    path.replace("{name}", "SUD-0412").replace("{index}", "0")
}

#[tokio::test]
async fn message_reaches_the_hub_as_it_was_sent() {
    let mut site = site();
    let body = json!({
        "to": "SUD", "precedence": "flash", "text": "Это не учение.", "officer": "1st watch",
        "attachments": [{ "name": "map.png", "media_type": "image/png", "bytes": "00ff" }],
    });

    let said = site
        .call("POST", "/v1/messages", Some(&body.to_string()))
        .await;

    assert_eq!(
        (said.status, said.json()["said"].as_str()),
        (200, Some("So be it."))
    );
    let Some(Request::Send {
        text,
        attachments,
        subject,
        ..
    }) = site.asked.recv().await
    else {
        panic!("not sent");
    };
    assert_eq!((text.as_str(), subject.as_str()), ("Это не учение.", ""));
    assert_eq!(attachments[0].bytes, [0, 255]);
    assert!(said.head.contains("cache-control: no-store"));
    assert!(said.head.contains("x-content-type-options: nosniff"));
}

#[tokio::test]
async fn message_named_in_a_path_is_understood_in_every_form() {
    let mut site = site();
    for (path, from, to) in [
        ("/v1/messages/0007", None, None),
        ("/v1/messages/SUD-0007", Some("SUD"), None),
        ("/v1/messages/SUD%200007", Some("SUD"), None),
        ("/v1/messages/NORD-0007%3ESUD", Some("NORD"), Some("SUD")),
    ] {
        assert_eq!(site.call("GET", path, None).await.status, 200, "{path}");
        let Some(Request::Read { message }) = site.asked.recv().await else {
            panic!("{path}");
        };
        assert_eq!((message.from.as_deref(), message.to.as_deref()), (from, to));
        assert_eq!(message.serial, 7);
    }
}

#[tokio::test]
async fn every_posting_route_refuses_what_is_not_its_json() {
    let site = site();
    let posts = table().into_iter().filter(|(method, ..)| *method == "POST");
    for (_, path, _) in posts {
        let path = filled(path);
        for (body, status) in [
            ("{", 400),
            ("[]", 400),
            ("\"flash\"", 400),
            ("{\"no-such-field\": 1}", 400),
            (
                "{\"officer\": 7, \"peer\": [], \"desk\": {}, \"dir\": 1}",
                400,
            ),
            ("{}{}", 400),
            ("\u{feff}{}", 400),
        ] {
            let said = site.call("POST", &path, Some(body)).await;
            assert_eq!(said.status, status, "{path} {body}");
            let refusal = said.refusal();
            assert_eq!(refusal.kind, RefusalKind::Usage, "{path} {body}");
            assert!(
                refusal.what.starts_with("The body is refused: "),
                "{}",
                refusal.what
            );
            assert!(refusal.to_do.contains("/openapi.json"));
        }
        let deep = "[".repeat(100_000);
        assert_eq!(
            site.call("POST", &path, Some(&deep)).await.status,
            400,
            "{path}"
        );
        let plain = format!(
            "POST {path} HTTP/1.1\r\nHost: s\r\nConnection: close\r\nContent-Type: text/plain\r\n\
             Content-Length: 2\r\n\r\n{{}}"
        );
        assert_eq!(site.raw(plain.as_bytes()).await.status, 415, "{path}");
        let query = site.call("POST", &format!("{path}?a=1"), Some("{}")).await;
        assert_eq!(query.status, 400, "{path}");
    }
}

#[tokio::test]
async fn every_getting_route_refuses_a_query_that_is_not_its_own() {
    let site = site();
    for (method, path, _) in table() {
        if method != "GET" {
            continue;
        }
        let said = site
            .call("GET", &format!("{}?no-such=1", filled(path)), None)
            .await;
        assert_eq!(said.status, 400, "{path}");
        assert_eq!(said.refusal().kind, RefusalKind::Usage, "{path}");
    }
    for path in [
        "/v1/messages",
        "/v1/messages?tray=side",
        "/v1/messages?tray=in&limit=-1",
        "/v1/messages?tray=in&limit=99999999999",
        "/v1/journal?after=x",
        "/v1/order-wire?limit=ten",
    ] {
        let refusal = site.call("GET", path, None).await.refusal();
        assert!(
            refusal.what.starts_with("The query is refused: "),
            "{}",
            refusal.what
        );
    }
}

#[tokio::test]
async fn every_route_refuses_the_other_methods_and_paths_that_are_none() {
    let site = site();
    for (method, path, _) in table() {
        let path = filled(path);
        let others = ["DELETE", "PUT", "PATCH"];
        for other in others.into_iter().filter(|other| *other != method) {
            let said = site.call(other, &path, None).await;
            assert_eq!(said.status, 405, "{other} {path}");
            assert_eq!(said.refusal().kind, RefusalKind::Usage);
        }
    }
    for path in [
        "/",
        "/v1",
        "/v2/status",
        "/v1/messages/",
        "/v1/status/",
        "//v1/status",
    ] {
        let said = site.call("GET", path, None).await;
        assert_eq!(
            (said.status, said.refusal().kind),
            (404, RefusalKind::NotFound),
            "{path}"
        );
    }
}

#[tokio::test]
async fn names_that_are_none_are_refused() {
    let site = site();
    for path in [
        "/v1/messages/SUD",
        "/v1/messages/99999999999",
        "/v1/messages/%FF",
        "/v1/messages/0412/attachments/256",
        "/v1/messages/0412/attachments/-1",
        "/v1/messages/0412/attachments/x",
    ] {
        let said = site.call("GET", path, None).await;
        assert_eq!(
            (said.status, said.refusal().kind),
            (400, RefusalKind::Usage),
            "{path}"
        );
    }
}

#[tokio::test]
async fn body_that_is_too_long_is_refused_before_it_is_read() {
    let site = site();
    let head = format!(
        "POST /v1/messages HTTP/1.1\r\nHost: s\r\nConnection: close\r\n\
         Content-Type: application/json\r\nContent-Length: {}\r\n\r\n",
        BODY_BYTES_MAX + 1
    );
    let said = site.raw(head.as_bytes()).await;
    assert_eq!(said.status, 413);
    assert!(said.refusal().what.contains("more than 41943040 bytes"));
}

#[tokio::test]
async fn bytes_that_are_no_http_end_the_connection_and_no_other() {
    let site = site();
    for bytes in [
        b"\x16\x03\x01\x02\x00".as_slice(),
        b"GET\r\n\r\n",
        b"GET / HTTP/9.9\r\n\r\n",
        b"POST /v1/tests HTTP/1.1\r\nContent-Length: x\r\n\r\n",
        b"\0\0\0\0\r\n\r\n",
    ] {
        let said = site.raw(bytes).await;
        assert!(
            said.status == 400 || said.status == 0,
            "{bytes:?}: {}",
            said.status
        );
    }
    assert_eq!(site.call("GET", "/v1/card", None).await.status, 200);
}

#[tokio::test]
async fn slow_client_holds_up_nobody() {
    let site = site();
    let mut slow = site.connect().await;
    slow.write_all(b"POST /v1/messages HTTP/1.1\r\nContent-Length: 5")
        .await
        .unwrap();
    let quick = site.call("GET", "/v1/card", None);
    let quick = tokio::time::timeout(Duration::from_secs(5), quick)
        .await
        .unwrap();
    assert_eq!(quick.status, 200);
}

#[tokio::test]
async fn refusal_of_the_hub_keeps_its_words_and_sets_the_status() {
    let site = site();
    let said = site.call("GET", "/v1/line-words", None).await;
    assert_eq!((said.status, said.refusal()), (409, no()));
}

#[tokio::test]
async fn attachment_is_bytes_to_be_saved_under_a_safe_name() {
    let site = site();
    let said = site
        .call("GET", "/v1/messages/SUD-0412/attachments/0", None)
        .await;
    assert_eq!(
        (said.status, said.body.as_slice()),
        (200, [0, 255, 10].as_slice())
    );
    assert!(said.head.contains("content-type: application/octet-stream"));
    assert!(
        said.head
            .contains("content-disposition: attachment; filename=\"map.png\"")
    );
}

#[tokio::test]
async fn courier_directory_is_named_from_the_root() {
    let site = site();
    for route in ["/v1/courier/export", "/v1/courier/import"] {
        let said = site.call("POST", route, Some("{\"dir\": \"bag\"}")).await;
        assert_eq!(said.status, 400);
        assert!(said.refusal().what.contains("not named from the root"));
    }
    let none = site.call("POST", "/v1/courier/import", Some("{}")).await;
    assert!(none.refusal().what.starts_with("No directory is named"));
}

#[tokio::test]
async fn desk_without_a_name_does_not_count() {
    let site = site();
    let said = site
        .call("POST", "/v1/desk", Some("{\"desk\": \"SUD-1\"}"))
        .await;
    assert_eq!(said.status, 200);
    let said = site
        .call("POST", "/v1/desk", Some("{\"desk\": \"\"}"))
        .await;
    assert_eq!(said.status, 400);
}

#[tokio::test]
async fn station_that_refuses_is_alive_and_not_ready() {
    let site = site();
    assert_eq!(site.call("GET", "/readyz", None).await.status, 200);
    let refusal = crate::faults::refusing("The disk is full.");
    site.health.send_replace(Health::Refusing(refusal.clone()));
    let said = site.call("GET", "/readyz", None).await;
    assert_eq!((said.status, said.refusal()), (503, refusal));
    assert_eq!(site.call("GET", "/healthz", None).await.status, 200);
    let figures = site.call("GET", "/metrics", None).await;
    assert!(figures.head.contains("application/openmetrics-text"));
    assert!(String::from_utf8_lossy(&figures.body).contains("redphone_accepting 0"));
}

#[tokio::test]
async fn clock_that_jumped_ahead_does_not_make_the_station_seem_hung() {
    let site = site();
    // The beat carries the wall clock as it was before the jump.
    site.events.beat(0);
    assert_eq!(site.call("GET", "/healthz", None).await.status, 200);
}

#[cfg(feature = "planted-bugs")]
#[tokio::test]
async fn planted_age_of_the_heartbeat_by_the_wall_clock_is_noticed() {
    use crate::planted::{Bug, plant};
    let site = site();
    site.events.beat(0);
    plant(Some(Bug::HealthByWallClock));
    let said = site.call("GET", "/healthz", None).await;
    plant(None);
    assert_eq!(said.status, 503);
}

#[tokio::test]
async fn contract_is_handed_out() {
    let site = site();
    let said = site.call("GET", "/openapi.json", None).await;
    assert_eq!(said.json()["openapi"], "3.1.0");
}

fn event(id: u64) -> Event {
    Event {
        id,
        at: 5,
        kind: EventKind::AlsoCameBy,
        peer: "SUD".to_owned(),
        message: "SUD 0412".to_owned(),
        said: format!("Event {id}."),
    }
}

/// A listener on the events.
struct Listener {
    stream: UnixStream,
    heard: String,
}

impl Listener {
    async fn after(site: &Site, last: Option<&str>) -> Self {
        let mut stream = site.connect().await;
        let last = last
            .map(|last| format!("Last-Event-ID: {last}\r\n"))
            .unwrap_or_default();
        let head = format!("GET /v1/events HTTP/1.1\r\nHost: s\r\n{last}\r\n");
        stream.write_all(head.as_bytes()).await.unwrap();
        let heard = String::new();
        Self { stream, heard }
    }

    /// Reads until the words were heard.
    async fn until(&mut self, words: &str) -> &str {
        let mut piece = [0; 4096];
        while !self.heard.contains(words) {
            let read = self.stream.read(&mut piece);
            let read = tokio::time::timeout(Duration::from_secs(10), read).await;
            let read = read
                .unwrap_or_else(|_| panic!("{words} not in {}", self.heard))
                .unwrap();
            assert!(read > 0, "{words} not in {}", self.heard);
            self.heard
                .push_str(&String::from_utf8_lossy(&piece[..read]));
        }
        &self.heard
    }
}

#[tokio::test]
async fn listener_hears_a_heartbeat_at_once_and_then_events() {
    let site = site();
    site.events.extend(vec![event(1)]);
    let mut listener = Listener::after(&site, None).await;
    listener
        .until("event: heartbeat\ndata: {\"at\":18446744073709551615,\"sequence\":1}")
        .await;

    site.events.extend(vec![event(2)]);
    site.events.beat(7);

    let heard = listener.until("\"sequence\":2}").await;
    assert!(
        heard.contains("id: 2\nevent: also-came-by\ndata: {"),
        "{heard}"
    );
    assert!(
        !heard.contains("Event 1."),
        "what was before is in the lists"
    );
}

#[tokio::test]
async fn listener_that_comes_back_hears_what_it_missed_once_and_in_order() {
    let site = site();
    site.events.extend((1..=600).map(event).collect());
    let mut listener = Listener::after(&site, Some("3")).await;
    let heard = listener.until("id: 600\n").await;
    let ids: Vec<u64> = heard
        .lines()
        .filter_map(|line| line.strip_prefix("id: ")?.parse().ok())
        .collect();
    assert_eq!(ids, (4..=600).collect::<Vec<u64>>());
    assert!(!heard.contains("event: missed"));
}

#[tokio::test]
async fn listener_that_fell_out_of_the_ring_is_told_so() {
    let site = site();
    site.events.extend((1..=10_100).map(event).collect());
    let mut listener = Listener::after(&site, Some("50")).await;
    let heard = listener.until("id: 10100\n").await;
    assert!(heard.contains("event: missed\ndata: {\"after\":50,\"oldest\":101}"));
    assert!(heard.contains("id: 101\n") && !heard.contains("id: 100\n"));
}

#[tokio::test]
async fn last_event_that_is_no_number_is_refused() {
    let site = site();
    let head =
        "GET /v1/events HTTP/1.1\r\nHost: s\r\nConnection: close\r\nLast-Event-ID: x\r\n\r\n";
    let said = site.raw(head.as_bytes()).await;
    assert_eq!(said.status, 400);
    assert!(said.refusal().what.contains("Last-Event-ID"));
}

#[tokio::test]
async fn listeners_end_when_the_station_stops() {
    let site = site();
    let mut listener = Listener::after(&site, None).await;
    listener.until("heartbeat").await;
    site.health.send_replace(Health::Stopping);
    listener.until(LAST_CHUNK).await;
}
