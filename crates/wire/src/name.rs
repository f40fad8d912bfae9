//! The name of a party to a line.

use std::fmt;
use std::str::FromStr;

use minicbor::{Decode, Encode};

use crate::limits::PARTY_NAME_BYTES_MAX;

/// A party's name: 1 to 16 of `A-Z`, `0-9` and `-`, beginning with a letter. Example: `NORD`.
///
/// Capital letters of one alphabet only, so that no two names look alike.
#[derive(Clone, Debug, Encode, Eq, Hash, Ord, PartialEq, PartialOrd)]
#[cbor(transparent)]
pub struct PartyName(#[n(0)] String);

impl PartyName {
    /// The name as text.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl FromStr for PartyName {
    type Err = BadName;

    fn from_str(name: &str) -> Result<Self, Self::Err> {
        let letters = name
            .bytes()
            .all(|b| b.is_ascii_uppercase() || b.is_ascii_digit() || b == b'-');
        let first = name.bytes().next().is_some_and(|b| b.is_ascii_uppercase());
        #[cfg(feature = "planted-bugs")]
        let letters = letters || crate::planted::is_planted(crate::planted::Bug::AnyName);
        if first && letters && name.len() <= PARTY_NAME_BYTES_MAX {
            Ok(Self(name.to_owned()))
        } else {
            Err(BadName)
        }
    }
}

impl<'b, C> Decode<'b, C> for PartyName {
    fn decode(d: &mut minicbor::Decoder<'b>, _: &mut C) -> Result<Self, minicbor::decode::Error> {
        d.str()?
            .parse()
            .map_err(|_| minicbor::decode::Error::message("party name"))
    }
}

impl fmt::Display for PartyName {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(&self.0)
    }
}

/// A name that no party may have.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub struct BadName;

impl fmt::Display for BadName {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("a party's name has 1 to 16 of A-Z, 0-9 and -, and begins with a letter")
    }
}

impl std::error::Error for BadName {}
