//! A form at the operator's border: its lines in both languages.

use redphone_api::{FormLine, FormView};
use redphone_desk::lines_of;
use redphone_wire::{Form, Language};

/// A form as it reads.
pub(crate) fn form_view(form: &Form) -> FormView {
    let lines = |language| {
        let lines = lines_of(form, language).into_iter();
        let line = |line: redphone_desk::Line| FormLine {
            label: line.label,
            text: line.text,
        };
        lines.map(line).collect()
    };
    FormView {
        marker: form.marker().to_owned(),
        language: form.language().code().to_owned(),
        en: lines(Language::English),
        ru: lines(Language::Russian),
    }
}
