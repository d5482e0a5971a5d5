//! The processes that touch foreign code: without an environment, without files of the supervisor's, and gone when it is.

use std::io::{BufRead, BufReader, Read, Write};
use std::path::Path;
use std::process::{Child, ChildStdin, Command, Stdio};
use std::sync::mpsc::{Receiver, RecvTimeoutError};
use std::sync::{Arc, Mutex};
use std::time::{Duration, Instant};

use lilliput_workload::limits::LINE_BYTES_MAX;

use crate::error::RuntimeError;
use crate::run::Order;
use crate::worker::Said;

/// How long a worker that is asked to stop may take.
const STOP_MAX: Duration = Duration::from_secs(1);
/// How long a component may take to compile.
const COMPILE_MAX: Duration = Duration::from_secs(150);
/// Bytes of a process's last words.
const WORDS_MAX: u64 = 4096;

/// A worker's process, to be asked or killed by anyone.
#[derive(Clone)]
pub(crate) struct Handle {
    process: Arc<Mutex<Child>>,
    input: Arc<Mutex<Option<ChildStdin>>>,
}

/// A worker, as its keeper has it.
pub(crate) struct Worker {
    pub(crate) handle: Handle,
    pub(crate) process: u32,
    said: Receiver<Said>,
}

/// What a keeper hears.
pub(crate) enum Heard {
    Said(Said),
    Silence,
    Gone,
}

impl Worker {
    pub(crate) fn start(order: &Order) -> Result<Self, RuntimeError> {
        let words = order.folder.join("worker.err");
        let words = std::fs::File::create(&words).map_err(RuntimeError::io(&words))?;
        let binary = binary()?;
        let mut child = Command::new(&binary)
            .arg("work")
            .env_clear()
            .current_dir(&order.folder)
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .stderr(words)
            .spawn()
            .map_err(RuntimeError::io(&binary))?;
        let process = child.id();
        let mut input = child.stdin.take();
        let output = child.stdout.take();
        let (sender, said) = std::sync::mpsc::channel();
        std::thread::spawn(move || {
            let mut reader = BufReader::new(match output {
                Some(output) => output,
                None => return,
            });
            while let Some(line) = line(&mut reader) {
                match serde_json::from_slice(&line).map(|said| sender.send(said)) {
                    Ok(Ok(())) => {}
                    _ => break,
                }
            }
        });
        let mut order = serde_json::to_vec(order).unwrap_or_default();
        order.push(b'\n');
        // A worker that is gone already is noticed by its silence.
        let _ = input.as_mut().map(|input| input.write_all(&order));
        let handle = Handle {
            process: Arc::new(Mutex::new(child)),
            input: Arc::new(Mutex::new(input)),
        };
        Ok(Self {
            handle,
            process,
            said,
        })
    }

    pub(crate) fn hear(&self, time: Duration) -> Heard {
        match self.said.recv_timeout(time) {
            Ok(said) => Heard::Said(said),
            Err(RecvTimeoutError::Timeout) => Heard::Silence,
            Err(RecvTimeoutError::Disconnected) => Heard::Gone,
        }
    }
}

impl Handle {
    pub(crate) fn ask_to_stop(&self) {
        if let Ok(mut input) = self.input.lock() {
            let _ = input.as_mut().map(|input| input.write_all(b"stop\n"));
        }
        let handle = self.clone();
        std::thread::spawn(move || {
            std::thread::sleep(STOP_MAX);
            handle.kill();
        });
    }

    pub(crate) fn kill(&self) {
        if let Ok(mut process) = self.process.lock() {
            // Killing what is gone does nothing: the process hasn't been waited for, or `kill` knows that it has.
            let _ = process.kill();
        }
    }

    /// Waits for a process that has closed its output, or kills it.
    pub(crate) fn bury(&self) -> String {
        let begun = Instant::now();
        loop {
            let Ok(mut process) = self.process.lock() else {
                return "its process is out of reach".to_owned();
            };
            match process.try_wait() {
                Ok(Some(status)) => return status.to_string(),
                Ok(None) if begun.elapsed() > STOP_MAX => {
                    let _ = process.kill();
                }
                Ok(None) => {}
                Err(error) => return error.to_string(),
            }
            drop(process);
            std::thread::sleep(Duration::from_millis(2));
        }
    }
}

/// Compiles a component in a process of its own; the second result is the reason why it can't be.
pub(crate) fn compile(from: &Path, to: &Path) -> Result<Result<(), String>, RuntimeError> {
    let binary = binary()?;
    let mut child = Command::new(&binary)
        .arg("compile")
        .arg(from)
        .arg(to)
        .env_clear()
        .stdin(Stdio::null())
        .stdout(Stdio::null())
        .stderr(Stdio::piped())
        .spawn()
        .map_err(RuntimeError::io(&binary))?;
    let errors = child.stderr.take();
    let words = std::thread::spawn(move || {
        let mut words = Vec::new();
        if let Some(mut errors) = errors {
            let _ = errors.by_ref().take(WORDS_MAX).read_to_end(&mut words);
            // The rest is read and forgotten, so that nobody waits for room to write it.
            let _ = std::io::copy(&mut errors, &mut std::io::sink());
        }
        String::from_utf8_lossy(&words).trim().to_owned()
    });
    let begun = Instant::now();
    let status = loop {
        match child.try_wait().map_err(RuntimeError::io(&binary))? {
            Some(status) => break status,
            None if begun.elapsed() > COMPILE_MAX => {
                let _ = child.kill();
                let _ = child.wait();
                return Ok(Err("the component takes too long to compile".to_owned()));
            }
            None => std::thread::sleep(Duration::from_millis(1)),
        }
    };
    let words = words.join().unwrap_or_default();
    Ok(match (status.success(), words.is_empty()) {
        (true, _) => Ok(()),
        (false, true) => Err(format!("the compiler gave up: {status}")),
        (false, false) => Err(words),
    })
}

/// This program again.
fn binary() -> Result<std::path::PathBuf, RuntimeError> {
    let own = Path::new("/proc/self/exe");
    std::fs::read_link(own).map_err(RuntimeError::io(own))
}

fn line(reader: &mut impl BufRead) -> Option<Vec<u8>> {
    let mut line = Vec::new();
    let mut limited = reader.take(LINE_BYTES_MAX as u64);
    limited.read_until(b'\n', &mut line).ok()?;
    (line.last() == Some(&b'\n')).then_some(line)
}
