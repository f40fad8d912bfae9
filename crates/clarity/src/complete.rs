//! From a draft to a form: what is missing or misread is found, part by part; nothing is guessed.
//!
//! Owns which parts each marker must have. A part is filled, or openly marked, or it blocks the
//! release. What is wrong between parts that are all there is the matter of `cross`.
//! Rules C01 to C04, O03, V04 and V05.

mod asks;
mod reader;

use redphone_wire::limits::NOTE_BYTES_MAX;
use redphone_wire::{
    Assurance, Assured, Authority, Basis, BrightLine, Conduct, Confidence, Consequence, Form,
    Information, Language, LexiconId, Likelihood, Part, PartName, Reference, ReferenceKind,
    Request, Serial, Warning,
};

use self::asks::asks;
use self::reader::Reader;
use crate::draft::{Draft, DraftAssurance, DraftAuthority, DraftConduct};
use crate::lack::Lack;
use crate::moment::span_s;

/// What a draft takes from its station.
#[derive(Clone, Debug, Default)]
pub struct Defaults {
    /// On whose behalf the station speaks, where the draft does not say.
    pub on_behalf_of: Option<String>,
    /// The lexicon in force.
    pub lexicon: Option<LexiconId>,
}

/// A draft that was read.
#[derive(Clone, Debug)]
pub struct Completed {
    /// The form, if nothing of it is missing or misread. None too for a plain statement.
    pub form: Option<Form>,
    /// What is missing or misread, in the order of the form.
    pub lacks: Vec<Lack>,
}

/// Reads a draft.
pub fn complete(draft: &Draft, defaults: &Defaults) -> Completed {
    let mut reader = Reader::default();
    let form = read(&mut reader, draft, defaults);
    let lacks = reader.lacks;
    let blocked = lacks.iter().any(Lack::blocks);
    Completed {
        form: form.filter(|_| !blocked),
        lacks,
    }
}

fn read(reader: &mut Reader, draft: &Draft, defaults: &Defaults) -> Option<Form> {
    let language = language(reader, draft);
    let lexicon = lexicon(reader, draft, defaults);
    let note = note(reader, draft);
    match draft.marker.as_str() {
        "WARNING" => warning(reader, draft, defaults).map(|form| {
            Form::Warning(Box::new(Warning {
                language,
                lexicon,
                note,
                ..form
            }))
        }),
        "INFORMATION" => Some(Form::Information(Information {
            language,
            lexicon,
            event: reader.part("conduct", draft.conduct.as_ref(), conduct)?,
            basis: reader.part("basis", draft.basis.as_ref(), basis)?,
            note,
        })),
        "QUESTION" | "REQUEST" => {
            let reference = reference(reader, draft);
            let asks = asks(reader, draft);
            let authority = authority(reader, draft, defaults);
            Some(Form::Request(Request {
                language,
                lexicon,
                question: draft.marker == "QUESTION",
                reference: reference?,
                asks: asks?,
                authority: authority?,
                note,
            }))
        }
        "ASSURANCE" => {
            let reference = reference(reader, draft);
            let given = draft.assurance.as_ref();
            let assurance = reader.needed("assurance", given, assurance);
            let authority = authority(reader, draft, defaults);
            Some(Form::Assurance(Assured {
                language,
                lexicon,
                reference: reference?,
                assurance: assurance?,
                authority: authority?,
                note,
            }))
        }
        "STATEMENT" => None,
        _ => {
            reader.find("C04", "marker");
            None
        }
    }
}

/// A warning without what every form has; those are the caller's.
fn warning(reader: &mut Reader, draft: &Draft, defaults: &Defaults) -> Option<Warning> {
    let reference = reference(reader, draft);
    let conduct = reader.part("conduct", draft.conduct.as_ref(), conduct);
    let basis = reader.part("basis", draft.basis.as_ref(), basis);
    let bright_line = reader.part("bright_line", draft.bright_line.as_ref(), bright_line);
    let consequence = consequence(reader, draft);
    let asks = asks(reader, draft);
    let assurance = reader.part("assurance", draft.assurance.as_ref(), assurance);
    let authority = authority(reader, draft, defaults);
    let contact = draft
        .contact
        .as_ref()
        .and_then(|contact| contact.who.clone());
    let contact = contact.and_then(|who| reader.text("contact.who", Some(&who)));
    Some(Warning {
        language: Language::English,
        lexicon: None,
        reference: reference?,
        conduct: conduct?,
        basis: basis?,
        bright_line: bright_line?,
        consequence: consequence?,
        asks: Part::Filled(asks?),
        assurance: assurance?,
        authority: authority?,
        contact,
        note: None,
    })
}

fn language(reader: &mut Reader, draft: &Draft) -> Language {
    let code = draft.language.as_deref();
    let known = Language::ALL
        .into_iter()
        .find(|one| Some(one.code()) == code);
    known.unwrap_or_else(|| {
        reader.find(if code.is_some() { "C04" } else { "C02" }, "language");
        Language::English
    })
}

fn lexicon(reader: &mut Reader, draft: &Draft, defaults: &Defaults) -> Option<LexiconId> {
    let in_force = defaults.lexicon.clone();
    if let (Some(named), Some(known)) = (&draft.lexicon, &in_force)
        && *named != format!("{}-{}", known.name, known.version)
    {
        reader.find("C05", "lexicon");
    }
    in_force
}

fn note(reader: &mut Reader, draft: &Draft) -> Option<String> {
    let text = draft.note.as_ref()?.text.clone()?;
    if text.len() > NOTE_BYTES_MAX {
        reader.find("C03", "note.text");
    }
    (!text.trim().is_empty()).then_some(text)
}

fn reference(reader: &mut Reader, draft: &Draft) -> Option<Reference> {
    let Some(given) = &draft.reference else {
        return Some(Reference::New);
    };
    let kind = reader.text("reference.kind", given.kind.as_ref())?;
    if kind == "new" {
        return Some(Reference::New);
    }
    let known = ReferenceKind::ALL.into_iter().find(|one| one.en() == kind);
    let kind = reader.known("reference.kind", known);
    let serial = given.serial.and_then(|serial| u32::try_from(serial).ok());
    if given.serial.is_none() {
        reader.find("C02", "reference.serial");
        return None;
    }
    let message = reader.known("reference.serial", serial.filter(|serial| *serial > 0))?;
    let mut changes = Vec::new();
    for name in given.changes.iter().flatten() {
        let part = PartName::ALL.into_iter().find(|part| part.name() == name);
        changes.push(reader.known("reference.changes", part)?);
    }
    changes.sort_unstable();
    changes.dedup();
    Some(Reference::To {
        kind: kind?,
        message: Serial(message),
        changes,
    })
}

fn conduct(reader: &mut Reader, given: &DraftConduct) -> Option<Conduct> {
    let actor = reader.text("conduct.actor", given.actor.as_ref());
    let act = reader.text("conduct.act", given.act.as_ref());
    let place = reader.text("conduct.where", given.place.as_ref());
    let when = given.when.as_deref().unwrap_or_default();
    let from = reader.moment("conduct.when", when.first());
    let to = reader.moment("conduct.when", when.get(1).or(when.first()));
    if when.len() > 2 {
        reader.find("C04", "conduct.when");
    }
    Some(Conduct {
        actor: actor?,
        act: act?,
        place: place?,
        from: from?,
        to: to?,
    })
}

fn basis(reader: &mut Reader, given: &crate::draft::DraftBasis) -> Option<Basis> {
    let sources = reader.text("basis.sources", given.sources.as_ref());
    let likelihood = reader.text("basis.likelihood", given.likelihood.as_ref());
    let likelihood = likelihood.and_then(|id| {
        let known = Likelihood::ALL.into_iter().find(|step| step.id() == id);
        reader.known("basis.likelihood", known)
    });
    let confidence = reader.text("basis.confidence", given.confidence.as_ref());
    let confidence = confidence.and_then(|word| {
        let known = Confidence::ALL.into_iter().find(|one| one.en() == word);
        reader.known("basis.confidence", known)
    });
    let shown = given.shown.as_ref();
    let shown = shown.and_then(|shown| reader.text("basis.shown", Some(shown)));
    Some(Basis {
        sources: sources?,
        likelihood: likelihood?,
        confidence: confidence?,
        shown,
    })
}

fn bright_line(reader: &mut Reader, given: &crate::draft::DraftBrightLine) -> Option<BrightLine> {
    let act = reader.text("bright_line.act", given.act.as_ref());
    let count = given.count.and_then(|count| u16::try_from(count).ok());
    if given.count.is_none() {
        reader.find("C02", "bright_line.count");
    } else {
        reader.known("bright_line.count", count.filter(|count| *count > 0));
    }
    let place = reader.text("bright_line.where", given.place.as_ref());
    let from = reader.moment("bright_line.from", given.from.as_ref());
    let to = reader.moment("bright_line.to", given.to.as_ref());
    let judge = reader.text("bright_line.judge", given.judge.as_ref());
    Some(BrightLine {
        act: act?,
        count: count?,
        place: place?,
        from: from?,
        to: to?,
        judge: judge?,
    })
}

/// The consequence's marks have words of their own: how it is disclosed.
fn consequence(reader: &mut Reader, draft: &Draft) -> Option<Part<Consequence>> {
    let given = draft.consequence.as_ref();
    let mode = given.and_then(|given| given.mode.as_deref());
    let mark = match mode {
        Some("decided-not-disclosed") => Some("not-disclosed"),
        Some("undecided") => Some("undecided"),
        Some("disclosed") | None => None,
        Some(_) => {
            reader.find("C04", "consequence.mode");
            return None;
        }
    };
    let marked = given.cloned().map(|mut given| {
        given.mark = given.mark.or_else(|| mark.map(str::to_owned));
        given
    });
    reader.part("consequence", marked.as_ref(), |reader, given| {
        let actor = reader.text("consequence.actor", given.actor.as_ref());
        let act = reader.text("consequence.act", given.act.as_ref());
        let within = reader.text("consequence.within", given.within.as_ref());
        let within = within.and_then(|text| reader.known("consequence.within", span_s(&text)));
        Some(Consequence {
            actor: actor?,
            act: act?,
            within_s: within?,
        })
    })
}

fn assurance(reader: &mut Reader, given: &DraftAssurance) -> Option<Assurance> {
    let condition = reader.text("assurance.if", given.condition.as_ref());
    let act = reader.text("assurance.act", given.act.as_ref());
    let until = reader.moment("assurance.until", given.until.as_ref());
    Some(Assurance {
        condition: condition?,
        act: act?,
        until: until?,
    })
}

fn authority(reader: &mut Reader, draft: &Draft, defaults: &Defaults) -> Option<Authority> {
    let said = |authority: &DraftAuthority| authority.on_behalf_of.clone();
    let given = draft.authority.as_ref().and_then(said);
    let given = given.or_else(|| defaults.on_behalf_of.clone());
    let on_behalf_of = reader.text("authority.on_behalf_of", given.as_ref())?;
    Some(Authority { on_behalf_of })
}
