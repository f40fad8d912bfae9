//! A read-back finds every changed value and takes every spelling of the same one (rules READ-1 to
//! READ-4).

#![allow(
    clippy::panic,
    clippy::unwrap_used,
    reason = "a test that fails says so"
)]

mod support;

use std::collections::BTreeMap;

use redphone_clarity::{
    Defaults, ReadBackEntry, ReadBackItem, ReadBackKind, Value, Verdict, compare, complete, items,
    read,
};
use redphone_wire::{Confidence, Dtg, Form, Likelihood, Mark, UtcSeconds, Verb};
use support::warnings;

fn forms() -> Vec<(String, Form)> {
    let defaults = Defaults::default();
    let read = |(name, draft)| (name, complete(&draft, &defaults).form.unwrap());
    warnings().into_iter().map(read).collect()
}

/// A card filled with the same values, in other spellings.
fn filled(items: &[ReadBackItem]) -> Vec<ReadBackEntry> {
    items
        .iter()
        .map(|item| entry(item, &spelt(&item.value)))
        .collect()
}

fn entry(item: &ReadBackItem, typed: &str) -> ReadBackEntry {
    ReadBackEntry {
        field: item.field.clone(),
        index: item.index,
        kind: item.kind,
        typed: typed.to_owned(),
    }
}

/// Another spelling of a value: the other language, the other notation.
fn spelt(value: &Value) -> String {
    match value {
        Value::Confidence(confidence) => confidence.ru().to_uppercase(),
        Value::Moment(at) if at.0 % 60 == 0 => Dtg((*at).into()).to_string(),
        Value::Moment(at) => redphone_clarity::instant(*at),
        Value::Likelihood(step) => step.id().to_lowercase(),
        Value::Mark(mark) => mark.ru().to_owned(),
        Value::Name(name) => name.to_uppercase(),
        Value::Negation(negated) => if *negated { "не" } else { "да" }.to_owned(),
        Value::Number(number) => format!("0{number}")
            .replace(" h", " часов")
            .replace(" km", " км"),
        Value::Span(seconds) if seconds % 3_600 == 0 => format!("{} ч", seconds / 3_600),
        Value::Span(seconds) => format!("{} min", seconds / 60),
        Value::Term(id) => id.to_lowercase(),
        Value::Verb(verb) => verb.ru().to_owned(),
    }
}

/// Other values of the same kind, and what is no value: each must be found.
fn changed(value: &Value) -> Vec<String> {
    let next = |id: &str| format!("T-{:03}", id[2..].parse::<u32>().unwrap() + 1);
    match value {
        Value::Confidence(was) => others(&Confidence::ALL, was, |one| one.en().to_owned()),
        Value::Moment(at) => {
            let said = redphone_clarity::instant(*at);
            vec![
                redphone_clarity::instant(UtcSeconds(at.0 + 60)),
                redphone_clarity::instant(UtcSeconds(at.0 + 3 * 3_600)),
                redphone_clarity::instant(UtcSeconds(at.0 - 86_400)),
                said.replace(" UTC", ""),
                said.replace("UTC", "MSK"),
                said.replace(" UTC", "+03:00"),
            ]
        }
        Value::Likelihood(was) => others(&Likelihood::ALL, was, |one| one.id().to_owned()),
        Value::Mark(was) => others(&Mark::ALL, was, |one| one.en().to_owned()),
        Value::Name(name) => vec![format!("{name}a"), name[1..].to_owned(), format!("q{name}")],
        Value::Negation(negated) => vec![if *negated { "yes" } else { "not" }.to_owned()],
        Value::Number(number) => {
            let (digits, unit) = number.split_once(' ').unwrap_or((number, ""));
            let mut all = vec![format!("1{number}"), format!("{digits}5 {unit}")];
            if !unit.is_empty() {
                all.push(digits.to_owned());
                all.push(format!(
                    "{digits} {}",
                    if unit == "h" { "min" } else { "h" }
                ));
            }
            all
        }
        Value::Span(seconds) => vec![format!("PT{}S", seconds + 60), format!("{seconds} h")],
        Value::Term(id) => vec![next(id), id.replace("T-", "")],
        Value::Verb(was) => others(&Verb::ALL, was, |one| one.en().to_owned()),
    }
}

fn others<T: PartialEq>(all: &[T], was: &T, say: impl Fn(&T) -> String) -> Vec<String> {
    all.iter().filter(|one| *one != was).map(say).collect()
}

#[test]
fn same_values_in_other_spellings_are_correct() {
    let mut wrong = Vec::new();
    let mut count = 0;
    for (name, form) in forms() {
        let items = items(&form);
        for (item, verdict) in compare(&items, &filled(&items)) {
            count += 1;
            if verdict != Verdict::Correct {
                wrong.push((name.clone(), item, verdict));
            }
        }
    }
    println!("items {count}, false alarms {}", wrong.len());
    assert!(count > 2_000, "{count}");
    assert!(wrong.len() * 100 <= count * 3, "{wrong:#?}");
}

#[test]
fn every_changed_value_is_found() {
    let mut missed = Vec::new();
    let mut seen = BTreeMap::<ReadBackKind, usize>::new();
    for (name, form) in forms() {
        let items = items(&form);
        for (at, item) in items.iter().enumerate() {
            for typed in changed(&item.value) {
                let mut card = filled(&items);
                card[at].typed.clone_from(&typed);
                let verdicts = compare(&items, &card);
                *seen.entry(item.kind).or_default() += 1;
                // Of several items of one kind in one field any may be the one that differs.
                let found = verdicts
                    .iter()
                    .any(|(_, verdict)| *verdict == Verdict::Correction);
                if !found {
                    missed.push((name.clone(), item.clone(), typed));
                }
            }
        }
    }
    println!("changes {seen:?}, missed {}", missed.len());
    assert!(missed.is_empty(), "{missed:#?}");
    for kind in [
        ReadBackKind::Moment,
        ReadBackKind::Name,
        ReadBackKind::Negation,
        ReadBackKind::Number,
        ReadBackKind::Term,
        ReadBackKind::Verb,
    ] {
        assert!(
            seen.get(&kind).is_some_and(|count| *count >= 100),
            "{kind:?} {seen:?}"
        );
    }
}

#[test]
fn item_that_is_left_blank_is_missing_and_not_wrong() {
    let (_, form) = forms().swap_remove(0);
    let items = items(&form);
    let mut card = filled(&items);
    card[3].typed = "  ".to_owned();
    let verdicts = compare(&items, &card);
    assert_eq!(verdicts[3].1, Verdict::Missing);
    let correct = verdicts.iter().filter(|(_, one)| *one == Verdict::Correct);
    assert_eq!(correct.count(), items.len() - 1);
}

/// Names of both alphabets as officers type them. Written before the table of letters was tried.
const NAMES: [(&str, &str); 40] = [
    ("Северная", "Severnaya"),
    ("Южный", "Yuzhny"),
    ("Акела", "Akela"),
    ("Вест-2", "Vest-2"),
    ("Балтика", "Baltika"),
    ("Жуковский", "Zhukovskiy"),
    ("Щёлково", "Shchelkovo"),
    ("Хибины", "Khibiny"),
    ("Цимлянск", "Tsimlyansk"),
    ("Чайка", "Chayka"),
    ("Шексна", "Sheksna"),
    ("Эльтон", "Elton"),
    ("Юность", "Yunost"),
    ("Ямал", "Yamal"),
    ("Полярный", "Polyarny"),
    ("Грозный", "Grozny"),
    ("Архангельск", "Arkhangelsk"),
    ("Мурманск", "Murmansk"),
    ("Казань", "Kazan"),
    ("Пермь", "Perm"),
    ("Тверь", "Tver"),
    ("Орёл", "Orel"),
    ("Королёв", "Korolev"),
    ("Электросталь", "Elektrostal"),
    ("Нижний", "Nizhny"),
    ("Великий", "Veliky"),
    ("Восток", "Vostok"),
    ("Заря", "Zarya"),
    ("Звезда", "Zvezda"),
    ("Рассвет", "Rassvet"),
    ("Прогресс", "Progress"),
    ("Союз", "Soyuz"),
    ("Молния", "Molniya"),
    ("Ладога", "Ladoga"),
    ("Онега", "Onega"),
    ("Вуокса", "Vuoksa"),
    ("Свирь", "Svir"),
    ("Кольская", "Kolskaya"),
    ("НОРД", "NORD"),
    ("СУД", "SUD"),
];

#[test]
fn names_typed_in_the_other_alphabet_are_the_same() {
    let name = |typed| read(ReadBackKind::Name, typed);
    let alarms: Vec<_> = NAMES
        .iter()
        .filter(|(one, other)| name(one) != name(other))
        .collect();
    println!("names {}, false alarms {}", NAMES.len(), alarms.len());
    assert!(alarms.len() * 100 <= NAMES.len() * 3, "{alarms:?}");
    for (at, (one, _)) in NAMES.iter().enumerate() {
        let same = NAMES
            .iter()
            .skip(at + 1)
            .filter(|(_, other)| name(one) == name(other));
        assert_eq!(same.count(), 0, "{one}");
    }
}
