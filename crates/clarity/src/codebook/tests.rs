//! What is typed, crosses the line and is read, by the code book that is shipped.

mod file;
mod typed;

use redphone_wire::{Coded, Serial};

use super::*;
use crate::lexicon::Lexicon;

/// The last serial that takes two bytes.
const SERIAL_OF_TWO_BYTES_MAX: u32 = 16_383;

/// A coded message, with the longest serial of two bytes.
fn encode(
    (book, lexicon): &(CodeBook, Lexicon),
    number: u8,
    typed: &[(&str, &str)],
) -> Result<Coded, BlankError> {
    let serial = Serial(SERIAL_OF_TWO_BYTES_MAX);
    book.encode(number, serial, typed, lexicon)
}

fn starter() -> (CodeBook, Lexicon) {
    (CodeBook::starter().unwrap(), Lexicon::starter().unwrap())
}

/// What can be typed into a blank at its bounds, and what then stands in the text.
fn bounds((book, lexicon): &(CodeBook, Lexicon), kind: &BlankKind) -> Vec<(String, [String; 2])> {
    let same = |text: &str, said: &str| (text.to_owned(), [said.to_owned(), said.to_owned()]);
    let follows = ["in our next message", "в нашем следующем сообщении"].map(str::to_owned);
    match kind {
        BlankKind::Choice { list } => {
            let items = book.list(list);
            let ends = [1, items.len()].map(|item| {
                let both = items[item - 1].clone();
                (item.to_string(), [both.en, both.ru])
            });
            let by_word = items.iter().map(|item| {
                (
                    item.ru.to_uppercase(),
                    [&item.en, &item.ru].map(String::clone),
                )
            });
            let open = [("0".to_owned(), follows)];
            ends.into_iter().chain(by_word).chain(open).collect()
        }
        BlankKind::Count { bytes, least } => {
            let most = if *bytes == 1 { "255" } else { "65535" };
            let least = least.to_string();
            vec![same(&least, &least), same(most, most)]
        }
        BlankKind::Hours => vec![same("1", "1"), same("255", "255")],
        BlankKind::Term { terms } => {
            let ends = [terms[0], terms[terms.len() - 1]].map(|id| {
                let said = Language::ALL.map(|language| {
                    let head = lexicon.term(id).unwrap().head.of(language);
                    format!("{head} ({id})")
                });
                (id.to_string(), said)
            });
            ends.into_iter()
                .chain([("0".to_owned(), follows)])
                .collect()
        }
        BlankKind::Time => vec![
            same("2020-01-01T00:00Z", "2020-01-01 00:00 UTC"),
            same("2051-11-24T20:15Z", "2051-11-24 20:15 UTC"),
            same("311800Z OCT 27", "2027-10-31 18:00 UTC"),
        ],
    }
}

#[test]
fn every_entry_comes_back_with_its_bounds_in_both_languages() {
    let both = starter();
    let (book, lexicon) = &both;
    for (number, entry) in book.entries() {
        let all: Vec<_> = entry
            .blanks
            .iter()
            .map(|blank| bounds(&both, &blank.kind))
            .collect();
        let most = all.iter().map(Vec::len).max().unwrap();
        for round in 0..most {
            let chosen: Vec<_> = all.iter().map(|one| &one[round % one.len()]).collect();
            let names = entry.blanks.iter().map(|blank| blank.name.as_str());
            let typed: Vec<_> = names.zip(chosen.iter().map(|one| one.0.as_str())).collect();
            let coded = encode(&both, number, &typed).unwrap();
            assert!(coded.to_bytes().len() <= 11, "{coded:?}");
            let values = book.decode(&coded).unwrap();
            for (at, language) in Language::ALL.into_iter().enumerate() {
                let text = book.render(number, &values, language, lexicon).unwrap();
                let mut expected = entry.text.of(language).to_owned();
                for (blank, one) in entry.blanks.iter().zip(&chosen) {
                    expected = expected.replace(&blank.in_text(), &one.1[at]);
                }
                assert_eq!(text, expected);
                assert!(!text.contains(['{', '}']));
            }
        }
    }
}

#[test]
fn code_reads_in_full_in_both_languages() {
    let both = starter();
    let (book, lexicon) = &both;
    let typed = [
        ("from", "2027-10-31T18:00Z"),
        ("hours", "4"),
        ("time", "2027-10-31T19:30Z"),
    ];
    let coded = encode(&both, 6, &typed).unwrap();
    assert_eq!(coded.blanks, [0x3e, 0xdb, 0xb8, 4, 0x3e, 0xdc, 0x12]);
    let values = book.decode(&coded).unwrap();
    let english = book.render(6, &values, Language::English, lexicon).unwrap();
    let russian = book.render(6, &values, Language::Russian, lexicon).unwrap();
    assert!(
        english.starts_with("This message names a period of time. We ask you to keep your forces")
    );
    assert!(english.contains("The period starts at this time: 2027-10-31 18:00 UTC. Number of hours that the period lasts: 4. "));
    assert!(russian.contains("Период начинается в это время: 2027-10-31 18:00 UTC. Число часов, в течение которых длится период: 4. "));
    assert!(russian.ends_with("по этой линии в это время: 2027-10-31 19:30 UTC."));
}

#[test]
fn starter_book_has_eight_codes_and_their_precedences() {
    let (book, _) = starter();
    assert_eq!((book.version(), book.lexicon()), ("starter-1", "starter-1"));
    let precedences: Vec<_> = book.entries().map(|(_, entry)| entry.precedence).collect();
    let (flash, immediate) = (Precedence::Flash, Precedence::Immediate);
    let routine = Precedence::Routine;
    assert_eq!(
        precedences,
        [
            flash, immediate, flash, flash, immediate, flash, immediate, routine
        ]
    );
}

#[test]
fn terms_of_the_starter_book_are_in_the_starter_lexicon_and_may_be_used() {
    let (book, lexicon) = starter();
    assert_eq!(book.lexicon(), lexicon.version());
    let usable = |id: &TermId| {
        let term = lexicon.term(*id);
        term.is_some_and(|term| term.do_not_use.is_none())
    };
    for (number, entry) in book.entries() {
        for blank in &entry.blanks {
            if let BlankKind::Term { terms } = &blank.kind {
                assert!(!terms.is_empty() && terms.iter().all(usable), "{number}");
            }
        }
    }
}

#[test]
fn byte_that_is_changed_is_another_value_or_refused() {
    let both = starter();
    let (book, lexicon) = &both;
    for (number, entry) in book.entries() {
        let first = entry
            .blanks
            .iter()
            .map(|blank| bounds(&both, &blank.kind).remove(0).0);
        let first: Vec<String> = first.collect();
        let names = entry.blanks.iter().map(|blank| blank.name.as_str());
        let typed: Vec<_> = names.zip(first.iter().map(String::as_str)).collect();
        let good = encode(&both, number, &typed).unwrap();
        let values = book.decode(&good).unwrap();
        let text = book
            .render(number, &values, Language::English, lexicon)
            .unwrap();
        for at in 0..good.blanks.len() {
            for byte in (0..=u8::MAX).filter(|byte| *byte != good.blanks[at]) {
                let mut changed = good.clone();
                changed.blanks[at] = byte;
                if let Ok(other) = book.decode(&changed) {
                    assert_ne!(other, values);
                    let said = book
                        .render(number, &other, Language::English, lexicon)
                        .unwrap();
                    assert_ne!(said, text);
                }
            }
        }
    }
}

#[test]
fn any_bytes_are_read_or_refused_in_words() {
    let seed = std::env::var("REDPHONE_SEED").map_or(1_u64, |seed| seed.parse().unwrap());
    println!("REDPHONE_SEED={seed}");
    let both = starter();
    let (book, lexicon) = &both;
    let mut state = seed;
    let mut draw = || {
        state = state
            .wrapping_mul(6_364_136_223_846_793_005)
            .wrapping_add(1_442_695_040_888_963_407);
        (state >> 33) as u8
    };
    let mut read = 0;
    for _ in 0..100_000 {
        let length = usize::from(draw() % 12);
        let blanks: Vec<u8> = (0..length).map(|_| draw() % 64).collect();
        let bytes = [&[(draw() % 12) | (draw() & 0x40), 7][..], &blanks].concat();
        let Ok(coded) = Coded::from_bytes(&bytes) else {
            continue;
        };
        match book.decode(&coded) {
            Ok(values) => {
                read += 1;
                for language in Language::ALL {
                    book.render(coded.entry, &values, language, lexicon)
                        .unwrap();
                }
            }
            Err(why) => assert!(why.to_string().ends_with("code books on the order wire")),
        }
    }
    assert!(read > 100, "{read}");
}

#[test]
fn code_of_another_book_is_refused_with_a_sentence() {
    let both = starter();
    let (book, lexicon) = &both;
    let typed = [
        ("from", "2027-10-31T18:00Z"),
        ("hours", "4"),
        ("time", "2027-10-31T19:30Z"),
    ];
    let coded = encode(&both, 6, &typed).unwrap();
    let values = book.decode(&coded).unwrap();
    let refused = |number| {
        book.render(number, &values, Language::English, lexicon)
            .unwrap_err()
    };
    assert_eq!(refused(1), CodedError::Length(1));
    assert_eq!(
        refused(8).to_string(),
        "'to' of C-08 is filled with what our code book does not have; compare the versions of both code \
         books on the order wire"
    );
    assert_eq!(refused(99), CodedError::NoEntry(99));
    let other = |change: fn(&mut Coded)| {
        let mut coded = coded.clone();
        change(&mut coded);
        book.decode(&coded).unwrap_err()
    };
    assert_eq!(
        other(|coded| coded.flash = false),
        CodedError::Precedence(6)
    );
    assert_eq!(other(|coded| coded.blanks.push(0)), CodedError::Length(6));
    assert_eq!(other(|coded| _ = coded.blanks.pop()), CodedError::Length(6));
}
