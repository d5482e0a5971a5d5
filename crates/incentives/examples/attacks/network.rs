//! A subnet of validators and miners that runs epochs under one of the rules.

use lilliput_incentives::epoch::{
    BondRow, EpochRule, Evidence, Participant, WeightRow, canonical_row, run_epoch,
};
use lilliput_incentives::subtensor::{self, EpochInput, IntegerRow};
use rand::{RngExt as _, SeedableRng as _};
use rand_chacha::ChaCha8Rng;

pub(crate) const EMISSION: u64 = 1_000_000_000_000;
pub(crate) const EPOCHS: usize = 40;
/// Blocks of an epoch under subtensor's rule.
const BLOCKS: u64 = 100;
/// Bonds settle before anything is counted.
const EPOCHS_UNCOUNTED: usize = 10;
/// How strongly weights prefer the better miners.
const PREFERENCE: i32 = 4;
/// The error of a validator's own measurement of a miner.
const MEASUREMENT_ERROR: f64 = 0.05;

#[derive(Clone, Copy, PartialEq, Eq)]
pub(crate) enum Rule {
    Yuma2,
    Yuma3Liquid,
    Evidence,
    /// Ours without any audit: what agreement alone would earn.
    EvidenceUnaudited,
}

impl Rule {
    pub(crate) const ALL: [Self; 4] = [
        Self::Yuma2,
        Self::Yuma3Liquid,
        Self::EvidenceUnaudited,
        Self::Evidence,
    ];

    pub(crate) fn name(self) -> &'static str {
        match self {
            Self::Yuma2 => "subtensor-425, Yuma 2",
            Self::Yuma3Liquid => "subtensor-425, Yuma 3 liquid",
            Self::Evidence => "evidence-1",
            Self::EvidenceUnaudited => "evidence-1 without audits",
        }
    }
}

/// What a validator does in an epoch.
#[derive(Clone)]
pub(crate) struct Turn {
    /// None keeps the old weights under subtensor's rules and has none under ours.
    pub(crate) weights: Option<Vec<f64>>,
    /// The part of its row that its own transcripts back.
    pub(crate) backed: f64,
}

/// Incomes of all uids, validators first.
#[derive(Clone, Default)]
pub(crate) struct Income {
    pub(crate) miners: Vec<f64>,
    pub(crate) validators: Vec<f64>,
}

#[derive(Clone)]
pub(crate) struct Network {
    rule: Rule,
    stakes: Vec<u64>,
    pub(crate) qualities: Vec<f64>,
    weights: Vec<IntegerRow>,
    bonds: Vec<IntegerRow>,
    evidence_bonds: Vec<BondRow>,
    /// The block in which each uid was registered, and under subtensor's rule the commits that its arithmetic knows of.
    registered: Vec<u64>,
    pub(crate) committed: Option<u64>,
    epoch: u64,
    pub(crate) random: ChaCha8Rng,
}

impl Network {
    pub(crate) fn new(rule: Rule, stakes: &[u64], miners: usize, seed: u64) -> Self {
        let mut random = ChaCha8Rng::seed_from_u64(seed);
        let uids = stakes.len() + miners;
        Self {
            rule,
            stakes: stakes.to_vec(),
            qualities: (0..miners).map(|_| random.random_range(0.3..1.0)).collect(),
            weights: vec![Vec::new(); uids],
            bonds: vec![Vec::new(); uids],
            evidence_bonds: vec![Vec::new(); uids],
            registered: vec![0; uids],
            committed: None,
            epoch: 0,
            random,
        }
    }

    /// Somebody of this quality takes a miner's uid over between two epochs. What the ledger drops is dropped.
    pub(crate) fn replace(&mut self, miner: usize, quality: f64) {
        let uid = self.stakes.len() + miner;
        self.qualities[miner] = quality;
        self.registered[uid] = self.epoch * BLOCKS + BLOCKS / 2;
        if matches!(self.rule, Rule::Evidence | Rule::EvidenceUnaudited) {
            for row in &mut self.evidence_bonds {
                row.retain(|bond| usize::from(bond.0) != uid);
            }
        }
    }

    /// Weights by a validator's own measurements.
    pub(crate) fn measured(&mut self) -> Vec<f64> {
        let mut error = || (0..12).map(|_| self.random.random::<f64>()).sum::<f64>() - 6.0;
        self.qualities
            .iter()
            .map(|quality| {
                (quality + MEASUREMENT_ERROR * error())
                    .max(0.0)
                    .powi(PREFERENCE)
            })
            .collect()
    }

    pub(crate) fn honest(&mut self) -> Turn {
        Turn {
            weights: Some(self.measured()),
            backed: 1.0,
        }
    }

    /// Lets every miner's quality drift.
    pub(crate) fn drift(&mut self, size: f64) {
        for quality in &mut self.qualities {
            let step = self.random.random_range(-size..=size);
            *quality = (*quality + step).clamp(0.1, 1.0);
        }
    }

    /// Runs an epoch.
    pub(crate) fn step(&mut self, turns: &[Turn]) -> Income {
        self.epoch += 1;
        let validators = self.stakes.len();
        match self.rule {
            Rule::Yuma2 | Rule::Yuma3Liquid => self.step_subtensor(turns),
            Rule::Evidence | Rule::EvidenceUnaudited => self.step_evidence(turns),
        }
        .split(validators)
    }

    fn step_subtensor(&mut self, turns: &[Turn]) -> Outcome {
        let uids = self.stakes.len() + self.qualities.len();
        for (uid, turn) in turns.iter().enumerate() {
            if let Some(weights) = &turn.weights {
                self.weights[uid] = integers(weights, self.stakes.len());
            }
        }
        let yuma3 = self.rule == Rule::Yuma3Liquid;
        let mut stake = self.stakes.clone();
        stake.resize(uids, 0);
        let input = EpochInput {
            n: uids as u64,
            stake,
            min_stake: 0,
            weights: self.weights.clone(),
            bonds: self.bonds.clone(),
            last_update: vec![self.epoch * BLOCKS; uids],
            block_at_registration: self.registered.clone(),
            current_block: self.epoch * BLOCKS + 1,
            activity_cutoff: 5_000,
            tempo: BLOCKS - 1,
            last_mech_step: (self.epoch - 1) * BLOCKS,
            validator_permit: (0..uids).map(|uid| uid < self.stakes.len()).collect(),
            max_allowed_validators: self.stakes.len() as u16,
            owner_uid: None,
            kappa: 32_767,
            bonds_penalty: u16::MAX,
            bonds_moving_average: 900_000,
            yuma3,
            liquid_alpha: yuma3,
            alpha_low: 6_554,
            alpha_high: 19_661,
            alpha_sigmoid_steepness: 1_000,
            emission: EMISSION,
            earliest_active_commit_block: self
                .committed
                .map(|epochs_ago| vec![Some(self.epoch.saturating_sub(epochs_ago) * BLOCKS); uids]),
        };
        let output = subtensor::run_epoch(&input).unwrap_or_else(|error| invalid(error));
        self.bonds = output.bonds;
        Outcome {
            miners: output.server_emission,
            validators: output.validator_emission,
        }
    }

    fn step_evidence(&mut self, turns: &[Turn]) -> Outcome {
        let rule = EpochRule {
            validators_max: 1_024,
            owner_part: 0,
            audits_required: if self.rule == Rule::Evidence { 8 } else { 0 },
            ..EpochRule::default()
        };
        let mut participants: Vec<Participant> = self
            .evidence_bonds
            .iter()
            .map(|bonds| Participant {
                bonds: bonds.clone(),
                ..Participant::default()
            })
            .collect();
        for (uid, turn) in turns.iter().enumerate() {
            let weights = turn.weights.as_deref().unwrap_or_default();
            let row = integers(weights, self.stakes.len());
            participants[uid].stake = self.stakes[uid];
            participants[uid].weights =
                canonical_row(uid as u16, row).unwrap_or_else(|error| invalid(error));
            participants[uid].evidence = self.audit(turn.backed, rule.audits_required);
        }
        let outcome =
            run_epoch(&participants, &rule, EMISSION).unwrap_or_else(|error| invalid(error));
        self.evidence_bonds = outcome.bonds;
        Outcome {
            miners: outcome.incentives,
            validators: outcome.dividends,
        }
    }

    /// Each audit draws an entry by weight and passes if own transcripts back it: an honest row always passes.
    fn audit(&mut self, backed: f64, audits: u8) -> Evidence {
        let mut evidence = Evidence::default();
        for _ in 0..audits {
            if backed >= 1.0 || self.random.random::<f64>() < backed {
                evidence.passed += 1;
            } else {
                evidence.failed += 1;
            }
        }
        evidence
    }
}

struct Outcome {
    miners: Vec<u64>,
    validators: Vec<u64>,
}

impl Outcome {
    fn split(self, validators: usize) -> Income {
        let doubles = |amounts: &[u64]| amounts.iter().map(|&amount| amount as f64).collect();
        Income {
            miners: doubles(&self.miners[validators..]),
            validators: doubles(&self.validators[..validators]),
        }
    }
}

/// Sums incomes over the epochs that count, `turns` saying what everybody does in each.
pub(crate) fn run(
    network: &mut Network,
    mut turns: impl FnMut(&mut Network, usize) -> Vec<Turn>,
) -> Income {
    let mut total = Income::default();
    for epoch in 0..EPOCHS_UNCOUNTED + EPOCHS {
        let turns = turns(network, epoch);
        let income = network.step(&turns);
        if epoch >= EPOCHS_UNCOUNTED {
            add(&mut total.miners, &income.miners);
            add(&mut total.validators, &income.validators);
        }
    }
    total
}

fn add(total: &mut Vec<f64>, more: &[f64]) {
    total.resize(more.len(), 0.0);
    for (cell, part) in total.iter_mut().zip(more) {
        *cell += part;
    }
}

/// Income per stake of the first group against that of the second.
pub(crate) fn per_stake(income: &[f64], stakes: &[u64], one: &[usize], other: &[usize]) -> f64 {
    let ratio = |group: &[usize]| {
        let earned: f64 = group.iter().map(|&uid| income[uid]).sum();
        let staked: f64 = group.iter().map(|&uid| stakes[uid] as f64).sum();
        earned / staked
    };
    ratio(one) / ratio(other)
}

fn integers(weights: &[f64], first_uid: usize) -> WeightRow {
    let largest = weights.iter().copied().fold(0.0, f64::max);
    weights
        .iter()
        .enumerate()
        .map(|(miner, weight)| {
            let upscaled = (weight / largest * f64::from(u16::MAX)).round();
            ((first_uid + miner) as u16, upscaled as u16)
        })
        .collect()
}

#[expect(clippy::panic, reason = "the simulation makes valid inputs only")]
fn invalid(error: impl std::fmt::Display) -> ! {
    panic!("simulated input is invalid: {error}")
}
