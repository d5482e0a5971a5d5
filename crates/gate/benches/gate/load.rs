//! Visitors: one after another, and many at once.

use std::io::{BufRead, BufReader, Read, Write};
use std::net::{SocketAddr, TcpStream};
use std::time::{Duration, Instant};

use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use sha2::{Digest, Sha256};

/// What is asked for.
#[derive(Clone)]
pub(crate) struct Target {
    pub(crate) address: SocketAddr,
    pub(crate) path: &'static str,
    pub(crate) headers: String,
}

impl Target {
    pub(crate) fn new(address: SocketAddr, headers: &str) -> Self {
        Self {
            address,
            path: "/index.html",
            headers: headers.to_owned(),
        }
    }

    fn request(&self) -> String {
        format!(
            "GET {} HTTP/1.1\r\nHost: bench.example\r\nUser-Agent: Mozilla/5.0 (X11; Linux x86_64; rv:140.0) Gecko/20100101 Firefox/140.0\r\nAccept-Language: en-US,en;q=0.5\r\nAccept-Encoding: gzip, deflate, br, zstd\r\n{}\r\n",
            self.path, self.headers
        )
    }
}

/// How long requests took.
pub(crate) struct Figures(Vec<Duration>);

impl Figures {
    pub(crate) fn count(&self) -> usize {
        self.0.len()
    }

    /// In microseconds.
    pub(crate) fn quantile(&self, part: f64) -> f64 {
        let place = ((self.0.len() - 1) as f64 * part) as usize;
        self.0[place].as_secs_f64() * 1e6
    }
}

struct Connection {
    stream: TcpStream,
    reader: BufReader<TcpStream>,
    line: String,
}

impl Connection {
    fn new(address: SocketAddr) -> Self {
        let stream = TcpStream::connect(address).unwrap();
        stream.set_nodelay(true).unwrap();
        let reader = BufReader::with_capacity(16 << 10, stream.try_clone().unwrap());
        Self {
            stream,
            reader,
            line: String::new(),
        }
    }

    /// Asks and reads the whole answer; gives its body and cookie.
    fn ask(&mut self, request: &str) -> (Vec<u8>, Option<String>) {
        self.stream.write_all(request.as_bytes()).unwrap();
        let mut length = 0;
        let mut cookie = None;
        loop {
            self.line.clear();
            assert!(
                self.reader.read_line(&mut self.line).unwrap() > 0,
                "the connection was closed"
            );
            if self.line == "\r\n" {
                break;
            }
            if let Some((name, value)) = self.line.split_once(':') {
                if name.eq_ignore_ascii_case("content-length") {
                    length = value.trim().parse().unwrap();
                } else if name.eq_ignore_ascii_case("set-cookie") {
                    cookie = value.trim().split(';').next().map(str::to_owned);
                }
            }
        }
        let mut body = vec![0; length];
        self.reader.read_exact(&mut body).unwrap();
        (body, cookie)
    }
}

/// One request after another on one connection.
pub(crate) fn alone(target: &Target, count: usize) -> Figures {
    let request = target.request();
    let mut connection = Connection::new(target.address);
    for _ in 0..count / 10 {
        connection.ask(&request);
    }
    let mut all: Vec<Duration> = (0..count)
        .map(|_| {
            let started = Instant::now();
            connection.ask(&request);
            started.elapsed()
        })
        .collect();
    all.sort();
    Figures(all)
}

/// Connections that each ask as fast as they are answered.
pub(crate) fn many(target: &Target, connections: usize, seconds: u64) -> Figures {
    let end = Instant::now() + Duration::from_secs(seconds);
    let threads: Vec<_> = (0..connections)
        .map(|_| {
            let target = target.clone();
            std::thread::spawn(move || {
                let request = target.request();
                let mut connection = Connection::new(target.address);
                let mut all = Vec::new();
                while Instant::now() < end {
                    let started = Instant::now();
                    connection.ask(&request);
                    all.push(started.elapsed());
                }
                all
            })
        })
        .collect();
    let mut all: Vec<Duration> = threads
        .into_iter()
        .flat_map(|thread| thread.join().unwrap())
        .collect();
    all.sort();
    Figures(all)
}

/// Works for a session; gives the header that has it.
pub(crate) fn session(address: SocketAddr) -> String {
    let mut connection = Connection::new(address);
    let (body, _) =
        connection.ask("GET /.lilliput/challenge?light HTTP/1.1\r\nHost: bench.example\r\n\r\n");
    let told: serde_json::Value = serde_json::from_slice(&body).unwrap();
    let work = &told["work"];
    let challenge = work["challenge"].as_str().unwrap();
    let target = u64::from_str_radix(work["target"].as_str().unwrap(), 16).unwrap();
    let seed = Sha256::digest(challenge.as_bytes());
    let mut solution = Vec::new();
    for puzzle in 0..u32::try_from(work["puzzles"].as_u64().unwrap()).unwrap() {
        let fits = |nonce: &u32| {
            let hash =
                Sha256::digest([&seed[..], &puzzle.to_be_bytes(), &nonce.to_be_bytes()].concat());
            u64::from_be_bytes(hash[..8].try_into().unwrap()) <= target
        };
        solution.extend_from_slice(&(0..u32::MAX).find(fits).unwrap().to_be_bytes());
    }
    let body =
        serde_json::json!({ "challenge": challenge, "solution": URL_SAFE_NO_PAD.encode(solution) })
            .to_string();
    let request = format!(
        "POST /.lilliput/work HTTP/1.1\r\nHost: bench.example\r\nContent-Length: {}\r\n\r\n{body}",
        body.len()
    );
    let (_, cookie) = connection.ask(&request);
    format!("Cookie: {}\r\n", cookie.unwrap())
}
