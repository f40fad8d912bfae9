//! Forms: their bytes and their bounds (rules FORM-1 and FORM-2).

use redphone_wire::limits::{ASKS_MAX, FIELD_BYTES_MAX, NOTE_BYTES_MAX};
use redphone_wire::{
    Act, Answer, Ask, Assurance, Assured, Authority, Basis, BrightLine, Conduct, Confidence,
    Consequence, Form, Information, Language, LexiconId, Likelihood, Mark, Part, PartName,
    Reference, ReferenceKind, Request, Serial, UtcSeconds, Verb, Warning, from_bytes, to_bytes,
};

/// A form of every kind, with every optional part there and away.
pub(crate) fn forms() -> Vec<Form> {
    let mut marked = warning();
    marked.conduct = Part::Marked(Mark::None);
    marked.basis = Part::Marked(Mark::NotDisclosed);
    marked.bright_line = Part::Marked(Mark::Undecided);
    marked.consequence = Part::Marked(Mark::Undecided);
    marked.assurance = Part::Marked(Mark::None);
    marked.reference = Reference::New;
    (marked.contact, marked.note, marked.lexicon) = (None, None, None);
    vec![
        Form::Agreement(crate::agreements::agreement()),
        Form::Warning(Box::new(warning())),
        Form::Warning(Box::new(marked)),
        Form::Request(request()),
        Form::Information(Information {
            language: Language::Russian,
            lexicon: Some(lexicon()),
            event: Part::Filled(conduct()),
            basis: Part::Marked(Mark::None),
            note: None,
        }),
        Form::Assurance(Assured {
            language: Language::English,
            lexicon: None,
            reference: reference(),
            assurance: assurance(),
            authority: authority(),
            note: None,
        }),
        Form::Answer(answer()),
    ]
}

#[test]
fn form_within_its_bounds_passes() {
    for form in forms() {
        assert_eq!(form.out_of_bounds(), None, "{form:?}");
    }
}

/// A part, and what breaks its bound.
type Case<'a> = (&'a str, &'a dyn Fn(&mut Warning));

#[test]
fn part_beyond_its_bound_is_named() {
    let long = "x".repeat(FIELD_BYTES_MAX + 1);
    let cases: [Case<'_>; 14] = [
        ("conduct", &|w| {
            set(&mut w.conduct, |conduct| conduct.actor.clone_from(&long))
        }),
        ("conduct", &|w| {
            set(&mut w.conduct, |conduct| conduct.act = " ".to_owned())
        }),
        ("basis", &|w| {
            set(&mut w.basis, |basis| basis.sources.clear())
        }),
        ("basis", &|w| {
            set(&mut w.basis, |basis| basis.shown = Some(long.clone()))
        }),
        ("bright_line", &|w| {
            set(&mut w.bright_line, |line| line.count = 0)
        }),
        ("bright_line", &|w| {
            set(&mut w.bright_line, |line| line.judge.clear())
        }),
        ("consequence", &|w| {
            set(&mut w.consequence, |then| then.within_s = 0)
        }),
        ("asks", &|w| set(&mut w.asks, Vec::clear)),
        ("asks", &|w| {
            set(&mut w.asks, |asks| asks.push(asks[0].clone()))
        }),
        ("asks", &|w| {
            set(&mut w.asks, |asks| *asks = (1..=17).map(ask).collect())
        }),
        ("assurance", &|w| {
            set(&mut w.assurance, |assurance| assurance.act.clear())
        }),
        ("authority", &|w| w.authority.on_behalf_of.clear()),
        ("reference", &|w| {
            w.reference = Reference::To {
                kind: ReferenceKind::Clarifies,
                message: Serial(1),
                changes: vec![PartName::Basis, PartName::Asks],
            };
        }),
        ("note", &|w| w.note = Some("x".repeat(NOTE_BYTES_MAX + 1))),
    ];
    assert_eq!(ASKS_MAX, 16);
    for (part, change) in cases {
        let mut changed = warning();
        change(&mut changed);
        let form = Form::Warning(Box::new(changed));
        assert_eq!(form.out_of_bounds(), Some(part), "{form:?}");
    }
}

#[test]
fn answer_without_an_act_on_a_numbered_ask_is_prose_alone() {
    let answer = |acts, note: Option<&str>| {
        let note = note.map(str::to_owned);
        Form::Answer(Answer {
            acts,
            note,
            ..answer()
        })
        .out_of_bounds()
    };
    assert_eq!(answer(Vec::new(), Some("We take note.")), None);
    assert_eq!(answer(Vec::new(), None), Some("acts"));
    assert_eq!(
        answer(vec![Act::Received], None),
        Some("act"),
        "about no ask"
    );
    assert_eq!(answer(vec![Act::Decline { ask: 0 }], None), Some("act"));
}

#[test]
fn forms_have_these_bytes() {
    let assured = Form::Information(Information {
        language: Language::Russian,
        lexicon: None,
        event: Part::Marked(Mark::NotDisclosed),
        basis: Part::Marked(Mark::None),
        note: None,
    });
    let bytes = to_bytes(&assured);
    assert_eq!(
        bytes,
        [
            0x82, 0x02, 0x81, // INFORMATION
            0x84, 0x01, 0xf6, // in Russian, no lexicon
            0x82, 0x01, 0x81, 0x01, // the event: decided, not disclosed
            0x82, 0x01, 0x81, 0x00, // the basis: none
        ]
    );
    let mut later = bytes;
    later[1] = 7;
    assert!(from_bytes::<Form>(&later).is_err(), "a later form");
}

fn set<T>(part: &mut Part<T>, change: impl FnOnce(&mut T)) {
    if let Part::Filled(value) = part {
        change(value);
    }
}

fn warning() -> Warning {
    Warning {
        language: Language::English,
        lexicon: Some(lexicon()),
        reference: reference(),
        conduct: Part::Filled(conduct()),
        basis: Part::Filled(Basis {
            sources: "our own network records".to_owned(),
            likelihood: Likelihood::AlmostCertain,
            confidence: Confidence::High,
            shown: Some("hashes of 3 log files".to_owned()),
        }),
        bright_line: Part::Filled(BrightLine {
            act: "T-007".to_owned(),
            count: 1,
            place: "the registers of Annex 1".to_owned(),
            from: UtcSeconds(1_825_005_600),
            to: UtcSeconds(1_825_740_000),
            judge: "our record".to_owned(),
        }),
        consequence: Part::Filled(Consequence {
            actor: "the Treasury of NORD".to_owned(),
            act: "block the assets of Annex 2".to_owned(),
            within_s: 86_400,
        }),
        asks: Part::Filled(vec![ask(1), ask(2)]),
        assurance: Part::Filled(assurance()),
        authority: authority(),
        contact: Some("the duty officer, on the order wire".to_owned()),
        note: Some("Annexes 1 and 2 are attached.".to_owned()),
    }
}

fn request() -> Request {
    Request {
        language: Language::English,
        lexicon: None,
        question: true,
        reference: Reference::New,
        asks: vec![ask(1)],
        authority: authority(),
        note: None,
    }
}

fn answer() -> Answer {
    Answer {
        language: Language::Russian,
        ours: false,
        message: Serial(7),
        acts: vec![Act::Decline { ask: 1 }],
        note: None,
    }
}

fn conduct() -> Conduct {
    Conduct {
        actor: "Unit Alpha of SUD".to_owned(),
        act: "T-007".to_owned(),
        place: "the registers of Annex 1".to_owned(),
        from: UtcSeconds(1_824_689_400),
        to: UtcSeconds(1_824_694_800),
    }
}

fn ask(number: u8) -> Ask {
    Ask {
        number,
        to: "the Government of SUD".to_owned(),
        verb: Verb::Stop,
        object: "T-007".to_owned(),
        act_by: UtcSeconds(1_825_005_600),
        answer_by: UtcSeconds(1_824_919_200),
    }
}

fn assurance() -> Assurance {
    Assurance {
        condition: "no entry is recorded".to_owned(),
        act: "we will not block the assets".to_owned(),
        until: UtcSeconds(1_832_000_000),
    }
}

fn authority() -> Authority {
    Authority {
        on_behalf_of: "the Head of State of NORD".to_owned(),
    }
}

fn reference() -> Reference {
    Reference::To {
        kind: ReferenceKind::Reinforces,
        message: Serial(388),
        changes: vec![PartName::BrightLine, PartName::Consequence],
    }
}

fn lexicon() -> LexiconId {
    LexiconId {
        name: "starter".to_owned(),
        version: 1,
        digest: [7; 8],
    }
}
