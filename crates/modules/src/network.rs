//! The modules together, as the machine that the ledger runs.

use lilliput_ledger::{
    BlockContext, Failure, Machine, MessageContext, Refusal, State, StateReader, StoreError,
};
use lilliput_types::{
    Address, Amount, ChainId, Holder, Message, Segment, SessionKey, Submission, TimeMs,
    Transaction, ValidatorSet, codec,
};

use crate::check::ProofCheck;
use crate::genesis::Genesis;
use crate::{
    bank, genesis, identity, job, login, market, prices, provider, registry, storage, subnet,
    tournament,
};

/// The rules of a chain: its genesis and who checks proofs.
pub struct Network {
    genesis: Genesis,
    chain: ChainId,
    checker: Box<dyn ProofCheck>,
}

impl Network {
    /// The rules of the chain that a genesis makes.
    #[must_use]
    pub fn new(genesis: Genesis, checker: Box<dyn ProofCheck>) -> Self {
        let chain = genesis.chain();
        Self {
            genesis,
            chain,
            checker,
        }
    }

    /// The document the chain began with.
    #[must_use]
    pub fn genesis(&self) -> &Genesis {
        &self.genesis
    }
}

impl Machine for Network {
    fn chain(&self) -> ChainId {
        self.chain
    }

    fn validators(&self) -> &ValidatorSet {
        &self.genesis.validators
    }

    fn write_genesis(&self, state: &mut State<'_>) -> Result<(), Failure> {
        self.genesis.write(state)
    }

    fn check_message(&self, message: &Message) -> Result<(), Refusal> {
        match message {
            Message::Bank(message) => bank::check(message),
            Message::Registry(message) => registry::check(message),
            Message::Provider(message) => provider::check(message),
            Message::Job(message) => job::check(message),
            Message::Subnet(message) => subnet::check(message),
            Message::Tournament(message) => tournament::check(message),
            Message::Prices(message) => prices::check(message),
            Message::Identity(message) => identity::check(message),
            Message::Login(message) => login::check(message),
            Message::Market(message) => market::check(message),
            Message::Storage(message) => storage::check(message),
        }
    }

    fn check_session(
        &self,
        state: &dyn StateReader,
        block: &BlockContext,
        session: &SessionKey,
        transaction: &Transaction,
    ) -> Result<(), Failure> {
        login::check_session(state, block, session, transaction)
    }

    /// `message_fee`, and `kib_fee` for every 1,024 bytes begun of the message and its blob and for what the message counts
    /// as more, each
    /// booked to the message's segment.
    fn fee(
        &self,
        state: &dyn StateReader,
        submission: &Submission,
    ) -> Result<Vec<(Segment, Amount)>, StoreError> {
        let params = genesis::params(state)?;
        let mut parts: Vec<(Segment, Amount)> = Vec::new();
        for message in submission.transaction.transaction.messages.iter() {
            let bytes = codec::encode(message).len() + blob_len(submission, message);
            let kib = u64::try_from(bytes.div_ceil(1024)).unwrap_or(u64::MAX);
            let kib = kib.saturating_add(message.extra_kib());
            // Above all money there is, the fee can't be paid anyway.
            let most = Amount(u128::MAX);
            let fee = params.kib_fee.times(kib).unwrap_or(most);
            let fee = fee.plus(params.message_fee).unwrap_or(most);
            match parts
                .iter_mut()
                .find(|(segment, _)| *segment == message.segment())
            {
                Some((_, sum)) => *sum = sum.plus(fee).unwrap_or(most),
                None => parts.push((message.segment(), fee)),
            }
        }
        Ok(parts)
    }

    fn charge_fee(
        &self,
        state: &mut State<'_>,
        payer: Address,
        fee: &[(Segment, Amount)],
    ) -> Result<(), Failure> {
        let asset = genesis::params(state)?.fee_asset;
        for (segment, amount) in fee {
            let to = Holder::Fees(*segment);
            bank::pay(state, asset, payer.into(), to, *amount, *segment)?;
        }
        Ok(())
    }

    fn execute(
        &self,
        state: &mut State<'_>,
        context: &MessageContext<'_>,
        message: &Message,
    ) -> Result<(), Failure> {
        let checker = self.checker.as_ref();
        match message {
            Message::Bank(message) => bank::execute(state, context, message),
            Message::Registry(message) => registry::execute(state, context, checker, message),
            Message::Provider(message) => provider::execute(state, context, message),
            Message::Job(message) => job::execute(state, context, checker, message),
            Message::Subnet(message) => subnet::execute(state, context, message),
            Message::Tournament(message) => tournament::execute(state, context, message),
            Message::Prices(message) => prices::execute(state, context, message),
            Message::Identity(message) => identity::execute(state, context, message),
            Message::Login(message) => login::execute(state, context, message),
            Message::Market(message) => market::execute(state, context, message),
            Message::Storage(message) => storage::execute(state, context, message),
        }
    }

    fn end_block(&self, state: &mut State<'_>, block: &BlockContext) -> Result<(), StoreError> {
        job::end_block(state, block)?;
        subnet::end_block(state, block)?;
        tournament::end_block(state, block)?;
        prices::end_block(state, block)?;
        identity::end_block(state, block)?;
        market::end_block(state, block)?;
        storage::end_block(state, block)
    }

    fn next_deadline(&self, state: &dyn StateReader) -> Result<Option<TimeMs>, StoreError> {
        let deadlines = [
            job::next_deadline(state)?,
            subnet::next_deadline(state)?,
            tournament::next_deadline(state)?,
            prices::next_deadline(state)?,
            identity::next_deadline(state)?,
            market::next_deadline(state)?,
            storage::next_deadline(state)?,
        ];
        Ok(deadlines.into_iter().flatten().min())
    }

    fn violations(&self, state: &dyn StateReader) -> Result<Vec<String>, StoreError> {
        let mut found = bank::invariants::violations(state)?;
        found.extend(job::invariants::violations(state)?);
        found.extend(subnet::invariants::violations(state)?);
        found.extend(tournament::invariants::violations(state)?);
        found.extend(prices::invariants::violations(state)?);
        found.extend(identity::invariants::violations(state)?);
        found.extend(login::invariants::violations(state)?);
        found.extend(market::invariants::violations(state)?);
        found.extend(storage::invariants::violations(state)?);
        Ok(found)
    }
}

fn blob_len(submission: &Submission, message: &Message) -> usize {
    let named = message.blobs().filter_map(|id| {
        let mut blobs = submission.blobs.iter();
        let found = blobs.find(|candidate| candidate.id() == id);
        found.map(|blob| blob.as_bytes().len())
    });
    named.sum()
}
