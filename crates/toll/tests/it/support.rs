//! A facilitator in memory, behind real HTTP; payers; requests.

use std::collections::BTreeMap;
use std::io::{BufRead, BufReader, Read, Write};
use std::net::{TcpListener, TcpStream};
use std::path::Path;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Arc, Mutex};
use std::time::Duration;

use lilliput_crypto::SecretKey;
use lilliput_toll::payment::{
    Answer, Booth, BoothConfig, Charge, Currency, EvmAddress, EvmRail, EvmToken, Facilitator,
    OfferKey, PaymentPayload, PaymentRequired, Price, Rail, ReceiptKey, Requirements, Transfer,
};
use serde_json::{Value, json};

pub(crate) const NOW: u64 = 1_764_000_000;
pub(crate) const PAYER: [u8; 32] = [7; 32];
const HASH: &str = "0x00000000000000000000000000000000000000000000000000000000000000aa";

/// How the facilitator behaves.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Manner {
    Honest,
    /// Moves the money, and answers only when told to go on.
    Silent,
    /// Never looks at anything.
    SaysInvalid,
    /// Says that it was paid, without a transaction.
    NoTransaction,
    OtherPayer,
    OtherNetwork,
    OtherAmount,
    /// Refuses to settle, for good.
    NoFunds,
    /// Moves the money, and says that something went wrong.
    PaidButSaysFailed,
    Garbage,
    /// Answers with more than anyone reads.
    Endless,
}

#[derive(Debug, Default)]
pub(crate) struct Moved {
    /// How often money moved, by the nonce of its authorisation. The token itself allows once.
    pub(crate) by_nonce: BTreeMap<String, usize>,
    pub(crate) asked_to_verify: usize,
    pub(crate) asked_to_settle: usize,
}

/// A facilitator whose token is a map. It takes a nonce once, like the contract.
#[derive(Clone, Debug)]
pub(crate) struct FacilitatorInMemory {
    pub(crate) url: String,
    pub(crate) manner: Arc<Mutex<Manner>>,
    pub(crate) moved: Arc<Mutex<Moved>>,
}

impl FacilitatorInMemory {
    pub(crate) fn start(manner: Manner) -> Self {
        let manner = Arc::new(Mutex::new(manner));
        let moved = Arc::new(Mutex::new(Moved::default()));
        let (manners, moves) = (Arc::clone(&manner), Arc::clone(&moved));
        let url = serve(move |path, body| {
            let manner = *manners.lock().unwrap();
            facilitate(manner, &moves, path, body)
        });
        Self { url, manner, moved }
    }

    pub(crate) fn be(&self, manner: Manner) {
        *self.manner.lock().unwrap() = manner;
    }

    pub(crate) fn settlements(&self) -> usize {
        self.moved.lock().unwrap().by_nonce.values().sum()
    }
}

fn facilitate(manner: Manner, moved: &Mutex<Moved>, path: &str, body: &[u8]) -> Vec<u8> {
    let asked: Value = serde_json::from_slice(body).unwrap();
    let authorization = &asked["paymentPayload"]["payload"]["authorization"];
    let payer = authorization["from"].as_str().unwrap();
    let network = asked["paymentRequirements"]["network"].as_str().unwrap();
    let nonce = authorization["nonce"].as_str().unwrap().to_owned();
    if path == "/verify" {
        moved.lock().unwrap().asked_to_verify += 1;
        let valid = manner != Manner::SaysInvalid;
        let answer =
            json!({ "isValid": valid, "payer": payer, "invalidReason": "insufficient_funds" });
        return answer.to_string().into_bytes();
    }
    assert_eq!(path, "/settle");
    let paid = |payer: &str, network: &str, transaction: &str| json!({ "success": true, "payer": payer, "network": network, "transaction": transaction });
    let failed = |reason: &str| json!({ "success": false, "errorReason": reason, "network": network, "transaction": "" });
    let mut moves = moved.lock().unwrap();
    moves.asked_to_settle += 1;
    if manner == Manner::NoFunds {
        return failed("insufficient_funds").to_string().into_bytes();
    }
    let before = moves.by_nonce.contains_key(&nonce);
    moves.by_nonce.entry(nonce).or_insert(1);
    drop(moves);
    let answer = match manner {
        Manner::Silent => {
            std::thread::sleep(Duration::from_secs(30));
            return Vec::new();
        }
        Manner::NoTransaction => paid(payer, network, ""),
        Manner::OtherPayer => paid("0x0000000000000000000000000000000000000001", network, HASH),
        Manner::OtherNetwork => paid(payer, "eip155:1", HASH),
        Manner::OtherAmount => {
            let mut answer = paid(payer, network, HASH);
            answer["amount"] = "1".into();
            answer
        }
        Manner::PaidButSaysFailed => failed("unexpected_settle_error"),
        Manner::Garbage => return b"<html>bad gateway</html>".to_vec(),
        Manner::Endless => return vec![b' '; 1 << 20],
        // The real ones say that the nonce was used; this one looks its first transaction up.
        _ if before => paid(payer, network, HASH),
        _ => paid(payer, network, HASH),
    };
    answer.to_string().into_bytes()
}

/// An HTTP server on loopback: path and body in, JSON out, status 200.
pub(crate) fn serve(answer: impl Fn(&str, &[u8]) -> Vec<u8> + Send + Sync + 'static) -> String {
    serve_raw(move |path, body| {
        let body = answer(path, body);
        let mut whole = format!(
            "HTTP/1.1 200 OK\r\ncontent-type: application/json\r\ncontent-length: {}\r\nconnection: close\r\n\r\n",
            body.len()
        )
        .into_bytes();
        whole.extend(body);
        whole
    })
}

/// The same, with the whole answer made by the caller.
pub(crate) fn serve_raw(answer: impl Fn(&str, &[u8]) -> Vec<u8> + Send + Sync + 'static) -> String {
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let url = format!("http://{}", listener.local_addr().unwrap());
    let answer = Arc::new(answer);
    std::thread::spawn(move || {
        for stream in listener.incoming() {
            let (stream, answer) = (stream.unwrap(), Arc::clone(&answer));
            std::thread::spawn(move || one_request(stream, answer.as_ref()));
        }
    });
    url
}

fn one_request(mut stream: TcpStream, answer: &dyn Fn(&str, &[u8]) -> Vec<u8>) {
    let mut reader = BufReader::new(stream.try_clone().unwrap());
    let mut line = String::new();
    if reader.read_line(&mut line).unwrap_or(0) == 0 {
        return;
    }
    let path = line.split(' ').nth(1).unwrap_or("/").to_owned();
    let mut length = 0;
    loop {
        let mut header = String::new();
        reader.read_line(&mut header).unwrap();
        if header.trim().is_empty() {
            break;
        }
        let header = header.to_ascii_lowercase();
        if let Some(value) = header.strip_prefix("content-length:") {
            length = value.trim().parse().unwrap();
        }
    }
    let mut body = vec![0; length];
    reader.read_exact(&mut body).unwrap();
    // The one who asked may have gone away: that is what some tests are about.
    let _ = stream.write_all(&answer(&path, &body));
}

pub(crate) fn token() -> EvmToken {
    EvmToken {
        chain_id: 31_337,
        contract: "0x5fbdb2315678afecb367f032d93f642f64180aa3"
            .parse()
            .unwrap(),
        name: "USD Coin".to_owned(),
        version: "2".to_owned(),
    }
}

pub(crate) fn pay_to() -> EvmAddress {
    "0x209693bc6afc0c5328ba36faf03c514ef312287c"
        .parse()
        .unwrap()
}

pub(crate) fn evm_rail(facilitator: &str, deadline: Duration) -> Rail {
    let facilitator = Facilitator::new(facilitator, deadline).unwrap();
    EvmRail::rail(token(), pay_to(), 1_000_000, facilitator, None).unwrap()
}

pub(crate) fn booth_with(rails: Vec<Rail>, file: &Path) -> Booth {
    let config = BoothConfig {
        currency: Currency::USD,
        rails,
        offer_key: OfferKey::derive(b"a secret of the gate"),
        offer_lifetime: 300,
        receipt_key: ReceiptKey::new(SecretKey::from_seed([3; 32])),
    };
    Booth::open(config, file).unwrap()
}

/// A booth that takes one token, settled by a facilitator.
pub(crate) fn booth(facilitator: &FacilitatorInMemory, file: &Path) -> Booth {
    let rail = evm_rail(&facilitator.url, Duration::from_millis(500));
    booth_with(vec![rail], file)
}

pub(crate) fn charge(path: &str) -> Charge {
    Charge {
        method: "GET".to_owned(),
        url: format!("https://site.example{path}"),
        price: Price(10_000),
        description: None,
        work: Some("https://site.example/.gate/work".to_owned()),
    }
}

/// What a booth asks for a request.
pub(crate) fn asked(booth: &Booth, charge: &Charge) -> PaymentRequired {
    let required = booth.required(charge, "pay", NOW).unwrap();
    let header = &required
        .headers
        .iter()
        .find(|(name, _)| *name == "payment-required");
    PaymentRequired::from_header(&header.unwrap().1).unwrap()
}

static NONCE: AtomicUsize = AtomicUsize::new(1);

pub(crate) fn fresh_nonce() -> [u8; 32] {
    let number = NONCE.fetch_add(1, Ordering::Relaxed);
    let mut nonce = [0; 32];
    nonce[..8].copy_from_slice(&number.to_be_bytes());
    nonce
}

/// A transfer that pays what is required, good for a minute.
pub(crate) fn transfer(requirements: &Requirements) -> Transfer {
    Transfer {
        from: EvmAddress::of_secret(&PAYER).unwrap(),
        to: requirements.pay_to.parse().unwrap(),
        value: requirements.amount.parse().unwrap(),
        valid_after: NOW - 600,
        valid_before: NOW + 60,
        nonce: fresh_nonce(),
    }
}

pub(crate) fn payload(requirements: &Requirements, transfer: &Transfer) -> PaymentPayload {
    PaymentPayload {
        x402_version: 2,
        resource: None,
        accepted: requirements.clone(),
        payload: token().authorize(&PAYER, transfer).unwrap(),
        extensions: None,
    }
}

/// The header that pays what a booth asks for a request.
pub(crate) fn payment(booth: &Booth, charge: &Charge) -> String {
    let required = asked(booth, charge);
    let requirements = &required.accepts[0];
    payload(requirements, &transfer(requirements)).to_header()
}

pub(crate) fn paid(answer: Answer) -> lilliput_toll::payment::Granted {
    match answer {
        Answer::Paid(granted) => granted,
        other => panic!("not paid: {other:?}"),
    }
}

pub(crate) fn reason(answer: &Answer) -> &str {
    match answer {
        Answer::Refused(refused) => &refused.reason,
        other => panic!("not refused: {other:?}"),
    }
}
