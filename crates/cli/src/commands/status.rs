//! `lilliput status`: where a node's chain stands.

use serde_json::json;

use crate::failure::Result;
use crate::node::NodeArgs;
use crate::outcome::Outcome;
use crate::receipt::money;

/// Show where a node's chain stands and what the network earned.
#[derive(clap::Args)]
pub(crate) struct Args {
    #[command(flatten)]
    node: NodeArgs,
}

pub(crate) fn run(args: &Args) -> Result<Outcome> {
    let client = args.node.client()?;
    let status = client.status()?;
    let supply = client.supply()?;
    let revenue = client.revenue()?;
    let conserved = if supply.conserved {
        "conserved"
    } else {
        "NOT CONSERVED"
    };
    let mut text = format!(
        "node     {} (version {})\nchain    {}\nheight   {}\nstate    {}\nsupply   {conserved}",
        args.node.url(),
        status.version,
        status.chain,
        status.height,
        status.state_root,
    );
    for row in revenue.iter().filter(|row| row.payments > 0) {
        let participants = money(row.participants, row.asset);
        let network = money(row.network, row.asset);
        text.push_str(&format!(
            "\n{:<9}{participants} to participants, {network} to the network",
            row.segment.as_str(),
        ));
    }
    Ok(Outcome::new(
        text,
        json!({ "status": status, "supply": supply, "revenue": revenue }),
    ))
}
