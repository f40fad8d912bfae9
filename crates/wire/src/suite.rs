//! Suites by treaty: the AEAD of a direction is fixed at pairing, never negotiated.

use std::fmt;
use std::str::FromStr;

use minicbor::{Decode, Encode};

/// One layer of sealing.
#[derive(Clone, Copy, Debug, Decode, Encode, Eq, Ord, PartialEq, PartialOrd)]
#[cbor(index_only)]
pub enum Suite {
    /// ChaCha20-Poly1305 (RFC 8439).
    #[n(1)]
    ChaCha20Poly1305,
    /// AES-256-GCM-SIV (RFC 8452).
    #[n(2)]
    Aes256GcmSiv,
    /// Kuznyechik (GOST R 34.12-2015) in counter mode with CMAC.
    #[n(3)]
    Kuznyechik,
    /// SM4 (GB/T 32907-2016) in counter mode with CMAC. 128-bit key: only in a cascade.
    #[n(4)]
    Sm4,
}

impl Suite {
    /// All suites.
    pub const ALL: [Self; 4] = [
        Self::ChaCha20Poly1305,
        Self::Aes256GcmSiv,
        Self::Kuznyechik,
        Self::Sm4,
    ];

    /// The number that stands for the suite in keys and associated data.
    pub fn byte(self) -> u8 {
        match self {
            Self::ChaCha20Poly1305 => 1,
            Self::Aes256GcmSiv => 2,
            Self::Kuznyechik => 3,
            Self::Sm4 => 4,
        }
    }
}

/// The layers of one direction, inner first: one suite, or a cascade of two different ones.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub struct Suites {
    inner: Suite,
    outer: Option<Suite>,
}

impl Suites {
    /// The default: suite 1 alone.
    pub const DEFAULT: Self = Self {
        inner: Suite::ChaCha20Poly1305,
        outer: None,
    };

    /// One layer, or two different ones. SM4 alone is refused.
    pub fn new(inner: Suite, outer: Option<Suite>) -> Option<Self> {
        let twice = outer == Some(inner);
        let weak = outer.is_none() && inner == Suite::Sm4;
        (!twice && !weak).then_some(Self { inner, outer })
    }

    /// The layers, inner first.
    pub fn layers(self) -> impl DoubleEndedIterator<Item = Suite> {
        [Some(self.inner), self.outer].into_iter().flatten()
    }
}

impl Default for Suites {
    fn default() -> Self {
        Self::DEFAULT
    }
}

impl<C> Encode<C> for Suites {
    fn encode<W: minicbor::encode::Write>(
        &self,
        e: &mut minicbor::Encoder<W>,
        _: &mut C,
    ) -> Result<(), minicbor::encode::Error<W::Error>> {
        let layers: Vec<Suite> = self.layers().collect();
        e.encode(&layers)?.ok()
    }
}

impl<'b, C> Decode<'b, C> for Suites {
    fn decode(d: &mut minicbor::Decoder<'b>, _: &mut C) -> Result<Self, minicbor::decode::Error> {
        let refused = || minicbor::decode::Error::message("suites");
        let layers: Vec<Suite> = d.decode()?;
        match layers.as_slice() {
            [inner] => Self::new(*inner, None).ok_or_else(refused),
            [inner, outer] => Self::new(*inner, Some(*outer)).ok_or_else(refused),
            _ => Err(refused()),
        }
    }
}

impl fmt::Display for Suites {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let words: Vec<String> = self.layers().map(|suite| suite.to_string()).collect();
        f.write_str(&words.join("+"))
    }
}

impl fmt::Display for Suite {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(match self {
            Self::ChaCha20Poly1305 => "chacha20-poly1305",
            Self::Aes256GcmSiv => "aes-256-gcm-siv",
            Self::Kuznyechik => "kuznyechik",
            Self::Sm4 => "sm4",
        })
    }
}

impl FromStr for Suites {
    type Err = BadSuites;

    /// Reads what `Display` prints: `chacha20-poly1305`, or `sm4+chacha20-poly1305`, inner first.
    fn from_str(words: &str) -> Result<Self, Self::Err> {
        let find = |word: &str| Suite::ALL.into_iter().find(|s| s.to_string() == word);
        let (inner, outer) = match words.split_once('+') {
            None => (find(words), None),
            Some((inner, outer)) => (find(inner), Some(find(outer).ok_or(BadSuites)?)),
        };
        Self::new(inner.ok_or(BadSuites)?, outer).ok_or(BadSuites)
    }
}

/// Not a suite, or not an allowed cascade.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub struct BadSuites;

impl fmt::Display for BadSuites {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(
            "suites are chacha20-poly1305, aes-256-gcm-siv, kuznyechik, or two different ones \
             joined by + (inner first), one of which may be sm4",
        )
    }
}

impl std::error::Error for BadSuites {}
