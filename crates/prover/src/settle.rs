//! The end of an argument, the prover's side of [`lilliput_verifier::pcs::settle`].

use lilliput_verifier::argument::ArgumentError;
use lilliput_verifier::field::{EF, EXTENSION_DEGREE, F};
use lilliput_verifier::form::{Constraint, Form};
use lilliput_verifier::pcs::code::Code;
use lilliput_verifier::pcs::codeword::domain_element;
use lilliput_verifier::pcs::settle::{
    Batch, Columns, Oracle, ProductsEnd, Queries, Weighted, fold, labels,
};
use lilliput_verifier::pcs::{Codeword, Randomness};
use lilliput_verifier::point::{eq_table, scaled_eq_table};
use lilliput_verifier::receiver::Receiver;
use lilliput_verifier::sumcheck::Reduced;
use p3_field::{BasedVectorSpace, PrimeCharacteristicRing};

use crate::join::Folded;
use crate::pcs::Committed;
use crate::pcs::file::CodeFileError;
use crate::sumcheck::{prove_columns, prove_product};
use crate::transcript::Transcript;

#[cfg(test)]
mod tests;

/// Why an argument can't be ended.
#[derive(Debug, thiserror::Error)]
pub enum SettleError {
    /// The verifier's code can't follow what was sent; the prover has a fault.
    #[error("the argument can't be followed: {0}")]
    Argument(#[from] ArgumentError),
    /// The encoded weights can't be read.
    #[error(transparent)]
    CodeFile(#[from] CodeFileError),
}

/// Elements in columns with a random column for each, committed.
pub(crate) struct Blinded {
    /// The columns one behind the other, each of as many elements as the code has rows.
    elements: Vec<EF>,
    /// The blinding rows of each column, column by column.
    blinding: Vec<EF>,
    /// As many random columns, blinding rows included.
    random: Vec<EF>,
    codeword: Codeword,
    columns: usize,
}

impl Blinded {
    /// Commits to elements of whole columns.
    pub(crate) fn new(code: &Code, mut elements: Vec<EF>, randomness: &mut Randomness) -> Self {
        let columns = elements.len().div_ceil(code.rows);
        elements.resize(columns * code.rows, EF::ZERO);
        let blinding = randomness.extension(columns * code.blinding);
        let random = randomness.extension(columns * code.coefficients());
        let width = 2 * columns * EXTENSION_DEGREE;
        let mut matrix = Vec::with_capacity(code.coefficients() * width);
        for row in 0..code.coefficients() {
            let own = (0..columns).map(|column| match row.checked_sub(code.rows) {
                None => elements[column * code.rows + row],
                Some(below) => blinding[column * code.blinding + below],
            });
            let blind = (0..columns).map(|column| random[column * code.coefficients() + row]);
            for element in own.chain(blind) {
                let coordinates: &[F] = element.as_basis_coefficients_slice();
                matrix.extend_from_slice(coordinates);
            }
        }
        Self {
            codeword: Codeword::new(code, width, &matrix),
            elements,
            blinding,
            random,
            columns,
        }
    }

    pub(crate) fn root(&self) -> lilliput_verifier::pcs::Root {
        self.codeword.root()
    }

    /// `random + scale * column` on the rows of the message, one column behind the other.
    fn blinded(&self, code: &Code, scale: EF) -> Vec<EF> {
        let columns = self.elements.chunks_exact(code.rows);
        let random = self.random.chunks_exact(code.coefficients());
        let rows = columns
            .zip(random)
            .flat_map(|(own, random)| own.iter().zip(random));
        rows.map(|(&own, &random)| random + scale * own).collect()
    }

    /// Adds `sum over columns of weight (random + scale * column)` on the blinding rows.
    fn add_blinding(&self, code: &Code, scale: EF, weights: &[EF], sums: &mut [EF]) {
        let own = self.blinding.chunks_exact(code.blinding);
        let random = self.random.chunks_exact(code.coefficients());
        for ((own, random), &weight) in own.zip(random).zip(weights) {
            let rows = own.iter().zip(&random[code.rows..]);
            for (sum, (&own, &random)) in sums.iter_mut().zip(rows) {
                *sum += weight * (random + scale * own);
            }
        }
    }
}

/// A committed polynomial, the point at which it is claimed, and all its rows folded there.
pub(crate) struct Opened<'a> {
    committed: &'a Committed,
    point: Vec<EF>,
    rows: Vec<EF>,
}

impl<'a> Opened<'a> {
    /// After a join.
    pub(crate) fn new(committed: &'a Committed, joined: Folded) -> Self {
        let mut own = Self {
            committed,
            point: joined.point,
            rows: joined.rows,
        };
        let blinding = committed.fold_blinding(own.split().1);
        own.rows.extend(blinding);
        own
    }

    fn split(&self) -> (&[EF], &[EF]) {
        self.point
            .split_at(self.point.len() - self.committed.code.fold)
    }
}

/// How many secret messages an argument has, and its committed polynomials' codes: the columns' layout.
pub(crate) fn columns(messages: usize, codes: &[Code]) -> Columns {
    Columns::new(messages + 2, codes)
}

/// What the verifier's own code hears of an argument: its oracles with the forms claimed of them, and the constraints.
pub(crate) struct Heard {
    pub(crate) oracles: Vec<Oracle>,
    pub(crate) constraints: Vec<Constraint>,
    pub(crate) masked: Vec<EF>,
}

impl Heard {
    pub(crate) fn new(oracles: Vec<Oracle>, mut receiver: Receiver<'_>) -> Self {
        Self {
            oracles,
            constraints: receiver.take_constraints(),
            masked: receiver.masked().to_vec(),
        }
    }
}

/// Shows all constraints and the claims on all committed polynomials. `hear` lets the verifier's code read what was
/// sent so far.
pub(crate) fn settle(
    columns: &Columns,
    masks: &Blinded,
    opened: &[Opened<'_>],
    hear: impl FnOnce(&[u8]) -> Result<Heard, ArgumentError>,
    randomness: &mut Randomness,
    transcript: &mut Transcript,
) -> Result<(), SettleError> {
    let mut elements = Vec::new();
    for own in opened {
        elements.extend_from_slice(&own.rows);
        elements.resize(elements.len().next_multiple_of(columns.code.rows), EF::ZERO);
    }
    let folded = Blinded::new(&columns.code, elements, randomness);
    let mut heard = hear(transcript.argument())?;
    transcript.root(labels::FOLDED, &folded.root());
    let (weighted, end) = products(&mut heard, transcript);
    let queried = queries(opened, transcript)?;
    let challenge = transcript.challenge(labels::CLAIMS);
    let claims: Vec<(&Form, Queries)> = heard
        .oracles
        .iter()
        .map(|oracle| &oracle.value)
        .zip(queried)
        .collect();
    let public = |form: &Form| form.evaluate(|index| heard.masked[index]);
    let count = transcript.masks().len();
    let batch = Batch::new(challenge, count, &weighted, &end, &claims, public);
    let weights = dense(columns, &batch, opened);
    last_argument(columns, [masks, &folded], weights, transcript);
    Ok(())
}

/// The sumcheck over products of mask parts. Two masks that no message uses blind its ends.
fn products(heard: &mut Heard, transcript: &mut Transcript) -> (Weighted, ProductsEnd) {
    let challenge = transcript.challenge(labels::CONSTRAINTS);
    let weighted = Weighted::new(std::mem::take(&mut heard.constraints), challenge);
    let size = 1 << weighted.variables();
    let (mut left, mut right) = (vec![EF::ZERO; size], vec![EF::ZERO; size]);
    let masks = transcript.masks();
    let part = |form: &Form| {
        let terms = form.terms.iter();
        terms
            .map(|&(index, coefficient)| masks[index] * coefficient)
            .sum::<EF>()
    };
    for (place, (weight, [first, second])) in weighted.products.iter().enumerate() {
        left[place] = part(first);
        right[place] = *weight * part(second);
    }
    let total: EF = left.iter().zip(&right).map(|(&a, &b)| a * b).sum();
    let spare = weighted.products.len();
    left[spare] = masks[masks.len() - 1];
    right[spare + 1] = masks[masks.len() - 2];
    let first = heard.masked.len();
    transcript.send(labels::PRODUCTS, &[total]);
    let done = prove_product(&left, &right, total, transcript);
    let ends = [done.left, done.right];
    transcript.public(labels::PRODUCT_ENDS, &ends);
    let (total, claim, masked) =
        hear_products(first, weighted.variables(), &done.reduced, transcript);
    heard.masked.extend(masked);
    let end = ProductsEnd {
        total,
        point: done.reduced.point,
        claim,
        ends,
    };
    (weighted, end)
}

/// The forms of the messages that the products' sumcheck just sent.
fn hear_products(
    first: usize,
    variables: usize,
    reduced: &Reduced,
    transcript: &Transcript,
) -> (Form, Form, Vec<EF>) {
    let sent = 1 + 2 * variables;
    let total = Form::message(first);
    let mut claim = total.clone();
    for (round, &challenge) in reduced.point.iter().enumerate() {
        let message = [1, 2].map(|own| Form::message(first + 2 * round + own));
        claim = lilliput_verifier::sumcheck::evaluate_round(&message, claim, challenge);
    }
    (total, claim, transcript.last_masked(sent, 2))
}

/// Opens every polynomial at its positions.
fn queries(
    opened: &[Opened<'_>],
    transcript: &mut Transcript,
) -> Result<Vec<Queries>, CodeFileError> {
    transcript.work(labels::GRIND);
    let open = |own: &Opened<'_>| {
        let code = &own.committed.code;
        let positions = transcript.positions(labels::POSITIONS, code.rate.queries, code.log_domain);
        let opened = own.committed.open(&positions)?;
        opened.encode(transcript.opened());
        let weights = eq_table(own.split().1);
        let rows = positions.into_iter().zip(&opened.rows);
        let queries = rows.map(|(position, row)| {
            let element = domain_element(code.log_domain, position);
            (element, fold(row, &weights))
        });
        Ok(queries.collect())
    };
    opened.iter().map(open).collect()
}

/// The weights of the combined claim, one column behind the other.
fn dense(columns: &Columns, batch: &Batch, opened: &[Opened<'_>]) -> Vec<EF> {
    let rows = columns.code.rows;
    let mut weights = EF::zero_vec(rows << columns.variables());
    weights[..batch.masks.len()].copy_from_slice(&batch.masks);
    for ((own, (scale, queries)), &(first, length)) in
        opened.iter().zip(&batch.foldings).zip(&columns.foldings)
    {
        let folding = &mut weights[first * rows..first * rows + length];
        for (weight, value) in folding
            .iter_mut()
            .zip(scaled_eq_table(own.split().0, *scale))
        {
            *weight += value;
        }
        add_powers(queries, folding);
    }
    weights
}

/// Adds `sum of scale * element^index`.
fn add_powers(queries: &[(EF, F)], weights: &mut [EF]) {
    let mut scaled: Vec<EF> = queries.iter().map(|&(scale, _)| scale).collect();
    for weight in weights {
        for (power, &(_, element)) in scaled.iter_mut().zip(queries) {
            *weight += *power;
            *power *= element;
        }
    }
}

fn last_argument(
    columns: &Columns,
    parts: [&Blinded; 2],
    weights: Vec<EF>,
    transcript: &mut Transcript,
) {
    let code = &columns.code;
    let size = weights.len();
    let mut random = Vec::with_capacity(size);
    for part in parts {
        random.extend(part.blinded(code, EF::ZERO));
    }
    let blinding: EF = random.iter().zip(&weights).map(|(&r, &w)| r * w).sum();
    transcript.public(labels::BLINDING, &[blinding]);
    let scale = transcript.challenge(labels::BLINDED);
    let mut values = Vec::with_capacity(size);
    for part in parts {
        values.extend(part.blinded(code, scale));
    }
    values.resize(size, EF::ZERO);
    let (point, mut last) = prove_columns(values, weights, columns.variables(), transcript);
    let of_columns = eq_table(&point);
    let mut below = EF::zero_vec(code.blinding);
    let (first, second) = of_columns.split_at(parts[0].columns);
    parts[0].add_blinding(code, scale, first, &mut below);
    parts[1].add_blinding(code, scale, second, &mut below);
    last.extend(below);
    transcript.public(labels::LAST, &last);
    transcript.work(labels::LAST_GRIND);
    let positions =
        transcript.positions(labels::LAST_POSITIONS, code.rate.queries, code.log_domain);
    for part in parts {
        part.codeword.open(&positions).encode(transcript.opened());
    }
}
