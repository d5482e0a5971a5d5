//! Signed requests, right ones and wrong ones.

use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};

use http::HeaderMap;
use lilliput_crypto::SecretKey;
use lilliput_toll::bot::{
    Agent, AgentKind, BotKey, BotPolicy, Directories, DirectoryPolicy, HttpsFetch, Invalid,
    Outcome, RequestHead, SignedHeaders, Signer, Unverified, Verifier,
};

use crate::support::NOW;

const AGENT: &str = "https://crawler.example";

pub(crate) fn secret() -> SecretKey {
    SecretKey::from_seed([42; 32])
}

pub(crate) fn agent() -> Agent {
    Agent::parse(AGENT, AgentKind::Directory, false).unwrap()
}

/// A verifier that knows one bot's key, and started a minute ago.
pub(crate) fn verifier_with(policy: BotPolicy) -> Verifier {
    let directories = DirectoryPolicy {
        open: false,
        pinned: vec![(Some(agent()), BotKey::new(secret().public_key()))],
        ..DirectoryPolicy::default()
    };
    let directories = Directories::new(directories, Box::new(HttpsFetch::new()));
    Verifier::new(policy, directories, NOW - 60)
}

pub(crate) fn verifier() -> Verifier {
    verifier_with(BotPolicy::default())
}

pub(crate) fn head<'a>(path: &'a str, headers: &'a HeaderMap) -> RequestHead<'a> {
    RequestHead {
        method: "GET",
        scheme: "https",
        authority: "site.example",
        path,
        query: None,
        headers,
    }
}

pub(crate) fn add(headers: &mut HeaderMap, signed: &SignedHeaders) {
    headers.insert("signature-agent", signed.signature_agent.parse().unwrap());
    headers.insert("signature-input", signed.signature_input.parse().unwrap());
    headers.insert("signature", signed.signature.parse().unwrap());
}

/// The fields of a signed request for a path.
pub(crate) fn signed(path: &str, fields: &[(&'static str, &str)], nonce: &[u8]) -> HeaderMap {
    signed_at(path, fields, nonce, NOW, 60)
}

fn signed_at(
    path: &str,
    fields: &[(&'static str, &str)],
    nonce: &[u8],
    created: u64,
    lifetime: u64,
) -> HeaderMap {
    let mut headers = HeaderMap::new();
    for (name, value) in fields {
        headers.insert(*name, value.parse().unwrap());
    }
    let names: Vec<&str> = fields.iter().map(|(name, _)| *name).collect();
    let signer = Signer::new(secret(), AGENT).unwrap();
    let signed = signer.sign(&head(path, &headers), &names, created, lifetime, nonce);
    add(&mut headers, &signed.unwrap());
    headers
}

fn invalid(outcome: Outcome) -> Invalid {
    match outcome {
        Outcome::Invalid(reason) => reason,
        other => panic!("not invalid: {other:?}"),
    }
}

#[test]
fn a_signed_request_tells_its_bot() {
    let headers = signed("/page", &[("crawler-max-price", "USD 0.01")], b"one");
    match verifier().check(&head("/page", &headers), NOW) {
        Outcome::Verified(bot) => {
            let directory = "/.well-known/http-message-signatures-directory";
            assert_eq!(bot.id(), format!("{AGENT}{directory}"));
            assert!(bot.covers_request());
            assert!(bot.covers_field("crawler-max-price"));
        }
        other => panic!("{other:?}"),
    }
    let unsigned = verifier().check(&head("/page", &HeaderMap::new()), NOW);
    assert_eq!(unsigned, Outcome::Unsigned);
}

#[test]
fn a_signature_is_for_one_request() {
    let headers = signed("/page", &[("accept", "text/html")], b"one");
    let check = |head: RequestHead<'_>| invalid(verifier().check(&head, NOW));
    let right = head("/page", &headers);
    assert_eq!(
        check(RequestHead {
            path: "/other",
            ..right
        }),
        Invalid::Mismatch
    );
    assert_eq!(
        check(RequestHead {
            method: "POST",
            ..right
        }),
        Invalid::Mismatch
    );
    assert_eq!(
        check(RequestHead {
            authority: "other.example",
            ..right
        }),
        Invalid::Mismatch
    );
    assert_eq!(
        check(RequestHead {
            query: Some(""),
            ..right
        }),
        Invalid::Mismatch
    );
    assert_eq!(
        check(RequestHead {
            scheme: "http",
            ..right
        }),
        Invalid::Mismatch
    );
    let mut changed = headers.clone();
    changed.insert("accept", "text/plain".parse().unwrap());
    assert_eq!(check(head("/page", &changed)), Invalid::Mismatch);
    changed.append("accept", "text/html".parse().unwrap());
    assert_eq!(check(head("/page", &changed)), Invalid::Mismatch);
    changed.remove("accept");
    assert_eq!(check(head("/page", &changed)), Invalid::Component);
}

#[test]
fn clocks_may_differ_a_little_and_signatures_age() {
    let at = |created, lifetime, now| {
        let headers = signed_at("/page", &[], b"one", created, lifetime);
        verifier().check(&head("/page", &headers), now)
    };
    assert!(matches!(at(NOW + 10, 60, NOW), Outcome::Verified(_)));
    assert_eq!(invalid(at(NOW + 11, 60, NOW)), Invalid::FromTheFuture);
    assert_eq!(invalid(at(NOW, 60, NOW + 60)), Invalid::Expired);
    assert_eq!(invalid(at(NOW, 0, NOW)), Invalid::Expired);
    assert_eq!(invalid(at(NOW, 3_601, NOW)), Invalid::LivesTooLong);
    // Signed before the verifier started: it may have been used then.
    let old = at(NOW - 55, 3_600, NOW);
    assert_eq!(old, Outcome::Unverified(Unverified::TooOld));
}

#[test]
fn what_must_be_covered_and_said_is_asked_for() {
    let headers = signed("/page", &[], b"one");
    let input = headers["signature-input"].to_str().unwrap().to_owned();
    let with = |from: &str, to: &str| {
        let mut headers = headers.clone();
        let changed = input.replace(from, to);
        assert_ne!(changed, input, "{from}");
        headers.insert("signature-input", changed.parse().unwrap());
        verifier().check(&head("/page", &headers), NOW)
    };
    let created = format!(";created={NOW}");
    let expires = format!(";expires={}", NOW + 60);
    assert_eq!(invalid(with(&created, "")), Invalid::MissingParameter);
    assert_eq!(invalid(with(&expires, "")), Invalid::MissingParameter);
    assert_eq!(
        invalid(with(&expires, ";expires=\"9\"")),
        Invalid::MissingParameter
    );
    assert_eq!(
        invalid(with(&expires, ";expires=-1")),
        Invalid::MissingParameter
    );
    assert_eq!(
        invalid(with(" \"@target-uri\" \"@authority\"", "")),
        Invalid::AuthorityNotCovered
    );
    assert_eq!(
        invalid(with(" \"signature-agent\";key=\"sig1\"", "")),
        Invalid::AgentNotCovered
    );
    assert_eq!(
        invalid(with("key=\"sig1\"", "key=\"other\"")),
        Invalid::AgentNotCovered
    );
    assert_eq!(
        invalid(with("\"@method\"", "\"@method\" \"@method\"")),
        Invalid::Component
    );
    assert_eq!(
        invalid(with("\"@method\"", "\"@status\"")),
        Invalid::Component
    );
    assert_eq!(
        invalid(with("\"@method\"", "\"@method\";req")),
        Invalid::Component
    );
    assert_eq!(with("web-bot-auth", "other"), Outcome::Unsigned);
    // The algorithm is the key's, whatever the request says.
    assert_eq!(invalid(with("ed25519", "hmac-sha256")), Invalid::Algorithm);
    assert_eq!(invalid(with("ed25519", "none")), Invalid::Algorithm);
    assert_eq!(
        invalid(with("alg=\"ed25519\"", "alg=ed25519")),
        Invalid::Algorithm
    );
    let other = with("alg=\"ed25519\"", "alg=\"rsa-pss-sha512\"");
    assert_eq!(other, Outcome::Unverified(Unverified::Algorithm));
}

#[test]
fn malformed_fields_are_invalid_and_long_ones_are_not_read() {
    let right = signed("/page", &[], b"one");
    let with = |name: &'static str, value: &str| {
        let mut headers = right.clone();
        headers.insert(name, value.parse().unwrap());
        invalid(verifier().check(&head("/page", &headers), NOW))
    };
    for text in ["sig1", "sig1=(", "sig1=1", "(", "sig1=(\"@authority\""] {
        let reason = with("signature-input", text);
        assert_eq!(reason, Invalid::Malformed, "{text:?}");
    }
    for text in ["", "sig1=1", "sig1=:!!:", "other=:AAAA:"] {
        assert_eq!(with("signature", text), Invalid::Malformed, "{text:?}");
    }
    assert_eq!(with("signature", "sig1=:AAAA:"), Invalid::Mismatch);
    assert_eq!(
        with("signature-input", &"a".repeat(9_000)),
        Invalid::TooLong
    );
    let many: Vec<String> = (0..9).map(|number| format!("s{number}=()")).collect();
    assert_eq!(with("signature-input", &many.join(",")), Invalid::TooLong);
    for text in [
        "",
        "1",
        "\"http://crawler.example\"",
        "sig1=\"https://crawler.example/x\"",
    ] {
        assert_eq!(
            with("signature-agent", text),
            Invalid::AgentNotCovered,
            "{text:?}"
        );
    }
}

#[test]
fn a_key_counts_only_for_the_agent_that_published_it() {
    let signer = Signer::new(secret(), "https://famous.example").unwrap();
    let mut headers = HeaderMap::new();
    let signed = signer.sign(&head("/page", &headers), &[], NOW, 60, b"one");
    add(&mut headers, &signed.unwrap());
    let outcome = verifier().check(&head("/page", &headers), NOW);
    assert!(
        matches!(outcome, Outcome::Unverified(Unverified::NotListed(_))),
        "{outcome:?}"
    );
}

#[test]
fn ten_thousand_uses_of_one_signature_count_once() {
    let verifier = Arc::new(verifier());
    let headers = Arc::new(signed("/page", &[], b"one"));
    let verified = Arc::new(AtomicUsize::new(0));
    let threads: Vec<_> = (0..16)
        .map(|_| {
            let (verifier, headers) = (Arc::clone(&verifier), Arc::clone(&headers));
            let verified = Arc::clone(&verified);
            std::thread::spawn(move || {
                for _ in 0..625 {
                    match verifier.check(&head("/page", &headers), NOW) {
                        Outcome::Verified(_) => verified.fetch_add(1, Ordering::Relaxed),
                        Outcome::Invalid(Invalid::Replayed) => 0,
                        other => panic!("{other:?}"),
                    };
                }
            })
        })
        .collect();
    threads
        .into_iter()
        .for_each(|thread| thread.join().unwrap());
    assert_eq!(verified.load(Ordering::Relaxed), 1);
}

#[test]
fn the_memory_of_signatures_is_bounded_and_empties() {
    let verifier = verifier_with(BotPolicy {
        spent_of_agent_max: 3,
        ..BotPolicy::default()
    });
    let tried = |number: u8, now| {
        let headers = signed("/page", &[], &[number]);
        verifier.check(&head("/page", &headers), now)
    };
    for number in 0..3 {
        assert!(matches!(tried(number, NOW), Outcome::Verified(_)));
    }
    assert_eq!(tried(3, NOW), Outcome::Unverified(Unverified::Full));
    assert_eq!(invalid(tried(0, NOW)), Invalid::Replayed);
    assert_eq!(verifier.spent().len(), 3);
    let later = signed_at("/page", &[], b"later", NOW + 61, 60);
    let outcome = verifier.check(&head("/page", &later), NOW + 61);
    assert!(matches!(outcome, Outcome::Verified(_)), "{outcome:?}");
    assert_eq!(verifier.spent().len(), 1);
}
