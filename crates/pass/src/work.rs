//! Proof of work: a challenge that the gate needn't remember, in puzzles that a device can share out.
//!
//! A solution costs its finder about [`Effort`] hashes and the gate one hash for each puzzle. It is
//! bound to the class of the request and to a time, not to an address; that it is spent once is the
//! store's work. What it keeps out, and what it doesn't: `specs/pass.md`.

use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use lilliput_crypto::random_bytes;
use sha2::{Digest, Sha256};

use crate::error::{PassError, Thing};
use crate::fields::Fields;
use crate::secrets::{Purpose, Secrets};
use crate::store::SpendKey;

/// Most puzzles of one challenge.
pub const PUZZLES_MAX: u8 = 64;
/// Most hashes that a challenge may ask for, on average.
pub const EFFORT_MAX: u64 = 1 << 32;
/// Most hashes of one puzzle, on average: of 2³² nonces one is right but for one case in e³².
const PUZZLE_EFFORT_MAX: u64 = 1 << 27;
/// Longest life of a challenge.
pub const CHALLENGE_LIFE_MAX_S: u64 = 3600;

const BODY_LEN: usize = 39;
const LAYOUT: &str = "tag, mark, puzzles, class, expiry, target, nonce";

/// The class of a request as the policy counts it. What a visitor passes with carries the class that it
/// was asked for; whether that is enough for another request is the caller's to decide.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Class(pub u32);

impl Class {
    /// For any request: what a human's token opens.
    pub const ANY: Self = Self(0);
}

/// How much work a challenge asks for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Effort {
    hashes: u64,
    puzzles: u8,
}

impl Effort {
    /// About `hashes` in all, shared among `puzzles`: the more of them, the less luck counts.
    /// (With 16 the standard deviation is a quarter of the mean; with one it is the whole mean.)
    ///
    /// # Errors
    /// When either is zero or too many.
    pub fn new(hashes: u64, puzzles: u8) -> Result<Self, PassError> {
        if puzzles == 0 || puzzles > PUZZLES_MAX {
            return Err(PassError::Setting {
                name: "number of puzzles",
                got: puzzles.into(),
                expected: "1 to 64",
            });
        }
        let each = hashes / u64::from(puzzles);
        if hashes > EFFORT_MAX || each == 0 || each > PUZZLE_EFFORT_MAX {
            return Err(PassError::Setting {
                name: "hashes of a challenge",
                got: hashes,
                expected: "at least one and at most 2^27 a puzzle, 2^32 in all",
            });
        }
        Ok(Self { hashes, puzzles })
    }

    /// About 2^(quarters / 4) hashes: steps of a fifth, from a load controller. Out of bounds counts as
    /// the bound.
    #[must_use]
    pub fn from_quarter_bits(quarters: u32, puzzles: u8) -> Self {
        let puzzles = puzzles.clamp(1, PUZZLES_MAX);
        // 2^(i/4) in 1/2^16.
        let fraction = [65_536_u64, 77_936, 92_682, 110_218][(quarters % 4) as usize];
        let whole = 1_u64 << (quarters / 4).min(32);
        let most = EFFORT_MAX.min(PUZZLE_EFFORT_MAX * u64::from(puzzles));
        let hashes = ((whole * fraction) >> 16).clamp(puzzles.into(), most);
        Self { hashes, puzzles }
    }

    /// Expected hashes in all.
    #[must_use]
    pub fn hashes(self) -> u64 {
        self.hashes
    }

    /// Puzzles that share them.
    #[must_use]
    pub fn puzzles(self) -> u8 {
        self.puzzles
    }

    /// A digest's first 64 bits must not exceed this.
    fn target(self) -> u64 {
        u64::MAX / (self.hashes / u64::from(self.puzzles)).max(1)
    }
}

/// A challenge as its solver sees it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Challenge {
    text: String,
    puzzles: u8,
    target: u64,
}

/// A right solution: to be spent in the store, once, before anything is served for it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Solved {
    /// Under what it is spent.
    pub key: SpendKey,
    /// Until when the store has to remember it.
    pub expires_s: u64,
    /// For which requests it was made.
    pub class: Class,
}

/// Makes a challenge for requests of a class, good for `life_s` seconds.
///
/// # Errors
/// When there is no randomness, or the life is too long.
pub fn challenge(
    secrets: &Secrets,
    class: Class,
    effort: Effort,
    now_s: u64,
    life_s: u64,
) -> Result<Challenge, PassError> {
    if life_s == 0 || life_s > CHALLENGE_LIFE_MAX_S {
        return Err(PassError::Setting {
            name: "life of a challenge in seconds",
            got: life_s,
            expected: "1 to 3600",
        });
    }
    let mut body = Vec::with_capacity(BODY_LEN);
    body.extend_from_slice(&secrets.head(Purpose::Work));
    body.push(effort.puzzles);
    body.extend_from_slice(&class.0.to_be_bytes());
    body.extend_from_slice(&now_s.saturating_add(life_s).to_be_bytes());
    body.extend_from_slice(&effort.target().to_be_bytes());
    body.extend_from_slice(&random_bytes::<16>()?);
    debug_assert_eq!(body.len(), BODY_LEN, "{LAYOUT}");
    Ok(Challenge {
        text: secrets.seal(Purpose::Work, &body),
        puzzles: effort.puzzles,
        target: effort.target(),
    })
}

/// Checks a solution: its challenge is this gate's and in time, and each puzzle is solved.
///
/// # Errors
/// The first thing that is wrong.
pub fn check(
    secrets: &Secrets,
    challenge: &str,
    solution: &str,
    now_s: u64,
) -> Result<Solved, PassError> {
    let thing = Thing::Work;
    let opened = secrets.open::<BODY_LEN>(Purpose::Work, challenge)?;
    let mut fields = Fields(&opened.body[2..]);
    let puzzles = fields.u8();
    let class = Class(fields.u32());
    let expires_s = fields.u64();
    let target = fields.u64();
    if now_s >= expires_s {
        return Err(PassError::Expired { thing });
    }
    let nonces = decode_solution(solution, puzzles)?;
    let seed = seed_of(challenge);
    for (index, nonce) in nonces.iter().enumerate() {
        if digest(&seed, index as u32, *nonce) > target {
            return Err(PassError::Unsolved { puzzle: index });
        }
    }
    Ok(Solved {
        key: SpendKey::of(b"work", &opened.body),
        expires_s,
        class,
    })
}

impl Challenge {
    /// The challenge as it is sent.
    #[must_use]
    pub fn text(&self) -> &str {
        &self.text
    }

    /// How many puzzles it has.
    #[must_use]
    pub fn puzzles(&self) -> u8 {
        self.puzzles
    }

    /// The bound of a digest's first 64 bits.
    #[must_use]
    pub fn target(&self) -> u64 {
        self.target
    }

    /// Solves it, as the page's workers do.
    #[must_use]
    pub fn solve(&self) -> String {
        let seed = seed_of(&self.text);
        let mut bytes = Vec::with_capacity(usize::from(self.puzzles) * 4);
        for index in 0..u32::from(self.puzzles) {
            // No nonce at all is as likely as drawing a key: then the solution is wrong, and refused.
            let nonce = (0..=u32::MAX)
                .find(|nonce| digest(&seed, index, *nonce) <= self.target)
                .unwrap_or_default();
            bytes.extend_from_slice(&nonce.to_be_bytes());
        }
        URL_SAFE_NO_PAD.encode(bytes)
    }
}

fn decode_solution(solution: &str, puzzles: u8) -> Result<Vec<u32>, PassError> {
    let malformed = |why| PassError::Malformed {
        thing: Thing::Work,
        why,
    };
    if solution.len() > usize::from(PUZZLES_MAX) * 6 {
        return Err(malformed("the solution is too long"));
    }
    let bytes = URL_SAFE_NO_PAD
        .decode(solution)
        .map_err(|_| malformed("the solution is not base64url"))?;
    if bytes.len() != usize::from(puzzles) * 4 {
        return Err(malformed("the solution has another number of puzzles"));
    }
    let (nonces, _) = bytes.as_chunks::<4>();
    Ok(nonces
        .iter()
        .map(|nonce| u32::from_be_bytes(*nonce))
        .collect())
}

/// What all puzzles of a challenge share: of the text, so that a solver needs to decode nothing.
fn seed_of(challenge: &str) -> [u8; 32] {
    Sha256::digest(challenge.as_bytes()).into()
}

/// One block of SHA-256: seed, puzzle, nonce; the first 64 bits of what comes out.
fn digest(seed: &[u8; 32], puzzle: u32, nonce: u32) -> u64 {
    let mut input = [0; 40];
    input[..32].copy_from_slice(seed);
    input[32..36].copy_from_slice(&puzzle.to_be_bytes());
    input[36..].copy_from_slice(&nonce.to_be_bytes());
    let digest = Sha256::digest(input);
    Fields(&digest).u64()
}
