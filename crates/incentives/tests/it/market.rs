//! A market gives nothing away, whatever is done with it.

use lilliput_incentives::market::{PRICE_BITS, RESERVE_MAX, Reserves, smoothed, weight};
use proptest::prelude::*;

fn reserves() -> impl Strategy<Value = Reserves> {
    (1_u128..1 << 62, 1_u128..1 << 62).prop_map(|(network, tokens)| Reserves { network, tokens })
}

/// Small and large amounts alike.
fn amount() -> impl Strategy<Value = u128> {
    prop_oneof![0_u128..50, 0_u128..1 << 30, 0_u128..1 << 62]
}

const fn product(pool: Reserves) -> u128 {
    pool.network * pool.tokens
}

proptest! {
    #[test]
    fn the_product_of_the_reserves_never_falls_and_nothing_is_lost(start in reserves(), steps in prop::collection::vec((any::<bool>(), amount()), 1..60)) {
        let mut pool = start;
        // What all traders together hold beside the market, in both tokens; they begin with nothing and may owe.
        let (mut network, mut tokens) = (0_i128, 0_i128);
        for (buys, amount) in steps {
            let done = if buys { pool.buy(amount) } else { pool.sell(amount) };
            let Some((got, after)) = done else { continue };
            prop_assert!(product(after) >= product(pool));
            prop_assert!(got > 0 && after.network > 0 && after.tokens > 0);
            prop_assert!(after.network <= RESERVE_MAX && after.tokens <= RESERVE_MAX);
            let (paid, got) = (amount as i128, got as i128);
            if buys {
                (network, tokens) = (network - paid, tokens + got);
            } else {
                (network, tokens) = (network + got, tokens - paid);
            }
            pool = after;
            prop_assert_eq!(start.network as i128, pool.network as i128 + network);
            prop_assert_eq!(start.tokens as i128, pool.tokens as i128 + tokens);
            // Whoever ends with as many tokens as it began with has no more money than it began with.
            if tokens >= 0 {
                let back = if tokens == 0 { 0 } else { pool.sell(tokens as u128).map_or(0, |one| one.0 as i128) };
                prop_assert!(network + back <= 0, "gained {}", network + back);
            }
        }
    }

    #[test]
    fn a_payment_in_two_parts_buys_no_more_than_whole(pool in reserves(), first in amount(), second in amount()) {
        if let (Some((whole, _)), Some((one, after))) = (pool.buy(first + second), pool.buy(first)) {
            let two = after.buy(second).map_or(0, |done| done.0);
            prop_assert!(one + two <= whole);
        }
    }

    #[test]
    fn stake_never_counts_for_more_than_was_paid_into_the_pool(stake in amount(), price: u128, network in amount()) {
        let counted = weight(stake, price, network);
        prop_assert!(counted <= network);
        prop_assert!(weight(stake, 1 << PRICE_BITS, u128::MAX) == stake);
    }

    #[test]
    fn a_price_of_one_epoch_moves_the_smoothed_one_by_an_eighth(before in 0_u128..1 << 64, average in 0_u128..1 << 64) {
        let after = smoothed(before, average);
        let moved = after.abs_diff(before);
        prop_assert!(moved <= before.abs_diff(average) / 8 + 1);
    }
}

#[test]
fn a_pool_by_hand() {
    let pool = Reserves {
        network: 1_000,
        tokens: 1_000,
    };
    assert_eq!(pool.price(), 1 << PRICE_BITS);
    let (got, after) = pool.buy(1_000).unwrap();
    assert_eq!((got, after.network, after.tokens), (500, 2_000, 500));
    assert_eq!(after.price(), 4 << PRICE_BITS);
    assert_eq!(after.sell(500).unwrap().0, 1_000);
    // Rounded towards the market: 1000 x 1 / 1001 is nothing.
    assert!(pool.buy(1).is_none() && pool.sell(1).is_none());
    assert!(pool.buy(u128::MAX).is_none() && pool.buy(RESERVE_MAX).is_none());
}
