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

use crate::codec::{BASE_BYTES, EXTENSION_BYTES};
use crate::field::{EF, F};
use crate::pcs::Randomness;

#[cfg(test)]
mod tests;

/// Bytes of a BLAKE3 digest, and of what is absorbed at once.
const DIGEST_BYTES: usize = 32;

/// Longest label.
pub const LABEL_BYTES_MAX: usize = 24;

type Challenger = SerializingChallenger32<F, HashChallenger<u8, Blake3, 32>>;

/// Where challenges come from.
#[derive(Clone, Debug)]
enum Oracle {
    /// From the hash of all that was said.
    Hash(Challenger),
    /// From a stream, whatever was said.
    Programmed(Randomness),
}

/// What a step of a conversation is.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum StepKind {
    /// That many bytes are absorbed.
    Absorb(usize),
    /// Challenges are drawn.
    Challenge,
    /// A proof of work is absorbed.
    Work,
    /// These positions are drawn.
    Positions(Vec<usize>),
}

/// One step of a conversation, for a census.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Step {
    /// Its label.
    pub label: &'static str,
    /// Values absorbed or drawn.
    pub count: usize,
    /// What it is.
    pub kind: StepKind,
}

/// A running Fiat-Shamir transcript.
#[derive(Clone, Debug)]
pub struct Transcript {
    oracle: Oracle,
    steps: Option<Vec<Step>>,
}

impl Transcript {
    /// Starts a conversation of the named protocol and version.
    #[must_use]
    pub fn new(protocol: &'static str) -> Self {
        let challenger = Challenger::from_hasher(Vec::new(), Blake3);
        let mut transcript = Self {
            oracle: Oracle::Hash(challenger),
            steps: None,
        };
        transcript.absorb_bytes("protocol", protocol.as_bytes());
        transcript
    }

    /// A conversation whose challenges come from a stream and not from what is said: a simulator's. It accepts proofs of
    /// nothing, so no check of a proof or key starts with one; [`crate::verify()`] makes its own transcript.
    #[must_use]
    pub fn programmed(challenges: Randomness) -> Self {
        Self {
            oracle: Oracle::Programmed(challenges),
            steps: None,
        }
    }

    /// Keeps a list of all steps from here on.
    pub fn record(&mut self) {
        self.steps = Some(Vec::new());
    }

    /// The steps since [`Transcript::record`].
    pub fn recorded(&self) -> &[Step] {
        self.steps.as_deref().unwrap_or_default()
    }

    /// Absorbs a byte string.
    pub fn absorb_bytes(&mut self, label: &'static str, bytes: &[u8]) {
        self.step(label, bytes.len(), StepKind::Absorb(bytes.len()));
        for chunk in bytes.chunks(DIGEST_BYTES) {
            let mut padded = [0; DIGEST_BYTES];
            padded
                .iter_mut()
                .zip(chunk)
                .for_each(|(to, from)| *to = *from);
            self.observe_digest(padded);
        }
    }

    /// Absorbs base elements.
    pub fn absorb_base(&mut self, label: &'static str, values: &[F]) {
        let bytes = values.len().saturating_mul(BASE_BYTES);
        self.step(label, values.len(), StepKind::Absorb(bytes));
        self.observe(values);
    }

    /// Absorbs extension elements.
    pub fn absorb(&mut self, label: &'static str, values: &[EF]) {
        let bytes = values.len().saturating_mul(EXTENSION_BYTES);
        self.step(label, values.len(), StepKind::Absorb(bytes));
        for value in values {
            self.observe(value.as_basis_coefficients_slice());
        }
    }

    /// Draws a uniform extension element.
    pub fn challenge(&mut self, label: &'static str) -> EF {
        self.step(label, 1, StepKind::Challenge);
        self.sample_extension()
    }

    /// Draws a point with `variables` coordinates.
    pub fn challenge_point(&mut self, label: &'static str, variables: usize) -> Vec<EF> {
        self.step(label, variables, StepKind::Challenge);
        (0..variables).map(|_| self.sample_extension()).collect()
    }

    /// Searches a proof of work of `bits` bits and absorbs it.
    pub fn grind(&mut self, label: &'static str, bits: usize) -> F {
        self.step(label, bits, StepKind::Work);
        match &mut self.oracle {
            Oracle::Hash(challenger) => challenger.grind(bits),
            Oracle::Programmed(_) => F::default(),
        }
    }

    /// Absorbs a proof of work and says whether it has `bits` bits.
    #[must_use]
    pub fn check_grind(&mut self, label: &'static str, bits: usize, witness: F) -> bool {
        self.step(label, bits, StepKind::Work);
        match &mut self.oracle {
            Oracle::Hash(challenger) => challenger.check_witness(bits, witness),
            Oracle::Programmed(_) => true,
        }
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
                let sample = self.sample_base();
                usize::try_from(sample.as_canonical_u32()).unwrap_or(0) & low_bits
            })
            .collect();
        positions.sort_unstable();
        positions.dedup();
        if let Some(steps) = &mut self.steps {
            let kind = StepKind::Positions(positions.clone());
            steps.push(Step { label, count, kind });
        }
        positions
    }

    fn step(&mut self, label: &'static str, count: usize, kind: StepKind) {
        if let Some(steps) = &mut self.steps {
            steps.push(Step { label, count, kind });
        }
        self.header(label, count);
    }

    fn observe(&mut self, values: &[F]) {
        if let Oracle::Hash(challenger) = &mut self.oracle {
            challenger.observe_slice(values);
        }
    }

    fn observe_digest(&mut self, digest: [u8; DIGEST_BYTES]) {
        if let Oracle::Hash(challenger) = &mut self.oracle {
            challenger.observe(Hash::<F, u8, DIGEST_BYTES>::from(digest));
        }
    }

    fn sample_base(&mut self) -> F {
        match &mut self.oracle {
            Oracle::Hash(challenger) => challenger.sample(),
            Oracle::Programmed(stream) => stream.base(1).into_iter().sum(),
        }
    }

    fn sample_extension(&mut self) -> EF {
        match &mut self.oracle {
            Oracle::Hash(challenger) => challenger.sample(),
            Oracle::Programmed(stream) => stream.extension(1).into_iter().sum(),
        }
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
        self.observe_digest(header);
    }
}
