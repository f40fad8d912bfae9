//! Numbers in 1 to 5 bytes: LEB128, seven bits a byte, the lowest first, the shortest form only.

/// Writes a number in its shortest form.
pub(crate) fn push_varint(mut value: u32, bytes: &mut Vec<u8>) {
    while value >= 0x80 {
        bytes.push((value & 0x7f) as u8 | 0x80);
        value >>= 7;
    }
    bytes.push(value as u8);
}

/// Reads a number and what follows it. None: another form than the shortest, or no end.
pub(crate) fn take_varint(bytes: &[u8]) -> Option<(u32, &[u8])> {
    let mut value: u64 = 0;
    for (index, byte) in bytes.iter().enumerate().take(5) {
        value |= u64::from(byte & 0x7f) << (7 * index);
        if byte & 0x80 == 0 {
            let shortest = index == 0 || *byte != 0;
            let rest = bytes.get(index + 1..)?;
            return u32::try_from(value)
                .ok()
                .filter(|_| shortest)
                .map(|value| (value, rest));
        }
    }
    None
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn number_has_one_form_and_an_end() {
        for (value, length) in [
            (0, 1),
            (127, 1),
            (128, 2),
            (16_383, 2),
            (16_384, 3),
            (u32::MAX, 5),
        ] {
            let mut bytes = Vec::new();
            push_varint(value, &mut bytes);
            assert_eq!(bytes.len(), length);
            assert_eq!(take_varint(&bytes), Some((value, &[][..])));
        }
        assert_eq!(take_varint(&[0x80, 0x00]), None, "not the shortest form");
        assert_eq!(take_varint(&[0xff; 6]), None, "does not end");
        assert_eq!(
            take_varint(&[0xff, 0xff, 0xff, 0xff, 0x10]),
            None,
            "33 bits"
        );
    }
}
