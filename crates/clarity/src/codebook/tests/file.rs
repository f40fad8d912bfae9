//! What a file of a code book must hold, and what its hash is over.

use redphone_wire::limits::CODED_BLANKS_BYTES_MAX;

use crate::codebook::{CODE_BOOK_BYTES_MAX, CodeBook, CodeBookError};

const SAMPLE: &str = r#"
[meta]
name = "sample"
version = 1
lexicon = "starter-1"
follows_en = "in our next message"
follows_ru = "в нашем следующем сообщении"
[[list]]
name = "place"
items = [{ en = "here", ru = "здесь" }]
[[entry]]
code = "C-01"
precedence = "FLASH"
title_en = "A test"
title_ru = "Проверка"
text_en = "Place: {place}. Time: {time}."
text_ru = "Место: {place}. Время: {time}."
[[entry.blank]]
name = "place"
kind = "choice"
list = "place"
means_en = "where"
means_ru = "где"
[[entry.blank]]
name = "time"
kind = "time"
means_en = "when"
means_ru = "когда"
"#;

#[test]
fn hash_is_over_the_book_and_not_its_layout() {
    let hash = |toml: &str| CodeBook::parse(toml).unwrap().hash();
    assert_eq!(hash(SAMPLE), hash(&format!("# A comment.\n{SAMPLE}\n")));
    for (from, to) in [
        ("version = 1", "version = 2"),
        ("here", "there"),
        ("FLASH", "ROUTINE"),
        ("Time: ", "When: "),
        ("в нашем", "в другом нашем"),
        ("starter-1", "starter-2"),
        ("когда", "в какое время"),
        ("kind = \"time\"", "kind = \"hours\""),
    ] {
        assert_ne!(hash(SAMPLE), hash(&SAMPLE.replace(from, to)), "{from}");
    }
}

#[test]
fn code_that_says_something_else_than_before_is_named() {
    let older = CodeBook::parse(SAMPLE).unwrap();
    let changed = |from: &str, to: &str| {
        let newer = CodeBook::parse(&SAMPLE.replace(from, to)).unwrap();
        newer.changed_since(&older)
    };
    assert_eq!(changed("version = 1", "version = 2"), []);
    let grown = "{ en = \"here\", ru = \"здесь\" }, { en = \"there\", ru = \"там\" }";
    assert_eq!(changed("{ en = \"here\", ru = \"здесь\" }", grown), []);
    let before = "{ en = \"there\", ru = \"там\" }, { en = \"here\", ru = \"здесь\" }";
    assert_eq!(changed("{ en = \"here\", ru = \"здесь\" }", before), [1]);
    assert_eq!(changed("Time: ", "When: "), [1]);
    assert_eq!(changed("next message", "next letter"), [1]);
    assert_eq!(
        changed("\"C-01\"", "\"C-02\""),
        [],
        "retired, and a new one"
    );
}

#[test]
fn file_that_is_no_code_book_is_refused_with_what_to_mend() {
    let refused = |from: &str, to: &str| {
        assert!(SAMPLE.contains(from), "{from}");
        CodeBook::parse(&SAMPLE.replace(from, to)).unwrap_err()
    };
    let at = |name: &str| name.to_owned();
    assert!(matches!(
        refused("title_en", "title"),
        CodeBookError::Toml(_)
    ));
    assert_eq!(refused("C-01", "C-1"), CodeBookError::Code(at("C-1")));
    assert_eq!(refused("C-01", "C-00"), CodeBookError::Code(at("C-00")));
    assert_eq!(
        refused("FLASH", "URGENT"),
        CodeBookError::Precedence(at("C-01"))
    );
    assert_eq!(refused("\"sample\"", "\"Sample 1\""), CodeBookError::Meta);
    assert_eq!(
        refused("\"здесь\"", "\"\""),
        CodeBookError::Words(at("place"))
    );
    assert_eq!(
        refused("\"where\"", "\"wh\\u202Eere\""),
        CodeBookError::Words(at("place of C-01"))
    );
    assert_eq!(
        refused("Время: ", "Время "),
        CodeBookError::Place(at("time of C-01"))
    );
    assert_eq!(
        refused("Время: {time}", "Время: {time} {place}"),
        CodeBookError::Words(at("C-01"))
    );
    assert_eq!(
        refused("list = \"place\"", "list = \"towns\""),
        CodeBookError::Blank(at("place of C-01"))
    );
    assert_eq!(
        refused("kind = \"time\"", "kind = \"time\"\nbytes = 2"),
        CodeBookError::Blank(at("time of C-01"))
    );
    let item = "{ en = \"here\", ru = \"здесь\" }";
    let alike = format!("{item}, {{ en = \"Here\", ru = \"там\" }}");
    assert_eq!(
        refused(item, &alike),
        CodeBookError::Twice(at("'Here' of place"))
    );
    let twice = format!("{SAMPLE}{}", &SAMPLE[SAMPLE.find("[[entry]]").unwrap()..]);
    assert_eq!(
        CodeBook::parse(&twice),
        Err(CodeBookError::Twice(at("C-01")))
    );
    let long = " ".repeat(CODE_BOOK_BYTES_MAX + 1);
    assert_eq!(CodeBook::parse(&long), Err(CodeBookError::TooLong));
}

#[test]
fn blanks_of_more_than_8_bytes_are_refused() {
    let wide = "text_en = \"A: {a}. B: {b}. C: {c}. Place: {place}. Time: {time}.\"";
    let more: String = ["a", "b"].map(|name| format!(
        "[[entry.blank]]\nname = \"{name}\"\nkind = \"time\"\nmeans_en = \"x\"\nmeans_ru = \"x\"\n"
    )).concat();
    let toml = SAMPLE.replace("text_en = \"Place: {place}. Time: {time}.\"", wide) + &more;
    let refused = CodeBook::parse(&toml).unwrap_err();
    assert_eq!(
        refused,
        CodeBookError::Width {
            code: "C-01".to_owned(),
            width: 10
        }
    );
    assert!(
        refused
            .to_string()
            .contains(&CODED_BLANKS_BYTES_MAX.to_string())
    );
}
