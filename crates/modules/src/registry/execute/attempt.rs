//! Registering an evaluation. Nobody takes one back, so that the best can't be shown alone.

use lilliput_ledger::{Failure, MessageContext, Refusal, State};
use lilliput_types::registry::{Attempt, RegisteredAttempt, RegistryEvent};

use crate::refuse::{refusal, refuse};
use crate::registry::state as keys;

/// One way to write it: names ascend, each once, and something was measured.
pub(super) fn check(attempt: &Attempt) -> Result<(), Refusal> {
    let tasks = attempt
        .tasks
        .windows(2)
        .all(|pair| matches!(pair, [low, high] if low.task.as_str() < high.task.as_str()));
    let metrics = attempt.tasks.iter().all(|task| {
        !task.metrics.is_empty()
            && task
                .metrics
                .windows(2)
                .all(|pair| matches!(pair, [low, high] if low.name.as_str() < high.name.as_str()))
    });
    let rules = [
        (!attempt.tasks.is_empty(), "an attempt has a task"),
        (tasks, "tasks stand in the order of their names, each once"),
        (
            metrics,
            "a task has metrics, in the order of their names, each once",
        ),
        (
            attempt
                .tasks
                .iter()
                .all(|task| task.samples <= task.samples_of || task.samples_of.is_none()),
            "no more samples count than there are",
        ),
        (
            attempt
                .transcript
                .is_none_or(|transcript| transcript.lines > 0),
            "a transcript has a line",
        ),
    ];
    match rules.into_iter().find(|(holds, _)| !holds) {
        Some((_, rule)) => Err(refusal("registry.attempt", rule)),
        None => Ok(()),
    }
}

pub(super) fn execute(
    state: &mut State<'_>,
    context: &MessageContext<'_>,
    attempt: &Attempt,
) -> Result<(), Failure> {
    if let Some(number) = keys::attempt_of(state, attempt.model, attempt.source)? {
        return refuse(
            "registry.attempt_known",
            format!("this file is attempt {number} of the model already"),
        );
    }
    let number = keys::attempts(state, attempt.model)?.saturating_add(1);
    let registered = RegisteredAttempt {
        number,
        by: context.signer,
        height: context.block.height,
        time: context.block.time,
        attempt: attempt.clone(),
    };
    keys::write_attempt(state, &registered);
    state.emit(RegistryEvent::AttemptRegistered {
        model: attempt.model,
        number,
        by: context.signer,
        source: attempt.source,
    });
    Ok(())
}
