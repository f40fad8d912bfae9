//! Bytes as hexadecimal text.

use serde::{Deserialize, Deserializer, Serializer, de::Error};

/// Writes bytes as lower-case hexadecimal.
///
/// # Errors
///
/// Those of the serializer.
pub fn serialize<S: Serializer>(bytes: &[u8], serializer: S) -> Result<S::Ok, S::Error> {
    serializer.serialize_str(&encode(bytes))
}

/// Reads hexadecimal text.
///
/// # Errors
///
/// When the text is not pairs of hexadecimal digits.
pub fn deserialize<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Vec<u8>, D::Error> {
    let text = String::deserialize(deserializer)?;
    decode(&text).ok_or_else(|| D::Error::custom("not hexadecimal"))
}

/// Lower-case hexadecimal digits of bytes.
pub fn encode(bytes: &[u8]) -> String {
    let digit = |n: u8| char::from(*DIGITS.get(usize::from(n)).unwrap_or(&b'0'));
    let mut text = String::with_capacity(2 * bytes.len());
    for byte in bytes {
        text.push(digit(byte >> 4));
        text.push(digit(byte & 15));
    }
    text
}

/// The bytes of hexadecimal digits, or none.
pub fn decode(text: &str) -> Option<Vec<u8>> {
    let (pairs, []) = text.as_bytes().as_chunks::<2>() else {
        return None;
    };
    // Values are looked at together at the end: a branch for each digit costs more than all else.
    let mut wrong = 0;
    let bytes = pairs
        .iter()
        .map(|[high, low]| {
            let (high, low) = (value(*high), value(*low));
            wrong |= high | low;
            high << 4 | low & 15
        })
        .collect();
    (wrong < 16).then_some(bytes)
}

const DIGITS: &[u8; 16] = b"0123456789abcdef";

/// What a digit stands for; 16 if it is none.
fn value(digit: u8) -> u8 {
    let number = digit.wrapping_sub(b'0');
    let letter = (digit | 0x20).wrapping_sub(b'a');
    match (number, letter) {
        (0..10, _) => number,
        (_, 0..6) => letter + 10,
        _ => 16,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn bytes_come_back_and_what_is_not_hexadecimal_is_refused() {
        let all: Vec<u8> = (0..=255).collect();
        assert_eq!(decode(&encode(&all)), Some(all));
        assert_eq!(decode("0aFf"), Some(vec![10, 255]));
        for wrong in ["0", "0g", "+1", " 1", "д0", "00\n"] {
            assert_eq!(decode(wrong), None, "{wrong:?}");
        }
    }
}
