//! A bearer between two stations: loss, delay, reordering, duplicates, flipped bits, partitions.

use std::time::Duration;

use redphone_line::BearerSpec;

use crate::Chance;

/// How bad things are in one direction.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub struct Weather {
    /// Frames lost, of a thousand.
    pub loss: u64,
    /// Frames that come twice, of a thousand.
    pub twice: u64,
    /// Frames with a flipped bit, of a thousand.
    pub flipped: u64,
    /// Shortest time on the way.
    pub delay: Duration,
    /// Frames take up to so much longer, and so overtake each other.
    pub jitter: Duration,
    /// Nothing passes at all.
    pub cut: bool,
}

/// One direction of a bearer.
#[derive(Clone, Debug)]
pub struct Link {
    /// What the bearer is.
    pub spec: BearerSpec,
    /// How bad things are.
    pub weather: Weather,
    free_at: Duration,
    /// Frames handed to it.
    pub frames: u64,
    /// Bytes handed to it.
    pub bytes: u64,
}

impl Link {
    /// A direction that carries as its bearer says.
    pub fn new(spec: BearerSpec, weather: Weather) -> Self {
        Self {
            spec,
            weather,
            free_at: Duration::ZERO,
            frames: 0,
            bytes: 0,
        }
    }

    /// Whether it takes a frame now; else the instant when it does.
    pub fn room(&self, now: Duration) -> Result<(), Duration> {
        if self.free_at <= now {
            Ok(())
        } else {
            Err(self.free_at)
        }
    }

    /// Takes a frame and returns when which bytes come out: none, one or two times.
    pub fn carry(
        &mut self,
        now: Duration,
        frame: &[u8],
        chance: &mut Chance,
    ) -> Vec<(Duration, Vec<u8>)> {
        self.frames += 1;
        self.bytes += frame.len() as u64;
        self.free_at = now.max(self.free_at) + self.spec.air_time(frame.len());
        let weather = self.weather;
        if weather.cut || chance.permille(weather.loss) {
            return Vec::new();
        }
        let copies = if chance.permille(weather.twice) { 2 } else { 1 };
        let mut out = Vec::new();
        for _ in 0..copies {
            let mut bytes = frame.to_vec();
            if chance.permille(weather.flipped) {
                let bit = chance.below(bytes.len() as u64 * 8);
                if let Some(byte) = bytes.get_mut((bit / 8) as usize) {
                    *byte ^= 1 << (bit % 8);
                }
            }
            let jitter = chance.below(weather.jitter.as_micros() as u64 + 1);
            let at = self.free_at + weather.delay + Duration::from_micros(jitter);
            out.push((at, bytes));
        }
        out
    }
}
