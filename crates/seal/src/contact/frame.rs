//! The bytes of a contact frame (rules CONTACT-1 and FRAME-7).
//!
//! ```text
//!   contact frame = AES-256-SIV(contact(d); heard, 8 bytes || canonical bytes of `Contact` || padding)
//!   heard         = the life id that this side last heard of the other, or zeros
//!   padding       = nothing, or 0x80 and zeros up to the size of the bearer's cover (ISO/IEC 7816-4)
//! ```
//!
//! Owns their form and their size. What they say is judged elsewhere.

use redphone_wire::{Contact, from_bytes, to_bytes};

use crate::Cipher;
use crate::body::PAD;
use crate::frame::SIV_BYTES;

/// An opened contact frame.
#[derive(Clone, Debug, Eq, PartialEq)]
pub struct ContactFrame {
    /// What the peer says of itself.
    pub contact: Contact,
    /// The life id of ours that the peer last heard. When it is not the present one, the peer
    /// should be sent a contact frame.
    pub heard: [u8; 8],
}

impl ContactFrame {
    /// Plain bytes, padded to `size` if one is given; `None` when they do not fit.
    fn to_bytes(&self, size: Option<usize>) -> Option<Vec<u8>> {
        let mut plain = self.heard.to_vec();
        plain.extend_from_slice(&to_bytes(&self.contact));
        let size = size.unwrap_or(plain.len());
        if plain.len() < size {
            plain.push(PAD);
            plain.resize(size, 0);
        }
        (plain.len() == size).then_some(plain)
    }

    /// Reads plain bytes. No contact is the beginning of another, so the padding, if there is
    /// any, is told from it.
    pub(crate) fn from_bytes(plain: &[u8]) -> Option<Self> {
        let (heard, padded) = plain.split_first_chunk::<8>()?;
        let contact = from_bytes(padded).ok().or_else(|| {
            let last = padded.iter().rposition(|byte| *byte != 0)?;
            let (contact, padding) = padded.split_at_checked(last)?;
            (padding.first() == Some(&PAD)).then_some(())?;
            from_bytes(contact).ok()
        })?;
        Some(Self {
            contact,
            heard: *heard,
        })
    }
}

impl Cipher {
    /// Our contact frame: sent at the start, with every test, and when the peer has not heard our
    /// present life. Of exactly `size` sealed bytes, if one is given: that of the frames of a
    /// bearer with cover. `None` when it does not fit.
    pub fn contact_frame(&mut self, size: Option<usize>) -> Option<Vec<u8>> {
        let frame = ContactFrame {
            contact: self.contact(),
            heard: self.standing.heard(),
        };
        let size = size.map(|size| size.saturating_sub(SIV_BYTES));
        self.contact_out.seal(&frame.to_bytes(size)?)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::OpenedFrame;
    use crate::testing::pair;

    #[test]
    fn contact_frame_comes_back_at_every_size_that_holds_it() {
        let (mut nord, mut sud) = pair();
        let shortest = nord.contact_frame(None).unwrap().len();
        for size in 0..300 {
            let frame = nord.contact_frame(Some(size));
            assert_eq!(frame.is_some(), size >= shortest, "{size}");
            let Some(frame) = frame else { continue };
            assert_eq!(frame.len(), size);
            let Some(OpenedFrame::Contact(opened)) = sud.open_frame(&frame) else {
                panic!("{size}: no contact frame");
            };
            assert_eq!(opened.contact, nord.contact());
        }
    }

    #[test]
    fn padding_has_one_form() {
        let (nord, _) = pair();
        let frame = ContactFrame {
            contact: nord.contact(),
            heard: [7; 8],
        };
        let plain = frame.to_bytes(None).unwrap();
        let read = |padding: &[u8]| ContactFrame::from_bytes(&[&plain, padding].concat());
        for good in [&[][..], &[PAD], &[PAD, 0, 0]] {
            assert_eq!(read(good), Some(frame.clone()));
        }
        for bad in [&[0][..], &[0, 0], &[PAD, 1], &[PAD, PAD], &[0, PAD], &[1]] {
            assert_eq!(read(bad), None, "{bad:?}");
        }
    }
}
