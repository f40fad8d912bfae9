//! Compression of one message alone, with a dictionary of our own words (rules SEAL-7 to SEAL-9).
//!
//! Owns the choice between a message as it is and its Brotli stream (RFC 7932), with our
//! dictionary before it (the prefix dictionary of RFC 9841) or without, and the bounds of the way
//! back. No text of the peer is ever compressed with ours: the dictionary is fixed. Every stream
//! is expanded again before it is used: what does not come back is not sent.

use std::sync::LazyLock;

use brotli::enc::backward_references::{CloneWithAlloc, UnionHasher};
use brotli::enc::encode::{BrotliEncoderOperation, BrotliEncoderStateStruct};
use brotli::enc::{BrotliEncoderParams, StandardAlloc};
use brotli::{BrotliDecompressStream, BrotliResult, BrotliState, SliceWrapperMut};

/// How hard the sealer tries to make a message short.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub enum Effort {
    /// Tens of microseconds: for bearers on which a byte costs nothing.
    Fast,
    /// Some milliseconds: for bearers on which every byte is air time.
    Best,
}

/// How the content of a body reads.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub(crate) enum Form {
    /// The message as it is.
    Plain = 0,
    /// Brotli, our dictionary before it.
    Dictionary = 1,
    /// Brotli alone: shorter where the words are none of ours.
    Alone = 2,
}

impl Form {
    /// The form of two bits.
    pub(crate) fn from_bits(bits: u8) -> Option<Self> {
        [Self::Plain, Self::Dictionary, Self::Alone]
            .into_iter()
            .find(|form| *form as u8 == bits)
    }
}

/// The words that crisis traffic is made of, the most frequent last. Part of the protocol: one
/// byte changed is another version of it.
pub(crate) const DICTIONARY: &[u8] = include_bytes!("dictionary.txt");

/// Quality and window of the one try at [`Effort::Fast`].
const FAST: (i32, i32) = (3, 16);

/// The encoder's index of the dictionary at [`FAST`]. Building it takes longer than all the rest of
/// a short message, so it is built once and copied, 256 kB.
static FAST_INDEX: LazyLock<UnionHasher<StandardAlloc>> = LazyLock::new(|| {
    let mut encoder = encoder(Form::Dictionary, FAST, 0);
    encoder.set_custom_dictionary(DICTIONARY.len(), DICTIONARY);
    encoder.hasher_
});

/// The shortest stream of a message that was found, or `None` when it does not get shorter.
pub(crate) fn compress(message: &[u8], effort: Effort) -> Option<(Form, Vec<u8>)> {
    let tries: &[(Form, (i32, i32))] = match effort {
        Effort::Fast => &[(Form::Dictionary, FAST)],
        Effort::Best => &[
            (Form::Dictionary, (4, 16)),
            (Form::Dictionary, (5, 18)),
            (Form::Alone, (11, 16)),
        ],
    };
    tries
        .iter()
        .filter(|(form, ..)| *form != Form::Dictionary || keeps_clear_of_the_seam(message))
        .filter_map(|(form, how)| Some((*form, encode(message, *form, *how)?)))
        .filter(|(form, stream)| expand(*form, stream, message.len()).as_deref() == Some(message))
        .min_by_key(|(_, stream)| stream.len())
}

/// Expands a stream to exactly `length` bytes. `None` when it is not a stream, is longer or
/// shorter, asks for a larger window than ours, or has bytes after its end. Takes no more memory
/// than `length`, the dictionary and the window, 256 kB.
pub(crate) fn expand(form: Form, stream: &[u8], length: usize) -> Option<Vec<u8>> {
    // RFC 7932, section 9.1: a window of 16 bits is the bit 0, one of 18 bits the four 0011.
    let first = stream.first()?;
    if first & 1 != 0 && first & 0x0f != 0b0011 {
        return None;
    }
    let alloc = StandardAlloc::default;
    let mut state = match form {
        Form::Plain => return (stream.len() == length).then(|| stream.to_vec()),
        Form::Alone => BrotliState::new(alloc(), alloc(), alloc()),
        Form::Dictionary => {
            let mut before = brotli::Allocator::<u8>::alloc_cell(&mut alloc(), DICTIONARY.len());
            before.slice_mut().copy_from_slice(DICTIONARY);
            BrotliState::new_with_custom_dictionary(alloc(), alloc(), alloc(), before)
        }
    };
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

/// A match that runs from the dictionary into the message makes the encoder of `brotli` 9.1 write
/// a broken stream, or panic. It takes the dictionary's last byte, a line feed, followed by the
/// message's first: a message that holds those two bytes is not compressed with the dictionary.
fn keeps_clear_of_the_seam(message: &[u8]) -> bool {
    let (Some(last), Some(first)) = (DICTIONARY.last(), message.first()) else {
        return false;
    };
    !message.windows(2).any(|pair| pair == [*last, *first])
}

/// The stream of a message, if it is shorter than the message.
fn encode(message: &[u8], form: Form, how: (i32, i32)) -> Option<Vec<u8>> {
    let mut encoder = encoder(form, how, message.len());
    if form == Form::Dictionary {
        let index = if how == FAST {
            FAST_INDEX.clone_with_alloc(&mut encoder.m8)
        } else {
            UnionHasher::Uninit
        };
        let (length, goes_on) = (DICTIONARY.len(), false);
        encoder.set_custom_dictionary_with_optional_precomputed_hasher(
            length, DICTIONARY, index, goes_on,
        );
    }
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
    whole.then_some(stream)
}

fn encoder(
    form: Form,
    (quality, window): (i32, i32),
    message_bytes: usize,
) -> BrotliEncoderStateStruct<StandardAlloc> {
    let mut encoder = BrotliEncoderStateStruct::new(StandardAlloc::default());
    encoder.params = BrotliEncoderParams {
        quality,
        lgwin: window,
        size_hint: message_bytes,
        // Decoders differ on the two bytes before the first, when a dictionary is there.
        disable_literal_context_modeling: i32::from(form == Form::Dictionary),
        ..BrotliEncoderParams::default()
    };
    encoder
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::testing::Draws;

    fn round_trip(message: &[u8], effort: Effort) -> Option<usize> {
        let (form, stream) = compress(message, effort)?;
        assert_eq!(
            expand(form, &stream, message.len()).as_deref(),
            Some(message)
        );
        Some(stream.len())
    }

    #[test]
    fn dictionary_is_text_that_ends_in_a_line_feed() {
        assert!(std::str::from_utf8(DICTIONARY).is_ok());
        assert_eq!(DICTIONARY.last(), Some(&b'\n'));
        assert!((4_096..=16_384).contains(&DICTIONARY.len()));
    }

    #[test]
    fn crisis_texts_get_short_at_both_efforts() {
        let texts = [
            (
                "Please confirm by 1800Z that your forces will stay outside the area.",
                40,
                38,
            ),
            (
                "Просим подтвердить до 1800Z, что ваши силы останутся вне района.",
                48,
                46,
            ),
        ];
        for (text, fast, best) in texts {
            let fast_bytes = round_trip(text.as_bytes(), Effort::Fast).unwrap_or(text.len());
            let best_bytes = round_trip(text.as_bytes(), Effort::Best).unwrap_or(text.len());
            assert!(
                fast_bytes <= fast && best_bytes <= best,
                "{text} {fast_bytes} {best_bytes}"
            );
        }
    }

    #[test]
    fn what_does_not_shrink_stays_as_it_is() {
        let noise = Draws::new(3).bytes();
        for message in [&noise[..], b"", b"a"] {
            assert_eq!(compress(message, Effort::Best), None);
        }
    }

    #[test]
    fn random_mixes_of_text_and_noise_come_back() {
        let mut draws = Draws::new(5);
        for round in 0..1_000 {
            let mut message = Vec::new();
            let length = draws.below(600);
            while message.len() < length {
                let from = draws.below(DICTIONARY.len() - 40);
                message.extend_from_slice(&DICTIONARY[from..from + draws.below(40)]);
                let noise = draws.bytes();
                message.extend_from_slice(&noise[..draws.below(9)]);
                if round % 3 == 0 {
                    let again = draws.below(message.len() + 1);
                    message.extend_from_within(again.min(message.len())..);
                }
            }
            round_trip(&message, Effort::Fast);
            if round % 20 == 0 {
                round_trip(&message, Effort::Best);
            }
        }
    }

    #[test]
    fn match_across_the_seam_is_kept_from_the_encoder() {
        let text = b"Please confirm.\nPlease confirm.\nPlease confirm.";
        assert!(!keeps_clear_of_the_seam(text));
        assert_eq!(compress(text, Effort::Fast), None);
        let (form, _) = compress(text, Effort::Best).unwrap();
        assert_eq!(form, Form::Alone);
    }

    #[test]
    fn stream_of_another_length_or_with_a_tail_is_refused() {
        let text = b"Please confirm. Please confirm. Please confirm.";
        let (form, stream) = compress(text, Effort::Best).unwrap();

        assert_eq!(expand(form, &stream, text.len() - 1), None);
        assert_eq!(expand(form, &stream, text.len() + 1), None);
        assert_eq!(expand(form, &stream[..stream.len() - 1], text.len()), None);
        assert_eq!(
            expand(form, &[&stream[..], &[0]].concat(), text.len()),
            None
        );
        assert_eq!(expand(form, &[], 0), None);
    }

    #[test]
    fn stream_that_asks_for_a_larger_window_is_refused() {
        // RFC 7932: 22 bits is 1011, the large window of RFC 9841 0010001; then an empty block.
        for form in [Form::Dictionary, Form::Alone] {
            for first in [0b0011_1011, 0b0001_0001, 0b1001_0001] {
                assert_eq!(expand(form, &[first, 0, 0], 0), None);
            }
            assert_eq!(expand(form, &[0b0000_0110], 0), Some(Vec::new()));
        }
    }

    #[test]
    fn long_texts_come_back_across_the_window() {
        let mut text = Vec::new();
        let mut draws = Draws::new(8);
        while text.len() < 70_000 {
            text.extend_from_slice(b"confirm registration servers ");
            text.extend_from_slice(format!("{} ", draws.below(1 << 30)).as_bytes());
        }
        for effort in [Effort::Fast, Effort::Best] {
            assert!(round_trip(&text, effort).unwrap() < text.len() / 2);
        }
    }
}
