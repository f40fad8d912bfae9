//! The file of an answer: a note and any number of acts, in TOML with times as people write them.

use std::path::Path;

use redphone_api::{NewAct, Refusal};
use redphone_clarity::{MomentFault, moment};
use serde::Deserialize;
use toml::{Table, Value};

use super::super::{read_file, usage};
use super::milliseconds;

/// Bytes of a file that are read.
const FILE_BYTES_MAX: usize = 65_536;
/// Fields of acts and asks that are times.
const TIMES: [&str; 5] = ["act_by", "answer_by", "at", "by", "until"];

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct File {
    note: Option<String>,
    #[serde(default)]
    act: Vec<Table>,
}

/// The acts of a file, in its order, and its note.
///
/// # Errors
///
/// A file that cannot be read, or says what no act says.
pub(super) fn read(path: &Path) -> Result<(Vec<NewAct>, Option<String>), Refusal> {
    let bytes = read_file(path, FILE_BYTES_MAX)?;
    let wrong = |why: String| {
        usage(
            format!("The file {} is no answer: {}.", path.display(), why.trim()),
            "See the fields of each act with `redphone answer --help`. Nothing was sent.",
        )
    };
    let text = String::from_utf8(bytes).map_err(|_| wrong("it is not UTF-8".to_owned()))?;
    let file: File = toml::from_str(&text).map_err(|fault| wrong(fault.message().to_owned()))?;
    let mut acts = Vec::new();
    for (position, table) in (1_usize..).zip(file.act) {
        let act = act(table).map_err(|why| wrong(format!("act {position}: {why}")))?;
        acts.push(act);
    }
    Ok((acts, file.note))
}

/// A time of a person in milliseconds since 1970.
///
/// # Errors
///
/// What is wrong with it, for the command line.
pub(super) fn time(text: &str) -> Result<u64, String> {
    let at = moment(text).map_err(|fault| {
        let why = match fault {
            MomentFault::Ambiguous => "it can be read in two ways",
            MomentFault::NoZone => "it says no time zone",
            MomentFault::OutOfRange => "it is before 1970 or after 2105",
            MomentFault::Unreadable => "it cannot be read",
        };
        format!("{why}; write it as 2027-10-31T18:00Z")
    })?;
    Ok(milliseconds(at))
}

fn act(mut table: Table) -> Result<NewAct, String> {
    times(&mut table)?;
    if let Some(Value::Array(asks)) = table.get_mut("asks") {
        for ask in asks {
            if let Value::Table(ask) = ask {
                times(ask)?;
            }
        }
    }
    let act: Result<NewAct, toml::de::Error> = Value::Table(table).try_into();
    act.map_err(|fault| fault.message().to_owned())
}

/// Writes the times of a table as the station takes them.
fn times(table: &mut Table) -> Result<(), String> {
    for name in TIMES {
        let Some(value) = table.get_mut(name) else {
            continue;
        };
        let text = value
            .as_str()
            .ok_or(format!("{name} is no text in quotes"))?;
        let at = time(text).map_err(|why| format!("{name}: {why}"))?;
        *value = Value::Integer(i64::try_from(at).unwrap_or(i64::MAX));
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn act_of(text: &str) -> Result<NewAct, String> {
        act(text.parse().unwrap())
    }

    #[test]
    fn act_of_a_file_has_its_fields_and_times_as_people_write_them() {
        let defer =
            "ask = 2\nact = \"defer\"\nuntil = \"2027-10-30T18:00Z\"\nwho = \"the Ministry\"";
        let expected = NewAct::Defer {
            ask: 2,
            until: 1_824_919_200_000,
            who: "the Ministry".to_owned(),
        };
        assert_eq!(act_of(defer), Ok(expected));
    }

    #[test]
    fn field_that_no_act_has_and_time_without_a_zone_are_refused() {
        for (text, words) in [
            ("ask = 1\nact = \"decline\"\nreason = \"no\"", "reason"),
            ("ask = 1\nact = \"noted\"", "noted"),
            ("ask = 1\nact = \"unable\"", "reason"),
            (
                "ask = 1\nact = \"done\"\nat = \"2027-10-30T18:00\"",
                "no time zone",
            ),
            ("ask = 1\nact = \"done\"\nat = 7", "at is no text"),
        ] {
            let refused = act_of(text).unwrap_err();
            assert!(refused.contains(words), "{text}: {refused}");
        }
    }
}
