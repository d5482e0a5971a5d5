//! Offers: prices that the gate recognises later without remembering them, so that answering 402 costs it
//! nothing, however often it is asked.

use std::fmt;

use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use lilliput_crypto::{RandomError, random_bytes};
use zeroize::Zeroizing;

/// The secret that offers are made with.
#[derive(Clone)]
pub struct OfferKey(Zeroizing<[u8; 32]>);

/// An offer: 8 random bytes, 8 bytes of the second until which it counts, 16 bytes that authenticate them
/// together with everything offered.
#[derive(Clone, Copy, PartialEq, Eq, Hash)]
pub struct OfferToken(pub [u8; 32]);

/// Everything that an offer binds.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Offered<'a> {
    pub(crate) method: &'a str,
    pub(crate) url: &'a str,
    pub(crate) network: &'a str,
    pub(crate) asset: &'a str,
    pub(crate) pay_to: &'a str,
    pub(crate) amount: &'a str,
}

const CONTEXT: &str = "lilliput 2026 v1 toll offer";

impl OfferKey {
    /// From a secret of the gate.
    #[must_use]
    pub fn derive(secret: &[u8]) -> Self {
        Self(Zeroizing::new(blake3::derive_key(CONTEXT, secret)))
    }

    pub(crate) fn make(
        &self,
        offered: &Offered<'_>,
        until: u64,
    ) -> Result<OfferToken, RandomError> {
        let random: [u8; 32] = random_bytes()?;
        let mut token = [0; 32];
        for (place, byte) in token.iter_mut().zip(random.iter().take(8)) {
            *place = *byte;
        }
        for (place, byte) in token.iter_mut().skip(8).zip(until.to_be_bytes()) {
            *place = byte;
        }
        let mac = self.mac(&token, offered);
        for (place, byte) in token.iter_mut().skip(16).zip(mac) {
            *place = byte;
        }
        Ok(OfferToken(token))
    }

    /// Whether we made this offer, for just this.
    pub(crate) fn made(&self, token: &OfferToken, offered: &Offered<'_>) -> bool {
        let expected = self.mac(&token.0, offered);
        let given = token.0.iter().skip(16);
        // Compares all bytes, so that the time says nothing about them.
        expected
            .iter()
            .zip(given)
            .fold(0, |sum, (a, b)| sum | (a ^ b))
            == 0
    }

    fn mac(&self, token: &[u8; 32], offered: &Offered<'_>) -> [u8; 16] {
        let mut hasher = blake3::Hasher::new_keyed(&self.0);
        for byte in token.iter().take(16) {
            hasher.update(&[*byte]);
        }
        let parts = [
            offered.method,
            offered.url,
            offered.network,
            offered.asset,
            offered.pay_to,
            offered.amount,
        ];
        for part in parts {
            hasher.update(&part.len().to_be_bytes());
            hasher.update(part.as_bytes());
        }
        let mut mac = [0; 16];
        hasher.finalize_xof().fill(&mut mac);
        mac
    }
}

impl fmt::Debug for OfferKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("OfferKey(secret)")
    }
}

impl OfferToken {
    /// The second until which it counts.
    #[must_use]
    pub fn until(&self) -> u64 {
        self.0
            .iter()
            .skip(8)
            .take(8)
            .fold(0, |sum, byte| sum << 8 | u64::from(*byte))
    }

    /// Reads the text form.
    #[must_use]
    pub fn read(text: &str) -> Option<Self> {
        if text.len() != 43 {
            return None;
        }
        let bytes = URL_SAFE_NO_PAD.decode(text).ok()?;
        bytes.try_into().ok().map(Self)
    }
}

impl fmt::Display for OfferToken {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&URL_SAFE_NO_PAD.encode(self.0))
    }
}

impl fmt::Debug for OfferToken {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "OfferToken({self})")
    }
}
