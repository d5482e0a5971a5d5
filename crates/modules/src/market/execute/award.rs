//! What the owner of an order decides: whose bids are taken, that there be none, that all end.

use lilliput_ledger::{Failure, MessageContext, State};
use lilliput_types::market::{
    Award, Book, Choice, CloseCause, DeploymentId, OrderEnd, OrderId, OrderState,
};

use crate::market::{judge, lease as leases, order as orders};
use crate::refuse::refuse;

pub(super) fn execute(
    state: &mut State<'_>,
    context: &MessageContext<'_>,
    message: &Award,
) -> Result<(), Failure> {
    let order = super::own_order(state, message.order, context.signer)?;
    if order.group.terms.choice == Choice::Cheapest {
        return refuse("market.choice", "the order says that the cheapest is taken");
    }
    let open_book = matches!(order.group.terms.book, Book::Open { .. });
    let until = match order.state {
        OrderState::Choosing { until } => until,
        // Open bids may be chosen as they come.
        OrderState::Bidding { until } if open_book => until,
        OrderState::Bidding { .. } | OrderState::Revealing { .. } => {
            return refuse("market.early", "sealed bids aren't all shown yet");
        }
        OrderState::Leased | OrderState::Judging { .. } | OrderState::Closed { .. } => {
            return refuse("market.late", format!("order {} is decided", order.id));
        }
    };
    let now = context.block.time;
    if now >= until {
        return refuse("market.late", "the time to choose is over");
    }
    let mut bids = orders::live_bids(state, &order)?;
    bids.retain(|bid| message.providers.contains(&bid.provider));
    if bids.len() != message.providers.len() {
        return refuse(
            "market.no_bid",
            "a provider has no live bid, or is named twice",
        );
    }
    let Some(placed) = orders::pick(state, &order, &bids, now)? else {
        return refuse(
            "market.part",
            "these bids don't make the whole group, or a provider is lost",
        );
    };
    if placed.len() != bids.len() {
        return refuse(
            "market.too_many",
            "fewer of these providers would do: name only those",
        );
    }
    orders::place(state, order, &placed, now)
}

pub(super) fn close_order(
    state: &mut State<'_>,
    context: &MessageContext<'_>,
    id: OrderId,
) -> Result<(), Failure> {
    let order = super::own_order(state, id, context.signer)?;
    if !order.is_open() {
        return refuse(
            "market.late",
            format!("order {id} is leased or closed; leave its leases"),
        );
    }
    // Sealed bids that wait to be shown are all freed: nobody was kept from showing them.
    orders::close(state, order, OrderEnd::Withdrawn)
}

pub(super) fn close_deployment(
    state: &mut State<'_>,
    context: &MessageContext<'_>,
    id: DeploymentId,
) -> Result<(), Failure> {
    let deployment = super::own_deployment(state, id, context.signer)?;
    let mut open = false;
    for id in deployment.orders.iter() {
        let order = super::known_order(state, *id)?;
        if order.is_open() {
            open = true;
            orders::close(state, order, OrderEnd::Withdrawn)?;
            continue;
        }
        for lease in judge::leases_of(state, &order)? {
            if !lease.is_closed() {
                open = true;
                leases::close(state, lease, CloseCause::OwnerLeft, context.block.time)?;
            }
        }
    }
    if !open {
        return refuse("market.closed", format!("deployment {id} is over"));
    }
    Ok(())
}
