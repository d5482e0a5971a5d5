//! `lilliput subnet list`: subnets, and what opening one costs.

use lilliput_types::subnet::SubnetState;
use serde_json::json;

use crate::failure::Result;
use crate::node::NodeArgs;
use crate::outcome::Outcome;
use crate::receipt::money;

/// List subnets, what they emit and earn, and what opening one costs.
#[derive(clap::Args)]
pub(super) struct Args {
    #[command(flatten)]
    node: NodeArgs,

    /// Where to begin: what the last page named as the next.
    #[arg(long, value_name = "ID")]
    from: Option<String>,
}

pub(super) fn run(args: &Args) -> Result<Outcome> {
    let client = args.node.client()?;
    let market = client.subnet_market()?;
    let settlement = client.status()?.settlement_asset;
    let page = client.subnets(args.from.as_deref())?;
    let asset = market.terms.asset;
    let mut lines = Vec::new();
    for detail in &page.items {
        let subnet = &detail.subnet;
        let state = match subnet.state {
            SubnetState::Open => "",
            SubnetState::Closing => " (closing)",
            SubnetState::Closed => " (closed)",
        };
        lines.push(format!(
            "{} {}{state}: epoch {}, {} uids, stake {}, minted {}, revenue {}",
            subnet.id,
            subnet.name,
            subnet.epoch,
            subnet.members(),
            money(subnet.stake, asset),
            money(subnet.minted, asset),
            money(subnet.revenue, settlement),
        ));
    }
    if page.items.is_empty() {
        lines.push("no subnets".to_owned());
    }
    if let Some(next) = &page.next {
        lines.push(format!("more: --from {next}"));
    }
    lines.push(format!(
        "opening one locks {} now; {} a day are minted for all, {} so far",
        money(market.deposit, asset),
        money(market.emission_per_day, asset),
        money(market.totals.minted, asset),
    ));
    Ok(Outcome::new(
        lines.join("\n"),
        json!({ "market": market, "subnets": page.items, "next": page.next }),
    ))
}
