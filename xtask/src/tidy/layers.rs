//! A crate depends on lower layers only.

use std::path::Path;
use std::process::Command;

use anyhow::{Context, Result, bail};
use serde_json::Value;

/// Layer of each crate; a crate that isn't here is a finding.
const LAYERS: [(&str, u8); 32] = [
    ("lilliput-allocator", 0),
    ("lilliput-crypto", 0),
    ("lilliput-fee", 0),
    ("lilliput-forecast", 0),
    ("lilliput-oidc", 0),
    ("lilliput-semaphore", 0),
    ("lilliput-zklogin", 0),
    ("lilliput-types", 1),
    ("lilliput-graph", 1),
    ("lilliput-incentives", 1),
    ("lilliput-sdl", 1),
    ("lilliput-workload", 1),
    ("lilliput-ledger", 2),
    ("lilliput-market", 2),
    ("lilliput-verifier", 2),
    ("lilliput-client", 2),
    ("lilliput-modules", 3),
    ("lilliput-browser", 3),
    ("lilliput-import", 3),
    ("lilliput-prover", 3),
    ("lilliput-pass", 3),
    ("lilliput-toll", 3),
    ("lilliput-node", 4),
    ("lilliput-provider", 4),
    ("lilliput-subnet", 4),
    ("lilliput-runtime", 4),
    ("lilliput-gateway", 4),
    ("lilliput-gate", 4),
    ("lilliput-cli", 5),
    ("lilliput-sim", 5),
    ("xtask", 6),
    ("lilliput-fuzz", 6),
];

pub(super) fn findings(root: &Path) -> Result<Vec<String>> {
    let output = Command::new(env!("CARGO"))
        .args([
            "metadata",
            "--no-deps",
            "--format-version",
            "1",
            "--offline",
        ])
        .current_dir(root)
        .output()
        .context("failed to run cargo metadata")?;
    if !output.status.success() {
        bail!(
            "cargo metadata failed: {}",
            String::from_utf8_lossy(&output.stderr)
        );
    }
    let metadata: Value = serde_json::from_slice(&output.stdout)?;
    let mut found = Vec::new();
    for package in array(&metadata["packages"]) {
        let name = package["name"].as_str().unwrap_or_default();
        let Some(layer) = layer(name) else {
            found.push(format!("{name}: has no layer in xtask/src/tidy/layers.rs"));
            continue;
        };
        for dependency in array(&package["dependencies"]) {
            // Tests may look upwards: what they use isn't part of the crate.
            if dependency["kind"] == "dev" {
                continue;
            }
            let needed = dependency["name"].as_str().unwrap_or_default();
            if self::layer(needed).is_some_and(|below| below >= layer) {
                found.push(format!(
                    "{name}: depends on {needed}, which isn't in a lower layer"
                ));
            }
        }
    }
    Ok(found)
}

fn layer(package: &str) -> Option<u8> {
    LAYERS
        .iter()
        .find(|(name, _)| *name == package)
        .map(|(_, layer)| *layer)
}

fn array(value: &Value) -> &[Value] {
    value.as_array().map_or(&[], Vec::as_slice)
}
