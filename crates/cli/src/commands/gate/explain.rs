//! `lilliput gate explain`: what a policy does with a request.

use std::fmt::Write as _;
use std::path::PathBuf;

use lilliput_gate::policy::Policy;
use lilliput_gate::policy_file;
use lilliput_gate::trial::{Explanation, TRIAL_BYTES_MAX, Trial};
use serde_json::json;

use crate::failure::{OrExit, Result};
use crate::outcome::Outcome;

/// Say what a policy does with a request, and which rule says so.
///
/// The request is JSON: `path`, and as needed `method`, `host`, `address`, `headers` and `signed_by`. The answer is for a visitor who
/// brings nothing: a session or a payment turns `challenge` or `pay` into `pass`.
#[derive(clap::Args)]
pub(crate) struct Args {
    /// The policy: TOML, or YAML of Anubis [default: the built-in policy].
    #[arg(long, value_name = "FILE")]
    policy: Option<PathBuf>,

    /// Anubis' folder of snippets, for its `(data)/…` imports.
    #[arg(long, value_name = "DIR")]
    anubis_data: Option<PathBuf>,

    /// The request.
    #[arg(long, value_name = "FILE")]
    request: PathBuf,
}

pub(crate) fn run(args: &Args) -> Result<Outcome> {
    let policy = match &args.policy {
        None => Policy::built_in(),
        Some(file) => {
            let loaded = policy_file::load(file, args.anubis_data.as_deref());
            loaded.or_bad_input("failed to read the policy")?.policy
        }
    };
    let context = format!("failed to read {}", args.request.display());
    let bytes = crate::files::read(&args.request, TRIAL_BYTES_MAX as u64)?;
    let text = String::from_utf8(bytes).or_bad_input(&context)?;
    let trial = Trial::read(&text).or_bad_input(&context)?;
    let explanation = trial.explain(&policy).or_bad_input(&context)?;
    let value = serde_json::to_value(&explanation).or_failed("failed to write the explanation")?;
    Ok(Outcome::new(told(&explanation), json!(value)))
}

fn told(explanation: &Explanation) -> String {
    let mut text = format!("{} by {}", explanation.decision, explanation.rule);
    // A String takes everything that is written to it.
    if let Some(price) = explanation.price {
        let _ = write!(text, ", price {price}");
    }
    if let Some(refused) = &explanation.refused {
        let _ = write!(text, "\nrefused before any rule: {refused}");
    }
    let _ = write!(text, "\nclass {}", explanation.class);
    if let Some(agent) = &explanation.agent {
        let claim = if explanation.verified {
            "verified"
        } else {
            "only a claim"
        };
        let _ = write!(text, ", {agent} ({claim})");
    }
    let _ = write!(text, ", weight {}", explanation.weight);
    for step in &explanation.fitted {
        let _ = write!(text, "\n  {} {}", step.action, step.rule);
        if let Some(weight) = step.weight {
            let _ = write!(text, " {weight:+}");
        }
    }
    text
}
