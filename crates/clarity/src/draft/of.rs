//! The draft that a form was made of: for editing it anew, and for checking a form that is whole.

use redphone_wire::{
    Ask, Assurance, Authority, Basis, BrightLine, Conduct, Consequence, Form, Part, Reference,
    UtcSeconds,
};

use super::{
    Draft, DraftAsk, DraftAssurance, DraftAuthority, DraftBasis, DraftBrightLine, DraftConduct,
    DraftConsequence, DraftContact, DraftNote, DraftReference, word_of,
};

impl Draft {
    /// The draft of a form. None for an ANSWER, whose acts are no fields, a TRANSLATION and an AGREEMENT.
    pub fn of(form: &Form) -> Option<Self> {
        let mut draft = Self {
            marker: form.marker().to_owned(),
            language: Some(form.language().code().to_owned()),
            lexicon: form
                .lexicon()
                .map(|id| format!("{}-{}", id.name, id.version)),
            ..Self::default()
        };
        draft.ask = form.asks().iter().map(of_ask).collect();
        let note = match form {
            Form::Agreement(_) | Form::Answer(_) | Form::Translation(_) => return None,
            Form::Assurance(form) => {
                draft.reference = of_reference(&form.reference);
                draft.assurance = Some(of_assurance(&form.assurance));
                draft.authority = Some(of_authority(&form.authority));
                &form.note
            }
            Form::Information(form) => {
                draft.conduct = Some(of_part(&form.event, of_conduct));
                draft.basis = Some(of_part(&form.basis, of_basis));
                &form.note
            }
            Form::Request(form) => {
                draft.reference = of_reference(&form.reference);
                draft.authority = Some(of_authority(&form.authority));
                &form.note
            }
            Form::Warning(form) => {
                draft.reference = of_reference(&form.reference);
                draft.conduct = Some(of_part(&form.conduct, of_conduct));
                draft.basis = Some(of_part(&form.basis, of_basis));
                draft.bright_line = Some(of_part(&form.bright_line, of_bright_line));
                draft.consequence = Some(of_consequence(&form.consequence));
                draft.assurance = Some(of_part(&form.assurance, of_assurance));
                draft.authority = Some(of_authority(&form.authority));
                draft.contact = form.contact.clone().map(|who| DraftContact {
                    mark: None,
                    who: Some(who),
                });
                &form.note
            }
        };
        draft.note = note.clone().map(|text| DraftNote {
            mark: None,
            text: Some(text),
        });
        Some(draft)
    }
}

/// The free texts of a form that can be translated, each with the path of its field.
pub fn free_texts(form: &Form) -> Vec<(String, String)> {
    match form {
        Form::Agreement(agreement) => {
            let note = agreement.note.iter();
            note.map(|note| ("note.text".to_owned(), note.clone()))
                .collect()
        }
        Form::Answer(answer) => {
            let note = answer.note.iter();
            note.map(|note| ("note.text".to_owned(), note.clone()))
                .collect()
        }
        Form::Translation(_) => Vec::new(),
        Form::Assurance(_) | Form::Information(_) | Form::Request(_) | Form::Warning(_) => {
            let draft = Draft::of(form).unwrap_or_default();
            let texts = draft.texts().into_iter();
            texts
                .map(|(field, text)| (field, text.to_owned()))
                .collect()
        }
    }
}

/// A part whose mark can be set.
trait Markable: Default {
    fn marked(mark: String) -> Self;
}

macro_rules! markable {
    ($($name:ident)*) => {
        $(impl Markable for $name {
            fn marked(mark: String) -> Self {
                Self { mark: Some(mark), ..Self::default() }
            }
        })*
    };
}

markable!(DraftConduct DraftBasis DraftBrightLine DraftAssurance);

fn of_part<T, D: Markable>(part: &Part<T>, of: impl Fn(&T) -> D) -> D {
    match part {
        Part::Filled(value) => of(value),
        Part::Marked(mark) => D::marked(word_of(*mark).to_owned()),
    }
}

fn said(text: &str) -> Option<String> {
    Some(text.to_owned())
}

/// `2027-10-31T18:00:00Z`.
fn at(seconds: UtcSeconds) -> Option<String> {
    let instant = jiff::Timestamp::from_second(i64::from(seconds.0));
    instant.ok().map(|instant| instant.to_string())
}

fn of_reference(reference: &Reference) -> Option<DraftReference> {
    let Reference::To {
        kind,
        message,
        changes,
    } = reference
    else {
        return None;
    };
    let changes = changes.iter().map(|part| part.name().to_owned()).collect();
    Some(DraftReference {
        mark: None,
        kind: said(kind.en()),
        serial: Some(i64::from(message.0)),
        changes: Some(changes),
    })
}

fn of_conduct(conduct: &Conduct) -> DraftConduct {
    DraftConduct {
        mark: None,
        actor: said(&conduct.actor),
        act: said(&conduct.act),
        place: said(&conduct.place),
        when: Some(
            [at(conduct.from), at(conduct.to)]
                .into_iter()
                .flatten()
                .collect(),
        ),
    }
}

fn of_basis(basis: &Basis) -> DraftBasis {
    DraftBasis {
        mark: None,
        sources: said(&basis.sources),
        likelihood: said(basis.likelihood.id()),
        confidence: said(basis.confidence.en()),
        shown: basis.shown.clone(),
    }
}

fn of_bright_line(line: &BrightLine) -> DraftBrightLine {
    DraftBrightLine {
        mark: None,
        act: said(&line.act),
        count: Some(i64::from(line.count)),
        place: said(&line.place),
        from: at(line.from),
        to: at(line.to),
        judge: said(&line.judge),
    }
}

fn of_consequence(consequence: &Part<Consequence>) -> DraftConsequence {
    match consequence {
        Part::Filled(consequence) => DraftConsequence {
            mark: None,
            mode: said("disclosed"),
            actor: said(&consequence.actor),
            act: said(&consequence.act),
            within: Some(format!("PT{}S", consequence.within_s)),
        },
        Part::Marked(mark) => DraftConsequence {
            mark: said(word_of(*mark)),
            ..DraftConsequence::default()
        },
    }
}

fn of_ask(ask: &Ask) -> DraftAsk {
    DraftAsk {
        mark: None,
        number: Some(i64::from(ask.number)),
        to: said(&ask.to),
        verb: said(ask.verb.en()),
        object: said(&ask.object),
        act_by: at(ask.act_by),
        answer_by: at(ask.answer_by),
    }
}

fn of_assurance(assurance: &Assurance) -> DraftAssurance {
    DraftAssurance {
        mark: None,
        condition: said(&assurance.condition),
        act: said(&assurance.act),
        until: at(assurance.until),
    }
}

fn of_authority(authority: &Authority) -> DraftAuthority {
    DraftAuthority {
        mark: None,
        on_behalf_of: said(&authority.on_behalf_of),
    }
}
