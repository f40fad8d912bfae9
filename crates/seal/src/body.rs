//! The body of an envelope: what is sealed, in one checked form (rules SEAL-5 to SEAL-9).
//!
//! ```text
//!   body    = kind, 1 || life, 2 || flags, 1 || [end, 4] || [expanded length, 1 to 3, unless plain] || content || padding
//!   flags   = bits 0 and 1: form of the content, 0 plain, 1 Brotli with the dictionary, 2 Brotli alone;
//!             bit 2: `end` is there; the other bits are 0
//!   life    = first bytes of the sender's life id
//!   end     = how many envelopes the parent epoch had
//!   padding = 0x80, then zero bytes up to the next bucket (ISO/IEC 7816-4)
//! ```
//!
//! Owns the buckets. Knows no keys. The kind is only a byte here: a newer peer may send one that
//! this version does not know.

use redphone_wire::Kind;
use redphone_wire::limits::BODY_BYTES_MAX;

use crate::compress::{Effort, Form, compress, expand};

/// An opened body.
#[derive(Clone, Debug, Eq, PartialEq)]
pub(crate) struct Body {
    /// The kind's byte, known to this version or not.
    pub(crate) kind: u8,
    /// First bytes of the sender's life id.
    pub(crate) life: [u8; 2],
    /// How many envelopes the parent epoch had.
    pub(crate) end: Option<u32>,
    /// The message bytes.
    pub(crate) message: Vec<u8>,
}

impl Body {
    /// The padded bytes, or `None` when the message is too long to be sealed. Attachments are
    /// never compressed.
    pub(crate) fn to_bytes(&self, effort: Effort) -> Option<Vec<u8>> {
        let compressed = if self.kind == Kind::Attachment.byte() {
            None
        } else {
            let length = self.message.len();
            compress(&self.message, effort)
                .filter(|(_, stream)| stream.len() + length_bytes(length) < length)
        };
        let (form, content) = match &compressed {
            None => (Form::Plain, &self.message),
            Some((form, stream)) => (*form, stream),
        };
        let flags = form as u8 | if self.end.is_some() { END } else { 0 };
        let mut bytes = Vec::with_capacity(content.len() + content.len() / 8 + 64);
        bytes.extend_from_slice(&[self.kind]);
        bytes.extend_from_slice(&self.life);
        bytes.extend_from_slice(&[flags]);
        if let Some(end) = self.end {
            bytes.extend_from_slice(&end.to_be_bytes());
        }
        if form != Form::Plain {
            push_length(self.message.len(), &mut bytes);
        }
        bytes.extend_from_slice(content);
        let padded = bucket(bytes.len() + 1)?;
        if self.message.len() > BODY_BYTES_MAX {
            return None;
        }
        bytes.push(PAD);
        bytes.resize(padded, 0);
        Some(bytes)
    }

    /// Reads padded bytes. `None` for every byte string but those that [`Body::to_bytes`] makes,
    /// compression apart: how hard a sealer tried cannot be checked.
    pub(crate) fn from_bytes(bytes: &[u8]) -> Option<Self> {
        let last = bytes.iter().rposition(|byte| *byte != 0)?;
        let (unpadded, padding) = bytes.split_at_checked(last)?;
        if padding.first() != Some(&PAD) || bucket(unpadded.len() + 1) != Some(bytes.len()) {
            return None;
        }
        let ([kind, life @ .., flags], mut rest) = unpadded.split_first_chunk::<4>()?;
        if flags & !(FORM | END) != 0 {
            return None;
        }
        let form = Form::from_bits(flags & FORM)?;
        let mut end = None;
        if flags & END != 0 {
            let (number, after) = rest.split_first_chunk::<4>()?;
            end = Some(u32::from_be_bytes(*number));
            rest = after;
        }
        let message = if form != Form::Plain {
            let (length, stream) = take_length(rest)?;
            let shorter = stream.len() + length_bytes(length) < length;
            if !shorter || length > BODY_BYTES_MAX || *kind == Kind::Attachment.byte() {
                return None;
            }
            expand(form, stream, length)?
        } else {
            rest.to_vec()
        };
        Some(Self {
            kind: *kind,
            life: *life,
            end,
            message,
        })
    }
}

/// The padded length of a body that has `length` bytes with at least one byte of padding: to the
/// next multiple of 8 up to 512 bytes, then in sixteenths of the power of two below, at most
/// 6.25 % more. The last bucket is the limit itself.
pub(crate) fn bucket(length: usize) -> Option<usize> {
    let step = if length <= 512 {
        8
    } else {
        1 << ((length - 1).ilog2() - 4)
    };
    (length <= BODY_BYTES_MAX).then(|| length.next_multiple_of(step).min(BODY_BYTES_MAX))
}

const FORM: u8 = 3;
const END: u8 = 4;
pub(crate) const PAD: u8 = 0x80;

/// LEB128, at most three bytes.
fn push_length(mut length: usize, bytes: &mut Vec<u8>) {
    while length >= 0x80 {
        bytes.push((length & 0x7f) as u8 | 0x80);
        length >>= 7;
    }
    bytes.push(length as u8);
}

fn length_bytes(length: usize) -> usize {
    match length {
        0..0x80 => 1,
        0x80..0x4000 => 2,
        _ => 3,
    }
}

fn take_length(bytes: &[u8]) -> Option<(usize, &[u8])> {
    let mut length = 0;
    for (index, byte) in bytes.iter().enumerate().take(3) {
        length |= usize::from(byte & 0x7f) << (7 * index);
        if byte & 0x80 == 0 {
            let shortest = length_bytes(length) == index + 1;
            return shortest.then_some((length, bytes.get(index + 1..)?));
        }
    }
    None
}

#[cfg(test)]
mod tests {
    use super::*;

    fn body(message: &[u8]) -> Body {
        Body {
            kind: Kind::Message.byte(),
            life: [3, 4],
            end: None,
            message: message.to_vec(),
        }
    }

    #[test]
    fn bodies_come_back_with_and_without_an_end_and_at_every_length() {
        for length in (0..1_200).chain([65_536, 69_000, BODY_BYTES_MAX - 9]) {
            for end in [None, Some(u32::MAX)] {
                for fill in [0_u8, 0x80] {
                    let noise = (0..length).map(|i| (i * i) as u8 ^ fill);
                    let body = Body {
                        kind: Kind::Attachment.byte(),
                        end,
                        ..body(&noise.collect::<Vec<u8>>())
                    };
                    let bytes = body.to_bytes(Effort::Fast).unwrap();
                    assert_eq!(Body::from_bytes(&bytes), Some(body));
                }
            }
        }
    }

    #[test]
    fn too_long_a_message_is_not_sealed() {
        for length in [BODY_BYTES_MAX - 4, BODY_BYTES_MAX + 1] {
            let noise = (0..length).map(|i| (i * i / 7) as u8).collect::<Vec<u8>>();
            let body = Body {
                kind: Kind::Attachment.byte(),
                ..body(&noise)
            };
            assert_eq!(body.to_bytes(Effort::Fast), None);
        }
        let zeros = body(&vec![0; BODY_BYTES_MAX + 1]);
        assert_eq!(
            zeros.to_bytes(Effort::Fast),
            None,
            "compressed, yet too long"
        );
    }

    #[test]
    fn buckets_ascend_and_waste_little() {
        let mut last = 0;
        for length in 1..=BODY_BYTES_MAX {
            let padded = bucket(length).unwrap();
            assert!(padded >= length && padded >= last);
            assert!(
                padded - length < 8 || padded - length <= length / 16,
                "{length}"
            );
            last = padded;
        }
        assert_eq!(bucket(BODY_BYTES_MAX + 1), None);
    }

    #[test]
    fn every_other_form_of_a_body_is_refused() {
        let text = "Please confirm. Please confirm. Please confirm. Please confirm.";
        let good = body(text.as_bytes()).to_bytes(Effort::Fast).unwrap();
        assert_eq!(good[3], Form::Dictionary as u8);
        let unpadded = good.iter().rposition(|byte| *byte != 0).unwrap();

        let mut longer = good.clone();
        longer.resize(good.len() + 8, 0);
        let mut shorter = good.clone();
        shorter.pop();
        let mut other_pad = good.clone();
        other_pad[unpadded] = 0x81;
        let mut unknown_flag = good.clone();
        unknown_flag[3] |= 8;
        let mut unknown_form = good.clone();
        unknown_form[3] = 3;
        let mut longer_length = good.clone();
        longer_length[4] |= 0x80;
        let mut attachment = good.clone();
        attachment[0] = Kind::Attachment.byte();
        let all = [
            longer,
            shorter,
            other_pad,
            unknown_flag,
            unknown_form,
            longer_length,
            attachment,
        ];
        for bad in all {
            assert_eq!(Body::from_bytes(&bad), None, "{bad:?}");
        }
        for length in 0..good.len() {
            assert_eq!(Body::from_bytes(&good[..length]), None);
        }
        assert_eq!(Body::from_bytes(&[0; 16]), None);
        assert_eq!(Body::from_bytes(&good).unwrap().message, text.as_bytes());
    }

    #[test]
    fn bomb_is_refused_before_it_expands() {
        let zeros = vec![0; BODY_BYTES_MAX];
        let (form, stream) = compress(&zeros, Effort::Best).unwrap();
        let mut bytes = vec![Kind::Message.byte(), 0, 0, form as u8];
        push_length(BODY_BYTES_MAX + 1, &mut bytes);
        bytes.extend_from_slice(&stream);
        bytes.push(PAD);
        bytes.resize(bucket(bytes.len()).unwrap(), 0);

        assert_eq!(Body::from_bytes(&bytes), None);
    }
}
