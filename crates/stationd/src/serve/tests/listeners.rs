//! Those who listen to events: from when on, what they missed, and how it ends.

use std::time::Duration;

use redphone_api::{Event, EventKind};
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::UnixStream;

use super::site::{LAST_CHUNK, Site, site};
use crate::serve::Health;

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
