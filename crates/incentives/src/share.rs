//! Exact parts of amounts, floored: so that the parts of a split share never sum to more than the share's part.

/// Below this must lie the total that a part is taken of.
pub(crate) const TOTAL_BITS_MAX: u32 = 103;
const CHUNK_BITS: u32 = 24;
const AMOUNT_CHUNKS: u32 = 4;

/// `floor(amount x share / total)` for share <= total < 2^103 and amount < 2^96; zero for a zero total.
pub(crate) fn part(amount: u128, share: u128, total: u128) -> u128 {
    if total == 0 {
        return 0;
    }
    debug_assert!(share <= total && total >> TOTAL_BITS_MAX == 0);
    debug_assert!(amount >> (CHUNK_BITS * AMOUNT_CHUNKS) == 0);
    // Long division by chunks of the amount; the rest stays below the total.
    let mut quotient = 0;
    let mut rest = 0;
    for chunk_index in (0..AMOUNT_CHUNKS).rev() {
        let chunk = (amount >> (chunk_index * CHUNK_BITS)) & ((1 << CHUNK_BITS) - 1);
        // Both summands stay below 2^127: 103 bits and 24.
        let dividend = (rest << CHUNK_BITS) + chunk * share;
        quotient = (quotient << CHUNK_BITS) + dividend / total;
        rest = dividend % total;
    }
    quotient
}

#[cfg(test)]
mod tests {
    use super::part;

    #[test]
    fn parts_are_exact_at_the_bounds() {
        let total = (1 << 103) - 1;
        assert_eq!(part((1 << 78) - 1, total, total), (1 << 78) - 1);
        assert_eq!(part((1 << 78) - 1, 0, total), 0);
        assert_eq!(part(1 << 62, 1, 3), (1 << 62) / 3);
        assert_eq!(part(5, 1, 0), 0);
        assert_eq!(part(1 << 77, (1 << 102) - 1, 1 << 102), (1 << 77) - 1);
    }
}
