//! A proof checked in the visitor's browser: the committed module, a job's page, the page for any two files.

use std::path::Path;

use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use lilliput_browser::check::check;
use serde_json::Value;

use crate::browser::Browser;
use crate::vectors::{Published, published};
use crate::world::{Imported, Up, arg, ledger, models, next};

/// Bytes of a key or proof that are changed, one at a time.
const CHANGES: u64 = 12;

/// What the page says; it has come to a verdict.
fn verdict(browser: &mut Browser) -> String {
    browser.wait_for(
        "['accepted', 'rejected', 'failed'].includes(document.querySelector('#browser-check')?.dataset.state)",
    );
    let text = browser.evaluate("document.querySelector('#browser-check').textContent");
    text.as_str().unwrap().to_owned()
}

/// Whether the verdict stands there in the colour of bad news.
fn is_red(browser: &mut Browser) -> bool {
    let red = browser.evaluate(
        "(() => { const colour = getComputedStyle(document.querySelector('#browser-check .verdict')).color; \
         const [r, g, b] = colour.match(/\\d+/g).map(Number); return r > 2 * g && r > 2 * b; })()",
    );
    red == Value::Bool(true)
}

fn fits(browser: &mut Browser) {
    let fits = "document.documentElement.scrollWidth <= window.innerWidth";
    assert_eq!(browser.evaluate(fits), true, "wider than the screen");
}

/// A page that hands bytes to the worker as the pages do, and gives its report.
const HAND_OVER: &str = "(() => {
  const worker = new Worker('/page/check-worker.js');
  const bytes = (text) => Uint8Array.from(atob(text), (letter) => letter.charCodeAt(0));
  window.put = (key, proof) => { window.files = [bytes(key), bytes(proof)]; };
  window.report = (which, at, mask) => new Promise((resolve) => {
    worker.onmessage = ({ data }) => resolve(JSON.stringify(data.report ?? data.error));
    const [key, proof] = files.map((file) => file.slice());
    if (which >= 0) [key, proof][which][at] ^= mask;
    worker.postMessage({ check: 1, key: key.buffer, proof: proof.buffer });
  });
})()";

fn report(browser: &mut Browser, expression: &str) -> Value {
    let text = browser.promised(expression);
    serde_json::from_str(text.as_str().unwrap()).unwrap()
}

/// The module's report on published bytes and on changed ones is the verifier's own.
fn compare(browser: &mut Browser, vector: &Published) {
    let (key, proof) = (STANDARD.encode(&vector.key), STANDARD.encode(&vector.proof));
    browser.evaluate(&format!("put('{key}', '{proof}')"));
    let mut shown = report(browser, "report(-1)");
    let mut expected = check(&vector.key, &vector.proof, None);
    // Logarithms may differ in their last digit between machines; bits are for people, no check rests on that digit.
    let bits = [&mut shown, &mut expected].map(|own| own["security_bits"].take().as_f64());
    let difference = bits[0].unwrap() - bits[1].unwrap();
    assert!(difference.abs() < 1e-9, "{bits:?}");
    assert_eq!(shown, expected);
    assert_eq!(shown["accepted"], true, "{shown}");
    for (ours, theirs) in [
        ("model", "model_id"),
        ("input_commitment", "input_commitment"),
        ("output_digest", "output_digest"),
        ("output", "outputs"),
        ("opening", "opening"),
    ] {
        assert_eq!(shown[ours], vector.says[theirs], "{ours}");
    }
    assert_eq!(
        shown["input"].is_null(),
        vector.says["hidden_inputs"] == true
    );
    let mut state = 1;
    for round in 0..CHANGES {
        let which = usize::from(round % 4 == 0);
        let mut files = [vector.proof.clone(), vector.key.clone()];
        state = next(state);
        let at = (state >> 8) as usize % files[which].len();
        let mask = 1_u8 << (state % 8);
        files[which][at] ^= mask;
        let [proof, key] = &files;
        let shown = report(browser, &format!("report({}, {at}, {mask})", 1 - which));
        assert_eq!(shown["accepted"], false, "byte {at} of file {which}");
        assert_eq!(shown, check(key, proof, None), "byte {at} of file {which}");
    }
}

#[test]
fn the_committed_module_says_of_published_proofs_what_the_verifier_says() {
    let Some(mut browser) = Browser::start(800, 600) else {
        return;
    };
    let data = tempfile::tempdir().unwrap();
    let network = ledger(data.path());
    browser.open(&format!("{}/verify", network.url));
    browser.evaluate(HAND_OVER);
    for vector in published() {
        compare(&mut browser, &vector);
    }
}

/// An answer about one of the bundled pictures; the job's id.
fn asked(network: &Up, image: &str) -> String {
    let image = models().join("digits/images").join(image);
    let asked = network.json(&["ask", arg(&image)], 0);
    asked["job"]["id"].as_str().unwrap().to_owned()
}

/// A script that changes what the node serves under addresses that hold `part`.
fn instead(part: &str, change: &str) -> String {
    format!(
        "(() => {{ const own = window.fetch; window.fetch = async (url) => {{ \
           if (!String(url).includes('{part}')) return own(url); \
           const bytes = new Uint8Array(await (await own(url)).arrayBuffer()); \
           const change = async (bytes) => {{ {change} }}; \
           return new Response(await change(bytes)); \
         }}; }})()"
    )
}

fn rejects_what_is_no_proof_of_the_job(width: u32, height: u32, name: &str) {
    let Some(mut browser) = Browser::start(width, height) else {
        return;
    };
    let data = tempfile::tempdir().unwrap();
    let network = Up::start(data.path());
    let first = asked(&network, "01-label2.png");
    let second = asked(&network, "03-label0.png");
    let page = format!("{}/jobs/{second}", network.url);
    browser.open(&page);
    let said = verdict(&mut browser);
    assert!(said.contains("Checked in your browser: accepted"), "{said}");
    assert!(
        said.contains("bits") && said.contains("ms") && said.contains("hidden"),
        "{said}"
    );
    assert!(!is_red(&mut browser));
    fits(&mut browser);
    let served = |browser: &mut Browser, what: &str| {
        let found = browser.evaluate(&format!(
            "document.querySelector('#browser-check').dataset.{what}"
        ));
        found.as_str().unwrap().to_owned()
    };
    let (key, proof) = (served(&mut browser, "key"), served(&mut browser, "proof"));
    browser.open(&format!("{}/jobs/{first}", network.url));
    verdict(&mut browser);
    let other = served(&mut browser, "proof");

    // The node serves a changed byte, another job's proof, a changed key, nothing.
    let another = format!("return (await own('{other}')).arrayBuffer();");
    for (part, change, reason) in [
        (
            &proof,
            "bytes[bytes.length >> 1] ^= 1; return bytes;",
            "rejected: ",
        ),
        (
            &proof,
            another.as_str(),
            "rejected: the proof was made for another context",
        ),
        (
            &key,
            "bytes[bytes.length - 9] ^= 1; return bytes;",
            "rejected: ",
        ),
        (
            &proof,
            "return bytes.slice(0, 0);",
            "rejected: the proof can't be read",
        ),
    ] {
        browser.before_pages(&instead(part, change));
        browser.open(&page);
        let said = verdict(&mut browser);
        assert!(said.contains(reason), "{change}: {said}");
        assert!(!said.contains("accepted"), "{change}: {said}");
        assert!(is_red(&mut browser), "{change}");
        fits(&mut browser);
        browser.screenshot(&format!("{name}-rejected.png"));
    }
}

#[test]
fn a_proof_that_isnt_the_jobs_is_rejected_on_a_desk() {
    rejects_what_is_no_proof_of_the_job(1200, 900, "desk");
}

#[test]
fn a_proof_that_isnt_the_jobs_is_rejected_on_a_phone() {
    rejects_what_is_no_proof_of_the_job(390, 844, "phone");
}

/// The file with one byte changed.
fn changed(path: &Path, name: &str, at: usize) -> std::path::PathBuf {
    let mut bytes = std::fs::read(path).unwrap();
    bytes[at] ^= 1;
    let changed = path.with_file_name(name);
    std::fs::write(&changed, bytes).unwrap();
    changed
}

fn checks_files(width: u32, height: u32, name: &str) {
    let Some(mut browser) = Browser::start(width, height) else {
        return;
    };
    let data = tempfile::tempdir().unwrap();
    let network = ledger(data.path());
    let model = Imported::digits();
    let (proof, proved) = model.prove(&model.input("in.json", 1), "p.lproof");
    let key = model.path("model.lvk");
    browser.open(&format!("{}/verify", network.url));
    browser.wait_for("document.querySelector('#browser-check')?.dataset.started === 'yes'");
    browser.screenshot(&format!("{name}-files.png"));
    browser.choose("#key-file", &key);
    browser.choose("#proof-file", &proof);
    let said = verdict(&mut browser);
    assert!(said.contains("Checked in your browser: accepted"), "{said}");
    assert!(said.contains(proved["model"].as_str().unwrap()), "{said}");
    assert!(said.contains("none: made outside of a ledger"), "{said}");
    fits(&mut browser);
    browser.screenshot(&format!("{name}-files-accepted.png"));

    let length = std::fs::metadata(&proof).unwrap().len() as usize;
    for at in [0, length / 3, length - 1] {
        browser.choose("#proof-file", &changed(&proof, "changed.lproof", at));
        browser.wait_for("document.querySelector('#browser-check').dataset.state === 'rejected'");
        assert!(is_red(&mut browser));
        fits(&mut browser);
        browser.screenshot(&format!("{name}-files-rejected.png"));
        browser.choose("#proof-file", &proof);
        browser.wait_for("document.querySelector('#browser-check').dataset.state === 'accepted'");
    }
    browser.choose("#key-file", &changed(&key, "changed.lvk", 0));
    browser.wait_for("document.querySelector('#browser-check').dataset.state === 'rejected'");
    let said = verdict(&mut browser);
    assert!(said.contains("the key has version"), "{said}");

    // Dropped together, whatever their order.
    browser.choose("#key-file", &key);
    browser.wait_for("document.querySelector('#browser-check').dataset.state === 'accepted'");
    browser.evaluate(
        "(() => { const files = ['#proof-file', '#key-file'].map((name) => document.querySelector(name).files[0]); \
         const dropped = new DataTransfer(); files.forEach((file) => dropped.items.add(file)); \
         document.querySelectorAll('input[type=file]').forEach((input) => { input.value = ''; }); \
         document.querySelector('#browser-check').dataset.state = 'before'; \
         document.body.dispatchEvent(new DragEvent('drop', { dataTransfer: dropped, bubbles: true, cancelable: true })); })()",
    );
    browser.wait_for("document.querySelector('#browser-check').dataset.state === 'accepted'");
}

#[test]
fn any_key_and_proof_are_checked_from_files_on_a_desk() {
    checks_files(1200, 900, "desk");
}

#[test]
fn any_key_and_proof_are_checked_from_files_on_a_phone() {
    checks_files(390, 844, "phone");
}

#[test]
fn pages_load_and_run_nothing_but_the_nodes_files() {
    let Some(mut browser) = Browser::start(800, 600) else {
        return;
    };
    let data = tempfile::tempdir().unwrap();
    let network = ledger(data.path());
    browser.open(&format!("{}/verify", network.url));
    for (attempt, directive) in [
        (
            "fetch('http://127.0.0.1:9/').catch(() => {})",
            "connect-src",
        ),
        (
            "document.head.append(Object.assign(document.createElement('script'), { textContent: 'window.ran = 1' }))",
            "script-src-elem",
        ),
        (
            "document.head.append(Object.assign(document.createElement('style'), { textContent: 'p { color: red }' }))",
            "style-src-elem",
        ),
        ("new Worker('data:text/javascript,0')", "worker-src"),
        (
            "document.body.append(Object.assign(new Image(), { src: 'http://127.0.0.1:9/x.png' }))",
            "img-src",
        ),
        (
            "document.body.append(Object.assign(document.createElement('iframe'), { src: '/' }))",
            "frame-src",
        ),
    ] {
        let refused = browser.promised(&format!(
            "new Promise((resolve) => {{ addEventListener('securitypolicyviolation', \
             (event) => resolve(event.effectiveDirective), {{ once: true }}); try {{ {attempt} }} catch {{}} \
             setTimeout(() => resolve('nothing'), 2000); }})"
        ));
        assert_eq!(refused, directive, "{attempt}");
    }
    assert_eq!(browser.evaluate("typeof window.ran"), "undefined");
}
