//! The merit order: cheap base load first, dear peak load last, one price for all, as power markets clear.
//!
//! Suppliers in order of their marginal cost meet buyers in order of what they would pay; where the two cross lies the
//! uniform price (Stoft, Power System Economics, 2002, part 1).

use serde::Serialize;

use super::within;
use crate::error::ForecastError;

const PARTIES_MAX: usize = 10_000;

#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum SupplierKind {
    /// Runs all the time: hyperscalers, long contracts.
    Base,
    /// Steps in when demand is high: public networks, miners, idle GPUs.
    Peak,
}

#[derive(Clone, Debug, PartialEq)]
pub struct Supplier {
    pub name: String,
    pub kind: SupplierKind,
    pub gpu_hours: f64,
    pub dollars_per_gpu_hour: f64,
}

/// A step of the demand curve: so many GPU hours at up to this price.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Bid {
    pub gpu_hours: f64,
    pub dollars_per_gpu_hour: f64,
}

#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Dispatch {
    pub name: String,
    pub kind: SupplierKind,
    pub gpu_hours: f64,
    pub revenue: f64,
    /// Revenue above marginal cost.
    pub rent: f64,
}

#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Clearing {
    pub price: f64,
    pub gpu_hours: f64,
    /// Demand at prices buyers would have paid but nobody could serve.
    pub unserved_gpu_hours: f64,
    /// The part of all revenue that goes to peak load.
    pub peak_share: f64,
    pub dispatch: Vec<Dispatch>,
}

/// Clears one hour.
pub fn clear(suppliers: &[Supplier], demand: &[Bid]) -> Result<Clearing, ForecastError> {
    check(suppliers, demand)?;
    let mut offers: Vec<&Supplier> = suppliers.iter().collect();
    offers.sort_by(|left, right| {
        left.dollars_per_gpu_hour
            .total_cmp(&right.dollars_per_gpu_hour)
    });
    let mut bids = demand.to_vec();
    bids.sort_by(|left, right| {
        right
            .dollars_per_gpu_hour
            .total_cmp(&left.dollars_per_gpu_hour)
    });
    let mut sold = vec![0.0; offers.len()];
    let (mut offer, mut bid, mut price) = (0, 0, 0.0);
    let mut wanted = bids.first().map_or(0.0, |bid| bid.gpu_hours);
    while offer < offers.len()
        && bid < bids.len()
        && bids[bid].dollars_per_gpu_hour >= offers[offer].dollars_per_gpu_hour
    {
        let left = offers[offer].gpu_hours - sold[offer];
        let traded = wanted.min(left);
        sold[offer] += traded;
        wanted -= traded;
        // Whoever is only partly satisfied sets the price: the supplier with hours left, or the buyer still waiting.
        price = if traded < left {
            offers[offer].dollars_per_gpu_hour
        } else {
            bids[bid].dollars_per_gpu_hour
        };
        if traded >= left {
            offer += 1;
        }
        if wanted <= 0.0 {
            bid += 1;
            wanted = bids.get(bid).map_or(0.0, |bid| bid.gpu_hours);
        }
    }
    // Supply and demand used up at once: the next supplier's cost caps what the last buyer would have paid.
    if let (Some(next), Some(last)) = (
        offers.get(offer),
        sold.iter().rposition(|hours| *hours > 0.0),
    ) && offer > last
    {
        price = price.min(next.dollars_per_gpu_hour);
    }
    Ok(clearing(&offers, &sold, price, &bids, bid, wanted))
}

fn clearing(
    offers: &[&Supplier],
    sold: &[f64],
    price: f64,
    bids: &[Bid],
    bid: usize,
    wanted: f64,
) -> Clearing {
    let dispatch: Vec<Dispatch> = offers
        .iter()
        .zip(sold)
        .map(|(offer, hours)| Dispatch {
            name: offer.name.clone(),
            kind: offer.kind,
            gpu_hours: *hours,
            revenue: hours * price,
            rent: hours * (price - offer.dollars_per_gpu_hour),
        })
        .collect();
    let revenue: f64 = dispatch.iter().map(|part| part.revenue).sum();
    let peak: f64 = dispatch
        .iter()
        .filter(|part| part.kind == SupplierKind::Peak)
        .map(|part| part.revenue)
        .sum();
    let cheapest = offers
        .first()
        .map_or(f64::INFINITY, |offer| offer.dollars_per_gpu_hour);
    let waiting = bids
        .iter()
        .enumerate()
        .skip(bid)
        .filter(|(_, bid)| bid.dollars_per_gpu_hour >= cheapest.max(price));
    let unserved = waiting
        .map(|(index, other)| {
            if index == bid {
                wanted
            } else {
                other.gpu_hours
            }
        })
        .fold(0.0, |sum, hours| sum + hours);
    Clearing {
        price,
        gpu_hours: sold.iter().sum(),
        unserved_gpu_hours: unserved,
        peak_share: if revenue > 0.0 { peak / revenue } else { 0.0 },
        dispatch,
    }
}

fn check(suppliers: &[Supplier], demand: &[Bid]) -> Result<(), ForecastError> {
    let parties = suppliers.len().max(demand.len()) as f64;
    within(
        "the number of suppliers or bids",
        "at most 10,000",
        0.0..=PARTIES_MAX as f64,
        parties,
    )?;
    let amounts = suppliers
        .iter()
        .map(|supplier| (supplier.gpu_hours, supplier.dollars_per_gpu_hour));
    for (hours, price) in amounts.chain(
        demand
            .iter()
            .map(|bid| (bid.gpu_hours, bid.dollars_per_gpu_hour)),
    ) {
        within("GPU hours", "from 0 to 1e15", 0.0..=1e15, hours)?;
        within("a price", "from 0 to 1e9 dollars", 0.0..=1e9, price)?;
    }
    Ok(())
}
