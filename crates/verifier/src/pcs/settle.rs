//! The end of an argument (`specs/proof.md`, sections 8 and 13): constraints on secret messages, and claims on committed
//! polynomials, become one linear claim on columns of extension elements, shown behind a random column for each.

use p3_field::PrimeCharacteristicRing;
use thiserror::Error;

use super::code::{Code, GRINDING_BITS};
use super::codeword::domain_element;
use super::merkle::{Root, leaf, read_root};
use crate::codec::{CodecError, Reader};
use crate::field::{EF, EXTENSION_DEGREE, F};
use crate::form::{Constraint, Form};
use crate::point::eq_table;
use crate::receiver::Receiver;
use crate::sumcheck::evaluate_round;
use crate::transcript::Transcript;

/// Labels of the messages and challenges, in order.
pub mod labels {
    /// Commitment to the foldings.
    pub const FOLDED: &str = "folded";
    /// Combines constraints.
    pub const CONSTRAINTS: &str = "constraints";
    /// The sum of products of masks.
    pub const PRODUCTS: &str = "products";
    /// Both vectors of mask parts at the end of their sumcheck.
    pub const PRODUCT_ENDS: &str = "product ends";
    /// Proof of work before the first positions.
    pub const GRIND: &str = "grind";
    /// Positions of a committed polynomial.
    pub const POSITIONS: &str = "positions";
    /// Combines linear claims.
    pub const CLAIMS: &str = "linear claims";
    /// The random columns' value of the combined claim.
    pub const BLINDING: &str = "blinding";
    /// Scales the columns before the random ones are added.
    pub const BLINDED: &str = "blinded";
    /// A round over the columns, not secret.
    pub const ROUND: &str = "column round";
    /// A challenge over the columns.
    pub const ROUND_CHALLENGE: &str = "column challenge";
    /// The column that is left.
    pub const LAST: &str = "last column";
    /// Proof of work before the last positions.
    pub const LAST_GRIND: &str = "last grind";
    /// Positions of the columns.
    pub const LAST_POSITIONS: &str = "last positions";
}

/// A committed polynomial and the one claim on it.
#[derive(Clone, Debug)]
pub struct Oracle<V = Form> {
    /// The commitment.
    pub root: Root,
    /// Its code.
    pub code: Code,
    /// Coordinates of the rows, then of the columns.
    pub point: Vec<EF>,
    /// The polynomial's value there.
    pub value: V,
}

impl<V> Oracle<V> {
    /// The coordinates of the rows, and those of the columns.
    pub fn split_point(&self) -> (&[EF], &[EF]) {
        self.point
            .split_at(self.point.len().saturating_sub(self.code.fold))
    }
}

/// Why an opening is refused.
#[derive(Clone, Debug, PartialEq, Eq, Error)]
pub enum OpeningError {
    /// A message is cut off or isn't canonical.
    #[error("a message can't be read: {0}")]
    Malformed(#[from] CodecError),
    /// Not enough work was done.
    #[error("the proof of work is missing")]
    Grinding,
    /// Opened rows don't belong to the commitment.
    #[error("opened rows are not the committed ones")]
    Rows,
    /// The combined claim doesn't hold.
    #[error("the combined claims don't hold")]
    Claims,
    /// The last column isn't the fold of the committed ones.
    #[error("the last column isn't what is committed")]
    Column,
}

/// Products of forms, weighted by powers of one challenge.
#[derive(Clone, Debug)]
pub struct Weighted {
    /// Weight, and both factors.
    pub products: Vec<(EF, [Form; 2])>,
    /// The weighted sum of what they have to be.
    pub sum: Form,
}

impl Weighted {
    /// Combines constraints.
    #[must_use]
    pub fn new(constraints: Vec<Constraint>, challenge: EF) -> Self {
        let mut all = Self {
            products: Vec::new(),
            sum: Form::default(),
        };
        let mut power = EF::ONE;
        for Constraint { products, sum } in constraints {
            let weighted = products.into_iter().map(|pair| (power, pair));
            all.products.extend(weighted);
            all.sum = all.sum + sum * power;
            power *= challenge;
        }
        all
    }

    /// Variables of the sumcheck over the products of mask parts: two places are left for blinding.
    #[must_use]
    pub fn variables(&self) -> usize {
        let places = self.products.len().saturating_add(2).next_power_of_two();
        usize::try_from(places.trailing_zeros()).unwrap_or(0)
    }
}

/// How the columns of the last argument are laid out: masks first, then each folding from a column of its own on.
#[derive(Clone, Debug)]
pub struct Columns {
    /// Their code.
    pub code: Code,
    /// Columns of masks.
    pub masks: usize,
    /// First column and length of each folding.
    pub foldings: Vec<(usize, usize)>,
    /// All columns.
    pub all: usize,
}

impl Columns {
    /// For that many masks, and foldings of those codes.
    #[must_use]
    pub fn new(masks: usize, codes: &[Code]) -> Self {
        let lengths = codes.iter().map(Code::coefficients);
        let elements = lengths.clone().fold(masks, usize::saturating_add);
        let code = Code::columns(elements);
        let mask_columns = masks.div_ceil(code.rows.max(1));
        let mut all = mask_columns;
        let foldings = lengths.map(|length| {
            let first = all;
            all = all.saturating_add(length.div_ceil(code.rows.max(1)));
            (first, length)
        });
        Self {
            code,
            masks: mask_columns,
            foldings: foldings.collect(),
            all,
        }
    }

    /// Variables over the columns.
    #[must_use]
    pub fn variables(&self) -> usize {
        let bits = self.all.next_power_of_two().trailing_zeros();
        usize::try_from(bits).unwrap_or(0)
    }

    /// Base elements in a row of the trees of masks and of foldings: each column's coordinates, then those of the
    /// random columns.
    #[must_use]
    pub fn widths(&self) -> [usize; 2] {
        let base = |columns: usize| columns.saturating_mul(2 * EXTENSION_DEGREE);
        [base(self.masks), base(self.all.saturating_sub(self.masks))]
    }
}

/// The linear claims on masks and foldings, combined.
#[derive(Clone, Debug)]
pub struct Batch {
    /// Coefficients of the masks.
    pub masks: Vec<EF>,
    /// For each folding: the scale of its value at the rows' coordinates, and the scaled domain elements of its queries.
    pub foldings: Vec<(EF, Vec<(EF, F)>)>,
    /// What they sum to.
    pub value: EF,
}

/// What the sumcheck over products of mask parts left.
#[derive(Clone, Debug)]
pub struct ProductsEnd {
    /// The sum of products of mask parts, as a message.
    pub total: Form,
    /// The point.
    pub point: Vec<EF>,
    /// What both ends multiply to.
    pub claim: Form,
    /// Both vectors there.
    pub ends: [EF; 2],
}

/// The folded row values of one polynomial at its positions.
pub type Queries = Vec<(F, EF)>;

impl Batch {
    /// Combines, with powers of `challenge`: the constraints, the end of the products' sumcheck, each
    /// polynomial's value, and the queries. `public` gives the public part of a form; the last two masks blind the ends.
    pub fn new(
        challenge: EF,
        masks: usize,
        weighted: &Weighted,
        end: &ProductsEnd,
        oracles: &[(&Form, Queries)],
        public: impl Fn(&Form) -> EF,
    ) -> Self {
        let mut batch = Self {
            masks: vec![EF::ZERO; masks],
            foldings: Vec::with_capacity(oracles.len()),
            value: EF::ZERO,
        };
        batch.constraints(weighted, end, &public);
        let mut powers = challenge.powers().skip(1);
        let mut power = || powers.next().unwrap_or_default();
        let scale = power();
        end.claim.add_to(scale, &mut batch.masks);
        let [left, right] = end.ends;
        batch.value += scale * (public(&end.claim) - left * right);
        batch.ends(weighted, end, [power(), power()]);
        for (value, _) in oracles {
            let scale = power();
            value.add_to(scale, &mut batch.masks);
            batch.value += scale * public(value);
            batch.foldings.push((scale, Vec::new()));
        }
        for ((_, queries), (_, own)) in oracles.iter().zip(&mut batch.foldings) {
            for &(element, value) in queries {
                let scale = power();
                own.push((scale, element));
                batch.value += scale * value;
            }
        }
        batch
    }

    /// `sum of weight (A - a) (B - b) = C - c`, capitals public and small letters parts of masks; the sum of
    /// `weight a b` is a message of its own.
    fn constraints(
        &mut self,
        weighted: &Weighted,
        end: &ProductsEnd,
        public: impl Fn(&Form) -> EF,
    ) {
        let mut of_publics = EF::ZERO;
        for (weight, [left, right]) in &weighted.products {
            let (left_public, right_public) = (public(left), public(right));
            left.add_to(-*weight * right_public, &mut self.masks);
            right.add_to(-*weight * left_public, &mut self.masks);
            of_publics += *weight * left_public * right_public;
        }
        weighted.sum.add_to(EF::ONE, &mut self.masks);
        end.total.add_to(EF::NEG_ONE, &mut self.masks);
        self.value += public(&weighted.sum) - of_publics - public(&end.total);
    }

    /// Both ends are what the mask parts give at the point, each with a blinding of its own.
    fn ends(&mut self, weighted: &Weighted, end: &ProductsEnd, [left, right]: [EF; 2]) {
        let places = eq_table(&end.point);
        for ((weight, [first, second]), &place) in weighted.products.iter().zip(&places) {
            first.add_to(left * place, &mut self.masks);
            second.add_to(right * *weight * place, &mut self.masks);
        }
        let spare = weighted.products.len();
        let blindings = self.masks.iter_mut().rev().take(2);
        for ((mask, place), scale) in blindings.zip(places.iter().skip(spare)).zip([left, right]) {
            *mask += scale * *place;
        }
        self.value += left * end.ends[0] + right * end.ends[1];
    }
}

/// Reads what shows the constraints and the claims on committed polynomials.
///
/// # Errors
///
/// [`OpeningError`].
pub fn settle(
    masks_root: &Root,
    oracles: &[Oracle],
    receiver: &mut Receiver<'_>,
) -> Result<(), OpeningError> {
    let folded_root = receiver.root(labels::FOLDED)?;
    let (weighted, end) = products(receiver)?;
    let masks = receiver.masked().len().saturating_add(2);
    let codes: Vec<Code> = oracles.iter().map(|oracle| oracle.code).collect();
    let columns = Columns::new(masks, &codes);
    let (reader, transcript) = receiver.opening()?;
    check_work(labels::GRIND, reader, transcript)?;
    let mut queried = Vec::with_capacity(oracles.len());
    for oracle in oracles {
        queried.push(read_queries(oracle, reader, transcript)?);
    }
    let challenge = transcript.challenge(labels::CLAIMS);
    let values = oracles.iter().map(|oracle| &oracle.value);
    let claims: Vec<(&Form, Queries)> = values.zip(queried).collect();
    let batch = Batch::new(challenge, masks, &weighted, &end, &claims, |form| {
        receiver.public_part(form)
    });
    last_argument(
        [masks_root, &folded_root],
        oracles,
        &columns,
        &batch,
        receiver,
    )
}

/// The part of [`settle`] that consists of secret messages: the weighted constraints, and the sumcheck over products.
///
/// # Errors
///
/// [`CodecError`].
pub fn products(receiver: &mut Receiver<'_>) -> Result<(Weighted, ProductsEnd), CodecError> {
    let challenge = receiver.challenge(labels::CONSTRAINTS);
    let weighted = Weighted::new(receiver.take_constraints(), challenge);
    let total = receiver.receive_one(labels::PRODUCTS)?;
    let reduced = receiver.sumcheck::<2>(total.clone(), weighted.variables())?;
    let ends = receiver.public(labels::PRODUCT_ENDS, 2)?.try_into();
    let end = ProductsEnd {
        total,
        point: reduced.point,
        claim: reduced.claim,
        ends: ends.map_err(|_| CodecError::OutOfBounds("ends"))?,
    };
    Ok((weighted, end))
}

fn check_work(
    label: &'static str,
    reader: &mut Reader<'_>,
    transcript: &mut Transcript,
) -> Result<(), OpeningError> {
    let witness = reader.base()?;
    if transcript.check_grind(label, GRINDING_BITS, witness) {
        Ok(())
    } else {
        Err(OpeningError::Grinding)
    }
}

/// Rows of a tree at positions that are drawn now.
fn read_rows(
    root: &Root,
    width: usize,
    positions: &[usize],
    log_domain: usize,
    reader: &mut Reader<'_>,
) -> Result<Vec<Vec<F>>, OpeningError> {
    let rows = positions
        .iter()
        .map(|_| reader.bases(width))
        .collect::<Result<Vec<_>, _>>()?;
    let leaves = rows.iter().map(|row| leaf(row)).collect();
    if read_root(positions, leaves, log_domain, reader)? == *root {
        Ok(rows)
    } else {
        Err(OpeningError::Rows)
    }
}

fn read_queries(
    oracle: &Oracle,
    reader: &mut Reader<'_>,
    transcript: &mut Transcript,
) -> Result<Queries, OpeningError> {
    let code = &oracle.code;
    let positions =
        transcript.challenge_positions(labels::POSITIONS, code.rate.queries, code.log_domain);
    let rows = read_rows(
        &oracle.root,
        code.width(),
        &positions,
        code.log_domain,
        reader,
    )?;
    let weights = eq_table(oracle.split_point().1);
    let folded = rows.iter().map(|row| fold(row, &weights));
    let elements = positions
        .iter()
        .map(|&position| domain_element(code.log_domain, position));
    Ok(elements.zip(folded).collect())
}

/// `sum of weight * value`.
pub fn fold(row: &[F], weights: &[EF]) -> EF {
    row.iter()
        .zip(weights)
        .map(|(&value, &weight)| weight * value)
        .sum()
}

/// Shows the combined claim on the columns: a sumcheck over them in the clear, and the column that is left.
fn last_argument(
    roots: [&Root; 2],
    oracles: &[Oracle],
    columns: &Columns,
    batch: &Batch,
    receiver: &mut Receiver<'_>,
) -> Result<(), OpeningError> {
    let blinding = receiver.public(labels::BLINDING, 1)?;
    let scale = receiver.challenge(labels::BLINDED);
    let mut claim = blinding.iter().copied().sum::<EF>() + scale * batch.value;
    let mut point = Vec::new();
    for _ in 0..columns.variables() {
        let round: [EF; 2] = receiver
            .public(labels::ROUND, 2)?
            .try_into()
            .map_err(|_| CodecError::OutOfBounds("round"))?;
        let challenge = receiver.challenge(labels::ROUND_CHALLENGE);
        claim = evaluate_round(&round, claim, challenge);
        point.push(challenge);
    }
    let last = receiver.public(labels::LAST, columns.code.coefficients())?;
    let of_columns = eq_table(&point);
    if weigh(&last, &of_columns, oracles, columns, batch) != claim {
        return Err(OpeningError::Claims);
    }
    let (reader, transcript) = receiver.opening()?;
    check_work(labels::LAST_GRIND, reader, transcript)?;
    check_column(
        &last,
        roots,
        &of_columns,
        scale,
        columns,
        reader,
        transcript,
    )
}

/// The combined claim's weight, folded over the columns, times the last column.
pub fn weigh(
    last: &[EF],
    of_columns: &[EF],
    oracles: &[Oracle],
    columns: &Columns,
    batch: &Batch,
) -> EF {
    let rows = columns.code.rows.max(1);
    let dot = |weights: &[EF]| -> EF { weights.iter().zip(last).map(|(&w, &l)| w * l).sum() };
    let mut total = EF::ZERO;
    for (weights, &column) in batch.masks.chunks(rows).zip(of_columns) {
        total += column * dot(weights);
    }
    for ((oracle, (scale, queries)), &(first, length)) in
        oracles.iter().zip(&batch.foldings).zip(&columns.foldings)
    {
        let own = of_columns.get(first..).unwrap_or_default();
        let at_point = eq_table(oracle.split_point().0);
        for (weights, &column) in at_point.chunks(rows).zip(own) {
            total += *scale * column * dot(weights);
        }
        for &(scale, element) in queries {
            total += scale * evaluate_columns(last, element, rows, length, own);
        }
    }
    total
}

/// `sum of element^(column rows + row) own[column] last[row]` over a folding of that length.
fn evaluate_columns(last: &[EF], element: F, rows: usize, length: usize, own: &[EF]) -> EF {
    let whole = length.checked_div(rows).unwrap_or(0);
    let rest = length.checked_rem(rows).unwrap_or(0);
    let (mut sum, mut part, mut power) = (EF::ZERO, EF::ZERO, F::ONE);
    for (row, &value) in last.iter().take(rows).enumerate() {
        if row == rest {
            part = sum;
        }
        sum += value * power;
        power *= element;
    }
    let mut total = EF::ZERO;
    let mut step = F::ONE;
    for &column in own.iter().take(whole) {
        total += column * sum * step;
        step *= power;
    }
    let last_column = own.get(whole).copied().unwrap_or_default();
    total + last_column * part * step
}

fn check_column(
    last: &[EF],
    [masks_root, folded_root]: [&Root; 2],
    of_columns: &[EF],
    scale: EF,
    columns: &Columns,
    reader: &mut Reader<'_>,
    transcript: &mut Transcript,
) -> Result<(), OpeningError> {
    let code = &columns.code;
    let positions =
        transcript.challenge_positions(labels::LAST_POSITIONS, code.rate.queries, code.log_domain);
    let [mask_width, folded_width] = columns.widths();
    let mut rows = |root, width| read_rows(root, width, &positions, code.log_domain, reader);
    let of_masks = rows(masks_root, mask_width)?;
    let of_foldings = rows(folded_root, folded_width)?;
    let (of_first, of_second) = of_columns.split_at(columns.masks.min(of_columns.len()));
    for ((position, masks), foldings) in positions.iter().zip(&of_masks).zip(&of_foldings) {
        let element = domain_element(code.log_domain, *position);
        let folded = blinded(masks, of_first, scale) + blinded(foldings, of_second, scale);
        let expected = last
            .iter()
            .rev()
            .fold(EF::ZERO, |sum, &value| sum * element + value);
        if folded != expected {
            return Err(OpeningError::Column);
        }
    }
    Ok(())
}

/// `sum over columns of weight (random + scale * column)`, from the coordinates in a row.
fn blinded(row: &[F], weights: &[EF], scale: EF) -> EF {
    let (columns, random) = row.split_at(row.len() >> 1);
    let weigh = |coordinates: &[F]| -> EF {
        let elements = coordinates.chunks_exact(EXTENSION_DEGREE).map(|own| {
            let mut element = [F::ZERO; EXTENSION_DEGREE];
            element.copy_from_slice(own);
            EF::new(element)
        });
        elements
            .zip(weights)
            .map(|(value, &weight)| value * weight)
            .sum()
    };
    weigh(random) + scale * weigh(columns)
}
