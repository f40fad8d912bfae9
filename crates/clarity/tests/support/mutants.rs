//! One thing dropped or blurred in a good draft: every mutant must be blocked.

use redphone_clarity::{Draft, DraftAsk};

/// What was done to a draft, and the draft.
pub(crate) type Mutant = (String, Draft);

/// A field that is dropped.
type Drop = (&'static str, fn(&mut Draft) -> bool);

/// Takes a value out; false when it was not there.
fn out<T>(value: Option<&mut Option<T>>) -> bool {
    value.is_some_and(|value| value.take().is_some())
}

const DROPS: [Drop; 25] = [
    ("conduct", |d| d.conduct.take().is_some()),
    ("basis", |d| d.basis.take().is_some()),
    ("bright_line", |d| d.bright_line.take().is_some()),
    ("consequence", |d| d.consequence.take().is_some()),
    ("assurance", |d| d.assurance.take().is_some()),
    ("authority", |d| d.authority.take().is_some()),
    ("asks", |d| !std::mem::take(&mut d.ask).is_empty()),
    ("language", |d| d.language.take().is_some()),
    ("conduct.actor", |d| {
        out(d.conduct.as_mut().map(|p| &mut p.actor))
    }),
    ("conduct.act", |d| {
        out(d.conduct.as_mut().map(|p| &mut p.act))
    }),
    ("conduct.where", |d| {
        out(d.conduct.as_mut().map(|p| &mut p.place))
    }),
    ("conduct.when", |d| {
        out(d.conduct.as_mut().map(|p| &mut p.when))
    }),
    ("basis.sources", |d| {
        out(d.basis.as_mut().map(|p| &mut p.sources))
    }),
    ("basis.likelihood", |d| {
        out(d.basis.as_mut().map(|p| &mut p.likelihood))
    }),
    ("basis.confidence", |d| {
        out(d.basis.as_mut().map(|p| &mut p.confidence))
    }),
    ("bright_line.act", |d| {
        out(d.bright_line.as_mut().map(|p| &mut p.act))
    }),
    ("bright_line.count", |d| {
        out(d.bright_line.as_mut().map(|p| &mut p.count))
    }),
    ("bright_line.where", |d| {
        out(d.bright_line.as_mut().map(|p| &mut p.place))
    }),
    ("bright_line.from", |d| {
        out(d.bright_line.as_mut().map(|p| &mut p.from))
    }),
    ("bright_line.to", |d| {
        out(d.bright_line.as_mut().map(|p| &mut p.to))
    }),
    ("bright_line.judge", |d| {
        out(d.bright_line.as_mut().map(|p| &mut p.judge))
    }),
    ("consequence.actor", |d| {
        out(d.consequence.as_mut().map(|p| &mut p.actor))
    }),
    ("consequence.act", |d| {
        out(d.consequence.as_mut().map(|p| &mut p.act))
    }),
    ("consequence.within", |d| {
        out(d.consequence.as_mut().map(|p| &mut p.within))
    }),
    ("assurance.until", |d| {
        out(d.assurance.as_mut().map(|p| &mut p.until))
    }),
];

/// A field of an ask that is dropped.
type AskDrop = (&'static str, fn(&mut DraftAsk) -> bool);

const ASK_DROPS: [AskDrop; 5] = [
    ("to", |ask| ask.to.take().is_some()),
    ("verb", |ask| ask.verb.take().is_some()),
    ("object", |ask| ask.object.take().is_some()),
    ("act_by", |ask| ask.act_by.take().is_some()),
    ("answer_by", |ask| ask.answer_by.take().is_some()),
];

/// Drafts with one part or field dropped.
pub(crate) fn dropped(draft: &Draft) -> Vec<Mutant> {
    let mut mutants = Vec::new();
    for (field, drop) in DROPS {
        let mut mutant = draft.clone();
        if drop(&mut mutant) {
            mutants.push((format!("{field} dropped"), mutant));
        }
    }
    for at in 0..draft.ask.len() {
        for (field, drop) in ASK_DROPS {
            let mut mutant = draft.clone();
            if mutant.ask.get_mut(at).is_some_and(drop) {
                mutants.push((format!("ask.{}.{field} dropped", at + 1), mutant));
            }
        }
    }
    mutants
}

/// Drafts with one time out of order, over, without a zone, or of two readings.
pub(crate) fn mistimed(draft: &Draft) -> Vec<Mutant> {
    let mut mutants = Vec::new();
    let mut add = |what: &str, change: &dyn Fn(&mut Draft) -> Option<()>| {
        let mut mutant = draft.clone();
        if change(&mut mutant).is_some() && mutant != *draft {
            mutants.push((what.to_owned(), mutant));
        }
    };
    add("bright line ends before it begins", &|d| {
        let line = d.bright_line.as_mut()?;
        std::mem::swap(&mut line.from, &mut line.to);
        line.from.is_some().then_some(())
    });
    add("assurance ends before the line does", &|d| {
        d.assurance
            .as_mut()?
            .until
            .as_mut()?
            .replace_range(..4, "2026");
        d.bright_line.as_ref()?.to.is_some().then_some(())
    });
    add("bright line without a zone", &|d| {
        let from = d.bright_line.as_mut()?.from.as_mut()?;
        from.pop();
        Some(())
    });
    add("bright line of two readings", &|d| {
        d.bright_line
            .as_mut()?
            .to
            .replace("03/11/2027 18:00 UTC".to_owned())
            .map(|_| ())
    });
    add("bright line over", &|d| {
        let line = d.bright_line.as_mut()?;
        line.from.replace("2027-10-01T00:00Z".to_owned())?;
        line.to.replace("2027-10-02T00:00Z".to_owned()).map(|_| ())
    });
    for at in 0..draft.ask.len() {
        add("answer after the act", &|d| {
            let ask = d.ask.get_mut(at)?;
            std::mem::swap(&mut ask.act_by, &mut ask.answer_by);
            Some(())
        });
        add("answer due before the message arrives", &|d| {
            let due = "2027-10-20T12:30Z".to_owned();
            d.ask.get_mut(at)?.answer_by.replace(due).map(|_| ())
        });
        add("deadline without a zone", &|d| {
            let by = d.ask.get_mut(at)?.act_by.as_mut()?;
            by.pop();
            Some(())
        });
        add("deadline in words", &|d| {
            d.ask
                .get_mut(at)?
                .act_by
                .replace("soon".to_owned())
                .map(|_| ())
        });
    }
    mutants
}

/// What makes a good text muddled: in English, in Russian.
type Blur = (&'static str, &'static str, &'static str);

const CONSEQUENCES: [Blur; 4] = [
    (
        "grave",
        "see to grave consequences",
        "обеспечит тяжёлые последствия",
    ),
    (
        "serious consequences",
        "answer with serious consequences",
        "ответит серьёзными последствиями",
    ),
    (
        "measures",
        "take appropriate measures",
        "примет соответствующие меры",
    ),
    (
        "all options",
        "keep all options on the table",
        "будет использовать все средства",
    ),
];

const LINES: [Blur; 2] = [
    ("catch-all", "interference", "вмешательство"),
    ("two words", "hostile acts", "враждебные действия"),
];

const OBJECTS: [Blur; 3] = [
    (
        "time in words",
        "the scans as soon as possible",
        "сканирование как можно скорее",
    ),
    (
        "day of the reader",
        "the scans tomorrow",
        "сканирование завтра",
    ),
    (
        "letters of two alphabets",
        "the sc\u{430}ns",
        "ск\u{61}нирование",
    ),
];

/// Drafts with the words of one field blurred.
pub(crate) fn blurred(draft: &Draft) -> Vec<Mutant> {
    let russian = draft.language.as_deref() == Some("ru");
    let of = |blur: &Blur| if russian { blur.2 } else { blur.1 }.to_owned();
    let mut mutants = Vec::new();
    let mut add = |what: &str, change: &dyn Fn(&mut Draft) -> Option<String>| {
        let mut mutant = draft.clone();
        if change(&mut mutant).is_some() {
            mutants.push((what.to_owned(), mutant));
        }
    };
    for blur in &CONSEQUENCES {
        add(blur.0, &|d| d.consequence.as_mut()?.act.replace(of(blur)));
    }
    for blur in &LINES {
        add(blur.0, &|d| d.bright_line.as_mut()?.act.replace(of(blur)));
    }
    for at in 0..draft.ask.len() {
        for blur in &OBJECTS {
            add(blur.0, &|d| d.ask.get_mut(at)?.object.replace(of(blur)));
        }
    }
    mutants
}
