//! Metrics for Prometheus. Every label has a bounded set of values: none comes from a visitor.

use std::fmt::Write as _;

use crate::counters::{FIRST_CHARGED, KINDS, LATENCY_MICROS};
use crate::gate::Gate;
use crate::policy::Decision;
use crate::visitor::Brought;

pub(super) fn text(gate: &Gate) -> String {
    let totals = gate.counters.totals();
    let mut text = String::new();
    head(
        &mut text,
        "lilliput_gate_requests_total",
        "counter",
        "Requests by kind of visitor and decision.",
    );
    for (kind, decisions) in KINDS.iter().zip(&totals.decisions) {
        for (decision, count) in Decision::ALL.iter().zip(decisions) {
            let labels = format!("kind=\"{kind}\",decision=\"{}\"", decision.name());
            line(&mut text, "lilliput_gate_requests_total", &labels, *count);
        }
    }
    head(
        &mut text,
        "lilliput_gate_brought_total",
        "counter",
        "Requests by what they brought to pass.",
    );
    for (brought, count) in Brought::ALL.iter().zip(totals.brought) {
        line(
            &mut text,
            "lilliput_gate_brought_total",
            &format!("brought=\"{}\"", brought.name()),
            count,
        );
    }
    head(
        &mut text,
        "lilliput_gate_fees_millionths_total",
        "counter",
        "What non-human requests would pay, were each charged.",
    );
    for (place, kind) in KINDS.iter().enumerate().skip(FIRST_CHARGED) {
        let fees: u64 = totals.routes.values().map(|route| route[place].fees).sum();
        line(
            &mut text,
            "lilliput_gate_fees_millionths_total",
            &format!("kind=\"{kind}\""),
            fees,
        );
    }
    for (name, kind, help, value) in plain(gate, totals.paid, totals.signed) {
        head(&mut text, name, kind, help);
        line(&mut text, name, "", value);
    }
    sessions(&mut text, gate.counters.sessions());
    latency(&mut text, &totals.latency, totals.latency_micros);
    text
}

/// What has no labels: name, kind, help, value.
fn plain(
    gate: &Gate,
    paid: u64,
    signed: u64,
) -> [(&'static str, &'static str, &'static str, u64); 10] {
    let [connections, requests, upstream] = gate.counters.refusals();
    [
        (
            "lilliput_gate_paid_millionths_total",
            "counter",
            "What was paid.",
            paid,
        ),
        (
            "lilliput_gate_signed_total",
            "counter",
            "Requests whose signature holds.",
            signed,
        ),
        (
            "lilliput_gate_refused_connections_total",
            "counter",
            "Connections beyond what one address may have.",
            connections,
        ),
        (
            "lilliput_gate_refused_requests_total",
            "counter",
            "Requests that no policy was asked about.",
            requests,
        ),
        (
            "lilliput_gate_upstream_failures_total",
            "counter",
            "Requests that the site didn't answer.",
            upstream,
        ),
        (
            "lilliput_gate_log_lost_total",
            "counter",
            "Decisions that the log doesn't hold.",
            gate.journal.lost(),
        ),
        (
            "lilliput_gate_log_broken",
            "gauge",
            "Whether the log can't be written any more.",
            u64::from(gate.journal.is_broken()),
        ),
        (
            "lilliput_gate_load_permille",
            "gauge",
            "Load of the site in thousandths of what it bears.",
            gate.tariff.load_permille(),
        ),
        (
            "lilliput_gate_level_1024ths",
            "gauge",
            "Level of work and prices, 0 while the site isn't loaded.",
            gate.tariff.level(),
        ),
        (
            "lilliput_gate_work_hashes",
            "gauge",
            "Hashes that a light challenge asks for.",
            gate.tariff.light_hashes(),
        ),
    ]
}

fn sessions(text: &mut String, [human, work, wait, paid]: [u64; 4]) {
    head(
        text,
        "lilliput_gate_sessions_total",
        "counter",
        "Sessions that were opened, by how they were earned.",
    );
    for (way, count) in [
        ("human", human),
        ("work", work),
        ("wait", wait),
        ("paid", paid),
    ] {
        line(
            text,
            "lilliput_gate_sessions_total",
            &format!("way=\"{way}\""),
            count,
        );
    }
}

fn latency(text: &mut String, classes: &[u64], micros: u64) {
    let name = "lilliput_gate_added_seconds";
    head(
        text,
        name,
        "histogram",
        "Time that the gate adds to a request.",
    );
    let mut sum = 0;
    for (bound, count) in LATENCY_MICROS.iter().zip(classes) {
        sum += count;
        let bound = format!("le=\"{}.{:06}\"", bound / 1_000_000, bound % 1_000_000);
        line(text, &format!("{name}_bucket"), &bound, sum);
    }
    let all: u64 = classes.iter().sum();
    line(text, &format!("{name}_bucket"), "le=\"+Inf\"", all);
    line(text, &format!("{name}_count"), "", all);
    // A String takes everything that is written to it.
    let _ = writeln!(
        text,
        "{name}_sum {}.{:06}",
        micros / 1_000_000,
        micros % 1_000_000
    );
}

fn head(text: &mut String, name: &str, kind: &str, help: &str) {
    let _ = writeln!(text, "# HELP {name} {help}\n# TYPE {name} {kind}");
}

fn line(text: &mut String, name: &str, labels: &str, value: u64) {
    let _ = if labels.is_empty() {
        writeln!(text, "{name} {value}")
    } else {
        writeln!(text, "{name}{{{labels}}} {value}")
    };
}
