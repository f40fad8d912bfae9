//! Two hubs on one desk: founded, paired, joined by bearers that lose nothing.

#![allow(
    dead_code,
    unreachable_pub,
    reason = "each test that shares this module uses a part of it"
)]

use std::time::Duration;

use redphone_api::{Event, Refusal, Request, Response};
use redphone_journal::{Disk, FaultyStorage, StationKey};
use redphone_line::{BearerId, BearerKind, BearerSpec, Carries, Rate};
use redphone_station::{Founding, Hub};
use redphone_wire::{Environment, Now, PartyName, Utc};

/// One side of the line.
pub struct Side {
    pub hub: Hub<FaultyStorage>,
    pub disk: Disk,
    pub peer: PartyName,
    pub events: Vec<Event>,
}

/// Both sides and their clock.
pub struct Pair {
    pub now: Now,
    pub sides: [Side; 2],
}

pub const BEARER: BearerId = BearerId(1);

pub fn key() -> StationKey {
    StationKey::from_key_file(format!("{}\n", "2a".repeat(32)).as_bytes()).unwrap()
}

pub fn entropy(seed: u64) -> redphone_station::Entropy {
    let mut state = seed;
    Box::new(move |bytes: &mut [u8]| {
        for byte in bytes {
            state = state
                .wrapping_mul(6_364_136_223_846_793_005)
                .wrapping_add(1);
            *byte = (state >> 33) as u8;
        }
        true
    })
}

pub fn start() -> Now {
    Now {
        monotonic: Duration::from_secs(1),
        utc: Utc(1_793_461_512_345),
    }
}

pub fn name(name: &str) -> PartyName {
    name.parse().unwrap()
}

fn side(own: &str, peer: &str, seed: u64) -> Side {
    let disk = Disk::new();
    let founding = Founding {
        name: name(own),
        environment: Environment::Exercise,
    };
    Hub::create(disk.open(), &key(), &founding, start(), entropy(seed)).unwrap();
    let mut hub = Hub::open(disk.open(), &key(), start(), entropy(seed + 100)).unwrap();
    hub.commit(start()).unwrap();
    Side {
        hub,
        disk,
        peer: name(peer),
        events: Vec::new(),
    }
}

pub fn spec(bit_s: u64) -> BearerSpec {
    BearerSpec {
        name: "udp".to_owned(),
        kind: BearerKind::Udp,
        mtu: 1_200,
        rate: Rate::datagrams(bit_s),
        overhead: 28,
        carries: Carries::Both,
        cost: 0,
        cover: None,
    }
}

impl Side {
    pub fn ask(&mut self, now: Now, request: Request) -> Result<Response, Refusal> {
        let answer = self.hub.handle_request(now, request);
        let events = self.hub.commit(now).unwrap();
        self.events.extend(events);
        answer
    }
}

impl Side {
    /// Starts anew from a disk, as after a crash or a restore.
    pub fn restart(&mut self, now: Now, disk: Disk, seed: u64) {
        self.hub = Hub::open(disk.open(), &key(), now, entropy(seed)).unwrap();
        self.disk = disk;
        self.hub
            .add_bearer(now, &self.peer, BEARER, spec(8_000_000));
        let events = self.hub.commit(now).unwrap();
        self.events.extend(events);
    }

    /// Whether an alarm was raised that says this.
    pub fn alarmed(&self, words: &str) -> bool {
        let alarm = |event: &&Event| event.kind == redphone_api::EventKind::Alarm;
        let mut alarms = self.events.iter().filter(alarm);
        alarms.any(|event| event.said.contains(words))
    }
}

impl Pair {
    /// Founded and joined by one bearer, not paired.
    pub fn strangers() -> Self {
        let mut pair = Self {
            now: start(),
            sides: [side("NORD", "SUD", 1), side("SUD", "NORD", 2)],
        };
        let cards: Vec<_> = pair.sides.iter_mut().map(card_of).collect();
        for (side, (card, words)) in pair.sides.iter_mut().zip(cards.into_iter().rev()) {
            side.ask(pair.now, Request::CardImport { card, words })
                .unwrap();
        }
        for (side, peer) in pair.sides.iter_mut().zip(["SUD", "NORD"]) {
            side.hub
                .add_bearer(pair.now, &name(peer), BEARER, spec(8_000_000));
        }
        pair
    }

    /// Paired with cards alone.
    pub fn paired() -> Self {
        let mut pair = Self::strangers();
        pair.pair("cards");
        pair
    }

    /// Carries letters to and fro until both sides are paired.
    pub fn pair(&mut self, with: &str) {
        self.carry_letters(with, usize::MAX);
    }

    /// Carries so many letters at most. Two are enough where a bearer joins the sides.
    pub fn carry_letters(&mut self, with: &str, most: usize) {
        let first = [0, 1].map(|side| self.ask_to_pair(side, with, None));
        let begins = first.iter().position(Option::is_some).unwrap();
        let [one, other] = first;
        let mut letter = one.or(other);
        let mut side = begins;
        for _ in 0..most {
            let Some(text) = letter else {
                break;
            };
            side = 1 - side;
            letter = self.ask_to_pair(side, with, Some(text));
        }
    }

    fn ask_to_pair(&mut self, side: usize, with: &str, letter: Option<String>) -> Option<String> {
        let request = Request::Pair {
            peer: ["SUD", "NORD"][side].to_owned(),
            with: with.to_owned(),
            suites: None,
            letter,
            generation: None,
        };
        let now = self.now;
        let Response::Pairing(step) = self.sides[side].ask(now, request).unwrap() else {
            panic!("a pairing was asked for");
        };
        Some(step.letter).filter(|letter| !letter.is_empty())
    }

    /// Lets time pass, carrying every frame at once.
    pub fn run(&mut self, time: Duration) {
        let end = self.now.monotonic + time;
        while self.now.monotonic < end {
            for from in [0, 1] {
                let now = self.now;
                while let Some(frame) = self.sides[from].hub.poll_transmit(now, BEARER) {
                    let to = &mut self.sides[1 - from];
                    to.hub.handle_frame(now, BEARER, &frame);
                    let events = to.hub.commit(now).unwrap();
                    to.events.extend(events);
                }
            }
            self.step(Duration::from_millis(1));
        }
    }

    pub fn step(&mut self, time: Duration) {
        self.now.monotonic += time;
        self.now.utc.0 += u64::try_from(time.as_millis()).unwrap();
        for side in &mut self.sides {
            side.hub.handle_timeout(self.now);
            let events = side.hub.commit(self.now).unwrap();
            side.events.extend(events);
        }
    }
}

fn card_of(side: &mut Side) -> (String, String) {
    let Response::Card(card) = side.ask(start(), Request::CardShow).unwrap() else {
        panic!("a card was asked for");
    };
    (card.armoured, card.english.join(" "))
}

/// Installs a reel for whatever the line needs it for.
pub fn install(reel: String) -> Request {
    let for_pairing = false;
    Request::TapeInstall { reel, for_pairing }
}

pub fn flash(text: &str) -> Request {
    Request::Send {
        to: None,
        precedence: "flash".to_owned(),
        text: text.to_owned(),
        subject: String::new(),
        officer: "1st watch".to_owned(),
        attachments: Vec::new(),
    }
}
