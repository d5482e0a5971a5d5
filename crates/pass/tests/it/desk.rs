//! A desk's answers: each way in, once, and what it refuses.

use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};

use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use lilliput_pass::blind::Blinding;
use lilliput_pass::desk::{DeskRequest, DeskResponse};
use lilliput_pass::issuer::{batch_message, scope_of};
use lilliput_pass::token::{MODULUS_LEN, Token, TokenPublicKey};
use lilliput_pass::{Class, Effort, Offer, Way};
use serde_json::{Value, json};

use crate::world::{NOW_S, World, cookie, get, header, json, parse_decimal, text};

const CLASS: Class = Class(4);

/// A wallet with a nullifier, in memory.
pub(crate) struct Wallet {
    key: TokenPublicKey,
    batch: Vec<Blinding>,
    body: Value,
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

fn keys(world: &World, now_s: u64) -> Value {
    json(&world.ask(&get("/.lilliput/keys", "", now_s)))
}

fn tokens(world: &World, nullifier: u64, now_s: u64) -> Vec<Token> {
    let wallet = Wallet::new(&keys(world, now_s), nullifier);
    wallet.finish(&world.post("tokens", &wallet.body, now_s))
}

fn redeem(world: &World, token: &str, now_s: u64) -> DeskResponse {
    world.post("redeem", &json!({ "token": token }), now_s)
}

fn solved(world: &World) -> Value {
    let effort = Effort::new(256, 4).unwrap();
    let challenge = world.desk.work(CLASS, effort, NOW_S).unwrap();
    json!({ "challenge": challenge.text(), "solution": challenge.solve() })
}

#[test]
fn work_opens_one_session() {
    let world = World::new();
    let body = solved(&world);
    let answer = world.post("work", &body, NOW_S);
    assert_eq!(answer.status, 200, "{}", text(&answer));
    let session = world.desk.session(&cookie(&answer), NOW_S).unwrap();
    assert_eq!((session.way, session.class), (Way::Work, CLASS));
    assert_eq!(answer.opened, Some(session));
    let again = world.post("work", &body, NOW_S);
    assert_eq!(again.status, 409);
    assert!(header(&again, "set-cookie").is_none());
    assert_eq!(world.post("work", &solved(&world), NOW_S + 600).status, 403);
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

/// The address in a page's refresh: of the challenge (with an offer), or of a wait (with a ticket).
fn refresh_of(answer: &DeskResponse) -> String {
    let page = text(answer);
    let (_, rest) = page.split_once("url=/.lilliput/wait?").unwrap();
    rest.split_once('"').unwrap().0.replace("&amp;", "&")
}

fn challenge(world: &World, to: &str) -> DeskResponse {
    let offer = Offer {
        class: CLASS,
        effort: Some(Effort::new(256, 4).unwrap()),
        wait: true,
        human: true,
        pay: None,
        rule: None,
    };
    world.desk.challenge(&offer, "", to, NOW_S).unwrap()
}

#[test]
fn waiting_opens_one_session_after_its_time() {
    let world = World::new();
    let offer = refresh_of(&challenge(&world, "/a?b=c&d"));
    let wait = world.ask(&get("/.lilliput/wait", &offer, NOW_S));
    assert_eq!(wait.status, 200, "{}", text(&wait));
    let ticket = refresh_of(&wait);
    let early = world.ask(&get("/.lilliput/wait", &ticket, NOW_S + 5));
    assert_eq!((early.status, refresh_of(&early)), (200, ticket.clone()));
    assert!(early.opened.is_none());
    let passed = world.ask(&get("/.lilliput/wait", &ticket, NOW_S + 10));
    assert_eq!(passed.status, 303);
    let session = world.desk.session(&cookie(&passed), NOW_S + 10).unwrap();
    assert_eq!((session.way, session.class), (Way::Wait, CLASS));
    let to = header(&passed, "location").unwrap();
    assert_eq!(to, "/.lilliput/arrived?to=/a%3Fb%3Dc%26d");
    // With the cookie one goes on; without it one is told, and not sent in circles.
    let cookies = cookie(&passed);
    let (path, query) = to.split_once('?').unwrap();
    let arrived = get(path, query, NOW_S + 11);
    let on = world.ask(&DeskRequest {
        cookies: &cookies,
        ..arrived
    });
    assert_eq!(
        (on.status, header(&on, "location")),
        (303, Some("/a?b=c&d"))
    );
    let lost = world.ask(&arrived);
    assert!(
        lost.status == 403 && text(&lost).contains("cookies"),
        "{}",
        text(&lost)
    );

    let again = world.ask(&get("/.lilliput/wait", &ticket, NOW_S + 11));
    assert_eq!((again.status, again.opened), (409, None));
    let late = world.ask(&get("/.lilliput/wait", &ticket, NOW_S + 200));
    assert_eq!((late.status, late.opened), (403, None));
    for garbage in [
        "",
        "ticket=",
        "offer=x",
        "ticket=%",
        "ticket=%zz&to=/",
        "ticket=%ff",
    ] {
        let answer = world.ask(&get("/.lilliput/wait", garbage, NOW_S));
        assert!(answer.status == 400 && answer.opened.is_none(), "{garbage}");
    }
}

#[test]
fn of_ten_thousand_tries_each_thing_opens_one_session() {
    let world = World::new();
    let token = json!({ "token": tokens(&world, 1, NOW_S).remove(0).to_text() }).to_string();
    let work = solved(&world).to_string();
    let offer = refresh_of(&challenge(&world, "/"));
    let ticket = refresh_of(&world.ask(&get("/.lilliput/wait", &offer, NOW_S)));
    for (name, body, query) in [
        ("redeem", token, ""),
        ("work", work, ""),
        ("wait", String::new(), &ticket),
    ] {
        let (body, query) = (Arc::<str>::from(body), Arc::<str>::from(query));
        let (opened, refused) = (Arc::new(AtomicUsize::new(0)), Arc::new(AtomicUsize::new(0)));
        world.runtime.block_on(async {
            let tries: Vec<_> = (0..10_000)
                .map(|_| {
                    let desk = Arc::clone(&world.desk);
                    let (body, query) = (Arc::clone(&body), Arc::clone(&query));
                    let (opened, refused) = (Arc::clone(&opened), Arc::clone(&refused));
                    tokio::spawn(async move {
                        let method = if body.is_empty() { "GET" } else { "POST" };
                        let path = format!("/.lilliput/{name}");
                        let answer = desk
                            .answer(&DeskRequest {
                                method,
                                body: body.as_bytes(),
                                ..get(&path, &query, NOW_S + 20)
                            })
                            .await;
                        match (answer.status, answer.opened) {
                            (200 | 303, Some(_)) => opened.fetch_add(1, Ordering::Relaxed),
                            (409, None) => refused.fetch_add(1, Ordering::Relaxed),
                            other => panic!("{other:?}"),
                        };
                    })
                })
                .collect();
            for one in tries {
                one.await.unwrap();
            }
        });
        let counts = (
            opened.load(Ordering::Relaxed),
            refused.load(Ordering::Relaxed),
        );
        assert_eq!(counts, (1, 9_999), "{name}");
    }
}

#[test]
fn own_paths_take_what_they_are_for() {
    let world = World::new();
    for (method, path, status) in [
        ("GET", "/.lilliput/work", 405),
        ("POST", "/.lilliput/keys", 405),
        ("GET", "/.lilliput/nothing", 404),
        ("GET", "/.lilliput/../etc/passwd", 404),
        ("GET", "/elsewhere", 404),
        ("GET", "/.lilliput/human", 200),
        ("HEAD", "/.lilliput/keys", 200),
        ("POST", "/.lilliput/work", 400),
    ] {
        let answer = world.ask(&DeskRequest {
            method,
            ..get(path, "", NOW_S)
        });
        assert_eq!(answer.status, status, "{method} {path}");
        assert_eq!(header(&answer, "cache-control"), Some("no-store"));
    }
    let body = solved(&world).to_string();
    let foreign = world.ask(&DeskRequest {
        method: "POST",
        body: body.as_bytes(),
        fetch_site: "cross-site",
        ..get("/.lilliput/work", "", NOW_S)
    });
    assert_eq!((foreign.status, foreign.opened), (403, None));
    let long = world.ask(&DeskRequest {
        method: "POST",
        body: &[b' '; 70_000],
        ..get("/.lilliput/work", "", NOW_S)
    });
    assert_eq!(long.status, 400);
}

#[test]
fn nobody_is_sent_to_another_site() {
    use lilliput_pass::query::return_path;
    for good in ["/", "/a/b?c=d&e=//x", "/ä", "/a#b"] {
        assert_eq!(return_path(good), good);
    }
    for bad in [
        "",
        "a",
        "//evil.example",
        "/\\evil.example",
        "https://evil.example",
        "\t//evil.example",
        "/\t/evil.example",
        "/a\r\nset-cookie: x=y",
        "/ a",
        "javascript:alert(1)",
        "/.lilliput/wait?x",
        &format!("/{}", "a".repeat(5000)),
    ] {
        assert_eq!(return_path(bad), "/", "{bad:.40}");
    }
    let world = World::new();
    let page = text(&challenge(
        &world,
        "//evil.example/\"><script>alert(1)</script>",
    ));
    assert!(!page.contains("evil"), "{page}");
    let page = text(&challenge(&world, "/\"><script>alert(1)</script>"));
    assert!(!page.contains("<script>alert"), "{page}");
}

#[test]
fn languages_are_chosen_by_weight() {
    use lilliput_pass::language::Language::{self, English, German};
    for (header, language) in [
        ("", English),
        ("de", German),
        ("de-AT,de;q=0.9,en;q=0.8", German),
        ("en-US,en;q=0.9,de;q=0.8", English),
        ("fr, de;q=0.4, en;q=0.3", German),
        ("fr;q=0.9, *;q=0.1", English),
        ("DE-ch", German),
        ("de;q=0", English),
        ("de;q=1.5, en;q=0.1", English),
        ("de;q=abc", English),
        ("den, det", English),
    ] {
        assert_eq!(Language::from_header(header), language, "{header}");
    }
    assert_eq!(
        Language::from_header(&format!("{}de", "x,".repeat(100_000))),
        English
    );
}
