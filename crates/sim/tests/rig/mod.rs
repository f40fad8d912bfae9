//! One line for the figures: two real hubs, one bearer, sample texts, and what each message cost.

use std::time::Duration;

use redphone_api::{MessageRef, NewAttachment, Request, Response};
use redphone_line::{BearerId, BearerKind, BearerSpec, Carries, Rate};
use redphone_sim::{Weather, World};

/// The one bearer of these lines.
pub(crate) const BEARER: BearerId = BearerId(1);

/// 280 bytes: a warning in plain words.
pub(crate) const ENGLISH: &str = "We see intruders in the control network of the northern power grid. \
     They hold an operator's password and have read the switching plans of five substations. \
     Nothing has been switched off so far. We think they came in by a supplier's remote access. \
     Our engineers watch all five now.";

/// The same sense: 469 bytes.
pub(crate) const RUSSIAN: &str = "В сети управления северной энергосистемы обнаружены чужие. У них \
     пароль оператора, они читали планы переключений пяти подстанций. Пока ничего не отключено. \
     Мы считаем, что они вошли через удалённый доступ поставщика. Наши инженеры следят за ними \
     всё время.";

/// What one message cost.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Cost {
    /// Frames and bytes on the bearer, headers and stuffing included, until it was receipted.
    pub(crate) out: (u64, u64),
    /// The same of the answers.
    pub(crate) back: (u64, u64),
    /// From release until the peer held it durably.
    pub(crate) there: Duration,
    /// From release until the receipt was here.
    pub(crate) receipted: Duration,
}

/// A paired line over one bearer.
pub(crate) struct Line {
    pub(crate) world: World,
    overhead: u64,
}

pub(crate) const fn ms(millis: u64) -> Duration {
    Duration::from_millis(millis)
}

/// A serial bearer at so many baud, 8N1, as the daemon configures it.
pub(crate) fn serial(baud: u64) -> BearerSpec {
    spec("serial", BearerKind::Serial, 256, Rate::serial(baud), 3)
}

/// A `udp` bearer at so many bits a second, with IP and UDP headers.
pub(crate) fn udp(bit_s: u64) -> BearerSpec {
    let mtu = if bit_s <= 9_600 { 548 } else { 1_200 };
    spec("udp", BearerKind::Udp, mtu, Rate::datagrams(bit_s), 28)
}

fn spec(name: &str, kind: BearerKind, mtu: usize, rate: Rate, overhead: usize) -> BearerSpec {
    BearerSpec {
        name: name.to_owned(),
        kind,
        mtu,
        rate,
        overhead,
        carries: Carries::Both,
        cost: 0,
        cover: None,
    }
}

impl Line {
    /// Paired, in contact, and quiet; every frame takes `delay` on its way beside its air time.
    pub(crate) fn new(seed: u64, spec: BearerSpec, delay: Duration) -> Self {
        let overhead = spec.overhead as u64;
        let world = World::with_bearers(seed, vec![(BEARER, spec)]).unwrap();
        let mut line = Self { world, overhead };
        line.weather(delay, 0);
        line.run(ms(120_000));
        for from in [0, 1] {
            let serial = line.send(from, "routine", "How do you read?");
            line.until_receipted(from, serial, ms(600_000));
        }
        line.run(ms(120_000));
        line
    }

    pub(crate) fn weather(&mut self, delay: Duration, loss: u64) {
        let weather = Weather {
            delay,
            loss,
            ..Weather::default()
        };
        self.set_weather(weather);
    }

    pub(crate) fn cut(&mut self, delay: Duration, cut: bool) {
        let weather = Weather {
            delay,
            cut,
            ..Weather::default()
        };
        self.set_weather(weather);
    }

    fn set_weather(&mut self, weather: Weather) {
        for from in [0, 1] {
            self.world.set_weather(from, BEARER, weather);
        }
    }

    pub(crate) fn run(&mut self, time: Duration) {
        let until = self.world.time + time;
        self.world.run_until(until).unwrap();
    }

    /// Releases a text and returns its serial.
    pub(crate) fn send(&mut self, from: usize, precedence: &str, text: &str) -> u32 {
        self.release(from, precedence, text, Vec::new())
    }

    /// Releases a text with an attachment of bytes that do not shrink.
    pub(crate) fn send_attachment(&mut self, precedence: &str, bytes: usize) -> u32 {
        let mut noise = vec![0; bytes];
        self.world.chance.fill(&mut noise);
        let attachment = NewAttachment {
            name: "chart.bin".to_owned(),
            media_type: "application/octet-stream".to_owned(),
            bytes: noise,
        };
        self.release(0, precedence, "The chart.", vec![attachment])
    }

    fn release(
        &mut self,
        from: usize,
        precedence: &str,
        text: &str,
        attachments: Vec<NewAttachment>,
    ) -> u32 {
        let request = Request::Send {
            to: None,
            precedence: precedence.to_owned(),
            text: text.to_owned(),
            subject: String::new(),
            officer: "1st watch".to_owned(),
            attachments,
        };
        match self.world.ask(from, request).unwrap() {
            Some(Response::Sent(sent)) => sent.serial,
            other => panic!("not released: {other:?}"),
        }
    }

    /// The instant of the receipt.
    pub(crate) fn until_receipted(
        &mut self,
        from: usize,
        serial: u32,
        limit: Duration,
    ) -> Duration {
        let end = self.world.time + limit;
        while self.world.time < end {
            if let Some(at) = self.world.receipted_at.get(&(from, serial)) {
                return *at;
            }
            self.run(ms(1));
        }
        panic!("serial {serial} was not receipted within {limit:?}");
    }

    pub(crate) fn held_at(&self, from: usize, serial: u32) -> Duration {
        self.world.held_at[&(from, serial)]
    }

    /// Frames and bytes on the bearer since the beginning.
    pub(crate) fn carried(&self, from: usize) -> (u64, u64) {
        let (frames, bytes) = self.world.sent(from, BEARER);
        (frames, bytes + frames * self.overhead)
    }

    /// Sends a text over the idle line and says what it cost until its receipt, and five seconds
    /// more or `quiet`.
    pub(crate) fn cost(&mut self, text: &str, quiet: Duration) -> Cost {
        let before = [self.carried(0), self.carried(1)];
        let begin = self.world.time;
        let serial = self.send(0, "priority", text);
        let receipted = self.until_receipted(0, serial, ms(600_000)) - begin;
        let there = self.held_at(0, serial) - begin;
        self.run(quiet);
        let since = |now: (u64, u64), then: (u64, u64)| (now.0 - then.0, now.1 - then.1);
        Cost {
            out: since(self.carried(0), before[0]),
            back: since(self.carried(1), before[1]),
            there,
            receipted,
        }
    }

    /// Whether the peer holds every piece of the attachments of a message.
    pub(crate) fn is_whole(&mut self, serial: u32) -> bool {
        let message = MessageRef {
            from: Some("NORD".to_owned()),
            to: None,
            serial,
        };
        let read = self.world.ask(1, Request::Read { message }).unwrap();
        match read {
            Some(Response::Message(message)) => message.attached.iter().all(|one| one.whole),
            _ => false,
        }
    }
}
