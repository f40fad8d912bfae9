//! Messages as the operator sees them: the delivery ladder in words, each step with its time.

use redphone_wire::PartyName;
use serde::{Deserialize, Serialize};

use crate::{Ask, Difference, LexiconNamed, Place, ReadBack, Reply, TermMeant, Word};

/// Names a message: `SUD 0412` came from SUD; `0007` or `NORD 0007` is ours.
#[derive(Clone, Debug, Deserialize, Eq, PartialEq, Serialize)]
pub struct MessageRef {
    /// Who sent it; none for one of ours.
    pub from: Option<String>,
    /// To whom it went, needed only where several peers have one of ours with this number.
    pub to: Option<String>,
    /// Its serial.
    pub serial: u32,
}

impl std::str::FromStr for MessageRef {
    type Err = String;

    /// Reads `0412`, `SUD 0412`, `SUD-0412`, `sud0412` and `NORD-0007>SUD`.
    fn from_str(words: &str) -> Result<Self, Self::Err> {
        let wrong = || format!("'{words}' names no message: write 0412, SUD-0412 or NORD-0007>SUD");
        let (name, to) = match words.split_once('>') {
            Some((name, to)) => (name, Some(to.trim().to_uppercase())),
            None => (words, None),
        };
        let name = name.trim();
        let digits = name
            .rfind(|c: char| !c.is_ascii_digit())
            .map_or(0, |last| last + 1);
        let (party, number) = name.split_at_checked(digits).ok_or_else(wrong)?;
        let from = party.trim_end_matches([' ', '-']).to_uppercase();
        // What stands before the number names a party, or nothing stands there: `-1` is no message.
        let named = (!party.is_empty()).then_some(&from).into_iter().chain(&to);
        if named
            .into_iter()
            .any(|name| name.parse::<PartyName>().is_err())
        {
            return Err(wrong());
        }
        Ok(Self {
            from: (!from.is_empty()).then_some(from),
            to,
            serial: number.parse().map_err(|_| wrong())?,
        })
    }
}

/// In or out: on which tray of the desk a message lies.
#[derive(Clone, Copy, Debug, Deserialize, Eq, PartialEq, Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum Tray {
    /// From the other side.
    In,
    /// Ours.
    Out,
}

/// The rungs of the delivery ladder, in order. Each says what it proves.
#[derive(Clone, Copy, Debug, Deserialize, Eq, Ord, PartialEq, PartialOrd, Serialize)]
#[serde(rename_all = "SCREAMING-KEBAB-CASE")]
pub enum RungName {
    /// A draft of it was first written. Only where it was held for release by others.
    Drafted,
    /// The draft became what was released.
    Held,
    /// Released by a person; durable here.
    Released,
    /// A frame of it left on some bearer.
    OnLine,
    /// The peer's station holds it durably: its receipt carried the proof.
    AtStation,
    /// An attached desk there confirmed that it shows it.
    OnDesk,
    /// A named person there has it.
    Acknowledged,
    /// It was read back, item by item, and its sender confirmed that.
    ReadBack,
    /// An act on one of its asks came. Only where it asks.
    Answered,
}

/// One rung of a message's ladder.
#[derive(Clone, Debug, Deserialize, Eq, PartialEq, Serialize)]
pub struct Rung {
    /// Which.
    pub rung: RungName,
    /// When it was reached; none is *not yet*.
    pub at: Option<u64>,
    /// What shows it: the bearer, the receipt, the person.
    pub proof: String,
    /// True when the step is overdue and nobody can say: UNKNOWN, never FAILED.
    pub unknown: bool,
    /// True when the time is by the peer's clock, as it claims.
    #[serde(default)]
    pub their_clock: bool,
}

/// A late copy of a message by another bearer.
#[derive(Clone, Debug, Deserialize, Eq, PartialEq, Serialize)]
pub struct AlsoCameBy {
    /// The bearer.
    pub bearer: String,
    /// When the copy came.
    pub at: u64,
}

/// A message without its text.
#[derive(Clone, Debug, Deserialize, Eq, PartialEq, Serialize)]
pub struct MessageSummary {
    /// `NORD 0007`.
    pub name: String,
    /// In or out.
    pub tray: Tray,
    /// The other side.
    pub peer: String,
    /// Number in its direction.
    pub serial: u32,
    /// `FLASH`, `IMMEDIATE`, `PRIORITY` or `ROUTINE`, as its sender says.
    pub precedence: String,
    /// How urgent it is here: the same, or less when the peer marks too much as FLASH.
    pub handled_as: String,
    /// Date-time group of the release.
    pub dtg: String,
    /// When it was released, by the sender's clock.
    pub released_at: u64,
    /// Who released it: a claim of the sending station.
    pub releaser: String,
    /// When it became whole here; incoming only.
    pub arrived_at: Option<u64>,
    /// The bearer that completed it; incoming only.
    pub arrived_by: Option<String>,
    /// Copies that came later by other bearers.
    pub also_came_by: Vec<AlsoCameBy>,
    /// Its ladder.
    pub ladder: Vec<Rung>,
    /// Attachments: how many, and how many are whole here (incoming) or there (outgoing).
    pub attachments: u32,
    /// See `attachments`.
    pub attachments_whole: u32,
    /// Who acknowledged it, in order.
    pub acknowledged_by: Vec<String>,
    /// Why it is held and not on the line, or empty.
    pub held_because: String,
    /// Its place among the others.
    #[serde(default)]
    pub place: Place,
}

/// An attachment of a message.
#[derive(Clone, Debug, Deserialize, Eq, PartialEq, Serialize)]
pub struct Attachment {
    /// Position, from 0.
    pub index: u8,
    /// File name as the sender gave it; for people only.
    pub name: String,
    /// Media type as the sender gave it.
    pub media_type: String,
    /// Length in bytes.
    pub bytes: u32,
    /// Bytes that are durable on the receiving side.
    pub bytes_there: u32,
    /// True when it is whole and its digest fits.
    pub whole: bool,
    /// SHA-256, hexadecimal.
    pub digest: String,
}

/// A whole message.
#[derive(Clone, Debug, Deserialize, Eq, PartialEq, Serialize)]
pub struct Message {
    /// All but the text.
    #[serde(flatten)]
    pub summary: MessageSummary,
    /// The text; empty when there is a form.
    pub text: String,
    /// What it says in fields.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub form: Option<FormView>,
    /// Who may open it where it goes, officers' names or roles; empty for whoever may read there.
    #[serde(default)]
    pub readers: Vec<String>,
    /// True when text, form, asks and attachments are left out: no officer who may open it asked.
    #[serde(default)]
    pub veiled: bool,
    /// What is attached.
    pub attached: Vec<Attachment>,
    /// What it asks, and where each ask stands.
    #[serde(default)]
    pub asks: Vec<Ask>,
    /// What came of what it says about earlier asks.
    #[serde(default)]
    pub reply: Option<Reply>,
    /// How its form differs from the one that it refers to, where both are here.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub difference: Option<Difference>,
    /// Its card, or that of the message that it reads back.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub readback: Option<ReadBack>,
    /// Translations of its free texts by either side, as they came. None takes the place of the
    /// original.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub translations: Vec<TranslationView>,
}

/// A translation of one free text of a message.
#[derive(Clone, Debug, Deserialize, Eq, PartialEq, Serialize)]
pub struct TranslationView {
    /// The message that it is: `SUD 0003`.
    pub name: String,
    /// The side that sent it.
    pub side: String,
    /// The field that it translates: `note.text`, or `text` of a plain statement.
    pub field: String,
    /// The label of the line that the field stands in; empty for a plain statement.
    pub label: Word,
    /// The language that it is in: `en` or `ru`.
    pub language: String,
    /// How sure it is: sight, rough or official.
    pub grade: Word,
    /// Who made it: a claim of that side's station.
    pub by: String,
    /// What it says.
    pub text: String,
    /// Whether numbers, times, names, terms or negation differ from the original (rule X02).
    pub differs: bool,
}

/// A form as it reads, in both languages.
#[derive(Clone, Debug, Deserialize, Eq, PartialEq, Serialize)]
pub struct FormView {
    /// `WARNING`, `REQUEST` and so on.
    pub marker: String,
    /// The language of record of its free text: `en` or `ru`.
    pub language: String,
    /// Its lines in English.
    pub en: Vec<FormLine>,
    /// Its lines in Russian.
    pub ru: Vec<FormLine>,
    /// The lexicon that it names, and where that stands.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub lexicon: Option<LexiconNamed>,
    /// The terms that it uses, with their agreed meaning.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub terms: Vec<TermMeant>,
}

/// A line of a form.
#[derive(Clone, Debug, Deserialize, Eq, PartialEq, Serialize)]
pub struct FormLine {
    /// What it is: `BRIGHT LINE`.
    pub label: String,
    /// What it says.
    pub text: String,
}

/// One line of the order wire.
#[derive(Clone, Debug, Deserialize, Eq, PartialEq, Serialize)]
pub struct OrderWireLine {
    /// The other side.
    pub peer: String,
    /// In or out.
    pub tray: Tray,
    /// When it was written.
    pub at: u64,
    /// Who wrote it, or empty.
    pub officer: String,
    /// What.
    pub text: String,
    /// When the peer's station held it; outgoing only.
    pub receipted_at: Option<u64>,
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(words: &str) -> Option<(Option<String>, Option<String>, u32)> {
        let named: MessageRef = words.parse().ok()?;
        Some((named.from, named.to, named.serial))
    }

    #[test]
    fn message_is_named_by_serial_and_party() {
        let name = |name: &str| Some(name.to_owned());
        for (words, expected) in [
            ("0412", (None, None, 412)),
            ("SUD 0412", (name("SUD"), None, 412)),
            ("SUD-0412", (name("SUD"), None, 412)),
            ("sud0412", (name("SUD"), None, 412)),
            ("A2-7", (name("A2"), None, 7)),
            ("NORD-0007>SUD", (name("NORD"), name("SUD"), 7)),
        ] {
            assert_eq!(read(words), Some(expected), "{words}");
        }
    }

    #[test]
    fn number_below_zero_and_what_names_no_party_are_refused() {
        for words in [
            "-1",
            "--1",
            " -1",
            "- 1",
            "-",
            "",
            "SUD",
            "1.5",
            "+1",
            "1>",
            "1>-",
            "S_D-1",
            "\u{202e}-1",
            "99999999999",
        ] {
            assert_eq!(read(words), None, "{words}");
        }
    }
}
