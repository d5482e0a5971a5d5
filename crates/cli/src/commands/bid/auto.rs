//! `lilliput bid auto`: bid by machines and prices from a file, or say why not.

use std::path::PathBuf;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::Duration;

use lilliput_crypto::Digest;
use lilliput_provider::desk::{DeskConfig, DeskReport, Secrets, look};
use lilliput_types::market::{BidTerms, OrderId};
use serde_json::json;

use crate::failure::{OrExit, Result};
use crate::market::{SealedBids, rate};
use crate::node::{KeyArgs, NodeArgs};
use crate::outcome::Outcome;
use crate::session::Session;

/// Pause between two looks.
const POLL: Duration = Duration::from_secs(2);
/// The longest configuration.
const FILE_BYTES_MAX: u64 = 8 << 20;

/// Look at all open orders: bid by your machines and prices, show what was sealed, say why not to the rest.
///
/// FILE is JSON: `machines` (name, arch, cpu_milli, memory, disks, gpus, ports, addresses), `prices` in smallest units per
/// hour (core, memory_gib, disk_gib, gpus, port, address, replica), and perhaps `gpu_floor`, `notice_max_ms`, `spot` (pool,
/// waiting_bps) and `script`: a program that gets the order and the bid as JSON and answers {"rates": […]}. An example is
/// examples/market/provider.json.
#[derive(clap::Args)]
pub(super) struct Args {
    /// Machines and prices.
    file: PathBuf,

    /// Look again every two seconds until interrupted.
    #[arg(long)]
    watch: bool,

    #[command(flatten)]
    node: NodeArgs,

    #[command(flatten)]
    signer: KeyArgs,
}

pub(super) fn run(args: &Args, session: &Session) -> Result<Outcome> {
    let config = config(args)?;
    let sender = args.signer.sender(session, &args.node)?;
    let asset = sender.client().status()?.settlement_asset;
    let kept = SealedBids::new(&session.data()?, sender.chain(), sender.address());
    let keep = |order: OrderId, terms: &BidTerms, salt: Digest| {
        let kept = kept.keep(order, terms.clone(), salt);
        kept.map_err(|failure| failure.reason())
    };
    let open = |order: OrderId| kept.open(order).ok();
    let secrets = Secrets {
        keep: &keep,
        open: &open,
    };
    let stop = Arc::new(AtomicBool::new(false));
    if args.watch {
        let stopping = Arc::clone(&stop);
        lilliput_node::on_signal(move || stopping.store(true, Ordering::Relaxed))
            .or_failed("failed to wait for signals")?;
    }
    loop {
        let reports = look(&sender, &config, secrets).or_failed("failed to look at the market")?;
        let lines: Vec<String> = reports.iter().map(|report| line(report, asset)).collect();
        if !args.watch {
            let text = if lines.is_empty() {
                "nothing to bid on".to_owned()
            } else {
                lines.join("\n")
            };
            return Ok(Outcome::new(text, json!({ "done": lines })));
        }
        for line in lines {
            session.say(line);
        }
        if stop.load(Ordering::Relaxed) {
            return Ok(Outcome::new("stopped", json!({ "stopped": true })));
        }
        std::thread::sleep(POLL);
    }
}

fn config(args: &Args) -> Result<DeskConfig> {
    use std::io::Read;
    let context = || format!("failed to read {}", args.file.display());
    let file = std::fs::File::open(&args.file).or_bad_input(context())?;
    let mut text = String::new();
    file.take(FILE_BYTES_MAX)
        .read_to_string(&mut text)
        .or_bad_input(context())?;
    serde_json::from_str(&text).or_bad_input(context())
}

fn line(report: &DeskReport, asset: lilliput_types::AssetId) -> String {
    match report {
        DeskReport::Bid(order, at) => format!("bid {} on order {order}", rate(*at, asset)),
        DeskReport::Sealed(order, at) => {
            format!("sealed {} for order {order}", rate(*at, asset))
        }
        DeskReport::Revealed(order) => format!("showed the bid on order {order}"),
        DeskReport::Declined(order, reasons) => {
            let reasons = reasons.iter().map(|reason| {
                let dimension = format!("{:?}", reason.dimension).to_lowercase();
                format!("{dimension}: wanted {}, has {}", reason.wanted, reason.has)
            });
            let reasons: Vec<String> = reasons.collect();
            format!("doesn't bid on order {order}: {}", reasons.join("; "))
        }
        DeskReport::NoRoom(lease) => format!("has no room for lease {lease}"),
        DeskReport::Trouble(order, reason) => format!("trouble with order {order}: {reason}"),
        DeskReport::Beat(leases) => format!("serves {leases} leases"),
    }
}
