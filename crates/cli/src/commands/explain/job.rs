//! What happened to a job, who got what, what its proof shows.

use lilliput_client::Client;
use lilliput_types::JobId;
use lilliput_types::job::{Job, JobState, RefundReason};
use lilliput_verifier::VerifyingKey;
use serde_json::json;

use crate::buyer::{self, Checked};
use crate::commands::prove::listed;
use crate::failure::{OrExit, Result};
use crate::node::NodeArgs;
use crate::outcome::Outcome;
use crate::receipt;

/// Tells a job's story.
pub(super) fn explain(id: JobId, node: &NodeArgs) -> Result<Outcome> {
    let client = node.client()?;
    let job = client.job(id)?;
    let model = client.model(job.model)?;
    let checked = check(&client, &job)?;
    let mut text = vec![
        format!("job {} is {}", job.id, receipt::state(&job)),
        format!("  {}", model.name),
    ];
    text.extend(story(&job).into_iter().map(|line| format!("  {line}")));
    let roles = [(job.buyer, "buyer"), (model.owner, "model's owner")];
    let mut roles = roles.to_vec();
    roles.extend(job.provider.map(|provider| (provider, "provider")));
    text.push("who got what".to_owned());
    text.extend(
        receipt::lines(&job, &roles)
            .into_iter()
            .map(|line| format!("  {line}")),
    );
    let shows = checked.as_ref().map(shows);
    if let Some(shows) = &shows {
        text.push("what the proof shows".to_owned());
        text.extend(shows.iter().map(|line| format!("  {line}")));
    }
    let mut json = receipt::to_json(&job, checked.as_ref());
    json["model"] = json!({ "id": model.id, "name": model.name, "owner": model.owner });
    json["story"] = json!(story(&job));
    json["shows"] = json!(shows);
    Ok(Outcome::new(text.join("\n"), json))
}

/// Checks the proof of a paid job again.
fn check(client: &Client, job: &Job) -> Result<Option<Checked>> {
    if job.state != JobState::Paid {
        return Ok(None);
    }
    let key = client.blob(client.model(job.model)?.key)?;
    let key = VerifyingKey::decode(&key).or_rejected("the model's key is refused")?;
    buyer::check(client, &key, job).map(Some)
}

fn story(job: &Job) -> Vec<String> {
    let escrow = receipt::money(job.escrow, job.asset);
    let mut lines = vec![format!(
        "block {}: {} ordered an answer and locked {escrow}",
        job.ordered_at, job.buyer
    )];
    if let (Some(height), Some(provider)) = (job.accepted_at, job.provider) {
        let bond = receipt::money(job.bond, job.asset);
        lines.push(format!(
            "block {height}: {provider} accepted (\"I have the model and the input\") and locked a bond of {bond}"
        ));
    }
    let closed = job
        .closed_at
        .map_or_else(String::new, |height| format!("block {height}: "));
    match (job.state, job.refund_reason) {
        (JobState::Paid, _) => lines.push(format!(
            "{closed}the ledger checked the proof against this chain, job, provider, model and input, and paid"
        )),
        (JobState::Refunded, reason) => lines.push(format!(
            "{closed}{}, the buyer got everything back",
            match reason {
                Some(RefundReason::NotAccepted) => "nobody accepted in time",
                Some(RefundReason::AnswerLate) => "the answer didn't come in time",
                Some(RefundReason::ProofRefused) => "the ledger refused the proof",
                None => "it was refunded",
            }
        )),
        (JobState::Open, _) => lines.push("it waits for a provider".to_owned()),
        (JobState::Accepted, _) => lines.push("it waits for the answer".to_owned()),
    }
    lines
}

fn shows(checked: &Checked) -> Vec<String> {
    vec![
        format!(
            "the model with this id, run on the committed input, gives output {:?}",
            checked.output
        ),
        format!(
            "checked here again in {:.1} ms: {} bytes, {:.1} bits of security",
            checked.verify_ms, checked.proof_bytes, checked.security.bits
        ),
        format!("it hides: {}", listed(&checked.hidden)),
        "it reveals: the output, this order's commitment to the input, and who answered whom when"
            .to_owned(),
        match checked.openings {
            0 => "nothing hides this model's weights: whoever has enough proofs can compute them"
                .to_owned(),
            openings => format!(
                "it used opening {} of the {openings} for which the key hides the model's weights",
                checked.opening
            ),
        },
    ]
}
