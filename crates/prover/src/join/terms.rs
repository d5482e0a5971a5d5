//! Claims' weights as outer products.

use std::collections::BTreeMap;

use lilliput_verifier::field::EF;
use lilliput_verifier::join::BlockClaim;
use lilliput_verifier::layers::axes::split;
use lilliput_verifier::point::eq_table;
use p3_field::PrimeCharacteristicRing;

/// `rows[i] * columns[k]` on the cell in row `first_row + i` and column `first_column + k`, zero elsewhere.
pub(super) struct Term {
    pub(super) first_row: usize,
    pub(super) rows: Vec<EF>,
    pub(super) first_column: usize,
    pub(super) columns: Vec<EF>,
}

/// `sum over claims j of challenge^j eq(point_j, x)` on valid cells, as a sum of terms. Blocks smaller than a row
/// share one term a row.
pub(super) fn terms(claims: &[BlockClaim], challenge: EF, column_variables: usize) -> Vec<Term> {
    let width = 1 << column_variables;
    let mut terms = Vec::new();
    let mut single_rows: BTreeMap<usize, Vec<EF>> = BTreeMap::new();
    for (claim, power) in claims.iter().zip(challenge.powers()) {
        if claim.point.len() >= column_variables {
            push_rows(claim, power, column_variables, &mut terms);
            continue;
        }
        let offset = claim.block.offset as usize;
        let row = single_rows
            .entry(offset / width)
            .or_insert_with(|| EF::zero_vec(width));
        let weights = outer(power, &axes(claim));
        for (place, weight) in row[offset % width..].iter_mut().zip(weights) {
            *place += weight;
        }
    }
    let single_rows = single_rows.into_iter().map(|(row, columns)| Term {
        first_row: row,
        rows: vec![EF::ONE],
        first_column: 0,
        columns,
    });
    terms.extend(single_rows);
    terms
}

/// A block of whole rows. Rows and columns meet within one axis, or at its end: its full rows are one term, and a last
/// row that padding begins in is another.
fn push_rows(claim: &BlockClaim, scale: EF, column_variables: usize, terms: &mut Vec<Term>) {
    let axes = axes(claim);
    let mut cut = axes.len() - 1;
    let mut faster = 0;
    while faster + axes[cut].1.len() < column_variables {
        faster += axes[cut].1.len();
        cut -= 1;
    }
    let (length, point) = axes[cut];
    let (high, low) = point.split_at(faster + point.len() - column_variables);
    let (full_rows, rest) = (length >> low.len(), length % (1 << low.len()));
    let (slower, faster) = (&axes[..cut], &axes[cut + 1..]);
    let first_row = claim.block.offset as usize >> column_variables;
    let mut push = |own_rows: Vec<EF>, own_columns: usize| {
        terms.push(Term {
            first_row,
            rows: times(&outer(scale, slower), &own_rows),
            first_column: 0,
            columns: outer(EF::ONE, &[&[(own_columns, low)], faster].concat()),
        });
    };
    if full_rows > 0 {
        push(table((full_rows, high)), 1 << low.len());
    }
    if rest > 0 {
        let mut last = table((full_rows + 1, high));
        last[..full_rows].fill(EF::ZERO);
        push(last, rest);
    }
}

/// Length and coordinates of each axis.
fn axes(claim: &BlockClaim) -> Vec<(usize, &[EF])> {
    let axes = &claim.block.axes;
    let lengths = axes.iter().map(|&length| length as usize);
    lengths.zip(split(axes, &claim.point)).collect()
}

/// `eq(point, i)` for `i` below the length, zero above.
fn table((length, point): (usize, &[EF])) -> Vec<EF> {
    let mut table = eq_table(point);
    table[length..].fill(EF::ZERO);
    table
}

fn outer(scale: EF, axes: &[(usize, &[EF])]) -> Vec<EF> {
    axes.iter()
        .fold(vec![scale], |slower, &axis| times(&slower, &table(axis)))
}

fn times(slower: &[EF], faster: &[EF]) -> Vec<EF> {
    let rows = slower.iter();
    rows.flat_map(|&weight| faster.iter().map(move |&own| weight * own))
        .collect()
}
