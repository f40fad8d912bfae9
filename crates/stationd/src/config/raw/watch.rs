//! The tables of the alarm and of the watch, as written, and their checks.

use std::time::Duration;

use redphone_desk::watch::RiseTimes;
use redphone_wire::Precedence;
use serde::Deserialize;
use toml::Spanned;

use super::super::{AlarmConfig, Refused};
use super::line_of;

/// Arguments of the alarm's command, the program included.
const COMMAND_PARTS_MAX: usize = 64;
/// Seconds from one ring to the next.
const REPEAT_S: std::ops::RangeInclusive<u32> = 5..=600;
const REPEAT_S_DEFAULT: u32 = 15;

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct RawAlarm {
    #[serde(default)]
    command: Vec<String>,
    repeat_s: Option<u32>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct RawWatch {
    flash_s: Option<[u32; 2]>,
    immediate_s: Option<[u32; 2]>,
    priority_s: Option<[u32; 2]>,
    routine_s: Option<[u32; 2]>,
}

/// The alarm of the file, or the one of a file without.
pub(super) fn alarm(text: &str, table: Option<Spanned<RawAlarm>>) -> Result<AlarmConfig, Refused> {
    let line = table.as_ref().map(|table| line_of(text, &table.span()));
    let refused = |what: String| Refused { line, what };
    let (command, repeat_s) = match table.map(Spanned::into_inner) {
        Some(raw) => (raw.command, raw.repeat_s.unwrap_or(REPEAT_S_DEFAULT)),
        None => (Vec::new(), REPEAT_S_DEFAULT),
    };
    let empty = command.first().is_some_and(|program| program.is_empty());
    if empty || command.len() > COMMAND_PARTS_MAX {
        return Err(refused(format!(
            "the alarm's command names no program, or has more than {COMMAND_PARTS_MAX} parts"
        )));
    }
    if command.iter().any(|part| part.contains('\0')) {
        return Err(refused("the alarm's command has a NUL in it".to_owned()));
    }
    if !REPEAT_S.contains(&repeat_s) {
        let (least, most) = (REPEAT_S.start(), REPEAT_S.end());
        return Err(refused(format!(
            "repeat_s = {repeat_s} is not from {least} to {most}"
        )));
    }
    Ok(AlarmConfig {
        command,
        repeat: Duration::from_secs(u64::from(repeat_s)),
    })
}

/// The times of the file, or those of a file without.
pub(super) fn rise_times(
    text: &str,
    table: Option<Spanned<RawWatch>>,
) -> Result<RiseTimes, Refused> {
    let Some(table) = table else {
        return Ok(RiseTimes::default());
    };
    let line = Some(line_of(text, &table.span()));
    let raw = table.into_inner();
    let given = [
        (Precedence::Flash, raw.flash_s),
        (Precedence::Immediate, raw.immediate_s),
        (Precedence::Priority, raw.priority_s),
        (Precedence::Routine, raw.routine_s),
    ];
    let mut times = RiseTimes::default();
    for (precedence, seconds) in given {
        if let Some(seconds) = seconds {
            times = times
                .with(precedence, seconds)
                .map_err(|what| Refused { line, what })?;
        }
    }
    Ok(times)
}
