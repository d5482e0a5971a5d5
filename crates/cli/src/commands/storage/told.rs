//! Sending messages about stored blobs, and saying what came of them.

use lilliput_client::Sender;
use lilliput_types::storage::{Deal, DealState, StorageEvent, StorageMessage};
use lilliput_types::{AssetId, Event, Message};
use serde_json::json;

use crate::failure::Result;
use crate::outcome::Outcome;
use crate::receipt::money;

/// Signs, sends and waits for the block. In the JSON stand the events of the message.
pub(super) fn send(sender: &Sender, message: StorageMessage) -> Result<Outcome> {
    let asset = sender.client().status()?.settlement_asset;
    let sent = sender.send(vec![Message::Storage(message)], Vec::new())?;
    let events: Vec<StorageEvent> = sent
        .receipt
        .events
        .iter()
        .filter_map(|event| match event {
            Event::Storage(event) => Some(event.clone()),
            _ => None,
        })
        .collect();
    let lines: Vec<String> = events.iter().map(|event| told(event, asset)).collect();
    let text = format!("{} in block {}", lines.join("\n"), sent.height);
    let json = json!({ "events": events, "transaction": sent.id, "height": sent.height });
    Ok(Outcome::new(text, json))
}

/// What an event says to people.
fn told(event: &StorageEvent, asset: AssetId) -> String {
    let of = |amount| money(amount, asset);
    match event {
        StorageEvent::Ordered { deal, escrow, .. } => {
            format!("deal {deal} ordered, {} locked", of(*escrow))
        }
        StorageEvent::Accepted { deal, provider, .. } => {
            format!("deal {deal} is stored by {provider}")
        }
        StorageEvent::Challenged { deal, chunk, .. } => {
            format!("deal {deal}: chunk {chunk} is asked for")
        }
        StorageEvent::Proven { deal, period } => format!("deal {deal}: proven for period {period}"),
        StorageEvent::Paid {
            deal,
            periods,
            amount,
            ..
        } => format!("deal {deal}: {} paid for {periods} periods", of(*amount)),
        StorageEvent::Failed { deal, bond, .. } => {
            format!("deal {deal}: failed, {} lost", of(*bond))
        }
        StorageEvent::Closed { deal, returned } => {
            format!("deal {deal} is over, {} went back", of(*returned))
        }
    }
}

/// A deal in one line.
pub(super) fn line(deal: &Deal) -> String {
    let state = match deal.state {
        DealState::Open { .. } => "waits for a provider".to_owned(),
        DealState::Stored {
            provider,
            open: None,
            ..
        } => format!("stored by {provider}"),
        DealState::Stored {
            provider,
            open: Some(asked),
            ..
        } => format!("stored by {provider}, asked for chunk {}", asked.chunk),
        DealState::Closed => "over".to_owned(),
    };
    let paid = money(deal.paid, deal.asset);
    format!(
        "deal {}: {} bytes, period {} of {}, {paid} paid, {state}",
        deal.id, deal.bytes, deal.settled, deal.terms.periods
    )
}
