//! Asks and answers by command, on a live pair: a warning of NORD, answered by officers of SUD.

#![allow(
    clippy::expect_used,
    clippy::indexing_slicing,
    clippy::panic,
    clippy::unwrap_used,
    reason = "a helper of a test fails the test"
)]

mod stations;

use std::fs;
use std::io::Read;
use std::path::Path;
use std::process::Output;

use redphone_journal::StationKey;
use redphone_station::Hub;
use redphone_stationd::{Clock, Home, SqliteStorage};
use redphone_wire::{
    Ask, Authority, Form, Language, Precedence, Reference, Request, UtcSeconds, Verb,
};
use stations::{Homes, scratch};

const HOST: &str = "127.0.0.1";
const NORD: usize = 0;
const SUD: usize = 1;
/// 2031-03-03T12:00Z: later than any day on which this runs as a test.
const ANSWER_BY: UtcSeconds = UtcSeconds(1_930_305_600);
const ACT_BY: UtcSeconds = UtcSeconds(1_930_392_000);

fn request() -> Form {
    let ask = |number, verb, object: &str| Ask {
        number,
        to: "the Government of SUD".to_owned(),
        verb,
        object: object.to_owned(),
        act_by: ACT_BY,
        answer_by: ANSWER_BY,
    };
    Form::Request(Request {
        language: Language::English,
        lexicon: None,
        question: false,
        reference: Reference::New,
        asks: vec![
            ask(1, Verb::Stop, "entries into the registers"),
            ask(2, Verb::Name, "who ordered them"),
        ],
        authority: Authority {
            on_behalf_of: "the Government of NORD".to_owned(),
        },
        note: None,
    })
}

/// NORD 0001, laid into its home before its station starts.
fn lay_request(homes: &Homes) {
    let home = Home::open(Path::new(&homes.home(NORD))).unwrap();
    let key = StationKey::from_key_file(&fs::read(homes.key(NORD)).unwrap()).unwrap();
    let storage = SqliteStorage::open(&home.storage_path()).unwrap();
    let now = Clock::start().now();
    let entropy = Box::new(|bytes: &mut [u8]| {
        let mut random = fs::File::open("/dev/urandom").unwrap();
        random.read_exact(bytes).is_ok()
    });
    let mut hub = Hub::open(storage, &key, now, entropy).unwrap();
    hub.commit(now).unwrap();
    let sud = "SUD".parse().unwrap();
    hub.send_form(now, &sud, Precedence::Immediate, request(), "1st watch")
        .unwrap();
    hub.commit(now).unwrap();
    hub.close(now).unwrap();
}

fn refused(output: &Output, exit: i32, words: &str) {
    let told = String::from_utf8_lossy(&output.stderr);
    assert_eq!(output.status.code(), Some(exit), "{told}");
    assert!(told.contains(words), "{told}");
}

#[test]
fn officers_answer_a_request_by_acts_and_both_boards_follow() {
    let root = scratch("asks");
    let homes = Homes::paired(&root.join("paired"), [HOST; 2], [17_621, 17_631]);
    lay_request(&homes);
    let mut nord = homes.start(NORD, &[]);
    let mut sud = homes.start(SUD, &[]);
    assert!(homes.ready(NORD, &mut nord) && homes.ready(SUD, &mut sud));

    let owed = homes.until(SUD, &["asks"], &["2 owed by us", "DELIVERED"]);
    assert!(owed.contains("stop entries into the registers (the Government of SUD)"));
    homes.until(NORD, &["asks"], &["2 waited for", "DELIVERED"]);

    let inbox = homes.run(SUD, &["inbox"]);
    assert!(
        inbox.contains("2 asks wait for our word: redphone asks"),
        "{inbox}"
    );
    let outbox = homes.run(NORD, &["outbox"]);
    assert!(
        outbox.contains("2 asks wait for the other side's word"),
        "{outbox}"
    );

    // Looked at and not sent; then noted in prose, which closes nothing.
    let checked = homes.run(SUD, &["answer", "NORD-1", "--note", "Noted.", "--check"]);
    assert!(
        checked.starts_with("CHECKED, nothing was sent."),
        "{checked}"
    );
    assert!(checked.contains("This closes none of asks 1-2 of NORD 0001."));
    homes.run(SUD, &["answer", "NORD-1", "--note", "Noted."]);
    let read = homes.until(NORD, &["read", "SUD-1"], &["LEFT OPEN  NORD 0001 ask 2"]);
    assert!(read.contains("no act on it, and prose answers nothing"));
    homes.until(NORD, &["asks"], &["EVADED"]);

    answer_by_acts(&homes, &root);
    drop((nord, sud));
    let _ = fs::remove_dir_all(root);
}

/// A refusal of the table, an answer from a file, and what the asker says of the deed.
fn answer_by_acts(homes: &Homes, root: &Path) {
    let not_ours = homes.try_run(SUD, &["answer", "NORD-1", "--ask", "1", "verified"]);
    refused(&not_ours, 5, "only the side that asked may say it");
    let empty = ["answer", "NORD-1", "--ask", "2", "unable", "--reason", " "];
    refused(
        &homes.try_run(SUD, &empty),
        4,
        "the field 'reason' is empty",
    );
    let no_asks = homes.try_run(NORD, &["answer", "SUD-1", "--ask", "1", "decline"]);
    refused(&no_asks, 3, "has no ask that is held here");

    let file = root.join("answer.toml");
    fs::write(
        &file,
        "[[act]]\nask = 1\nact = \"commit\"\nwho = \"the Ministry\"\nverb = \"stop\"\n\
         object = \"entries into the registers\"\nby = \"2031-03-04T12:00Z\"\n\n\
         [[act]]\nask = 2\nact = \"defer\"\nuntil = \"2031-03-02T12:00Z\"\nwho = \"the Ministry\"\n",
    )
    .unwrap();
    let file = file.to_str().unwrap();
    let sent = homes.run(
        SUD,
        &["answer", "NORD-1", "--file", file, "--as", "2nd watch"],
    );
    assert!(sent.contains("SUD 0002 to NORD  RELEASED  answers NORD 0001"));
    assert!(
        sent.contains("This leaves ask 2 of NORD 0001 open."),
        "{sent}"
    );
    homes.until(
        NORD,
        &["asks"],
        &["COMMITTED", "DEFERRED", "said: the Ministry"],
    );

    let late = ["answer", "NORD-1", "--ask", "1", "refuse"];
    refused(&homes.try_run(SUD, &late), 5, "a commitment stands");
    let done = [
        "answer",
        "NORD-1",
        "--ask",
        "1",
        "done",
        "--at",
        "2026-01-01T00:00Z",
    ];
    homes.run(SUD, &done);
    homes.until(NORD, &["asks"], &["DONE CLAIMED", "OURS"]);
    homes.run(NORD, &["answer", "1", "--ask", "1", "verified"]);
    homes.run(NORD, &["answer", "1", "--ask", "2", "withdraw"]);
    for side in [NORD, SUD] {
        homes.until(side, &["asks"], &["Nothing is asked that is not settled."]);
        homes.until(side, &["read", "NORD-1"], &["VERIFIED", "WITHDRAWN"]);
    }
    let events = homes.run(SUD, &["journal", "tail", "--lines", "200"]);
    assert!(
        events.contains("ask 1 of NORD 0001 verified by VERIFIED"),
        "{events}"
    );
}
