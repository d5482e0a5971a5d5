//! One answer bought on a network of this process, told step by step. Shared by `demo` and `up`.

use std::time::{Duration, Instant};

use anyhow::anyhow;
use lilliput_provider::Report;
use lilliput_types::job::JobState;
use lilliput_types::{JobId, ModelId};
use serde_json::Value;

use crate::commands::demo::TERMS;
use crate::commands::prove::milliseconds;
use crate::failure::{Failure, Result};
use crate::network::Network;
use crate::session::Session;
use crate::{buyer, numbers, receipt};

/// How long the provider may take to tell what it did.
const TOLD_WITHIN: Duration = Duration::from_secs(5);

/// A job that was answered, checked and paid.
pub(crate) struct Bought {
    pub(crate) job: JobId,
    pub(crate) json: Value,
}

/// Buys an answer about a picture and says what happens.
pub(crate) fn buy(
    network: &Network,
    model: ModelId,
    image: &[u8],
    name: &str,
    session: &Session,
) -> Result<Bought> {
    let client = network.buyer.client();
    let started = Instant::now();
    let quote = buyer::quote(client, model, &TERMS)?;
    let sample = numbers::read_image(image, name, quote.key.graph())?;
    let ordered = buyer::order(&network.buyer, &quote, &TERMS, &sample, session)?;
    let open = client.job(ordered.job)?;
    let price = receipt::money(open.escrow, open.asset);
    session.say(format!("order     job {} about {name}", ordered.job));
    session.say(format!(
        "escrow    {price} locked by transaction {}",
        ordered.transaction
    ));
    let job = buyer::wait(client, ordered.job, &TERMS)?;
    let total_ms = milliseconds(started);
    if job.state != JobState::Paid {
        return Err(Failure::failed(anyhow!(
            "the job was refunded: {:?}",
            job.refund_reason
        )));
    }
    let prove_ms = prove_ms(network, ordered.job);
    let checked = buyer::check(client, &quote.key, &job)?;
    let label = numbers::label(&checked.output);
    session.say(format!("inference the provider's answer is {label}"));
    session.say(format!(
        "proof     {} bytes in {} ms, {:.1} bits of security",
        checked.proof_bytes,
        prove_ms.map_or_else(|| "?".to_owned(), |time| format!("{time:.0}")),
        checked.security.bits
    ));
    session.say(format!(
        "check     by the ledger before it paid, and here again in {:.1} ms",
        checked.verify_ms
    ));
    for line in receipt::lines(&job, network.roles()) {
        session.say(line);
    }
    session.say(format!("receipt   after {total_ms:.0} ms"));
    let mut json = receipt::to_json(&job, Some(&checked));
    json["proof"]["prove_ms"] = prove_ms.into();
    json["total_ms"] = total_ms.into();
    Ok(Bought { job: job.id, json })
}

/// How long the provider proved, by its own account.
fn prove_ms(network: &Network, wanted: JobId) -> Option<f64> {
    let until = Instant::now() + TOLD_WITHIN;
    loop {
        let left = until.saturating_duration_since(Instant::now());
        match network.events.recv_timeout(left).ok()? {
            Report::Answered { job, prove, .. } if job == wanted => {
                return Some((prove.as_secs_f64() * 1e6).round() / 1e3);
            }
            _ => {}
        }
    }
}
