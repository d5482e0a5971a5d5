//! What the tests share: a desk whose humans are checked by a look at their JSON.

use std::sync::Arc;

use lilliput_pass::desk::{DeskRequest, DeskResponse, DeskRules};
use lilliput_pass::issuer::{Human, ProofRequest};
use lilliput_pass::{Desk, HumanCheck, Secrets, Store};
use serde_json::Value;
use tempfile::TempDir;

/// A time: a Wednesday in November 2026.
pub(crate) const NOW_S: u64 = 1_795_600_000;

pub(crate) struct World {
    pub(crate) desk: Arc<Desk>,
    pub(crate) runtime: tokio::runtime::Runtime,
    _folder: TempDir,
}

pub(crate) fn secrets() -> Arc<Secrets> {
    Arc::new(Secrets::new(&[7; 32], None))
}

/// Stands in for a proof: says its nullifier, scope and message openly, and lies only in tests of lies.
pub(crate) fn open_check() -> HumanCheck {
    Box::new(|proof: &Value, wanted: &ProofRequest| {
        let number = |name: &str| -> Result<[u8; 32], String> {
            let text = proof[name].as_str().ok_or(format!("no {name}"))?;
            parse_decimal(text).ok_or(format!("{name} is no number"))
        };
        if number("scope")? != wanted.scope {
            return Err("another scope".to_owned());
        }
        if number("message")? != wanted.message {
            return Err("another message".to_owned());
        }
        Ok(Human {
            nullifier: number("nullifier")?,
        })
    })
}

pub(crate) fn parse_decimal(text: &str) -> Option<[u8; 32]> {
    let mut number = [0_u8; 32];
    for digit in text.bytes() {
        let mut carry = u16::from(digit.checked_sub(b'0').filter(|digit| *digit < 10)?);
        for byte in number.iter_mut().rev() {
            let value = u16::from(*byte) * 10 + carry;
            *byte = (value & 0xff) as u8;
            carry = value >> 8;
        }
    }
    Some(number)
}

impl World {
    pub(crate) fn new() -> Self {
        Self::at(NOW_S, |_| {})
    }

    pub(crate) fn at(now_s: u64, change: impl FnOnce(&mut DeskRules)) -> Self {
        Self::with(now_s, change, open_check(), |_| {})
    }

    /// With a given check of humans, and something in the store.
    pub(crate) fn with(
        now_s: u64,
        change: impl FnOnce(&mut DeskRules),
        humans: HumanCheck,
        prepare: impl FnOnce(&Store),
    ) -> Self {
        let folder = tempfile::tempdir().unwrap();
        let store = Store::in_folder(&folder.path().join("store")).unwrap();
        prepare(&store);
        let mut rules = DeskRules {
            site: "ducks.example".to_owned(),
            secure: false,
            batch: 3,
            ..DeskRules::default()
        };
        change(&mut rules);
        let desk = Desk::with(rules, secrets(), store, Some(humans), now_s).unwrap();
        Self {
            desk: Arc::new(desk),
            runtime: tokio::runtime::Builder::new_multi_thread()
                .worker_threads(4)
                .build()
                .unwrap(),
            _folder: folder,
        }
    }

    pub(crate) fn ask(&self, request: &DeskRequest<'_>) -> DeskResponse {
        self.runtime.block_on(self.desk.answer(request))
    }

    pub(crate) fn post(&self, name: &str, body: &Value, now_s: u64) -> DeskResponse {
        self.ask(&DeskRequest {
            method: "POST",
            path: &format!("/.lilliput/{name}"),
            body: body.to_string().as_bytes(),
            ..get("", "", now_s)
        })
    }
}

pub(crate) fn get<'a>(path: &'a str, query: &'a str, now_s: u64) -> DeskRequest<'a> {
    DeskRequest {
        method: "GET",
        path,
        query,
        body: b"",
        accept_language: "",
        cookies: "",
        fetch_site: "",
        lane: 1,
        now_s,
    }
}

/// A header of an answer.
pub(crate) fn header<'a>(response: &'a DeskResponse, name: &str) -> Option<&'a str> {
    response
        .headers
        .iter()
        .find(|(header, _)| *header == name)
        .map(|(_, value)| value.as_str())
}

/// The `name=value` of the cookie that an answer sets.
pub(crate) fn cookie(response: &DeskResponse) -> String {
    let cookie = header(response, "set-cookie").unwrap();
    cookie.split(';').next().unwrap().to_owned()
}

pub(crate) fn text(response: &DeskResponse) -> String {
    String::from_utf8(response.body.clone()).unwrap()
}

pub(crate) fn json(response: &DeskResponse) -> Value {
    serde_json::from_slice(&response.body).unwrap()
}
