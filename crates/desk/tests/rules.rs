//! What a peer may say at the desk, and what is refused (rules DESK-1 to DESK-6, FORM-3).

#![allow(clippy::panic, clippy::unwrap_used)]

use redphone_desk::{Desk, DeskError, Draft, NotPermitted, PeerMisbehaved};
use redphone_wire::limits::{OFFICER_NAME_BYTES_MAX, READERS_MAX, TEXT_BYTES_MAX};
use redphone_wire::{
    Acknowledgement, AttachmentChunk, AttachmentInfo, Form, Information, Language, Mark, Message,
    Part, PartyName, Precedence, Serial, Service, Utc, UtcSeconds,
};

const NOW: Utc = Utc(1_793_461_512_000);

#[test]
fn field_beyond_its_bound_is_refused_and_one_at_its_bound_is_not() {
    let desk = Desk::default();
    let mut whole = message(1);
    whole.text = "x".repeat(TEXT_BYTES_MAX);
    whole.releaser = "x".repeat(OFFICER_NAME_BYTES_MAX);
    whole.readers = Some(vec!["x".repeat(OFFICER_NAME_BYTES_MAX); READERS_MAX]);
    assert!(receive(&desk, &whole).is_ok());

    let mut long_text = whole.clone();
    long_text.text.push('x');
    let mut long_name = whole.clone();
    long_name.releaser.push('x');
    let of_readers = |readers: &[&str]| Message {
        readers: Some(readers.iter().map(|&name| name.to_owned()).collect()),
        ..whole.clone()
    };
    let bad_readers = [&[][..], &[" "], &["one"; READERS_MAX + 1]].map(of_readers);
    for bad in [long_text, long_name].into_iter().chain(bad_readers) {
        assert!(is_bound(&receive(&desk, &bad).unwrap_err()), "{bad:?}");
    }
}

#[test]
fn one_serial_is_one_message_for_ever() {
    let mut desk = Desk::default();
    take(&mut desk, 1, [1; 32]);

    let again = desk.handle_message(NOW, &nord(), &message(1), [1; 32], "hf");
    assert_eq!(again, Ok(None), "the very message again");
    let other = desk.handle_message(NOW, &nord(), &message(1), [2; 32], "hf");
    let serial = Serial(1);
    assert_eq!(other, Err(PeerMisbehaved::SerialReused { serial }.into()));
}

#[test]
fn serial_of_nought_or_far_ahead_is_refused_and_a_gap_is_not() {
    let desk = Desk::default();
    for number in [0, 65_537, u32::MAX] {
        let serial = Serial(number);
        let refused = desk.handle_message(NOW, &nord(), &message(number), [0; 32], "hf");
        assert_eq!(refused, Err(PeerMisbehaved::SerialJump { serial }.into()));
        let announced = desk.handle_service(&nord(), &Service::Announce { highest: serial });
        assert_eq!(announced.is_err(), number > 65_536, "{number}");
    }
    assert!(receive(&desk, &message(65_536)).unwrap());
}

#[test]
fn serial_may_run_ahead_of_what_was_announced() {
    let mut desk = Desk::default();
    let highest = Serial(65_536);
    let announced = desk.handle_service(&nord(), &Service::Announce { highest });
    desk.apply(&announced.unwrap().unwrap());
    assert!(receive(&desk, &message(131_072)).unwrap());
    let serial = Serial(131_073);
    let refused = desk.handle_message(NOW, &nord(), &message(131_073), [0; 32], "hf");
    assert_eq!(refused, Err(PeerMisbehaved::SerialJump { serial }.into()));
}

#[test]
fn peer_cannot_speak_of_what_we_never_sent() {
    let mut desk = Desk::default();
    let draft = Draft::text(Precedence::Flash, "1st watch", "This is an exercise.");
    let (record, message) = desk.release(NOW, &nord(), draft).unwrap();
    desk.apply(&record);
    let acknowledged = |serial| Acknowledgement {
        serial,
        officer: "2nd watch".to_owned(),
        at: UtcSeconds(1),
    };
    let on_desk = |serial| Service::OnDesk {
        serial,
        at: UtcSeconds(1),
    };

    let sent = message.serial;
    assert!(
        desk.handle_acknowledgement(&nord(), &acknowledged(sent))
            .unwrap()
            .is_some()
    );
    assert!(
        desk.handle_service(&nord(), &on_desk(sent))
            .unwrap()
            .is_some()
    );
    let serial = Serial(sent.0 + 1);
    let unknown = DeskError::from(PeerMisbehaved::UnknownMessage { serial });
    let refused = desk.handle_acknowledgement(&nord(), &acknowledged(serial));
    assert_eq!(refused, Err(unknown.clone()));
    assert_eq!(desk.handle_service(&nord(), &on_desk(serial)), Err(unknown));
}

#[test]
fn notice_of_what_was_never_sent_or_out_of_order_is_refused() {
    let mut desk = Desk::default();
    for _ in 0..3 {
        let draft = Draft::text(Precedence::Flash, "1st watch", "This is an exercise.");
        let (record, _) = desk.release(NOW, &nord(), draft).unwrap();
        desk.apply(&record);
    }
    let notice = |ranges: &[(u32, u32)], level| Service::Unacknowledged {
        ranges: ranges
            .iter()
            .map(|(first, last)| (Serial(*first), Serial(*last)))
            .collect(),
        level,
        at: UtcSeconds(1),
    };
    let bad: [(&[(u32, u32)], u8); 6] = [
        (&[(1, 4)], 1),
        (&[(2, 1)], 1),
        (&[(2, 3), (1, 1)], 1),
        (&[(1, 2), (2, 3)], 1),
        (&[(1, 1)], 0),
        (&[(1, 1)], 3),
    ];
    for (ranges, level) in bad {
        let refused = desk.handle_service(&nord(), &notice(ranges, level));
        assert!(refused.is_err(), "{ranges:?} {level}");
    }
    let good = notice(&[(1, 1), (3, 3)], 2);
    let record = desk.handle_service(&nord(), &good).unwrap().unwrap();
    desk.apply(&record);
    // It lowers nothing, and what is known already is nothing new.
    for level in [1, 2] {
        let again = notice(&[(1, 1), (3, 3)], level);
        assert_eq!(desk.handle_service(&nord(), &again), Ok(None));
    }
    let rose = |serial| desk.outgoing(&nord(), Serial(serial)).unwrap().risen_there;
    assert_eq!(rose(1).map(|(level, _)| level), Some(2));
    assert_eq!(rose(2), None);
}

#[test]
fn piece_that_does_not_fit_what_was_announced_is_refused() {
    let mut desk = Desk::default();
    let mut with_map = message(1);
    with_map.attachments.push(AttachmentInfo {
        name: "map.png".to_owned(),
        media_type: "image/png".to_owned(),
        bytes: 1_500,
        digest: [3; 32],
    });
    let record = desk.handle_message(NOW, &nord(), &with_map, [1; 32], "ip");
    desk.apply(&record.unwrap().unwrap());
    let piece = |index, offset, bytes| AttachmentChunk {
        serial: Serial(1),
        index,
        offset,
        bytes: vec![7; bytes],
    };

    let refused = DeskError::from(PeerMisbehaved::Piece { serial: Serial(1) });
    for bad in [
        piece(1, 0, 1_024),
        piece(0, 1_024, 1_024),
        piece(0, 4_096, 10),
    ] {
        let answer = desk.handle_piece(&nord(), &bad);
        assert_eq!(answer, Err(refused.clone()), "{bad:?}");
    }
    let first = desk.handle_piece(&nord(), &piece(0, 0, 1_024)).unwrap();
    desk.apply(&first.unwrap());
    assert_eq!(
        desk.handle_piece(&nord(), &piece(0, 0, 1_024)),
        Ok(None),
        "here already"
    );
    assert!(
        desk.handle_piece(&nord(), &piece(0, 1_024, 476))
            .unwrap()
            .is_some()
    );
}

#[test]
fn form_says_everything_itself_and_keeps_to_its_bounds() {
    let note = |text: &str| {
        Form::Information(Information {
            language: Language::English,
            lexicon: None,
            event: Part::Marked(Mark::NotDisclosed),
            basis: Part::Marked(Mark::None),
            note: Some(text.to_owned()),
        })
    };
    let of_form = |form, text: &str| Message {
        text: text.to_owned(),
        form: Some(form),
        ..message(1)
    };
    let desk = Desk::default();
    assert!(receive(&desk, &of_form(note("A cable is cut."), "")).unwrap());
    for (bad, what) in [
        (of_form(note(" "), ""), "note"),
        (
            of_form(note("A cable is cut."), "and more"),
            "text beside a form",
        ),
    ] {
        let refused = PeerMisbehaved::Bound { what };
        assert_eq!(receive(&desk, &bad), Err(refused.into()));
    }

    let mut draft = Draft::text(Precedence::Flash, "1st watch", "");
    draft.form = Some(note("A cable is cut."));
    let (_, message) = desk.release(NOW, &nord(), draft.clone()).unwrap();
    assert_eq!(message.form, draft.form);
    draft.text = "and more".to_owned();
    let refused = desk.release(NOW, &nord(), draft).map(|_| ());
    assert_eq!(refused, Err(NotPermitted::Form { part: "text" }.into()));
}

fn nord() -> PartyName {
    "NORD".parse().unwrap()
}

fn message(serial: u32) -> Message {
    Message {
        serial: Serial(serial),
        precedence: Precedence::Routine,
        released: UtcSeconds(1),
        releaser: "1st watch".to_owned(),
        text: "This is an exercise.".to_owned(),
        attachments: Vec::new(),
        form: None,
        readers: None,
    }
}

/// Whether a message would be taken in.
fn receive(desk: &Desk, message: &Message) -> Result<bool, DeskError> {
    let record = desk.handle_message(NOW, &nord(), message, [0; 32], "hf")?;
    Ok(record.is_some())
}

fn take(desk: &mut Desk, serial: u32, digest: [u8; 32]) {
    let record = desk.handle_message(NOW, &nord(), &message(serial), digest, "hf");
    desk.apply(&record.unwrap().unwrap());
}

fn is_bound(error: &DeskError) -> bool {
    matches!(
        error,
        DeskError::PeerMisbehaved(PeerMisbehaved::Bound { .. })
    )
}
