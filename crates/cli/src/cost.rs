//! What a proof is expected to cost, from a graph alone.
//!
//! The constants below are the only place where such figures stand. They are of this machine class (two
//! cores of an x86 server), rounded up, and good to a factor of two; `cargo xtask bench prover` measures.

use lilliput_graph::{Checked, Op};
use lilliput_verifier::layers::Unprovable;
use lilliput_verifier::layout::Layout;
use serde_json::{Value, json};

/// CPU seconds of any proof, however small.
const BASE_SECONDS: f64 = 0.02;
/// CPU seconds for each committed cell of the witness: commitment, opening and its part of the lookups.
const SECONDS_A_CELL: f64 = 3.5e-7;
/// CPU seconds for each weight: its share of the opening, bound once.
const SECONDS_A_WEIGHT: f64 = 2.5e-7;
/// CPU seconds for each elementary step of the run and of the argument about it.
const SECONDS_A_STEP: f64 = 4.0e-9;
/// Memory of any proof, in bytes.
const BASE_BYTES: f64 = 16e6;
/// Memory for each committed cell, of witness and weights: the cell, its codeword and its tree.
const BYTES_A_CELL: f64 = 60.0;
/// Memory for each value of a run.
const BYTES_A_VALUE: f64 = 24.0;
/// Bytes of a proof beside its openings.
const PROOF_BASE_BYTES: f64 = 20e3;
/// Bytes of an opening, for each variable of what is opened.
const PROOF_BYTES_A_VARIABLE: f64 = 3e3;

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
        let layout = Layout::new(checked)?;
        let graph = checked.graph();
        let polynomials = || layout.witness.iter().chain(&layout.weights);
        let cells = |variables: usize| (1u64 << variables.min(62)) as f64;
        let witness = layout
            .witness
            .as_ref()
            .map_or(0, |witness| witness.variables);
        let committed: f64 = polynomials().map(|each| cells(each.variables)).sum();
        let variables: usize = polynomials().map(|each| each.variables).sum();
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
            memory_bytes: BASE_BYTES + BYTES_A_CELL * committed + BYTES_A_VALUE * values as f64,
            proof_bytes: PROOF_BASE_BYTES + PROOF_BYTES_A_VARIABLE * variables as f64,
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
