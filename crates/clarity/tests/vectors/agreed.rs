//! The fixed cases of agreements: a lexicon and a code book, the digests of their content, and what
//! is said of them.
//!
//! The file of each stands in the vectors, so that a second implementation makes the digest from it.

use redphone_clarity::{CodeBook, Lexicon};
use redphone_wire::{Agreement, AgreementAct, BookKind, Form, Language};
use serde_json::{Value, json};

use super::{Made, form_case, hex};

/// A lexicon with every part that one may have.
const LEXICON: &str = r#"[meta]
name = "line"
version = 2
[[term]]
id = "T-041"
en = "safe corridor"
ru = "безопасный коридор"
def_en = "A route that both sides keep open."
def_ru = "Путь, который открыт для обеих сторон."
not_en = "a route of one side alone"
not_ru = "путь лишь одной стороны"
forms_en = ["safe corridor", "safe corridors"]
forms_ru = ["безопасный коридор", "безопасного коридора"]
avoid_en = ["lane"]
avoid_ru = ["трасса"]
[[term]]
id = "T-012"
en = "attack"
ru = "нападение"
status = "do-not-use"
why_en = "Say what was done."
why_ru = "Назовите само действие. Ещё лучше: кто, где и когда."
[[estimate]]
id = "E5"
en = "likely"
ru = "вероятно"
range = [55, 80]
[[confidence]]
id = "low"
en = "low"
ru = "низкая"
def_en = "Sources that nobody checked."
def_ru = "Источники, которые никто не проверил."
not_en = "a low likelihood"
not_ru = "низкая вероятность"
"#;

/// A code book with every kind of blank.
const CODE_BOOK: &str = r#"[meta]
name = "line"
version = 3
lexicon = "starter-1"
follows_en = "in our next message"
follows_ru = "в нашем следующем сообщении"
[[list]]
name = "place"
items = [{ en = "at sea", ru = "на море" }, { en = "on land", ru = "на суше" }]
[[entry]]
code = "C-21"
precedence = "FLASH"
title_en = "We turn back"
title_ru = "Мы возвращаемся"
text_en = "Our ships turn back. Ships: {ships}. Where: {where}. From: {from}. For hours: {hours}. Why: {why}."
text_ru = "Наши корабли возвращаются. Кораблей: {ships}. Где: {where}. С: {from}. Часов: {hours}. Причина: {why}."
blank = [
  { name = "ships", kind = "count", bytes = 2, least = 1, means_en = "how many", means_ru = "сколько" },
  { name = "where", kind = "choice", list = "place", means_en = "where", means_ru = "где" },
  { name = "from", kind = "time", means_en = "since when", means_ru = "с какого времени" },
  { name = "hours", kind = "hours", means_en = "for how long", means_ru = "на какое время" },
  { name = "why", kind = "term", terms = ["T-004", "T-007"], means_en = "why", means_ru = "почему" },
]
[[entry]]
code = "C-03"
precedence = "PRIORITY"
title_en = "All is well"
title_ru = "Всё в порядке"
text_en = "All is well here."
text_ru = "У нас всё в порядке."
"#;

/// The lexicon with a letter of two signs: the digest is over the composed one.
fn lexicon_file() -> String {
    LEXICON.replace("Ещё", "Еще\u{308}")
}

/// The files, with the digests of their content.
pub(super) fn books() -> Made<Value> {
    let file = lexicon_file();
    let (lexicon, book) = (Lexicon::parse(&file)?, CodeBook::parse(CODE_BOOK)?);
    Ok(json!([
        { "what": BookKind::Lexicon.en(), "file": file, "digest": hex(&lexicon.hash()) },
        {
            "what": BookKind::CodeBook.en(),
            "file": CODE_BOOK,
            "digest": hex(&book.hash()),
            "check": book.check(),
        },
    ]))
}

/// Each act, on each kind, with and without a reason.
pub(super) fn cases(shipped: &Lexicon) -> Made<Vec<Value>> {
    let lexicon = Lexicon::parse(&lexicon_file())?.hash();
    let codes = CodeBook::parse(CODE_BOOK)?.hash();
    let because = Some("Срок прошёл.");
    let said = [
        (AgreementAct::Propose, BookKind::Lexicon, 2, lexicon, None),
        (AgreementAct::Accept, BookKind::CodeBook, 3, codes, None),
        (AgreementAct::Refuse, BookKind::Lexicon, 2, lexicon, because),
        (AgreementAct::Retire, BookKind::CodeBook, 3, codes, because),
    ];
    let cases = said.into_iter().map(|(act, what, version, digest, note)| {
        let language = match note {
            Some(_) => Language::Russian,
            None => Language::English,
        };
        let form = Form::Agreement(Agreement {
            language,
            act,
            what,
            name: "line".to_owned(),
            version,
            digest,
            note: note.map(str::to_owned),
        });
        let (word, what) = (word(act), what.en());
        let mut case = form_case(&format!("{word} a {what}"), &form, shipped);
        if let Some(case) = case.as_object_mut() {
            let fields = json!({
                "language": if note.is_some() { "ru" } else { "en" },
                "act": word,
                "what": what,
                "name": "line",
                "version": version,
                "note": note,
            });
            case.insert("agreement".to_owned(), fields);
        }
        case
    });
    Ok(cases.collect())
}

fn word(act: AgreementAct) -> &'static str {
    match act {
        AgreementAct::Accept => "accept",
        AgreementAct::Propose => "propose",
        AgreementAct::Refuse => "refuse",
        AgreementAct::Retire => "retire",
    }
}
