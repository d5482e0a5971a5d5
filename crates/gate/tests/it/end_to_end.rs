//! A gate before a real static site: a browser passes once and is left alone, with JavaScript and
//! without; a flood is priced out while the human's latency holds; and the page shows it.

use std::sync::atomic::{AtomicBool, AtomicU32, AtomicU64, Ordering};
use std::sync::{Arc, Condvar, Mutex};
use std::time::{Duration, Instant};

use serde_json::json;

use crate::browser::Browser;
use crate::passing::{solve, worked};
use crate::world::{Answer, Seen, Site, Visitor, World};

const CHALLENGE: &str = "version = 1\n[prices]\ntraining = \"0.01\"\nunknown = \"0.001\"\n[[rule]]\nname = \"training\"\naction = \"pay\"\nclass = [\"training\"]\n[[rule]]\nname = \"everyone-else\"\naction = \"challenge\"\npath = \"\"\n";

/// A site of two pages, a picture and a script that asks it for more.
fn page(seen: &Seen) -> Vec<u8> {
    let path = seen.line().split(' ').nth(1).unwrap_or("/");
    let (kind, body) = match path.split('?').next().unwrap_or("/") {
        "/data.json" => ("application/json", "{\"told\": \"by fetch\"}".to_owned()),
        path => (
            "text/html",
            format!(
                "<!doctype html><html lang=en><title>site</title><h1>Site {path}</h1><a id=next href=/second>second</a><p id=told></p><script>fetch('/data.json').then(a => a.json()).then(a => told.textContent = a.told)</script>"
            ),
        ),
    };
    format!(
        "HTTP/1.1 200 OK\r\nContent-Type: {kind}\r\nContent-Length: {}\r\n\r\n{body}",
        body.len()
    )
    .into_bytes()
}

fn heading(text: &str) -> String {
    format!("document.querySelector('h1')?.textContent === '{text}'")
}

fn challenges(world: &World) -> u64 {
    let metrics = world.admin("/metrics");
    let line = "lilliput_gate_requests_total{kind=\"unknown\",decision=\"challenge\"} ";
    metrics
        .lines()
        .find_map(|found| found.strip_prefix(line))
        .unwrap()
        .parse()
        .unwrap()
}

#[test]
fn a_browser_passes_once_and_is_left_alone() {
    let Some(mut browser) = Browser::start(900, 700) else {
        return;
    };
    let world = World::with(Site::answering(page), CHALLENGE, |_| {});
    let url = format!("http://{}", world.gate.address());
    browser.open(&format!("{url}/first?a=b"));
    browser.wait_for(&heading("Site /first"));
    assert_eq!(
        browser.evaluate("location.search"),
        "?a=b",
        "it comes back to where it wanted to go"
    );
    browser.wait_for("document.querySelector('#told').textContent === 'by fetch'");
    let asked = challenges(&world);
    browser.click("#next");
    browser.wait_for(&heading("Site /second"));
    browser.open(&format!("{url}/third"));
    browser.wait_for(&heading("Site /third"));
    assert_eq!(challenges(&world), asked, "who passed isn't asked again");

    // Someone with the class of a program comes by, and the owner looks at it all.
    world.get("/archive/1", "User-Agent: GPTBot/1.2\r\n");
    browser.open(&world.gate.admin_url().unwrap());
    browser.wait_for("document.querySelectorAll('table.recent tr').length > 4");
    let text = browser.evaluate("document.body.innerText").to_string();
    for told in ["everyone-else", "GPTBot", "/archive/", "0.01", "/third"] {
        assert!(text.contains(told), "the page doesn't show {told}: {text}");
    }
    browser.click("#tester button");
    browser.wait_for("document.querySelector('#verdict').innerText.includes('pay')");
    assert!(
        browser
            .evaluate("document.querySelector('#verdict').innerText")
            .to_string()
            .contains("only a claim")
    );
    browser.screenshot("gate-page.png");
    for (width, height) in [(400, 800), (1200, 900)] {
        browser.call(
            "Emulation.setDeviceMetricsOverride",
            &json!({ "width": width, "height": height, "deviceScaleFactor": 1, "mobile": false }),
        );
        let fits = "document.documentElement.scrollWidth <= window.innerWidth";
        assert_eq!(
            browser.evaluate(fits),
            true,
            "the page is wider than {width}"
        );
        browser.screenshot(&format!("gate-page-{width}.png"));
    }
}

#[test]
fn a_browser_without_javascript_waits_once_and_is_left_alone() {
    let Some(mut browser) = Browser::start(500, 800) else {
        return;
    };
    let world = World::with(Site::answering(page), CHALLENGE, |_| {});
    let url = format!("http://{}", world.gate.address());
    browser.call(
        "Emulation.setScriptExecutionDisabled",
        &json!({ "value": true }),
    );
    browser.open(&format!("{url}/first"));
    browser.screenshot("gate-challenge-no-script.png");
    browser.wait_for(&heading("Site /first"));
    let asked = challenges(&world);
    browser.open(&format!("{url}/second"));
    browser.wait_for(&heading("Site /second"));
    assert_eq!(challenges(&world), asked);
}

/// What a site can do: so many requests at once, each for so long.
const AT_ONCE: u32 = 4;
const SERVICE: Duration = Duration::from_millis(5);
/// What each attacker can compute, in hashes a second, and how many there are.
const HASHES_A_SECOND: f64 = 150_000.0;
const ATTACKERS: usize = 12;

/// A site that can do so much and no more: others wait.
fn busy_site() -> Site {
    let free = Arc::new((Mutex::new(AT_ONCE), Condvar::new()));
    Site::answering(move |seen| {
        let (room, changed) = &*free;
        let mut left = room.lock().unwrap();
        while *left == 0 {
            left = changed.wait(left).unwrap();
        }
        *left -= 1;
        drop(left);
        std::thread::sleep(SERVICE);
        *room.lock().unwrap() += 1;
        changed.notify_one();
        page(seen)
    })
}

/// Works for sessions at the rate of its device and floods the site with each.
fn attack(address: std::net::SocketAddr, ended: &AtomicBool, spent: &AtomicU64) {
    let mut cookie = String::new();
    let mut visitor = Visitor::new(address);
    while !ended.load(Ordering::Relaxed) {
        visitor.write(format!(
            "GET /flood HTTP/1.1\r\nHost: a.org\r\n{cookie}\r\n"
        ));
        let Some(answer) = visitor.try_answer() else {
            visitor = Visitor::new(address);
            continue;
        };
        if answer.status != 200 {
            let begun = Instant::now();
            let hashes = expected_hashes(&answer);
            cookie = worked(address, &answer);
            spent.fetch_add(hashes, Ordering::Relaxed);
            // A slower device than this one.
            let time = Duration::from_secs_f64(hashes as f64 / HASHES_A_SECOND);
            while begun.elapsed() < time && !ended.load(Ordering::Relaxed) {
                std::thread::sleep(Duration::from_millis(10));
            }
        }
    }
}

fn expected_hashes(answer: &Answer) -> u64 {
    let told: serde_json::Value = serde_json::from_slice(&answer.body).unwrap();
    let target = u64::from_str_radix(told["work"]["target"].as_str().unwrap(), 16).unwrap();
    u64::MAX / target * told["work"]["puzzles"].as_u64().unwrap()
}

/// How long a person waits for pages, one every so often: the slowest of twenty.
fn read_pages(address: std::net::SocketAddr, cookie: &str, count: u32) -> Duration {
    let mut times: Vec<Duration> = (0..count)
        .map(|number| {
            std::thread::sleep(Duration::from_millis(100));
            let begun = Instant::now();
            let mut visitor = Visitor::new(address);
            visitor.write(format!(
                "GET /page/{number} HTTP/1.1\r\nHost: a.org\r\n{cookie}\r\n"
            ));
            assert_eq!(visitor.answer().status, 200, "a person isn't asked again");
            begun.elapsed()
        })
        .collect();
    times.sort();
    times[times.len() * 9 / 10]
}

#[test]
fn a_flood_is_priced_out_while_the_humans_latency_holds() {
    let world = World::with(busy_site(), CHALLENGE, |config| {
        config.site_bears = AT_ONCE;
        config.target_permille = 600;
    });
    let address = world.gate.address();
    let person = worked(address, &world.get("/", ""));
    let ended = Arc::new(AtomicBool::new(false));
    let spent = Arc::new(AtomicU64::new(0));
    let attackers: Vec<_> = (0..ATTACKERS)
        .map(|_| {
            let (ended, spent) = (Arc::clone(&ended), Arc::clone(&spent));
            std::thread::spawn(move || attack(address, &ended, &spent))
        })
        .collect();
    // The controller has the time it says it needs.
    let converged = wait_for_calm(&world);
    let before = world.site.seen().len();
    let begun = Instant::now();
    let latency = read_pages(address, &person, 40);
    let rate = (world.site.seen().len() - before) as f64 / begun.elapsed().as_secs_f64();
    ended.store(true, Ordering::Relaxed);
    for attacker in attackers {
        attacker.join().unwrap();
    }
    let capacity = f64::from(AT_ONCE) / SERVICE.as_secs_f64();
    eprintln!(
        "{rate:.0} of {capacity:.0} requests a second reach the site, person's p90 {latency:?}, {} hashes spent, calm after {converged:?}",
        spent.load(Ordering::Relaxed)
    );
    assert!(
        rate < capacity * 0.8,
        "the flood still takes {rate:.0} of {capacity:.0} requests a second"
    );
    assert!(
        latency < Duration::from_millis(400),
        "a person waits {latency:?}"
    );
    let metrics = world.admin("/metrics");
    let level = metrics
        .lines()
        .find_map(|line| line.strip_prefix("lilliput_gate_level_1024ths "))
        .unwrap();
    assert!(level.parse::<u64>().unwrap() > 2_048, "level {level}");
}

/// Until the load was under the target for three windows in a row.
fn wait_for_calm(world: &World) -> Duration {
    let begun = Instant::now();
    let calm = AtomicU32::new(0);
    while calm.load(Ordering::Relaxed) < 3 {
        assert!(
            begun.elapsed() < Duration::from_secs(90),
            "the load doesn't come down"
        );
        std::thread::sleep(Duration::from_secs(1));
        let metrics = world.admin("/metrics");
        let value = |name: &str| -> u64 {
            metrics
                .lines()
                .find_map(|line| line.strip_prefix(name))
                .unwrap()
                .trim()
                .parse()
                .unwrap()
        };
        let is_calm = value("lilliput_gate_load_permille ") < 700
            && value("lilliput_gate_level_1024ths ") > 1_024;
        let count = if is_calm {
            calm.load(Ordering::Relaxed) + 1
        } else {
            0
        };
        calm.store(count, Ordering::Relaxed);
    }
    begun.elapsed()
}

#[test]
fn a_solver_agrees_with_the_desk() {
    // So that a change of the puzzle is found here, and not as a flood that never passes.
    let world = World::start(CHALLENGE);
    let answer = world.get("/", "");
    let told: serde_json::Value = serde_json::from_slice(&answer.body).unwrap();
    let target = u64::from_str_radix(told["work"]["target"].as_str().unwrap(), 16).unwrap();
    let solution = solve(told["work"]["challenge"].as_str().unwrap(), 16, target);
    assert_eq!(solution.len(), 86);
}
