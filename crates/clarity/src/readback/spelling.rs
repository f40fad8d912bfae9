//! Spellings of one value: numbers with their units, spans, and names in either alphabet.

use crate::moment::span_s;

/// `24 h`, `24 ч` and `24 hours` are one number; `1,000` is none, for it is read two ways.
pub(super) fn number(typed: &str) -> Option<String> {
    let mut words = typed.split_whitespace();
    let first = words.next()?;
    let digits: String = first
        .chars()
        .take_while(|c| c.is_ascii_digit() || *c == '.')
        .collect();
    let digits = digits.trim_end_matches('.');
    if digits.is_empty() || digits.matches('.').count() > 1 {
        return None;
    }
    let behind = first.get(digits.len()..)?.trim_matches(['.', ',', ';']);
    let unit = if behind.is_empty() {
        words.next().unwrap_or_default()
    } else {
        behind
    };
    let unit = unit.trim_matches(|c: char| !c.is_alphanumeric() && c != '%');
    let whole = digits.trim_start_matches('0');
    let whole = if whole.is_empty() || whole.starts_with('.') {
        format!("0{whole}")
    } else {
        whole.to_owned()
    };
    Some(match unit_of(unit) {
        Some(unit) => format!("{whole} {unit}"),
        None if behind.chars().any(char::is_alphanumeric) => return None,
        None => whole,
    })
}

/// The units that both sides write, by their first letters in either language.
const UNITS: [(&str, &[&str]); 11] = [
    ("%", &["%", "percent", "процент"]),
    ("Gbit/s", &["gbit", "гбит"]),
    ("MW", &["mw", "мвт", "megawatt", "мегаватт"]),
    ("d", &["d", "day", "дн", "день", "сут"]),
    ("h", &["h", "hour", "ч", "час"]),
    ("kV", &["kv", "кв", "kilovolt", "киловольт"]),
    ("kg", &["kg", "кг", "kilogram", "килограмм"]),
    ("km", &["km", "км", "kilomet", "километр"]),
    ("m", &["m", "м", "metre", "meter", "метр"]),
    ("min", &["min", "мин"]),
    ("nmi", &["nm", "nmi", "nautical", "морск"]),
];

fn unit_of(word: &str) -> Option<&'static str> {
    let word = word.to_lowercase();
    let fits = |start: &str| {
        // Short ones are whole words: `m` is not the beginning of `message`.
        word == *start || (start.chars().count() > 2 && word.starts_with(start))
    };
    UNITS
        .iter()
        .find(|(_, starts)| starts.iter().any(|start| fits(start)))
        .map(|(unit, _)| *unit)
}

/// `PT24H`, or a number of days, hours or minutes in either language.
pub(super) fn span(typed: &str) -> Option<u32> {
    if let Some(seconds) = span_s(typed) {
        return Some(seconds);
    }
    let number = number(typed)?;
    let (count, unit) = number.split_once(' ')?;
    let each = match unit {
        "d" => 86_400,
        "h" => 3_600,
        "min" => 60,
        _ => return None,
    };
    count.parse::<u32>().ok()?.checked_mul(each)
}

/// A name in the letters of one table, so that `Северная` and `Severnaya` are the same.
pub(super) fn name(typed: &str) -> String {
    let mut latin = String::new();
    for letter in typed.to_lowercase().chars() {
        match CYRILLIC.iter().find(|(from, _)| *from == letter) {
            Some((_, to)) => latin.push_str(to),
            None if letter.is_alphanumeric() => latin.push(letter),
            None => {}
        }
    }
    for (from, to) in LATIN {
        latin = latin.replace(from, to);
    }
    latin
}

/// The agreed table: ICAO Doc 9303, part 3, section 6, with `y` and `i` as one letter.
const CYRILLIC: [(char, &str); 33] = [
    ('а', "a"),
    ('б', "b"),
    ('в', "v"),
    ('г', "g"),
    ('д', "d"),
    ('е', "e"),
    ('ё', "e"),
    ('ж', "zh"),
    ('з', "z"),
    ('и', "i"),
    ('й', "i"),
    ('к', "k"),
    ('л', "l"),
    ('м', "m"),
    ('н', "n"),
    ('о', "o"),
    ('п', "p"),
    ('р', "r"),
    ('с', "s"),
    ('т', "t"),
    ('у', "u"),
    ('ф', "f"),
    ('х', "kh"),
    ('ц', "ts"),
    ('ч', "ch"),
    ('ш', "sh"),
    ('щ', "shch"),
    ('ъ', ""),
    ('ы', "i"),
    ('ь', ""),
    ('э', "e"),
    ('ю', "iu"),
    ('я', "ia"),
];

/// Other spellings of the same letters.
const LATIN: [(&str, &str); 7] = [
    ("y", "i"),
    ("ii", "i"),
    ("w", "v"),
    ("x", "ks"),
    ("j", "zh"),
    ("ph", "f"),
    ("ck", "k"),
];
