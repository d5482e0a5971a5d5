//! What a miner refuses: everything but new questions, in bounds, of a validator with a permit, to this very miner.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::{Mutex, PoisonError};

use lilliput_client::RequestSignature;
use lilliput_crypto::Digest;
use lilliput_types::{Address, ChainId, Registration, SubnetEpoch, SubnetId};

use crate::ask::{Ask, PATH, PROBES_AN_EPOCH_MAX, REQUESTS_AN_EPOCH_MAX};
use crate::roster::{Roster, RosterSeat};

/// Why a request isn't answered: an HTTP status, a stable name, and words.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Refusal {
    pub(crate) status: u16,
    pub(crate) code: &'static str,
    pub(crate) message: String,
}

impl Refusal {
    pub(crate) fn new(status: u16, code: &'static str, message: impl Into<String>) -> Self {
        Self {
            status,
            code,
            message: message.into(),
        }
    }

    /// Whether a newer roster could change it.
    pub(crate) fn may_pass(&self) -> bool {
        matches!(
            self.code,
            "probe.not_a_member" | "probe.no_permit" | "probe.foreign" | "probe.epoch"
        )
    }
}

/// A request that is answered.
#[derive(Debug)]
pub(crate) struct Admitted {
    pub(crate) ask: Ask,
    pub(crate) validator: Address,
}

/// What was asked in the present epoch.
#[derive(Debug, Default)]
struct Asked {
    epoch: SubnetEpoch,
    by: BTreeMap<Registration, Counted>,
}

#[derive(Debug, Default)]
struct Counted {
    requests: u32,
    probes: BTreeSet<Digest>,
}

/// Whom the miner answers.
#[derive(Debug)]
pub(crate) struct Gate {
    pub(crate) chain: ChainId,
    pub(crate) subnet: SubnetId,
    /// The miner's own account.
    pub(crate) own: Address,
    asked: Mutex<Asked>,
}

impl Gate {
    pub(crate) fn new(chain: ChainId, subnet: SubnetId, own: Address) -> Self {
        Self {
            chain,
            subnet,
            own,
            asked: Mutex::default(),
        }
    }

    /// Looks at a request; whatever it admits counts as asked.
    pub(crate) fn admit(
        &self,
        roster: &Roster,
        header: Option<&str>,
        body: &[u8],
        now_ms: u64,
    ) -> Result<Admitted, Refusal> {
        let validator = self.signer(header, body, now_ms)?;
        // Only a member's body is parsed.
        let seat = permitted(roster, validator)?;
        let ask: Ask = serde_json::from_slice(body).map_err(|error| {
            Refusal::new(
                400,
                "probe.malformed",
                format!("the body is no request: {error}"),
            )
        })?;
        self.check_names(roster, &ask, &seat)?;
        self.count(&ask)?;
        Ok(Admitted { ask, validator })
    }

    fn signer(&self, header: Option<&str>, body: &[u8], now_ms: u64) -> Result<Address, Refusal> {
        let Some(header) = header else {
            return Err(Refusal::new(
                401,
                "probe.unsigned",
                "the request isn't signed: sign it as specs/subnet-miners.md says",
            ));
        };
        let refuse = |error: lilliput_client::RequestSignatureError| {
            Refusal::new(401, "probe.signature", error.to_string())
        };
        let signature: RequestSignature = header.parse().map_err(refuse)?;
        signature
            .check(self.chain, "POST", PATH, body, now_ms)
            .map_err(refuse)
    }

    /// The request is meant for this miner, comes from whom it names, and is of the present epoch.
    fn check_names(&self, roster: &Roster, ask: &Ask, seat: &RosterSeat) -> Result<(), Refusal> {
        let own = roster.seats.get(&self.own).map(|own| own.registration);
        if ask.subnet != self.subnet || Some(ask.miner) != own {
            return Err(Refusal::new(
                403,
                "probe.foreign",
                "the questions are for another miner",
            ));
        }
        if ask.validator != seat.uid || ask.validator_registration != seat.registration {
            return Err(Refusal::new(
                403,
                "probe.foreign",
                "the request names another uid or registration than its signer has",
            ));
        }
        if ask.epoch != roster.epoch {
            return Err(past(roster.epoch, ask.epoch));
        }
        Ok(())
    }

    /// New questions, not too many.
    fn count(&self, ask: &Ask) -> Result<(), Refusal> {
        if ask.probes.is_empty() {
            return Err(Refusal::new(400, "probe.malformed", "nothing is asked"));
        }
        let mut asked = self.asked.lock().unwrap_or_else(PoisonError::into_inner);
        if asked.epoch > ask.epoch {
            return Err(past(asked.epoch, ask.epoch));
        }
        if asked.epoch < ask.epoch {
            *asked = Asked {
                epoch: ask.epoch,
                by: BTreeMap::new(),
            };
        }
        // At most as many entries as there are validators with a permit.
        let counted = asked.by.entry(ask.validator_registration).or_default();
        if counted.requests >= REQUESTS_AN_EPOCH_MAX
            || counted.probes.len() + ask.probes.len() > PROBES_AN_EPOCH_MAX
        {
            return Err(Refusal::new(
                429,
                "probe.too_many",
                format!(
                    "at most {REQUESTS_AN_EPOCH_MAX} requests and {PROBES_AN_EPOCH_MAX} questions an epoch: wait for the next one"
                ),
            ));
        }
        let fresh: BTreeSet<Digest> = ask.probes.iter().map(|probe| probe.id).collect();
        if fresh.len() != ask.probes.len() || !fresh.is_disjoint(&counted.probes) {
            return Err(Refusal::new(
                409,
                "probe.replayed",
                "a question was asked before: draw new ones",
            ));
        }
        counted.requests += 1;
        counted.probes.extend(fresh);
        Ok(())
    }
}

fn past(now: SubnetEpoch, asked: SubnetEpoch) -> Refusal {
    Refusal::new(
        409,
        "probe.epoch",
        format!("this is epoch {now}, not {asked}"),
    )
}

/// The signer's seat, if it may ask.
fn permitted(roster: &Roster, signer: Address) -> Result<RosterSeat, Refusal> {
    match roster.seats.get(&signer) {
        None => Err(Refusal::new(
            403,
            "probe.not_a_member",
            format!("{signer} isn't a member of the subnet"),
        )),
        Some(seat) if !seat.permit => Err(Refusal::new(
            403,
            "probe.no_permit",
            format!("uid {} has too little stake for a permit", seat.uid),
        )),
        Some(seat) => Ok(*seat),
    }
}

#[cfg(test)]
mod tests;
