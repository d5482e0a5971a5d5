//! Which signatures were used. Kept in memory: after a start, signatures made before it aren't taken.

use std::collections::{BTreeMap, HashMap, HashSet};
use std::sync::{Mutex, PoisonError};

/// What became of a signature.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Spending {
    /// It wasn't used before, and is now.
    First,
    /// It was used before.
    Again,
    /// It was made before this memory began.
    TooOld,
    /// No room: of this agent, or of all.
    Full,
}

#[derive(Debug, Default)]
struct Shelf {
    /// By the second in which they expire.
    by_end: BTreeMap<u64, HashMap<String, HashSet<[u8; 16]>>>,
    by_agent: HashMap<String, usize>,
    all: usize,
}

/// The used signatures that haven't expired yet, with a bound for each agent and for all.
#[derive(Debug)]
pub struct SpentSignatures {
    began: u64,
    agent_max: usize,
    all_max: usize,
    shelf: Mutex<Shelf>,
}

impl SpentSignatures {
    /// An empty memory that begins at a second.
    #[must_use]
    pub fn new(began: u64, agent_max: usize, all_max: usize) -> Self {
        Self {
            began,
            agent_max,
            all_max,
            shelf: Mutex::default(),
        }
    }

    /// Uses a signature. Only signatures that verified may come here: who can't sign can't fill the memory.
    pub fn spend(
        &self,
        agent: &str,
        digest: [u8; 32],
        created: u64,
        expires: u64,
        now: u64,
    ) -> Spending {
        if created < self.began {
            return Spending::TooOld;
        }
        let mut name = [0; 16];
        name.copy_from_slice(digest.first_chunk::<16>().unwrap_or(&[0; 16]));
        let mut shelf = self.shelf.lock().unwrap_or_else(PoisonError::into_inner);
        shelf.forget(now);
        let place = shelf.by_end.get(&expires);
        let used = place.and_then(|agents| agents.get(agent));
        if used.is_some_and(|names| names.contains(&name)) {
            return Spending::Again;
        }
        let of_agent = shelf.by_agent.get(agent).copied().unwrap_or_default();
        if of_agent >= self.agent_max || shelf.all >= self.all_max {
            return Spending::Full;
        }
        shelf.all += 1;
        *shelf.by_agent.entry(agent.to_owned()).or_default() += 1;
        let place = shelf.by_end.entry(expires).or_default();
        place.entry(agent.to_owned()).or_default().insert(name);
        Spending::First
    }

    /// How many are remembered.
    #[must_use]
    pub fn len(&self) -> usize {
        let shelf = self.shelf.lock().unwrap_or_else(PoisonError::into_inner);
        shelf.all
    }

    /// Whether none is.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.len() == 0
    }
}

impl Shelf {
    /// Forgets what expired before this second; one that expires now is refused for its age already.
    fn forget(&mut self, now: u64) {
        while let Some(first) = self.by_end.first_entry() {
            if *first.key() >= now {
                return;
            }
            for (agent, names) in first.remove() {
                self.all = self.all.saturating_sub(names.len());
                let left = self.by_agent.get(&agent).copied().unwrap_or_default();
                match left.saturating_sub(names.len()) {
                    0 => self.by_agent.remove(&agent),
                    left => self.by_agent.insert(agent, left),
                };
            }
        }
    }
}
