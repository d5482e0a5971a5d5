//! Builds, signs and submits transactions of one key.

use lilliput_crypto::SecretKey;
use lilliput_types::{
    Address, Amount, AmountError, Blob, ChainId, Height, List, Message, Nonce, Outcome, Receipt,
    SessionKey, Signer, Submission, Transaction, codec,
};

use crate::api::{DryRun, FeeSchedule, Submitted};
use crate::client::Client;
use crate::error::ClientError;

/// For how many blocks a transaction may wait.
const EXPIRES_AFTER: u64 = 1_000;

/// One key and the node it submits to.
#[derive(Clone, Debug)]
pub struct Sender {
    client: Client,
    secret: SecretKey,
    chain: ChainId,
    /// The account that opened a session for the key, if it isn't the key's own.
    session_of: Option<Address>,
}

impl Sender {
    /// Asks the node for its chain.
    ///
    /// # Errors
    /// When the node is away.
    pub fn new(client: Client, secret: SecretKey) -> Result<Self, ClientError> {
        let chain = client.status()?.chain;
        Ok(Self {
            client,
            secret,
            chain,
            session_of: None,
        })
    }

    /// The same with the key of a session, for the account that opened it.
    ///
    /// # Errors
    /// When the node is away.
    pub fn for_session(
        client: Client,
        secret: SecretKey,
        account: Address,
    ) -> Result<Self, ClientError> {
        let mut sender = Self::new(client, secret)?;
        sender.session_of = Some(account);
        Ok(sender)
    }

    /// The node.
    #[must_use]
    pub const fn client(&self) -> &Client {
        &self.client
    }

    /// The key.
    #[must_use]
    pub const fn secret(&self) -> &SecretKey {
        &self.secret
    }

    /// The chain.
    #[must_use]
    pub const fn chain(&self) -> ChainId {
        self.chain
    }

    /// The account.
    #[must_use]
    pub fn address(&self) -> Address {
        self.signer().address()
    }

    fn signer(&self) -> Signer {
        match self.session_of {
            None => (&self.secret).into(),
            Some(account) => Signer::Session(SessionKey {
                account,
                key: self.secret.public_key(),
            }),
        }
    }

    /// Signs messages with the account's next nonce, allowing the fee that the schedule asks.
    ///
    /// # Errors
    /// When the node is away, or it is more than one transaction takes.
    pub fn sign(
        &self,
        messages: Vec<Message>,
        blobs: Vec<Blob>,
    ) -> Result<Submission, ClientError> {
        let nonce = self.client.account(self.address())?.nonce;
        let status = self.client.status()?;
        let fee_max = fee(status.fees, &messages, &blobs)?;
        self.sign_at(nonce, status.height, messages, blobs, fee_max)
    }

    /// Signs messages with a nonce and a height that the caller knows.
    ///
    /// # Errors
    /// When it is more than one transaction takes.
    pub fn sign_at(
        &self,
        nonce: Nonce,
        height: Height,
        messages: Vec<Message>,
        blobs: Vec<Blob>,
        fee_max: Amount,
    ) -> Result<Submission, ClientError> {
        let transaction = Transaction {
            chain: self.chain,
            signer: self.signer(),
            nonce,
            expires_at: Height(height.0.saturating_add(EXPIRES_AFTER)),
            fee_max,
            fee_payer: None,
            messages: List::new(messages)?,
        };
        Ok(Submission {
            transaction: transaction.sign(&self.secret),
            blobs: List::new(blobs)?,
        })
    }

    /// Signs, submits, and waits until it is in a durable block.
    ///
    /// # Errors
    /// When the node is away or refuses, or the ledger refuses a message.
    pub fn send(&self, messages: Vec<Message>, blobs: Vec<Blob>) -> Result<Submitted, ClientError> {
        let submission = self.sign(messages, blobs)?;
        let submitted = self.client.submit(&submission)?;
        applied(&submitted.receipt)?;
        Ok(submitted)
    }

    /// What messages would do now.
    ///
    /// # Errors
    /// When the node is away or refuses.
    pub fn dry_run(&self, messages: Vec<Message>, blobs: Vec<Blob>) -> Result<DryRun, ClientError> {
        self.client.dry_run(&self.sign(messages, blobs)?)
    }
}

/// What a transaction of these messages costs.
fn fee(fees: FeeSchedule, messages: &[Message], blobs: &[Blob]) -> Result<Amount, AmountError> {
    let mut sum = Amount::ZERO;
    for message in messages {
        let named = message.blobs().filter_map(|id| {
            let found = blobs.iter().find(|blob| blob.id() == id);
            found.map(|blob| blob.as_bytes().len())
        });
        let blob_len: usize = named.sum();
        let kib = (codec::encode(message).len() + blob_len).div_ceil(1024);
        let kib = u64::try_from(kib).unwrap_or(u64::MAX);
        let by_length = fees
            .per_kib
            .times(kib.saturating_add(message.extra_kib()))?;
        sum = sum.plus(fees.per_message)?.plus(by_length)?;
    }
    Ok(sum)
}

/// Refuses a receipt whose messages were not applied.
fn applied(receipt: &Receipt) -> Result<(), ClientError> {
    match &receipt.outcome {
        Outcome::Applied => Ok(()),
        Outcome::Failed {
            message,
            code,
            reason,
        } => Err(ClientError::Failed {
            message: *message,
            code: code.to_string(),
            reason: reason.to_string(),
        }),
    }
}
