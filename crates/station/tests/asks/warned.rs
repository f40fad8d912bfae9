//! A pair on which NORD has warned SUD, and what both desks say of it.

use std::time::Duration;

use redphone_api::{Answered, Ask, AskBoard, Message, NewAct, Refusal, Request, Response};
use redphone_wire::{
    Ask as WireAsk, Authority, Form, Language, Mark, Part, Precedence, Reference, UtcSeconds, Verb,
    Warning,
};

use crate::support::{Pair, start};

pub(crate) const HOUR_S: u32 = 3_600;
pub(crate) const NORD: usize = 0;
pub(crate) const SUD: usize = 1;

/// An instant so many hours after the pair was founded, in milliseconds.
pub(crate) fn hours(hours: u32) -> u64 {
    u64::from(seconds(hours).0) * 1_000
}

pub(crate) fn seconds(hours: u32) -> UtcSeconds {
    UtcSeconds(start().utc.seconds().0 + hours * HOUR_S)
}

pub(crate) fn ask(number: u8, verb: Verb, object: &str) -> WireAsk {
    WireAsk {
        number,
        to: "the Government of SUD".to_owned(),
        verb,
        object: object.to_owned(),
        act_by: seconds(20),
        answer_by: seconds(8),
    }
}

/// A warning that asks to stop and to name.
pub(crate) fn warning(reference: Reference) -> Form {
    let asks = vec![
        ask(1, Verb::Stop, "entries into the registers"),
        ask(2, Verb::Name, "who ordered them"),
    ];
    Form::Warning(Box::new(Warning {
        language: Language::English,
        lexicon: None,
        reference,
        conduct: Part::Marked(Mark::NotDisclosed),
        basis: Part::Marked(Mark::None),
        bright_line: Part::Marked(Mark::None),
        consequence: Part::Marked(Mark::Undecided),
        asks: Part::Filled(asks),
        assurance: Part::Marked(Mark::None),
        authority: Authority {
            on_behalf_of: "the Government of NORD".to_owned(),
        },
        contact: None,
        note: None,
    }))
}

pub(crate) fn warn(pair: &mut Pair, reference: Reference) {
    let now = pair.now;
    let peer = pair.sides[NORD].peer.clone();
    let side = &mut pair.sides[NORD];
    let form = warning(reference);
    side.hub
        .send_form(now, &peer, Precedence::Immediate, form, "1st watch")
        .unwrap();
    let events = side.hub.commit(now).unwrap();
    side.events.extend(events);
}

/// NORD 0001 is a warning with two asks, and SUD's station holds it.
pub(crate) fn warned() -> Pair {
    let mut pair = Pair::paired();
    warn(&mut pair, Reference::New);
    pair.run(Duration::from_millis(200));
    pair
}

pub(crate) fn answer(
    pair: &mut Pair,
    side: usize,
    message: &str,
    acts: Vec<NewAct>,
    note: &str,
) -> Result<Answered, Refusal> {
    let request = Request::Answer {
        message: message.parse().unwrap(),
        acts,
        note: note.to_owned(),
        officer: "2nd watch".to_owned(),
        check_only: false,
    };
    ask_for(pair, side, request)
}

pub(crate) fn ask_for(pair: &mut Pair, side: usize, request: Request) -> Result<Answered, Refusal> {
    let now = pair.now;
    match pair.sides[side].ask(now, request)? {
        Response::Answered(answered) => Ok(*answered),
        other => panic!("{other:?}"),
    }
}

pub(crate) fn read(pair: &mut Pair, side: usize, message: &str) -> Message {
    let message = message.parse().unwrap();
    let now = pair.now;
    match pair.sides[side].ask(now, Request::Read { message }) {
        Ok(Response::Message(message)) => *message,
        other => panic!("{other:?}"),
    }
}

pub(crate) fn board(pair: &mut Pair, side: usize) -> AskBoard {
    let now = pair.now;
    match pair.sides[side].ask(now, Request::Asks { peer: None }) {
        Ok(Response::Asks(board)) => *board,
        other => panic!("{other:?}"),
    }
}

/// The states of the asks of a message, at both desks.
pub(crate) fn states(pair: &mut Pair, message: &str) -> [Vec<String>; 2] {
    [NORD, SUD].map(|side| {
        let asks = read(pair, side, message).asks;
        asks.into_iter().map(|ask| ask.state.en).collect()
    })
}

pub(crate) fn flags(ask: &Ask) -> Vec<&str> {
    ask.flags.iter().map(|flag| flag.en.as_str()).collect()
}

pub(crate) fn commit(ask: u8) -> NewAct {
    NewAct::Commit {
        ask,
        who: "the Ministry of SUD".to_owned(),
        verb: "stop".to_owned(),
        object: "entries into the registers".to_owned(),
        by: hours(20),
    }
}

pub(crate) fn defer(ask: u8, until: u32) -> NewAct {
    NewAct::Defer {
        ask,
        until: hours(until),
        who: "the Ministry of SUD".to_owned(),
    }
}

pub(crate) fn told(pair: &Pair, side: usize, words: &str) -> usize {
    let events = pair.sides[side].events.iter();
    events.filter(|event| event.said.contains(words)).count()
}

pub(crate) fn pass_hours(pair: &mut Pair, hours: u32) {
    pair.step(Duration::from_secs(u64::from(hours * HOUR_S)));
    pair.run(Duration::from_millis(200));
}
