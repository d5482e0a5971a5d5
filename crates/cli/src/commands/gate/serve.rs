//! `lilliput gate --upstream URL`: the gate itself.

use std::net::{IpAddr, Ipv4Addr, SocketAddr};
use std::path::PathBuf;

use clap::ValueEnum;
use lilliput_gate::config::{Addresses, Limits, Upstream};
use lilliput_gate::policy::Policy;
use lilliput_gate::policy::network::Network;
use lilliput_gate::policy_file;
use lilliput_gate::{Config, Running};
use serde_json::json;

use crate::failure::{Failure, OrExit, Result};
use crate::outcome::Outcome;
use crate::session::Session;

#[derive(clap::Args)]
pub(crate) struct Serve {
    /// The site, as http://HOST:PORT.
    #[arg(long, value_name = "URL", required = true)]
    upstream: Option<Upstream>,

    /// Where visitors come in.
    #[arg(long, value_name = "ADDR", default_value = "127.0.0.1:8420")]
    listen: SocketAddr,

    /// The policy: TOML, or YAML of Anubis [default: the built-in policy].
    #[arg(long, value_name = "FILE")]
    policy: Option<PathBuf>,

    /// Anubis' folder of snippets, for its `(data)/…` imports.
    #[arg(long, value_name = "DIR")]
    anubis_data: Option<PathBuf>,

    /// The node that knows who is human and where payments are settled; `none` goes without.
    #[arg(long, value_name = "URL", default_value = "none")]
    ledger: String,

    /// Where the owner's page and the metrics are, on a loopback address; `none` goes without.
    #[arg(long, value_name = "ADDR", default_value = "127.0.0.1:8421")]
    admin: String,

    /// The site's name, as visitors read it [default: this site].
    #[arg(long, value_name = "NAME")]
    site: Option<String>,

    /// A network of proxies whose forwarding headers are believed; may be repeated.
    #[arg(long, value_name = "NETWORK")]
    trust: Vec<Network>,

    /// Let everything pass, and only count what would be done.
    #[arg(long)]
    observe: bool,

    /// Visitors come by HTTPS, by a proxy before the gate: cookies are for HTTPS alone.
    #[arg(long)]
    https: bool,

    /// How much of a visitor's address the log keeps.
    #[arg(long, value_name = "WHAT", default_value = "network")]
    log_addresses: Kept,

    /// A Redis that several gates share, as redis://HOST:PORT; they need the same --secret-file.
    #[arg(long, value_name = "URL")]
    store: Option<String>,

    /// The secret that several gates share [default: a file in the data folder, made at the first start].
    #[arg(long, value_name = "FILE")]
    secret_file: Option<PathBuf>,

    /// Groups of humans: a file with the roots of Semaphore groups, one a line; read again each minute.
    #[arg(long, value_name = "FILE")]
    humans: Option<PathBuf>,

    /// An agent whose directory of keys is fetched, as https://HOST; may be repeated [default: any that signs].
    #[arg(long, value_name = "URL")]
    agent: Vec<String>,

    /// Take keys of agents on this machine, without TLS: for trying it out.
    #[arg(long, hide = true)]
    local_agents: bool,

    /// Requests that the site can work on at once: what its load is measured by.
    #[arg(long, value_name = "COUNT", default_value_t = 16, value_parser = clap::value_parser!(u32).range(1..=100_000))]
    site_bears: u32,

    /// Per cent of that load to stay under, by asking for more.
    #[arg(long, value_name = "PERCENT", default_value_t = 70, value_parser = clap::value_parser!(u32).range(5..=95))]
    target_load: u32,

    /// Threads that serve [default: one a core, at most 4].
    #[arg(long, value_name = "COUNT")]
    threads: Option<usize>,
}

#[derive(Clone, Copy, ValueEnum)]
enum Kept {
    None,
    Network,
    Full,
}

/// Most threads that serve unless more are asked for.
const THREADS_MAX: usize = 4;

pub(crate) fn run(args: &Serve, session: &Session) -> Result<Outcome> {
    let config = config(args, session)?;
    run_with(config, session, |_| {})
}

/// Runs a gate until it is told to stop, and says where it is.
pub(super) fn run_with(
    config: Config,
    session: &Session,
    mut started: impl FnMut(&Running),
) -> Result<Outcome> {
    let upstream = config.upstream.authority.clone();
    let observe = config.observe;
    let mut listened = None;
    let ready = |running: &Running| {
        let address = running.address();
        listened = Some(address);
        session.say(format!(
            "gate      http://{address} before http://{upstream}"
        ));
        if let Some(page) = running.admin_url() {
            session.say(format!("page      {page}"));
        }
        if observe {
            session.say("observe   everything passes, and is counted");
        }
        started(running);
        session.say("up; interrupt to stop");
    };
    lilliput_gate::run(config, ready).or_failed("failed to run the gate")?;
    Ok(Outcome::new(
        "stopped",
        json!({ "listen": listened.map(|address| address.to_string()) }),
    ))
}

fn config(args: &Serve, session: &Session) -> Result<Config> {
    let (policy, policy_text) = match &args.policy {
        None => (Policy::built_in(), Policy::built_in_text().to_owned()),
        Some(file) => {
            let loaded = policy_file::load(file, args.anubis_data.as_deref());
            let loaded = loaded.or_bad_input("failed to read the policy")?;
            (loaded.policy, loaded.text)
        }
    };
    let admin = match args.admin.as_str() {
        "none" => None,
        text => Some(
            text.parse()
                .or_bad_input(format!("`{text}` can't be the page's address"))?,
        ),
    };
    let upstream = args.upstream.clone().ok_or_else(|| {
        Failure::bad_input(anyhow::anyhow!("there is no site to stand before"))
            .hint("name it with --upstream URL")
    })?;
    let cores = std::thread::available_parallelism().map_or(1, usize::from);
    // Whoever runs a proxy on the same machine asks from here.
    let loopback = || Network::from(IpAddr::V4(Ipv4Addr::LOCALHOST));
    let trusted = if args.https && args.trust.is_empty() {
        vec![loopback()]
    } else {
        args.trust.clone()
    };
    Ok(Config {
        data: session.data()?.join("gate"),
        listen: args.listen,
        admin,
        upstream,
        policy,
        policy_text,
        trusted,
        observe: args.observe,
        addresses: match args.log_addresses {
            Kept::None => Addresses::None,
            Kept::Network => Addresses::Network,
            Kept::Full => Addresses::Full,
        },
        secure: args.https,
        site: args.site.clone().unwrap_or_else(|| "this site".to_owned()),
        store: args.store.clone(),
        secret: args.secret_file.clone(),
        ledger: Some(args.ledger.clone()).filter(|url| url != "none"),
        humans: args.humans.clone(),
        agents: args.agent.clone(),
        local_agents: args.local_agents,
        site_bears: args.site_bears,
        target_permille: args.target_load * 10,
        threads: args
            .threads
            .unwrap_or_else(|| cores.min(THREADS_MAX))
            .max(1),
        limits: Limits::default(),
    })
}
