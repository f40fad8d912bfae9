//! What is said of a lexicon or a code book: its bytes and its bounds (rule BOOK-1).

use redphone_wire::limits::NOTE_BYTES_MAX;
use redphone_wire::{Agreement, AgreementAct, BookKind, Form, Language, from_bytes, to_bytes};

pub(crate) fn agreement() -> Agreement {
    Agreement {
        language: Language::English,
        act: AgreementAct::Refuse,
        what: BookKind::CodeBook,
        name: "line".to_owned(),
        version: 2,
        digest: [0xab; 32],
        note: Some("C-21 can be read in two ways".to_owned()),
    }
}

#[test]
fn agreement_has_these_bytes_and_its_bounds() {
    let plain = Agreement {
        note: None,
        ..agreement()
    };
    let bytes = to_bytes(&Form::Agreement(plain));
    let head = [
        0x82, 0x06, 0x81, // AGREEMENT
        0x86, 0x00, 0x02, 0x01, // in English, refuse, a code book
        0x64, b'l', b'i', b'n', b'e', 0x02, // line-2
        0x58, 0x20, // 32 bytes
    ];
    assert_eq!(bytes, [&head[..], &[0xab; 32]].concat());
    for (at, later) in [(1, 7), (5, 4), (6, 2)] {
        let mut bytes = bytes.clone();
        bytes[at] = later;
        assert!(
            from_bytes::<Form>(&bytes).is_err(),
            "a later form, act or kind"
        );
    }

    let part = |change: &dyn Fn(&mut Agreement)| {
        let mut changed = agreement();
        change(&mut changed);
        Form::Agreement(changed).out_of_bounds()
    };
    assert_eq!(part(&|_| ()), None);
    for name in ["", "Line", "line-2", "li ne", "a_name_of_17_lett", "ли"] {
        assert_eq!(part(&|one| name.clone_into(&mut one.name)), Some("name"));
    }
    assert_eq!(part(&|one| one.version = 0), Some("version"));
    let long = "x".repeat(NOTE_BYTES_MAX + 1);
    for note in [" ", &long] {
        assert_eq!(part(&|one| one.note = Some(note.to_owned())), Some("note"));
    }
}
