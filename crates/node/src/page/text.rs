//! Amounts, times and ids for people.

use std::collections::BTreeMap;

use lilliput_types::bank::Asset;
use lilliput_types::{Amount, AssetId, Holder, TimeMs};
use maud::{Markup, html};

use crate::error::NodeError;
use crate::node::{Node, PAGE_MAX};

/// An asset as pages show it.
#[derive(Clone, Copy)]
pub(super) struct Money<'a> {
    pub(super) symbol: &'a str,
    pub(super) decimals: u8,
}

impl Money<'_> {
    /// `1.25 USDX`: all digits that count, no more.
    pub(super) fn show(self, amount: Amount) -> String {
        let digits = amount.0.to_string();
        let decimals = usize::from(self.decimals);
        let padded = format!("{digits:0>width$}", width = decimals + 1);
        let (whole, fraction) = padded.split_at(padded.len() - decimals);
        let fraction = fraction.trim_end_matches('0');
        if fraction.is_empty() {
            format!("{whole} {}", self.symbol)
        } else {
            format!("{whole}.{fraction} {}", self.symbol)
        }
    }
}

/// The first and last characters of an id, the whole of it on hover.
pub(super) fn short(id: &str) -> Markup {
    let characters = id.chars().count();
    let shown = if characters <= 16 {
        id.to_owned()
    } else {
        let head: String = id.chars().take(9).collect();
        let tail: String = id.chars().skip(characters - 5).collect();
        format!("{head}…{tail}")
    };
    html! { span.hash title=(id) { (shown) } }
}

/// As much of a text as fits.
pub(super) fn shortened(text: &str, characters_max: usize) -> String {
    if text.chars().count() <= characters_max {
        return text.to_owned();
    }
    let head: String = text
        .chars()
        .take(characters_max.saturating_sub(1))
        .collect();
    format!("{head}…")
}

/// Who holds money; accounts are links.
pub(super) fn holder(holder: Holder) -> Markup {
    match holder {
        Holder::Account(address) => {
            let text = address.to_string();
            html! { a href={ "/accounts/" (text) } { (short(&text)) } }
        }
        Holder::Escrow(job) => {
            html! { "escrow of " a href={ "/jobs/" (job) } { (short(&job.to_string())) } }
        }
        Holder::Bond(job) => {
            html! { "bond of " a href={ "/jobs/" (job) } { (short(&job.to_string())) } }
        }
        Holder::Stake(address) => html! { "stake of " (short(&address.to_string())) },
        Holder::Fees(segment) => html! { "network fees, " (segment) },
        Holder::Treasury => html! { "treasury" },
        Holder::Subnet(subnet) => html! { "subnet " (subnet) },
        Holder::SubnetStake(subnet) => html! { "stake in subnet " (subnet) },
        Holder::Tournament(id) => {
            html! { "pot of " a href={ "/tournaments/" (id) } { "tournament " (id) } }
        }
        Holder::Round(id) => html! { a href={ "/rounds/" (id) } { "round " (id) } },
        Holder::Feed(id) => html! { a href={ "/feeds/" (id) } { "price feed " (id) } },
        Holder::Contest(id) => html! { "pot of " a href={ "/contests/" (id) } { "contest " (id) } },
        Holder::SubnetMarket(subnet) => html! { "market of subnet " (subnet) },
        Holder::Order(id) => {
            html! { "deposit of " a href={ "/market/orders/" (id) } { "order " (id) } }
        }
        Holder::Lease(id) => {
            html! { "escrow of " a href={ "/market/leases/" (id) } { "lease " (id) } }
        }
        Holder::MarketBond(address) => html! { "bonds of " (short(&address.to_string())) },
        Holder::Storage(deal) => html! { "stored blob " (deal) },
    }
}

/// Bytes as B, KiB or MiB.
pub(super) fn bytes(count: usize) -> String {
    // Precise enough to show: lengths of blobs are far below 2^52.
    let count = count as f64;
    if count < 1024.0 {
        format!("{count} B")
    } else if count < 1024.0 * 1024.0 {
        format!("{:.1} KiB", count / 1024.0)
    } else {
        format!("{:.1} MiB", count / (1024.0 * 1024.0))
    }
}

/// Network time in UTC, to the second.
pub(super) fn time(time: TimeMs) -> String {
    let stamp = i64::try_from(time.0)
        .ok()
        .and_then(|milliseconds| jiff::Timestamp::from_millisecond(milliseconds).ok());
    stamp.map_or_else(
        || "beyond all calendars".to_owned(),
        |stamp| stamp.strftime("%Y-%m-%d %H:%M:%S").to_string(),
    )
}

/// Decimals and names of the assets that are shown.
pub(super) struct Assets(BTreeMap<String, Asset>);

impl Assets {
    pub(super) fn new(node: &Node) -> Result<Self, NodeError> {
        let assets = node.assets(None, PAGE_MAX)?.items;
        let named = assets
            .into_iter()
            .map(|asset| (asset.id.to_string(), asset));
        Ok(Self(named.collect()))
    }

    pub(super) fn show(&self, amount: Amount, asset: AssetId) -> String {
        let name = asset.to_string();
        let decimals = self.0.get(&name).map_or(0, |known| known.decimals);
        let symbol = match asset {
            AssetId::Genesis(_) | AssetId::Subnet(_) => name,
            AssetId::Created { symbol, .. } => symbol.to_string(),
        };
        Money {
            symbol: &symbol,
            decimals,
        }
        .show(amount)
    }
}
