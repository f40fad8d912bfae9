//! Which receipts are due on which bearer (rule LINE-7).
//!
//! One receipt sums up all of an epoch, so at most one per bearer and epoch waits. It echoes the
//! first frame that it answers: the longest wait is the one that paces the sender.

use std::collections::BTreeMap;

use redphone_wire::Echo;

use crate::BearerId;

/// Epochs for which receipts may wait on one bearer.
const EPOCHS_MAX: usize = 64;

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
