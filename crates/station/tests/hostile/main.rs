//! A hostile peer, who holds the keys, and a hostile bearer, who does not: what neither achieves.

mod confusion;
mod disk;
mod floods;
mod forged;
mod lies;
mod names;
mod peer;
#[cfg(feature = "planted-bugs")]
mod planted;
