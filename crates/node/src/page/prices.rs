//! Price feeds and contests: prices, reporters, leaderboards.

use lilliput_types::prices::{
    Contest, ContestState, Entrant, Feed, FeedId, OutCause, PriceRecord, Reporter, Standing,
};
use maud::{Markup, html};

use super::chart::{self, Bar};
use super::shell::{self, Place};
use super::text::{self, Assets};
use crate::error::NodeError;
use crate::node::{Node, PAGE_MAX};

/// The most periods of a feed's chart.
const CHARTED: usize = 200;
/// The most periods listed.
const LISTED: usize = 12;

/// All feeds and contests.
pub(super) fn overview(node: &Node) -> Result<Markup, NodeError> {
    let feeds = node.feeds(None, PAGE_MAX)?.items;
    let contests = node.contests(None, PAGE_MAX)?.items;
    let assets = Assets::new(node)?;
    Ok(shell::page(
        "Prices",
        Place::Prices,
        true,
        &html! {
            h1 { "Prices" }
            p.lead {
                "Reporters lock stake and say what something costs; the median counts, and who is far off loses stake. In contests on a "
                "feed, entrants seal what they hold before the price is known. "
                code { "lilliput prices contest check CONTEST" } " recomputes every account and payout."
            }
            section.card { h2 { "Feeds" } (feed_table(&feeds, &assets)) }
            section.card { h2 { "Contests" } (contest_table(&contests, &assets)) }
        },
    ))
}

/// One feed: its latest prices, its reporters.
pub(super) fn feed(node: &Node, id: &str) -> Result<Markup, NodeError> {
    let feed = node.feed(super::named(id)?)?;
    let prices = latest_prices(node, &feed)?;
    let reporters = node.reporters(feed.id, None, PAGE_MAX)?.items;
    let assets = Assets::new(node)?;
    let values: Vec<Option<f64>> = prices
        .iter()
        .map(|record| record.price.map(|price| price as f64))
        .collect();
    Ok(shell::page(
        "Feed",
        Place::Prices,
        true,
        &html! {
            h1 { (feed.name) " in " (feed.unit) }
            section.card {
                h2 { "Prices" }
                (chart::line("the latest prices", &values))
                (range(&feed, &prices))
                (price_table(&feed, &prices))
            }
            section.card { h2 { "Reporters" } (reporter_table(&feed, &reporters, &assets)) }
        },
    ))
}

/// What the chart's bottom and top stand for.
fn range(feed: &Feed, prices: &[PriceRecord]) -> Markup {
    let known = || prices.iter().filter_map(|record| record.price);
    html! {
        @if let (Some(least), Some(most)) = (known().min(), known().max()) {
            p.legend {
                span { "lowest " (price(feed, Some(least))) }
                span { "highest " (price(feed, Some(most))) }
                span { (prices.len()) " periods" }
            }
        }
    }
}

/// One contest: money and leaderboard.
pub(super) fn contest(node: &Node, id: &str) -> Result<Markup, NodeError> {
    let contest = node.contest(super::named(id)?)?;
    let mut entrants = node.entrants(contest.id)?;
    entrants.sort_by_key(|entrant| (std::cmp::Reverse(entrant.value), entrant.number));
    let assets = Assets::new(node)?;
    let show = |amount| assets.show(amount, contest.asset);
    let terms = &contest.terms;
    Ok(shell::page(
        "Contest",
        Place::Prices,
        true,
        &html! {
            h1 { (contest.name) " " (badge(contest.state)) }
            p.lead { "On " a href={ "/feeds/" (contest.feed) } { "feed " (contest.feed) } "." }
            section.card {
                dl.facts {
                    dt { "periods" } dd { (contest.settled) " of " (terms.epochs.saturating_mul(terms.epoch_periods)) }
                    dt { "epochs paid" } dd { (contest.epochs_paid) " of " (terms.epochs) }
                    dt { "pot" } dd { (show(contest.pot)) }
                    dt { "paid" } dd { (show(contest.paid)) }
                    dt { "left to the treasury" } dd { (show(contest.left)) }
                    dt { "largest leverage" } dd { (format!("{:.1}", f64::from(terms.leverage_max) / 1_000.0)) }
                    dt { "largest drawdown" } dd { (format!("{:.1} %", f64::from(terms.drawdown_max_bps) / 100.0)) }
                    dt { "challenge" } dd { (terms.challenge_periods) " periods" }
                }
            }
            section.card { h2 { "Leaderboard" } (leaderboard(&contest, &entrants, &assets)) }
            section.card {
                h2 { "Recompute it" }
                pre { code { "lilliput prices contest check " (contest.id) } }
                p.quiet { "fetches signals and prices, checks seals and medians, computes every account and payout again, and compares." }
            }
        },
    ))
}

/// The latest periods that were settled, the oldest first; a halt of the network leaves fewer.
fn latest_prices(node: &Node, feed: &Feed) -> Result<Vec<PriceRecord>, NodeError> {
    let mut after = feed.next.checked_sub(CHARTED as u64 + 1);
    let mut prices = Vec::new();
    while prices.len() < CHARTED {
        let page = node.prices(feed.id, after, PAGE_MAX)?;
        prices.extend(page.items);
        let last = prices.last().map(|record: &PriceRecord| record.period);
        if page.next.is_none() || last == after {
            break;
        }
        after = last;
    }
    Ok(prices)
}

fn feed_table(feeds: &[Feed], assets: &Assets) -> Markup {
    html! {
        @if feeds.is_empty() { p.quiet { "none yet" } } @else {
            table {
                tr { th { "feed" } th.number { "price" } th { "unit" } th.number { "reporters" } th.number { "staked" } th.number { "lost by reporters" } }
                @for feed in feeds {
                    tr {
                        td { (feed_link(feed.id, feed.name.as_str())) }
                        td.number { (price(feed, feed.latest.map(|(_, price)| price))) }
                        td { (feed.unit) }
                        td.number { (feed.active) }
                        td.number { (assets.show(feed.staked, feed.asset)) }
                        td.number { (assets.show(feed.slashed, feed.asset)) }
                    }
                }
            }
        }
    }
}

fn feed_link(id: FeedId, name: &str) -> Markup {
    html! { a href={ "/feeds/" (id) } { (id) " " (name) } }
}

fn contest_table(contests: &[Contest], assets: &Assets) -> Markup {
    html! {
        @if contests.is_empty() { p.quiet { "none yet" } } @else {
            table {
                tr { th { "contest" } th { "state" } th { "feed" } th.number { "entrants" } th.number { "pot" } th.number { "paid" } }
                @for contest in contests {
                    tr {
                        td { a href={ "/contests/" (contest.id) } { (contest.id) " " (contest.name) } }
                        td { (badge(contest.state)) }
                        td { (feed_link(contest.feed, "")) }
                        td.number { (contest.entrants) }
                        td.number { (assets.show(contest.pot, contest.asset)) }
                        td.number { (assets.show(contest.paid, contest.asset)) }
                    }
                }
            }
        }
    }
}

fn badge(state: ContestState) -> Markup {
    let (class, word) = match state {
        ContestState::Open => ("open", "open"),
        ContestState::Closed => ("paid", "closed"),
    };
    html! { span class={ "badge " (class) } { (word) } }
}

fn price_table(feed: &Feed, prices: &[PriceRecord]) -> Markup {
    html! {
        @if prices.is_empty() { p.quiet { "none yet" } } @else {
            table {
                tr { th.number { "period" } th.number { "price" } th.number { "reports" } }
                @for record in prices.iter().rev().take(LISTED) {
                    tr {
                        td.number { (record.period) }
                        td.number { (price(feed, record.price)) }
                        td.number { (record.reports.len()) }
                    }
                }
            }
        }
    }
}

fn reporter_table(feed: &Feed, reporters: &[Reporter], assets: &Assets) -> Markup {
    html! {
        @if reporters.is_empty() { p.quiet { "none yet" } } @else {
            table {
                tr { th { "reporter" } th.number { "stake" } th.number { "right" } th.number { "slashed" } th.number { "lost" } }
                @for reporter in reporters {
                    tr {
                        td { (text::holder(reporter.account.into())) }
                        td.number { (assets.show(reporter.stake, feed.asset)) }
                        td.number { (reporter.right) }
                        td.number { (reporter.slashes) }
                        td.number { (assets.show(reporter.slashed, feed.asset)) }
                    }
                }
            }
        }
    }
}

fn leaderboard(contest: &Contest, entrants: &[Entrant], assets: &Assets) -> Markup {
    let bars: Vec<Bar<'_>> = entrants
        .iter()
        .map(|entrant| Bar {
            label: format!("entrant {}", entrant.number),
            length: gain(entrant),
            shown: percent(gain(entrant)),
            colour: if gain(entrant) < 0.0 {
                "var(--bad)"
            } else {
                "var(--good)"
            },
        })
        .collect();
    html! {
        @if entrants.is_empty() { p.quiet { "none yet" } } @else {
            (chart::signed_bars("gains", &bars))
            table {
                tr { th.number { "entrant" } th { "account" } th.number { "gain" } th.number { "drawdown" } th { "standing" } th.number { "paid" } }
                @for entrant in entrants {
                    tr {
                        td.number { (entrant.number) }
                        td { (text::holder(entrant.account.into())) }
                        td.number { (percent(gain(entrant))) }
                        td.number { (format!("{:.2} %", 100.0 * decimal(entrant.drawdown))) }
                        td { (standing(contest, entrant)) }
                        td.number { (assets.show(entrant.paid, contest.asset)) }
                    }
                }
            }
        }
    }
}

fn standing(contest: &Contest, entrant: &Entrant) -> String {
    match (entrant.standing, entrant.copies) {
        (
            Standing::Out {
                period,
                cause: OutCause::Drawdown,
            },
            _,
        ) => format!("out in {period}: fell too far"),
        (Standing::Out { period, .. }, _) => format!("out in {period}: kept back signals"),
        (Standing::In, Some(of)) => format!("copies entrant {of}"),
        (Standing::In, None) if entrant.periods < contest.terms.challenge_periods => {
            "in the challenge".to_owned()
        }
        (Standing::In, None) => "earning".to_owned(),
    }
}

/// A price with its point.
fn price(feed: &Feed, price: Option<u64>) -> String {
    let Some(price) = price else {
        return "–".to_owned();
    };
    let places = usize::from(feed.decimals);
    let digits = format!("{price:0>width$}", width = places + 1);
    let (whole, fraction) = digits.split_at(digits.len() - places);
    if fraction.is_empty() {
        whole.to_owned()
    } else {
        format!("{whole}.{fraction}")
    }
}

fn gain(entrant: &Entrant) -> f64 {
    decimal(entrant.value) - 1.0
}

/// A value with 48 fraction bits as a decimal, to be looked at.
fn decimal(bits: u64) -> f64 {
    bits as f64 / (1_u64 << 48) as f64
}

fn percent(part: f64) -> String {
    format!("{:+.2} %", 100.0 * part)
}
