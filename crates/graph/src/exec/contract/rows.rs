//! Products without a sum, and sums of scaled rows.

use super::{Operand, is_run};

/// `out[batch, left, right] = a * b`: the summed axes have one index.
pub(super) fn outer(left: &Operand<'_>, right: &Operand<'_>) -> Vec<i64> {
    let (a, b) = (left.values, right.values);
    let mut out = Vec::with_capacity(left.batch.len() * left.own.len() * right.own.len());
    if left.own.len() * right.own.len() == 1 && is_run(&left.batch) && is_run(&right.batch) {
        out.extend(a.iter().zip(b).map(|(a, b)| a * b));
        return out;
    }
    for (&a_batch, &b_batch) in left.batch.iter().zip(&right.batch) {
        let b = &b[b_batch..];
        for &place in &left.own {
            let factor = a[a_batch + place];
            out.extend(right.own.iter().map(|&place| factor * b[place]));
        }
    }
    out
}

/// `out[batch, chosen, added] = sum of chosen * added`, as sums of scaled rows of `added`: in time proportional to
/// the non-zero values of `chosen`.
pub(super) fn scaled(chosen: &Operand<'_>, added: &Operand<'_>) -> Vec<i64> {
    let mut out = Vec::with_capacity(chosen.batch.len() * chosen.own.len() * added.own.len());
    let contiguous = is_run(&added.own);
    // Checked graphs hold nothing beyond 31 bits, partial sums included.
    let mut sums = vec![0i32; added.own.len()];
    for (&chosen_batch, &added_batch) in chosen.batch.iter().zip(&added.batch) {
        for &place in &chosen.own {
            sums.fill(0);
            let row = &chosen.values[chosen_batch + place..];
            for (&from, &to) in chosen.summed.iter().zip(&added.summed) {
                let factor = row[from] as i32;
                if factor == 0 {
                    continue;
                }
                let values = &added.values[added_batch + to..];
                if contiguous {
                    for (sum, &value) in sums.iter_mut().zip(values) {
                        *sum += factor * value as i32;
                    }
                } else {
                    for (sum, &place) in sums.iter_mut().zip(&added.own) {
                        *sum += factor * values[place] as i32;
                    }
                }
            }
            out.extend(sums.iter().map(|&sum| i64::from(sum)));
        }
    }
    out
}
