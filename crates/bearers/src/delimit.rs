//! Frames on a stream of bytes: consistent overhead byte stuffing (COBS), ended by a zero byte.
//!
//! Owns finding where frames begin and end, again after any damage. It does not know whether the
//! bytes of a frame are good: the frame's own tag decides, above. So there is no checksum here.

/// Bytes that stuffing and delimiters add to a frame of at most 254 bytes.
pub const OVERHEAD: usize = 3;

/// The byte that ends a frame and occurs nowhere in it.
const DELIMITER: u8 = 0;

/// The bytes of a frame as they go over the wire. After a pause a delimiter goes first, which
/// ends whatever noise was heard meanwhile.
pub fn wrap(frame: &[u8], after_pause: bool) -> Vec<u8> {
    let mut wire = Vec::with_capacity(cobs::max_encoding_length(frame.len()) + 2);
    if after_pause {
        wire.push(DELIMITER);
    }
    wire.extend_from_slice(&cobs::encode_vec(frame));
    wire.push(DELIMITER);
    wire
}

/// Cuts a stream of bytes into frames. Holds no more than one frame.
pub struct Delimiter {
    held: Vec<u8>,
    wire_bytes_max: usize,
    skipping: bool,
}

/// What the stream held.
#[derive(Debug, Eq, PartialEq)]
pub enum Cut {
    /// A frame, perhaps damaged.
    Frame(Vec<u8>),
    /// Bytes that are no frame: the rest of one whose beginning was not heard, one that is too
    /// long, one whose stuffing is damaged.
    Noise,
}

impl Delimiter {
    /// Begins in the middle of a stream: what comes before the first delimiter is no frame.
    pub fn new(frame_bytes_max: usize) -> Self {
        Self {
            held: Vec::new(),
            wire_bytes_max: cobs::max_encoding_length(frame_bytes_max),
            skipping: true,
        }
    }

    /// Takes bytes as they come; gives each frame as soon as its delimiter is there.
    pub fn push(&mut self, bytes: &[u8], mut each: impl FnMut(Cut)) {
        for byte in bytes {
            if *byte != DELIMITER {
                self.hold(*byte, &mut each);
            } else if self.skipping {
                self.skipping = false;
            } else if !self.held.is_empty() {
                each(unstuff(std::mem::take(&mut self.held)));
            }
        }
    }

    fn hold(&mut self, byte: u8, each: &mut impl FnMut(Cut)) {
        if self.skipping {
            return;
        }
        if self.held.len() == self.wire_bytes_max {
            self.held.clear();
            self.skipping = true;
            each(Cut::Noise);
        } else {
            self.held.push(byte);
        }
    }
}

fn unstuff(mut wire: Vec<u8>) -> Cut {
    match cobs::decode_in_place(&mut wire) {
        Ok(length) if length > 0 => {
            wire.truncate(length);
            Cut::Frame(wire)
        }
        Ok(_) | Err(_) => Cut::Noise,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn frames_of_every_kind_come_back_in_pieces_of_every_size() {
        let frames = sample_frames();
        let wire: Vec<u8> = frames.iter().flat_map(|frame| wrap(frame, true)).collect();
        for piece in 1..40 {
            let mut delimiter = Delimiter::new(600);
            let cuts = cut(&mut delimiter, wire.chunks(piece));
            assert_eq!(cuts, good(&frames));
        }
    }

    #[test]
    fn overhead_is_as_promised() {
        for length in 1..=254 {
            let frame = vec![0xff; length];
            assert!(wrap(&frame, true).len() <= length + OVERHEAD);
        }
    }

    #[test]
    fn partial_frame_at_the_start_is_dropped_and_the_next_is_heard() {
        let wire = [wrap(&[1, 2, 3, 0, 5], true), wrap(&[7; 20], false)].concat();
        for heard_from in 2..wire.len() - 22 {
            let mut delimiter = Delimiter::new(600);
            let cuts = cut(&mut delimiter, [wire.get(heard_from..).unwrap()]);
            assert_eq!(cuts, [Cut::Frame(vec![7; 20])], "from {heard_from}");
        }
    }

    #[test]
    fn every_flip_drop_and_insertion_costs_at_most_that_frame_and_its_neighbour() {
        let frames: Vec<Vec<u8>> = (1..6_u8).map(|n| vec![n; 30]).collect();
        let wire: Vec<u8> = frames.iter().flat_map(|frame| wrap(frame, false)).collect();
        for at in 0..wire.len() {
            for damage in 0..10_u8 {
                let mut wire = wire.clone();
                match damage {
                    0 => drop(wire.remove(at)),
                    1 => wire.insert(at, 0x55),
                    bit => wire[at] ^= 1 << (bit - 2),
                }
                let mut delimiter = Delimiter::new(600);
                let cuts = cut(&mut delimiter, [[0].as_slice(), &wire]);

                let heard = frames
                    .iter()
                    .filter(|frame| cuts.contains(&Cut::Frame(frame.to_vec())));
                assert!(heard.count() >= 3, "damage {damage} at {at}");
                let last = if at < 32 * 3 {
                    cuts.last()
                } else {
                    cuts.first()
                };
                let whole = if at < 32 * 3 {
                    frames.last()
                } else {
                    frames.first()
                };
                assert_eq!(last, whole.cloned().map(Cut::Frame).as_ref());
            }
        }
    }

    #[test]
    fn garbage_without_end_takes_no_more_than_one_frame_of_memory() {
        let mut delimiter = Delimiter::new(100);
        let mut noises = 0;
        delimiter.push(&[0], |_| ());
        for _ in 0..1_000 {
            delimiter.push(&[0x55; 1_000], |cut| {
                noises += usize::from(cut == Cut::Noise)
            });
        }
        assert_eq!(noises, 1);
        assert!(delimiter.held.capacity() <= 256);

        let cuts = cut(&mut delimiter, [wrap(&[9; 40], true).as_slice()]);
        assert_eq!(cuts, [Cut::Frame(vec![9; 40])]);
    }

    #[test]
    fn random_bytes_never_yield_more_than_they_are() {
        let mut state = 7_u64;
        let mut delimiter = Delimiter::new(64);
        for _ in 0..200_000 {
            state = state
                .wrapping_mul(6_364_136_223_846_793_005)
                .wrapping_add(1);
            let byte = (state >> 56) as u8;
            delimiter.push(&[byte], |cut| {
                if let Cut::Frame(frame) = cut {
                    assert!(!frame.is_empty() && frame.len() <= 64);
                }
            });
        }
    }

    fn sample_frames() -> Vec<Vec<u8>> {
        let mut frames = vec![vec![0], vec![1], vec![0; 30], vec![0xff; 600]];
        for length in [252, 253, 254, 255, 256, 508, 509] {
            frames.push(vec![0xaa; length]);
            frames.push((0..length).map(|n| (n % 251) as u8).collect());
        }
        frames
    }

    fn good(frames: &[Vec<u8>]) -> Vec<Cut> {
        frames.iter().cloned().map(Cut::Frame).collect()
    }

    fn cut<'a>(delimiter: &mut Delimiter, pieces: impl IntoIterator<Item = &'a [u8]>) -> Vec<Cut> {
        let mut cuts = Vec::new();
        for piece in pieces {
            delimiter.push(piece, |cut| cuts.push(cut));
        }
        cuts
    }
}
