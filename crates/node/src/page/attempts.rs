//! Evaluations of a model: every attempt that was registered, none alone.

use lilliput_client::api::Page;
use lilliput_types::ModelId;
use lilliput_types::registry::{Metric, RegisteredAttempt};
use maud::{Markup, html};

use super::shell::{self, Place};
use super::text;

/// Metrics are in billionths.
const BILLION: f64 = 1e9;

pub(super) fn page(model: ModelId, attempts: &Page<RegisteredAttempt>) -> Markup {
    let middle = html! {
        h1 { "Registered evaluations" }
        p.lead { "Every attempt that somebody registered for this model, in order. Nobody can take one back; who registers one says that it was so." }
        section.card { dl.facts { dt { "model" } dd.hash { (model) } } }
        @if attempts.items.is_empty() {
            section.card { p.quiet { "none yet; " code { "lilliput eval import" } " registers one" } }
        }
        @for one in &attempts.items { (attempt(one)) }
        @if attempts.next.is_some() { p.quiet { "the first " (attempts.items.len()) "; " code { "lilliput eval list" } " shows all" } }
    };
    shell::page("Evaluations", Place::Models, true, &middle)
}

fn attempt(one: &RegisteredAttempt) -> Markup {
    let attempt = &one.attempt;
    html! {
        section.card {
            h2 { "Attempt " (one.number) ": " (attempt.harness.name()) " " (attempt.version) }
            dl.facts {
                dt { "by" } dd { (text::holder(one.by.into())) " in " a href={ "/blocks/" (one.height) } { "block " (one.height) } }
                dt { "model there" } dd { (attempt.name) }
                dt { "data" } dd.hash { (attempt.data) }
                dt { "seeds" } dd {
                    @if attempt.seeds.is_empty() { "none told" }
                    @for seed in attempt.seeds.iter() { (seed.name) " " (seed.value) " " }
                }
                dt { "transcript" } dd.hash {
                    @match &attempt.transcript {
                        Some(transcript) => { (transcript.root) " over " (transcript.lines) " lines" }
                        None => { "not kept" }
                    }
                }
                dt { "file" } dd.hash { (attempt.source) }
            }
            table {
                tr { th { "task" } th.number { "shots" } th.number { "samples" } th { "metric" } th.number { "value" } }
                @for task in attempt.tasks.iter() {
                    @for metric in task.metrics.iter() {
                        tr {
                            td { (task.task) }
                            td.number { @if let Some(shots) = task.shots { (shots) } }
                            td.number { @if let Some(samples) = task.samples { (samples) @if task.samples_of.is_some_and(|of| of > samples) { " of " (task.samples_of.unwrap_or(samples)) } } }
                            td { (metric.name) }
                            td.number { (shown(metric)) }
                        }
                    }
                }
            }
        }
    }
}

fn shown(metric: &Metric) -> String {
    let value = metric.value as f64 / BILLION;
    match metric.error {
        Some(error) => format!("{value:.4} ± {:.4}", error as f64 / BILLION),
        None => format!("{value:.4}"),
    }
}
