//! Sending one message about feeds and contests, and saying what came of it.

use lilliput_client::Sender;
use lilliput_types::prices::{PricesEvent, PricesMessage};
use lilliput_types::{AssetId, Event, Message};
use serde_json::json;

use crate::failure::Result;
use crate::outcome::Outcome;
use crate::receipt::money;

/// Signs, sends and waits for the block. In the JSON stand the events of the message.
pub(super) fn send(sender: &Sender, message: PricesMessage) -> Result<Outcome> {
    let asset = sender.client().status()?.settlement_asset;
    let sent = sender.send(vec![Message::Prices(message)], Vec::new())?;
    let events: Vec<&PricesEvent> = sent
        .receipt
        .events
        .iter()
        .filter_map(|event| match event {
            Event::Prices(event) => Some(event),
            _ => None,
        })
        .collect();
    let lines: Vec<String> = events
        .iter()
        .filter_map(|event| told(event, asset))
        .collect();
    Ok(Outcome::new(
        format!("{} in block {}", lines.join("\n"), sent.height),
        json!({ "events": events, "transaction": sent.id, "height": sent.height }),
    ))
}

/// What a message's event says to people; what only a block's end causes says nothing here.
fn told(event: &PricesEvent, asset: AssetId) -> Option<String> {
    let of = |amount| money(amount, asset);
    Some(match event {
        PricesEvent::FeedOpened { feed, .. } => format!("opened feed {feed}"),
        PricesEvent::FeedClosed { feed } => format!("closed feed {feed}, got the deposit back"),
        PricesEvent::Staked { feed, stake, .. } => {
            format!("reporter of feed {feed} with {}", of(*stake))
        }
        PricesEvent::Left { feed, stake, .. } => {
            format!("left feed {feed}, took back {}", of(*stake))
        }
        PricesEvent::Reported {
            feed,
            period,
            price,
            ..
        } => format!("reported {price} for period {period} of feed {feed}"),
        PricesEvent::ContestOpened { contest, feed, .. } => {
            format!("opened contest {contest} on feed {feed}")
        }
        PricesEvent::Entered {
            contest, entrant, ..
        } => format!("entered contest {contest} as entrant {entrant}"),
        PricesEvent::Funded {
            contest, amount, ..
        } => format!("added {} to the pot of contest {contest}", of(*amount)),
        PricesEvent::Signalled { period, .. } => format!("sealed the signal for period {period}"),
        PricesEvent::Revealed {
            period, leverage, ..
        } => format!("revealed {leverage}/1000 for period {period}"),
        PricesEvent::Priced { .. }
        | PricesEvent::Slashed { .. }
        | PricesEvent::Stepped { .. }
        | PricesEvent::Eliminated { .. }
        | PricesEvent::Copied { .. }
        | PricesEvent::Paid { .. }
        | PricesEvent::ContestClosed { .. } => return None,
    })
}
