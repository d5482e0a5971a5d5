//! `lilliput deploy send`: hand manifest and components to the provider that was chosen.

use std::path::PathBuf;
use std::time::{Duration, SystemTime, UNIX_EPOCH};

use anyhow::{Context, anyhow};
use lilliput_gateway::token::{Access, Leases, Scope, SigningKey, issue};
use lilliput_types::market::DeploymentId;
use serde_json::{Value, json};
use ureq::Agent;

use super::SdlFile;
use crate::failure::{OrExit, Result};
use crate::node::{KeyArgs, NodeArgs};
use crate::outcome::Outcome;
use crate::session::Session;

/// How long a request may take.
const TIMEOUT: Duration = Duration::from_secs(120);
/// How long the token that is made for it is good.
const TOKEN_S: u64 = 300;
/// Bytes of a component.
const COMPONENT_BYTES_MAX: u64 = 64 << 20;

/// Send the manifest of a deployment, and components and inputs that it names, to a provider's gateway; what they say then runs.
#[derive(clap::Args)]
pub(super) struct SendArgs {
    #[command(flatten)]
    order: SdlFile,

    /// The deployment, like 1.
    #[arg(long)]
    deployment: DeploymentId,

    /// The provider's gateway.
    #[arg(long, value_name = "URL", default_value = "http://127.0.0.1:8080")]
    gateway: String,

    /// A component or an input to upload first; may be given several times.
    #[arg(long, value_name = "FILE")]
    blob: Vec<PathBuf>,

    #[command(flatten)]
    node: NodeArgs,

    #[command(flatten)]
    signer: KeyArgs,
}

pub(super) fn send(args: &SendArgs, session: &Session) -> Result<Outcome> {
    let sdl = args.order.read()?;
    let manifest = serde_json::to_vec(&sdl.manifest()).or_failed("failed to write JSON")?;
    let sender = args.signer.sender(session, &args.node)?;
    let leases = Leases {
        access: Access::Scoped,
        scope: Some([Scope::SendManifest].into()),
        permissions: None,
    };
    let now = SystemTime::now().duration_since(UNIX_EPOCH);
    let now_s = now.map_or(0, |now| now.as_secs());
    let key = SigningKey::Ed25519(sender.secret().clone());
    let token = issue(&key, leases, now_s, TOKEN_S).or_failed("failed to make a token")?;
    let gateway = Gateway::new(&args.gateway, &token);
    let mut blobs = Vec::new();
    for path in &args.blob {
        let size = std::fs::metadata(path).or_bad_input(path.display())?.len();
        if size > COMPONENT_BYTES_MAX {
            return Err(anyhow!(
                "{} is larger than {COMPONENT_BYTES_MAX} bytes",
                path.display()
            ))
            .or_bad_input("failed to read a blob");
        }
        let bytes = std::fs::read(path).or_bad_input(path.display())?;
        let target = format!("/deployment/{}/blobs", args.deployment);
        let answer = gateway
            .post(&target, &bytes)
            .or_failed("failed to upload")?;
        session.say(format!(
            "{}: blob {}",
            path.display(),
            answer["blob"].as_str().unwrap_or("?")
        ));
        blobs.push(answer["blob"].clone());
    }
    let target = format!("/deployment/{}/manifest", args.deployment);
    let answer = gateway
        .put(&target, &manifest)
        .or_failed("failed to send the manifest")?;
    let started = answer["started"].as_array().map_or(0, Vec::len);
    let json = json!({"deployment": args.deployment, "blobs": blobs, "started": answer["started"], "trouble": answer["trouble"]});
    Ok(Outcome::new(format!("{started} workloads started"), json))
}

struct Gateway {
    base: String,
    token: String,
    agent: Agent,
}

impl Gateway {
    fn new(url: &str, token: &str) -> Self {
        let config = Agent::config_builder().timeout_global(Some(TIMEOUT));
        Self {
            base: url.trim_end_matches('/').to_owned(),
            token: format!("Bearer {token}"),
            agent: config.http_status_as_error(false).build().into(),
        }
    }

    fn post(&self, target: &str, bytes: &[u8]) -> anyhow::Result<Value> {
        let request = self.agent.post(format!("{}{target}", self.base));
        answer(request.header("authorization", &self.token).send(bytes))
    }

    fn put(&self, target: &str, bytes: &[u8]) -> anyhow::Result<Value> {
        let request = self.agent.put(format!("{}{target}", self.base));
        answer(request.header("authorization", &self.token).send(bytes))
    }
}

fn answer(
    answer: std::result::Result<ureq::http::Response<ureq::Body>, ureq::Error>,
) -> anyhow::Result<Value> {
    let mut answer = answer.context("the gateway doesn't answer")?;
    let status = answer.status();
    let text = answer
        .body_mut()
        .read_to_string()
        .context("the answer can't be read")?;
    let value: Value = serde_json::from_str(&text).unwrap_or_default();
    if status.is_success() {
        return Ok(value);
    }
    let reason = value["error"].as_str().unwrap_or("no reason given");
    Err(anyhow!(
        "the gateway says no ({}): {reason}",
        status.as_u16()
    ))
}
