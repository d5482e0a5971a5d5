//! A network in memory, and short ways to act in it.

use lilliput_crypto::{Digest, SecretKey};
use lilliput_ledger::{BlockContext, BlockExecution, Machine, MemoryState, Rejection, State};
use lilliput_modules::{Genesis, KeyFacts, Network, ProofCheck, ProofClaim, bank, job};
use lilliput_types::bank::{BankMessage, Transfer};
use lilliput_types::job::{Accept, Answer, Job, JobMessage, Order, VerificationLevel};
use lilliput_types::provider::{Deposit, MakeOffer, ProviderMessage, Register};
use lilliput_types::registry::{Publish, RegistryMessage, Royalty, Succeed};
use lilliput_types::{
    AccountKey, Address, Amount, AssetId, Blob, BlobId, ChainId, DurationMs, Event, Height, Holder,
    InputCommitment, JobId, List, Message, ModelId, Nonce, Outcome, Receipt, Submission, Text,
    TimeMs, Transaction, codec,
};

pub(crate) const START: Amount = Amount(1_000_000_000);
pub(crate) const INPUT: InputCommitment = InputCommitment(Digest([5; 32]));
pub(crate) const OWNER: u8 = 1;
pub(crate) const BUYER: u8 = 0;
pub(crate) const PROVIDER: u8 = 2;
pub(crate) const OTHER: u8 = 3;
pub(crate) const MODEL_PRICE: Amount = Amount(1_000_000);
pub(crate) const PROVIDER_PRICE: Amount = Amount(400_000);
/// What the check of any model costs: two million units begun.
pub(crate) const CHECK_FEE: Amount = Amount(1_000);

/// A key is any bytes; a proof is right if it is its claim, encoded.
struct ClaimIsProof;

impl ProofCheck for ClaimIsProof {
    fn key(&self, key: &[u8]) -> Result<KeyFacts, String> {
        if key.is_empty() {
            return Err("an empty key".to_owned());
        }
        Ok(KeyFacts {
            model: model_of(key),
            check_units: 1_500_000,
        })
    }

    fn link(&self, old: &[u8], new: &[u8], link: &[u8]) -> Result<KeyFacts, String> {
        if link != [old, new].concat() {
            return Err("not a link of these keys".to_owned());
        }
        self.key(new)
    }

    fn proof(&self, _key: &[u8], claim: &ProofClaim, proof: &[u8]) -> Result<Digest, String> {
        if proof != encoded(claim) {
            return Err("not a proof of the claim".to_owned());
        }
        Ok(Digest([9; 32]))
    }
}

fn model_of(key: &[u8]) -> ModelId {
    ModelId(BlobId::of(key).0)
}

fn encoded(claim: &ProofClaim) -> Vec<u8> {
    let ProofClaim {
        chain,
        job,
        provider,
        model,
        input,
    } = *claim;
    codec::encode(&(chain, job, provider, model, input))
}

pub(crate) fn secret(number: u8) -> SecretKey {
    SecretKey::from_seed([number; 32])
}

pub(crate) fn address(number: u8) -> Address {
    AccountKey::from(&secret(number)).address()
}

pub(crate) fn asset(text: &str) -> AssetId {
    text.parse().unwrap()
}

pub(crate) fn genesis() -> Genesis {
    let accounts: Vec<Address> = (0..5).map(address).collect();
    let validator = secret(200).public_key();
    Genesis::play(Digest([1; 32]), validator, &accounts, START).unwrap()
}

pub(crate) struct World {
    pub(crate) network: Network,
    /// The network's, unless a test has proofs that were made for another one.
    pub(crate) chain: ChainId,
    /// Whether invariants are checked after each block; off while many like blocks are made.
    pub(crate) watched: bool,
    pub(crate) state: MemoryState,
    pub(crate) height: Height,
    pub(crate) time: TimeMs,
    pub(crate) halted: DurationMs,
    /// Everything that happened, to compare two runs.
    pub(crate) events: Vec<Event>,
}

impl World {
    /// The genesis only.
    pub(crate) fn empty() -> Self {
        Self::of(genesis())
    }

    /// Another genesis only.
    pub(crate) fn of(genesis: Genesis) -> Self {
        let network = Network::new(genesis, Box::new(ClaimIsProof));
        let empty = MemoryState::default();
        let mut overlay = State::new(&empty);
        network.write_genesis(&mut overlay).unwrap();
        let mut state = MemoryState::default();
        state.apply(&overlay.into_changes());
        Self {
            chain: network.chain(),
            watched: true,
            network,
            state,
            height: Height(0),
            time: TimeMs(1_000_000),
            halted: DurationMs(0),
            events: Vec::new(),
        }
    }

    /// With a model, and a provider that offers it.
    pub(crate) fn with_model() -> (Self, ModelId) {
        let mut world = Self::empty();
        let model = world.publish(OWNER, b"digits", &[]).unwrap();
        world.become_provider(PROVIDER, model);
        (world, model)
    }

    pub(crate) fn become_provider(&mut self, number: u8, model: ModelId) {
        let register = ProviderMessage::Register(Register {
            endpoint: Text::new("http://127.0.0.1:4021").unwrap(),
        });
        let deposit = ProviderMessage::Deposit(Deposit {
            amount: Amount(10_000_000),
        });
        let offer = ProviderMessage::Offer(MakeOffer {
            model,
            price: PROVIDER_PRICE,
        });
        for message in [register, deposit, offer] {
            self.act(number, Message::Provider(message)).unwrap();
        }
    }

    pub(crate) fn publish(
        &mut self,
        owner: u8,
        key: &[u8],
        parents: &[(ModelId, u16)],
    ) -> Result<ModelId, String> {
        let parents = parents.iter().map(|(model, share)| Royalty {
            model: *model,
            share_bps: lilliput_types::BasisPoints(*share),
        });
        let blob = Blob::new(key.to_vec()).unwrap();
        let message = Message::Registry(RegistryMessage::Publish(Publish {
            name: Text::new("digits").unwrap(),
            key: blob.id(),
            price: MODEL_PRICE,
            licence: Text::new("MIT").unwrap(),
            parents: List::new(parents.collect()).unwrap(),
            metadata_uri: Text::new("").unwrap(),
            weights: None,
        }));
        self.bring(owner, message, vec![blob])
            .map(|_| model_of(key))
    }

    pub(crate) fn order(model: ModelId, provider: Option<u8>) -> Order {
        Order {
            model,
            level: VerificationLevel::Proven,
            input: INPUT,
            price_max: Amount(2_000_000),
            accept_within_ms: DurationMs(5_000),
            answer_within_ms: DurationMs(60_000),
            provider: provider.map(address),
        }
    }

    /// Orders, and gives the job.
    pub(crate) fn place(&mut self, order: Order) -> Result<JobId, String> {
        let receipt = self.act(BUYER, Message::Job(JobMessage::Order(order)))?;
        Ok(JobId::of(receipt.transaction, 0))
    }

    pub(crate) fn accept(&mut self, provider: u8, job: JobId) -> Result<Receipt, String> {
        self.act(provider, Message::Job(JobMessage::Accept(Accept { job })))
    }

    pub(crate) fn right_proof(&self, provider: u8, job: JobId) -> Vec<u8> {
        self.proof_with(provider, job, self.job(job).model)
    }

    /// A proof under another key of the model.
    pub(crate) fn proof_with(&self, provider: u8, job: JobId, key: ModelId) -> Vec<u8> {
        encoded(&ProofClaim {
            chain: self.network.chain(),
            job,
            provider: address(provider),
            model: key,
            input: self.job(job).input,
        })
    }

    pub(crate) fn answer(
        &mut self,
        provider: u8,
        job: JobId,
        proof: Vec<u8>,
    ) -> Result<Receipt, String> {
        let key = self.job(job).model;
        self.answer_with(provider, job, key, proof)
    }

    /// Answers with a proof under another key of the model.
    pub(crate) fn answer_with(
        &mut self,
        provider: u8,
        job: JobId,
        key: ModelId,
        proof: Vec<u8>,
    ) -> Result<Receipt, String> {
        let blob = Blob::new(proof).unwrap();
        let proof = blob.id();
        let message = Message::Job(JobMessage::Answer(Answer { job, proof, key }));
        self.bring(provider, message, vec![blob])
    }

    pub(crate) fn pay(
        &mut self,
        from: u8,
        to: u8,
        of: AssetId,
        amount: u128,
    ) -> Result<Receipt, String> {
        let message = Message::Bank(BankMessage::Transfer(Transfer {
            asset: of,
            to: address(to),
            amount: Amount(amount),
        }));
        self.act(from, message)
    }

    /// One message in a block of its own; the error is its stable code.
    pub(crate) fn act(&mut self, signer: u8, message: Message) -> Result<Receipt, String> {
        self.submit(signer, vec![message], Vec::new())
    }

    pub(crate) fn bring(
        &mut self,
        signer: u8,
        message: Message,
        blobs: Vec<Blob>,
    ) -> Result<Receipt, String> {
        self.submit(signer, vec![message], blobs)
    }

    /// Adds a key to a model, with the link that the checker of these tests wants.
    pub(crate) fn succeed(
        &mut self,
        owner: u8,
        model: ModelId,
        old: &[u8],
        new: &[u8],
    ) -> Result<ModelId, String> {
        let key = Blob::new(new.to_vec()).unwrap();
        let link = Blob::new([old, new].concat()).unwrap();
        let message = Message::Registry(RegistryMessage::Succeed(Succeed {
            model,
            after: model_of(old),
            key: key.id(),
            link: link.id(),
        }));
        let added = self.bring(owner, message, vec![key, link]);
        added.map(|_| model_of(new))
    }

    /// As [`World::act`], for an account without a number.
    pub(crate) fn act_as(
        &mut self,
        signer: &SecretKey,
        message: Message,
    ) -> Result<Receipt, String> {
        self.submit_as(signer, vec![message], Vec::new())
    }

    /// Gives an account without a number some of both assets.
    pub(crate) fn give(&mut self, to: &SecretKey, amount: u128) {
        let messages = ["LIL", "USDX"].map(|of| {
            Message::Bank(BankMessage::Transfer(Transfer {
                asset: asset(of),
                to: AccountKey::from(to).address(),
                amount: Amount(amount),
            }))
        });
        self.submit(BUYER, messages.to_vec(), Vec::new()).unwrap();
    }

    pub(crate) fn submit(
        &mut self,
        signer: u8,
        messages: Vec<Message>,
        blobs: Vec<Blob>,
    ) -> Result<Receipt, String> {
        self.submit_as(&secret(signer), messages, blobs)
    }

    fn submit_as(
        &mut self,
        signer: &SecretKey,
        messages: Vec<Message>,
        blobs: Vec<Blob>,
    ) -> Result<Receipt, String> {
        let account = AccountKey::from(signer);
        let key = format!("ledger/nonce/{}", account.address());
        let nonce: Option<Nonce> = lilliput_ledger::read(&self.state, &key).unwrap();
        let transaction = Transaction {
            chain: self.chain,
            signer: account.into(),
            nonce: nonce.unwrap_or_default(),
            expires_at: Height(u64::MAX),
            fee_max: Amount(u128::MAX),
            fee_payer: None,
            messages: List::new(messages).unwrap(),
        };
        let submission = Submission {
            transaction: transaction.sign(signer),
            blobs: List::new(blobs).unwrap(),
        };
        self.hand_in(&submission)
    }

    /// A signed transaction in a block of its own; the error is its stable code.
    pub(crate) fn hand_in(&mut self, submission: &Submission) -> Result<Receipt, String> {
        submission.check(self.chain).unwrap();
        let receipt = self
            .block(Some(submission))
            .map_err(|rejection| match rejection {
                Rejection::Message { refusal, .. }
                | Rejection::FeeUnpaid(refusal)
                | Rejection::Session(refusal) => refusal.code.to_owned(),
                other => panic!("{other}"),
            })?;
        let receipt = receipt.unwrap();
        match &receipt.outcome {
            Outcome::Applied => Ok(receipt),
            Outcome::Failed { code, .. } => Err(code.as_str().to_owned()),
        }
    }

    /// Lets time pass, then ends a block without transactions.
    pub(crate) fn wait(&mut self, ms: u64) {
        self.time = self.time.after(DurationMs(ms));
        self.block(None).unwrap();
    }

    /// Makes a block; every invariant holds after it.
    fn block(&mut self, submission: Option<&Submission>) -> Result<Option<Receipt>, Rejection> {
        let context = BlockContext {
            chain: self.chain,
            height: self.height.next(),
            time: self.time,
            halted: self.halted,
            proposer: secret(200).public_key(),
        };
        let mut execution = BlockExecution::new(&self.network, &self.state, context);
        if let Some(submission) = submission {
            execution.apply(submission)?;
        }
        let executed = execution.finish().unwrap();
        self.state.apply(&executed.changes);
        self.height = context.height;
        let receipts = executed.events.receipts;
        let events = receipts.iter().flat_map(|receipt| receipt.events.clone());
        self.events.extend(events);
        self.events.extend(executed.events.end);
        if self.watched {
            let violations = self.network.violations(&self.state).unwrap();
            assert!(violations.is_empty(), "{violations:?}");
        }
        Ok(receipts.into_iter().next())
    }

    pub(crate) fn job(&self, id: JobId) -> Job {
        job::query::job(&self.state, id).unwrap().unwrap()
    }

    pub(crate) fn held(&self, holder: impl Into<Holder>, of: &str) -> u128 {
        bank::query::balance(&self.state, holder.into(), asset(of))
            .unwrap()
            .0
    }
}
