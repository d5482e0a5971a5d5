//! Opening a deployment: its orders and their deposits.

use lilliput_ledger::{Failure, MessageContext, Refusal, State};
use lilliput_types::market::{
    Book, Choice, Create, Deployment, GroupOrder, LEASES_MAX, LeaseLevel, MarketEvent, Order,
    OrderState, PlaceOrder, Purchase, Rate,
};
use lilliput_types::{DurationMs, Holder, List};

use crate::market::{
    BOND_MIN, FUNDED_MIN_MS, PHASE_MAX_MS, PHASE_MIN_MS, REPLICAS_MAX, SPAN_MAX_MS, state as keys,
};
use crate::refuse::refusal;
use crate::{bank, genesis};

pub(super) fn check(message: &Create) -> Result<(), Refusal> {
    if message.orders.is_empty() {
        return Err(terms("a deployment needs at least one order"));
    }
    message.orders.iter().try_for_each(check_order)
}

fn terms(reason: impl Into<String>) -> Refusal {
    refusal("market.terms", reason)
}

fn check_order(order: &PlaceOrder) -> Result<(), Refusal> {
    let group = &order.group;
    super::attributes::check(&group.attributes)?;
    if group.units.is_empty() {
        return Err(terms("an order needs at least one unit"));
    }
    let mut replicas = 0_u32;
    for unit in group.units.iter() {
        if unit.count == 0 || unit.rate_max == Rate(0) {
            return Err(terms("a unit needs a count and a price above zero"));
        }
        replicas = replicas.saturating_add(unit.count);
    }
    if replicas > REPLICAS_MAX {
        return Err(terms(format!(
            "{replicas} replicas in all, at most {REPLICAS_MAX}"
        )));
    }
    check_terms(group)?;
    let least = group.deposit_min(FUNDED_MIN_MS);
    let least = least.ok_or_else(|| terms("the prices are too large"))?;
    if order.deposit < least {
        return Err(refusal(
            "market.deposit",
            format!("a deposit of {}, at least {least}", order.deposit),
        ));
    }
    Ok(())
}

fn check_terms(group: &GroupOrder) -> Result<(), Refusal> {
    let terms_of = &group.terms;
    let mut phases = vec![];
    match terms_of.book {
        Book::Open { for_ms } => phases.push(for_ms),
        Book::Sealed { for_ms, reveal_ms } => phases.extend([for_ms, reveal_ms]),
    }
    if let Choice::Manual { for_ms } = terms_of.choice {
        phases.push(for_ms);
    }
    for phase in &phases {
        bounded("a phase", phase.0, PHASE_MIN_MS, PHASE_MAX_MS)?;
    }
    bounded("the notice", terms_of.notice_ms.0, 0, SPAN_MAX_MS)?;
    let until_chosen: u64 = phases.iter().map(|phase| phase.0).sum();
    if let Some(deadline) = terms_of.deadline_ms {
        bounded("the deadline", deadline.0, until_chosen + 1, SPAN_MAX_MS)?;
    }
    let ceiling = group.ceiling().unwrap_or(Rate(u64::MAX));
    match terms_of.purchase {
        Purchase::OnDemand => {}
        Purchase::Spot { bid } => bounded("the spot bid", bid.0, 1, ceiling.0)?,
        Purchase::Reserved { in_ms, for_ms } => {
            bounded("the time until the reservation", in_ms.0, 0, SPAN_MAX_MS)?;
            bounded("the reservation", for_ms.0, PHASE_MIN_MS, SPAN_MAX_MS)?;
        }
    }
    let spot = matches!(terms_of.purchase, Purchase::Spot { .. });
    if let LeaseLevel::Replicated { replicas } = terms_of.level {
        bounded(
            "the replicas",
            u64::from(replicas),
            2,
            u64::from(LEASES_MAX),
        )?;
        if terms_of.deadline_ms.is_none() {
            return Err(terms("a replicated order needs a deadline"));
        }
        if terms_of.split || matches!(terms_of.purchase, Purchase::Reserved { .. }) {
            return Err(terms("a replicated order is neither split nor reserved"));
        }
    }
    if terms_of.split && spot {
        return Err(terms("a spot order isn't split"));
    }
    if terms_of.bond < BOND_MIN {
        return Err(terms(format!(
            "a bond of {}, at least {BOND_MIN}",
            terms_of.bond
        )));
    }
    Ok(())
}

fn bounded(name: &str, value: u64, least: u64, most: u64) -> Result<(), Refusal> {
    if !(least..=most).contains(&value) {
        return Err(terms(format!("{name} is {value}, {least} to {most}")));
    }
    Ok(())
}

pub(super) fn execute(
    state: &mut State<'_>,
    context: &MessageContext<'_>,
    message: &Create,
) -> Result<(), Failure> {
    let id = keys::next_deployment(state)?;
    let asset = genesis::params(state)?.settlement_asset;
    let (owner, now) = (context.signer, context.block.time);
    state.emit(MarketEvent::Deployed {
        deployment: id,
        owner,
    });
    let mut orders = Vec::new();
    for wanted in message.orders.iter() {
        let order_id = keys::next_order(state)?;
        let to = Holder::Order(order_id);
        bank::transfer(state, asset, owner.into(), to, wanted.deposit)?;
        let terms = &wanted.group.terms;
        let (Book::Open { for_ms } | Book::Sealed { for_ms, .. }) = terms.book;
        let until = now.after(for_ms);
        let deadline = terms.deadline_ms.map(|span: DurationMs| now.after(span));
        let mut order = Order {
            id: order_id,
            deployment: id,
            owner,
            group: wanted.group.clone(),
            deposit: wanted.deposit,
            asset,
            state: OrderState::Bidding { until },
            due: None,
            bids: 0,
            declines: 0,
            leases: List::default(),
            leases_open: 0,
            result: None,
            created_at: now,
            deadline,
        };
        keys::write_order(state, &mut order, Some(until));
        state.emit(MarketEvent::Ordered {
            order: order_id,
            deployment: id,
            deposit: wanted.deposit,
        });
        orders.push(order_id);
    }
    let orders = List::new(orders).map_err(|error| terms(error.to_string()))?;
    let deployment = Deployment {
        id,
        owner,
        manifest: message.manifest,
        orders,
        created_at: now,
        height: context.block.height,
    };
    keys::write_deployment(state, &deployment);
    Ok(())
}
