//! The published proofs hold, and nothing else does.
#![expect(clippy::unwrap_used, reason = "a failing step fails the test")]

use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use lilliput_zklogin::{
    Login, Seed, Statement, VerifyingKey, ZkLoginError, address_seed, nonce, verify,
};
use serde_json::{Value, json};

struct Case {
    key: VerifyingKey,
    inputs: Value,
    seed: Seed,
    ephemeral: Vec<u8>,
    max_epoch: u64,
    issuer: String,
    modulus: Vec<u8>,
    key_id: String,
}

fn vectors() -> Value {
    let path = concat!(
        env!("CARGO_MANIFEST_DIR"),
        "/../../specs/vectors/zklogin.json"
    );
    serde_json::from_slice(&std::fs::read(path).unwrap()).unwrap()
}

fn text(value: &Value) -> &str {
    value.as_str().unwrap()
}

fn seed(case: &Value) -> Seed {
    address_seed(
        text(&case["subject"]),
        text(&case["audience"]),
        text(&case["salt"]),
    )
    .unwrap()
}

fn cases() -> Vec<Case> {
    let vectors = vectors();
    let proofs = vectors["proofs"].as_array().unwrap().iter();
    proofs
        .map(|proof| Case {
            key: match text(&proof["key"]) {
                "ceremony" => VerifyingKey::ceremony().clone(),
                _ => VerifyingKey::from_text(text(&vectors["development_key"])).unwrap(),
            },
            inputs: proof["inputs"].clone(),
            // The first proof's seed was published by its parts.
            seed: match &proof["address_seed"] {
                Value::String(seed) => Seed::from_decimal(seed).unwrap(),
                _ => seed(&vectors["seeds"][1]),
            },
            ephemeral: hex::decode(text(&proof["ephemeral_key"])).unwrap(),
            max_epoch: proof["max_epoch"].as_u64().unwrap(),
            issuer: text(&proof["issuer"]).to_owned(),
            modulus: URL_SAFE_NO_PAD.decode(text(&proof["modulus"])).unwrap(),
            key_id: text(&proof["key_id"]).to_owned(),
        })
        .collect()
}

impl Case {
    fn statement(&self) -> Statement<'_> {
        Statement {
            ephemeral_key: &self.ephemeral,
            max_epoch: self.max_epoch,
            issuer: &self.issuer,
            modulus: &self.modulus,
        }
    }

    fn read(&self, inputs: &Value) -> Result<Login, ZkLoginError> {
        Login::from_json(inputs.to_string().as_bytes(), Some(self.seed))
    }

    fn login(&self) -> Login {
        self.read(&self.inputs).unwrap()
    }

    fn with(&self, statement: &Statement<'_>) -> Result<(), ZkLoginError> {
        verify(&self.key, &self.login(), statement)
    }

    /// Changed in one place of the prover's answer.
    fn changed(&self, pointer: &str, value: Value) -> Result<(), ZkLoginError> {
        let mut inputs = self.inputs.clone();
        *inputs.pointer_mut(pointer).unwrap() = value;
        self.read(&inputs)
            .and_then(|login| verify(&self.key, &login, &self.statement()))
    }
}

#[test]
fn the_published_proofs_hold() {
    for case in cases() {
        assert_eq!(case.with(&case.statement()), Ok(()));
        assert_eq!(case.login().key_id(), case.key_id);
        assert_eq!(case.login().issuer(), case.issuer);
    }
}

#[test]
fn seeds_and_nonces_are_the_published_ones() {
    let vectors = vectors();
    let published = &vectors["seeds"][0];
    assert_eq!(seed(published).to_string(), text(&published["seed"]));
    // Of the same key and epoch as the first proof.
    let case = &cases()[0];
    let nonce = nonce(
        &case.ephemeral,
        10,
        "100681567828351849884072155819400689117",
    );
    assert_eq!(nonce.as_deref(), Ok("hTPpgF7XAKbW37rEUS6pEVZqmoI"));
}

#[test]
fn another_epoch_key_issuer_or_seed_is_refused() {
    for case in cases() {
        let statement = case.statement();
        for max_epoch in [0, case.max_epoch - 1, case.max_epoch + 1, u64::MAX] {
            let other = Statement {
                max_epoch,
                ..statement
            };
            assert_eq!(
                case.with(&other),
                Err(ZkLoginError::Invalid),
                "epoch {max_epoch}"
            );
        }
        for at in 0..case.ephemeral.len() {
            let mut changed = case.ephemeral.clone();
            changed[at] ^= 1;
            let other = Statement {
                ephemeral_key: &changed,
                ..statement
            };
            assert_eq!(case.with(&other), Err(ZkLoginError::Invalid), "byte {at}");
        }
        let mut modulus = case.modulus.clone();
        modulus[100] ^= 1;
        let other = Statement {
            modulus: &modulus,
            ..statement
        };
        assert_eq!(case.with(&other), Err(ZkLoginError::Invalid));
        let other = Statement {
            issuer: "https://accounts.google.org",
            ..statement
        };
        assert!(matches!(
            case.with(&other),
            Err(ZkLoginError::Issuer { .. })
        ));
        let seed = Seed::from_decimal("7").unwrap();
        let login = Login::from_json(case.inputs.to_string().as_bytes(), Some(seed)).unwrap();
        assert_eq!(
            verify(&case.key, &login, &statement),
            Err(ZkLoginError::Invalid)
        );
    }
    // Each with the other's key.
    let both = cases();
    for (case, other) in [(&both[0], &both[1]), (&both[1], &both[0])] {
        let refused = verify(&other.key, &case.login(), &case.statement());
        assert_eq!(refused, Err(ZkLoginError::Invalid));
    }
}

#[test]
fn every_number_of_a_proof_counts() {
    let case = &cases()[0];
    let order = "21888242871839275222246405745257275088696311157297823662689037894645226208583";
    let most = "115792089237316195423570985008687907853269984665640564039457584007913129639935";
    for pointer in [
        "/proofPoints/a/0",
        "/proofPoints/a/1",
        "/proofPoints/b/0/0",
        "/proofPoints/b/0/1",
        "/proofPoints/b/1/0",
        "/proofPoints/b/1/1",
        "/proofPoints/c/0",
        "/proofPoints/c/1",
    ] {
        for value in ["0", "1", "2"] {
            let refused = case.changed(pointer, json!(value));
            assert!(
                matches!(refused, Err(ZkLoginError::Point { .. })),
                "{pointer}: {refused:?}"
            );
        }
        let good = text(case.inputs.pointer(pointer).unwrap());
        for value in [
            order,
            most,
            "",
            "-1",
            "0x1",
            "01",
            &format!("{good}0"),
            &format!("{good} "),
            &"9".repeat(500),
        ] {
            let refused = case.changed(pointer, json!(value));
            assert!(
                matches!(refused, Err(ZkLoginError::Number { .. })),
                "{pointer} {value}: {refused:?}"
            );
        }
        assert!(matches!(
            case.changed(pointer, json!(1)),
            Err(ZkLoginError::Json(_))
        ));
    }
    for (pointer, value) in [
        ("/proofPoints/a/2", "2"),
        ("/proofPoints/c/2", "0"),
        ("/proofPoints/b/2/0", "0"),
        ("/proofPoints/b/2/1", "1"),
    ] {
        assert!(matches!(
            case.changed(pointer, json!(value)),
            Err(ZkLoginError::Point { .. })
        ));
    }
}

#[test]
fn header_and_issuer_are_held_to_the_letter() {
    let case = &cases()[0];
    let header = |value: Value| URL_SAFE_NO_PAD.encode(value.to_string());
    for value in [
        header(json!({ "alg": "none", "kid": "k" })),
        header(json!({ "alg": "ES256", "kid": "k" })),
        header(json!({ "alg": "RS256" })),
        header(json!({ "alg": "RS256", "kid": "k", "crit": ["b64"] })),
        URL_SAFE_NO_PAD.encode(r#"{"alg":"RS256","kid":"k","kid":"l"}"#),
        format!("{}=", text(&case.inputs["headerBase64"])),
    ] {
        let refused = case.changed("/headerBase64", json!(value));
        assert!(
            matches!(refused, Err(ZkLoginError::Header { .. })),
            "{refused:?}"
        );
    }
    let another = header(json!({ "alg": "RS256", "kid": "k" }));
    assert_eq!(
        case.changed("/headerBase64", json!(another)),
        Err(ZkLoginError::Invalid)
    );
    for index in [0, 2, 3, 255] {
        let refused = case.changed("/issBase64Details/indexMod4", json!(index));
        assert!(
            matches!(refused, Err(ZkLoginError::Claim { .. })),
            "{refused:?}"
        );
    }
    // The same issuer at the beginning of a group: said truly, but not shown.
    let aligned = URL_SAFE_NO_PAD.encode(r#""iss":"https://accounts.google.com","#);
    let mut inputs = case.inputs.clone();
    inputs["issBase64Details"] = json!({ "value": aligned, "indexMod4": 0 });
    let login = case.read(&inputs).unwrap();
    assert_eq!(
        verify(&case.key, &login, &case.statement()),
        Err(ZkLoginError::Invalid)
    );
    for claim in [
        r#""iss":"https://accounts.google.com"abc"#,
        r#""aud":"https://accounts.google.com","#,
        r#""iss":"a","iss":"https://accounts.google.com","#,
        r#""iss":"https://accounts.google.com","aud":"b","#,
    ] {
        let value = URL_SAFE_NO_PAD.encode(claim);
        inputs["issBase64Details"] = json!({ "value": value, "indexMod4": 0 });
        assert!(
            matches!(case.read(&inputs), Err(ZkLoginError::Claim { .. })),
            "{claim}"
        );
    }
}

#[test]
fn lengths_are_bounded() {
    let case = &cases()[0];
    let long = "A".repeat(249);
    assert!(matches!(
        case.changed("/headerBase64", json!(long)),
        Err(ZkLoginError::Length { .. })
    ));
    let refused = case.changed("/issBase64Details/value", json!("A".repeat(225)));
    assert!(matches!(refused, Err(ZkLoginError::Length { .. })));
    let padded = format!("{}{}", case.inputs, " ".repeat(8 << 10));
    let refused = Login::from_json(padded.as_bytes(), Some(case.seed));
    assert!(matches!(refused, Err(ZkLoginError::Length { .. })));
    for length in [0, 32, 48] {
        let other = Statement {
            ephemeral_key: &vec![1; length],
            ..case.statement()
        };
        assert!(matches!(
            case.with(&other),
            Err(ZkLoginError::Length { .. })
        ));
    }
    for length in [0, 255, 257, 512] {
        let other = Statement {
            modulus: &vec![1; length],
            ..case.statement()
        };
        assert!(matches!(
            case.with(&other),
            Err(ZkLoginError::Length { .. })
        ));
    }
    let bare = Login::from_json(case.inputs.to_string().as_bytes(), None);
    assert!(matches!(bare, Err(ZkLoginError::Json(_))));
}
