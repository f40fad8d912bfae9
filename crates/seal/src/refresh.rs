//! Refresh: each direction's sender moves its own epochs (rules REF-1 to REF-12).

use std::collections::BTreeMap;
use std::time::Duration;

use redphone_wire::{Direction, NoReason, Utc};

use crate::Cipher;
use crate::cipher::direction_of;
use crate::codec::{Reader, Writer};
use crate::kdf::Secret;
use crate::rows::Row;

/// What the refresh of both directions keeps.
#[derive(Clone, Default)]
pub(crate) struct Exchange {
    /// Seeds of our offers, the two newest.
    offers: BTreeMap<u32, Secret>,
    /// Number of our next offer.
    offer_next: u32,
    /// When the last offer was made, on this machine's clock since it started.
    offered_at: Option<Duration>,
    /// The newest offer of the peer that is not used.
    their_offer: Option<(u32, Vec<u8>)>,
    /// The number that the next offer of the peer must reach.
    their_offer_next: u32,
    /// Exchanges that we answered, by the peer's offer.
    backs_given: BTreeMap<u32, Back>,
    /// Exchanges that we offered and the peer answered, by our offer.
    backs_held: BTreeMap<u32, Back>,
    /// Our opening that waits.
    pending: Option<Pending>,
    /// Our last answer, final.
    answer: Option<(u32, Option<NoReason>)>,
    /// Installed tape keys, by direction.
    tapes: [BTreeMap<u32, Secret>; 2],
    /// The lowest number not used, by direction.
    tape_next: [u32; 2],
    /// When each direction was last refreshed, by the wall clock.
    refreshed: [Option<Utc>; 2],
}

/// The second secret of an exchange.
#[derive(Clone)]
struct Back {
    secret: Secret,
    /// SHA-256 of offer and ciphertext.
    exchange: [u8; 32],
}

/// Our opening, with the keys that already follow from it.
#[derive(Clone)]
struct Pending {
    epoch: u32,
    message: Vec<u8>,
    chain: Secret,
    frames: Secret,
    next: Secret,
    words: Secret,
    /// Erased with the answer.
    tape: Option<u32>,
    back: Option<u32>,
}

impl Cipher {
    /// Derives the epochs that the peer may open with the tape keys at hand (rule REF-10).
    pub(crate) fn look_ahead(&mut self) {}

    /// Makes epochs that were looked ahead to our own, up to one that proved itself.
    pub(crate) fn adopt_ahead(&mut self, _epoch: u32) {}
}

impl Exchange {
    /// What a pairing leaves: the tape keys that it used are never used again.
    pub(crate) fn new(tapes_used: [Option<u32>; 2]) -> Self {
        Self {
            tape_next: tapes_used.map(|used| used.map_or(0, |number| number.saturating_add(1))),
            ..Self::default()
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
                let mut writer = writer
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
                for at in self.refreshed {
                    writer = writer.byte(u8::from(at.is_some()));
                    writer = writer.long(at.unwrap_or_default().0);
                }
                Some(writer)
            }
            Row::Pending => {
                let pending = self.pending.as_ref()?;
                Some(
                    writer
                        .number(pending.epoch)
                        .maybe(pending.tape)
                        .maybe(pending.back)
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
            _ => None,
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
                for at in &mut self.refreshed {
                    let known = read.flag()?;
                    *at = Some(Utc(read.long()?)).filter(|_| known);
                }
            }
            Row::Pending => {
                self.pending = Some(Pending {
                    epoch: read.number()?,
                    tape: read.maybe()?,
                    back: read.maybe()?,
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
            _ => return None,
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
