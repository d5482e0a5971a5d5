//! A site that remembers what reached it, a gate before it, and a visitor who writes raw bytes.

use std::io::{BufRead, BufReader, Read, Write};
use std::net::{SocketAddr, TcpListener, TcpStream};
use std::sync::{Arc, Mutex};
use std::time::Duration;

use lilliput_gate::config::{Addresses, Limits};
use lilliput_gate::policy::Policy;
use lilliput_gate::{Config, Running};
use tempfile::TempDir;

/// Longest a test waits for bytes.
const PATIENCE: Duration = Duration::from_secs(20);

/// A browser's headers.
pub(crate) const BROWSER: &str = "User-Agent: Mozilla/5.0 (X11; Linux x86_64; rv:140.0) Gecko/20100101 Firefox/140.0\r\nAccept: text/html\r\nAccept-Language: en\r\n";

/// A request as the site saw it: head as text, and body.
#[derive(Clone, Debug)]
pub(crate) struct Seen {
    pub(crate) head: String,
    pub(crate) body: Vec<u8>,
}

impl Seen {
    pub(crate) fn line(&self) -> &str {
        self.head.lines().next().unwrap()
    }

    pub(crate) fn header(&self, name: &str) -> Option<String> {
        header(&self.head, name)
    }
}

pub(crate) fn header(head: &str, name: &str) -> Option<String> {
    let all: Vec<&str> = head
        .lines()
        .skip(1)
        .filter_map(|line| line.split_once(':'))
        .filter(|(found, _)| found.eq_ignore_ascii_case(name))
        .map(|(_, value)| value.trim())
        .collect();
    (!all.is_empty()).then(|| all.join(" | "))
}

/// The site.
pub(crate) struct Site {
    pub(crate) address: SocketAddr,
    seen: Arc<Mutex<Vec<Seen>>>,
}

impl Site {
    /// A site that answers every request with its own first line.
    pub(crate) fn start() -> Self {
        Self::answering(|seen| {
            let body = format!("site saw {}", seen.line());
            format!(
                "HTTP/1.1 200 OK\r\nContent-Length: {}\r\nX-Site: yes\r\n\r\n{body}",
                body.len()
            )
            .into_bytes()
        })
    }

    pub(crate) fn answering(answer: impl Fn(&Seen) -> Vec<u8> + Send + Sync + 'static) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").unwrap();
        let address = listener.local_addr().unwrap();
        let seen = Arc::new(Mutex::new(Vec::new()));
        let answer = Arc::new(answer);
        let log = Arc::clone(&seen);
        std::thread::spawn(move || {
            for stream in listener.incoming().flatten() {
                let (log, answer) = (Arc::clone(&log), Arc::clone(&answer));
                std::thread::spawn(move || {
                    let mut reader = BufReader::new(stream.try_clone().unwrap());
                    let mut stream = stream;
                    while let Some(request) = read(&mut reader) {
                        log.lock().unwrap().push(request.clone());
                        let bytes = answer(&request);
                        if bytes.is_empty() || stream.write_all(&bytes).is_err() {
                            return;
                        }
                    }
                });
            }
        });
        Self { address, seen }
    }

    pub(crate) fn seen(&self) -> Vec<Seen> {
        self.seen.lock().unwrap().clone()
    }
}

/// One request from a connection.
fn read(reader: &mut BufReader<TcpStream>) -> Option<Seen> {
    let mut head = String::new();
    loop {
        let before = head.len();
        if reader.read_line(&mut head).ok()? == 0 {
            return None;
        }
        if &head[before..] == "\r\n" {
            break;
        }
    }
    let mut body = Vec::new();
    if let Some(length) = header(&head, "content-length") {
        body.resize(length.parse().ok()?, 0);
        reader.read_exact(&mut body).ok()?;
    } else if header(&head, "transfer-encoding").is_some() {
        loop {
            let mut size = String::new();
            reader.read_line(&mut size).ok()?;
            let size = usize::from_str_radix(size.trim(), 16).ok()?;
            let mut part = vec![0; size + 2];
            reader.read_exact(&mut part).ok()?;
            if size == 0 {
                break;
            }
            body.extend_from_slice(&part[..size]);
        }
    }
    Some(Seen { head, body })
}

/// A gate before a site.
pub(crate) struct World {
    pub(crate) site: Site,
    pub(crate) gate: Running,
    pub(crate) folder: TempDir,
}

pub(crate) fn config(folder: &TempDir, upstream: SocketAddr, policy: &str) -> Config {
    Config {
        data: folder.path().join("gate"),
        listen: "127.0.0.1:0".parse().unwrap(),
        admin: Some("127.0.0.1:0".parse().unwrap()),
        upstream: format!("http://{upstream}").parse().unwrap(),
        policy: Policy::read(policy).unwrap(),
        policy_text: policy.to_owned(),
        trusted: Vec::new(),
        observe: false,
        addresses: Addresses::Network,
        secure: false,
        site: "a test".to_owned(),
        store: None,
        secret: None,
        ledger: None,
        humans: None,
        agents: Vec::new(),
        local_agents: true,
        site_bears: 1_000,
        target_permille: 700,
        threads: 2,
        limits: Limits::default(),
    }
}

/// Lets everything pass.
pub(crate) const OPEN: &str = "version = 1\n";

impl World {
    pub(crate) fn start(policy: &str) -> Self {
        Self::with(Site::start(), policy, |_| {})
    }

    pub(crate) fn with(site: Site, policy: &str, change: impl FnOnce(&mut Config)) -> Self {
        let folder = TempDir::new().unwrap();
        let mut config = config(&folder, site.address, policy);
        change(&mut config);
        let gate = lilliput_gate::start(config).unwrap();
        Self { site, gate, folder }
    }

    /// Sends raw bytes and reads until the other side closes or has said one whole answer.
    pub(crate) fn send(&self, bytes: impl AsRef<[u8]>) -> Answer {
        let mut visitor = Visitor::new(self.gate.address());
        visitor.write(bytes);
        visitor.answer()
    }

    /// A plain GET with some more header lines.
    pub(crate) fn get(&self, path: &str, headers: &str) -> Answer {
        self.send(format!(
            "GET {path} HTTP/1.1\r\nHost: example.org\r\n{headers}\r\n"
        ))
    }
}

/// An answer.
#[derive(Clone, Debug, Default)]
pub(crate) struct Answer {
    pub(crate) status: u16,
    pub(crate) head: String,
    pub(crate) body: Vec<u8>,
}

impl Answer {
    pub(crate) fn text(&self) -> String {
        String::from_utf8_lossy(&self.body).into_owned()
    }

    pub(crate) fn header(&self, name: &str) -> Option<String> {
        header(&self.head, name)
    }
}

/// A connection.
pub(crate) struct Visitor {
    stream: TcpStream,
    reader: BufReader<TcpStream>,
}

impl Visitor {
    pub(crate) fn new(address: SocketAddr) -> Self {
        let stream = TcpStream::connect(address).unwrap();
        stream.set_read_timeout(Some(PATIENCE)).unwrap();
        let reader = BufReader::new(stream.try_clone().unwrap());
        Self { stream, reader }
    }

    pub(crate) fn write(&mut self, bytes: impl AsRef<[u8]>) {
        // The gate may have closed already; then reading tells.
        let _ = self.stream.write_all(bytes.as_ref());
    }

    pub(crate) fn answer(&mut self) -> Answer {
        match self.try_answer() {
            Some(answer) => answer,
            None => panic!("no answer came"),
        }
    }

    /// Nothing when the connection was closed first.
    pub(crate) fn try_answer(&mut self) -> Option<Answer> {
        let mut head = String::new();
        loop {
            let before = head.len();
            if self.reader.read_line(&mut head).ok()? == 0 {
                return None;
            }
            if &head[before..] == "\r\n" {
                break;
            }
        }
        let status = head.split(' ').nth(1)?.parse().ok()?;
        let mut body = Vec::new();
        if let Some(length) = header(&head, "content-length") {
            body.resize(length.parse().ok()?, 0);
            self.reader.read_exact(&mut body).ok()?;
        } else if header(&head, "transfer-encoding").is_some() {
            loop {
                let mut size = String::new();
                self.reader.read_line(&mut size).ok()?;
                let size = usize::from_str_radix(size.trim(), 16).ok()?;
                let mut part = vec![0; size + 2];
                self.reader.read_exact(&mut part).ok()?;
                if size == 0 {
                    break;
                }
                body.extend_from_slice(&part[..size]);
            }
        }
        Some(Answer { status, head, body })
    }

    /// Whether the other side has closed.
    pub(crate) fn is_closed(&mut self) -> bool {
        let mut byte = [0];
        !matches!(self.reader.read(&mut byte), Ok(1))
    }
}

impl Visitor {
    /// So many bytes.
    pub(crate) fn take(&mut self, count: usize) -> Vec<u8> {
        let mut bytes = vec![0; count];
        self.reader.read_exact(&mut bytes).unwrap();
        bytes
    }
}

impl World {
    /// A page of the owner's side.
    pub(crate) fn admin(&self, path: &str) -> String {
        let address = self.admin_address();
        self.admin_as(&address.to_string(), path)
    }

    pub(crate) fn admin_as(&self, host: &str, path: &str) -> String {
        let mut visitor = Visitor::new(self.admin_address());
        visitor.write(format!(
            "GET {path} HTTP/1.1\r\nHost: {host}\r\nConnection: close\r\n\r\n"
        ));
        visitor.answer().text()
    }

    fn admin_address(&self) -> SocketAddr {
        let url = self.gate.admin_url().unwrap();
        url.trim_start_matches("http://")
            .split('/')
            .next()
            .unwrap()
            .parse()
            .unwrap()
    }
}
