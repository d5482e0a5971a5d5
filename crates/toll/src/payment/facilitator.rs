//! Who settles payments of EVM networks for the gate, and what is believed of it.

use std::time::Duration;

use serde::Deserialize;
use serde::de::DeserializeOwned;
use serde_json::{Map, Value, json};
use ureq::Agent as HttpAgent;
use ureq::config::Config;

use crate::error::TollError;
use crate::payment::evidence::Evidence;
use crate::payment::evm::{EvmAddress, EvmToken, bytes};
use crate::payment::rail::{Claim, NotTaken, Payment, Rail, Settle, Terms, Verdict};
use crate::payment::x402::{Requirements, Settlement, VERSION};

/// The longest answer that is read.
const ANSWER_LEN_MAX: u64 = 64 << 10;
/// How long a question may take.
const VERIFY_DEADLINE: Duration = Duration::from_secs(5);

/// A facilitator, by the address of its HTTP interface.
#[derive(Debug)]
pub struct Facilitator {
    url: String,
    http: HttpAgent,
    settle_deadline: Duration,
}

/// Payments in one token of an EVM network.
#[derive(Debug)]
pub struct EvmRail {
    token: EvmToken,
    facilitator: Facilitator,
    evidence: Option<Evidence>,
}

#[derive(Debug, Deserialize)]
#[serde(rename_all = "camelCase")]
struct Verified {
    is_valid: bool,
    invalid_reason: Option<String>,
    payer: Option<String>,
}

impl Facilitator {
    /// A facilitator at `http://` or `https://`. The gate's owner names it, so its address isn't held to the
    /// rules for strangers.
    ///
    /// # Errors
    /// When that is no such address.
    pub fn new(url: &str, settle_deadline: Duration) -> Result<Self, TollError> {
        let url = url.trim_end_matches('/').to_owned();
        if !is_http(&url) {
            return Err(TollError::Url(url));
        }
        Ok(Self {
            url,
            http: http_agent(settle_deadline),
            settle_deadline,
        })
    }

    fn ask<T: DeserializeOwned>(
        &self,
        path: &str,
        payment: &Payment<'_>,
        deadline: Duration,
    ) -> Result<T, String> {
        let question = json!({
            "x402Version": VERSION,
            "paymentPayload": payment.payload,
            "paymentRequirements": payment.requirements,
        });
        post(
            &self.http,
            &format!("{}{path}", self.url),
            &question,
            deadline,
        )
    }
}

impl EvmRail {
    /// A way to pay in a token. `units_per_currency` is one of the gate's currency in the token's smallest
    /// units: 1,000,000 for USDC and dollars. With `rpc`, a node of the network, the facilitator's word is
    /// checked, and what it leaves unknown is found out.
    ///
    /// # Errors
    /// When `rpc` is no address.
    pub fn rail(
        token: EvmToken,
        pay_to: EvmAddress,
        units_per_currency: u128,
        facilitator: Facilitator,
        rpc: Option<&str>,
    ) -> Result<Rail, TollError> {
        let mut extra = Map::new();
        extra.insert("name".to_owned(), token.name.clone().into());
        extra.insert("version".to_owned(), token.version.clone().into());
        let terms = Terms {
            network: token.network(),
            asset: token.contract.to_string(),
            pay_to: pay_to.to_string(),
            units_per_currency,
            extra,
        };
        let evidence = rpc
            .map(|url| Evidence::new(url, token.contract))
            .transpose()?;
        let settle = Box::new(Self {
            token,
            facilitator,
            evidence,
        });
        Ok(Rail { terms, settle })
    }

    /// What a facilitator's word is worth.
    fn judge(&self, payment: &Payment<'_>, said: Settlement) -> Verdict {
        let unknown = |reason: String| Verdict::Unknown { reason };
        if !said.success {
            let reason = said.error_reason.unwrap_or_default();
            return if said.transaction.is_empty() && is_final(&reason) {
                Verdict::NotPaid { reason }
            } else {
                unknown(format!("the facilitator says: {reason}"))
            };
        }
        let other_payer = said
            .payer
            .as_ref()
            .is_some_and(|payer| !payer.eq_ignore_ascii_case(&payment.claim.payer));
        let other_amount = said
            .amount
            .as_ref()
            .is_some_and(|amount| *amount != payment.requirements.amount);
        let other_network = said.network != payment.requirements.network;
        let nameless = bytes::<32>(&said.transaction).is_err();
        if other_payer || other_amount || other_network || nameless {
            return unknown("the facilitator's answer is about another payment".to_owned());
        }
        match &self.evidence {
            None => Verdict::Paid {
                transaction: said.transaction,
            },
            Some(evidence) => match evidence.of_transaction(payment, &said.transaction) {
                Ok(true) => Verdict::Paid {
                    transaction: said.transaction,
                },
                Ok(false) => unknown("the network doesn't show what the facilitator says".into()),
                Err(reason) => unknown(reason),
            },
        }
    }

    fn ask_to_settle(&self, payment: &Payment<'_>) -> Verdict {
        let deadline = self.facilitator.settle_deadline;
        match self.facilitator.ask("/settle", payment, deadline) {
            Ok(said) => self.judge(payment, said),
            Err(reason) => Verdict::Unknown { reason },
        }
    }
}

impl Settle for EvmRail {
    fn check(&self, requirements: &Requirements, payload: &Value) -> Result<Claim, String> {
        self.token.check(requirements, payload)
    }

    fn confirm(&self, payment: &Payment<'_>) -> Result<u64, NotTaken> {
        let verified: Verified = self
            .facilitator
            .ask("/verify", payment, VERIFY_DEADLINE)
            .map_err(NotTaken::Unavailable)?;
        let payer = verified.payer.as_ref();
        let other = payer.is_some_and(|payer| !payer.eq_ignore_ascii_case(&payment.claim.payer));
        if !verified.is_valid || other {
            let reason = verified.invalid_reason.unwrap_or_default();
            return Err(NotTaken::Refused(format!(
                "the facilitator refuses: {reason}"
            )));
        }
        match &self.evidence {
            None => Ok(0),
            Some(evidence) => evidence.height().map_err(NotTaken::Unavailable),
        }
    }

    fn settle(&self, payment: &Payment<'_>, _now: u64) -> Verdict {
        self.ask_to_settle(payment)
    }

    /// The network is asked first. Asking the facilitator again can't charge again: the token takes an
    /// authorisation once.
    fn look_up(&self, payment: &Payment<'_>, now: u64) -> Verdict {
        if let Some(evidence) = &self.evidence {
            match evidence.of_authorization(payment) {
                Ok(Verdict::Unknown { .. }) => {}
                Ok(known) => return known,
                Err(reason) => return Verdict::Unknown { reason },
            }
        }
        if now > payment.claim.valid_until {
            return Verdict::Unknown {
                reason: "it expired, and whether it was settled before can't be asked".to_owned(),
            };
        }
        self.ask_to_settle(payment)
    }
}

/// Whether a facilitator's reason says that nothing was sent, and nothing ever will be. A nonce that was used
/// is no such reason: our own first try may have used it.
fn is_final(reason: &str) -> bool {
    let refused = reason.starts_with("invalid_") || reason.starts_with("insufficient_funds");
    let maybe = [
        "nonce",
        "used",
        "state",
        "simulation",
        "timeout",
        "pending",
        "transaction",
    ];
    refused && !maybe.iter().any(|word| reason.contains(word))
}

pub(crate) fn is_http(url: &str) -> bool {
    let rest = url
        .strip_prefix("http://")
        .or_else(|| url.strip_prefix("https://"));
    rest.is_some_and(|rest| {
        !rest.is_empty() && rest.bytes().all(|byte| (0x21..0x7f).contains(&byte))
    })
}

pub(crate) fn http_agent(deadline: Duration) -> HttpAgent {
    Config::builder()
        .http_status_as_error(false)
        .max_redirects(0)
        .max_redirects_will_error(false)
        .timeout_connect(Some(VERIFY_DEADLINE))
        .timeout_global(Some(deadline))
        .proxy(None)
        .build()
        .into()
}

/// Posts JSON and reads JSON, whatever the status: facilitators refuse with statuses of all kinds.
pub(crate) fn post<T: DeserializeOwned>(
    http: &HttpAgent,
    url: &str,
    question: &Value,
    deadline: Duration,
) -> Result<T, String> {
    let request = http
        .post(url)
        .config()
        .timeout_global(Some(deadline))
        .build()
        .content_type("application/json");
    let answer = request.send(question.to_string());
    let mut answer = answer.map_err(|error| format!("no answer from {url}: {error}"))?;
    let status = answer.status().as_u16();
    let body = answer.body_mut().with_config().limit(ANSWER_LEN_MAX);
    let body = body.read_to_vec();
    let body = body.map_err(|error| format!("no whole answer from {url}: {error}"))?;
    serde_json::from_slice(&body)
        .map_err(|_| format!("{url} answered {status} with something else than expected"))
}
