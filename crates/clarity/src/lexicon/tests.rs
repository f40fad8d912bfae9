//! What must hold of every lexicon.

use super::*;

const SAMPLE: &str = r#"
[meta]
name = "sample"
version = 1
[[term]]
id = "T-012"
en = "armed conflict"
ru = "вооружённый конфликт"
def_en = "Resort to armed force between the two States."
def_ru = "Применение вооружённой силы между двумя государствами."
forms_en = ["armed conflicts"]
forms_ru = ["вооружённого конфликта"]
avoid_en = ["war", "act of war"]
avoid_ru = ["война", "войной"]
[[term]]
id = "T-020"
en = "deterrence"
ru = "сдерживание"
status = "do-not-use"
why_en = "The Russian word also means containment."
why_ru = "Слово означает и containment, и deterrence."
[[estimate]]
id = "E5"
en = "likely"
ru = "вероятно"
range = [55, 80]
[[estimate]]
id = "E6"
en = "very likely"
ru = "очень вероятно"
range = [80, 95]
"#;

fn known(source: &str, language: Language) -> Vec<(Entry, Range<usize>)> {
    let lexicon = Lexicon::parse(SAMPLE).unwrap();
    let found = lexicon.find(&Text::new(source, language)).into_iter();
    found.map(|known| (known.entry, known.tokens)).collect()
}

#[test]
fn words_of_the_lexicon_are_found_in_both_languages() {
    let agreed = Entry::Agreed(TermId(12));
    assert_eq!(
        known("The law of Armed Conflicts.", Language::English),
        [(agreed.clone(), 3..5)]
    );
    assert_eq!(
        known("Право вооруженного конфликта.", Language::Russian),
        [(agreed, 1..3)]
    );
    assert_eq!(
        known("Сдерживанием и войной", Language::Russian),
        [
            (Entry::DoNotUse(TermId(20)), 0..1),
            (Entry::Avoid(TermId(12)), 2..3)
        ]
    );
}

#[test]
fn longest_words_win() {
    assert_eq!(
        known("An act of war is very likely.", Language::English),
        [(Entry::Avoid(TermId(12)), 1..4), (Entry::Estimate(1), 5..7)]
    );
}

#[test]
fn hash_is_over_the_content_and_not_the_layout() {
    let hash = |toml: &str| Lexicon::parse(toml).unwrap().hash();
    let commented = format!("# A comment.\n{SAMPLE}\n");
    assert_eq!(hash(SAMPLE), hash(&commented));
    let decomposed = SAMPLE.replace('ё', "е\u{308}");
    assert_eq!(hash(SAMPLE), hash(&decomposed));
    for changed in [
        SAMPLE.replace("version = 1", "version = 2"),
        SAMPLE.replace("\"war\", ", ""),
        SAMPLE.replace("armed force", "force"),
        SAMPLE.replace("80, 95", "80, 96"),
    ] {
        assert_ne!(hash(SAMPLE), hash(&changed));
    }
}

#[test]
fn starter_lexicon_is_read_and_has_its_terms() {
    let starter = Lexicon::starter().unwrap();
    assert_eq!(starter.version(), "starter-1".to_owned());
    assert!(starter.terms().count() >= 36);
    assert_eq!(starter.estimates().len(), 7);
    assert_eq!(starter.confidences().len(), 3);
    let voters = starter.term(TermId(7)).unwrap();
    assert_eq!(voters.head.en, "entry into a voter register");
    assert!(starter.term(TermId(20)).unwrap().do_not_use.is_some());
}

#[test]
fn names_are_known_and_are_no_part_of_the_content() {
    let plain = Lexicon::parse(SAMPLE).unwrap();
    let named = plain.clone().with_names(["NORD", "SUD"]);
    assert!(named.is_name("nord") && !plain.is_name("nord"));
    assert_eq!(named.hash(), plain.hash());
}

#[test]
fn file_that_is_no_lexicon_is_refused_with_its_reason() {
    let refused = |toml: &str| Lexicon::parse(toml).unwrap_err();
    assert!(matches!(refused("x"), LexiconError::Toml(_)));
    let unknown = SAMPLE.replace("def_en", "definition_en");
    assert!(matches!(refused(&unknown), LexiconError::Toml(_)));
    let numbered = SAMPLE.replace("T-012", "T-12");
    assert_eq!(refused(&numbered), LexiconError::TermId("T-12".to_owned()));
    let twice = SAMPLE.replace("T-020", "T-012");
    assert_eq!(refused(&twice), LexiconError::Twice(TermId(12)));
    let headless = SAMPLE.replace("deterrence\"", "\"");
    assert_eq!(refused(&headless), LexiconError::NoHead(TermId(20)));
    let undefined = SAMPLE.replace("Resort to armed force between the two States.", "");
    assert_eq!(refused(&undefined), LexiconError::NoDefinition(TermId(12)));
    let above = SAMPLE.replace("80, 95", "95, 80");
    assert_eq!(refused(&above), LexiconError::Range("E6".to_owned()));
    let nameless = SAMPLE.replace("\"sample\"", "\"\"");
    assert_eq!(refused(&nameless), LexiconError::Name);
    let long = " ".repeat(LEXICON_BYTES_MAX + 1);
    assert_eq!(refused(&long), LexiconError::TooLong);
}

#[test]
fn words_of_a_lexicon_are_seen_whole_and_within_their_bounds() {
    let refused = |from: &str, to: &str| {
        assert!(SAMPLE.contains(from), "{from}");
        Lexicon::parse(&SAMPLE.replace(from, to)).unwrap_err()
    };
    let long = "x".repeat(TERM_MEANING_BYTES_MAX + 1);
    let many = format!("[{}]", "\"war\", ".repeat(TERM_FORMS_MAX + 1));
    for (from, to) in [
        ("armed conflict\"", "armed \u{202e}conflict\""),
        ("act of war", "act\u{200b} of war"),
        ("двумя", "дву\u{ad}мя"),
        ("Resort to armed force between the two States.", &long),
        ("[\"armed conflicts\"]", &many),
        ("also means", "also\u{7}means"),
        ("very likely", "very\u{2066}likely"),
    ] {
        let to = to.replace('\u{7}', "\\u0007");
        let why = refused(from, &to);
        assert!(matches!(why, LexiconError::Words(_)), "{from}: {why}");
    }
}
