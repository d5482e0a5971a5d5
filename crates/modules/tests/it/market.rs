//! The market in a world of its own: short ways to act, and what every test of it starts from.

use lilliput_crypto::Digest;
use lilliput_ledger::Machine;
use lilliput_modules::Genesis;
use lilliput_modules::market::{BOND_MIN, query};
use lilliput_types::market::{
    Attribute, Award, Bid, BidTerms, Book, Choice, CloseOrder, Create, Describe, GroupOrder,
    HOUR_MS, Lease, LeaseId, LeaseLevel, Leave, MakeBid, MarketEvent, MarketMessage,
    MarketProvider, OfferLine, Order, OrderId, OrderTerms, PlaceOrder, Purchase, Rate,
    ResourceNeed, RevealBid, SealBid, Settle, TopUp, UnitOrder, seal_bid,
};
use lilliput_types::provider::{Deposit, ProviderMessage, Register};
use lilliput_types::{Address, Amount, DurationMs, Event, Holder, List, Message, Receipt, Text};

use crate::world::{START, World, address, secret};

/// How long bids come in.
pub(crate) const BIDDING_MS: u64 = 1_000;
/// What a replica may cost an hour.
pub(crate) const CEILING: u64 = 7_200_000;
/// What the provider's stake is.
pub(crate) const STAKE: u128 = 50_000_000;
pub(crate) const SALT: Digest = Digest([7; 32]);

pub(crate) type Told = Result<Receipt, String>;

/// Account 0 buys; accounts 2 to 6 provide.
pub(crate) struct Market {
    pub(crate) world: World,
}

pub(crate) fn terms() -> OrderTerms {
    OrderTerms {
        purchase: Purchase::OnDemand,
        book: Book::Open {
            for_ms: DurationMs(BIDDING_MS),
        },
        choice: Choice::Cheapest,
        split: false,
        level: LeaseLevel::Trusted,
        deadline_ms: None,
        notice_ms: DurationMs(0),
        latency: None,
        bond: BOND_MIN,
    }
}

pub(crate) fn unit(count: u32) -> UnitOrder {
    UnitOrder {
        need: ResourceNeed {
            cpu_milli: 1_000,
            arch: Text::new("").unwrap(),
            memory: 1 << 30,
            volumes: List::default(),
            gpus: 0,
            gpu_models: List::default(),
            ports: 1,
            addresses: 0,
        },
        count,
        rate_max: Rate(CEILING),
    }
}

pub(crate) fn group(terms: OrderTerms, counts: &[u32]) -> GroupOrder {
    GroupOrder {
        name: Text::new("here").unwrap(),
        attributes: List::default(),
        signed_by_all: List::default(),
        signed_by_any: List::default(),
        units: List::new(counts.iter().map(|count| unit(*count)).collect()).unwrap(),
        terms,
    }
}

/// All of each unit at these rates.
pub(crate) fn offer(group: &GroupOrder, rates: &[u64]) -> BidTerms {
    let lines = group.units.iter().zip(rates).zip(0..);
    let lines = lines.map(|((unit, rate), place)| OfferLine {
        unit: place,
        count: unit.count,
        rate: Rate(*rate),
        gpu: None,
    });
    BidTerms {
        offers: List::new(lines.collect()).unwrap(),
        notice_ms: group.terms.notice_ms,
        pool: None,
        waiting_rate: Rate(0),
    }
}

pub(crate) fn attributes(pairs: &[(&str, &str)]) -> List<Attribute, 64> {
    let attributes = pairs.iter().map(|(key, value)| Attribute {
        key: Text::new(*key).unwrap(),
        value: Text::new(*value).unwrap(),
    });
    List::new(attributes.collect()).unwrap()
}

impl Market {
    pub(crate) fn new() -> Self {
        let accounts: Vec<Address> = (0..7).map(address).collect();
        let validator = secret(200).public_key();
        let genesis = Genesis::play(Digest([1; 32]), validator, &accounts, START).unwrap();
        let mut market = Self {
            world: World::of(genesis),
        };
        for provider in 2..7 {
            market.provide(provider);
        }
        market
    }

    fn provide(&mut self, provider: u8) {
        let register = ProviderMessage::Register(Register {
            endpoint: Text::new("http://127.0.0.1:4021").unwrap(),
        });
        let deposit = ProviderMessage::Deposit(Deposit {
            amount: Amount(STAKE),
        });
        for message in [register, deposit] {
            self.world
                .act(provider, Message::Provider(message))
                .unwrap();
        }
    }

    pub(crate) fn act(&mut self, signer: u8, message: MarketMessage) -> Told {
        self.world.act(signer, Message::Market(message))
    }

    pub(crate) fn create(
        &mut self,
        orders: Vec<(GroupOrder, u128)>,
    ) -> Result<Vec<OrderId>, String> {
        let orders = orders.into_iter().map(|(group, deposit)| PlaceOrder {
            group,
            deposit: Amount(deposit),
        });
        let create = Create {
            manifest: Digest([1; 32]),
            orders: List::new(orders.collect()).unwrap(),
        };
        let receipt = self.act(0, MarketMessage::Create(create))?;
        let ordered = receipt.events.iter().filter_map(|event| match event {
            Event::Market(MarketEvent::Ordered { order, .. }) => Some(*order),
            _ => None,
        });
        Ok(ordered.collect())
    }

    /// One order with enough money for ten hours.
    pub(crate) fn order(&mut self, group: &GroupOrder) -> OrderId {
        let deposit = u128::from(group.ceiling().unwrap().0) * 10 * u128::from(group.copies());
        self.create(vec![(group.clone(), deposit)]).unwrap()[0]
    }

    pub(crate) fn bid(&mut self, provider: u8, order: OrderId, terms: BidTerms) -> Told {
        self.act(provider, MarketMessage::Bid(MakeBid { order, terms }))
    }

    pub(crate) fn seal(&mut self, provider: u8, order: OrderId, terms: &BidTerms) -> Told {
        let chain = self.world.network.chain();
        let sealed = seal_bid(chain, order, address(provider), terms, SALT);
        self.act(provider, MarketMessage::Seal(SealBid { order, sealed }))
    }

    pub(crate) fn reveal(&mut self, provider: u8, order: OrderId, terms: BidTerms) -> Told {
        let salt = SALT;
        self.act(
            provider,
            MarketMessage::Reveal(RevealBid { order, terms, salt }),
        )
    }

    pub(crate) fn award(&mut self, order: OrderId, providers: &[u8]) -> Told {
        let providers = providers.iter().map(|provider| address(*provider));
        let providers = List::new(providers.collect()).unwrap();
        self.act(0, MarketMessage::Award(Award { order, providers }))
    }

    pub(crate) fn close_order(&mut self, order: OrderId) -> Told {
        self.act(0, MarketMessage::CloseOrder(CloseOrder { order }))
    }

    pub(crate) fn beat(&mut self, provider: u8) {
        self.act(provider, MarketMessage::Beat).unwrap();
    }

    pub(crate) fn settle(&mut self, lease: LeaseId) -> Told {
        self.act(1, MarketMessage::Settle(Settle { lease }))
    }

    pub(crate) fn top_up(&mut self, by: u8, lease: LeaseId, amount: u128) -> Told {
        let amount = Amount(amount);
        self.act(by, MarketMessage::TopUp(TopUp { lease, amount }))
    }

    pub(crate) fn leave(&mut self, by: u8, lease: LeaseId) -> Told {
        self.act(by, MarketMessage::Leave(Leave { lease }))
    }

    pub(crate) fn describe(&mut self, provider: u8, pairs: &[(&str, &str)]) -> Told {
        let attributes = attributes(pairs);
        self.act(provider, MarketMessage::Describe(Describe { attributes }))
    }

    /// Lets time pass with the providers heard of every minute.
    pub(crate) fn run(&mut self, providers: &[u8], mut ms: u64) {
        while ms > 0 {
            let step = ms.min(60_000);
            self.world.wait(step);
            ms -= step;
            for provider in providers {
                self.beat(*provider);
            }
        }
    }

    pub(crate) fn lease(&self, id: LeaseId) -> Lease {
        query::lease(&self.world.state, id).unwrap().unwrap()
    }

    pub(crate) fn known(&self, id: OrderId) -> Order {
        query::order(&self.world.state, id).unwrap().unwrap()
    }

    pub(crate) fn provider(&self, provider: u8) -> MarketProvider {
        query::provider(&self.world.state, address(provider))
            .unwrap()
            .unwrap()
    }

    pub(crate) fn bids(&self, order: OrderId) -> Vec<Bid> {
        query::bids(&self.world.state, order).unwrap()
    }

    pub(crate) fn money(&self, account: u8) -> u128 {
        self.world.held(address(account), "USDX")
    }

    pub(crate) fn stake(&self, provider: u8) -> u128 {
        self.world.held(Holder::Stake(address(provider)), "USDX")
    }

    /// A lease of one replica by provider 2 at the rate, with the escrow.
    pub(crate) fn leased(&mut self, rate: u64, escrow: u128) -> LeaseId {
        let group = group(terms(), &[1]);
        let order = self.create(vec![(group.clone(), escrow)]).unwrap()[0];
        self.bid(2, order, offer(&group, &[rate])).unwrap();
        self.world.wait(BIDDING_MS);
        self.known(order).leases[0]
    }
}

/// An hour.
pub(crate) const HOUR: u64 = HOUR_MS;
