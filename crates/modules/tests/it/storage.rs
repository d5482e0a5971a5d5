//! Stored blobs: terms, proofs, payment, failure and repair.

use lilliput_crypto::Digest;
use lilliput_modules::storage::query;
use lilliput_types::storage::{
    AcceptDeal, Challenge, ClaimDeal, CloseDeal, Deal, DealId, DealState, Prove, StorageMessage,
    StorageTerms, StoreOrder, beacon, chunk_count, tree,
};
use lilliput_types::{Amount, DurationMs, Holder, List, Message, Receipt};

use crate::world::{START, World};

pub(crate) const PERIOD_MS: u64 = 10_000;
pub(crate) const WINDOW_MS: u64 = 4_000;
pub(crate) const PERIODS: u32 = 5;
pub(crate) const PRICE: u128 = 1_000;
pub(crate) const BOND: u128 = 70_000;
pub(crate) const DEAL: DealId = DealId(1);
pub(crate) const BUYER: u8 = 0;
pub(crate) const PROVIDER: u8 = 2;
pub(crate) const OTHER: u8 = 3;
const SECRET: Digest = Digest([6; 32]);

pub(crate) type Told = Result<Receipt, String>;

pub(crate) fn blob() -> Vec<u8> {
    (0..10_500_u32).map(|at| (at * at % 251) as u8).collect()
}

fn terms() -> StorageTerms {
    StorageTerms {
        periods: PERIODS,
        period_ms: DurationMs(PERIOD_MS),
        window_ms: DurationMs(WINDOW_MS),
        open_ms: DurationMs(60_000),
        price: Amount(PRICE),
        bond: Amount(BOND),
    }
}

/// A network on which the buyer wants the blob stored.
pub(crate) struct Store {
    pub(crate) world: World,
    /// Links that were shown.
    pub(crate) shown: u32,
}

impl Store {
    pub(crate) fn ordered() -> Self {
        let mut store = Self {
            world: World::empty(),
            shown: 0,
        };
        store.order(terms()).unwrap();
        store
    }

    pub(crate) fn stored() -> Self {
        let mut store = Self::ordered();
        store.accept(PROVIDER).unwrap();
        store
    }

    pub(crate) fn act(&mut self, signer: u8, message: StorageMessage) -> Told {
        self.world.act(signer, Message::Storage(message))
    }

    pub(crate) fn order(&mut self, terms: StorageTerms) -> Told {
        let blob = blob();
        let order = StoreOrder {
            root: tree(&blob).root(),
            bytes: blob.len() as u64,
            beacon: beacon(&SECRET, PERIODS),
            terms,
        };
        self.act(BUYER, StorageMessage::Order(order))
    }

    pub(crate) fn accept(&mut self, provider: u8) -> Told {
        self.act(provider, StorageMessage::Accept(AcceptDeal { deal: DEAL }))
    }

    pub(crate) fn challenge(&mut self, signer: u8) -> Told {
        let steps = PERIODS.saturating_sub(self.shown + 1);
        let challenge = Challenge {
            deal: DEAL,
            link: beacon(&SECRET, steps),
        };
        let told = self.act(signer, StorageMessage::Challenge(challenge));
        self.shown += u32::from(told.is_ok());
        told
    }

    /// The proof of a chunk.
    pub(crate) fn proof(&self, index: u64) -> Prove {
        let blob = blob();
        let proof = tree(&blob).prove(index).unwrap();
        let chunk = blob
            .chunks(1024)
            .nth(usize::try_from(index).unwrap())
            .unwrap();
        Prove {
            deal: DEAL,
            chunk: List::new(chunk.to_vec()).unwrap(),
            siblings: List::new(proof.siblings).unwrap(),
        }
    }

    pub(crate) fn asked(&self) -> Option<u64> {
        match self.deal().state {
            DealState::Stored { open, .. } => open.map(|asked| asked.chunk),
            DealState::Open { .. } | DealState::Closed => None,
        }
    }

    pub(crate) fn prove(&mut self, provider: u8) -> Told {
        let proof = self.proof(self.asked().unwrap_or(0));
        self.act(provider, StorageMessage::Prove(proof))
    }

    pub(crate) fn claim(&mut self, provider: u8) -> Told {
        self.act(provider, StorageMessage::Claim(ClaimDeal { deal: DEAL }))
    }

    pub(crate) fn close(&mut self, buyer: u8) -> Told {
        self.act(buyer, StorageMessage::Close(CloseDeal { deal: DEAL }))
    }

    pub(crate) fn deal(&self) -> Deal {
        query::deal(&self.world.state, DEAL).unwrap().unwrap()
    }

    pub(crate) fn has(&self, account: u8) -> u128 {
        self.world.held(crate::world::address(account), "USDX")
    }

    fn is_closed(&self) -> bool {
        self.deal().state == DealState::Closed
            && self.world.held(Holder::Storage(DEAL), "USDX") == 0
    }
}

fn refused(told: Told, code: &str) {
    assert_eq!(told.unwrap_err(), code);
}

#[test]
fn a_deal_that_is_kept_pays_every_period_and_gives_the_bond_back() {
    let mut store = Store::stored();
    for period in 0..PERIODS {
        store.challenge(BUYER).unwrap();
        store.prove(PROVIDER).unwrap();
        assert_eq!(store.deal().paid, Amount(PRICE * u128::from(period)));
        store.world.wait(PERIOD_MS);
    }
    assert!(store.is_closed());
    let all = PRICE * u128::from(PERIODS);
    assert_eq!(
        (store.has(PROVIDER), store.has(BUYER)),
        (START.0 + all, START.0 - all)
    );
}

#[test]
fn a_provider_that_shows_nothing_loses_its_bond_and_another_takes_over() {
    let mut store = Store::stored();
    store.world.wait(PERIOD_MS);
    store.challenge(BUYER).unwrap();
    store.world.wait(WINDOW_MS);
    assert!(matches!(store.deal().state, DealState::Open { .. }));
    assert_eq!(store.deal().failures, 1);
    assert_eq!(
        store.has(PROVIDER),
        START.0 + PRICE - BOND,
        "the period before the challenge is paid"
    );
    assert_eq!(store.world.held(Holder::Treasury, "USDX"), BOND);
    refused(store.prove(PROVIDER), "storage.not_provider");
    store.accept(OTHER).unwrap();
    store.world.wait(PERIOD_MS * u64::from(PERIODS));
    assert!(store.is_closed());
    assert_eq!(store.has(OTHER), START.0 + PRICE * u128::from(PERIODS - 2));
    assert_eq!(
        store.has(BUYER),
        START.0 - PRICE * u128::from(PERIODS - 1),
        "nobody is paid for the gap"
    );
}

#[test]
fn only_the_chunk_that_was_asked_for_counts() {
    let mut store = Store::stored();
    refused(store.prove(PROVIDER), "storage.not_challenged");
    store.challenge(BUYER).unwrap();
    let asked = store.asked().unwrap();
    let chunks = chunk_count(blob().len() as u64);
    for index in (0..chunks).filter(|index| *index != asked) {
        let wrong = store.proof(index);
        refused(
            store.act(PROVIDER, StorageMessage::Prove(wrong)),
            "storage.wrong_chunk",
        );
    }
    let right = store.proof(asked);
    let changed = |change: fn(&mut Vec<u8>, &mut Vec<Digest>)| {
        let (mut chunk, mut siblings) = (right.chunk.to_vec(), right.siblings.to_vec());
        change(&mut chunk, &mut siblings);
        Prove {
            deal: DEAL,
            chunk: List::new(chunk).unwrap(),
            siblings: List::new(siblings).unwrap(),
        }
    };
    for wrong in [
        changed(|chunk, _| chunk[0] ^= 1),
        changed(|chunk, _| chunk.truncate(chunk.len() - 1)),
        changed(|chunk, _| chunk.clear()),
        changed(|_, siblings| siblings.truncate(siblings.len() - 1)),
        changed(|_, siblings| siblings.push(Digest::ZERO)),
        changed(|_, siblings| siblings.reverse()),
    ] {
        refused(
            store.act(PROVIDER, StorageMessage::Prove(wrong)),
            "storage.wrong_chunk",
        );
    }
    refused(store.prove(OTHER), "storage.not_provider");
    store.prove(PROVIDER).unwrap();
    refused(store.prove(PROVIDER), "storage.not_challenged");
}

#[test]
fn a_challenge_is_the_next_link_and_comes_once_a_period() {
    let mut store = Store::ordered();
    refused(store.challenge(BUYER), "storage.no_challenge");
    store.accept(PROVIDER).unwrap();
    let wrong = Challenge {
        deal: DEAL,
        link: beacon(&SECRET, PERIODS - 2),
    };
    refused(
        store.act(BUYER, StorageMessage::Challenge(wrong)),
        "storage.link",
    );
    store.challenge(OTHER).unwrap();
    refused(store.challenge(BUYER), "storage.no_challenge");
    store.prove(PROVIDER).unwrap();
    refused(store.challenge(BUYER), "storage.challenged");
    store.world.wait(PERIOD_MS);
    store.challenge(BUYER).unwrap();
}

#[test]
fn silence_of_the_buyer_costs_the_provider_nothing() {
    let mut store = Store::stored();
    store.world.wait(2 * PERIOD_MS);
    store.claim(PROVIDER).unwrap();
    assert_eq!(store.has(PROVIDER), START.0 - BOND + 2 * PRICE);
    store.claim(PROVIDER).unwrap();
    assert_eq!(
        store.has(PROVIDER),
        START.0 - BOND + 2 * PRICE,
        "nothing is paid twice"
    );
    refused(store.claim(OTHER), "storage.not_provider");
}

#[test]
fn an_order_that_nobody_takes_and_one_that_is_taken_back_cost_nothing() {
    let mut store = Store::ordered();
    refused(store.close(OTHER), "storage.not_buyer");
    store.close(BUYER).unwrap();
    assert!(store.is_closed());
    assert_eq!(store.has(BUYER), START.0);
    refused(store.accept(PROVIDER), "storage.not_open");
    let mut store = Store::ordered();
    store.world.wait(60_000);
    assert!(store.is_closed());
    assert_eq!(store.has(BUYER), START.0);
}

#[test]
fn a_buyer_who_ends_a_deal_pays_the_period_that_runs() {
    let mut store = Store::stored();
    store.world.wait(PERIOD_MS + 1_000);
    store.challenge(BUYER).unwrap();
    refused(store.close(BUYER), "storage.challenged");
    store.prove(PROVIDER).unwrap();
    store.close(BUYER).unwrap();
    assert!(store.is_closed());
    assert_eq!(
        (store.has(PROVIDER), store.has(BUYER)),
        (START.0 + 2 * PRICE, START.0 - 2 * PRICE)
    );
}

#[test]
fn terms_out_of_bounds_are_refused() {
    let mut store = Store::ordered();
    let cases: [fn(&mut StorageTerms); 7] = [
        |terms| terms.periods = 0,
        |terms| terms.periods = 4_097,
        |terms| terms.period_ms = DurationMs(999),
        |terms| terms.window_ms = DurationMs(PERIOD_MS / 2 + 1),
        |terms| terms.open_ms = DurationMs(0),
        |terms| terms.price = Amount::ZERO,
        |terms| terms.bond = Amount::ZERO,
    ];
    for change in cases {
        let mut terms = terms();
        change(&mut terms);
        assert!(store.order(terms).is_err(), "{terms:?}");
    }
    let mut dear = terms();
    dear.price = Amount(u128::MAX);
    assert!(store.order(dear).is_err());
}
