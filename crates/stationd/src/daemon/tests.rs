//! A station on a disk whose faults are scripted: it says so, refuses, comes back by itself, and
//! loses nothing that it accepted.

use redphone_api::{Refusal, RefusalKind, Request, Response};
use redphone_journal::{Disk, Fault as DiskFault, Journal, Step};
use redphone_station::Founding;
use redphone_wire::Environment;

use super::*;
use crate::scratch::Scratch;

const COMES_BACK_WITHIN: Duration = Duration::from_secs(60);

pub(super) fn key(digit: &str) -> StationKey {
    StationKey::from_key_file(digit.repeat(64).as_bytes()).unwrap()
}

pub(super) fn founded() -> Disk {
    let disk = Disk::new();
    let founding = Founding {
        name: "NORD".parse().unwrap(),
        environment: Environment::Exercise,
    };
    let now = Clock::start().now();
    Hub::create(disk.open(), &key("a"), &founding, now, entropy()).unwrap();
    disk
}

async fn started(disk: &Disk, digit: &'static str) -> Result<(Station, Scratch), RunError> {
    let config = Config::parse("[[courier]]\nname = 'bag'\npeer = 'SUD'\n").unwrap();
    let scratch = Scratch::new();
    let room = Room::new(scratch.path(), 0);
    let disk = disk.clone();
    let open = Box::new(move |now| Ok(Hub::open(disk.open(), &key(digit), now, entropy())?));
    Ok((Station::start(&config, room, open).await?, scratch))
}

impl Station {
    /// Takes the courier out, or puts it back: a request that is written down.
    async fn order(&self, out: bool) -> Result<Response, Refusal> {
        let request = Request::Bearer {
            name: "bag".to_owned(),
            out,
            because: "a test".to_owned(),
        };
        self.calls.request(request).await
    }

    async fn records(&self) -> Option<u64> {
        match self.calls.request(Request::Status).await {
            Ok(Response::Status(status)) => Some(status.storage.records),
            Ok(_) | Err(_) => None,
        }
    }

    async fn is_out(&self) -> bool {
        let limit = 1_000;
        let asked = Request::Journal { after: None, limit };
        let Ok(Response::Journal { lines }) = self.calls.request(asked).await else {
            panic!("no journal");
        };
        let ours = |what: &str| what.starts_with("bearer bag ") && !what.contains("noted");
        let last = lines.iter().rfind(|line| ours(&line.what));
        last.is_some_and(|line| line.what.contains("taken out"))
    }

    async fn comes_back(&self) {
        let begun = tokio::time::Instant::now();
        while self.records().await.is_none() {
            assert!(
                begun.elapsed() < COMES_BACK_WITHIN,
                "the station stays away"
            );
            tokio::time::sleep(Duration::from_millis(50)).await;
        }
    }

    async fn stop(self) -> Result<(), Fault> {
        self.stop_hub.send_replace(true);
        let ended = self.hub_ended.await.unwrap();
        self.thread.join().unwrap();
        ended
    }
}

#[tokio::test]
async fn append_that_failed_is_answered_as_unknown_and_the_station_comes_back() {
    for (fault, kept) in [(DiskFault::IoBefore, false), (DiskFault::IoAfter, true)] {
        let disk = founded();
        let (station, _scratch) = started(&disk, "a").await.unwrap();
        disk.script_next(fault);

        let refusal = station.order(true).await.unwrap_err();

        assert_eq!(refusal.kind, RefusalKind::Stopped);
        assert!(refusal.what.contains("not known"), "{refusal}");
        station.comes_back().await;
        assert_eq!(station.is_out().await, kept, "{fault:?}");
        assert!(station.order(!kept).await.is_ok());
        assert_eq!(station.board.metrics.faults.get(), 1);
        station.stop().await.unwrap();
    }
}

#[tokio::test]
async fn full_disk_refuses_before_it_accepts_and_goes_on_when_there_is_room() {
    let disk = founded();
    let (station, _scratch) = started(&disk, "a").await.unwrap();
    station.order(true).await.unwrap();
    let accepted = station.records().await.unwrap();
    disk.set_bytes_max(Some(0));

    let refusal = station.order(false).await.unwrap_err();
    assert_eq!(refusal.kind, RefusalKind::Stopped);
    let refusal = station.order(false).await.unwrap_err();
    assert!(refusal.to_string().contains("full"), "{refusal}");
    assert!(matches!(
        &*station.board.health.borrow(),
        Health::Refusing(_)
    ));

    disk.set_bytes_max(None);
    station.comes_back().await;
    assert!(station.records().await.unwrap() >= accepted);
    assert!(station.is_out().await, "what was accepted is there");
    assert_eq!(*station.board.health.borrow(), Health::Accepting);
    station.stop().await.unwrap();
}

#[tokio::test]
async fn station_whose_disk_is_full_at_start_says_so_and_starts_when_there_is_room() {
    let disk = founded();
    disk.set_bytes_max(Some(0));
    let (station, _scratch) = started(&disk, "a").await.unwrap();
    let refusal = station.order(true).await.unwrap_err();
    assert_eq!(refusal.kind, RefusalKind::Stopped);
    disk.set_bytes_max(None);
    station.comes_back().await;
    assert!(station.order(true).await.is_ok());
    station.stop().await.unwrap();
}

#[tokio::test]
async fn wrong_key_ends_the_start_with_its_sentence() {
    let disk = founded();
    let error = started(&disk, "b").await.err().unwrap();
    assert!(
        error.to_string().contains("does not open this home"),
        "{error}"
    );
}

#[tokio::test]
async fn record_that_cannot_be_followed_is_named_and_ends_the_start() {
    let disk = founded();
    let (mut journal, _) = Journal::open(disk.open(), &key("a")).unwrap();
    journal.replay(|_, _, _| Ok::<(), ()>(())).unwrap();
    let step = Step {
        records: vec![vec![0xff]],
        ..Step::default()
    };
    let now = Clock::start().now();
    journal.append(now.utc, step, [9; 32]).unwrap();
    let (number, _) = journal.head();
    let before = disk.appends();

    for _ in 0..2 {
        let error = started(&disk, "a").await.err().unwrap();
        let named = format!("record {number} is of a kind that it does not know");
        assert!(error.to_string().contains(&named), "{error}");
    }

    assert_eq!(disk.appends(), before, "nothing is written to it");
}

#[tokio::test]
async fn clean_stop_keeps_everything_and_answers_late_askers() {
    let disk = founded();
    let (station, _scratch) = started(&disk, "a").await.unwrap();
    station.order(true).await.unwrap();
    let calls = station.calls.clone();
    station.stop().await.unwrap();

    let late = calls.request(Request::Status).await.unwrap_err();
    assert_eq!(late.what, "The station stops.");
    let (again, _scratch) = started(&disk, "a").await.unwrap();
    assert!(again.is_out().await);
    again.stop().await.unwrap();
}

#[tokio::test]
async fn many_askers_share_an_append() {
    let disk = founded();
    let (station, _scratch) = started(&disk, "a").await.unwrap();
    let before = disk.appends();
    let mut asked = Vec::new();
    for number in 0..500 {
        let calls = station.calls.clone();
        let request = Request::Bearer {
            name: "bag".to_owned(),
            out: number % 2 == 0,
            because: format!("order {number}"),
        };
        asked.push(tokio::spawn(async move { calls.request(request).await }));
    }
    for answer in asked {
        answer.await.unwrap().unwrap();
    }
    let appends = disk.appends() - before;
    assert!(appends < 250, "{appends} appends for 500 orders");
    station.stop().await.unwrap();
}
