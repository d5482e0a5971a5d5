//! `lilliput subnet show`: one subnet, its phase, its members.

use std::fmt::Write as _;

use lilliput_client::subnet::{SubnetDetail, SubnetSeat};
use lilliput_types::subnet::Phase;
use lilliput_types::{AssetId, SubnetId};
use serde_json::json;

use crate::failure::Result;
use crate::node::NodeArgs;
use crate::outcome::Outcome;
use crate::receipt::money;

/// Show a subnet: where its epoch stands, its prices, what it emits and earns, its members.
#[derive(clap::Args)]
pub(super) struct Args {
    /// The subnet.
    subnet: SubnetId,

    #[command(flatten)]
    node: NodeArgs,
}

pub(super) fn run(args: &Args) -> Result<Outcome> {
    let client = args.node.client()?;
    let detail = client.subnet(args.subnet)?;
    let asset = client.subnet_market()?.terms.asset;
    let settlement = client.status()?.settlement_asset;
    let mut seats = Vec::new();
    let mut from = None;
    loop {
        let page = client.subnet_seats(args.subnet, from.as_deref())?;
        seats.extend(page.items);
        from = page.next;
        if from.is_none() {
            break;
        }
    }
    let mut text = describe(&detail, asset, settlement);
    let asset = detail.subnet.stake_asset(asset);
    for seat in &seats {
        // Writing to a string doesn't fail.
        let _ = write!(text, "\n{}", row(seat, asset));
    }
    Ok(Outcome::new(
        text,
        json!({
            "subnet": detail.subnet,
            "price": detail.price,
            "price_next": detail.price_next,
            "time": detail.time,
            "uids": seats,
        }),
    ))
}

fn describe(detail: &SubnetDetail, asset: AssetId, settlement: AssetId) -> String {
    let subnet = &detail.subnet;
    let phase = match subnet.phase {
        Phase::Commit => "commit",
        Phase::Reveal => "reveal",
        Phase::Audit => "audit",
    };
    let left = subnet.phase_ends_at.0.saturating_sub(detail.time.0);
    let of = |amount| money(amount, asset);
    let staked = |amount| money(amount, subnet.stake_asset(asset));
    let mut lines = vec![
        format!("{} {}", subnet.id, subnet.name),
        format!("  about    {}", subnet.about),
        format!("  owner    {}", subnet.owner),
        format!(
            "  epoch    {}, phase {phase} for another {}.{:03} s",
            subnet.epoch,
            left / 1_000,
            left % 1_000
        ),
        format!(
            "  scorer   {}, paid by rule {}",
            json!(subnet.settings.scorer),
            subnet.rule.name()
        ),
        format!(
            "  price    {} to register now, {} after one more",
            of(detail.price),
            of(detail.price_next)
        ),
        format!(
            "  stake    {}; emission by {} of all weight",
            staked(subnet.stake),
            of(subnet.weight)
        ),
        format!(
            "  emission {} so far, {} of it burned, {} carried",
            of(subnet.minted),
            staked(subnet.burned),
            staked(subnet.carried)
        ),
        format!(
            "  revenue  {} for {} answers",
            money(subnet.revenue, settlement),
            subnet.answers
        ),
        format!(
            "  members  {} of {}, {} challenged",
            subnet.members(),
            subnet.settings.uids_max,
            subnet.challenges.len()
        ),
    ];
    if let Some(market) = &subnet.market {
        lines.push(format!(
            "  market   {} and {}; smoothed price {} of 4294967296",
            of(market.network),
            staked(market.tokens),
            market.price_smoothed
        ));
    }
    lines.join("\n")
}

fn row(seat: &SubnetSeat, asset: AssetId) -> String {
    let leaves = seat
        .member
        .leaves_after
        .map_or_else(String::new, |after| format!(", leaves after epoch {after}"));
    let done = match (seat.committed, seat.revealed) {
        (_, true) => format!(", {} audits held", seat.audited.len()),
        (true, false) => ", committed".to_owned(),
        (false, false) if seat.permit => ", may give weights".to_owned(),
        (false, false) => String::new(),
    };
    format!(
        "  uid {:<5} registration {:<5} {}  stake {}, earned {}{done}{leaves}",
        seat.member.uid,
        seat.member.registration,
        seat.member.account,
        money(seat.pool.amount, asset),
        money(seat.member.earned_total, asset),
    )
}
