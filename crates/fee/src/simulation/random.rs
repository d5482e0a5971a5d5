//! Numbers of a seed: SplitMix64, the same everywhere.

/// A generator.
pub(super) struct Random(u64);

impl Random {
    pub(super) const fn new(seed: u64) -> Self {
        Self(seed)
    }

    pub(super) const fn next(&mut self) -> u64 {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mut mixed = self.0;
        mixed = (mixed ^ (mixed >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        mixed = (mixed ^ (mixed >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        mixed ^ (mixed >> 31)
    }

    /// A number below `end`, which isn't zero.
    pub(super) const fn below(&mut self, end: u64) -> u64 {
        ((self.next() as u128 * end as u128) >> 64) as u64
    }

    /// How many of something that happens `mean` times on average happen: the mean, off by what a Poisson number is off.
    pub(super) fn count(&mut self, mean: u64) -> u64 {
        // Twelve uniform numbers make a bell of deviation one: here in thousandths.
        let bell: u64 = (0..12).map(|_| self.below(1_000)).sum();
        let off = mean.isqrt() * bell / 1_000;
        (mean + off).saturating_sub(6 * mean.isqrt())
    }
}
