//! The phases of an order: bidding, revealing, choosing; and how what was chosen becomes leases.

use lilliput_ledger::{Failure, State};
use lilliput_market::{Candidate, Placed, choose};
use lilliput_types::market::{
    Bid, BidState, BidTerms, Book, Choice, Lease, LeaseLevel, LeaseState, LossCause, MarketEvent,
    Meter, Order, OrderEnd, OrderState, Purchase, Rate, SpotPart,
};
use lilliput_types::{Amount, Holder, List, TimeMs};

use super::{bond, heard, judge, lease as leases, spot, state as keys, trade};
use crate::bank;
use crate::refuse::{overflow, refusal};

/// What an order waited for has come.
pub(super) fn advance(state: &mut State<'_>, order: Order, now: TimeMs) -> Result<(), Failure> {
    match order.state {
        OrderState::Bidding { .. } => match order.group.terms.book {
            Book::Sealed { reveal_ms, .. } if order.bids > 0 => {
                reveal(state, order, now.after(reveal_ms));
                Ok(())
            }
            Book::Sealed { .. } | Book::Open { .. } => bidding_over(state, order, now),
        },
        OrderState::Revealing { .. } => {
            for mut bid in live_bids(state, &order)? {
                if bid.terms.is_none() {
                    bond::lose_bid(state, &order, &mut bid, LossCause::Unrevealed, now)?;
                }
            }
            bidding_over(state, order, now)
        }
        OrderState::Choosing { .. } => close(state, order, OrderEnd::NotChosen),
        OrderState::Leased => judge::begin(state, order, now),
        OrderState::Judging { .. } => judge::finish(state, order, now),
        OrderState::Closed { .. } => Ok(()),
    }
}

fn reveal(state: &mut State<'_>, mut order: Order, until: TimeMs) {
    order.state = OrderState::Revealing { until };
    keys::write_order(state, &mut order, Some(until));
    state.emit(MarketEvent::BiddingOver {
        order: order.id,
        bids: order.bids,
    });
}

fn bidding_over(state: &mut State<'_>, mut order: Order, now: TimeMs) -> Result<(), Failure> {
    let bids = live_bids(state, &order)?;
    if bids.is_empty() {
        return close(state, order, OrderEnd::Unmatched);
    }
    match order.group.terms.choice {
        Choice::Manual { for_ms } => {
            let until = now.after(for_ms);
            order.state = OrderState::Choosing { until };
            keys::write_order(state, &mut order, Some(until));
            state.emit(MarketEvent::BiddingOver {
                order: order.id,
                bids: order.bids,
            });
            Ok(())
        }
        Choice::Cheapest => match pick(state, &order, &bids, now)? {
            Some(placed) => place(state, order, &placed, now),
            None => close(state, order, OrderEnd::Unmatched),
        },
    }
}

/// The bids whose bond is locked.
pub(super) fn live_bids(state: &State<'_>, order: &Order) -> Result<Vec<Bid>, Failure> {
    let mut bids: Vec<Bid> = keys::all(state, &keys::bids_of(order.id))?;
    bids.retain(|bid| bid.state == BidState::Live);
    Ok(bids)
}

/// The cheapest way among bids of providers that aren't lost.
pub(super) fn pick(
    state: &State<'_>,
    order: &Order,
    bids: &[Bid],
    now: TimeMs,
) -> Result<Option<Vec<Placed>>, Failure> {
    let mut candidates = Vec::new();
    for bid in bids {
        let Some(terms) = &bid.terms else {
            continue;
        };
        if !heard::record(state, bid.provider, now)?.lost {
            candidates.push(Candidate {
                provider: bid.provider,
                terms,
            });
        }
    }
    Ok(choose(&order.group, &candidates))
}

/// Closes an order that isn't leased: the deposit and all bonds go back.
pub(super) fn close(state: &mut State<'_>, mut order: Order, end: OrderEnd) -> Result<(), Failure> {
    for mut bid in live_bids(state, &order)? {
        bond::free_bid(state, &order, &mut bid)?;
    }
    let refunded = std::mem::take(&mut order.deposit);
    let (from, to) = (Holder::Order(order.id), order.owner.into());
    bank::transfer(state, order.asset, from, to, refunded)?;
    order.state = OrderState::Closed { end };
    keys::write_order(state, &mut order, None);
    state.emit(MarketEvent::OrderClosed {
        order: order.id,
        end,
        refunded,
    });
    Ok(())
}

/// Makes the leases: each gets its part of the deposit, by rate; bids that weren't chosen are freed.
pub(super) fn place(
    state: &mut State<'_>,
    mut order: Order,
    placed: &[Placed],
    now: TimeMs,
) -> Result<(), Failure> {
    let mut rates = Vec::new();
    for part in placed {
        rates.push(rate_of(&order, part)?);
    }
    let total = rates.iter().map(|rate| u128::from(rate.0)).sum();
    let mut left = order.deposit;
    let mut made = Vec::new();
    for (index, (part, rate)) in placed.iter().zip(&rates).enumerate() {
        let last = index.saturating_add(1) == placed.len();
        let escrow = if last {
            left
        } else {
            portion(order.deposit, u128::from(rate.0), total)
        };
        left = left.minus(escrow).map_err(overflow)?;
        made.push(make(state, &order, part, *rate, escrow, now)?);
    }
    order.deposit = Amount::ZERO;
    for mut bid in live_bids(state, &order)? {
        bond::free_bid(state, &order, &mut bid)?;
    }
    order.leases_open = u32::try_from(made.len()).unwrap_or(u32::MAX);
    let ids = made.iter().map(|lease| lease.id).collect();
    order.leases =
        List::new(ids).map_err(|error| refusal("market.too_many_leases", error.to_string()))?;
    order.state = OrderState::Leased;
    let judged = matches!(order.group.terms.level, LeaseLevel::Replicated { .. });
    let due = order.deadline.filter(|_| judged);
    keys::write_order(state, &mut order, due);
    for lease in &made {
        spot::rebalance(state, lease, now)?;
    }
    Ok(())
}

/// What a part of the group costs; a spot lease pays its bid.
fn rate_of(order: &Order, part: &Placed) -> Result<Rate, Failure> {
    if let Purchase::Spot { bid } = order.group.terms.purchase {
        return Ok(bid);
    }
    Ok(asked(part)?)
}

fn asked(part: &Placed) -> Result<Rate, lilliput_ledger::Refusal> {
    let lines = part.lines.iter();
    let sum = lines
        .map(|line| line.rate.times(line.count))
        .try_fold(Rate(0), |sum, rate| sum.plus(rate?));
    sum.ok_or_else(|| refusal("market.rate", "the sum of the rates is too large"))
}

/// `amount x part / whole`, rounded down; all of nothing is nothing.
fn portion(amount: Amount, part: u128, whole: u128) -> Amount {
    let quotient = amount.0.checked_div(whole).unwrap_or(0);
    let rest = amount.0.checked_rem(whole).unwrap_or(0);
    // Rates are below 2^64 and at most 16 of them make a whole, so neither product wraps.
    let more = rest.saturating_mul(part).checked_div(whole).unwrap_or(0);
    Amount(quotient.saturating_mul(part).saturating_add(more))
}

fn make(
    state: &mut State<'_>,
    order: &Order,
    part: &Placed,
    rate: Rate,
    escrow: Amount,
    now: TimeMs,
) -> Result<Lease, Failure> {
    let bid = keys::bid(state, order.id, part.provider)?;
    let Some((mut bid, terms)) = bid.and_then(|bid| Some((bid.clone(), bid.terms?))) else {
        return Err(refusal("market.no_bid", format!("{} didn't bid", part.provider)).into());
    };
    bid.state = BidState::Won;
    keys::write_bid(state, &bid);
    let id = keys::next_lease(state)?;
    let (from, to) = (Holder::Order(order.id), Holder::Lease(id));
    bank::transfer(state, order.asset, from, to, escrow)?;
    heard::more(state, part.provider, now)?;
    let (begins, ends_at) = times(order, now);
    let mut lease = Lease {
        id,
        deployment: order.deployment,
        order: order.id,
        owner: order.owner,
        provider: part.provider,
        lines: List::new(part.lines.clone())
            .map_err(|error| refusal("market.too_many_lines", error.to_string()))?,
        asset: order.asset,
        rate,
        meter: Meter {
            rate: Rate(0),
            mark: 0,
            carry: 0,
        },
        escrow,
        funded: escrow,
        paid: Amount::ZERO,
        refunded: Amount::ZERO,
        bond: bid.bond,
        state: begins.map_or(LeaseState::Active, |from| LeaseState::Reserved { from }),
        spot: spot_part(order, part, &terms)?,
        reserved: matches!(order.group.terms.purchase, Purchase::Reserved { .. }),
        notice_ms: terms.notice_ms,
        noticed: false,
        ends_at,
        low_told: false,
        due: None,
        sealed: None,
        result: None,
        opened_at: now,
    };
    let provider = heard::record(state, lease.provider, now)?;
    spot::enter(state, &mut lease)?;
    leases::set_rate(state, &mut lease, &provider, now)?;
    leases::write(state, &mut lease, &provider, now);
    trade::record(state, order, &lease, now)?;
    state.emit(MarketEvent::Leased {
        lease: id,
        order: order.id,
        provider: lease.provider,
        rate,
        escrow,
    });
    Ok(lease)
}

/// What a lease has to do with spot; it enters its pool waiting.
fn spot_part(order: &Order, part: &Placed, terms: &BidTerms) -> Result<Option<SpotPart>, Failure> {
    let (Purchase::Spot { bid }, Some(pool)) = (order.group.terms.purchase, terms.pool) else {
        return Ok(None);
    };
    Ok(Some(SpotPart {
        pool,
        bid,
        ask: asked(part)?,
        waiting_rate: terms.waiting_rate,
        running: false,
    }))
}

/// When a lease of the order begins, if not now, and when it ends by itself.
fn times(order: &Order, now: TimeMs) -> (Option<TimeMs>, Option<TimeMs>) {
    let terms = &order.group.terms;
    if let Purchase::Reserved { in_ms, for_ms } = terms.purchase {
        let from = order.created_at.after(in_ms).max(now);
        let begins = (from > now).then_some(from);
        return (begins, Some(from.after(for_ms)));
    }
    match terms.level {
        LeaseLevel::Trusted => (None, order.deadline),
        // Judged when it comes, which ends them.
        LeaseLevel::Replicated { .. } => (None, None),
    }
}
