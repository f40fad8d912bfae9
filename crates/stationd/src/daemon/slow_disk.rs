//! A station whose disk takes as long as the test wants: its status is shown all the same.

use std::sync::{Condvar, Mutex};

use redphone_api::{Request, Response, Status};
use redphone_journal::{Batch, FaultyStorage, Pair, StorageError};
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::UnixStream;

use super::tests::{founded, key};
use super::*;
use crate::scratch::Scratch;

/// Longer than any test: with paused time, what waits for the disk waits for ever.
const FOR_EVER: Duration = Duration::from_secs(3_600);

/// Far longer than a loop that has nothing to do takes to do what was put off.
const QUIET_WITHIN: Duration = Duration::from_secs(20);

/// A gate that appends wait at while it is shut.
#[derive(Default)]
pub(super) struct Gate {
    state: Mutex<GateState>,
    moved: Condvar,
}

#[derive(Default)]
struct GateState {
    shut: bool,
    /// Appends that stand before it.
    waiting: u32,
    /// How many of them may pass all the same.
    may_pass: u32,
    /// Whether appends put work off.
    behind: bool,
    /// How often it was done.
    caught_up: u32,
}

impl Gate {
    pub(super) fn shut(&self, shut: bool) {
        self.state.lock().unwrap().shut = shut;
        self.moved.notify_all();
    }

    fn pass(&self) {
        let mut state = self.state.lock().unwrap();
        state.waiting += 1;
        self.moved.notify_all();
        while state.shut && state.may_pass == 0 {
            state = self.moved.wait(state).unwrap();
        }
        state.may_pass = state.may_pass.saturating_sub(1);
        state.waiting -= 1;
        self.moved.notify_all();
    }

    /// Blocks this thread until an append waits.
    pub(super) fn until_one_waits(&self) {
        let mut state = self.state.lock().unwrap();
        while state.waiting == 0 {
            state = self.moved.wait(state).unwrap();
        }
    }

    pub(super) fn one_waits(&self) -> bool {
        self.state.lock().unwrap().waiting > 0
    }

    fn put_off(&self) {
        self.state.lock().unwrap().behind = true;
    }

    fn caught_up(&self) -> u32 {
        self.state.lock().unwrap().caught_up
    }

    /// Lets the append that waits pass, and shuts behind it.
    pub(super) fn let_one_pass(&self) {
        let mut state = self.state.lock().unwrap();
        state.may_pass = 1;
        self.moved.notify_all();
        while state.may_pass > 0 {
            state = self.moved.wait(state).unwrap();
        }
    }
}

/// A disk behind a gate.
pub(super) struct SlowStorage(pub(super) FaultyStorage, pub(super) Arc<Gate>);

impl Storage for SlowStorage {
    fn append(&mut self, batch: &Batch) -> Result<(), StorageError> {
        self.1.pass();
        self.0.append(batch)
    }

    fn records(&mut self, from: u64, limit: usize) -> Result<Vec<(u64, Vec<u8>)>, StorageError> {
        self.0.records(from, limit)
    }

    fn rows(&mut self, after: Option<&[u8]>, limit: usize) -> Result<Vec<Pair>, StorageError> {
        self.0.rows(after, limit)
    }

    fn row(&mut self, id: &[u8]) -> Result<Option<Vec<u8>>, StorageError> {
        self.0.row(id)
    }

    fn blob(&mut self, id: &[u8]) -> Result<Option<Vec<u8>>, StorageError> {
        self.0.blob(id)
    }

    fn meta(&mut self, name: &str) -> Result<Option<Vec<u8>>, StorageError> {
        self.0.meta(name)
    }

    fn check(&mut self) -> Result<(), StorageError> {
        self.0.check()
    }

    fn settle(&mut self) -> Result<(), StorageError> {
        self.0.settle()
    }

    fn is_behind(&self) -> bool {
        self.1.state.lock().unwrap().behind
    }

    fn catch_up(&mut self) -> Result<(), StorageError> {
        let mut state = self.1.state.lock().unwrap();
        state.behind = false;
        state.caught_up += 1;
        Ok(())
    }
}

/// A GET at the border: the status of the answer and its body; none if it never comes.
async fn get(socket: &Path, path: &str) -> Option<(u16, String)> {
    let asked = async {
        let mut stream = UnixStream::connect(socket).await.unwrap();
        let head = format!("GET {path} HTTP/1.1\r\nHost: s\r\nConnection: close\r\n\r\n");
        stream.write_all(head.as_bytes()).await.unwrap();
        let mut answer = String::new();
        stream.read_to_string(&mut answer).await.unwrap();
        // The border closes a connection that gets no answer in its time.
        let (head, body) = answer.split_once("\r\n\r\n")?;
        let status = head.split(' ').nth(1).unwrap().parse().unwrap();
        Some((status, body.to_owned()))
    };
    tokio::time::timeout(FOR_EVER, asked).await.ok()?
}

/// The status of a station while an append of it waits for its disk. None: it waits as well.
async fn status_during_a_commit() -> Option<Status> {
    let (disk, gate) = (founded(), Arc::new(Gate::default()));
    let config = Config::parse("[[courier]]\nname = 'bag'\npeer = 'SUD'\n").unwrap();
    let scratch = Scratch::new();
    let room = Room::new(scratch.path(), 0);
    let behind = Arc::clone(&gate);
    let open = Box::new(move |now| {
        let storage = SlowStorage(disk.open(), Arc::clone(&behind));
        Ok(Hub::open(storage, &key("a"), now, entropy())?)
    });
    let station = Station::start(&config, room, open).await.unwrap();
    let socket = scratch.path().join("api.sock");
    let (_stop, stopped) = watch::channel(false);
    let border = Border::bind(&socket).unwrap();
    tokio::spawn(border.serve(router(station.app(&config)), stopped));
    while station.board.last.is_due(std::time::Instant::now()) {
        station.calls.request(Request::Status).await.unwrap();
    }

    gate.shut(true);
    let calls = station.calls.clone();
    let order = tokio::spawn(async move {
        let (name, because) = ("bag".to_owned(), "a test".to_owned());
        let out = true;
        calls.request(Request::Bearer { name, out, because }).await
    });
    tokio::task::yield_now().await;
    gate.until_one_waits();

    let shown = get(&socket, "/v1/status").await;
    let alive = get(&socket, "/healthz").await;
    assert!(alive.is_none_or(|(status, _)| status == 200));
    assert!(!order.is_finished(), "it is not durable yet");

    gate.shut(false);
    assert!(order.await.unwrap().is_ok());
    station.stop_hub.send_replace(true);
    station.hub_ended.await.unwrap().unwrap();
    station.thread.join().unwrap();
    let (status, body) = shown?;
    assert_eq!(status, 200, "{body}");
    let Response::Status(status) = serde_json::from_str(&body).unwrap() else {
        panic!("{body}");
    };
    Some(*status)
}

#[tokio::test(start_paused = true)]
async fn status_is_shown_with_its_age_while_a_commit_is_slow() {
    let status = status_during_a_commit().await.unwrap();
    assert_eq!(status.station, "NORD");
    assert!(
        status.alarms.iter().any(|said| said.contains("s ago")),
        "{:?}",
        status.alarms
    );
}

#[tokio::test]
async fn disk_does_what_it_put_off_once_nothing_waits() {
    let (disk, gate) = (founded(), Arc::new(Gate::default()));
    let config = Config::parse("[[courier]]\nname = 'bag'\npeer = 'SUD'\n").unwrap();
    let scratch = Scratch::new();
    let behind = Arc::clone(&gate);
    let open = Box::new(move |now| {
        let storage = SlowStorage(disk.open(), Arc::clone(&behind));
        Ok(Hub::open(storage, &key("a"), now, entropy())?)
    });
    let room = Room::new(scratch.path(), 0);
    let station = Station::start(&config, room, open).await.unwrap();
    station.calls.request(Request::Status).await.unwrap();
    assert_eq!(gate.caught_up(), 0, "nothing was put off");

    for round in 1..=2 {
        gate.put_off();
        station.calls.request(Request::Status).await.unwrap();
        let begun = std::time::Instant::now();
        while gate.caught_up() < round {
            assert!(begun.elapsed() < QUIET_WITHIN, "it never catches up");
            tokio::time::sleep(Duration::from_millis(5)).await;
        }
        assert_eq!(gate.caught_up(), round);
    }
    station.stop_hub.send_replace(true);
    station.hub_ended.await.unwrap().unwrap();
    station.thread.join().unwrap();
}

#[cfg(feature = "planted-bugs")]
#[tokio::test(start_paused = true)]
async fn planted_status_that_waits_for_the_disk_is_noticed() {
    use crate::planted::{Bug, plant};
    plant(Some(Bug::StatusWaits));
    let shown = status_during_a_commit().await;
    plant(None);
    assert_eq!(shown, None);
}
