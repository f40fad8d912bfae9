//! Words that come out of order, and words of a peer that the table refuses.

use std::time::Duration;

use redphone_api::NewAct;

use crate::support::{BEARER, Pair};
use crate::warned::{NORD, SUD, answer, commit, defer, read, states, warned};

/// Frames that SUD has for NORD by now, without NORD being given them.
fn frames(pair: &mut Pair) -> Vec<Vec<u8>> {
    let now = pair.now;
    let mut frames = Vec::new();
    while let Some(frame) = pair.sides[SUD].hub.poll_transmit(now, BEARER) {
        frames.push(frame);
    }
    frames
}

fn give(pair: &mut Pair, frames: &[Vec<u8>]) {
    let now = pair.now;
    for frame in frames {
        pair.sides[NORD].hub.handle_frame(now, BEARER, frame);
        pair.sides[NORD].hub.commit(now).unwrap();
    }
}

#[test]
pub(crate) fn acts_count_in_the_order_of_serials_whatever_comes_first() {
    let mut pair = warned();
    answer(&mut pair, SUD, "NORD-0001", vec![defer(1, 6)], "").unwrap();
    let first = frames(&mut pair);
    answer(&mut pair, SUD, "NORD-0001", vec![commit(1)], "").unwrap();
    let second = frames(&mut pair);

    give(&mut pair, &second);
    assert_eq!(states(&mut pair, "NORD-0001")[NORD][0], "delivered");
    assert!(read(&mut pair, NORD, "SUD-0002").reply.unwrap().waits);

    give(&mut pair, &first);
    assert_eq!(states(&mut pair, "NORD-0001")[NORD][0], "committed");
    for message in ["SUD-0001", "SUD-0002"] {
        let reply = read(&mut pair, NORD, message).reply.unwrap();
        assert!(!reply.waits && reply.refused.is_empty(), "{message}");
    }
}

#[test]
fn answer_does_not_wait_for_ever_for_what_is_missing_before_it() {
    let mut pair = warned();
    answer(&mut pair, SUD, "NORD-0001", vec![defer(2, 6)], "").unwrap();
    drop(frames(&mut pair));
    answer(&mut pair, SUD, "NORD-0001", vec![commit(1)], "").unwrap();
    let second = frames(&mut pair);
    give(&mut pair, &second);

    pair.step(Duration::from_secs(899));
    assert_eq!(states(&mut pair, "NORD-0001")[NORD][0], "delivered");
    pair.step(Duration::from_secs(2));
    assert_eq!(states(&mut pair, "NORD-0001")[NORD][0], "committed");
}

#[test]
fn words_that_cross_are_refused_with_a_sentence_and_kept_with_their_message() {
    let mut pair = warned();
    // SUD commits while NORD withdraws: neither has seen the other's word.
    answer(&mut pair, SUD, "NORD-0001", vec![commit(1)], "").unwrap();
    let withdraw = vec![NewAct::Withdraw { ask: 1 }];
    answer(&mut pair, NORD, "NORD-0001", withdraw, "").unwrap();
    pair.run(Duration::from_millis(200));

    let withdrawn = "withdrawn".to_owned();
    let [ours, theirs] = states(&mut pair, "NORD-0001");
    assert_eq!((&ours[0], &theirs[0]), (&withdrawn, &withdrawn));
    let reply = read(&mut pair, NORD, "SUD-0001").reply.unwrap();
    assert_eq!(reply.refused.len(), 1);
    let because = &reply.refused[0].because;
    assert!(because.en.contains("the asker withdrew this ask"));
    assert!(because.ru.contains("снял этот запрос"));
}
