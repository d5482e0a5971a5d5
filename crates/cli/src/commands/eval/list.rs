//! `lilliput eval list`: every attempt at a model, and how far they lie apart.

use std::collections::BTreeMap;

use lilliput_types::ModelId;
use lilliput_types::registry::{Attempt, RegisteredAttempt};
use serde_json::json;

use super::number::text;
use crate::failure::Result;
use crate::node::NodeArgs;
use crate::outcome::Outcome;

/// Show every registered attempt at a model: how many there are, and how far apart, beside each.
#[derive(clap::Args)]
pub(super) struct Args {
    /// The hash of the model.
    model: ModelId,

    #[command(flatten)]
    node: NodeArgs,
}

/// The values of one metric over all attempts.
struct Spread {
    values: Vec<(u64, i64)>,
}

pub(super) fn run(args: &Args) -> Result<Outcome> {
    let client = args.node.client()?;
    let mut attempts: Vec<RegisteredAttempt> = Vec::new();
    let mut from = None;
    loop {
        let page = client.attempts(args.model, from.as_deref())?;
        attempts.extend(page.items);
        from = page.next;
        if from.is_none() {
            break;
        }
    }
    let mut lines_of_all = vec![match attempts.len() {
        0 => format!("nobody registered an evaluation of {}", args.model),
        count => format!("{count} attempts at {}", args.model),
    }];
    for one in &attempts {
        lines_of_all.push(format!(
            "attempt {}, by {} in block {}",
            one.number, one.by, one.height
        ));
        lines_of_all.extend(
            lines(&one.attempt)
                .into_iter()
                .map(|line| format!("  {line}")),
        );
    }
    let spreads = spreads(&attempts);
    for ((task, metric), spread) in &spreads {
        let values = spread.values.iter().map(|(_, value)| *value);
        let (lowest, highest) = (values.clone().min(), values.max());
        lines_of_all.push(format!(
            "{task}, {metric}: {} attempts, from {} to {}",
            spread.values.len(),
            text(lowest.unwrap_or(0)),
            text(highest.unwrap_or(0)),
        ));
    }
    let spreads: Vec<_> = spreads
        .iter()
        .map(|((task, metric), spread)| {
            json!({
                "task": task,
                "metric": metric,
                "values": spread.values.iter().map(|(attempt, value)| json!({ "attempt": attempt, "value": value })).collect::<Vec<_>>(),
            })
        })
        .collect();
    Ok(Outcome::new(
        lines_of_all.join("\n"),
        json!({ "model": args.model, "count": attempts.len(), "attempts": attempts, "metrics": spreads }),
    ))
}

fn spreads(attempts: &[RegisteredAttempt]) -> BTreeMap<(String, String), Spread> {
    let mut found: BTreeMap<(String, String), Spread> = BTreeMap::new();
    for one in attempts {
        for task in one.attempt.tasks.iter() {
            for metric in task.metrics.iter() {
                let key = (task.task.to_string(), metric.name.to_string());
                let spread = found
                    .entry(key)
                    .or_insert_with(|| Spread { values: Vec::new() });
                spread.values.push((one.number, metric.value));
            }
        }
    }
    found
}

/// An attempt for people.
pub(super) fn lines(attempt: &Attempt) -> Vec<String> {
    let mut lines = vec![
        format!(
            "{} {} on {}",
            attempt.harness.name(),
            attempt.version,
            attempt.name
        ),
        format!("file {}, data {}", attempt.source, attempt.data),
    ];
    let seeds: Vec<String> = attempt
        .seeds
        .iter()
        .map(|seed| format!("{} {}", seed.name, seed.value))
        .collect();
    if !seeds.is_empty() {
        lines.push(format!("seeds {}", seeds.join(", ")));
    }
    lines.push(match &attempt.transcript {
        Some(transcript) => format!(
            "transcript {} over {} lines",
            transcript.root, transcript.lines
        ),
        None => "no transcript kept".to_owned(),
    });
    for task in attempt.tasks.iter() {
        let metrics: Vec<String> = task
            .metrics
            .iter()
            .map(|metric| match metric.error {
                Some(error) => format!("{} {} ± {}", metric.name, text(metric.value), text(error)),
                None => format!("{} {}", metric.name, text(metric.value)),
            })
            .collect();
        let samples = match (task.samples, task.samples_of) {
            (Some(samples), Some(of)) if of > samples => format!(" ({samples} of {of} samples)"),
            (Some(samples), _) => format!(" ({samples} samples)"),
            (None, _) => String::new(),
        };
        lines.push(format!("{}{samples}: {}", task.task, metrics.join(", ")));
    }
    lines
}
