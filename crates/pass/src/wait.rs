//! The way without JavaScript: come back at a given time. A ticket says when; a room spaces the times,
//! so that no more than a bounded number of visitors pass this way in a minute.
//!
//! A ticket costs an attacker nothing but a request and its place in the queue: the room's rate is the
//! defence, and its price is that others queue behind the attacker. Lanes keep that to a neighbourhood.

use std::sync::Mutex;

use lilliput_crypto::random_bytes;

use crate::error::{PassError, Thing};
use crate::fields::Fields;
use crate::secrets::{Purpose, Secrets};
use crate::store::SpendKey;
use crate::work::Class;

const BODY_LEN: usize = 38;
const OFFER_LEN: usize = 14;
const OFFER_LIFE_S: u64 = 3600;
/// Lanes of a room. Strangers share a lane by chance once there are many.
const LANES: usize = 4096;
/// How long a ticket stays good after its time.
pub const TICKET_GRACE_S: u64 = 120;

/// How a waiting room spaces its visitors.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct RoomRules {
    /// Shortest wait.
    pub wait_min_s: u64,
    /// Longest wait that is offered; who would wait longer is told that the room is full.
    pub wait_max_s: u64,
    /// Most visitors of all lanes who pass in a minute.
    pub passes_a_minute: u32,
    /// Seconds between two visitors of one lane.
    pub lane_spacing_s: u64,
}

impl Default for RoomRules {
    fn default() -> Self {
        Self {
            wait_min_s: 10,
            wait_max_s: 120,
            passes_a_minute: 120,
            lane_spacing_s: 3,
        }
    }
}

/// Hands out times. Its state is in memory only: after a restart the queue is empty, and tickets that
/// were handed out before still count.
#[derive(Debug)]
pub struct WaitingRoom {
    rules: RoomRules,
    /// In milliseconds: the next free time of all, and of each lane.
    queue: Mutex<(u64, Vec<u64>)>,
}

impl WaitingRoom {
    /// An empty room.
    ///
    /// # Errors
    /// When the rules let nobody through.
    pub fn new(rules: RoomRules) -> Result<Self, PassError> {
        if rules.passes_a_minute == 0 {
            return Err(PassError::Setting {
                name: "passes a minute",
                got: 0,
                expected: "at least 1",
            });
        }
        if rules.wait_min_s > rules.wait_max_s || rules.wait_max_s > 3600 {
            return Err(PassError::Setting {
                name: "longest wait in seconds",
                got: rules.wait_max_s,
                expected: "between the shortest wait and 3600",
            });
        }
        Ok(Self {
            rules,
            queue: Mutex::new((0, vec![0; LANES])),
        })
    }

    /// The time at which a visitor of a lane may pass. The lane is a number that the caller derives from
    /// the visitor's network, by a keyed hash.
    ///
    /// # Errors
    /// When it would be too late.
    pub fn book(&self, lane: u64, now_s: u64) -> Result<u64, PassError> {
        let now_ms = now_s.saturating_mul(1000);
        let spacing_ms = 60_000 / u64::from(self.rules.passes_a_minute);
        let lane = (lane % LANES as u64) as usize;
        // A thread that panicked left numbers that are still times.
        let mut queue = self
            .queue
            .lock()
            .unwrap_or_else(std::sync::PoisonError::into_inner);
        let soonest_ms = now_ms.saturating_add(self.rules.wait_min_s * 1000);
        let latest_ms = now_ms.saturating_add(self.rules.wait_max_s * 1000);
        // A clock that was set back must not leave the room full for good.
        let free = |next_ms: u64| {
            if next_ms > latest_ms + 3_600_000 {
                0
            } else {
                next_ms
            }
        };
        let time_ms = soonest_ms.max(free(queue.0)).max(free(queue.1[lane]));
        if time_ms > latest_ms {
            return Err(PassError::Busy {
                what: "visitors waiting",
                retry_s: self.rules.wait_max_s.max(1),
            });
        }
        queue.0 = soonest_ms.max(free(queue.0)) + spacing_ms;
        queue.1[lane] = time_ms + self.rules.lane_spacing_s * 1000;
        Ok(time_ms.div_ceil(1000))
    }
}

/// An offer to wait, for requests of a class: the challenge page carries one, so that only who takes it
/// up gets a place in the queue.
#[must_use]
pub fn offer(secrets: &Secrets, class: Class, now_s: u64) -> String {
    let mut body = Vec::with_capacity(OFFER_LEN);
    body.extend_from_slice(&secrets.head(Purpose::Offer));
    body.extend_from_slice(&class.0.to_be_bytes());
    body.extend_from_slice(&now_s.saturating_add(OFFER_LIFE_S).to_be_bytes());
    secrets.seal(Purpose::Offer, &body)
}

/// For which requests a wait was offered.
///
/// # Errors
/// When the offer isn't this gate's, or is too old.
pub fn check_offer(secrets: &Secrets, offer: &str, now_s: u64) -> Result<Class, PassError> {
    let opened = secrets.open::<OFFER_LEN>(Purpose::Offer, offer)?;
    let mut fields = Fields(&opened.body[2..]);
    let class = Class(fields.u32());
    if now_s >= fields.u64() {
        return Err(PassError::Expired {
            thing: Thing::Offer,
        });
    }
    Ok(class)
}

/// A ticket and when it counts.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Ticket {
    /// The ticket as it is sent.
    pub text: String,
    /// From when it counts.
    pub earliest_s: u64,
    /// For which requests.
    pub class: Class,
}

/// A ticket that counts now: to be spent in the store, once.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Waited {
    /// Under what it is spent.
    pub key: SpendKey,
    /// Until when the store has to remember it.
    pub expires_s: u64,
    /// For which requests.
    pub class: Class,
}

/// Makes a ticket that counts from a booked time.
///
/// # Errors
/// When there is no randomness.
pub fn ticket(secrets: &Secrets, class: Class, earliest_s: u64) -> Result<Ticket, PassError> {
    let mut body = Vec::with_capacity(BODY_LEN);
    body.extend_from_slice(&secrets.head(Purpose::Ticket));
    body.extend_from_slice(&class.0.to_be_bytes());
    body.extend_from_slice(&earliest_s.to_be_bytes());
    body.extend_from_slice(&earliest_s.saturating_add(TICKET_GRACE_S).to_be_bytes());
    body.extend_from_slice(&random_bytes::<16>()?);
    Ok(Ticket {
        text: secrets.seal(Purpose::Ticket, &body),
        earliest_s,
        class,
    })
}

/// Checks that a ticket is this gate's and counts now.
///
/// # Errors
/// The first thing that is wrong.
pub fn check(secrets: &Secrets, ticket: &str, now_s: u64) -> Result<Waited, PassError> {
    let thing = Thing::Ticket;
    let opened = secrets.open::<BODY_LEN>(Purpose::Ticket, ticket)?;
    let mut fields = Fields(&opened.body[2..]);
    let class = Class(fields.u32());
    let earliest_s = fields.u64();
    let expires_s = fields.u64();
    if now_s < earliest_s {
        return Err(PassError::Early {
            thing,
            in_s: earliest_s - now_s,
        });
    }
    if now_s >= expires_s {
        return Err(PassError::Expired { thing });
    }
    Ok(Waited {
        key: SpendKey::of(b"ticket", &opened.body),
        expires_s,
        class,
    })
}
