//! Login: accounts that belong to a login at an OpenID provider, and the keys that sign for them for a while.
//!
//! | module | purpose |
//! |---|---|
//! | this one | messages, addresses, what a salt key signs |
//! | `record` | what the state holds |
//! | `event` | what changed |
//!
//! `specs/login.md` is normative.

mod event;
mod record;

use borsh::{BorshDeserialize, BorshSerialize};
use lilliput_crypto::{Digest, Label, PublicKey, Signature};
use serde::{Deserialize, Serialize};

use crate::{Address, ChainId, DurationMs, List, LoginIssuerId, Text, TimeMs};

pub use event::LoginEvent;
pub use record::{Issuer, IssuerKeyRecord, LoginSession};

/// The longest name of an issuer or an audience.
pub const NAME_LEN_MAX: u32 = 255;
/// The longest name of a key.
pub const KEY_ID_LEN_MAX: u32 = 128;
/// The longest token.
pub const TOKEN_LEN_MAX: u32 = 8 << 10;
/// The longest part of a token that names its issuer, in a hidden login.
pub const ISSUER_PART_LEN_MAX: u32 = 224;
/// The longest header of a hidden login's token.
pub const HEADER_LEN_MAX: u32 = 248;
/// The longest RSA modulus.
pub const MODULUS_LEN_MAX: u32 = 512;

/// What an account may ask about logins.
#[derive(Clone, Debug, PartialEq, Eq, BorshSerialize, BorshDeserialize, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum LoginMessage {
    /// Keep the keys of a login provider, of which the signer becomes the authority.
    RegisterIssuer(RegisterIssuer),
    /// Hand an issuer's keys to another account; its authority only.
    SetAuthority(SetAuthority),
    /// Publish a key of an issuer with the times between which it counts; its authority only.
    PublishKey(PublishKey),
    /// Let a key count no longer; its issuer's authority only.
    RetireKey(RetireKey),
    /// Let a key sign for the account of a login until it expires.
    Open(OpenSession),
    /// Let a key sign no longer; the account only.
    End(EndSession),
}

/// See [`LoginMessage::RegisterIssuer`].
#[derive(Clone, Debug, PartialEq, Eq, BorshSerialize, BorshDeserialize, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct RegisterIssuer {
    /// What its tokens say as `iss`, to the letter.
    pub issuer: Text<NAME_LEN_MAX>,
    /// The longest session.
    pub session_max_ms: DurationMs,
}

/// See [`LoginMessage::SetAuthority`].
#[derive(
    Clone, Copy, Debug, PartialEq, Eq, BorshSerialize, BorshDeserialize, Serialize, Deserialize,
)]
#[serde(deny_unknown_fields)]
pub struct SetAuthority {
    /// Of which issuer.
    pub issuer: LoginIssuerId,
    /// Who it is from now on.
    pub authority: Address,
}

/// A key that an issuer signs tokens with, and its algorithm.
#[derive(Clone, Debug, PartialEq, Eq, BorshSerialize, BorshDeserialize, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum IssuerKey {
    /// RS256: the modulus, big-endian; the exponent is 65,537.
    Rs256(List<u8, MODULUS_LEN_MAX>),
    /// ES256: the coordinates of a point of P-256.
    Es256(EcPoint),
}

/// A point of a curve.
#[derive(
    Clone, Copy, Debug, PartialEq, Eq, BorshSerialize, BorshDeserialize, Serialize, Deserialize,
)]
#[serde(deny_unknown_fields)]
pub struct EcPoint {
    /// Big-endian.
    pub x: Digest,
    /// Big-endian.
    pub y: Digest,
}

/// See [`LoginMessage::PublishKey`].
#[derive(Clone, Debug, PartialEq, Eq, BorshSerialize, BorshDeserialize, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct PublishKey {
    /// Of which issuer.
    pub issuer: LoginIssuerId,
    /// What tokens call it (`kid`).
    pub key_id: Text<KEY_ID_LEN_MAX>,
    /// The key.
    pub key: IssuerKey,
    /// From when on it counts.
    pub valid_from: TimeMs,
    /// From when on it counts no longer.
    pub valid_until: TimeMs,
}

/// See [`LoginMessage::RetireKey`].
#[derive(Clone, Debug, PartialEq, Eq, BorshSerialize, BorshDeserialize, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct RetireKey {
    /// Of which issuer.
    pub issuer: LoginIssuerId,
    /// Which.
    pub key_id: Text<KEY_ID_LEN_MAX>,
    /// From when on it counts no longer; at once if that is past.
    pub at: TimeMs,
}

/// See [`LoginMessage::Open`].
#[derive(Clone, Debug, PartialEq, Eq, BorshSerialize, BorshDeserialize, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct OpenSession {
    /// Who made the login.
    pub issuer: LoginIssuerId,
    /// The key that may sign.
    pub key: PublicKey,
    /// Until when.
    pub expires_at: TimeMs,
    /// That the login is that of the account.
    pub proof: LoginProof,
}

/// What shows a login.
#[derive(Clone, Debug, PartialEq, Eq, BorshSerialize, BorshDeserialize, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum LoginProof {
    /// The provider's token, readable by everyone.
    Token(TokenProof),
    /// A zkLogin proof: that there is a token, without the token.
    Hidden(Box<HiddenProof>),
}

/// See [`LoginProof::Token`].
#[derive(Clone, Debug, PartialEq, Eq, BorshSerialize, BorshDeserialize, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct TokenProof {
    /// The ID token, in its compact form. Its nonce binds key and expiry.
    pub token: Text<TOKEN_LEN_MAX>,
    /// Whom it is made for: the client id of the app.
    pub audience: Text<NAME_LEN_MAX>,
    /// The random part of the nonce.
    pub randomness: Digest,
    /// The key that the account's salt stands for.
    pub salt_key: PublicKey,
    /// Its signature over [`open_bytes`].
    pub salt_signature: Signature,
}

/// See [`LoginProof::Hidden`].
#[derive(Clone, Debug, PartialEq, Eq, BorshSerialize, BorshDeserialize, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct HiddenProof {
    /// The numbers of the proof's points, each big-endian: a.x, a.y, b.x real, b.x imaginary, b.y real, b.y imaginary, c.x, c.y.
    pub points: [Digest; 8],
    /// The letters of the token that name its issuer.
    pub issuer_part: Text<ISSUER_PART_LEN_MAX>,
    /// At which place of a group of four letters they begin.
    pub index_mod_4: u8,
    /// The token's header in base64.
    pub header: Text<HEADER_LEN_MAX>,
    /// What subject, audience and salt hash to, big-endian.
    pub address_seed: Digest,
}

/// See [`LoginMessage::End`].
#[derive(
    Clone, Copy, Debug, PartialEq, Eq, BorshSerialize, BorshDeserialize, Serialize, Deserialize,
)]
#[serde(deny_unknown_fields)]
pub struct EndSession {
    /// Whose right to sign ends.
    pub key: PublicKey,
}

impl LoginIssuerId {
    /// The issuer that an account registers under a name. Two authorities of one name are two issuers.
    #[must_use]
    pub fn of(authority: Address, issuer: &Text<NAME_LEN_MAX>) -> Self {
        Self(Digest::of_value(Label::LoginIssuer, &(authority, issuer)))
    }
}

/// The account of a login: of an issuer, an audience, a subject and the key that the salt stands for.
#[must_use]
pub fn account(
    issuer: LoginIssuerId,
    audience: &str,
    subject: &str,
    salt_key: PublicKey,
) -> Address {
    let parts = (issuer, audience, subject, salt_key);
    Address(Digest::of_value(Label::LoginAccount, &parts))
}

/// The account of a hidden login: of an issuer and an address seed.
#[must_use]
pub fn hidden_account(issuer: LoginIssuerId, address_seed: Digest) -> Address {
    Address(Digest::of_value(
        Label::LoginHiddenAccount,
        &(issuer, address_seed),
    ))
}

/// What the salt key signs to open a session.
#[must_use]
pub fn open_bytes(
    chain: ChainId,
    issuer: LoginIssuerId,
    key: PublicKey,
    expires_at: TimeMs,
    token: &str,
) -> [u8; 32] {
    let parts = (chain, issuer, key, expires_at, token);
    Digest::of_value(Label::LoginOpen, &parts).0
}
