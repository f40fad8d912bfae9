//! Every value has one encoding, and every bound on a value holds (rule WIRE-1).

mod acts;
mod agreements;
mod forms;

use redphone_wire::{
    Acknowledgement, AttachmentChunk, AttachmentInfo, Contact, ContactMark, Difference, EnvelopeId,
    Message, Mix, NoReason, OrderWire, PartyName, Precedence, Refresh, Serial, Service, Suite,
    Suites, TestMessage, UtcSeconds, Verb, from_bytes, to_bytes,
};

/// One value of every kind of body, with every optional part there and away.
macro_rules! each_body {
    ($check:ident) => {
        $check(&message());
        $check(&AttachmentChunk {
            serial: Serial(7),
            index: 0,
            offset: 65_536,
            bytes: vec![1, 2, 3],
        });
        $check(&Acknowledgement {
            serial: Serial(7),
            officer: "1st watch".to_owned(),
            at: UtcSeconds(1),
        });
        $check(&OrderWire {
            at: UtcSeconds(1),
            officer: String::new(),
            text: "слышу вас".to_owned(),
        });
        services().iter().for_each($check);
        tests().iter().for_each($check);
        refreshes().iter().for_each($check);
        contacts().iter().for_each($check);
        acts::acts().iter().for_each($check);
        forms::forms().iter().for_each($check);
        Verb::ALL.iter().for_each($check);
    };
}

#[test]
fn every_body_comes_back_from_its_one_encoding() {
    fn check<T>(value: &T)
    where
        T: for<'b> minicbor::Decode<'b, ()> + minicbor::Encode<()> + PartialEq + std::fmt::Debug,
    {
        let bytes = to_bytes(value);
        assert_eq!(from_bytes::<T>(&bytes).as_ref(), Ok(value));
    }
    each_body!(check);
}

#[test]
fn bytes_left_over_or_missing_are_refused() {
    fn check<T>(value: &T)
    where
        T: for<'b> minicbor::Decode<'b, ()> + minicbor::Encode<()> + PartialEq + std::fmt::Debug,
    {
        let bytes = to_bytes(value);
        assert!(from_bytes::<T>(&[&bytes[..], &[0]].concat()).is_err());
        for length in 0..bytes.len() {
            assert!(
                from_bytes::<T>(&bytes[..length]).is_err(),
                "{value:?} {length}"
            );
        }
    }
    each_body!(check);
}

#[test]
fn what_is_accepted_encodes_to_the_same_bytes() {
    fn check<T>(value: &T)
    where
        T: for<'b> minicbor::Decode<'b, ()> + minicbor::Encode<()> + PartialEq + std::fmt::Debug,
    {
        let bytes = to_bytes(value);
        for at in 0..bytes.len() {
            for byte in 0..=255 {
                let mut changed = bytes.clone();
                changed[at] = byte;
                if let Ok(other) = from_bytes::<T>(&changed) {
                    assert_eq!(to_bytes(&other), changed);
                }
            }
        }
    }
    each_body!(check);
}

#[test]
fn longer_forms_of_the_same_value_are_refused() {
    let bytes = to_bytes(&Service::Announce { highest: Serial(1) });
    assert_eq!(bytes, [0x82, 0x00, 0x81, 0x01]);

    let forms: [&[u8]; 4] = [
        &[0x82, 0x00, 0x81, 0x18, 0x01], // the integer in two bytes
        &[0x82, 0x18, 0x00, 0x81, 0x01], // the case in two bytes
        &[0x9f, 0x00, 0x81, 0x01, 0xff], // a length that is not definite
        &[0x82, 0x00, 0x82, 0x01, 0xf6], // an absent field that is written out
    ];
    for form in forms {
        assert!(from_bytes::<Service>(form).is_err(), "{form:?}");
    }
}

#[test]
fn precedence_or_case_of_a_later_version_is_refused() {
    let mut bytes = to_bytes(&message());
    assert_eq!(bytes[2], 0, "FLASH");
    bytes[2] = 4;
    assert!(from_bytes::<Message>(&bytes).is_err());
    assert!(from_bytes::<Service>(&[0x82, 0x08, 0x81, 0x01]).is_err());
}

#[test]
fn names_that_could_be_mistaken_are_refused() {
    for good in ["N", "NORD", "SUD-2", "A23456789012345B"] {
        assert!(good.parse::<PartyName>().is_ok(), "{good}");
    }
    let bad = [
        "",
        "nord",
        "2SUD",
        "-SUD",
        "NORD ",
        "НОРД",
        "NОRD",
        "A234567890123456X",
    ];
    for name in bad {
        assert!(name.parse::<PartyName>().is_err(), "{name}");
        assert!(
            from_bytes::<PartyName>(&to_bytes(&name.to_owned())).is_err(),
            "{name}"
        );
    }
}

#[test]
fn sm4_alone_and_a_suite_twice_are_refused() {
    for inner in Suite::ALL {
        assert_eq!(Suites::new(inner, None).is_some(), inner != Suite::Sm4);
        for outer in Suite::ALL {
            assert_eq!(Suites::new(inner, Some(outer)).is_some(), inner != outer);
        }
    }
    for words in [
        "sm4",
        "kuznyechik+kuznyechik",
        "aes",
        "sm4+",
        "sm4+kuznyechik+sm4",
    ] {
        assert!(words.parse::<Suites>().is_err(), "{words}");
    }
    for bytes in [
        &[0x80][..],
        &[0x81, 0x04],
        &[0x82, 0x01, 0x01],
        &[0x83, 0x01, 0x02, 0x03],
    ] {
        assert!(from_bytes::<Suites>(bytes).is_err(), "{bytes:?}");
    }
}

fn message() -> Message {
    Message {
        serial: Serial(7),
        precedence: Precedence::Flash,
        released: UtcSeconds(1_792_000_000),
        releaser: "1st watch".to_owned(),
        text: "This is an exercise.".to_owned(),
        attachments: vec![AttachmentInfo {
            name: "map.png".to_owned(),
            media_type: "image/png".to_owned(),
            bytes: 70_000,
            digest: [9; 32],
        }],
        form: None,
        readers: None,
    }
}

fn services() -> Vec<Service> {
    let because = "cable cut".to_owned();
    vec![
        Service::Announce { highest: Serial(7) },
        Service::Bearer {
            name: "hf".to_owned(),
            out: true,
            because: because.clone(),
        },
        Service::Desk {
            silent: false,
            since: UtcSeconds(9),
        },
        Service::Missing {
            ranges: vec![(Serial(1), Serial(3)), (Serial(5), Serial(5))],
        },
        Service::Holds { highest: Serial(4) },
        Service::NotHeld { serial: Serial(3) },
        Service::OnDesk {
            serial: Serial(3),
            at: UtcSeconds(9),
        },
        Service::Subject {
            subject: "exercises".to_owned(),
            suspended: true,
            because,
            at: UtcSeconds(9),
        },
    ]
}

fn tests() -> Vec<TestMessage> {
    let result = |difference, log_at| TestMessage::Result {
        test: 497_777,
        difference,
        highest: Serial(7),
        log_at,
        log: [3; 16],
    };
    let difference = Difference {
        cyrillic: true,
        letter: 40,
    };
    let id = EnvelopeId {
        epoch: 1,
        number: 300,
    };
    vec![
        TestMessage::CallUp { test: 497_777 },
        TestMessage::Ready { test: 497_777 },
        TestMessage::Text {
            test: 497_777,
            number: 1,
            latin: "a b c".to_owned(),
            cyrillic: "а б в".to_owned(),
            highest: Serial(7),
        },
        result(None, None),
        result(Some(difference), Some(id)),
    ]
}

fn refreshes() -> Vec<Refresh> {
    let open = |mix, tape| Refresh::Open {
        epoch: 2,
        parent: 1,
        mix,
        tape,
    };
    let there = Mix::There {
        offer: 1,
        ciphertext: vec![5; 12],
    };
    vec![
        Refresh::Offer {
            offer: 1,
            key: vec![4; 12],
        },
        open(Mix::Nothing, Some(7)),
        open(there, None),
        open(Mix::Back { offer: 1 }, Some(8)),
        Refresh::Ready { epoch: 2 },
        Refresh::No {
            epoch: 2,
            reason: NoReason::TapeUnknown,
        },
    ]
}

fn contacts() -> Vec<Contact> {
    let id = EnvelopeId {
        epoch: 0,
        number: 4,
    };
    let contact = |received| Contact {
        life: 3,
        life_id: [1; 8],
        sent: id,
        received,
        tape_out: 2,
        tape_in: 2,
    };
    let mark = ContactMark {
        id,
        salt: [2; 8],
        proof: [3; 8],
    };
    vec![contact(None), contact(Some(mark))]
}

#[cfg(feature = "planted-bugs")]
mod planted {
    use redphone_wire::planted::{Bug, is_noticed};

    use super::*;

    #[test]
    fn second_form_is_noticed() {
        is_noticed(Bug::SecondForm, what_is_accepted_encodes_to_the_same_bytes);
    }

    #[test]
    fn name_of_any_letters_is_noticed() {
        is_noticed(Bug::AnyName, names_that_could_be_mistaken_are_refused);
    }
}
