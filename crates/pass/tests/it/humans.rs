//! A human's pass: a batch for a proof, once an epoch, and what its tokens open.

use std::sync::Arc;

use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use lilliput_pass::blind::Blinding;
use lilliput_pass::desk::{DeskRequest, DeskResponse};
use lilliput_pass::issuer::{batch_message, scope_of};
use lilliput_pass::token::{MODULUS_LEN, Token, TokenPublicKey};
use lilliput_pass::{Class, Desk, Way};
use serde_json::{Value, json};

use crate::world::{NOW_S, World, cookie, get, json, parse_decimal, text};

fn redeem(world: &World, token: &str, now_s: u64) -> DeskResponse {
    world.post("redeem", &json!({ "token": token }), now_s)
}

/// A wallet with a nullifier, in memory.
pub(crate) struct Wallet {
    key: TokenPublicKey,
    batch: Vec<Blinding>,
    pub(crate) body: Value,
}

impl Wallet {
    pub(crate) fn new(keys: &Value, nullifier: u64) -> Self {
        let decoded = |name: &str| {
            URL_SAFE_NO_PAD
                .decode(keys[name].as_str().unwrap())
                .unwrap()
        };
        let key = TokenPublicKey::from_spki(&decoded("key")).unwrap();
        let challenge = decoded("challenge");
        let batch: Vec<Blinding> = (0..keys["batch"].as_u64().unwrap())
            .map(|_| Blinding::new(&key, &challenge).unwrap())
            .collect();
        let blinded: Vec<[u8; MODULUS_LEN]> = batch.iter().map(|token| *token.blinded()).collect();
        let texts: Vec<String> = blinded
            .iter()
            .map(|one| URL_SAFE_NO_PAD.encode(one))
            .collect();
        let message = decimal(&batch_message(key.id(), &blinded));
        let proof = json!({ "scope": keys["scope"], "message": message, "nullifier": nullifier.to_string() });
        let body = json!({ "epoch": keys["epoch"], "blinded": texts, "proof": proof });
        Self { key, batch, body }
    }

    pub(crate) fn finish(&self, answer: &DeskResponse) -> Vec<Token> {
        assert_eq!(answer.status, 200, "{}", text(answer));
        let answer = json(answer);
        let signatures = answer["signatures"].as_array().unwrap();
        assert_eq!(signatures.len(), self.batch.len());
        self.batch
            .iter()
            .zip(signatures)
            .map(|(token, signed)| {
                let signed = URL_SAFE_NO_PAD.decode(signed.as_str().unwrap()).unwrap();
                token.finish(&self.key, &signed).unwrap()
            })
            .collect()
    }
}

/// Big-endian bytes in decimal, by doubling: another way than the desk's.
fn decimal(bytes: &[u8; 32]) -> String {
    let mut digits = vec![0_u8];
    for bit in bytes
        .iter()
        .flat_map(|byte| (0..8).rev().map(move |bit| byte >> bit & 1))
    {
        let mut carry = bit;
        for digit in &mut digits {
            let value = *digit * 2 + carry;
            *digit = value % 10;
            carry = value / 10;
        }
        if carry > 0 {
            digits.push(carry);
        }
    }
    digits
        .iter()
        .rev()
        .map(|digit| char::from(b'0' + digit))
        .collect()
}

pub(crate) fn keys(world: &World, now_s: u64) -> Value {
    json(&world.ask(&get("/.lilliput/keys", "", now_s)))
}

pub(crate) fn tokens(world: &World, nullifier: u64, now_s: u64) -> Vec<Token> {
    tokens_of(&world.runtime, &world.desk, nullifier, now_s)
}

/// Tokens that a desk gives to a human.
pub(crate) fn tokens_of(
    runtime: &tokio::runtime::Runtime,
    desk: &Desk,
    nullifier: u64,
    now_s: u64,
) -> Vec<Token> {
    let keys = runtime.block_on(desk.answer(&get("/.lilliput/keys", "", now_s)));
    let wallet = Wallet::new(&json(&keys), nullifier);
    let body = wallet.body.to_string();
    let answer = runtime.block_on(desk.answer(&DeskRequest {
        method: "POST",
        body: body.as_bytes(),
        ..get("/.lilliput/tokens", "", now_s)
    }));
    wallet.finish(&answer)
}

#[test]
fn a_human_gets_tokens_once_an_epoch_and_each_opens_one_session() {
    let world = World::new();
    let wallet = Wallet::new(&keys(&world, NOW_S), 42);
    let tokens = wallet.finish(&world.post("tokens", &wallet.body, NOW_S));
    assert_eq!(tokens.len(), 3);
    // Who lost the answer asks again with the same batch, and gets the same.
    let again = wallet.finish(&world.post("tokens", &wallet.body, NOW_S));
    assert_eq!(again, tokens);
    // Another batch is another batch.
    let greedy = Wallet::new(&keys(&world, NOW_S), 42);
    assert_eq!(world.post("tokens", &greedy.body, NOW_S).status, 409);
    let other = Wallet::new(&keys(&world, NOW_S), 43);
    other.finish(&world.post("tokens", &other.body, NOW_S));

    let mut ids = Vec::new();
    for token in &tokens {
        let answer = redeem(&world, &token.to_text(), NOW_S);
        let session = world.desk.session(&cookie(&answer), NOW_S).unwrap();
        assert_eq!((session.way, session.class), (Way::Human, Class::ANY));
        ids.push(session.id);
        assert_eq!(redeem(&world, &token.to_text(), NOW_S).status, 409);
    }
    ids.dedup();
    assert_eq!(ids.len(), 3);
}

#[test]
fn a_proof_buys_what_it_names_and_nothing_else() {
    let world = World::new();
    let keys = keys(&world, NOW_S);
    let honest = Wallet::new(&keys, 1);
    let thief = Wallet::new(&keys, 2);
    let mut body = thief.body.clone();
    body["proof"] = honest.body["proof"].clone();
    let answer = world.post("tokens", &body, NOW_S);
    assert_eq!(answer.status, 403);
    assert!(
        text(&answer).contains("another message"),
        "{}",
        text(&answer)
    );
    // Not even spent: the honest one still gets theirs.
    honest.finish(&world.post("tokens", &honest.body, NOW_S));

    for (field, value) in [
        ("epoch", json!(0)),
        ("blinded", json!([])),
        ("blinded", json!(vec!["AAAA"; 3])),
        ("blinded", json!(vec!["A".repeat(342); 65])),
        ("blinded", json!(vec!["_".repeat(342); 3])),
        ("proof", json!({})),
        ("more", json!(1)),
    ] {
        let mut body = thief.body.clone();
        body[field] = value;
        let answer = world.post("tokens", &body, NOW_S);
        assert!(
            (400..410).contains(&answer.status),
            "{field} {}",
            text(&answer)
        );
    }
    let scope = parse_decimal(keys["scope"].as_str().unwrap()).unwrap();
    assert_eq!(
        scope,
        scope_of("ducks.example", keys["epoch"].as_u64().unwrap())
    );
}

#[test]
fn tokens_live_for_one_epoch_more_and_keys_follow() {
    let world = World::at(NOW_S, |rules| rules.epoch_s = 3600);
    let tokens = tokens(&world, 1, NOW_S);
    let end_s = (NOW_S / 3600 + 1) * 3600;
    world.desk.refresh(end_s).unwrap();
    // The same human has another batch in the next epoch, under another key.
    let next = self::tokens(&world, 1, end_s);
    assert_ne!(next[0].key_id(), tokens[0].key_id());
    assert_eq!(
        redeem(&world, &tokens[0].to_text(), end_s + 3599).status,
        200
    );
    assert_eq!(
        redeem(&world, &tokens[1].to_text(), end_s + 3600).status,
        403
    );
    world.desk.refresh(end_s + 3600).unwrap();
    assert_eq!(
        redeem(&world, &tokens[1].to_text(), end_s + 3600).status,
        403
    );
    assert_eq!(redeem(&world, &tokens[1].to_text(), NOW_S).status, 403);
    assert_eq!(redeem(&world, &next[0].to_text(), end_s + 3600).status, 200);
}

#[test]
fn epochs_and_scopes_may_be_those_of_a_ledger() {
    use lilliput_pass::issuer::ScopeOf;
    let start_s = NOW_S - 1_000;
    let world = World::at(NOW_S, |rules| {
        rules.epoch_start_s = start_s;
        rules.epoch_s = 400;
        rules.scope = Some(ScopeOf(Arc::new(|epoch| [epoch as u8; 32])));
    });
    let keys = keys(&world, NOW_S);
    assert_eq!(keys["epoch"], 2);
    assert_eq!(keys["issues_until"], start_s + 1_200);
    assert_eq!(keys["redeems_until"], start_s + 1_600);
    assert_eq!(
        parse_decimal(keys["scope"].as_str().unwrap()),
        Some([2; 32])
    );
    assert_eq!(tokens(&world, 1, NOW_S).len(), 3);
}

#[test]
fn keys_are_the_same_after_a_restart_and_useless_without_the_secret() {
    use lilliput_pass::{Desk, DeskRules, Secrets, Store};
    let folder = tempfile::tempdir().unwrap();
    let open = |secret: u8| {
        let store = Store::in_folder(folder.path()).unwrap();
        let secrets = Arc::new(Secrets::new(&[secret; 32], None));
        Desk::with(
            DeskRules::default(),
            secrets,
            store,
            Some(crate::world::open_check()),
            NOW_S,
        )
    };
    let first = open(1).unwrap().issuer().directory();
    assert_eq!(open(1).unwrap().issuer().directory(), first);
    assert_eq!(first.len(), 1);
    let other = open(2).unwrap_err().to_string();
    assert!(other.contains("another secret"), "{other}");
}

#[test]
fn a_token_of_another_site_or_key_is_refused() {
    let world = World::new();
    let other = World::new();
    let token = tokens(&other, 1, NOW_S).remove(0);
    assert_eq!(redeem(&world, &token.to_text(), NOW_S).status, 403);
    let mut bytes = tokens(&world, 1, NOW_S).remove(0).to_bytes();
    bytes[50] ^= 1;
    assert_eq!(
        redeem(&world, &URL_SAFE_NO_PAD.encode(bytes), NOW_S).status,
        403
    );
    for garbage in ["", "AAAA", "=", &"A".repeat(472), &"-".repeat(100_000)] {
        assert!(
            matches!(redeem(&world, garbage, NOW_S).status, 400),
            "{garbage:.10}"
        );
    }
}

#[test]
fn a_lane_of_wrong_proofs_has_to_slow_down() {
    let world = World::new();
    let mut wallet = Wallet::new(&keys(&world, NOW_S), 1);
    let good = wallet.body.clone();
    wallet.body["proof"]["message"] = json!("1");
    let status = |body: &Value, lane, now_s| {
        let body = body.to_string();
        let answer = world.ask(&DeskRequest {
            method: "POST",
            body: body.as_bytes(),
            lane,
            ..get("/.lilliput/tokens", "", now_s)
        });
        answer.status
    };
    let statuses: Vec<u16> = (0..5).map(|_| status(&wallet.body, 7, NOW_S)).collect();
    assert_eq!(statuses, [403, 403, 403, 429, 429]);
    assert_eq!(status(&good, 8, NOW_S), 200);
    // Five seconds each are forgotten.
    let statuses: Vec<u16> = (0..3).map(|_| status(&wallet.body, 7, NOW_S + 6)).collect();
    assert_eq!(statuses, [403, 403, 429]);
    assert_eq!(status(&good, 7, NOW_S + 30), 200);
}
