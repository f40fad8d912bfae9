//! A pairing that waits for its answer, as it lies in the vault between letters.

use std::fmt;

use minicbor::{Decode, Encode};
use redphone_wire::{CardBody, Letter1, Malformed, TapeKey, from_bytes, to_bytes};
use zeroize::{Zeroize, Zeroizing};

use super::{Tape, Terms};
use crate::kdf::Secret;

/// The lower side's pending pairing: the first letter and the secrets to read its answer with.
#[derive(Clone, Decode, Encode)]
pub struct Pairing {
    #[n(0)]
    letter1: Letter1,
    #[n(1)]
    peer: CardBody,
    #[n(2)]
    tape_lower: Option<TapeKey>,
    #[n(3)]
    tape_higher: Option<TapeKey>,
    #[n(4)]
    kem: Option<Kem>,
}

impl Pairing {
    pub(super) fn new(
        letter1: Letter1,
        peer: CardBody,
        terms: Terms,
        kem: Option<(Secret, Secret)>,
    ) -> Self {
        let key = |tape: Option<Tape>| tape.map(|tape| tape.key);
        Self {
            letter1,
            peer,
            tape_lower: key(terms.tape_lower),
            tape_higher: key(terms.tape_higher),
            kem: kem.map(|(ephemeral, to_higher)| Kem {
                ephemeral: Hidden(ephemeral),
                to_higher: Hidden(to_higher),
            }),
        }
    }

    /// Reads what [`Pairing::to_secret`] wrote.
    ///
    /// # Errors
    ///
    /// [`Malformed`] when the bytes are not a pending pairing.
    pub fn from_secret(bytes: &[u8]) -> Result<Self, Malformed> {
        from_bytes(bytes)
    }

    /// The bytes to keep in the vault until the answer comes.
    pub fn to_secret(&self) -> Zeroizing<Vec<u8>> {
        Zeroizing::new(to_bytes(self))
    }

    /// The first letter, to be repeated byte for byte.
    pub fn letter1(&self) -> &Letter1 {
        &self.letter1
    }

    pub(super) fn peer(&self) -> &CardBody {
        &self.peer
    }

    pub(super) fn tapes(&self) -> [Option<&TapeKey>; 2] {
        [self.tape_lower.as_ref(), self.tape_higher.as_ref()]
    }

    /// The ephemeral decapsulation key and the secret to the higher side's card.
    pub(super) fn kem_secrets(&self) -> Option<(&Secret, &Secret)> {
        let kem = self.kem.as_ref()?;
        Some((&kem.ephemeral.0, &kem.to_higher.0))
    }
}

impl fmt::Debug for Pairing {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let name = &self.peer.name;
        write!(
            f,
            "Pairing({name} generation {}, ..)",
            self.letter1.generation
        )
    }
}

#[derive(Clone, Decode, Encode)]
struct Kem {
    #[n(0)]
    ephemeral: Hidden,
    #[n(1)]
    to_higher: Hidden,
}

/// A secret that encodes as 32 bytes.
#[derive(Clone)]
struct Hidden(Secret);

impl<C> Encode<C> for Hidden {
    fn encode<W: minicbor::encode::Write>(
        &self,
        e: &mut minicbor::Encoder<W>,
        _: &mut C,
    ) -> Result<(), minicbor::encode::Error<W::Error>> {
        e.bytes(self.0.as_slice())?.ok()
    }
}

impl<'b, C> Decode<'b, C> for Hidden {
    fn decode(d: &mut minicbor::Decoder<'b>, _: &mut C) -> Result<Self, minicbor::decode::Error> {
        let bytes = d.bytes()?.try_into();
        let mut bytes: [u8; 32] =
            bytes.map_err(|_| minicbor::decode::Error::message("32 bytes"))?;
        let secret = Self(Zeroizing::new(bytes));
        bytes.zeroize();
        Ok(secret)
    }
}
