//! Who is a member, as the node said lately.

use std::collections::BTreeMap;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::{Duration, Instant};

use lilliput_client::Client;
use lilliput_types::{Address, Registration, SubnetEpoch, SubnetId};

use crate::error::SubnetError;
use crate::member;

/// A younger roster isn't fetched again, whatever is asked: a stranger's requests cost the node nothing.
const AGE_MIN: Duration = Duration::from_millis(200);

/// The members of a subnet in one epoch. Permits and registrations change only between epochs, so it serves a whole one.
#[derive(Clone, Debug)]
pub(crate) struct Roster {
    pub(crate) epoch: SubnetEpoch,
    pub(crate) seats: BTreeMap<Address, RosterSeat>,
}

/// A member as others see it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct RosterSeat {
    pub(crate) uid: u16,
    pub(crate) registration: Registration,
    pub(crate) permit: bool,
}

impl Roster {
    fn fetch(client: &Client, subnet: SubnetId) -> Result<Self, SubnetError> {
        // The epoch first: seats of a later one only make answers rarer, until the next look.
        let epoch = client.subnet(subnet)?.subnet.epoch;
        let seats = member::seats(client, subnet)?;
        let seat = |seat: lilliput_client::subnet::SubnetSeat| {
            let found = RosterSeat {
                uid: seat.member.uid,
                registration: seat.member.registration,
                permit: seat.permit,
            };
            (seat.member.account, found)
        };
        Ok(Self {
            epoch,
            seats: seats.into_iter().map(seat).collect(),
        })
    }
}

/// Fetches the roster when it is out of date.
pub(crate) struct Rosters {
    client: Client,
    subnet: SubnetId,
    last: Mutex<(Instant, Arc<Roster>)>,
}

impl Rosters {
    pub(crate) fn new(client: Client, subnet: SubnetId) -> Result<Self, SubnetError> {
        let roster = Roster::fetch(&client, subnet)?;
        Ok(Self {
            client,
            subnet,
            last: Mutex::new((Instant::now(), Arc::new(roster))),
        })
    }

    /// What is known.
    pub(crate) fn known(&self) -> Arc<Roster> {
        let last = self.last.lock().unwrap_or_else(PoisonError::into_inner);
        Arc::clone(&last.1)
    }

    /// What the node says now; none if what is known is too young to ask again, or the node is away.
    pub(crate) fn renewed(&self) -> Option<Arc<Roster>> {
        // The lock is held while the node is asked, so that many requests ask it once.
        let mut last = self.last.lock().unwrap_or_else(PoisonError::into_inner);
        if last.0.elapsed() < AGE_MIN {
            return None;
        }
        let fetched = Roster::fetch(&self.client, self.subnet).ok()?;
        *last = (Instant::now(), Arc::new(fetched));
        Some(Arc::clone(&last.1))
    }
}
