//! What we know of one bearer: round trip, loss, what was sent and heard.
//!
//! A receipt echoes the frame that made the peer speak, and how many frames it had heard by then;
//! so each gives an exact round trip and an exact loss (rules LINE-8 and LINE-9).

use std::time::Duration;

use redphone_wire::Echo;

use crate::repair::Pace;
use crate::{BearerSpec, Learned};

const ECHOES: usize = 256;
/// Fewer frames say too little about loss.
const LOSS_FRAMES_MIN: u16 = 8;
/// A sample of half as many frames counts as much as all before it.
const LOSS_FRAMES_FULL: f64 = 64.0;
/// A first estimate, until a receipt has told.
const ROUND_TRIP_UNKNOWN: Duration = Duration::from_millis(100);
/// Least time without an answer after which a bearer is only probed.
const PROBE_AFTER_MIN: Duration = Duration::from_secs(2);

/// One sent frame that a receipt may echo.
#[derive(Clone, Copy, Debug)]
struct Sent {
    echo: Echo,
    at: Duration,
    air: Duration,
    bytes: usize,
    count: u16,
}

/// A frame that a receipt echoed.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Echoed {
    pub(crate) sent_at: Duration,
    /// Sealed bytes.
    pub(crate) bytes: usize,
    /// Frames sent by then, that one included, modulo 65,536.
    pub(crate) count: u16,
}

/// What we know of one bearer.
#[derive(Debug)]
pub(crate) struct Path {
    round_trip: Option<Duration>,
    deviation: Duration,
    loss: Option<f64>,
    echoes: Vec<Option<Sent>>,
    /// Sent and heard counts where the running measure of loss began.
    loss_base: Option<(u16, u16)>,
    pub(crate) frames_sent: u64,
    pub(crate) bytes_sent: u64,
    pub(crate) frames_heard: u64,
    pub(crate) heard_at: Option<Duration>,
    /// When the peer last answered what we sent on this bearer.
    pub(crate) answered_at: Option<Duration>,
    /// First frame that wants an answer since anything was heard.
    pub(crate) unheard_since: Option<Duration>,
    /// First frame that wants a receipt since the last answer.
    pub(crate) unanswered_since: Option<Duration>,
    last_air: Duration,
    last_bytes: usize,
}

impl Path {
    pub(crate) fn new(learned: Option<Learned>) -> Self {
        let learned = learned.unwrap_or_default();
        Self {
            round_trip: learned.round_trip_us.map(Duration::from_micros),
            deviation: Duration::from_micros(learned.deviation_us),
            loss: learned.loss_permille.map(|loss| f64::from(loss) / 1_000.0),
            echoes: vec![None; ECHOES],
            loss_base: None,
            frames_sent: 0,
            bytes_sent: 0,
            frames_heard: 0,
            heard_at: None,
            answered_at: None,
            unheard_since: None,
            unanswered_since: None,
            last_air: Duration::ZERO,
            last_bytes: 0,
        }
    }

    /// A frame was handed to the bearer.
    pub(crate) fn sent(&mut self, bytes: usize, air: Duration) {
        self.frames_sent = self.frames_sent.wrapping_add(1);
        self.bytes_sent = self
            .bytes_sent
            .wrapping_add(u64::try_from(bytes).unwrap_or(0));
        self.last_air = self.last_air.max(air);
        self.last_bytes = bytes;
    }

    /// The frame just handed over has other bytes than were counted.
    pub(crate) fn recount(&mut self, counted: usize, bytes: usize) {
        let [counted, bytes] = [counted, bytes].map(|count| u64::try_from(count).unwrap_or(0));
        self.bytes_sent = self.bytes_sent.wrapping_sub(counted).wrapping_add(bytes);
    }

    /// The frame just handed over carries symbols, which a receipt will echo.
    pub(crate) fn sent_symbols(&mut self, now: Duration, air: Duration, echo: Echo) {
        let count = self.frames_sent as u16;
        if let Some(slot) = self.echoes.get_mut(slot(echo)) {
            *slot = Some(Sent {
                echo,
                at: now,
                air,
                bytes: self.last_bytes,
                count,
            });
        }
        self.unheard_since.get_or_insert(now);
        #[cfg(feature = "planted-bugs")]
        if crate::planted::is_planted(crate::planted::Bug::SilenceShouted) {
            return;
        }
        self.unanswered_since.get_or_insert(now);
    }

    /// The frame just handed over wants an answer that is not a receipt.
    pub(crate) fn sent_contact(&mut self, now: Duration) {
        #[cfg(feature = "planted-bugs")]
        if crate::planted::is_planted(crate::planted::Bug::ContactExpectsNothing) {
            return;
        }
        self.unheard_since.get_or_insert(now);
    }

    /// A frame of the peer came.
    pub(crate) fn heard(&mut self, now: Duration) {
        self.frames_heard = self.frames_heard.wrapping_add(1);
        self.heard_at = Some(now);
        self.unheard_since = None;
    }

    /// The peer answered what went out on this bearer.
    pub(crate) fn answered(&mut self, now: Duration) {
        self.answered_at = Some(now);
        self.unanswered_since = None;
        self.last_air = Duration::ZERO;
    }

    /// A receipt echoes a frame; `heard` when it came by this bearer. None when the frame was not
    /// ours.
    pub(crate) fn echoed(
        &mut self,
        now: Duration,
        echo: Echo,
        heard: Option<u16>,
    ) -> Option<Echoed> {
        let sent = self
            .echoes
            .get_mut(slot(echo))
            .and_then(|slot| slot.take_if(|sent| sent.echo == echo))?;
        self.sample_round_trip(now.saturating_sub(sent.at).saturating_sub(sent.air));
        if let Some(heard) = heard {
            self.sample_loss(sent.count, heard);
        }
        Some(Echoed {
            sent_at: sent.at,
            bytes: sent.bytes,
            count: sent.count,
        })
    }

    fn sample_round_trip(&mut self, sample: Duration) {
        let Some(round_trip) = self.round_trip else {
            self.round_trip = Some(sample);
            self.deviation = sample / 4;
            return;
        };
        let difference = round_trip.abs_diff(sample);
        self.deviation = (self.deviation * 3 + difference) / 4;
        self.round_trip = Some((round_trip * 7 + sample) / 8);
    }

    fn sample_loss(&mut self, sent: u16, heard: u16) {
        let Some((sent_then, heard_then)) = self.loss_base else {
            self.loss_base = Some((sent, heard));
            return;
        };
        let sent_since = sent.wrapping_sub(sent_then);
        let heard_since = heard.wrapping_sub(heard_then);
        if heard_since > u16::MAX / 2 || sent_since > u16::MAX / 2 {
            // The peer started anew, or an old receipt came late.
            self.loss_base = Some((sent, heard));
        } else if sent_since >= LOSS_FRAMES_MIN {
            self.loss_base = Some((sent, heard));
            let lost = sent_since.saturating_sub(heard_since);
            let sample = f64::from(lost) / f64::from(sent_since);
            // The more frames a sample has seen, the more it weighs.
            let weight = (f64::from(sent_since) / LOSS_FRAMES_FULL).min(0.5);
            self.loss = Some(match self.loss {
                Some(loss) => loss + (sample - loss) * weight,
                None => sample,
            });
        }
    }

    /// Frames lost in a silence say nothing about the loss of a bearer that carries again.
    pub(crate) fn forget_silence(&mut self) {
        self.loss_base = None;
    }

    /// What the pace of repeats depends on, for frames of this air time.
    pub(crate) fn pace(&self, air: Duration) -> Pace {
        let unknown = ROUND_TRIP_UNKNOWN + air * 3;
        Pace {
            round_trip: self.round_trip.unwrap_or(unknown),
            deviation: match self.round_trip {
                Some(_) => self.deviation,
                None => unknown / 4,
            },
            loss: self.loss,
        }
    }

    /// Whether frames go out and no answer comes: the bearer is probed only.
    pub(crate) fn is_silent(&self, now: Duration) -> bool {
        self.unanswered_since
            .is_some_and(|since| now.saturating_sub(since) >= self.patience())
    }

    /// When it begins to be silent, if no answer comes.
    pub(crate) fn silent_from(&self) -> Option<Duration> {
        Some(self.unanswered_since? + self.patience())
    }

    /// Whether the peer answered lately, as this bearer goes.
    pub(crate) fn answers(&self, now: Duration) -> bool {
        self.answered_at
            .is_some_and(|at| now.saturating_sub(at) <= self.patience())
    }

    /// How long the peer may not answer before the bearer is only probed.
    pub(crate) fn patience(&self) -> Duration {
        self.silence(PROBE_AFTER_MIN)
    }

    /// How long the peer may not answer before this means something.
    pub(crate) fn silence(&self, least: Duration) -> Duration {
        self.pace(self.last_air).silence(self.last_air, least)
    }

    /// Whether anything was heard lately, as this bearer goes.
    pub(crate) fn hears(&self, now: Duration) -> bool {
        self.heard_at
            .is_some_and(|at| now.saturating_sub(at) <= self.patience())
    }

    /// Bytes that may be under way and unreceipted.
    pub(crate) fn in_flight_max(&self, spec: &BearerSpec) -> usize {
        const LEAST: u64 = 64 * 1024;
        const MOST: u64 = 1024 * 1024;
        let Some(round_trip) = self.round_trip else {
            return MOST as usize;
        };
        let twice = spec.rate.bytes_in(round_trip * 2).unwrap_or(MOST);
        let bytes = twice.clamp(LEAST, MOST);
        usize::try_from(bytes).unwrap_or(usize::MAX)
    }

    pub(crate) fn loss(&self) -> Option<f64> {
        self.loss
    }

    pub(crate) fn round_trip(&self) -> Option<Duration> {
        self.round_trip
    }

    /// The air time of the longest frame since the last answer.
    pub(crate) fn last_air(&self) -> Duration {
        self.last_air
    }

    pub(crate) fn learned(&self) -> Learned {
        let micros = |time: Duration| u64::try_from(time.as_micros()).unwrap_or(u64::MAX);
        Learned {
            round_trip_us: self.round_trip.map(micros),
            deviation_us: micros(self.deviation),
            loss_permille: self.loss.map(|loss| (loss * 1_000.0).round() as u16),
        }
    }
}

fn slot(echo: Echo) -> usize {
    usize::from(echo.number ^ echo.repeat.wrapping_mul(31))
}

#[cfg(test)]
mod tests;
