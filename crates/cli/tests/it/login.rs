//! A login on a local network, by commands: keys published, a session opened with a token, paid from, ended, expired.

use std::os::unix::fs::PermissionsExt;
use std::path::{Path, PathBuf};
use std::time::{Duration, Instant, SystemTime, UNIX_EPOCH};

use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use lilliput_client::Client;
use p256::ecdsa::signature::Signer;
use p256::ecdsa::{Signature, SigningKey};
use serde_json::{Value, json};

use crate::world::{Up, arg, json, ledger};

const ISSUER: &str = "https://login.example";
const CLIENT: &str = "client-1";
/// How long the short session lasts: long enough for a busy machine to open it.
const SHORT: Duration = Duration::from_secs(40);

/// A login provider and a network.
struct Field {
    up: Up,
    folder: tempfile::TempDir,
    key: SigningKey,
}

fn encoded(bytes: impl AsRef<[u8]>) -> String {
    URL_SAFE_NO_PAD.encode(bytes)
}

impl Field {
    fn start() -> Self {
        let folder = tempfile::tempdir().unwrap();
        Self {
            up: ledger(folder.path()),
            folder,
            key: SigningKey::from_slice(&[3; 32]).unwrap(),
        }
    }

    fn run(&self, arguments: &[&str], exit: i32) -> Value {
        self.up.json(arguments, exit)
    }

    fn file(&self, name: &str, text: &str) -> PathBuf {
        let path = self.folder.path().join(name);
        std::fs::write(&path, text).unwrap();
        path
    }

    fn key_set(&self) -> PathBuf {
        let point = self.key.verifying_key().to_sec1_point(false);
        let (x, y) = (&point.as_bytes()[1..33], &point.as_bytes()[33..]);
        let key =
            json!({ "kty": "EC", "crv": "P-256", "kid": "k1", "x": encoded(x), "y": encoded(y) });
        self.file("keys.json", &json!({ "keys": [key] }).to_string())
    }

    /// What the provider would give to someone who logs in with this nonce.
    fn token(&self, name: &str, nonce: &str) -> PathBuf {
        let now = SystemTime::now()
            .duration_since(UNIX_EPOCH)
            .unwrap()
            .as_secs();
        let header = json!({ "alg": "ES256", "kid": "k1" });
        let payload = json!({
            "iss": ISSUER, "aud": CLIENT, "sub": "user-1",
            "nonce": nonce, "iat": now, "exp": now + 300,
        });
        let signed = format!(
            "{}.{}",
            encoded(header.to_string()),
            encoded(payload.to_string())
        );
        let signature: Signature = self.key.sign(signed.as_bytes());
        self.file(
            name,
            &format!("{signed}.{}\n", encoded(signature.to_bytes())),
        )
    }

    fn pay(&self, key: &str, exit: i32) -> Value {
        let arguments = [
            "tx",
            "send",
            "--to",
            "dev-owner",
            "--amount",
            "5",
            "--key",
            key,
        ];
        self.run(&arguments, exit)
    }
}

fn is_private(path: &Path) {
    let mode = std::fs::metadata(path).unwrap().permissions().mode();
    assert_eq!(mode & 0o077, 0, "{}", path.display());
}

/// A provider whose key the ledger has.
struct Known {
    field: Field,
    issuer: String,
}

impl Known {
    fn new() -> Self {
        let field = Field::start();
        let mut register = vec!["id", "keys", "register", "--issuer", ISSUER];
        register.extend(["--session-max", "1h", "--key", "dev-owner"]);
        let issuer = field.run(&register, 0)["issuer"]
            .as_str()
            .unwrap()
            .to_owned();
        let keys = field.key_set();
        let mut publish = vec!["id", "keys", "publish", &issuer];
        publish.extend(["--jwks", arg(&keys), "--key", "dev-owner"]);
        assert_eq!(field.run(&publish, 0)["published"], json!(["k1"]));
        assert_eq!(field.run(&publish, 0)["published"], json!([]));
        Self { field, issuer }
    }

    /// Begins a login and gives the provider's token for it.
    fn begin(&self, name: &str, span: &str) -> PathBuf {
        let mut arguments = vec!["id", "login", "begin", name, "--issuer", &self.issuer];
        arguments.extend(["--audience", CLIENT, "--valid-for", span]);
        let begun = self.field.run(&arguments, 0);
        let nonce = begun["nonce"].as_str().unwrap();
        self.field.token(&format!("{name}.jwt"), nonce)
    }

    fn finish(&self, name: &str, token: &Path, paid_by: Option<&str>, exit: i32) -> Value {
        let mut arguments = vec!["id", "login", "finish", name, "--token", arg(token)];
        if let Some(payer) = paid_by {
            arguments.extend(["--paid-by", payer]);
        }
        self.field.run(&arguments, exit)
    }

    /// The account of a login, without a network.
    fn account(&self, name: &str, token: &Path) -> String {
        let shared = self.field.up.buyer();
        let mut arguments = vec!["id", "login", "account", name, "--token", arg(token)];
        arguments.extend(shared.iter().skip(2).map(String::as_str));
        json(&arguments, 0)["account"].as_str().unwrap().to_owned()
    }

    /// Salt and logins are for their owner's eyes; what is public holds no salt.
    fn keeps_the_salt(&self, opened: &Value) {
        let logins = self.field.folder.path().join("logins");
        is_private(&logins.join("salt"));
        is_private(&logins.join("me.json"));
        let salt = std::fs::read_to_string(logins.join("salt")).unwrap();
        let client = Client::new(&self.field.up.url).unwrap();
        let id = opened["transaction"].as_str().unwrap().parse().unwrap();
        let public = serde_json::to_string(&client.transaction(id).unwrap()).unwrap();
        assert!(public.contains("salt_key") && !public.contains(salt.trim()));
    }
}

#[test]
fn a_login_pays_until_its_session_is_over() {
    let known = Known::new();
    let field = &known.field;
    let token = known.begin("me", "1h");
    let account = known.account("me", &token);
    let unpaid = known.finish("me", &token, None, 2);
    assert_eq!(unpaid["code"], "transaction.fee_unpaid");
    let fund = ["tx", "send", "--to", &account, "--amount", "1000000"];
    field.run(&fund, 0);
    let opened = known.finish("me", &token, None, 0);
    assert_eq!(opened["account"], account.as_str());
    field.pay("me", 0);
    known.keeps_the_salt(&opened);

    // A second session of the same account, soon over.
    let begun = Instant::now();
    let brief = known.begin("brief", "40s");
    let second = known.finish("brief", &brief, Some("default"), 0);
    assert_eq!(second["account"], account.as_str());
    field.pay("brief", 0);

    // The first one ended, and not opened again by the same login.
    field.run(&["id", "login", "end", "me"], 0);
    assert_eq!(field.pay("me", 2)["code"], "transaction.session");
    let again = known.finish("me", &token, Some("default"), 1);
    assert_eq!(again["code"], "login.session_known");
    let shown = field.run(&["id", "login", "show", "me"], 0);
    assert_eq!(shown["sessions"].as_array().unwrap().len(), 2);

    while begun.elapsed() <= SHORT + Duration::from_secs(2) {
        std::thread::sleep(Duration::from_millis(200));
    }
    assert_eq!(field.pay("brief", 2)["code"], "transaction.session");
    let client = Client::new(&field.up.url).unwrap();
    assert!(client.supply().unwrap().conserved);
}

#[test]
fn a_published_zklogin_proof_holds_and_no_other_epoch() {
    let path = concat!(
        env!("CARGO_MANIFEST_DIR"),
        "/../../specs/vectors/zklogin.json"
    );
    let vectors: Value = serde_json::from_slice(&std::fs::read(path).unwrap()).unwrap();
    let (proof, parts) = (&vectors["proofs"][0], &vectors["seeds"][1]);
    let said = |value: &Value| value.as_str().unwrap().to_owned();
    let folder = tempfile::tempdir().unwrap();
    let write = |name: &str, value: &Value| {
        let path = folder.path().join(name);
        std::fs::write(&path, value.to_string()).unwrap();
        path
    };
    let answer = write("answer.json", &proof["inputs"]);
    let key = json!({ "kty": "RSA", "e": "AQAB", "kid": proof["key_id"], "n": proof["modulus"] });
    let keys = write("keys.json", &json!({ "keys": [key] }));
    let (subject, audience, salt) = (
        said(&parts["subject"]),
        said(&parts["audience"]),
        said(&parts["salt"]),
    );
    let seed = lilliput_zklogin::address_seed(&subject, &audience, &salt)
        .unwrap()
        .to_string();
    let ephemeral = hex::decode(said(&proof["ephemeral_key"])).unwrap();
    let ephemeral = base64::engine::general_purpose::STANDARD.encode(ephemeral);
    let check = |epoch: &str, exit: i32| {
        let mut arguments = vec!["id", "verify-zklogin", arg(&answer), "--jwks", arg(&keys)];
        arguments.extend([
            "--seed",
            &seed,
            "--max-epoch",
            epoch,
            "--ephemeral-key",
            &ephemeral,
        ]);
        arguments.extend(["--issuer", "https://accounts.google.com"]);
        json(&arguments, exit)
    };
    let held = check("10", 0);
    assert_eq!(
        (&held["valid"], &held["address_seed"]),
        (&json!(true), &json!(seed))
    );
    assert_eq!(check("11", 3)["valid"], json!(false));
}
