//! Payments on EVM networks: EIP-3009 authorisations, signed by EIP-712.

use std::fmt;
use std::str::FromStr;

use k256::ecdsa::{RecoveryId, Signature, SigningKey, VerifyingKey};
use serde::Deserialize;
use serde_json::{Value, json};
use sha3::{Digest, Keccak256};

use crate::error::TollError;
use crate::payment::rail::Claim;
use crate::payment::record::PaymentId;
use crate::payment::x402::Requirements;

/// An account or contract of an EVM network.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct EvmAddress(pub [u8; 20]);

/// A token with EIP-3009 on an EVM network, such as USDC.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct EvmToken {
    /// The network's number.
    pub chain_id: u64,
    /// The token's contract.
    pub contract: EvmAddress,
    /// The name in its signing domain.
    pub name: String,
    /// The version in its signing domain.
    pub version: String,
}

/// A transfer that a payer authorises; anyone may have it carried out, once.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Transfer {
    /// Who pays.
    pub from: EvmAddress,
    /// Whom.
    pub to: EvmAddress,
    /// How much.
    pub value: u128,
    /// Counts after this second,
    pub valid_after: u64,
    /// and before this one.
    pub valid_before: u64,
    /// Names it among the payer's.
    pub nonce: [u8; 32],
}

/// The payload of scheme `exact` by EIP-3009.
#[derive(Clone, Debug, Deserialize)]
pub(crate) struct Authorized {
    signature: String,
    pub(crate) authorization: Authorization,
}

#[derive(Clone, Debug, Deserialize)]
#[serde(rename_all = "camelCase")]
pub(crate) struct Authorization {
    pub(crate) from: String,
    to: String,
    value: String,
    valid_after: String,
    valid_before: String,
    pub(crate) nonce: String,
}

const DOMAIN: &str =
    "EIP712Domain(string name,string version,uint256 chainId,address verifyingContract)";
const TRANSFER: &str = "TransferWithAuthorization(address from,address to,uint256 value,\
    uint256 validAfter,uint256 validBefore,bytes32 nonce)";

pub(crate) fn keccak(bytes: &[u8]) -> [u8; 32] {
    Keccak256::digest(bytes).into()
}

impl EvmToken {
    /// The network by CAIP-2.
    #[must_use]
    pub fn network(&self) -> String {
        format!("eip155:{}", self.chain_id)
    }

    /// Checks an authorisation: that it pays just what is required, and that the payer signed it.
    pub(crate) fn check(
        &self,
        requirements: &Requirements,
        payload: &Value,
    ) -> Result<Claim, String> {
        let paid = Authorized::deserialize(payload)
            .map_err(|_| "the payload is no EIP-3009 authorisation with a signature".to_owned())?;
        let authorization = &paid.authorization;
        let address = |text: &str| {
            let address: Result<EvmAddress, _> = text.parse();
            address.map_err(|error| error.to_string())
        };
        let from = address(&authorization.from)?;
        let to = address(&authorization.to)?;
        if to != address(&requirements.pay_to)? {
            return Err(format!("it pays {to}, expected {}", requirements.pay_to));
        }
        let value = number(&authorization.value)?;
        if value.to_string() != requirements.amount {
            return Err(format!("it pays {value}, expected {}", requirements.amount));
        }
        let seconds = |text: &str| number(text).map(u64::try_from);
        let too_far = |_| "its times are too far away".to_owned();
        let valid_after = seconds(&authorization.valid_after)?.map_err(too_far)?;
        let valid_before = seconds(&authorization.valid_before)?.map_err(too_far)?;
        let nonce = bytes::<32>(&authorization.nonce)?;
        let structure = Transfer {
            from,
            to,
            value,
            valid_after,
            valid_before,
            nonce,
        };
        let signer = self.signer(&structure.hash(), &bytes::<65>(&paid.signature)?)?;
        if signer != from {
            return Err(format!("it was signed by {signer}, not by {from}"));
        }
        let network = self.network();
        let parts: [&[u8]; 4] = [network.as_bytes(), &self.contract.0, &from.0, &nonce];
        Ok(Claim {
            id: PaymentId::of(&parts),
            payer: from.to_string(),
            // The contract wants a time strictly between the two.
            valid_from: valid_after.saturating_add(1),
            valid_until: valid_before.saturating_sub(1),
        })
    }

    /// Authorises a transfer, as a payer does: the payload of scheme `exact`.
    ///
    /// # Errors
    /// When the secret is no key.
    pub fn authorize(&self, secret: &[u8; 32], transfer: &Transfer) -> Result<Value, TollError> {
        let key = SigningKey::from_slice(secret).map_err(|_| TollError::EvmKey)?;
        let message = self.message(&transfer.hash());
        let (pair, id) = key.sign_prehash_recoverable(&message);
        let mut signature = pair.to_bytes().to_vec();
        signature.push(27 + id.to_byte());
        Ok(json!({
            "signature": format!("0x{}", hex::encode(signature)),
            "authorization": {
                "from": transfer.from.to_string(),
                "to": transfer.to.to_string(),
                "value": transfer.value.to_string(),
                "validAfter": transfer.valid_after.to_string(),
                "validBefore": transfer.valid_before.to_string(),
                "nonce": format!("0x{}", hex::encode(transfer.nonce)),
            },
        }))
    }

    /// What is signed for a typed structure in this token's domain.
    fn message(&self, structure: &[u8; 32]) -> [u8; 32] {
        let mut words = Vec::with_capacity(5 * 32);
        words.extend(keccak(DOMAIN.as_bytes()));
        words.extend(keccak(self.name.as_bytes()));
        words.extend(keccak(self.version.as_bytes()));
        words.extend(word(&self.chain_id.to_be_bytes()));
        words.extend(word(&self.contract.0));
        let mut message = Vec::with_capacity(66);
        message.extend(b"\x19\x01");
        message.extend(keccak(&words));
        message.extend(structure);
        keccak(&message)
    }

    /// Who signed a typed structure in this token's domain.
    fn signer(&self, structure: &[u8; 32], signature: &[u8; 65]) -> Result<EvmAddress, String> {
        let bad = |_| "the signature is none of this authorisation".to_owned();
        let [pair @ .., v] = signature;
        let pair = Signature::from_slice(pair).map_err(bad)?;
        // The other half of the curve would be a second signature of the same thing; contracts refuse it.
        if pair.normalize_s() != pair {
            return Err("the signature's s is in the upper half".to_owned());
        }
        let id = match v {
            0 | 27 => RecoveryId::new(false, false),
            1 | 28 => RecoveryId::new(true, false),
            _ => return Err(format!("the signature's v is {v}, expected 27 or 28")),
        };
        let key =
            VerifyingKey::recover_from_prehash(&self.message(structure), &pair, id).map_err(bad)?;
        Ok(EvmAddress::of(&key))
    }
}

impl Transfer {
    fn hash(&self) -> [u8; 32] {
        let mut words = Vec::with_capacity(7 * 32);
        words.extend(keccak(TRANSFER.as_bytes()));
        words.extend(word(&self.from.0));
        words.extend(word(&self.to.0));
        words.extend(word(&self.value.to_be_bytes()));
        words.extend(word(&self.valid_after.to_be_bytes()));
        words.extend(word(&self.valid_before.to_be_bytes()));
        words.extend(self.nonce);
        keccak(&words)
    }
}

impl EvmAddress {
    /// The account of a secret key.
    ///
    /// # Errors
    /// When the secret is no key.
    pub fn of_secret(secret: &[u8; 32]) -> Result<Self, TollError> {
        let key = SigningKey::from_slice(secret).map_err(|_| TollError::EvmKey)?;
        Ok(Self::of(key.verifying_key()))
    }

    fn of(key: &VerifyingKey) -> Self {
        let point = key.to_sec1_point(false);
        let hash = keccak(point.as_bytes().get(1..).unwrap_or_default());
        let mut address = [0; 20];
        for (place, byte) in address.iter_mut().zip(hash.iter().skip(12)) {
            *place = *byte;
        }
        Self(address)
    }

    /// As a word of 32 bytes.
    pub(crate) fn word(&self) -> [u8; 32] {
        word(&self.0)
    }
}

impl fmt::Display for EvmAddress {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "0x{}", hex::encode(self.0))
    }
}

impl fmt::Debug for EvmAddress {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{self}")
    }
}

impl FromStr for EvmAddress {
    type Err = TollError;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        let error = |_| TollError::EvmAddress(text.chars().take(60).collect());
        bytes::<20>(text).map(Self).map_err(error)
    }
}

/// Bytes in front of which zeros make a word of 32.
fn word(bytes: &[u8]) -> [u8; 32] {
    let mut word = [0; 32];
    for (place, byte) in word.iter_mut().rev().zip(bytes.iter().rev()) {
        *place = *byte;
    }
    word
}

/// Exactly so many bytes in hexadecimal, after `0x`.
pub(crate) fn bytes<const N: usize>(text: &str) -> Result<[u8; N], String> {
    let error = || format!("expected 0x and {} hexadecimal digits", 2 * N);
    let digits = text.strip_prefix("0x").ok_or_else(error)?;
    if digits.len() != 2 * N {
        return Err(error());
    }
    let bytes = hex::decode(digits).map_err(|_| error())?;
    bytes.try_into().map_err(|_| error())
}

/// A whole number, as decimal digits without zeros in front.
fn number(text: &str) -> Result<u128, String> {
    let error = || "expected a whole number below 2^128".to_owned();
    let canonical = text == "0" || !text.starts_with('0');
    if !canonical || !text.bytes().all(|byte| byte.is_ascii_digit()) {
        return Err(error());
    }
    text.parse().map_err(|_| error())
}
