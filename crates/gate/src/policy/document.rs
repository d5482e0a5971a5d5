//! A policy as it is written in TOML, before it is checked.

use std::collections::BTreeMap;

use serde::Deserialize;
use toml::Spanned;

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Document {
    pub(super) version: Spanned<u32>,
    pub(super) when_unsure: Option<Spanned<String>>,
    pub(super) exempt: Option<Vec<Spanned<String>>>,
    pub(super) health: Option<Vec<Spanned<String>>>,
    #[serde(default)]
    pub(super) prices: Prices,
    pub(super) pay: Option<Spanned<Pay>>,
    #[serde(default)]
    pub(super) rule: Vec<Spanned<Rule>>,
    #[serde(default)]
    pub(super) threshold: Vec<Spanned<Threshold>>,
}

#[derive(Default, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Prices {
    pub(super) search: Option<Spanned<String>>,
    pub(super) agent: Option<Spanned<String>>,
    pub(super) training: Option<Spanned<String>>,
    pub(super) unknown: Option<Spanned<String>>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Pay {
    pub(super) ledger: Option<OnLedger>,
    pub(super) facilitator: Option<Facilitated>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct OnLedger {
    pub(super) to: Spanned<String>,
    pub(super) asset: Spanned<String>,
    pub(super) units: Spanned<u64>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Facilitated {
    pub(super) url: String,
    pub(super) chain_id: u64,
    pub(super) token: Spanned<String>,
    pub(super) token_name: String,
    pub(super) token_version: String,
    pub(super) to: Spanned<String>,
    pub(super) units: Spanned<u64>,
    pub(super) rpc: Option<String>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Rule {
    pub(super) name: Spanned<String>,
    pub(super) action: Spanned<String>,
    pub(super) path: Option<Spanned<String>>,
    pub(super) method: Option<Vec<Spanned<String>>>,
    pub(super) user_agent: Option<Spanned<String>>,
    #[serde(default)]
    pub(super) header: BTreeMap<String, Spanned<String>>,
    pub(super) network: Option<Vec<Spanned<String>>>,
    pub(super) class: Option<Vec<Spanned<String>>>,
    pub(super) agent: Option<Vec<Spanned<String>>>,
    pub(super) signed: Option<bool>,
    pub(super) verified: Option<bool>,
    pub(super) when: Option<Spanned<String>>,
    pub(super) weight: Option<Spanned<i64>>,
    pub(super) price: Option<Spanned<String>>,
    pub(super) extra_bits: Option<Spanned<i64>>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Threshold {
    pub(super) name: Spanned<String>,
    pub(super) action: Spanned<String>,
    pub(super) at_least: Option<Spanned<i64>>,
    pub(super) when: Option<Spanned<String>>,
    pub(super) price: Option<Spanned<String>>,
    pub(super) extra_bits: Option<Spanned<i64>>,
}
