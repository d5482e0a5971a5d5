//! What an EVM network itself says about an authorisation, asked of one of its nodes by JSON-RPC.

use std::time::Duration;

use serde::Deserialize;
use serde_json::{Value, json};
use ureq::Agent as HttpAgent;

use crate::error::TollError;
use crate::payment::evm::{Authorized, EvmAddress, bytes, keccak};
use crate::payment::facilitator::{http_agent, is_http, post};
use crate::payment::rail::{Payment, Verdict};

/// How long a question may take.
const DEADLINE: Duration = Duration::from_secs(5);
/// The most log entries of one transaction that are looked at.
const LOGS_MAX: usize = 256;

/// A node of an EVM network, and the token that is asked about.
#[derive(Debug)]
pub(crate) struct Evidence {
    url: String,
    http: HttpAgent,
    token: EvmAddress,
}

#[derive(Deserialize)]
struct Answer {
    result: Option<Value>,
    error: Option<Value>,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Log {
    address: String,
    topics: Vec<String>,
    #[serde(default)]
    data: String,
    transaction_hash: Option<String>,
}

#[derive(Deserialize)]
struct TransactionReceipt {
    status: String,
    logs: Vec<Log>,
}

#[derive(Deserialize)]
struct Block {
    timestamp: String,
}

impl Evidence {
    pub(crate) fn new(url: &str, token: EvmAddress) -> Result<Self, TollError> {
        if !is_http(url) {
            return Err(TollError::Url(url.to_owned()));
        }
        Ok(Self {
            url: url.to_owned(),
            http: http_agent(DEADLINE),
            token,
        })
    }

    /// The newest block's number.
    pub(crate) fn height(&self) -> Result<u64, String> {
        let height = self.ask("eth_blockNumber", &json!([]))?;
        quantity(height.as_str().unwrap_or_default())
    }

    /// Whether a transaction moved what this payment authorises: by this authorisation, from the payer to the
    /// payee, the whole amount.
    pub(crate) fn of_transaction(
        &self,
        payment: &Payment<'_>,
        transaction: &str,
    ) -> Result<bool, String> {
        let receipt = self.ask("eth_getTransactionReceipt", &json!([transaction]))?;
        if receipt.is_null() {
            return Ok(false);
        }
        let receipt = TransactionReceipt::deserialize(receipt).map_err(|_| self.malformed())?;
        if receipt.status != "0x1" || receipt.logs.len() > LOGS_MAX {
            return Ok(false);
        }
        let authorized = authorized(payment)?;
        let from = word_of(&payment.claim.payer)?;
        let to = word_of(&payment.requirements.pay_to)?;
        let amount: u128 = payment.requirements.amount.parse().unwrap_or_default();
        let used = [
            event("AuthorizationUsed(address,bytes32)"),
            from.clone(),
            authorized,
        ];
        let moved = [event("Transfer(address,address,uint256)"), from, to];
        let value = format!("0x{amount:064x}");
        let is = |log: &Log, topics: &[String; 3]| {
            let token: Result<EvmAddress, _> = log.address.parse();
            let same = |(a, b): (&String, &String)| a.eq_ignore_ascii_case(b);
            token.is_ok_and(|token| token == self.token)
                && log.topics.len() == topics.len()
                && log.topics.iter().zip(topics).all(same)
        };
        Ok(receipt.logs.iter().any(|log| is(log, &used))
            && receipt
                .logs
                .iter()
                .any(|log| is(log, &moved) && log.data.eq_ignore_ascii_case(&value)))
    }

    /// What became of the authorisation, from the block before it was settled on.
    pub(crate) fn of_authorization(&self, payment: &Payment<'_>) -> Result<Verdict, String> {
        // The time is read before the logs: what was settled in between is in them.
        let block = self.ask("eth_getBlockByNumber", &json!(["latest", false]))?;
        let block = Block::deserialize(block).map_err(|_| self.malformed())?;
        let time = quantity(&block.timestamp)?;
        let from = word_of(&payment.claim.payer)?;
        let nonce = authorized(payment)?;
        let used = event("AuthorizationUsed(address,bytes32)");
        let canceled = event("AuthorizationCanceled(address,bytes32)");
        let filter = json!([{
            "address": self.token.to_string(),
            "fromBlock": format!("0x{:x}", payment.mark),
            "toBlock": "latest",
            "topics": [[used, canceled], from, nonce],
        }]);
        let logs = self.ask("eth_getLogs", &filter)?;
        let logs = Vec::<Log>::deserialize(logs).map_err(|_| self.malformed())?;
        for log in logs.iter().take(LOGS_MAX) {
            if log
                .topics
                .first()
                .is_some_and(|topic| topic.eq_ignore_ascii_case(&canceled))
            {
                return Ok(Verdict::NotPaid {
                    reason: "the payer cancelled it".to_owned(),
                });
            }
            let transaction = log.transaction_hash.clone().unwrap_or_default();
            if self.of_transaction(payment, &transaction)? {
                return Ok(Verdict::Paid { transaction });
            }
        }
        if time > payment.claim.valid_until && logs.is_empty() {
            return Ok(Verdict::NotPaid {
                reason: "it expired before it was settled".to_owned(),
            });
        }
        Ok(Verdict::Unknown {
            reason: "the network doesn't show it yet".to_owned(),
        })
    }

    fn ask(&self, method: &str, params: &Value) -> Result<Value, String> {
        let question = json!({ "jsonrpc": "2.0", "id": 1, "method": method, "params": params });
        let answer: Answer = post(&self.http, &self.url, &question, DEADLINE)?;
        match answer.error {
            None => Ok(answer.result.unwrap_or_default()),
            Some(_) => Err(format!("the network's node refuses {method}")),
        }
    }

    fn malformed(&self) -> String {
        format!("{} answered with something else than expected", self.url)
    }
}

fn event(signature: &str) -> String {
    format!("0x{}", hex::encode(keccak(signature.as_bytes())))
}

fn word_of(address: &str) -> Result<String, String> {
    let address: EvmAddress = address
        .parse()
        .map_err(|error: TollError| error.to_string())?;
    Ok(format!("0x{}", hex::encode(address.word())))
}

/// The authorisation's nonce.
fn authorized(payment: &Payment<'_>) -> Result<String, String> {
    let paid = Authorized::deserialize(&payment.payload.payload)
        .map_err(|_| "the stored payment is no authorisation".to_owned())?;
    bytes::<32>(&paid.authorization.nonce)?;
    Ok(paid.authorization.nonce)
}

/// A number in hexadecimal after `0x`.
fn quantity(text: &str) -> Result<u64, String> {
    let digits = text.strip_prefix("0x");
    let number = digits.and_then(|digits| u64::from_str_radix(digits, 16).ok());
    number.ok_or_else(|| "the network's node answered with no number".to_owned())
}
