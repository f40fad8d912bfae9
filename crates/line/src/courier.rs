//! A bag for a courier: carried media may be read once, late, or never, so each bag holds all.

use redphone_wire::{Echo, EnvelopeId, Now, Number, Shape, Symbols};

use crate::agenda::CLASSES;
use crate::carrier::CONTACT_BYTES;
use crate::cutting::{TAG_BYTES, capacity};
use crate::transmit::receipt_bytes;
use crate::{BearerId, Line, Transmit};

impl Line {
    /// A bag for a courier: a contact frame, a receipt of every epoch, then all that is not
    /// receipted, the most urgent first, in at most so many bytes of frames. An envelope that does
    /// not fit whole is left for another bag.
    pub fn courier_frames(
        &mut self,
        _now: Now,
        bearer: BearerId,
        bytes_max: usize,
    ) -> Vec<Transmit> {
        let Some(carrier) = self.bearers.get(&bearer).filter(|carrier| !carrier.out) else {
            return Vec::new();
        };
        let frame_max = capacity(&carrier.spec);
        let mut left = bytes_max.saturating_sub(CONTACT_BYTES);
        let mut frames = vec![Transmit::Contact];
        for epoch in self.opened.epochs() {
            let received = self.opened.summary(epoch);
            let bytes = receipt_bytes(epoch, &received);
            if received.highest().is_none() || bytes > left {
                continue;
            }
            left -= bytes;
            frames.push(Transmit::Receipt {
                epoch,
                received,
                heard: 0,
                echo: Echo {
                    number: 0,
                    repeat: 0,
                },
            });
        }
        for id in self.by_urgency() {
            let packed = self.pack(id, frame_max, left);
            for symbols in packed {
                left = left.saturating_sub(symbols.bytes.len() + 10 + TAG_BYTES);
                let epoch = id.epoch;
                frames.push(Transmit::Symbols { epoch, symbols });
            }
        }
        frames
    }

    fn by_urgency(&self) -> Vec<EnvelopeId> {
        let ids = self.outbox.ids();
        let mut classes: [Vec<EnvelopeId>; CLASSES] = Default::default();
        for id in ids {
            let class = self.outbox.get(id).map_or(0, |sending| sending.class);
            if let Some(class) = classes.get_mut(class) {
                class.push(id);
            }
        }
        classes.into_iter().flatten().collect()
    }

    /// All source symbols of one envelope, as few frames as hold them; none if they do not fit.
    fn pack(&mut self, id: EnvelopeId, frame_max: usize, left: usize) -> Vec<Symbols> {
        let Some(sending) = self.outbox.get_mut(id) else {
            return Vec::new();
        };
        let number = Number::Full(id.number);
        let cut = sending.cut();
        let room = frame_max.saturating_sub(10 + TAG_BYTES);
        let source = usize::from(cut.source);
        let per_frame = (room / cut.length.max(1)).min(255).min(source);
        let frames = source.div_ceil(per_frame.max(1));
        if per_frame == 0 || source * cut.length + frames * (10 + TAG_BYTES) > left {
            return Vec::new();
        }
        if cut.is_single() {
            return vec![sending.take(number, 1).0];
        }
        let mark = sending.mark;
        (0..cut.source)
            .step_by(per_frame)
            .map(|first| {
                let count = per_frame.min(source - usize::from(first));
                Symbols {
                    number,
                    mark,
                    shape: Shape::Multi {
                        first,
                        source: cut.source,
                        count: count as u8,
                    },
                    bytes: sending.cutter.symbols(&sending.envelope, first, count),
                }
            })
            .collect()
    }
}
