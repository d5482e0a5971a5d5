//! The process of one workload: told what to run in one line on standard input, says in lines on standard output how it goes.
//! When its standard input closes, whoever supervised it is gone, and so is it.

use std::io::{BufRead, Write};
use std::path::Path;
use std::sync::Arc;
use std::sync::mpsc::Sender;
use std::time::Duration;

use lilliput_workload::limits::LINE_BYTES_MAX;
use lilliput_workload::{Kind, Outcome, Report, Use};
use rustix::fs::FlockOperation;
use serde::{Deserialize, Serialize};
use tokio::net::TcpListener;
use tokio::sync::oneshot;
use wasmtime::Engine;
use wasmtime::component::Component;

use crate::engine::{EPOCH, engine};
use crate::error::RuntimeError;
use crate::log::Log;
use crate::run::service::Service;
use crate::run::{self, Order, job};
use crate::{compiled, confine};

/// How long another worker of the same workload may take to go.
const PREDECESSOR_MAX: Duration = Duration::from_secs(10);
/// Threads that a service's requests share.
const SERVICE_THREADS: usize = 2;
/// How a worker ends whose supervisor is gone.
const ORPHANED: i32 = 3;

/// What a worker says.
#[derive(Debug, Serialize, Deserialize)]
#[serde(rename_all = "snake_case", tag = "say")]
pub(crate) enum Said {
    /// It runs; a service listens.
    Running {
        /// On this port.
        port: Option<u16>,
    },
    /// It is over.
    Ended {
        /// How it went.
        report: Box<Report>,
    },
}

/// Does what the line on standard input says.
///
/// # Errors
/// When it can't even begin. How the component fares is no error but a report.
pub fn work() -> Result<(), RuntimeError> {
    let (sender, lines) = std::sync::mpsc::channel();
    std::thread::spawn(move || listen(&sender));
    let line = lines.recv().map_err(|_| broken("no order came"))?;
    let order: Order = serde_json::from_str(&line).map_err(|error| broken(&error.to_string()))?;
    let (stop, stopped) = oneshot::channel();
    std::thread::spawn(move || {
        // Any second line means stop.
        if lines.recv().is_ok() {
            let _ = stop.send(());
        }
        // Keeps the sender's other end, so that `listen` goes on and sees the end.
        std::thread::park();
        drop(lines);
    });
    let _lock = lock(&order.folder)?;
    confine::worker(&order.workload.limits)?;
    let report = report(order, stopped)?;
    say(&Said::Ended {
        report: Box::new(report),
    });
    Ok(())
}

/// Passes lines on; ends the process when there are no more.
fn listen(sender: &Sender<String>) {
    let mut input = std::io::stdin().lock();
    loop {
        let mut line = String::new();
        let mut limited = std::io::Read::take(&mut input, LINE_BYTES_MAX as u64 * 2);
        match limited.read_line(&mut line) {
            Ok(read) if read > 0 => {
                let _ = sender.send(line);
            }
            _ => std::process::exit(ORPHANED),
        }
    }
}

fn report(order: Order, stop: oneshot::Receiver<()>) -> Result<Report, RuntimeError> {
    let kind = order.workload.kind;
    let engine = engine()?;
    let component = compiled::load(&engine, &order.compiled)?;
    let (shared, log) = run::shared(order)?;
    tick(&engine);
    let mut builder = match kind {
        Kind::Job => tokio::runtime::Builder::new_current_thread(),
        Kind::Service => tokio::runtime::Builder::new_multi_thread(),
    };
    let runtime = builder.worker_threads(SERVICE_THREADS).enable_all().build();
    let runtime = runtime.map_err(RuntimeError::io(Path::new("a worker's threads")))?;
    let report = runtime.block_on(async {
        match kind {
            Kind::Job => {
                say(&Said::Running { port: None });
                tokio::select! {
                    report = job::run(&engine, &component, &shared) => report,
                    _ = stop => Ok(ended(Outcome::Stopped)),
                }
            }
            Kind::Service => service(&engine, &component, shared, stop).await,
        }
    });
    finish(&log);
    // What still runs ends with the process.
    runtime.shutdown_background();
    report
}

fn finish(log: &Arc<Log>) {
    log.finish();
}

async fn service(
    engine: &Engine,
    component: &Component,
    shared: crate::host::Shared,
    stop: oneshot::Receiver<()>,
) -> Result<Report, RuntimeError> {
    let service = match Service::new(engine, component, shared) {
        Ok(service) => Arc::new(service),
        Err(error) => {
            let reason = error.to_string();
            return Ok(ended(Outcome::Refused { reason }));
        }
    };
    let loopback = Path::new("127.0.0.1");
    let listener = TcpListener::bind(("127.0.0.1", 0)).await;
    let listener = listener.map_err(RuntimeError::io(loopback))?;
    let address = listener.local_addr().map_err(RuntimeError::io(loopback))?;
    say(&Said::Running {
        port: Some(address.port()),
    });
    Ok(service.serve(listener, stop).await)
}

/// A report of something that used nothing worth telling.
pub(crate) fn ended(outcome: Outcome) -> Report {
    Report {
        outcome,
        used: Use::default(),
        output: None,
        engine: crate::engine::name().to_owned(),
    }
}

/// Lets running code be interrupted.
fn tick(engine: &Engine) {
    let engine = engine.weak();
    std::thread::spawn(move || {
        while let Some(engine) = engine.upgrade() {
            engine.increment_epoch();
            drop(engine);
            std::thread::sleep(EPOCH);
        }
    });
}

/// One worker at a time in a folder: the one of a supervisor that was killed may still be on its way out.
fn lock(folder: &Path) -> Result<std::fs::File, RuntimeError> {
    let path = folder.join("lock");
    let file = std::fs::File::create(&path).map_err(RuntimeError::io(&path))?;
    let begun = std::time::Instant::now();
    loop {
        match rustix::fs::flock(&file, FlockOperation::NonBlockingLockExclusive) {
            Ok(()) => return Ok(file),
            Err(_) if begun.elapsed() < PREDECESSOR_MAX => {
                std::thread::sleep(Duration::from_millis(5));
            }
            Err(errno) => return Err(RuntimeError::io(&path)(errno.into())),
        }
    }
}

fn say(said: &Said) {
    let Ok(mut line) = serde_json::to_vec(said) else {
        return;
    };
    line.push(b'\n');
    let mut output = std::io::stdout().lock();
    // Without a supervisor the other thread ends the process.
    let _ = output.write_all(&line).and_then(|()| output.flush());
}

fn broken(reason: &str) -> RuntimeError {
    RuntimeError::Kept {
        path: "the worker's order".into(),
        reason: reason.to_owned(),
    }
}
