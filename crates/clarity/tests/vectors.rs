//! The fixed cases of forms in `vectors/` are what this version makes and reads. `formal/twin/` makes
//! the same bytes from the same drafts.

#![allow(
    clippy::indexing_slicing,
    clippy::panic,
    clippy::unwrap_used,
    reason = "a vector that lacks a field fails its test"
)]

#[path = "vectors/cases.rs"]
mod cases;

use std::path::Path;

use redphone_clarity::{CodeBook, Language, Lexicon};
use redphone_wire::{Act, ActWord, Ask, Coded, Form, Message, from_bytes, to_bytes};
use serde_json::Value;

fn file() -> String {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../vectors");
    std::fs::read_to_string(folder.join(cases::FILE)).unwrap()
}

fn part(name: &str) -> Vec<Value> {
    let file: Value = serde_json::from_str(&file()).unwrap();
    file[name].as_array().unwrap().clone()
}

fn bytes(case: &Value) -> Vec<u8> {
    bytes_of(&case["bytes"])
}

fn bytes_of(hex: &Value) -> Vec<u8> {
    let hex = hex.as_str().unwrap();
    let digits = (0..hex.len()).step_by(2);
    digits
        .map(|at| u8::from_str_radix(&hex[at..at + 2], 16).unwrap())
        .collect()
}

#[test]
fn vectors_of_forms_are_up_to_date() {
    assert!(
        file() == cases::text().unwrap(),
        "vectors/forms.json is not what this version makes; if the protocol or an agreed text was \
         meant to change, run `cargo run -p redphone-clarity --example write_vectors`",
    );
}

#[test]
fn every_form_act_and_ask_of_the_vectors_comes_back_from_its_bytes() {
    let forms = part("forms");
    let mut markers: Vec<&str> = forms
        .iter()
        .map(|case| from_bytes::<Form>(&bytes(case)).unwrap().marker())
        .collect();
    markers.sort_unstable();
    markers.dedup();
    let all = [
        "AGREEMENT",
        "ANSWER",
        "ASSURANCE",
        "INFORMATION",
        "QUESTION",
        "REQUEST",
        "TRANSLATION",
        "WARNING",
    ];
    assert_eq!(markers, all);
    for case in &forms {
        let form: Form = from_bytes(&bytes(case)).unwrap();
        assert_eq!(to_bytes(&form), bytes(case), "{}", case["name"]);
        assert_eq!(form.out_of_bounds(), None, "{}", case["name"]);
    }
    let acts: Vec<ActWord> = part("acts")
        .iter()
        .map(|case| from_bytes::<Act>(&bytes(case)).unwrap().word())
        .collect();
    assert_eq!(acts, ActWord::ALL);
    for case in part("asks") {
        let ask: Ask = from_bytes(&bytes(&case)).unwrap();
        assert_eq!(to_bytes(&ask), bytes(&case));
    }
}

#[test]
fn every_message_of_the_vectors_comes_back_with_the_readers_that_it_names() {
    let named: Vec<usize> = part("messages")
        .iter()
        .map(|case| {
            let message: Message = from_bytes(&bytes(case)).unwrap();
            assert_eq!(to_bytes(&message), bytes(case), "{}", case["name"]);
            message.readers.map_or(0, |readers| readers.len())
        })
        .collect();
    assert_eq!(named, [0, 2, 1]);
}

#[test]
fn digests_of_the_vectors_are_those_of_their_files() {
    for case in part("books") {
        let file = case["file"].as_str().unwrap();
        let (digest, check) = match case["what"].as_str().unwrap() {
            "lexicon" => (Lexicon::parse(file).unwrap().hash(), None),
            _ => {
                let book = CodeBook::parse(file).unwrap();
                (book.hash(), Some(book.check()))
            }
        };
        assert_eq!(bytes_of(&case["digest"]), digest);
        assert_eq!(case["check"].as_u64(), check.map(u64::from));
    }
}

#[test]
fn every_code_of_the_vectors_reads_in_full_in_both_languages() {
    let (book, lexicon) = (CodeBook::starter().unwrap(), Lexicon::starter().unwrap());
    let coded = part("coded");
    assert_eq!(coded.len(), book.entries().count());
    for case in coded {
        let read = Coded::from_bytes(&bytes(&case)).unwrap();
        let values = book.decode(&read).unwrap();
        for language in Language::ALL {
            let text = book
                .render(read.entry, &values, language, &lexicon)
                .unwrap();
            assert_eq!(case[language.code()].as_str(), Some(text.as_str()));
        }
    }
}
