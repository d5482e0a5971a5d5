//! A static site: one page of a kilobyte, one thread a connection.

use std::io::{Read, Write};
use std::net::{SocketAddr, TcpListener};

const BODY_BYTES: usize = 1_024;

pub(crate) fn start() -> SocketAddr {
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let address = listener.local_addr().unwrap();
    let answer = format!(
        "HTTP/1.1 200 OK\r\nContent-Type: text/html\r\nContent-Length: {BODY_BYTES}\r\n\r\n{}",
        "x".repeat(BODY_BYTES)
    );
    std::thread::spawn(move || {
        for mut stream in listener.incoming().flatten() {
            let answer = answer.clone();
            std::thread::spawn(move || {
                stream.set_nodelay(true).unwrap();
                let mut buffer = [0; 4_096];
                let mut held = 0;
                loop {
                    let Ok(read) = stream.read(&mut buffer[held..]) else {
                        return;
                    };
                    if read == 0 {
                        return;
                    }
                    held += read;
                    // Requests come one at a time and have no body.
                    if buffer[..held].ends_with(b"\r\n\r\n") {
                        held = 0;
                        if stream.write_all(answer.as_bytes()).is_err() {
                            return;
                        }
                    }
                }
            });
        }
    });
    address
}
