//! Who or what holds a balance.

use std::fmt;
use std::str::FromStr;

use borsh::{BorshDeserialize, BorshSerialize};

use crate::market::{LeaseId, OrderId};
use crate::prices::{ContestId, FeedId};
use crate::storage::DealId;
use crate::text_form::{ParseError, json_as_text};
use crate::tournament::{RoundId, TournamentId};
use crate::{Address, JobId, Segment, SubnetId};

/// A place where money lies. Only accounts have keys; everything else moves by the rules of the
/// module it belongs to, and no transfer can name it.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, BorshSerialize, BorshDeserialize)]
pub enum Holder {
    /// Someone's account.
    Account(Address),
    /// What a buyer put up for a job.
    Escrow(JobId),
    /// What a provider put up for a job.
    Bond(JobId),
    /// What a provider deposited to draw bonds from.
    Stake(Address),
    /// The network's fees of one segment.
    Fees(Segment),
    /// What was taken from those who broke the rules.
    Treasury,
    /// A subnet's deposit, what it carries over to its next epoch, and prices of registrations that wait.
    Subnet(SubnetId),
    /// The stake behind a subnet's members, and what is leaving it.
    SubnetStake(SubnetId),
    /// What the closed rounds of a tournament left for the next one.
    Tournament(TournamentId),
    /// What is locked in a tournament's round.
    Round(RoundId),
    /// The deposit of a price feed, and the stake of its reporters.
    Feed(FeedId),
    /// The pot of a contest of signals.
    Contest(ContestId),
    /// The two reserves of a subnet's market.
    SubnetMarket(SubnetId),
    /// The deposit of an order that isn't leased.
    Order(OrderId),
    /// The escrow of a lease.
    Lease(LeaseId),
    /// What a provider put up for its bids and leases.
    MarketBond(Address),
    /// What a buyer put up for a stored blob, and its provider's bond.
    Storage(DealId),
}

const EXPECTED: &str = "a holder (lil1…, escrow/JOB, bond/JOB, stake/lil1…, fees/SEGMENT, treasury, subnet/ID, \
    subnet_stake/ID, tournament/NUMBER, round/NUMBER/NUMBER, feed/NUMBER, contest/NUMBER, subnet_market/ID, \
    order/NUMBER, lease/NUMBER, market_bond/lil1… or storage/NUMBER)";

impl From<Address> for Holder {
    fn from(address: Address) -> Self {
        Self::Account(address)
    }
}

impl fmt::Display for Holder {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Account(address) => address.fmt(f),
            Self::Escrow(job) => write!(f, "escrow/{job}"),
            Self::Bond(job) => write!(f, "bond/{job}"),
            Self::Stake(provider) => write!(f, "stake/{provider}"),
            Self::Fees(segment) => write!(f, "fees/{segment}"),
            Self::Treasury => f.write_str("treasury"),
            Self::Subnet(subnet) => write!(f, "subnet/{subnet}"),
            Self::SubnetStake(subnet) => write!(f, "subnet_stake/{subnet}"),
            Self::Tournament(tournament) => write!(f, "tournament/{tournament}"),
            Self::Round(round) => write!(f, "round/{round}"),
            Self::Feed(feed) => write!(f, "feed/{feed}"),
            Self::Contest(contest) => write!(f, "contest/{contest}"),
            Self::SubnetMarket(subnet) => write!(f, "subnet_market/{subnet}"),
            Self::Order(order) => write!(f, "order/{order}"),
            Self::Lease(lease) => write!(f, "lease/{lease}"),
            Self::MarketBond(provider) => write!(f, "market_bond/{provider}"),
            Self::Storage(deal) => write!(f, "storage/{deal}"),
        }
    }
}

impl FromStr for Holder {
    type Err = ParseError;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        let error = |_| ParseError::new(EXPECTED, text);
        match text.split_once('/') {
            None if text == "treasury" => Ok(Self::Treasury),
            None => text.parse().map(Self::Account).map_err(error),
            Some(("escrow", job)) => job.parse().map(Self::Escrow).map_err(error),
            Some(("bond", job)) => job.parse().map(Self::Bond).map_err(error),
            Some(("stake", provider)) => provider.parse().map(Self::Stake).map_err(error),
            Some(("subnet", subnet)) => subnet.parse().map(Self::Subnet).map_err(error),
            Some(("subnet_stake", subnet)) => subnet.parse().map(Self::SubnetStake).map_err(error),
            Some(("fees", segment)) => segment.parse().map(Self::Fees).map_err(error),
            Some(("tournament", id)) => id.parse().map(Self::Tournament).map_err(error),
            Some(("round", id)) => id.parse().map(Self::Round).map_err(error),
            Some(("feed", id)) => id.parse().map(Self::Feed).map_err(error),
            Some(("contest", id)) => id.parse().map(Self::Contest).map_err(error),
            Some(("subnet_market", id)) => id.parse().map(Self::SubnetMarket).map_err(error),
            Some(("order", id)) => id.parse().map(Self::Order).map_err(error),
            Some(("lease", id)) => id.parse().map(Self::Lease).map_err(error),
            Some(("market_bond", provider)) => {
                provider.parse().map(Self::MarketBond).map_err(error)
            }
            Some(("storage", id)) => id.parse().map(Self::Storage).map_err(error),
            Some(_) => Err(ParseError::new(EXPECTED, text)),
        }
    }
}

json_as_text!(Holder);
