//! Who asks.

/// A site, who comes to it, and for how long.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Scenario {
    /// A short name.
    pub name: &'static str,
    /// What it shows.
    pub about: &'static str,
    /// Requests that the site bears in a second.
    pub capacity: u64,
    /// Requests of humans with passes in a second. They pay and work nothing.
    pub humans: u64,
    /// Agents that mean no harm.
    pub honest: Honest,
    /// Those that do.
    pub attackers: Vec<Attacker>,
    /// When the attack begins.
    pub attack_from_s: u64,
    /// When the simulation ends.
    pub ends_s: u64,
}

/// Agents that mean no harm: each has a price above which it doesn't pay, and works if that takes no longer than it waits.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Honest {
    /// How many.
    pub agents: u64,
    /// Requests that each wants in 1,000 seconds.
    pub requests_per_1000_s: u64,
    /// The least that any would pay for a request.
    pub pays_min: u64,
    /// How often that doubles for the most that any would pay; agents lie evenly between by doublings.
    pub pays_doublings: u64,
    /// Hashes that each makes in a second.
    pub hashes_per_s: u64,
    /// How long each works for a request at most.
    pub waits_s: u64,
}

/// Someone who wants the site down, or all of it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Attacker {
    /// Requests it would make in a second if they were free.
    pub wants: u64,
    /// What it can spend in all.
    pub money: u64,
    /// Machines, each with an address of its own.
    pub machines: u64,
    /// Hashes that each machine makes in a second.
    pub hashes_per_s: u64,
    /// Requests in a second that it has passes of humans for.
    pub with_passes: u64,
    /// For how long it goes on.
    pub patience_s: u64,
    /// How it spends.
    pub plan: Plan,
}

/// How an attacker goes about it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Plan {
    /// As much as it can, until the money is gone.
    Greedy,
    /// The money evenly over its patience.
    Even,
    /// Never above a price for a request.
    Thrifty {
        /// That price.
        pays_max: u64,
    },
    /// As much as it can, then silence until the level has fallen, again and again.
    Pulses {
        /// How long it pushes.
        on_s: u64,
        /// How long it waits.
        off_s: u64,
    },
}
