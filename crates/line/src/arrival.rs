//! What comes in: frames that the seal opened, and what became of the envelopes in them.
//!
//! Owns the way from symbols to a whole envelope, and from the peer's receipt to what is let go.
//! The groups themselves are in `incoming`, what is opened in `received`, and what we say back in
//! `receipt`.

use std::time::Duration;

use redphone_wire::limits::ENVELOPE_BYTES_MAX;
use redphone_wire::{Echo, EnvelopeId, Now, Receipt, Received, Shape, Symbols};

use crate::carrier::CONTACT_BYTES;
use crate::cutting::Cut;
use crate::receipt::Due;
use crate::received::Known;
use crate::{Arrival, BearerId, Line, Refused};

impl Line {
    /// An authenticated frame came by this bearer. Called before the frame is handled.
    pub fn heard(&mut self, now: Now, bearer: BearerId) {
        let Some(carrier) = self.bearers.get_mut(&bearer) else {
            return;
        };
        let silent = carrier.path.is_silent(now.monotonic);
        let down = carrier.state == crate::BearerState::Down;
        carrier.path.heard(now.monotonic);
        carrier.tests_missed = false;
        if down {
            carrier.ask_contact(now.monotonic);
        }
        if silent && !carrier.woken_in_vain {
            carrier.woken_in_vain = true;
            self.wake(now.monotonic, bearer);
        }
        if down {
            self.judge(now);
        }
    }

    /// Symbols came, of the epoch whose frame key opened the frame.
    pub fn handle_symbols(
        &mut self,
        now: Now,
        bearer: BearerId,
        epoch: u32,
        symbols: &Symbols,
    ) -> Arrival {
        let cumulative = self.opened.cumulative(epoch);
        let Some(number) = symbols.number.resolve(cumulative) else {
            return Arrival::Refused(Refused::NumberTooFarAhead);
        };
        let id = EnvelopeId { epoch, number };
        let mark = symbols.mark;
        let echo = echo(number, symbols.shape);
        match self.opened.copy(id, mark, bearer) {
            Some(Known::Copy { also_by, copies }) => {
                self.receipt_for_copy(bearer, epoch, echo, copies);
                return Arrival::Copy {
                    id,
                    first_bearer_differs: also_by,
                };
            }
            Some(Known::OtherMark) => return Arrival::OtherMark { id, mark },
            None if self.opened.is_too_far(id) => {
                return Arrival::Refused(Refused::NumberTooFarAhead);
            }
            None => {}
        }
        let begun = self.incoming.has_begun(id);
        match self.collect(now.monotonic, id, symbols) {
            Ok(Some(envelope)) => {
                self.completed = Some((id, echo, self.heard_count(bearer)));
                Arrival::Whole { id, mark, envelope }
            }
            Ok(None) => {
                if begun {
                    self.receipt_for_part(now.monotonic, bearer, epoch, echo);
                }
                Arrival::Partial
            }
            Err(refused) => Arrival::Refused(refused),
        }
    }

    fn collect(
        &mut self,
        now: Duration,
        id: EnvelopeId,
        symbols: &Symbols,
    ) -> Result<Option<Vec<u8>>, Refused> {
        match symbols.shape {
            Shape::Single { .. } if symbols.bytes.len() > ENVELOPE_BYTES_MAX => {
                Err(Refused::EnvelopeTooLong)
            }
            Shape::Single { .. } => Ok(Some(symbols.bytes.clone())),
            Shape::Multi {
                first,
                source,
                count,
            } => {
                let length = symbols.bytes.len() / usize::from(count.max(1));
                let cut = Cut { source, length };
                self.incoming
                    .insert(now, id, symbols.mark, cut, first, &symbols.bytes)
            }
        }
    }

    /// The hub opened the envelope; it will be durable with this step. A receipt is due.
    pub fn handle_opened(&mut self, _now: Now, bearer: BearerId, id: EnvelopeId, mark: u8) {
        self.incoming.forget(id);
        self.opened.insert(id, mark, Some(bearer));
        let completed = self.completed.take().filter(|(of, _, _)| *of == id);
        let (echo, heard) = completed.map_or_else(
            || {
                (
                    echo(id.number, Shape::Single { repeat: 0 }),
                    self.heard_count(bearer),
                )
            },
            |(_, echo, heard)| (echo, heard),
        );
        self.receipt_for_opened(bearer, id.epoch, Due { echo, heard });
    }

    /// The seal refused the envelope. All of it is dropped and collected anew.
    pub fn handle_unopenable(&mut self, id: EnvelopeId, mark: u8) {
        #[cfg(feature = "planted-bugs")]
        if crate::planted::is_planted(crate::planted::Bug::UnopenableKept) {
            return;
        }
        self.completed = None;
        self.incoming.forget_mark(id, mark);
    }

    /// A receipt whose proof the seal has checked. Returns what is newly receipted.
    pub fn handle_receipt(
        &mut self,
        now: Now,
        bearer: BearerId,
        receipt: &Receipt,
    ) -> Vec<EnvelopeId> {
        let at = now.monotonic;
        let newly = self.outbox.receipted(receipt.epoch, &receipt.received);
        let mut by_it = None;
        for (id, carrier) in &mut self.bearers {
            let came_by = *id == bearer;
            let one_way = carrier.can_send() && !carrier.can_hear();
            if !came_by && !one_way {
                continue;
            }
            let heard = came_by.then_some(receipt.heard);
            let echoed = carrier.path.echoed(at, receipt.echo, heard);
            if came_by || echoed.is_some() {
                carrier.woken_in_vain = false;
            }
            by_it = by_it.or(echoed.filter(|_| came_by));
        }
        for id in &newly {
            self.note_arrived(*id);
            #[cfg(feature = "planted-bugs")]
            if crate::planted::is_planted(crate::planted::Bug::ReceiptTwice) {
                break;
            }
            self.drop_sending(*id);
        }
        let answered: Vec<_> = self
            .bearers
            .iter()
            .filter(|(id, carrier)| **id == bearer || (carrier.can_send() && !carrier.can_hear()))
            .map(|(id, carrier)| (*id, carrier.path.is_silent(at)))
            .collect();
        for (id, was_silent) in answered {
            if was_silent {
                self.wake(at, id);
            }
            if let Some(carrier) = self.bearers.get_mut(&id) {
                carrier.path.answered(at);
            }
        }
        if let Some(echoed) = by_it {
            self.note_echoed(at, bearer, echoed, receipt.heard);
        }
        self.start_waiting(at);
        if self.state.is_worse_than_up(&self.bearers, bearer) {
            self.judge(now);
        }
        newly
    }

    /// A contact frame came; ours goes back unless this one answered ours. Only one that
    /// `names_us`, as we live now, is an answer: any other crossed ours, or is an old copy.
    pub fn handle_contact(&mut self, now: Now, bearer: BearerId, names_us: bool) {
        self.contacted |= names_us;
        let Some(carrier) = self.bearers.get_mut(&bearer) else {
            return;
        };
        let asked_at = carrier.contact.answered_from().filter(|_| names_us);
        carrier.handle_contact(now.monotonic, names_us);
        if let Some(asked_at) = asked_at {
            self.note_answered(now.monotonic, bearer, CONTACT_BYTES, asked_at);
        }
    }

    /// Replay: all of this is opened.
    pub fn restore_received(&mut self, epoch: u32, received: &Received) {
        self.opened.insert_all(epoch, received);
    }

    /// Replay: this envelope is opened, and came with this mark.
    pub fn restore_opened(&mut self, id: EnvelopeId, mark: u8) {
        self.opened.insert(id, mark, None);
    }

    /// What of an epoch is opened.
    pub fn received(&self, epoch: u32) -> Received {
        self.opened.summary(epoch)
    }
}
/// What a receipt says of the frame that it answers.
pub(crate) fn echo(number: u32, shape: Shape) -> Echo {
    let repeat = match shape {
        Shape::Single { repeat } => repeat as u8,
        Shape::Multi { first, .. } => first as u8,
    };
    Echo {
        number: number as u8,
        repeat,
    }
}
