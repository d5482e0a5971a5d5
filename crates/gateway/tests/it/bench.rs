//! What the gateway costs, printed with `-- --nocapture bench`.

use std::io::{Read, Write};
use std::net::{SocketAddr, TcpStream};
use std::time::{Duration, Instant};

use crate::provider::{Provider, lease, web};

const REQUESTS: usize = 300;

#[test]
fn bench_of_the_overhead() {
    let provider = Provider::start();
    let manifest = web(&[]);
    let lease = lease(1, 7, &manifest);
    provider.desk.reconcile(vec![lease.clone()]).unwrap();
    let host = provider.deploy(7, &lease, "hello", &manifest);
    let name = lilliput_gateway::manifest::workload_name(&lease, "web");
    let port = provider.runtime().status(&name).unwrap().port.unwrap();
    let direct = SocketAddr::from(([127, 0, 0, 1], port));
    // In turns, so that a busy moment is both's.
    let (mut straight, mut through) = (
        Asker::new(direct, &host),
        Asker::new(provider.address, &host),
    );
    for _ in 0..REQUESTS {
        straight.ask();
        through.ask();
    }
    let (straight, through) = (straight.median(), through.median());
    println!("p50: direct {straight:?}, through the gateway {through:?}");
    println!("overhead p50: {:?}", through.saturating_sub(straight));
}

struct Asker {
    stream: TcpStream,
    request: String,
    times: Vec<Duration>,
}

impl Asker {
    fn new(address: SocketAddr, host: &str) -> Self {
        let stream = TcpStream::connect(address).unwrap();
        stream.set_nodelay(true).unwrap();
        Self {
            stream,
            request: format!("GET / HTTP/1.1\r\nhost: {host}\r\n\r\n"),
            times: Vec::new(),
        }
    }

    fn ask(&mut self) {
        let begun = Instant::now();
        self.stream.write_all(self.request.as_bytes()).unwrap();
        let mut answer = Vec::new();
        let mut piece = [0; 4096];
        while !String::from_utf8_lossy(&answer).contains("0\r\n\r\n") {
            let read = self.stream.read(&mut piece).unwrap();
            assert!(read > 0, "it broke off");
            answer.extend_from_slice(&piece[..read]);
        }
        assert!(answer.starts_with(b"HTTP/1.1 200"));
        self.times.push(begun.elapsed());
    }

    fn median(&mut self) -> Duration {
        self.times.sort();
        self.times[self.times.len() / 2]
    }
}
