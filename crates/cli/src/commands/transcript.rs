//! A transcript as a file: everything that a leaker could hold, in JSON and hexadecimal.

use redphone_api::{Refusal, RefusalKind, hex};
use redphone_seal::{RowChange, Said, Saying, Transcript};
use redphone_wire::{Direction, EnvelopeId, Frame, Kind};
use serde::{Deserialize, Serialize};
use zeroize::Zeroizing;

use super::failed;

#[derive(Deserialize, Serialize)]
#[serde(deny_unknown_fields)]
struct File {
    /// Rows of one side's vault before: name and value.
    before: Vec<RowText>,
    said: Vec<SaidText>,
    /// The same rows after.
    after: Vec<RowText>,
}

#[derive(Deserialize, Serialize)]
#[serde(deny_unknown_fields)]
struct RowText {
    #[serde(with = "hex")]
    row: Vec<u8>,
    #[serde(with = "hex")]
    value: Vec<u8>,
}

#[derive(Deserialize, Serialize)]
#[serde(deny_unknown_fields)]
struct SaidText {
    from_lower: bool,
    kind: u8,
    #[serde(with = "hex")]
    message: Vec<u8>,
    epoch: u32,
    number: u32,
    #[serde(with = "hex")]
    envelope: Vec<u8>,
    #[serde(with = "hex")]
    frame: Vec<u8>,
    #[serde(with = "hex")]
    receipt: Vec<u8>,
    #[serde(with = "hex")]
    log: Vec<u8>,
}

/// Writes a transcript.
///
/// # Errors
///
/// When it cannot be written.
pub(super) fn to_json(transcript: &Transcript) -> Result<String, Refusal> {
    let file = File {
        before: transcript.before.iter().filter_map(row_text).collect(),
        said: transcript.said.iter().map(said_text).collect(),
        after: transcript.after.iter().filter_map(row_text).collect(),
    };
    serde_json::to_string_pretty(&file)
        .map(|text| crate::print::escaped(&text))
        .map_err(|fault| failed(format!("The transcript cannot be written: {fault}."), ""))
}

/// Reads a transcript.
///
/// # Errors
///
/// When it is none.
pub(super) fn from_json(bytes: &[u8]) -> Result<Transcript, Refusal> {
    let file: File = serde_json::from_slice(bytes).map_err(|fault| none(&fault.to_string()))?;
    let said: Option<Vec<Said>> = file.said.into_iter().map(said_of).collect();
    Ok(Transcript {
        before: file.before.into_iter().map(row_of).collect(),
        said: said.ok_or_else(|| none("a message is not whole"))?,
        after: file.after.into_iter().map(row_of).collect(),
    })
}

fn row_text(change: &RowChange) -> Option<RowText> {
    Some(RowText {
        row: change.row.clone(),
        value: change.value.as_ref()?.to_vec(),
    })
}

fn row_of(text: RowText) -> RowChange {
    RowChange {
        row: text.row,
        value: Some(Zeroizing::new(text.value)),
    }
}

fn said_text(said: &Said) -> SaidText {
    SaidText {
        from_lower: said.saying.direction == Direction::FromLower,
        kind: said.saying.kind.byte(),
        message: said.saying.message.clone(),
        epoch: said.id.epoch,
        number: said.id.number,
        envelope: said.envelope.clone(),
        frame: said.frame.clone(),
        receipt: Frame::Receipt(said.receipt.clone()).to_bytes(),
        log: said.log.to_vec(),
    }
}

fn said_of(text: SaidText) -> Option<Said> {
    let direction = if text.from_lower {
        Direction::FromLower
    } else {
        Direction::FromHigher
    };
    let Ok(Frame::Receipt(receipt)) = Frame::from_bytes(&text.receipt) else {
        return None;
    };
    Some(Said {
        saying: Saying {
            direction,
            kind: Kind::from_byte(text.kind)?,
            message: text.message,
        },
        id: EnvelopeId {
            epoch: text.epoch,
            number: text.number,
        },
        envelope: text.envelope,
        frame: text.frame,
        receipt,
        log: text.log.try_into().ok()?,
    })
}

fn none(why: &str) -> Refusal {
    Refusal::operator(
        RefusalKind::Usage,
        format!("This is no transcript: {why}."),
        "Give it a file that redphone forge wrote.",
    )
}
