//! The life of an ask, as a table: what each act and each event does in each state.
//!
//! Owns the whole of it, as data. What depends on the words of an act (a COMMIT to another deed, a
//! DEFER beyond the time to answer, the number of a read-back) stands in `held`. Rules ASK-3 and
//! ASK-5.
//!
//! Choices that are not plain:
//!
//! - An answer is taken before the read-back, and before the receipt, which may come later than the
//!   answer by another bearer. It is flagged.
//! - What lapsed stays lapsed until an act closes it: a late COUNTER, DEFER or DISPUTE is recorded
//!   and flagged, and does not hide that the time is over.
//! - A commitment is let go by the asker alone. If REFUSE or UNABLE could follow COMMIT, a promise
//!   would be broken without a breach.
//! - A broken commitment may still be kept late: DONE follows a breach, and the breach stays on
//!   record.
//! - VERIFIED needs no DONE: the asker says it to his own cost.
//! - A read-back is of the whole message: it is taken whatever became of one of its asks.
//! - What is final stays so. A change of mind takes a new ask, with a number of its own.

use redphone_wire::ActWord::{self, Commit, Correct, Correction, Counter, Decline, Defer, Dispute};
use redphone_wire::ActWord::{Done, NotVerified, ReadBack, Received, Refuse, Withdraw};

use super::refusal::Why;
use super::state::AskState::{Breached, Committed, Countered, Declined, Deferred, Delivered};
use super::state::AskState::{Disputed, DoneClaimed, Draft, Lapsed, Open, Refused, Sent};
use super::state::AskState::{Superseded, Unable, Understood, Verified, Withdrawn};
use super::state::{AskState, Clock, Event, Flag};

/// What an act or an event does in a state.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub enum Cell {
    /// The ask comes to a state, and a flag may be raised.
    Moves(AskState, Option<Flag>),
    /// It is recorded; the state stays, and a flag may be raised.
    Stays(Option<Flag>),
    /// It says nothing new: no record.
    Nothing,
    /// It is refused, with a sentence.
    Refused(Why),
}

/// What an event does in a state.
pub fn cell(state: AskState, event: Event) -> Cell {
    #[cfg(feature = "planted-bugs")]
    if event == Event::Prose
        && state.is_unanswered()
        && crate::planted::is_planted(crate::planted::Bug::ProseCommits)
    {
        return moves(Committed);
    }
    let mut cells = rows(state, event);
    // Every act has a row in every state. An event without one changes nothing.
    cells.next().unwrap_or(Cell::Nothing)
}

/// The cells of all rows that a state and an event are in.
fn rows(state: AskState, event: Event) -> impl Iterator<Item = Cell> {
    let acts = ACTS.iter().filter(move |(acts, states, _)| {
        matches!(event, Event::Act(act) if acts.contains(&act)) && states.contains(&state)
    });
    let events = EVENTS
        .iter()
        .filter(move |(of, states, _)| *of == event && states.contains(&state));
    let acts = acts.map(|(_, _, cell)| *cell);
    acts.chain(events.map(|(_, _, cell)| *cell))
}

const fn moves(to: AskState) -> Cell {
    Cell::Moves(to, None)
}

const fn flagged(to: AskState, flag: Flag) -> Cell {
    Cell::Moves(to, Some(flag))
}

const STAYS: Cell = Cell::Stays(None);

const fn stays_flagged(flag: Flag) -> Cell {
    Cell::Stays(Some(flag))
}

const fn no(why: Why) -> Cell {
    Cell::Refused(why)
}

/// Unanswered, at the other station, and nothing overdue.
const ASKED: &[AskState] = &[Understood, Open, Deferred, Countered, Disputed];
/// Unanswered and possibly not yet read back.
const UNREAD: &[AskState] = &[Sent, Delivered];
/// Unanswered.
const UNANSWERED: &[AskState] = &[
    Sent, Delivered, Understood, Open, Deferred, Countered, Disputed, Lapsed,
];
/// Released, and not final.
const LIVE: &[AskState] = &[
    Sent,
    Delivered,
    Understood,
    Open,
    Deferred,
    Countered,
    Disputed,
    Lapsed,
    Committed,
    DoneClaimed,
    Breached,
];
/// Not final, and past the delivery.
const PAST_DELIVERY: &[AskState] = &[
    Understood,
    Open,
    Deferred,
    Countered,
    Disputed,
    Lapsed,
    Committed,
    DoneClaimed,
    Breached,
];
/// Nothing can follow.
const FINAL: &[AskState] = &[Refused, Unable, Declined, Verified, Withdrawn, Superseded];

const READING: &[ActWord] = &[ReadBack, Correct, Correction];
const ANSWERS: &[ActWord] = &[
    Commit,
    Refuse,
    ActWord::Unable,
    Counter,
    Defer,
    Dispute,
    Decline,
];
/// All that is said about one ask.
const OF_ONE_ASK: &[ActWord] = &[
    Commit,
    Refuse,
    ActWord::Unable,
    Counter,
    Defer,
    Dispute,
    Decline,
    Done,
    ActWord::Verified,
    NotVerified,
    Withdraw,
];
const ALL_BUT_WITHDRAW: &[ActWord] = &[
    Received,
    ReadBack,
    Correct,
    Correction,
    Commit,
    Refuse,
    ActWord::Unable,
    Counter,
    Defer,
    Dispute,
    Decline,
    Done,
    ActWord::Verified,
    NotVerified,
];

/// Acts. Each pair of an act and a state is in exactly one row.
const ACTS: &[(&[ActWord], &[AskState], Cell)] = &[
    // A draft is nobody's but ours.
    (ALL_BUT_WITHDRAW, &[Draft], no(Why::NotReleased)),
    (&[Withdraw], &[Draft], no(Why::DraftUnsent)),
    // The receipt, repeated as often as the line likes.
    (&[Received], &[Sent], moves(Delivered)),
    (&[Received], &[Delivered], Cell::Nothing),
    (&[Received], PAST_DELIVERY, Cell::Nothing),
    (&[Received], FINAL, Cell::Nothing),
    // The read-back. It shows that the message is there, even without a receipt.
    (&[ReadBack], &[Sent], moves(Delivered)),
    (&[ReadBack], &[Delivered], STAYS),
    (&[Correct, Correction], &[Sent], no(Why::NothingReadBack)),
    (&[Correct], &[Delivered], moves(Understood)),
    (&[Correction], &[Delivered], STAYS),
    (READING, PAST_DELIVERY, STAYS),
    (READING, FINAL, Cell::Nothing),
    // Answers that close.
    (&[Commit], UNREAD, flagged(Committed, Flag::NotReadBack)),
    (&[Commit], ASKED, moves(Committed)),
    (&[Commit], &[Lapsed], flagged(Committed, Flag::LateAnswer)),
    (&[Refuse], UNREAD, flagged(Refused, Flag::NotReadBack)),
    (&[Refuse], ASKED, moves(Refused)),
    (&[Refuse], &[Lapsed], flagged(Refused, Flag::LateAnswer)),
    (
        &[ActWord::Unable],
        UNREAD,
        flagged(Unable, Flag::NotReadBack),
    ),
    (&[ActWord::Unable], ASKED, moves(Unable)),
    (
        &[ActWord::Unable],
        &[Lapsed],
        flagged(Unable, Flag::LateAnswer),
    ),
    (&[Decline], UNREAD, flagged(Declined, Flag::NotReadBack)),
    (&[Decline], ASKED, moves(Declined)),
    (&[Decline], &[Lapsed], flagged(Declined, Flag::LateAnswer)),
    // Answers that do not.
    (&[Counter], UNREAD, flagged(Countered, Flag::NotReadBack)),
    (&[Counter], ASKED, moves(Countered)),
    (&[Defer], UNREAD, flagged(Deferred, Flag::NotReadBack)),
    (&[Defer], ASKED, moves(Deferred)),
    (&[Dispute], UNREAD, flagged(Disputed, Flag::NotReadBack)),
    (&[Dispute], ASKED, moves(Disputed)),
    (
        &[Counter, Defer, Dispute],
        &[Lapsed],
        stays_flagged(Flag::LateAnswer),
    ),
    // A commitment stands, is claimed to be kept, or is broken.
    (ANSWERS, &[Committed], no(Why::AlreadyCommitted)),
    (ANSWERS, &[DoneClaimed], no(Why::ClaimedDone)),
    (ANSWERS, &[Breached], no(Why::Broken)),
    // The deed.
    (&[Done], UNANSWERED, no(Why::NotCommitted)),
    (&[Done], &[Committed, Breached], moves(DoneClaimed)),
    (&[Done], &[DoneClaimed], STAYS),
    (
        &[ActWord::Verified, NotVerified],
        UNANSWERED,
        no(Why::NothingToVerify),
    ),
    (
        &[ActWord::Verified],
        &[Committed, DoneClaimed, Breached],
        moves(Verified),
    ),
    (&[NotVerified], &[Committed], no(Why::NothingClaimed)),
    (&[NotVerified], &[DoneClaimed], moves(Breached)),
    (&[NotVerified], &[Breached], no(Why::BrokenAlready)),
    // The asker lets go.
    (&[Withdraw], LIVE, moves(Withdrawn)),
    // What is final stays so.
    (OF_ONE_ASK, &[Refused], no(Why::WasRefused)),
    (OF_ONE_ASK, &[Unable], no(Why::WasUnable)),
    (OF_ONE_ASK, &[Declined], no(Why::WasDeclined)),
    (OF_ONE_ASK, &[Verified], no(Why::WasVerified)),
    (OF_ONE_ASK, &[Withdrawn], no(Why::WasWithdrawn)),
    (OF_ONE_ASK, &[Superseded], no(Why::WasSuperseded)),
];

/// What is not an act. A pair without a row changes nothing; none is refused.
const EVENTS: &[(Event, &[AskState], Cell)] = &[
    (Event::Release, &[Draft], moves(Sent)),
    (Event::ReadBackDone, &[Understood], moves(Open)),
    (Event::Supersede, LIVE, moves(Superseded)),
    // Prose never moves an ask.
    (Event::Prose, UNANSWERED, stays_flagged(Flag::Evaded)),
    // No clock runs before the message is known to be there.
    (
        Event::Clock(Clock::ReadBackBy),
        &[Delivered],
        flagged(Open, Flag::NotReadBack),
    ),
    (
        Event::Clock(Clock::Until),
        &[Deferred],
        flagged(Open, Flag::LateAnswer),
    ),
    (
        Event::Clock(Clock::AnswerBy),
        &[Open, Deferred, Countered, Disputed],
        moves(Lapsed),
    ),
    (Event::Clock(Clock::ActBy), &[Committed], moves(Breached)),
];

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_act_has_one_row_in_every_state_and_every_event_one_at_most() {
        for state in AskState::ALL {
            for act in ActWord::ALL {
                let count = rows(state, Event::Act(act)).count();
                assert_eq!(count, 1, "{act} when {state}");
            }
            for event in Event::NOT_ACTS {
                assert!(rows(state, event).count() <= 1, "{event:?} when {state}");
                let refused = matches!(cell(state, event), Cell::Refused(_));
                assert!(!refused, "{event:?} when {state}");
            }
        }
    }

    #[test]
    fn final_states_are_left_by_nothing() {
        for state in AskState::ALL.into_iter().filter(|state| state.is_final()) {
            assert!(FINAL.contains(&state), "{state}");
            let acts = ActWord::ALL.map(Event::Act);
            for event in acts.into_iter().chain(Event::NOT_ACTS) {
                let left = matches!(cell(state, event), Cell::Moves(..) | Cell::Stays(_));
                assert!(!left, "{event:?} when {state}");
            }
        }
    }

    #[test]
    fn only_the_act_of_its_name_leads_to_a_closing_state() {
        let closing = [
            (Committed, Commit),
            (Refused, Refuse),
            (Unable, ActWord::Unable),
            (Declined, Decline),
            (Verified, ActWord::Verified),
            (Withdrawn, Withdraw),
        ];
        for (to, act) in closing {
            assert!(act.closes());
            for state in AskState::ALL {
                let acts = ActWord::ALL.map(Event::Act);
                for event in acts.into_iter().chain(Event::NOT_ACTS) {
                    let reached = cell(state, event);
                    let leads = matches!(reached, Cell::Moves(other, _) if other == to);
                    assert!(!leads || event == Event::Act(act), "{event:?} when {state}");
                }
            }
        }
    }
}
