//! The messages of a proof before its opening, as a verifier hears them (`specs/proof.md`, section 4).
//!
//! One code path for three uses: checking a proof, counting the messages that one will have, and telling the prover
//! which constraints its own messages obey.

use lilliput_graph::Checked;
use p3_field::PrimeCharacteristicRing;
use thiserror::Error;

use crate::codec::CodecError;
use crate::field::EF;
use crate::form::{Constraint, Form, Value};
use crate::join::{Block, BlockClaim};
use crate::key::CommittedWeights;
use crate::layers::{Claim, Claims, LayerError, Walk};
use crate::layout::{Layout, LookupNode, Polynomial, PortLayout};
use crate::logup::{self, LogUpClaims};
use crate::pcs::settle::products;
use crate::pcs::{Code, Oracle, Root};
use crate::point::{evaluate_tensor, mask, tensor_variables};
use crate::receiver::Receiver;
use crate::settle::{join, multiplicity_claims, on_block};
use crate::statement::{Port, port_values};

/// Label of the values of hidden outputs at their points.
pub const HIDDEN_OUTPUT: &str = "hidden output";
/// Label of the points at which outputs are claimed.
pub const OUTPUT_POINT: &str = "output point";

/// What an argument is about.
#[derive(Clone, Copy, Debug)]
pub struct Parts<'a> {
    /// The graph.
    pub checked: &'a Checked,
    /// What is committed.
    pub layout: &'a Layout,
    /// The commitment to the weights.
    pub weights: Option<&'a CommittedWeights>,
    /// The inputs.
    pub inputs: &'a Port,
    /// The outputs.
    pub outputs: &'a Port,
}

/// Why an argument can't be followed.
#[derive(Clone, Debug, PartialEq, Eq, Error)]
pub enum ArgumentError {
    /// A message is cut off or isn't canonical.
    #[error("the argument can't be read: {0}")]
    Malformed(#[from] CodecError),
    /// The layers can't be followed.
    #[error("the layers don't hold: {0}")]
    Layers(#[from] LayerError),
}

/// How much an argument has of what counts for masks and soundness.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Counts {
    /// Secret messages.
    pub messages: usize,
    /// Constraints on them.
    pub constraints: usize,
    /// Products in these.
    pub products: usize,
}

/// Counts a proof's messages and constraints, without a proof.
///
/// # Errors
///
/// [`CodecError`] for a graph whose layers can't be followed.
pub fn count(
    checked: &Checked,
    layout: &Layout,
    weights: Option<&CommittedWeights>,
) -> Result<Counts, CodecError> {
    let zeros = |shapes: Vec<usize>| {
        let ports = shapes.into_iter().map(|elements| vec![0; elements]);
        Port::Public(ports.collect())
    };
    let graph = checked.graph();
    let inputs = graph.inputs.iter().map(|input| input.shape.elements());
    let outputs = graph
        .outputs
        .iter()
        .map(|output| checked.tensor_shape(output.tensor).elements());
    let hidden = Port::Hidden(Root([0; 32]));
    let port = |own: &Option<PortLayout>, shapes| match own {
        Some(_) => hidden.clone(),
        None => zeros(shapes),
    };
    let parts = Parts {
        checked,
        layout,
        weights,
        inputs: &port(&layout.inputs, inputs.collect()),
        outputs: &port(&layout.outputs, outputs.collect()),
    };
    let mut receiver = Receiver::counting();
    argue(&parts, &mut receiver).map_err(|_| CodecError::OutOfBounds("argument"))?;
    products(&mut receiver)?;
    Ok(receiver.counts())
}

/// Reads all messages up to the opening: the commitment to the masks, and each committed polynomial with the one
/// claim left on it. Constraints stay in the receiver.
///
/// # Errors
///
/// [`ArgumentError`].
pub fn argue(
    parts: &Parts<'_>,
    receiver: &mut Receiver<'_>,
) -> Result<(Root, Vec<Oracle>), ArgumentError> {
    let Parts {
        checked, layout, ..
    } = *parts;
    let masks = receiver.root("masks")?;
    let mut claims = Claims::new(checked.graph().tensors());
    let witness = match &layout.witness {
        Some(polynomial) => {
            let root = receiver.root("witness")?;
            let lookups = logup::verify(&polynomial.lookups, receiver)?;
            claim_lookups(layout, &lookups, checked, &mut claims)?;
            Some((polynomial, root, lookups))
        }
        None => None,
    };
    let of_outputs = claim_outputs(parts, receiver, &mut claims)?;
    Walk::run(checked, &mut claims, receiver)?;
    let of_inputs = settle_inputs(parts, receiver, &mut claims);
    let mut oracles = Vec::new();
    if let Some((polynomial, root, lookups)) = &witness {
        let own = witness_claims(polynomial, layout, lookups, &mut claims);
        let variables = polynomial.variables;
        let code = Code::witness(variables);
        oracles.push(join(*root, code, variables, &own, receiver)?);
    }
    if let (Some(polynomial), Some(weights)) = (&layout.weights, parts.weights) {
        let own = weight_claims(polynomial, checked, &mut claims);
        oracles.push(weights.join(own, receiver)?);
    }
    for (port, own, claims) in [
        (parts.inputs, &layout.inputs, of_inputs),
        (parts.outputs, &layout.outputs, of_outputs),
    ] {
        if let (Port::Hidden(root), Some(own)) = (port, own) {
            oracles.push(join(*root, own.code(), own.variables, &claims, receiver)?);
        }
    }
    let differences = claims.take_differences().into_iter();
    receiver
        .constraints
        .extend(differences.map(Constraint::zero));
    Ok((masks, oracles))
}

/// Claims on what was looked up become claims on the nodes' results and operands, and on hidden inputs.
///
/// # Errors
///
/// [`LayerError`].
pub fn claim_lookups<V: Value>(
    layout: &Layout,
    lookups: &LogUpClaims<V>,
    checked: &Checked,
    claims: &mut Claims<V>,
) -> Result<(), LayerError> {
    for lookup in &layout.lookup_nodes {
        claim_lookup(lookup, lookups, checked, claims)?;
    }
    let committed = layout.witness.as_ref().map_or(0, |own| own.blocks.len());
    for (index, segment) in lookups.segments.iter().skip(committed).enumerate() {
        let tensor = checked.graph().input_id(index);
        claims.push(tensor, claim(&segment.point, segment.value.clone()))?;
    }
    Ok(())
}

fn claim_lookup<V: Value>(
    lookup: &LookupNode,
    lookups: &LogUpClaims<V>,
    checked: &Checked,
    claims: &mut Claims<V>,
) -> Result<(), LayerError> {
    let Some(shifted) = lookups.segments.get(lookup.block) else {
        return Ok(());
    };
    let point = &shifted.point;
    let mut value = shifted.value.clone();
    if lookup.shift > 0 {
        let remainder = lookups.segments.get(lookup.block.saturating_add(1));
        let unit = EF::from_u32(1u32.checked_shl(u32::from(lookup.shift)).unwrap_or(0));
        let inside = mask(&checked.tensor_shape(lookup.x).0, point);
        value = value * unit - inside * unit.halve();
        if let Some(remainder) = remainder {
            value = value + remainder.value.clone();
        }
    }
    claims.push(lookup.x, claim(point, value))?;
    if let Some(result) = &shifted.result {
        claims.push(lookup.node, claim(point, result.clone()))?;
    }
    Ok(())
}

fn claim<V>(point: &[EF], value: V) -> Claim<V> {
    let point = point.to_vec();
    Claim { point, value }
}

/// Draws a point for each output and claims what the statement says there; for hidden ones, what the prover says,
/// of the commitment as well.
fn claim_outputs(
    parts: &Parts<'_>,
    receiver: &mut Receiver<'_>,
    claims: &mut Claims<Form>,
) -> Result<Vec<BlockClaim<Form>>, ArgumentError> {
    let mut of_commitment = Vec::new();
    let public = parts.outputs.public().map(port_values);
    for (index, output) in parts.checked.graph().outputs.iter().enumerate() {
        let axes = &parts.checked.tensor_shape(output.tensor).0;
        let point = receiver.challenge_point(OUTPUT_POINT, tensor_variables(axes));
        let values = public.as_ref().and_then(|ports| ports.get(index));
        let value = match values {
            Some(values) => Form::from(evaluate_tensor(values, axes, &point)),
            None => receiver.receive_one(HIDDEN_OUTPUT)?,
        };
        let own = Claim { point, value };
        if let Some(block) = port_block(&parts.layout.outputs, index) {
            of_commitment.extend(on_block(block, vec![own.clone()]));
        }
        claims.push(output.tensor, own)?;
    }
    Ok(of_commitment)
}

fn port_block(layout: &Option<PortLayout>, index: usize) -> Option<&Block> {
    layout.as_ref().and_then(|own| own.blocks.get(index))
}

/// Public inputs are evaluated wherever something is claimed of them; claims on hidden ones are for their commitment.
fn settle_inputs(
    parts: &Parts<'_>,
    receiver: &mut Receiver<'_>,
    claims: &mut Claims<Form>,
) -> Vec<BlockClaim<Form>> {
    let graph = parts.checked.graph();
    let public = parts.inputs.public().map(port_values);
    let mut of_commitment = Vec::new();
    for index in 0..graph.inputs.len() {
        let tensor = graph.input_id(index);
        let axes = &parts.checked.tensor_shape(tensor).0;
        let own = claims.take(tensor);
        if let Some(values) = public.as_ref().and_then(|ports| ports.get(index)) {
            let differences = own
                .into_iter()
                .map(|Claim { point, value }| value - evaluate_tensor(values, axes, &point));
            receiver
                .constraints
                .extend(differences.map(Constraint::zero));
        } else if let Some(block) = port_block(&parts.layout.inputs, index) {
            of_commitment.extend(on_block(block, own));
        }
    }
    of_commitment
}

/// All claims on the witness's polynomial, in the order in which they are joined.
#[must_use]
pub fn witness_claims<V: Value>(
    polynomial: &Polynomial,
    layout: &Layout,
    lookups: &LogUpClaims<V>,
    claims: &mut Claims<V>,
) -> Vec<BlockClaim<V>> {
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
            let own = claim(&segment.point, segment.value.clone());
            all.extend(on_block(block, vec![own]));
        }
    }
    all.extend(multiplicity_claims(polynomial, lookups));
    all
}

/// All claims on the weights' polynomial but the one out of the domain, in the order in which they are joined.
#[must_use]
pub fn weight_claims<V: Value>(
    polynomial: &Polynomial,
    checked: &Checked,
    claims: &mut Claims<V>,
) -> Vec<BlockClaim<V>> {
    let graph = checked.graph();
    let weights = polynomial.blocks.iter().enumerate();
    weights
        .flat_map(|(index, block)| on_block(block, claims.take(graph.weight_id(index))))
        .collect()
}
