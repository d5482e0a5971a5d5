//! The wire types of x402 version 2.

use base64::Engine;
use base64::engine::general_purpose::{STANDARD, STANDARD_NO_PAD};
use serde::de::DeserializeOwned;
use serde::{Deserialize, Serialize};
use serde_json::{Map, Value};

/// The header in which the gate says what a request costs.
pub const PAYMENT_REQUIRED: &str = "payment-required";
/// The header in which a client pays.
pub const PAYMENT_SIGNATURE: &str = "payment-signature";
/// The header in which the gate says what became of a payment.
pub const PAYMENT_RESPONSE: &str = "payment-response";
/// The version spoken.
pub(crate) const VERSION: u8 = 2;
/// The longest header that is read, as base64.
pub(crate) const HEADER_LEN_MAX: usize = 16 << 10;

/// What is paid for.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Resource {
    /// Its address.
    pub url: String,
    /// For people.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub description: Option<String>,
    /// What it is.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub mime_type: Option<String>,
}

/// One way to pay.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Requirements {
    /// `exact`.
    pub scheme: String,
    /// The network, by CAIP-2.
    pub network: String,
    /// How much, in the asset's smallest unit.
    pub amount: String,
    /// In which asset.
    pub asset: String,
    /// To whom.
    pub pay_to: String,
    /// How long the payment may take.
    pub max_timeout_seconds: u64,
    /// What the scheme needs besides, and our offer.
    #[serde(default)]
    pub extra: Map<String, Value>,
}

/// What the gate answers with 402.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct PaymentRequired {
    /// 2.
    pub x402_version: u8,
    /// Why.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub error: Option<String>,
    /// For what.
    pub resource: Resource,
    /// The ways to pay.
    pub accepts: Vec<Requirements>,
    /// What else is offered.
    #[serde(default, skip_serializing_if = "Map::is_empty")]
    pub extensions: Map<String, Value>,
}

/// What a client pays with.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct PaymentPayload {
    /// 2.
    pub x402_version: u8,
    /// For what, as the client understood it; what counts is the request and the offer.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub resource: Option<Resource>,
    /// The way it chose.
    pub accepted: Requirements,
    /// What the scheme pays with.
    pub payload: Value,
    /// What else it sends along.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub extensions: Option<Value>,
}

/// What became of a payment.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Settlement {
    /// Whether it was settled.
    pub success: bool,
    /// Why not.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub error_reason: Option<String>,
    /// Who paid.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub payer: Option<String>,
    /// The transaction, empty when there is none.
    pub transaction: String,
    /// On which network.
    pub network: String,
    /// How much was paid.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub amount: Option<String>,
    /// The receipt, and what else there is.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub extensions: Option<Value>,
}

macro_rules! as_header {
    ($($type:ty),+) => {
        $(impl $type {
            /// As a header has it: JSON in base64.
            #[must_use]
            pub fn to_header(&self) -> String {
                to_header(self)
            }

            /// Reads a header, bounded before it is decoded; `None` when it is no such value.
            #[must_use]
            pub fn from_header(header: &str) -> Option<Self> {
                from_header(header)
            }
        })+
    };
}

as_header!(PaymentRequired, PaymentPayload, Settlement);

/// A value as a header has it: JSON in base64.
pub(crate) fn to_header<T: Serialize>(value: &T) -> String {
    // Every type here has text keys and no fallible parts.
    STANDARD.encode(serde_json::to_vec(value).unwrap_or_default())
}

/// Reads a header, bounded before it is decoded.
pub(crate) fn from_header<T: DeserializeOwned>(header: &str) -> Option<T> {
    if header.len() > HEADER_LEN_MAX {
        return None;
    }
    let header = header.trim().trim_end_matches('=');
    let json = STANDARD_NO_PAD.decode(header).ok()?;
    serde_json::from_slice(&json).ok()
}
