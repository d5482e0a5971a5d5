//! `lilliput token`: let somebody reach your leases at their providers.

use std::collections::BTreeSet;
use std::time::{SystemTime, UNIX_EPOCH};

use anyhow::anyhow;
use clap::ValueEnum;
use lilliput_gateway::token::{Access, Leases, Scope, SigningKey, issue};
use lilliput_types::DurationMs;
use serde_json::json;

use crate::failure::{Failure, Result};
use crate::node::{KeyArgs, NodeArgs};
use crate::outcome::Outcome;
use crate::session::Session;
use crate::span::span;

/// Make a token with which somebody reaches your leases at their providers' gateways, for a while.
///
/// It is signed by your key and can't be taken back, so make it short. Send it as `authorization: Bearer TOKEN`.
#[derive(clap::Args)]
pub(crate) struct Args {
    /// What it allows; everything if not said. May be given several times.
    #[arg(long, value_name = "SCOPE")]
    scope: Vec<ScopeArg>,

    /// For how long, at most 24h.
    #[arg(long, value_name = "SPAN", value_parser = span, default_value = "15m")]
    lifetime: DurationMs,

    #[command(flatten)]
    node: NodeArgs,

    #[command(flatten)]
    signer: KeyArgs,
}

#[derive(Clone, Copy, ValueEnum)]
enum ScopeArg {
    SendManifest,
    GetManifest,
    Logs,
    Shell,
    Events,
    Status,
    Restart,
}

impl From<ScopeArg> for Scope {
    fn from(scope: ScopeArg) -> Self {
        match scope {
            ScopeArg::SendManifest => Self::SendManifest,
            ScopeArg::GetManifest => Self::GetManifest,
            ScopeArg::Logs => Self::Logs,
            ScopeArg::Shell => Self::Shell,
            ScopeArg::Events => Self::Events,
            ScopeArg::Status => Self::Status,
            ScopeArg::Restart => Self::Restart,
        }
    }
}

pub(crate) fn run(args: &Args, session: &Session) -> Result<Outcome> {
    let sender = args.signer.sender(session, &args.node)?;
    let scopes: BTreeSet<Scope> = args.scope.iter().map(|scope| Scope::from(*scope)).collect();
    let leases = if scopes.is_empty() {
        Leases {
            access: Access::Full,
            scope: None,
            permissions: None,
        }
    } else {
        Leases {
            access: Access::Scoped,
            scope: Some(scopes),
            permissions: None,
        }
    };
    let lifetime_s = args.lifetime.0 / 1_000;
    if lifetime_s == 0 || lifetime_s > lilliput_gateway::token::LIFETIME_MAX_S {
        return Err(Failure::bad_input(anyhow!("--lifetime is 1s to 24h")));
    }
    let now = SystemTime::now().duration_since(UNIX_EPOCH);
    let now_s = now.map_or(0, |now| now.as_secs());
    let key = SigningKey::Ed25519(sender.secret().clone());
    let token = issue(&key, leases, now_s, lifetime_s).map_err(Failure::failed)?;
    let expires_s = now_s + lifetime_s;
    let json = json!({"token": token, "expires_s": expires_s, "issuer": sender.address()});
    Ok(Outcome::new(token, json))
}
