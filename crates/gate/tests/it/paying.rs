//! A signed crawler pays: for a page, once; or from what it paid in before.

use std::net::SocketAddr;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};
use std::time::{Duration, SystemTime, UNIX_EPOCH};

use http::{HeaderMap, HeaderValue};
use lilliput_crypto::{SecretKey, random_bytes};
use lilliput_toll::bot::{RequestHead, Signer};
use lilliput_toll::payment::{EvmAddress, EvmToken, PaymentPayload, PaymentRequired, Transfer};
use serde_json::{Value, json};

use crate::world::{Answer, Site, Visitor, World};

const PAYER: [u8; 32] = [7; 32];
const TOKEN: &str = "0x00000000000000000000000000000000000000cc";
const GPTBOT: &str = "User-Agent: GPTBot/1.2\r\nAccept: */*\r\n";

fn now_s() -> u64 {
    SystemTime::now()
        .duration_since(UNIX_EPOCH)
        .unwrap()
        .as_secs()
}

fn answer(kind: &str, body: &str) -> Vec<u8> {
    format!(
        "HTTP/1.1 200 OK\r\nContent-Type: {kind}\r\nContent-Length: {}\r\n\r\n{body}",
        body.len()
    )
    .into_bytes()
}

/// A facilitator that settles everything, and counts.
fn facilitator() -> (Site, Arc<AtomicUsize>) {
    let settled = Arc::new(AtomicUsize::new(0));
    let count = Arc::clone(&settled);
    let site = Site::answering(move |seen| {
        let asked: Value = serde_json::from_slice(&seen.body).unwrap();
        let payer = &asked["paymentPayload"]["payload"]["authorization"]["from"];
        if seen.line().contains("/verify") {
            return answer(
                "application/json",
                &json!({ "isValid": true, "payer": payer }).to_string(),
            );
        }
        count.fetch_add(1, Ordering::SeqCst);
        let network = &asked["paymentRequirements"]["network"];
        let told = json!({ "success": true, "payer": payer, "network": network, "transaction": format!("0x{}", "a".repeat(64)) });
        answer("application/json", &told.to_string())
    });
    (site, settled)
}

fn policy(facilitator: SocketAddr) -> String {
    let to = EvmAddress([0xee; 20]);
    format!(
        "version = 1\n[prices]\ntraining = \"0.01\"\nunknown = \"0.002\"\n[pay.facilitator]\nurl = \"http://{facilitator}\"\nchain_id = 84532\ntoken = \"{TOKEN}\"\ntoken_name = \"USD Coin\"\ntoken_version = \"2\"\nto = \"{to}\"\nunits = 1000000\n[[rule]]\nname = \"training\"\naction = \"pay\"\nclass = [\"training\"]\n[[rule]]\nname = \"signed\"\naction = \"pay\"\nsigned = true\n"
    )
}

/// The header that pays what an answer asks for.
fn payment(asked: &Answer) -> String {
    assert_eq!(asked.status, 402, "{}", asked.text());
    let required =
        PaymentRequired::from_header(&asked.header("payment-required").unwrap()).unwrap();
    let terms = &required.accepts[0];
    let token = EvmToken {
        chain_id: 84532,
        contract: TOKEN.parse().unwrap(),
        name: "USD Coin".to_owned(),
        version: "2".to_owned(),
    };
    let transfer = Transfer {
        from: EvmAddress::of_secret(&PAYER).unwrap(),
        to: terms.pay_to.parse().unwrap(),
        value: terms.amount.parse().unwrap(),
        valid_after: now_s() - 600,
        valid_before: now_s() + 60,
        nonce: random_bytes().unwrap(),
    };
    let payload = PaymentPayload {
        x402_version: 2,
        resource: None,
        accepted: terms.clone(),
        payload: token.authorize(&PAYER, &transfer).unwrap(),
        extensions: None,
    };
    format!("PAYMENT-SIGNATURE: {}\r\n", payload.to_header())
}

/// A crawler with a key, and its directory.
struct Crawler {
    signer: Signer,
    directory: Site,
}

impl Crawler {
    fn new() -> Self {
        let secret = SecretKey::from_seed([9; 32]);
        let published = Signer::new(secret.clone(), "https://nobody.example")
            .unwrap()
            .directory();
        let directory = Site::answering(move |_| {
            answer(
                "application/http-message-signatures-directory+json",
                &published,
            )
        });
        let signer = Signer::new(secret, &format!("http://{}", directory.address)).unwrap();
        Self { signer, directory }
    }

    /// A signed request's headers, with some more that are signed too.
    fn signed(&self, path: &str, more: &[(&'static str, &str)]) -> String {
        let mut headers = HeaderMap::new();
        for (name, value) in more {
            headers.insert(*name, HeaderValue::from_str(value).unwrap());
        }
        let (path, query) = path
            .split_once('?')
            .map_or((path, None), |(path, query)| (path, Some(query)));
        let head = RequestHead {
            method: "GET",
            scheme: "http",
            authority: "example.org",
            path,
            query,
            headers: &headers,
        };
        let fields: Vec<&str> = more.iter().map(|(name, _)| *name).collect();
        let nonce: [u8; 16] = random_bytes().unwrap();
        // A little ahead: a gate doesn't take what may have been used before it started.
        let signed = self
            .signer
            .sign(&head, &fields, now_s() + 9, 60, &nonce)
            .unwrap();
        let more: String = more
            .iter()
            .map(|(name, value)| format!("{name}: {value}\r\n"))
            .collect();
        format!(
            "Accept: */*\r\n{more}Signature-Agent: {}\r\nSignature-Input: {}\r\nSignature: {}\r\n",
            signed.signature_agent, signed.signature_input, signed.signature
        )
    }
}

#[test]
fn a_payment_buys_one_page_once() {
    let (facilitator, settled) = facilitator();
    let world = World::start(&policy(facilitator.address));
    let asked = world.get("/docs/a?b=c", GPTBOT);
    assert_eq!(asked.header("crawler-price").as_deref(), Some("USD 0.01"));
    let body: Value = serde_json::from_slice(&asked.body).unwrap();
    assert_eq!(
        (&body["x402Version"], &body["rule"]),
        (&json!(2), &json!("training"))
    );
    assert!(
        body["work"]["challenge"].is_string(),
        "work is the other way"
    );

    let pays = payment(&asked);
    // Another page isn't what was offered.
    assert_eq!(
        world.get("/docs/other", &format!("{GPTBOT}{pays}")).status,
        402
    );
    let visitors: Vec<_> = (0..24)
        .map(|_| {
            let (address, request) = (
                world.gate.address(),
                format!("GET /docs/a?b=c HTTP/1.1\r\nHost: example.org\r\n{GPTBOT}{pays}\r\n"),
            );
            std::thread::spawn(move || {
                let mut visitor = Visitor::new(address);
                visitor.write(request);
                visitor.answer()
            })
        })
        .collect();
    let answers: Vec<Answer> = visitors
        .into_iter()
        .map(|visitor| visitor.join().unwrap())
        .collect();
    let served: Vec<&Answer> = answers
        .iter()
        .filter(|answer| answer.status == 200)
        .collect();
    assert_eq!(
        served.len(),
        1,
        "{:?}",
        answers
            .iter()
            .map(|answer| answer.status)
            .collect::<Vec<_>>()
    );
    assert!(served[0].header("payment-response").is_some());
    assert!(
        answers
            .iter()
            .all(|answer| matches!(answer.status, 200 | 409))
    );
    assert_eq!(settled.load(Ordering::SeqCst), 1);
    assert_eq!(world.site.seen().len(), 1);
    let again = world.get("/docs/a?b=c", &format!("{GPTBOT}{pays}"));
    assert_eq!(again.status, 409);
    assert!(
        again.header("payment-response").is_some(),
        "the receipt can be had again"
    );
    assert!(
        world
            .admin("/metrics")
            .contains("lilliput_gate_paid_millionths_total 10000")
    );
}

#[test]
fn a_payment_is_given_back_when_the_site_fails() {
    let (facilitator, settled) = facilitator();
    let fails = Arc::new(AtomicBool::new(true));
    let failing = Arc::clone(&fails);
    let site = Site::answering(move |_| {
        if failing.load(Ordering::SeqCst) {
            b"HTTP/1.1 503 Service Unavailable\r\nContent-Length: 0\r\n\r\n".to_vec()
        } else {
            answer("text/plain", "served")
        }
    });
    let world = World::with(site, &policy(facilitator.address), |_| {});
    let pays = payment(&world.get("/a", GPTBOT));
    let failed = world.get("/a", &format!("{GPTBOT}{pays}"));
    assert_eq!(
        (failed.status, failed.header("lilliput-payment").as_deref()),
        (503, Some("given-back"))
    );
    fails.store(false, Ordering::SeqCst);
    let served = world.get("/a", &format!("{GPTBOT}{pays}"));
    assert_eq!((served.status, served.text().as_str()), (200, "served"));
    assert_eq!(settled.load(Ordering::SeqCst), 1, "the money moved once");
}

#[test]
fn a_payment_is_not_taken_while_nobody_can_settle_it() {
    let away = std::net::TcpListener::bind("127.0.0.1:0")
        .unwrap()
        .local_addr()
        .unwrap();
    let world = World::start(&policy(away));
    let pays = payment(&world.get("/a", GPTBOT));
    assert_eq!(
        world.get("/a", &format!("{GPTBOT}{pays}")).status,
        503,
        "money fails closed"
    );
    assert!(world.site.seen().is_empty());
}

#[test]
fn a_signed_crawler_fills_its_balance_and_is_charged_from_it() {
    let (facilitator, settled) = facilitator();
    let crawler = Crawler::new();
    let world = World::start(&policy(facilitator.address));
    std::thread::sleep(Duration::from_secs(4));

    let unsigned = world.get("/.lilliput/balance/1.5", "Accept: */*\r\n");
    assert_eq!(unsigned.status, 401, "a balance is someone's");
    let asked = world.get(
        "/.lilliput/balance/1.5",
        &crawler.signed("/.lilliput/balance/1.5", &[]),
    );
    let pays = payment(&asked);
    let filled = world.get(
        "/.lilliput/balance/1.5",
        &format!("{}{pays}", crawler.signed("/.lilliput/balance/1.5", &[])),
    );
    assert_eq!(filled.status, 200, "{}", filled.text());
    let body: Value = serde_json::from_slice(&filled.body).unwrap();
    assert_eq!(body["balance"], "1.5");
    assert_eq!(settled.load(Ordering::SeqCst), 1);

    let asked = world.get("/page", &crawler.signed("/page", &[]));
    assert_eq!(
        (asked.status, asked.header("crawler-price").as_deref()),
        (402, Some("USD 0.002"))
    );
    let offers = crawler.signed("/page", &[("crawler-max-price", "USD 0.005")]);
    let served = world.get("/page", &offers);
    assert_eq!(
        (served.status, served.header("crawler-charged").as_deref()),
        (200, Some("USD 0.002")),
        "{}",
        served.text()
    );
    // The same signature again is no signature, and pays nothing.
    let replayed = world.get("/page", &offers);
    assert_ne!(
        replayed.header("crawler-charged").as_deref(),
        Some("USD 0.002")
    );
    assert!(replayed.header("lilliput-signature").is_some() || replayed.status == 200);
    let cheap = world.get(
        "/page",
        &crawler.signed("/page", &[("crawler-max-price", "USD 0.001")]),
    );
    assert_eq!(
        (cheap.status, cheap.header("crawler-error").as_deref()),
        (402, Some("InvalidCrawlerMaxPrice"))
    );
    assert!(!crawler.directory.seen().is_empty());
    // A signature of someone else's request, and one that was changed.
    let stolen = world.get(
        "/other",
        &crawler.signed("/page", &[("crawler-max-price", "USD 0.005")]),
    );
    assert_eq!(stolen.header("crawler-charged"), None);
    assert_eq!(
        world
            .site
            .seen()
            .iter()
            .filter(|seen| seen.line().contains("/page"))
            .count(),
        1 + usize::from(replayed.status == 200)
    );
}
