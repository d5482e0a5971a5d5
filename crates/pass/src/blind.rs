//! The holder's side of blind signatures: what a wallet or the page does. The page has the same in
//! JavaScript; both are checked against the vectors of the RFCs.

use rsa::BoxedUint;
use rsa::hazmat::rsa_encrypt;
use rsa::traits::PublicKeyParts;
use sha2::{Digest, Sha256, Sha384};
use zeroize::Zeroizing;

use crate::error::{PassError, Thing};
use crate::token::{
    INPUT_LEN, MODULUS_BITS, MODULUS_LEN, TOKEN_TYPE, Token, TokenPublicKey, to_modulus_bytes,
    unusable,
};

/// Bytes of a hash and of a salt.
const HASH_LEN: usize = 48;

/// A token before it is signed: its input, and the number that hides it from who signs.
pub struct Blinding {
    input: [u8; INPUT_LEN],
    blinded: [u8; MODULUS_LEN],
    inverse: Zeroizing<[u8; MODULUS_LEN]>,
}

impl std::fmt::Debug for Blinding {
    fn fmt(&self, formatter: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        formatter.write_str("Blinding(hidden)")
    }
}

impl Blinding {
    /// A fresh token for a challenge, hidden by a fresh number.
    ///
    /// # Errors
    /// When there is no randomness.
    pub fn new(key: &TokenPublicKey, challenge: &[u8]) -> Result<Self, PassError> {
        loop {
            let nonce = lilliput_crypto::random_bytes::<32>()?;
            let salt = lilliput_crypto::random_bytes::<HASH_LEN>()?;
            let blind = Zeroizing::new(lilliput_crypto::random_bytes::<MODULUS_LEN>()?);
            // Numbers from the modulus up would be more likely than others after a reduction.
            if blind[..] < *key.key.n_bytes() {
                return Self::with(key, challenge, &nonce, &salt, &blind);
            }
        }
    }

    /// With given random values: for vectors.
    ///
    /// # Errors
    /// When the blind is no number that can be undone.
    pub fn with(
        key: &TokenPublicKey,
        challenge: &[u8],
        nonce: &[u8; 32],
        salt: &[u8; 48],
        blind: &[u8; MODULUS_LEN],
    ) -> Result<Self, PassError> {
        let mut input = [0; INPUT_LEN];
        input[..2].copy_from_slice(&TOKEN_TYPE.to_be_bytes());
        input[2..34].copy_from_slice(nonce);
        input[34..66].copy_from_slice(&Sha256::digest(challenge));
        input[66..].copy_from_slice(key.id());
        let number = |bytes: &[u8]| {
            BoxedUint::from_be_slice(bytes, MODULUS_BITS).map_err(|error| unusable(&error))
        };
        let modulus = key.key.n();
        let blind = number(blind)?;
        let inverse = Option::<BoxedUint>::from(blind.invert_mod(modulus))
            .ok_or_else(|| unusable("the blind has no inverse"))?;
        let hidden = rsa_encrypt(&key.key, &blind).map_err(|error| unusable(&error))?;
        let message = number(&encode(&input, salt))?;
        Ok(Self {
            input,
            blinded: to_modulus_bytes(&message.mul_mod(&hidden, modulus))?,
            inverse: Zeroizing::new(to_modulus_bytes(&inverse)?),
        })
    }

    /// What is sent to who signs.
    #[must_use]
    pub fn blinded(&self) -> &[u8; MODULUS_LEN] {
        &self.blinded
    }

    /// The token, from what came back.
    ///
    /// # Errors
    /// When what came back is no signature of what was sent.
    pub fn finish(&self, key: &TokenPublicKey, signed: &[u8]) -> Result<Token, PassError> {
        let forged = |()| PassError::Forged {
            thing: Thing::Token,
        };
        if signed.len() != MODULUS_LEN {
            return Err(forged(()));
        }
        let number = |bytes: &[u8]| BoxedUint::from_be_slice(bytes, MODULUS_BITS);
        let signed = number(signed).map_err(|_| forged(()))?;
        let inverse = number(&self.inverse[..]).map_err(|error| unusable(&error))?;
        let signature = to_modulus_bytes(&signed.mul_mod(&inverse, key.key.n()))?;
        let token = Token::new(self.input, signature);
        key.verify(&token)?;
        Ok(token)
    }
}

/// EMSA-PSS with SHA-384 for a modulus of 2048 bits (RFC 8017, 9.1.1): the number is of 2047 bits.
fn encode(message: &[u8], salt: &[u8; HASH_LEN]) -> [u8; MODULUS_LEN] {
    let mut hasher = Sha384::new();
    hasher.update([0; 8]);
    hasher.update(Sha384::digest(message));
    hasher.update(salt);
    let hash = hasher.finalize();
    let mut encoded = [0; MODULUS_LEN];
    let salt_at = MODULUS_LEN - 1 - 2 * HASH_LEN;
    encoded[salt_at - 1] = 1;
    encoded[salt_at..salt_at + HASH_LEN].copy_from_slice(salt);
    let (block, rest) = encoded.split_at_mut(MODULUS_LEN - 1 - HASH_LEN);
    for (counter, chunk) in block.chunks_mut(HASH_LEN).enumerate() {
        let mut hasher = Sha384::new();
        hasher.update(hash);
        hasher.update((counter as u32).to_be_bytes());
        for (byte, mask) in chunk.iter_mut().zip(hasher.finalize()) {
            *byte ^= mask;
        }
    }
    block[0] &= 0x7f;
    rest[..HASH_LEN].copy_from_slice(&hash);
    rest[HASH_LEN] = 0xbc;
    encoded
}
