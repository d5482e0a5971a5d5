//! What an SDL file has no word for stands in environment variables that begin with `LILLIPUT_`; the component doesn't see them.

use lilliput_workload::{Deterministic, Digest, FilePath, NetworkRule, Workload};

/// What the variables begin with.
const PREFIX: &str = "LILLIPUT_";

/// The variables that were set.
#[derive(Default)]
pub(super) struct Options {
    fuel: Option<u64>,
    wall_ms: Option<u64>,
    concurrency: Option<u64>,
    sub_requests: Option<u64>,
    seed: Option<Digest>,
    time_s: Option<u64>,
    stdin: Option<Digest>,
    network: Vec<NetworkRule>,
    files: Vec<(FilePath, Digest)>,
}

impl Options {
    /// Takes a variable; false if it is the component's.
    pub(super) fn take(&mut self, key: &str, value: &str) -> Result<bool, String> {
        let Some(name) = key.strip_prefix(PREFIX) else {
            return Ok(false);
        };
        let wrong = |what: &str| format!("{key}={value:?} is no {what}");
        let number = || value.parse().map(Some).map_err(|_| wrong("number"));
        let digest = || value.parse().map(Some).map_err(|_| wrong("blob's id"));
        match name {
            "FUEL" => self.fuel = number()?,
            "WALL_MS" => self.wall_ms = number()?,
            "CONCURRENCY" => self.concurrency = number()?,
            "SUB_REQUESTS" => self.sub_requests = number()?,
            "TIME_S" => self.time_s = number()?,
            "SEED" => self.seed = digest()?,
            "STDIN" => self.stdin = digest()?,
            "NETWORK" => {
                for rule in value.split(',') {
                    self.network
                        .push(rule.parse().map_err(|_| wrong("list of HOST:PORT"))?);
                }
            }
            "FILES" => {
                for file in value.split(',') {
                    let (path, id) = file
                        .split_once('=')
                        .ok_or_else(|| wrong("list of PATH=ID"))?;
                    let path = path.parse().map_err(|_| wrong("list of PATH=ID"))?;
                    let id = id.parse().map_err(|_| wrong("list of PATH=ID"))?;
                    self.files.push((path, id));
                }
            }
            _ => {
                return Err(format!(
                    "{key} is unknown: FUEL, WALL_MS, CONCURRENCY, SUB_REQUESTS, SEED, TIME_S, STDIN, NETWORK and FILES may follow {PREFIX}"
                ));
            }
        }
        Ok(true)
    }

    pub(super) fn apply(self, workload: &mut Workload) -> Result<(), String> {
        let limits = &mut workload.limits;
        for (to, from) in [
            (&mut limits.fuel, self.fuel),
            (&mut limits.wall_ms, self.wall_ms),
            (&mut limits.concurrency, self.concurrency),
            (&mut limits.sub_requests, self.sub_requests),
        ] {
            *to = from.unwrap_or(*to);
        }
        workload.deterministic = match (self.seed, self.time_s) {
            (Some(seed), time_s) => Some(Deterministic {
                seed,
                time_s: time_s.unwrap_or(0),
            }),
            (None, None) => None,
            (None, Some(_)) => return Err("LILLIPUT_TIME_S needs LILLIPUT_SEED".to_owned()),
        };
        workload.stdin = self.stdin;
        workload.network.extend(self.network);
        workload.files.extend(self.files);
        Ok(())
    }
}
