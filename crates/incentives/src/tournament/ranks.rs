//! Ranks with ties kept, doubled so that they are integers.

/// Places within a list take this many bits: a round has at most 2^20 rows.
const PLACE_BITS: u32 = 20;
/// Values to rank stay below this size, so that value and place fit one word.
const VALUE_BITS: u32 = 63 - PLACE_BITS;

/// For each value `2 rank - 1`, the rank counted from 1 and shared in the mean by equal values: 1 to `2 count - 1`.
///
/// Divided by twice the count this is the value's place between 0 and 1.
pub(super) fn doubled_ranks<T: Ord + Copy>(values: &[T]) -> Vec<u32> {
    let mut order: Vec<(T, u32)> = values.iter().copied().zip(0..).collect();
    order.sort_unstable();
    shared(&order, |&(value, _)| value, |&(_, place)| place as usize)
}

/// The same for values below 2^43 in size, faster: value and place are sorted as one word.
pub(super) fn doubled_ranks_of_small(values: impl ExactSizeIterator<Item = i64>) -> Vec<u32> {
    const PLACES: u64 = (1 << PLACE_BITS) - 1;
    let mut order: Vec<u64> = values
        .zip(0..)
        .map(|(value, place): (i64, u64)| {
            (((value + (1 << VALUE_BITS)) as u64) << PLACE_BITS) | place
        })
        .collect();
    order.sort_unstable();
    shared(
        &order,
        |word| word >> PLACE_BITS,
        |word| (word & PLACES) as usize,
    )
}

fn shared<T, V: PartialEq>(
    order: &[T],
    value: impl Fn(&T) -> V,
    place: impl Fn(&T) -> usize,
) -> Vec<u32> {
    let mut ranks = vec![0; order.len()];
    let mut start = 0;
    for group in order.chunk_by(|left, right| value(left) == value(right)) {
        let doubled = (2 * start + group.len()) as u32;
        for one in group {
            ranks[place(one)] = doubled;
        }
        start += group.len();
    }
    ranks
}

#[cfg(test)]
mod tests {
    use super::{doubled_ranks, doubled_ranks_of_small};

    #[test]
    fn equal_values_share_the_mean_rank() {
        assert_eq!(doubled_ranks(&[30, 10, 20, 20]), [7, 1, 4, 4]);
        assert_eq!(doubled_ranks(&[5, 5, 5]), [3, 3, 3]);
        assert_eq!(doubled_ranks::<u8>(&[]), [0_u32; 0]);
    }

    #[test]
    fn small_values_rank_as_any() {
        let values = [-(1 << 43) + 1, 7, 0, (1 << 43) - 1, 7, -3, 0];
        let small = doubled_ranks_of_small(values.iter().copied());
        assert_eq!(small, doubled_ranks(&values));
    }
}
