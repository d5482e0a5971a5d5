//! Everything an account can ask of the ledger.

use borsh::{BorshDeserialize, BorshSerialize};
use serde::{Deserialize, Serialize};

use crate::bank::BankMessage;
use crate::identity::IdentityMessage;
use crate::job::JobMessage;
use crate::login::LoginMessage;
use crate::market::MarketMessage;
use crate::prices::PricesMessage;
use crate::provider::ProviderMessage;
use crate::registry::RegistryMessage;
use crate::storage::StorageMessage;
use crate::subnet::SubnetMessage;
use crate::tournament::TournamentMessage;
use crate::{BlobId, Segment};

/// One message, by the module that answers for it. New modules are added at the end.
#[derive(Clone, Debug, PartialEq, Eq, BorshSerialize, BorshDeserialize, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Message {
    /// Assets and payments.
    Bank(BankMessage),
    /// Models.
    Registry(RegistryMessage),
    /// Providers and offers.
    Provider(ProviderMessage),
    /// Jobs.
    Job(JobMessage),
    /// Subnets, their members and stake.
    Subnet(SubnetMessage),
    /// Tournaments.
    Tournament(TournamentMessage),
    /// Feeds of prices, and contests of signals on them.
    Prices(PricesMessage),
    /// Issuers, groups of humans, and apps they come to.
    Identity(IdentityMessage),
    /// Accounts that belong to a login elsewhere.
    Login(LoginMessage),
    /// Orders for compute, bids, leases.
    Market(MarketMessage),
    /// Blobs that are stored for money.
    Storage(StorageMessage),
}

impl Message {
    /// The segment that this message's fee is booked to.
    #[must_use]
    pub const fn segment(&self) -> Segment {
        match self {
            Self::Bank(BankMessage::Toll(_)) => Segment::Identity,
            Self::Bank(_) | Self::Job(JobMessage::Answer(_)) => Segment::Security,
            Self::Registry(_) | Self::Subnet(_) | Self::Tournament(_) | Self::Prices(_) => {
                Segment::Software
            }
            Self::Identity(_) | Self::Login(_) => Segment::Identity,
            Self::Provider(_)
            | Self::Job(JobMessage::Order(_) | JobMessage::Accept(_))
            | Self::Market(_)
            | Self::Storage(_) => Segment::Iaas,
        }
    }

    /// By how many KiB the fee is higher than that of the bytes.
    #[must_use]
    pub const fn extra_kib(&self) -> u64 {
        match self {
            Self::Identity(message) => message.extra_kib(),
            Self::Bank(_)
            | Self::Registry(_)
            | Self::Provider(_)
            | Self::Job(_)
            | Self::Subnet(_)
            | Self::Tournament(_)
            | Self::Prices(_)
            | Self::Login(_)
            | Self::Market(_)
            | Self::Storage(_) => 0,
        }
    }

    /// The blobs that must travel with this message.
    pub fn blobs(&self) -> impl Iterator<Item = BlobId> {
        let blobs = match self {
            Self::Registry(RegistryMessage::Publish(publish)) => [Some(publish.key), None],
            Self::Registry(RegistryMessage::Succeed(succeed)) => {
                [Some(succeed.key), Some(succeed.link)]
            }
            Self::Job(JobMessage::Answer(answer)) => [Some(answer.proof), None],
            Self::Tournament(message) => [message.blob(), None],
            Self::Bank(_)
            | Self::Registry(RegistryMessage::Update(_) | RegistryMessage::RegisterAttempt(_))
            | Self::Provider(_)
            | Self::Job(JobMessage::Order(_) | JobMessage::Accept(_))
            | Self::Subnet(_)
            | Self::Prices(_)
            | Self::Identity(_)
            | Self::Login(_)
            | Self::Market(_)
            | Self::Storage(_) => [None, None],
        };
        blobs.into_iter().flatten()
    }
}
