//! A form as people read it, in either language, from one template each.
//!
//! Owns the words around the fields. The core needs no translation: terms are shown in the reader's
//! language by the lexicon, times and numbers are the same in both, and sentences are built so that
//! no field has to be inflected. Free text in the other language of record is quoted as it is.
//! Rule FORM-4.

mod acts;
mod words;

use jiff::Timestamp;
use redphone_wire::{
    Agreement, Ask, Assurance, Authority, Basis, BrightLine, Conduct, Consequence, Form, Language,
    Part, PartName, Reference, Translation, UtcSeconds, Verb, Warning, shown,
};

use self::words::{Words, words};

/// The agreed words of terms.
pub trait Terms {
    /// The agreed word of a term's id in a language, if the lexicon has it.
    fn term(&self, id: &str, language: Language) -> Option<&str>;
}

/// One labelled line of a form.
#[derive(Clone, Debug, Eq, PartialEq)]
pub struct Line {
    /// What it is: `BRIGHT LINE`.
    pub label: String,
    /// What it says. Nothing in it acts on a screen unseen.
    pub text: String,
}

/// The lines of a form in a language.
pub fn lines(form: &Form, terms: &dyn Terms, language: Language) -> Vec<Line> {
    let mut page = Page {
        words: words(language),
        terms,
        language,
        of_record: form.language(),
        lines: Vec::new(),
    };
    page.heading(form);
    match form {
        Form::Agreement(agreement) => page.agreement(agreement),
        Form::Answer(answer) => page.answer(answer),
        Form::Assurance(assured) => {
            page.reference(&assured.reference);
            page.assurance(&assured.assurance);
            page.authority(&assured.authority);
            page.note(assured.note.as_deref());
        }
        Form::Information(information) => {
            page.part(page.words.event, &information.event, Page::conduct);
            page.part(page.words.basis, &information.basis, Page::basis);
            page.note(information.note.as_deref());
        }
        Form::Request(request) => {
            page.reference(&request.reference);
            request.asks.iter().for_each(|ask| page.ask(ask));
            page.authority(&request.authority);
            page.note(request.note.as_deref());
        }
        Form::Translation(translation) => page.translation(translation),
        Form::Warning(warning) => page.warning(warning),
    }
    page.lines
}

/// The label of the line that a field stands in, in a language. Empty for a field that no form has.
pub fn label(field: &str, form: &Form, language: Language) -> String {
    let words = words(language);
    let (part, rest) = field.split_once('.').unwrap_or((field, ""));
    let label = match (part, form) {
        ("conduct", Form::Information(_)) => words.event,
        ("authority", _) => words.on_behalf_of,
        ("contact", _) => words.contact,
        ("note", _) => words.note,
        ("ask", _) => {
            let number = rest.split('.').next().unwrap_or_default();
            return format!("{} {number}", words.ask);
        }
        _ => {
            let named = PartName::ALL.into_iter().find(|one| one.name() == part);
            named.map_or("", |part| words.part(part))
        }
    };
    label.to_owned()
}

/// An instant as both sides read it: `2027-10-31 18:00 UTC`.
pub fn instant(at: UtcSeconds) -> String {
    let Ok(at) = Timestamp::from_second(i64::from(at.0)) else {
        return "----".to_owned();
    };
    let civil = jiff::tz::Offset::UTC.to_datetime(at);
    let (day, time) = (civil.date(), civil.time());
    let seconds = match time.second() {
        0 => String::new(),
        seconds => format!(":{seconds:02}"),
    };
    format!("{day} {:02}:{:02}{seconds} UTC", time.hour(), time.minute())
}

/// What is being written, for whom.
struct Page<'a> {
    words: &'static Words,
    terms: &'a dyn Terms,
    language: Language,
    of_record: Language,
    lines: Vec<Line>,
}

impl Page<'_> {
    fn line(&mut self, label: &str, text: String) {
        let label = label.to_owned();
        self.lines.push(Line { label, text });
    }

    fn heading(&mut self, form: &Form) {
        let written = if matches!(form, Form::Translation(_)) {
            self.words.into(self.of_record)
        } else {
            self.words.language(self.of_record)
        };
        let lexicon = form.lexicon().map_or(String::new(), |id| {
            format!(
                ", {} {}-{}",
                self.words.lexicon,
                shown(&id.name),
                id.version
            )
        });
        let marker = self.words.marker(form);
        self.line(marker, format!("{written}{lexicon}"));
    }

    fn agreement(&mut self, agreement: &Agreement) {
        let what = match self.language {
            Language::English => agreement.what.en(),
            Language::Russian => agreement.what.ru(),
        };
        let digest: String = agreement
            .digest
            .iter()
            .map(|byte| format!("{byte:02x}"))
            .collect();
        let title = shown(&agreement.title());
        let label = self.words.agreed(agreement.act);
        self.line(label, format!("{what} {title}, SHA-256 {digest}"));
        self.note(agreement.note.as_deref());
    }

    fn warning(&mut self, warning: &Warning) {
        self.reference(&warning.reference);
        self.part(self.words.conduct, &warning.conduct, Self::conduct);
        self.part(self.words.basis, &warning.basis, Self::basis);
        self.part(
            self.words.bright_line,
            &warning.bright_line,
            Self::bright_line,
        );
        self.part(
            self.words.consequence,
            &warning.consequence,
            Self::consequence,
        );
        match &warning.asks {
            Part::Filled(asks) => asks.iter().for_each(|ask| self.ask(ask)),
            Part::Marked(mark) => self.line(self.words.ask, self.words.mark(*mark).to_owned()),
        }
        match &warning.assurance {
            Part::Filled(assurance) => self.assurance(assurance),
            Part::Marked(mark) => {
                self.line(self.words.assurance, self.words.mark(*mark).to_owned());
            }
        }
        self.authority(&warning.authority);
        if let Some(contact) = &warning.contact {
            self.line(self.words.contact, self.say(contact));
        }
        self.note(warning.note.as_deref());
    }

    /// A part, or its mark in the same place.
    fn part<T>(&mut self, label: &str, part: &Part<T>, say: impl Fn(&Self, &T) -> String) {
        let text = match part {
            Part::Filled(value) => say(self, value),
            Part::Marked(mark) => self.words.mark(*mark).to_owned(),
        };
        self.line(label, text);
    }

    fn reference(&mut self, reference: &Reference) {
        let Reference::To {
            kind,
            message,
            changes,
        } = reference
        else {
            return;
        };
        let changed: Vec<&str> = changes.iter().map(|part| self.words.part(*part)).collect();
        let changed = if changed.is_empty() {
            self.words.nothing_changed.to_owned()
        } else {
            let (changed, rest) = (changed.join(", "), self.words.rest_unchanged);
            format!("{}: {changed}; {rest}", self.words.changed)
        };
        let kind = self.words.reference(*kind);
        self.line(
            self.words.referring,
            format!("{kind} {message}; {changed}."),
        );
    }

    fn conduct(&self, conduct: &Conduct) -> String {
        let (actor, act) = (self.say(&conduct.actor), self.say(&conduct.act));
        let (place, when) = (
            self.say(&conduct.place),
            self.window(conduct.from, conduct.to),
        );
        format!("{actor}: {act}. {}: {place}. {when}.", self.words.place)
    }

    fn basis(&self, basis: &Basis) -> String {
        let likelihood = self.words.likelihood(basis.likelihood);
        let confidence = self.words.confidence(basis.confidence);
        let sources = self.say(&basis.sources);
        let shown = basis.shown.as_ref().map_or(String::new(), |shown| {
            format!(" {}: {}.", self.words.shown, self.say(shown))
        });
        let words = self.words;
        format!(
            "{likelihood}; {}: {confidence}. {}: {sources}.{shown}",
            words.confidence, words.sources
        )
    }

    fn bright_line(&self, line: &BrightLine) -> String {
        let words = self.words;
        format!(
            "{} {}. {}: {}. {}: {}. {}. {}: {}.",
            words.if_,
            self.say(&line.act),
            words.count,
            words.at_least(line.count),
            words.place,
            self.say(&line.place),
            self.window(line.from, line.to),
            words.judge,
            self.say(&line.judge),
        )
    }

    fn consequence(&self, consequence: &Consequence) -> String {
        let (actor, act) = (self.say(&consequence.actor), self.say(&consequence.act));
        let within = self.words.span(consequence.within_s);
        let words = self.words;
        format!(
            "{} {actor} {}: {act}. {} {within}.",
            words.then, words.will, words.within
        )
    }

    fn ask(&mut self, ask: &Ask) {
        let words = self.words;
        let verb = self.verb(ask.verb);
        let text = format!(
            "{} {}: {verb} {}. {} {}. {} {}.",
            words.we_ask,
            self.say(&ask.to),
            self.say(&ask.object),
            words.act_by,
            instant(ask.act_by),
            words.answer_by,
            instant(ask.answer_by),
        );
        self.line(&format!("{} {}", words.ask, ask.number), text);
    }

    fn assurance(&mut self, assurance: &Assurance) {
        let (condition, act) = (self.say(&assurance.condition), self.say(&assurance.act));
        let (words, until) = (self.words, instant(assurance.until));
        let text = format!("{} {condition}: {act}. {} {until}.", words.if_, words.until);
        self.line(words.assurance, text);
    }

    fn authority(&mut self, authority: &Authority) {
        self.line(self.words.on_behalf_of, self.say(&authority.on_behalf_of));
    }

    fn translation(&mut self, translation: &Translation) {
        let words = self.words;
        let whose = if translation.ours {
            words.of_ours
        } else {
            words.of_yours
        };
        let field = shown(&translation.field);
        let referring = format!("{whose} {}, {field}", translation.message);
        self.line(words.referring, referring);
        let (grade, by) = (words.grade(translation.grade), shown(&translation.by));
        self.line(words.grade, format!("{grade}; {by}"));
        self.line(words.text, self.say(&translation.text));
    }

    fn note(&mut self, note: Option<&str>) {
        if let Some(note) = note {
            self.line(self.words.note, self.say(note));
        }
    }

    fn verb(&self, verb: Verb) -> &'static str {
        match self.language {
            Language::English => verb.en(),
            Language::Russian => verb.ru(),
        }
    }

    fn window(&self, from: UtcSeconds, to: UtcSeconds) -> String {
        let words = self.words;
        if from == to {
            return format!("{} {}", words.at, instant(from));
        }
        format!(
            "{} {} {} {}",
            words.from,
            instant(from),
            words.to,
            instant(to)
        )
    }

    /// Free text with the agreed words of its terms. In the other language it is quoted, and the
    /// terms stand behind it.
    fn say(&self, text: &str) -> String {
        let ids = term_ids(text);
        if self.language == self.of_record {
            let mut said = shown(text);
            for id in ids {
                if let Some(word) = self.terms.term(id, self.language) {
                    said = said.replacen(id, &format!("{word} ({id})"), 1);
                }
            }
            return said;
        }
        if let Some(word) = self.terms.term(text.trim(), self.language) {
            return format!("{word} ({})", text.trim());
        }
        let known = |id: &&str| Some(format!("{id}: {}", self.terms.term(id, self.language)?));
        let meant: Vec<String> = ids.iter().filter_map(known).collect();
        let quoted = self.words.quoted(&shown(text));
        if meant.is_empty() {
            return quoted;
        }
        format!("{quoted} [{}]", meant.join("; "))
    }
}

/// The ids of terms in a text, `T-` and three digits, each once, in order.
pub(crate) fn term_ids(text: &str) -> Vec<&str> {
    let mut found: Vec<&str> = Vec::new();
    for (at, _) in text.match_indices("T-") {
        let Some(id) = text.get(at..at + 5) else {
            continue;
        };
        let digits = id.bytes().skip(2).all(|byte| byte.is_ascii_digit());
        let before = text.get(..at).and_then(|before| before.chars().next_back());
        let after = text.get(at + 5..).and_then(|after| after.chars().next());
        let alone = [before, after]
            .iter()
            .flatten()
            .all(|c| !c.is_alphanumeric());
        if digits && alone && !found.contains(&id) {
            found.push(id);
        }
    }
    found
}
