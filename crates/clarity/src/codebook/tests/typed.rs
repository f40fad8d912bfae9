//! What is typed into a blank and is not taken.

use super::*;
use crate::moment::MomentFault;

#[test]
fn what_does_not_fit_a_blank_is_refused_with_a_sentence() {
    let both = starter();
    let good = [
        ("what", "3"),
        ("count", "2"),
        ("place", "on the high seas"),
        ("from", "2027-10-31T18:00Z"),
        ("hours", "4"),
    ];
    assert!(encode(&both, 2, &good).is_ok());
    let refused = |name: &str, text: &str| {
        let typed = good.map(|(known, value)| (known, if known == name { text } else { value }));
        encode(&both, 2, &typed).unwrap_err().to_string()
    };
    assert_eq!(
        refused("what", "11"),
        "'what' takes a number from 1 to 10 of the list 'activity', or 0: in our next message"
    );
    assert!(refused("what", "a parade").starts_with("'what' takes a number"));
    for count in ["65536", "+2", "-1", "2.5", "many"] {
        assert_eq!(
            refused("count", count),
            "'count' takes a whole number from 0 to 65535, in digits alone"
        );
    }
    assert_eq!(
        refused("hours", "0"),
        "'hours' takes a whole number from 1 to 255, in digits alone"
    );
    assert_eq!(refused("hours", "256"), refused("hours", "0"));
    assert_eq!(
        refused("from", "31/10/2027 18:00"),
        "'from': two people could read this as two days; write it as 2027-10-31T18:00Z"
    );
    for minute in [
        "2027-10-31T18:00:01Z",
        "2019-12-31T23:59Z",
        "2051-11-24T20:16Z",
    ] {
        assert_eq!(
            refused("from", minute),
            "'from' takes a whole minute from 2020-01-01 to 2051-11-24: leave the seconds away"
        );
    }
    assert_eq!(
        refused("place", " "),
        "'place' is not filled: it says where the activity takes place"
    );
}

#[test]
fn blank_that_is_missing_strange_or_there_twice_is_named() {
    let both = starter();
    let refused = |number, typed: &[(&str, &str)]| encode(&both, number, typed).unwrap_err();
    let from = ("from", "2027-10-31T18:00Z");
    assert_eq!(refused(9, &[]), BlankError::NoEntry(9));
    let missing = refused(6, &[from]).to_string();
    assert_eq!(
        missing,
        "'hours' is not filled: it says how many hours the period lasts"
    );
    assert_eq!(
        refused(6, &[from, from]),
        BlankError::Twice("from".to_owned())
    );
    let strange = refused(6, &[from, ("until", "x")]).to_string();
    assert_eq!(
        strange,
        "there is no blank 'until': this entry has from, hours, time"
    );
    let fault = refused(6, &[("from", "2027-10-31T18:00")]);
    let name = "from".to_owned();
    assert_eq!(
        fault,
        BlankError::Time {
            name,
            fault: MomentFault::NoZone
        }
    );
}

#[test]
fn term_that_the_blank_or_the_lexicon_does_not_have_is_refused() {
    let mut both = starter();
    for text in ["T-012", "T-999", "4", "denial of service", "T-04"] {
        let typed = [
            ("act", text),
            ("count", "1"),
            ("time", "2027-10-31T18:00Z"),
            ("answer_by", "2027-10-31T20:00Z"),
        ];
        let refused = encode(&both, 7, &typed).unwrap_err().to_string();
        assert!(
            refused.starts_with("'act' takes one of T-001, T-004,"),
            "{refused}"
        );
    }
    let entry = both.0.entries.get_mut(&7).unwrap();
    entry.blanks.truncate(1);
    entry.blanks[0].kind = BlankKind::Term { terms: Vec::new() };
    assert_eq!(encode(&both, 7, &[("act", "T-012")]).unwrap().blanks, [12]);
    let refused = encode(&both, 7, &[("act", "T-199")]).unwrap_err();
    assert!(
        refused
            .to_string()
            .starts_with("'act' takes the number of a term")
    );
}
