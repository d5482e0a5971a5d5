//! A subnet in memory, and short ways to act in it.

use lilliput_crypto::Digest;
use lilliput_modules::subnet::query::{self, Holding, Replay};
use lilliput_modules::subnet::round::{Round, Seat};
use lilliput_types::subnet::{
    AnswerContext, Answered, Buy, Leave, Member, Open, OpenMarket, Phase, Pool, Probe, Register,
    Rule, Scorer, Sell, SetRule, Settings, Stake, Subnet, SubnetEvent, SubnetMessage,
    TranscriptEntry, Unstake, Values,
};
use lilliput_types::{
    AccountKey, Amount, DurationMs, Event, List, Message, Receipt, Registration, SubnetEpoch,
    SubnetId, Text,
};

use crate::world::{World, address, secret};

pub(crate) const OWNER: u8 = 0;
pub(crate) const PHASE_MS: u64 = 10_000;
pub(crate) const COIN: u128 = 1_000_000;
/// How many probes stand behind each weight.
pub(crate) const PROBES: u8 = 4;

pub(crate) struct Field {
    pub(crate) world: World,
    pub(crate) id: SubnetId,
}

/// Rules that are quick to fulfil.
pub(crate) fn settings() -> Settings {
    Settings {
        probes_min: PROBES,
        audits_required: 3,
        ..Settings::standard(Scorer::ExactMatch, DurationMs(PHASE_MS))
    }
}

pub(crate) fn values(items: &[i64]) -> Values {
    List::new(items.to_vec()).unwrap()
}

impl Field {
    pub(crate) fn open(settings: Settings) -> Self {
        Self::open_in(World::empty(), settings)
    }

    pub(crate) fn open_in(mut world: World, settings: Settings) -> Self {
        let message = SubnetMessage::Open(Open {
            name: Text::new("digits").unwrap(),
            about: Text::new("which digit is this").unwrap(),
            settings,
            deposit_max: Amount(1_000 * COIN),
        });
        world.act(OWNER, Message::Subnet(message)).unwrap();
        let id = query::market(&world.state, world.time)
            .unwrap()
            .totals
            .opened;
        Self { world, id }
    }

    /// Two validators with the same stake and two miners, in the first epoch that counts.
    pub(crate) fn ready() -> Self {
        let mut field = Self::open(settings());
        for number in [1, 2, 3, 4] {
            field.register(number).unwrap();
        }
        for number in [1, 2] {
            field.stake(number, number, 100 * COIN).unwrap();
        }
        field.pass_epoch();
        field
    }

    pub(crate) fn act(&mut self, who: u8, message: SubnetMessage) -> Result<Receipt, String> {
        self.world.act(who, Message::Subnet(message))
    }

    pub(crate) fn subnet(&self) -> Subnet {
        query::subnet(&self.world.state, self.id).unwrap().unwrap()
    }

    pub(crate) fn member(&self, who: u8) -> Option<Member> {
        let found = query::seat_of(&self.world.state, &self.subnet(), address(who));
        found.unwrap().map(|seat| seat.member)
    }

    pub(crate) fn registration(&self, who: u8) -> Registration {
        self.member(who).unwrap().registration
    }

    pub(crate) fn pool(&self, registration: Registration) -> Pool {
        let found = query::pool(&self.world.state, self.id, registration);
        found.unwrap().unwrap()
    }

    pub(crate) fn holding(&self, who: u8, registration: Registration) -> Holding {
        let pool = self.pool(registration);
        query::holding(&self.world.state, &self.subnet(), &pool, address(who)).unwrap()
    }

    pub(crate) fn replay(&self, epoch: SubnetEpoch) -> Option<Replay> {
        query::epoch(&self.world.state, self.id, epoch).unwrap()
    }

    pub(crate) fn register(&mut self, who: u8) -> Result<Receipt, String> {
        let message = SubnetMessage::Register(Register {
            subnet: self.id,
            endpoint: Text::new("http://127.0.0.1:9000").unwrap(),
            price_max: Amount(10 * COIN),
        });
        self.act(who, message)
    }

    /// Stakes behind the member whose account has this number.
    pub(crate) fn stake(&mut self, who: u8, behind: u8, amount: u128) -> Result<Receipt, String> {
        let registration = self.registration(behind);
        let message = SubnetMessage::Stake(Stake {
            subnet: self.id,
            registration,
            amount: Amount(amount),
        });
        self.act(who, message)
    }

    pub(crate) fn unstake(
        &mut self,
        who: u8,
        registration: Registration,
        amount: Option<u128>,
    ) -> Result<Receipt, String> {
        let message = SubnetMessage::Unstake(Unstake {
            subnet: self.id,
            registration,
            amount: amount.map(Amount),
        });
        self.act(who, message)
    }

    /// Waits until the phase ends.
    pub(crate) fn pass_phase(&mut self) {
        let left = self.subnet().phase_ends_at.0;
        let left = left.saturating_sub(self.world.time.0);
        self.world.wait(left);
    }

    /// Waits until the epoch has settled.
    pub(crate) fn pass_epoch(&mut self) {
        let epoch = self.subnet().epoch;
        while self.subnet().epoch == epoch {
            self.pass_phase();
        }
    }

    pub(crate) fn pass_to(&mut self, phase: Phase) {
        while self.subnet().phase != phase {
            self.pass_phase();
        }
    }

    pub(crate) fn answer_context(&self, validator: u8, miner: u8) -> AnswerContext {
        AnswerContext {
            chain: lilliput_ledger::Machine::chain(&self.world.network),
            subnet: self.id,
            epoch: self.subnet().epoch,
            validator: address(validator),
            validator_registration: self.registration(validator),
            miner: self.registration(miner),
        }
    }

    /// Answers of a miner to as many probes as are needed, of which the first `right` are right.
    pub(crate) fn entry(&self, validator: u8, miner: u8, right: u8) -> TranscriptEntry {
        let context = self.answer_context(validator, miner);
        let answered = (0..PROBES).map(|number| {
            let probe = Probe {
                input: Digest([number; 32]),
                truth: values(&[i64::from(number)]),
                salt: Digest([validator; 32]),
            };
            let answer = values(&[i64::from(number) + i64::from(number >= right)]);
            let signature = context.sign(&secret(miner), probe.id(), probe.input, &answer);
            Answered {
                probe,
                answer,
                signature,
            }
        });
        TranscriptEntry {
            uid: self.member(miner).unwrap().uid,
            registration: context.miner,
            key: AccountKey::from(&secret(miner)),
            answered: List::new(answered.collect()).unwrap(),
            votes: None,
        }
    }

    pub(crate) fn seat(&self, validator: u8) -> Seat {
        let member = self.member(validator).unwrap();
        Seat {
            chain: lilliput_ledger::Machine::chain(&self.world.network),
            subnet: self.id,
            epoch: self.subnet().epoch,
            uid: member.uid,
            registration: member.registration,
        }
    }

    /// A validator's honest round: what each miner got right.
    pub(crate) fn round(&self, validator: u8, found: &[(u8, u8)]) -> Round {
        let entries = found
            .iter()
            .map(|&(miner, right)| self.entry(validator, miner, right))
            .collect();
        let secrets = [Digest([validator; 32]), Digest([validator + 100; 32])];
        let settings = self.subnet().settings;
        Round::new(
            &settings,
            self.seat(validator),
            entries,
            List::default(),
            secrets,
        )
        .unwrap()
    }

    pub(crate) fn commit(&mut self, who: u8, round: &Round) -> Result<Receipt, String> {
        self.act(who, SubnetMessage::Commit(round.commit()))
    }

    pub(crate) fn reveal(&mut self, who: u8, round: &Round) -> Result<Receipt, String> {
        self.act(who, SubnetMessage::Reveal(round.reveal()))
    }

    /// Sends every audit that was drawn.
    pub(crate) fn audit(&mut self, who: u8, round: &Round) -> Result<(), String> {
        let subnet = self.subnet();
        for audit in round.audits(&subnet.settings, subnet.randomness.unwrap()) {
            self.act(who, SubnetMessage::Audit(audit))?;
        }
        Ok(())
    }

    /// A whole epoch in which these validators find this and show everything.
    pub(crate) fn epoch(&mut self, votes: &[(u8, &[(u8, u8)])]) {
        self.pass_to(Phase::Commit);
        let rounds: Vec<(u8, Round)> = votes
            .iter()
            .map(|&(validator, found)| (validator, self.round(validator, found)))
            .collect();
        for (who, round) in &rounds {
            self.commit(*who, round).unwrap();
        }
        self.pass_phase();
        for (who, round) in &rounds {
            self.reveal(*who, round).unwrap();
        }
        self.pass_phase();
        for (who, round) in &rounds {
            self.audit(*who, round).unwrap();
        }
        self.pass_phase();
    }

    pub(crate) fn leave(&mut self, who: u8) -> Result<Receipt, String> {
        let message = SubnetMessage::Leave(Leave { subnet: self.id });
        self.act(who, message)
    }

    pub(crate) fn set_rule(&mut self, who: u8, rule: Rule) -> Result<Receipt, String> {
        let message = SubnetMessage::SetRule(SetRule {
            subnet: self.id,
            rule,
        });
        self.act(who, message)
    }

    pub(crate) fn open_market(&mut self, who: u8, seed: u128) -> Result<Receipt, String> {
        let message = SubnetMessage::OpenMarket(OpenMarket {
            subnet: self.id,
            seed: Amount(seed),
        });
        self.act(who, message)
    }

    /// Buys for so much, and stakes it behind the member whose account has this number.
    pub(crate) fn buy(
        &mut self,
        who: u8,
        behind: Option<u8>,
        pay: u128,
        least: u128,
    ) -> Result<Receipt, String> {
        let message = SubnetMessage::Buy(Buy {
            subnet: self.id,
            registration: behind.map(|number| self.registration(number)),
            pay: Amount(pay),
            least: Amount(least),
        });
        self.act(who, message)
    }

    pub(crate) fn sell(
        &mut self,
        who: u8,
        amount: Option<u128>,
        least: u128,
    ) -> Result<Receipt, String> {
        let message = SubnetMessage::Sell(Sell {
            subnet: self.id,
            amount: amount.map(Amount),
            least: Amount(least),
        });
        self.act(who, message)
    }

    pub(crate) fn events(&self) -> impl Iterator<Item = &SubnetEvent> {
        self.world.events.iter().filter_map(|event| match event {
            Event::Subnet(event) => Some(event),
            _ => None,
        })
    }

    /// Gives somebody outside of the genesis money.
    pub(crate) fn fund(&mut self, who: u8, coins: u128) {
        let lil = crate::world::asset("LIL");
        self.world.pay(OWNER, who, lil, coins * COIN).unwrap();
    }
}
