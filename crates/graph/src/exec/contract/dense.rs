//! Matrix products over narrowed rows.

use super::{Operand, is_run};

/// Rows of the right side that are narrowed at once: with the longest usual rows they fit the cache.
const BLOCK: usize = 16;

/// Rows of the right side that share each load of a left row.
const SHARED: usize = 4;

/// `out[batch, left, right] = sum of a * b`.
pub(super) fn product(left: &Operand<'_>, right: &Operand<'_>) -> Vec<i64> {
    // Half as wide, a register holds twice as many, and processors add products in pairs.
    if fits_16_bits(left.values) && fits_16_bits(right.values) {
        narrowed(left, right, |value| value as i16)
    } else {
        narrowed(left, right, |value| value as i32)
    }
}

fn fits_16_bits(values: &[i64]) -> bool {
    let bits = values
        .iter()
        .fold(0, |bits, &value| bits | (value ^ (value >> 63)));
    bits <= i64::from(i16::MAX)
}

fn narrowed<T: Copy + Into<i32>>(
    left: &Operand<'_>,
    right: &Operand<'_>,
    narrow: impl Fn(i64) -> T + Copy,
) -> Vec<i64> {
    let (rows, columns, summed) = (left.own.len(), right.own.len(), left.summed.len());
    let mut out = vec![0; left.batch.len() * rows * columns];
    let (mut a, mut b) = (Vec::new(), Vec::new());
    for (batch, out) in out.chunks_exact_mut(rows * columns).enumerate() {
        a.clear();
        gather(left, batch, &left.own, narrow, &mut a);
        for (block, own) in right.own.chunks(BLOCK).enumerate() {
            b.clear();
            gather(right, batch, own, narrow, &mut b);
            for (row, out) in a.chunks_exact(summed).zip(out.chunks_exact_mut(columns)) {
                dots(row, &b, &mut out[block * BLOCK..][..own.len()]);
            }
        }
    }
    out
}

/// Appends some rows, one behind the other.
fn gather<T>(
    operand: &Operand<'_>,
    batch: usize,
    own: &[usize],
    narrow: impl Fn(i64) -> T + Copy,
    rows: &mut Vec<T>,
) {
    let contiguous = is_run(&operand.summed);
    for &place in own {
        let values = &operand.values[operand.batch[batch] + place..];
        if contiguous {
            let values = &values[..operand.summed.len()];
            rows.extend(values.iter().map(|&value| narrow(value)));
        } else {
            rows.extend(operand.summed.iter().map(|&place| narrow(values[place])));
        }
    }
}

/// The dot products of one row with each of several. Sums wrap nowhere: checked graphs hold nothing beyond 31 bits,
/// partial sums included.
fn dots<T: Copy + Into<i32>>(row: &[T], others: &[T], out: &mut [i64]) {
    let length = row.len();
    let blocks = others.chunks(SHARED * length).zip(out.chunks_mut(SHARED));
    for (others, out) in blocks {
        if let [out0, out1, out2, out3] = out {
            let (first, second) = others.split_at(2 * length);
            let ((b0, b1), (b2, b3)) = (first.split_at(length), second.split_at(length));
            let mut sums = [0i32; SHARED];
            for ((((&a, &b0), &b1), &b2), &b3) in row.iter().zip(b0).zip(b1).zip(b2).zip(b3) {
                let a: i32 = a.into();
                sums[0] += a * b0.into();
                sums[1] += a * b1.into();
                sums[2] += a * b2.into();
                sums[3] += a * b3.into();
            }
            [*out0, *out1, *out2, *out3] = sums.map(i64::from);
            continue;
        }
        for (other, out) in others.chunks_exact(length).zip(out) {
            let products = row.iter().zip(other).map(|(&a, &b)| a.into() * b.into());
            *out = i64::from(products.sum::<i32>());
        }
    }
}
