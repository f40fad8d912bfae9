//! The running digest of the vault: a sum to which every stored row adds a term of its own, so that a
//! row is counted in and out without a look at the others. Spec: PROTOCOL.md, appendix "The journal",
//! rule JNL-7.

/// A sum modulo 2^256, least significant limb first.
#[derive(Clone, Copy, Default, Eq, PartialEq)]
pub(crate) struct VaultDigest([u64; 4]);

impl VaultDigest {
    pub(crate) fn from_bytes(bytes: [u8; 32]) -> Self {
        let mut limbs = [0; 4];
        for (limb, chunk) in limbs.iter_mut().zip(bytes.chunks_exact(8)) {
            *limb = chunk
                .iter()
                .rev()
                .fold(0, |sum, byte| sum << 8 | u64::from(*byte));
        }
        Self(limbs)
    }

    pub(crate) fn to_bytes(self) -> [u8; 32] {
        let mut bytes = [0; 32];
        for (chunk, limb) in bytes.chunks_exact_mut(8).zip(self.0) {
            chunk.copy_from_slice(&limb.to_le_bytes());
        }
        bytes
    }

    pub(crate) fn add(self, other: Self) -> Self {
        let mut carry = false;
        let mut sum = self.0;
        for (limb, addend) in sum.iter_mut().zip(other.0) {
            let (partial, over) = limb.overflowing_add(addend);
            let (total, over_again) = partial.overflowing_add(u64::from(carry));
            *limb = total;
            carry = over || over_again;
        }
        Self(sum)
    }

    pub(crate) fn subtract(self, other: Self) -> Self {
        let mut borrow = false;
        let mut rest = self.0;
        for (limb, taken) in rest.iter_mut().zip(other.0) {
            let (partial, under) = limb.overflowing_sub(taken);
            let (total, under_again) = partial.overflowing_sub(u64::from(borrow));
            *limb = total;
            borrow = under || under_again;
        }
        Self(rest)
    }
}
