//! Empty drafts, to be filled in: every field of a form, with what belongs in it, in either language.
//!
//! Owns which parts each marker is offered. What an empty field lacks is found as in any draft. A test
//! holds the fields to those of [`super::Draft`].

use crate::Language;

/// The markers that have an empty draft. An ANSWER is made of its message, a STATEMENT is text.
pub const BLANK_MARKERS: [&str; 5] = ["WARNING", "REQUEST", "QUESTION", "INFORMATION", "ASSURANCE"];

/// A table of the draft: its head, what it is for, and its fields.
struct Section {
    head: &'static str,
    says: [&'static str; 2],
    /// May be left out: it stands as a comment.
    may_go: bool,
    fields: &'static [Field],
}

/// A field as it stands empty, and what belongs in it, in English and Russian.
struct Field(&'static str, &'static str, &'static str);

/// Columns of a field, before its comment.
const FIELD_COLUMNS: usize = 22;

const REFERENCE: Section = Section {
    head: "[reference]",
    says: [
        "only where it belongs to an earlier message of yours",
        "только если связано с прежним вашим сообщением",
    ],
    may_go: true,
    fields: &[
        Field(
            "kind = \"\"",
            "reinforces, supersedes, withdraws or clarifies",
            "reinforces (подтверждает), supersedes (заменяет),\nwithdraws (отзывает), clarifies (уточняет)",
        ),
        Field("serial = 0", "its number", "его номер"),
        Field(
            "changes = []",
            "the parts that differ: [\"bright_line\", \"asks\"]",
            "части, которые изменились: [\"bright_line\", \"asks\"]",
        ),
    ],
};

const CONDUCT: Section = Section {
    head: "[conduct]",
    says: ["what you object to", "против чего вы возражаете"],
    may_go: false,
    fields: CONDUCT_FIELDS,
};

const EVENT: Section = Section {
    head: "[conduct]",
    says: ["what happened", "что произошло"],
    may_go: false,
    fields: CONDUCT_FIELDS,
};

const CONDUCT_FIELDS: &[Field] = &[
    Field(
        "actor = \"\"",
        "who, as you identify them",
        "кто, по вашим данным",
    ),
    Field(
        "act = \"\"",
        "what: words, or a term of the lexicon, as T-007",
        "что: словами или термином словаря, как T-007",
    ),
    Field("where = \"\"", "where", "где"),
    Field(
        "when = [\"\", \"\"]",
        "from and to, in UTC: 2027-10-28T02:10Z; or one time",
        "с какого и по какое время, UTC: 2027-10-28T02:10Z; или одно время",
    ),
];

const BASIS: Section = Section {
    head: "[basis]",
    says: ["how you know", "откуда вы это знаете"],
    may_go: false,
    fields: &[
        Field("sources = \"\"", "the kind of sources", "вид источников"),
        Field(
            "likelihood = \"\"",
            "E1 almost no chance, E4 roughly even, E7 almost certain",
            "E1 почти невозможно, E4 примерно поровну, E7 почти наверняка",
        ),
        Field(
            "confidence = \"\"",
            "low, moderate or high",
            "low (низкая), moderate (средняя), high (высокая)",
        ),
        Field(
            "# shown = \"\"",
            "what of it the other side is shown, if anything",
            "что из этого показывается другой стороне, если показывается",
        ),
    ],
};

const BRIGHT_LINE: Section = Section {
    head: "[bright_line]",
    says: ["what must not happen", "чего не должно произойти"],
    may_go: false,
    fields: &[
        Field(
            "act = \"\"",
            "an act that both sides can observe",
            "действие, которое видно обеим сторонам",
        ),
        Field(
            "count = 0",
            "from which time on: 1 is the first",
            "с какого раза: 1 значит с первого",
        ),
        Field("where = \"\"", "where", "где"),
        Field("from = \"\"", "from when, in UTC", "с какого времени, UTC"),
        Field("to = \"\"", "until when, in UTC", "по какое время, UTC"),
        Field(
            "judge = \"\"",
            "by whose record it is judged",
            "по чьим записям это устанавливается",
        ),
    ],
};

const CONSEQUENCE: Section = Section {
    head: "[consequence]",
    says: ["what you will do then", "что вы тогда сделаете"],
    may_go: false,
    fields: &[
        Field(
            "mode = \"\"",
            "disclosed; or decided-not-disclosed, undecided: then nothing below",
            "disclosed (названо); или decided-not-disclosed, undecided: тогда ничего ниже",
        ),
        Field("actor = \"\"", "who will act", "кто будет действовать"),
        Field("act = \"\"", "what they will do", "что сделает"),
        Field(
            "within = \"\"",
            "within which time: PT24H",
            "в какой срок: PT24H",
        ),
    ],
};

const ASK: Section = Section {
    head: "[[ask]]",
    says: [
        "one verb each; repeat it for each ask",
        "один глагол; повторите для каждой просьбы",
    ],
    may_go: false,
    fields: &[
        Field("number = 1", "1, 2, 3", "1, 2, 3"),
        Field("to = \"\"", "to whom", "к кому"),
        Field(
            "verb = \"\"",
            "stop, confirm, name, provide, preserve, remove,\nisolate, restore, allow, meet, investigate, publish",
            "stop, confirm, name, provide, preserve, remove,\nisolate, restore, allow, meet, investigate, publish",
        ),
        Field("object = \"\"", "what", "что"),
        Field(
            "act_by = \"\"",
            "when it must be done, in UTC",
            "к какому времени сделать, UTC",
        ),
        Field(
            "answer_by = \"\"",
            "when it must be answered, in UTC",
            "к какому времени ответить, UTC",
        ),
    ],
};

const ASSURANCE: Section = Section {
    head: "[assurance]",
    says: [
        "what you will not do, and if what",
        "чего вы не сделаете и при каком условии",
    ],
    may_go: false,
    fields: &[
        Field("if = \"\"", "on which condition", "при каком условии"),
        Field("act = \"\"", "what you promise", "что вы обещаете"),
        Field(
            "until = \"\"",
            "until when, in UTC",
            "до какого времени, UTC",
        ),
    ],
};

const AUTHORITY: Section = Section {
    head: "[authority]",
    says: ["who speaks", "кто говорит"],
    may_go: false,
    fields: &[Field(
        "on_behalf_of = \"\"",
        "on whose behalf",
        "от чьего имени",
    )],
};

const CONTACT: Section = Section {
    head: "[contact]",
    says: ["who can be asked", "кого можно спросить"],
    may_go: true,
    fields: &[Field(
        "who = \"\"",
        "who, and how to reach them",
        "кто и как связаться",
    )],
};

const NOTE: Section = Section {
    head: "[note]",
    says: ["anything else, in words", "прочее, словами"],
    may_go: true,
    fields: &[Field("text = \"\"", "", "")],
};

/// An empty draft of a marker, to be written in a language. None: that marker has none.
pub fn blank(marker: &str, language: Language) -> Option<String> {
    let sections: &[&Section] = match marker {
        "WARNING" => &[
            &REFERENCE,
            &CONDUCT,
            &BASIS,
            &BRIGHT_LINE,
            &CONSEQUENCE,
            &ASK,
            &ASSURANCE,
            &AUTHORITY,
            &CONTACT,
            &NOTE,
        ],
        "REQUEST" | "QUESTION" => &[&REFERENCE, &ASK, &AUTHORITY, &NOTE],
        "INFORMATION" => &[&EVENT, &BASIS, &NOTE],
        "ASSURANCE" => &[&REFERENCE, &ASSURANCE, &AUTHORITY, &NOTE],
        _ => return None,
    };
    let said = match language {
        Language::English => {
            "# Fill in each part, or write mark = \"none\", \"not-disclosed\" or \"undecided\" in it: the\n\
             # other side sees the mark. Then: redphone check FILE\n"
        }
        Language::Russian => {
            "# Заполните каждую часть или поставьте в ней mark = \"none\" (нет), \"not-disclosed\" (не\n\
             # раскрывается) или \"undecided\" (не решено): другая сторона увидит это. Затем:\n\
             # redphone check --say ru FILE\n"
        }
    };
    let mut page = format!(
        "{said}marker = \"{marker}\"\nlanguage = \"{}\"\n",
        language.code()
    );
    for section in sections {
        page.push('\n');
        page.push_str(&section.written(language));
    }
    Some(page)
}

impl Section {
    fn written(&self, language: Language) -> String {
        let [en, ru] = self.says;
        let mark = if self.may_go { "# " } else { "" };
        let mut written = line(mark, self.head, of(language, en, ru));
        for Field(empty, en, ru) in self.fields {
            written.push_str(&line(mark, empty, of(language, en, ru)));
        }
        written
    }
}

fn of(language: Language, en: &'static str, ru: &'static str) -> &'static str {
    match language {
        Language::English => en,
        Language::Russian => ru,
    }
}

/// A field and its comment, which may take more than one line.
fn line(mark: &str, empty: &str, comment: &str) -> String {
    let field = format!("{mark}{empty}");
    let mut comments = comment.lines();
    let Some(first) = comments.next() else {
        return format!("{field}\n");
    };
    let mut written = format!("{field:<FIELD_COLUMNS$}  # {first}\n");
    for more in comments {
        written.push_str(&format!("{:<FIELD_COLUMNS$}  # {more}\n", ""));
    }
    written
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::complete::{Defaults, complete};
    use crate::draft::Draft;

    /// The empty draft with what is a comment in it taken as written too.
    fn whole(marker: &str, language: Language) -> String {
        let page = blank(marker, language).unwrap();
        let head = page.find("\n\n").unwrap();
        page[head..].replace("\n# ", "\n")
    }

    #[test]
    fn empty_draft_is_read_and_every_part_of_it_is_found_missing() {
        for marker in BLANK_MARKERS {
            for language in Language::ALL {
                let draft = Draft::read(&blank(marker, language).unwrap()).unwrap();
                assert_eq!(draft.marker, marker);
                assert_eq!(draft.language.as_deref(), Some(language.code()));
                let lacks = complete(&draft, &Defaults::default()).lacks;
                assert!(lacks.iter().any(|lack| lack.blocks()), "{marker}");
            }
        }
        assert_eq!(blank("ANSWER", Language::English), None);
    }

    #[test]
    fn empty_warning_offers_every_field_of_a_draft() {
        let offered: toml::Table = whole("WARNING", Language::English).parse().unwrap();
        let draft: Draft = toml::from_str(&whole("WARNING", Language::Russian)).unwrap();
        let mut read: toml::Table = toml::to_string(&draft).unwrap().parse().unwrap();
        read.remove("marker");
        assert_eq!(offered, read, "the same in both languages");
        let declared = include_str!("../draft.rs");
        let names = declared
            .lines()
            .filter_map(|line| line.trim().strip_suffix("\","));
        let names = names.filter_map(|line| line.rsplit_once("= \"").map(|(_, name)| name));
        let everywhere = toml::to_string(&offered).unwrap();
        let mut fields = 0;
        for name in names {
            let offers = everywhere
                .lines()
                .any(|line| line.starts_with(&format!("{name} =")));
            assert!(offers, "{name}");
            fields += 1;
        }
        assert!(fields > 25, "{fields}");
    }
}
