//! A line and its hash.
//!
//! A line is `BODY,"hash":"HASH"}` where `BODY` is a JSON object without its last brace, and the hash
//! is over the hash of the line before and the body.

use blake3::Hasher;
use serde::Serialize;

use crate::price::Price;
use crate::visitor::Visit;

/// Says what is hashed, so that no other hash can be taken for one of a line.
const LABEL: &[u8] = b"lilliput gate decision log line 1";
const BEFORE_HASH: &str = ",\"hash\":\"";
const AFTER_HASH: &str = "\"}";
const HASH_LEN: usize = 64;

pub(crate) type Hash = [u8; 32];

pub(super) fn hash(before: &Hash, body: &str) -> Hash {
    let mut hasher = Hasher::new();
    hasher.update(LABEL);
    hasher.update(before);
    hasher.update(body.as_bytes());
    *hasher.finalize().as_bytes()
}

/// Puts the hash at the end of a JSON object, and gives it.
pub(super) fn closed(mut object: String, before: &Hash) -> (String, Hash) {
    // The brace at the end comes after the hash.
    object.pop();
    let hash = hash(before, &object);
    object.push_str(BEFORE_HASH);
    object.push_str(&hex::encode(hash));
    object.push_str(AFTER_HASH);
    (object, hash)
}

/// Takes a line apart: its body, its hash.
pub(super) fn opened(line: &str) -> Option<(&str, Hash)> {
    let rest = line.strip_suffix(AFTER_HASH)?;
    let (rest, hash) = rest.split_at_checked(rest.len().checked_sub(HASH_LEN)?)?;
    let body = rest.strip_suffix(BEFORE_HASH)?;
    let mut bytes = [0; 32];
    hex::decode_to_slice(hash, &mut bytes).ok()?;
    Some((body, bytes))
}

/// A visit as it stands in the log.
#[derive(Serialize)]
struct Line<'a> {
    kind: &'static str,
    n: u64,
    time_ms: u64,
    decision: &'static str,
    judged: &'static str,
    rule: &'a str,
    class: &'static str,
    #[serde(skip_serializing_if = "Option::is_none")]
    agent: Option<&'a str>,
    signed: bool,
    brought: &'static str,
    fee: Price,
    weight: i64,
    method: &'a str,
    path: &'a str,
    from: &'a str,
    status: u16,
    micros: u64,
    observed: bool,
}

/// A visit as a JSON object.
pub(crate) fn object(number: u64, visit: &Visit) -> String {
    let line = Line {
        kind: "decision",
        n: number,
        time_ms: visit.time_ms,
        decision: visit.decision.name(),
        judged: visit.judged.name(),
        rule: &visit.rule,
        class: visit.class.name(),
        agent: visit.agent.as_deref(),
        signed: visit.signed,
        brought: visit.brought.name(),
        fee: visit.fee,
        weight: visit.weight,
        method: &visit.method,
        path: &visit.path,
        from: &visit.from,
        status: visit.status,
        micros: visit.micros,
        observed: visit.observed,
    };
    serde_json::to_string(&line).expect("texts and numbers are always written as JSON")
}
