//! Which receipts are due on which bearer (rule LINE-7).
//!
//! One receipt sums up all of an epoch, so at most one per bearer and epoch waits. It echoes the
//! first frame that it answers: the longest wait is the one that paces the sender.

use std::collections::BTreeMap;
use std::time::Duration;

use redphone_wire::Echo;

use crate::{BearerId, Carries, Line};

/// Epochs for which receipts may wait on one bearer.
const EPOCHS_MAX: usize = 64;
/// A copy that came so often says that our receipts are lost.
const COPIES_PLENTY: u32 = 3;
/// Symbols that complete nothing are receipted at most this often, and one in so many air times.
const PARTIAL_INTERVAL_MIN: Duration = Duration::from_millis(100);
const PARTIAL_AIR_TIMES: u32 = 8;
/// Sealed bytes of a short receipt.
const RECEIPT_BYTES: usize = 36;

/// A receipt that waits for its turn.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub(crate) struct Due {
    pub(crate) echo: Echo,
    /// Frames heard on the bearer when the echoed frame came.
    pub(crate) heard: u16,
}

/// All receipts that wait.
#[derive(Debug, Default)]
pub(crate) struct Receipts {
    due: BTreeMap<BearerId, BTreeMap<u32, Due>>,
    /// Counts on through the bearers when receipts seem to be lost.
    pub(crate) rotation: usize,
}

impl Receipts {
    pub(crate) fn insert(&mut self, bearer: BearerId, epoch: u32, due: Due) {
        let waiting = self.due.entry(bearer).or_default();
        waiting.entry(epoch).or_insert(due);
        if waiting.len() > EPOCHS_MAX {
            waiting.pop_first();
        }
    }

    /// The next one for a bearer, of the newest epoch.
    pub(crate) fn take(&mut self, bearer: BearerId) -> Option<(u32, Due)> {
        let waiting = self.due.get_mut(&bearer)?;
        let taken = waiting.pop_last();
        if waiting.is_empty() {
            self.due.remove(&bearer);
        }
        taken
    }

    pub(crate) fn is_due(&self, bearer: BearerId) -> bool {
        self.due.contains_key(&bearer)
    }

    pub(crate) fn forget(&mut self, bearer: BearerId) {
        self.due.remove(&bearer);
    }
}

impl Line {
    /// What is due when an envelope is opened: a receipt the way it came, and one by the fastest
    /// other bearer.
    pub(crate) fn receipt_for_opened(&mut self, bearer: BearerId, epoch: u32, due: Due) {
        let Due { echo, .. } = due;
        if self.receipts_go_by(bearer) {
            self.receipts.insert(bearer, epoch, due);
        }
        if let Some(other) = self.fastest_other(bearer) {
            let heard = self.heard_count(other);
            self.receipts.insert(other, epoch, Due { echo, heard });
        }
    }

    /// What is due when what is opened comes again. Copies that do not end say that our receipts are
    /// lost: then every open bearer has its turn.
    pub(crate) fn receipt_for_copy(
        &mut self,
        bearer: BearerId,
        epoch: u32,
        echo: Echo,
        copies: u32,
    ) {
        #[cfg(feature = "planted-bugs")]
        if crate::planted::is_planted(crate::planted::Bug::ReceiptOnce) {
            return;
        }
        if self.receipts_go_by(bearer) {
            let heard = self.heard_count(bearer);
            self.receipts.insert(bearer, epoch, Due { echo, heard });
        } else if let Some(other) = self.fastest_other(bearer) {
            let heard = self.heard_count(other);
            self.receipts.insert(other, epoch, Due { echo, heard });
        }
        if copies < COPIES_PLENTY {
            return;
        }
        let open: Vec<_> = self
            .bearers
            .iter()
            .filter(|(_, carrier)| carrier.is_open())
            .map(|(id, _)| *id)
            .collect();
        self.receipts.rotation = self.receipts.rotation.wrapping_add(1);
        let turn = self.receipts.rotation % open.len().max(1);
        if let Some(other) = open.get(turn) {
            let heard = self.heard_count(*other);
            self.receipts.insert(*other, epoch, Due { echo, heard });
        }
    }

    /// Tells a sender that no receipt has reached for a while that its symbols do come.
    pub(crate) fn receipt_for_part(
        &mut self,
        now: Duration,
        bearer: BearerId,
        epoch: u32,
        echo: Echo,
    ) {
        let heard = self.heard_count(bearer);
        let Some(carrier) = self.bearers.get_mut(&bearer) else {
            return;
        };
        if now < carrier.partial_at || !carrier.is_open() || !carrier.is_two_way() {
            return;
        }
        let air = carrier.spec.air_time(RECEIPT_BYTES);
        carrier.partial_at = now + PARTIAL_INTERVAL_MIN.max(air * PARTIAL_AIR_TIMES);
        self.receipts.insert(bearer, epoch, Due { echo, heard });
    }

    pub(crate) fn heard_count(&self, bearer: BearerId) -> u16 {
        let carrier = self.bearers.get(&bearer);
        carrier.map_or(0, |carrier| carrier.path.frames_heard as u16)
    }

    /// Whether a receipt may go back the way its frame came.
    fn receipts_go_by(&self, bearer: BearerId) -> bool {
        let carrier = self.bearers.get(&bearer);
        carrier.is_some_and(|carrier| carrier.is_open() && carrier.spec.carries == Carries::Both)
    }

    /// The fastest bearer that is up, unless it is this one.
    fn fastest_other(&self, bearer: BearerId) -> Option<BearerId> {
        let back = self.receipts_go_by(bearer);
        self.bearers
            .iter()
            .filter(|(id, carrier)| {
                carrier.is_up() || (!back && carrier.is_open() && **id != bearer)
            })
            .max_by_key(|(id, carrier)| (carrier.is_up(), carrier.spec.rate, **id == bearer))
            .map(|(id, _)| *id)
            .filter(|id| *id != bearer)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn one_receipt_per_epoch_waits_and_echoes_the_first_frame() {
        let mut receipts = Receipts::default();
        let due = |number| Due {
            echo: Echo { number, repeat: 0 },
            heard: u16::from(number),
        };
        for number in 0..9 {
            receipts.insert(BearerId(1), 4, due(number));
        }
        receipts.insert(BearerId(1), 5, due(9));

        assert_eq!(receipts.take(BearerId(1)), Some((5, due(9))));
        assert_eq!(receipts.take(BearerId(1)), Some((4, due(0))));
        assert_eq!(receipts.take(BearerId(1)), None);
        assert!(!receipts.is_due(BearerId(1)));
    }
}
