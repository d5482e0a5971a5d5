//! The stake-weighted median of each column: the consensus on a miner's weight.

use super::fixed::{I32F32, normalize, sum};
use super::rows::Row;
use crate::error::SubtensorError;

/// Per column the smallest weight w such that the stake of those who gave at most w exceeds total - kappa.
///
/// Rows without stake don't count; a missing entry counts as zero; of repeated uids the last counts.
pub(super) fn column_medians(
    stakes: &[I32F32],
    rows: &[Row],
    uids: usize,
    kappa: I32F32,
) -> Result<Vec<I32F32>, SubtensorError> {
    let (mut voters, voting_rows): (Vec<I32F32>, Vec<&Row>) = stakes
        .iter()
        .copied()
        .zip(rows)
        .filter(|(stake, _)| *stake > I32F32::ZERO)
        .unzip();
    normalize(&mut voters)?;
    let total = sum(voters.iter().copied())?;
    let minority = total.saturating_sub(kappa);

    let mut columns = Columns::new(&voting_rows, uids);
    Ok((0..uids)
        .map(|uid| {
            let cells = columns.of(uid);
            let mut silent = total;
            for &(voter, _) in cells.iter() {
                silent = silent.saturating_sub(voters[voter as usize]);
            }
            let all_spoke = cells.len() == voters.len();
            median(cells, &voters, (!all_spoke).then_some(silent), minority)
        })
        .collect())
}

fn median(
    cells: &mut [(u32, I32F32)],
    voters: &[I32F32],
    silent: Option<I32F32>,
    minority: I32F32,
) -> I32F32 {
    // The silent vote zero, the smallest weight there is.
    let mut below = silent.unwrap_or(I32F32::ZERO);
    if silent.is_some() && (minority < below || cells.is_empty()) {
        return I32F32::ZERO;
    }
    cells.sort_unstable_by_key(|&(_, weight)| weight);
    for (index, &(voter, weight)) in cells.iter().enumerate() {
        below = below.saturating_add(voters[voter as usize]);
        let last_of_weight = cells.get(index + 1).is_none_or(|next| next.1 != weight);
        if last_of_weight && minority < below {
            return weight;
        }
    }
    cells.last().map_or(I32F32::ZERO, |&(_, weight)| weight)
}

/// Entries by column, each with the number of its voter.
struct Columns {
    starts: Vec<usize>,
    ends: Vec<usize>,
    cells: Vec<(u32, I32F32)>,
}

impl Columns {
    fn new(rows: &[&Row], uids: usize) -> Self {
        let mut starts = vec![0; uids + 1];
        for (uid, _) in rows.iter().copied().flatten() {
            starts[usize::from(*uid) + 1] += 1;
        }
        for uid in 0..uids {
            starts[uid + 1] += starts[uid];
        }
        let mut ends = starts[..uids].to_vec();
        let mut cells = vec![(0, I32F32::ZERO); starts[uids]];
        for (voter, row) in (0..).zip(rows) {
            for &(uid, weight) in row.iter() {
                let uid = usize::from(uid);
                let end = ends[uid];
                if end > starts[uid] && cells[end - 1].0 == voter {
                    cells[end - 1].1 = weight;
                } else {
                    cells[end] = (voter, weight);
                    ends[uid] += 1;
                }
            }
        }
        Self {
            starts,
            ends,
            cells,
        }
    }

    fn of(&mut self, uid: usize) -> &mut [(u32, I32F32)] {
        &mut self.cells[self.starts[uid]..self.ends[uid]]
    }
}
