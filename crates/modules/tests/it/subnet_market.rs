//! A subnet with a token of its own: trades, stake and pay in it, emission by its price.

use lilliput_incentives::market::Reserves;
use lilliput_modules::subnet::replay;
use lilliput_types::subnet::{Close, Collect, Market, SubnetMessage, SubnetState};
use lilliput_types::{Amount, AssetId, Holder, Message};

use crate::subnet_field::{COIN, Field, OWNER, settings};
use crate::world::{World, address};

const SEED: u128 = 100 * COIN;
const VOTES: &[(u8, &[(u8, u8)])] = &[(1, &[(3, 4), (4, 2)]), (2, &[(3, 4), (4, 2)])];

fn market(field: &Field) -> Market {
    field.subnet().market.unwrap()
}

fn tokens(field: &Field, who: u8) -> u128 {
    field
        .world
        .held(address(who), &AssetId::Subnet(field.id).to_string())
}

/// Two validators that bought their stake, and two miners.
fn ready() -> Field {
    let mut field = Field::open(settings());
    field.open_market(OWNER, SEED).unwrap();
    for number in [1, 2, 3, 4] {
        field.register(number).unwrap();
    }
    for number in [1, 2] {
        field.buy(number, Some(number), 50 * COIN, 1).unwrap();
    }
    field.pass_epoch();
    field
}

#[test]
fn a_market_is_the_owners_once_and_before_anybody_stakes() {
    let mut field = Field::open(settings());
    assert_eq!(field.buy(1, None, COIN, 1).unwrap_err(), "subnet.no_market");
    assert_eq!(field.open_market(1, SEED).unwrap_err(), "subnet.not_owner");
    assert_eq!(
        field.open_market(OWNER, 999_999).unwrap_err(),
        "subnet.seed"
    );
    field.register(1).unwrap();
    field.stake(1, 1, COIN).unwrap();
    assert_eq!(
        field.open_market(OWNER, SEED).unwrap_err(),
        "subnet.market_late"
    );
    let mut field = Field::open(settings());
    field.open_market(OWNER, SEED).unwrap();
    assert_eq!(
        field.open_market(OWNER, SEED).unwrap_err(),
        "subnet.market_open"
    );
    assert_eq!(market(&field).price_smoothed.0, 1 << 32);
}

#[test]
fn who_trades_names_the_least_it_takes() {
    let mut field = Field::open(settings());
    field.open_market(OWNER, SEED).unwrap();
    let pool = Reserves {
        network: SEED,
        tokens: SEED,
    };
    let (got, after) = pool.buy(25 * COIN).unwrap();
    assert_eq!(
        field.buy(1, None, 25 * COIN, got + 1).unwrap_err(),
        "subnet.slippage"
    );
    let before = field.world.held(address(1), "LIL");
    field.buy(1, None, 25 * COIN, got).unwrap();
    assert_eq!(
        (
            tokens(&field, 1),
            before - field.world.held(address(1), "LIL")
        ),
        (got, 25 * COIN + 1_100)
    );
    assert_eq!(field.buy(1, None, 0, 0).unwrap_err(), "subnet.zero_amount");
    assert_eq!(field.sell(2, None, 1).unwrap_err(), "subnet.trade");
    assert_eq!(
        field.sell(2, Some(5 * COIN), 1).unwrap_err(),
        "bank.insufficient_balance"
    );
    let (back, _) = after.sell(got).unwrap();
    assert_eq!(
        field.sell(1, None, back + 1).unwrap_err(),
        "subnet.slippage"
    );
    field.sell(1, None, back).unwrap();
    assert!(back <= 25 * COIN && tokens(&field, 1) == 0);
}

#[test]
fn stake_and_pay_are_in_the_token_and_what_is_minted_buys_it() {
    let mut field = ready();
    let registration = field.registration(1);
    let staked = field.pool(registration).amount.0;
    assert!(staked > 30 * COIN && staked < 50 * COIN);
    let (epoch, before) = (field.subnet().epoch, market(&field));
    field.epoch(VOTES);
    let found = field.replay(epoch).unwrap();
    let done = found.record.market.unwrap();
    assert!(found.record.minted.0 > 0);
    let pool = Reserves {
        network: before.network.0,
        tokens: before.tokens.0,
    };
    let (bought, after) = pool.buy(found.record.minted.0).unwrap();
    assert_eq!(
        (done.network, done.tokens, done.bought.0),
        (before.network, before.tokens, bought)
    );
    assert_eq!(found.record.emission.0, bought + done.carried.0);
    assert_eq!(market(&field).network.0, after.network);
    // Miners are paid in tokens, validators in staked ones.
    assert_eq!(tokens(&field, 3), found.payouts[2].incentive.0);
    assert!(found.payouts[2].incentive.0 > found.payouts[3].incentive.0);
    assert_eq!(
        field.pool(registration).amount.0,
        staked + found.payouts[0].dividend.0
    );
    assert_eq!(tokens(&field, OWNER), found.record.owner.0);
    let outcome = replay::outcome(&found.input).unwrap();
    assert_eq!(
        u128::from(outcome.incentives[2]),
        found.payouts[2].incentive.0
    );
    // No token came into being.
    let held = |holder: Holder| {
        field
            .world
            .held(holder, &AssetId::Subnet(field.id).to_string())
    };
    let all: u128 = (0..5).map(|who| tokens(&field, who)).sum::<u128>()
        + held(Holder::SubnetMarket(field.id))
        + held(Holder::SubnetStake(field.id))
        + held(Holder::Subnet(field.id));
    assert_eq!(all, SEED);
}

#[test]
fn stake_goes_back_to_money_through_the_pool() {
    let mut field = ready();
    field.epoch(VOTES);
    let registration = field.registration(1);
    field.unstake(1, registration, None).unwrap();
    field.pass_epoch();
    field.world.wait(3_600_000);
    let collect = SubnetMessage::Collect(Collect {
        subnet: field.id,
        registration,
    });
    field.act(1, collect).unwrap();
    let before = field.world.held(address(1), "LIL");
    assert!(tokens(&field, 1) > 0);
    field.sell(1, None, 1).unwrap();
    assert!(field.world.held(address(1), "LIL") > before + 40 * COIN);
}

/// A second subnet, without a token, in which account 3 stakes as much as the two validators paid.
fn beside(world: World) -> Field {
    let mut other = Field::open_in(world, settings());
    other.register(3).unwrap();
    other.stake(3, 3, 100 * COIN).unwrap();
    other
}

#[test]
fn emission_follows_the_smoothed_price_and_never_exceeds_what_was_paid_in() {
    let field = ready();
    let first = field.id;
    let mut other = beside(field.world);
    for _ in 0..6 {
        other.pass_epoch();
    }
    let look = |world: &World| {
        let found = lilliput_modules::subnet::query::subnet(&world.state, first);
        found.unwrap().unwrap()
    };
    let before = look(&other.world);
    let worth = |subnet: &lilliput_types::subnet::Subnet| {
        let market = subnet.market.unwrap();
        ((subnet.stake.0 * market.price_smoothed.0) >> 32).min(market.network.0)
    };
    assert!(before.weight.0 > 0 && before.weight.0 <= before.market.unwrap().network.0);
    // Somebody buys a lot: the price leaps, the weight follows it slowly.
    let buy = SubnetMessage::Buy(lilliput_types::subnet::Buy {
        subnet: first,
        registration: None,
        pay: Amount(300 * COIN),
        least: Amount(1),
    });
    other.world.act(4, Message::Subnet(buy)).unwrap();
    let leapt = look(&other.world);
    let now = leapt.market.unwrap();
    assert!(now.network.0 > 2 * before.market.unwrap().network.0);
    assert_eq!(now.price_smoothed, before.market.unwrap().price_smoothed);
    let mut last = before.weight.0;
    for _ in 0..8 {
        other.pass_epoch();
        let subnet = look(&other.world);
        // Of what the last epoch burned nothing counts; nothing burns here.
        if subnet.epoch > before.epoch {
            assert_eq!(subnet.weight.0, worth(&subnet));
            assert!(subnet.weight.0 >= last);
        }
        last = subnet.weight.0;
    }
    assert!(last > before.weight.0);
}

#[test]
fn tokens_of_a_subnet_that_has_ended_can_be_sold_and_no_more_bought() {
    let mut field = ready();
    field.epoch(VOTES);
    field.world.wait(24 * 3_600_000);
    let registrations = [field.registration(1), field.registration(2)];
    let close = SubnetMessage::Close(Close { subnet: field.id });
    field.act(OWNER, close).unwrap();
    while field.subnet().state != SubnetState::Closed {
        field.world.wait(10_000);
    }
    assert_eq!(field.buy(1, None, COIN, 1).unwrap_err(), "subnet.closed");
    for (who, registration) in [(1, registrations[0]), (2, registrations[1])] {
        field.unstake(who, registration, None).unwrap();
    }
    for who in [OWNER, 1, 2, 3, 4] {
        if tokens(&field, who) > 1_000 {
            field.sell(who, None, 1).unwrap();
        }
    }
    // Everything is back but for dust, and for what was carried and burned; the seed stays behind.
    let left = market(&field);
    let dust: u128 = (0..5).map(|who| tokens(&field, who)).sum();
    assert!(left.network.0 >= SEED && dust <= 5_000, "{left:?}");
}
