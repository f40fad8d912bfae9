//! Read-backs by command, on a live pair: what SUD understood of a warning, and NORD's word on it.

#![allow(
    clippy::expect_used,
    clippy::indexing_slicing,
    clippy::panic,
    clippy::unwrap_used,
    reason = "a helper of a test fails the test"
)]

mod stations;

use std::fs;
use std::path::Path;
use std::process::Output;

use stations::{Homes, Station, scratch};

const HOST: &str = "127.0.0.1";
const NORD: usize = 0;
const SUD: usize = 1;
/// Later than any day on which this runs as a test.
const WARNING: &str = r#"
marker = "WARNING"
language = "en"
[conduct]
mark = "not-disclosed"
[basis]
mark = "not-disclosed"
[bright_line]
act = "T-007"
count = 1
where = "the registers listed in Annex 1"
from = "2091-10-31T18:00Z"
to = "2091-11-09T06:00Z"
judge = "our record"
[consequence]
mark = "undecided"
[[ask]]
to = "the Government of SUD"
verb = "stop"
object = "T-007 in the registers listed in Annex 1"
act_by = "2091-10-31T18:00Z"
answer_by = "2091-10-30T18:00Z"
[assurance]
mark = "none"
[authority]
on_behalf_of = "the Government of NORD"
"#;

fn refused(output: &Output, exit: i32, words: &str) {
    let told = String::from_utf8_lossy(&output.stderr);
    assert_eq!(output.status.code(), Some(exit), "{told}");
    assert!(told.contains(words), "{told}");
}

/// What SUD's officer understood, item by item, in his own words where that is the same.
const UNDERSTOOD: [&str; 23] = [
    "not disclosed",
    "определено, не раскрывается",
    "t-007",
    "plain",
    "1",
    "Annex",
    "1",
    "plain",
    "311800Z OCT 91",
    "2091-11-08T06:00Z",
    "plain",
    "undecided",
    "government",
    "СУД",
    "plain",
    "прекратить",
    "T-007",
    "annex",
    "1",
    "plain",
    "2091-10-31 18:00 UTC",
    "301800Z OCT 91",
    "none",
];
/// The item that is wrong: until when the line is drawn.
const WRONG: &str = "10";

/// The blank card with these words between its quotes.
fn fill(card: &str, words: &[&str]) -> String {
    let mut words = words.iter();
    let lines = card.lines().map(|line| {
        let mut filled = line.to_owned();
        if !line.starts_with('#') {
            filled = line.replacen("\"\"", &format!("\"{}\"", words.next().unwrap()), 1);
        }
        filled + "\n"
    });
    let filled = lines.collect();
    assert_eq!(words.next(), None, "{card}");
    filled
}

fn started(homes: &Homes) -> (Station, Station) {
    let mut nord = homes.start(NORD, &[]);
    let mut sud = homes.start(SUD, &[]);
    assert!(homes.ready(NORD, &mut nord) && homes.ready(SUD, &mut sud));
    (nord, sud)
}

fn warn(homes: &Homes, root: &Path) {
    let file = root.join("warning.toml");
    fs::write(&file, WARNING).unwrap();
    let path = file.to_str().unwrap();
    homes.run(NORD, &["send", "--precedence", "immediate", "--file", path]);
    homes.until(SUD, &["read", "NORD-0001"], &["NOT YET READ BACK"]);
}

fn read_back(homes: &Homes, words: [&str; 2]) {
    let [item, value] = words;
    homes.run(
        SUD,
        &[
            "readback",
            "NORD-0001",
            "--item",
            item,
            value,
            "--as",
            "2nd watch",
        ],
    );
}

#[test]
fn what_was_misread_is_corrected_item_by_item_until_the_sender_says_correct() {
    let root = scratch("readback");
    let homes = Homes::paired(&root.join("paired"), [HOST; 2], [17_661, 17_671]);
    let stations = started(&homes);
    warn(&homes, &root);
    first_read_back(&homes, &root);
    let told = homes.run(NORD, &["readback", "SUD-0002"]);
    println!("{told}");
    assert!(
        told.contains("read back    2091-11-08T06:00Z\n")
            && told.contains("the message  2091-11-09 06:00 UTC\n"),
        "{told}"
    );
    assert_eq!(told.matches("same: ").count(), 22, "{told}");
    let hasty = homes.try_run(NORD, &["readback", "confirm", "SUD-0002"]);
    refused(&hasty, 4, "differs in item 10 (bright line, to)");
    let right = homes.try_run(NORD, &["readback", "correct", "SUD-0002", "--allow", "3"]);
    refused(&right, 2, "Item 3 (bright line, act) does not differ");
    homes.run(
        NORD,
        &["readback", "correct", "SUD-0002", "--as", "1st watch"],
    );
    homes.until(SUD, &["readback"], &["CORRECTED", "1 item differs"]);

    let again = homes.run(SUD, &["readback", "NORD-0001", "--card"]);
    assert!(
        !again.contains("2091"),
        "the original is not printed: {again}"
    );
    assert!(
        again.lines().count() == 3 && again.contains("10  = \"\""),
        "{again}"
    );
    read_back(&homes, [WRONG, "090600Z NOV 91"]);
    homes.until(
        NORD,
        &["readback"],
        &["every item the same", "confirm SUD-0003"],
    );
    let ladder = homes.run(NORD, &["read", "1"]);
    assert!(ladder.contains("READ BACK     not yet"), "{ladder}");
    homes.run(NORD, &["readback", "confirm", "1", "--as", "1st watch"]);
    let read = homes.until(SUD, &["read", "NORD-0001"], &["CORRECT by 1st watch"]);
    assert!(!read.contains("READ BACK     not yet"), "{read}");
    let read = homes.until(
        NORD,
        &["read", "1"],
        &["by 2nd watch, their station's claim"],
    );
    assert!(
        read.contains("DEFERRED") && read.contains("NOT READ BACK"),
        "{read}"
    );
    println!("{read}");
    let late = homes.try_run(SUD, &["readback", "NORD-0001", "--item", "1", "none"]);
    refused(&late, 5, "was read back and confirmed");
    homes.until(NORD, &["readback"], &["No message waits"]);
    drop(stations);
    let _ = fs::remove_dir_all(root);
}

/// An answer before the read-back is taken and flagged; then a card with one wrong item goes.
fn first_read_back(homes: &Homes, root: &Path) {
    let early = [
        "answer",
        "NORD-1",
        "--ask",
        "1",
        "defer",
        "--until",
        "2091-10-29T18:00Z",
    ];
    homes.run(SUD, &[&early[..], &["--who", "the Ministry"]].concat());
    homes.until(NORD, &["asks"], &["DEFERRED", "NOT READ BACK"]);

    let card = homes.run(SUD, &["readback", "NORD-0001", "--card"]);
    assert!(
        !card.contains("2091"),
        "the original is not printed: {card}"
    );
    println!("{card}");
    let file = root.join("card.toml");
    let path = file.to_str().unwrap();
    fs::write(&file, &card).unwrap();
    let blank = homes.try_run(SUD, &["readback", "NORD-0001", "--file", path]);
    refused(&blank, 4, "Blank on the card of NORD 0001");
    fs::write(&file, fill(&card, &UNDERSTOOD)).unwrap();
    let sent = homes.run(
        SUD,
        &["readback", "NORD-0001", "--file", path, "--as", "2nd watch"],
    );
    assert!(sent.starts_with("SUD 0002 to NORD  RELEASED"), "{sent}");
    let unreadable = homes.try_run(SUD, &["readback", "NORD-0001", "--item", "9", "18:00"]);
    refused(&unreadable, 4, "Item 9 (bright line, from) cannot be read");
    homes.until(
        NORD,
        &["readback"],
        &["OUR WORD IS NEXT", "correct SUD-0002"],
    );
}

#[test]
fn third_miss_of_one_item_opens_the_order_wire_once_on_both_sides() {
    let root = scratch("readback-wire");
    let homes = Homes::paired(&root.join("paired"), [HOST; 2], [17_681, 17_691]);
    let mut stations = started(&homes);
    warn(&homes, &root);
    let card = homes.run(SUD, &["readback", "NORD-0001", "--card"]);
    let file = root.join("card.toml");
    fs::write(&file, fill(&card, &UNDERSTOOD)).unwrap();
    let path = file.to_str().unwrap();
    homes.run(SUD, &["readback", "NORD-0001", "--file", path]);
    for serial in 1..=4 {
        let carrier = format!("SUD-{serial:04}");
        homes.until(NORD, &["readback"], &[&format!("correct {carrier}")]);
        if serial == 3 {
            // A restart between the second miss and the third.
            stations.0.kill();
            stations.0 = homes.start_again(NORD);
        }
        homes.run(NORD, &["readback", "correct", &carrier]);
        homes.until(SUD, &["readback"], &["CORRECTED"]);
        if serial < 4 {
            read_back(&homes, [WRONG, "2091-11-07T06:00Z"]);
        }
    }
    let line = "misread 3 times in item 10 (bright line, to)";
    for side in [NORD, SUD] {
        let wire = homes.until(side, &["wire"], &[line]);
        let once = wire.matches("Station: NORD 0001").count();
        assert_eq!(once, 1, "{wire}");
        assert!(!wire.contains("2091"), "no value: {wire}");
        let board = homes.run(side, &["asks"]);
        assert!(
            board.contains("SPEAK: item 10 was misread three times"),
            "{board}"
        );
    }
    drop(stations);
    let _ = fs::remove_dir_all(root);
}
