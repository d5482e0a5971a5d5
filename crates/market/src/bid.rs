//! Whether a bid keeps to its order: what needs no more than the two.

use lilliput_types::market::{BidTerms, GroupOrder, Purchase, Rate};

/// Why a bid is refused.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum BidFault {
    /// No line at all.
    #[error("the bid offers nothing")]
    Empty,
    /// Lines out of order, twice, or of a unit that isn't there.
    #[error("unit {unit} isn't in the order, or stands twice or out of order")]
    Unit {
        /// Which.
        unit: u16,
    },
    /// None, or more than asked.
    #[error("unit {unit}: {got} replicas, 1 to {most}")]
    Count {
        /// Of which unit.
        unit: u16,
        /// How many.
        got: u32,
        /// At most.
        most: u32,
    },
    /// Too dear.
    #[error("unit {unit}: a replica at {got} an hour, at most {most}")]
    Rate {
        /// Of which unit.
        unit: u16,
        /// The rate.
        got: Rate,
        /// The ceiling.
        most: Rate,
    },
    /// Not among the GPUs asked for.
    #[error("unit {unit}: {got} isn't a GPU that was asked for")]
    Gpu {
        /// Of which unit.
        unit: u16,
        /// What was offered.
        got: String,
    },
    /// The group may not be split.
    #[error("the bid leaves out a part of a group that may not be split")]
    Part,
    /// Too little notice.
    #[error("{got} ms of notice, at least {least}")]
    Notice {
        /// Granted.
        got: u64,
        /// Demanded.
        least: u64,
    },
    /// A pool where none is needed, or none where one is.
    #[error("a bid names a pool exactly where the order is spot")]
    Pool,
    /// Above what the buyer bids.
    #[error("{got} an hour for the group, the buyer bids {most}")]
    Spot {
        /// Asked.
        got: Rate,
        /// Bid.
        most: Rate,
    },
    /// Waiting costs more than running.
    #[error("waiting at {got} an hour costs more than running at {most}")]
    Waiting {
        /// While waiting.
        got: Rate,
        /// While running.
        most: Rate,
    },
    /// The sum doesn't fit.
    #[error("the sum of the rates is too large")]
    TooLarge,
}

/// Checks a bid, and gives what all of it would cost.
///
/// # Errors
/// The first rule that it breaks.
pub fn check_bid(group: &GroupOrder, terms: &BidTerms) -> Result<Rate, BidFault> {
    let mut next = 0_usize;
    for line in terms.offers.iter() {
        let place = usize::from(line.unit);
        let unit = group.units.get(place).filter(|_| place >= next);
        let Some(unit) = unit else {
            return Err(BidFault::Unit { unit: line.unit });
        };
        next = place.saturating_add(1);
        if line.count == 0 || line.count > unit.count {
            return Err(BidFault::Count {
                unit: line.unit,
                got: line.count,
                most: unit.count,
            });
        }
        if line.rate > unit.rate_max {
            return Err(BidFault::Rate {
                unit: line.unit,
                got: line.rate,
                most: unit.rate_max,
            });
        }
        let gpu = line.gpu.as_ref().map(|gpu| gpu.as_str());
        let fits = match gpu {
            None => unit.need.gpus == 0,
            Some(gpu) => unit.need.gpus > 0 && unit.need.takes_gpu(gpu),
        };
        if !fits {
            return Err(BidFault::Gpu {
                unit: line.unit,
                got: gpu.unwrap_or("none").to_owned(),
            });
        }
    }
    if terms.offers.is_empty() {
        return Err(BidFault::Empty);
    }
    if !group.terms.split && !is_whole(group, terms) {
        return Err(BidFault::Part);
    }
    let (got, least) = (terms.notice_ms.0, group.terms.notice_ms.0);
    if got < least {
        return Err(BidFault::Notice { got, least });
    }
    let total = terms.total().ok_or(BidFault::TooLarge)?;
    check_spot(group, terms, total)?;
    Ok(total)
}

fn check_spot(group: &GroupOrder, terms: &BidTerms, total: Rate) -> Result<(), BidFault> {
    let Purchase::Spot { bid } = group.terms.purchase else {
        return match (terms.pool, terms.waiting_rate) {
            (None, Rate(0)) => Ok(()),
            _ => Err(BidFault::Pool),
        };
    };
    if terms.pool.is_none() {
        return Err(BidFault::Pool);
    }
    if total > bid {
        return Err(BidFault::Spot {
            got: total,
            most: bid,
        });
    }
    if terms.waiting_rate > total {
        return Err(BidFault::Waiting {
            got: terms.waiting_rate,
            most: total,
        });
    }
    Ok(())
}

/// Whether all of every unit is offered; the lines were checked.
pub(crate) fn is_whole(group: &GroupOrder, terms: &BidTerms) -> bool {
    let counts = terms.offers.iter().map(|line| line.count);
    counts.eq(group.units.iter().map(|unit| unit.count))
}
