//! A form at the operator's border: its lines in both languages, and what its terms mean.

use std::sync::Arc;

use redphone_api::{BookState, FormLine, FormView, LexiconNamed, TermMeant, Word};
use redphone_clarity::{Bilingual, terms_used};
use redphone_desk::{Lexicon, lines_of};
use redphone_journal::Storage;
use redphone_wire::{BookKind, Form, Language, LexiconId, PartyName, shown};

use crate::agree::state_of;
use crate::hub::Hub;

impl<S: Storage> Hub<S> {
    /// A form as it reads, by the lexicon that it names.
    pub(crate) fn form_view(&mut self, peer: &PartyName, form: &Form) -> FormView {
        let (lexicon, named) = self.lexicon_of(peer, form);
        let lexicon = lexicon.as_deref();
        let lines = |language| {
            let lines = lines_of(form, lexicon, language).into_iter();
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
            lexicon: named,
            terms: lexicon.map_or_else(Vec::new, |lexicon| meant(form, lexicon)),
        }
    }

    /// The lexicon by which a form reads, and the one that it names with where that stands. An ANSWER
    /// names none and reads by the one in force.
    pub(crate) fn lexicon_of(
        &mut self,
        peer: &PartyName,
        form: &Form,
    ) -> (Option<Arc<Lexicon>>, Option<LexiconNamed>) {
        let Some(id) = form.lexicon() else {
            let answers = matches!(form, Form::Answer(_) | Form::Translation(_));
            let lexicon = answers.then(|| self.lexicon_in_force(peer)).flatten();
            return (lexicon, None);
        };
        let lexicon = self.lexicon_named(peer, id);
        let state = match &lexicon {
            Some(lexicon) => self.lexicon_state(peer, lexicon),
            None => BookState::NotHeld,
        };
        let named = LexiconNamed {
            name: title(id),
            state,
        };
        (lexicon, Some(named))
    }

    fn lexicon_state(&self, peer: &PartyName, lexicon: &Lexicon) -> BookState {
        let agreed = self.desk.agreed(peer);
        let in_force = agreed.and_then(|agreed| agreed.in_force(BookKind::Lexicon));
        let in_force = in_force.map(|(digest, _)| *digest);
        let hash = lexicon.hash();
        match agreed.and_then(|agreed| agreed.find(&hash)) {
            Some(book) => state_of(book, in_force == Some(hash)),
            None if in_force.is_none() => BookState::InForce,
            None => BookState::Superseded,
        }
    }
}

fn title(id: &LexiconId) -> String {
    shown(&format!("{}-{}", id.name, id.version))
}

/// The terms that a form uses, with what both sides mean by them.
fn meant(form: &Form, lexicon: &Lexicon) -> Vec<TermMeant> {
    let both = |words: &Bilingual| Word {
        en: words.en.clone(),
        ru: words.ru.clone(),
    };
    let used = terms_used(form, lexicon).into_iter();
    used.filter_map(|id| {
        let term = lexicon.term(id)?;
        Some(TermMeant {
            id: id.to_string(),
            word: both(&term.head),
            means: both(&term.definition),
            excludes: both(&term.excludes),
        })
    })
    .collect()
}
