//! A hostile peer who holds the keys is bounded everywhere, and cannot make a line panic.

mod pair;

use pair::{Pair, lan, ms, secs};
use redphone_line::{Arrival, Refused};
use redphone_wire::{EnvelopeId, Number, Precedence, Receipt, Received, Shape, Symbols};

fn symbols(number: u32, shape: Shape, bytes: Vec<u8>) -> Symbols {
    Symbols {
        number: Number::Full(number),
        mark: 9,
        shape,
        bytes,
    }
}

#[test]
fn random_symbols_and_receipts_are_survived() {
    let mut pair = Pair::warm(1, lan(), ms(1), 0.0);
    let bearer = pair.links[0].id;
    for _ in 0..50_000 {
        let draw = pair.draw();
        let now = pair.now();
        let number = (draw >> 40) as u32 % 3_000;
        let count = (draw >> 8) as u8 % 4 + 1;
        let source = (draw >> 16) as u16 % 4_094 + 2;
        let first = (draw >> 32) as u16 & 0x7fff;
        let length = (draw as usize % 40 + 1) * usize::from(count);
        let shape = Shape::Multi {
            first,
            source: source >> (draw % 12),
            count,
        };
        let line = &mut pair.sides[1].line;
        line.heard(now, bearer);
        let frame = symbols(number, shape, vec![draw as u8; length]);
        if let Arrival::Whole { id, mark, .. } = line.handle_symbols(now, bearer, 3, &frame) {
            line.handle_unopenable(id, mark);
        }
        let receipt = Receipt {
            epoch: (draw % 5) as u32,
            received: Received {
                cumulative: number,
                bitmap: vec![draw as u8 | 1; (draw % 128) as usize],
            },
            heard: draw as u16,
            echo: redphone_wire::Echo {
                number: draw as u8,
                repeat: (draw >> 3) as u8,
            },
            proof: [0; 8],
        };
        line.handle_receipt(now, bearer, &receipt);
        line.handle_contact(now, bearer, draw & 1 == 0);
        pair.now += ms(1);
    }
    // The genuine next message still gets through, both ways.
    let ids = [0, 1].map(|side| pair.submit(side, 205, Precedence::Flash));
    pair.run(secs(10));
    assert!(pair.at_peer(0, ids[0]).is_some() && pair.at_peer(1, ids[1]).is_some());
}

#[test]
fn number_too_far_ahead_is_refused() {
    let mut pair = Pair::warm(1, lan(), ms(1), 0.0);
    let (now, bearer) = (pair.now(), pair.links[0].id);
    let single = Shape::Single { repeat: 0 };
    let frame = symbols(70_000, single, vec![1; 50]);
    let arrival = pair.sides[1].line.handle_symbols(now, bearer, 3, &frame);
    assert_eq!(arrival, Arrival::Refused(Refused::NumberTooFarAhead));
}

#[test]
fn another_mark_under_an_opened_number_is_named() {
    let mut pair = Pair::warm(1, lan(), ms(1), 0.0);
    let (now, bearer) = (pair.now(), pair.links[0].id);
    let id = EnvelopeId {
        epoch: 3,
        number: 2,
    };
    let mark = pair.sides[0].envelopes[&id][0].wrapping_add(1);
    let mut frame = symbols(2, Shape::Single { repeat: 0 }, vec![1; 50]);
    frame.mark = mark;
    let arrival = pair.sides[1].line.handle_symbols(now, bearer, 3, &frame);
    assert_eq!(arrival, Arrival::OtherMark { id, mark });
}

#[test]
fn envelope_that_does_not_open_is_collected_anew() {
    let mut pair = Pair::warm(1, lan(), ms(1), 0.0);
    let bearer = pair.links[0].id;
    let id = pair.submit(0, 4_000, Precedence::Routine);
    // A forger with the frame key adds a symbol of his own before the genuine ones come.
    let now = pair.now();
    let mark = pair.sides[0].envelopes[&id][0];
    let shape = Shape::Multi {
        first: 9,
        source: 3,
        count: 1,
    };
    let mut frame = symbols(id.number, shape, vec![0; 1_334]);
    frame.mark = mark;
    let arrival = pair.sides[1].line.handle_symbols(now, bearer, 3, &frame);
    assert_eq!(arrival, Arrival::Partial);
    pair.sides[1].line.handle_unopenable(id, mark);
    assert!(pair.run_until_receipted(secs(10)));
}

#[test]
fn symbols_of_any_numbers_and_contents_are_survived() {
    let mut pair = Pair::warm(2, lan(), ms(1), 0.0);
    let bearer = pair.links[0].id;
    for number in 100..200_u32 {
        let draw = pair.draw();
        let source = (draw % 300) as u16 + 2;
        let length = (draw >> 16) as usize % 40 + 1;
        let mut arrivals = Vec::new();
        for _ in 0..source + 70 {
            let now = pair.now();
            let first = pair.draw() as u16;
            let shape = Shape::Multi {
                first,
                source,
                count: 1,
            };
            let bytes = (0..length).map(|_| pair.draw() as u8).collect();
            let line = &mut pair.sides[1].line;
            arrivals.push(line.handle_symbols(now, bearer, 3, &symbols(number, shape, bytes)));
        }
        let ends = |arrival: &Arrival| {
            matches!(
                arrival,
                Arrival::Refused(Refused::Padding) | Arrival::Whole { .. }
            )
        };
        assert!(arrivals.iter().any(ends), "seed {} {number}", pair.seed);
    }
}

#[cfg(feature = "planted-bugs")]
mod planted {
    use redphone_line::planted::{Bug, is_noticed};

    use super::*;

    #[test]
    fn symbols_kept_of_what_does_not_open_are_noticed() {
        is_noticed(
            Bug::UnopenableKept,
            envelope_that_does_not_open_is_collected_anew,
        );
    }
}
