//! stationd
