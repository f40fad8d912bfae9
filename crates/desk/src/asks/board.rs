//! The board: what each side owes the other, in lists and in numbers.

use redphone_wire::{Utc, UtcSeconds};

use super::Asks;
use super::held::HeldAsk;
use super::record::{AskKey, Side};
use super::state::AskState;

/// Seconds before its time at which an ask is due.
pub const DUE_WITHIN_S: u32 = 3_600;

/// The asks that are not final, in lists. One ask may stand in several.
#[derive(Clone, Debug, Default, Eq, PartialEq)]
pub struct Board {
    /// The peer's word is next.
    pub waited_for: Vec<AskKey>,
    /// Our word is next.
    pub owed: Vec<AskKey>,
    /// A time comes within [`DUE_WITHIN_S`], or is over for an ask that has no receipt yet. The
    /// earliest first.
    pub due: Vec<(UtcSeconds, AskKey)>,
    /// Not answered in time.
    pub lapsed: Vec<AskKey>,
    /// Committed to and not done.
    pub breached: Vec<AskKey>,
    /// Something else was proposed, and neither side has closed the ask.
    pub countered: Vec<AskKey>,
}

/// The lengths of the lists of a [`Board`].
#[derive(Clone, Copy, Debug, Default, Eq, PartialEq)]
pub struct BoardCounts {
    /// The peer's word is next.
    pub waited_for: usize,
    /// Our word is next.
    pub owed: usize,
    /// A time comes soon.
    pub due: usize,
    /// Not answered in time.
    pub lapsed: usize,
    /// Committed to and not done.
    pub breached: usize,
    /// Something else was proposed.
    pub countered: usize,
}

impl Board {
    /// The lengths of the lists.
    pub fn counts(&self) -> BoardCounts {
        BoardCounts {
            waited_for: self.waited_for.len(),
            owed: self.owed.len(),
            due: self.due.len(),
            lapsed: self.lapsed.len(),
            breached: self.breached.len(),
            countered: self.countered.len(),
        }
    }

    fn list(&mut self, key: AskKey, held: &HeldAsk, now: Utc) {
        match turn(key, held.state) {
            Some(Side::Us) => self.owed.push(key),
            Some(Side::Peer) => self.waited_for.push(key),
            None => return,
        }
        let by_state = [
            (AskState::Lapsed, &mut self.lapsed),
            (AskState::Breached, &mut self.breached),
            (AskState::Countered, &mut self.countered),
        ];
        for (_, list) in by_state.into_iter().filter(|(of, _)| *of == held.state) {
            list.push(key);
        }
        let unreceipted = (held.state == AskState::Sent).then_some(held.ask.answer_by);
        let next = held.deadline().map(|(deadline, _)| deadline);
        let soon = now.seconds().0.saturating_add(DUE_WITHIN_S);
        self.due.extend(
            unreceipted
                .or(next)
                .filter(|deadline| deadline.0 <= soon)
                .map(|deadline| (deadline, key)),
        );
    }
}

/// Whose word is next: the asked side's, until the asker has a deed to look at.
fn turn(key: AskKey, state: AskState) -> Option<Side> {
    if state.is_final() {
        None
    } else if state == AskState::DoneClaimed {
        Some(key.asker)
    } else {
        Some(key.asker.other())
    }
}

impl Asks {
    /// Returns what each side owes the other.
    pub fn board(&self, now: Utc) -> Board {
        let mut board = Board::default();
        for (key, held) in self.iter() {
            board.list(*key, held, now);
        }
        board.due.sort_unstable();
        board
    }
}
