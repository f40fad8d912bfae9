//! The order wire: the newest lines of the operators' talk. Texts lie in bodies.

use minicbor::{Decode, Encode};
use redphone_wire::Utc;

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
