//! An agreed text is held, signed as its whole text, and goes as its code. Rule CODE-10.

use std::time::Duration;

use redphone_api::{DraftAct, DraftFields, MessageRef, Request, Response};
use redphone_desk::hold::NewDraft;
use redphone_desk::officers::Action;
use redphone_wire::{Coded, Utc};

use crate::chancery::{Chancery, DRAFTER, RELEASER};

fn checked(nord: &mut Chancery) -> DraftFields {
    let blanks = [
        ("from", "2027-10-31T18:00Z"),
        ("hours", "4"),
        ("time", "2027-10-31T19:30Z"),
    ];
    let request = Request::SendCode {
        to: None,
        code: "C-06".to_owned(),
        blanks: blanks
            .map(|(name, value)| (name.to_owned(), value.to_owned()))
            .to_vec(),
        officer: DRAFTER.0.to_owned(),
        check_only: true,
    };
    let Ok(Response::Coded(coded)) = nord.ask(request) else {
        panic!("the text was asked for");
    };
    DraftFields {
        expires_at: nord.pair.now.utc.0 + 3_600_000,
        ..coded.draft.unwrap()
    }
}

fn hold(nord: &mut Chancery, fields: DraftFields) -> Result<Response, redphone_api::Refusal> {
    let new = NewDraft {
        peer: fields.to.parse().unwrap(),
        precedence: fields.precedence.parse().unwrap(),
        text: fields.text.clone(),
        form: None,
        code: Some(Coded::from_bytes(&fields.code).unwrap()),
        subject: String::new(),
        attachments: Vec::new(),
        expires: Utc(fields.expires_at),
        on_record: false,
        readers: Vec::new(),
    };
    let by = nord.sign(DRAFTER, "drafter", Action::Draft, new.terms(1, 1).digest());
    nord.ask(Request::DraftHold {
        draft: fields,
        attachments: Vec::new(),
        by,
    })
}

#[test]
fn code_of_two_officers_goes_as_a_code() {
    let mut nord = Chancery::staffed();
    let fields = checked(&mut nord);
    let text = fields.text.clone();
    hold(&mut nord, fields).unwrap();
    nord.act(RELEASER, 1, DraftAct::Release, "").unwrap();
    nord.pair.run(Duration::from_millis(300));
    let message: MessageRef = "NORD-0001".parse().unwrap();
    let now = nord.pair.now;
    let Ok(Response::Message(read)) = nord.pair.sides[1].ask(now, Request::Read { message }) else {
        panic!("FLASH goes at once");
    };
    assert_eq!(read.summary.releaser, "code C-06");
    assert_eq!(read.text, text);
}

#[test]
fn text_that_is_not_what_its_code_says_is_not_held() {
    let mut nord = Chancery::staffed();
    let good = checked(&mut nord);
    let other_text = DraftFields {
        text: good.text.replace("lasts: 4", "lasts: 5"),
        ..good.clone()
    };
    let other_precedence = DraftFields {
        precedence: "routine".to_owned(),
        ..good.clone()
    };
    let with_serial = {
        let mut coded = Coded::from_bytes(&good.code).unwrap();
        coded.serial = redphone_wire::Serial(7);
        DraftFields {
            code: coded.to_bytes(),
            ..good.clone()
        }
    };
    for fields in [other_text, other_precedence, with_serial] {
        assert!(hold(&mut nord, fields).is_err());
    }
    hold(&mut nord, good).unwrap();
}
