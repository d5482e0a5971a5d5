//! Uniform base elements from a seed: the blinding of commitments, and masks.

use crate::field::{EF, F, MODULUS};

/// Bytes of the stream taken at once.
const BUFFER_BYTES: usize = 1 << 12;

/// A stream of uniform field elements. The same seed and purpose give the same stream.
#[derive(Clone, Debug)]
pub struct Randomness {
    stream: blake3::OutputReader,
    buffer: Vec<F>,
}

impl Randomness {
    /// The stream of a secret seed for one purpose.
    #[must_use]
    pub fn new(seed: &[u8; 32], purpose: &str) -> Self {
        let mut hasher = blake3::Hasher::new_derive_key("lilliput 2026 randomness");
        hasher.update(seed);
        hasher.update(purpose.as_bytes());
        Self {
            stream: hasher.finalize_xof(),
            buffer: Vec::new(),
        }
    }

    /// The next elements.
    pub fn base(&mut self, count: usize) -> Vec<F> {
        let mut taken = Vec::with_capacity(count);
        while taken.len() < count {
            if self.buffer.is_empty() {
                self.refill();
            }
            let left = count.saturating_sub(taken.len()).min(self.buffer.len());
            taken.extend(self.buffer.drain(..left));
        }
        taken
    }

    /// The next extension elements.
    pub fn extension(&mut self, count: usize) -> Vec<EF> {
        let base = self.base(count.saturating_mul(5));
        base.chunks_exact(5)
            .map(|own| {
                let mut coordinates = [F::default(); 5];
                coordinates.copy_from_slice(own);
                EF::new(coordinates)
            })
            .collect()
    }

    /// 31 bits at a time; those that are no residues are left out, so what is left is uniform.
    fn refill(&mut self) {
        let mut bytes = [0; BUFFER_BYTES];
        self.stream.fill(&mut bytes);
        let words = bytes.chunks_exact(4).map(|word| {
            let mut own = [0; 4];
            own.copy_from_slice(word);
            u32::from_le_bytes(own) >> 1
        });
        self.buffer
            .extend(words.filter(|&word| word < MODULUS).map(F::new));
    }
}
