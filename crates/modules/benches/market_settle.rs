//! What settling a lease costs beside how many others: `cargo bench -p lilliput-modules --bench market_settle`.
//!
//! On a state in memory: what the ledger's database and tree add isn't in it.
#![expect(clippy::print_stdout, reason = "a bench prints its figures")]
#![expect(clippy::unwrap_used, reason = "a failing step ends the bench")]

use std::time::Instant;

use lilliput_crypto::{Digest, SecretKey};
use lilliput_ledger::{BlockContext, Machine, MemoryState, MessageContext, State};
use lilliput_modules::{Genesis, Network, Verifier};
use lilliput_types::market::{
    BidTerms, Book, Choice, Create, GroupOrder, LeaseId, LeaseLevel, MakeBid, MarketMessage,
    OfferLine, OrderId, OrderTerms, PlaceOrder, Purchase, Rate, ResourceNeed, Settle, UnitOrder,
};
use lilliput_types::provider::{Deposit, ProviderMessage, Register};
use lilliput_types::{
    AccountKey, Address, Amount, DurationMs, Height, List, Message, Text, TimeMs, TransactionId,
};

const RATE: Rate = Rate(3_600_000);

fn main() {
    let once = std::env::args().any(|argument| argument == "--test");
    let sizes: &[u64] = if once {
        &[10]
    } else {
        &[10, 100, 1_000, 10_000]
    };
    for leases in sizes {
        let mut field = Field::open();
        for _ in 0..*leases {
            field.lease();
        }
        let mut best = f64::INFINITY;
        for _ in 0..if once { 1 } else { 5 } {
            field.time = field.time.after(DurationMs(60_000));
            field.act(1, MarketMessage::Beat);
            let begun = Instant::now();
            for lease in 1..=*leases {
                field.act(
                    0,
                    MarketMessage::Settle(Settle {
                        lease: LeaseId(lease),
                    }),
                );
            }
            best = best.min(begun.elapsed().as_secs_f64() / *leases as f64);
        }
        println!(
            "market::settle/leases={leases}: {:.1} us a lease",
            best * 1e6
        );
    }
}

struct Field {
    network: Network,
    state: MemoryState,
    time: TimeMs,
    accounts: [Address; 2],
    orders: u64,
}

impl Field {
    /// Account 0 buys, account 1 provides.
    fn open() -> Self {
        let keys = [1, 2].map(|number| SecretKey::from_seed([number; 32]));
        let accounts = [0, 1].map(|at: usize| AccountKey::from(&keys[at]).address());
        let much = Amount(1_000_000_000_000_000);
        let genesis =
            Genesis::play(Digest([1; 32]), keys[0].public_key(), &accounts, much).unwrap();
        let network = Network::new(genesis, Box::new(Verifier::default()));
        let mut field = Self {
            network,
            state: MemoryState::default(),
            time: TimeMs(1_000_000),
            accounts,
            orders: 0,
        };
        let empty = MemoryState::default();
        let mut overlay = State::new(&empty);
        field.network.write_genesis(&mut overlay).unwrap();
        field.state.apply(&overlay.into_changes());
        let register = ProviderMessage::Register(Register {
            endpoint: Text::new("http://127.0.0.1:1").unwrap(),
        });
        let deposit = ProviderMessage::Deposit(Deposit {
            amount: Amount(10_000_000_000),
        });
        for message in [register, deposit] {
            field.send(1, &Message::Provider(message));
        }
        field
    }

    fn context(&self) -> BlockContext {
        BlockContext {
            chain: self.network.chain(),
            height: Height(1),
            time: self.time,
            halted: DurationMs(0),
            proposer: SecretKey::from_seed([1; 32]).public_key(),
        }
    }

    fn act(&mut self, signer: usize, message: MarketMessage) {
        self.send(signer, &Message::Market(message));
    }

    fn send(&mut self, signer: usize, message: &Message) {
        let context = MessageContext {
            block: self.context(),
            transaction: TransactionId(Digest([0; 32])),
            index: 0,
            messages: 1,
            signer: self.accounts[signer],
            blobs: &[],
        };
        let mut overlay = State::new(&self.state);
        self.network
            .execute(&mut overlay, &context, message)
            .unwrap();
        let changes = overlay.into_changes();
        self.state.apply(&changes);
    }

    /// One more lease by the one provider.
    fn lease(&mut self) {
        let group = group();
        let place = PlaceOrder {
            group,
            deposit: Amount(u128::from(RATE.0) * 100),
        };
        let create = Create {
            manifest: Digest([1; 32]),
            orders: List::new(vec![place]).unwrap(),
        };
        self.act(0, MarketMessage::Create(create));
        self.orders += 1;
        let order = OrderId(self.orders);
        let terms = BidTerms {
            offers: List::new(vec![OfferLine {
                unit: 0,
                count: 1,
                rate: RATE,
                gpu: None,
            }])
            .unwrap(),
            notice_ms: DurationMs(0),
            pool: None,
            waiting_rate: Rate(0),
        };
        self.act(1, MarketMessage::Bid(MakeBid { order, terms }));
        self.time = self.time.after(DurationMs(1_000));
        let block = self.context();
        let mut overlay = State::new(&self.state);
        self.network.end_block(&mut overlay, &block).unwrap();
        let changes = overlay.into_changes();
        self.state.apply(&changes);
    }
}

fn group() -> GroupOrder {
    GroupOrder {
        name: Text::new("here").unwrap(),
        attributes: List::default(),
        signed_by_all: List::default(),
        signed_by_any: List::default(),
        units: List::new(vec![UnitOrder {
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
            count: 1,
            rate_max: RATE,
        }])
        .unwrap(),
        terms: OrderTerms {
            purchase: Purchase::OnDemand,
            book: Book::Open {
                for_ms: DurationMs(1_000),
            },
            choice: Choice::Cheapest,
            split: false,
            level: LeaseLevel::Trusted,
            deadline_ms: None,
            notice_ms: DurationMs(0),
            latency: None,
            bond: Amount(100_000),
        },
    }
}
