//! One test for each way in which a visitor may try to be misunderstood.

use std::time::{Duration, Instant};

use lilliput_gate::config::Limits;

use crate::world::{OPEN, Site, Visitor, World};

/// The lines that reached the site.
fn lines(world: &World) -> Vec<String> {
    world
        .site
        .seen()
        .iter()
        .map(|seen| seen.line().to_owned())
        .collect()
}

#[test]
fn lengths_that_differ_are_refused() {
    let world = World::start(OPEN);
    let answer = world.send(
        "POST /a HTTP/1.1\r\nHost: example.org\r\nContent-Length: 5\r\nContent-Length: 6\r\n\r\nhello",
    );
    assert_eq!(answer.status, 400);
    assert!(lines(&world).is_empty());
}

#[test]
fn a_length_that_is_no_number_is_refused() {
    let world = World::start(OPEN);
    for length in ["+5", "-1", "0x5", "5, 5", "5 5", "18446744073709551616", ""] {
        let answer = world.send(format!(
            "POST /a HTTP/1.1\r\nHost: example.org\r\nContent-Length: {length}\r\n\r\nhello"
        ));
        assert!(
            matches!(answer.status, 400 | 413),
            "{length}: {}",
            answer.status
        );
    }
    assert!(lines(&world).is_empty());
}

#[test]
fn a_length_beside_a_transfer_coding_smuggles_nothing() {
    let world = World::start(OPEN);
    let smuggled = "GET /smuggled HTTP/1.1\r\nHost: example.org\r\n\r\n";
    for (first, second) in [
        ("Content-Length: 4", "Transfer-Encoding: chunked"),
        ("Transfer-Encoding: chunked", "Content-Length: 4"),
    ] {
        let mut visitor = Visitor::new(world.gate.address());
        visitor.write(format!("POST /first HTTP/1.1\r\nHost: example.org\r\n{first}\r\n{second}\r\n\r\n0\r\n\r\n{smuggled}"));
        let answer = visitor.try_answer();
        assert!(
            visitor.is_closed(),
            "the connection has to end after what could be read in two ways"
        );
        if let Some(answer) = answer {
            assert!(matches!(answer.status, 200 | 400), "{}", answer.status);
        }
    }
    for seen in world.site.seen() {
        assert!(!seen.line().contains("smuggled"), "{}", seen.head);
        assert!(
            seen.header("content-length").is_none() || seen.header("transfer-encoding").is_none()
        );
    }
}

#[test]
fn transfer_codings_that_are_not_plainly_chunked_are_refused() {
    let world = World::start(OPEN);
    for coding in [
        "xchunked",
        "chunked, identity",
        "gzip, chunked",
        "identity",
        "chunked\r\nTransfer-Encoding: identity",
        "\u{b}chunked",
    ] {
        let answer = world.send(format!(
            "POST /a HTTP/1.1\r\nHost: example.org\r\nTransfer-Encoding: {coding}\r\n\r\n0\r\n\r\n"
        ));
        assert!(
            matches!(answer.status, 400 | 501),
            "{coding}: {}",
            answer.status
        );
    }
    let old = world.send(
        "POST /a HTTP/1.0\r\nHost: example.org\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n",
    );
    assert!(matches!(old.status, 400 | 501), "{}", old.status);
    assert!(lines(&world).is_empty());
}

#[test]
fn folded_headers_and_invalid_bytes_are_refused() {
    let world = World::start(OPEN);
    for header in [
        "X-A: one\r\n two",
        "X-A : one",
        "X A: one",
        "X-A: o\u{0}ne",
        ": one",
        "X-A: o\rne",
        " X-A: one",
    ] {
        let answer = world.send(format!(
            "GET /a HTTP/1.1\r\nHost: example.org\r\n{header}\r\n\r\n"
        ));
        assert_eq!(answer.status, 400, "{header:?}");
    }
    assert!(lines(&world).is_empty());
}

#[test]
fn a_head_that_is_too_large_is_refused() {
    let world = World::start(OPEN);
    let large = "a".repeat(Limits::default().head_bytes);
    let answer = world.send(format!(
        "GET /a HTTP/1.1\r\nHost: example.org\r\nX-Large: {large}\r\n\r\n"
    ));
    assert_eq!(answer.status, 431);
    let many: String = (0..150)
        .map(|number| format!("X-{number}: a\r\n"))
        .collect();
    let answer = world.send(format!(
        "GET /a HTTP/1.1\r\nHost: example.org\r\n{many}\r\n"
    ));
    assert_eq!(answer.status, 431);
    let answer = world.send(format!(
        "GET /{} HTTP/1.1\r\nHost: example.org\r\n\r\n",
        "a".repeat(9_000)
    ));
    assert_eq!(answer.status, 414);
    assert!(lines(&world).is_empty());
}

#[test]
fn a_body_that_is_too_large_is_refused() {
    let world = World::with(Site::start(), OPEN, |config| {
        config.limits.body_bytes = 1_000;
    });
    let answer =
        world.send("POST /told HTTP/1.1\r\nHost: example.org\r\nContent-Length: 1001\r\n\r\n");
    assert_eq!(answer.status, 413);
    let mut visitor = Visitor::new(world.gate.address());
    visitor
        .write("POST /untold HTTP/1.1\r\nHost: example.org\r\nTransfer-Encoding: chunked\r\n\r\n");
    for _ in 0..4 {
        visitor.write(format!("190\r\n{}\r\n", "b".repeat(0x190)));
    }
    visitor.write("0\r\n\r\n");
    let answer = visitor.try_answer();
    assert!(answer.is_none_or(|answer| answer.status >= 400));
    assert!(
        lines(&world).is_empty(),
        "no whole request may have come through"
    );
}

#[test]
fn who_writes_a_head_slowly_is_cut_off() {
    let world = World::with(Site::start(), OPEN, |config| {
        config.limits.head_time = Duration::from_millis(300);
    });
    let started = Instant::now();
    let mut visitor = Visitor::new(world.gate.address());
    visitor.write("GET /slow HTTP/1.1\r\nHost: exam");
    let answer = visitor.try_answer();
    assert!(answer.is_none_or(|answer| answer.status == 408));
    assert!(started.elapsed() < Duration::from_secs(10));
    assert!(lines(&world).is_empty());
}

#[test]
fn who_writes_a_body_slowly_is_cut_off() {
    let world = World::with(Site::start(), OPEN, |config| {
        config.limits.body_idle = Duration::from_millis(300);
    });
    let mut visitor = Visitor::new(world.gate.address());
    visitor.write("POST /slow HTTP/1.1\r\nHost: example.org\r\nContent-Length: 100\r\n\r\nhalf");
    let answer = visitor.try_answer();
    assert!(answer.is_none_or(|answer| answer.status >= 400));
    assert!(lines(&world).is_empty());
}

#[test]
fn one_address_has_so_many_connections_and_no_more() {
    let world = World::with(Site::start(), OPEN, |config| {
        config.limits.connections_per_address = 3;
    });
    let mut open: Vec<Visitor> = (0..3).map(|_| Visitor::new(world.gate.address())).collect();
    for visitor in &mut open {
        visitor.write("GET /a HTTP/1.1\r\nHost: example.org\r\n\r\n");
        assert_eq!(visitor.answer().status, 200);
    }
    let mut more = Visitor::new(world.gate.address());
    more.write("GET /b HTTP/1.1\r\nHost: example.org\r\n\r\n");
    assert!(more.try_answer().is_none());
}

#[test]
fn a_rule_on_a_path_can_not_be_walked_around() {
    let policy = "version = 1\n[[rule]]\nname = \"admin\"\naction = \"deny\"\npath = \"^/admin\"\n";
    let world = World::start(policy);
    for path in [
        "/admin",
        "/public/../admin",
        "/public/%2e%2e/admin",
        "/public/..%2fadmin",
        "/public/%252e%252e/admin",
        "//admin",
        "/./admin",
        "/%61dmin",
        "/public/..;/admin",
        "/public/..%5cadmin",
        "/%2561dmin",
        "/public\\..\\admin",
    ] {
        let answer = world.get(path, "");
        assert!(
            matches!(answer.status, 400 | 403),
            "{path}: {}",
            answer.status
        );
    }
    assert!(lines(&world).is_empty());
}

#[test]
fn a_rule_that_lets_pass_has_to_fit_every_reading() {
    let policy = "version = 1\n[[rule]]\nname = \"public\"\naction = \"allow\"\npath = \"^/public/\"\n[[rule]]\nname = \"rest\"\naction = \"deny\"\npath = \"\"\n";
    let world = World::start(policy);
    assert_eq!(world.get("/public/page", "").status, 200);
    for path in [
        "/public/..%2fadmin",
        "/public/%252e%252e/admin",
        "/public/..;/admin",
        "/public/../admin",
    ] {
        assert_eq!(world.get(path, "").status, 403, "{path}");
    }
    assert_eq!(lines(&world).len(), 1);
}

#[test]
fn what_was_judged_is_what_is_sent_on() {
    let world = World::start(OPEN);
    assert_eq!(world.get("/a/../b/./c?x=%2e", "").status, 200);
    assert_eq!(lines(&world), ["GET /b/c?x=%2e HTTP/1.1"]);
}

#[test]
fn forwarding_headers_of_strangers_are_not_believed() {
    let policy = "version = 1\n[[rule]]\nname = \"office\"\naction = \"allow\"\nnetwork = [\"10.0.0.0/8\"]\n[[rule]]\nname = \"rest\"\naction = \"deny\"\npath = \"\"\n";
    let spoofed = "X-Forwarded-For: 10.0.0.1\r\nX-Real-IP: 10.0.0.1\r\nForwarded: for=10.0.0.1\r\nTrue-Client-IP: 10.0.0.1\r\n";
    let world = World::start(policy);
    assert_eq!(world.get("/", spoofed).status, 403);

    let open = World::start(OPEN);
    let more = "X_Forwarded_For: 10.0.0.1\r\nLilliput-Visitor: human\r\nX-Original-URL: /admin\r\n";
    assert_eq!(open.get("/", &format!("{spoofed}{more}")).status, 200);
    let seen = &open.site.seen()[0];
    assert_eq!(seen.header("x-forwarded-for").as_deref(), Some("127.0.0.1"));
    assert_eq!(seen.header("x-real-ip").as_deref(), Some("127.0.0.1"));
    assert_eq!(seen.header("lilliput-visitor").as_deref(), Some("nothing"));
    for name in [
        "forwarded",
        "true-client-ip",
        "x_forwarded_for",
        "x-original-url",
    ] {
        assert_eq!(seen.header(name), None, "{name}");
    }
}

#[test]
fn of_a_trusted_proxy_the_nearest_stranger_is_believed() {
    let policy = "version = 1\n[[rule]]\nname = \"office\"\naction = \"allow\"\nnetwork = [\"10.1.0.0/16\"]\n[[rule]]\nname = \"rest\"\naction = \"deny\"\npath = \"\"\n";
    let world = World::with(Site::start(), policy, |config| {
        config.trusted = vec![
            "127.0.0.0/8".parse().unwrap(),
            "10.9.0.0/16".parse().unwrap(),
        ];
    });
    let status = |chain: &str| {
        world
            .get("/", &format!("X-Forwarded-For: {chain}\r\n"))
            .status
    };
    assert_eq!(status("10.1.2.3"), 200);
    assert_eq!(status("10.1.2.3, 10.9.0.1"), 200);
    // What stands before the nearest stranger may be invented.
    assert_eq!(status("10.1.2.3, 203.0.113.5"), 403);
    assert_eq!(status("10.1.2.3, 203.0.113.5, 10.9.0.1"), 403);
    assert_eq!(status("10.1.2.3, nonsense, 10.9.0.1"), 403);
}

#[test]
fn hosts_that_are_missing_doubled_or_contradicted_are_refused() {
    let world = World::start(OPEN);
    for request in [
        "GET / HTTP/1.1\r\n\r\n",
        "GET / HTTP/1.1\r\nHost: a.org\r\nHost: b.org\r\n\r\n",
        "GET http://a.org/ HTTP/1.1\r\nHost: b.org\r\n\r\n",
        "GET / HTTP/1.1\r\nHost: a.org/evil\r\n\r\n",
        "GET / HTTP/1.1\r\nHost: a@b.org\r\n\r\n",
        "GET / HTTP/1.1\r\nHost:\r\n\r\n",
    ] {
        assert_eq!(world.send(request).status, 400, "{request}");
    }
    assert!(lines(&world).is_empty());
}

#[test]
fn methods_that_are_for_proxies_are_refused() {
    let world = World::start(OPEN);
    let answer = world.send("CONNECT evil.org:443 HTTP/1.1\r\nHost: evil.org:443\r\n\r\n");
    assert!(matches!(answer.status, 400 | 405), "{}", answer.status);
    assert_eq!(
        world.send("TRACE / HTTP/1.1\r\nHost: a.org\r\n\r\n").status,
        405
    );
    assert!(lines(&world).is_empty());
}

#[test]
fn headers_between_neighbours_stay_between_them() {
    let world = World::start(OPEN);
    let answer = world.get(
        "/",
        "Connection: X-Secret, close, Host, Cookie\r\nX-Secret: 1\r\nKeep-Alive: 5\r\nTE: trailers\r\nUpgrade: h2c\r\nHTTP2-Settings: AAMAAABkAARAAAAAAAIAAAAA\r\nProxy-Authorization: Basic x\r\nCookie: a=1\r\n",
    );
    assert_eq!(answer.status, 200);
    let seen = &world.site.seen()[0];
    for name in [
        "x-secret",
        "keep-alive",
        "te",
        "upgrade",
        "proxy-authorization",
    ] {
        assert_eq!(seen.header(name), None, "{name}");
    }
    assert_eq!(seen.header("cookie").as_deref(), Some("a=1"));
    assert_eq!(seen.header("host").as_deref(), Some("example.org"));
}
