//! Envelopes that are not receipted.
//!
//! At most `WINDOW` are under way, and few that are cut, because the receiver bounds its groups;
//! the others wait, the most urgent first. FLASH never waits. Rules LINE-4 and LINE-5.

use std::collections::{BTreeMap, BTreeSet};

use redphone_wire::limits::{SHORT_NUMBER_SPAN, WINDOW};
use redphone_wire::{EnvelopeId, Number, Received};

use crate::Outgoing;
use crate::agenda::{CLASSES, is_flash};
use crate::cutting::Cut;
use crate::sending::Sending;

/// Cut envelopes under way: fewer than the groups that the receiver keeps.
const CUT_UNDER_WAY_MAX: usize = 48;
/// Places that each class leaves free for every class above it.
const PLACES_KEPT: usize = 32;
const CUT_PLACES_KEPT: usize = 3;
/// Attachment envelopes that are worth having sealed, and their bytes.
const ATTACHMENTS_AHEAD_MAX: usize = 48;
const ATTACHMENT_BYTES_AHEAD_MAX: usize = 2 * 1024 * 1024;
/// Epochs of ours that are kept in mind.
const EPOCHS_MAX: usize = 64;

#[derive(Debug, Default)]
struct SentEpoch {
    /// What the peer's last receipt said, in this life.
    cumulative: Option<u32>,
    /// One above the highest number sent or receipted.
    end: u32,
}

/// All envelopes that are not receipted.
#[derive(Debug, Default)]
pub(crate) struct Outbox {
    sendings: BTreeMap<EnvelopeId, Sending>,
    /// By class, the uncut and the cut apart, so that neither waits for the other's bound.
    waiting: [[BTreeSet<EnvelopeId>; 2]; CLASSES],
    under_way: usize,
    cut_under_way: usize,
    attachments: usize,
    attachment_bytes: usize,
    epochs: BTreeMap<u32, SentEpoch>,
}

impl Outbox {
    /// Takes an envelope; false when it is here already.
    pub(crate) fn insert(&mut self, outgoing: Outgoing, cut: Cut, life: u32) -> bool {
        let id = outgoing.id;
        if self.sendings.contains_key(&id) {
            return false;
        }
        let sending = Sending::new(outgoing, cut, life);
        if sending.attachment_bytes.is_some() {
            self.attachments += 1;
            self.attachment_bytes += sending.envelope.len();
        }
        let queues = self.waiting.get_mut(sending.class);
        if let Some(queue) = queues.and_then(|queues| queues.get_mut(usize::from(!cut.is_single())))
        {
            queue.insert(id);
        }
        self.sendings.insert(id, sending);
        true
    }

    /// The next waiting envelope that may be under way, of those that some bearer `may_carry`.
    /// The less urgent leave places free, so that they never hold the more urgent back.
    pub(crate) fn start_next(
        &mut self,
        may_carry: impl Fn(&Sending) -> bool,
    ) -> Option<EnvelopeId> {
        for (class, queues) in self.waiting.iter_mut().enumerate() {
            for (queue, is_cut) in queues.iter_mut().zip([false, true]) {
                let room = self.under_way + PLACES_KEPT * class < WINDOW as usize
                    && (!is_cut
                        || self.cut_under_way + CUT_PLACES_KEPT * class < CUT_UNDER_WAY_MAX);
                if !room && !is_flash(class) {
                    continue;
                }
                let sendings = &mut self.sendings;
                let mut ids = queue.iter().copied();
                let Some(id) = ids.find(|id| sendings.get(id).is_some_and(&may_carry)) else {
                    continue;
                };
                queue.remove(&id);
                self.under_way += 1;
                self.cut_under_way += usize::from(is_cut);
                if let Some(sending) = sendings.get_mut(&id) {
                    sending.under_way = true;
                }
                return Some(id);
            }
        }
        None
    }

    /// The first envelope under way that went out whole, when others wait for its place.
    pub(crate) fn oldest_in_the_way(&self) -> Option<EnvelopeId> {
        let waits = self.waiting.iter().flatten().any(|queue| !queue.is_empty());
        if !waits {
            return None;
        }
        let mut under_way = self.sendings.iter().filter(|(_, sending)| {
            sending.under_way && sending.vias.iter().all(|via| via.whole_at.is_some())
        });
        under_way.next().map(|(id, _)| *id)
    }

    pub(crate) fn remove(&mut self, id: EnvelopeId) -> Option<Sending> {
        let sending = self.sendings.remove(&id)?;
        let is_cut = !sending.cut().is_single();
        if sending.under_way {
            self.under_way -= 1;
            self.cut_under_way -= usize::from(is_cut);
        } else if let Some(queues) = self.waiting.get_mut(sending.class) {
            for queue in queues {
                queue.remove(&id);
            }
        }
        if sending.attachment_bytes.is_some() {
            self.attachments -= 1;
            self.attachment_bytes -= sending.envelope.len();
        }
        Some(sending)
    }

    /// Cuts an envelope anew.
    pub(crate) fn recut(&mut self, id: EnvelopeId, cut: Cut) {
        let Some(sending) = self.sendings.get_mut(&id) else {
            return;
        };
        let was_cut = !sending.cut().is_single();
        let is_cut = !cut.is_single();
        sending.recut(cut);
        if sending.under_way {
            self.cut_under_way += usize::from(is_cut);
            self.cut_under_way -= usize::from(was_cut);
        } else if let Some([whole, cut]) = self.waiting.get_mut(sending.class) {
            whole.remove(&id);
            cut.remove(&id);
            if is_cut { cut } else { whole }.insert(id);
        }
    }

    /// Everything that this summary receipts and that is here.
    pub(crate) fn receipted(&mut self, epoch: u32, received: &Received) -> Vec<EnvelopeId> {
        let sent = self.epoch(epoch);
        sent.cumulative = sent.cumulative.max(Some(received.cumulative));
        let Some(highest) = received.highest() else {
            return Vec::new();
        };
        sent.end = sent.end.max(highest.saturating_add(1));
        let id = |number| EnvelopeId { epoch, number };
        self.sendings
            .range(id(0)..=id(highest))
            .map(|(id, _)| *id)
            .filter(|id| received.contains(id.number))
            .collect()
    }

    fn epoch(&mut self, epoch: u32) -> &mut SentEpoch {
        if self.epochs.len() >= EPOCHS_MAX && !self.epochs.contains_key(&epoch) {
            self.epochs.pop_first();
        }
        self.epochs.entry(epoch).or_default()
    }

    /// The form of an envelope's number that the receiver cannot mistake (rule FRAME-3).
    pub(crate) fn number(&mut self, id: EnvelopeId) -> Number {
        let sent = self.epoch(id.epoch);
        sent.end = sent.end.max(id.number.saturating_add(1));
        let near = sent.cumulative.is_some_and(|cumulative| {
            id.number < cumulative.saturating_add(SHORT_NUMBER_SPAN)
                && sent.end <= id.number.saturating_add(SHORT_NUMBER_SPAN)
        });
        if near {
            Number::low(id.number)
        } else {
            Number::Full(id.number)
        }
    }

    /// Attachment envelopes that are worth sealing now.
    pub(crate) fn room(&self) -> usize {
        if self.attachment_bytes >= ATTACHMENT_BYTES_AHEAD_MAX {
            return 0;
        }
        ATTACHMENTS_AHEAD_MAX.saturating_sub(self.attachments)
    }

    pub(crate) fn get_mut(&mut self, id: EnvelopeId) -> Option<&mut Sending> {
        self.sendings.get_mut(&id)
    }

    pub(crate) fn get(&self, id: EnvelopeId) -> Option<&Sending> {
        self.sendings.get(&id)
    }

    /// All of them, under way or not.
    pub(crate) fn ids(&self) -> Vec<EnvelopeId> {
        self.sendings.keys().copied().collect()
    }

    /// All of them, one by one.
    pub(crate) fn all(&self) -> impl Iterator<Item = &Sending> {
        self.sendings.values()
    }

    pub(crate) fn is_under_way(&self, id: EnvelopeId) -> bool {
        self.sendings
            .get(&id)
            .is_some_and(|sending| sending.under_way)
    }

    pub(crate) fn len(&self) -> usize {
        self.sendings.len()
    }
}

#[cfg(test)]
mod tests {
    use std::sync::Arc;

    use redphone_wire::Precedence;

    use super::*;

    fn outgoing(number: u32, precedence: Precedence) -> Outgoing {
        Outgoing {
            id: EnvelopeId { epoch: 0, number },
            mark: 1,
            envelope: Arc::from([7_u8; 100]),
            precedence,
            attachment_bytes: None,
            again: false,
        }
    }

    const WHOLE: Cut = Cut {
        source: 1,
        length: 100,
    };
    const IN_TWO: Cut = Cut {
        source: 2,
        length: 51,
    };

    fn start_all(outbox: &mut Outbox) -> usize {
        std::iter::from_fn(|| outbox.start_next(|_| true)).count()
    }

    #[test]
    fn window_holds_back_all_but_flash() {
        let mut outbox = Outbox::default();
        for number in 0..WINDOW + 10 {
            outbox.insert(outgoing(number, Precedence::Routine), WHOLE, 0);
        }
        assert_eq!(start_all(&mut outbox), WINDOW as usize - 6 * PLACES_KEPT);
        outbox.insert(outgoing(WINDOW + 11, Precedence::Immediate), WHOLE, 0);
        assert_eq!(start_all(&mut outbox), 1);
        outbox.insert(outgoing(WINDOW + 10, Precedence::Flash), WHOLE, 0);
        assert_eq!(start_all(&mut outbox), 1);
    }

    #[test]
    fn cut_envelopes_do_not_hold_back_whole_ones() {
        let mut outbox = Outbox::default();
        for number in 0..100 {
            outbox.insert(outgoing(number, Precedence::Routine), IN_TWO, 0);
        }
        assert_eq!(
            start_all(&mut outbox),
            CUT_UNDER_WAY_MAX - 6 * CUT_PLACES_KEPT
        );
        outbox.insert(outgoing(100, Precedence::Routine), WHOLE, 0);
        outbox.insert(outgoing(101, Precedence::Priority), IN_TWO, 0);
        assert_eq!(start_all(&mut outbox), 2);
    }

    #[test]
    fn envelope_that_no_bearer_may_carry_holds_no_place() {
        let mut outbox = Outbox::default();
        outbox.insert(outgoing(0, Precedence::Routine), IN_TWO, 0);
        outbox.insert(outgoing(1, Precedence::Routine), IN_TWO, 0);
        assert_eq!(outbox.start_next(|_| false), None);
        assert_eq!(outbox.start_next(|_| true).map(|id| id.number), Some(0));
    }

    #[test]
    fn number_is_short_only_when_it_cannot_be_mistaken() {
        let mut outbox = Outbox::default();
        let id = |number| EnvelopeId { epoch: 0, number };
        assert_eq!(outbox.number(id(3)), Number::Full(3), "no receipt yet");
        let received = |cumulative| Received {
            cumulative,
            bitmap: Vec::new(),
        };
        outbox.receipted(0, &received(3));
        assert_eq!(outbox.number(id(3)), Number::low(3));
        assert_eq!(outbox.number(id(259)), Number::Full(259));
        assert_eq!(
            outbox.number(id(3)),
            Number::Full(3),
            "260 may be held there"
        );
        outbox.receipted(0, &received(260));
        assert_eq!(outbox.number(id(260)), Number::low(260));
    }
}
