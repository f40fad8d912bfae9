//! A coded message: the number of a pre-agreed full text, and its blanks.
//!
//! Both stations hold the full texts word for word, so that a text of half a page crosses a teleprinter
//! line in 11 bytes. Owns these bytes and no text: which blanks an entry has, and what they
//! say, is in the code book (`redphone-clarity`), and which code book it is, in the kind of the
//! envelope. Rules CODE-1 and CODE-2.
//!
//! ```text
//!   0 | FLASH, 1 bit | entry, 6 bits (1 to 63) || serial, 1 to 5 bytes (LEB128) || blanks, 0 to 8 bytes
//! ```
//!
//! Every other body is an array of CBOR and begins with a byte from 0x80 on: no bytes are both. That
//! it is FLASH stands outside the book, for the rooms that have no book and let FLASH pass.
//!
//! ```
//! use redphone_wire::{Coded, Serial};
//!
//! let coded = Coded { entry: 6, flash: true, serial: Serial(412), blanks: vec![0x3e, 0xdb, 0xb8, 4] };
//! assert_eq!(coded.to_bytes(), [0x46, 0x9c, 0x03, 0x3e, 0xdb, 0xb8, 4]);
//! assert_eq!(Coded::from_bytes(&coded.to_bytes()), Ok(coded));
//! ```

use crate::limits::{CODED_BLANKS_BYTES_MAX, CODED_ENTRY_MAX};
use crate::varint::{push_varint, take_varint};
use crate::{Malformed, Serial};

/// A message whose text both sides hold. Its serial is one of the messages' own.
#[derive(Clone, Debug, Eq, PartialEq)]
pub struct Coded {
    /// The entry of the code book, from 1 to `CODED_ENTRY_MAX`: 6 is read out as C-06.
    pub entry: u8,
    /// Whether the precedence of the entry is FLASH.
    pub flash: bool,
    /// Number in this direction.
    pub serial: Serial,
    /// What fills the blanks, in the order of the entry; at most `CODED_BLANKS_BYTES_MAX` bytes.
    pub blanks: Vec<u8>,
}

impl Coded {
    /// The canonical bytes.
    pub fn to_bytes(&self) -> Vec<u8> {
        let mut bytes = vec![self.entry | if self.flash { FLASH } else { 0 }];
        push_varint(self.serial.0, &mut bytes);
        bytes.extend_from_slice(&self.blanks);
        bytes
    }

    /// Reads canonical bytes. Whether the code book has such an entry is not asked here.
    ///
    /// # Errors
    ///
    /// [`Malformed`] for an entry or blanks beyond their bounds, and for a serial in a longer form.
    pub fn from_bytes(bytes: &[u8]) -> Result<Self, Malformed> {
        let (first, rest) = bytes.split_first().ok_or(Malformed)?;
        let entry = first & !FLASH;
        let (serial, blanks) = take_varint(rest).ok_or(Malformed)?;
        let within =
            (1..=CODED_ENTRY_MAX).contains(&entry) && blanks.len() <= CODED_BLANKS_BYTES_MAX;
        within
            .then(|| Self {
                entry,
                flash: first & FLASH != 0,
                serial: Serial(serial),
                blanks: blanks.to_vec(),
            })
            .ok_or(Malformed)
    }
}

const FLASH: u8 = 0x40;

#[cfg(test)]
mod tests {
    use super::*;

    fn coded(entry: u8, serial: u32, blanks: usize) -> Coded {
        Coded {
            entry,
            flash: serial.is_multiple_of(2),
            serial: Serial(serial),
            blanks: vec![0xa5; blanks],
        }
    }

    #[test]
    fn coded_message_comes_back_and_takes_at_most_11_bytes_up_to_serial_16383() {
        for entry in [1, CODED_ENTRY_MAX] {
            for serial in [0, 1, 127, 128, 16_383, 16_384, u32::MAX] {
                for blanks in 0..=CODED_BLANKS_BYTES_MAX {
                    let coded = coded(entry, serial, blanks);
                    let bytes = coded.to_bytes();
                    assert!(serial > 16_383 || bytes.len() <= 11, "{coded:?}");
                    assert_eq!(Coded::from_bytes(&bytes), Ok(coded));
                }
            }
        }
    }

    #[test]
    fn coded_message_beyond_its_bounds_is_refused() {
        let refused = [
            coded(0, 7, 1).to_bytes(),
            vec![0x40, 7, 1], // FLASH of no entry
            vec![0x86, 7, 1], // the first bit
            coded(6, 7, CODED_BLANKS_BYTES_MAX + 1).to_bytes(),
            vec![6, 0x87, 0x00, 1], // the serial in two bytes
            vec![6, 0x87],
            vec![6],
            Vec::new(),
        ];
        for bytes in refused {
            assert_eq!(Coded::from_bytes(&bytes), Err(Malformed), "{bytes:?}");
        }
    }

    #[test]
    fn every_accepted_coded_message_encodes_to_the_same_bytes() {
        let good = coded(6, 412, 7).to_bytes();
        for at in 0..good.len() {
            for byte in 0..=u8::MAX {
                let mut changed = good.clone();
                changed[at] = byte;
                if let Ok(other) = Coded::from_bytes(&changed) {
                    assert_eq!(other.to_bytes(), changed);
                }
            }
        }
    }
}
