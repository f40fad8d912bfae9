//! The fixed cases of `vectors/`: made anew from fixed seeds, byte for byte the same each time.
//!
//! Bytes are hex. What is secret in life stands here in the open, so that another implementation
//! can follow every step. `formal/twin/` is one that does.

use std::error::Error;
use std::time::Duration;

use redphone_seal::words::{Language, fingerprint_words};
use redphone_seal::{
    Cipher, Effort, Identity, OpenedFrame, Pairing, Sealed, Tape, Terms, answer, armour, make_reel,
    tape_check,
};
use redphone_wire::{
    Direction, Echo, Environment, Frame, Kind, Letter1, Letter2, Letter3, Now, Number, Received,
    Reel, Refresh, Shape, Suite, Suites, Symbols, Utc, to_bytes,
};
use serde_json::{Value, json};

/// What goes wrong in making a case fails the test or the program that asked for it.
pub(crate) type Made<T> = Result<T, Box<dyn Error>>;

/// Every file, by its name in `vectors/`.
pub(crate) fn all() -> Made<Vec<(&'static str, Value)>> {
    Ok(vec![
        ("cards.json", cards()?),
        ("envelopes.json", envelopes()?),
        ("frames.json", frames()?),
        ("pairing.json", pairings()?),
        ("refresh.json", refreshes()?),
        ("tapes.json", tapes()?),
    ])
}

/// The text of one file.
pub(crate) fn text(cases: &Value) -> Made<String> {
    Ok(serde_json::to_string_pretty(cases)? + "\n")
}

fn cards() -> Made<Value> {
    let stations = Stations::new()?;
    let cards = [
        (&stations.lower, stations.lower_random),
        (&stations.higher, stations.higher_random),
    ];
    let cases = cards.map(|(identity, random)| {
        let card = identity.card();
        let words = |language| fingerprint_words(&identity.fingerprint(), language);
        json!({
            "name": card.body.name.as_str(),
            "environment": card.body.environment.to_string(),
            "random": hex(&random),
            "identity_file": hex(&identity.to_secret()),
            "body": hex(&to_bytes(&card.body)),
            "fingerprint": hex(&identity.fingerprint().0),
            "words_english": words(Language::English),
            "words_russian": words(Language::Russian),
            "ed25519_signature": hex(&card.ed25519_signature),
            "ml_dsa_signature": hex(&card.ml_dsa_signature),
        })
    });
    Ok(json!(cases))
}

fn tapes() -> Made<Value> {
    let random = [0x33; 32];
    let reel = reel(7, 3, random)?;
    let keys = reel.keys.iter().map(|key| {
        json!({
            "number": key.number,
            "key": hex(&key.key),
            "check": hex(&tape_check(key)),
        })
    });
    Ok(json!({
        "environment": reel.environment.to_string(),
        "from": reel.from.as_str(),
        "to": reel.to.as_str(),
        "first_number": 7,
        "random": hex(&random),
        "reel": hex(&reel.id),
        "keys": keys.collect::<Vec<_>>(),
        "text": armour::reel_to_text(&reel).as_str(),
    }))
}

fn pairings() -> Made<Value> {
    let sm4 = suites(Suite::Sm4, Some(Suite::ChaCha20Poly1305))?;
    let mut cases = Vec::new();
    for (means, tapes, cards) in [
        ("tapes", true, false),
        ("cards", false, true),
        ("both", true, true),
    ] {
        let paired = Paired::new(Suites::DEFAULT, sm4, tapes, cards)?;
        let seed = |direction| hex(paired.lower.bearer_seed(direction).as_slice());
        cases.push(json!({
            "means": means,
            "letters": paired.letters(),
            "line": hex(&paired.lower.line()),
            "bearer_seeds": [seed(Direction::FromLower), seed(Direction::FromHigher)],
        }));
    }
    Ok(json!(cases))
}

fn envelopes() -> Made<Value> {
    let mut cases = Vec::new();
    for suites in all_suites() {
        let mut paired = Paired::new(suites, suites, true, false)?;
        let mut sealed = Vec::new();
        for (from_lower, kind, message) in [
            (true, Kind::OrderWire, "Ready.".to_owned()),
            (false, Kind::OrderWire, String::new()),
            (true, Kind::Service, "This is not an exercise. ".repeat(20)),
        ] {
            let at = sealed.len() as u8;
            let cipher = paired.sender(from_lower);
            let made = cipher.seal(kind, message.as_bytes(), Effort::Best, [0x60 + at; 32])?;
            let case = envelope_case(cipher, kind, message.as_bytes(), [0x60 + at; 32], &made);
            sealed.push(case);
        }
        if suites == Suites::DEFAULT {
            let chunk: Vec<u8> = (0..1_500_u32).map(|i| (i * i) as u8).collect();
            let cipher = paired.sender(true);
            let made = cipher.seal(Kind::Attachment, &chunk, Effort::Best, [0x70; 32])?;
            sealed.push(envelope_case(
                cipher,
                Kind::Attachment,
                &chunk,
                [0x70; 32],
                &made,
            ));
        }
        cases.push(json!({
            "suites": suites.to_string(),
            "letters": paired.letters(),
            "envelopes": sealed,
        }));
    }
    Ok(json!(cases))
}

fn envelope_case(
    sender: &Cipher,
    kind: Kind,
    message: &[u8],
    random: [u8; 32],
    sealed: &Sealed,
) -> Value {
    json!({
        "direction": sender.sending().byte(),
        "epoch": sealed.id.epoch,
        "number": sealed.id.number,
        "kind": kind.byte(),
        "life_id": hex(&sender.life().1),
        "message": hex(message),
        "random": hex(&random),
        "mark": sealed.mark,
        "envelope": hex(&sealed.envelope),
    })
}

fn frames() -> Made<Value> {
    let mut paired = Paired::new(Suites::DEFAULT, Suites::DEFAULT, true, false)?;
    let sealed = paired
        .lower
        .seal(Kind::OrderWire, b"Ready.", Effort::Fast, [0x61; 32])?;
    let envelope = envelope_case(
        &paired.lower,
        Kind::OrderWire,
        b"Ready.",
        [0x61; 32],
        &sealed,
    );
    let mut cases = Vec::new();
    for (name, frame) in plain_frames(sealed.mark) {
        cases.push(frame_case(name, &mut paired.lower, &frame)?);
    }
    let first_contact = contact_case("contact_first", &mut paired.lower, [0; 8], None)?;
    paired.higher.open(sealed.id, &sealed.envelope)?;
    let held = Received {
        cumulative: 1,
        bitmap: Vec::new(),
    };
    let echo = Echo {
        number: 0,
        repeat: 3,
    };
    let receipt = paired.higher.receipt(0, held, 17, echo);
    let receipt = Frame::Receipt(receipt.ok_or("nothing to receipt")?);
    cases.push(frame_case("receipt", &mut paired.higher, &receipt)?);
    let frame = paired.lower.contact_frame(None).ok_or("no contact frame")?;
    let Some(OpenedFrame::Contact(contact)) = paired.higher.open_frame(&frame) else {
        return Err("a contact frame does not open".into());
    };
    paired.higher.handle_contact(&contact);
    let life_id = paired.lower.life().1;
    cases.push(first_contact);
    let higher = &mut paired.higher;
    cases.push(contact_case("contact_answer", higher, life_id, None)?);
    cases.push(contact_case("contact_padded", higher, life_id, Some(128))?);
    let (_, log) = paired.higher.log_hash(paired.lower.sending());
    Ok(json!({
        "letters": paired.letters(),
        "envelope": envelope,
        "running_hash": hex(&log),
        "frames": cases,
    }))
}

/// Every form of a frame that carries symbols, and cover.
fn plain_frames(mark: u8) -> Vec<(&'static str, Frame)> {
    let symbols = |number, shape, length: u8| {
        Frame::Symbols(Symbols {
            number,
            mark,
            shape,
            bytes: (0..length).collect(),
        })
    };
    let single = |repeat| Shape::Single { repeat };
    let multi = |first, count| Shape::Multi {
        first,
        source: 12,
        count,
    };
    vec![
        ("single_short", symbols(Number::low(513), single(4_095), 40)),
        (
            "single_long",
            symbols(Number::Full(0x0102_0304), single(9), 40),
        ),
        ("multi_short", symbols(Number::low(5), multi(300, 1), 32)),
        ("multi_long", symbols(Number::Full(70_000), multi(0, 1), 32)),
        ("pack_short", symbols(Number::low(5), multi(12, 4), 128)),
        (
            "pack_long",
            symbols(Number::Full(70_000), multi(12, 4), 128),
        ),
        ("cover", Frame::Cover { padding: 55 }),
    ]
}

fn frame_case(name: &str, sender: &mut Cipher, frame: &Frame) -> Made<Value> {
    Ok(json!({
        "name": name,
        "direction": sender.sending().byte(),
        "epoch": 0,
        "plain": hex(&frame.to_bytes()),
        "frame": hex(&sender.seal_frame(0, frame)?),
    }))
}

/// A contact frame, of `size` bytes if one is given: `heard` is the life id of the other side that
/// it last heard.
fn contact_case(
    name: &str,
    sender: &mut Cipher,
    heard: [u8; 8],
    size: Option<usize>,
) -> Made<Value> {
    let mut plain = [&heard[..], &to_bytes(&sender.contact())].concat();
    let frame = sender.contact_frame(size).ok_or("no contact frame")?;
    if size.is_some() {
        plain.push(0x80);
        plain.resize(frame.len() - 16, 0);
    }
    Ok(json!({
        "name": name,
        "direction": sender.sending().byte(),
        "plain": hex(&plain),
        "frame": hex(&frame),
    }))
}

/// One exchange heals both directions, then a tape key goes in alone.
fn refreshes() -> Made<Value> {
    let mut paired = Paired::new(Suites::DEFAULT, Suites::DEFAULT, true, false)?;
    let tape = reel(8, 1, [0x44; 32])?;
    let tape = tape.keys.first().ok_or("an empty reel")?;
    for cipher in [&mut paired.lower, &mut paired.higher] {
        cipher.install_tape(Direction::FromLower, tape)?;
    }
    let mut steps = Vec::new();
    let offer = paired.higher.offer(now(1), [0x81; 32]);
    paired.carry(false, offer.ok_or("no offer")?, &mut steps)?;
    for (from_lower, use_tape, random) in [
        (true, false, 0x82),
        (false, false, 0x83),
        (true, true, 0x84),
    ] {
        let sender = paired.sender(from_lower);
        let open = sender.open_epoch(use_tape, [random; 32])?;
        paired.carry(from_lower, open, &mut steps)?;
        let sender = paired.sender(from_lower);
        let sealed = sender.seal(
            Kind::OrderWire,
            b"In the new epoch.",
            Effort::Fast,
            [random; 32],
        )?;
        steps.push(json!({
            "envelope": envelope_case(sender, Kind::OrderWire, b"In the new epoch.", [random; 32], &sealed),
        }));
        paired
            .receiver(from_lower)
            .open(sealed.id, &sealed.envelope)?;
    }
    let epochs = paired.lower.words_epochs();
    let words = |language| paired.lower.line_words(epochs, language);
    Ok(json!({
        "letters": paired.letters(),
        "offer_random": hex(&[0x81; 32]),
        "tape": { "direction": 0, "number": tape.number, "key": hex(&tape.key) },
        "steps": steps,
        "words_epochs": [epochs.0, epochs.1],
        "words_english": words(Language::English).map(|words| words.to_vec()),
        "words_russian": words(Language::Russian).map(|words| words.to_vec()),
    }))
}

/// Both stations, with the randomness that made them.
struct Stations {
    lower: Identity,
    higher: Identity,
    lower_random: [u8; 32],
    higher_random: [u8; 32],
}

impl Stations {
    fn new() -> Made<Self> {
        let station = |name: &str, random| {
            Identity::generate(name.parse()?, Environment::Exercise, random)
                .map_err(Box::<dyn Error>::from)
        };
        let (nord, sud) = ([0x11; 32], [0x22; 32]);
        let stations = Self {
            lower: station("NORD", nord)?,
            higher: station("SUD", sud)?,
            lower_random: nord,
            higher_random: sud,
        };
        if stations.lower.fingerprint() > stations.higher.fingerprint() {
            return Err("NORD must have the lower fingerprint".into());
        }
        Ok(stations)
    }
}

/// A confirmed line, both of its ends, and how it came about.
pub(crate) struct Paired {
    pub(crate) lower: Cipher,
    pub(crate) higher: Cipher,
    pairing: Pairing,
    nord: Identity,
    terms: Terms,
    letter1: Letter1,
    letter2: Letter2,
    letter3: Letter3,
}

impl Paired {
    pub(crate) fn new(
        from_lower: Suites,
        from_higher: Suites,
        tapes: bool,
        cards: bool,
    ) -> Made<Self> {
        let stations = Stations::new()?;
        let tape = |random| -> Made<Tape> {
            let reel = reel(7, 1, random)?;
            let key = reel.keys.first().ok_or("an empty reel")?.clone();
            Ok(Tape { reel: reel.id, key })
        };
        let tape_lower = tapes.then(|| tape([0x33; 32])).transpose()?;
        let tape_higher = tapes.then(|| tape([0x34; 32])).transpose()?;
        let terms = Terms {
            generation: 1,
            suites_from_lower: from_lower,
            suites_from_higher: from_higher,
            tape_lower,
            tape_higher,
            cards,
        };
        let (nord, sud) = (&stations.lower, &stations.higher);
        let (pairing, letter1) = Pairing::begin(nord, sud.card(), terms.clone(), [0x51; 32])?;
        let (letter2, mut higher) = answer(sud, nord.card(), &letter1, &terms, [0x52; 32])?;
        let (letter3, mut lower) = pairing.finish(nord, &letter2)?;
        higher.confirm(&letter3)?;
        lower.start_life([0x53; 32]);
        higher.start_life([0x54; 32]);
        Ok(Self {
            lower,
            higher,
            pairing,
            nord: stations.lower,
            terms,
            letter1,
            letter2,
            letter3,
        })
    }

    /// Finishes the same pairing with another answer.
    pub(crate) fn finish(&self, letter2: &Letter2) -> Made<(Letter3, Cipher)> {
        Ok(self.pairing.finish(&self.nord, letter2)?)
    }

    fn sender(&mut self, from_lower: bool) -> &mut Cipher {
        if from_lower {
            &mut self.lower
        } else {
            &mut self.higher
        }
    }

    pub(crate) fn receiver(&mut self, from_lower: bool) -> &mut Cipher {
        self.sender(!from_lower)
    }

    /// Hands a step of the refresh over, and its answer back.
    fn carry(&mut self, from_lower: bool, refresh: Refresh, steps: &mut Vec<Value>) -> Made<()> {
        let step = |from_lower: bool, refresh: &Refresh| {
            let direction = u8::from(!from_lower);
            json!({ "refresh": { "direction": direction, "bytes": hex(&to_bytes(refresh)) } })
        };
        steps.push(step(from_lower, &refresh));
        let answer = self.receiver(from_lower).handle_refresh(&refresh)?;
        if let Some(answer) = answer {
            steps.push(step(!from_lower, &answer));
            self.sender(from_lower).handle_refresh(&answer)?;
        }
        Ok(())
    }

    /// All that a follower needs to found the same line.
    fn letters(&self) -> Value {
        let tape = |tape: &Option<Tape>| {
            let key = tape.as_ref().map(|tape| hex(&tape.key.key));
            json!(key)
        };
        json!({
            "tape_lower": tape(&self.terms.tape_lower),
            "tape_higher": tape(&self.terms.tape_higher),
            "random_begin": hex(&[0x51; 32]),
            "letter1": hex(&to_bytes(&self.letter1)),
            "letter2": hex(&to_bytes(&self.letter2)),
            "letter3": hex(&to_bytes(&self.letter3)),
        })
    }
}

fn reel(first_number: u32, keys: u32, random: [u8; 32]) -> Made<Reel> {
    let (from, to) = ("NORD".parse()?, "SUD".parse()?);
    Ok(make_reel(
        Environment::Exercise,
        from,
        to,
        first_number,
        keys,
        random,
    )?)
}

fn all_suites() -> Vec<Suites> {
    let outers = || [None].into_iter().chain(Suite::ALL.map(Some));
    Suite::ALL
        .into_iter()
        .flat_map(|inner| outers().filter_map(move |outer| Suites::new(inner, outer)))
        .collect()
}

pub(crate) fn suites(inner: Suite, outer: Option<Suite>) -> Made<Suites> {
    Suites::new(inner, outer).ok_or_else(|| "not allowed".into())
}

pub(crate) fn now(seconds: u64) -> Now {
    Now {
        monotonic: Duration::from_secs(seconds),
        utc: Utc(1_792_000_000_000 + seconds * 1_000),
    }
}

fn hex(bytes: &[u8]) -> String {
    bytes.iter().map(|byte| format!("{byte:02x}")).collect()
}
