//! `lilliput subnet economics`: subtensor's money rules on a file of cases.

use std::collections::BTreeMap;
use std::path::PathBuf;

use lilliput_incentives::float::EmissionSplitExact;
use lilliput_incentives::subtensor::{
    BURN_MULTIPLIER_Q64, OWNER_CUT, block_emission, bumped_burn, decay_factor_q32, emission_split,
    multiply_q32, subnet_lock_cost,
};
use serde::Deserialize;
use serde_json::{Value, json};

use crate::commands::case_file;
use crate::failure::Result;
use crate::outcome::Outcome;

/// The longest series of blocks or registrations that a row may ask for.
const STEPS_MAX: u64 = 1_000_000;
const BURN_MIN: u64 = 500_000;
const BURN_MAX: u64 = 100_000_000_000;

/// Compute halving, burn price, subnet deposit and emission split as subtensor (spec 425) does.
///
/// FILE is JSON with any of the lists block_emission, burn_decay, burn_bump, subnet_lock_cost and emission_split; the
/// result has the same lists with the computed fields.
#[derive(clap::Args)]
pub(crate) struct Args {
    /// The cases, as JSON.
    file: PathBuf,
}

#[derive(Deserialize, Default)]
#[serde(default)]
struct Cases {
    block_emission: Rows<Issuance>,
    burn_decay: Rows<Decay>,
    burn_bump: Bumps,
    subnet_lock_cost: Rows<Lock>,
    emission_split: Vec<Split>,
}

#[derive(Deserialize)]
struct Rows<T> {
    rows: Vec<T>,
}

impl<T> Default for Rows<T> {
    fn default() -> Self {
        Self { rows: Vec::new() }
    }
}

#[derive(Deserialize)]
struct Issuance {
    issuance_rao: u64,
}

#[derive(Deserialize)]
struct Decay {
    half_life: u16,
    start: u64,
    /// Only the numbers of blocks are read.
    after: BTreeMap<u64, Value>,
}

/// Only the first price and the number of prices are read.
#[derive(Deserialize, Default)]
struct Bumps {
    sequence_from_1e9: Vec<u64>,
}

#[derive(Deserialize)]
struct Lock {
    last_lock: u64,
    min_lock: u64,
    last_lock_block: u64,
    current_block: u64,
    interval: u64,
}

#[derive(Deserialize)]
struct Split {
    alpha_out: f64,
    root_prop: f64,
}

pub(super) fn run(args: &Args) -> Result<Outcome> {
    let cases: Cases = case_file::read(&args.file)?;
    let json = json!({
        "block_emission": { "rows": cases.block_emission.rows.iter().map(issuance).collect::<Vec<_>>() },
        "burn_decay": { "rows": cases.burn_decay.rows.iter().map(decay).collect::<Vec<_>>() },
        "burn_bump": { "sequence_from_1e9": bumps(&cases.burn_bump) },
        "subnet_lock_cost": { "rows": cases.subnet_lock_cost.rows.iter().map(lock).collect::<Vec<_>>() },
        "emission_split": cases.emission_split.iter().map(split).collect::<Vec<_>>(),
    });
    Ok(Outcome::new(format!("{json:#}"), json))
}

fn issuance(row: &Issuance) -> Value {
    json!({ "issuance_rao": row.issuance_rao, "emission_rao": block_emission(row.issuance_rao) })
}

fn decay(row: &Decay) -> Value {
    let factor = decay_factor_q32(row.half_life);
    let mut burn = row.start;
    let mut block = 0;
    let mut after = BTreeMap::new();
    for &asked in row.after.keys() {
        while block < asked.min(STEPS_MAX) {
            burn = multiply_q32(burn, factor);
            block += 1;
        }
        after.insert(block.to_string(), burn);
    }
    json!({ "half_life": row.half_life, "factor_q32": factor, "start": row.start, "after": after })
}

fn bumps(asked: &Bumps) -> Vec<u64> {
    let next = |burn: &u64| Some(bumped_burn(*burn, BURN_MULTIPLIER_Q64, BURN_MIN, BURN_MAX));
    std::iter::successors(asked.sequence_from_1e9.first().copied(), next)
        .take(asked.sequence_from_1e9.len())
        .collect()
}

fn lock(row: &Lock) -> Value {
    let cost = subnet_lock_cost(
        row.last_lock,
        row.min_lock,
        row.last_lock_block,
        row.current_block,
        row.interval,
    );
    json!({
        "last_lock": row.last_lock,
        "min_lock": row.min_lock,
        "last_lock_block": row.last_lock_block,
        "current_block": row.current_block,
        "interval": row.interval,
        "lock_cost": cost,
    })
}

/// The real amounts, and the whole units that fixed point pays.
fn split(row: &Split) -> Value {
    let exact = EmissionSplitExact::new(row.alpha_out, OWNER_CUT, row.root_prop);
    let root_share_q32 = (row.root_prop * 2_f64.powi(32)) as u64;
    let paid = emission_split(row.alpha_out as u64, OWNER_CUT, root_share_q32);
    json!({
        "alpha_out": row.alpha_out,
        "root_prop": row.root_prop,
        "owner": exact.owner,
        "servers": exact.servers,
        "root": exact.root,
        "validators_alpha": exact.validators,
        "whole_units": {
            "owner": paid.owner,
            "servers": paid.servers,
            "root": paid.root,
            "validators_alpha": paid.validators,
        },
    })
}
