//! Says who signed a request.

use lilliput_crypto::Signature;

use crate::bot::agent::Agent;
use crate::bot::base::{Component, components, signature_base, string_param, time_param};
use crate::bot::directories::{Directories, Lookup};
use crate::bot::head::RequestHead;
use crate::bot::key::Thumbprint;
use crate::bot::signature::{SignatureOf, Unreadable, bot_signatures};
use crate::bot::spent::{Spending, SpentSignatures};

/// How signatures are judged.
#[derive(Clone, Debug)]
pub struct BotPolicy {
    /// The longest time between `created` and `expires`, in seconds.
    pub lifetime_max: u64,
    /// How far a bot's clock may be ahead of ours, in seconds.
    pub clock_skew: u64,
    /// Take keys whose secrets are printed in specifications: for tests.
    pub allow_test_keys: bool,
    /// Take agents without TLS and on any port: for tests on one machine.
    pub allow_plain: bool,
    /// The most unexpired signatures remembered of one agent; further ones are refused.
    pub spent_of_agent_max: usize,
    /// The most unexpired signatures remembered in all.
    pub spent_max: usize,
}

impl Default for BotPolicy {
    fn default() -> Self {
        Self {
            lifetime_max: 3600,
            clock_skew: 10,
            allow_test_keys: false,
            allow_plain: false,
            spent_of_agent_max: 50_000,
            spent_max: 500_000,
        }
    }
}

/// Most signatures of one request that are checked.
const CHECKED_MAX: usize = 2;

/// A bot that signed a request.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Bot {
    /// The agent whose directory published the key; without one, the key is pinned and is all we know.
    pub agent: Option<Agent>,
    /// The key.
    pub key: Thumbprint,
    /// Names this one signature: the hash of what it covers, and of its key.
    pub signature: [u8; 32],
    /// What it covers.
    pub covers: Vec<Component>,
    /// Until when it counts, in seconds.
    pub expires: u64,
}

impl Bot {
    /// What policies, logs and balances call the bot: its address, or else its key's thumbprint.
    #[must_use]
    pub fn id(&self) -> String {
        match &self.agent {
            Some(agent) => agent.to_string(),
            None => self.key.to_string(),
        }
    }

    /// Whether the signature covers a header field, whole.
    #[must_use]
    pub fn covers_field(&self, name: &str) -> bool {
        self.covers.contains(&Component::Field(name.to_owned()))
    }

    /// Whether the signature is bound to this one resource: its path and query, and the method.
    #[must_use]
    pub fn covers_request(&self) -> bool {
        let has = |component| self.covers.contains(&component);
        let target = has(Component::TargetUri) || has(Component::Path) && has(Component::Query);
        target && has(Component::Method)
    }
}

/// What a request's signature says.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Outcome {
    /// There is none.
    Unsigned,
    /// It holds, and wasn't used before.
    Verified(Bot),
    /// It doesn't hold.
    Invalid(Invalid),
    /// It can't be told; nothing follows for the signer.
    Unverified(Unverified),
}

/// Why a signature doesn't hold.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum Invalid {
    /// The fields can't be read.
    #[error("signature, signature-input or signature-agent is malformed")]
    Malformed,
    /// The fields are longer than is read.
    #[error("the signature's fields are too long")]
    TooLong,
    /// A parameter is missing: `created`, `expires`, `keyid`.
    #[error("the signature needs created, expires and keyid")]
    MissingParameter,
    /// Neither `@authority` nor `@target-uri` is covered.
    #[error("the signature must cover @authority or @target-uri")]
    AuthorityNotCovered,
    /// `signature-agent` is there, and the signature doesn't cover it.
    #[error("the signature must cover its member of signature-agent")]
    AgentNotCovered,
    /// A covered component is missing, named twice, or not supported.
    #[error("the signature covers a component that is missing or not supported")]
    Component,
    /// `created` is in the future.
    #[error("the signature is from the future; check the clock")]
    FromTheFuture,
    /// `expires` is past.
    #[error("the signature has expired")]
    Expired,
    /// It counts for longer than allowed.
    #[error("the signature counts for too long; let it expire sooner")]
    LivesTooLong,
    /// `alg` isn't the key's.
    #[error("the signature's algorithm is not its key's")]
    Algorithm,
    /// The key's secret is in print.
    #[error("the key is an example's, whose secret everyone knows")]
    TestKey,
    /// The bytes aren't this key's signature over this request.
    #[error("the signature does not match the request and the key")]
    Mismatch,
    /// It was used before.
    #[error("the signature was used before; sign each request anew")]
    Replayed,
}

/// Why it can't be told whether a signature holds.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum Unverified {
    /// The agent's directory has to be fetched first: [`Directories::refresh`], then check again.
    #[error("the directory of {0} was not fetched yet")]
    KeysNeeded(Agent),
    /// The directory can't be fetched.
    #[error("the directory of {agent} is unavailable until {until}")]
    Unavailable {
        /// Whose.
        agent: Agent,
        /// When to try again, in seconds.
        until: u64,
    },
    /// The directory has no such key, or no such key is pinned.
    #[error("there is no such key")]
    UnknownKey,
    /// The policy doesn't fetch this agent's directory.
    #[error("{0} is not on the list of agents")]
    NotListed(Agent),
    /// `alg` names something that isn't supported here.
    #[error("only ed25519 is supported")]
    Algorithm,
    /// Signed before the gate started: whether it was used can't be known.
    #[error("the signature is older than the gate's memory; sign anew")]
    TooOld,
    /// Too many signatures of this agent, or of all, haven't expired yet.
    #[error("too many unexpired signatures; let them expire sooner")]
    Full,
}

/// Checks signatures, and remembers which were used.
#[derive(Debug)]
pub struct Verifier {
    policy: BotPolicy,
    directories: Directories,
    spent: SpentSignatures,
}

impl Verifier {
    /// A verifier that starts at this second.
    #[must_use]
    pub fn new(policy: BotPolicy, directories: Directories, now: u64) -> Self {
        // A signature from just before the start may have been used then, stamped by a clock ahead of ours.
        let began = now.saturating_add(policy.clock_skew).saturating_add(1);
        let spent = SpentSignatures::new(began, policy.spent_of_agent_max, policy.spent_max);
        Self {
            policy,
            directories,
            spent,
        }
    }

    /// The directories.
    #[must_use]
    pub const fn directories(&self) -> &Directories {
        &self.directories
    }

    /// The memory of used signatures.
    #[must_use]
    pub const fn spent(&self) -> &SpentSignatures {
        &self.spent
    }

    /// Checks a request at this second, with what is known of directories; does no I/O.
    #[must_use]
    pub fn check(&self, head: &RequestHead<'_>, now: u64) -> Outcome {
        let signatures = match bot_signatures(head) {
            Ok(signatures) => signatures,
            Err(Unreadable::Malformed) => return Outcome::Invalid(Invalid::Malformed),
            Err(Unreadable::TooMuch) => return Outcome::Invalid(Invalid::TooLong),
        };
        let mut first = None;
        for signature in signatures.iter().take(CHECKED_MAX) {
            match self.check_one(head, signature, now) {
                outcome @ Outcome::Verified(_) => return outcome,
                outcome => first = first.or(Some(outcome)),
            }
        }
        first.unwrap_or(Outcome::Unsigned)
    }

    /// Checks a request, and fetches the agent's directory if that is what it takes. Blocks.
    #[must_use]
    pub fn check_and_fetch(&self, head: &RequestHead<'_>, now: u64) -> Outcome {
        match self.check(head, now) {
            Outcome::Unverified(Unverified::KeysNeeded(agent)) => {
                match self.directories.refresh(&agent, now) {
                    Ok(()) => self.check(head, now),
                    Err(_) => Outcome::Unverified(Unverified::Unavailable { agent, until: now }),
                }
            }
            outcome => outcome,
        }
    }

    fn check_one(&self, head: &RequestHead<'_>, signature: &SignatureOf, now: u64) -> Outcome {
        match self.check_holds(head, signature, now) {
            Ok(bot) => Outcome::Verified(bot),
            Err(Refused::Invalid(reason)) => Outcome::Invalid(reason),
            Err(Refused::Unverified(reason)) => Outcome::Unverified(reason),
        }
    }

    fn check_holds(
        &self,
        head: &RequestHead<'_>,
        signature: &SignatureOf,
        now: u64,
    ) -> Result<Bot, Refused> {
        let input = &signature.input;
        let (created, expires) = self.check_times(signature, now)?;
        let keyid = string_param(input, "keyid").ok_or(Invalid::MissingParameter)?;
        let covers = components(input).ok_or(Invalid::Component)?;
        let has = |component| covers.contains(&component);
        if !has(Component::Authority) && !has(Component::TargetUri) {
            return Err(Invalid::AuthorityNotCovered.into());
        }
        match string_param(input, "alg") {
            None if input.params.contains_key("alg") => return Err(Invalid::Algorithm.into()),
            None | Some("ed25519") => {}
            // The name of a real algorithm that we don't check says nothing against the signer.
            Some("rsa-pss-sha512" | "rsa-v1_5-sha256" | "ecdsa-p256-sha256") => {
                return Err(Unverified::Algorithm.into());
            }
            Some("ecdsa-p384-sha384") => return Err(Unverified::Algorithm.into()),
            Some(_) => return Err(Invalid::Algorithm.into()),
        }
        let agent = if head.headers.contains_key("signature-agent") {
            let agent = Agent::covered(head, &signature.label, &covers, self.policy.allow_plain);
            Some(agent.ok_or(Invalid::AgentNotCovered)?)
        } else {
            None
        };
        let base = signature_base(head, input).ok_or(Invalid::Component)?;
        let key = match self.directories.lookup(agent.as_ref(), keyid, now) {
            Lookup::Key(key) => key,
            Lookup::NoSuchKey => return Err(Unverified::UnknownKey.into()),
            other => return Err(missing(agent, other).into()),
        };
        let thumbprint = Thumbprint::of(&key);
        if thumbprint.is_test_key() && !self.policy.allow_test_keys {
            return Err(Invalid::TestKey.into());
        }
        let bytes: [u8; 64] = signature
            .bytes
            .as_slice()
            .try_into()
            .map_err(|_| Invalid::Mismatch)?;
        key.verify(base.as_bytes(), &Signature(bytes))
            .map_err(|_| Invalid::Mismatch)?;
        let mut hasher = blake3::Hasher::new();
        hasher.update(&key.0).update(base.as_bytes());
        let bot = Bot {
            agent,
            key: thumbprint,
            signature: *hasher.finalize().as_bytes(),
            covers,
            expires,
        };
        match self
            .spent
            .spend(&bot.id(), bot.signature, created, expires, now)
        {
            Spending::First => Ok(bot),
            Spending::Again => Err(Invalid::Replayed.into()),
            Spending::TooOld => Err(Unverified::TooOld.into()),
            Spending::Full => Err(Unverified::Full.into()),
        }
    }

    fn check_times(&self, signature: &SignatureOf, now: u64) -> Result<(u64, u64), Refused> {
        let time = |name| time_param(&signature.input, name).ok_or(Invalid::MissingParameter);
        let (created, expires) = (time("created")?, time("expires")?);
        if created > now.saturating_add(self.policy.clock_skew) {
            return Err(Invalid::FromTheFuture.into());
        }
        if expires <= now || expires <= created {
            return Err(Invalid::Expired.into());
        }
        if expires - created > self.policy.lifetime_max {
            return Err(Invalid::LivesTooLong.into());
        }
        Ok((created, expires))
    }
}

/// Why there is no key to check with.
fn missing(agent: Option<Agent>, lookup: Lookup) -> Unverified {
    let Some(agent) = agent else {
        return Unverified::UnknownKey;
    };
    match lookup {
        Lookup::Fetch => Unverified::KeysNeeded(agent),
        Lookup::Unavailable(until) => Unverified::Unavailable { agent, until },
        Lookup::NotListed => Unverified::NotListed(agent),
        Lookup::Key(_) | Lookup::NoSuchKey => Unverified::UnknownKey,
    }
}

enum Refused {
    Invalid(Invalid),
    Unverified(Unverified),
}

impl From<Invalid> for Refused {
    fn from(reason: Invalid) -> Self {
        Self::Invalid(reason)
    }
}

impl From<Unverified> for Refused {
    fn from(reason: Unverified) -> Self {
        Self::Unverified(reason)
    }
}
