//! The order wire: the operators' talk. Owns what a line may be and what is held of it; texts lie
//! in bodies.

use minicbor::{Decode, Encode};
use redphone_wire::limits::{OFFICER_NAME_BYTES_MAX, ORDER_WIRE_BYTES_MAX};
use redphone_wire::{OrderWire, PartyName, Utc, shown_name};

use crate::check::{check_name, check_peer_text, check_text};
use crate::error::{DeskError, PeerMisbehaved};
use crate::{Desk, Record};

/// One line, without its text.
#[derive(Clone, Debug, Decode, Encode, Eq, PartialEq)]
pub struct WireLine {
    /// True for ours.
    #[n(0)]
    pub out: bool,
    /// When it was written, by its writer's clock.
    #[n(1)]
    pub at: Utc,
    /// Who, or empty.
    #[n(2)]
    pub officer: String,
    /// When the peer's station held it; ours only.
    #[n(3)]
    pub receipted: Option<Utc>,
}

impl Desk {
    /// Writes a line on the order wire.
    ///
    /// # Errors
    ///
    /// [`DeskError::NotPermitted`] for an empty or overlong line.
    pub fn order_wire(
        &self,
        now: Utc,
        peer: &PartyName,
        officer: &str,
        text: &str,
    ) -> Result<(Record, OrderWire), DeskError> {
        check_text("line", text, ORDER_WIRE_BYTES_MAX)?;
        if !officer.is_empty() {
            check_name("officer's name", officer, OFFICER_NAME_BYTES_MAX)?;
        }
        let record = Record::OrderWire {
            peer: peer.clone(),
            out: true,
            at: now,
            officer: officer.to_owned(),
        };
        let line = OrderWire {
            at: now.seconds(),
            officer: officer.to_owned(),
            text: text.to_owned(),
        };
        Ok((record, line))
    }

    /// Takes a line of the peer's order wire in.
    ///
    /// # Errors
    ///
    /// [`DeskError::PeerMisbehaved`] when it breaks a bound.
    pub fn handle_order_wire(
        &self,
        peer: &PartyName,
        line: &OrderWire,
    ) -> Result<Record, DeskError> {
        check_peer_text("line", &line.text, ORDER_WIRE_BYTES_MAX)?;
        if line.officer.len() > OFFICER_NAME_BYTES_MAX {
            return Err(PeerMisbehaved::Bound { what: "name" }.into());
        }
        Ok(Record::OrderWire {
            peer: peer.clone(),
            out: false,
            at: line.at.into(),
            officer: shown_name(&line.officer),
        })
    }
}
