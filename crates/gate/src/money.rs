//! Who signs and who pays: what the gate needs of `lilliput-toll`, set up from the policy and the flags.

use std::path::Path;
use std::time::Duration;

use lilliput_client::Client;
use lilliput_crypto::SecretKey;
use lilliput_toll::bot::{
    Agent, AgentKind, BotPolicy, Directories, DirectoryPolicy, HttpsFetch, Verifier,
};
use lilliput_toll::payment::{
    Booth, BoothConfig, Currency, EvmRail, EvmToken, Facilitator, LedgerRail, OfferKey, Rail,
    ReceiptKey,
};

use crate::config::Config;
use crate::error::StartError;
use crate::policy::pay::{Facilitated, OnLedger, Pay};

/// For how long an offer counts, in seconds.
const OFFER_LIFETIME_S: u64 = 300;
/// How long settling may take.
const SETTLE_TIME: Duration = Duration::from_secs(30);
const PAYMENTS_FILE: &str = "payments.redb";

/// Payments that are asked about at once, and forgotten at once.
const CARE_MAX: usize = 100;

/// Takes payments and checks signatures.
pub(crate) struct Money {
    pub(crate) verifier: Verifier,
    /// Where payments are taken, if anything is.
    pub(crate) booth: Option<Booth>,
}

impl Money {
    pub(crate) fn open(config: &Config, key: &SecretKey, now_s: u64) -> Result<Self, StartError> {
        let booth = match &config.policy.pay {
            None => None,
            Some(pay) => Some(booth(config, pay, key)?),
        };
        Ok(Self {
            verifier: verifier(config, now_s),
            booth,
        })
    }

    /// What takes time: payments whose outcome isn't known, and old ones.
    pub(crate) fn care(&self, now_s: u64) {
        if let Some(booth) = &self.booth {
            // What fails now is asked again the next time; nothing is served meanwhile.
            let _ = booth.resolve(now_s, CARE_MAX);
            let _ = booth.forget(now_s, CARE_MAX);
        }
    }
}

fn verifier(config: &Config, now_s: u64) -> Verifier {
    let local = config.local_agents;
    let policy = BotPolicy {
        allow_plain: local,
        ..BotPolicy::default()
    };
    let fetch = if local {
        HttpsFetch::on_this_machine()
    } else {
        HttpsFetch::new()
    };
    let listed = config
        .agents
        .iter()
        .filter_map(|agent| Agent::parse(agent, AgentKind::Directory, local))
        .collect();
    let directories = DirectoryPolicy {
        open: config.agents.is_empty(),
        listed,
        ..DirectoryPolicy::default()
    };
    Verifier::new(
        policy,
        Directories::new(directories, Box::new(fetch)),
        now_s,
    )
}

fn booth(config: &Config, pay: &Pay, key: &SecretKey) -> Result<Booth, StartError> {
    let mut rails = Vec::new();
    if let Some(ledger) = &pay.ledger {
        rails.push(on_ledger(config, ledger)?);
    }
    if let Some(facilitated) = &pay.facilitator {
        rails.push(by_facilitator(facilitated)?);
    }
    // Receipts and offers each with a key of their own, none of which is that of the log.
    let receipts = SecretKey::from_seed(blake3::derive_key(
        "lilliput 2026 v1 gate receipts",
        key.seed(),
    ));
    let booth = BoothConfig {
        currency: Currency::USD,
        rails,
        offer_key: OfferKey::derive(key.seed()),
        offer_lifetime: OFFER_LIFETIME_S,
        receipt_key: ReceiptKey::new(receipts),
    };
    let file: &Path = &config.data.join(PAYMENTS_FILE);
    Ok(Booth::open(booth, file)?)
}

fn on_ledger(config: &Config, ledger: &OnLedger) -> Result<Rail, StartError> {
    let Some(url) = &config.ledger else {
        return Err(StartError::NoLedger);
    };
    let client = Client::new(url)?;
    let chain = client.status()?.chain;
    Ok(LedgerRail::rail(
        client,
        chain,
        ledger.asset,
        ledger.to,
        ledger.units,
    ))
}

fn by_facilitator(facilitated: &Facilitated) -> Result<Rail, StartError> {
    let token = EvmToken {
        chain_id: facilitated.chain_id,
        contract: facilitated.token,
        name: facilitated.token_name.clone(),
        version: facilitated.token_version.clone(),
    };
    let facilitator = Facilitator::new(&facilitated.url, SETTLE_TIME)?;
    Ok(EvmRail::rail(
        token,
        facilitated.to,
        facilitated.units,
        facilitator,
        facilitated.rpc.as_deref(),
    )?)
}
