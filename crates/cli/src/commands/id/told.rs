//! Sending one message about identities, and saying what came of it.

use anyhow::anyhow;
use lilliput_client::Sender;
use lilliput_crypto::Digest;
use lilliput_semaphore::{Element, Value};
use lilliput_types::identity::{IdentityEvent, IdentityMessage};
use lilliput_types::{Commitment, Event, Message};
use serde_json::json;

use crate::failure::{Failure, OrExit, Result};
use crate::outcome::Outcome;

/// Signs, sends and waits for the block. In the JSON stand the events of the message.
pub(super) fn send(sender: &Sender, message: IdentityMessage) -> Result<Outcome> {
    let sent = sender.send(vec![Message::Identity(message)], Vec::new())?;
    let events: Vec<&IdentityEvent> = sent
        .receipt
        .events
        .iter()
        .filter_map(|event| match event {
            Event::Identity(event) => Some(event),
            _ => None,
        })
        .collect();
    let lines: Vec<String> = events.iter().filter_map(|event| told(event)).collect();
    Ok(Outcome::new(
        format!("{} in block {}", lines.join("\n"), sent.height),
        json!({ "events": events, "transaction": sent.id, "height": sent.height }),
    ))
}

/// What a message's event says to people.
fn told(event: &IdentityEvent) -> Option<String> {
    Some(match event {
        IdentityEvent::IssuerAdded { issuer, .. } => format!("added issuer {issuer}"),
        IdentityEvent::IssuerSet { issuer, .. } => format!("changed issuer {issuer}"),
        IdentityEvent::GroupOpened { group, .. } => format!("opened group {group}"),
        IdentityEvent::WeightSet {
            group,
            issuer,
            weight,
        } => format!("issuer {issuer} weighs {weight} in group {group}"),
        IdentityEvent::Joined { group, seat, .. } => format!("took seat {seat} of group {group}"),
        IdentityEvent::ChangeAsked { seat, period, .. } => {
            format!("the new commitment of seat {seat} enters in period {period}")
        }
        IdentityEvent::Changed { seat, .. } => format!("seat {seat} has its new commitment"),
        IdentityEvent::Revoked { seat, .. } => format!("revoked the evidence of seat {seat}"),
        IdentityEvent::Removed { seat, .. } => format!("removed the member of seat {seat}"),
        IdentityEvent::AppOpened { app, group, .. } => format!("opened app {app} of group {group}"),
        IdentityEvent::CheckedIn { app, period, .. } => {
            format!("a member came to app {app} in period {period}")
        }
        IdentityEvent::Rooted { .. } => return None,
    })
}

/// A commitment as the client prints it.
pub(super) fn commitment(text: &str) -> Result<Commitment> {
    let value = Value::from_client_text(text).or_bad_input("the commitment")?;
    let element = Element::from_bytes(&value.to_bytes()).or_bad_input("the commitment")?;
    if element.is_zero() {
        return Err(Failure::bad_input(anyhow!("the commitment is zero")));
    }
    Ok(Commitment(Digest(element.to_bytes())))
}

/// Thirty-two bytes as the client writes them.
pub(super) fn decimal(digest: Digest) -> String {
    Value::from_bytes(digest.0).to_string()
}
