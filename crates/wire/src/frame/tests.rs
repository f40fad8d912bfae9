//! Frames come back as they were, in one form, as short as promised.

use super::*;

fn symbols(number: Number, shape: Shape, length: usize) -> Frame {
    Frame::Symbols(Symbols {
        number,
        mark: 0xa5,
        shape,
        bytes: vec![7; length],
    })
}

#[test]
fn headers_are_as_short_as_promised_and_come_back() {
    let single = Shape::Single { repeat: 0xabc };
    let multi = |count| Shape::Multi {
        first: 65_000,
        source: 4_095,
        count,
    };
    let cases = [
        (Number::low(0x1ff), single, 20, 4),
        (Number::Full(u32::MAX), single, 20, 8),
        (Number::low(5), multi(1), 20, 6),
        (Number::Full(5), multi(1), 20, 9),
        (Number::low(5), multi(4), 20, 7),
        (Number::Full(u32::MAX), multi(4), 20, 10),
    ];
    for (number, shape, length, header) in cases {
        let frame = symbols(number, shape, length);
        let bytes = frame.to_bytes();
        assert_eq!(bytes.len(), header + length, "{shape:?}");
        assert_eq!(Frame::from_bytes(&bytes), Ok(frame));
    }
}

#[test]
fn short_number_means_the_nearest_one() {
    for cumulative in [0_u32, 1, 255, 256, 511, 512, 100_000] {
        let lowest = cumulative.saturating_sub(256);
        for number in lowest..cumulative + 256 {
            assert_eq!(Number::low(number).resolve(cumulative), Some(number));
        }
    }
}

#[test]
fn padded_frames_are_all_of_one_length_and_come_back() {
    let frame = symbols(Number::low(5), Shape::Single { repeat: 1 }, 20);
    for bytes in [24, 27, 28, 200] {
        let padded = frame.clone().padded_to(bytes).unwrap();
        let plain = padded.to_bytes();
        assert_eq!(plain.len(), bytes);
        let back = Frame::from_bytes(&plain).unwrap();
        assert_eq!(back, padded);
        assert_eq!(back.unpadded(), frame);
    }
    assert_eq!(frame.clone().padded_to(26), None, "no room for the length");
    let cover = Frame::Cover { padding: 0 }.padded_to(50).unwrap();
    assert_eq!(cover.to_bytes().len(), 50);

    let mut twice = vec![PADDED_FIRST, 0, 31];
    twice.extend(frame.padded_to(31).unwrap().to_bytes());
    assert_eq!(Frame::from_bytes(&twice), Err(Malformed), "padded twice");
}

#[test]
fn every_accepted_frame_encodes_to_the_same_bytes() {
    // Every first byte, with tails that reach every field.
    for first in 0..=255_u8 {
        for fill in [0x00, 0x01, 0x7f, 0xff] {
            for length in 0..40 {
                let mut bytes = vec![first];
                bytes.resize(1 + length, fill);
                if let Ok(frame) = Frame::from_bytes(&bytes) {
                    assert_eq!(frame.to_bytes(), bytes);
                }
            }
        }
    }
}
