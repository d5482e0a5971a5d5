//! `lilliput host`: run what leases pay for.

use std::net::SocketAddr;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};

use lilliput_gateway::{Config, HostConfig, WatchConfig, Watched};
use serde_json::json;

use crate::failure::{OrExit, Result};
use crate::node::{KeyArgs, NodeArgs};
use crate::outcome::Outcome;
use crate::session::Session;

/// Run what your leases pay for: WebAssembly components, as jobs and as services reached by host name.
///
/// Tenants hand in manifest and components at the gateway, with a token of `lilliput token`. What runs is kept by
/// `lilliput-runtime`, a program of its own that is started here and outlives this command: interrupted and started again, it
/// finds its leases running. Bid with `lilliput bid`.
#[derive(clap::Args)]
pub(crate) struct Args {
    /// Where the gateway listens; put a proxy with TLS before it to let others in.
    #[arg(long, value_name = "ADDRESS", default_value = "127.0.0.1:8080")]
    listen: SocketAddr,

    /// The gateway's own host name; services get names below it.
    #[arg(long, value_name = "NAME", default_value = "localhost")]
    domain: String,

    #[command(flatten)]
    node: NodeArgs,

    #[command(flatten)]
    signer: KeyArgs,
}

pub(crate) fn run(args: &Args, session: &Session) -> Result<Outcome> {
    let sender = args.signer.sender(session, &args.node)?;
    let provider = sender.address();
    // The path of the runtime's socket has to fit into 107 bytes.
    let short: String = provider.to_string().chars().take(16).collect();
    let config = HostConfig {
        listen: args.listen,
        domain: args.domain.clone(),
        folder: session.data()?.join("host").join(short),
        clients: Config::default(),
        watch: WatchConfig::default(),
    };
    let stop = Arc::new(AtomicBool::new(false));
    let stopping = Arc::clone(&stop);
    lilliput_node::on_signal(move || stopping.store(true, Ordering::Relaxed))
        .or_failed("failed to wait for signals")?;
    let ready = |address: SocketAddr| {
        session.say(format!(
            "gateway of {provider} on http://{address}; interrupt to stop"
        ));
    };
    let tell = |watched| {
        if let Some(line) = line(&watched) {
            session.say(line);
        }
    };
    lilliput_gateway::run(&config, &sender, &stop, &ready, &tell)
        .or_failed("failed to host leases")?;
    Ok(Outcome::new("stopped", json!({ "stopped": true })))
}

/// What a watch says to people.
fn line(watched: &Watched) -> Option<String> {
    match watched {
        Watched::Changed(done) => {
            let names = |names: &[lilliput_gateway::Name]| {
                let names: Vec<String> = names.iter().map(ToString::to_string).collect();
                names.join(", ")
            };
            let mut parts = Vec::new();
            if !done.started.is_empty() {
                parts.push(format!("started {}", names(&done.started)));
            }
            if !done.stopped.is_empty() {
                parts.push(format!("stopped {}", names(&done.stopped)));
            }
            parts.extend(
                done.trouble
                    .iter()
                    .map(|reason| format!("trouble: {reason}")),
            );
            (!parts.is_empty()).then(|| parts.join("; "))
        }
        Watched::Result { lease, shown } => {
            let what = if *shown { "showed" } else { "sealed" };
            Some(format!("{what} the result of lease {lease}"))
        }
        Watched::Trouble(reason) => Some(format!("trouble: {reason}")),
    }
}
