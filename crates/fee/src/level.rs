//! What a level asks of a class of traffic.

use serde::{Deserialize, Serialize};

/// How much is asked: nothing, or a multiple of each class's base. A plain number, to be copied.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(transparent)]
pub struct Level(pub(crate) u64);

/// What a class of traffic pays at the lowest level, and how its part grows.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Tariff {
    /// The fee of a request at the lowest level, in the asset's smallest unit.
    pub fee: u64,
    /// The hashes that a request's proof of work takes on average at the lowest level.
    pub hashes: u64,
    /// The class's weight in thousandths: 2,000 pays and works twice as much, 0 is exempt.
    pub weight_permille: u32,
}

impl Level {
    /// Nothing is asked.
    pub const OFF: Self = Self(0);
    /// The lowest level that asks something.
    pub const ONE: Self = Self(1 << 10);
    /// The highest multiple of the lowest level.
    pub const MULTIPLE_MAX: u32 = 1 << 20;

    /// Whether nothing is asked.
    #[must_use]
    pub const fn is_off(self) -> bool {
        self.0 == 0
    }

    /// The multiple of the lowest level, in 1,024ths; 0 if nothing is asked.
    #[must_use]
    pub const fn in_1024ths(self) -> u64 {
        self.0
    }

    /// The fee of a request, rounded up.
    #[must_use]
    pub fn fee(self, tariff: &Tariff) -> u64 {
        self.scaled(tariff.fee, tariff.weight_permille)
    }

    /// The hashes that a request's proof of work takes on average, rounded up.
    #[must_use]
    pub fn hashes(self, tariff: &Tariff) -> u64 {
        self.scaled(tariff.hashes, tariff.weight_permille)
    }

    /// What the first eight bytes of a hash, as a big-endian number, must not exceed to be a proof of that work: finer than
    /// counting zero bits, so that difficulty can follow load.
    #[must_use]
    pub fn hash_max(self, tariff: &Tariff) -> u64 {
        match self.hashes(tariff) {
            0 | 1 => u64::MAX,
            hashes => u64::MAX / hashes,
        }
    }

    fn scaled(self, base: u64, weight_permille: u32) -> u64 {
        let product = u128::from(self.0) * u128::from(base);
        let product = product.saturating_mul(u128::from(weight_permille));
        let whole = u128::from(Self::ONE.0) * 1_000;
        u64::try_from(product.div_ceil(whole)).unwrap_or(u64::MAX)
    }
}
