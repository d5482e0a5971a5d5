//! Identity: issuers of humans, groups of them, apps that let each in once a period.
//!
//! | module | purpose |
//! |---|---|
//! | this one | messages, evidence, the scope of an app's period |
//! | `id` | issuers, groups, apps |
//! | `record` | what the state holds |
//! | `event` | what changed |
//!
//! `specs/identity.md` is normative. Elements of the proof system stand here as 32 bytes, the highest first; whether they are
//! elements says `lilliput-semaphore`.

mod event;
mod id;
mod record;

use borsh::{BorshDeserialize, BorshSerialize};
use lilliput_crypto::{Digest, Label};
use serde::{Deserialize, Serialize};

use crate::{
    AccountKey, AccountSignature, Address, Amount, ChainId, Commitment, DurationMs, GroupRoot,
    List, LoginIssuerId, Nullifier, Text, TimeMs,
};

use crate::login::{NAME_LEN_MAX, TOKEN_LEN_MAX};

pub use event::IdentityEvent;
pub use id::{AppId, GroupId, IssuerId};
pub use record::{
    App, Attestation, Change, ChangeCause, CheckedIn, Group, Issuer, IssuerWeight, PastRoot, Seat,
};

/// The most issuers that a group believes.
pub const ISSUERS_MAX: u32 = 16;
/// The most pieces of evidence about a seat.
pub const EVIDENCE_MAX: u32 = 4;
/// The most roots before the present one that are kept.
pub const ROOTS_MAX: u32 = 64;

/// What an account may ask about identities.
#[derive(Clone, Debug, PartialEq, Eq, BorshSerialize, BorshDeserialize, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum IdentityMessage {
    /// Add an issuer, of which the signer is the owner.
    AddIssuer(AddIssuer),
    /// Change what an issuer says of itself; its owner only.
    SetIssuer(SetIssuer),
    /// Open a group, of which the signer is the owner.
    OpenGroup(OpenGroup),
    /// Believe an issuer more or less in what comes later; the group's owner only.
    SetWeight(SetWeight),
    /// Take a seat in a group.
    Join(Join),
    /// Use another commitment from the next period on; the seat's account only.
    Rotate(Rotate),
    /// Take one's seat back with another account, and use another commitment from the next period on.
    Recover(Recover),
    /// Let evidence count no longer; the issuer's owner only.
    Revoke(Revoke),
    /// Open an app of a group, of which the signer is the owner.
    OpenApp(OpenApp),
    /// Record that a member came to an app.
    CheckIn(Box<CheckIn>),
}

impl IdentityMessage {
    /// By how many KiB the fee is higher than that of the message's bytes: what pairings and hashes cost.
    #[must_use]
    pub const fn extra_kib(&self) -> u64 {
        match self {
            Self::CheckIn(_) => 16,
            Self::Join(_) | Self::Rotate(_) | Self::Recover(_) | Self::Revoke(_) => 4,
            Self::AddIssuer(_)
            | Self::SetIssuer(_)
            | Self::OpenGroup(_)
            | Self::SetWeight(_)
            | Self::OpenApp(_) => 0,
        }
    }
}

/// How an issuer's evidence is checked.
#[derive(Clone, Debug, PartialEq, Eq, BorshSerialize, BorshDeserialize, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum IssuerKind {
    /// It signs vouchers with this key.
    Vouching {
        /// The key.
        key: AccountKey,
    },
    /// A login provider's ID tokens are the evidence. Its keys are those of the ledger's register of logins.
    Login {
        /// The provider, as an authority keeps its keys.
        provider: LoginIssuerId,
        /// Whom tokens are made for: the client id of the app that people log in with.
        audience: Text<NAME_LEN_MAX>,
    },
}

/// See [`IdentityMessage::AddIssuer`].
#[derive(Clone, Debug, PartialEq, Eq, BorshSerialize, BorshDeserialize, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct AddIssuer {
    /// For people; not unique.
    pub name: Text<64>,
    /// How it tells humans apart, or where that is written.
    pub terms: Text<512>,
    /// How its evidence is checked.
    pub kind: IssuerKind,
    /// What a piece of evidence costs, in the settlement asset.
    pub fee: Amount,
}

/// See [`IdentityMessage::SetIssuer`].
#[derive(Clone, Debug, PartialEq, Eq, BorshSerialize, BorshDeserialize, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct SetIssuer {
    /// Which.
    pub issuer: IssuerId,
    /// Whose it is from now on.
    pub owner: Address,
    /// How it tells humans apart, or where that is written.
    pub terms: Text<512>,
    /// How its evidence is checked.
    pub kind: IssuerKind,
    /// What a piece of evidence costs, in the settlement asset.
    pub fee: Amount,
}

/// See [`IdentityMessage::OpenGroup`].
#[derive(Clone, Debug, PartialEq, Eq, BorshSerialize, BorshDeserialize, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct OpenGroup {
    /// For people; not unique.
    pub name: Text<64>,
    /// What never changes.
    pub terms: GroupTerms,
    /// Whom the group believes.
    pub weights: List<IssuerWeight, ISSUERS_MAX>,
}

/// What never changes about a group.
#[derive(
    Clone, Copy, Debug, PartialEq, Eq, BorshSerialize, BorshDeserialize, Serialize, Deserialize,
)]
#[serde(deny_unknown_fields)]
pub struct GroupTerms {
    /// For how long a nullifier stays the same; commitments change between periods.
    pub period_ms: DurationMs,
    /// For how long a root is taken that was replaced.
    pub root_window_ms: DurationMs,
    /// The weight of evidence that makes a member.
    pub threshold: u32,
}

/// See [`IdentityMessage::SetWeight`].
#[derive(
    Clone, Copy, Debug, PartialEq, Eq, BorshSerialize, BorshDeserialize, Serialize, Deserialize,
)]
#[serde(deny_unknown_fields)]
pub struct SetWeight {
    /// In which group.
    pub group: GroupId,
    /// Whose.
    pub issuer: IssuerId,
    /// Zero to believe it no more.
    pub weight: u32,
}

/// What shows that a human is behind an account.
#[derive(Clone, Debug, PartialEq, Eq, BorshSerialize, BorshDeserialize, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Evidence {
    /// An issuer's word.
    Voucher(Voucher),
    /// A login provider's token. It is readable by everyone, for ever.
    Token(TokenEvidence),
}

impl Evidence {
    /// Whose it is.
    #[must_use]
    pub const fn issuer(&self) -> IssuerId {
        match self {
            Self::Voucher(voucher) => voucher.issuer,
            Self::Token(token) => token.issuer,
        }
    }
}

/// A login at a provider, made to join or recover with this account.
#[derive(Clone, Debug, PartialEq, Eq, BorshSerialize, BorshDeserialize, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct TokenEvidence {
    /// Whose.
    pub issuer: IssuerId,
    /// The ID token, in its compact form. Its nonce binds [`token_binding`] and the expiry.
    pub token: Text<TOKEN_LEN_MAX>,
    /// From when on it counts no longer, on the wall.
    pub expires_at: TimeMs,
    /// The random part of the nonce.
    pub randomness: Digest,
}

/// An issuer's word that a subject is behind the account that brings it.
#[derive(
    Clone, Copy, Debug, PartialEq, Eq, BorshSerialize, BorshDeserialize, Serialize, Deserialize,
)]
#[serde(deny_unknown_fields)]
pub struct Voucher {
    /// Whose word.
    pub issuer: IssuerId,
    /// The issuer's name for the human.
    pub subject: Digest,
    /// When it was given.
    pub issued_at: TimeMs,
    /// From when on it counts no longer.
    pub expires_at: TimeMs,
    /// Over [`voucher_bytes`], by the issuer's key.
    pub signature: AccountSignature,
}

/// See [`IdentityMessage::Join`].
#[derive(Clone, Debug, PartialEq, Eq, BorshSerialize, BorshDeserialize, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Join {
    /// Which group.
    pub group: GroupId,
    /// Of the secret that only the member knows.
    pub commitment: Commitment,
    /// From different issuers.
    pub evidence: List<Evidence, EVIDENCE_MAX>,
}

/// See [`IdentityMessage::Rotate`].
#[derive(
    Clone, Copy, Debug, PartialEq, Eq, BorshSerialize, BorshDeserialize, Serialize, Deserialize,
)]
#[serde(deny_unknown_fields)]
pub struct Rotate {
    /// In which group.
    pub group: GroupId,
    /// The new one; never used in the group before.
    pub commitment: Commitment,
}

/// See [`IdentityMessage::Recover`].
#[derive(Clone, Debug, PartialEq, Eq, BorshSerialize, BorshDeserialize, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Recover {
    /// In which group.
    pub group: GroupId,
    /// The new one; never used in the group before.
    pub commitment: Commitment,
    /// About subjects of the seat, issued later than what was shown before.
    pub evidence: List<Evidence, EVIDENCE_MAX>,
}

/// See [`IdentityMessage::Revoke`].
#[derive(
    Clone, Copy, Debug, PartialEq, Eq, BorshSerialize, BorshDeserialize, Serialize, Deserialize,
)]
#[serde(deny_unknown_fields)]
pub struct Revoke {
    /// In which group.
    pub group: GroupId,
    /// Whose evidence.
    pub issuer: IssuerId,
    /// About whom.
    pub subject: Digest,
}

/// See [`IdentityMessage::OpenApp`].
#[derive(Clone, Debug, PartialEq, Eq, BorshSerialize, BorshDeserialize, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct OpenApp {
    /// Whose members it lets in.
    pub group: GroupId,
    /// For people; not unique.
    pub name: Text<64>,
}

/// See [`IdentityMessage::CheckIn`]. The scope isn't part of it: it follows from app and period.
#[derive(
    Clone, Copy, Debug, PartialEq, Eq, BorshSerialize, BorshDeserialize, Serialize, Deserialize,
)]
#[serde(deny_unknown_fields)]
pub struct CheckIn {
    /// At which app.
    pub app: AppId,
    /// In which period: the one that runs.
    pub period: u64,
    /// Of the circuit.
    pub depth: u8,
    /// Of the group.
    pub root: GroupRoot,
    /// Of the member, for this app and period.
    pub nullifier: Nullifier,
    /// What the member says; a number, the highest byte first.
    pub message: Digest,
    /// The proof's points as the client orders them, each coordinate's highest byte first.
    pub points: [Digest; 8],
}

/// What an issuer signs to vouch for an account.
#[must_use]
pub fn voucher_bytes(
    chain: ChainId,
    group: GroupId,
    account: Address,
    voucher: &Voucher,
) -> [u8; 32] {
    let (issuer, subject) = (voucher.issuer, voucher.subject);
    let times = (voucher.issued_at, voucher.expires_at);
    let parts = (chain, issuer, group, subject, account, times);
    *Digest::of_value(Label::IdentityVoucher, &parts).as_bytes()
}

/// What stands in a token's nonce in the place of a session's key: it joins this group with this account, and is no session.
#[must_use]
pub fn token_binding(group: GroupId, issuer: IssuerId, account: Address) -> Digest {
    Digest::of_value(Label::IdentityToken, &(group, issuer, account))
}

/// The name of a login's subject. Everyone who knows the subject can compute it.
#[must_use]
pub fn login_subject(provider: LoginIssuerId, audience: &str, subject: &str) -> Digest {
    Digest::of_value(Label::IdentitySubject, &(provider, audience, subject))
}

/// What proofs for an app in a period are for: a number, the highest byte first. Another one for each chain, app and period,
/// so that nothing links what a member shows in two of them.
#[must_use]
pub fn scope(chain: ChainId, app: AppId, period: u64) -> Digest {
    Digest::of_value(Label::IdentityScope, &(chain, app, period))
}
