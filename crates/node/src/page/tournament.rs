//! Tournaments: rounds, leaderboards, who won and lost.

use lilliput_types::tournament::{
    Entry, ModelName, Phase, Round, RoundId, Scores, Standing, Tournament,
};
use lilliput_types::{AssetId, Holder, TimeMs};
use maud::{Markup, html};

use super::chart::{self, Bar};
use super::shell::{self, Place};
use super::text::{self, Assets};
use crate::error::NodeError;
use crate::node::{Node, PAGE_MAX};

/// The most rows of a leaderboard.
const LEADERS: usize = 50;
/// The most bars of a chart.
const BARS: usize = 12;
/// The most models looked at for a leaderboard over rounds.
const SEARCHED: usize = 5_000;
/// The most rounds listed.
const ROUNDS: usize = 25;

/// All tournaments and the latest rounds.
pub(super) fn overview(node: &Node) -> Result<Markup, NodeError> {
    let tournaments = node.tournaments(None, PAGE_MAX)?.items;
    let rounds = node.rounds(ROUNDS)?.items;
    let assets = Assets::new(node)?;
    let now = node.status()?.time;
    Ok(shell::page(
        "Tournaments",
        Place::Tournaments,
        true,
        &html! {
            h1 { "Tournaments" }
            p.lead {
                "Predictions are sealed until the deadline, targets are sealed before the round opens. The ledger scores every "
                "entry and moves the losers' stake to the winners; "
                code { "lilliput tournament check ROUND" } " recomputes it."
            }
            section.card {
                h2 { "Rounds" }
                (round_table(&rounds, &assets, now))
            }
            section.card {
                h2 { "Tournaments" }
                @if tournaments.is_empty() { p.quiet { "none yet" } } @else {
                    table {
                        tr { th { "name" } th { "organiser" } th.number { "rounds" } th.number { "left for the next" } }
                        @for tournament in &tournaments {
                            tr {
                                td { a href={ "/tournaments/" (tournament.id) } { (tournament.id) " " (tournament.name) } }
                                td { (text::holder(tournament.organiser.into())) }
                                td.number { (tournament.rounds) }
                                td.number { (assets.show(tournament.carried, tournament.asset)) }
                            }
                        }
                    }
                }
            }
        },
    ))
}

/// One tournament: its terms, its models over all rounds, its latest rounds.
pub(super) fn tournament(node: &Node, id: &str) -> Result<Markup, NodeError> {
    let tournament = node.tournament(super::named(id)?)?;
    let leaders = node.leaders(tournament.id, SEARCHED, LEADERS)?;
    let before = tournament.rounds.saturating_sub(ROUNDS as u64);
    let mut rounds = node.rounds_of(tournament.id, before, ROUNDS)?.items;
    rounds.reverse();
    let assets = Assets::new(node)?;
    let now = node.status()?.time;
    Ok(shell::page(
        "Tournament",
        Place::Tournaments,
        true,
        &html! {
            h1 { (tournament.name) }
            section.card { (terms(&tournament, &assets)) }
            section.card {
                h2 { "Models over all rounds" }
                (standings(&leaders, tournament.asset, &assets))
            }
            section.card {
                h2 { "Rounds" }
                (round_table(&rounds, &assets, now))
            }
        },
    ))
}

/// One round: deadlines, money, leaderboard.
pub(super) fn round(node: &Node, tournament: &str, number: &str) -> Result<Markup, NodeError> {
    let id: RoundId = super::named(&format!("{tournament}/{number}"))?;
    let round = node.round(id)?;
    let name = node.tournament(id.tournament)?.name;
    let mut entries = node.all_entries(id)?;
    entries.sort_by_key(|entry| {
        let rate = entry.scores.map_or(i64::MIN, |scores| scores.rate);
        (std::cmp::Reverse(rate), entry.number)
    });
    let assets = Assets::new(node)?;
    let phase = round.phase(node.status()?.time);
    Ok(shell::page(
        "Round",
        Place::Tournaments,
        true,
        &html! {
            h1 { "Round " (round.id) " " (badge(phase)) }
            p.lead { "Of " a href={ "/tournaments/" (round.id.tournament) } { (name) } "." }
            div.columns {
                section.card { h2 { "Deadlines" } (deadlines(&round)) }
                section.card { h2 { "Money" } (money(&round, &assets)) }
            }
            section.card {
                h2 { "Leaderboard" }
                (leaderboard(&entries, &round, &assets))
            }
            section.card {
                h2 { "Recompute it" }
                pre { code { "lilliput tournament check " (round.id) } }
                p.quiet { "fetches data, targets and predictions by their hashes, computes every score and payout again, and compares." }
            }
        },
    ))
}

fn round_table(rounds: &[Round], assets: &Assets, now: TimeMs) -> Markup {
    html! {
        @if rounds.is_empty() { p.quiet { "none yet" } } @else {
            table {
                tr { th { "round" } th { "state" } th.number { "entries" } th.number { "staked" } th.number { "won" } }
                @for round in rounds {
                    tr {
                        td { a href={ "/rounds/" (round.id) } { (round.id) } }
                        td { (badge(round.phase(now))) }
                        td.number { (round.entries) }
                        td.number { (assets.show(round.staked, round.asset)) }
                        td.number { (assets.show(round.won, round.asset)) }
                    }
                }
            }
        }
    }
}

fn badge(phase: Phase) -> Markup {
    let class = match phase {
        Phase::Settled => "paid",
        Phase::Void => "refunded",
        Phase::Entering | Phase::Revealing | Phase::AwaitingTargets | Phase::Overdue => "open",
    };
    html! { span class={ "badge " (class) } { (phase.as_str()) } }
}

fn terms(tournament: &Tournament, assets: &Assets) -> Markup {
    let terms = &tournament.terms;
    let part = |weight: u32| format!("{:.4}", f64::from(weight) / 65_536.0);
    html! {
        dl.facts {
            dt { "organiser" } dd { (text::holder(tournament.organiser.into())) }
            dt { "rate" } dd {
                (part(terms.factor)) " × (" (part(terms.correlation_weight))
                @if terms.feature_neutral { " × feature-neutral correlation + " } @else { " × correlation + " }
                (part(terms.contribution_weight)) " × contribution), at most ±"
                (format!("{:.2} %", f64::from(terms.clip) / 655.36))
            }
            dt { "deposit of a round" } dd { (assets.show(terms.deposit, tournament.asset)) }
            dt { "least stake" } dd { (assets.show(terms.stake_min, tournament.asset)) }
            dt { "most entries" } dd { (terms.entries_max) }
            dt { "left for the next round" } dd { (assets.show(tournament.carried, tournament.asset)) }
            @if !tournament.metadata_uri.as_str().is_empty() { dt { "more" } dd { (tournament.metadata_uri) } }
        }
    }
}

fn deadlines(round: &Round) -> Markup {
    html! {
        dl.facts {
            dt { "predictions until" } dd { (text::time(round.enter_until)) }
            dt { "revealed until" } dd { (text::time(round.reveal_until)) }
            dt { "targets until" } dd { (text::time(round.targets_until)) }
            dt { "rows, features" } dd { (round.rows) ", " (round.features) }
            dt { "data" } dd { a href={ "/v1/blobs/" (round.data) } { (text::short(&round.data.to_string())) } }
            dt { "targets sealed as" } dd { (text::short(&round.sealed_targets.to_string())) }
            @if let Some(targets) = round.targets {
                dt { "targets" } dd { a href={ "/v1/blobs/" (targets) } { (text::short(&targets.to_string())) } }
            }
        }
    }
}

fn money(round: &Round, assets: &Assets) -> Markup {
    let show = |amount| assets.show(amount, round.asset);
    html! {
        dl.facts {
            dt { "staked" } dd { (show(round.staked)) " on " (round.entries) " entries" }
            dt { "subsidy" } dd { (show(round.subsidy)) }
            dt { "left by earlier rounds" } dd { (show(round.carried)) }
            dt { "deposit" } dd { (show(round.deposit)) }
            @if round.closed_at.is_some() {
                dt { "won" } dd { (show(round.won)) }
                dt { "lost" } dd { (show(round.lost)) }
                dt { "kept for the next" } dd { (show(round.kept)) }
                dt { "withdrawn" } dd { (show(round.withdrawn)) }
            }
        }
    }
}

fn leaderboard(entries: &[Entry], round: &Round, assets: &Assets) -> Markup {
    if entries.is_empty() {
        return html! { p.quiet { "nobody has entered" } };
    }
    html! {
        (chart::signed_bars("rate of each entry", &entries.iter().filter_map(rate_bar).take(BARS).collect::<Vec<_>>()))
        table {
            tr { th { "model" } th { "account" } th.number { "staked" } th.number { "correlation" }
                th.number { "contribution" } th.number { "neutral" } th.number { "rate" } }
            @for entry in entries.iter().take(LEADERS) {
                tr {
                    td { (entry.model) }
                    td { (text::holder(Holder::Account(entry.account))) }
                    td.number { (assets.show(entry.staked, round.asset)) }
                    @match (&entry.scores, entry.prediction) {
                        (Some(scores), _) => {
                            td.number { (decimal(scores.correlation)) }
                            td.number { (decimal(scores.contribution)) }
                            td.number { (decimal(scores.feature_neutral)) }
                            td.number { (percent(scores.rate)) }
                        }
                        (None, prediction) => {
                            td.number.quiet colspan="4" { (if prediction.is_some() { "revealed" } else { "sealed" }) }
                        }
                    }
                }
            }
        }
        @if entries.len() > LEADERS { p.quiet { "and " (entries.len() - LEADERS) " more" } }
    }
}

fn rate_bar(entry: &Entry) -> Option<Bar<'static>> {
    let rate = entry.scores?.rate;
    Some(bar(&entry.model, rate))
}

fn bar(model: &ModelName, rate: i64) -> Bar<'static> {
    Bar {
        label: text::shortened(model.as_str(), 11),
        length: Scores::decimal(rate),
        shown: percent(rate),
        colour: if rate < 0 {
            "var(--bad)"
        } else {
            "var(--good)"
        },
    }
}

fn standings(leaders: &[Standing], asset: AssetId, assets: &Assets) -> Markup {
    if leaders.is_empty() {
        return html! { p.quiet { "no round is settled yet" } };
    }
    let bars: Vec<Bar<'_>> = leaders
        .iter()
        .take(BARS)
        .map(|standing| bar(&standing.model, standing.rate))
        .collect();
    html! {
        (chart::signed_bars("sum of rates", &bars))
        table {
            tr { th { "model" } th { "account" } th.number { "rounds" } th.number { "correlation" }
                th.number { "contribution" } th.number { "won" } th.number { "lost" } }
            @for standing in leaders {
                tr {
                    td { (standing.model) }
                    td { (text::holder(standing.account.into())) }
                    td.number { (standing.rounds) }
                    td.number { (mean(standing.correlation, standing.revealed)) }
                    td.number { (mean(standing.contribution, standing.revealed)) }
                    td.number { (assets.show(standing.won, asset)) }
                    td.number { (assets.show(standing.lost, asset)) }
                }
            }
        }
        p.quiet { "Correlation and contribution are means over the rounds in which the prediction was revealed; the bars are sums of rates." }
    }
}

fn decimal(bits: Option<i64>) -> String {
    bits.map_or_else(
        || "–".to_owned(),
        |bits| format!("{:.4}", Scores::decimal(bits)),
    )
}

fn mean(sum: i64, count: u64) -> String {
    let count = i64::try_from(count).unwrap_or(i64::MAX);
    decimal(sum.checked_div(count))
}

fn percent(rate: i64) -> String {
    format!("{:+.2} %", 100.0 * Scores::decimal(rate))
}
