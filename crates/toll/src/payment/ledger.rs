//! Payments of our own ledger. The payer signs a transaction with one `toll` message to the gate's account;
//! the gate submits it, and holds no key.

use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use lilliput_client::{Client, ClientError};
use lilliput_crypto::Digest;
use lilliput_types::bank::{BankMessage, Toll};
use lilliput_types::{
    Address, Amount, AssetId, ChainId, List, Message, Outcome, Receipt, SignedTransaction,
    Submission, TRANSACTION_LEN_MAX, TimeMs, TollNonce, codec,
};
use serde::Deserialize;
use serde_json::{Map, Value, json};

use crate::payment::offer::OfferToken;
use crate::payment::rail::{Claim, NotTaken, Payment, Rail, Settle, Terms, Verdict};
use crate::payment::record::PaymentId;
use crate::payment::x402::Requirements;

/// Payments in one asset of a lilliput chain.
#[derive(Debug)]
pub struct LedgerRail {
    client: Client,
    chain: ChainId,
    asset: AssetId,
    pay_to: Address,
}

#[derive(Deserialize)]
struct Payload {
    transaction: String,
}

/// The network's name by CAIP-2: the first 32 digits of the chain's id.
fn network(chain: ChainId) -> String {
    let id = chain.to_string();
    format!("lilliput:{}", id.get(..32).unwrap_or_default())
}

/// The payload that pays with a signed transaction.
#[must_use]
pub fn toll_payload(transaction: &SignedTransaction) -> Value {
    json!({ "transaction": STANDARD.encode(codec::encode(transaction)) })
}

impl LedgerRail {
    /// A way to pay in an asset of the chain that the client's node serves.
    #[must_use]
    pub fn rail(
        client: Client,
        chain: ChainId,
        asset: AssetId,
        pay_to: Address,
        units_per_currency: u128,
    ) -> Rail {
        let mut extra = Map::new();
        extra.insert("chain".to_owned(), chain.to_string().into());
        let terms = Terms {
            network: network(chain),
            asset: asset.to_string(),
            pay_to: pay_to.to_string(),
            units_per_currency,
            extra,
        };
        let settle = Box::new(Self {
            client,
            chain,
            asset,
            pay_to,
        });
        Rail { terms, settle }
    }

    fn signed(&self, payload: &Value) -> Result<SignedTransaction, String> {
        let malformed = || "the payload is no signed transaction in base64".to_owned();
        let payload = Payload::deserialize(payload).map_err(|_| malformed())?;
        let bytes = STANDARD
            .decode(payload.transaction)
            .map_err(|_| malformed())?;
        let signed: SignedTransaction =
            codec::decode(&bytes, TRANSACTION_LEN_MAX).map_err(|error| error.to_string())?;
        signed
            .check(self.chain)
            .map_err(|error| error.to_string())?;
        Ok(signed)
    }

    fn toll(
        &self,
        signed: &SignedTransaction,
        requirements: &Requirements,
    ) -> Result<Toll, String> {
        let messages: Vec<&Message> = signed.transaction.messages.iter().collect();
        let [Message::Bank(BankMessage::Toll(toll))] = messages.as_slice() else {
            return Err("the transaction must hold one toll, and nothing else".to_owned());
        };
        let amount: Amount = requirements
            .amount
            .parse()
            .map_err(|_| "no amount".to_owned())?;
        if toll.asset != self.asset || toll.to != self.pay_to || toll.amount != amount {
            return Err(format!(
                "it pays {} of {} to {}, expected {amount} of {} to {}",
                toll.amount, toll.asset, toll.to, self.asset, self.pay_to
            ));
        }
        let offered = requirements.extra.get("offer").and_then(Value::as_str);
        let offered = offered.and_then(OfferToken::read);
        if offered.is_none_or(|token| TollNonce(Digest(token.0)) != toll.nonce) {
            return Err("its nonce is not the offer's".to_owned());
        }
        Ok(toll.clone())
    }

    fn submission(&self, payment: &Payment<'_>) -> Result<Submission, String> {
        let signed = self.signed(&payment.payload.payload)?;
        let blobs = List::new(Vec::new()).map_err(|error| error.to_string())?;
        Ok(Submission {
            transaction: signed,
            blobs,
        })
    }

    fn submit(&self, submission: &Submission) -> Verdict {
        match self.client.submit(submission) {
            Ok(submitted) => of_receipt(&submitted.receipt),
            // Whatever the node says, the transaction may be in a block: that is asked for apart.
            Err(error) => self.find(submission, &error.to_string()),
        }
    }

    /// What the chain says about a transaction.
    fn find(&self, submission: &Submission, otherwise: &str) -> Verdict {
        let transaction = &submission.transaction.transaction;
        // Read first: a transaction that isn't there afterwards didn't come in before this height.
        let height = match self.client.status() {
            Ok(status) => status.height,
            Err(error) => return unknown(&error),
        };
        match self.client.transaction(transaction.id()) {
            Ok(found) => of_receipt(&found.receipt),
            Err(error) if error.is_not_found() && height > transaction.expires_at => {
                Verdict::NotPaid {
                    reason: "it expired before it came into a block".to_owned(),
                }
            }
            Err(error) if error.is_not_found() => Verdict::Unknown {
                reason: otherwise.to_owned(),
            },
            Err(error) => unknown(&error),
        }
    }
}

impl Settle for LedgerRail {
    fn check(&self, requirements: &Requirements, payload: &Value) -> Result<Claim, String> {
        let signed = self.signed(payload)?;
        let toll = self.toll(&signed, requirements)?;
        let network = network(self.chain);
        let payee = self.pay_to.to_string();
        // The ledger takes this nonce once, whoever pays.
        let parts: [&[u8]; 3] = [network.as_bytes(), payee.as_bytes(), toll.nonce.as_bytes()];
        let TimeMs(until) = toll.valid_until;
        Ok(Claim {
            id: PaymentId::of(&parts),
            payer: signed.transaction.signer.address().to_string(),
            valid_from: 0,
            valid_until: until / 1000,
        })
    }

    fn confirm(&self, payment: &Payment<'_>) -> Result<u64, NotTaken> {
        let submission = self.submission(payment).map_err(NotTaken::Refused)?;
        let answer = self.client.dry_run(&submission);
        match answer {
            Ok(run) => match of_receipt(&run.receipt) {
                Verdict::Paid { .. } => Ok(0),
                Verdict::NotPaid { reason } | Verdict::Unknown { reason } => {
                    Err(NotTaken::Refused(reason))
                }
            },
            Err(error @ ClientError::Refused { .. }) if !error.is_temporary() => {
                Err(NotTaken::Refused(error.to_string()))
            }
            Err(error) => Err(NotTaken::Unavailable(error.to_string())),
        }
    }

    fn settle(&self, payment: &Payment<'_>, _now: u64) -> Verdict {
        match self.submission(payment) {
            Ok(submission) => self.submit(&submission),
            Err(reason) => Verdict::NotPaid { reason },
        }
    }

    /// A transaction comes into the chain once, so that submitting it again can't charge again.
    fn look_up(&self, payment: &Payment<'_>, _now: u64) -> Verdict {
        let submission = match self.submission(payment) {
            Ok(submission) => submission,
            Err(reason) => return Verdict::Unknown { reason },
        };
        match self.find(&submission, "it is in no block yet") {
            Verdict::Unknown { .. } => self.submit(&submission),
            known => known,
        }
    }
}

fn of_receipt(receipt: &Receipt) -> Verdict {
    match &receipt.outcome {
        Outcome::Applied => Verdict::Paid {
            transaction: receipt.transaction.to_string(),
        },
        Outcome::Failed { code, reason, .. } => Verdict::NotPaid {
            reason: format!("{reason} ({code})"),
        },
    }
}

fn unknown(error: &ClientError) -> Verdict {
    Verdict::Unknown {
        reason: error.to_string(),
    }
}
