//! JSON for scripts that is also harmless on a terminal.

use serde::Serialize;

/// A value as one line of JSON. What would act on a screen unseen is written as an escape
/// (RFC 8259, section 7): a script reads the same text, and a terminal shows only the escape
/// (rule DESK-8).
pub(crate) fn json<T: Serialize + ?Sized>(value: &T) -> Result<String, serde_json::Error> {
    serde_json::to_string(value).map(|text| escaped(&text))
}

/// JSON with every unseen character as an escape. Such a character stands in strings only.
pub(crate) fn escaped(json: &str) -> String {
    let mut text = String::with_capacity(json.len());
    let mut units = [0; 2];
    for letter in json.chars() {
        // A line end is of the form, not of a string: there it is escaped already.
        if letter == '\n' || !redphone_wire::is_unseen(letter) {
            text.push(letter);
            continue;
        }
        for unit in letter.encode_utf16(&mut units) {
            text.push_str(&format!("\\u{unit:04x}"));
        }
    }
    text
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn json_shows_no_unseen_character_and_reads_back_as_it_was() {
        let all: String = (0..=0x0010_ffff).filter_map(char::from_u32).collect();
        let text = json(&all).unwrap();
        assert!(!text.chars().any(redphone_wire::is_unseen));
        assert_eq!(serde_json::from_str::<String>(&text).unwrap(), all);
        let hostile = "\u{9b}2J\u{7f}\u{202e}txt.exe\u{e0041}";
        assert_eq!(
            json(hostile).unwrap(),
            "\"\\u009b2J\\u007f\\u202etxt.exe\\udb40\\udc41\""
        );
    }

    #[test]
    fn what_people_wrote_stays_readable() {
        for text in ["This is not an exercise.", "Это не учение: ёлка", "漢字 🕊"]
        {
            assert_eq!(json(text).unwrap(), format!("\"{text}\""));
        }
        assert_eq!(escaped("{\n  \"a\": 1\n}"), "{\n  \"a\": 1\n}");
    }
}
