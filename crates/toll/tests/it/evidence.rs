//! What the network itself says, against what a facilitator says.

use std::sync::{Arc, Mutex};
use std::time::Duration;

use lilliput_toll::payment::{Answer, Booth, EvmAddress, EvmRail, Facilitator, RecordState};
use serde_json::{Value, json};
use sha3::{Digest, Keccak256};
use tempfile::{TempDir, tempdir};

use crate::support::{
    FacilitatorInMemory, Manner, NOW, PAYER, booth_with, charge, paid, pay_to, payment, reason,
    serve, token,
};

/// A node of the network: what it shows, and what time it has.
#[derive(Clone, Debug, Default)]
struct Shown {
    logs: Vec<Value>,
    receipt: Value,
    time: u64,
}

struct Stage {
    _folder: TempDir,
    booth: Booth,
    facilitator: FacilitatorInMemory,
    shown: Arc<Mutex<Shown>>,
}

fn stage(manner: Manner) -> Stage {
    let facilitator = FacilitatorInMemory::start(manner);
    let shown = Arc::new(Mutex::new(Shown {
        time: NOW,
        ..Shown::default()
    }));
    let node = Arc::clone(&shown);
    let rpc = serve(move |_, body| {
        let asked: Value = serde_json::from_slice(body).unwrap();
        let shown = node.lock().unwrap().clone();
        let result = match asked["method"].as_str().unwrap() {
            "eth_blockNumber" => json!("0x10"),
            "eth_getBlockByNumber" => json!({ "timestamp": format!("0x{:x}", shown.time) }),
            "eth_getLogs" => json!(shown.logs),
            _ => shown.receipt,
        };
        json!({ "jsonrpc": "2.0", "id": 1, "result": result })
            .to_string()
            .into_bytes()
    });
    let url = Facilitator::new(&facilitator.url, Duration::from_millis(500)).unwrap();
    let rail = EvmRail::rail(token(), pay_to(), 1_000_000, url, Some(&rpc)).unwrap();
    let folder = tempdir().unwrap();
    let booth = booth_with(vec![rail], &folder.path().join("toll"));
    Stage {
        _folder: folder,
        booth,
        facilitator,
        shown,
    }
}

fn topic(event: &str) -> String {
    format!("0x{}", hex::encode(Keccak256::digest(event.as_bytes())))
}

fn word(address: EvmAddress) -> String {
    format!("0x{}{}", "00".repeat(12), hex::encode(address.0))
}

/// The nonce of a payment's authorisation.
fn nonce(header: &str) -> String {
    let payload = lilliput_toll::payment::PaymentPayload::from_header(header).unwrap();
    let nonce = payload.payload["authorization"]["nonce"].as_str();
    nonce.unwrap().to_owned()
}

/// The two log entries of a transfer by an authorisation.
fn moved(nonce: &str, to: EvmAddress, amount: u128) -> [Value; 2] {
    let payer = word(EvmAddress::of_secret(&PAYER).unwrap());
    let log = |topics: [String; 3], data: String| {
        let hash = format!("0x{}", "aa".repeat(32));
        json!({
            "address": token().contract.to_string(), "topics": topics, "data": data,
            "transactionHash": hash,
        })
    };
    let used = topic("AuthorizationUsed(address,bytes32)");
    let transfer = topic("Transfer(address,address,uint256)");
    [
        log([used, payer.clone(), nonce.to_owned()], "0x".to_owned()),
        log([transfer, payer, word(to)], format!("0x{amount:064x}")),
    ]
}

#[test]
fn a_facilitators_yes_must_show_on_the_network() {
    let stage = stage(Manner::Honest);
    let header = payment(&stage.booth, &charge("/page"));
    let nonce = nonce(&header);
    let right = moved(&nonce, pay_to(), 10_000);
    let receipt = |status: &str, logs: &[Value]| json!({ "status": status, "logs": logs });
    let elsewhere = moved(
        &nonce,
        "0x0000000000000000000000000000000000000001"
            .parse()
            .unwrap(),
        10_000,
    );
    let other_token = {
        let mut logs = right.clone();
        logs[1]["address"] = pay_to().to_string().into();
        logs
    };
    let lies = [
        Value::Null,
        receipt("0x1", &[]),
        receipt("0x0", &right),
        receipt("0x1", &right[..1]),
        receipt("0x1", &right[1..]),
        receipt("0x1", &elsewhere),
        receipt("0x1", &other_token),
        receipt("0x1", &moved(&nonce, pay_to(), 9_999)),
        receipt(
            "0x1",
            &moved(&format!("0x{}", "11".repeat(32)), pay_to(), 10_000),
        ),
    ];
    for (number, lie) in lies.into_iter().enumerate() {
        stage.shown.lock().unwrap().receipt = lie;
        let now = NOW + 3 * u64::try_from(number).unwrap();
        let answer = stage.booth.pay(&charge("/page"), &header, now).unwrap();
        assert!(
            matches!(answer, Answer::Unknown { .. }),
            "{number}: {answer:?}"
        );
    }
    stage.shown.lock().unwrap().receipt = receipt("0x1", &right);
    paid(
        stage
            .booth
            .pay(&charge("/page"), &header, NOW + 30)
            .unwrap(),
    );
}

#[test]
fn the_network_tells_what_a_facilitator_kept_silent_about() {
    let stage = stage(Manner::Silent);
    let header = payment(&stage.booth, &charge("/page"));
    stage.booth.pay(&charge("/page"), &header, NOW).unwrap();
    let asked = stage.facilitator.moved.lock().unwrap().asked_to_settle;
    let logs = moved(&nonce(&header), pay_to(), 10_000);
    let mut shown = stage.shown.lock().unwrap();
    shown.receipt = json!({ "status": "0x1", "logs": logs });
    shown.logs = vec![logs[0].clone()];
    drop(shown);
    paid(
        stage
            .booth
            .pay(&charge("/page"), &header, NOW + 100)
            .unwrap(),
    );
    assert_eq!(
        stage.facilitator.moved.lock().unwrap().asked_to_settle,
        asked
    );
}

#[test]
fn what_expired_or_was_cancelled_is_known_never_to_be_paid() {
    for cancelled in [false, true] {
        let stage = stage(Manner::Silent);
        let header = payment(&stage.booth, &charge("/page"));
        stage.booth.pay(&charge("/page"), &header, NOW).unwrap();
        let id = stage.booth.unknown(1).unwrap()[0];
        let mut shown = stage.shown.lock().unwrap();
        if cancelled {
            let mut log = moved(&nonce(&header), pay_to(), 0)[0].clone();
            log["topics"][0] = topic("AuthorizationCanceled(address,bytes32)").into();
            shown.logs = vec![log];
        } else {
            shown.time = NOW + 61;
        }
        drop(shown);
        stage.booth.resolve(NOW + 70, 10).unwrap();
        let state = stage.booth.payment(id).unwrap().unwrap().state;
        assert!(matches!(state, RecordState::Failed { .. }), "{state:?}");
        let again = stage
            .booth
            .pay(&charge("/page"), &header, NOW + 80)
            .unwrap();
        assert!(reason(&again).contains(if cancelled { "cancelled" } else { "expired" }));
    }
}
