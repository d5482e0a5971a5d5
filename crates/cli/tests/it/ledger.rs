//! Transactions that must not happen, and the page's guard.

use lilliput_client::{Client, ClientError};
use lilliput_crypto::SecretKey;
use lilliput_types::{Amount, Blob, Height, Nonce, Submission};

use crate::world::{arg, json, ledger, lilliput, secret, sender, text, transfer};

fn code(error: &ClientError) -> String {
    error.code().unwrap_or_else(|| panic!("{error}")).to_owned()
}

#[test]
fn replayed_unsigned_overspending_and_too_large_transactions_are_refused() {
    let folder = tempfile::tempdir().unwrap();
    let up = ledger(folder.path());
    let buyer = sender(&up.url, secret(folder.path(), "default"));
    let stranger = SecretKey::generate().unwrap();
    let to = sender(&up.url, stranger.clone()).address();
    let client = Client::new(&up.url).unwrap();

    let once = buyer.sign(vec![transfer(to, 5)], Vec::new()).unwrap();
    client.submit(&once).unwrap();
    let replayed = client.submit(&once).unwrap_err();
    assert_eq!(code(&replayed), "transaction.nonce_used");

    let mut unsigned = buyer.sign(vec![transfer(to, 5)], Vec::new()).unwrap();
    unsigned.transaction.signature = once.transaction.signature;
    let refused = client.submit(&unsigned).unwrap_err();
    assert_eq!(code(&refused), "transaction.signature");

    let balance = client.account(buyer.address()).unwrap().balances[0].amount;
    let overspent = buyer.send(vec![transfer(to, balance.0)], Vec::new());
    assert!(matches!(overspent, Err(ClientError::Failed { .. })));

    let penniless = sender(&up.url, stranger);
    let unpaid = penniless.send(vec![transfer(buyer.address(), 6)], Vec::new());
    assert_eq!(code(&unpaid.unwrap_err()), "transaction.fee_unpaid");

    let blobs: Vec<Blob> = (0..6_u8)
        .map(|byte| Blob::new(vec![byte; 1 << 20]).unwrap())
        .collect();
    let large: Result<Submission, _> =
        buyer.sign_at(Nonce(0), Height(0), vec![transfer(to, 1)], blobs, Amount(1));
    let refused = client.submit(&large.unwrap()).unwrap_err();
    assert!(
        matches!(
            refused,
            ClientError::Refused { status: 413, .. }
                | ClientError::Malformed { .. }
                | ClientError::Unreachable { .. }
        ),
        "{refused}"
    );

    assert!(client.supply().unwrap().conserved);
    assert_eq!(client.account(to).unwrap().balances[0].amount, Amount(5));
}

#[test]
fn money_is_sent_tried_and_shown_by_commands() {
    let folder = tempfile::tempdir().unwrap();
    let up = ledger(folder.path());
    up.json(&["account", "new", "friend"], 0);
    let arguments = ["--to", "friend", "--amount", "1234"];
    let tried = up.json(&[&["tx", "dry-run"][..], &arguments].concat(), 0);
    assert!(!tried["changes"].as_array().unwrap().is_empty());
    let sent = up.json(&[&["tx", "send"][..], &arguments].concat(), 0);
    let id = sent["id"].as_str().unwrap().to_owned();
    let shown = json_at(&up.url, &["tx", "show", &id]);
    assert_eq!(shown["id"], sent["id"]);
    let listed = json(&["account", "list", "--data", arg(folder.path())], 0);
    assert!(listed["keys"].as_array().unwrap().len() >= 5);
    let status = json_at(&up.url, &["status"]);
    assert_eq!(status["supply"]["conserved"], true);
}

fn json_at(url: &str, arguments: &[&str]) -> serde_json::Value {
    json(&[arguments, &["--node", url]].concat(), 0)
}

#[test]
fn a_node_that_is_away_is_exit_code_1_with_a_hint() {
    let output = lilliput()
        .args(["status", "--node", "http://127.0.0.1:9"])
        .output()
        .unwrap();
    assert_eq!(output.status.code(), Some(1));
    assert!(text(&output.stderr).contains("hint: start a network"));
}
