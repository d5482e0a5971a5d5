//! Real transcripts of different weights and inputs, and simulated ones, look alike.
//!
//! A statistic can't prove that nothing shows; it finds the mistakes that are made: a message without a mask, a mask
//! that is used twice, blinding that is left out, coordinates that aren't uniform. The same statistics find these
//! where they are put in on purpose.

use lilliput_graph::Tensor;
use lilliput_prover::setup::Hiding;
use lilliput_prover::{Request, prove, setup};
use lilliput_verifier::Context;
use lilliput_verifier::pcs::settle::labels;

use super::simulator::{OPENINGS, Public};
use crate::nets::{Model, mlp};
use crate::soundness::parts::{Kind, of_proof};

/// Proofs of each kind.
const RUNS: u8 = 24;

/// Words of all transcripts of one kind: for each transcript those of its messages, opened rows and last column.
struct Sample {
    messages: Vec<Vec<u32>>,
    rows: Vec<Vec<u32>>,
    last: Vec<Vec<u32>>,
}

impl Sample {
    fn parts(&self) -> [&Vec<Vec<u32>>; 3] {
        [&self.messages, &self.rows, &self.last]
    }
}

fn words(bytes: &[u8]) -> Vec<u32> {
    let words = bytes.chunks_exact(4);
    words
        .map(|word| u32::from_le_bytes(word.try_into().expect("four bytes")))
        .collect()
}

/// Proofs with all inputs hidden, each under a key of its own.
fn real(model: &Model) -> Sample {
    let mut sample = Sample {
        messages: Vec::new(),
        rows: Vec::new(),
        last: Vec::new(),
    };
    for run in 0..RUNS {
        let hiding = Hiding::Weights {
            seed: [run; 32],
            openings: OPENINGS,
        };
        let (proving, key) =
            setup(&model.graph, model.weights.clone(), &hiding).expect("keys are made");
        let mut request = Request::new(Context::OFFLINE, 0, &[100 + run; 32]);
        request.hidden.outputs = true;
        let proof = prove(&proving, &request, &model.inputs).expect("a proof is made");
        let (mut messages, mut rows, mut last) = (Vec::new(), Vec::new(), Vec::new());
        for part in of_proof(&key, &proof).parts {
            let own = words(&proof.argument[part.range.clone()]);
            match part.kind {
                Kind::Rows => rows.extend(own),
                Kind::Absorbed if part.label == labels::LAST => last.extend(own),
                // Roots are digests, and bytes.
                Kind::Absorbed if part.unit > 1 => messages.extend(own),
                _ => {}
            }
        }
        sample.messages.push(messages);
        sample.rows.push(rows);
        sample.last.push(last);
    }
    sample
}

/// Chi-square of counts against equal ones.
fn uniform(counts: &[u64]) -> f64 {
    let all: u64 = counts.iter().sum();
    let expected = all as f64 / counts.len() as f64;
    let terms = counts.iter();
    terms
        .map(|&count| (count as f64 - expected).powi(2) / expected)
        .sum()
}

/// Chi-square of two samples' counts against each other.
fn alike(first: &[u64], second: &[u64]) -> f64 {
    let [of_first, of_second] = [first, second].map(|own| own.iter().sum::<u64>() as f64);
    let (up, down) = ((of_second / of_first).sqrt(), (of_first / of_second).sqrt());
    let terms = first.iter().zip(second).filter(|(a, b)| **a + **b > 0);
    terms
        .map(|(&a, &b)| (a as f64 * up - b as f64 * down).powi(2) / (a + b) as f64)
        .sum()
}

/// The limit of a chi-square of so many degrees of freedom, passed by chance about once in a million (Wilson and Hilferty).
fn limit(degrees: usize) -> f64 {
    let spread = 2.0 / (9.0 * degrees as f64);
    degrees as f64 * (1.0 - spread + 4.9 * spread.sqrt()).powi(3)
}

const BINS: usize = 32;

/// Counts of the low bits, and of the size.
fn histograms(sample: &[Vec<u32>]) -> [Vec<u64>; 2] {
    let (mut low, mut high) = (vec![0; BINS], vec![0; BINS]);
    for &word in sample.iter().flatten() {
        low[word as usize % BINS] += 1;
        let bin = u64::from(word) * BINS as u64 / 0x7f00_0001;
        high[usize::try_from(bin).expect("below the bins")] += 1;
    }
    [low, high]
}

/// How the lowest bit at each place differs between two samples: a value that is sent without a mask is the same, or
/// nearly, in all runs of one kind, whatever the counts over all places are.
fn by_place(first: &[Vec<u32>], second: &[Vec<u32>]) -> (f64, usize) {
    let length = first.iter().chain(second).map(Vec::len).min();
    let length = length.expect("there are runs");
    let ones = |sample: &[Vec<u32>], place: usize| {
        let bits = sample.iter().map(|run| u64::from(run[place] & 1));
        bits.sum::<u64>()
    };
    let chi = (0..length).map(|place| {
        let [a, b] = [first, second].map(|own| {
            let ones = ones(own, place);
            [ones, own.len() as u64 - ones]
        });
        alike(&a, &b)
    });
    (chi.sum(), length)
}

/// Whether one sample is uniform in low bits and size.
fn is_uniform(sample: &[Vec<u32>]) -> bool {
    let counts = histograms(sample);
    counts.iter().all(|own| uniform(own) < limit(BINS - 1))
}

/// Whether two samples are alike: their counts, and place by place.
fn are_alike(first: &[Vec<u32>], second: &[Vec<u32>]) -> bool {
    let [a, b] = [first, second].map(histograms);
    let counts = a.iter().zip(&b).all(|(a, b)| alike(a, b) < limit(BINS - 1));
    let (chi, degrees) = by_place(first, second);
    counts && chi < limit(degrees)
}

/// Other values of the same model: all weights and inputs at an end of their ranges.
fn extreme() -> Model {
    let mut model = mlp(5, &[10, 7, 3]);
    let all: &mut dyn Iterator<Item = &mut Tensor> =
        &mut model.weights.0.iter_mut().chain(&mut model.inputs);
    for tensor in all {
        tensor.values.fill(-127);
    }
    model
}

#[test]
fn transcripts_of_different_weights_and_inputs_look_alike_and_like_simulated_ones() {
    let [first, second] = [mlp(5, &[10, 7, 3]), extreme()].map(|model| real(&model));
    for (first, second) in first.parts().into_iter().zip(second.parts()) {
        assert!(is_uniform(first) && is_uniform(second));
        assert!(are_alike(first, second));
    }
    let public = Public::new(mlp(5, &[10, 7, 3]), None);
    let simulated: Vec<Vec<u32>> = (0..RUNS)
        .map(|run| words(&public.simulate(&[run; 32], OPENINGS).argument))
        .collect();
    // Messages come first: after two roots. The rest is shifted by rows that positions share.
    let length = first.messages.iter().map(Vec::len).min().unwrap_or(0) / 2;
    let start = |sample: &[Vec<u32>], from: usize| -> Vec<Vec<u32>> {
        sample
            .iter()
            .map(|run| run[from..from + length].to_vec())
            .collect()
    };
    let simulated = start(&simulated, 16);
    assert!(is_uniform(&simulated));
    assert!(are_alike(&start(&first.messages, 0), &simulated));
    assert!(are_alike(&start(&second.messages, 0), &simulated));
}

#[test]
fn the_statistics_see_what_they_are_for() {
    let [first, second] = [mlp(5, &[10, 7, 3]), extreme()].map(|model| real(&model));
    // Two places of a few thousand without a mask: the same in all runs of one kind, other in the other.
    let unmasked = |sample: &Sample, value: u32| {
        let mut messages = sample.messages.clone();
        for run in &mut messages {
            run[40..60].fill(value);
        }
        messages
    };
    let (a, b) = (unmasked(&first, 6), unmasked(&second, 7));
    assert!(!are_alike(&a, &b));
    // Small values, and coordinates that are zero.
    let mut small = first.rows.clone();
    small
        .iter_mut()
        .flatten()
        .step_by(20)
        .for_each(|word| *word %= 256);
    assert!(!is_uniform(&small));
    let mut zero = first.last.clone();
    zero.iter_mut()
        .flatten()
        .step_by(40)
        .for_each(|word| *word = 0);
    assert!(!is_uniform(&zero));
    // The same masks in both.
    let same: Vec<Vec<u32>> = first
        .messages
        .iter()
        .map(|_| first.messages[0].clone())
        .collect();
    assert!(!are_alike(&same, &second.messages));
}
