//! Buying an answer: order, escrow, input, waiting, and checking the proof oneself.

use std::collections::BTreeMap;
use std::time::{Duration, Instant};

use anyhow::anyhow;
use lilliput_client::{Client, JobInput, Sender};
use lilliput_crypto::{Digest, random_bytes};
use lilliput_types::job::{Job, JobMessage, JobState, Order, VerificationLevel};
use lilliput_types::provider::Offer;
use lilliput_types::registry::Model;
use lilliput_types::{
    Address, Amount, DurationMs, InputCommitment, JobId, Message, ModelId, TransactionId,
};
use lilliput_verifier::{Context, Proof, Security, Task, Verified, VerifyingKey, link, verify};

use crate::commands::prove::{milliseconds, names};
use crate::failure::{Failure, OrExit, Result};
use crate::numbers;
use crate::session::Session;

/// Pause between two looks at the job.
const POLL: Duration = Duration::from_millis(20);
/// What waiting may exceed the job's own deadlines by.
const PATIENCE: Duration = Duration::from_secs(10);

/// How an answer is to be bought.
pub(crate) struct Terms {
    /// From whom; none takes the cheapest offer.
    pub(crate) provider: Option<Address>,
    /// The most to pay; none takes the price asked.
    pub(crate) price_max: Option<Amount>,
    /// How long providers may take to accept.
    pub(crate) accept_within_ms: DurationMs,
    /// How long the provider may take to answer.
    pub(crate) answer_within_ms: DurationMs,
}

/// A model, its key, and who serves it at what price.
pub(crate) struct Quote {
    pub(crate) model: Model,
    pub(crate) key: VerifyingKey,
    pub(crate) offer: Offer,
    /// Model, provider and check.
    pub(crate) price: Amount,
}

/// An order in a block, its input handed over.
pub(crate) struct Ordered {
    pub(crate) job: JobId,
    pub(crate) transaction: TransactionId,
}

/// What a proof on the ledger shows, checked here again.
pub(crate) struct Checked {
    pub(crate) output: Vec<f64>,
    pub(crate) proof_bytes: usize,
    pub(crate) verify_ms: f64,
    pub(crate) security: Security,
    /// What the proof hides, by name.
    pub(crate) hidden: Vec<&'static str>,
    /// Which of the openings that keep the weights hidden it used.
    pub(crate) opening: u32,
    /// How many there are.
    pub(crate) openings: u32,
}

/// Looks up what an answer costs.
pub(crate) fn quote(client: &Client, model: ModelId, terms: &Terms) -> Result<Quote> {
    let model = client.model(model)?;
    let offers = client.offers(model.id)?.items;
    let wanted = offers
        .into_iter()
        .filter(|offer| terms.provider.is_none_or(|wanted| wanted == offer.provider));
    let offer = wanted.min_by_key(|offer| offer.price).ok_or_else(|| {
        Failure::failed(anyhow!("no provider offers the model {}", model.id))
            .hint("run one with `lilliput provider`")
    })?;
    let key = VerifyingKey::decode(&client.blob(model.key)?)
        .or_rejected("the model's key on the ledger is refused")?;
    let per_million = client.status()?.check_fee_per_million;
    let check = per_million.times(model.check_units.div_ceil(1_000_000))?;
    let price = Amount::sum([model.price, offer.price, check])?;
    Ok(Quote {
        model,
        key,
        offer,
        price,
    })
}

/// Orders an answer about a sample, and hands the input over.
pub(crate) fn order(
    sender: &Sender,
    quote: &Quote,
    terms: &Terms,
    sample: &[Vec<f64>],
    session: &Session,
) -> Result<Ordered> {
    if let Some(price_max) = terms.price_max
        && price_max < quote.price
    {
        return Err(Failure::bad_input(anyhow!(
            "the answer costs {}, more than {price_max}",
            quote.price
        )));
    }
    let input = JobInput {
        salt: random_bytes()?,
        inputs: numbers::quantize(quote.key.graph(), sample, false, session)?,
    };
    let commitment =
        lilliput_verifier::InputCommitment::new(&input.salt, &input.inputs, quote.key.checked())?;
    let order = Order {
        model: quote.model.id,
        level: VerificationLevel::Proven,
        input: InputCommitment(Digest(commitment.0)),
        price_max: quote.price,
        accept_within_ms: terms.accept_within_ms,
        answer_within_ms: terms.answer_within_ms,
        provider: Some(quote.offer.provider),
    };
    let submitted = sender.send(vec![Message::Job(JobMessage::Order(order))], Vec::new())?;
    let job = JobId::of(submitted.id, 0);
    sender
        .client()
        .put_input(sender.secret(), sender.chain(), job, &input)?;
    Ok(Ordered {
        job,
        transaction: submitted.id,
    })
}

/// Waits until a job is paid or refunded.
pub(crate) fn wait(client: &Client, job: JobId, terms: &Terms) -> Result<Job> {
    let limit = terms
        .accept_within_ms
        .0
        .saturating_add(terms.answer_within_ms.0);
    let limit = Duration::from_millis(limit).saturating_add(PATIENCE);
    let started = Instant::now();
    loop {
        let found = client.job(job)?;
        match found.state {
            JobState::Paid | JobState::Refunded => return Ok(found),
            JobState::Open | JobState::Accepted if started.elapsed() > limit => {
                return Err(
                    Failure::failed(anyhow!("the job {job} is still unanswered"))
                        .hint(format!("look at it with `lilliput explain {job}`")),
                );
            }
            JobState::Open | JobState::Accepted => std::thread::sleep(POLL),
        }
    }
}

/// Fetches a paid job's proof and checks it, trusting neither node nor ledger: `registered` is the key that the
/// model's id names; a proof under a successor counts once the links to it hold.
pub(crate) fn check(client: &Client, registered: &VerifyingKey, job: &Job) -> Result<Checked> {
    let successor = successor(client, registered, job)?;
    let key = successor.as_ref().unwrap_or(registered);
    let (Some(id), Some(provider)) = (job.proof, job.provider) else {
        return Err(Failure::failed(anyhow!("the job {} has no proof", job.id)));
    };
    let chain = client.status()?.chain;
    let bytes = client.blob(id)?;
    let context = Context {
        chain: *chain.as_bytes(),
        job: *job.id.as_bytes(),
        provider: *provider.as_bytes(),
    };
    let started = Instant::now();
    let refused = format!("the proof of job {} is refused", job.id);
    let proof = Proof::decode(&bytes).or_rejected(&refused)?;
    let verified = verify(key, &context, &proof).or_rejected(&refused)?;
    let verify_ms = milliseconds(started);
    check_binding(registered, job, &verified)?;
    if verified.task != Task::ANSWER {
        return Err(Failure::rejected(anyhow!(
            "the proof of job {} is about more than one answer",
            job.id
        )));
    }
    let Some(outputs) = &verified.outputs else {
        return Err(Failure::rejected(anyhow!(
            "the proof of job {} hides the answer",
            job.id
        )));
    };
    Ok(Checked {
        output: numbers::output(key.graph(), outputs),
        proof_bytes: bytes.len(),
        verify_ms,
        hidden: names(key.openings() > 0, proof.statement.hidden()),
        opening: verified.opening,
        openings: key.openings(),
        security: verified.security,
    })
}

/// The key that a proof was made with, if it isn't the registered one: link by link from that one.
fn successor(
    client: &Client,
    registered: &VerifyingKey,
    job: &Job,
) -> Result<Option<VerifyingKey>> {
    let Some(wanted) = job.key.filter(|key| *key != job.model) else {
        return Ok(None);
    };
    let model = client.model(job.model)?;
    let mut known = BTreeMap::from([(job.model, registered.clone())]);
    for step in model.successors.iter() {
        let (Some(old), key) = (known.get(&step.after), client.blob(step.key)?) else {
            continue;
        };
        let refused = format!("the key {} of model {} is refused", step.id, job.model);
        let key = VerifyingKey::decode(&key).or_rejected(&refused)?;
        let security = link::verify(old, &key, &client.blob(step.link)?).or_rejected(&refused)?;
        if !security.suffices() || key.model_id().0 != *step.id.as_bytes() {
            return Err(Failure::rejected(anyhow!(refused)));
        }
        if step.id == wanted {
            return Ok(Some(key));
        }
        known.insert(step.id, key);
    }
    Err(Failure::rejected(anyhow!(
        "the proof of job {} is under a key that isn't the model's",
        job.id
    )))
}

/// The proof must be about the job's model and input.
fn check_binding(key: &VerifyingKey, job: &Job, verified: &Verified) -> Result<()> {
    let model = key.model_id().0 == *job.model.as_bytes();
    let input = verified.input_commitment.0 == *job.input.as_bytes();
    if model && input {
        return Ok(());
    }
    let what = if model { "input" } else { "model" };
    Err(Failure::rejected(anyhow!(
        "the proof of job {} is about another {what}",
        job.id
    )))
}
