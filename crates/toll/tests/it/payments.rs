//! A payment buys its request, once.

use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::Duration;

use lilliput_toll::payment::{Answer, PaymentPayload, Receipt, RecordState, Settlement, Transfer};
use tempfile::tempdir;

use crate::support::{
    FacilitatorInMemory, Manner, NOW, PAYER, asked, booth, booth_with, charge, evm_rail, paid,
    payload, payment, reason, token, transfer,
};

const TRIES: usize = 10_000;

fn receipt(header: &str) -> String {
    let settlement = Settlement::from_header(header).unwrap();
    assert!(settlement.success);
    let extensions = settlement.extensions.unwrap();
    let jws = extensions["offer-receipt"]["info"]["receipt"]["signature"].as_str();
    jws.unwrap().to_owned()
}

#[test]
fn the_same_payment_again_gives_the_same_receipt_and_no_second_page() {
    let folder = tempdir().unwrap();
    let file = folder.path().join("toll");
    let facilitator = FacilitatorInMemory::start(Manner::Honest);
    let first = booth(&facilitator, &file);
    let header = payment(&first, &charge("/page"));
    let granted = paid(first.pay(&charge("/page"), &header, NOW).unwrap());
    let jws = receipt(&granted.header);
    let said = Receipt::verify(&jws, &first.receipt_key()).unwrap();
    assert_eq!(said.resource_url, "https://site.example/page");
    assert_eq!(
        (said.amount.as_str(), said.payer.as_str()),
        ("10000", granted.payer.as_str())
    );
    let again = first.pay(&charge("/page"), &header, NOW + 1).unwrap();
    assert_eq!(again, Answer::AlreadyServed(granted.clone()));
    drop(first);
    // After a restart, and after the payment expired, it is the same.
    let second = booth(&facilitator, &file);
    let again = second.pay(&charge("/page"), &header, NOW + 9_000).unwrap();
    assert_eq!(again, Answer::AlreadyServed(granted));
    let other = second.pay(&charge("/other"), &header, NOW).unwrap();
    assert!(reason(&other).contains("not for this request"));
    assert_eq!(facilitator.settlements(), 1);
}

#[test]
fn ten_thousand_tries_of_one_payment_buy_one_page() {
    let folder = tempdir().unwrap();
    let facilitator = FacilitatorInMemory::start(Manner::Honest);
    let booth = Arc::new(booth(&facilitator, &folder.path().join("toll")));
    let header = payment(&booth, &charge("/page"));
    let served = Arc::new(AtomicUsize::new(0));
    let threads: Vec<_> = (0..16)
        .map(|_| {
            let (booth, header) = (Arc::clone(&booth), header.clone());
            let served = Arc::clone(&served);
            std::thread::spawn(move || {
                for _ in 0..TRIES / 16 {
                    if let Answer::Paid(_) = booth.pay(&charge("/page"), &header, NOW).unwrap() {
                        served.fetch_add(1, Ordering::Relaxed);
                    }
                }
            })
        })
        .collect();
    threads
        .into_iter()
        .for_each(|thread| thread.join().unwrap());
    assert_eq!(served.load(Ordering::Relaxed), 1);
    let moved = facilitator.moved.lock().unwrap();
    assert_eq!((moved.asked_to_settle, moved.by_nonce.len()), (1, 1));
}

/// Every payment is tried by many threads in another order, for two requests of which one is right.
#[test]
fn many_payments_tried_at_once_buy_one_page_each() {
    const PAYMENTS: usize = 100;
    let folder = tempdir().unwrap();
    let facilitator = FacilitatorInMemory::start(Manner::Honest);
    let rail = evm_rail(&facilitator.url, Duration::from_secs(20));
    let booth = Arc::new(booth_with(vec![rail], &folder.path().join("toll")));
    let headers: Arc<Vec<String>> = Arc::new(
        (0..PAYMENTS)
            .map(|_| payment(&booth, &charge("/page")))
            .collect(),
    );
    let served: Arc<Vec<AtomicUsize>> =
        Arc::new((0..PAYMENTS).map(|_| AtomicUsize::new(0)).collect());
    let threads: Vec<_> = (0..10)
        .map(|start| {
            let (booth, headers) = (Arc::clone(&booth), Arc::clone(&headers));
            let served = Arc::clone(&served);
            std::thread::spawn(move || {
                for step in 0..TRIES / 10 {
                    let number = (start * 37 + step) % PAYMENTS;
                    let path = if step % 7 == 0 { "/other" } else { "/page" };
                    let answer = booth.pay(&charge(path), &headers[number], NOW).unwrap();
                    if let Answer::Paid(_) = answer {
                        assert_eq!(path, "/page");
                        served[number].fetch_add(1, Ordering::Relaxed);
                    }
                }
            })
        })
        .collect();
    threads
        .into_iter()
        .for_each(|thread| thread.join().unwrap());
    assert!(
        served
            .iter()
            .all(|count| count.load(Ordering::Relaxed) == 1)
    );
    assert_eq!(facilitator.settlements(), PAYMENTS);
    assert_eq!(facilitator.moved.lock().unwrap().asked_to_settle, PAYMENTS);
}

#[test]
fn a_request_that_failed_after_its_payment_may_be_tried_once_more() {
    let folder = tempdir().unwrap();
    let facilitator = FacilitatorInMemory::start(Manner::Honest);
    let booth = booth(&facilitator, &folder.path().join("toll"));
    let header = payment(&booth, &charge("/page"));
    let granted = paid(booth.pay(&charge("/page"), &header, NOW).unwrap());
    booth.release(granted.id).unwrap();
    let state = booth.payment(granted.id).unwrap().unwrap().state;
    assert_eq!(state, RecordState::Settled);
    assert_eq!(
        paid(booth.pay(&charge("/page"), &header, NOW).unwrap()),
        granted
    );
    let third = booth.pay(&charge("/page"), &header, NOW).unwrap();
    assert_eq!(third, Answer::AlreadyServed(granted));
    assert_eq!(facilitator.settlements(), 1);
}

#[test]
fn an_authorisation_must_be_signed_by_its_payer_for_just_this() {
    let folder = tempdir().unwrap();
    let facilitator = FacilitatorInMemory::start(Manner::Honest);
    let booth = booth(&facilitator, &folder.path().join("toll"));
    let required = asked(&booth, &charge("/page"));
    let offered = &required.accepts[0];
    let right = transfer(offered);
    let tried = |paid: PaymentPayload, now| {
        reason(&booth.pay(&charge("/page"), &paid.to_header(), now).unwrap()).to_owned()
    };
    let signed = |change: &dyn Fn(&mut Transfer)| {
        let mut changed = right;
        change(&mut changed);
        payload(offered, &changed)
    };
    let to_other = signed(&|transfer| transfer.to.0[0] ^= 1);
    assert!(tried(to_other, NOW).contains("it pays 0x"));
    assert!(tried(signed(&|transfer| transfer.value += 1), NOW).contains("expected 10000"));
    assert!(tried(signed(&|transfer| transfer.from.0[0] ^= 1), NOW).contains("signed by"));
    assert!(tried(signed(&|transfer| transfer.valid_before = NOW + 5), NOW).contains("too late"));
    assert!(tried(signed(&|transfer| transfer.valid_after = NOW), NOW).contains("too early"));
    let forever = signed(&|transfer| transfer.valid_before = u64::MAX);
    assert!(tried(forever, NOW).contains("counts for more"));

    for field in ["from", "to", "value", "validAfter", "validBefore", "nonce"] {
        let mut changed = payload(offered, &right);
        let text = changed.payload["authorization"][field].as_str().unwrap();
        let last = if text.ends_with('1') { "2" } else { "1" };
        let text = format!("{}{last}", &text[..text.len() - 1]);
        changed.payload["authorization"][field] = text.into();
        tried(changed, NOW);
    }
    for change in ["27 in front", "upper s", "v", "short", "zero"] {
        let mut changed = payload(offered, &right);
        let signature = changed.payload["signature"].as_str().unwrap().to_owned();
        changed.payload["signature"] = bent(&signature, change).into();
        tried(changed, NOW);
    }
    let mut other_domain = token();
    other_domain.chain_id += 1;
    let mut changed = payload(offered, &right);
    changed.payload = other_domain.authorize(&PAYER, &right).unwrap();
    assert!(tried(changed, NOW).contains("signed by"));
    assert_eq!(facilitator.moved.lock().unwrap().asked_to_verify, 0);
}

fn bent(signature: &str, how: &str) -> String {
    let mut bytes = hex::decode(&signature[2..]).unwrap();
    match how {
        "27 in front" => bytes.insert(0, 27),
        "v" => bytes[64] = 29,
        "short" => bytes.truncate(64),
        "zero" => bytes[..64].fill(0),
        _ => {
            let order = "fffffffffffffffffffffffffffffffebaaedce6af48a03bbfd25e8cd0364141";
            let order = hex::decode(order).unwrap();
            let mut borrow = 0;
            for place in (0..32).rev() {
                let left = i32::from(order[place]) - i32::from(bytes[32 + place]) - borrow;
                borrow = i32::from(left < 0);
                bytes[32 + place] = u8::try_from(left.rem_euclid(256)).unwrap();
            }
            bytes[64] ^= 7;
        }
    }
    format!("0x{}", hex::encode(bytes))
}

#[test]
fn a_changed_receipt_is_no_receipt() {
    let folder = tempdir().unwrap();
    let facilitator = FacilitatorInMemory::start(Manner::Honest);
    let booth = booth(&facilitator, &folder.path().join("toll"));
    let header = payment(&booth, &charge("/page"));
    let granted = paid(booth.pay(&charge("/page"), &header, NOW).unwrap());
    let jws = receipt(&granted.header);
    let key = booth.receipt_key();
    assert!(Receipt::verify(&jws, &key).is_some());
    for place in (0..jws.len()).step_by(11) {
        let mut changed = jws.clone().into_bytes();
        changed[place] = if changed[place] == b'A' { b'B' } else { b'A' };
        let changed = String::from_utf8(changed).unwrap();
        assert_eq!(Receipt::verify(&changed, &key), None, "place {place}");
    }
    let other = lilliput_crypto::SecretKey::from_seed([9; 32]).public_key();
    assert_eq!(Receipt::verify(&jws, &other), None);
    // No algorithm but the key's own, `none` least of all.
    let (_, rest) = jws.split_once('.').unwrap();
    for header in [r#"{"alg":"none","kid":""}"#, r#"{"alg":"HS256","kid":""}"#] {
        use base64::Engine;
        let header = base64::engine::general_purpose::URL_SAFE_NO_PAD.encode(header);
        assert_eq!(Receipt::verify(&format!("{header}.{rest}"), &key), None);
    }
}
