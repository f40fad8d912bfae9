//! A transcript proves nothing to a third party, and a forged one cannot be told from a real one.

use super::*;
use crate::testing::{open, pair, seal, state};

fn rows(cipher: &Cipher) -> Vec<(Vec<u8>, Zeroizing<Vec<u8>>)> {
    let rows = cipher.rows().into_iter();
    rows.map(|change| (change.row, change.value.unwrap()))
        .collect()
}

fn saying(direction: Direction, text: &str) -> Saying {
    Saying {
        direction,
        kind: Kind::OrderWire,
        message: text.as_bytes().to_vec(),
    }
}

/// A line on which both sides have talked, and each has heard the other's life.
fn used_line() -> (Cipher, Cipher) {
    let (mut nord, mut sud) = pair();
    for _ in 0..3 {
        let frame = nord.contact_frame(None).unwrap();
        if let Some(crate::OpenedFrame::Contact(contact)) = sud.open_frame(&frame) {
            sud.handle_contact(&contact);
        }
        let frame = sud.contact_frame(None).unwrap();
        if let Some(crate::OpenedFrame::Contact(contact)) = nord.open_frame(&frame) {
            nord.handle_contact(&contact);
        }
        let sealed = seal(&mut nord, "there");
        open(&mut sud, &sealed);
        let sealed = seal(&mut sud, "back");
        open(&mut nord, &sealed);
    }
    (nord, sud)
}

#[test]
fn forged_transcript_is_the_real_one_byte_for_byte() {
    let (mut nord, mut sud) = used_line();
    let sayings = [
        saying(nord.sending(), "We will withdraw by noon."),
        saying(sud.sending(), "We confirm."),
        saying(nord.sending(), "This is not an exercise."),
    ];
    let before = sud.rows();
    let forged = forge(rows(&sud), &sayings, Effort::Fast, [7; 32]).unwrap();

    let mut said = Vec::new();
    for (count, saying) in (0_u32..).zip(&sayings) {
        let draw = kdf(&[7; 32], Label::Draw, &[b"forge", &count.to_be_bytes()]);
        let (from, to) = if saying.direction == nord.sending() {
            (&mut nord, &mut sud)
        } else {
            (&mut sud, &mut nord)
        };
        said.push(say(from, to, saying, Effort::Fast, *draw).unwrap());
    }
    let after = sud.rows();
    let real = Transcript {
        before,
        said,
        after,
    };
    assert_eq!(verify_transcript(&real), Ok(()));
    assert_eq!(verify_transcript(&forged), Ok(()));
    assert_eq!(forged, real);
}

#[test]
fn either_side_forges_and_the_live_line_is_untouched() {
    let (nord, sud) = used_line();
    for cipher in [&nord, &sud] {
        let before = state(cipher);
        for direction in [Direction::FromLower, Direction::FromHigher] {
            let sayings = [saying(direction, "Never said.")];
            let forged = forge(rows(cipher), &sayings, Effort::Best, [8; 32]).unwrap();
            assert_eq!(verify_transcript(&forged), Ok(()));
        }
        assert_eq!(state(cipher), before);
    }
}

#[test]
fn altered_transcript_does_not_verify() {
    let (_, sud) = used_line();
    let direction = sud.sending().reverse();
    let good = forge(rows(&sud), &[saying(direction, "x")], Effort::Fast, [9; 32]).unwrap();
    let alter: [fn(&mut Transcript); 5] = [
        |transcript| transcript.said[0].envelope[20] ^= 1,
        |transcript| transcript.said[0].frame[20] ^= 1,
        |transcript| transcript.said[0].receipt.proof[0] ^= 1,
        |transcript| transcript.said[0].log[0] ^= 1,
        |transcript| transcript.said[0].saying.message[0] ^= 1,
    ];
    for alter in alter {
        let mut altered = good.clone();
        alter(&mut altered);
        assert!(verify_transcript(&altered).is_err());
    }
    let mut altered = good.clone();
    altered.after = good.before.clone();
    assert!(verify_transcript(&altered).is_err());
}
