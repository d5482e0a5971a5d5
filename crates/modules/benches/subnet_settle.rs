//! Time of the block's end that settles a subnet's epoch: `cargo bench -p lilliput-modules --bench subnet_settle`.
//!
//! On a state in memory: what the ledger's database and tree add isn't in it.
#![expect(clippy::print_stdout, reason = "a bench prints its figures")]
#![expect(clippy::unwrap_used, reason = "a failing step ends the bench")]

use std::time::Instant;

use lilliput_crypto::{Digest, SecretKey};
use lilliput_ledger::{BlockContext, Machine, MemoryState, MessageContext, State};
use lilliput_modules::subnet::query;
use lilliput_modules::subnet::round::{Round, Seat};
use lilliput_modules::{Genesis, Network, Verifier};
use lilliput_types::subnet::{
    AnswerContext, Answered, Open, Phase, Probe, Register, Scorer, Settings, Stake, SubnetMessage,
    TranscriptEntry,
};
use lilliput_types::{
    AccountKey, Address, Amount, DurationMs, Height, List, Message, Registration, SubnetId, Text,
    TimeMs, TransactionId,
};

const PHASE_MS: u64 = 1_000;
const SUBNET: SubnetId = SubnetId(1);

fn main() {
    let once = std::env::args().any(|argument| argument == "--test");
    let sizes = [(256, 64), (4_096, 64)];
    for (uids, validators) in sizes.into_iter().take(if once { 1 } else { 2 }) {
        let mut field = Field::open(uids, validators);
        // The second epoch has bonds.
        let seconds = [field.epoch(validators), field.epoch(validators)];
        println!(
            "subnet::settle/uids={uids}/validators={validators}: {:.1} ms",
            seconds[1] * 1e3
        );
    }
}

struct Field {
    network: Network,
    state: MemoryState,
    time: TimeMs,
    height: Height,
    keys: Vec<SecretKey>,
    accounts: Vec<Address>,
}

impl Field {
    fn open(uids: u16, validators: u16) -> Self {
        let key = |number: u16| {
            let mut seed = [7; 32];
            seed[..2].copy_from_slice(&number.to_le_bytes());
            SecretKey::from_seed(seed)
        };
        let keys: Vec<SecretKey> = (0..uids).map(key).collect();
        let accounts: Vec<Address> = keys
            .iter()
            .map(|key| AccountKey::from(key).address())
            .collect();
        let much = Amount(1_000_000_000_000);
        let proposer = keys[0].public_key();
        let genesis = Genesis::play(Digest([1; 32]), proposer, &accounts, much).unwrap();
        let network = Network::new(genesis, Box::new(Verifier::default()));
        let mut field = Self {
            network,
            state: MemoryState::default(),
            time: TimeMs(1_000_000),
            height: Height(1),
            keys,
            accounts,
        };
        field.change(|network, state, _| network.write_genesis(state).unwrap());
        let settings = Settings {
            uids_max: uids,
            validators_max: validators,
            audits_required: 1,
            probes_min: 1,
            ..Settings::standard(Scorer::Similarity, DurationMs(PHASE_MS))
        };
        field.act(
            0,
            SubnetMessage::Open(Open {
                name: Text::new("large").unwrap(),
                about: Text::new("").unwrap(),
                settings,
                deposit_max: much,
            }),
        );
        for number in 0..uids {
            field.act(
                number,
                SubnetMessage::Register(Register {
                    subnet: SUBNET,
                    endpoint: Text::new("").unwrap(),
                    price_max: much,
                }),
            );
        }
        for number in 0..validators {
            field.act(
                number,
                SubnetMessage::Stake(Stake {
                    subnet: SUBNET,
                    registration: registration(number),
                    amount: Amount(100_000_000_000),
                }),
            );
        }
        for _ in 0..3 {
            field.end_phase();
        }
        field
    }

    fn block(&self) -> BlockContext {
        BlockContext {
            chain: self.network.chain(),
            height: self.height,
            time: self.time,
            halted: DurationMs(0),
            proposer: self.keys[0].public_key(),
        }
    }

    fn change<T>(&mut self, work: impl FnOnce(&Network, &mut State<'_>, &BlockContext) -> T) -> T {
        let block = self.block();
        let mut state = State::new(&self.state);
        let result = work(&self.network, &mut state, &block);
        let changes = state.into_changes();
        self.state.apply(&changes);
        result
    }

    fn act(&mut self, number: u16, message: SubnetMessage) {
        let signer = self.accounts[usize::from(number)];
        self.change(|network, state, block| {
            let context = MessageContext {
                block: *block,
                transaction: TransactionId::default(),
                index: 0,
                messages: 1,
                signer,
                blobs: &[],
            };
            let message = Message::Subnet(message);
            network.execute(state, &context, &message).unwrap();
        });
    }

    /// Ends a phase; gives how long that took.
    fn end_phase(&mut self) -> f64 {
        self.time = self.time.after(DurationMs(PHASE_MS));
        self.height = self.height.next();
        self.change(|network, state, block| {
            let start = Instant::now();
            network.end_block(state, block).unwrap();
            start.elapsed().as_secs_f64()
        })
    }

    /// An epoch in which every validator weighs every miner and its audits hold; gives how long settling took.
    fn epoch(&mut self, validators: u16) -> f64 {
        let subnet = query::subnet(&self.state, SUBNET).unwrap().unwrap();
        assert_eq!(subnet.phase, Phase::Commit);
        let rounds: Vec<Round> = (0..validators)
            .map(|validator| self.round(&subnet, validator, validators))
            .collect();
        for (number, round) in (0..).zip(&rounds) {
            self.act(number, SubnetMessage::Commit(round.commit()));
        }
        self.end_phase();
        for (number, round) in (0..).zip(&rounds) {
            self.act(number, SubnetMessage::Reveal(round.reveal()));
        }
        self.end_phase();
        let drawn = query::subnet(&self.state, SUBNET).unwrap().unwrap();
        for (number, round) in (0..).zip(&rounds) {
            for audit in round.audits(&drawn.settings, drawn.randomness.unwrap()) {
                self.act(number, SubnetMessage::Audit(audit));
            }
        }
        let seconds = self.end_phase();
        let settled = query::epoch(&self.state, SUBNET, drawn.epoch)
            .unwrap()
            .unwrap();
        let paid = settled
            .payouts
            .iter()
            .filter(|one| !one.incentive.is_zero());
        assert_eq!(
            paid.count(),
            settled.payouts.len() - usize::from(validators)
        );
        seconds
    }

    fn round(
        &self,
        subnet: &lilliput_types::subnet::Subnet,
        validator: u16,
        validators: u16,
    ) -> Round {
        let seat = Seat {
            chain: self.network.chain(),
            subnet: SUBNET,
            epoch: subnet.epoch,
            uid: validator,
            registration: registration(validator),
        };
        let entries = (validators..subnet.uids)
            .map(|miner| self.entry(seat, miner))
            .collect();
        let secrets = [Digest([1; 32]), Digest([2; 32])];
        Round::new(&subnet.settings, seat, entries, List::default(), secrets).unwrap()
    }

    fn entry(&self, seat: Seat, miner: u16) -> TranscriptEntry {
        let key = &self.keys[usize::from(miner)];
        let context = AnswerContext {
            chain: seat.chain,
            subnet: SUBNET,
            epoch: seat.epoch,
            validator: self.accounts[usize::from(seat.uid)],
            validator_registration: seat.registration,
            miner: registration(miner),
        };
        let probe = Probe {
            input: Digest([3; 32]),
            truth: List::new(vec![100, 0]).unwrap(),
            salt: Digest([4; 32]),
        };
        // Angles that differ by miner and a little by validator.
        let off = i64::from(miner % 997) + i64::from(seat.uid % 5);
        let answer = List::new(vec![1_000, off]).unwrap();
        let signature = context.sign(key, probe.id(), probe.input, &answer);
        TranscriptEntry {
            uid: miner,
            registration: context.miner,
            key: AccountKey::from(key),
            answered: List::new(vec![Answered {
                probe,
                answer,
                signature,
            }])
            .unwrap(),
            votes: None,
        }
    }
}

/// Registrations were made in the order of the uids.
fn registration(uid: u16) -> Registration {
    Registration(u64::from(uid) + 1)
}
