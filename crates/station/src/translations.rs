//! Translations of free texts: checked against the original before they go, listed under it when they
//! came, whoever made them. Rules FORM-9 to FORM-11.

use redphone_api::{Refusal, TranslationView, Word};
use redphone_clarity::{free_texts, label, language_of};
use redphone_desk::asks::Side;
use redphone_desk::{Finding, differ, findings_of_translation};
use redphone_journal::Storage;
use redphone_wire::{Form, Language, Message, PartyName, Serial, Translation, shown};

use crate::hub::Hub;
use crate::refusals::{not_found, usage};
use crate::wording::broken;

/// Translations that are shown with one message. What is beyond stays a message like any other.
const TRANSLATIONS_MAX: usize = 64;

impl<S: Storage> Hub<S> {
    /// What is muddled in a translation of ours.
    pub(crate) fn check_translation(
        &mut self,
        peer: &PartyName,
        translation: &Translation,
    ) -> Result<Vec<Finding>, Refusal> {
        let (ours, serial) = (translation.ours, translation.message);
        let from = if ours { &self.name } else { peer };
        let name = format!("{from} {serial}");
        let held = if ours {
            self.desk.outgoing(peer, serial).is_some()
        } else {
            self.desk.incoming(peer, serial).is_some()
        };
        if !held {
            let to_do = "List what is here with `redphone inbox` and `redphone outbox`.";
            return Err(not_found(format!("{name} is not here."), to_do));
        }
        let original = self.said_in(peer, ours, serial)?;
        let fields = fields_of(&original);
        let Some((_, text)) = fields.iter().find(|(field, _)| *field == translation.field) else {
            let known: Vec<&str> = fields.iter().map(|(field, _)| field.as_str()).collect();
            return Err(usage(
                format!("{name} has no free text '{}'.", shown(&translation.field)),
                format!("It has: {}.", known.join(", ")),
            ));
        };
        if translation.language == language_of_record(&original) {
            return Err(usage(
                format!("{name} is written in that language."),
                "A translation is into the other one.",
            ));
        }
        let names = self.names();
        let names = names.iter().map(String::as_str);
        let lexicon = self.lexicon_in_force(peer);
        findings_of_translation(text, translation, lexicon.as_deref(), names).ok_or_else(broken)
    }

    /// The translations of a message. One of a field that it has not is a message like any other.
    pub(crate) fn translations_of(
        &mut self,
        peer: &PartyName,
        of: Side,
        original: &Message,
    ) -> Vec<TranslationView> {
        let threads = self.desk.threads(peer).into_iter();
        let listed = threads.flat_map(|threads| threads.translations((of, original.serial)));
        let listed: Vec<_> = listed.take(TRANSLATIONS_MAX).collect();
        let fields = fields_of(original);
        let view = |(by, serial): (Side, Serial)| {
            let said = self.said_in(peer, by == Side::Us, serial).ok()?;
            let Some(Form::Translation(translation)) = said.form else {
                return None;
            };
            let (_, text) = fields
                .iter()
                .find(|(field, _)| *field == translation.field)?;
            let side = if by == Side::Us { &self.name } else { peer };
            Some(translation_view(
                side,
                serial,
                &translation,
                (original, text),
            ))
        };
        listed.into_iter().filter_map(view).collect()
    }
}

fn translation_view(
    side: &PartyName,
    serial: Serial,
    translation: &Translation,
    (original, text): (&Message, &str),
) -> TranslationView {
    let label = |language| {
        let form = original.form.as_ref();
        form.map_or_else(String::new, |form| {
            label(&translation.field, form, language)
        })
    };
    let grade = translation.grade;
    TranslationView {
        name: format!("{side} {serial}"),
        side: side.to_string(),
        field: translation.field.clone(),
        label: Word {
            en: label(Language::English),
            ru: label(Language::Russian),
        },
        language: translation.language.code().to_owned(),
        grade: Word {
            en: grade.en().to_owned(),
            ru: grade.ru().to_owned(),
        },
        by: shown(&translation.by),
        text: shown(&translation.text),
        differs: differ(text, &translation.text),
    }
}

/// The free texts of a message, each with the path of its field.
fn fields_of(message: &Message) -> Vec<(String, String)> {
    match &message.form {
        Some(form) => free_texts(form),
        None => vec![("text".to_owned(), message.text.clone())],
    }
}

fn language_of_record(message: &Message) -> Language {
    let form = message.form.as_ref();
    form.map_or_else(|| language_of(&message.text), Form::language)
}
