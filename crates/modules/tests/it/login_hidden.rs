//! Sessions opened by a published zkLogin proof: its token and subject are nowhere.

use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use lilliput_crypto::{Digest, SecretKey};
use lilliput_types::login::{
    HiddenProof, IssuerKey, LoginMessage, LoginProof, OpenSession, PublishKey, RegisterIssuer,
    hidden_account,
};
use lilliput_types::{Address, DurationMs, List, LoginIssuerId, Message, TimeMs};
use lilliput_zklogin::{Login, address_seed};
use serde_json::Value;

use crate::login_provider::{AUTHORITY, Provider, SPONSOR, Told, pay, text};
use crate::world::{OTHER, World, address};

/// The ephemeral key that the proof was published with: of a generator started with zeros.
const SEED: &str = "9bf49a6a0755f953811fce125f2683d50429c3bb49e074147e0089a52eae155f";
/// The last epoch of the proof is 10.
const UNTIL: TimeMs = TimeMs(10_000);

struct Hidden {
    provider: Provider,
    open: OpenSession,
    key: SecretKey,
}

fn ephemeral() -> SecretKey {
    let digits = SEED.as_bytes().chunks(2);
    let bytes: Vec<u8> = digits
        .map(|two| u8::from_str_radix(std::str::from_utf8(two).unwrap(), 16).unwrap())
        .collect();
    SecretKey::from_seed(bytes.try_into().unwrap())
}

impl Hidden {
    fn new() -> Self {
        let path = concat!(
            env!("CARGO_MANIFEST_DIR"),
            "/../../specs/vectors/zklogin.json"
        );
        let vectors: Value = serde_json::from_slice(&std::fs::read(path).unwrap()).unwrap();
        let (published, parts) = (&vectors["proofs"][0], &vectors["seeds"][1]);
        let said = |value: &Value| value.as_str().unwrap().to_owned();
        let seed = address_seed(
            &said(&parts["subject"]),
            &said(&parts["audience"]),
            &said(&parts["salt"]),
        );
        let login = published["inputs"].to_string();
        let login = Login::from_json(login.as_bytes(), Some(seed.unwrap())).unwrap();
        let (issuer_part, index_mod_4) = login.issuer_part();
        let proof = HiddenProof {
            points: login.points().map(Digest),
            issuer_part: text(issuer_part),
            index_mod_4,
            header: text(login.header_base64()),
            address_seed: Digest(login.seed().to_bytes()),
        };
        let mut world = World::empty();
        world.time = TimeMs(1_000);
        let name = text(&said(&published["issuer"]));
        let issuer = LoginIssuerId::of(address(AUTHORITY), &name);
        let mut provider = Provider { world, issuer };
        let register = RegisterIssuer {
            issuer: name,
            session_max_ms: DurationMs(60_000),
        };
        let modulus = URL_SAFE_NO_PAD.decode(said(&published["modulus"])).unwrap();
        let publish = PublishKey {
            issuer,
            key_id: text(&said(&published["key_id"])),
            key: IssuerKey::Rs256(List::new(modulus).unwrap()),
            valid_from: TimeMs(0),
            valid_until: TimeMs(100_000),
        };
        provider
            .act(AUTHORITY, LoginMessage::RegisterIssuer(register))
            .unwrap();
        provider
            .act(AUTHORITY, LoginMessage::PublishKey(publish))
            .unwrap();
        let key = ephemeral();
        let open = OpenSession {
            issuer,
            key: key.public_key(),
            expires_at: UNTIL,
            proof: LoginProof::Hidden(Box::new(proof)),
        };
        Self {
            provider,
            open,
            key,
        }
    }

    fn proof(&mut self) -> &mut HiddenProof {
        match &mut self.open.proof {
            LoginProof::Hidden(proof) => proof,
            LoginProof::Token(_) => panic!("a hidden login"),
        }
    }

    fn account(&mut self) -> Address {
        hidden_account(self.provider.issuer, self.proof().address_seed)
    }

    fn sponsor(&mut self) -> Told {
        let open = LoginMessage::Open(self.open.clone());
        self.provider.act(SPONSOR, open)
    }

    fn pay(&mut self) -> Told {
        let account = self.account();
        let submission = self
            .provider
            .sign(account, &self.key, vec![pay(address(OTHER), 5)]);
        self.provider.world.hand_in(&submission)
    }

    fn refused(change: impl FnOnce(&mut Self)) -> String {
        let mut hidden = Self::new();
        change(&mut hidden);
        hidden.sponsor().unwrap_err()
    }
}

#[test]
fn a_published_proof_opens_a_session_that_pays() {
    let mut hidden = Hidden::new();
    let account = hidden.account();
    hidden
        .provider
        .world
        .act(SPONSOR, pay(account, 100_000))
        .unwrap();
    assert_eq!(hidden.pay().unwrap_err(), "login.no_session");
    hidden.sponsor().unwrap();
    hidden.pay().unwrap();
    assert_eq!(hidden.sponsor().unwrap_err(), "login.session_known");
    hidden.provider.world.time = UNTIL;
    assert_eq!(hidden.pay().unwrap_err(), "login.no_session");
    assert_eq!(hidden.sponsor().unwrap_err(), "login.expired");
}

#[test]
fn another_epoch_key_seed_or_number_is_refused() {
    let expired = |until| Hidden::refused(|hidden| hidden.open.expires_at = until);
    assert_eq!(expired(TimeMs(11_000)), "login.proof");
    assert_eq!(expired(TimeMs(9_000)), "login.proof");
    assert_eq!(expired(TimeMs(10_001)), "login.proof");
    let other_key = |hidden: &mut Hidden| hidden.open.key = address_key();
    assert_eq!(Hidden::refused(other_key), "login.proof");
    let seed = |hidden: &mut Hidden| hidden.proof().address_seed = Digest([1; 32]);
    assert_eq!(Hidden::refused(seed), "login.proof");
    let too_large = |hidden: &mut Hidden| hidden.proof().address_seed = Digest([255; 32]);
    assert_eq!(Hidden::refused(too_large), "login.proof");
    for place in 0..8 {
        let number = |hidden: &mut Hidden| hidden.proof().points[place].0[31] ^= 1;
        assert_eq!(Hidden::refused(number), "login.proof", "number {place}");
    }
    let index = |hidden: &mut Hidden| hidden.proof().index_mod_4 = 0;
    assert_eq!(Hidden::refused(index), "login.proof");
    let retired = |hidden: &mut Hidden| hidden.provider.world.time = TimeMs(100_000);
    assert_eq!(Hidden::refused(retired), "login.expired");
}

fn address_key() -> lilliput_crypto::PublicKey {
    SecretKey::from_seed([5; 32]).public_key()
}

#[test]
fn a_hidden_login_is_paid_before_it_is_checked() {
    let mut hidden = Hidden::new();
    let account = hidden.account();
    hidden
        .provider
        .world
        .act(SPONSOR, pay(account, 100_000))
        .unwrap();
    let open = Message::Login(LoginMessage::Open(hidden.open.clone()));
    let riding = hidden.provider.sign(account, &hidden.key, vec![open]);
    let refused = hidden.provider.world.hand_in(&riding);
    assert_eq!(refused.unwrap_err(), "login.no_session");
}
