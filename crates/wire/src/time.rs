//! Time as the line knows it: instants that are handed in, never asked for.

use std::fmt;
use std::time::Duration;

use minicbor::{Decode, Encode};

/// Milliseconds since 1970-01-01T00:00:00Z, of the station's wall clock. For records and people;
/// nothing is timed or ordered by it.
#[derive(Clone, Copy, Debug, Decode, Default, Encode, Eq, Hash, Ord, PartialEq, PartialOrd)]
#[cbor(transparent)]
pub struct Utc(#[n(0)] pub u64);

impl Utc {
    /// The same instant in whole seconds, as it crosses the line. Ends in the year 2106.
    pub fn seconds(self) -> UtcSeconds {
        UtcSeconds(u32::try_from(self.0 / 1_000).unwrap_or(u32::MAX))
    }

    /// Hours since 1970, for the hourly test.
    pub fn hour(self) -> u32 {
        u32::try_from(self.0 / 3_600_000).unwrap_or(u32::MAX)
    }
}

/// Seconds since 1970-01-01T00:00:00Z, as they cross the line.
#[derive(Clone, Copy, Debug, Decode, Default, Encode, Eq, Hash, Ord, PartialEq, PartialOrd)]
#[cbor(transparent)]
pub struct UtcSeconds(#[n(0)] pub u32);

impl From<UtcSeconds> for Utc {
    fn from(seconds: UtcSeconds) -> Self {
        Self(u64::from(seconds.0) * 1_000)
    }
}

/// Both clocks at one moment, an argument of everything that needs to know the time.
#[derive(Clone, Copy, Debug, Default, Eq, Ord, PartialEq, PartialOrd)]
pub struct Now {
    /// Time since some fixed start, never stepping. Paces and time-outs use this one only.
    pub monotonic: Duration,
    /// The wall clock, which may jump.
    pub utc: Utc,
}

/// A date-time group (ACP 121): `311545Z OCT 26`, in UTC, to the minute.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub struct Dtg(pub Utc);

impl fmt::Display for Dtg {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        const MONTHS: [&str; 12] = [
            "JAN", "FEB", "MAR", "APR", "MAY", "JUN", "JUL", "AUG", "SEP", "OCT", "NOV", "DEC",
        ];
        let seconds = i64::try_from(self.0.0 / 1_000).unwrap_or(i64::MAX);
        let Ok(instant) = jiff::Timestamp::from_second(seconds) else {
            return f.pad("------Z --- --");
        };
        let civil = jiff::tz::Offset::UTC.to_datetime(instant);
        let month = usize::try_from(civil.month() - 1)
            .ok()
            .and_then(|index| MONTHS.get(index))
            .unwrap_or(&"---");
        let group = format!(
            "{:02}{:02}{:02}Z {month} {:02}",
            civil.day(),
            civil.hour(),
            civil.minute(),
            civil.year().rem_euclid(100),
        );
        f.pad(&group)
    }
}

/// `15:45:12Z`, in UTC, to the second.
impl fmt::Display for Utc {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let of_day = (self.0 / 1_000) % 86_400;
        let clock = format!(
            "{:02}:{:02}:{:02}Z",
            of_day / 3_600,
            of_day / 60 % 60,
            of_day % 60
        );
        f.pad(&clock)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn date_time_group_is_in_utc_and_to_the_minute() {
        let instant = Utc(1_793_461_512_345);
        assert_eq!(Dtg(instant).to_string(), "311545Z OCT 26");
        assert_eq!(instant.to_string(), "15:45:12Z");
    }

    #[test]
    fn absurd_instants_print_and_do_not_panic() {
        assert_eq!(Dtg(Utc(u64::MAX)).to_string(), "------Z --- --");
        assert_eq!(Utc(u64::MAX).seconds(), UtcSeconds(u32::MAX));
    }
}
