//! Subnets: what one is set to, where its epoch stands, who is in it and who earned what.

use lilliput_client::subnet::{SubnetDetail, SubnetEpochDetail, SubnetSeat};
use lilliput_types::subnet::{BondSpeed, Phase, Rule, SeatInput, Subnet, SubnetState};
use lilliput_types::{Amount, AssetId, SubnetId};
use maud::{Markup, html};

use super::chart::{self, Column};
use super::shell::{self, Place};
use super::text::{self, Money};
use crate::error::NodeError;
use crate::node::{Node, PAGE_MAX};

/// Epochs that the chart shows.
const EPOCHS_SHOWN: u64 = 24;
/// And of a subnet with many members, whose records are long.
const EPOCHS_SHOWN_LARGE: u64 = 4;
/// More members are many.
const LARGE: u16 = 256;
/// A weight's whole.
const WEIGHT_ONE: f64 = 65_535.0;
/// A part's whole.
const PART_ONE: f64 = 65_536.0;

/// A price's whole.
const PRICE_ONE: f64 = 4_294_967_296.0;

/// All subnets.
pub(super) fn list(node: &Node) -> Result<Markup, NodeError> {
    let subnets = node.subnets(None, PAGE_MAX)?.items;
    let settlement = node.genesis().params.settlement_asset;
    Ok(super::with_asset(node, asset(node), |money| {
        super::with_asset(node, settlement, |revenue| {
            let middle = table(&subnets, money, revenue);
            shell::page("Subnets", Place::Subnets, true, &middle)
        })
    }))
}

/// A subnet's stake in what it is in.
fn staked(subnet: &Subnet, network: Money<'_>) -> String {
    let symbol = AssetId::Subnet(subnet.id).to_string();
    match subnet.market {
        Some(_) => Money {
            symbol: &symbol,
            ..network
        }
        .show(subnet.stake),
        None => network.show(subnet.stake),
    }
}

fn table(subnets: &[SubnetDetail], money: Money<'_>, revenue: Money<'_>) -> Markup {
    html! {
        h1 { "Subnets" }
        p.lead {
            "In a subnet the best models earn: validators ask hidden questions, the ledger audits the evidence behind their "
            "scores, and anyone can recompute every payout."
        }
        section.card {
            @if subnets.is_empty() {
                p.quiet { "none yet; " code { "lilliput subnet open" } " opens one, " code { "lilliput subnet demo" } " shows one at work" }
            } @else {
                table {
                    tr { th { "subnet" } th { "name" } th { "phase" } th.number { "epoch" } th.number { "members" } th.number { "stake" } th.number { "price" } th.number { "minted" } th.number { "revenue" } }
                    @for SubnetDetail { subnet, .. } in subnets {
                        tr {
                            td { a href={ "/subnet/" (subnet.id) } { (subnet.id) } }
                            td { (subnet.name) }
                            td { (state(subnet.state, subnet.phase)) }
                            td.number { (subnet.epoch) }
                            td.number { (subnet.members()) }
                            td.number { (staked(subnet, money)) }
                            td.number { @if let Some(market) = &subnet.market { (price(market.network.0, market.tokens.0)) } }
                            td.number { (money.show(subnet.minted)) }
                            td.number { @if subnet.answers > 0 { (revenue.show(subnet.revenue)) } }
                        }
                    }
                }
            }
        }
    }
}

/// What the page of one subnet shows.
struct View {
    detail: SubnetDetail,
    seats: Vec<SubnetSeat>,
    /// Settled ones, the oldest first.
    epochs: Vec<SubnetEpochDetail>,
    now_ms: u64,
}

/// One subnet.
pub(super) fn page(node: &Node, id: SubnetId) -> Result<Markup, NodeError> {
    let detail = node.subnet(id)?;
    let seats = node.subnet_seats(id, None, PAGE_MAX)?.items;
    let shown = match detail.subnet.uids > LARGE {
        true => EPOCHS_SHOWN_LARGE,
        false => EPOCHS_SHOWN,
    };
    let next = detail.subnet.epoch;
    let mut epochs = Vec::new();
    for number in next.0.saturating_sub(shown)..next.0 {
        match node.subnet_epoch(id, lilliput_types::SubnetEpoch(number)) {
            Ok(epoch) => epochs.push(epoch),
            // Old records are dropped.
            Err(NodeError::NotFound { .. }) => {}
            Err(error) => return Err(error),
        }
    }
    let view = View {
        detail,
        seats,
        epochs,
        now_ms: crate::engine::clock_ms(),
    };
    let settlement = node.genesis().params.settlement_asset;
    Ok(super::with_asset(node, asset(node), |network| {
        super::with_asset(node, settlement, |revenue| {
            let symbol = AssetId::Subnet(id).to_string();
            // A subnet's token has the decimals of the network's.
            let token = Money {
                symbol: &symbol,
                ..network
            };
            let money = match view.detail.subnet.market {
                Some(_) => token,
                None => network,
            };
            view.page(money, network, revenue)
        })
    }))
}

fn asset(node: &Node) -> AssetId {
    node.genesis().params.subnets.asset
}

impl View {
    /// Stake and pay are in `money`, which is the subnet's token if it has one.
    fn page(&self, money: Money<'_>, network: Money<'_>, revenue: Money<'_>) -> Markup {
        let subnet = &self.detail.subnet;
        let over = subnet.state == SubnetState::Closed;
        let middle = html! {
            h1 { "Subnet " (subnet.id) ": " (subnet.name) }
            p.lead { (subnet.about) }
            div.columns data-every="1000" {
                section.card { h2 { "Epoch " (subnet.epoch) } (self.epoch()) }
                section.card { h2 { "Money" } (self.money(money, network, revenue)) }
            }
            section.card {
                h2 { "Earned by epoch" }
                (self.chart(money))
            }
            section.card {
                h2 { "Members" }
                (self.members(money))
                p.quiet {
                    "Weights, audits and payouts are those of the last epoch that settled. Why an account earned what it did: "
                    code { "lilliput explain subnet:" (subnet.id) ":EPOCH ACCOUNT" }
                }
            }
            section.card { h2 { "Settings" } (settings(subnet, money)) }
            @if !over { script src="/page/job.js" {} }
        };
        let title = format!("Subnet {}", subnet.id);
        shell::page(&title, Place::Subnets, over, &middle)
    }

    fn epoch(&self) -> Markup {
        let subnet = &self.detail.subnet;
        let left = subnet.phase_ends_at.0.saturating_sub(self.now_ms);
        let phases = [Phase::Commit, Phase::Reveal, Phase::Audit];
        let present = phases.iter().position(|phase| *phase == subnet.phase);
        let count =
            |has: fn(&SubnetSeat) -> bool| self.seats.iter().filter(|seat| has(seat)).count();
        let permits = count(|seat| seat.permit);
        let done = [
            format!(
                "{} of {permits} validators committed",
                count(|seat| seat.committed)
            ),
            format!("{} revealed", count(|seat| seat.revealed)),
            format!(
                "{} audits held",
                self.seats
                    .iter()
                    .map(|seat| seat.audited.len())
                    .sum::<usize>()
            ),
        ];
        html! {
            ol.steps {
                @for ((place, phase), done) in phases.iter().enumerate().zip(done) {
                    @let here = Some(place) == present;
                    li.done[Some(place) <= present] {
                        span { (phase_name(*phase)) ": " (done) }
                        span.when { @if here { (format!("{:.0} s left", left as f64 / 1000.0)) } }
                    }
                }
            }
            dl.facts {
                dt { "state" } dd { (state(subnet.state, subnet.phase)) }
                dt { "owner" } dd { (text::holder(subnet.owner.into())) }
                dt { "members" } dd { (subnet.members()) " of " (subnet.settings.uids_max) }
                @if !subnet.challenges.is_empty() { dt { "waiting for a place" } dd { (subnet.challenges.len()) } }
            }
        }
    }

    fn money(&self, money: Money<'_>, network: Money<'_>, revenue: Money<'_>) -> Markup {
        let subnet = &self.detail.subnet;
        html! {
            dl.facts {
                dt { "stake" } dd { (money.show(subnet.stake)) }
                dt { "emission so far" } dd { (network.show(subnet.minted)) }
                dt { "of it burned" } dd { (money.show(subnet.burned)) }
                dt { "revenue so far" } dd { (revenue.show(subnet.revenue)) " for " (subnet.answers) " answers" }
                dt { "a registration costs" } dd { (network.show(self.detail.price)) }
                dt { "deposit" } dd { (network.show(subnet.deposit)) }
                @if let Some(market) = &subnet.market {
                    dt { "price of its token" } dd { (price(market.network.0, market.tokens.0)) " now, " (format!("{:.6}", market.price_smoothed.0 as f64 / PRICE_ONE)) " smoothed" }
                    dt { "in its market" } dd { (network.show(market.network)) " and " (money.show(market.tokens)) }
                }
            }
        }
    }

    fn chart(&self, money: Money<'_>) -> Markup {
        let columns: Vec<Column> = self
            .epochs
            .iter()
            .map(|epoch| Column {
                label: epoch.record.epoch.to_string(),
                // Lengths on the screen: rounding is invisible.
                parts: epoch
                    .payouts
                    .iter()
                    .map(|payout| {
                        let got = payout.incentive.0.saturating_add(payout.dividend.0);
                        (usize::from(payout.uid), got as f64)
                    })
                    .collect(),
                shown: money.show(epoch.record.emission),
            })
            .collect();
        html! {
            @if columns.is_empty() { p.quiet { "no epoch has settled yet" } } @else {
                (chart::columns("earned by epoch and uid", &columns))
                p.legend {
                    @for seat in self.seats.iter().take(chart::SERIES.len()) {
                        @let uid = seat.member.uid;
                        span { (chart::swatch(usize::from(uid))) " uid " (uid) }
                    }
                    @if self.seats.len() > chart::SERIES.len() { span.quiet { "grey: others" } }
                }
            }
        }
    }

    fn members(&self, money: Money<'_>) -> Markup {
        let last = self.epochs.last();
        html! {
            table {
                tr {
                    th { "uid" } th { "account" } th.number { "stake" } th.number { "weight" } th.number { "incentive" }
                    th.number { "dividend" } th { "audits" } th.number { "earned in all" }
                }
                @for seat in &self.seats {
                    @let uid = seat.member.uid;
                    @let input = last.and_then(|last| last.input.seats.iter().find(|one| one.uid == uid));
                    @let payout = last.and_then(|last| last.payouts.iter().find(|one| one.uid == uid));
                    @let weight = last.and_then(|last| weight(&last.input.seats, uid));
                    tr {
                        td { (chart::swatch(usize::from(uid))) " " (uid) @if seat.permit { " " span.badge { "validator" } } @if let Some(after) = seat.member.leaves_after { " " span.badge { "leaves after epoch " (after) } } }
                        td { (text::holder(seat.member.account.into())) }
                        td.number { (money.show(seat.pool.amount)) }
                        td.number { @if let Some(weight) = weight { (format!("{:.1} %", 100.0 * weight)) } }
                        td.number { (paid(payout.map(|payout| payout.incentive), money)) }
                        td.number { (paid(payout.map(|payout| payout.dividend), money)) }
                        td { @if let Some(input) = input { (audits(input)) } }
                        td.number { (money.show(seat.member.earned_total)) }
                    }
                }
            }
            @if usize::from(self.detail.subnet.members()) > self.seats.len() {
                p.quiet { "the first " (self.seats.len()) " of " (self.detail.subnet.members()) }
            }
        }
    }
}

fn paid(amount: Option<Amount>, money: Money<'_>) -> String {
    match amount {
        Some(amount) if !amount.is_zero() => money.show(amount),
        _ => String::new(),
    }
}

fn audits(seat: &SeatInput) -> Markup {
    html! {
        @if seat.passed > 0 { span.good { (seat.passed) " held" } }
        @if seat.passed > 0 && seat.failed > 0 { ", " }
        @if seat.failed > 0 { span.error { (seat.failed) " failed" } }
    }
}

/// The mean of what validators with evidence gave, as a part of one.
fn weight(seats: &[SeatInput], uid: u16) -> Option<f64> {
    let voters: Vec<&SeatInput> = seats
        .iter()
        .filter(|seat| seat.passed > 0 && seat.failed == 0)
        .collect();
    let given = |seat: &&SeatInput| {
        let cell = seat.weights.iter().find(|(miner, _)| *miner == uid);
        cell.map_or(0.0, |(_, weight)| f64::from(*weight) / WEIGHT_ONE)
    };
    let sum: f64 = voters.iter().map(given).sum();
    (sum > 0.0).then(|| sum / voters.len() as f64)
}

fn settings(subnet: &Subnet, money: Money<'_>) -> Markup {
    let settings = &subnet.settings;
    let part = |part: u16| format!("{:.1} %", 100.0 * f64::from(part) / PART_ONE);
    let seconds = |ms: u64| format!("{} s", ms as f64 / 1000.0);
    let scorer = serde_json::to_string(&settings.scorer).unwrap_or_default();
    html! {
        dl.facts {
            dt { "scorer" } dd { (scorer.trim_matches('"').replace('_', " ")) ", to the power of " (settings.power) }
            dt { "rule" } dd { (rule(&subnet.rule)) @if let Some(next) = &subnet.rule_next { "; from the next epoch on " (rule(next)) } }
            dt { "evidence" } dd { "at least " (settings.probes_min) " signed answers behind a weight, " (settings.audits_required) " audits drawn" }
            dt { "phases" } dd { "commit " (seconds(settings.commit_ms.0)) ", reveal " (seconds(settings.reveal_ms.0)) ", audit " (seconds(settings.audit_ms.0)) }
            dt { "permits" } dd { "at most " (settings.validators_max) ", with at least " (money.show(settings.stake_min)) }
            dt { "majority" } dd { (part(settings.majority)) " of the voting stake" }
            dt { "bonds" } dd {
                @match settings.bond_speed {
                    BondSpeed::Fixed(speed) => { "follow weights by " (part(speed)) " an epoch" }
                    BondSpeed::Liquid { low, high } => { "follow weights by " (part(low)) " to " (part(high)) " an epoch" }
                }
            }
            dt { "emission" } dd { (part(settings.owner_part)) " to the owner, of the rest " (part(settings.validators_part)) " to validators" }
            dt { "immunity" } dd { (settings.immunity_epochs) " scored epochs" }
            @if let Some(uid) = settings.burn_uid { dt { "weights that burn" } dd { "those for uid " (uid) } }
        }
    }
}

/// Network tokens for one of the subnet's, as the market stands.
fn price(network: u128, tokens: u128) -> String {
    format!("{:.6}", network as f64 / tokens.max(1) as f64)
}

fn rule(rule: &Rule) -> String {
    let Rule::Subtensor425(of) = rule else {
        return rule.name().to_owned();
    };
    let bonds = match (of.yuma3, of.liquid_alpha) {
        (true, true) => "Yuma 3 with liquid alpha",
        (true, false) => "Yuma 3",
        (false, _) => "Yuma 2",
    };
    format!("{}, {bonds}", rule.name())
}

const fn phase_name(phase: Phase) -> &'static str {
    match phase {
        Phase::Commit => "commit",
        Phase::Reveal => "reveal",
        Phase::Audit => "audit",
    }
}

const fn state(state: SubnetState, phase: Phase) -> &'static str {
    match state {
        SubnetState::Open => phase_name(phase),
        SubnetState::Closing => "ends with this epoch",
        SubnetState::Closed => "closed",
    }
}
