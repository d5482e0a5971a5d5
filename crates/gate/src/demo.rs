//! A site, a gate before it, and visitors of all kinds, on the loopback: to be looked at.
//!
//! The visitors are simple: they show what a gate does, not what it withstands.

use std::io::{BufRead, BufReader, Read, Write};
use std::net::{SocketAddr, TcpListener, TcpStream};
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::thread::JoinHandle;
use std::time::Duration;

use crate::error::StartError;

/// Longest wait for a byte.
const PATIENCE: Duration = Duration::from_secs(5);
/// Most bytes of a head, and of a body, that these visitors and this site read.
const BYTES_MAX: u64 = 64 << 10;
/// Most connections of the site.
const CONNECTIONS_MAX: usize = 64;

/// Who comes: what it is called, how it introduces itself, how often it asks.
const VISITORS: [(&str, &str, u64); 5] = [
    (
        "person",
        "User-Agent: Mozilla/5.0 (X11; Linux x86_64; rv:140.0) Gecko/20100101 Firefox/140.0\r\nAccept-Language: en\r\n",
        700,
    ),
    (
        "trainer",
        "User-Agent: Mozilla/5.0 (compatible; GPTBot/1.2; +https://openai.com/gptbot)\r\n",
        400,
    ),
    (
        "assistant",
        "User-Agent: Mozilla/5.0 (compatible; Claude-User/1.0)\r\n",
        1_900,
    ),
    (
        "index",
        "User-Agent: Mozilla/5.0 (compatible; Googlebot/2.1; +http://www.google.com/bot.html)\r\n",
        1_300,
    ),
    ("scraper", "User-Agent: python-requests/2.32\r\n", 60),
];
const PATHS: [&str; 7] = [
    "/",
    "/docs/start",
    "/docs/api",
    "/blog/1",
    "/blog/2",
    "/archive/2019",
    "/robots.txt",
];

/// Site and visitors; they stop when this is dropped.
pub struct Scene {
    /// Where the site is.
    pub site: SocketAddr,
    ended: Arc<AtomicBool>,
    threads: Vec<JoinHandle<()>>,
}

impl Scene {
    /// Starts the site.
    ///
    /// # Errors
    /// When there is no free port.
    pub fn start() -> Result<Self, StartError> {
        let address = SocketAddr::from(([127, 0, 0, 1], 0));
        let failed = |source| StartError::Listen { address, source };
        let listener = TcpListener::bind(address).map_err(failed)?;
        let site = listener.local_addr().map_err(failed)?;
        let ended = Arc::new(AtomicBool::new(false));
        let stopped = Arc::clone(&ended);
        let room = Arc::new(());
        let thread = std::thread::spawn(move || {
            for stream in listener.incoming().flatten() {
                if stopped.load(Ordering::Relaxed) {
                    return;
                }
                if Arc::strong_count(&room) > CONNECTIONS_MAX {
                    continue;
                }
                let held = Arc::clone(&room);
                std::thread::spawn(move || {
                    // How a connection ends is the other side's business.
                    let _ = serve(stream);
                    drop(held);
                });
            }
        });
        Ok(Self {
            site,
            ended,
            threads: vec![thread],
        })
    }

    /// Lets visitors come to the gate.
    pub fn visit(&mut self, gate: SocketAddr) {
        for (name, headers, pause_ms) in VISITORS {
            let ended = Arc::clone(&self.ended);
            self.threads.push(std::thread::spawn(move || {
                let mut cookie = String::new();
                let mut number = 0;
                while !ended.load(Ordering::Relaxed) {
                    let path = PATHS[number % PATHS.len()];
                    number += 1;
                    let answer = ask(gate, &format!("GET {path} HTTP/1.1\r\nHost: demo.example\r\nAccept: */*\r\n{headers}{cookie}\r\n"));
                    if name == "person"
                        && let Some(answer) = answer.filter(|answer| answer.status == 403)
                        && let Some(earned) = work(gate, &answer.body)
                    {
                        cookie = earned;
                    }
                    std::thread::sleep(Duration::from_millis(pause_ms));
                }
            }));
        }
    }
}

impl Drop for Scene {
    fn drop(&mut self) {
        self.ended.store(true, Ordering::Relaxed);
        // The site waits for a visitor; this is the last.
        let _ = TcpStream::connect(self.site);
        for thread in self.threads.drain(..) {
            let _ = thread.join();
        }
    }
}

fn serve(stream: TcpStream) -> std::io::Result<()> {
    stream.set_nodelay(true)?;
    let mut out = stream.try_clone()?;
    let mut reader = BufReader::new(stream);
    loop {
        let mut first = String::new();
        if reader.by_ref().take(BYTES_MAX).read_line(&mut first)? == 0 {
            return Ok(());
        }
        let mut line = String::new();
        while line != "\r\n" {
            line.clear();
            if reader.by_ref().take(BYTES_MAX).read_line(&mut line)? == 0 {
                return Ok(());
            }
        }
        let path: String = first
            .split(' ')
            .nth(1)
            .unwrap_or("/")
            .chars()
            .filter(|one| one.is_ascii_alphanumeric() || *one == '/')
            .collect();
        let body = format!(
            "<!doctype html><html lang=en><meta charset=utf-8><title>A site</title><h1>{path}</h1><p>A page of a small site. <a href=/docs/start>Docs</a> <a href=/blog/1>Blog</a></p>"
        );
        write!(
            out,
            "HTTP/1.1 200 OK\r\nContent-Type: text/html\r\nContent-Length: {}\r\n\r\n{body}",
            body.len()
        )?;
    }
}

struct Answer {
    status: u16,
    cookie: Option<String>,
    body: Vec<u8>,
}

fn ask(gate: SocketAddr, request: &str) -> Option<Answer> {
    let mut stream = TcpStream::connect(gate).ok()?;
    stream.set_read_timeout(Some(PATIENCE)).ok()?;
    stream.write_all(request.as_bytes()).ok()?;
    let mut reader = BufReader::new(stream);
    let mut line = String::new();
    reader.by_ref().take(BYTES_MAX).read_line(&mut line).ok()?;
    let status = line.split(' ').nth(1)?.parse().ok()?;
    let (mut length, mut cookie) = (0, None);
    loop {
        line.clear();
        if reader.by_ref().take(BYTES_MAX).read_line(&mut line).ok()? == 0 || line == "\r\n" {
            break;
        }
        if let Some((name, value)) = line.split_once(':') {
            if name.eq_ignore_ascii_case("content-length") {
                length = value.trim().parse::<u64>().ok()?.min(BYTES_MAX);
            } else if name.eq_ignore_ascii_case("set-cookie") {
                cookie = value.trim().split(';').next().map(str::to_owned);
            }
        }
    }
    let mut body = Vec::new();
    reader.take(length).read_to_end(&mut body).ok()?;
    Some(Answer {
        status,
        cookie,
        body,
    })
}

/// Solves what an answer asks for, as the page's script does; gives the cookie's header.
fn work(gate: SocketAddr, asked: &[u8]) -> Option<String> {
    let told: serde_json::Value = serde_json::from_slice(asked).ok()?;
    let work = &told["work"];
    let challenge = work["challenge"].as_str()?;
    let puzzles = u8::try_from(work["puzzles"].as_u64()?).ok()?;
    let target = u64::from_str_radix(work["target"].as_str()?, 16).ok()?;
    let solution = lilliput_pass::work::solve(challenge, puzzles, target);
    let body = serde_json::json!({ "challenge": challenge, "solution": solution }).to_string();
    let answer = ask(
        gate,
        &format!(
            "POST /.lilliput/work HTTP/1.1\r\nHost: demo.example\r\nContent-Length: {}\r\n\r\n{body}",
            body.len()
        ),
    )?;
    Some(format!("Cookie: {}\r\n", answer.cookie?))
}
