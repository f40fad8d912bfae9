//! What is said of a lexicon is signed where officers are enrolled, and released by others. Rule
//! BOOK-6.

use std::time::Duration;

use redphone_api::{
    BookAct, BookKind, BookState, DraftAct, DraftFields, NewAttachment, Refusal, Request, Response,
};
use redphone_desk::hold::NewDraft;
use redphone_desk::officers::Action;
use redphone_station::attachment_info;
use redphone_wire::{Utc, from_bytes};

use crate::chancery::{Chancery, DRAFTER, RELEASER, SECOND};

const FILE: &str = "[meta]\nname = \"line\"\nversion = 2\n[[term]]\nid = \"T-007\"\nen = \"entry\"\n\
                    ru = \"вход\"\ndef_en = \"An entry.\"\ndef_ru = \"Вход.\"\n";

fn propose(nord: &mut Chancery, check_only: bool) -> Result<Option<DraftFields>, Refusal> {
    let request = Request::Agree {
        to: None,
        what: BookKind::Lexicon,
        act: BookAct::Propose,
        name: String::new(),
        file: FILE.to_owned(),
        because: String::new(),
        officer: DRAFTER.0.to_owned(),
        check_only,
    };
    match nord.ask(request)? {
        Response::Agreed(said) => Ok(said.draft),
        other => panic!("something was said, not {other:?}"),
    }
}

fn hold(nord: &mut Chancery, fields: DraftFields, file: &str) -> Result<Response, Refusal> {
    let attachment = NewAttachment {
        name: "line-2.toml".to_owned(),
        media_type: "application/toml".to_owned(),
        bytes: file.as_bytes().to_vec(),
    };
    let new = NewDraft {
        peer: fields.to.parse().unwrap(),
        precedence: fields.precedence.parse().unwrap(),
        text: String::new(),
        form: Some(from_bytes(&fields.form).unwrap()),
        code: None,
        readers: Vec::new(),
        subject: String::new(),
        attachments: vec![attachment_info(&attachment)],
        expires: Utc(fields.expires_at),
        on_record: false,
    };
    let by = nord.sign(DRAFTER, "drafter", Action::Draft, new.terms(1, 1).digest());
    nord.ask(Request::DraftHold {
        draft: fields,
        attachments: vec![attachment],
        by,
    })
}

fn state(nord: &mut Chancery, side: usize) -> Option<BookState> {
    let now = nord.pair.now;
    let books = nord.pair.sides[side].ask(now, Request::Books { peer: None });
    let Ok(Response::Books { books }) = books else {
        panic!("a list was asked for");
    };
    let found = books.iter().find(|book| book.name == "line-2");
    found.map(|book| book.state)
}

#[test]
fn proposal_of_one_is_refused_and_signed_by_three_it_goes() {
    let mut nord = Chancery::staffed();
    assert_eq!(propose(&mut nord, false).unwrap_err().exit_code(), 5);
    let fields = propose(&mut nord, true).unwrap().unwrap();
    let fields = DraftFields {
        expires_at: nord.pair.now.utc.0 + 3_600_000,
        ..fields
    };
    // The file that is signed is the one that is named.
    let other = FILE.replace("An entry", "Another entry");
    assert!(hold(&mut nord, fields.clone(), &other).is_err());
    hold(&mut nord, fields, FILE).unwrap();
    nord.act(RELEASER, 1, DraftAct::Release, "").unwrap();
    nord.pair.run(Duration::from_secs(25));
    assert_eq!((state(&mut nord, 0), state(&mut nord, 1)), (None, None));
    nord.act(SECOND, 1, DraftAct::Release, "").unwrap();
    nord.pair.run(Duration::from_secs(25));
    for side in [0, 1] {
        assert_eq!(state(&mut nord, side), Some(BookState::Proposed));
    }
}
