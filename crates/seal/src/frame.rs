//! Frames: AES-SIV (RFC 5297) over the plain bytes of a frame (rules FRAME-1 to FRAME-4).
//!
//! ```text
//!   frame = AES-256-SIV(key = KDF(fk, "fk", 64 bytes), one header = line || d; plain bytes)
//! ```
//!
//! Owns the keys of frames, set up once per epoch, and the search for the one that fits. A frame
//! that none fits moves nothing and tells nothing.

use aes_siv::KeyInit;
use aes_siv::siv::Aes256Siv;
use redphone_wire::Frame;
use redphone_wire::limits::FRAME_BYTES_MAX;

use crate::kdf::{Label, Secret, Source};
use crate::{Cipher, ContactFrame, SealError};

/// What an opened frame holds.
#[derive(Clone, Debug, Eq, PartialEq)]
pub enum OpenedFrame {
    /// The peer says who it is and how far it has come.
    Contact(ContactFrame),
    /// Symbols, a receipt or cover.
    Traffic {
        /// The epoch, of the peer's direction, whose frame key fitted.
        epoch: u32,
        /// What it holds.
        frame: Frame,
    },
}

/// A frame key and its cipher, set up once.
pub(crate) struct FrameKey {
    key: Secret,
    siv: Aes256Siv,
    header: [u8; 33],
}

impl FrameKey {
    /// Sets up the key of one epoch of one direction. `header` is line and direction.
    pub(crate) fn new(key: Secret, header: [u8; 33]) -> Self {
        let long = Source::new(&key).derive_long::<64>(Label::Frames, &[]);
        let siv = Aes256Siv::new(&(*long).into());
        Self { key, siv, header }
    }

    /// What the key was derived as, for the vault.
    pub(crate) fn secret(&self) -> &Secret {
        &self.key
    }

    /// Seals plain bytes; 16 bytes longer. `None` when a frame may not be that long.
    pub(crate) fn seal(&mut self, plain: &[u8]) -> Option<Vec<u8>> {
        if plain.len() + SIV_BYTES > FRAME_BYTES_MAX {
            return None;
        }
        self.siv.encrypt([&self.header], plain).ok()
    }

    /// Opens a frame, or finds that this is not its key.
    pub(crate) fn open(&mut self, frame: &[u8]) -> Option<Vec<u8>> {
        if !(SIV_BYTES + 1..=FRAME_BYTES_MAX).contains(&frame.len()) {
            return None;
        }
        self.siv.decrypt([&self.header], frame).ok()
    }
}

impl Cipher {
    /// Seals a frame under the key of an epoch of our direction.
    ///
    /// # Errors
    ///
    /// [`SealError::EpochUnknown`] when all of that epoch is receipted and its keys are erased;
    /// [`SealError::MessageTooLong`] for a frame above `FRAME_BYTES_MAX`.
    pub fn seal_frame(&mut self, epoch: u32, frame: &Frame) -> Result<Vec<u8>, SealError> {
        let unknown = SealError::EpochUnknown(epoch);
        let out = self.out_epochs.get_mut(&epoch).ok_or(unknown)?;
        let sealed = out.frames.seal(&frame.to_bytes());
        sealed.ok_or(SealError::MessageTooLong)
    }

    /// Opens a frame of a live bearer: tries at most 16 keys, the newest epochs first (rule
    /// FRAME-3). `None`: not of this line, or not in the form of the protocol. No state moves.
    pub fn open_frame(&mut self, frame: &[u8]) -> Option<OpenedFrame> {
        // The peer's next tape number, once told, says about how far ahead it is.
        let about = self.standing.peer_tape_out().saturating_sub(AHEAD_MAX / 2);
        self.open_frame_with(frame, CANDIDATES_MAX, AHEAD_MAX as usize, about)
    }

    /// Opens a frame that came late, by courier: tries the keys of every epoch that is held.
    pub fn open_late_frame(&mut self, frame: &[u8]) -> Option<OpenedFrame> {
        self.open_frame_with(frame, usize::MAX, usize::MAX, 0)
    }

    fn open_frame_with(
        &mut self,
        frame: &[u8],
        candidates: usize,
        ahead_max: usize,
        from_tape: u32,
    ) -> Option<OpenedFrame> {
        let near = self.ahead.iter_mut();
        let ahead: Vec<_> = near
            .filter(|(_, ahead)| ahead.tape >= from_tape)
            .take(ahead_max)
            .map(|(epoch, ahead)| (epoch, &mut ahead.held))
            .collect();
        let room = candidates.saturating_sub(1 + ahead.len());
        let held = self.in_epochs.iter_mut().rev().take(room);
        for (epoch, held) in held.chain(ahead) {
            if let Some(plain) = held.frames.open(frame) {
                let (epoch, frame) = (*epoch, Frame::from_bytes(&plain).ok()?);
                return Some(OpenedFrame::Traffic { epoch, frame });
            }
        }
        let plain = self.contact_in.open(frame)?;
        ContactFrame::from_bytes(&plain).map(OpenedFrame::Contact)
    }
}

/// Keys that are tried on a frame of a live bearer.
pub(crate) const CANDIDATES_MAX: usize = 16;

/// Tape keys ahead whose frame keys are tried on a live bearer.
const AHEAD_MAX: u32 = 8;

/// Bytes that sealing adds to a frame (RFC 5297).
pub(crate) const SIV_BYTES: usize = 16;
