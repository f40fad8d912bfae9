//! Letters, cards and words as QR codes on the terminal (ISO 18004), in half blocks.
//!
//! A text longer than one code goes in several frames; each begins with `RP k/n ` so that they can
//! be scanned in any order and joined.

use qrcode::{Color, EcLevel, QrCode};
use redphone_api::{Refusal, RefusalKind};

/// Bytes of text in one frame: version 19 is 97 columns wide with its quiet zone.
const FRAME_TEXT_BYTES: usize = 780;
/// Frames of one text.
const FRAMES_MAX: usize = 32;

/// The text as QR codes, each with a caption.
///
/// # Errors
///
/// When the text is too long for [`FRAMES_MAX`] codes.
pub(crate) fn frames(text: &str) -> Result<Vec<String>, Refusal> {
    let pieces: Vec<&[u8]> = text.as_bytes().chunks(FRAME_TEXT_BYTES).collect();
    if pieces.len() > FRAMES_MAX {
        return Err(too_long());
    }
    let count = pieces.len();
    let number = |index: usize| format!("RP {}/{count} ", index + 1);
    pieces
        .iter()
        .enumerate()
        .map(|(index, piece)| {
            let content = [number(index).as_bytes(), piece].concat();
            let code = QrCode::with_error_correction_level(content, EcLevel::L);
            let code = code.map_err(|_| too_long())?;
            Ok(format!(
                "{}  code {} of {count}\n",
                half_blocks(&code),
                index + 1
            ))
        })
        .collect()
}

/// Joins the texts of scanned frames, in any order.
///
/// # Errors
///
/// When a frame is missing or is not one of ours.
pub(crate) fn joined(scanned: &[String]) -> Result<String, Refusal> {
    let mut pieces = std::collections::BTreeMap::new();
    let mut expected = 0;
    for frame in scanned {
        let (number, count, piece) = numbered(frame).ok_or_else(not_ours)?;
        expected = count;
        pieces.insert(number, piece);
    }
    let missing: Vec<String> = (1..=expected)
        .filter(|n| !pieces.contains_key(n))
        .map(|n| n.to_string())
        .collect();
    if !missing.is_empty() {
        return Err(Refusal::operator(
            RefusalKind::Usage,
            format!("Code {} of {expected} is missing.", missing.join(", ")),
            "Scan it too; the order does not matter.",
        ));
    }
    Ok(pieces.into_values().collect())
}

/// Two modules a character, one above the other, with the quiet zone that scanners need. Dark on
/// light whatever the terminal's colours are: the light modules are the ones that are drawn.
fn half_blocks(code: &QrCode) -> String {
    const QUIET: isize = 2;
    let width = isize::try_from(code.width()).unwrap_or(0);
    let colours = code.to_colors();
    let light = |x: isize, y: isize| {
        let inside = (0..width).contains(&x) && (0..width).contains(&y);
        let index = usize::try_from(y * width + x).unwrap_or(usize::MAX);
        !inside || colours.get(index) == Some(&Color::Light)
    };
    let mut drawn = String::new();
    let mut y = -QUIET;
    while y < width + QUIET {
        for x in -QUIET..width + QUIET {
            drawn.push(match (light(x, y), light(x, y + 1)) {
                (true, true) => '█',
                (true, false) => '▀',
                (false, true) => '▄',
                (false, false) => ' ',
            });
        }
        drawn.push('\n');
        y += 2;
    }
    drawn
}

/// `RP 2/5 rest` in its parts.
fn numbered(frame: &str) -> Option<(usize, usize, &str)> {
    let rest = frame.strip_prefix("RP ")?;
    let (numbers, piece) = rest.split_once(' ')?;
    let (number, count) = numbers.split_once('/')?;
    let (number, count) = (number.parse().ok()?, count.parse().ok()?);
    (1..=FRAMES_MAX)
        .contains(&count)
        .then_some((number, count, piece))
}

fn too_long() -> Refusal {
    Refusal::operator(
        RefusalKind::Usage,
        "This is too long for codes on a screen.",
        "Write it to a file with --out and carry the file.",
    )
}

fn not_ours() -> Refusal {
    Refusal::operator(
        RefusalKind::Usage,
        "A scanned code is not one of a redphone: it does not begin with 'RP 1/2 ' or the like.",
        "Scan the codes that the other station shows.",
    )
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn long_letter_takes_several_codes_that_join_in_any_order() {
        let letter = "-----BEGIN REDPHONE PAIRING LETTER 1-----\n".repeat(60);
        let shown = frames(&letter).unwrap();
        let mut scanned: Vec<String> = letter
            .as_bytes()
            .chunks(FRAME_TEXT_BYTES)
            .enumerate()
            .map(|(index, piece)| {
                format!(
                    "RP {}/{} {}",
                    index + 1,
                    shown.len(),
                    String::from_utf8_lossy(piece)
                )
            })
            .collect();
        scanned.reverse();

        assert!(shown.len() > 1);
        assert_eq!(joined(&scanned).unwrap(), letter);
    }

    #[test]
    fn missing_code_is_named() {
        let refused = joined(&["RP 1/3 a".to_owned(), "RP 3/3 c".to_owned()]);

        assert!(refused.unwrap_err().what.contains("Code 2 of 3"));
    }
}
