//! A FLASH on a disk whose every sync takes as long as the test wants (FAULTS F20). Its bound: the
//! commit that is under way when it is released, and its own. A thousand ROUTINE before it add none.

use std::net::UdpSocket;

use redphone_api::{Request, Response};
use redphone_journal::Disk;
use redphone_station::Founding;
use redphone_wire::Environment;

use super::slow_disk::{Gate, SlowStorage};
use super::tests::key;
use super::*;
use crate::calls::CALLS_WAITING_MAX;
use crate::scratch::Scratch;

const NAMES: [&str; 2] = ["NORD", "SUD"];
/// Before the peer was heard nothing of a line leaves but contact frames, which are shorter, and
/// FLASH.
const FLASH_BYTES_MIN: usize = 120;

/// Two stations on disks of their own, to be paired.
struct Both {
    now: redphone_wire::Now,
    disks: [Disk; 2],
    hubs: Vec<Hub<redphone_journal::FaultyStorage>>,
}

impl Both {
    fn founded() -> Self {
        let now = Clock::start().now();
        let disks = [Disk::new(), Disk::new()];
        let mut hubs = Vec::new();
        for (disk, name) in disks.iter().zip(NAMES) {
            let founding = Founding {
                name: name.parse().unwrap(),
                environment: Environment::Exercise,
            };
            Hub::create(disk.open(), &key("a"), &founding, now, entropy()).unwrap();
            hubs.push(Hub::open(disk.open(), &key("a"), now, entropy()).unwrap());
        }
        Self { now, disks, hubs }
    }

    fn ask(&mut self, side: usize, request: Request) -> Response {
        let answer = self.hubs[side].handle_request(self.now, request).unwrap();
        self.hubs[side].commit(self.now).unwrap();
        answer
    }

    fn import_card_of(&mut self, side: usize) {
        let Response::Card(card) = self.ask(side, Request::CardShow) else {
            panic!("a card was asked for");
        };
        let (card, words) = (card.armoured, card.english.join(" "));
        self.ask(1 - side, Request::CardImport { card, words });
    }

    fn letter(&mut self, side: usize, letter: Option<String>) -> Option<String> {
        let request = Request::Pair {
            peer: NAMES[1 - side].to_owned(),
            with: "cards".to_owned(),
            suites: None,
            letter,
            generation: None,
        };
        let Response::Pairing(step) = self.ask(side, request) else {
            panic!("a pairing was asked for");
        };
        Some(step.letter).filter(|letter| !letter.is_empty())
    }

    /// The disk of NORD, paired with SUD.
    fn paired(mut self) -> Disk {
        self.import_card_of(0);
        self.import_card_of(1);
        let first = [0, 1].map(|side| self.letter(side, None));
        let mut side = first.iter().position(Option::is_some).unwrap();
        let mut letter = first.into_iter().flatten().next();
        while letter.is_some() {
            side = 1 - side;
            letter = self.letter(side, letter);
        }
        drop(self.hubs);
        let [nord, _] = self.disks;
        nord
    }
}

fn message(precedence: &str) -> Request {
    Request::Send {
        to: None,
        precedence: precedence.to_owned(),
        text: "Look at the sky. We have launched nothing. Call back at once. ".repeat(4),
        subject: String::new(),
        officer: "watch".to_owned(),
        attachments: Vec::new(),
    }
}

/// Syncs that ended from the release of a FLASH until its frame was on the wire, with a ROUTINE
/// under way and so many in the queue. More than five are not waited for. `begin` runs on the
/// hub's thread.
async fn syncs_of_a_flash(before_it: usize, begin: fn()) -> u32 {
    let (disk, gate) = (Both::founded().paired(), Arc::new(Gate::default()));
    let peer = UdpSocket::bind("127.0.0.1:0").unwrap();
    peer.set_nonblocking(true).unwrap();
    let address = peer.local_addr().unwrap();
    let config = format!(
        "[[udp]]\nname = 'lan'\npeer = 'SUD'\nbind = '127.0.0.1:0'\naddress = '{address}'\n\
         rate_bit_s = 100000000\n"
    );
    let config = Config::parse(&config).unwrap();
    let scratch = Scratch::new();
    let room = Room::new(scratch.path(), 0);
    let behind = Arc::clone(&gate);
    let open = Box::new(move |now| {
        begin();
        let storage = SlowStorage(disk.open(), Arc::clone(&behind));
        Ok(Hub::open(storage, &key("a"), now, entropy())?)
    });
    let station = Station::start(&config, room, open).await.unwrap();
    station.calls.request(Request::Status).await.unwrap();

    gate.shut(true);
    let release = |precedence: &'static str| {
        let calls = station.calls.clone();
        tokio::spawn(async move { calls.request(message(precedence)).await })
    };
    let mut released = vec![release("routine")];
    tokio::task::yield_now().await;
    gate.until_one_waits();
    released.extend((0..before_it).map(|_| release("routine")));
    released.push(release("flash"));
    // Until each of them has its place in the queue, in this order.
    tokio::task::yield_now().await;

    let mut syncs = 0;
    while syncs < 5 {
        gate.let_one_pass();
        syncs += 1;
        if on_the_wire_before_the_next(&gate, &peer).await {
            break;
        }
    }
    gate.shut(false);
    for one in released {
        assert!(one.await.unwrap().is_ok());
    }
    station.stop_hub.send_replace(true);
    station.hub_ended.await.unwrap().unwrap();
    station.thread.join().unwrap();
    syncs
}

/// Whether the frame of a FLASH came to the peer before the next append had to wait.
async fn on_the_wire_before_the_next(gate: &Gate, peer: &UdpSocket) -> bool {
    let mut frame = [0; 2_048];
    loop {
        let stands = gate.one_waits();
        while let Ok(bytes) = peer.recv(&mut frame) {
            if bytes >= FLASH_BYTES_MIN {
                return true;
            }
        }
        if stands {
            return false;
        }
        tokio::time::sleep(Duration::from_millis(1)).await;
    }
}

#[tokio::test]
async fn flash_waits_for_the_sync_under_way_and_its_own_whatever_is_before_it() {
    for before_it in [0, 10, CALLS_WAITING_MAX - 1] {
        let syncs = syncs_of_a_flash(before_it, || ()).await;
        assert!(syncs <= 2, "{syncs} syncs, {before_it} before it");
    }
}

#[cfg(feature = "planted-bugs")]
#[tokio::test]
async fn planted_sync_for_each_call_is_noticed() {
    use crate::planted::{Bug, plant};
    let syncs = syncs_of_a_flash(10, || plant(Some(Bug::SyncForEachCall))).await;
    assert!(syncs > 2, "{syncs} syncs");
}
