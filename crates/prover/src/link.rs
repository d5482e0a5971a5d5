//! Links of keys with their successors, the prover's side of [`lilliput_verifier::link`].

use lilliput_verifier::argument::ArgumentError;
use lilliput_verifier::link::{LinkError, POINT, Pair, VALUE, argue, claims, transcript};
use lilliput_verifier::pcs::Randomness;
use lilliput_verifier::pcs::settle::products;
use lilliput_verifier::point::evaluate_tensor;
use lilliput_verifier::receiver::Receiver;

use crate::layers::{Backend, Fast};
use crate::settle::{Blinded, Heard, Opened, SettleError, columns, settle};
use crate::setup::ProvingKey;
use crate::transcript::Transcript;

#[cfg(test)]
mod tests;

/// Why no link is made.
#[derive(Debug, thiserror::Error)]
pub enum Unlinkable {
    /// Keys that can't be linked.
    #[error(transparent)]
    Keys(#[from] LinkError),
    /// The keys are of different weights.
    #[error("the successor has other weights")]
    OtherWeights,
    /// The verifier's code can't follow what was sent; the prover has a fault.
    #[error("the argument can't be followed: {0}")]
    Argument(#[from] ArgumentError),
    /// The argument can't be ended.
    #[error(transparent)]
    Settle(#[from] SettleError),
}

/// Shows that `new` commits to the weights of `old`. It uses an opening of both keys that no proof uses, so it is made
/// once for each key and its successor. The seed is secret.
///
/// # Errors
///
/// [`Unlinkable`].
pub fn prove(old: &ProvingKey, new: &ProvingKey, seed: &[u8; 32]) -> Result<Vec<u8>, Unlinkable> {
    let pair = Pair::new(&old.verifying, &new.verifying)?;
    if old.weights != new.weights {
        return Err(Unlinkable::OtherWeights);
    }
    let (Some(from), Some(to)) = (&old.committed, &new.committed) else {
        return Err(LinkError::NoWeights.into());
    };
    let mut counting = Receiver::counting();
    argue(&pair, &mut counting).map_err(ArgumentError::from)?;
    products(&mut counting).map_err(ArgumentError::from)?;
    let messages = counting.counts().messages;
    let columns = columns(messages, &[from.code, to.code]);
    let both = [old.verifying.model_id().0, new.verifying.model_id().0].concat();
    let own = blake3::derive_key("lilliput 2026 link", &[&seed[..], &both].concat());
    let mut randomness = Randomness::new(&own, "link");
    let masks = randomness.extension(messages + 2);
    let blinded = Blinded::new(&columns.code, masks.clone(), &mut randomness);
    let said = transcript(&old.verifying, &new.verifying);
    let mut transcript = Transcript::new(said.clone(), masks);
    transcript.root("masks", &blinded.root());
    let mut values = Vec::new();
    for (block, tensor) in pair.polynomial.blocks.iter().zip(&old.weights.0) {
        let point = transcript.challenge_point(POINT, block.variables());
        let value = evaluate_tensor(&tensor.values, &block.axes, &point);
        transcript.send(VALUE, &[value]);
        values.push((point, value));
    }
    let claims = claims(&pair, values);
    let mut opened = Vec::new();
    for (committed, weights) in [from, to].into_iter().zip(pair.weights) {
        let mut claims = claims.clone();
        claims.push(weights.claim());
        let columns = committed.code.fold;
        let joined = Fast::join(&claims, committed.cells(), columns, &mut transcript);
        opened.push(Opened::new(committed, joined));
    }
    let hear = |argument: &[u8]| {
        let mut receiver = Receiver::new(argument, said);
        let (_, oracles) = argue(&pair, &mut receiver)?;
        Ok(Heard::new(oracles, receiver))
    };
    settle(
        &columns,
        &blinded,
        &opened,
        hear,
        &mut randomness,
        &mut transcript,
    )?;
    Ok(transcript.into_argument())
}
