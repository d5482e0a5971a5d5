//! The pages in a real browser, with and without JavaScript.

use std::sync::atomic::Ordering;

use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use lilliput_pass::wait::RoomRules;
use lilliput_pass::{Effort, SpendKey, semaphore_check};
use serde_json::{Value, json};

use crate::browser::Browser;
use crate::server::{Server, now_s};
use crate::world::{World, parse_decimal};

const HERE: &str = "document.querySelector('#ducks') !== null";

fn server(effort: Option<Effort>) -> Server {
    let world = World::at(now_s(), |rules| {
        rules.room = RoomRules {
            wait_min_s: 2,
            ..RoomRules::default()
        };
    });
    Server::start(world, effort, None)
}

fn effort() -> Effort {
    Effort::new(1 << 15, 16).unwrap()
}

#[test]
fn a_browser_works_once_and_is_left_alone() {
    let Some(mut browser) = Browser::start(420, 900) else {
        return;
    };
    let server = server(Some(effort()));
    browser.open(&format!("{}/ducks?page=2#feet", server.address));
    browser.wait_for(HERE);
    assert_eq!(
        browser.evaluate("location.pathname + location.search + location.hash"),
        "/ducks?page=2#feet"
    );
    assert_eq!(browser.evaluate("document.cookie"), "");
    browser.open(&format!("{}/other", server.address));
    browser.wait_for(HERE);
    assert_eq!(server.challenges.load(Ordering::Relaxed), 1);
}

#[test]
fn a_page_that_works_shows_how_far_it_is() {
    let Some(mut browser) = Browser::start(420, 1000) else {
        return;
    };
    // More than a browser does in the time of this test.
    let server = server(Some(Effort::new(1 << 31, 16).unwrap()));
    for (language, title, name) in [
        ("en-GB,en;q=0.9", "One moment, please", "challenge-en.png"),
        ("de-DE,de;q=0.9", "Einen Moment, bitte", "challenge-de.png"),
    ] {
        browser.call(
            "Network.setExtraHTTPHeaders",
            &json!({ "headers": { "Accept-Language": language } }),
        );
        browser.call("Network.enable", &json!({}));
        browser.open(&format!("{}/ducks", server.address));
        browser.wait_for("!document.querySelector('#bar').hidden");
        assert_eq!(browser.evaluate("document.title"), title);
        assert_eq!(
            browser.evaluate("document.querySelector('h1').textContent"),
            title
        );
        assert_eq!(
            browser.evaluate("document.documentElement.lang"),
            language[..2]
        );
        for (selector, attribute, value) in [
            ("#status", "role", "status"),
            ("#status", "aria-live", "polite"),
            ("meta[name=robots]", "content", "noindex, nofollow"),
        ] {
            let got = browser.evaluate(&format!(
                "document.querySelector({selector:?}).getAttribute({attribute:?})"
            ));
            assert_eq!(got, value, "{selector}");
        }
        // One request: nothing but the document was fetched.
        let fetched = "performance.getEntriesByType('resource').filter(e => !e.name.startsWith('blob:') \
                       && !e.name.startsWith('data:')).length";
        assert_eq!(browser.evaluate(fetched), 0);
        let size = browser.evaluate("performance.getEntriesByType('navigation')[0].transferSize");
        assert!(size.as_u64().unwrap() < 20_000, "{size}");
        assert!(contrast_is_enough(&mut browser));
        browser.screenshot(name);
    }
    browser.call(
        "Emulation.setEmulatedMedia",
        &json!({ "features": [{ "name": "prefers-color-scheme", "value": "dark" }] }),
    );
    assert!(contrast_is_enough(&mut browser));
    browser.screenshot("challenge-dark.png");
}

/// Each text against the page's ground: at least 4.5 to 1.
fn contrast_is_enough(browser: &mut Browser) -> bool {
    let script = "(() => { \
        const light = (text) => { const [r, g, b] = text.match(/[0-9.]+/g).slice(0, 3).map(v => v / 255) \
            .map(v => v <= 0.04045 ? v / 12.92 : ((v + 0.055) / 1.055) ** 2.4); \
            return 0.2126 * r + 0.7152 * g + 0.0722 * b; }; \
        const ground = light(getComputedStyle(document.body).backgroundColor); \
        return Math.min(...[...document.querySelectorAll('p, h1, h2, a, li, footer, label')].map(e => { \
            const own = getComputedStyle(e); \
            const back = own.backgroundColor === 'rgba(0, 0, 0, 0)' ? ground : light(own.backgroundColor); \
            const ink = light(own.color); \
            return (Math.max(ink, back) + 0.05) / (Math.min(ink, back) + 0.05); })); })()";
    let least = browser.evaluate(script);
    least.as_f64().is_some_and(|least| least >= 4.5)
}

#[test]
fn without_javascript_one_waits_and_is_let_in() {
    let Some(mut browser) = Browser::start(420, 900) else {
        return;
    };
    let server = server(Some(effort()));
    browser.call(
        "Emulation.setScriptExecutionDisabled",
        &json!({ "value": true }),
    );
    browser.open(&format!("{}/ducks?page=3", server.address));
    let hint = "document.querySelector('noscript p') !== null";
    browser.wait_for(hint);
    browser.screenshot("no-script.png");
    browser.wait_for("location.pathname === '/.lilliput/wait'");
    browser.screenshot("wait.png");
    assert_eq!(browser.evaluate("document.scripts.length"), 0);
    browser.wait_for(HERE);
    assert_eq!(
        browser.evaluate("location.pathname + location.search"),
        "/ducks?page=3"
    );
    browser.open(&format!("{}/other", server.address));
    browser.wait_for(HERE);
    assert_eq!(server.challenges.load(Ordering::Relaxed), 1);
}

#[test]
fn who_keeps_no_cookies_is_told_so() {
    let Some(mut browser) = Browser::start(420, 900) else {
        return;
    };
    let server = server(Some(effort()));
    browser.open(&format!("{}/.lilliput/arrived?to=/ducks", server.address));
    let text = browser.evaluate("document.querySelector('[role=alert]').textContent");
    assert!(text.as_str().unwrap().contains("cookie"), "{text}");
    assert_eq!(server.challenges.load(Ordering::Relaxed), 0);
}

#[test]
fn a_human_brings_a_proof_and_is_left_alone_for_many_visits() {
    let Some(mut browser) = Browser::start(420, 1100) else {
        return;
    };
    // Without work: only a human comes in.
    let server = server(None);
    browser.open(&format!("{}/ducks", server.address));
    browser.click("a[href^='/.lilliput/human']");
    browser.wait_for(
        "document.querySelector('#steps') !== null && !document.querySelector('#steps').hidden",
    );
    browser.screenshot("human.png");
    let request = browser.evaluate("document.querySelector('#request').textContent");
    let request: Value = serde_json::from_str(request.as_str().unwrap()).unwrap();
    let paste = |browser: &mut Browser, proof: &str| {
        browser.evaluate(&format!(
            "document.querySelector('#proof').value = {proof:?}"
        ));
        browser.click("#send button[type=submit]");
    };
    paste(&mut browser, "no proof");
    browser.wait_for("document.querySelector('#status').textContent.includes('not a proof')");
    let wrong = json!({ "scope": request["scope"], "message": "1", "nullifier": "5" });
    paste(&mut browser, &wrong.to_string());
    browser.wait_for("document.querySelector('#status').textContent.includes('another message')");
    let proof =
        json!({ "scope": request["scope"], "message": request["message"], "nullifier": "5" });
    paste(&mut browser, &proof.to_string());
    browser.wait_for(HERE);
    assert_eq!(browser.evaluate("location.pathname"), "/ducks");
    let left = "JSON.parse(localStorage.getItem('lilliput-pass')).length";
    assert_eq!(browser.evaluate(left), 2);

    // The session ends: the next token opens another one, without a question.
    browser.call("Network.clearBrowserCookies", &json!({}));
    browser.open(&format!("{}/ducks?again", server.address));
    browser.wait_for(HERE);
    assert_eq!(browser.evaluate(left), 1);
    assert_eq!(browser.evaluate("location.search"), "?again");
}

/// A time that no browser's clock has reached: what a proof is made for once doesn't expire.
const FAR_S: u64 = 4_102_444_800;
const EPOCH_S: u64 = 7 * 24 * 3600;

/// What the page draws is the same each time, and so is what its request asks for.
const NOTHING_RANDOM: &str = "(() => { let state = 1; crypto.getRandomValues = (bytes) => { \
    for (let i = 0; i < bytes.length; i++) { state = (Math.imul(state, 1103515245) + 12345) >>> 0; \
    bytes[i] = state >>> 16; } return bytes; }; })()";

#[test]
fn a_proof_by_semaphores_own_client_opens_the_site_and_a_changed_one_does_not() {
    let Some(mut browser) = Browser::start(420, 1100) else {
        return;
    };
    let path = concat!(
        env!("CARGO_MANIFEST_DIR"),
        "/../../specs/vectors/human_pass.json"
    );
    let vector: Value = serde_json::from_slice(&std::fs::read(path).unwrap()).unwrap();
    let text = |name: &str| vector[name].as_str().unwrap().to_owned();
    let root = parse_decimal(&text("root")).unwrap();
    let key = URL_SAFE_NO_PAD.decode(text("sealed_key")).unwrap();
    let epoch = FAR_S / EPOCH_S;
    let world = World::with(
        FAR_S,
        |rules| rules.epoch_s = EPOCH_S,
        semaphore_check(move |other| *other == root),
        |store| {
            let place = [&b"ducks.example"[..], &epoch.to_be_bytes()].concat();
            let place = SpendKey::of(b"token key", &place);
            let until_s = (epoch + 2) * EPOCH_S;
            let before = store
                .claim(place, &key, until_s, FAR_S)
                .unwrap()
                .wait()
                .unwrap();
            assert_eq!(before, None);
        },
    );
    let server = Server::start(world, None, Some(FAR_S));
    browser.before_pages(NOTHING_RANDOM);
    browser.open(&format!("{}/.lilliput/human?to=/ducks", server.address));
    browser.wait_for("!document.querySelector('#steps').hidden");
    let request = browser.evaluate("document.querySelector('#request').textContent");
    let request: Value = serde_json::from_str(request.as_str().unwrap()).unwrap();
    assert_eq!(request, vector["request"]);

    let mut send = |proof: &Value, until: &str| {
        let proof = proof.to_string();
        browser.evaluate("document.querySelector('#status').textContent = ''");
        browser.evaluate(&format!(
            "document.querySelector('#proof').value = {proof:?}"
        ));
        browser.click("#send button[type=submit]");
        browser.wait_for(until);
    };
    const REFUSED: &str = "document.querySelector('#status').textContent.includes('refused')";
    let mut changed = vector["proof"].clone();
    changed["nullifier"] = json!("5");
    send(&changed, REFUSED);
    let mut changed = vector["proof"].clone();
    let points = changed["points"].as_array_mut().unwrap();
    points.swap(0, 6);
    points.swap(1, 7);
    send(&changed, REFUSED);
    send(&vector["proof"], HERE);
    let left = browser.evaluate("JSON.parse(localStorage.getItem('lilliput-pass')).length");
    assert_eq!(left, 2);
}
