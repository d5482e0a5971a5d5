//! Keeps one workload going: compiles it, starts its process, hears how it goes, and begins again where that is due.

use std::sync::{Arc, Mutex, PoisonError};
use std::time::{Duration, Instant};

use lilliput_workload::limits::ATTEMPTS_MAX;
use lilliput_workload::{EventKind, Kind, Limit, Outcome, Report, State};

use super::Runtime;
use super::child::{self, Heard, Worker};
use super::kept::{Kept, Wanted};
use crate::error::RuntimeError;
use crate::run::Order;
use crate::worker::{Said, ended};

/// How long a service that fell over lies at first; doubled each time.
const PAUSE_MIN: Duration = Duration::from_millis(100);
/// And at most.
const PAUSE_MAX: Duration = Duration::from_secs(30);
/// A service that ran this long begins with the shortest pause again.
const SETTLED: Duration = Duration::from_secs(60);
/// How much longer than its own limit a job may run before its process is killed.
const GRACE: Duration = Duration::from_secs(2);
/// How often a keeper looks up.
const LOOK: Duration = Duration::from_millis(500);

/// Two components at a time are compiled: one that takes long shall not keep all others out.
static COMPILERS: [Mutex<()>; 2] = [Mutex::new(()), Mutex::new(())];

/// Starts a keeper.
pub(super) fn keep(runtime: &Arc<Runtime>, kept: &Arc<Kept>) {
    let (runtime, kept) = (Arc::clone(runtime), Arc::clone(kept));
    std::thread::spawn(move || {
        let report = rounds(&runtime, &kept);
        kept.happened(EventKind::Ended {
            outcome: report.outcome.clone(),
        });
        kept.set_over(&runtime.folder, report);
    });
}

fn rounds(runtime: &Runtime, kept: &Kept) -> Report {
    let mut pause = PAUSE_MIN;
    loop {
        if kept.wanted() == Wanted::Stop {
            return ended(Outcome::Stopped);
        }
        let attempts = kept.status().attempts;
        if kept.workload.kind == Kind::Job && attempts >= ATTEMPTS_MAX {
            let reason = format!("the runtime ended {attempts} times while it ran");
            return ended(Outcome::Lost { reason });
        }
        let begun = Instant::now();
        let report = round(runtime, kept).unwrap_or_else(|error| {
            let reason = error.to_string();
            ended(Outcome::Lost { reason })
        });
        if kept.take_again() {
            kept.change(&runtime.folder, |status| status.attempts = 0);
            continue;
        }
        let final_for_service =
            matches!(report.outcome, Outcome::Refused { .. } | Outcome::Stopped);
        if kept.workload.kind == Kind::Job || final_for_service || kept.wanted() == Wanted::Stop {
            return report;
        }
        if begun.elapsed() > SETTLED {
            pause = PAUSE_MIN;
        }
        let outcome = report.outcome.clone();
        kept.happened(EventKind::Ended { outcome });
        let after_ms = u64::try_from(pause.as_millis()).unwrap_or(u64::MAX);
        kept.happened(EventKind::Restarting { after_ms });
        kept.change(&runtime.folder, |status| {
            status.state = State::Restarting;
            status.port = None;
            status.process = None;
            status.report = Some(report);
        });
        kept.pause(pause);
        pause = (pause * 2).min(PAUSE_MAX);
    }
}

/// From the component to the report.
fn round(runtime: &Runtime, kept: &Kept) -> Result<Report, RuntimeError> {
    let order = match prepare(runtime, kept)? {
        Ok(order) => order,
        Err(reason) => return Ok(ended(Outcome::Refused { reason })),
    };
    let worker = Worker::start(&order)?;
    let process = worker.process;
    kept.change(&runtime.folder, |status| {
        status.attempts += 1;
        status.process = Some(process);
    });
    if !kept.set_child(Some(worker.handle.clone())) {
        worker.handle.ask_to_stop();
    }
    let report = hear(runtime, kept, &worker);
    kept.set_child(None);
    let end = worker.handle.bury();
    Ok(report.unwrap_or_else(|| {
        let words = std::fs::read_to_string(kept.path.join("worker.err"));
        let words: String = words.unwrap_or_default().chars().take(400).collect();
        let outcome = match (kept.wanted(), words.trim()) {
            (Wanted::Run, "") => Outcome::Lost { reason: end },
            (Wanted::Run, words) => Outcome::Lost {
                reason: format!("{end}: {words}"),
            },
            _ => Outcome::Stopped,
        };
        ended(outcome)
    }))
}

/// The report, or nothing if the process is gone without one.
fn hear(runtime: &Runtime, kept: &Kept, worker: &Worker) -> Option<Report> {
    let limit = Duration::from_millis(kept.workload.limits.wall_ms) + GRACE;
    let begun = Instant::now();
    loop {
        match worker.hear(LOOK) {
            Heard::Said(Said::Running { port }) => {
                let attempt = kept.status().attempts;
                kept.happened(EventKind::Started { attempt, port });
                kept.change(&runtime.folder, |status| {
                    status.state = State::Running;
                    status.port = port;
                });
            }
            Heard::Said(Said::Ended { report }) => return Some(*report),
            Heard::Gone => return None,
            Heard::Silence => {
                if kept.workload.kind == Kind::Job && begun.elapsed() > limit {
                    worker.handle.kill();
                    let limit = Limit::WallTime;
                    return Some(ended(Outcome::Exceeded { limit }));
                }
            }
        }
    }
}

/// Compiles the component unless that was done, and lays out the folder. The inner error is a refusal.
fn prepare(runtime: &Runtime, kept: &Kept) -> Result<Result<Order, String>, RuntimeError> {
    let folder = &runtime.folder;
    let workload = &kept.workload;
    let compiled = folder.compiled(workload.component)?;
    if !compiled.exists() {
        let begun = Instant::now();
        let _turn = turn();
        let new = folder.unfinished(&format!("{}.cwasm", workload.name));
        if let Err(reason) = child::compile(&folder.blob(workload.component), &new)? {
            return Ok(Err(reason));
        }
        std::fs::rename(&new, &compiled).map_err(RuntimeError::io(&compiled))?;
        let took_ms = begun.elapsed().as_millis().try_into().unwrap_or(u64::MAX);
        kept.happened(EventKind::Compiled { took_ms });
    }
    folder.lay_out(workload)?;
    Ok(Ok(Order {
        workload: workload.clone(),
        compiled,
        stdin: workload.stdin.map(|blob| folder.blob(blob)),
        folder: kept.path.clone(),
    }))
}

fn turn() -> std::sync::MutexGuard<'static, ()> {
    let free = COMPILERS
        .iter()
        .find_map(|compiler| compiler.try_lock().ok());
    free.unwrap_or_else(|| COMPILERS[0].lock().unwrap_or_else(PoisonError::into_inner))
}
