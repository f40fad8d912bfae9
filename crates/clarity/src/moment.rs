//! Instants and spans as people write them: one reading, or none.
//!
//! Owns which spellings are taken: `2027-10-31T18:00Z`, `2027-10-31 18:00 UTC`, the date-time group
//! `311800Z OCT 27` (ACP 121), and spans as `PT24H`, `P2D` or `PT90M` (ISO 8601). What two capitals
//! could read as two instants is refused, with the reason.

use jiff::civil::DateTime;
use jiff::tz::TimeZone;
use redphone_wire::UtcSeconds;

/// Why a time is not taken. The drafter has to act.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub enum MomentFault {
    /// `03/04/2027`: March or April.
    Ambiguous,
    /// No time zone, or none that is UTC.
    NoZone,
    /// Before 1970 or after 2105.
    OutOfRange,
    /// No time at all.
    Unreadable,
}

/// Longest text that is looked at.
const TEXT_BYTES_MAX: usize = 64;

const MONTHS: [&str; 12] = [
    "JAN", "FEB", "MAR", "APR", "MAY", "JUN", "JUL", "AUG", "SEP", "OCT", "NOV", "DEC",
];

/// Reads an instant, to the minute or the second.
///
/// # Errors
///
/// [`MomentFault`], the first that fits.
pub fn moment(text: &str) -> Result<UtcSeconds, MomentFault> {
    let text = text.trim();
    if text.len() > TEXT_BYTES_MAX {
        return Err(MomentFault::Unreadable);
    }
    if let Some(group) = date_time_group(text) {
        return seconds(group);
    }
    let (civil, zoned) = without_zone(text);
    let civil = civil.replacen(' ', "T", 1);
    // Only the extended form with hours and minutes: a bare date is a whole day long.
    let shape = civil.len() >= 16 && civil.as_bytes().get(4) == Some(&b'-') && civil.contains('T');
    match civil.parse::<DateTime>() {
        Ok(read) if shape && zoned => seconds(read),
        Ok(_) if shape => Err(MomentFault::NoZone),
        Ok(_) => Err(MomentFault::Unreadable),
        Err(_) if text.matches('/').count() == 2 || text.matches('.').count() == 2 => {
            Err(MomentFault::Ambiguous)
        }
        Err(_) => Err(MomentFault::Unreadable),
    }
}

/// Reads a span in seconds: days, hours and minutes of ISO 8601, nothing that a calendar stretches.
pub fn span_s(text: &str) -> Option<u32> {
    let rest = text.trim().strip_prefix('P')?;
    if rest.len() > TEXT_BYTES_MAX {
        return None;
    }
    let (days, time) = match rest.split_once('T') {
        Some((days, time)) if !time.is_empty() => (days, time),
        Some(_) => return None,
        None => (rest, ""),
    };
    let days = amounts(days, &[('D', 86_400)])?;
    let time = amounts(time, &[('H', 3_600), ('M', 60), ('S', 1)])?;
    let all = days.checked_add(time)?;
    (all > 0).then_some(all)
}

/// Numbers with their units, in the order of the units, each at most once.
fn amounts(mut text: &str, units: &[(char, u32)]) -> Option<u32> {
    let mut all = 0_u32;
    for (unit, seconds) in units {
        let Some((number, rest)) = text.split_once(*unit) else {
            continue;
        };
        let number: u32 = number.parse().ok()?;
        all = all.checked_add(number.checked_mul(*seconds)?)?;
        text = rest;
    }
    text.is_empty().then_some(all)
}

fn seconds(civil: DateTime) -> Result<UtcSeconds, MomentFault> {
    let zoned = civil.to_zoned(TimeZone::UTC);
    let seconds = zoned.map_err(|_| MomentFault::OutOfRange)?.timestamp();
    u32::try_from(seconds.as_second())
        .map(UtcSeconds)
        .map_err(|_| MomentFault::OutOfRange)
}

/// The text without its zone, and whether that was UTC.
fn without_zone(text: &str) -> (&str, bool) {
    for zone in ["Z", "UTC", "GMT", "+00:00"] {
        if let Some(rest) = text.strip_suffix(zone) {
            return (rest.trim_end(), true);
        }
    }
    (text, false)
}

/// `311800Z OCT 27`: day, hour, minute, zone, month, year of this century.
fn date_time_group(text: &str) -> Option<DateTime> {
    let mut words = text.split_whitespace();
    let (digits, month, year) = (words.next()?, words.next()?, words.next()?);
    let digits = digits.strip_suffix(['Z', 'z'])?;
    let two = |at: usize| digits.get(at..at + 2)?.parse::<i8>().ok();
    let month = MONTHS
        .iter()
        .position(|name| name.eq_ignore_ascii_case(month))?;
    let year: i16 = year.parse().ok()?;
    let whole = digits.len() == 6 && words.next().is_none() && (0..=99).contains(&year);
    let month = i8::try_from(month + 1).ok()?;
    let read = DateTime::new(2_000 + year, month, two(0)?, two(2)?, two(4)?, 0, 0);
    read.ok().filter(|_| whole)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn one_instant_has_few_spellings_and_all_are_read() {
        for text in [
            "2027-10-31T18:00Z",
            "2027-10-31T18:00:00Z",
            "2027-10-31 18:00 UTC",
            "2027-10-31 18:00Z",
            "2027-10-31T18:00+00:00",
            "311800Z OCT 27",
            " 311800z oct 27 ",
        ] {
            assert_eq!(moment(text), Ok(UtcSeconds(1_825_005_600)), "{text}");
        }
    }

    #[test]
    fn what_two_readers_would_read_as_two_instants_is_refused() {
        for (text, fault) in [
            ("03/04/2027 18:00 UTC", MomentFault::Ambiguous),
            ("03.04.2027 18:00 UTC", MomentFault::Ambiguous),
            ("2027-10-31T18:00", MomentFault::NoZone),
            ("2027-10-31 18:00 MSK", MomentFault::Unreadable),
            ("2027-10-31", MomentFault::Unreadable),
            ("2027-10-31Z", MomentFault::Unreadable),
            ("tomorrow", MomentFault::Unreadable),
            ("", MomentFault::Unreadable),
            ("2027-02-30T18:00Z", MomentFault::Unreadable),
            ("321800Z OCT 27", MomentFault::Unreadable),
            ("1969-12-31T23:59Z", MomentFault::OutOfRange),
            ("2207-10-31T18:00Z", MomentFault::OutOfRange),
        ] {
            assert_eq!(moment(text), Err(fault), "{text}");
        }
    }

    #[test]
    fn spans_are_days_hours_and_minutes() {
        for (text, seconds) in [("PT24H", 86_400), ("P2D", 172_800), ("PT1H30M", 5_400)] {
            assert_eq!(span_s(text), Some(seconds), "{text}");
        }
        for text in [
            "P1M", "P1Y", "24H", "PT", "P", "PT0H", "PT30M1H", "PT-1H", "P99999D",
        ] {
            assert_eq!(span_s(text), None, "{text}");
        }
    }
}
