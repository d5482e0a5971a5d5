//! Why an account earned what it did in an epoch of a subnet: recomputed from what the ledger keeps.

mod subtensor;

use anyhow::anyhow;
use lilliput_client::Client;
use lilliput_client::subnet::SubnetEpochDetail;
use lilliput_incentives::epoch::Explanation;
use lilliput_incentives::market::{Reserves, smoothed};
use lilliput_modules::subnet::replay::{self, Explained};
use lilliput_types::subnet::{Payout, SubnetEvent};
use lilliput_types::{Address, Amount, AssetId, Event, SubnetEpoch, SubnetId};
use serde_json::json;

use crate::failure::{Failure, OrExit, Result};
use crate::node::NodeArgs;
use crate::outcome::Outcome;
use crate::receipt::{money, units};

/// Weights and bonds are in 2^-32, pools in 2^-14 base units.
const POOL_BITS: u32 = 14;

/// Replays an epoch, written `ID:EPOCH`, for one account.
pub(super) fn explain(epoch: &str, account: Address, node: &NodeArgs) -> Result<Outcome> {
    let (id, epoch) = parse(epoch)?;
    let client = node.client()?;
    let detail = client.subnet_epoch(id, epoch)?;
    let network = client.subnet_market()?.terms.asset;
    let asset = match detail.record.market {
        Some(_) => AssetId::Subnet(id),
        None => network,
    };
    let owner = client.subnet(id)?.subnet.owner;
    check_input(&detail)?;
    let events = events(&client, &detail)?;
    check_payouts(&detail, &events)?;
    let mut lines = overview(&detail, network, asset);
    lines.extend(market(&detail, network, asset)?);
    if account == owner {
        lines.push(format!("{account} owns the subnet"));
        lines.push(format!("  got      {}", money(detail.record.owner, asset)));
    }
    let seat = detail
        .input
        .seats
        .iter()
        .find(|seat| seat.account == account);
    let mut explanation = None;
    if let Some(seat) = seat {
        let found = replay::explanation(&detail.input, seat.uid);
        let found = found.or_rejected("the epoch can't be replayed")?;
        let found =
            found.ok_or_else(|| Failure::rejected(anyhow!("the uid isn't in the epoch")))?;
        let payout = own_payout(&detail, seat.uid, &found)?;
        lines.push(format!(
            "uid {}, registration {}, {account}",
            seat.uid, seat.registration
        ));
        match &found {
            Explained::Evidence(found) => {
                lines.extend(as_miner(found, asset));
                lines.extend(as_validator(found, &payout, seat, asset));
            }
            Explained::Subtensor {
                explanation,
                emission,
            } => lines.extend(subtensor::lines(explanation, &payout, *emission, asset)),
        }
        explanation = Some(found);
    } else if account != owner {
        return Err(Failure::bad_input(anyhow!(
            "{account} had no uid in epoch {epoch} of subnet {id}"
        ))
        .hint("`lilliput subnet show ID` lists members"));
    }
    lines.push(format!(
        "checked here: the input has the hash {} that block {} names, and recomputed from it every payout is what the block's events say",
        detail.record.input, detail.record.settled_at
    ));
    Ok(Outcome::new(
        lines.join("\n"),
        json!({
            "subnet": id,
            "epoch": epoch,
            "account": account,
            "record": detail.record,
            "payout": detail.payouts.iter().find(|payout| payout.account == account),
            "owner": (account == owner).then_some(detail.record.owner),
            "explanation": explanation.map(|one| explained_json(&one)),
            "rule": detail.record.rule,
            "matches": true,
        }),
    ))
}

fn parse(text: &str) -> Result<(SubnetId, SubnetEpoch)> {
    let parsed = text
        .split_once(':')
        .and_then(|(id, epoch)| Some((id.parse().ok()?, epoch.parse().ok()?)));
    parsed.ok_or_else(|| Failure::bad_input(anyhow!("subnet:{text} is not subnet:ID:EPOCH")))
}

/// The input is what the record says it is.
fn check_input(detail: &SubnetEpochDetail) -> Result<()> {
    let SubnetEpochDetail { record, input, .. } = detail;
    let fits = input.subnet == record.subnet
        && input.epoch == record.epoch
        && input.emission == record.emission
        && input.rule == record.rule
        && input.digest() == record.input;
    if !fits {
        return Err(Failure::rejected(anyhow!(
            "the epoch's input has another hash than its record"
        )));
    }
    Ok(())
}

/// What the block said that settled the epoch.
fn events(client: &Client, detail: &SubnetEpochDetail) -> Result<Vec<SubnetEvent>> {
    let record = &detail.record;
    let block = client.block(record.settled_at)?;
    let events: Vec<SubnetEvent> = block
        .end
        .into_iter()
        .filter_map(|event| match event {
            Event::Subnet(event) => Some(event),
            _ => None,
        })
        .collect();
    let settled = SubnetEvent::Settled(Box::new(record.clone()));
    if !events.contains(&settled) {
        return Err(Failure::rejected(anyhow!(
            "block {} didn't settle the epoch like this",
            record.settled_at
        )));
    }
    Ok(events)
}

fn differs(what: impl std::fmt::Display) -> Failure {
    Failure::rejected(anyhow!("{what} isn't what follows from the input"))
}

/// Recomputed, recorded and announced payouts of everybody agree.
fn check_payouts(detail: &SubnetEpochDetail, events: &[SubnetEvent]) -> Result<()> {
    let outcome = replay::outcome(&detail.input).or_rejected("the epoch can't be replayed")?;
    let record = &detail.record;
    let shares = [
        ("the owner's part", record.owner, outcome.owner),
        ("what was burned", record.burned, outcome.burned),
        ("what was carried on", record.carried, outcome.carried),
    ];
    if let Some((what, ..)) = shares
        .into_iter()
        .find(|(_, recorded, amount)| *recorded != Amount(u128::from(*amount)))
    {
        return Err(differs(what));
    }
    let seats = detail.input.seats.iter().map(|seat| seat.uid);
    if !detail.payouts.iter().map(|payout| payout.uid).eq(seats) {
        return Err(differs("who was paid"));
    }
    for payout in &detail.payouts {
        let at = usize::from(payout.uid);
        let amount = |of: &[u64]| of.get(at).map(|amount| Amount(u128::from(*amount)));
        let equal = amount(&outcome.incentives) == Some(payout.incentive)
            && amount(&outcome.dividends) == Some(payout.dividend);
        let paid = SubnetEvent::Paid {
            subnet: record.subnet,
            epoch: record.epoch,
            payout: *payout,
        };
        let nothing = payout.incentive.is_zero() && payout.dividend.is_zero();
        if !equal || nothing == events.contains(&paid) {
            return Err(differs(format!("the payout of uid {}", payout.uid)));
        }
    }
    Ok(())
}

/// The payout that the explanation comes to.
fn own_payout(detail: &SubnetEpochDetail, uid: u16, explained: &Explained) -> Result<Payout> {
    let own = detail.payouts.iter().find(|payout| payout.uid == uid);
    let (incentive, dividend) = explained.earned();
    own.copied()
        .filter(|own| {
            own.incentive == Amount(incentive.into()) && own.dividend == Amount(dividend.into())
        })
        .ok_or_else(|| differs(format!("the payout of uid {uid}")))
}

/// What the minted money bought, computed again.
fn market(detail: &SubnetEpochDetail, network: AssetId, token: AssetId) -> Result<Vec<String>> {
    let record = &detail.record;
    let Some(done) = &record.market else {
        return Ok(Vec::new());
    };
    let pool = Reserves {
        network: done.network.0,
        tokens: done.tokens.0,
    };
    let bought = pool.buy(record.minted.0).map_or(0, |bought| bought.0);
    let smoothed = smoothed(done.price_before.0, done.price_average.0);
    let fits = bought == done.bought.0
        && smoothed == done.price_smoothed.0
        && done.carried.0.checked_add(bought) == Some(record.emission.0);
    if !fits {
        return Err(Failure::rejected(anyhow!(
            "what the epoch bought isn't what follows from its market"
        )));
    }
    Ok(vec![format!(
        "  market   {} bought {} of {} in the market beside {}; price {} on average, {} smoothed, of 4294967296",
        money(record.minted, network),
        money(done.bought, token),
        money(done.tokens, token),
        money(done.network, network),
        done.price_average,
        done.price_smoothed,
    )])
}

fn overview(detail: &SubnetEpochDetail, network: AssetId, asset: AssetId) -> Vec<String> {
    let record = &detail.record;
    let of = |amount| money(amount, asset);
    vec![
        format!(
            "subnet {}, epoch {}, by rule {}, settled in block {}",
            record.subnet,
            record.epoch,
            record.rule.name(),
            record.settled_at
        ),
        format!(
            "  emission {}: {} minted, the rest carried from before",
            of(record.emission),
            money(record.minted, network)
        ),
        format!(
            "  owner    {}, burned {}, carried on {}",
            of(record.owner),
            of(record.burned),
            of(record.carried)
        ),
    ]
}

fn as_miner(found: &Explanation, asset: AssetId) -> Vec<String> {
    let mut lines = vec![
        format!("as miner {}", money(Amount(found.incentive.into()), asset)),
        format!(
            "  all miners share {} by stake x counted weight, summed over validators",
            money(Amount(found.miners_amount.into()), asset)
        ),
    ];
    for line in &found.supporters {
        lines.push(format!(
            "  validator {}: stake {}, weight {}, of which {} counted",
            line.validator,
            money(Amount(line.stake.into()), asset),
            percent(line.weight),
            percent(line.counted),
        ));
    }
    lines.push(format!(
        "  gathered {} of {}",
        units(Amount(found.gathered)),
        units(Amount(found.gathered_by_all))
    ));
    lines
}

fn as_validator(
    found: &Explanation,
    payout: &Payout,
    seat: &lilliput_types::subnet::SeatInput,
    asset: AssetId,
) -> Vec<String> {
    let audits = match found.audits {
        Some(audits) => format!("{audits} audits count"),
        None => format!(
            "no vote: stake {}, {} audits held, {} failed, {} weights",
            money(seat.stake, asset),
            seat.passed,
            seat.failed,
            seat.weights.len()
        ),
    };
    let mut lines = vec![
        format!("as validator {}", money(payout.dividend, asset)),
        format!("  {audits}"),
    ];
    for line in &found.backed {
        lines.push(format!(
            "  miner {}: bond {}, {} of {} claims on a pool of {}: {}",
            line.miner,
            percent(line.bond),
            units(Amount(line.claim)),
            units(Amount(line.claims_of_all)),
            money(Amount(line.pool >> POOL_BITS), asset),
            money(Amount(line.got >> POOL_BITS), asset),
        ));
    }
    if !payout.dividend.is_zero() {
        lines.push(format!(
            "  {} of it is the take and was paid, the rest joined the stake",
            money(payout.take, asset)
        ));
    }
    lines
}

/// A part in 2^-32, with three digits.
fn percent(part: u32) -> String {
    percent_of(u64::from(part))
}

/// The same where the whole is 2^32.
fn percent_of(part: u64) -> String {
    let thousandths = (u128::from(part) * 100_000) >> 32;
    format!("{}.{:03} %", thousandths / 1_000, thousandths % 1_000)
}

fn explained_json(found: &Explained) -> serde_json::Value {
    match found {
        Explained::Evidence(found) => explanation_json(found),
        Explained::Subtensor {
            explanation,
            emission,
        } => subtensor::to_json(explanation, *emission),
    }
}

/// Amounts as everywhere in JSON: numbers below 2^53, else strings.
fn explanation_json(found: &Explanation) -> serde_json::Value {
    let supporters: Vec<_> = found
        .supporters
        .iter()
        .map(|line| {
            json!({
                "validator": line.validator,
                "stake": Amount(line.stake.into()),
                "weight": line.weight,
                "counted": line.counted,
            })
        })
        .collect();
    let backed: Vec<_> = found
        .backed
        .iter()
        .map(|line| {
            json!({
                "miner": line.miner,
                "bond": line.bond,
                "claim": Amount(line.claim),
                "claims_of_all": Amount(line.claims_of_all),
                "pool": Amount(line.pool),
                "got": Amount(line.got),
            })
        })
        .collect();
    json!({
        "uid": found.uid,
        "gathered": Amount(found.gathered),
        "gathered_by_all": Amount(found.gathered_by_all),
        "miners_amount": Amount(found.miners_amount.into()),
        "incentive": Amount(found.incentive.into()),
        "supporters": supporters,
        "audits": found.audits,
        "dividend": Amount(found.dividend.into()),
        "backed": backed,
    })
}
