//! The world: two sides, the bearers between them, and time that jumps from event to event.
//!
//! Owns what there is, and holds every step against the model. How frames cross is in `passage`.

mod passage;
mod stranger;

use std::collections::{BTreeMap, VecDeque};
use std::time::Duration;

use redphone_api::{Event, EventKind, Request, Response};
use redphone_line::{BearerId, BearerKind, BearerSpec, Carries, Rate};

use crate::model::{Broken, Model, broken};
use crate::{Chance, Link, Side, Weather};

/// A frame on its way.
#[derive(Clone, Debug)]
struct Flight {
    to: usize,
    bearer: BearerId,
    bytes: Vec<u8>,
}

/// Two stations, the bearers between them, and a clock.
pub struct World {
    /// Time since the beginning.
    pub time: Duration,
    /// The stations.
    pub sides: [Side; 2],
    /// What must hold.
    pub model: Model,
    /// Chance of everything but the stations' own randomness.
    pub chance: Chance,
    links: BTreeMap<(usize, BearerId), Link>,
    flights: BTreeMap<(Duration, u64), Flight>,
    flight_next: u64,
    captured: VecDeque<Flight>,
    /// Frames refused so far.
    pub refused: u64,
    /// When the other side held a message durably, by releasing side and serial.
    pub held_at: BTreeMap<(usize, u32), Duration>,
    /// When the releasing side had the receipt.
    pub receipted_at: BTreeMap<(usize, u32), Duration>,
    /// Bytes of every envelope that each side sealed.
    pub sealed: [Vec<usize>; 2],
}

/// The bearers of a line unless others are given: an IP path, a radio and a telegraph.
pub(crate) fn bearers() -> Vec<(BearerId, BearerSpec)> {
    let spec = |name: &str, kind, mtu, rate, overhead| BearerSpec {
        name: name.to_owned(),
        kind,
        mtu,
        rate,
        overhead,
        carries: Carries::Both,
        cost: 0,
        cover: None,
    };
    vec![
        (
            BearerId(1),
            spec("udp", BearerKind::Udp, 1_200, Rate::datagrams(800_000), 28),
        ),
        (
            BearerId(2),
            spec("hf", BearerKind::Serial, 255, Rate::serial(2_400), 3),
        ),
        (
            BearerId(3),
            spec("telegraph", BearerKind::Serial, 255, Rate::serial(75), 3),
        ),
    ]
}

impl World {
    /// Two paired stations in good weather, with the usual three bearers.
    ///
    /// # Errors
    ///
    /// [`Broken`] when they cannot be founded or paired.
    pub fn new(seed: u64) -> Result<Self, Broken> {
        Self::with_bearers(seed, bearers())
    }

    /// Two paired stations in good weather, with these bearers between them.
    ///
    /// # Errors
    ///
    /// [`Broken`] when they cannot be founded or paired.
    pub fn with_bearers(seed: u64, bearers: Vec<(BearerId, BearerSpec)>) -> Result<Self, Broken> {
        let mut chance = Chance::new(seed);
        let sides = [
            Side::found(0, bearers.clone(), chance.fork())?,
            Side::found(1, bearers.clone(), chance.fork())?,
        ];
        let mut links = BTreeMap::new();
        for (id, spec) in bearers {
            for from in [0, 1] {
                links.insert((from, id), Link::new(spec.clone(), fair()));
            }
        }
        let mut world = Self {
            time: Duration::from_secs(1),
            sides,
            model: Model::default(),
            chance,
            links,
            flights: BTreeMap::new(),
            flight_next: 0,
            captured: VecDeque::new(),
            refused: 0,
            held_at: BTreeMap::new(),
            receipted_at: BTreeMap::new(),
            sealed: [Vec::new(), Vec::new()],
        };
        world.exchange_cards()?;
        world.pair()?;
        Ok(world)
    }

    /// The side with this index; any other index is side 1.
    pub fn side(&mut self, index: usize) -> &mut Side {
        let [zero, one] = &mut self.sides;
        if index == 0 { zero } else { one }
    }

    fn exchange_cards(&mut self) -> Result<(), Broken> {
        let mut cards = Vec::new();
        for index in [0, 1] {
            match self.ask(index, Request::CardShow)? {
                Some(Response::Card(card)) => cards.push((card.armoured, card.english.join(" "))),
                _ => return broken("I7", "no card was shown".to_owned()),
            }
        }
        for (index, (card, words)) in [1, 0].into_iter().zip(cards) {
            self.ask(index, Request::CardImport { card, words })?;
        }
        Ok(())
    }

    /// Pairs both sides, with cards, by letters that are carried at once.
    ///
    /// # Errors
    ///
    /// [`Broken`] when a letter is refused.
    pub fn pair(&mut self) -> Result<(), Broken> {
        let mut letter = None;
        let mut side = 0;
        for begins in [0, 1] {
            if let Some(text) = self.pair_step(begins, None)? {
                letter = Some(text);
                side = begins;
                break;
            }
        }
        while let Some(text) = letter {
            side = 1 - side;
            letter = self.pair_step(side, Some(text))?;
        }
        Ok(())
    }

    fn pair_step(&mut self, side: usize, letter: Option<String>) -> Result<Option<String>, Broken> {
        let peer = self.side(side).peer().to_string();
        let request = Request::Pair {
            peer,
            with: "cards".to_owned(),
            suites: None,
            letter,
            generation: None,
        };
        match self.ask(side, request)? {
            Some(Response::Pairing(step)) => {
                Ok(Some(step.letter).filter(|letter| !letter.is_empty()))
            }
            _ => broken("I7", format!("side {side} did not pair")),
        }
    }

    /// Asks a side and makes the step durable. None when it is down or refuses.
    ///
    /// # Errors
    ///
    /// [`Broken`] when an invariant broke.
    pub fn ask(&mut self, index: usize, request: Request) -> Result<Option<Response>, Broken> {
        let time = self.time;
        let answer = self.side(index).ask(time, request);
        let durable = self.commit(index)?;
        Ok(match answer {
            Some(Ok(response)) if durable => Some(response),
            _ => None,
        })
    }

    /// Makes a side's step durable and holds it against the model.
    ///
    /// # Errors
    ///
    /// [`Broken`] when an invariant broke.
    pub fn commit(&mut self, index: usize) -> Result<bool, Broken> {
        let time = self.time;
        let mut events = Vec::new();
        let sealed = self
            .side(index)
            .hub
            .as_mut()
            .map_or_else(Vec::new, redphone_station::Hub::witness);
        for one in sealed {
            let id = (one.generation, one.id.epoch, one.id.number);
            self.model.seal(index, id, &one.envelope)?;
            if let Some(sealed) = self.sealed.get_mut(index) {
                sealed.push(one.envelope.len());
            }
        }
        let durable = self.side(index).commit(time, &mut events);
        for event in events {
            self.check_event(index, &event)?;
        }
        Ok(durable)
    }

    fn check_event(&mut self, index: usize, event: &Event) -> Result<(), Broken> {
        let serial = event
            .message
            .rsplit_once(' ')
            .and_then(|(_, serial)| serial.parse().ok());
        let Some(serial) = serial else {
            return Ok(());
        };
        let time = self.time;
        if event.kind == EventKind::Message {
            let peer = self.side(index).peer().clone();
            let text = self.side(index).text(time, &peer, serial);
            let text = text.unwrap_or_default();
            self.model.hold(1 - index, serial, &text)?;
            self.held_at.entry((1 - index, serial)).or_insert(time);
            return self.model.hand(1 - index, serial);
        }
        if event.kind != EventKind::Ladder {
            return Ok(());
        }
        if event.said.starts_with("AT STATION") {
            self.receipted_at.entry((index, serial)).or_insert(time);
            return self.model.show_receipt(index, serial);
        }
        if event.said.ends_with("released.") {
            let own = self.side(index).name.clone();
            let text = self.side(index).text(time, &own, serial);
            return self.model.release(index, serial, text.unwrap_or_default());
        }
        Ok(())
    }

    /// Sets the weather of one direction of a bearer.
    pub fn set_weather(&mut self, from: usize, bearer: BearerId, weather: Weather) {
        if let Some(link) = self.links.get_mut(&(from, bearer)) {
            link.weather = weather;
        }
    }

    /// After a start of a side: what its disk holds is the truth about its last step.
    ///
    /// # Errors
    ///
    /// [`Broken`] when it holds what was never released.
    pub fn tell(&mut self, index: usize) -> Result<(), Broken> {
        let time = self.time;
        let [zero, one] = &mut self.sides;
        let side = if index == 0 { zero } else { one };
        side.tell(time, &mut self.model)
    }

    /// The newest lines of a side's journal, if it is up.
    pub fn journal(&mut self, index: usize, limit: u32) -> Vec<String> {
        let time = self.time;
        let request = Request::Journal { after: None, limit };
        match self.side(index).ask(time, request) {
            Some(Ok(Response::Journal { lines })) => lines
                .into_iter()
                .map(|line| format!("{} {} {}", line.number, line.at, line.what))
                .collect(),
            _ => Vec::new(),
        }
    }

    /// Good weather everywhere.
    pub fn clear_skies(&mut self) {
        for link in self.links.values_mut() {
            link.weather = fair();
        }
    }

    /// Bytes and frames that a side handed to a bearer.
    pub fn sent(&self, from: usize, bearer: BearerId) -> (u64, u64) {
        self.links
            .get(&(from, bearer))
            .map_or((0, 0), |link| (link.frames, link.bytes))
    }
}

fn fair() -> Weather {
    Weather {
        delay: Duration::from_millis(20),
        ..Weather::default()
    }
}
