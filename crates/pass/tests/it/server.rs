//! A little HTTP server with a desk in front of one page, for browsers on loopback.

use std::io::{BufRead, BufReader, Read, Write};
use std::net::{TcpListener, TcpStream};
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::{SystemTime, UNIX_EPOCH};

use lilliput_pass::desk::{DeskRequest, DeskResponse, OWN_PATHS};
use lilliput_pass::page::PayHint;
use lilliput_pass::{Class, Desk, Effort, Offer};

use crate::world::World;

pub(crate) struct Server {
    pub(crate) address: String,
    /// Challenge pages that were shown.
    pub(crate) challenges: Arc<AtomicUsize>,
    _world: Arc<World>,
}

pub(crate) fn now_s() -> u64 {
    SystemTime::now()
        .duration_since(UNIX_EPOCH)
        .unwrap()
        .as_secs()
}

impl Server {
    /// Serves until the test ends, by the machine's clock or at one time.
    pub(crate) fn start(world: World, effort: Option<Effort>, at_s: Option<u64>) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").unwrap();
        let address = format!("http://{}", listener.local_addr().unwrap());
        let world = Arc::new(world);
        let challenges = Arc::new(AtomicUsize::new(0));
        let (shared, counter) = (Arc::clone(&world), Arc::clone(&challenges));
        std::thread::spawn(move || {
            for stream in listener.incoming().map_while(Result::ok) {
                let (world, counter) = (Arc::clone(&shared), Arc::clone(&counter));
                std::thread::spawn(move || {
                    serve(stream, &world, effort, at_s.unwrap_or_else(now_s), &counter);
                });
            }
        });
        Self {
            address,
            challenges,
            _world: world,
        }
    }
}

fn serve(
    stream: TcpStream,
    world: &World,
    effort: Option<Effort>,
    now_s: u64,
    challenges: &AtomicUsize,
) {
    let mut reader = BufReader::new(stream.try_clone().unwrap());
    let mut lines = Vec::new();
    loop {
        let mut line = String::new();
        if reader.read_line(&mut line).unwrap_or(0) == 0 {
            return;
        }
        if line.trim_end().is_empty() {
            break;
        }
        lines.push(line.trim_end().to_owned());
    }
    let header = |name: &str| {
        lines[1..]
            .iter()
            .filter_map(|line| line.split_once(": "))
            .find(|(other, _)| other.eq_ignore_ascii_case(name))
            .map_or(String::new(), |(_, value)| value.to_owned())
    };
    let mut body = vec![0; header("content-length").parse().unwrap_or(0)];
    reader.read_exact(&mut body).unwrap();
    let mut words = lines[0].split(' ');
    let (method, target) = (words.next().unwrap(), words.next().unwrap());
    let (path, query) = target.split_once('?').unwrap_or((target, ""));
    let (cookies, language, site) = (
        header("cookie"),
        header("accept-language"),
        header("sec-fetch-site"),
    );
    let response = if path.starts_with(OWN_PATHS) {
        world.ask(&DeskRequest {
            method,
            path,
            query,
            body: &body,
            accept_language: &language,
            cookies: &cookies,
            fetch_site: &site,
            lane: 1,
            now_s,
        })
    } else if world.desk.session(&cookies, now_s).is_some() {
        DeskResponse {
            status: 200,
            headers: vec![("content-type", "text/html".to_owned())],
            body: b"<h1 id=ducks>All the ducks</h1>".to_vec(),
            opened: None,
            refused: None,
        }
    } else {
        challenges.fetch_add(1, Ordering::Relaxed);
        challenge(&world.desk, effort, &language, target, now_s)
    };
    write(stream, &response);
}

fn challenge(
    desk: &Desk,
    effort: Option<Effort>,
    language: &str,
    target: &str,
    now_s: u64,
) -> DeskResponse {
    let pay = PayHint {
        price: "0.001 USDC".to_owned(),
        link: None,
    };
    let offer = Offer {
        class: Class(1),
        effort,
        wait: true,
        human: true,
        pay: Some(&pay),
        rule: Some("browsers"),
    };
    desk.challenge(&offer, language, target, now_s).unwrap()
}

fn write(mut stream: TcpStream, response: &DeskResponse) {
    let mut head = format!(
        "HTTP/1.1 {} Answer\r\nconnection: close\r\ncontent-length: {}\r\n",
        response.status,
        response.body.len()
    );
    for (name, value) in &response.headers {
        head.push_str(&format!("{name}: {value}\r\n"));
    }
    // A browser that went away needs no answer.
    let _ = stream.write_all(head.as_bytes());
    let _ = stream.write_all(b"\r\n");
    let _ = stream.write_all(&response.body);
}
