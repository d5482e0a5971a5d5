//! Bonds: a moving average of a validator's weights, so that who found a miner early earns more from it.

use super::consensus::PartRow;
use super::input::{BondRow, BondSpeed, EpochRule};

const ONE: u64 = 1 << 16;

/// A validator's bonds after the epoch. Without weights (`None`) they only decay.
pub(super) fn moved(
    old: &BondRow,
    new: Option<(&PartRow, &PartRow)>,
    majority_weights: &[u32],
    rule: &EpochRule,
) -> BondRow {
    let empty = PartRow::new();
    let (weights, clipped) = new.unwrap_or((&empty, &empty));
    let mut row = BondRow::with_capacity(old.len().max(weights.len()));
    let mut clipped = clipped.iter().copied().peekable();
    let mut old = old.iter().copied().peekable();
    let mut weights = weights.iter().copied().peekable();
    loop {
        let next_old = old.peek().map(|&(uid, _)| uid);
        let next_weight = weights.peek().map(|&(uid, _)| uid);
        let Some(uid) = next_old.into_iter().chain(next_weight).min() else {
            return row;
        };
        let bond = old.next_if(|cell| cell.0 == uid).map_or(0, |cell| cell.1);
        let weight = weights
            .next_if(|cell| cell.0 == uid)
            .map_or(0, |cell| cell.1);
        let counted = clipped
            .next_if(|cell| cell.0 == uid)
            .map_or(0, |cell| cell.1);
        let speed = speed(
            rule.bond_speed,
            weight,
            bond,
            majority_weights[usize::from(uid)],
        );
        let target = less_excess(weight, counted, rule.excess_penalty);
        let moved = (u64::from(bond) * (ONE - speed) + target * speed) >> 16;
        if let Ok(moved @ 1..) = u32::try_from(moved) {
            row.push((uid, moved));
        }
    }
}

/// The weight less the penalised part of what exceeds the majority's.
fn less_excess(weight: u32, counted: u32, penalty: u16) -> u64 {
    let excess = u64::from(weight - counted);
    // The largest penalty means all.
    let penalty = if penalty == u16::MAX {
        ONE
    } else {
        u64::from(penalty)
    };
    u64::from(weight) - ((excess * penalty) >> 16)
}

/// In 65536ths: from low to high along 3d^2 - 2d^3, d being how far weight and majority, or weight and bond, differ
/// relative to the larger of them.
fn speed(speed: BondSpeed, weight: u32, bond: u32, majority: u32) -> u64 {
    match speed {
        BondSpeed::Fixed(speed) => u64::from(speed),
        BondSpeed::Liquid { low, high } => {
            let (larger, smaller) = if weight >= bond {
                (weight, majority.min(weight))
            } else {
                (bond, weight)
            };
            let departure = (u64::from(larger - smaller) << 16) / u64::from(larger.max(1));
            let curve = (departure * departure * (3 * ONE - 2 * departure)) >> 32;
            u64::from(low) + ((u64::from(high - low) * curve) >> 16)
        }
    }
}
