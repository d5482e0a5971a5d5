//! What a proof is expected to cost, from a graph alone.
//!
//! The constants below are the only place where such figures stand. They are of this machine class (two
//! cores of an x86 server), rounded up, and good to a factor of two; `cargo xtask bench prover` measures.

use lilliput_graph::{Checked, Op};
use lilliput_prover::OPENINGS_DEFAULT;
use lilliput_verifier::layers::Unprovable;
use lilliput_verifier::layout::{Hidden, Layout};
use lilliput_verifier::pcs::Code;
use lilliput_verifier::pcs::settle::Columns;
use serde_json::{Value, json};

/// CPU seconds of any proof, however small.
const BASE_SECONDS: f64 = 0.02;
/// CPU seconds for each committed cell of the witness: commitment, opening and its part of the lookups.
const SECONDS_A_CELL: f64 = 1.5e-7;
/// CPU seconds for each weight: folded once.
const SECONDS_A_WEIGHT: f64 = 2.5e-8;
/// CPU seconds for each elementary step of the run and of the argument about it.
const SECONDS_A_STEP: f64 = 1.0e-9;
/// Memory of any proof, in bytes.
const BASE_BYTES: f64 = 60e6;
/// Memory for each committed cell of the witness: the cell, its code word and its tree, its part of the lookups.
const BYTES_A_CELL: f64 = 100.0;
/// Memory for each weight: the integer and the coefficient.
const BYTES_A_WEIGHT: f64 = 16.0;
/// Memory for each value of a run.
const BYTES_A_VALUE: f64 = 24.0;
/// Secret messages of a proof, twenty bytes each.
const MESSAGES: usize = 1_000;
/// Siblings of a path that other paths don't give, below the logarithm of the domain.
const SHARED_SIBLINGS: usize = 5;

/// See the module's text.
pub(crate) struct Cost {
    pub(crate) seconds: f64,
    pub(crate) memory_bytes: f64,
    pub(crate) proof_bytes: f64,
    lookups: u64,
    cells: u64,
    weights: u64,
}

impl Cost {
    /// Of a graph that can be proven.
    pub(crate) fn of(checked: &Checked) -> Result<Self, Unprovable> {
        let hidden = Hidden {
            inputs: true,
            outputs: false,
        };
        let layout =
            Layout::new(checked, hidden).or_else(|_| Layout::new(checked, Hidden::default()))?;
        let graph = checked.graph();
        let polynomials = || layout.witness.iter().chain(&layout.weights);
        let cells = |variables: usize| (1u64 << variables.min(62)) as f64;
        let witness = layout
            .witness
            .as_ref()
            .map_or(0, |witness| witness.variables);
        let committed: f64 = polynomials().map(|each| cells(each.variables)).sum();
        let elements = |index: usize| checked.tensor_shape(graph.node_id(index)).elements() as u64;
        let values: u64 = (0..graph.nodes.len()).map(elements).sum();
        let looked_up = graph.nodes.iter().enumerate();
        let looked_up = looked_up.filter(|(_, node)| matches!(node.op, Op::Lookup { .. }));
        let weights = graph
            .weights
            .iter()
            .map(|weight| weight.shape.elements() as u64);
        let weights: u64 = weights.sum();
        let witness_cells = if layout.witness.is_some() {
            cells(witness)
        } else {
            0.0
        };
        Ok(Self {
            seconds: BASE_SECONDS
                + SECONDS_A_CELL * witness_cells
                + SECONDS_A_WEIGHT * weights as f64
                + SECONDS_A_STEP * checked.work() as f64,
            memory_bytes: BASE_BYTES
                + BYTES_A_CELL * witness_cells
                + BYTES_A_WEIGHT * weights as f64
                + BYTES_A_VALUE * values as f64,
            proof_bytes: proof_bytes(&layout) as f64,
            lookups: looked_up.map(|(index, _)| elements(index)).sum(),
            cells: committed as u64,
            weights,
        })
    }

    pub(crate) fn to_json(&self) -> Value {
        json!({
            "prove_cpu_seconds": (self.seconds * 1e3).round() / 1e3,
            "memory_bytes": self.memory_bytes.round() as u64,
            "proof_bytes": self.proof_bytes.round() as u64,
            "lookups": self.lookups,
            "cells": self.cells,
            "weights": self.weights,
        })
    }

    /// For people.
    pub(crate) fn text(&self) -> String {
        format!(
            "expected: prove {:.2} CPU seconds, {:.0} MB of memory, proof of {:.0} KB\n\
             because of {} lookups, {} committed cells, {} weights",
            self.seconds,
            self.memory_bytes / 1e6,
            self.proof_bytes / 1e3,
            self.lookups,
            self.cells,
            self.weights,
        )
    }
}

/// Messages, opened rows and their paths, the last column.
fn proof_bytes(layout: &Layout) -> usize {
    let witness = layout.witness.iter();
    let witness = witness.map(|own| Code::witness(own.variables));
    let weights = layout.weights.iter();
    let weights = weights.map(|own| Code::weights(own.variables, OPENINGS_DEFAULT));
    let inputs = layout.inputs.iter().map(|own| own.code());
    let codes: Vec<Code> = witness.chain(weights).chain(inputs).collect();
    let columns = Columns::new(MESSAGES, &codes);
    let [masks, foldings] = columns.widths();
    let opened = codes.iter().map(|code| rows_bytes(code, code.width()));
    20 * (MESSAGES + columns.code.coefficients())
        + opened.sum::<usize>()
        + rows_bytes(&columns.code, masks)
        + rows_bytes(&columns.code, foldings)
}

fn rows_bytes(code: &Code, width: usize) -> usize {
    code.rate.queries * (4 * width + 32 * code.log_domain.saturating_sub(SHARED_SIBLINGS))
}
