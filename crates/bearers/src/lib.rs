//! bearers
