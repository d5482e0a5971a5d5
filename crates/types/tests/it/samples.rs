//! Values to test with: one of each message, random transactions.

use lilliput_crypto::{Digest, SecretKey};
use lilliput_types::bank::{BankMessage, Burn, CreateAsset, Mint, SetAuthority, Toll, Transfer};
use lilliput_types::job::{Accept, Answer, JobMessage, Order, VerificationLevel};
use lilliput_types::provider::{
    Deposit, MakeOffer, ProviderMessage, Register, Withdraw, WithdrawOffer,
};
use lilliput_types::registry::{Publish, RegistryMessage, Royalty, Succeed, Update};
use lilliput_types::{
    AccountKey, Address, Amount, AssetId, BasisPoints, BlobId, ChainId, DurationMs, Height,
    InputCommitment, JobId, List, Message, ModelId, Nonce, Text, TimeMs, TollNonce, Transaction,
};

pub(crate) fn secret(number: u8) -> SecretKey {
    SecretKey::from_seed([number; 32])
}

pub(crate) fn address(number: u8) -> Address {
    AccountKey::from(&secret(number)).address()
}

fn digest(number: u8) -> Digest {
    Digest([number; 32])
}

/// One of each message, filled from two bytes and an amount.
pub(crate) fn messages(a: u8, b: u8, amount: Amount) -> Vec<Message> {
    let mut messages = bank_messages(a, b, amount);
    messages.extend(registry_and_provider_messages(a, b, amount));
    messages.extend(job_messages(a, b, amount));
    messages
}

fn bank_messages(a: u8, b: u8, amount: Amount) -> Vec<Message> {
    let asset: AssetId = "LIL".parse().unwrap();
    let created = AssetId::Created {
        creator: address(a),
        symbol: "GOLD".parse().unwrap(),
    };
    vec![
        Message::Bank(BankMessage::CreateAsset(CreateAsset {
            symbol: "GOLD".parse().unwrap(),
            name: Text::new("Gold, of a kind").unwrap(),
            decimals: 6,
            supply_max: (a > 100).then_some(amount),
        })),
        Message::Bank(BankMessage::Mint(Mint {
            asset: created,
            to: address(b),
            amount,
        })),
        Message::Bank(BankMessage::Burn(Burn {
            asset: created,
            amount,
        })),
        // One of the two: a transaction has room for sixteen messages.
        Message::Bank(if a.is_multiple_of(2) {
            BankMessage::Transfer(Transfer {
                asset,
                to: address(b),
                amount,
            })
        } else {
            BankMessage::Toll(Toll {
                asset,
                to: address(b),
                amount,
                nonce: TollNonce(digest(a)),
                valid_until: TimeMs(u64::from(b)),
            })
        }),
        Message::Bank(BankMessage::SetAuthority(SetAuthority {
            asset: created,
            authority: (b > 100).then(|| address(b)),
        })),
    ]
}

fn registry_and_provider_messages(a: u8, b: u8, amount: Amount) -> Vec<Message> {
    let model = ModelId(digest(a));
    vec![
        Message::Registry(RegistryMessage::Publish(Publish {
            name: Text::new("digits").unwrap(),
            key: BlobId(digest(b)),
            price: amount,
            licence: Text::new("MIT OR Apache-2.0").unwrap(),
            parents: List::new(vec![Royalty {
                model,
                share_bps: BasisPoints(250),
            }])
            .unwrap(),
            metadata_uri: Text::new("https://example.org/digits").unwrap(),
            weights: (a > 100).then_some(BlobId(digest(a))),
        })),
        Message::Registry(RegistryMessage::Update(Update {
            model,
            price: amount,
            listed: a > 100,
        })),
        Message::Registry(RegistryMessage::Succeed(Succeed {
            model,
            after: ModelId(digest(b)),
            key: BlobId(digest(a)),
            link: BlobId(digest(b)),
        })),
        Message::Provider(ProviderMessage::Register(Register {
            endpoint: Text::new("http://127.0.0.1:4021").unwrap(),
        })),
        Message::Provider(ProviderMessage::Deposit(Deposit { amount })),
        Message::Provider(ProviderMessage::Withdraw(Withdraw { amount })),
        Message::Provider(ProviderMessage::Offer(MakeOffer {
            model,
            price: amount,
        })),
        Message::Provider(ProviderMessage::WithdrawOffer(WithdrawOffer { model })),
    ]
}

fn job_messages(a: u8, b: u8, amount: Amount) -> Vec<Message> {
    let (model, job) = (ModelId(digest(a)), JobId(digest(b)));
    vec![
        Message::Job(JobMessage::Order(Order {
            model,
            level: VerificationLevel::Proven,
            input: InputCommitment(digest(a)),
            price_max: amount,
            accept_within_ms: DurationMs(5_000),
            answer_within_ms: DurationMs(60_000),
            provider: (b > 100).then(|| address(b)),
        })),
        Message::Job(JobMessage::Accept(Accept { job })),
        Message::Job(JobMessage::Answer(Answer {
            job,
            proof: BlobId(digest(a)),
            key: model,
        })),
    ]
}

pub(crate) fn transaction(a: u8, b: u8, amount: Amount) -> Transaction {
    Transaction {
        chain: ChainId(digest(1)),
        signer: (&secret(a)).into(),
        nonce: Nonce(u64::from(b)),
        expires_at: Height(1_000 + u64::from(a)),
        fee_max: amount,
        fee_payer: (b > 100).then(|| AccountKey::from(&secret(b))),
        messages: List::new(messages(a, b, amount)).unwrap(),
    }
}
