//! A stranger who hears every bearer and may speak on it.

use redphone_api::{Request, Response};
use redphone_line::BearerId;
use redphone_station::FrameOutcome;

use crate::World;
use crate::model::{Broken, broken};

use super::Flight;

impl World {
    /// A stranger on a bearer: plays a frame again, changed, turned round, or made up. Whatever
    /// the tag does not bear out must change nothing.
    ///
    /// # Errors
    ///
    /// [`Broken`] for I5.
    pub fn attack(&mut self) -> Result<(), Broken> {
        let pick = self.chance.below(self.captured.len() as u64 + 1) as usize;
        let mut flight = self.captured.get(pick).cloned().unwrap_or(Flight {
            to: 0,
            bearer: BearerId(1),
            bytes: vec![0; 40],
        });
        let authentic = match self.chance.below(4) {
            0 => true,
            1 => {
                let bit = self.chance.below(flight.bytes.len() as u64 * 8);
                if let Some(byte) = flight.bytes.get_mut((bit / 8) as usize) {
                    *byte ^= 1 << (bit % 8);
                }
                false
            }
            2 => {
                flight.to = 1 - flight.to;
                false
            }
            _ => {
                let length = self.chance.between(1, 1_400) as usize;
                flight.bytes = vec![0; length];
                self.chance.fill(&mut flight.bytes);
                false
            }
        };
        let before = self.head(flight.to);
        let outcome = self.receive(&flight)?;
        if authentic || self.side(flight.to).hub.is_none() {
            return Ok(());
        }
        if outcome != FrameOutcome::Refused {
            return broken("I5", "a forged frame was taken".to_owned());
        }
        if self.head(flight.to) != before {
            return broken("I5", "a forged frame moved the journal".to_owned());
        }
        Ok(())
    }

    fn head(&mut self, index: usize) -> Option<(u64, String)> {
        let time = self.time;
        match self.side(index).ask(time, Request::Status)? {
            Ok(Response::Status(status)) => Some((status.storage.records, status.storage.head)),
            _ => None,
        }
    }
}
