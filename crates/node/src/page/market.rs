//! The market: book, leases, providers, prices by class.

mod order;

use lilliput_client::market::{ClassHistory, ClassPrice, DepthLevel};
use lilliput_types::AssetId;
use lilliput_types::market::{
    GroupOrder, Lease, LeaseState, MarketProvider, Order, OrderState, Purchase, Rate, ResourceNeed,
};
use maud::{Markup, html};

use super::chart::candles::{Candle, candles};
use super::chart::{self, Bar};
use super::shell::{self, Place};
use super::text::{self, Assets};
use crate::error::NodeError;
use crate::node::{Node, PAGE_MAX};

pub(super) use order::{lease, order, provider};

/// The most hours of a chart.
const CHARTED: usize = 72;
/// The most levels of a book's depth that are drawn.
const LEVELS: usize = 12;

/// What is asked for, what runs, who provides, what it costs.
pub(super) fn overview(node: &Node) -> Result<Markup, NodeError> {
    let orders = node.open_orders(None, PAGE_MAX)?.items;
    let leases = latest_leases(node)?;
    let providers = node.market_providers(None, PAGE_MAX)?.items;
    let prices = node.class_prices()?;
    let assets = Assets::new(node)?;
    let asset = node.status()?.settlement_asset;
    Ok(shell::page(
        "Market",
        Place::Market,
        true,
        &html! {
            h1 { "Market" }
            p.lead {
                "Orders for compute, as SDL files say them; providers bid, the cheapest whole bid is leased. A lease is paid by the "
                "millisecond while its provider is heard of, from an escrow that nobody can overdraw. "
                code { "lilliput deploy create FILE" } " orders."
            }
            section.card { h2 { "Prices" } (price_table(&prices, &assets, asset)) }
            section.card { h2 { "Open orders" } (order_table(&orders, &assets)) }
            section.card { h2 { "Leases" } (lease_table(&leases, &assets)) }
            section.card { h2 { "Providers" } (provider_table(&providers)) }
        },
    ))
}

/// One class: its price hour by hour, and what open orders ask for.
pub(super) fn class(node: &Node, class: &str) -> Result<Markup, NodeError> {
    let history = node.class_history(class)?;
    let assets = Assets::new(node)?;
    let asset = node.status()?.settlement_asset;
    let show = |rate: Rate| assets.show(rate.for_ms(3_600_000), asset);
    let latest = history.hours.len().saturating_sub(CHARTED);
    let hours: Vec<Candle> = history.hours.iter().skip(latest).map(candle).collect();
    Ok(shell::page(
        class,
        Place::Market,
        true,
        &html! {
            h1 { (class) }
            p.lead {
                @match history.index {
                    Some(index) => { (show(index)) " an hour: turnover by volume of the last 24 hours of trade." }
                    None => "No trade yet."
                }
            }
            section.card {
                h2 { "Price by hour" }
                (candles("price and volume by hour", &hours, |price| show(Rate(price as u64))))
                @if hours.is_empty() { p.quiet { "none yet" } }
            }
            section.card { h2 { "Asked for in open orders" } (depth(&history, &show)) }
        },
    ))
}

fn candle(hour: &lilliput_types::market::HourPrice) -> Candle {
    Candle {
        first: hour.first.0 as f64,
        highest: hour.highest.0 as f64,
        lowest: hour.lowest.0 as f64,
        last: hour.last.0 as f64,
        volume: hour.volume_milli as f64 / 1_000.0,
    }
}

/// Columns of what is asked for at each ceiling or above.
fn depth(history: &ClassHistory, show: &impl Fn(Rate) -> String) -> Markup {
    let mut sum = 0.0;
    let levels = history.depth.iter().take(LEVELS);
    let rows: Vec<Bar<'_>> = levels
        .map(|level: &DepthLevel| {
            sum += level.volume_milli as f64 / 1_000.0;
            Bar {
                label: show(level.rate_max),
                length: sum,
                shown: format!("{sum:.1}"),
                colour: "var(--thread)",
            }
        })
        .collect();
    html! {
        @if rows.is_empty() { p.quiet { "none" } } @else { (chart::bars("asked for, by ceiling", &rows)) }
    }
}

/// The last leases that were made.
fn latest_leases(node: &Node) -> Result<Vec<Lease>, NodeError> {
    let mut latest = Vec::new();
    let mut after = None;
    loop {
        let page = node.leases(after, PAGE_MAX)?.items;
        let Some(last) = page.last() else {
            return Ok(latest);
        };
        after = Some(last.id);
        let full = page.len() == PAGE_MAX;
        let open = page.into_iter().filter(|lease| !lease.is_closed());
        latest.extend(open);
        if !full || latest.len() >= PAGE_MAX {
            return Ok(latest);
        }
    }
}

fn price_table(prices: &[ClassPrice], assets: &Assets, asset: AssetId) -> Markup {
    let show = |rate: Rate| assets.show(rate.for_ms(3_600_000), asset);
    html! {
        @if prices.is_empty() { p.quiet { "no trade yet" } } @else {
            table {
                tr { th { "class" } th.number { "index, an hour" } th.number { "last" } th.number { "trades in the last hour of trade" } }
                @for price in prices {
                    tr {
                        td { a href={ "/market/prices/" (price.class) } { (price.class) } }
                        td.number { (price.index.map_or("–".to_owned(), show)) }
                        td.number { (price.latest.as_ref().map_or("–".to_owned(), |hour| show(hour.last))) }
                        td.number { (price.latest.as_ref().map_or(0, |hour| hour.trades)) }
                    }
                }
            }
        }
    }
}

fn order_table(orders: &[Order], assets: &Assets) -> Markup {
    html! {
        @if orders.is_empty() { p.quiet { "none" } } @else {
            table {
                tr { th { "order" } th { "asks for" } th { "bought" } th.number { "at most, an hour" } th.number { "bids" } th.number { "declines" } th { "state" } }
                @for order in orders {
                    tr {
                        td { a href={ "/market/orders/" (order.id) } { (order.id) } }
                        td { (asked(&order.group)) }
                        td { (bought(order.group.terms.purchase)) }
                        td.number { (order.group.ceiling().map_or("–".to_owned(), |rate| assets.show(rate.for_ms(3_600_000), order.asset))) }
                        td.number { (order.bids) }
                        td.number { (order.declines) }
                        td { (order_badge(order.state)) }
                    }
                }
            }
        }
    }
}

fn lease_table(leases: &[Lease], assets: &Assets) -> Markup {
    html! {
        @if leases.is_empty() { p.quiet { "none" } } @else {
            table {
                tr { th { "lease" } th { "provider" } th { "state" } th.number { "an hour" } th.number { "in escrow" } th.number { "paid" } }
                @for lease in leases {
                    tr {
                        td { a href={ "/market/leases/" (lease.id) } { (lease.id) } }
                        td { a href={ "/market/providers/" (lease.provider) } { (text::short(&lease.provider.to_string())) } }
                        td { (lease_badge(lease)) }
                        td.number { (assets.show(lease.rate_now().for_ms(3_600_000), lease.asset)) }
                        td.number { (assets.show(lease.escrow, lease.asset)) }
                        td.number { (assets.show(lease.paid, lease.asset)) }
                    }
                }
            }
        }
    }
}

fn provider_table(providers: &[MarketProvider]) -> Markup {
    html! {
        @if providers.is_empty() { p.quiet { "none yet" } } @else {
            table {
                tr { th { "provider" } th { "region" } th.number { "leases" } th.number { "ended well" } th.number { "times lost" } th.number { "bonds lost" } }
                @for provider in providers {
                    tr {
                        td { a href={ "/market/providers/" (provider.address) } { (text::short(&provider.address.to_string())) } }
                        td { (provider.attribute("region").unwrap_or("–")) @if provider.lost { " " span.badge.refunded { "lost" } } }
                        td.number { (provider.leases) }
                        td.number { (provider.leases_ended) }
                        td.number { (provider.losses) }
                        td.number { (provider.bonds_lost) }
                    }
                }
            }
        }
    }
}

/// The units of a group in a line.
fn asked(group: &GroupOrder) -> String {
    let units = group.units.iter();
    let units = units.map(|unit| format!("{} × {}", unit.count, needed(&unit.need)));
    units.collect::<Vec<_>>().join(" and ")
}

fn needed(need: &ResourceNeed) -> String {
    let cores = f64::from(need.cpu_milli) / 1_000.0;
    // Only to be looked at.
    let memory = need.memory as f64 / f64::from(1 << 30);
    let mut text = format!("{cores:.1} cores, {memory:.1} GiB");
    if need.gpus > 0 {
        let models: Vec<&str> = need
            .gpu_models
            .iter()
            .map(|model| {
                model
                    .as_str()
                    .rsplit_once("/model/")
                    .map_or(model.as_str(), |(_, name)| name)
            })
            .collect();
        text.push_str(&format!(", {} GPU {}", need.gpus, models.join(" or ")));
    }
    text
}

fn bought(purchase: Purchase) -> &'static str {
    match purchase {
        Purchase::OnDemand => "on demand",
        Purchase::Spot { .. } => "spot",
        Purchase::Reserved { .. } => "reserved",
    }
}

fn order_badge(state: OrderState) -> Markup {
    let (class, word) = match state {
        OrderState::Bidding { .. } => ("open", "takes bids"),
        OrderState::Revealing { .. } => ("open", "bids are shown"),
        OrderState::Choosing { .. } => ("open", "owner chooses"),
        OrderState::Leased => ("paid", "leased"),
        OrderState::Judging { .. } => ("accepted", "results are shown"),
        OrderState::Closed { .. } => ("refunded", "over"),
    };
    html! { span class={ "badge " (class) } { (word) } }
}

fn lease_badge(lease: &Lease) -> Markup {
    let (class, word) = match (lease.state, lease.spot) {
        (LeaseState::Reserved { .. }, _) => ("open", "reserved"),
        (LeaseState::Active, Some(spot)) if !spot.running => ("open", "waits"),
        (LeaseState::Active, _) if lease.noticed => ("accepted", "notice given"),
        (LeaseState::Active, _) => ("paid", "runs"),
        (LeaseState::Paused { .. }, _) => ("refunded", "paused"),
        (LeaseState::Closed { .. }, _) => ("refunded", "over"),
    };
    html! { span class={ "badge " (class) } { (word) } }
}
