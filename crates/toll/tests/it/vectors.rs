//! Signatures that others published.

use base64::Engine;
use base64::engine::general_purpose::{STANDARD, URL_SAFE_NO_PAD};
use http::HeaderMap;
use lilliput_crypto::{PublicKey, Signature};
use lilliput_toll::bot::{
    BotKey, BotPolicy, Directories, DirectoryPolicy, HttpsFetch, Invalid, Outcome, RequestHead,
    Thumbprint, Verifier, signature_base,
};
use serde_json::Value;
use sfv::{Dictionary, ListEntry, Parser};

const VECTORS: &str = include_str!("../../../../specs/vectors/bot_signatures.json");

fn vectors() -> Value {
    serde_json::from_str(VECTORS).unwrap()
}

fn key(vectors: &Value) -> PublicKey {
    let key = URL_SAFE_NO_PAD.decode(vectors["public_key"].as_str().unwrap());
    PublicKey(key.unwrap().try_into().unwrap())
}

fn headers(vector: &Value) -> HeaderMap {
    let mut headers = HeaderMap::new();
    let mut add = |name: &str, value: &Value| {
        if let Some(value) = value.as_str() {
            let name: http::HeaderName = name.parse().unwrap();
            headers.insert(name, value.parse().unwrap());
        }
    };
    add("signature", &vector["signature"]);
    add("signature-input", &vector["signature_input"]);
    add("signature-agent", &vector["signature_agent"]);
    for (name, value) in vector["fields"].as_object().into_iter().flatten() {
        add(name, value);
    }
    headers
}

fn head<'a>(vector: &'a Value, headers: &'a HeaderMap) -> RequestHead<'a> {
    let url = vector["target_url"].as_str().unwrap();
    let (authority, target) = url["https://".len()..].split_once('/').unwrap();
    let at = url.len() - target.len() - 1;
    let (path, query) = match url[at..].split_once('?') {
        Some((path, query)) => (path, Some(query)),
        None => (&url[at..], None),
    };
    RequestHead {
        method: vector["method"].as_str().unwrap_or("GET"),
        scheme: "https",
        authority,
        path,
        query,
        headers,
    }
}

#[test]
fn every_published_signature_matches_its_base() {
    let all = vectors();
    let key = key(&all);
    assert_eq!(
        Thumbprint::of(&key).as_str(),
        all["thumbprint"].as_str().unwrap()
    );
    let lists = ["rfc9421", "web_bot_auth"].map(|name| all[name].as_array().unwrap());
    let mut checked = 0;
    for vector in lists.into_iter().flatten() {
        let headers = headers(vector);
        let inputs: Dictionary = Parser::new(vector["signature_input"].as_str().unwrap())
            .parse()
            .unwrap();
        let ListEntry::InnerList(input) = &inputs[0] else {
            panic!("no list");
        };
        let base = signature_base(&head(vector, &headers), input).unwrap();
        let text = vector["signature"].as_str().unwrap();
        let (_, bytes) = text.split_once("=:").unwrap();
        let bytes = STANDARD.decode(bytes.trim_end_matches(':')).unwrap();
        let signature = Signature(bytes.try_into().unwrap());
        key.verify(base.as_bytes(), &signature).unwrap();
        checked += 1;
    }
    assert_eq!(checked, 5);
}

#[test]
fn published_requests_of_bots_verify_unless_their_key_is_the_examples() {
    let all = vectors();
    for vector in all["web_bot_auth"].as_array().unwrap() {
        let headers = headers(vector);
        let head = head(vector, &headers);
        let created = vector["created"].as_u64().unwrap();
        let agent = vector["signature_agent"].as_str().map(|_| {
            let agent = "https://signature-agent.test";
            lilliput_toll::bot::Agent::parse(agent, lilliput_toll::bot::AgentKind::Directory, false)
                .unwrap()
        });
        let verifier = |allow_test_keys| {
            let policy = DirectoryPolicy {
                pinned: vec![(agent.clone(), BotKey::new(key(&all)))],
                ..DirectoryPolicy::default()
            };
            let directories = Directories::new(policy, Box::new(HttpsFetch::new()));
            let policy = BotPolicy {
                allow_test_keys,
                lifetime_max: u64::MAX / 2,
                ..BotPolicy::default()
            };
            Verifier::new(policy, directories, created - 60)
        };
        let outcome = verifier(true).check(&head, created + 1);
        assert!(
            matches!(outcome, Outcome::Verified(_)),
            "{vector}: {outcome:?}"
        );
        let refused = verifier(false).check(&head, created + 1);
        assert_eq!(refused, Outcome::Invalid(Invalid::TestKey));
    }
}
