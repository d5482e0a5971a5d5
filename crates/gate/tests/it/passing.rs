//! Who passes, who doesn't, and that who passed is left alone.

use std::net::SocketAddr;

use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use serde_json::Value;
use sha2::{Digest, Sha256};

use crate::world::{Answer, BROWSER, Site, Visitor, World};

const CHALLENGE: &str =
    "version = 1\n[[rule]]\nname = \"all\"\naction = \"challenge\"\npath = \"\"\n";
const PAY: &str = "version = 1\n[prices]\ntraining = \"0.01\"\n[[rule]]\nname = \"training\"\naction = \"pay\"\nclass = [\"training\"]\n";
const GPTBOT: &str = "User-Agent: Mozilla/5.0 (compatible; GPTBot/1.2; +https://openai.com/gptbot)\r\nAccept: */*\r\n";

fn json(answer: &Answer) -> Value {
    serde_json::from_slice(&answer.body).unwrap()
}

/// What a page's script does: for each puzzle a nonce whose hash is small enough.
pub(crate) fn solve(challenge: &str, puzzles: u8, target: u64) -> String {
    let seed = Sha256::digest(challenge.as_bytes());
    let mut solution = Vec::new();
    for puzzle in 0..u32::from(puzzles) {
        let fits = |nonce: &u32| {
            let input = [&seed[..], &puzzle.to_be_bytes(), &nonce.to_be_bytes()].concat();
            let hash = Sha256::digest(&input);
            u64::from_be_bytes(hash[..8].try_into().unwrap()) <= target
        };
        solution.extend_from_slice(&(0..u32::MAX).find(fits).unwrap().to_be_bytes());
    }
    URL_SAFE_NO_PAD.encode(solution)
}

/// Solves the challenge of an answer for programs; gives the cookie.
pub(crate) fn worked(address: SocketAddr, answer: &Answer) -> String {
    let work = &json(answer)["work"];
    let challenge = work["challenge"].as_str().unwrap();
    let puzzles = u8::try_from(work["puzzles"].as_u64().unwrap()).unwrap();
    let target = u64::from_str_radix(work["target"].as_str().unwrap(), 16).unwrap();
    let solution = solve(challenge, puzzles, target);
    let body = serde_json::json!({ "challenge": challenge, "solution": solution }).to_string();
    let mut visitor = Visitor::new(address);
    visitor.write(format!(
        "POST /.lilliput/work HTTP/1.1\r\nHost: example.org\r\nContent-Length: {}\r\n\r\n{body}",
        body.len()
    ));
    let opened = visitor.answer();
    assert_eq!(opened.status, 200, "{}", opened.text());
    let Some(cookie) = opened.header("set-cookie") else {
        panic!("no cookie came: {}\n{}", opened.head, opened.text());
    };
    format!("Cookie: {}\r\n", cookie.split(';').next().unwrap())
}

#[test]
fn a_browser_gets_a_page_and_a_program_a_document() {
    let world = World::start(CHALLENGE);
    let page = world.get("/", BROWSER);
    assert_eq!(page.status, 403);
    assert!(
        page.header("content-type")
            .unwrap()
            .starts_with("text/html")
    );
    assert!(page.text().contains("data-challenge"));
    let program = world.get("/", "Accept: */*\r\n");
    assert_eq!(program.status, 403);
    assert_eq!(json(&program)["rule"], "all");
    assert!(world.site.seen().is_empty());
}

#[test]
fn who_worked_is_left_alone() {
    let world = World::start(CHALLENGE);
    let cookie = worked(world.gate.address(), &world.get("/", ""));
    for number in 0..20 {
        assert_eq!(world.get(&format!("/{number}"), &cookie).status, 200);
    }
    let seen = &world.site.seen()[0];
    assert_eq!(seen.header("lilliput-visitor").as_deref(), Some("work"));
    assert_eq!(
        seen.header("cookie"),
        None,
        "the site has no use for the gate's cookie"
    );
    let both = cookie
        .replace("Cookie: ", "Cookie: theme=dark; ")
        .replace("\r\n", "; lang=en\r\n");
    assert_eq!(world.get("/own", &both).status, 200);
    assert_eq!(
        world
            .site
            .seen()
            .last()
            .unwrap()
            .header("cookie")
            .as_deref(),
        Some("theme=dark; lang=en")
    );
}

#[test]
fn work_counts_once() {
    let world = World::start(CHALLENGE);
    let answer = world.get("/", "");
    worked(world.gate.address(), &answer);
    let work = &json(&answer)["work"];
    let challenge = work["challenge"].as_str().unwrap();
    let target = u64::from_str_radix(work["target"].as_str().unwrap(), 16).unwrap();
    let solution = solve(challenge, 16, target);
    let body = serde_json::json!({ "challenge": challenge, "solution": solution }).to_string();
    let again = world.send(format!(
        "POST /.lilliput/work HTTP/1.1\r\nHost: example.org\r\nContent-Length: {}\r\n\r\n{body}",
        body.len()
    ));
    assert_eq!(again.status, 409);
    assert_eq!(again.header("set-cookie"), None);
}

#[test]
fn a_cookie_that_was_made_up_or_changed_passes_nobody() {
    let world = World::start(CHALLENGE);
    let cookie = worked(world.gate.address(), &world.get("/", ""));
    let value = cookie.trim_end().rsplit('=').next().unwrap();
    for place in [0, 10, value.len() - 1] {
        let mut changed = value.to_owned().into_bytes();
        changed[place] = if changed[place] == b'A' { b'B' } else { b'A' };
        let changed = String::from_utf8(changed).unwrap();
        assert_eq!(
            world.get("/", &cookie.replace(value, &changed)).status,
            403,
            "{place}"
        );
    }
}

#[test]
fn light_work_is_not_enough_where_one_pays() {
    let policy = format!("{PAY}[[rule]]\nname = \"rest\"\naction = \"challenge\"\npath = \"\"\n");
    let world = World::start(&policy);
    let light = worked(world.gate.address(), &world.get("/", ""));
    let asked = world.get("/", &format!("{GPTBOT}{light}"));
    assert_eq!(asked.status, 402);
    let heavy = worked(world.gate.address(), &asked);
    assert_eq!(world.get("/", &format!("{GPTBOT}{heavy}")).status, 200);
    assert_eq!(world.get("/", &heavy).status, 200);
}

#[test]
fn what_keeps_the_web_going_is_never_challenged() {
    let policy = "version = 1\nhealth = [\"/up\"]\n[[rule]]\nname = \"bad\"\naction = \"deny\"\nuser_agent = \"Evil\"\n[[rule]]\nname = \"all\"\naction = \"challenge\"\npath = \"\"\n";
    let world = World::start(policy);
    for path in [
        "/robots.txt",
        "/sitemap.xml",
        "/.well-known/security.txt",
        "/feed.xml",
        "/blog/rss",
        "/a/index.rss",
        "/up",
        "/favicon.ico",
    ] {
        assert_eq!(world.get(path, "").status, 200, "{path}");
        assert_eq!(
            world.get(path, "User-Agent: Evil\r\n").status,
            403,
            "{path}"
        );
    }
    for path in [
        "/robots.txt/",
        "/feed/private",
        "/.well-known/..%2fsecret",
        "/health",
    ] {
        assert_eq!(world.get(path, "").status, 403, "{path}");
    }
    let post = world.send("POST /robots.txt HTTP/1.1\r\nHost: a.org\r\nContent-Length: 0\r\n\r\n");
    assert_eq!(post.status, 403);
}

#[test]
fn a_gate_that_observes_lets_all_pass_and_counts() {
    let world = World::with(Site::start(), PAY, |config| config.observe = true);
    assert_eq!(world.get("/docs/a", GPTBOT).status, 200);
    let metrics = world.admin("/metrics");
    assert!(
        metrics.contains("lilliput_gate_requests_total{kind=\"training\",decision=\"pay\"} 1"),
        "{metrics}"
    );
    assert!(
        metrics.contains("lilliput_gate_fees_millionths_total{kind=\"training\"} 10000"),
        "{metrics}"
    );
}

#[test]
fn the_owners_side_asks_for_the_secret_and_for_its_own_name() {
    let world = World::start(PAY);
    world.get("/docs/a", GPTBOT);
    let url = world.gate.admin_url().unwrap();
    let path = &url[url.rfind(':').unwrap()..];
    let path = &path[path.find('/').unwrap()..];
    let page = world.admin(path);
    assert!(
        page.contains("GPTBot") && page.contains("What would happen"),
        "{page}"
    );
    assert!(!world.admin("/").contains("GPTBot"));
    assert!(
        !world
            .admin("/0123456789abcdef0123456789abcdef/")
            .contains("GPTBot")
    );
    assert!(!world.admin_as("evil.example", path).contains("GPTBot"));
}

#[test]
fn forward_authentication_is_for_trusted_servers() {
    let world = World::start(PAY);
    let asked = "X-Forwarded-Uri: /docs/a?b=c\r\nX-Forwarded-Method: GET\r\nX-Original-URI: /docs/a\r\nX-Original-Method: GET\r\n";
    assert_eq!(world.get("/.lilliput/auth", asked).status, 403);

    let trusting = World::with(Site::start(), PAY, |config| {
        config.trusted = vec!["127.0.0.1".parse().unwrap()];
    });
    let passed = trusting.get("/.lilliput/auth", asked);
    assert_eq!(
        (passed.status, passed.header("lilliput-decision").as_deref()),
        (204, Some("pass"))
    );
    let bot = format!("{asked}{GPTBOT}");
    let pays = trusting.get("/.lilliput/auth", &bot);
    assert_eq!(
        (pays.status, pays.header("lilliput-rule").as_deref()),
        (402, Some("training"))
    );
    assert_eq!(trusting.get("/.lilliput/auth/nginx", &bot).status, 401);
    assert_eq!(trusting.get("/.lilliput/answer", &bot).status, 402);
    let tricked = trusting.get(
        "/.lilliput/auth",
        "X-Forwarded-Uri: /../etc\r\nX-Forwarded-Method: GET\r\n",
    );
    assert_eq!(tricked.status, 400);
    assert!(
        trusting.site.seen().is_empty(),
        "the gate itself asks the site nothing"
    );
}
