//! Attachments: pieces of the peer are taken in and judged when all are here; whole ones are handed
//! out.

use redphone_api::{EventKind, MessageRef, Refusal};
use redphone_desk::{BodyName, DeskError};
use redphone_journal::Storage;
use redphone_wire::{AttachmentChunk, Now, PartyName, Serial};
use sha2::{Digest, Sha256};

use crate::hub::Hub;
use crate::opened::decode;
use crate::refusals::{not_found, policy};
use crate::view::gone;

impl<S: Storage> Hub<S> {
    pub(crate) fn handle_piece(
        &mut self,
        now: Now,
        name: &PartyName,
        body: &[u8],
    ) -> Result<(), DeskError> {
        let piece: AttachmentChunk = decode(body)?;
        let Some(record) = self.desk.handle_piece(name, &piece)? else {
            return Ok(());
        };
        let (serial, index) = (piece.serial, piece.index);
        let body = BodyName::piece(name, false, serial, index, piece.offset);
        self.keep(body, piece.bytes);
        self.note_desk(now, record);
        self.finish_attachment(now, name, serial, index);
        Ok(())
    }

    /// When the last piece is here, the whole is compared with its digest.
    pub(crate) fn finish_attachment(
        &mut self,
        now: Now,
        name: &PartyName,
        serial: Serial,
        index: u8,
    ) {
        let Some(info) = self
            .desk
            .incoming(name, serial)
            .and_then(|message| message.attachments.get(usize::from(index)))
            .cloned()
        else {
            return;
        };
        let empty = info.bytes == 0;
        let pieces = self.desk.pieces(name, serial, index);
        let judged = pieces.is_some_and(|pieces| pieces.verdict().is_some());
        let bytes = pieces.map_or(0, redphone_desk::Pieces::bytes);
        if judged || bytes != u64::from(info.bytes) || (pieces.is_none() && !empty) {
            return;
        }
        let offsets: Vec<u32> = pieces.map_or_else(Vec::new, |pieces| pieces.offsets().collect());
        let mut hash = Sha256::new();
        for offset in offsets {
            let body = BodyName::piece(name, false, serial, index, offset);
            if let Ok(Some(bytes)) = self.body(&body) {
                hash.update(&bytes);
            }
        }
        let digest: [u8; 32] = hash.finalize().into();
        let good = digest == info.digest;
        let record = redphone_desk::Record::AttachmentWhole {
            peer: name.clone(),
            serial,
            index,
            good,
        };
        self.note_desk(now, record);
        let said = if good {
            format!("Attachment {} is whole.", index + 1)
        } else {
            format!(
                "Attachment {} is not what the message announced.",
                index + 1
            )
        };
        self.tell(
            now.utc,
            EventKind::Attachment,
            name,
            Some((false, serial)),
            said,
        );
        if good && index == 0 {
            self.take_proposal(now, name, serial);
        }
    }

    /// Name and bytes of an attachment, whole and checked. Who may have it was asked before, with
    /// [`redphone_api::Request::Attachment`].
    ///
    /// # Errors
    ///
    /// [`Refusal`] when there is none, or it is not whole.
    pub fn attachment(
        &mut self,
        wanted: &MessageRef,
        index: u8,
    ) -> Result<(String, Vec<u8>), Refusal> {
        let ours = wanted
            .from
            .as_ref()
            .is_none_or(|from| *from == self.name.as_str());
        let at = usize::from(index);
        let (peer, serial, name, offsets) = if ours {
            let (peer, serial) = self.find_outgoing(wanted)?;
            let message = self.desk.outgoing(&peer, serial);
            let info = message.and_then(|message| message.attachments.get(at));
            let step = message.map_or(1, |message| message.piece_bytes.max(1)) as usize;
            let offsets = info.map(|info| (0..info.bytes).step_by(step).collect::<Vec<u32>>());
            (peer, serial, info.map(|info| info.name.clone()), offsets)
        } else {
            let (peer, serial) = self.find_incoming(wanted)?;
            let pieces = self.desk.pieces(&peer, serial, index);
            if pieces.is_some_and(|pieces| pieces.verdict() != Some(true)) {
                return Err(policy(
                    "The attachment is not whole, or not what the message announced.",
                    "See how much is here with `redphone read`.",
                ));
            }
            let offsets = pieces.map(|pieces| pieces.offsets().collect());
            let message = self.desk.incoming(&peer, serial);
            let info = message.and_then(|message| message.attachments.get(at));
            (peer, serial, info.map(|info| info.name.clone()), offsets)
        };
        let Some(offsets) = offsets else {
            return Err(not_found(
                "The message has no such attachment, or nothing of it is here.",
                "See what it has with `redphone read`.",
            ));
        };
        let mut whole = Vec::new();
        for offset in offsets {
            let piece = BodyName::piece(&peer, ours, serial, index, offset);
            match self.body(&piece) {
                Ok(Some(bytes)) => whole.extend_from_slice(&bytes),
                _ => return Err(gone()),
            }
        }
        Ok((name.unwrap_or_default(), whole))
    }
}
