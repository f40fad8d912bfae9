//! What every text has to keep to, those of our officers and those of the peer; and the peer's
//! serials.

use redphone_wire::{Serial, shown};

use crate::error::{NotPermitted, PeerMisbehaved};
use crate::limits::SERIAL_JUMP_MAX;

/// A text of an officer: not empty, and no longer than its bound.
pub(crate) fn check_text(what: &'static str, text: &str, most: usize) -> Result<(), NotPermitted> {
    if text.trim().is_empty() {
        return Err(NotPermitted::Empty { what });
    }
    if text.len() > most {
        return Err(too_much(what, most));
    }
    Ok(())
}

/// A text of one line that says who or what: nothing unseen in it.
pub(crate) fn check_name(what: &'static str, name: &str, most: usize) -> Result<(), NotPermitted> {
    check_text(what, name, most)?;
    if shown(name) != name {
        return Err(NotPermitted::Unseen { what });
    }
    Ok(())
}

/// A text of the peer: not empty, and no longer than its bound (rule DESK-1).
pub(crate) fn check_peer_text(
    what: &'static str,
    text: &str,
    most: usize,
) -> Result<(), PeerMisbehaved> {
    if text.trim().is_empty() || text.len() > most {
        return Err(PeerMisbehaved::Bound { what });
    }
    Ok(())
}

pub(crate) fn too_much(what: &'static str, most: usize) -> NotPermitted {
    NotPermitted::TooMuch { what, most }
}

/// Serials run ahead of what is known by a bounded step (rule DESK-3).
pub(crate) fn check_jump(serial: Serial, known: u32) -> Result<(), PeerMisbehaved> {
    if serial.0.saturating_sub(known) > SERIAL_JUMP_MAX {
        return Err(PeerMisbehaved::SerialJump { serial });
    }
    Ok(())
}
