//! One envelope that is not receipted, and where it stands on each bearer.
//!
//! Owns its symbols: which go next, and that no life of the station sends those of another. Rule
//! LINE-1.

use std::sync::Arc;
use std::time::Duration;

use redphone_wire::{EnvelopeId, Number, Shape, Symbols};

use crate::agenda::{Stage, Turn, class, is_flash};
use crate::cutting::{Cut, Cutter};
use crate::{BearerId, Outgoing};

/// One envelope that is not receipted.
#[derive(Debug)]
pub(crate) struct Sending {
    pub(crate) mark: u8,
    pub(crate) envelope: Arc<[u8]>,
    pub(crate) class: usize,
    pub(crate) attachment_bytes: Option<u64>,
    pub(crate) cutter: Cutter,
    /// Next encoding symbol, or next repeat.
    pub(crate) next: u32,
    /// Symbols sent on all bearers.
    pub(crate) out: u32,
    pub(crate) vias: Vec<Via>,
    pub(crate) under_way: bool,
}

/// One envelope on one bearer.
#[derive(Debug)]
pub(crate) struct Via {
    pub(crate) bearer: BearerId,
    pub(crate) stage: Stage,
    pub(crate) due: Duration,
    /// Symbols sent by it.
    pub(crate) sent: u32,
    /// Sealed bytes of its longest frame.
    pub(crate) longest: usize,
    /// Those sent since the peer last answered on this bearer.
    pub(crate) unanswered: u32,
    /// Repeats made.
    pub(crate) rounds: u32,
    /// Symbols left of this repeat.
    pub(crate) burst_left: u32,
    /// When all that was needed had gone out.
    pub(crate) whole_at: Option<Duration>,
    pub(crate) last_at: Option<Duration>,
    /// Bytes under way and unreceipted.
    pub(crate) in_flight: usize,
}

impl Via {
    pub(crate) fn new(bearer: BearerId, due: Duration) -> Self {
        Self {
            bearer,
            stage: Stage::Fresh,
            due,
            sent: 0,
            longest: 0,
            unanswered: 0,
            rounds: 0,
            burst_left: 0,
            whole_at: None,
            last_at: None,
            in_flight: 0,
        }
    }
}

impl Sending {
    pub(crate) fn new(outgoing: Outgoing, cut: Cut, life: u32) -> Self {
        let again = if outgoing.again { life } else { 0 };
        let next = first_symbol(cut, again);
        Self {
            mark: outgoing.mark,
            class: class(outgoing.precedence, outgoing.attachment_bytes.is_some()),
            attachment_bytes: outgoing.attachment_bytes,
            envelope: outgoing.envelope,
            cutter: Cutter::new(cut),
            next,
            out: 0,
            vias: Vec::new(),
            under_way: false,
        }
    }

    pub(crate) fn is_flash(&self) -> bool {
        is_flash(self.class)
    }

    pub(crate) fn cut(&self) -> Cut {
        self.cutter.cut()
    }

    pub(crate) fn via(&mut self, bearer: BearerId) -> Option<&mut Via> {
        self.vias.iter_mut().find(|via| via.bearer == bearer)
    }

    pub(crate) fn turn(&self, id: EnvelopeId, stage: Stage) -> Turn {
        let class = self.class;
        Turn { class, stage, id }
    }

    /// Cuts it anew for other bearers; what is under way of the old cut is lost.
    pub(crate) fn recut(&mut self, cut: Cut) {
        self.cutter = Cutter::new(cut);
        self.next = 0;
        self.out = 0;
    }

    /// The next symbols, at most `count`, and how many there are.
    pub(crate) fn take(&mut self, number: Number, count: u32) -> (Symbols, u32) {
        let mark = self.mark;
        if self.cut().is_single() {
            let mask = match number {
                Number::Low(_) => 0xfff,
                Number::Full(_) => 0x1f_ffff,
            };
            let repeat = self.next & mask;
            self.next = self.next.wrapping_add(1);
            let symbols = Symbols {
                number,
                mark,
                shape: Shape::Single { repeat },
                bytes: self.envelope.to_vec(),
            };
            return (symbols, 1);
        }
        let first = self.next as u16;
        let left = u32::from(u16::MAX - first) + 1;
        let count = count.min(left).clamp(1, 255);
        self.next = self.next.wrapping_add(count);
        let symbols = Symbols {
            number,
            mark,
            shape: Shape::Multi {
                first,
                source: self.cut().source,
                count: count as u8,
            },
            bytes: self.cutter.symbols(&self.envelope, first, count as usize),
        };
        (symbols, count)
    }
}

/// Where an envelope goes on: not where an earlier life of the station began.
fn first_symbol(cut: Cut, life: u32) -> u32 {
    if life == 0 {
        return 0;
    }
    #[cfg(feature = "planted-bugs")]
    if crate::planted::is_planted(crate::planted::Bug::SymbolsFromTheFirst) {
        return 0;
    }
    if cut.is_single() {
        return life.wrapping_mul(64) & 0xfff;
    }
    let source = u32::from(cut.source);
    source + life.wrapping_mul(8_191) % (65_536 - source * 2)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn later_life_goes_on_with_other_symbols() {
        let cut = Cut {
            source: 100,
            length: 51,
        };
        for life in 1..10_000 {
            let first = first_symbol(cut, life);
            assert!((100..65_436).contains(&first));
        }
        assert_ne!(first_symbol(cut, 1), first_symbol(cut, 2));
    }
}
