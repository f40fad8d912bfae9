//! How an envelope is cut into symbols, and how symbols become an envelope again.
//!
//! An envelope that fits one frame is one symbol: itself. A longer one becomes an object, envelope
//! || 0x80 || zeros, of `source` symbols of one `length`; any `source` of its symbols, or a few
//! more, restore it (RFC 6330, one source block, one sub-block, alignment 1). The length is fixed
//! per envelope from the narrowest bearer that may carry it. Rules LINE-1 to LINE-4.

use std::collections::BTreeMap;
use std::time::Duration;

use raptorq::{
    EncodingPacket, ObjectTransmissionInformation, PayloadId, SourceBlockDecoder,
    SourceBlockEncoder,
};
use redphone_wire::Frame;
use redphone_wire::limits::{FRAME_BYTES_MAX, SYMBOLS_MAX};

use crate::{BearerSpec, Rate, Refused};

/// Bytes that sealing adds to the plain bytes of a frame.
pub(crate) const TAG_BYTES: usize = 16;
const SINGLE_HEADER: usize = 8;
const MULTI_HEADER: usize = 9;
const PACK_HEADER: usize = 10;
/// A frame of an attachment occupies a bearer no longer than this where symbols allow.
const FRAME_AIR_TIME_MAX: Duration = Duration::from_millis(100);
/// Shorter symbols cost more in headers than they save in waiting.
const SYMBOL_BYTES_MIN: usize = 64;
/// Used while a line has no bearer.
const FRAME_BYTES_DEFAULT: usize = 1_200;

/// How one envelope is cut. `source` 1: not at all.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub(crate) struct Cut {
    pub(crate) source: u16,
    pub(crate) length: usize,
}

impl Cut {
    /// Cuts an envelope for the narrowest of these bearers.
    pub(crate) fn new<'a>(
        envelope_bytes: usize,
        attachment: bool,
        bearers: impl Iterator<Item = &'a BearerSpec>,
    ) -> Self {
        let mut frame_min = usize::MAX;
        let mut widest = (Rate::UNPACED, 0);
        for spec in bearers {
            let capacity = capacity(spec);
            let frame = if attachment {
                capacity.min(quick_frame_bytes(spec))
            } else {
                capacity
            };
            frame_min = frame_min.min(frame);
            widest = widest.max((spec.rate, capacity));
        }
        if frame_min == usize::MAX {
            frame_min = FRAME_BYTES_DEFAULT;
        }
        if envelope_bytes + SINGLE_HEADER + TAG_BYTES <= frame_min {
            let length = envelope_bytes;
            return Self { source: 1, length };
        }
        let narrow = frame_min.saturating_sub(MULTI_HEADER + TAG_BYTES).max(1);
        let room = widest.1.saturating_sub(PACK_HEADER + TAG_BYTES);
        let even = if room > narrow {
            room / room.div_ceil(narrow)
        } else {
            narrow
        };
        let object = envelope_bytes + 1;
        let longest = even.max(object.div_ceil(usize::from(SYMBOLS_MAX)));
        let source = object.div_ceil(longest).max(2);
        Self {
            source: u16::try_from(source).unwrap_or(SYMBOLS_MAX),
            length: object.div_ceil(source),
        }
    }

    /// Whether the envelope is its own only symbol.
    pub(crate) fn is_single(self) -> bool {
        self.source == 1
    }

    /// Plain bytes of a frame with so many of these symbols and the longest header.
    fn frame_bytes(self, symbols: usize) -> usize {
        let header = match (self.is_single(), symbols) {
            (true, _) => SINGLE_HEADER,
            (false, 1) => MULTI_HEADER,
            (false, _) => PACK_HEADER,
        };
        header + symbols * self.length + TAG_BYTES
    }

    /// How many symbols a frame of this bearer takes; none when not even one fits. Unless the
    /// envelope is `urgent`, a frame is short enough that a FLASH need not wait long behind it.
    pub(crate) fn symbols_per_frame(self, spec: &BearerSpec, urgent: bool) -> usize {
        let capacity = capacity(spec);
        if self.frame_bytes(1) > capacity {
            return 0;
        }
        if self.is_single() {
            return 1;
        }
        let frame = if urgent {
            capacity
        } else {
            capacity.min(quick_frame_bytes(spec))
        };
        let fit = frame.saturating_sub(PACK_HEADER + TAG_BYTES) / self.length.max(1);
        fit.clamp(1, 255)
    }

    /// How long all of it occupies a bearer when nothing is lost.
    pub(crate) fn air_time(self, spec: &BearerSpec) -> Duration {
        let per_frame = self.symbols_per_frame(spec, true).max(1);
        let frames = usize::from(self.source).div_ceil(per_frame);
        let one = spec.air_time(self.frame_bytes(per_frame.min(usize::from(self.source))));
        one.saturating_mul(u32::try_from(frames).unwrap_or(u32::MAX))
    }
}

/// Bytes of the longest sealed frame that fits, whatever it has to carry beside symbols.
pub(crate) fn capacity(spec: &BearerSpec) -> usize {
    let frame = spec.mtu.min(FRAME_BYTES_MAX);
    spec.cover.map_or(frame, |cover| {
        frame
            .min(cover.frame_bytes)
            .saturating_sub(Frame::PADDED_BYTES)
    })
}

/// Bytes of a frame that is through in `FRAME_AIR_TIME_MAX`, or has the shortest useful symbol.
fn quick_frame_bytes(spec: &BearerSpec) -> usize {
    #[cfg(feature = "planted-bugs")]
    if crate::planted::is_planted(crate::planted::Bug::LongFrames) {
        return usize::MAX;
    }
    let Some(in_time) = spec.rate.bytes_in(FRAME_AIR_TIME_MAX) else {
        return usize::MAX;
    };
    let in_time = usize::try_from(in_time).unwrap_or(usize::MAX);
    let least = SYMBOL_BYTES_MIN + MULTI_HEADER + TAG_BYTES;
    in_time.saturating_sub(spec.overhead).max(least)
}

/// Makes the symbols of one envelope. The code is set up only when a repair symbol is wanted.
pub(crate) struct Cutter {
    cut: Cut,
    encoder: Option<Box<SourceBlockEncoder>>,
}

impl Cutter {
    pub(crate) fn new(cut: Cut) -> Self {
        Self { cut, encoder: None }
    }

    pub(crate) fn cut(&self) -> Cut {
        self.cut
    }

    /// So many symbols from `first` on, one after the other.
    pub(crate) fn symbols(&mut self, envelope: &[u8], first: u16, count: usize) -> Vec<u8> {
        if self.cut.is_single() {
            return envelope.to_vec();
        }
        let length = self.cut.length;
        let source = usize::from(self.cut.source);
        let first = usize::from(first);
        let mut bytes = Vec::with_capacity(count * length);
        let sources = source.saturating_sub(first).min(count);
        if sources > 0 {
            push_object(envelope, first * length, sources * length, &mut bytes);
        }
        if sources < count {
            let start = (first + sources).saturating_sub(source);
            self.push_repair(envelope, start, count - sources, &mut bytes);
        }
        bytes
    }

    fn push_repair(&mut self, envelope: &[u8], start: usize, count: usize, bytes: &mut Vec<u8>) {
        let cut = self.cut;
        let encoder = self.encoder.get_or_insert_with(|| {
            let total = usize::from(cut.source) * cut.length;
            let mut object = Vec::with_capacity(total);
            push_object(envelope, 0, total, &mut object);
            Box::new(SourceBlockEncoder::new(0, &parameters(cut), &object))
        });
        let start = u32::try_from(start).unwrap_or(0);
        let count = u32::try_from(count).unwrap_or(0);
        for packet in encoder.repair_packets(start, count) {
            bytes.extend_from_slice(packet.data());
        }
    }
}

impl std::fmt::Debug for Cutter {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        self.cut.fmt(f)
    }
}

/// Appends `length` bytes of the object from `offset` on.
fn push_object(envelope: &[u8], offset: usize, length: usize, bytes: &mut Vec<u8>) {
    let end = bytes.len() + length;
    let stop = (offset + length).min(envelope.len());
    bytes.extend_from_slice(envelope.get(offset..stop).unwrap_or_default());
    if bytes.len() < end && offset <= envelope.len() {
        bytes.push(0x80);
    }
    bytes.resize(end, 0);
}

/// The envelope within an object, or a padding that is not the one allowed.
pub(crate) fn unpad(mut object: Vec<u8>, cut: Cut) -> Result<Vec<u8>, Refused> {
    let zeros = object.iter().rev().take_while(|byte| **byte == 0).count();
    let end = object.len() - zeros;
    let marked = end
        .checked_sub(1)
        .filter(|last| object.get(*last) == Some(&0x80));
    match marked {
        // No shorter cut of this length would do, so that one envelope has one object.
        Some(last) if zeros < cut.length && last > 0 => {
            object.truncate(last);
            Ok(object)
        }
        _ => Err(Refused::Padding),
    }
}

/// The object from at least `source` different symbols, if they suffice.
pub(crate) fn restore(cut: Cut, symbols: &BTreeMap<u16, Vec<u8>>) -> Option<Vec<u8>> {
    let source = usize::from(cut.source);
    if symbols.range(..cut.source).count() == source {
        let mut object = Vec::with_capacity(source * cut.length);
        for symbol in symbols.range(..cut.source).map(|(_, symbol)| symbol) {
            object.extend_from_slice(symbol);
        }
        return Some(object);
    }
    let total = u64::try_from(source * cut.length).ok()?;
    let mut decoder = SourceBlockDecoder::new(0, &parameters(cut), total);
    decoder.decode(
        symbols.iter().map(|(id, symbol)| {
            EncodingPacket::new(PayloadId::new(0, u32::from(*id)), symbol.clone())
        }),
    )
}

fn parameters(cut: Cut) -> ObjectTransmissionInformation {
    let total = u64::from(cut.source) * u64::try_from(cut.length).unwrap_or(0);
    let length = u16::try_from(cut.length).unwrap_or(u16::MAX);
    ObjectTransmissionInformation::new(total, length, 1, 1, 1)
}

#[cfg(test)]
mod tests;
