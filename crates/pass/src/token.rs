//! Tokens: publicly verifiable Privacy Pass tokens (RFC 9578, type 2), signed blindly with RSA
//! (RFC 9474, RSABSSA-SHA384-PSS-Deterministic, 2048 bits).
//!
//! Who signs sees only blinded numbers, so that a token can't be linked to the batch that it came from,
//! even by the gate. What this doesn't hide: `specs/pass.md`.

use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use rsa::hazmat::rsa_decrypt_and_check;
use rsa::traits::{PrivateKeyParts, PublicKeyParts};
use rsa::{BoxedUint, PrivateKey, PublicKey};
use sha2::{Digest, Sha256, Sha384};

use crate::error::{PassError, Thing};
use crate::store::SpendKey;

/// Bytes of a modulus, a blinded message and a signature.
pub const MODULUS_LEN: usize = 256;
/// Bytes of a token.
pub const TOKEN_LEN: usize = INPUT_LEN + MODULUS_LEN;
/// Bytes that a token's signature is over.
pub(crate) const INPUT_LEN: usize = 98;
/// Privacy Pass's number for these tokens.
pub const TOKEN_TYPE: u16 = 2;
/// Longest name of a site in a token's challenge.
pub const SITE_LEN_MAX: usize = 255;

pub(crate) const MODULUS_BITS: u32 = 2048;
const EXPONENT: u64 = 65_537;
/// The public key's encoding before and after the modulus: RSASSA-PSS with SHA-384 and a salt of 48 bytes.
const SPKI_HEAD: [u8; 81] = [
    0x30, 0x82, 0x01, 0x52, 0x30, 0x3d, 0x06, 0x09, 0x2a, 0x86, 0x48, 0x86, 0xf7, 0x0d, 0x01, 0x01,
    0x0a, 0x30, 0x30, 0xa0, 0x0d, 0x30, 0x0b, 0x06, 0x09, 0x60, 0x86, 0x48, 0x01, 0x65, 0x03, 0x04,
    0x02, 0x02, 0xa1, 0x1a, 0x30, 0x18, 0x06, 0x09, 0x2a, 0x86, 0x48, 0x86, 0xf7, 0x0d, 0x01, 0x01,
    0x08, 0x30, 0x0b, 0x06, 0x09, 0x60, 0x86, 0x48, 0x01, 0x65, 0x03, 0x04, 0x02, 0x02, 0xa2, 0x03,
    0x02, 0x01, 0x30, 0x03, 0x82, 0x01, 0x0f, 0x00, 0x30, 0x82, 0x01, 0x0a, 0x02, 0x82, 0x01, 0x01,
    0x00,
];
const SPKI_TAIL: [u8; 5] = [0x02, 0x03, 0x01, 0x00, 0x01];

/// A key that anyone may have: it checks tokens.
#[derive(Clone, Debug)]
pub struct TokenPublicKey {
    pub(crate) key: PublicKey,
    id: [u8; 32],
    spki: Vec<u8>,
}

/// A key that signs blinded messages. Never printed.
pub struct TokenKey {
    private: PrivateKey,
    public: TokenPublicKey,
}

impl std::fmt::Debug for TokenKey {
    fn fmt(&self, formatter: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        formatter.write_str("TokenKey(hidden)")
    }
}

/// A signed token.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Token {
    input: [u8; INPUT_LEN],
    signature: [u8; MODULUS_LEN],
}

impl TokenPublicKey {
    fn new(key: PublicKey) -> Result<Self, PassError> {
        let modulus = key.n_bytes();
        if modulus.len() != MODULUS_LEN
            || modulus[0] < 0x80
            || *key.e() != BoxedUint::from(EXPONENT)
        {
            return Err(unusable("it is not RSA of 2048 bits with exponent 65537"));
        }
        let spki = [&SPKI_HEAD[..], &modulus, &SPKI_TAIL].concat();
        Ok(Self {
            key,
            id: Sha256::digest(&spki).into(),
            spki,
        })
    }

    /// From its encoding.
    ///
    /// # Errors
    /// When it is another kind of key.
    pub fn from_spki(spki: &[u8]) -> Result<Self, PassError> {
        let modulus = spki
            .strip_prefix(&SPKI_HEAD[..])
            .and_then(|rest| rest.strip_suffix(&SPKI_TAIL[..]))
            .filter(|modulus| modulus.len() == MODULUS_LEN)
            .ok_or_else(|| {
                unusable("its encoding is not that of an RSASSA-PSS key of 2048 bits")
            })?;
        let modulus =
            BoxedUint::from_be_slice(modulus, MODULUS_BITS).map_err(|error| unusable(&error))?;
        Self::new(
            PublicKey::new(modulus, BoxedUint::from(EXPONENT)).map_err(|error| unusable(&error))?,
        )
    }

    /// Its encoding: `SubjectPublicKeyInfo` with the parameters of RSASSA-PSS.
    #[must_use]
    pub fn spki(&self) -> &[u8] {
        &self.spki
    }

    /// SHA-256 of its encoding: what tokens name it by.
    #[must_use]
    pub fn id(&self) -> &[u8; 32] {
        &self.id
    }

    /// Checks a token's signature: one exponentiation with a small exponent.
    ///
    /// # Errors
    /// When it is not by this key.
    pub fn verify(&self, token: &Token) -> Result<(), PassError> {
        let forged = PassError::Forged {
            thing: Thing::Token,
        };
        if token.key_id() != self.id {
            return Err(forged);
        }
        self.key
            .pss_verify::<Sha384>(&token.input, &token.signature)
            .map_err(|_| forged)
    }
}

impl TokenKey {
    /// A fresh key. Takes a good part of a second.
    ///
    /// # Errors
    /// When no key could be made.
    pub fn generate() -> Result<Self, PassError> {
        let private = PrivateKey::new(&mut rand::rng(), MODULUS_BITS as usize)
            .map_err(|error| unusable(&error))?;
        Self::new(private)
    }

    fn new(private: PrivateKey) -> Result<Self, PassError> {
        let public = TokenPublicKey::new(private.to_public_key())?;
        Ok(Self { private, public })
    }

    /// From two primes, big-endian.
    ///
    /// # Errors
    /// When they are no key.
    pub fn from_primes(first: &[u8], second: &[u8]) -> Result<Self, PassError> {
        let number = |bytes: &[u8]| {
            if bytes.len() > MODULUS_LEN / 2 {
                return Err(unusable("its primes are too long"));
            }
            BoxedUint::from_be_slice(bytes, MODULUS_BITS / 2).map_err(|error| unusable(&error))
        };
        let private =
            PrivateKey::from_p_q(number(first)?, number(second)?, BoxedUint::from(EXPONENT))
                .map_err(|error| unusable(&error))?;
        Self::new(private)
    }

    /// Its primes, big-endian: to be sealed before they are stored.
    pub(crate) fn primes(&self) -> Result<zeroize::Zeroizing<Vec<u8>>, PassError> {
        let [first, second] = self.private.primes() else {
            return Err(unusable("it has not two primes"));
        };
        let mut bytes = zeroize::Zeroizing::new(Vec::with_capacity(MODULUS_LEN));
        for prime in [first, second] {
            let prime = zeroize::Zeroizing::new(prime.to_be_bytes());
            let start = prime.len().saturating_sub(MODULUS_LEN / 2);
            bytes.extend_from_slice(&prime[start..]);
        }
        Ok(bytes)
    }

    /// The key that checks what this one signs.
    #[must_use]
    pub fn public(&self) -> &TokenPublicKey {
        &self.public
    }

    /// Signs a blinded message. The same message gives the same signature.
    ///
    /// # Errors
    /// When it is no number below the modulus.
    pub fn blind_sign(&self, blinded: &[u8; MODULUS_LEN]) -> Result<[u8; MODULUS_LEN], PassError> {
        let malformed = PassError::Malformed {
            thing: Thing::Request,
            why: "a blinded message is not below the modulus",
        };
        let number =
            BoxedUint::from_be_slice(blinded, MODULUS_BITS).map_err(|_| PassError::Malformed {
                thing: Thing::Request,
                why: "a blinded message is no number",
            })?;
        let signed = rsa_decrypt_and_check(&self.private, Some(&mut rand::rng()), &number)
            .map_err(|_| malformed)?;
        to_modulus_bytes(&signed)
    }
}

impl Token {
    /// From its parts. Whether the signature is right is for [`TokenPublicKey::verify`] to say.
    #[must_use]
    pub(crate) fn new(input: [u8; INPUT_LEN], signature: [u8; MODULUS_LEN]) -> Self {
        Self { input, signature }
    }

    /// From its bytes.
    ///
    /// # Errors
    /// When they are too many or too few, or of another type.
    pub fn from_bytes(bytes: &[u8]) -> Result<Self, PassError> {
        let malformed = |why| PassError::Malformed {
            thing: Thing::Token,
            why,
        };
        let bytes: &[u8; TOKEN_LEN] = bytes
            .try_into()
            .map_err(|_| malformed("its length is wrong"))?;
        if bytes[..2] != TOKEN_TYPE.to_be_bytes() {
            return Err(malformed("it is of another type"));
        }
        let mut token = Self {
            input: [0; INPUT_LEN],
            signature: [0; MODULUS_LEN],
        };
        token.input.copy_from_slice(&bytes[..INPUT_LEN]);
        token.signature.copy_from_slice(&bytes[INPUT_LEN..]);
        Ok(token)
    }

    /// From base64url without padding.
    ///
    /// # Errors
    /// When it is malformed.
    pub fn from_text(text: &str) -> Result<Self, PassError> {
        let malformed = |why| PassError::Malformed {
            thing: Thing::Token,
            why,
        };
        if text.len() != (TOKEN_LEN * 4).div_ceil(3) {
            return Err(malformed("its length is wrong"));
        }
        let bytes = URL_SAFE_NO_PAD
            .decode(text)
            .map_err(|_| malformed("it is not base64url"))?;
        Self::from_bytes(&bytes)
    }

    /// Its bytes: type, nonce, digest of the challenge, key, signature.
    #[must_use]
    pub fn to_bytes(&self) -> [u8; TOKEN_LEN] {
        let mut bytes = [0; TOKEN_LEN];
        bytes[..INPUT_LEN].copy_from_slice(&self.input);
        bytes[INPUT_LEN..].copy_from_slice(&self.signature);
        bytes
    }

    /// Base64url without padding.
    #[must_use]
    pub fn to_text(&self) -> String {
        URL_SAFE_NO_PAD.encode(self.to_bytes())
    }

    /// For which challenge it was signed.
    #[must_use]
    pub fn challenge_digest(&self) -> &[u8] {
        &self.input[34..66]
    }

    /// By which key it says it was signed.
    #[must_use]
    pub fn key_id(&self) -> &[u8] {
        &self.input[66..]
    }

    /// Under what it is spent. A signature has one form (its number is below the modulus) but that isn't
    /// relied on: what is signed is what is spent.
    #[must_use]
    pub fn spend_key(&self) -> SpendKey {
        SpendKey::of(b"token", &self.input)
    }
}

/// What tokens of a site are asked for with: the `TokenChallenge` of RFC 9577 with the site as issuer and
/// as origin, and no redemption context.
///
/// # Errors
/// When the site's name is empty or too long.
pub fn token_challenge(site: &str) -> Result<Vec<u8>, PassError> {
    let len = u16::try_from(site.len())
        .ok()
        .filter(|len| (1..=SITE_LEN_MAX as u16).contains(len))
        .ok_or(PassError::Setting {
            name: "length of the site's name",
            got: site.len() as u64,
            expected: "1 to 255 bytes",
        })?;
    let mut challenge = TOKEN_TYPE.to_be_bytes().to_vec();
    challenge.extend_from_slice(&len.to_be_bytes());
    challenge.extend_from_slice(site.as_bytes());
    challenge.push(0);
    challenge.extend_from_slice(&len.to_be_bytes());
    challenge.extend_from_slice(site.as_bytes());
    Ok(challenge)
}

/// A number in as many bytes as the modulus has.
pub(crate) fn to_modulus_bytes(number: &BoxedUint) -> Result<[u8; MODULUS_LEN], PassError> {
    let bytes = number.to_be_bytes_trimmed_vartime();
    let mut padded = [0; MODULUS_LEN];
    let start = MODULUS_LEN
        .checked_sub(bytes.len())
        .ok_or_else(|| unusable("a number is longer than the modulus"))?;
    padded[start..].copy_from_slice(&bytes);
    Ok(padded)
}

pub(crate) fn unusable(why: &(impl std::fmt::Display + ?Sized)) -> PassError {
    PassError::Key {
        why: why.to_string(),
    }
}
