//! The files of `vectors/` are what this version makes, and what the second implementation
//! (`formal/twin/`) sealed opens here.

// A vector that lacks a field fails its test.
#![allow(clippy::indexing_slicing)]

#[path = "vectors/cases.rs"]
mod cases;
#[path = "vectors/twin.rs"]
mod twin;

use std::path::Path;

#[test]
fn vectors_are_up_to_date() {
    for (name, made) in cases::all().unwrap() {
        assert!(
            read(name) == cases::text(&made).unwrap(),
            "vectors/{name} is not what this version makes; if the protocol was meant to change, \
             run `cargo run -p redphone-seal --example write_vectors`",
        );
    }
}

#[test]
fn answer_of_the_twin_founds_the_line_that_it_says() {
    twin::check_answer(&read("twin.json")).unwrap();
}

#[test]
fn envelopes_of_the_twin_open_under_every_suite() {
    assert_eq!(twin::check_envelopes(&read("twin.json")).unwrap(), 30);
}

#[test]
fn frames_of_the_twin_open() {
    twin::check_frames(&read("twin.json")).unwrap();
}

#[test]
fn epoch_that_the_twin_opens_is_followed() {
    twin::check_opening(&read("twin.json")).unwrap();
}

fn read(name: &str) -> String {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../vectors");
    std::fs::read_to_string(folder.join(name)).unwrap_or_default()
}
