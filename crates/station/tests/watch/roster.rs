//! The handover: each open thing is ticked, the alarm was heard, or there is a reason.

use redphone_api::{AlarmAct, Refusal, Request, Response, WatchView};

use crate::support::{Pair, entropy, key};
use crate::{SUD, acknowledge, act, flashed, s};

fn roster(pair: &mut Pair) -> WatchView {
    let now = pair.now;
    match pair.sides[SUD].ask(now, Request::Watch) {
        Ok(Response::Watch(view)) => *view,
        other => panic!("{other:?}"),
    }
}

fn take(
    pair: &mut Pair,
    officer: &str,
    ticks: &[&str],
    because: &str,
) -> Result<Response, Refusal> {
    let request = Request::WatchTake {
        officer: officer.to_owned(),
        next: "2nd watch".to_owned(),
        chief: "chief of watch".to_owned(),
        ticks: ticks.iter().map(|tick| (*tick).to_owned()).collect(),
        because: because.to_owned(),
    };
    let now = pair.now;
    pair.sides[SUD].ask(now, request)
}

fn hand(pair: &mut Pair, to: &str, officer: &str) -> Result<Response, Refusal> {
    let request = Request::WatchHand {
        to: to.to_owned(),
        officer: officer.to_owned(),
    };
    let now = pair.now;
    pair.sides[SUD].ask(now, request)
}

fn prove(pair: &mut Pair, officer: &str) {
    act(pair, AlarmAct::Prove, "").unwrap();
    act(pair, AlarmAct::Heard, officer).unwrap();
}

#[test]
fn watch_is_taken_with_every_open_thing_ticked_and_the_alarm_heard() {
    let mut pair = flashed();
    let keys: Vec<String> = roster(&mut pair)
        .open
        .into_iter()
        .map(|one| one.key)
        .collect();
    assert!(keys.contains(&"NORD-0001".to_owned()), "{keys:?}");
    let keys: Vec<&str> = keys.iter().map(String::as_str).collect();
    let unheard = take(&mut pair, "1st watch", &keys, "").unwrap_err();
    assert!(
        unheard.what.contains("has not heard the alarm"),
        "{unheard}"
    );
    prove(&mut pair, "1st watch");
    let unticked = take(&mut pair, "1st watch", &[], "").unwrap_err();
    assert!(
        unticked.what.contains("not ticked: NORD-0001"),
        "{unticked}"
    );
    take(&mut pair, "1st watch", &keys, "").unwrap();
    let view = roster(&mut pair);
    assert_eq!(view.on.unwrap().0, "1st watch");
    assert_eq!(
        (view.next.as_str(), view.chief.as_str()),
        ("2nd watch", "chief of watch")
    );
    acknowledge(&mut pair);
    assert!(
        !roster(&mut pair)
            .open
            .iter()
            .any(|one| one.key == "NORD-0001")
    );
}

#[test]
fn handover_without_tick_or_proof_or_the_hand_of_the_other_needs_a_reason() {
    let mut pair = flashed();
    take(&mut pair, "1st watch", &[], "first watch of this station").unwrap();
    prove(&mut pair, "2nd watch");
    let keys: Vec<String> = roster(&mut pair)
        .open
        .into_iter()
        .map(|one| one.key)
        .collect();
    let keys: Vec<&str> = keys.iter().map(String::as_str).collect();
    let unhanded = take(&mut pair, "2nd watch", &keys, "").unwrap_err();
    assert!(unhanded.what.contains("1st watch has not handed it over"));
    assert!(
        hand(&mut pair, "2nd watch", "3rd watch").is_err(),
        "not his"
    );
    hand(&mut pair, "2nd watch", "1st watch").unwrap();
    assert_eq!(
        roster(&mut pair).on.unwrap().0,
        "1st watch",
        "not taken yet"
    );
    take(&mut pair, "2nd watch", &keys, "").unwrap();
    assert!(roster(&mut pair).handed.is_none());
    take(&mut pair, "3rd watch", &[], "2nd watch is ill").unwrap();

    // The same after a restart.
    let before = roster(&mut pair);
    let now = pair.now;
    let disk = pair.sides[SUD].disk.clone();
    pair.sides[SUD].hub =
        redphone_station::Hub::open(disk.open(), &key(), now, entropy(77)).unwrap();
    pair.sides[SUD].hub.commit(now).unwrap();
    assert_eq!(roster(&mut pair).on, before.on);
    // A proof of long ago is none.
    pair.step(s(3_600));
    hand(&mut pair, "2nd watch", "3rd watch").unwrap();
    let old = take(&mut pair, "2nd watch", &keys, "").unwrap_err();
    assert!(
        old.what.contains("2nd watch has not heard the alarm"),
        "{old}"
    );
}
