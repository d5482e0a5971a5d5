//! Registration, endpoint, stake: what the ledger has to know of a member.

use lilliput_client::subnet::SubnetSeat;
use lilliput_client::{Client, Sender};
use lilliput_types::subnet::{Register, SetEndpoint, Stake, SubnetMessage, UIDS_MAX};
use lilliput_types::{Amount, Message, SubnetId, Text};

use crate::error::SubnetError;

/// All members of a subnet.
///
/// # Errors
/// When the node is away, or there is no such subnet.
pub fn seats(client: &Client, subnet: SubnetId) -> Result<Vec<SubnetSeat>, SubnetError> {
    let mut seats = Vec::new();
    let mut from: Option<String> = None;
    loop {
        let page = client.subnet_seats(subnet, from.as_deref())?;
        let empty = page.items.is_empty();
        seats.extend(page.items);
        from = page.next;
        // A node that never ends its list isn't followed for ever.
        if from.is_none() || empty || seats.len() >= UIDS_MAX as usize {
            return Ok(seats);
        }
    }
}

/// The signer's membership, with this endpoint if one is given; registers if there is a price it may pay.
///
/// # Errors
/// When it isn't a member and may not register, or the ledger refuses.
pub fn join(
    sender: &Sender,
    subnet: SubnetId,
    endpoint: Option<&str>,
    price_max: Option<Amount>,
) -> Result<SubnetSeat, SubnetError> {
    let account = sender.address();
    let moved = |seat: &SubnetSeat| {
        endpoint.is_some_and(|endpoint| seat.member.endpoint.as_str() != endpoint)
    };
    let known = Text::new(endpoint.unwrap_or_default())?;
    let send = |message| sender.send(vec![Message::Subnet(message)], Vec::new());
    let found = match sender.client().subnet_member(subnet, account) {
        Ok(seat) => Some(seat),
        Err(error) if error.is_not_found() => None,
        Err(error) => return Err(error.into()),
    };
    match (found, price_max) {
        (Some(seat), _) if !moved(&seat) => return Ok(seat),
        (Some(_), _) => {
            send(SubnetMessage::SetEndpoint(SetEndpoint {
                subnet,
                endpoint: known,
            }))?;
        }
        (None, Some(price_max)) => {
            send(SubnetMessage::Register(Register {
                subnet,
                endpoint: known,
                price_max,
            }))?;
        }
        (None, None) => return Err(SubnetError::NotMember { account, subnet }),
    }
    match sender.client().subnet_member(subnet, account) {
        // In a full subnet a registration waits until the member that it challenges has gone.
        Err(error) if error.is_not_found() => Err(SubnetError::NotMember { account, subnet }),
        found => Ok(found?),
    }
}

/// Stakes behind the signer's own registration what is missing to an amount; it counts from the next epoch on.
///
/// # Errors
/// When the node is away or the ledger refuses.
pub fn stake_up(
    sender: &Sender,
    subnet: SubnetId,
    seat: &SubnetSeat,
    wanted: Amount,
) -> Result<(), SubnetError> {
    let registration = seat.member.registration;
    let held = sender
        .client()
        .subnet_holding(subnet, registration, sender.address())?;
    let held = held.worth.plus(held.joining)?;
    if held >= wanted {
        return Ok(());
    }
    let stake = Stake {
        subnet,
        registration,
        amount: wanted.minus(held)?,
    };
    let message = Message::Subnet(SubnetMessage::Stake(stake));
    sender.send(vec![message], Vec::new())?;
    Ok(())
}
