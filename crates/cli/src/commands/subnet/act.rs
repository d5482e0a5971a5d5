//! Sending one message about a subnet, and saying what came of it.

use lilliput_client::Sender;
use lilliput_types::subnet::{SubnetEvent, SubnetMessage};
use lilliput_types::{AssetId, Event, Message, SubnetId};

use crate::failure::Result;
use crate::outcome::Outcome;
use crate::receipt::{money, units};

/// Signs, sends and waits for the block.
pub(crate) fn send(sender: &Sender, message: SubnetMessage) -> Result<Outcome> {
    let asset = sender.client().subnet_market()?.terms.asset;
    let staked = match staked_in(&message) {
        Some(id) => sender.client().subnet(id)?.subnet.stake_asset(asset),
        None => asset,
    };
    let sent = sender.send(vec![Message::Subnet(message)], Vec::new())?;
    let mut lines: Vec<String> = sent
        .receipt
        .events
        .iter()
        .filter_map(|event| match event {
            Event::Subnet(event) => told(event, asset, staked),
            _ => None,
        })
        .collect();
    lines.push(format!(
        "in block {} for a fee of {}",
        sent.height,
        units(sent.receipt.fee)
    ));
    Ok(Outcome::new(lines.join("\n"), serde_json::to_value(sent)?))
}

/// The subnet whose stake a message moves.
const fn staked_in(message: &SubnetMessage) -> Option<SubnetId> {
    match message {
        SubnetMessage::Stake(message) => Some(message.subnet),
        SubnetMessage::Unstake(message) => Some(message.subnet),
        SubnetMessage::Collect(message) => Some(message.subnet),
        SubnetMessage::Buy(message) => Some(message.subnet),
        _ => None,
    }
}

/// What a message's event says to people; what only a block's end causes says nothing here.
fn told(event: &SubnetEvent, asset: AssetId, staked: AssetId) -> Option<String> {
    let of = |amount| money(amount, asset);
    Some(match event {
        SubnetEvent::Opened {
            subnet, deposit, ..
        } => {
            format!("opened subnet {subnet}, locked {}", of(*deposit))
        }
        SubnetEvent::SettingsChanged { subnet, from } => {
            format!("subnet {subnet} has these settings from epoch {from} on")
        }
        SubnetEvent::Closing { subnet } => {
            format!("subnet {subnet} ends when its present epoch settles")
        }
        SubnetEvent::Registered {
            uid,
            registration,
            price,
            ..
        } => format!(
            "registered as uid {uid} under registration {registration}, burned {}",
            of(*price)
        ),
        SubnetEvent::Challenged {
            uid,
            match_until,
            price,
            ..
        } => format!(
            "the subnet is full: you get the place of uid {uid} when epoch {match_until} has settled, unless it pays {} too",
            of(*price)
        ),
        SubnetEvent::Matched { uid, price, .. } => {
            format!("uid {uid} stays, burned {}", of(*price))
        }
        SubnetEvent::EndpointChanged { uid, .. } => format!("uid {uid} is found there now"),
        SubnetEvent::TakeChanged { take, .. } => {
            format!("you take {take} of 65536 of what delegated stake earns from the next epoch on")
        }
        SubnetEvent::Committed { epoch, uid, .. } => {
            format!("uid {uid} committed to weights in epoch {epoch}")
        }
        SubnetEvent::Revealed { epoch, uid, .. } => {
            format!("uid {uid} showed its weights of epoch {epoch}")
        }
        SubnetEvent::Audited { miner, .. } => format!("the audit of uid {miner} holds"),
        SubnetEvent::Linked { subnet, model } => {
            format!("what model {model} earns counts as revenue of subnet {subnet}")
        }
        _ => return told_of_stake(event, asset, staked),
    })
}

/// Of what members and traders do.
fn told_of_stake(event: &SubnetEvent, asset: AssetId, staked: AssetId) -> Option<String> {
    let of = |amount| money(amount, asset);
    let stake = |amount| money(amount, staked);
    Some(match event {
        SubnetEvent::Staked {
            registration,
            amount,
            ..
        } => format!(
            "{} joins registration {registration} when the epoch settles",
            stake(*amount)
        ),
        SubnetEvent::Unstaked {
            registration,
            amount,
            ..
        } => {
            format!("{} leaves registration {registration}", stake(*amount))
        }
        SubnetEvent::Collected { amount, .. } => format!("collected {}", stake(*amount)),
        SubnetEvent::RuleChanged { subnet, from, rule } => format!(
            "subnet {subnet} pays by rule {} from epoch {from} on",
            rule.name()
        ),
        SubnetEvent::Leaving { uid, after, .. } => {
            format!(
                "uid {uid} leaves when epoch {after} has settled; until then it goes on as before"
            )
        }
        SubnetEvent::MarketOpened { subnet, seed } => format!(
            "subnet {subnet} has a token: {} and as many of it lie in its market",
            of(*seed)
        ),
        SubnetEvent::Bought {
            subnet, paid, got, ..
        } => format!(
            "bought {} for {}",
            money(*got, AssetId::Subnet(*subnet)),
            of(*paid)
        ),
        SubnetEvent::Sold {
            subnet, paid, got, ..
        } => format!(
            "sold {} for {}",
            money(*paid, AssetId::Subnet(*subnet)),
            of(*got)
        ),
        _ => return None,
    })
}
