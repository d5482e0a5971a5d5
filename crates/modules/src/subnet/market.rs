//! A subnet's token: its market, the time-weighted price, and emission that buys.
//!
//! No token comes into being after the opening, so that what was staked, paid or held sums to the seed less what was
//! burned; what the market gives is floored, so that no sequence of trades takes out more than it brought.

use lilliput_incentives::market::{RESERVE_MAX, Reserves, smoothed, weight};
use lilliput_ledger::{Failure, State};
use lilliput_types::bank::Asset;
use lilliput_types::subnet::{EpochMarket, Market, Subnet, Terms};
use lilliput_types::{Amount, AssetId, Holder, Text, TimeMs};

use crate::bank;
use crate::refuse::refusal;

/// The market of a market.
pub(super) const fn reserves(market: &Market) -> Reserves {
    Reserves {
        network: market.network.0,
        tokens: market.tokens.0,
    }
}

/// Counts the price since it was counted last; has to be done before each change of the market.
pub(super) fn count_price(market: &mut Market, now: TimeMs) {
    let elapsed = u128::from(now.0.saturating_sub(market.summed_until.0));
    let sum = reserves(market).price().saturating_mul(elapsed);
    market.price_sum = Amount(market.price_sum.0.saturating_add(sum));
    market.summed_until = now.max(market.summed_until);
}

pub(super) fn write_reserves(market: &mut Market, reserves: Reserves) {
    market.network = Amount(reserves.network);
    market.tokens = Amount(reserves.tokens);
}

/// A new market with as many of either token.
pub(super) fn fresh(seed: Amount, now: TimeMs) -> Market {
    let mut market = Market {
        network: seed,
        tokens: seed,
        price_sum: Amount::ZERO,
        summed_from: now,
        summed_until: now,
        price_smoothed: Amount::ZERO,
    };
    market.price_smoothed = Amount(reserves(&market).price());
    market
}

/// Brings a subnet's token into being, all of it in the market.
pub(super) fn issue(
    state: &mut State<'_>,
    terms: &Terms,
    subnet: &Subnet,
    seed: Amount,
) -> Result<(), Failure> {
    let decimals = bank::state::asset(state, terms.asset)?.map_or(0, |asset| asset.decimals);
    let name = Text::new(format!("token of subnet {}", subnet.id));
    let id = AssetId::Subnet(subnet.id);
    bank::state::write_asset(
        state,
        &Asset {
            id,
            name: name.map_err(|error| refusal("subnet.market", error.to_string()))?,
            decimals,
            authority: None,
            supply: Amount::ZERO,
            supply_max: Some(seed),
        },
    );
    bank::issue(state, id, Holder::SubnetMarket(subnet.id), seed)
}

/// How many network tokens the market still takes.
pub(super) fn room(market: &Market) -> Amount {
    Amount(RESERVE_MAX.saturating_sub(market.network.0))
}

/// Ends the market's epoch: its average price moves the smoothed one, and what was minted into the market buys tokens for the
/// epoch's payouts. Gives what it did; `market` isn't changed by the minting.
pub(super) fn invest(
    state: &mut State<'_>,
    subnet: &mut Subnet,
    minted: Amount,
    now: TimeMs,
) -> Result<Option<EpochMarket>, Failure> {
    let (id, carried) = (subnet.id, subnet.carried);
    let Some(market) = &mut subnet.market else {
        return Ok(None);
    };
    count_price(market, now);
    let before = reserves(market);
    let elapsed = market.summed_until.0.saturating_sub(market.summed_from.0);
    let average = market.price_sum.0.checked_div(elapsed.into());
    let average = average.unwrap_or_else(|| before.price());
    let price_before = market.price_smoothed;
    market.price_smoothed = Amount(smoothed(price_before.0, average));
    (market.price_sum, market.summed_from) = (Amount::ZERO, market.summed_until);
    // What buys less than one token stays in the market for nothing.
    let (bought, after) = before.buy(minted.0).unwrap_or((
        0,
        Reserves {
            network: before.network.saturating_add(minted.0),
            ..before
        },
    ));
    write_reserves(market, after);
    let done = EpochMarket {
        network: Amount(before.network),
        tokens: Amount(before.tokens),
        carried,
        bought: Amount(bought),
        price_average: Amount(average),
        price_before,
        price_smoothed: market.price_smoothed,
    };
    let (from, to) = (Holder::SubnetMarket(id), Holder::Subnet(id));
    bank::transfer(state, AssetId::Subnet(id), from, to, done.bought)?;
    Ok(Some(done))
}

/// What stake counts as beside the stake of other subnets.
pub(super) fn weigh(subnet: &Subnet, stake: Amount) -> Amount {
    match &subnet.market {
        None => stake,
        Some(market) => Amount(weight(stake.0, market.price_smoothed.0, market.network.0)),
    }
}
