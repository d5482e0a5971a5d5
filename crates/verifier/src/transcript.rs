//! Fiat-Shamir: everything said so far goes into the next challenge.
//!
//! Each absorb and each challenge starts with a header of 32 bytes: the label, filled up with zeros to 24
//! bytes, and the count of values in 8. Values follow, fixed in size: two different conversations never
//! feed the hash the same bytes. Prover and verifier use this one type. The hash is BLAKE3.

use p3_blake3::Blake3;
use p3_challenger::{
    CanObserve, CanSample, GrindingChallenger, HashChallenger, SerializingChallenger32,
};
use p3_field::{BasedVectorSpace, PrimeField32};
use p3_symmetric::Hash;

use crate::field::{EF, F};

#[cfg(test)]
mod tests;

/// Bytes of a BLAKE3 digest, and of what is absorbed at once.
const DIGEST_BYTES: usize = 32;

/// Longest label.
pub const LABEL_BYTES_MAX: usize = 24;

type Challenger = SerializingChallenger32<F, HashChallenger<u8, Blake3, 32>>;

/// A running Fiat-Shamir transcript.
#[derive(Clone, Debug)]
pub struct Transcript {
    challenger: Challenger,
}

impl Transcript {
    /// Starts a conversation of the named protocol and version.
    #[must_use]
    pub fn new(protocol: &'static str) -> Self {
        let challenger = Challenger::from_hasher(Vec::new(), Blake3);
        let mut transcript = Self { challenger };
        transcript.absorb_bytes("protocol", protocol.as_bytes());
        transcript
    }

    /// Absorbs a byte string.
    pub fn absorb_bytes(&mut self, label: &'static str, bytes: &[u8]) {
        self.header(label, bytes.len());
        for chunk in bytes.chunks(DIGEST_BYTES) {
            let mut padded = [0; DIGEST_BYTES];
            padded
                .iter_mut()
                .zip(chunk)
                .for_each(|(to, from)| *to = *from);
            self.challenger
                .observe(Hash::<F, u8, DIGEST_BYTES>::from(padded));
        }
    }

    /// Absorbs base elements.
    pub fn absorb_base(&mut self, label: &'static str, values: &[F]) {
        self.header(label, values.len());
        self.challenger.observe_slice(values);
    }

    /// Absorbs extension elements.
    pub fn absorb(&mut self, label: &'static str, values: &[EF]) {
        self.header(label, values.len());
        for value in values {
            let coordinates: &[F] = value.as_basis_coefficients_slice();
            self.challenger.observe_slice(coordinates);
        }
    }

    /// Draws a uniform extension element.
    pub fn challenge(&mut self, label: &'static str) -> EF {
        self.header(label, 1);
        self.challenger.sample()
    }

    /// Draws a point with `variables` coordinates.
    pub fn challenge_point(&mut self, label: &'static str, variables: usize) -> Vec<EF> {
        self.header(label, variables);
        (0..variables).map(|_| self.challenger.sample()).collect()
    }

    /// Searches a proof of work of `bits` bits and absorbs it.
    pub fn grind(&mut self, label: &'static str, bits: usize) -> F {
        self.header(label, bits);
        self.challenger.grind(bits)
    }

    /// Absorbs a proof of work and says whether it has `bits` bits.
    #[must_use]
    pub fn check_grind(&mut self, label: &'static str, bits: usize, witness: F) -> bool {
        self.header(label, bits);
        self.challenger.check_witness(bits, witness)
    }

    /// Draws `count` positions below `2^log_size`; gives them sorted, each once.
    ///
    /// The field has one element more than a multiple of `2^24`, so low bits are as good as uniform.
    pub fn challenge_positions(
        &mut self,
        label: &'static str,
        count: usize,
        log_size: usize,
    ) -> Vec<usize> {
        self.header(label, count);
        let size = 1usize.checked_shl(u32::try_from(log_size).unwrap_or(u32::MAX));
        let low_bits = size.unwrap_or(0).wrapping_sub(1);
        let mut positions: Vec<usize> = (0..count)
            .map(|_| {
                let sample: F = self.challenger.sample();
                usize::try_from(sample.as_canonical_u32()).unwrap_or(0) & low_bits
            })
            .collect();
        positions.sort_unstable();
        positions.dedup();
        positions
    }

    fn header(&mut self, label: &'static str, count: usize) {
        debug_assert!(label.len() <= LABEL_BYTES_MAX, "label {label} is too long");
        let mut header = [0; DIGEST_BYTES];
        let (name, number) = header.split_at_mut(LABEL_BYTES_MAX);
        name.iter_mut()
            .zip(label.bytes())
            .for_each(|(to, from)| *to = from);
        let count = u64::try_from(count).unwrap_or(u64::MAX).to_le_bytes();
        number
            .iter_mut()
            .zip(count)
            .for_each(|(to, from)| *to = from);
        self.challenger
            .observe(Hash::<F, u8, DIGEST_BYTES>::from(header));
    }
}
