//! Proofs that the public Semaphore client made, end to end: checked from a file, and at an app of a local network whose
//! members joined by vouchers. The client isn't needed: `specs/vectors/identity.json` holds its proofs for this chain.

use std::path::{Path, PathBuf};

use lilliput_crypto::{Digest, KdfParams, KeyFile, SecretKey, private_file};
use lilliput_modules::Genesis;
use lilliput_semaphore::Element;
use lilliput_types::{AccountKey, Amount};
use serde_json::{Value, json};
use tempfile::TempDir;

use crate::world::{Up, arg, json as run, ledger};

const PASSPHRASE: &str = "a passphrase of tests";
/// The keys that `lilliput up` looks for, and their seeds: a chain that is always the same one.
const KEYS: [(&str, u8); 4] = [
    ("dev-validator", 60),
    ("dev-owner", 61),
    ("dev-provider", 62),
    ("default", 63),
];
/// Who holds the client's identities 0, 1 and 2.
const MEMBERS: [&str; 3] = ["dev-provider", "default", "third"];

fn vectors(name: &str) -> Value {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../specs/vectors");
    let text = std::fs::read_to_string(folder.join(name)).unwrap();
    serde_json::from_str(&text).unwrap()
}

/// A proof of the client for the network of this test.
fn proof(name: &str) -> Value {
    let all = vectors("identity.json");
    let mut found = all["proofs"].as_array().unwrap().iter();
    let found = found.find(|vector| vector["name"] == format!("network: {name}"));
    found.unwrap()["proof"].clone()
}

/// Writes keys and genesis, as the first start would.
fn prepare(data: &Path) {
    let keys = data.join("keys");
    std::fs::create_dir_all(&keys).unwrap();
    private_file::create(&keys.join("dev-passphrase"), PASSPHRASE.as_bytes()).unwrap();
    for (name, seed) in KEYS {
        let secret = SecretKey::from_seed([seed; 32]);
        let passphrase = PASSPHRASE.as_bytes();
        let kdf = KdfParams::default();
        let file = KeyFile::seal(&secret, passphrase, kdf, [seed; 16], [seed; 24]).unwrap();
        let path = keys.join(format!("{name}.key"));
        private_file::create(&path, file.to_json().as_bytes()).unwrap();
    }
    let address = |seed| AccountKey::from(&SecretKey::from_seed([seed; 32])).address();
    let validator = SecretKey::from_seed([60; 32]).public_key();
    let accounts = [61, 62, 63].map(address);
    let amount = Amount(1_000_000_000_000);
    let genesis = Genesis::play(Digest([60; 32]), validator, &accounts, amount).unwrap();
    let text = serde_json::to_string_pretty(&genesis).unwrap();
    private_file::create(&data.join("genesis.json"), text.as_bytes()).unwrap();
}

/// A network with a group, two apps of it, and three members.
struct Town {
    up: Up,
    folder: TempDir,
}

impl Town {
    fn start() -> Self {
        let folder = tempfile::tempdir().unwrap();
        prepare(folder.path());
        let town = Self {
            up: ledger(folder.path()),
            folder,
        };
        let buyer = town.up.buyer();
        let mut new = vec!["account", "new", "third"];
        new.extend(buyer.iter().skip(2).map(String::as_str));
        run(&new, 0);
        for asset in ["LIL", "USDX"] {
            let mut send = vec!["tx", "send", "--to", "third", "--asset", asset];
            send.extend(["--amount", "1000000", "--key", "dev-owner"]);
            send.extend(buyer.iter().map(String::as_str));
            run(&send, 0);
        }
        let add = [
            "issuer",
            "add",
            "--name",
            "town hall",
            "--terms",
            "in person",
        ];
        town.id("dev-owner", &[&add[..], &["--fee", "1000"]].concat(), 0);
        let open = ["group", "open", "--name", "humans", "--period", "366d"];
        let terms = ["--root-window", "1d", "--issuer", "1=100"];
        town.id("dev-owner", &[&open[..], &terms].concat(), 0);
        for name in ["forum", "poll"] {
            town.id("dev-owner", &["app", "open", "1", "--name", name], 0);
        }
        town
    }

    /// Runs a command of `id` with someone's key.
    fn id(&self, key: &str, arguments: &[&str], exit: i32) -> Value {
        let mut all = vec!["id"];
        all.extend(arguments);
        let buyer = self.up.buyer();
        all.extend(buyer.iter().map(String::as_str));
        all.extend(["--key", key]);
        run(&all, exit)
    }

    /// Runs a command of `id` that needs no key.
    fn ask(&self, arguments: &[&str]) -> Value {
        let mut all = vec!["id"];
        all.extend(arguments);
        all.extend(["--node", &self.up.url]);
        run(&all, 0)
    }

    fn file(&self, name: &str, value: &Value) -> PathBuf {
        let path = self.folder.path().join(name);
        std::fs::write(&path, value.to_string()).unwrap();
        path
    }

    fn subject(number: usize) -> String {
        Digest([number as u8 + 1; 32]).to_string()
    }

    fn join(&self, number: usize) {
        let (key, subject) = (MEMBERS[number], Self::subject(number));
        let voucher = self.folder.path().join(format!("voucher-{number}"));
        let vouch = ["issuer", "vouch", "--issuer", "1", "--group", "1"];
        let about = [
            "--account",
            key,
            "--subject",
            &subject,
            "--out",
            arg(&voucher),
        ];
        self.id("dev-owner", &[&vouch[..], &about].concat(), 0);
        let commitments = vectors("semaphore.json")["commitments"].clone();
        let commitment = commitments[number].as_str().unwrap();
        let join = ["group", "join", "1", "--commitment", commitment];
        self.id(key, &[&join[..], &["--voucher", arg(&voucher)]].concat(), 0);
    }

    /// Sends a check-in from an account that is no member.
    fn come(&self, app: &str, proof: &Value, exit: i32) -> Value {
        let path = self.file("proof.json", proof);
        self.id("dev-owner", &["app", "check-in", app, arg(&path)], exit)
    }
}

fn code(told: &Value) -> &str {
    told["code"].as_str().unwrap_or_default()
}

#[test]
fn a_proof_of_the_client_goes_end_to_end() {
    let town = Town::start();
    for number in 0..3 {
        town.join(number);
    }
    let first = proof("first");
    // The ledger's group is the client's, and its scope is what the client made the proof for.
    let group = town.ask(&["group", "show", "1"]);
    assert_eq!(group["root"], first["merkleTreeRoot"]);
    assert_eq!(group["members"].as_array().unwrap().len(), 3);
    let app = town.ask(&["app", "show", "1"]);
    assert_eq!(
        app["scope"], first["scope"],
        "run specs/vectors/identity.mjs"
    );
    let came = town.come("1", &first, 0);
    let nullifier = &came["events"][0]["checked_in"]["nullifier"];
    let nullifier: Digest = nullifier.as_str().unwrap().parse().unwrap();
    let nullifier = Element::from_bytes(&nullifier.0).unwrap();
    assert_eq!(first["nullifier"], nullifier.to_string());
    // A replay, and the same member with another message.
    assert_eq!(code(&town.come("1", &first, 1)), "identity.spent");
    assert_eq!(code(&town.come("1", &proof("again"), 1)), "identity.spent");
    // Another app's proof, there and here.
    let elsewhere = proof("other app");
    assert_ne!(elsewhere["nullifier"], first["nullifier"]);
    town.come("1", &elsewhere, 3);
    town.come("2", &elsewhere, 0);
    // A changed one.
    let mut changed = proof("last");
    changed["message"] = json!("1");
    assert_eq!(code(&town.come("1", &changed, 1)), "identity.proof");
    changed["points"][0] = json!("1");
    town.come("1", &changed, 3);
    // A member is removed: the root that held it is taken from nobody any more.
    let subject = Town::subject(1);
    let revoke = ["issuer", "revoke", "--issuer", "1", "--group", "1"];
    town.id(
        "dev-owner",
        &[&revoke[..], &["--subject", &subject]].concat(),
        0,
    );
    assert_eq!(code(&town.come("1", &proof("last"), 1)), "identity.root");
    town.come("1", &proof("after removal"), 0);
    assert_eq!(town.ask(&["app", "show", "1"])["app"]["came"], 2);
    let revenue = lilliput_client::Client::new(&town.up.url)
        .unwrap()
        .revenue();
    let text = serde_json::to_string(&revenue.unwrap()).unwrap();
    assert!(text.contains("identity"), "{text}");
}

fn verify(folder: &Path, proof: &Value, scope: &str, root: &str, exit: i32) -> Value {
    let path = folder.join("proof.json");
    std::fs::write(&path, proof.to_string()).unwrap();
    let arguments = ["id", "verify-semaphore", arg(&path), "--scope", scope];
    run(&[&arguments[..], &["--root", root]].concat(), exit)
}

#[test]
fn a_file_of_the_client_is_checked_without_a_network() {
    let folder = tempfile::tempdir().unwrap();
    for vector in vectors("semaphore.json")["proofs"].as_array().unwrap() {
        let (proof, scope) = (&vector["proof"], vector["scope"].as_str().unwrap());
        // Each run is a process; the crate's tests take all depths.
        if !matches!(proof["merkleTreeDepth"].as_u64(), Some(1 | 3 | 20 | 32)) {
            continue;
        }
        let root = proof["merkleTreeRoot"].as_str().unwrap();
        let said = verify(folder.path(), proof, scope, root, 0);
        assert_eq!(said["valid"], true);
        assert_eq!(said["nullifier"], proof["nullifier"]);
        for (scope, root) in [("another scope", root), (scope, "12")] {
            let said = verify(folder.path(), proof, scope, root, 3);
            assert_eq!(said["valid"], false);
        }
        for field in ["nullifier", "message", "merkleTreeDepth"] {
            let mut changed = proof.clone();
            changed[field] = match field {
                "merkleTreeDepth" => json!(33),
                _ => json!("7"),
            };
            let said = verify(folder.path(), &changed, scope, root, 3);
            assert_eq!(said["valid"], false, "{field}");
        }
    }
}

#[test]
fn what_is_no_proof_is_told_from_what_is_no_question() {
    let folder = tempfile::tempdir().unwrap();
    let said = verify(folder.path(), &json!({}), "1", "2", 3);
    assert_eq!(said["valid"], false);
    let proof = proof("first");
    // Read by JavaScript as another number than it looks like.
    verify(folder.path(), &proof, "+5", "2", 2);
    verify(folder.path(), &proof, "1", "0xzz", 2);
    let missing = folder.path().join("missing.json");
    let arguments = ["id", "verify-semaphore", arg(&missing), "--scope", "1"];
    run(&[&arguments[..], &["--root", "2"]].concat(), 2);
}
