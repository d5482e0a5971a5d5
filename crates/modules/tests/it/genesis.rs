//! The document a chain begins with.

use lilliput_crypto::Digest;
use lilliput_ledger::{Machine, MemoryState, State};
use lilliput_modules::{Genesis, Network, Verifier};
use lilliput_types::{Amount, AssetId, BasisPoints};

use crate::world::{START, World, address, genesis};

#[test]
fn play_money_is_there_and_sums_up() {
    let world = World::empty();
    assert_eq!(world.held(address(4), "LIL"), START.0);
    assert_eq!(world.held(address(4), "USDX"), START.0);
    assert!(world.network.violations(&world.state).unwrap().is_empty());
}

#[test]
fn another_document_is_another_chain() {
    let chain = genesis().chain();
    let mut other = genesis();
    other.seed = Digest([2; 32]);
    assert_ne!(other.chain(), chain);
    let mut other = genesis();
    other.params.message_fee = Amount(1);
    assert_ne!(other.chain(), chain);
}

#[test]
fn a_genesis_that_contradicts_itself_is_refused() {
    let changes: [fn(&mut Genesis); 5] = [
        |genesis| genesis.assets.push(genesis.assets[0].clone()),
        |genesis| genesis.assets[0].decimals = 19,
        |genesis| genesis.assets[0].supply_max = Some(Amount(1)),
        |genesis| genesis.params.bond_to_buyer_bps = BasisPoints(10_001),
        |genesis| genesis.params.fee_asset = AssetId::Genesis("NONE".parse().unwrap()),
    ];
    for (index, change) in changes.iter().enumerate() {
        let mut changed = genesis();
        change(&mut changed);
        let network = Network::new(changed, Box::new(Verifier::default()));
        let empty = MemoryState::default();
        let written = network.write_genesis(&mut State::new(&empty));
        assert!(written.is_err(), "change {index}");
    }
}
