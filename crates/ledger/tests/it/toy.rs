//! A machine of a few lines: accounts with one number each, a deadline, a pinned blob.

use std::path::Path;
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};

use lilliput_crypto::{Digest, SecretKey};
use lilliput_ledger::{
    BlockContext, Failure, Machine, MessageContext, OpenError, Refusal, Scan, Solo, SoloConfig,
    State, StateReader, StoreError, read,
};
use lilliput_types::bank::{BankEvent, BankMessage, Burn, Transfer};
use lilliput_types::job::{Answer, JobMessage};
use lilliput_types::registry::{Publish, RegistryMessage};
use lilliput_types::{
    AccountKey, Address, Amount, AssetId, Blob, ChainId, DurationMs, Height, JobId, List, Message,
    Nonce, Segment, Submission, Text, TimeMs, Transaction, Validator, ValidatorSet,
};

pub(crate) const VALIDATOR: u8 = 200;
/// A transfer of this much also sets a deadline one second later.
pub(crate) const WITH_DEADLINE: Amount = Amount(777);
pub(crate) const START: Amount = Amount(1_000_000);

pub(crate) struct Toy {
    validators: ValidatorSet,
}

pub(crate) fn secret(number: u8) -> SecretKey {
    SecretKey::from_seed([number; 32])
}

pub(crate) fn address(number: u8) -> Address {
    AccountKey::from(&secret(number)).address()
}

pub(crate) fn lil() -> AssetId {
    "LIL".parse().unwrap()
}

pub(crate) fn balance_key(address: Address) -> String {
    format!("toy/{address}")
}

pub(crate) fn balance(state: &dyn StateReader, number: u8) -> Amount {
    read(state, &balance_key(address(number)))
        .unwrap()
        .unwrap_or_default()
}

impl Toy {
    pub(crate) fn new(validator: u8) -> Self {
        let one = Validator {
            key: secret(validator).public_key(),
            seats: 1,
        };
        let validators = List::new(vec![one]).unwrap();
        Self {
            validators: ValidatorSet { validators },
        }
    }

    fn spend(state: &mut State<'_>, from: Address, amount: Amount) -> Result<(), Failure> {
        let held: Amount = state.read(&balance_key(from))?.unwrap_or_default();
        match held.minus(amount) {
            Ok(left) => {
                state.write(balance_key(from), &left);
                Ok(())
            }
            Err(error) => Err(Failure::Refused(Refusal {
                code: "toy.balance",
                reason: error.to_string(),
            })),
        }
    }
}

impl Machine for Toy {
    fn chain(&self) -> ChainId {
        ChainId(Digest([42; 32]))
    }

    fn validators(&self) -> &ValidatorSet {
        &self.validators
    }

    fn write_genesis(&self, state: &mut State<'_>) -> Result<(), Failure> {
        for number in 0..4 {
            state.write(balance_key(address(number)), &START);
        }
        Ok(())
    }

    fn check_message(&self, message: &Message) -> Result<(), Refusal> {
        match message {
            Message::Bank(BankMessage::Burn(_)) => Err(Refusal {
                code: "toy.burn",
                reason: "nothing burns here".to_owned(),
            }),
            _ => Ok(()),
        }
    }

    fn fee(
        &self,
        _state: &dyn StateReader,
        submission: &Submission,
    ) -> Result<Vec<(Segment, Amount)>, StoreError> {
        let count = submission.transaction.transaction.messages.len();
        Ok(vec![(Segment::Security, Amount(count as u128))])
    }

    fn charge_fee(
        &self,
        state: &mut State<'_>,
        payer: Address,
        fee: &[(Segment, Amount)],
    ) -> Result<(), Failure> {
        fee.iter()
            .try_for_each(|(_, amount)| Self::spend(state, payer, *amount))
    }

    fn execute(
        &self,
        state: &mut State<'_>,
        context: &MessageContext<'_>,
        message: &Message,
    ) -> Result<(), Failure> {
        match message {
            Message::Bank(BankMessage::Transfer(transfer)) => {
                Self::spend(state, context.signer, transfer.amount)?;
                let held: Amount = state.read(&balance_key(transfer.to))?.unwrap_or_default();
                let grown = held.plus(transfer.amount).unwrap();
                state.write(balance_key(transfer.to), &grown);
                state.emit(BankEvent::Moved {
                    asset: transfer.asset,
                    from: context.signer.into(),
                    to: transfer.to.into(),
                    amount: transfer.amount,
                });
                if transfer.amount == WITH_DEADLINE {
                    let deadline = context.block.time.after(DurationMs(1_000));
                    state.write("toy-deadline/next", &deadline);
                }
                Ok(())
            }
            Message::Registry(RegistryMessage::Publish(publish)) => {
                state.pin_blob(context.blob(publish.key).unwrap().clone());
                Ok(())
            }
            Message::Job(JobMessage::Answer(_)) => Ok(()),
            _ => Err(Failure::Refused(Refusal {
                code: "toy.unknown",
                reason: "the toy doesn't know this".to_owned(),
            })),
        }
    }

    fn end_block(&self, state: &mut State<'_>, block: &BlockContext) -> Result<(), StoreError> {
        if self
            .next_deadline(state)?
            .is_some_and(|due| due <= block.time)
        {
            state.remove("toy-deadline/next");
            state.emit(BankEvent::AuthorityChanged {
                asset: lil(),
                authority: None,
            });
        }
        Ok(())
    }

    fn next_deadline(&self, state: &dyn StateReader) -> Result<Option<TimeMs>, StoreError> {
        let first = Scan::<TimeMs>::new(state, "toy-deadline/").next();
        Ok(first.transpose()?.map(|(_, due)| due))
    }

    fn violations(&self, _state: &dyn StateReader) -> Result<Vec<String>, StoreError> {
        Ok(Vec::new())
    }
}

/// A clock that tests set.
#[derive(Clone, Default)]
pub(crate) struct Clock(Arc<AtomicU64>);

impl Clock {
    pub(crate) fn set(&self, ms: u64) {
        self.0.store(ms, Ordering::SeqCst);
    }
}

pub(crate) fn try_open(
    folder: &Path,
    clock: &Clock,
    validator: u8,
) -> Result<Solo<Toy>, OpenError> {
    let clock = clock.clone();
    Solo::open(SoloConfig {
        folder: folder.to_owned(),
        machine: Toy::new(VALIDATOR),
        validator: secret(validator),
        clock_ms: Box::new(move || clock.0.load(Ordering::SeqCst)),
    })
}

pub(crate) fn open(folder: &Path, clock: &Clock) -> Solo<Toy> {
    try_open(folder, clock, VALIDATOR).unwrap()
}

pub(crate) fn transfer(to: u8, amount: Amount) -> Message {
    Message::Bank(BankMessage::Transfer(Transfer {
        asset: lil(),
        to: address(to),
        amount,
    }))
}

pub(crate) fn burn() -> Message {
    Message::Bank(BankMessage::Burn(Burn {
        asset: lil(),
        amount: Amount(1),
    }))
}

pub(crate) fn answer(blob: &Blob) -> Message {
    Message::Job(JobMessage::Answer(Answer {
        job: JobId::default(),
        proof: blob.id(),
        key: Default::default(),
    }))
}

pub(crate) fn publish(blob: &Blob) -> Message {
    Message::Registry(RegistryMessage::Publish(Publish {
        name: Text::new("toy").unwrap(),
        key: blob.id(),
        price: Amount(1),
        licence: Text::new("MIT").unwrap(),
        parents: List::default(),
        metadata_uri: Text::new("").unwrap(),
        weights: None,
    }))
}

pub(crate) fn transaction(signer: u8, nonce: u64, messages: Vec<Message>) -> Transaction {
    Transaction {
        chain: ChainId(Digest([42; 32])),
        signer: (&secret(signer)).into(),
        nonce: Nonce(nonce),
        expires_at: Height(1_000),
        fee_max: Amount(100),
        fee_payer: None,
        messages: List::new(messages).unwrap(),
    }
}

pub(crate) fn signed(signer: u8, transaction: Transaction) -> Submission {
    Submission {
        transaction: transaction.sign(&secret(signer)),
        blobs: List::default(),
    }
}

pub(crate) fn pay(from: u8, nonce: u64, to: u8, amount: u128) -> Submission {
    let messages = vec![transfer(to, Amount(amount))];
    signed(from, transaction(from, nonce, messages))
}

pub(crate) fn bring(signer: u8, nonce: u64, message: Message, blob: Blob) -> Submission {
    Submission {
        transaction: transaction(signer, nonce, vec![message]).sign(&secret(signer)),
        blobs: List::new(vec![blob]).unwrap(),
    }
}
