//! `lilliput deploy`: what an order says, and from there to leases.

mod market;
mod send;
mod text;

use std::fs::File;
use std::io::Read;
use std::path::{Path, PathBuf};

use anyhow::anyhow;
use clap::Subcommand;
use lilliput_sdl::{Refusal, Sdl, Version, limits};
use serde::Serialize;
use serde_json::{Value, json};

use crate::failure::{Failure, OrExit, Result};
use crate::outcome::Outcome;
use crate::session::Session;

/// Orders for compute in Akash's Stack Definition Language: what is wrong, what is asked, what will run.
///
/// FILE is SDL 2.0 or 2.1, as on Akash; `-` is standard input. Attributes of a placement that begin with `lilliput/`
/// say more: verification, replicas, deadline, spot-ceiling, notice-window, bids, bidding, choice, split, reserve-in,
/// reserve-for, latency-to, latency-max-ms. On this network both denominations are the smallest unit of the settlement
/// asset, and a block is six seconds.
#[derive(clap::Args)]
pub(crate) struct Args {
    #[command(subcommand)]
    command: Command,
}

#[derive(Subcommand)]
enum Command {
    /// Say whether a file is sound; else every problem with line, column and what was meant (exit 2).
    Check(SdlFile),
    /// What providers are told to run; with --json as Akash's manifest.
    Manifest(SdlFile),
    /// What the market is asked for; with --json as Akash's group specs.
    Groups(SdlFile),
    Create(market::CreateArgs),
    List(market::ListArgs),
    Show(market::ShowArgs),
    Choose(market::ChooseArgs),
    Close(market::CloseArgs),
    Send(send::SendArgs),
}

#[derive(clap::Args)]
pub(crate) struct SdlFile {
    /// The file.
    file: PathBuf,
}

pub(crate) fn run(args: &Args, session: &Session) -> Result<Outcome> {
    match &args.command {
        Command::Check(order) => order.read().map(|sdl| check(&sdl)),
        Command::Manifest(order) => {
            let sdl = order.read()?;
            let manifest = sdl.manifest();
            document(text::manifest(&manifest), &manifest)
        }
        Command::Groups(order) => {
            let sdl = order.read()?;
            let groups = sdl.groups();
            document(text::groups(&sdl, &groups), &groups)
        }
        Command::Create(args) => market::create(args, session),
        Command::List(args) => market::list(args, session),
        Command::Show(args) => market::show(args),
        Command::Choose(args) => market::choose(args, session),
        Command::Close(args) => market::close(args, session),
        Command::Send(args) => send::send(args, session),
    }
}

fn check(sdl: &Sdl) -> Outcome {
    let replicas = |name: &str| -> u64 {
        let assigned = sdl.assignments.values().filter_map(|to| to.get(name));
        assigned.map(|assigned| u64::from(assigned.count)).sum()
    };
    let groups = sdl.groups();
    let listed: Vec<Value> = groups
        .iter()
        .map(|group| {
            let name = group.name.as_str();
            json!({
                "name": name,
                "replicas": replicas(name),
                "price_max": sdl.group_price(name).to_string(),
                "denom": group.resources.first().map(|unit| unit.price.denom),
            })
        })
        .collect();
    let version = match sdl.version {
        Version::V2_0 => "2.0",
        Version::V2_1 => "2.1",
    };
    let object = json!({
        "sound": true,
        "version": version,
        "services": sdl.services.len(),
        "groups": listed,
        "warnings": sdl.warnings,
    });
    Outcome::new(text::check(sdl, version, &groups), object)
}

/// A result in a form that others defined: with `--json` it is printed as they would.
fn document(text: String, document: &impl Serialize) -> Result<Outcome> {
    let json = serde_json::to_value(document).or_failed("failed to write JSON")?;
    Ok(Outcome::document(text, json))
}

impl SdlFile {
    pub(crate) fn read(&self) -> Result<Sdl> {
        let bytes = read(&self.file)?;
        lilliput_sdl::read(&bytes).map_err(|refusal| refused(&self.file, &refusal))
    }
}

/// The file up to one byte above the limit, which is enough to be refused.
fn read(path: &Path) -> Result<Vec<u8>> {
    let most = limits::TEXT_BYTES_MAX as u64 + 1;
    let mut bytes = Vec::new();
    let read = if path == Path::new("-") {
        std::io::stdin().lock().take(most).read_to_end(&mut bytes)
    } else {
        File::open(path).and_then(|file| file.take(most).read_to_end(&mut bytes))
    };
    read.or_bad_input(format!("failed to read {}", path.display()))?;
    Ok(bytes)
}

fn refused(path: &Path, refusal: &Refusal) -> Failure {
    let name = path.display();
    let count = refusal.problems().len() + refusal.omitted();
    let message = match refusal.problems() {
        [problem] => format!("{name}: {problem}"),
        _ => format!("{name}: {count} problems\n{refusal}"),
    };
    Failure::bad_input(anyhow!(message))
        .fact("sound", false)
        .fact("problems", json!(refusal.problems()))
        .fact("problems_omitted", refusal.omitted())
}

#[cfg(test)]
mod tests;
