//! The alarm: it repeats until all is acknowledged, a silence comes back, a proof is heard.

use redphone_api::{AlarmAct, Request};
use redphone_station::Rung;
use redphone_wire::Precedence;

use crate::support::Pair;
use crate::{NORD, SUD, acknowledge, act, alarm, flashed, rings, rings_within, s, summary, told};

#[test]
fn alarm_repeats_until_a_named_person_acknowledges() {
    let mut pair = flashed();
    let first = rings(&mut pair);
    assert_eq!(first.len(), 1);
    assert_eq!(first[0].precedence, Some(Precedence::Flash));
    assert_eq!((first[0].count, first[0].level), (1, 0));
    assert_eq!(first[0].station.as_str(), "SUD");
    assert_eq!(rings_within(&mut pair, 60), 4);
    acknowledge(&mut pair);
    assert_eq!(rings_within(&mut pair, 600), 0);
    assert!(!alarm(&mut pair, SUD).rings);
    assert!(rings(&mut pair).is_empty());
}

#[test]
pub(crate) fn silence_is_local_comes_back_by_itself_and_acknowledges_nothing() {
    let mut pair = flashed();
    rings(&mut pair);
    act(&mut pair, AlarmAct::Silence, "1st watch").unwrap();
    assert_eq!(rings_within(&mut pair, 29), 0);
    assert_eq!(alarm(&mut pair, SUD).waiting, 1, "still not acknowledged");
    assert!(rings_within(&mut pair, 2) > 0, "it comes back by itself");
    pair.run(s(1));
    for side in [NORD, SUD] {
        assert!(
            summary(&mut pair, side, "NORD-0001")
                .acknowledged_by
                .is_empty()
        );
    }
    assert_eq!(told(&pair, NORD, "ilence"), 0, "the other side is not told");
    // Silenced again and again, it rises all the same.
    for _ in 0..6 {
        let _ = act(&mut pair, AlarmAct::Silence, "1st watch");
        rings_within(&mut pair, 20);
    }
    assert_eq!(alarm(&mut pair, SUD).level, 1);
}

#[test]
fn nothing_that_rings_cannot_be_silenced() {
    let mut pair = Pair::paired();
    let refusal = act(&mut pair, AlarmAct::Silence, "1st watch").unwrap_err();
    assert_eq!(refusal.what, "Nothing rings.");
}

#[test]
fn what_is_not_urgent_rings_once_until_it_rises() {
    let mut pair = Pair::paired();
    let now = pair.now;
    let routine = Request::Send {
        to: None,
        precedence: "routine".to_owned(),
        text: "One.".to_owned(),
        subject: String::new(),
        officer: "1st watch".to_owned(),
        attachments: Vec::new(),
    };
    pair.sides[NORD].ask(now, routine).unwrap();
    pair.run(s(1));
    assert_eq!(rings(&mut pair).len(), 1);
    assert_eq!(rings_within(&mut pair, 120), 0);
    assert!(!alarm(&mut pair, SUD).rings);
    pair.step(s(6 * 3_600));
    assert!(alarm(&mut pair, SUD).rings);
    assert!(rings_within(&mut pair, 60) >= 4);
}

#[test]
fn proof_counts_when_it_rang_and_somebody_heard_it() {
    let mut pair = Pair::paired();
    let now = pair.now;
    pair.sides[SUD]
        .hub
        .set_watch(now, Default::default(), true, s(15));
    assert!(act(&mut pair, AlarmAct::Heard, "1st watch").is_err());
    act(&mut pair, AlarmAct::Prove, "").unwrap();
    let rung = rings(&mut pair);
    assert!(rung.len() == 1 && rung[0].is_proof());
    // Not before its command has ended well.
    assert!(act(&mut pair, AlarmAct::Heard, "1st watch").is_err());
    for (failed, may) in [(Some("exit 1".to_owned()), false), (None, true)] {
        let proof = true;
        let now = pair.now;
        pair.sides[SUD].hub.handle_rung(now, Rung { proof, failed });
        assert_eq!(act(&mut pair, AlarmAct::Heard, "1st watch").is_ok(), may);
    }
    assert_eq!(told(&pair, SUD, "The alarm did not ring: exit 1"), 1);
    let proven = alarm(&mut pair, SUD).proven.unwrap();
    assert_eq!(proven.0, "1st watch");
    assert!(
        act(&mut pair, AlarmAct::Heard, "1st watch").is_err(),
        "once"
    );
    assert!(act(&mut pair, AlarmAct::Heard, " ").is_err(), "by name");
}
