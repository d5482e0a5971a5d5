//! Which bids make the group, at the lowest price.

use std::collections::BTreeMap;

use lilliput_types::Address;
use lilliput_types::market::{BidTerms, GroupOrder, LEASES_MAX, OfferLine};

use crate::bid::is_whole;

/// A bid that keeps to its order.
#[derive(Clone, Copy, Debug)]
pub struct Candidate<'a> {
    /// Whose.
    pub provider: Address,
    /// What it offers.
    pub terms: &'a BidTerms,
}

/// What one provider gets of the group.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Placed {
    /// Who.
    pub provider: Address,
    /// Which replicas, at which rate.
    pub lines: Vec<OfferLine>,
}

/// The cheapest way to place the group on these bids, ties by address; none if they don't make all of
/// it. What a replicated order places is the whole group on each provider.
#[must_use]
pub fn choose(group: &GroupOrder, bids: &[Candidate<'_>]) -> Option<Vec<Placed>> {
    if group.terms.split {
        return split(group, bids);
    }
    let copies = usize::try_from(group.copies()).ok()?;
    let whole = bids.iter().filter(|bid| is_whole(group, bid.terms));
    let mut whole: Vec<_> = whole
        .filter_map(|bid| Some((bid.terms.total()?, bid)))
        .collect();
    whole.sort_by_key(|(total, bid)| (*total, bid.provider));
    if whole.len() < copies {
        return None;
    }
    let placed = whole.into_iter().take(copies).map(|(_, bid)| Placed {
        provider: bid.provider,
        lines: bid.terms.offers.to_vec(),
    });
    Some(placed.collect())
}

/// Fills each unit from the lowest rate up. Where that needs more providers than an order may have leases,
/// the one with the fewest replicas is left out, until it doesn't.
fn split(group: &GroupOrder, bids: &[Candidate<'_>]) -> Option<Vec<Placed>> {
    let most = usize::try_from(LEASES_MAX).ok()?;
    let mut left: Vec<Candidate<'_>> = bids.to_vec();
    loop {
        let placed = fill(group, &left)?;
        if placed.len() <= most {
            return Some(placed);
        }
        let replicas = |placed: &Placed| -> u64 {
            let counts = placed.lines.iter().map(|line| u64::from(line.count));
            counts.sum()
        };
        let least = placed
            .iter()
            .min_by_key(|placed| replicas(placed))?
            .provider;
        left.retain(|bid| bid.provider != least);
    }
}

fn fill(group: &GroupOrder, bids: &[Candidate<'_>]) -> Option<Vec<Placed>> {
    let mut placed: BTreeMap<Address, Vec<OfferLine>> = BTreeMap::new();
    for (place, unit) in group.units.iter().enumerate() {
        let place = u16::try_from(place).ok()?;
        let lines = bids.iter().filter_map(|bid| {
            let line = bid.terms.offers.iter().find(|line| line.unit == place)?;
            Some((line.rate, bid.provider, line))
        });
        let mut lines: Vec<_> = lines.collect();
        lines.sort_by_key(|(rate, provider, _)| (*rate, *provider));
        let mut missing = unit.count;
        for (_, provider, line) in lines {
            let count = line.count.min(missing);
            if count == 0 {
                break;
            }
            missing -= count;
            let line = OfferLine {
                count,
                ..line.clone()
            };
            placed.entry(provider).or_default().push(line);
        }
        if missing > 0 {
            return None;
        }
    }
    let placed = placed.into_iter();
    Some(
        placed
            .map(|(provider, lines)| Placed { provider, lines })
            .collect(),
    )
}
