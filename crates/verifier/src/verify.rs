//! The check of a proof, step by step as in `specs/proof.md`, section 4.

use lilliput_graph::Checked;
use p3_field::PrimeCharacteristicRing;
use thiserror::Error;

use crate::codec::{CodecError, Reader};
use crate::field::EF;
use crate::join::BlockClaim;
use crate::key::VerifyingKey;
use crate::layers::reading::Reading;
use crate::layers::{Claim, Claims, LayerError, Walk};
use crate::layout::{Layout, LookupNode, Polynomial};
use crate::logup::{self, LogUp, LogUpClaims, LogUpError};
use crate::pcs::Root;
use crate::point::{evaluate_tensor, mask, tensor_variables};
use crate::proof::Proof;
use crate::security::Security;
use crate::settle::{SettleError, multiplicity_claims, settle};
use crate::statement::{
    Context, InputCommitment, OutputDigest, Statement, StatementError, port_values,
};
use crate::transcript::Transcript;

/// What a proof that holds has shown.
#[derive(Clone, Debug)]
pub struct Verified {
    /// The inputs' integers.
    pub inputs: Vec<Vec<i64>>,
    /// The outputs' integers.
    pub outputs: Vec<Vec<i64>>,
    /// Names the inputs.
    pub input_commitment: InputCommitment,
    /// Names the outputs.
    pub output_digest: OutputDigest,
    /// How sure it is.
    pub security: Security,
}

/// Why a proof is refused.
#[derive(Clone, Debug, PartialEq, Eq, Error)]
pub enum Rejection {
    /// It was made for another job, provider or chain.
    #[error("the proof was made for another context")]
    Context,
    /// The statement doesn't fit the model.
    #[error("the statement doesn't fit the model: {0}")]
    Statement(#[from] StatementError),
    /// The argument is cut off, not canonical, or too long.
    #[error("the argument can't be read: {0}")]
    Malformed(#[from] CodecError),
    /// The lookups don't hold.
    #[error("the lookups don't hold: {0}")]
    Lookups(#[from] LogUpError),
    /// The layers don't hold.
    #[error("the layers don't hold: {0}")]
    Layers(#[from] LayerError),
    /// A claim on an input isn't true of the input stated.
    #[error("the stated input {index} isn't the one computed with")]
    Input {
        /// Which input.
        index: usize,
    },
    /// Claims on the witness or the weights don't hold.
    #[error("the committed {what} doesn't agree: {source}")]
    Settle {
        /// Witness or weights.
        what: &'static str,
        /// Why.
        source: SettleError,
    },
}

/// Checks that the model behind `key` gives the stated output on the stated input, for `context`.
///
/// # Errors
///
/// [`Rejection`] says which step fails.
pub fn verify(key: &VerifyingKey, context: &Context, proof: &Proof) -> Result<Verified, Rejection> {
    let statement = &proof.statement;
    if statement.context != *context {
        return Err(Rejection::Context);
    }
    let (checked, layout) = (key.checked(), key.layout());
    statement.check(checked)?;
    let mut transcript = statement.transcript(&key.model_id());
    let mut reader = Reader::new(&proof.argument);
    let mut claims = Claims::new(checked.graph().tensors());

    let witness = match &layout.witness {
        Some(polynomial) => {
            let root = Root(reader.array()?);
            root.absorb("witness", &mut transcript);
            let lookups = LogUp::decode(&mut reader, &polynomial.lookups)?;
            let lookups = logup::verify(&polynomial.lookups, &lookups, &mut transcript)?;
            claim_lookups(&layout.lookup_nodes, &lookups, checked, &mut claims)?;
            Some((polynomial, root, lookups))
        }
        None => None,
    };
    claim_outputs(statement, checked, &mut transcript, &mut claims)?;
    let mut side = Reading {
        reader: &mut reader,
        transcript: &mut transcript,
    };
    Walk::run(checked, &mut claims, &mut side)?;
    check_inputs(statement, checked, &mut claims)?;
    if let Some((polynomial, root, lookups)) = &witness {
        let claims = witness_claims(polynomial, layout, lookups, &mut claims);
        settle(
            root,
            polynomial.variables,
            &claims,
            &mut reader,
            &mut transcript,
        )
        .map_err(|source| Rejection::Settle {
            what: "witness",
            source,
        })?;
    }
    if let (Some(polynomial), Some(root)) = (&layout.weights, key.weights()) {
        let claims = weight_claims(polynomial, checked, &mut claims);
        settle(
            root,
            polynomial.variables,
            &claims,
            &mut reader,
            &mut transcript,
        )
        .map_err(|source| Rejection::Settle {
            what: "weights",
            source,
        })?;
    }
    reader.finish()?;
    Ok(Verified {
        inputs: port_values(&statement.inputs),
        outputs: port_values(&statement.outputs),
        input_commitment: InputCommitment::new(&statement.salt, &statement.inputs),
        output_digest: OutputDigest::new(&statement.outputs),
        security: key.security().clone(),
    })
}

/// Claims on what was looked up become claims on the nodes' results and operands.
///
/// # Errors
///
/// [`LayerError`] for two values of one tensor at one point.
pub fn claim_lookups(
    nodes: &[LookupNode],
    lookups: &LogUpClaims,
    checked: &Checked,
    claims: &mut Claims,
) -> Result<(), LayerError> {
    for lookup in nodes {
        let Some(shifted) = lookups.segments.get(lookup.block) else {
            continue;
        };
        let point = &shifted.point;
        let mut value = shifted.value;
        if lookup.shift > 0 {
            let remainder = lookups.segments.get(lookup.block.saturating_add(1));
            let unit = EF::from_u32(1u32.checked_shl(u32::from(lookup.shift)).unwrap_or(0));
            let inside = mask(&checked.tensor_shape(lookup.x).0, point);
            value = value * unit - inside * unit.halve();
            value += remainder.map_or(EF::ZERO, |remainder| remainder.value);
        }
        claims.push(lookup.x, claim(point, value))?;
        if let Some(result) = shifted.result {
            claims.push(lookup.node, claim(point, result))?;
        }
    }
    Ok(())
}

fn claim(point: &[EF], value: EF) -> Claim {
    let point = point.to_vec();
    Claim { point, value }
}

/// Draws a point for each output and claims what the statement says there.
///
/// # Errors
///
/// [`LayerError`] for two values of one tensor at one point.
pub fn claim_outputs(
    statement: &Statement,
    checked: &Checked,
    transcript: &mut Transcript,
    claims: &mut Claims,
) -> Result<(), LayerError> {
    let outputs = &checked.graph().outputs;
    for (output, values) in outputs.iter().zip(port_values(&statement.outputs)) {
        let axes = &checked.tensor_shape(output.tensor).0;
        let point = transcript.challenge_point("output point", tensor_variables(axes));
        let value = evaluate_tensor(&values, axes, &point);
        claims.push(output.tensor, Claim { point, value })?;
    }
    Ok(())
}

/// Evaluates the stated inputs wherever something is claimed of them.
fn check_inputs(
    statement: &Statement,
    checked: &Checked,
    claims: &mut Claims,
) -> Result<(), Rejection> {
    let graph = checked.graph();
    for (index, values) in port_values(&statement.inputs).iter().enumerate() {
        let tensor = graph.input_id(index);
        let axes = &checked.tensor_shape(tensor).0;
        for claim in claims.take(tensor) {
            if evaluate_tensor(values, axes, &claim.point) != claim.value {
                return Err(Rejection::Input { index });
            }
        }
    }
    Ok(())
}

/// All claims on the witness's polynomial, in the order in which they are joined.
#[must_use]
pub fn witness_claims(
    polynomial: &Polynomial,
    layout: &Layout,
    lookups: &LogUpClaims,
    claims: &mut Claims,
) -> Vec<BlockClaim> {
    let mut all = Vec::new();
    for lookup in &layout.lookup_nodes {
        if let Some(block) = polynomial.blocks.get(lookup.block) {
            all.extend(on_block(block, claims.take(lookup.node)));
        }
        let remainder = lookup.block.saturating_add(1);
        if let (true, Some(block), Some(segment)) = (
            lookup.shift > 0,
            polynomial.blocks.get(remainder),
            lookups.segments.get(remainder),
        ) {
            all.extend(on_block(block, vec![claim(&segment.point, segment.value)]));
        }
    }
    all.extend(multiplicity_claims(polynomial, lookups));
    all
}

/// All claims on the weights' polynomial, in the order in which they are joined.
#[must_use]
pub fn weight_claims(
    polynomial: &Polynomial,
    checked: &Checked,
    claims: &mut Claims,
) -> Vec<BlockClaim> {
    let graph = checked.graph();
    let weights = polynomial.blocks.iter().enumerate();
    weights
        .flat_map(|(index, block)| on_block(block, claims.take(graph.weight_id(index))))
        .collect()
}

fn on_block(block: &crate::join::Block, claims: Vec<Claim>) -> Vec<BlockClaim> {
    claims
        .into_iter()
        .map(|Claim { point, value }| BlockClaim {
            block: block.clone(),
            point,
            value,
        })
        .collect()
}
