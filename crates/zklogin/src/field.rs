//! Texts and numbers as elements of the curve's scalar field, and their Poseidon hashes, as the circuit computes them.

use std::fmt;

use ark_bn254::{Fq, Fr};
use ark_ff::{BigInt, BigInteger, PrimeField};
use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use light_poseidon::{Poseidon, PoseidonHasher};

use crate::error::ZkLoginError;

/// How many bytes go into an element: 248 bits.
const PACK_LEN: usize = 31;
/// The longest name of a claim, value of a claim and audience in the address seed.
const NAME_LEN_MAX: usize = 32;
const VALUE_LEN_MAX: usize = 115;
const AUDIENCE_LEN_MAX: usize = 145;

/// What an account follows from: a hash of claim, audience and salt. 32 bytes, the highest first, below the field's order.
#[derive(Clone, Copy, PartialEq, Eq)]
pub struct Seed(pub(crate) Fr);

impl Seed {
    /// From bytes, if they are canonical.
    ///
    /// # Errors
    /// When they are the field's order or above.
    pub fn from_bytes(bytes: &[u8; 32]) -> Result<Self, ZkLoginError> {
        let what = "the address seed";
        let number = Fr::from_bigint(limbs(bytes));
        number.map(Self).ok_or(ZkLoginError::Number { what })
    }

    /// From decimal digits without leading zeros.
    ///
    /// # Errors
    /// When they are anything else.
    pub fn from_decimal(text: &str) -> Result<Self, ZkLoginError> {
        let what = "the address seed";
        Self::from_bytes(&decimal(what, text)?)
    }

    /// The 32 bytes.
    #[must_use]
    pub fn to_bytes(self) -> [u8; 32] {
        let bytes = self.0.into_bigint().to_bytes_be();
        bytes.try_into().expect("an element has 32 bytes")
    }
}

impl fmt::Debug for Seed {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Seed({})", self.0.into_bigint())
    }
}

impl fmt::Display for Seed {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}", self.0.into_bigint())
    }
}

/// The address seed of a subject at an audience, with a salt in decimal digits.
///
/// # Errors
/// When a part is too long, not ASCII, or the salt isn't a number of the field.
pub fn address_seed(subject: &str, audience: &str, salt: &str) -> Result<Seed, ZkLoginError> {
    let salt = Fr::from_bigint(limbs(&decimal("the salt", salt)?));
    let salt = salt.ok_or(ZkLoginError::Number { what: "the salt" })?;
    let hashed = poseidon(&[
        text("claim's name", "sub", NAME_LEN_MAX)?,
        text("subject", subject, VALUE_LEN_MAX)?,
        text("audience", audience, AUDIENCE_LEN_MAX)?,
        poseidon(&[salt])?,
    ]);
    hashed.map(Seed)
}

/// The nonce that a zkLogin token has, for an ephemeral key, its last epoch and a random number in decimal digits.
///
/// # Errors
/// When the key is too short or long, or the number isn't one of the field.
pub fn nonce(
    ephemeral_key: &[u8],
    max_epoch: u64,
    randomness: &str,
) -> Result<String, ZkLoginError> {
    let what = "the randomness";
    let random = Fr::from_bigint(limbs(&decimal(what, randomness)?));
    let random = random.ok_or(ZkLoginError::Number { what })?;
    let [first, second] = halves(ephemeral_key)?;
    let hash = poseidon(&[first, second, Fr::from(max_epoch), random])?;
    let bytes = Seed(hash).to_bytes();
    Ok(URL_SAFE_NO_PAD.encode(bytes.get(12..).unwrap_or_default()))
}

/// The ephemeral key, as two elements: its last 16 bytes, and what is before them.
pub(crate) fn halves(key: &[u8]) -> Result<[Fr; 2], ZkLoginError> {
    use crate::verify::{EPHEMERAL_LEN_MAX as MOST, EPHEMERAL_LEN_MIN as LEAST};
    bounded("ephemeral key", key.len(), LEAST, MOST)?;
    let (first, second) = key.split_at(key.len() - 16);
    Ok([first, second].map(Fr::from_be_bytes_mod_order))
}

/// A text, padded with zeros to the longest it may be.
pub(crate) fn text(what: &'static str, text: &str, len_max: usize) -> Result<Fr, ZkLoginError> {
    bounded(what, text.len(), 1, len_max)?;
    if !text.is_ascii() {
        return Err(ZkLoginError::Number { what });
    }
    let mut padded = text.as_bytes().to_vec();
    padded.resize(len_max, 0);
    packed(&padded)
}

/// Bytes in elements of 31 from the end on, hashed.
pub(crate) fn packed(bytes: &[u8]) -> Result<Fr, ZkLoginError> {
    let mut elements: Vec<Fr> = bytes
        .rchunks(PACK_LEN)
        .map(Fr::from_be_bytes_mod_order)
        .collect();
    elements.reverse();
    poseidon(&elements)
}

/// The hash of one to twelve elements.
pub(crate) fn poseidon(elements: &[Fr]) -> Result<Fr, ZkLoginError> {
    let hashed =
        Poseidon::<Fr>::new_circom(elements.len()).and_then(|mut poseidon| poseidon.hash(elements));
    hashed.map_err(|_| ZkLoginError::Length {
        what: "hash's input in elements",
        least: 1,
        most: 12,
        got: elements.len(),
    })
}

/// A coordinate of a point.
pub(crate) fn coordinate(what: &'static str, bytes: &[u8; 32]) -> Result<Fq, ZkLoginError> {
    Fq::from_bigint(limbs(bytes)).ok_or(ZkLoginError::Number { what })
}

fn limbs(bytes: &[u8; 32]) -> BigInt<4> {
    let mut limbs = [0; 4];
    for (limb, some) in limbs.iter_mut().zip(bytes.rchunks(8)) {
        *limb = some
            .iter()
            .fold(0, |sum: u64, byte| sum << 8 | u64::from(*byte));
    }
    BigInt::new(limbs)
}

/// Decimal digits without leading zeros as 32 bytes, the highest first.
pub(crate) fn decimal(what: &'static str, text: &str) -> Result<[u8; 32], ZkLoginError> {
    let wrong = || ZkLoginError::Number { what };
    let canonical = text == "0" || !text.starts_with('0');
    if text.is_empty() || text.len() > 78 || !canonical {
        return Err(wrong());
    }
    let mut bytes = [0; 32];
    for digit in text.bytes() {
        let mut carry = u16::from(
            digit
                .checked_sub(b'0')
                .filter(|digit| *digit < 10)
                .ok_or_else(wrong)?,
        );
        for byte in bytes.iter_mut().rev() {
            let sum = u16::from(*byte) * 10 + carry;
            *byte = (sum & 0xff) as u8;
            carry = sum >> 8;
        }
        if carry > 0 {
            return Err(wrong());
        }
    }
    Ok(bytes)
}

pub(crate) fn bounded(
    what: &'static str,
    got: usize,
    least: usize,
    most: usize,
) -> Result<(), ZkLoginError> {
    if (least..=most).contains(&got) {
        return Ok(());
    }
    Err(ZkLoginError::Length {
        what,
        least,
        most,
        got,
    })
}
