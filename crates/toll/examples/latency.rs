//! How long the gate's own part of a signed and of a paid request takes: `cargo run --release -p lilliput-toll
//! --example latency`. Who settles is a stand-in that answers at once, so that the rest is measured: reading,
//! the offer, the payer's signature, two commits to disk, the receipt.

use std::error::Error;
use std::io::Write;
use std::time::{Duration, Instant};

use http::HeaderMap;
use lilliput_crypto::SecretKey;
use lilliput_toll::bot::{
    Agent, AgentKind, BotKey, BotPolicy, Directories, DirectoryPolicy, HttpsFetch, Outcome,
    RequestHead, Signer, Verifier,
};
use lilliput_toll::payment::{
    Answer, Booth, BoothConfig, Charge, Claim, Currency, EvmAddress, EvmRail, EvmToken,
    Facilitator, NotTaken, OfferKey, Payment, PaymentPayload, PaymentRequired, Price, Rail,
    ReceiptKey, Requirements, Settle, Transfer, Verdict,
};
use serde_json::Value;

const NOW: u64 = 1_764_000_000;
const SIGNATURES: u32 = 20_000;
const PAYMENTS: u32 = 2_000;
const PAYER: [u8; 32] = [7; 32];

fn main() -> Result<(), Box<dyn Error>> {
    report("check of a signed request", signatures()?)?;
    report("the 402 answer", asked()?)?;
    report("a payment, settled at once", payments()?)
}

fn report(what: &str, mut times: Vec<Duration>) -> Result<(), Box<dyn Error>> {
    times.sort_unstable();
    let at = |part: usize| {
        times
            .get(times.len() * part / 100)
            .copied()
            .unwrap_or_default()
    };
    let mut out = std::io::stdout();
    writeln!(
        out,
        "{what}: p50 {:?}, p99 {:?}, {} times",
        at(50),
        at(99),
        times.len()
    )?;
    Ok(())
}

fn head(headers: &HeaderMap) -> RequestHead<'_> {
    RequestHead {
        method: "GET",
        scheme: "https",
        authority: "site.example",
        path: "/page",
        query: Some("a=b"),
        headers,
    }
}

fn signatures() -> Result<Vec<Duration>, Box<dyn Error>> {
    let secret = SecretKey::from_seed([42; 32]);
    let agent = Agent::parse("https://crawler.example", AgentKind::Directory, false);
    let directories = DirectoryPolicy {
        pinned: vec![(agent, BotKey::new(secret.public_key()))],
        ..DirectoryPolicy::default()
    };
    let directories = Directories::new(directories, Box::new(HttpsFetch::new()));
    let verifier = Verifier::new(BotPolicy::default(), directories, NOW - 60);
    let signer = Signer::new(secret, "https://crawler.example")?;
    let mut times = Vec::new();
    for number in 0..SIGNATURES {
        let mut headers = HeaderMap::new();
        let signed = signer.sign(&head(&headers), &[], NOW, 60, &number.to_be_bytes())?;
        headers.insert("signature-agent", signed.signature_agent.parse()?);
        headers.insert("signature-input", signed.signature_input.parse()?);
        headers.insert("signature", signed.signature.parse()?);
        let began = Instant::now();
        let outcome = verifier.check(&head(&headers), NOW);
        times.push(began.elapsed());
        if !matches!(outcome, Outcome::Verified(_)) {
            return Err(format!("{outcome:?}").into());
        }
    }
    Ok(times)
}

/// Settles at once, and checks like the real one.
#[derive(Debug)]
struct AtOnce(Box<dyn Settle>);

impl Settle for AtOnce {
    fn check(&self, requirements: &Requirements, payload: &Value) -> Result<Claim, String> {
        self.0.check(requirements, payload)
    }

    fn confirm(&self, _: &Payment<'_>) -> Result<u64, NotTaken> {
        Ok(0)
    }

    fn settle(&self, _: &Payment<'_>, _: u64) -> Verdict {
        Verdict::Paid {
            transaction: "0xaa".to_owned(),
        }
    }

    fn look_up(&self, payment: &Payment<'_>, now: u64) -> Verdict {
        self.settle(payment, now)
    }
}

fn token() -> Result<EvmToken, Box<dyn Error>> {
    Ok(EvmToken {
        chain_id: 8_453,
        contract: "0x833589fcd6edb6e08f4c7c32d4f71b54bda02913".parse()?,
        name: "USD Coin".to_owned(),
        version: "2".to_owned(),
    })
}

fn booth(folder: &std::path::Path) -> Result<Booth, Box<dyn Error>> {
    let pay_to: EvmAddress = "0x209693bc6afc0c5328ba36faf03c514ef312287c".parse()?;
    let facilitator = Facilitator::new("http://127.0.0.1:1", Duration::from_secs(1))?;
    let Rail { terms, settle } = EvmRail::rail(token()?, pay_to, 1_000_000, facilitator, None)?;
    let config = BoothConfig {
        currency: Currency::USD,
        rails: vec![Rail {
            terms,
            settle: Box::new(AtOnce(settle)),
        }],
        offer_key: OfferKey::derive(b"secret"),
        offer_lifetime: 300,
        receipt_key: ReceiptKey::new(SecretKey::from_seed([3; 32])),
    };
    Ok(Booth::open(config, &folder.join("latency"))?)
}

fn charge() -> Charge {
    Charge {
        method: "GET".to_owned(),
        url: "https://site.example/page".to_owned(),
        price: Price(10_000),
        description: None,
        work: None,
    }
}

fn asked() -> Result<Vec<Duration>, Box<dyn Error>> {
    let folder = tempfile::tempdir()?;
    let booth = booth(folder.path())?;
    let mut times = Vec::new();
    for _ in 0..SIGNATURES {
        let began = Instant::now();
        booth.required(&charge(), "pay", NOW)?;
        times.push(began.elapsed());
    }
    Ok(times)
}

fn payments() -> Result<Vec<Duration>, Box<dyn Error>> {
    let folder = tempfile::tempdir()?;
    let booth = booth(folder.path())?;
    let mut times = Vec::new();
    for number in 0..PAYMENTS {
        let required = booth.required(&charge(), "pay", NOW)?;
        let header = required.headers.first().ok_or("no header")?;
        let required = PaymentRequired::from_header(&header.1).ok_or("no requirements")?;
        let accepted = required.accepts.first().ok_or("no way to pay")?.clone();
        let mut nonce = [0; 32];
        nonce[..4].copy_from_slice(&number.to_be_bytes());
        let transfer = Transfer {
            from: EvmAddress::of_secret(&PAYER)?,
            to: accepted.pay_to.parse()?,
            value: accepted.amount.parse()?,
            valid_after: NOW - 60,
            valid_before: NOW + 60,
            nonce,
        };
        let payload = PaymentPayload {
            x402_version: 2,
            resource: None,
            accepted,
            payload: token()?.authorize(&PAYER, &transfer)?,
            extensions: None,
        };
        let header = payload.to_header();
        let began = Instant::now();
        let answer = booth.pay(&charge(), &header, NOW)?;
        times.push(began.elapsed());
        if !matches!(answer, Answer::Paid(_)) {
            return Err(format!("{answer:?}").into());
        }
    }
    Ok(times)
}
