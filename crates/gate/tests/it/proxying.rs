//! The way to the site and back.

use std::io::{Read, Write};
use std::net::TcpListener;
use std::time::Duration;

use crate::world::{BROWSER, OPEN, Site, Visitor, World};

#[test]
fn requests_and_answers_go_through_as_they_are() {
    let world = World::start(OPEN);
    let answer = world.send("POST /form?x=1 HTTP/1.1\r\nHost: example.org:8080\r\nContent-Length: 5\r\nX-Own: a\r\n\r\nhello");
    assert_eq!(
        (answer.status, answer.text().as_str()),
        (200, "site saw POST /form?x=1 HTTP/1.1")
    );
    assert_eq!(answer.header("x-site").as_deref(), Some("yes"));
    let seen = &world.site.seen()[0];
    assert_eq!(seen.body, b"hello");
    assert_eq!(seen.header("host").as_deref(), Some("example.org:8080"));
    assert_eq!(seen.header("x-own").as_deref(), Some("a"));
    assert_eq!(seen.header("x-forwarded-proto").as_deref(), Some("http"));
}

#[test]
fn bodies_without_a_length_are_streamed() {
    let world = World::start(OPEN);
    let answer = world.send("POST /a HTTP/1.1\r\nHost: a.org\r\nTransfer-Encoding: chunked\r\n\r\n3\r\nabc\r\n4\r\ndefg\r\n0\r\n\r\n");
    assert_eq!(answer.status, 200);
    assert_eq!(world.site.seen()[0].body, b"abcdefg");

    let site = Site::answering(|_| {
        b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n3\r\nabc\r\n2\r\nde\r\n0\r\n\r\n"
            .to_vec()
    });
    let world = World::with(site, OPEN, |_| {});
    assert_eq!(world.get("/", "").body, b"abcde");
}

#[test]
fn a_connection_serves_one_request_after_another() {
    let world = World::start(OPEN);
    let mut visitor = Visitor::new(world.gate.address());
    for number in 0..20 {
        visitor.write(format!("GET /{number} HTTP/1.1\r\nHost: a.org\r\n\r\n"));
        assert_eq!(
            visitor.answer().text(),
            format!("site saw GET /{number} HTTP/1.1")
        );
    }
    // Two at once, answered in order.
    visitor.write("GET /x HTTP/1.1\r\nHost: a.org\r\n\r\nGET /y HTTP/1.1\r\nHost: a.org\r\n\r\n");
    assert_eq!(visitor.answer().text(), "site saw GET /x HTTP/1.1");
    assert_eq!(visitor.answer().text(), "site saw GET /y HTTP/1.1");
}

#[test]
fn a_site_that_is_away_is_told_kindly() {
    let free = TcpListener::bind("127.0.0.1:0")
        .unwrap()
        .local_addr()
        .unwrap();
    let world = World::with(Site::start(), OPEN, |config| {
        config.upstream = format!("http://{free}").parse().unwrap();
    });
    let answer = world.get("/", BROWSER);
    assert_eq!(answer.status, 502);
    assert!(answer.text().contains("The site doesn't answer"));
    let german = world.get("/", "Accept: text/html\r\nAccept-Language: de\r\n");
    assert!(german.text().contains("Die Seite antwortet nicht"));
    let program = world.get("/", "Accept: application/json\r\n");
    assert!(program.text().contains("\"upstream_unreachable\""));
}

#[test]
fn a_site_that_takes_too_long_or_talks_nonsense_is_told_kindly() {
    let site = Site::answering(|_| {
        std::thread::sleep(Duration::from_secs(3));
        Vec::new()
    });
    let world = World::with(site, OPEN, |config| {
        config.limits.answer_time = Duration::from_millis(200);
    });
    assert_eq!(world.get("/", "").status, 504);
    let site = Site::answering(|_| b"SMTP 220 hello\r\n\r\n".to_vec());
    assert_eq!(World::with(site, OPEN, |_| {}).get("/", "").status, 502);
}

#[test]
fn a_site_that_closes_idle_connections_is_asked_again() {
    let site = Site::answering(|seen| {
        let body = seen.line();
        format!(
            "HTTP/1.1 200 OK\r\nConnection: close\r\nContent-Length: {}\r\n\r\n{body}",
            body.len()
        )
        .into_bytes()
    });
    let world = World::with(site, OPEN, |_| {});
    for _ in 0..10 {
        assert_eq!(world.get("/", "").status, 200);
    }
}

#[test]
fn websockets_go_through_and_other_upgrades_do_not() {
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let address = listener.local_addr().unwrap();
    std::thread::spawn(move || {
        let (mut stream, _) = listener.accept().unwrap();
        let mut head = Vec::new();
        let mut byte = [0];
        while !head.ends_with(b"\r\n\r\n") {
            stream.read_exact(&mut byte).unwrap();
            head.push(byte[0]);
        }
        let head = String::from_utf8(head).unwrap().to_ascii_lowercase();
        assert!(
            head.contains("upgrade: websocket") && head.contains("sec-websocket-key: abc"),
            "{head}"
        );
        stream.write_all(b"HTTP/1.1 101 Switching Protocols\r\nConnection: upgrade\r\nUpgrade: websocket\r\n\r\n").unwrap();
        let mut said = [0; 4];
        stream.read_exact(&mut said).unwrap();
        stream.write_all(&said).unwrap();
    });
    let world = World::with(Site::start(), OPEN, |config| {
        config.upstream = format!("http://{address}").parse().unwrap();
    });
    let mut visitor = Visitor::new(world.gate.address());
    visitor.write("GET /ws HTTP/1.1\r\nHost: a.org\r\nConnection: Upgrade\r\nUpgrade: websocket\r\nSec-WebSocket-Key: abc\r\n\r\n");
    let answer = visitor.answer();
    assert_eq!(answer.status, 101);
    assert_eq!(answer.header("upgrade").as_deref(), Some("websocket"));
    visitor.write("ping");
    assert_eq!(visitor.take(4), b"ping");
}
