//! A hub and a peer who holds the real keys and does with them what he likes.

use std::time::Duration;

use redphone_api::{Event, Refusal, Request, Response};
use redphone_journal::StationKey;
use redphone_line::{BearerId, BearerKind, BearerSpec, Carries, Rate};
use redphone_seal::armour::{self, Letter};
use redphone_seal::words::{Language, fingerprint_words};
use redphone_seal::{Cipher, Effort, Identity, OpenedFrame, Pairing, Terms, answer};
use redphone_station::{Entropy, Founding, FrameOutcome, Hub};
use redphone_wire::{
    Card, Echo, EnvelopeId, Environment, Frame, Kind, Message, Now, Number, PartyName, Precedence,
    Received, Serial, Service, Shape, Suites, Symbols, Utc, UtcSeconds, to_bytes,
};

use crate::disk::Disk;

pub(crate) const BEARER: BearerId = BearerId(1);

/// NORD's hub, and SUD's keys.
pub(crate) struct World {
    pub(crate) now: Now,
    pub(crate) hub: Hub<Disk>,
    pub(crate) storage: Disk,
    pub(crate) events: Vec<Event>,
    /// SUD's cipher: sealed with at will.
    pub(crate) cipher: Cipher,
    identity: Identity,
    card: Card,
    /// Envelopes of NORD that SUD opened, in order.
    pub(crate) heard: Vec<(EnvelopeId, Kind, Vec<u8>)>,
    /// Frames of SUD that NORD's hub was given.
    pub(crate) sent: Vec<Vec<u8>>,
    draws: u64,
}

impl World {
    /// Paired by cards, generation 1, joined by one bearer.
    pub(crate) fn new(environment: Environment) -> Self {
        Self::with_seed(environment, 1)
    }

    pub(crate) fn with_seed(environment: Environment, seed: u64) -> Self {
        let (mut hub, storage) = found(environment, seed);
        let secret = [u8::try_from(seed % 200).unwrap() + 7; 32];
        let identity = Identity::generate(party("SUD"), environment, secret).unwrap();
        let Ok(Response::Card(card)) = hub.handle_request(start(), Request::CardShow) else {
            panic!("a card was asked for");
        };
        let card = armour::card_from_text(&card.armoured).unwrap();
        let words = fingerprint_words(&identity.fingerprint(), Language::English).join(" ");
        let import = Request::CardImport {
            card: armour::card_to_text(identity.card()),
            words,
        };
        hub.handle_request(start(), import).unwrap();
        let mut cipher = pair(&mut hub, &identity, &card, 1);
        cipher.start_life([9; 32]);
        // It floods, and waits for no receipts.
        cipher.send_unconfirmed();
        hub.add_bearer(start(), &party("SUD"), BEARER, spec());
        hub.commit(start()).unwrap();
        Self {
            now: start(),
            hub,
            storage,
            events: Vec::new(),
            cipher,
            identity,
            card,
            heard: Vec::new(),
            sent: Vec::new(),
            draws: seed,
        }
    }

    /// Generation 2.
    pub(crate) fn pair_again(&mut self) {
        self.cipher = pair(&mut self.hub, &self.identity, &self.card, 2);
        self.cipher.start_life([8; 32]);
        self.cipher.send_unconfirmed();
        self.commit();
    }

    /// The next number of a linear generator: every run is the same.
    pub(crate) fn draw(&mut self) -> u64 {
        self.draws = self
            .draws
            .wrapping_mul(6_364_136_223_846_793_005)
            .wrapping_add(1_442_695_040_888_963_407);
        self.draws >> 24
    }

    pub(crate) fn random(&mut self) -> [u8; 32] {
        let mut random = [0; 32];
        for byte in &mut random {
            *byte = self.draw() as u8;
        }
        random
    }

    pub(crate) fn ask(&mut self, request: Request) -> Result<Response, Refusal> {
        let answer = self.hub.handle_request(self.now, request);
        self.commit();
        answer
    }

    pub(crate) fn commit(&mut self) {
        let events = self.hub.commit(self.now).unwrap();
        self.events.extend(events);
        drop(self.cipher.changes());
    }

    /// A body of any kind, sealed as SUD.
    pub(crate) fn seal(&mut self, kind: Kind, body: &[u8]) -> (EnvelopeId, Vec<u8>) {
        let random = self.random();
        let sealed = self.cipher.seal(kind, body, Effort::Fast, random).unwrap();
        // A hostile peer minds no window.
        self.cipher.receipted(sealed.id.epoch, &[sealed.id.number]);
        (sealed.id, sealed.envelope)
    }

    /// An envelope as one frame of SUD.
    pub(crate) fn frame(&mut self, id: EnvelopeId, envelope: &[u8]) -> Vec<u8> {
        let symbols = Symbols {
            number: Number::Full(id.number),
            mark: envelope[0],
            shape: Shape::Single { repeat: 0 },
            bytes: envelope.to_vec(),
        };
        let frame = Frame::Symbols(symbols);
        self.cipher.seal_frame(id.epoch, &frame).unwrap()
    }

    pub(crate) fn give(&mut self, frame: &[u8]) -> FrameOutcome {
        self.sent.push(frame.to_vec());
        self.hub.handle_frame(self.now, BEARER, frame)
    }

    /// Seals a body, sends it, commits.
    pub(crate) fn say(&mut self, kind: Kind, body: &[u8]) -> FrameOutcome {
        let (id, envelope) = self.seal(kind, body);
        let frame = self.frame(id, &envelope);
        let outcome = self.give(&frame);
        self.commit();
        outcome
    }

    pub(crate) fn serve(&mut self, service: &Service) {
        self.say(Kind::Service, &to_bytes(service));
    }

    /// Takes every frame that the hub has for SUD, and opens what is in it. Gives a receipt for
    /// everything when `receipts`.
    pub(crate) fn listen(&mut self, receipts: bool) -> usize {
        let mut frames = 0;
        let mut received = Received::default();
        for (id, ..) in &self.heard {
            received.cumulative = received.cumulative.max(id.number + 1);
        }
        while let Some(bytes) = self.hub.poll_transmit(self.now, BEARER) {
            frames += 1;
            let Some(OpenedFrame::Traffic { epoch, frame }) = self.cipher.open_frame(&bytes) else {
                continue;
            };
            let Frame::Symbols(symbols) = frame.unpadded() else {
                continue;
            };
            let number = symbols.number.resolve(received.cumulative).unwrap();
            let id = EnvelopeId { epoch, number };
            if let Ok(opened) = self.cipher.open(id, &symbols.bytes) {
                self.heard.push((id, opened.kind, opened.message));
                received.cumulative = received.cumulative.max(number + 1);
            }
        }
        if receipts && received.cumulative > 0 {
            let echo = Echo {
                number: 0,
                repeat: 0,
            };
            if let Some(receipt) = self.cipher.receipt(0, received, 0, echo) {
                let epoch = self.cipher.sending_epoch();
                let frame = Frame::Receipt(receipt);
                let frame = self.cipher.seal_frame(epoch, &frame).unwrap();
                self.give(&frame);
                self.commit();
            }
        }
        frames
    }

    /// Messages of NORD that SUD heard.
    pub(crate) fn texts(&self) -> usize {
        let texts = self.heard.iter();
        texts.filter(|(_, kind, _)| *kind == Kind::Message).count()
    }

    pub(crate) fn pass(&mut self, time: Duration) {
        self.now.monotonic += time;
        self.now.utc.0 += u64::try_from(time.as_millis()).unwrap();
        self.hub.handle_timeout(self.now);
        self.commit();
    }

    /// Bytes that the hub wrote down for good.
    pub(crate) fn disk(&self) -> u64 {
        self.storage.look().bytes()
    }

    pub(crate) fn alarms(&mut self) -> Vec<String> {
        let Ok(Response::Status(status)) = self.ask(Request::Status) else {
            panic!("a status was asked for");
        };
        status.alarms
    }

    /// Sends a FLASH of NORD and says whether it was the first thing that SUD then heard of texts.
    pub(crate) fn flash_leaves(&mut self) -> bool {
        self.ask(send("flash", "FLASH of our own")).unwrap();
        let before = self.heard.len();
        for _ in 0..200 {
            self.listen(false);
            if self.heard.len() > before {
                break;
            }
            self.pass(Duration::from_millis(10));
        }
        let first = self.heard.get(before);
        first.is_some_and(|(_, kind, body)| {
            *kind == Kind::Message && String::from_utf8_lossy(body).contains("FLASH of our own")
        })
    }
}

/// A message of SUD.
pub(crate) fn message(serial: u32, precedence: Precedence, text: &str) -> Message {
    Message {
        serial: Serial(serial),
        precedence,
        released: UtcSeconds(1_793_461_512),
        releaser: "duty officer".to_owned(),
        text: text.to_owned(),
        attachments: Vec::new(),
        form: None,
        readers: None,
    }
}

/// A text of NORD.
pub(crate) fn send(precedence: &str, text: &str) -> Request {
    Request::Send {
        to: None,
        precedence: precedence.to_owned(),
        text: text.to_owned(),
        subject: String::new(),
        officer: "1st watch".to_owned(),
        attachments: Vec::new(),
    }
}

pub(crate) fn party(name: &str) -> PartyName {
    name.parse().unwrap()
}

fn start() -> Now {
    Now {
        monotonic: Duration::from_secs(10_000),
        utc: Utc(1_793_461_512_345),
    }
}

fn key() -> StationKey {
    StationKey::from_key_file(format!("{}\n", "2a".repeat(32)).as_bytes()).unwrap()
}

fn entropy(seed: u64) -> Entropy {
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

fn spec() -> BearerSpec {
    BearerSpec {
        name: "udp".to_owned(),
        kind: BearerKind::Udp,
        mtu: 1_200,
        rate: Rate::datagrams(8_000_000),
        overhead: 28,
        carries: Carries::Both,
        cost: 0,
        cover: None,
    }
}

fn found(environment: Environment, seed: u64) -> (Hub<Disk>, Disk) {
    let founding = Founding {
        name: party("NORD"),
        environment,
    };
    let storage = Disk::default();
    Hub::create(storage.clone(), &key(), &founding, start(), entropy(seed)).unwrap();
    let mut hub = Hub::open(storage.clone(), &key(), start(), entropy(seed + 100)).unwrap();
    hub.commit(start()).unwrap();
    (hub, storage)
}

fn pair(hub: &mut Hub<Disk>, identity: &Identity, card: &Card, generation: u32) -> Cipher {
    let terms = Terms {
        generation,
        suites_from_lower: Suites::DEFAULT,
        suites_from_higher: Suites::DEFAULT,
        tape_lower: None,
        tape_higher: None,
        cards: true,
    };
    if let Ok((pairing, letter)) = Pairing::begin(identity, card, terms.clone(), [4; 32]) {
        let answer = exchange(hub, Some(Letter::First(letter)));
        let Some(Letter::Second(letter)) = answer else {
            panic!("a second letter is due");
        };
        let (letter, cipher) = pairing.finish(identity, &letter).unwrap();
        exchange(hub, Some(Letter::Third(letter)));
        return cipher;
    }
    let Some(Letter::First(letter)) = exchange(hub, None) else {
        panic!("a first letter is due");
    };
    let (letter, mut cipher) = answer(identity, card, &letter, &terms, [5; 32]).unwrap();
    let Some(Letter::Third(letter)) = exchange(hub, Some(Letter::Second(letter))) else {
        panic!("a third letter is due");
    };
    cipher.confirm(&letter).unwrap();
    cipher
}

fn exchange(hub: &mut Hub<Disk>, letter: Option<Letter>) -> Option<Letter> {
    let request = Request::Pair {
        peer: "SUD".to_owned(),
        with: "cards".to_owned(),
        suites: None,
        letter: letter.map(|letter| armour::letter_to_text(&letter)),
        generation: None,
    };
    let Response::Pairing(step) = hub.handle_request(start(), request).unwrap() else {
        panic!("a pairing was asked for");
    };
    hub.commit(start()).unwrap();
    (!step.letter.is_empty()).then(|| armour::letter_from_text(&step.letter).unwrap())
}
