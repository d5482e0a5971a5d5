//! What a proof states, what it doesn't show, and how sure it is.

use std::path::Path;
use std::time::Instant;

use lilliput_verifier::statement::Port;
use lilliput_verifier::{Context, Proof, Statement, Task, Verified, VerifyingKey, verify};
use serde_json::{Value, json};

use crate::account;
use crate::commands::prove::{listed, milliseconds, names};
use crate::commands::verify::facts;
use crate::failure::{OrExit, Result};
use crate::files;
use crate::outcome::Outcome;

/// Terms of the account that are shown: the weakest.
const TERMS_MAX: usize = 5;

/// Explains a proof; with its key it is checked, too, in whatever context it states.
pub(super) fn explain(path: &Path, key: Option<&Path>) -> Result<Outcome> {
    let bytes = files::read(path, files::PROOF_BYTES_MAX)?;
    let context = format!("the proof {} is refused", path.display());
    let proof = Proof::decode(&bytes).or_rejected(&context)?;
    let key = key.map(files::key).transpose()?;
    let started = Instant::now();
    let verified = key
        .as_ref()
        .map(|key| verify(key, &proof.statement.context, &proof).or_rejected(&context))
        .transpose()?;
    let verify_ms = milliseconds(started);
    let checked = key.as_ref().zip(verified.as_ref());
    let size = bytes.len();
    let mut text = vec![match &verified {
        Some(_) => format!(
            "{}: {size} bytes, valid: checked in {verify_ms:.1} ms",
            path.display()
        ),
        None => format!(
            "{}: {size} bytes, not checked: give --key FILE.lvk",
            path.display()
        ),
    }];
    let states = states(&proof.statement, checked);
    let not_shown = not_shown(&proof.statement, key.as_ref());
    section(&mut text, "what it states", &states);
    section(&mut text, "what it does not show", &not_shown);
    let mut json = json!({
        "proof": path,
        "proof_bytes": size,
        "valid": verified.as_ref().map(|_| true),
        "context": context_json(&proof.statement.context),
        "states": states,
        "not_shown": not_shown,
    });
    if let Some((key, verified)) = checked {
        let hidden = proof.statement.hidden();
        section(
            &mut text,
            "parameters",
            &account::parameter_lines(key, verified.task, hidden)?,
        );
        section(&mut text, &sureness(verified), &weakest(verified));
        if let (Value::Object(object), Value::Object(more)) =
            (&mut json, facts(key, verified, hidden)?)
        {
            object.extend(more);
        }
    }
    Ok(Outcome::new(text.join("\n"), json))
}

fn section(text: &mut Vec<String>, title: &str, lines: &[String]) {
    text.push(title.to_owned());
    text.extend(lines.iter().map(|line| format!("  {line}")));
}

fn states(statement: &Statement, checked: Option<(&VerifyingKey, &Verified)>) -> Vec<String> {
    let model = match checked {
        Some((key, _)) => format!("the model {}", hex::encode(key.model_id().0)),
        None => "a model, which the proof doesn't name: it holds under one key alone".to_owned(),
    };
    let input = match (&statement.inputs, checked) {
        (Port::Public(values), _) => format!("run on the {} that it shows", count(values)),
        (Port::Hidden(root), _) => {
            format!(
                "run on {} committed to as {}",
                what(statement.task),
                hex::encode(root.0)
            )
        }
    };
    let output = match (&statement.outputs, statement.task) {
        (Port::Public(values), Task::Score(samples)) => format!(
            "gives the right label for {} of the {samples} samples",
            values.iter().flatten().next().unwrap_or(&0)
        ),
        (Port::Public(values), _) => format!("gives the {} that it shows", count(values)),
        (Port::Hidden(root), _) => {
            format!("gives an output committed to as {}", hex::encode(root.0))
        }
    };
    let context = &statement.context;
    let context = if *context == Context::OFFLINE {
        "for no job: it was made outside of any ledger".to_owned()
    } else {
        format!(
            "for job {} on chain {}, by provider {}",
            hex::encode(context.job),
            hex::encode(context.chain),
            hex::encode(context.provider)
        )
    };
    let mut lines = vec![model, input, output, context];
    lines.extend(checked.map(|(key, _)| match key.openings() {
        0 => "under a key that doesn't hide the weights".to_owned(),
        openings => format!(
            "with opening {} of the {openings} for which the key hides the weights",
            statement.opening
        ),
    }));
    lines
}

/// What is committed as the input.
fn what(task: Task) -> String {
    match task {
        Task::ANSWER => "an input".to_owned(),
        Task::Answers(samples) => format!("{samples} inputs"),
        Task::Score(samples) => format!("{samples} samples and their labels"),
    }
}

fn count(ports: &[Vec<i32>]) -> String {
    let integers: usize = ports.iter().map(Vec::len).sum();
    format!("{integers} integers")
}

fn not_shown(statement: &Statement, key: Option<&VerifyingKey>) -> Vec<String> {
    let hidden = names(
        key.is_some_and(|key| key.openings() > 0),
        statement.hidden(),
    );
    let mut lines = vec![format!("hidden: {}", listed(&hidden))];
    match key.map(VerifyingKey::openings) {
        None => lines.push("whether weights are hidden says the key".to_owned()),
        Some(0) => lines.push(
            "the weights stand in no proof, but nothing hides them: enough proofs give them away"
                .to_owned(),
        ),
        Some(openings) => lines.push(format!(
            "the weights stay hidden as long as each of the {openings} openings is used once; operators, shapes and tables are public in the key"
        )),
    }
    let (good, input) = match statement.task {
        Task::Answers(_) => (
            "whether the model is any good, what it was trained on, or where its weights come from",
            "whether the input is true; only that this run used it",
        ),
        Task::Score(_) => (
            "whether the model saw these samples in training, or where its weights come from",
            "whether samples and labels are what they are said to be; only that they are what is committed to",
        ),
    };
    let always = [good, input, "when it was made, and on which machine"];
    lines.extend(always.map(str::to_owned));
    lines
}

fn sureness(verified: &Verified) -> String {
    format!(
        "how sure: {:.1} bits, summed over {} terms; the weakest",
        verified.security.bits,
        verified.security.terms.len()
    )
}

fn weakest(verified: &Verified) -> Vec<String> {
    let mut terms = verified.security.terms.clone();
    terms.sort_by(|left, right| left.1.total_cmp(&right.1));
    let terms = terms.iter().take(TERMS_MAX);
    terms
        .map(|(step, bits)| format!("{bits:.1} {step}"))
        .collect()
}

fn context_json(context: &Context) -> Value {
    if *context == Context::OFFLINE {
        return Value::Null;
    }
    json!({
        "chain": hex::encode(context.chain),
        "job": hex::encode(context.job),
        "provider": hex::encode(context.provider),
    })
}
