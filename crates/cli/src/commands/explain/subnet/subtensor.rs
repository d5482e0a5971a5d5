//! The lines of an epoch under rule `subtensor-425`.

use lilliput_incentives::subtensor::Explanation;
use lilliput_types::subnet::Payout;
use lilliput_types::{Amount, AssetId};
use serde_json::json;

use super::percent_of;
use crate::receipt::money;

pub(super) fn lines(
    found: &Explanation,
    payout: &Payout,
    emission: u64,
    asset: AssetId,
) -> Vec<String> {
    let of = |amount: u64| money(Amount(amount.into()), asset);
    let share = |bits: i64| percent_of(bits.unsigned_abs());
    let mut lines = vec![
        format!("stake    {} of all", share(found.stake_share)),
        format!("as miner {}", of(found.server_emission)),
        format!(
            "  {} is split by incentive and dividends, each divided by the sum of both",
            of(emission)
        ),
    ];
    for line in &found.supporters {
        lines.push(format!(
            "  validator {}: {} of active stake, weight {}, of which {} counted: {}",
            line.validator,
            share(line.stake_share),
            share(line.weight),
            share(line.counted),
            share(line.part),
        ));
    }
    lines.push(format!(
        "  rank {}, which is {} of all incentive",
        share(found.rank),
        share(found.incentive)
    ));
    lines.push(format!("as validator {}", of(found.validator_emission)));
    if found.by_stake {
        lines
            .push("  nobody earned anything by weights, so that emission went by stake".to_owned());
    }
    for line in &found.backed {
        lines.push(format!(
            "  miner {}: {} of all bonds to it, {} of all incentive: {}",
            line.miner,
            share(line.bond_share),
            share(line.incentive),
            share(line.part),
        ));
    }
    lines.push(format!(
        "  {} of active stake, {} of all dividends",
        share(found.active_share),
        share(found.dividends)
    ));
    if !payout.dividend.is_zero() {
        lines.push(format!(
            "  {} of it is the take and was paid, the rest joined the stake",
            money(payout.take, asset)
        ));
    }
    lines
}

/// Amounts as everywhere in JSON; shares are in 2^-32.
pub(super) fn to_json(found: &Explanation, emission: u64) -> serde_json::Value {
    json!({
        "uid": found.uid,
        "emission": Amount(emission.into()),
        "stake_share": found.stake_share,
        "active_share": found.active_share,
        "rank": found.rank,
        "incentive_share": found.incentive,
        "incentive": Amount(found.server_emission.into()),
        "supporters": found.supporters,
        "dividend_share": found.dividends,
        "dividend": Amount(found.validator_emission.into()),
        "backed": found.backed,
        "by_stake": found.by_stake,
    })
}
