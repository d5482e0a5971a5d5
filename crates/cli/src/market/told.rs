//! Sending messages of the market, and saying what came of them.

use lilliput_client::Sender;
use lilliput_types::market::{MarketEvent, MarketMessage};
use lilliput_types::{AssetId, Event, Message};
use serde_json::json;

use super::{lasting, rate};
use crate::failure::Result;
use crate::outcome::Outcome;
use crate::receipt::money;

/// Signs, sends and waits for the block. In the JSON stand the events of the message.
pub(crate) fn send(sender: &Sender, message: MarketMessage) -> Result<Outcome> {
    let (text, json, _) = send_all(sender, message)?;
    Ok(Outcome::new(text, json))
}

/// As [`send`], for who does something with the events.
pub(crate) fn send_all(
    sender: &Sender,
    message: MarketMessage,
) -> Result<(String, serde_json::Value, Vec<MarketEvent>)> {
    let asset = sender.client().status()?.settlement_asset;
    let sent = sender.send(vec![Message::Market(message)], Vec::new())?;
    let events = sent.receipt.events.iter().filter_map(|event| match event {
        Event::Market(event) => Some(event.clone()),
        _ => None,
    });
    let events: Vec<MarketEvent> = events.collect();
    let lines: Vec<String> = events
        .iter()
        .filter_map(|event| told(event, asset))
        .collect();
    let text = format!("{} in block {}", lines.join("\n"), sent.height);
    let json = json!({ "events": events, "transaction": sent.id, "height": sent.height });
    Ok((text, json, events))
}

/// What an event says to people; what goes without saying says nothing.
#[expect(clippy::too_many_lines, reason = "one sentence an event")]
fn told(event: &MarketEvent, asset: AssetId) -> Option<String> {
    let of = |amount| money(amount, asset);
    Some(match event {
        MarketEvent::Described { provider } => format!("{provider} said what it has"),
        MarketEvent::Audited { provider, .. } => format!("signed attributes of {provider}"),
        MarketEvent::Revoked { provider, .. } => {
            format!("took back the signature under attributes of {provider}")
        }
        MarketEvent::PoolSet { pool, slots, .. } => format!("pool {pool} has {slots} slots"),
        MarketEvent::Heard { .. } => "heard of".to_owned(),
        MarketEvent::Returned { leases, .. } => format!("heard of again, {leases} leases go on"),
        MarketEvent::Deployed { deployment, .. } => format!("deployment {deployment}"),
        MarketEvent::Ordered { order, deposit, .. } => {
            format!("order {order} with a deposit of {}", of(*deposit))
        }
        MarketEvent::Bid {
            order, rate: at, ..
        } => {
            format!("bid {} on order {order}", rate(*at, asset))
        }
        MarketEvent::Sealed { order, .. } => format!("sealed a bid on order {order}"),
        MarketEvent::Revealed {
            order, rate: at, ..
        } => {
            format!("showed a bid of {} on order {order}", rate(*at, asset))
        }
        MarketEvent::Retracted { order, .. } => format!("took the bid on order {order} back"),
        MarketEvent::Declined { order, .. } => format!("said why not to order {order}"),
        MarketEvent::Leased {
            lease,
            rate: at,
            escrow,
            ..
        } => format!(
            "lease {lease} at {} with {} in escrow",
            rate(*at, asset),
            of(*escrow)
        ),
        MarketEvent::OrderClosed {
            order, refunded, ..
        } => format!("closed order {order}, {} went back", of(*refunded)),
        MarketEvent::Settled { lease, paid, left } => {
            format!("paid {} of lease {lease}, {} is left", of(*paid), of(*left))
        }
        MarketEvent::ToppedUp { lease, amount, .. } => {
            format!("put {} into lease {lease}", of(*amount))
        }
        MarketEvent::Resumed { lease } => format!("lease {lease} goes on"),
        MarketEvent::Spot {
            lease,
            running,
            rate: at,
        } => {
            let how = if *running { "runs" } else { "waits" };
            format!("lease {lease} {how} at {}", rate(*at, asset))
        }
        MarketEvent::Noticed { lease, ends_at } => {
            format!("lease {lease} ends at network time {ends_at}")
        }
        MarketEvent::Closed {
            lease,
            paid,
            refunded,
            ..
        } => format!(
            "lease {lease} is closed: {} paid in all, {} went back",
            of(*paid),
            of(*refunded)
        ),
        MarketEvent::Committed { lease } => format!("committed to a result of lease {lease}"),
        MarketEvent::Shown { lease, .. } => format!("showed the result of lease {lease}"),
        MarketEvent::Judged { order, result } => match result {
            Some(result) => format!("order {order} is judged: {result}"),
            None => format!("order {order} is judged: no majority"),
        },
        MarketEvent::BondLost {
            bond,
            cause,
            provider,
            ..
        } => format!("{provider} lost a bond of {} ({cause:?})", of(*bond)),
        MarketEvent::Low {
            lease, lasts_ms, ..
        } => format!("lease {lease} is paid for {} more", lasting(*lasts_ms)),
        MarketEvent::Lost { .. }
        | MarketEvent::BiddingOver { .. }
        | MarketEvent::Started { .. }
        | MarketEvent::Paused { .. }
        | MarketEvent::Judging { .. } => return None,
    })
}
