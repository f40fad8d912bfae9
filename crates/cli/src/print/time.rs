//! Times as people read them: date-time group, UTC and local, each labelled (rule 7).

use jiff::tz::TimeZone;
use redphone_wire::{Dtg, Utc};

/// Bytes of a zone file that are read.
const ZONE_BYTES_MAX: u64 = 65_536;

/// The local time zone.
#[derive(Clone)]
pub(crate) struct Zone(TimeZone);

impl Zone {
    /// The zone of this machine: `TZ` as POSIX has it, else `/etc/localtime`, else UTC.
    pub(crate) fn of_this_machine() -> Self {
        let named = std::env::var("TZ").ok().filter(|name| !name.is_empty());
        let zone = match named {
            Some(name) => zone_named(name.trim_start_matches(':')),
            None => zone_file("/etc/localtime"),
        };
        Self(zone.unwrap_or(TimeZone::UTC))
    }

    /// UTC called *here*.
    #[cfg(test)]
    pub(crate) fn utc() -> Self {
        Self(TimeZone::UTC)
    }

    /// `311545Z OCT 26 · 15:45 UTC · 17:45 here`.
    pub(crate) fn moment(&self, at: u64) -> String {
        let hours = &Utc(at).to_string()[..];
        let hours = hours.get(..5).unwrap_or(hours);
        format!("{} · {hours} UTC · {} here", Dtg(Utc(at)), self.local(at))
    }

    /// The clock on the wall here, `17:45`.
    fn local(&self, at: u64) -> String {
        let milliseconds = i64::try_from(at).unwrap_or(i64::MAX);
        match jiff::Timestamp::from_millisecond(milliseconds) {
            Ok(instant) => {
                let civil = self.0.to_datetime(instant);
                format!("{:02}:{:02}", civil.hour(), civil.minute())
            }
            Err(_) => "--:--".to_owned(),
        }
    }
}

/// `15:45:12Z`, or `311545Z OCT 26` when that was on another day than `now`.
pub(crate) fn seconds_of(at: u64, now: u64) -> String {
    const DAY_MS: u64 = 86_400_000;
    if at / DAY_MS == now / DAY_MS {
        Utc(at).to_string()
    } else {
        Dtg(Utc(at)).to_string()
    }
}

/// A length of time in its largest useful units: `4 ms`, `2.5 s`, `12 s`, `5 min`, `1 h 4 min`, `3 d 2 h`.
pub(crate) fn lasting(milliseconds: u64) -> String {
    let seconds = milliseconds / 1_000;
    match seconds {
        0 if milliseconds == 0 => "under 1 ms".to_owned(),
        0 => format!("{milliseconds} ms"),
        1..10 => format!("{}.{} s", seconds, milliseconds % 1_000 / 100),
        10..120 => format!("{seconds} s"),
        120..3_600 => format!("{} min", seconds / 60),
        3_600..86_400 => format!("{} h {} min", seconds / 3_600, seconds / 60 % 60),
        _ => format!("{} d {} h", seconds / 86_400, seconds / 3_600 % 24),
    }
}

/// A zone by name or by POSIX rule. Names stay inside the machine's zone folder.
fn zone_named(name: &str) -> Option<TimeZone> {
    if name.starts_with('/') {
        return zone_file(name);
    }
    if !name.contains("..") {
        let file = zone_file(&format!("/usr/share/zoneinfo/{name}"));
        if file.is_some() {
            return file;
        }
    }
    TimeZone::posix(name).ok()
}

fn zone_file(path: &str) -> Option<TimeZone> {
    let known = std::fs::metadata(path).ok()?;
    if !known.is_file() || known.len() > ZONE_BYTES_MAX {
        return None;
    }
    TimeZone::tzif("here", &std::fs::read(path).ok()?).ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    const LATE_OCTOBER: u64 = 1_793_461_512_345;

    #[test]
    fn moment_has_three_labelled_times() {
        let kyiv = Zone(TimeZone::posix("EET-2").unwrap());

        let moment = kyiv.moment(LATE_OCTOBER);

        assert_eq!(moment, "311545Z OCT 26 · 15:45 UTC · 17:45 here");
    }

    #[test]
    fn another_day_is_told_by_its_date() {
        assert_eq!(seconds_of(LATE_OCTOBER, LATE_OCTOBER + 1_000), "15:45:12Z");
        assert_eq!(
            seconds_of(LATE_OCTOBER, LATE_OCTOBER + 86_400_000),
            "311545Z OCT 26"
        );
    }

    #[test]
    fn lengths_of_time_use_their_largest_units() {
        let told: Vec<String> = [4, 2_500, 12_000, 300_000, 3_840_000, 266_400_000]
            .map(lasting)
            .into_iter()
            .collect();

        assert_eq!(
            told,
            ["4 ms", "2.5 s", "12 s", "5 min", "1 h 4 min", "3 d 2 h"]
        );
    }
}
