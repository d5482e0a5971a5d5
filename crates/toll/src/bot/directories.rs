//! What directories said, and for how long that counts.

use std::collections::{BTreeMap, HashMap};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use lilliput_crypto::PublicKey;

use crate::bot::agent::{Agent, AgentKind};
use crate::bot::fetch::{Fetch, FetchError};
use crate::bot::key::{BotKey, KeySet, Thumbprint};

/// Whose directories are fetched, and how many are kept.
#[derive(Clone, Debug)]
pub struct DirectoryPolicy {
    /// Fetch the directory of any agent that a request names; otherwise only of those in `listed`.
    pub open: bool,
    /// Agents whose directories are fetched in any case.
    pub listed: Vec<Agent>,
    /// Keys given by the configuration: for an agent, or for no agent.
    pub pinned: Vec<(Option<Agent>, BotKey)>,
    /// The most directories that are remembered.
    pub entries_max: usize,
    /// The most fetches under way at once.
    pub fetches_max: usize,
    /// The most fetches begun in a minute, of all agents together.
    pub fetches_per_minute_max: u32,
}

impl Default for DirectoryPolicy {
    fn default() -> Self {
        Self {
            open: true,
            listed: Vec::new(),
            pinned: Vec::new(),
            entries_max: 1_024,
            fetches_max: 4,
            fetches_per_minute_max: 60,
        }
    }
}

/// The shortest time that an answer counts, in seconds, whatever it says.
const FRESH_MIN: u64 = 60;
/// The longest, which bounds for how long a key that was removed still counts.
const FRESH_MAX: u64 = 24 * 3600;
/// What counts when the answer doesn't say.
const FRESH_DEFAULT: u64 = 3600;
/// For how long an answer counts after it is stale, while the directory can't be reached.
const STALE_MAX: u64 = 24 * 3600;
/// For how long a failure is remembered: doubled with each further one, up to the longest.
const RETRY_MIN: u64 = 15;
const RETRY_MAX: u64 = 300;

/// What is known of an agent's key.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Lookup {
    /// The key.
    Key(PublicKey),
    /// The directory has no such key.
    NoSuchKey,
    /// It has to be fetched: [`Directories::refresh`].
    Fetch,
    /// It can't be fetched now; ask again at this second.
    Unavailable(u64),
    /// The policy doesn't fetch this agent's directory.
    NotListed,
}

#[derive(Debug, Default)]
struct Entry {
    keys: Option<Vec<BotKey>>,
    fetched_at: u64,
    fresh_until: u64,
    stale_until: u64,
    retry_at: u64,
    failures: u32,
    used_at: u64,
    fetching: Arc<Mutex<()>>,
}

impl Entry {
    /// Whether the directory answered too short a while ago to be asked again.
    fn is_recent(&self, now: u64) -> bool {
        self.keys.is_some() && now < self.fetched_at.saturating_add(FRESH_MIN)
    }
}

#[derive(Debug, Default)]
struct Known {
    entries: HashMap<Agent, Entry>,
    under_way: usize,
    minute: u64,
    begun: u32,
}

/// The directories, shared by all requests.
#[derive(Debug)]
pub struct Directories {
    policy: DirectoryPolicy,
    pinned: BTreeMap<(Option<Agent>, Thumbprint), BotKey>,
    fetch: Box<dyn Fetch>,
    known: Mutex<Known>,
}

impl Directories {
    /// Nothing fetched yet.
    #[must_use]
    pub fn new(policy: DirectoryPolicy, fetch: Box<dyn Fetch>) -> Self {
        let pinned = policy.pinned.iter().map(|(agent, key)| {
            let name = (agent.clone(), key.thumbprint.clone());
            (name, key.clone())
        });
        Self {
            pinned: pinned.collect(),
            policy,
            fetch,
            known: Mutex::default(),
        }
    }

    /// A key of an agent, or one pinned for no agent; never fetches. A key counts for the agent that it was
    /// published by, not for another that names it.
    #[must_use]
    pub fn lookup(&self, agent: Option<&Agent>, keyid: &str, now: u64) -> Lookup {
        let pinned = self.pinned.iter().find(|((of, name), key)| {
            of.as_ref() == agent && name.as_str() == keyid && key.counts_at(now)
        });
        if let Some((_, key)) = pinned {
            return Lookup::Key(key.key);
        }
        let Some(agent) = agent else {
            return Lookup::NoSuchKey;
        };
        if !self.policy.open && !self.policy.listed.contains(agent) {
            return Lookup::NotListed;
        }
        let mut known = self.known();
        let Some(entry) = known.entries.get_mut(agent) else {
            return Lookup::Fetch;
        };
        entry.used_at = now;
        let counts = now < entry.fresh_until || now < entry.stale_until && now < entry.retry_at;
        let keys = entry.keys.as_deref().filter(|_| counts);
        let key = keys.and_then(|keys| find(keys, keyid, now));
        match (key, keys) {
            (Some(key), _) => Lookup::Key(key),
            // A key may have been added since: the directory is asked again, but not at every request.
            (None, Some(_)) if entry.is_recent(now) => Lookup::NoSuchKey,
            (None, _) if now < entry.retry_at => Lookup::Unavailable(entry.retry_at),
            (None, _) => Lookup::Fetch,
        }
    }

    /// Fetches an agent's directory, once for all who wait for it. Blocks.
    ///
    /// # Errors
    /// When it can't be fetched; what was known before stays.
    pub fn refresh(&self, agent: &Agent, now: u64) -> Result<(), FetchError> {
        let turn = {
            let mut known = self.known();
            self.make_room(&mut known, now);
            let entry = known.entries.entry(agent.clone()).or_default();
            entry.used_at = now;
            Arc::clone(&entry.fetching)
        };
        let _turn = turn.lock().unwrap_or_else(PoisonError::into_inner);
        if !self.begin(agent, now)? {
            return Ok(());
        }
        let fetched = self.fetch.fetch(agent);
        let mut known = self.known();
        known.under_way = known.under_way.saturating_sub(1);
        let entry = known.entries.entry(agent.clone()).or_default();
        let fetched = fetched.and_then(|fetched| {
            let keys = KeySet::read(&fetched.body, agent.kind() == AgentKind::Directory);
            match keys {
                Some(keys) => Ok((keys, fetched.max_age)),
                None => Err(FetchError::Unreachable {
                    url: agent.to_string(),
                    reason: "it is no set of keys".to_owned(),
                }),
            }
        });
        match fetched {
            Ok((keys, max_age)) => {
                let fresh = max_age.unwrap_or(FRESH_DEFAULT).clamp(FRESH_MIN, FRESH_MAX);
                entry.keys = Some(keys);
                entry.fetched_at = now;
                entry.fresh_until = now.saturating_add(fresh);
                entry.stale_until = entry.fresh_until.saturating_add(STALE_MAX);
                entry.retry_at = 0;
                entry.failures = 0;
                Ok(())
            }
            Err(error) => {
                let wait = RETRY_MIN << entry.failures.min(5);
                entry.retry_at = now.saturating_add(wait.min(RETRY_MAX));
                entry.failures = entry.failures.saturating_add(1);
                Err(error)
            }
        }
    }

    /// Whether this fetch is to be made: false when another one was made just now, while we waited or before.
    fn begin(&self, agent: &Agent, now: u64) -> Result<bool, FetchError> {
        let mut known = self.known();
        if let Some(entry) = known.entries.get(agent)
            && (entry.is_recent(now) || now < entry.retry_at)
        {
            return Ok(false);
        }
        if known.minute != now / 60 {
            known.minute = now / 60;
            known.begun = 0;
        }
        let busy = known.under_way >= self.policy.fetches_max;
        if busy || known.begun >= self.policy.fetches_per_minute_max {
            return Err(FetchError::Unreachable {
                url: agent.to_string(),
                reason: "too many directories are being fetched".to_owned(),
            });
        }
        known.under_way += 1;
        known.begun += 1;
        Ok(true)
    }

    /// Forgets the agent that was asked for longest ago, when there are too many.
    fn make_room(&self, known: &mut Known, now: u64) {
        if known.entries.len() < self.policy.entries_max {
            return;
        }
        let listed = &self.policy.listed;
        let oldest = known
            .entries
            .iter()
            .filter(|(agent, entry)| !listed.contains(agent) && entry.used_at <= now)
            .min_by_key(|(_, entry)| (entry.keys.is_some(), entry.used_at))
            .map(|(agent, _)| agent.clone());
        if let Some(oldest) = oldest {
            known.entries.remove(&oldest);
        }
    }

    fn known(&self) -> MutexGuard<'_, Known> {
        // No code that holds the lock can leave the map half changed.
        self.known.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

fn find(keys: &[BotKey], keyid: &str, now: u64) -> Option<PublicKey> {
    let named = |key: &&BotKey| key.thumbprint.as_str() == keyid && key.counts_at(now);
    keys.iter().find(named).map(|key| key.key)
}
