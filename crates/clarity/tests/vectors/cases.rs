//! The fixed cases of forms, acts, asks, messages and coded messages: their bytes, and how they read.
//!
//! A form is a draft by the names of its fields and the bytes that it makes; an act or an ask stands
//! as the array that PROTOCOL describes. Bytes are hex.

mod agreed;
#[path = "messages.rs"]
mod messages;

use std::error::Error;

use redphone_clarity::{CodeBook, Defaults, Draft, Language, Lexicon, complete, lines};
use redphone_wire::{
    Act, Answer, Ask, Form, Grade, Item, Serial, Translation, UtcSeconds, Verb, to_bytes,
};
use serde_json::{Value, json};

/// The file, in `vectors/`.
pub(crate) const FILE: &str = "forms.json";

/// What goes wrong in making a case fails the test or the program that asked for it.
pub(crate) type Made<T> = Result<T, Box<dyn Error>>;

/// The text of the file.
pub(crate) fn text() -> Made<String> {
    let lexicon = Lexicon::starter()?;
    let id = lexicon.id();
    let mut forms = Vec::new();
    for (name, draft) in DRAFTS {
        forms.push(draft_case(name, draft, &lexicon)?);
    }
    forms.push(answer_case(&lexicon));
    forms.push(translation_case(&lexicon));
    let [(name, first), ..] = DRAFTS;
    let first = made(name, &Draft::read(first)?, &lexicon)?;
    forms.extend(agreed::cases(&lexicon)?);
    let all = json!({
        "lexicon": { "name": id.name, "version": id.version, "digest": hex(&id.digest) },
        "forms": forms,
        "books": agreed::books()?,
        "acts": acts().iter().map(|(fields, act)| act_case(fields, act)).collect::<Vec<_>>(),
        "asks": [{ "fields": ask_fields(), "bytes": hex(&to_bytes(&ask())) }],
        "messages": messages::cases(&first),
        "coded": coded_cases(&lexicon)?,
    });
    Ok(serde_json::to_string_pretty(&all)? + "\n")
}

fn made(name: &str, draft: &Draft, lexicon: &Lexicon) -> Made<Form> {
    let defaults = Defaults {
        on_behalf_of: None,
        lexicon: Some(lexicon.id()),
    };
    Ok(complete(draft, &defaults).form.ok_or(name)?)
}

fn draft_case(name: &str, toml: &str, lexicon: &Lexicon) -> Made<Value> {
    let draft = Draft::read(toml)?;
    let form = made(name, &draft, lexicon)?;
    let mut case = form_case(name, &form, lexicon);
    if let Some(case) = case.as_object_mut() {
        case.insert("draft".to_owned(), serde_json::to_value(&draft)?);
    }
    Ok(case)
}

fn form_case(name: &str, form: &Form, lexicon: &Lexicon) -> Value {
    let page = |language| {
        let lines = lines(form, lexicon, language).into_iter();
        lines
            .map(|line| [line.label, line.text])
            .collect::<Vec<_>>()
    };
    json!({
        "name": name,
        "bytes": hex(&to_bytes(form)),
        "en": page(Language::English),
        "ru": page(Language::Russian),
    })
}

/// An answer with every act that closes or moves an ask of the other side.
fn answer_case(lexicon: &Lexicon) -> Value {
    let said = acts();
    let numbered = || said.iter().filter(|(_, act)| act.ask().is_some());
    let fields: Vec<&Value> = numbered().map(|(fields, _)| fields).collect();
    let form = Form::Answer(Answer {
        language: Language::English,
        ours: false,
        message: Serial(412),
        acts: numbered().map(|(_, act)| act.clone()).collect(),
        note: Some("More follows by 18:00Z.".to_owned()),
    });
    let mut case = form_case("answer with every act on an ask", &form, lexicon);
    if let Some(case) = case.as_object_mut() {
        let fields = json!([0, [[0, false, 412, fields, "More follows by 18:00Z."]]]);
        case.insert("fields".to_owned(), fields);
    }
    case
}

fn translation_case(lexicon: &Lexicon) -> Value {
    let form = Form::Translation(Translation {
        language: Language::Russian,
        ours: true,
        message: Serial(388),
        field: "note.text".to_owned(),
        grade: Grade::Official,
        by: "2nd watch".to_owned(),
        text: "Приложения 1-3 следуют.".to_owned(),
    });
    let mut case = form_case("translation of a note", &form, lexicon);
    if let Some(case) = case.as_object_mut() {
        let said = "Приложения 1-3 следуют.";
        let fields = json!([5, [[1, true, 388, "note.text", 2, "2nd watch", said]]]);
        case.insert("fields".to_owned(), fields);
    }
    case
}

fn act_case(fields: &Value, act: &Act) -> Value {
    json!({
        "fields": fields,
        "bytes": hex(&to_bytes(act)),
        "en": act.en(),
        "ru": act.ru(),
    })
}

const T: UtcSeconds = UtcSeconds(1_825_005_600);

/// Every act, in the order of their numbers, beside the array that it is.
fn acts() -> Vec<(Value, Act)> {
    let mut all = read_backs();
    all.extend(answers());
    all.extend(after_answers());
    all
}

fn read_backs() -> Vec<(Value, Act)> {
    let items = || {
        vec![Item {
            item: 3,
            value: "18:00Z".to_owned(),
        }]
    };
    vec![
        (json!([0, []]), Act::Received),
        (
            json!([1, [1, [[3, "18:00Z"]]]]),
            Act::ReadBack {
                readback: 1,
                items: items(),
            },
        ),
        (json!([2, [1]]), Act::Correct { readback: 1 }),
        (
            json!([3, [1, [[3, "18:00Z"]]]]),
            Act::Correction {
                readback: 1,
                items: items(),
            },
        ),
    ]
}

/// Acts by which an ask is answered.
fn answers() -> Vec<(Value, Act)> {
    let ask_one = 1;
    let who = || "the Ministry of Energy".to_owned();
    vec![
        (
            json!([4, [1, who(), 0, "T-007", T.0]]),
            Act::Commit {
                ask: ask_one,
                who: who(),
                verb: Verb::Stop,
                object: "T-007".to_owned(),
                by: T,
            },
        ),
        (
            json!([5, [1]]),
            Act::Refuse {
                ask: ask_one,
                reason: None,
            },
        ),
        (
            json!([6, [1, "нет доступа"]]),
            Act::Unable {
                ask: ask_one,
                reason: "нет доступа".to_owned(),
            },
        ),
        (
            json!([7, [1, [ask_fields()]]]),
            Act::Counter {
                ask: ask_one,
                asks: vec![ask()],
            },
        ),
        (
            json!([8, [1, T.0, who()]]),
            Act::Defer {
                ask: ask_one,
                until: T,
                who: who(),
            },
        ),
        (
            json!([9, [1, [2, 300]]]),
            Act::Dispute {
                ask: ask_one,
                items: vec![2, 300],
            },
        ),
        (json!([10, [1]]), Act::Decline { ask: ask_one }),
    ]
}

/// Acts about a deed that was committed to, and the asker's own.
fn after_answers() -> Vec<(Value, Act)> {
    let ask_one = 1;
    let seen = || "one entry more".to_owned();
    vec![
        (
            json!([11, [1, T.0]]),
            Act::Done {
                ask: ask_one,
                at: T,
                evidence: None,
            },
        ),
        (json!([12, [1]]), Act::Verified { ask: ask_one }),
        (
            json!([13, [1, seen()]]),
            Act::NotVerified {
                ask: ask_one,
                seen: seen(),
            },
        ),
        (json!([14, [1]]), Act::Withdraw { ask: ask_one }),
    ]
}

fn ask() -> Ask {
    Ask {
        number: 1,
        to: "Правительство NORD".to_owned(),
        verb: Verb::Publish,
        object: "the log records of 2027-10-28".to_owned(),
        act_by: T,
        answer_by: UtcSeconds(T.0 - 86_400),
    }
}

fn ask_fields() -> Value {
    let (to, object) = ("Правительство NORD", "the log records of 2027-10-28");
    json!([1, to, 11, object, T.0, T.0 - 86_400])
}

/// Every entry of the starter code book, its blanks filled with the least that they take.
fn coded_cases(lexicon: &Lexicon) -> Made<Vec<Value>> {
    let book = CodeBook::starter()?;
    let mut cases = Vec::new();
    for ((number, entry), serial) in book
        .entries()
        .zip([1_u32, 127, 128, 412, 16_383].into_iter().cycle())
    {
        let typed: Vec<(&str, String)> = entry
            .blanks
            .iter()
            .map(|blank| (blank.name.as_str(), least(&blank.kind)))
            .collect();
        let typed: Vec<(&str, &str)> = typed
            .iter()
            .map(|(name, value)| (*name, value.as_str()))
            .collect();
        let coded = book.encode(number, Serial(serial), &typed, lexicon)?;
        let values = book.decode(&coded)?;
        cases.push(json!({
            "entry": coded.entry,
            "flash": coded.flash,
            "serial": serial,
            "blanks": hex(&coded.blanks),
            "bytes": hex(&coded.to_bytes()),
            "en": book.render(number, &values, Language::English, lexicon)?,
            "ru": book.render(number, &values, Language::Russian, lexicon)?,
        }));
    }
    Ok(cases)
}

fn least(kind: &redphone_clarity::BlankKind) -> String {
    use redphone_clarity::BlankKind;
    match kind {
        BlankKind::Choice { .. } | BlankKind::Hours => "1".to_owned(),
        BlankKind::Count { least, .. } => least.to_string(),
        BlankKind::Term { terms } => terms.first().map_or("0".to_owned(), ToString::to_string),
        BlankKind::Time => "2027-10-31T18:00Z".to_owned(),
    }
}

fn hex(bytes: &[u8]) -> String {
    bytes.iter().map(|byte| format!("{byte:02x}")).collect()
}

/// Drafts by name, each of them a form.
const DRAFTS: [(&str, &str); 7] = [
    (
        "whole warning",
        r#"marker = "WARNING"
language = "en"
lexicon = "starter-1"
[reference]
kind = "new"
[conduct]
actor = "Unit Alpha of SUD, as we identify it"
act = "T-007"
where = "the registers listed in Annex 1"
when = ["2027-10-28T02:10Z", "2027-10-28T03:40Z"]
[basis]
sources = "our own network records"
likelihood = "E7"
confidence = "high"
shown = "hashes of 3 log files in Annex 3"
[bright_line]
act = "T-007"
count = 1
where = "the registers listed in Annex 1"
from = "2027-10-31T18:00Z"
to = "2027-11-09T06:00Z"
judge = "our record, shown to you within 6 h"
[consequence]
mode = "disclosed"
actor = "the Treasury of NORD"
act = "block the assets listed in Annex 2"
within = "PT24H"
[[ask]]
number = 1
to = "the Government of SUD"
verb = "stop"
object = "T-007 in the registers listed in Annex 1"
act_by = "2027-10-31T18:00Z"
answer_by = "2027-10-30T18:00Z"
[assurance]
if = "no entry is recorded in that window"
act = "we will not block the assets listed in Annex 2"
until = "2028-01-20T00:00Z"
[authority]
on_behalf_of = "the Head of State of NORD"
[contact]
who = "the duty officer of NORD, on the order wire"
[note]
text = "Annexes 1 to 3 follow."
"#,
    ),
    (
        "warning that reinforces, of which parts are marked",
        r#"marker = "WARNING"
language = "ru"
[reference]
kind = "reinforces"
serial = 388
changes = ["consequence", "ask"]
[conduct]
mark = "none"
[basis]
mark = "not-disclosed"
[bright_line]
act = "T-014"
count = 300
where = "управляющая сеть из приложения 1"
from = "2027-10-31T18:00Z"
to = "2027-11-09T06:00Z"
judge = "наша запись"
[consequence]
mode = "decided-not-disclosed"
[[ask]]
to = "Правительство NORD"
verb = "isolate"
object = "T-014 из приложения 1"
act_by = "2027-10-31T18:00Z"
answer_by = "2027-10-30T18:00Z"
[assurance]
mark = "undecided"
[authority]
on_behalf_of = "Правительство SUD"
"#,
    ),
    (
        "request",
        r#"marker = "REQUEST"
language = "en"
[reference]
kind = "new"
[[ask]]
to = "the Government of SUD"
verb = "preserve"
object = "T-030 of 2027-10-28"
act_by = "2027-10-31T18:00Z"
answer_by = "2027-10-30T18:00Z"
[[ask]]
to = "the Government of SUD"
verb = "name"
object = "the officer who holds them"
act_by = "2027-11-01T18:00Z"
answer_by = "2027-10-30T18:00Z"
[authority]
on_behalf_of = "the Government of NORD"
[note]
text = "Two asks: each is answered by itself."
"#,
    ),
    (
        "question that clarifies",
        r#"marker = "QUESTION"
language = "ru"
[reference]
kind = "clarifies"
serial = 7
changes = []
[[ask]]
to = "Правительство NORD"
verb = "confirm"
object = "T-033 в районе 4"
act_by = "2027-10-31T18:00Z"
answer_by = "2027-10-31T18:00Z"
[authority]
on_behalf_of = "Правительство SUD"
"#,
    ),
    (
        "information",
        r#"marker = "INFORMATION"
language = "ru"
[conduct]
actor = "Штаб флота SUD"
act = "T-033"
where = "район 4"
when = ["2027-10-28T02:10Z"]
[basis]
sources = "наш приказ"
likelihood = "E7"
confidence = "high"
shown = "приказ, приложение 1"
"#,
    ),
    (
        "information that is all marked",
        r#"marker = "INFORMATION"
language = "en"
[conduct]
mark = "undecided"
[basis]
mark = "none"
[note]
text = "We know more and will not say it here."
"#,
    ),
    (
        "assurance",
        r#"marker = "ASSURANCE"
language = "en"
[reference]
kind = "supersedes"
serial = 65536
changes = ["assurance"]
[assurance]
if = "no entry is recorded in that window"
act = "we will not block the assets listed in Annex 2"
until = "2028-01-20T00:00Z"
[authority]
on_behalf_of = "the Government of NORD"
"#,
    ),
];
