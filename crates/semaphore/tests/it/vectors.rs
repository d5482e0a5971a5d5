//! `specs/vectors/semaphore.json`, made by the public client.

use lilliput_semaphore::{Element, Proof};
use serde::Deserialize;

#[derive(Deserialize)]
pub(crate) struct Vectors {
    pub(crate) commitments: Vec<String>,
    pub(crate) texts: Vec<TextVector>,
    pub(crate) groups: Vec<GroupVector>,
    pub(crate) proofs: Vec<ProofVector>,
}

#[derive(Deserialize)]
pub(crate) struct TextVector {
    pub(crate) text: String,
    pub(crate) value: String,
}

#[derive(Deserialize)]
pub(crate) struct GroupVector {
    pub(crate) members: Vec<String>,
    pub(crate) root: String,
    pub(crate) depth: u8,
}

#[derive(Deserialize)]
pub(crate) struct ProofVector {
    pub(crate) size: usize,
    pub(crate) member: usize,
    pub(crate) message: String,
    pub(crate) scope: String,
    proof: serde_json::Value,
}

impl ProofVector {
    pub(crate) fn json(&self) -> String {
        self.proof.to_string()
    }

    pub(crate) fn proof(&self) -> Proof {
        Proof::from_json(self.json().as_bytes()).expect("the client's proof is read")
    }
}

pub(crate) fn vectors() -> Vectors {
    let text = include_str!("../../../../specs/vectors/semaphore.json");
    serde_json::from_str(text).expect("the vectors are well-formed")
}

pub(crate) fn element(text: &str) -> Element {
    text.parse().expect("an element")
}
