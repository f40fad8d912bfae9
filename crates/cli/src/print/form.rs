//! A form as it is read: its lines in both languages, their translations, what its terms mean.

use redphone_api::{BookState, FormLine, FormView, TranslationView};
use redphone_wire::Language;

use super::{Ink, Paper, safe, wrap};

/// A form in its language of record first, then in the other one, with the translations of its free
/// texts below the lines that they stand in.
pub(super) fn form_lines(
    paper: &Paper,
    form: &FormView,
    translations: &[TranslationView],
) -> String {
    let (en, ru) = (("en", &form.en), ("ru", &form.ru));
    let both = if form.language == "ru" {
        [ru, en]
    } else {
        [en, ru]
    };
    let page = |(language, lines): (&str, &Vec<FormLine>)| -> String {
        let mut page = String::new();
        for line in lines {
            page.push_str(&form_line(paper, line));
            let below = translations.iter().filter(|one| {
                let label = if language == "ru" {
                    &one.label.ru
                } else {
                    &one.label.en
                };
                one.language == language && *label == line.label
            });
            for translation in below {
                page.push_str(&translated(paper, translation));
            }
        }
        page
    };
    both.map(page).join("\n")
}

/// What both sides mean by the terms of a form, in a language.
pub(super) fn terms(paper: &Paper, form: &FormView, language: Language) -> String {
    let Some(named) = &form.lexicon else {
        return String::new();
    };
    let name = safe(&named.name);
    if named.state == BookState::NotHeld {
        let said = format!(
            "The lexicon {name} is not held here: its terms stand as numbers. Ask the other side to \
             propose it."
        );
        return format!("\n{}", wrap(&paper.style.paint(Ink::Amber, &said), 3, 5));
    }
    if form.terms.is_empty() {
        return String::new();
    }
    let state = if named.state == BookState::InForce {
        String::new()
    } else {
        format!(", {}", named.state.words())
    };
    let label = paper.style.paint(Ink::Bold, "TERMS");
    let mut page = format!("\n   {label}  as agreed in {name}{state}\n");
    for term in &form.terms {
        let (word, means, excludes, not) = match language {
            Language::English => (&term.word.en, &term.means.en, &term.excludes.en, "Not"),
            Language::Russian => (
                &term.word.ru,
                &term.means.ru,
                &term.excludes.ru,
                "Не включает",
            ),
        };
        let mut line = format!("{} {}: {}", term.id, safe(word), safe(means));
        if !excludes.is_empty() {
            line.push_str(&format!(" {not}: {}.", safe(excludes)));
        }
        page.push_str(&wrap(&line, 5, 7));
    }
    page
}

/// A translation: its grade and whose it is, what it says, and whether it differs.
pub(super) fn translated(paper: &Paper, translation: &TranslationView) -> String {
    let (by, side, name) = (
        safe(&translation.by),
        safe(&translation.side),
        safe(&translation.name),
    );
    let field = safe(&translation.field);
    let (head, differs) = if translation.language == "ru" {
        let grade = &translation.grade.ru;
        (
            format!("Перевод ({grade}), {field}; {by}, {side} ({name}):"),
            "Числа, время, имена, термины или отрицания расходятся с оригиналом (X02).",
        )
    } else {
        let grade = &translation.grade.en;
        (
            format!("{grade} translation of {field}, {by} of {side} ({name}):"),
            "Numbers, times, names, terms or negation differ from the original (X02).",
        )
    };
    let said = safe(&translation.text);
    let mut page = wrap(
        &format!("{} {said}", paper.style.paint(Ink::Quiet, &head)),
        5,
        7,
    );
    if translation.differs {
        page.push_str(&wrap(&paper.style.paint(Ink::Amber, differs), 7, 7));
    }
    page
}

fn form_line(paper: &Paper, line: &FormLine) -> String {
    let label = paper.style.paint(Ink::Bold, &safe(&line.label));
    wrap(&format!("{label}  {}", safe(&line.text)), 3, 5)
}
