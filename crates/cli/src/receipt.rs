//! What a finished job comes to, for people and scripts.

use lilliput_types::job::{Job, JobState};
use lilliput_types::{Address, Amount, AssetId, Holder};
use serde_json::{Value, json};

use crate::buyer::Checked;
use crate::numbers;

/// The JSON that `demo`, `ask` and `explain` have in common.
pub(crate) fn to_json(job: &Job, checked: Option<&Checked>) -> Value {
    let mut object = json!({
        "job": job,
        "escrow": job.escrow,
        "payments": job.payments,
        "refunds": job.refunds,
        "penalties": job.penalties,
    });
    if let Some(checked) = checked {
        object["answer"] = json!({
            "label": numbers::label(&checked.output),
            "output": checked.output,
        });
        object["proof"] = json!({
            "bytes": checked.proof_bytes,
            "verify_ms": checked.verify_ms,
            "security_bits": checked.security.bits,
            "hidden": checked.hidden,
            "opening": checked.opening,
            "openings": checked.openings,
        });
    }
    object
}

/// Who got what, a line each.
pub(crate) fn lines(job: &Job, known: &[(Address, &str)]) -> Vec<String> {
    let asset = job.asset;
    let mut lines = vec![format!("escrow    {}", money(job.escrow, asset))];
    for payment in job.payments.iter() {
        let to = name(payment.to, known);
        let (amount, segment) = (money(payment.amount, asset), payment.segment);
        lines.push(format!("  paid    {amount} to {to} ({segment})"));
    }
    for refund in job.refunds.iter() {
        let to = name(refund.to, known);
        lines.push(format!("  refund  {} to {to}", money(refund.amount, asset)));
    }
    for penalty in job.penalties.iter() {
        let to = name(penalty.to, known);
        let amount = money(penalty.amount, asset);
        lines.push(format!("  bond    {amount} to {to}"));
    }
    lines
}

/// A job's state in a word.
pub(crate) fn state(job: &Job) -> &'static str {
    match job.state {
        JobState::Open => "open",
        JobState::Accepted => "accepted",
        JobState::Paid => "paid",
        JobState::Refunded => "refunded",
    }
}

/// An amount with its asset: the genesis' assets and subnets' tokens have six decimals, those that accounts create are
/// shown in their smallest unit.
pub(crate) fn money(amount: Amount, asset: AssetId) -> String {
    if matches!(asset, AssetId::Created { .. }) {
        return format!("{} {asset}", units(amount));
    }
    let digits = format!("{:0>7}", amount.0);
    let (whole, fraction) = digits.split_at(digits.len() - 6);
    match fraction.trim_end_matches('0') {
        "" => format!("{whole} {asset}"),
        fraction => format!("{whole}.{fraction} {asset}"),
    }
}

/// An amount in the smallest unit, its digits in groups.
pub(crate) fn units(amount: Amount) -> String {
    let digits = amount.to_string();
    let mut grouped = String::new();
    for (place, digit) in digits.chars().enumerate() {
        if place > 0 && (digits.len() - place).is_multiple_of(3) {
            grouped.push(',');
        }
        grouped.push(digit);
    }
    grouped
}

fn name(holder: Holder, known: &[(Address, &str)]) -> String {
    let role = known
        .iter()
        .find(|(address, _)| holder == Holder::Account(*address));
    match role {
        Some((_, role)) => format!("the {role}"),
        None => holder.to_string(),
    }
}
