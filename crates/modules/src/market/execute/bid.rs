//! Bids: open, sealed and shown, taken back; and why there is none.

use lilliput_ledger::{Failure, MessageContext, State};
use lilliput_market::{check_bid, unmet};
use lilliput_types::Address;
use lilliput_types::market::{
    Audit, Bid, BidState, BidTerms, Book, Decline, LossCause, MakeBid, MarketEvent, Order,
    OrderState, Rate, Retract, RevealBid, SayNo, SealBid, seal_bid,
};

use crate::market::{BIDS_MAX, DECLINES_MAX, bond, heard, state as keys};
use crate::refuse::refuse;

/// An order that takes bids now, in the open or sealed.
fn bidding(
    state: &State<'_>,
    context: &MessageContext<'_>,
    id: lilliput_types::market::OrderId,
    sealed: bool,
) -> Result<Order, Failure> {
    super::registered(state, context.signer)?;
    let order = super::known_order(state, id)?;
    if order.owner == context.signer {
        return refuse("market.own_order", "nobody bids on an order of its own");
    }
    let until = match order.state {
        OrderState::Bidding { until } => Some(until),
        OrderState::Revealing { .. }
        | OrderState::Choosing { .. }
        | OrderState::Leased
        | OrderState::Judging { .. }
        | OrderState::Closed { .. } => None,
    };
    if until.is_none_or(|until| context.block.time >= until) {
        return refuse("market.late", format!("bidding on order {id} is over"));
    }
    let is_sealed = matches!(order.group.terms.book, Book::Sealed { .. });
    if is_sealed != sealed {
        let how = if is_sealed { "sealed" } else { "open" };
        return refuse("market.book", format!("bids on order {id} are {how}"));
    }
    Ok(order)
}

/// Everything that a bid must keep to, and what all of it would cost.
fn judged(
    state: &State<'_>,
    context: &MessageContext<'_>,
    order: &Order,
    terms: &BidTerms,
) -> Result<Rate, Failure> {
    let total = match check_bid(&order.group, terms) {
        Ok(total) => total,
        Err(fault) => return refuse("market.bid", fault.to_string()),
    };
    let provider = heard::record(state, context.signer, context.block.time)?;
    let audits: Vec<Audit> = keys::all(state, &keys::audits_of(context.signer))?;
    if let Some(lacking) = unmet(&order.group, &provider, &audits).first() {
        return refuse("market.unmet", lacking.to_string());
    }
    if let Some(pool) = terms.pool
        && keys::pool(state, context.signer, pool)?.is_none()
    {
        return refuse(
            "market.no_pool",
            format!("{} has no pool {pool}; open it first", context.signer),
        );
    }
    Ok(total)
}

fn new_bid(
    state: &mut State<'_>,
    context: &MessageContext<'_>,
    order: &mut Order,
) -> Result<Bid, Failure> {
    if order.bids >= BIDS_MAX {
        return refuse(
            "market.full",
            format!("order {} has {BIDS_MAX} bids", order.id),
        );
    }
    bond::lock(state, context.signer, order)?;
    order.bids = order.bids.saturating_add(1);
    let due = order.due;
    keys::write_order(state, order, due);
    Ok(Bid {
        order: order.id,
        provider: context.signer,
        bond: order.group.terms.bond,
        sealed: None,
        terms: None,
        state: BidState::Live,
        at: context.block.time,
    })
}

pub(super) fn bid(
    state: &mut State<'_>,
    context: &MessageContext<'_>,
    message: &MakeBid,
) -> Result<(), Failure> {
    let mut order = bidding(state, context, message.order, false)?;
    let rate = judged(state, context, &order, &message.terms)?;
    let mut bid = match keys::bid(state, order.id, context.signer)? {
        Some(bid) => bid,
        None => new_bid(state, context, &mut order)?,
    };
    bid.terms = Some(message.terms.clone());
    bid.at = context.block.time;
    keys::write_bid(state, &bid);
    state.emit(MarketEvent::Bid {
        order: order.id,
        provider: context.signer,
        rate,
    });
    Ok(())
}

pub(super) fn seal(
    state: &mut State<'_>,
    context: &MessageContext<'_>,
    message: &SealBid,
) -> Result<(), Failure> {
    let mut order = bidding(state, context, message.order, true)?;
    if keys::bid(state, order.id, context.signer)?.is_some() {
        return refuse(
            "market.sealed",
            format!("{} has sealed a bid already", context.signer),
        );
    }
    let mut bid = new_bid(state, context, &mut order)?;
    bid.sealed = Some(message.sealed);
    keys::write_bid(state, &bid);
    state.emit(MarketEvent::Sealed {
        order: order.id,
        provider: context.signer,
    });
    Ok(())
}

pub(super) fn reveal(
    state: &mut State<'_>,
    context: &MessageContext<'_>,
    message: &RevealBid,
) -> Result<(), Failure> {
    let order = super::known_order(state, message.order)?;
    let until = match order.state {
        OrderState::Revealing { until } => until,
        OrderState::Bidding { .. } => {
            return refuse("market.early", "bidding isn't over yet");
        }
        OrderState::Choosing { .. }
        | OrderState::Leased
        | OrderState::Judging { .. }
        | OrderState::Closed { .. } => {
            return refuse("market.late", "the time to show bids is over");
        }
    };
    if context.block.time >= until {
        return refuse("market.late", "the time to show bids is over");
    }
    let mut bid = own_live_bid(state, &order, context.signer)?;
    if bid.terms.is_some() {
        return refuse("market.shown", "the bid was shown already");
    }
    let provider = context.signer;
    let seal = seal_bid(
        context.block.chain,
        order.id,
        provider,
        &message.terms,
        message.salt,
    );
    if bid.sealed != Some(seal) {
        return refuse("market.seal", "this isn't what was sealed");
    }
    match judged(state, context, &order, &message.terms) {
        Ok(rate) => {
            bid.terms = Some(message.terms.clone());
            keys::write_bid(state, &bid);
            state.emit(MarketEvent::Revealed {
                order: order.id,
                provider,
                rate,
            });
            Ok(())
        }
        Err(Failure::Refused(_)) => {
            let now = context.block.time;
            bid.terms = Some(message.terms.clone());
            bond::lose_bid(state, &order, &mut bid, LossCause::Void, now)
        }
        Err(Failure::Store(error)) => Err(error.into()),
    }
}

fn own_live_bid(state: &State<'_>, order: &Order, provider: Address) -> Result<Bid, Failure> {
    match keys::bid(state, order.id, provider)? {
        Some(bid) if bid.state == BidState::Live => Ok(bid),
        Some(_) | None => refuse(
            "market.no_bid",
            format!("{provider} has no live bid on order {}", order.id),
        ),
    }
}

pub(super) fn retract(
    state: &mut State<'_>,
    context: &MessageContext<'_>,
    message: &Retract,
) -> Result<(), Failure> {
    let mut order = bidding(state, context, message.order, false)?;
    let bid = own_live_bid(state, &order, context.signer)?;
    bond::free(state, context.signer, &order, bid.bond)?;
    keys::remove_bid(state, &bid);
    order.bids = order.bids.saturating_sub(1);
    let due = order.due;
    keys::write_order(state, &mut order, due);
    state.emit(MarketEvent::Retracted {
        order: order.id,
        provider: context.signer,
    });
    Ok(())
}

pub(super) fn decline(
    state: &mut State<'_>,
    context: &MessageContext<'_>,
    message: &SayNo,
) -> Result<(), Failure> {
    super::registered(state, context.signer)?;
    let mut order = super::known_order(state, message.order)?;
    if !order.is_open() {
        return refuse("market.late", format!("order {} is over", order.id));
    }
    if keys::bid(state, order.id, context.signer)?.is_some() {
        return refuse("market.has_bid", "who bids doesn't decline");
    }
    if keys::decline(state, order.id, context.signer)?.is_none() {
        if order.declines >= DECLINES_MAX {
            return refuse(
                "market.full",
                format!("order {} has {DECLINES_MAX} declines", order.id),
            );
        }
        order.declines = order.declines.saturating_add(1);
        let due = order.due;
        keys::write_order(state, &mut order, due);
    }
    let decline = Decline {
        order: order.id,
        provider: context.signer,
        reasons: message.reasons.clone(),
        at: context.block.time,
    };
    keys::write_decline(state, &decline);
    state.emit(MarketEvent::Declined {
        order: order.id,
        provider: context.signer,
    });
    Ok(())
}
