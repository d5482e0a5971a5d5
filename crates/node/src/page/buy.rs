//! An order from the development wallet.

use std::sync::Arc;

use lilliput_client::JobInput;
use lilliput_crypto::{Digest, random_bytes};
use lilliput_import::quantize_input;
use lilliput_types::job::{JobMessage, Order, VerificationLevel};
use lilliput_types::provider::Offer;
use lilliput_types::registry::Model;
use lilliput_types::{
    Amount, DurationMs, Height, InputCommitment, JobId, List, Message, Outcome, Signer, Submission,
    Transaction,
};
use lilliput_verifier::VerifyingKey;

use crate::error::NodeError;
use crate::node::{Node, PAGE_MAX};

/// Grey values in a drawing.
pub(super) const PIXELS: usize = 28 * 28;
/// How long providers may take to accept, and then to answer.
const ACCEPT_WITHIN: DurationMs = DurationMs(30_000);
const ANSWER_WITHIN: DurationMs = DurationMs(60_000);
/// For how many blocks the order may wait.
const EXPIRES_AFTER: u64 = 100;

/// What an answer about a drawing costs now.
pub(super) struct Quote {
    model: Model,
    key: Arc<VerifyingKey>,
    offer: Offer,
    pub(super) price: Amount,
}

/// The cheapest offer for a model that takes a drawing; none if nobody serves one.
pub(super) fn quote(node: &Node) -> Result<Option<Quote>, NodeError> {
    let mut best: Option<Quote> = None;
    for model in node.models(None, PAGE_MAX)?.items {
        let Some(offer) = cheapest(node, &model)? else {
            continue;
        };
        let price = price(node, &model, &offer)?;
        if best.as_ref().is_some_and(|best| best.price <= price) {
            continue;
        }
        let key = node.key(model.key)?;
        let takes_drawing =
            matches!(&key.graph().inputs[..], [input] if input.shape.elements() == PIXELS);
        if takes_drawing && model.listed {
            best = Some(Quote {
                model,
                key,
                offer,
                price,
            });
        }
    }
    Ok(best)
}

fn cheapest(node: &Node, model: &Model) -> Result<Option<Offer>, NodeError> {
    let offers = node.offers(model.id)?.items;
    Ok(offers.into_iter().min_by_key(|offer| offer.price))
}

/// Model, provider and check.
fn price(node: &Node, model: &Model, offer: &Offer) -> Result<Amount, NodeError> {
    let per_million = node.genesis().params.check_fee_per_million;
    per_million
        .times(model.check_units.div_ceil(1_000_000))
        .and_then(|check| Amount::sum([model.price, offer.price, check]))
        .map_err(|error| NodeError::BadRequest(error.to_string()))
}

/// Answers paid so far, by the providers' own count.
pub(super) fn jobs_paid(node: &Node) -> Result<u64, NodeError> {
    let providers = node.providers(None, PAGE_MAX)?.items;
    Ok(providers.iter().map(|provider| provider.jobs_paid).sum())
}

/// Orders an answer about grey values and hands the input over; returns once the order is in a block.
pub(super) fn order(node: &Node, pixels: &[u8]) -> Result<JobId, NodeError> {
    let bad = |reason: String| NodeError::BadRequest(reason);
    if pixels.len() != PIXELS {
        return Err(bad(format!(
            "a drawing has {PIXELS} grey values, not {}",
            pixels.len()
        )));
    }
    let wallet = node
        .wallet()
        .ok_or(NodeError::Forbidden("this node's page has no wallet"))?;
    let quote =
        quote(node)?.ok_or_else(|| bad("nobody serves a model that takes a drawing".to_owned()))?;
    let numbers: Vec<f64> = pixels.iter().map(|&grey| f64::from(grey) / 255.0).collect();
    let [input] = &quote.key.graph().inputs[..] else {
        return Err(bad("the model takes more than a drawing".to_owned()));
    };
    let quantized = quantize_input(input, &numbers).map_err(|error| bad(error.to_string()))?;
    let integers = quantized
        .values
        .iter()
        .map(|&value| i32::try_from(value))
        .collect::<Result<Vec<_>, _>>()
        .map_err(|error| bad(error.to_string()))?;
    let salt = random_bytes().map_err(|error| bad(error.to_string()))?;
    let input = JobInput {
        salt,
        inputs: vec![integers],
    };
    let submission = sign(node, wallet, &quote, &input)?;
    let job = JobId::of(submission.transaction.transaction.id(), 0);
    let submitted = node.submit(submission)?;
    if let Outcome::Failed { reason, .. } = submitted.receipt.outcome {
        return Err(bad(reason.to_string()));
    }
    let buyer = Signer::from(&wallet.secret).address();
    node.put_input(buyer, job, &input.encode())?;
    Ok(job)
}

fn sign(
    node: &Node,
    wallet: &crate::DevelopmentWallet,
    quote: &Quote,
    input: &JobInput,
) -> Result<Submission, NodeError> {
    let bad = |error: lilliput_types::BoundError| NodeError::BadRequest(error.to_string());
    let checked = quote.key.checked();
    let commitment = lilliput_verifier::InputCommitment::new(&input.salt, &input.inputs, checked)
        .map_err(|error| NodeError::BadRequest(error.to_string()))?;
    let order = Order {
        model: quote.model.id,
        level: VerificationLevel::Proven,
        input: InputCommitment(Digest(commitment.0)),
        price_max: quote.price,
        accept_within_ms: ACCEPT_WITHIN,
        answer_within_ms: ANSWER_WITHIN,
        provider: Some(quote.offer.provider),
    };
    let signer = Signer::from(&wallet.secret);
    let status = node.status()?;
    let transaction = Transaction {
        chain: status.chain,
        signer,
        nonce: node.account(signer.address())?.nonce,
        expires_at: Height(status.height.0.saturating_add(EXPIRES_AFTER)),
        // An order is far below a kibibyte.
        fee_max: status
            .fees
            .per_message
            .plus(status.fees.per_kib)
            .map_err(|error| NodeError::BadRequest(error.to_string()))?,
        fee_payer: None,
        messages: List::new(vec![Message::Job(JobMessage::Order(order))]).map_err(bad)?,
    };
    Ok(Submission {
        transaction: transaction.sign(&wallet.secret),
        blobs: List::default(),
    })
}
