//! What all openings of one key show together of its weights.

use std::collections::BTreeSet;

use lilliput_prover::setup::Hiding;
use lilliput_prover::{link, prove, setup};
use lilliput_verifier::codec::Reader;
use lilliput_verifier::field::F;
use lilliput_verifier::pcs::codeword::domain_element;
use lilliput_verifier::pcs::{Code, Codeword, Randomness};
use lilliput_verifier::transcript::StepKind;
use lilliput_verifier::{Context, VerifyingKey};
use p3_field::{Field, PrimeCharacteristicRing};

use crate::end_to_end::request;
use crate::nets::mlp;
use crate::soundness::parts::{Followed, Kind, of_key, of_link, of_proof};

const OPENINGS: u32 = 3;

/// A row at a position.
type Shown = (usize, Vec<F>);

/// Rows of the weights that an argument shows. Their polynomial is the one of that place among those opened.
fn shown(followed: &Followed, bytes: &[u8], place: usize, width: usize) -> Vec<Shown> {
    let positions = followed.steps.iter().filter_map(|step| match &step.kind {
        StepKind::Positions(positions) => Some(positions),
        _ => None,
    });
    let rows = followed.parts.iter().filter(|part| part.kind == Kind::Rows);
    let (positions, part) = positions
        .zip(rows)
        .nth(place)
        .expect("as many polynomials as places");
    let mut reader = Reader::new(&bytes[part.range.clone()]);
    let row = |&position: &usize| (position, reader.bases(width).expect("a row"));
    positions.iter().map(row).collect()
}

/// The range argument, as many proofs as the key has openings, the links to a predecessor and a successor.
fn all_shown() -> (VerifyingKey, Vec<Shown>) {
    let model = mlp(4, &[9, 6, 4]);
    let keys = |seed| {
        let hiding = Hiding::Weights {
            seed: [seed; 32],
            openings: OPENINGS,
        };
        setup(&model.graph, model.weights.clone(), &hiding).expect("keys are made")
    };
    let [before, own, after] = [1, 2, 3].map(keys);
    let (proving, key) = &own;
    let width = key.weights().expect("there are weights").code().width();
    let bytes = key.encode();
    let argument = &bytes[crate::soundness::parts::range_start(key)..];
    let mut all = shown(&of_key(key), argument, 0, width);
    for opening in 0..OPENINGS {
        let mut request = request(Context::OFFLINE);
        request.opening = opening;
        request.seed = [10 + opening as u8; 32];
        let proof = prove(proving, &request, &model.inputs).expect("a proof is made");
        all.extend(shown(&of_proof(key, &proof), &proof.argument, 1, width));
    }
    for (from, to, place) in [(&before, &own, 1), (&own, &after, 0)] {
        let bytes = link::prove(&from.0, &to.0, &[4; 32]).expect("a link is made");
        all.extend(shown(
            &of_link(&from.1, &to.1, &bytes),
            &bytes,
            place,
            width,
        ));
    }
    (own.1, all)
}

/// Coefficients of the polynomial of least degree with these values: Newton's divided differences.
fn interpolate(points: &[(F, F)]) -> Vec<F> {
    let mut differences: Vec<F> = points.iter().map(|point| point.1).collect();
    for order in 1..points.len() {
        for index in (order..points.len()).rev() {
            let span = points[index].0 - points[index - order].0;
            differences[index] = (differences[index] - differences[index - 1]) * span.inverse();
        }
    }
    let mut coefficients = vec![F::ZERO; points.len()];
    for index in (0..points.len()).rev() {
        // Times x minus the point, plus the difference.
        for place in (0..points.len()).rev() {
            let lower = place
                .checked_sub(1)
                .map_or(F::ZERO, |below| coefficients[below]);
            coefficients[place] = lower - points[index].0 * coefficients[place];
        }
        coefficients[0] += differences[index];
    }
    coefficients
}

#[test]
fn all_openings_together_show_fewer_rows_than_there_are_uniform_ones() {
    let (key, all) = all_shown();
    let code = key.weights().expect("there are weights").code();
    let positions: BTreeSet<usize> = all.iter().map(|row| row.0).collect();
    // The range argument, the proofs and two links.
    let arguments = OPENINGS as usize + 3;
    assert!(all.len() > (arguments - 1) * code.rate.queries && all.len() > positions.len());
    assert!(positions.len() <= arguments * code.rate.queries);
    assert!(positions.len() < code.blinding, "{code:?}");
    // One position has one row, whatever shows it.
    let distinct: BTreeSet<&Shown> = all.iter().collect();
    assert_eq!(distinct.len(), positions.len());
}

/// Whatever the rows shown are, any other weights have blinding rows that show the same: so the rows tell none of them
/// from the others.
#[test]
fn the_rows_that_all_openings_show_leave_every_other_model_possible() {
    let (key, all) = all_shown();
    let code: Code = key.weights().expect("there are weights").code();
    let rows: BTreeSet<Shown> = all.into_iter().collect();
    let positions: Vec<usize> = rows.iter().map(|row| row.0).collect();
    let elements: Vec<F> = positions
        .iter()
        .map(|&position| domain_element(code.log_domain, position))
        .collect();
    let width = code.width();
    for seed in [1, 2] {
        // Other weights altogether, uniform ones; rows beyond those that are shown are uniform as well.
        let mut coins = Randomness::new(&[seed; 32], "other weights");
        let mut other = coins.base(code.coefficients() * width);
        let message = other[..code.rows * width].to_vec();
        let free = Codeword::new(&code, width, &other).open(&positions).rows;
        for column in 0..width {
            let missing: Vec<(F, F)> = elements
                .iter()
                .zip(&rows)
                .zip(&free)
                .map(|((&at, (_, row)), free)| {
                    let power = at.exp_u64(code.rows as u64);
                    (at, (row[column] - free[column]) * power.inverse())
                })
                .collect();
            for (index, value) in interpolate(&missing).into_iter().enumerate() {
                other[(code.rows + index) * width + column] += value;
            }
        }
        let opened = Codeword::new(&code, width, &other).open(&positions).rows;
        assert!(opened.iter().zip(&rows).all(|(own, row)| *own == row.1));
        assert_eq!(other[..code.rows * width], message);
    }
}
