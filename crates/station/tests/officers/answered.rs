//! Answers where officers are enrolled: checked by the station, held as drafts, released by others.

use std::time::Duration;

use redphone_api::{Answered, DraftAct, DraftFields, NewAct, Refusal, Request, Response};
use redphone_desk::hold::NewDraft;
use redphone_desk::officers::Action;
use redphone_wire::{
    Ask, Authority, Form, Language, Precedence, Reference, Request as AskForm, Utc, UtcSeconds,
    Verb, from_bytes,
};

use crate::chancery::{Chancery, DRAFTER, RELEASER, SECOND};
use crate::support::name;

fn answer(nord: &mut Chancery, check_only: bool) -> Result<Answered, Refusal> {
    let reason = "no record of it is kept".to_owned();
    let request = Request::Answer {
        message: "SUD-0001".parse().unwrap(),
        acts: vec![NewAct::Unable { ask: 1, reason }],
        note: String::new(),
        officer: "1st watch".to_owned(),
        check_only,
    };
    match nord.ask(request)? {
        Response::Answered(answered) => Ok(*answered),
        other => panic!("an answer was given, not {other:?}"),
    }
}

/// NORD with officers, asked one thing by SUD.
fn asked() -> Chancery {
    let mut nord = Chancery::staffed();
    let now = nord.pair.now;
    let ask = Ask {
        number: 1,
        to: "NORD".to_owned(),
        verb: Verb::Name,
        object: "who ordered it".to_owned(),
        act_by: UtcSeconds(now.utc.seconds().0 + 7_200),
        answer_by: UtcSeconds(now.utc.seconds().0 + 3_600),
    };
    let form = Form::Request(AskForm {
        language: Language::English,
        lexicon: None,
        question: true,
        reference: Reference::New,
        authority: Authority {
            on_behalf_of: "the Government of SUD".to_owned(),
        },
        asks: vec![ask],
        note: None,
    });
    let sud = &mut nord.pair.sides[1].hub;
    sud.send_form(
        now,
        &name("NORD"),
        Precedence::Priority,
        form,
        "duty officer",
    )
    .unwrap();
    nord.pair.run(Duration::from_millis(300));
    nord
}

#[test]
fn answer_of_one_is_refused_and_held_it_closes_its_ask_when_others_released_it() {
    let mut nord = asked();
    assert_eq!(answer(&mut nord, false).unwrap_err().exit_code(), 5);
    let checked = answer(&mut nord, true).unwrap();
    let fields = DraftFields {
        expires_at: nord.pair.now.utc.0 + 3_600_000,
        ..checked.draft.unwrap()
    };
    let new = NewDraft {
        peer: fields.to.parse().unwrap(),
        precedence: fields.precedence.parse().unwrap(),
        text: String::new(),
        form: Some(from_bytes(&fields.form).unwrap()),
        code: None,
        subject: String::new(),
        attachments: Vec::new(),
        expires: Utc(fields.expires_at),
        on_record: false,
        readers: Vec::new(),
    };
    let by = nord.sign(DRAFTER, "drafter", Action::Draft, new.terms(1, 1).digest());
    let held = Request::DraftHold {
        draft: fields,
        attachments: Vec::new(),
        by,
    };
    nord.ask(held).unwrap();
    for releaser in [RELEASER, SECOND] {
        nord.act(releaser, 1, DraftAct::Release, "").unwrap();
    }
    for _ in 0..20 {
        nord.pair.step(Duration::from_secs(1));
    }
    nord.pair.run(Duration::from_millis(300));
    let now = nord.pair.now;
    let message = "0001".parse().unwrap();
    let Ok(Response::Message(ours)) = nord.pair.sides[1].ask(now, Request::Read { message }) else {
        panic!("a message was asked for");
    };
    assert!(!ours.asks[0].unanswered, "{:?}", ours.asks);
}
