//! What must hold of the lists, and of what people type.

use super::*;

#[test]
fn words_are_the_first_132_bits_of_the_fingerprint() {
    let mut fingerprint = Fingerprint([0; 32]);
    fingerprint.0[0] = 0b0011_0110; // noun 13, then the number's first two bits
    fingerprint.0[1] = 0b0110_0000; // number 0b10011
    fingerprint.0[16] = 0b0001_0000; // the last bit of word 12

    let english = fingerprint_words(&fingerprint, Language::English);
    let russian = fingerprint_words(&fingerprint, Language::Russian);

    assert_eq!(english[0], "EAGLE-19");
    assert_eq!(russian[0], "ОРЁЛ-19");
    assert_eq!(english[1], "ANCHOR-00");
    assert_eq!(english[11], "ANCHOR-01");
    fingerprint.0[16] = 0b0001_1111;
    assert_eq!(fingerprint_words(&fingerprint, Language::English), english);
}

#[test]
fn every_way_of_typing_the_same_words_is_accepted() {
    let fingerprint = some_fingerprint();
    let english = fingerprint_words(&fingerprint, Language::English);
    let russian = fingerprint_words(&fingerprint, Language::Russian);
    let mixed: Vec<&str> = english[..6]
        .iter()
        .chain(&russian[6..])
        .map(String::as_str)
        .collect();
    let ways = [
        english.join(" "),
        russian.join("\n"),
        russian.join(" ").to_lowercase(),
        russian.join(" ").replace('Ё', "Е"),
        russian.join(" ").replace('Ё', "Е\u{308}"),
        english.join(", ").replace('-', " "),
        english.join("").replace('-', ""),
        english.join("-"),
        english.join(" \u{2014} ").replace('-', "\u{2013}"),
        mixed.join("  "),
    ];
    for typed in ways {
        assert_eq!(check_typed(&fingerprint, &typed), Ok(()), "{typed}");
    }
}

#[test]
fn first_wrong_word_is_named_by_position_and_never_shown() {
    let fingerprint = some_fingerprint();
    for position in 1..=FINGERPRINT_WORDS {
        let mut typed = fingerprint_words(&fingerprint, Language::English);
        let right = std::mem::replace(&mut typed[position - 1], "ZEBRA-31".to_owned());

        let error = check_typed(&fingerprint, &typed.join(" ")).unwrap_err();

        assert_eq!(error, WordsError::Wrong { position });
        assert!(!error.to_string().contains(&right));
    }
}

#[test]
fn misspelt_missing_and_extra_words_are_told_apart() {
    let fingerprint = some_fingerprint();
    let words = fingerprint_words(&fingerprint, Language::English);
    let check = |typed: String| check_typed(&fingerprint, &typed);

    let few = WordsError::TooFew {
        typed: 11,
        expected: 12,
    };
    assert_eq!(check(words[..11].join(" ")), Err(few));
    let many = WordsError::TooMany { expected: 12 };
    assert_eq!(check(words.join(" ") + " EAGLE-19"), Err(many));
    for slip in [
        "EAGEL-19",
        "EAGLE-32",
        "EAGLE-019",
        "EAGLE",
        "19",
        "?",
        "HOUSE-01",
    ] {
        let typed = format!("{} {slip} {}", words[0], words[2..].join(" "));
        let error = check(typed);
        assert_eq!(error, Err(WordsError::NotAWord { position: 2 }), "{slip}");
    }
}

#[test]
fn no_two_nouns_of_a_list_are_alike() {
    let english: Vec<String> = NOUNS.iter().map(|(noun, _)| folded(noun)).collect();
    let russian: Vec<String> = NOUNS.iter().map(|(_, noun)| folded(noun)).collect();
    for list in [english, russian] {
        for (index, one) in list.iter().enumerate() {
            for other in &list[..index] {
                assert!(distance(one, other) >= 3, "{one} {other}");
                let three = |noun: &str| noun.chars().take(3).collect::<String>();
                assert_ne!(three(one), three(other));
            }
        }
    }
}

#[test]
fn line_words_cover_the_whole_key_and_are_checked_alike() {
    let key = [7; 32];
    let words = line_words(&key, Language::Russian);

    assert_eq!(check_line_words(&key, &words.join(" ")), Ok(()));
    let error = check_line_words(&[8; 32], &words.join(" "));
    assert_eq!(error, Err(WordsError::Wrong { position: 1 }));
}

fn some_fingerprint() -> Fingerprint {
    // Noun 13 stands in all words, so that ё does.
    let mut bytes = [0; 32];
    for word in 0..12 {
        for (offset, bit) in [0, 0, 1, 1, 0, 1, 0, 0, 0, 1, 1].into_iter().enumerate() {
            let index = word * 11 + offset;
            bytes[index / 8] |= bit << (7 - index % 8);
        }
    }
    Fingerprint(bytes)
}

fn folded(noun: &str) -> String {
    noun.chars().flat_map(fold).collect()
}

/// Levenshtein's.
fn distance(one: &str, other: &str) -> usize {
    let other: Vec<char> = other.chars().collect();
    let mut row: Vec<usize> = (0..=other.len()).collect();
    for (index, a) in one.chars().enumerate() {
        let mut diagonal = index;
        row[0] = index + 1;
        for (column, b) in other.iter().enumerate() {
            let replaced = diagonal + usize::from(a != *b);
            diagonal = row[column + 1];
            row[column + 1] = replaced.min(diagonal + 1).min(row[column] + 1);
        }
    }
    row[other.len()]
}
