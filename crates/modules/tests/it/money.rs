//! The bank's messages, and fees.

use lilliput_crypto::Digest;
use lilliput_modules::bank;
use lilliput_types::bank::{BankMessage, Burn, CreateAsset, Mint, SetAuthority, Toll};
use lilliput_types::{Amount, AssetId, Holder, Message, Segment, Text, TimeMs, TollNonce};

use crate::world::{START, World, address, asset};

fn create(supply_max: Option<u128>, decimals: u8) -> Message {
    Message::Bank(BankMessage::CreateAsset(CreateAsset {
        symbol: "GOLD".parse().unwrap(),
        name: Text::new("Gold").unwrap(),
        decimals,
        supply_max: supply_max.map(Amount),
    }))
}

fn gold() -> AssetId {
    AssetId::Created {
        creator: address(0),
        symbol: "GOLD".parse().unwrap(),
    }
}

fn mint(amount: u128) -> Message {
    Message::Bank(BankMessage::Mint(Mint {
        asset: gold(),
        to: address(3),
        amount: Amount(amount),
    }))
}

#[test]
fn only_its_authority_mints_an_asset_and_never_above_its_maximum() {
    let mut world = World::empty();
    assert_eq!(world.act(0, mint(1)).unwrap_err(), "bank.unknown_asset");
    assert_eq!(world.act(0, create(None, 19)).unwrap_err(), "bank.decimals");
    world.act(0, create(Some(100), 2)).unwrap();
    assert_eq!(
        world.act(0, create(None, 2)).unwrap_err(),
        "bank.asset_exists"
    );
    assert_eq!(world.act(1, mint(1)).unwrap_err(), "bank.not_authority");
    assert_eq!(world.act(0, mint(101)).unwrap_err(), "bank.supply_max");
    world.act(0, mint(100)).unwrap();
    assert_eq!(world.act(0, mint(1)).unwrap_err(), "bank.supply_max");
    let burn = |amount| {
        Message::Bank(BankMessage::Burn(Burn {
            asset: gold(),
            amount: Amount(amount),
        }))
    };
    assert_eq!(
        world.act(0, burn(1)).unwrap_err(),
        "bank.insufficient_balance"
    );
    world.act(3, burn(40)).unwrap();
    world.act(0, mint(40)).unwrap();
    let give_up = Message::Bank(BankMessage::SetAuthority(SetAuthority {
        asset: gold(),
        authority: None,
    }));
    assert_eq!(
        world.act(3, give_up.clone()).unwrap_err(),
        "bank.not_authority"
    );
    world.act(0, give_up).unwrap();
    world.act(3, burn(1)).unwrap();
    assert_eq!(world.act(0, mint(1)).unwrap_err(), "bank.not_authority");
    let record = bank::query::asset(&world.state, gold()).unwrap().unwrap();
    assert_eq!(record.supply, Amount(99));
}

#[test]
fn nobody_mints_the_assets_of_the_genesis() {
    let mut world = World::empty();
    let mint = Message::Bank(BankMessage::Mint(Mint {
        asset: asset("LIL"),
        to: address(0),
        amount: Amount(1),
    }));
    assert_eq!(world.act(0, mint).unwrap_err(), "bank.not_authority");
}

#[test]
fn transfers_move_what_is_there_and_nothing_else() {
    let mut world = World::empty();
    world.pay(0, 1, asset("USDX"), 7).unwrap();
    assert_eq!(world.held(address(0), "USDX"), START.0 - 7);
    assert_eq!(world.held(address(1), "USDX"), START.0 + 7);
    world.pay(1, 1, asset("USDX"), 7).unwrap();
    assert_eq!(world.held(address(1), "USDX"), START.0 + 7);
    let more = world.pay(0, 1, asset("USDX"), START.0);
    assert_eq!(more.unwrap_err(), "bank.insufficient_balance");
    let nothing = world.pay(0, 1, asset("USDX"), 0);
    assert_eq!(nothing.unwrap_err(), "bank.zero_amount");
    let unknown = world.pay(0, 1, gold(), 1);
    assert_eq!(unknown.unwrap_err(), "bank.insufficient_balance");
}

#[test]
fn fees_follow_the_schedule_and_are_booked_to_the_messages_segment() {
    let mut world = World::empty();
    let receipt = world.pay(0, 1, asset("USDX"), 7).unwrap();
    // One message, one KiB begun.
    assert_eq!(receipt.fee, Amount(1_100));
    assert_eq!(world.held(Holder::Fees(Segment::Security), "LIL"), 1_100);
    world.publish(1, &[7; 3_000], &[]).unwrap();
    // A key of 3,000 bytes and its message: four KiB begun.
    assert_eq!(world.held(Holder::Fees(Segment::Software), "LIL"), 1_400);
    let revenue = bank::query::revenue(&world.state, asset("LIL")).unwrap();
    let network: Vec<u128> = revenue
        .iter()
        .map(|(_, revenue)| revenue.network.0)
        .collect();
    assert_eq!(network, [1_400, 0, 0, 1_100]);
}

#[test]
fn who_cannot_pay_the_fee_is_turned_away() {
    let mut world = World::empty();
    let broke = world.pay(9, 1, asset("USDX"), 1);
    assert_eq!(broke.unwrap_err(), "bank.insufficient_balance");
    assert_eq!(world.height.0, 0, "no block was made of it");
}

fn toll(nonce: u8, until: u64) -> Message {
    Message::Bank(BankMessage::Toll(Toll {
        asset: asset("USDX"),
        to: address(3),
        amount: Amount(5),
        nonce: TollNonce(Digest([nonce; 32])),
        valid_until: TimeMs(until),
    }))
}

#[test]
fn a_toll_is_revenue_of_identity_and_its_nonce_is_taken_once() {
    let mut world = World::empty();
    let now = world.time.0;
    let held = world.held(address(3), "USDX");
    world.act(0, toll(1, now + 60_000)).unwrap();
    assert_eq!(world.held(address(3), "USDX"), held + 5);
    let revenue = bank::query::revenue(&world.state, asset("USDX")).unwrap();
    let identity = revenue
        .iter()
        .find(|(segment, _)| *segment == Segment::Identity);
    assert_eq!(identity.unwrap().1.participants, Amount(5));
    let fees = bank::query::revenue(&world.state, asset("LIL")).unwrap();
    let fee = fees
        .iter()
        .find(|(segment, _)| *segment == Segment::Identity);
    assert!(
        !fee.unwrap().1.network.is_zero(),
        "its fee is identity's too"
    );

    assert_eq!(
        world.act(0, toll(1, now + 70_000)).unwrap_err(),
        "bank.toll_paid"
    );
    assert_eq!(
        world.act(1, toll(1, now + 60_000)).unwrap_err(),
        "bank.toll_paid"
    );
    world.act(1, toll(2, now + 60_000)).unwrap();
}

#[test]
fn a_toll_is_paid_in_its_time_and_remembered_no_longer() {
    let mut world = World::empty();
    let day = bank::TOLL_LIFETIME_MAX_MS;
    let now = world.time.0;
    assert_eq!(
        world.act(0, toll(1, now + 2 * day)).unwrap_err(),
        "bank.toll_lifetime"
    );
    world.act(0, toll(1, now + 60_000)).unwrap();
    world.wait(120_000);
    assert_eq!(
        world.act(0, toll(1, now + 60_000)).unwrap_err(),
        "bank.toll_expired"
    );
    let remembered = |world: &World| {
        bank::query::toll(&world.state, address(3), TollNonce(Digest([1; 32]))).unwrap()
    };
    assert_eq!(remembered(&world), Some(address(0)));
    world.act(0, toll(2, now + 180_000)).unwrap();
    assert_eq!(remembered(&world), None, "forgotten by the next toll");
}
