//! The owner's page.

use jiff::Timestamp;
use maud::{DOCTYPE, Markup, html};

use super::chart;
use crate::counters::{FIRST_CHARGED, KINDS, RouteCount, Totals};
use crate::gate::{Gate, now_ms};
use crate::policy::Decision;
use crate::price::Price;
use crate::trial::{Explanation, Trial};
use crate::visitor::{Brought, Visit};

/// Visits that are shown.
const SHOWN_MAX: usize = 40;
const ROUTES_SHOWN: usize = 12;
const RULES_SHOWN: usize = 20;
/// Windows of the load chart.
const WINDOWS_SHOWN: usize = 300;

/// What the rule tester starts with.
const EXAMPLE: &str = r#"{
  "method": "GET",
  "path": "/docs/index.html",
  "address": "203.0.113.7",
  "headers": {
    "User-Agent": "Mozilla/5.0 (compatible; GPTBot/1.2; +https://openai.com/gptbot)",
    "Accept": "*/*"
  }
}"#;

/// The whole page.
pub(super) fn page(gate: &Gate, token: &str) -> Markup {
    html! {
        (DOCTYPE)
        html lang="en" {
            head {
                meta charset="utf-8";
                meta name="viewport" content="width=device-width, initial-scale=1";
                title { "Gate · lilliput" }
                link rel="stylesheet" href={ "/" (token) "/page.css" };
                link rel="icon" href="data:,";
                script src={ "/" (token) "/page.js" } defer {}
            }
            body {
                header.top { span.brand { "lilliput gate" } span.quiet { "before " (gate.config.upstream.authority) } }
                main {
                    h1 { "Who comes to " (gate.config.site) }
                    @if gate.config.observe {
                        p.badge.refunded { "observing: everything passes, and is only counted" }
                    }
                    div #live { (live(gate)) }
                    section.card {
                        h2 { "What would happen to this request" }
                        p.quiet { "Nothing is sent. The answer is for a visitor who brings nothing: no session, no token, no payment." }
                        form #tester method="post" action={ "/" (token) "/try" } {
                            textarea name="request" rows="9" spellcheck="false" aria-label="a request as JSON" { (EXAMPLE) }
                            div.row { button.primary type="submit" { "Try it" } }
                        }
                        div #verdict aria-live="polite" {}
                    }
                    details.card { summary { "The policy" } pre { (gate.config.policy_text) } }
                }
                footer { "Counted since the gate started. Metrics for Prometheus are under /metrics. The log of decisions is sealed: lilliput gate log verify." }
            }
        }
    }
}

/// The part that is fetched again and again.
pub(super) fn live(gate: &Gate) -> Markup {
    let totals = gate.counters.totals();
    let history = gate.tariff.history();
    html! {
        (tiles(gate, &totals))
        section.card {
            h2 { "The last hour" }
            (chart::minutes(&totals.minutes, now_ms() / 60_000))
            p.legend {
                @for (place, kind) in KINDS.iter().enumerate() { span { (chart::swatch(place)) " " (kind) } }
                span { (chart::swatch(KINDS.len())) " held up" }
            }
        }
        section.card { h2 { "By kind of visitor" } (classes(&totals)) }
        section.card {
            h2 { "Load of the site, and what is asked" }
            (chart::load(&history, WINDOWS_SHOWN))
            p.legend {
                span { (chart::swatch(chart::LOAD)) " load" }
                span { (chart::swatch(chart::LEVEL)) " level of work and prices" }
            }
            p { "A light challenge asks for about " (gate.tariff.light_hashes()) " hashes." }
        }
        div.columns {
            section.card { h2 { "By route" } (routes(&totals)) }
            section.card { h2 { "Rules that decided" } (rules(&totals)) }
        }
        section.card { h2 { "The last decisions" } (recent(&gate.counters.recent(SHOWN_MAX))) }
    }
}

fn tiles(gate: &Gate, totals: &Totals) -> Markup {
    let of = |decision: Decision, from: usize| -> u64 {
        totals
            .decisions
            .iter()
            .skip(from)
            .map(|kind| kind[decision.place()])
            .sum()
    };
    let tile = |name: &str, value: String| html! { div.tile { span.value { (value) } span.quiet { (name) } } };
    let bots: u64 = (FIRST_CHARGED..KINDS.len())
        .map(|kind| totals.of_kind(kind))
        .sum();
    let [human, work, wait, _] = gate.counters.sessions();
    html! {
        div.tiles {
            (tile("requests of humans with a pass", totals.of_kind(0).to_string()))
            (tile("of who worked or waited", totals.of_kind(1).to_string()))
            (tile("of programs and unknown", bots.to_string()))
            (tile("challenged", of(Decision::Challenge, 0).to_string()))
            (tile("asked to pay", of(Decision::Pay, 0).to_string()))
            (tile("refused", of(Decision::Deny, 0).to_string()))
            (tile("paid", money(totals.paid)))
            (tile("sessions by human pass, work, wait", format!("{human} · {work} · {wait}")))
            (tile("added by the gate, median", median(totals)))
        }
    }
}

/// The bound below which half of all requests lie.
fn median(totals: &Totals) -> String {
    let all: u64 = totals.latency.iter().sum();
    let mut sum = 0;
    for (bound, count) in crate::counters::LATENCY_MICROS.iter().zip(totals.latency) {
        sum += count;
        if all > 0 && 2 * sum >= all {
            return format!("< {} µs", bound);
        }
    }
    "–".to_owned()
}

fn money(millionths: u64) -> String {
    Price { millionths }.to_string()
}

fn classes(totals: &Totals) -> Markup {
    html! {
        table {
            tr { th { "visitor" } th.number { "passed" } th.number { "challenged" } th.number { "to pay" } th.number { "refused" } th.number { "fee if charged" } }
            @for (place, kind) in KINDS.iter().enumerate() {
                @let decisions = totals.decisions[place];
                tr {
                    td { (chart::swatch(place)) " " (kind) }
                    @for count in decisions { td.number { (count) } }
                    td.number { @if place >= FIRST_CHARGED { (money(totals.routes.values().map(|route| route[place].fees).sum())) } @else { "free" } }
                }
            }
        }
    }
}

fn routes(totals: &Totals) -> Markup {
    let sum =
        |counts: &[RouteCount], part: fn(&RouteCount) -> u64| counts.iter().map(part).sum::<u64>();
    let mut rows: Vec<_> = totals.routes.iter().collect();
    rows.sort_by_key(|(_, counts)| std::cmp::Reverse(sum(&counts[..], |count| count.requests)));
    html! {
        table {
            tr { th { "route" } th.number { "free" } th.number { "others" } th.number { "fee if charged" } }
            @for (route, counts) in rows.iter().take(ROUTES_SHOWN) {
                tr {
                    td { code { (route) } }
                    td.number { (sum(&counts[..FIRST_CHARGED], |count| count.requests)) }
                    td.number { (sum(&counts[FIRST_CHARGED..], |count| count.requests)) }
                    td.number { (money(sum(&counts[FIRST_CHARGED..], |count| count.fees))) }
                }
            }
        }
    }
}

fn rules(totals: &Totals) -> Markup {
    let mut rows: Vec<_> = totals.rules.iter().collect();
    rows.sort_by_key(|(_, decisions)| std::cmp::Reverse(decisions.iter().sum::<u64>()));
    html! {
        table {
            tr { th { "rule" } th.number { "passed" } th.number { "challenged" } th.number { "to pay" } th.number { "refused" } }
            @for (rule, decisions) in rows.iter().take(RULES_SHOWN) {
                tr { td { (rule) } @for count in decisions.iter() { td.number { (count) } } }
            }
        }
    }
}

fn recent(visits: &[std::sync::Arc<Visit>]) -> Markup {
    html! {
        table.recent {
            tr { th { "time" } th { "decision" } th { "because of" } th { "visitor" } th { "request" } th.number { "status" } th { "from" } }
            @for visit in visits {
                tr {
                    td.quiet { (clock(visit.time_ms)) }
                    td { span class={ "badge " (visit.decision.name()) } { (visit.decision.name()) } }
                    td { (reason(visit)) }
                    td { (visitor(visit)) }
                    td.path { code { (visit.method) " " (visit.path) } }
                    td.number { (visit.status) }
                    td.quiet { (visit.from) }
                }
            }
        }
    }
}

fn clock(time_ms: u64) -> String {
    let time = i64::try_from(time_ms)
        .ok()
        .and_then(|ms| Timestamp::from_millisecond(ms).ok());
    time.map_or_else(String::new, |time| time.strftime("%H:%M:%S").to_string())
}

fn reason(visit: &Visit) -> Markup {
    html! {
        (visit.rule)
        @if visit.weight != 0 { span.quiet { " weight " (visit.weight) } }
        @if visit.judged != visit.decision { span.quiet { ", brought " (visit.brought.name()) } }
    }
}

fn visitor(visit: &Visit) -> Markup {
    html! {
        @if visit.brought.is_human() { "human" } @else { (visit.class.name()) }
        @if let Some(agent) = &visit.agent { " · " (agent) @if visit.signed { " (signed)" } }
        @if visit.brought == Brought::Work { span.quiet { " · worked" } }
    }
}

/// The rule tester's answer.
pub(super) fn tried(gate: &Gate, text: &str) -> Markup {
    match Trial::read(text).and_then(|trial| trial.explain(&gate.config.policy)) {
        Err(error) => html! { p.error { (error) } },
        Ok(explanation) => told(&explanation),
    }
}

fn told(explanation: &Explanation) -> Markup {
    html! {
        p.verdict {
            span class={ "badge " (explanation.decision) } { (explanation.decision) } " by " (explanation.rule)
            @if let Some(price) = explanation.price { ", for " (price) }
        }
        @if let Some(why) = &explanation.refused { p { "Refused before any rule: " (why) } }
        dl.facts {
            dt { "taken for" } dd {
                (explanation.class)
                @if let Some(agent) = &explanation.agent { " · " (agent) @if explanation.verified { " (verified)" } @else { " (only a claim)" } }
            }
            dt { "weight" } dd { (explanation.weight) }
            dt { "readings of the path" } dd { @for reading in &explanation.readings { code { (reading) } " " } }
        }
        @if !explanation.fitted.is_empty() {
            table {
                tr { th { "rule that fitted" } th { "does" } th.number { "weight" } }
                @for step in &explanation.fitted {
                    tr { td { (step.rule) } td { (step.action) } td.number { @if let Some(weight) = step.weight { (format!("{weight:+}")) } } }
                }
            }
        }
    }
}
