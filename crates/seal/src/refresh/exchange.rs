//! What a refresh keeps between its steps, and its rows.
//!
//! Owns the state and its bytes. When it moves is decided one level up.

use std::collections::BTreeMap;
use std::time::Duration;

use redphone_wire::{Direction, NoReason};

use crate::chain::Chain;
use crate::codec::{Reader, Writer};
use crate::kdf::Secret;
use crate::rows::Row;

/// What the refresh of both directions keeps.
#[derive(Default)]
pub(crate) struct Exchange {
    /// Seeds of our offers, the two newest.
    pub(super) offers: BTreeMap<u32, Secret>,
    /// Number of our next offer.
    pub(super) offer_next: u32,
    /// When the last offer was made, on this machine's clock since it started.
    pub(super) offered_at: Option<Duration>,
    /// The newest offer of the peer that is not answered.
    pub(super) their_offer: Option<(u32, Vec<u8>)>,
    /// The number that the next offer of the peer must reach.
    pub(super) their_offer_next: u32,
    /// Exchanges that we answered, by the peer's offer.
    pub(super) backs_given: BTreeMap<u32, Back>,
    /// Exchanges that we offered and the peer answered, by our offer.
    pub(super) backs_held: BTreeMap<u32, Back>,
    /// Our opening that waits.
    pub(super) pending: Option<Pending>,
    /// Our last answer, final: the epoch, and why not.
    pub(super) answer: Option<(u32, Option<NoReason>)>,
    /// Installed tape keys, by direction.
    pub(super) tapes: [BTreeMap<u32, Secret>; 2],
    /// The lowest number not used, by direction.
    pub(super) tape_next: [u32; 2],
}

/// The second secret of an exchange.
pub(super) struct Back {
    pub(super) secret: Secret,
    /// SHA-256 of offer and ciphertext.
    pub(super) exchange: [u8; 32],
}

/// Our opening, with the keys that already follow from it.
pub(super) struct Pending {
    pub(super) epoch: u32,
    /// What was said, to be repeated byte for byte.
    pub(super) message: Vec<u8>,
    pub(super) chain: Secret,
    pub(super) frames: Secret,
    pub(super) next: Secret,
    pub(super) words: Secret,
    /// The tape key that it takes.
    pub(super) tape: Option<u32>,
    /// The offer of the peer that it answers.
    pub(super) answers: Option<u32>,
}

impl Exchange {
    /// What a pairing leaves: the tape keys that it used are never used again.
    pub(crate) fn new(tapes_used: [Option<u32>; 2]) -> Self {
        Self {
            tape_next: tapes_used.map(|used| used.map_or(0, |number| number.saturating_add(1))),
            ..Self::default()
        }
    }

    /// The installed key with the lowest number that is not used.
    pub(super) fn lowest_tape(&self, direction: Direction) -> Option<(u32, Secret)> {
        let (tapes, next) = (self.tapes_of(direction), self.tape_next_of(direction));
        let (number, key) = tapes.range(next..).next()?;
        Some((*number, key.clone()))
    }

    /// Numbers of the keys that are installed and not used, ascending.
    pub(crate) fn installed(&self, direction: Direction) -> impl Iterator<Item = u32> {
        self.tapes_of(direction).keys().copied()
    }

    /// The chain of an opening of ours that waits.
    pub(crate) fn waiting_chain(&self, epoch: u32) -> Option<Chain> {
        let pending = self.pending.as_ref().filter(|waits| waits.epoch == epoch)?;
        Some(Chain::new(pending.chain.clone()))
    }

    /// Erases a tape key that was used and all before it; returns their rows (rule REF-7).
    pub(super) fn use_up_tape(&mut self, direction: Direction, number: u32) -> Vec<Row> {
        let place = usize::from(direction.byte());
        if let Some(next) = self.tape_next.get_mut(place) {
            *next = number.saturating_add(1).max(*next);
        }
        let mut rows = vec![Row::Exchange];
        if let Some(tapes) = self.tapes.get_mut(place) {
            let kept = tapes.split_off(&number.saturating_add(1));
            let used = std::mem::replace(tapes, kept);
            rows.extend(
                used.keys()
                    .map(|number| Row::Tape(direction.byte(), *number)),
            );
        }
        rows
    }

    pub(super) fn tapes_of(&self, direction: Direction) -> &BTreeMap<u32, Secret> {
        let [lower, higher] = &self.tapes;
        match direction {
            Direction::FromLower => lower,
            Direction::FromHigher => higher,
        }
    }

    pub(super) fn tape_next_of(&self, direction: Direction) -> u32 {
        let [lower, higher] = self.tape_next;
        match direction {
            Direction::FromLower => lower,
            Direction::FromHigher => higher,
        }
    }

    /// The rows that are there beside [`Row::Exchange`] and [`Row::Pending`].
    pub(crate) fn rows(&self) -> Vec<Row> {
        let mut rows: Vec<Row> = self.offers.keys().copied().map(Row::Offer).collect();
        rows.extend(
            self.their_offer
                .iter()
                .map(|(offer, _)| Row::TheirOffer(*offer)),
        );
        rows.extend(self.backs_given.keys().copied().map(Row::BackGiven));
        rows.extend(self.backs_held.keys().copied().map(Row::BackHeld));
        for (direction, tapes) in (0..).zip(&self.tapes) {
            rows.extend(tapes.keys().map(|number| Row::Tape(direction, *number)));
        }
        rows
    }

    pub(crate) fn write(&self, row: Row, writer: Writer) -> Option<Writer> {
        match row {
            Row::Exchange => {
                let [tape_lower, tape_higher] = self.tape_next;
                let writer = writer
                    .number(self.offer_next)
                    .number(self.their_offer_next)
                    .number(tape_lower)
                    .number(tape_higher)
                    .maybe(self.answer.map(|(epoch, _)| epoch))
                    .byte(
                        self.answer
                            .and_then(|(_, no)| no)
                            .map_or(0, |no| no as u8 + 1),
                    );
                Some(writer)
            }
            Row::Pending => {
                let pending = self.pending.as_ref()?;
                Some(
                    writer
                        .number(pending.epoch)
                        .maybe(pending.tape)
                        .maybe(pending.answers)
                        .bytes(&*pending.chain)
                        .bytes(&*pending.frames)
                        .bytes(&*pending.next)
                        .bytes(&*pending.words)
                        .sized(&pending.message),
                )
            }
            Row::Tape(direction, number) => {
                let tapes = self.tapes.get(usize::from(direction))?;
                Some(writer.bytes(&**tapes.get(&number)?))
            }
            Row::Offer(offer) => Some(writer.bytes(&**self.offers.get(&offer)?)),
            Row::TheirOffer(offer) => {
                let (number, key) = self.their_offer.as_ref()?;
                (*number == offer).then(|| writer.sized(key))
            }
            Row::BackGiven(offer) => Some(self.backs_given.get(&offer)?.write(writer)),
            Row::BackHeld(offer) => Some(self.backs_held.get(&offer)?.write(writer)),
            Row::Line
            | Row::Standing
            | Row::Sending
            | Row::OutEpoch(_)
            | Row::OutChain(_)
            | Row::OutNext(_)
            | Row::Sent(_)
            | Row::LogEnd
            | Row::InEpoch(_)
            | Row::InChain(_)
            | Row::InNext(_)
            | Row::Tip(_)
            | Row::Gap(_)
            | Row::LogWaiting(_) => None,
        }
    }

    pub(crate) fn read(&mut self, row: Row, read: &mut Reader<'_>) -> Option<()> {
        match row {
            Row::Exchange => {
                self.offer_next = read.number()?;
                self.their_offer_next = read.number()?;
                self.tape_next = [read.number()?, read.number()?];
                let answered = read.maybe()?;
                let no = match read.byte()? {
                    0 => None,
                    byte => Some(*NO_REASONS.get(usize::from(byte) - 1)?),
                };
                self.answer = answered.map(|epoch| (epoch, no));
            }
            Row::Pending => {
                self.pending = Some(Pending {
                    epoch: read.number()?,
                    tape: read.maybe()?,
                    answers: read.maybe()?,
                    chain: read.secret()?,
                    frames: read.secret()?,
                    next: read.secret()?,
                    words: read.secret()?,
                    message: read.sized()?.to_vec(),
                });
            }
            Row::Tape(direction, number) => {
                let tapes = self.tapes.get_mut(usize::from(direction))?;
                tapes.insert(number, read.secret()?);
            }
            Row::Offer(offer) => {
                self.offers.insert(offer, read.secret()?);
            }
            Row::TheirOffer(offer) => self.their_offer = Some((offer, read.sized()?.to_vec())),
            Row::BackGiven(offer) => {
                self.backs_given.insert(offer, Back::read(read)?);
            }
            Row::BackHeld(offer) => {
                self.backs_held.insert(offer, Back::read(read)?);
            }
            Row::Line
            | Row::Standing
            | Row::Sending
            | Row::OutEpoch(_)
            | Row::OutChain(_)
            | Row::OutNext(_)
            | Row::Sent(_)
            | Row::LogEnd
            | Row::InEpoch(_)
            | Row::InChain(_)
            | Row::InNext(_)
            | Row::Tip(_)
            | Row::Gap(_)
            | Row::LogWaiting(_) => return None,
        }
        Some(())
    }
}

impl Back {
    fn write(&self, writer: Writer) -> Writer {
        writer.bytes(&*self.secret).bytes(&self.exchange)
    }

    fn read(read: &mut Reader<'_>) -> Option<Self> {
        Some(Self {
            secret: read.secret()?,
            exchange: read.array()?,
        })
    }
}

const NO_REASONS: [NoReason; 3] = [
    NoReason::OfferUnknown,
    NoReason::TapeUnknown,
    NoReason::ParentUnknown,
];

/// Keeps the newest of what is counted, and names the rest.
pub(super) fn keep_newest<T>(counted: &mut BTreeMap<u32, T>, kept: usize) -> Vec<u32> {
    let spare = counted.len().saturating_sub(kept);
    let old: Vec<u32> = counted.keys().take(spare).copied().collect();
    for number in &old {
        counted.remove(number);
    }
    old
}
