//! A runtime of a test's own, killed when the test ends.

use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::time::{Duration, Instant};

use lilliput_workload::protocol::Part;
use lilliput_workload::{
    Client, Digest, Kind, Limits, Name, Outcome, Report, State, Status, Workload,
};

/// How long anything may take: the machine may be busy.
const PATIENCE: Duration = Duration::from_secs(120);

pub(crate) struct Runtime {
    folder: tempfile::TempDir,
    process: Child,
    pub(crate) client: Client,
    arguments: Vec<String>,
}

impl Runtime {
    pub(crate) fn start() -> Self {
        Self::with(&[])
    }

    pub(crate) fn with(arguments: &[&str]) -> Self {
        let folder = tempfile::Builder::new()
            .prefix("rt")
            .tempdir_in("/tmp")
            .unwrap();
        let arguments: Vec<String> = arguments.iter().map(|text| (*text).to_owned()).collect();
        let process = serve(folder.path(), &arguments);
        let client = Client::new(folder.path());
        let runtime = Self {
            folder,
            process,
            client,
            arguments,
        };
        runtime.wait_ready();
        runtime
    }

    pub(crate) fn state(&self) -> &Path {
        self.folder.path()
    }

    fn wait_ready(&self) {
        until("the runtime answers", || {
            self.client.hello().is_ok().then_some(())
        });
    }

    /// Kills the supervisor, and nothing but the supervisor.
    pub(crate) fn kill(&mut self) {
        self.process.kill().unwrap();
        self.process.wait().unwrap();
    }

    pub(crate) fn start_again(&mut self) {
        self.process = serve(self.folder.path(), &self.arguments);
        self.wait_ready();
    }

    pub(crate) fn put(&self, bytes: &[u8]) -> Digest {
        self.client.put(bytes).unwrap()
    }

    pub(crate) fn tool(&self) -> Digest {
        self.put(&component("tool"))
    }

    pub(crate) fn hello(&self) -> Digest {
        self.put(&component("hello"))
    }

    /// Runs the tool with arguments and default limits changed.
    pub(crate) fn job(&self, arguments: &[&str], change: impl FnOnce(&mut Workload)) -> Ended {
        let mut workload = workload(&free_name(), self.tool(), Kind::Job);
        workload.arguments = arguments.iter().map(|text| (*text).to_owned()).collect();
        change(&mut workload);
        self.run(&workload)
    }

    pub(crate) fn run(&self, workload: &Workload) -> Ended {
        self.client.start(workload).unwrap();
        let status = self.wait(&workload.name, |status| status.state == State::Ended);
        let part = |part| {
            self.client
                .read(&workload.name, part, 1 << 26)
                .unwrap_or_default()
        };
        Ended {
            name: workload.name.clone(),
            report: status.report.unwrap(),
            stdout: String::from_utf8(part(Part::Stdout)).unwrap(),
        }
    }

    /// Starts the service and waits for its port.
    pub(crate) fn serve(&self, workload: &Workload) -> u16 {
        self.client.start(workload).unwrap();
        self.port(&workload.name)
    }

    pub(crate) fn port(&self, name: &Name) -> u16 {
        let running = self.wait(name, |status| status.port.is_some());
        running.port.unwrap()
    }

    pub(crate) fn wait(&self, name: &Name, good: impl Fn(&Status) -> bool) -> Status {
        until("the workload gets there", || {
            self.client.status(name).ok().filter(|status| good(status))
        })
    }
}

impl Drop for Runtime {
    fn drop(&mut self) {
        let _ = self.process.kill();
        let _ = self.process.wait();
    }
}

pub(crate) struct Ended {
    pub(crate) name: Name,
    pub(crate) report: Report,
    pub(crate) stdout: String,
}

impl Ended {
    pub(crate) fn assert_exit(&self, code: u8) {
        assert_eq!(
            self.report.outcome,
            Outcome::Exited { code },
            "{}",
            self.stdout
        );
    }
}

fn serve(state: &Path, arguments: &[String]) -> Child {
    let mut command = Command::new(lilliput_workload::binary().unwrap());
    command
        .args(["serve", "--state"])
        .arg(state)
        .args(arguments);
    command
        .stdin(Stdio::null())
        .stdout(Stdio::null())
        .spawn()
        .unwrap()
}

pub(crate) fn until<T>(what: &str, look: impl Fn() -> Option<T>) -> T {
    let begun = Instant::now();
    loop {
        if let Some(found) = look() {
            return found;
        }
        assert!(begun.elapsed() < PATIENCE, "it never was that {what}");
        std::thread::sleep(Duration::from_millis(5));
    }
}

pub(crate) fn component(name: &str) -> Vec<u8> {
    let folder = PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("../runtime/components");
    std::fs::read(folder.join(format!("{name}.wasm"))).unwrap()
}

pub(crate) fn workload(name: &str, component: Digest, kind: Kind) -> Workload {
    Workload {
        name: name.parse().unwrap(),
        component,
        kind,
        arguments: Vec::new(),
        environment: Default::default(),
        stdin: None,
        files: Default::default(),
        limits: Limits::default(),
        network: Default::default(),
        deterministic: None,
    }
}

pub(crate) fn free_name() -> String {
    use std::sync::atomic::{AtomicU32, Ordering};
    static NEXT: AtomicU32 = AtomicU32::new(0);
    format!("job{}", NEXT.fetch_add(1, Ordering::Relaxed))
}

/// A request in HTTP/1.1: status, and everything after the header.
pub(crate) fn get(port: u16, target: &str) -> (u16, String) {
    ask(
        port,
        &format!("GET {target} HTTP/1.1\r\nhost: x\r\nconnection: close\r\n\r\n"),
    )
}

pub(crate) fn ask(port: u16, request: &str) -> (u16, String) {
    use std::io::{Read, Write};
    let mut stream = std::net::TcpStream::connect(("127.0.0.1", port)).unwrap();
    stream.set_read_timeout(Some(PATIENCE)).unwrap();
    stream.write_all(request.as_bytes()).unwrap();
    let mut answer = Vec::new();
    // A connection that breaks off has said what it had to say.
    let _ = stream.read_to_end(&mut answer);
    let answer = String::from_utf8_lossy(&answer).into_owned();
    let (head, body) = answer.split_once("\r\n\r\n").unwrap_or((&answer, ""));
    let status = head
        .split(' ')
        .nth(1)
        .and_then(|status| status.parse().ok());
    (status.unwrap_or(0), body.to_owned())
}
