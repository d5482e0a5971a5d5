//! Issues tokens to humans: one batch for one nullifier in an epoch, and redeems them.
//!
//! A key lives for one epoch of issuing and one more of redeeming. All gates of a site use the same keys:
//! they stand sealed in the store, and the first gate that needs one makes it.

use std::collections::BTreeMap;
use std::sync::{Arc, Mutex, PoisonError, RwLock};

use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use chacha20poly1305::aead::{Aead, KeyInit, Payload};
use chacha20poly1305::{ChaCha20Poly1305, Nonce};
use sha2::{Digest, Sha256};
use zeroize::Zeroizing;

use crate::error::{PassError, Thing};
use crate::secrets::Secrets;
use crate::store::{SpendKey, Store};
use crate::token::{MODULUS_LEN, Token, TokenKey, token_challenge, unusable};

/// Most tokens of one batch.
pub const BATCH_MAX: usize = 64;
/// Shortest and longest epoch.
pub const EPOCH_MIN_S: u64 = 60;
/// Longest epoch.
pub const EPOCH_MAX_S: u64 = 90 * 24 * 3600;
const SEALED_VERSION: u8 = 1;
const NONCE_LEN: usize = 12;

/// The scope of a human's proof in an epoch, where it isn't the site's own: that of an app on a ledger,
/// whose periods are the epochs.
#[derive(Clone)]
pub struct ScopeOf(pub Arc<dyn Fn(u64) -> [u8; 32] + Send + Sync>);

impl std::fmt::Debug for ScopeOf {
    fn fmt(&self, formatter: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        formatter.write_str("ScopeOf(…)")
    }
}

/// How tokens of a site are issued.
#[derive(Clone, Debug)]
pub struct IssueRules {
    /// The site's name: part of each token, and of the scope of a human's proof.
    pub site: String,
    /// When epoch 0 began. Until then it is epoch 0, too.
    pub epoch_start_s: u64,
    /// Seconds of an epoch: one batch a human and epoch.
    pub epoch_s: u64,
    /// Scopes of proofs, or the site's own.
    pub scope: Option<ScopeOf>,
    /// Tokens of a batch.
    pub batch: usize,
}

/// What a human's proof has to be about: given to whoever checks it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ProofRequest {
    /// The scope: a number, the highest byte first; one nullifier a human and scope.
    pub scope: [u8; 32],
    /// The message: the batch that the proof buys, so that a stolen proof buys nothing else.
    pub message: [u8; 32],
}

/// What a checked proof says.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Human {
    /// One for each human and scope.
    pub nullifier: [u8; 32],
}

/// The keys of one epoch, as anyone may see them.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct EpochKey {
    /// Which epoch.
    pub epoch: u64,
    /// Its public key, encoded.
    pub spki: Vec<u8>,
    /// Until when its tokens are issued.
    pub issues_until_s: u64,
    /// Until when they are redeemed.
    pub redeems_until_s: u64,
}

/// Issues and redeems.
#[derive(Debug)]
pub struct Issuer {
    rules: IssueRules,
    challenge: Vec<u8>,
    challenge_digest: [u8; 32],
    secrets: Arc<Secrets>,
    store: Store,
    keys: RwLock<BTreeMap<u64, Arc<TokenKey>>>,
    /// Keys are made by one thread at a time.
    making: Mutex<()>,
}

impl Issuer {
    /// An issuer without keys: [`Issuer::refresh`] brings them.
    ///
    /// # Errors
    /// When the rules can't be.
    pub fn new(rules: IssueRules, secrets: Arc<Secrets>, store: Store) -> Result<Self, PassError> {
        let challenge = token_challenge(&rules.site)?;
        if !(EPOCH_MIN_S..=EPOCH_MAX_S).contains(&rules.epoch_s) {
            return Err(PassError::Setting {
                name: "epoch in seconds",
                got: rules.epoch_s,
                expected: "60 to 7776000",
            });
        }
        if !(1..=BATCH_MAX).contains(&rules.batch) {
            return Err(PassError::Setting {
                name: "tokens of a batch",
                got: rules.batch as u64,
                expected: "1 to 64",
            });
        }
        Ok(Self {
            challenge_digest: Sha256::digest(&challenge).into(),
            challenge,
            rules,
            secrets,
            store,
            keys: RwLock::default(),
            making: Mutex::default(),
        })
    }

    /// How it issues.
    #[must_use]
    pub fn rules(&self) -> &IssueRules {
        &self.rules
    }

    /// What its tokens are asked for with.
    #[must_use]
    pub fn challenge(&self) -> &[u8] {
        &self.challenge
    }

    /// The epoch of a time.
    #[must_use]
    pub fn epoch_at(&self, now_s: u64) -> u64 {
        now_s.saturating_sub(self.rules.epoch_start_s) / self.rules.epoch_s
    }

    /// The scope of a human's proof in an epoch.
    #[must_use]
    pub fn scope(&self, epoch: u64) -> [u8; 32] {
        match &self.rules.scope {
            Some(ScopeOf(scope)) => scope(epoch),
            None => scope_of(&self.rules.site, epoch),
        }
    }

    /// Brings the keys of the epoch before, of this one, and of the next one early enough; drops older
    /// ones. May take a second: call it at the start, then every minute, from a thread that may block.
    ///
    /// # Errors
    /// When a key can't be made, stored or read.
    pub fn refresh(&self, now_s: u64) -> Result<(), PassError> {
        let _one = self.making.lock().unwrap_or_else(PoisonError::into_inner);
        let now = self.epoch_at(now_s);
        let next_is_near = self.epoch_at(now_s + (self.rules.epoch_s / 4).min(3600)) > now;
        self.bring(now, true, now_s)?;
        if let Some(before) = now.checked_sub(1) {
            self.bring(before, false, now_s)?;
        }
        if next_is_near {
            self.bring(now + 1, true, now_s)?;
        }
        let mut keys = self.keys.write().unwrap_or_else(PoisonError::into_inner);
        *keys = keys.split_off(&now.saturating_sub(1));
        Ok(())
    }

    fn bring(&self, epoch: u64, make: bool, now_s: u64) -> Result<(), PassError> {
        if self.key(epoch).is_some() {
            return Ok(());
        }
        let place = SpendKey::of(
            b"token key",
            &[self.rules.site.as_bytes(), &epoch.to_be_bytes()].concat(),
        );
        let until_s = self.redeems_until(epoch);
        let mut sealed = self.store.look(place, until_s, now_s)?.wait()?;
        if sealed.is_none() && make {
            let fresh = self.seal(epoch, &TokenKey::generate()?)?;
            // Another gate may have been faster: then its key counts.
            let before = self.store.claim(place, &fresh, until_s, now_s)?.wait()?;
            sealed = Some(before.unwrap_or(fresh));
        }
        if let Some(sealed) = sealed {
            let key = Arc::new(self.unseal(epoch, &sealed)?);
            let mut keys = self.keys.write().unwrap_or_else(PoisonError::into_inner);
            keys.insert(epoch, key);
        }
        Ok(())
    }

    /// The keys that count: for a directory that anyone may read.
    #[must_use]
    pub fn directory(&self) -> Vec<EpochKey> {
        let keys = self.keys.read().unwrap_or_else(PoisonError::into_inner);
        keys.iter()
            .map(|(epoch, key)| EpochKey {
                epoch: *epoch,
                spki: key.public().spki().to_vec(),
                issues_until_s: self.issues_until(*epoch),
                redeems_until_s: self.redeems_until(*epoch),
            })
            .collect()
    }

    /// What a proof has to be about to buy these blinded messages in this epoch.
    ///
    /// # Errors
    /// When there are too many or too few, or the epoch is not this one.
    pub fn proof_request(
        &self,
        epoch: u64,
        blinded: &[[u8; MODULUS_LEN]],
        now_s: u64,
    ) -> Result<ProofRequest, PassError> {
        if blinded.is_empty() || blinded.len() > self.rules.batch {
            return Err(PassError::Setting {
                name: "number of blinded messages",
                got: blinded.len() as u64,
                expected: "1 to the tokens of a batch",
            });
        }
        if epoch != self.epoch_at(now_s) {
            return Err(PassError::Expired {
                thing: Thing::Request,
            });
        }
        let key = self.key(epoch).ok_or(PassError::NoKey { epoch })?;
        Ok(ProofRequest {
            scope: self.scope(epoch),
            message: batch_message(key.public().id(), blinded),
        })
    }

    /// Records that a human whose proof was checked against [`Issuer::proof_request`] has this batch, and
    /// gives the key that signs it. The same batch may be signed again, for who lost the answer.
    ///
    /// # Errors
    /// When the human has another batch of this epoch, or it can't be recorded.
    pub async fn claim_batch(
        &self,
        human: &Human,
        epoch: u64,
        blinded: &[[u8; MODULUS_LEN]],
        now_s: u64,
    ) -> Result<Arc<TokenKey>, PassError> {
        let request = self.proof_request(epoch, blinded, now_s)?;
        let key = self.key(epoch).ok_or(PassError::NoKey { epoch })?;
        let place = SpendKey::of(
            b"nullifier",
            &[&request.scope[..], &human.nullifier].concat(),
        );
        let before = self
            .store
            .claim(place, &request.message, self.redeems_until(epoch), now_s)?
            .answer()
            .await?;
        if before.is_some_and(|before| before != request.message) {
            return Err(PassError::AlreadyIssued { epoch });
        }
        Ok(key)
    }

    /// Checks a token and spends it. When this returns, it was good and is spent.
    ///
    /// # Errors
    /// When it is not this site's, expired, or spent.
    pub async fn redeem(&self, token: &Token, now_s: u64) -> Result<(), PassError> {
        let thing = Thing::Token;
        if token.challenge_digest() != self.challenge_digest {
            return Err(PassError::Forged { thing });
        }
        let epoch = self.check(token, now_s)?;
        let fresh = self
            .store
            .spend(token.spend_key(), self.redeems_until(epoch), now_s)
            .await?;
        if fresh {
            Ok(())
        } else {
            Err(PassError::Used { thing })
        }
    }

    /// Which epoch's key signed a token.
    fn check(&self, token: &Token, now_s: u64) -> Result<u64, PassError> {
        let thing = Thing::Token;
        let (epoch, key) = {
            let keys = self.keys.read().unwrap_or_else(PoisonError::into_inner);
            keys.iter()
                .find(|(_, key)| key.public().id() == token.key_id())
                .map(|(epoch, key)| (*epoch, Arc::clone(key)))
                .ok_or(PassError::Expired { thing })?
        };
        if now_s >= self.redeems_until(epoch) {
            return Err(PassError::Expired { thing });
        }
        key.public().verify(token)?;
        Ok(epoch)
    }

    fn key(&self, epoch: u64) -> Option<Arc<TokenKey>> {
        let keys = self.keys.read().unwrap_or_else(PoisonError::into_inner);
        keys.get(&epoch).map(Arc::clone)
    }

    fn issues_until(&self, epoch: u64) -> u64 {
        self.start_of(epoch.saturating_add(1))
    }

    fn redeems_until(&self, epoch: u64) -> u64 {
        self.start_of(epoch.saturating_add(2))
    }

    fn start_of(&self, epoch: u64) -> u64 {
        let since_s = epoch.saturating_mul(self.rules.epoch_s);
        since_s.saturating_add(self.rules.epoch_start_s)
    }

    fn seal(&self, epoch: u64, key: &TokenKey) -> Result<Vec<u8>, PassError> {
        let seal = self
            .secrets
            .token_key_seals()
            .next()
            .ok_or_else(|| unusable("there is no secret"))?;
        let nonce = lilliput_crypto::random_bytes::<NONCE_LEN>()?;
        let primes = key.primes()?;
        let sealed = ChaCha20Poly1305::new(seal.into())
            .encrypt(
                &Nonce::from(nonce),
                Payload {
                    msg: &primes,
                    aad: &self.context(epoch),
                },
            )
            .map_err(|_| unusable("it can't be sealed"))?;
        Ok([&[SEALED_VERSION][..], &nonce, &sealed].concat())
    }

    fn unseal(&self, epoch: u64, sealed: &[u8]) -> Result<TokenKey, PassError> {
        let (nonce, sealed) = sealed
            .strip_prefix(&[SEALED_VERSION])
            .and_then(|rest| rest.split_first_chunk::<NONCE_LEN>())
            .ok_or_else(|| unusable("its sealed form is of another version"))?;
        let context = self.context(epoch);
        let primes = self
            .secrets
            .token_key_seals()
            .find_map(|seal| {
                ChaCha20Poly1305::new(seal.into())
                    .decrypt(
                        &Nonce::from(*nonce),
                        Payload {
                            msg: sealed,
                            aad: &context,
                        },
                    )
                    .ok()
            })
            .map(Zeroizing::new)
            .ok_or_else(|| {
                unusable(
                    "it was sealed under another secret, give all gates of a site the same one",
                )
            })?;
        let (first, second) = primes.split_at(primes.len() / 2);
        TokenKey::from_primes(first, second)
    }

    fn context(&self, epoch: u64) -> Vec<u8> {
        [self.rules.site.as_bytes(), &epoch.to_be_bytes()].concat()
    }
}

/// The scope of a human's proof for a site and epoch, as a number of 31 bytes.
#[must_use]
pub fn scope_of(site: &str, epoch: u64) -> [u8; 32] {
    let mut hasher = Sha256::new();
    hasher.update(b"lilliput pass scope\0");
    hasher.update(epoch.to_be_bytes());
    hasher.update(site.as_bytes());
    to_number(hasher)
}

/// The message of a human's proof for a batch, as a number of 31 bytes.
#[must_use]
pub fn batch_message(key_id: &[u8; 32], blinded: &[[u8; MODULUS_LEN]]) -> [u8; 32] {
    let mut hasher = Sha256::new();
    hasher.update(b"lilliput pass batch\0");
    hasher.update(key_id);
    for message in blinded {
        hasher.update(message);
    }
    to_number(hasher)
}

/// 31 bytes of a hash behind a zero: below the order of the proofs' field.
fn to_number(hasher: Sha256) -> [u8; 32] {
    let mut number: [u8; 32] = hasher.finalize().into();
    number[0] = 0;
    number
}

/// Blinded messages from their base64url.
///
/// # Errors
/// When one is malformed.
pub fn parse_blinded(texts: &[String]) -> Result<Vec<[u8; MODULUS_LEN]>, PassError> {
    let malformed = |why| PassError::Malformed {
        thing: Thing::Request,
        why,
    };
    if texts.len() > BATCH_MAX {
        return Err(malformed("it has too many blinded messages"));
    }
    texts
        .iter()
        .map(|text| {
            if text.len() != (MODULUS_LEN * 4).div_ceil(3) {
                return Err(malformed("the length of a blinded message is wrong"));
            }
            let bytes = URL_SAFE_NO_PAD
                .decode(text)
                .map_err(|_| malformed("a blinded message is not base64url"))?;
            bytes
                .try_into()
                .map_err(|_| malformed("the length of a blinded message is wrong"))
        })
        .collect()
}
