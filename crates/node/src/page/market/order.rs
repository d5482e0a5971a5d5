//! One order, one lease, one provider.

use lilliput_types::market::{Bid, Decline, LeaseState, Order, Rate};
use maud::{Markup, html};

use super::{asked, bought, lease_badge, lease_table, order_badge};
use crate::error::NodeError;
use crate::node::{Node, PAGE_MAX};
use crate::page::shell::{self, Place};
use crate::page::text::{self, Assets};

/// An order: what is asked, who bids, who doesn't and why, its leases.
pub(in crate::page) fn order(node: &Node, id: &str) -> Result<Markup, NodeError> {
    let book = node.order_book(crate::page::named(id)?)?;
    let order = &book.order;
    let assets = Assets::new(node)?;
    let mut leases = Vec::new();
    for id in order.leases.iter() {
        leases.push(node.lease(*id)?.lease);
    }
    Ok(shell::page(
        "Order",
        Place::Market,
        !order.is_open(),
        &html! {
            h1 { "Order " (order.id) " " (order_badge(order.state)) }
            p.lead { (asked(&order.group)) ", " (bought(order.group.terms.purchase)) ", for " (text::holder(order.owner.into())) "." }
            section.card { h2 { "Terms" } (terms(order, &assets)) }
            section.card { h2 { "Bids" } (bids(order, &book.bids, &assets)) }
            section.card { h2 { "Who doesn't bid, and why" } (declines(&book.declines)) }
            section.card { h2 { "Leases" } (lease_table(&leases, &assets)) }
        },
    ))
}

fn terms(order: &Order, assets: &Assets) -> Markup {
    let terms = &order.group.terms;
    let seconds = |ms: u64| format!("{} s", ms / 1_000);
    html! {
        dl {
            dt { "deposit" } dd { (assets.show(order.deposit, order.asset)) }
            dt { "bond of a bid" } dd { (assets.show(terms.bond, order.asset)) }
            dt { "notice demanded" } dd { (seconds(terms.notice_ms.0)) }
            dt { "shared by several" } dd { (if terms.split { "yes, all of it or nothing" } else { "no" }) }
            @for attribute in order.group.attributes.iter() {
                dt { (attribute.key) } dd { (attribute.value) }
            }
            @if let Some(latency) = &terms.latency {
                dt { "milliseconds to " (latency.to) } dd { "at most " (latency.max_ms) }
            }
            @if let Some(result) = order.result { dt { "result" } dd { (text::short(&result.to_string())) } }
        }
    }
}

fn bids(order: &Order, bids: &[Bid], assets: &Assets) -> Markup {
    let show = |rate: Rate| assets.show(rate.for_ms(3_600_000), order.asset);
    html! {
        @if bids.is_empty() { p.quiet { "none" } } @else {
            table {
                tr { th { "provider" } th.number { "an hour" } th { "GPU" } th { "state" } }
                @for bid in bids {
                    tr {
                        td { a href={ "/market/providers/" (bid.provider) } { (text::short(&bid.provider.to_string())) } }
                        td.number { (bid.terms.as_ref().and_then(|terms| terms.total()).map_or("sealed".to_owned(), show)) }
                        td { @for line in bid.terms.iter().flat_map(|terms| terms.offers.iter()) { (line.gpu.as_ref().map_or("", |gpu| gpu.as_str())) " " } }
                        td { (format!("{:?}", bid.state).to_lowercase()) }
                    }
                }
            }
        }
    }
}

fn declines(declines: &[Decline]) -> Markup {
    html! {
        @if declines.is_empty() { p.quiet { "nobody said" } } @else {
            table {
                tr { th { "provider" } th { "in" } th { "wanted" } th { "has" } }
                @for decline in declines {
                    @for reason in decline.reasons.iter() {
                        tr {
                            td { a href={ "/market/providers/" (decline.provider) } { (text::short(&decline.provider.to_string())) } }
                            td { (format!("{:?}", reason.dimension).to_lowercase()) @if let Some(unit) = reason.unit { " of unit " (unit) } }
                            td { (reason.wanted) }
                            td { (reason.has) }
                        }
                    }
                }
            }
        }
    }
}

/// A lease: what it costs, what is owed, how long it lasts.
pub(in crate::page) fn lease(node: &Node, id: &str) -> Result<Markup, NodeError> {
    let standing = node.lease(crate::page::named(id)?)?;
    let lease = &standing.lease;
    let assets = Assets::new(node)?;
    let show = |amount| assets.show(amount, lease.asset);
    Ok(shell::page(
        "Lease",
        Place::Market,
        lease.is_closed(),
        &html! {
            h1 { "Lease " (lease.id) " " (lease_badge(lease)) @if standing.suspended && !lease.is_closed() { " " span.badge.refunded { "suspended" } } }
            p.lead {
                "Of " a href={ "/market/orders/" (lease.order) } { "order " (lease.order) } ", served by "
                a href={ "/market/providers/" (lease.provider) } { (text::short(&lease.provider.to_string())) }
                ", paid by " (text::holder(lease.owner.into())) "."
            }
            @if standing.suspended && !lease.is_closed() {
                p { "The provider isn't heard of: nothing accrues, and the owner may leave free. When it returns the lease goes on." }
            }
            section.card {
                dl {
                    dt { "now, an hour" } dd { (show(lease.rate_now().for_ms(3_600_000))) }
                    dt { "owed, not paid yet" } dd { (show(standing.owed)) }
                    dt { "in escrow" } dd { (show(lease.escrow)) }
                    dt { "lasts" } dd { (standing.lasts_ms.map_or("–".to_owned(), |ms| format!("{} min", ms / 60_000))) }
                    dt { "put in" } dd { (show(lease.funded)) }
                    dt { "paid to the provider" } dd { (show(lease.paid)) }
                    dt { "gone back" } dd { (show(lease.refunded)) }
                    dt { "the provider's bond" } dd { (show(lease.bond)) }
                    @if let LeaseState::Closed { cause, .. } = lease.state { dt { "ended" } dd { (format!("{cause:?}")) } }
                }
            }
        },
    ))
}

/// A provider: what it has, who signed it, what it serves.
pub(in crate::page) fn provider(node: &Node, id: &str) -> Result<Markup, NodeError> {
    let profile = node.market_provider(crate::page::named(id)?)?;
    let provider = &profile.provider;
    let leases = node.served_leases(provider.address, None, PAGE_MAX)?.items;
    let assets = Assets::new(node)?;
    Ok(shell::page(
        "Provider",
        Place::Market,
        true,
        &html! {
            h1 { "Provider " (text::short(&provider.address.to_string())) @if provider.lost { " " span.badge.refunded { "lost" } } }
            p.lead { "Account " (text::holder(provider.address.into())) "." }
            section.card {
                h2 { "What it has" }
                @if provider.attributes.is_empty() { p.quiet { "it doesn't say" } } @else {
                    table {
                        tr { th { "attribute" } th { "value" } th { "signed by" } }
                        @for attribute in provider.attributes.iter() {
                            tr {
                                td { (attribute.key) }
                                td { (attribute.value) }
                                td { @for audit in profile.audits.iter().filter(|audit| audit.attributes.contains(attribute)) { (text::holder(audit.auditor.into())) " " } }
                            }
                        }
                    }
                }
            }
            @if !profile.pools.is_empty() {
                section.card {
                    h2 { "Spot pools" }
                    table {
                        tr { th.number { "pool" } th.number { "slots" } th.number { "run" } th.number { "wait" } }
                        @for pool in &profile.pools {
                            tr { td.number { (pool.pool) } td.number { (pool.slots) } td.number { (pool.running) } td.number { (pool.waiting) } }
                        }
                    }
                }
            }
            section.card { h2 { "Leases" } (lease_table(&leases, &assets)) }
        },
    ))
}
