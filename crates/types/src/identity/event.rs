//! What changed about identities.

use borsh::{BorshDeserialize, BorshSerialize};
use lilliput_crypto::Digest;
use serde::{Deserialize, Serialize};

use super::{AppId, ChangeCause, GroupId, IssuerId};
use crate::{Address, Commitment, GroupRoot, Nullifier};

/// One change.
#[derive(Clone, Debug, PartialEq, Eq, BorshSerialize, BorshDeserialize, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum IdentityEvent {
    /// A new issuer.
    IssuerAdded {
        /// Which.
        issuer: IssuerId,
        /// Whose.
        owner: Address,
    },
    /// An issuer says something else of itself.
    IssuerSet {
        /// Which.
        issuer: IssuerId,
        /// Whose it is now.
        owner: Address,
    },
    /// A new group.
    GroupOpened {
        /// Which.
        group: GroupId,
        /// Whose.
        owner: Address,
    },
    /// A group believes an issuer more or less.
    WeightSet {
        /// Which group.
        group: GroupId,
        /// Which issuer.
        issuer: IssuerId,
        /// How much.
        weight: u32,
    },
    /// A new member.
    Joined {
        /// Of which group.
        group: GroupId,
        /// Its seat.
        seat: u64,
        /// Its account.
        account: Address,
        /// Its commitment.
        commitment: Commitment,
    },
    /// Another commitment waits for a period.
    ChangeAsked {
        /// In which group.
        group: GroupId,
        /// For which seat.
        seat: u64,
        /// Whose the seat is.
        account: Address,
        /// Which.
        commitment: Commitment,
        /// For which period.
        period: u64,
        /// Why.
        cause: ChangeCause,
    },
    /// A commitment entered as the one before left.
    Changed {
        /// In which group.
        group: GroupId,
        /// Of which seat.
        seat: u64,
        /// What left; none where a removed member comes back.
        old: Option<Commitment>,
        /// What entered.
        new: Commitment,
    },
    /// Evidence counts no longer.
    Revoked {
        /// In which group.
        group: GroupId,
        /// Whose evidence.
        issuer: IssuerId,
        /// About whom.
        subject: Digest,
        /// For which seat.
        seat: u64,
    },
    /// A member was removed, at once; older roots count no longer.
    Removed {
        /// From which group.
        group: GroupId,
        /// From which seat.
        seat: u64,
        /// What left.
        commitment: Commitment,
    },
    /// A group has another root.
    Rooted {
        /// Which group.
        group: GroupId,
        /// The root.
        root: GroupRoot,
    },
    /// A new app.
    AppOpened {
        /// Which.
        app: AppId,
        /// Of which group.
        group: GroupId,
        /// Whose.
        owner: Address,
    },
    /// A member came.
    CheckedIn {
        /// To which app.
        app: AppId,
        /// In which period.
        period: u64,
        /// What it showed.
        nullifier: Nullifier,
        /// What it said.
        message: Digest,
    },
}
