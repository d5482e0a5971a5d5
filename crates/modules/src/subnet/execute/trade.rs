//! A subnet's token: opening its market, buying, selling.

use lilliput_ledger::{Failure, MessageContext, State};
use lilliput_types::subnet::{Buy, OpenMarket, Sell, Subnet, SubnetEvent};
use lilliput_types::{Amount, AssetId, Holder};

use super::{known, lasting, owned, stake};
use crate::refuse::{refusal, refuse};
use crate::subnet::{market, state as keys};
use crate::{bank, genesis};

/// The least and the most seed of a market.
const SEED: (Amount, Amount) = (Amount(1_000_000), Amount(1 << 62));

pub(super) fn open_market(
    state: &mut State<'_>,
    context: &MessageContext<'_>,
    message: &OpenMarket,
) -> Result<(), Failure> {
    let mut subnet = lasting(state, message.subnet)?;
    owned(&subnet, context.signer)?;
    let terms = genesis::params(state)?.subnets;
    if subnet.market.is_some() {
        return refuse("subnet.market_open", "the subnet has a token already");
    }
    if message.seed < SEED.0 || message.seed > SEED.1 {
        return refuse(
            "subnet.seed",
            format!("the seed is {} to {}", SEED.0, SEED.1),
        );
    }
    let staked = bank::state::balance(state, Holder::SubnetStake(subnet.id), terms.asset)?;
    if !staked.is_zero() || !subnet.carried.is_zero() {
        return refuse(
            "subnet.market_late",
            "a market is opened before anybody has staked in the subnet",
        );
    }
    let (from, to) = (context.signer.into(), Holder::SubnetMarket(subnet.id));
    bank::transfer(state, terms.asset, from, to, message.seed)?;
    market::issue(state, &terms, &subnet, message.seed)?;
    subnet.market = Some(market::fresh(message.seed, context.block.time));
    keys::write_subnet(state, &subnet);
    state.emit(SubnetEvent::MarketOpened {
        subnet: subnet.id,
        seed: message.seed,
    });
    Ok(())
}

pub(super) fn buy(
    state: &mut State<'_>,
    context: &MessageContext<'_>,
    message: &Buy,
) -> Result<(), Failure> {
    let mut subnet = lasting(state, message.subnet)?;
    let terms = genesis::params(state)?.subnets;
    let got = trade(&mut subnet, context, message.least, |pool| {
        pool.buy(message.pay.0)
    })?;
    keys::write_subnet(state, &subnet);
    let pool = Holder::SubnetMarket(subnet.id);
    bank::transfer(state, terms.asset, context.signer.into(), pool, message.pay)?;
    let token = AssetId::Subnet(subnet.id);
    bank::transfer(state, token, pool, context.signer.into(), got)?;
    state.emit(SubnetEvent::Bought {
        subnet: subnet.id,
        account: context.signer,
        paid: message.pay,
        got,
    });
    match message.registration {
        Some(registration) => stake::join(state, context, &subnet, registration, got),
        None => Ok(()),
    }
}

/// Selling goes on after a subnet has ended.
pub(super) fn sell(
    state: &mut State<'_>,
    context: &MessageContext<'_>,
    message: &Sell,
) -> Result<(), Failure> {
    let mut subnet = known(state, message.subnet)?;
    let terms = genesis::params(state)?.subnets;
    let token = AssetId::Subnet(subnet.id);
    let amount = match message.amount {
        Some(amount) => amount,
        None => bank::state::balance(state, context.signer.into(), token)?,
    };
    let got = trade(&mut subnet, context, message.least, |pool| {
        pool.sell(amount.0)
    })?;
    keys::write_subnet(state, &subnet);
    let pool = Holder::SubnetMarket(subnet.id);
    bank::transfer(state, token, context.signer.into(), pool, amount)?;
    bank::transfer(state, terms.asset, pool, context.signer.into(), got)?;
    state.emit(SubnetEvent::Sold {
        subnet: subnet.id,
        account: context.signer,
        paid: amount,
        got,
    });
    Ok(())
}

/// Moves the reserves, if the signer gets as much as it wants; gives how much it gets.
fn trade(
    subnet: &mut Subnet,
    context: &MessageContext<'_>,
    least: Amount,
    swap: impl FnOnce(
        lilliput_incentives::market::Reserves,
    ) -> Option<(u128, lilliput_incentives::market::Reserves)>,
) -> Result<Amount, Failure> {
    let id = subnet.id;
    let Some(market) = &mut subnet.market else {
        return refuse("subnet.no_market", format!("subnet {id} has no token"));
    };
    market::count_price(market, context.block.time);
    let swapped = swap(market::reserves(market));
    let (got, after) = swapped.ok_or_else(|| {
        refusal(
            "subnet.trade",
            "so much moves nothing, or more than the market holds",
        )
    })?;
    let got = Amount(got);
    if got < least {
        return refuse(
            "subnet.slippage",
            format!("the market gives {got}, you take at least {least}"),
        );
    }
    market::write_reserves(market, after);
    Ok(got)
}
