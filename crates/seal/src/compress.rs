//! Compression of one message alone, with a dictionary of our own words (rules SEAL-7 to SEAL-9).
//!
//! Owns the choice between a message as it is and its Brotli stream (RFC 7932, with the dictionary
//! as the prefix of RFC 9841), and the bounds of the way back. No text of the peer is ever
//! compressed with ours: the dictionary is fixed.

use brotli::enc::encode::{BrotliEncoderOperation, BrotliEncoderStateStruct};
use brotli::enc::{BrotliEncoderParams, StandardAlloc};
use brotli::{BrotliDecompressStream, BrotliResult, BrotliState, SliceWrapperMut};

/// How hard the sealer tries to make a message short.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub enum Effort {
    /// Brotli quality 4: for bearers on which a byte costs nothing.
    Fast,
    /// Brotli quality 11: for bearers on which every byte is air time.
    Best,
}

/// The words that crisis traffic is made of. Part of the protocol: one byte changed is another
/// version of it.
pub(crate) const DICTIONARY: &[u8] = include_bytes!("dictionary.txt");

/// The shorter stream of a message, or `None` when it does not get shorter.
pub(crate) fn compress(message: &[u8], effort: Effort) -> Option<Vec<u8>> {
    let mut encoder = BrotliEncoderStateStruct::new(StandardAlloc::default());
    encoder.params = BrotliEncoderParams {
        quality: match effort {
            Effort::Fast => 4,
            Effort::Best => 11,
        },
        lgwin: WINDOW_BITS,
        size_hint: message.len(),
        ..BrotliEncoderParams::default()
    };
    encoder.set_custom_dictionary(DICTIONARY.len(), DICTIONARY);
    let mut stream = vec![0; message.len().saturating_sub(1)];
    let (mut available_in, mut next_in) = (message.len(), 0);
    let (mut available_out, mut next_out) = (stream.len(), 0);
    let written = encoder.compress_stream(
        BrotliEncoderOperation::BROTLI_OPERATION_FINISH,
        &mut available_in,
        message,
        &mut next_in,
        &mut available_out,
        &mut stream,
        &mut next_out,
        &mut None,
        &mut |_, _, _, _| (),
    );
    let whole = written && encoder.is_finished();
    stream.truncate(next_out);
    // With a dictionary the encoder (brotli 9.1.1) makes a wrong stream of a few messages in a
    // thousand at quality 11, and overflows at 2, 5 and 9. What does not come back goes as it is.
    let comes_back = || expand(&stream, message.len()).as_deref() == Some(message);
    (whole && comes_back()).then_some(stream)
}

/// Expands a stream to exactly `length` bytes. `None` when it is not a stream, is longer or
/// shorter, asks for a larger window than ours, or has bytes after its end. Takes no more memory
/// than `length` and the window.
pub(crate) fn expand(stream: &[u8], length: usize) -> Option<Vec<u8>> {
    // RFC 7932, section 9.1: a window of 16 bits is the single bit 0.
    if stream.first()? & 1 != 0 {
        return None;
    }
    let mut dictionary =
        brotli::Allocator::<u8>::alloc_cell(&mut StandardAlloc::default(), DICTIONARY.len());
    dictionary.slice_mut().copy_from_slice(DICTIONARY);
    let mut state = BrotliState::new_with_custom_dictionary(
        StandardAlloc::default(),
        StandardAlloc::default(),
        StandardAlloc::default(),
        dictionary,
    );
    let mut message = vec![0; length];
    let (mut available_in, mut next_in) = (stream.len(), 0);
    let (mut available_out, mut next_out) = (length, 0);
    let result = BrotliDecompressStream(
        &mut available_in,
        &mut next_in,
        stream,
        &mut available_out,
        &mut next_out,
        &mut message,
        &mut 0,
        &mut state,
    );
    let whole = matches!(result, BrotliResult::ResultSuccess);
    (whole && next_out == length && next_in == stream.len()).then_some(message)
}

/// 65,520 bytes: the smallest window that serves nearly all bodies, and the one with the shortest
/// header.
const WINDOW_BITS: i32 = 16;

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn text_comes_back_at_both_efforts() {
        let text = "Это не учение. This is not an exercise. ".repeat(20);
        for effort in [Effort::Fast, Effort::Best] {
            let stream = compress(text.as_bytes(), effort).unwrap();
            assert!(stream.len() < 120, "{}", stream.len());
            assert_eq!(expand(&stream, text.len()), Some(text.clone().into_bytes()));
        }
    }

    #[test]
    fn what_does_not_shrink_stays_as_it_is() {
        let noise: Vec<u8> = (0..64_u32).map(|i| (i * 167 + 13) as u8).collect();
        for message in [&noise[..], b"", b"a"] {
            assert_eq!(compress(message, Effort::Best), None);
        }
    }

    #[test]
    fn what_the_encoder_gets_wrong_stays_as_it_is() {
        let mut seed = 12_345_u64;
        let mut draw = || {
            seed = seed.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1);
            (seed >> 56) as u8
        };
        for length in (40..1_400).step_by(9) {
            let mut message = Vec::new();
            while message.len() < length {
                message.push(draw());
                if draw() & 7 == 0 {
                    let first = usize::from(draw()) % (DICTIONARY.len() - 20);
                    message.extend_from_slice(&DICTIONARY[first..first + 20]);
                }
            }
            for effort in [Effort::Fast, Effort::Best] {
                if let Some(stream) = compress(&message, effort) {
                    assert_eq!(expand(&stream, message.len()), Some(message.clone()));
                }
            }
        }
    }

    #[test]
    fn stream_of_another_length_or_with_a_tail_is_refused() {
        let text = b"Please confirm. Please confirm. Please confirm.";
        let stream = compress(text, Effort::Best).unwrap();

        assert_eq!(expand(&stream, text.len() - 1), None);
        assert_eq!(expand(&stream, text.len() + 1), None);
        assert_eq!(expand(&stream[..stream.len() - 1], text.len()), None);
        assert_eq!(expand(&[&stream[..], &[0]].concat(), text.len()), None);
        assert_eq!(expand(&[], 0), None);
    }

    #[test]
    fn stream_that_asks_for_a_larger_window_is_refused() {
        // RFC 7932: 22 bits is 0b1011, an empty last block 0b11.
        assert_eq!(expand(&[0b0011_1011], 0), None);
        assert_eq!(expand(&[0b0000_0110], 0), Some(Vec::new()));
    }

    #[test]
    fn long_texts_come_back_across_the_window() {
        let mut text = Vec::new();
        let mut seed = 1_u32;
        while text.len() < 70_000 {
            seed = seed.wrapping_mul(1_664_525).wrapping_add(1_013_904_223);
            text.extend_from_slice(b"confirm registration servers ");
            text.extend_from_slice(&seed.to_be_bytes());
        }
        for effort in [Effort::Fast, Effort::Best] {
            let stream = compress(&text, effort).unwrap();
            assert_eq!(expand(&stream, text.len()), Some(text.clone()));
        }
    }
}
