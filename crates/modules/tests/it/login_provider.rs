//! A login provider with one ES256 key, its issuer on the ledger, and a user of it.

use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use lilliput_crypto::{Digest, PublicKey, SecretKey};
use lilliput_ledger::Machine;
use lilliput_modules::login::query;
use lilliput_types::bank::{BankMessage, Transfer};
use lilliput_types::login::{
    EcPoint, EndSession, IssuerKey, LoginMessage, LoginProof, LoginSession, OpenSession,
    PublishKey, RegisterIssuer, TokenProof, account, open_bytes,
};
use lilliput_types::{
    AccountKey, Address, Amount, DurationMs, Height, List, LoginIssuerId, Message, Nonce, Receipt,
    SessionKey, Signer, Submission, Text, TimeMs, Transaction,
};
use p256::ecdsa::SigningKey;
use p256::ecdsa::signature::Signer as _;
use serde_json::{Value, json};

use crate::world::{World, address, asset, secret};

pub(crate) const AUTHORITY: u8 = 1;
pub(crate) const SPONSOR: u8 = 2;
pub(crate) const NAME: &str = "https://login.example";
pub(crate) const CLIENT: &str = "client-1";
pub(crate) const SUBJECT: &str = "user-1";
pub(crate) const SALT: [u8; 32] = [77; 32];
pub(crate) const HOUR_MS: u64 = 3_600_000;
pub(crate) const RANDOMNESS: Digest = Digest([8; 32]);

pub(crate) type Told = Result<Receipt, String>;

/// A network that knows the provider.
pub(crate) struct Provider {
    pub(crate) world: World,
    pub(crate) issuer: LoginIssuerId,
}

/// What a login is made of; tests change parts of it.
pub(crate) struct Login {
    pub(crate) claims: Value,
    pub(crate) header: Value,
    pub(crate) signer: u8,
    pub(crate) session: SecretKey,
    pub(crate) expires_at: TimeMs,
    pub(crate) salt_key: SecretKey,
    pub(crate) audience: &'static str,
}

pub(crate) fn ec_key(number: u8) -> SigningKey {
    SigningKey::from_slice(&[number; 32]).unwrap()
}

pub(crate) fn ec_point(number: u8) -> IssuerKey {
    let point = ec_key(number).verifying_key().to_sec1_point(false);
    let bytes = point.as_bytes();
    IssuerKey::Es256(EcPoint {
        x: Digest(bytes[1..33].try_into().unwrap()),
        y: Digest(bytes[33..].try_into().unwrap()),
    })
}

pub(crate) fn text<const MAX: u32>(text: &str) -> Text<MAX> {
    Text::new(text).unwrap()
}

pub(crate) fn session(number: u8) -> SecretKey {
    secret(100 + number)
}

impl Provider {
    /// The issuer is registered, its key `k1` counts for a day.
    pub(crate) fn new() -> Self {
        let mut provider = Self::without_key();
        let now = provider.world.time;
        let until = now.after(DurationMs(24 * HOUR_MS));
        provider.publish("k1", 3, now, until).unwrap();
        provider
    }

    pub(crate) fn without_key() -> Self {
        let mut world = World::empty();
        world.time = TimeMs(1_800_000_000_000);
        let name = text(NAME);
        let issuer = LoginIssuerId::of(address(AUTHORITY), &name);
        let mut provider = Self { world, issuer };
        let register = RegisterIssuer {
            issuer: name,
            session_max_ms: DurationMs(12 * HOUR_MS),
        };
        provider
            .act(AUTHORITY, LoginMessage::RegisterIssuer(register))
            .unwrap();
        provider
    }

    pub(crate) fn act(&mut self, signer: u8, message: LoginMessage) -> Told {
        self.world.act(signer, Message::Login(message))
    }

    pub(crate) fn publish(&mut self, key_id: &str, key: u8, from: TimeMs, until: TimeMs) -> Told {
        let message = PublishKey {
            issuer: self.issuer,
            key_id: text(key_id),
            key: ec_point(key),
            valid_from: from,
            valid_until: until,
        };
        self.act(AUTHORITY, LoginMessage::PublishKey(message))
    }

    pub(crate) fn salt_key(&self) -> SecretKey {
        SecretKey::from_seed(lilliput_oidc::salt_seed(NAME, CLIENT, SUBJECT, &SALT))
    }

    /// The user's account.
    pub(crate) fn account(&self) -> Address {
        account(self.issuer, CLIENT, SUBJECT, self.salt_key().public_key())
    }

    /// A login that is right in every part, for an hour.
    pub(crate) fn login(&self, number: u8) -> Login {
        self.login_until(number, self.world.time.after(DurationMs(HOUR_MS)))
    }

    pub(crate) fn login_until(&self, number: u8, expires_at: TimeMs) -> Login {
        let now_s = self.world.time.0 / 1_000;
        let session = session(number);
        let chain = self.world.network.chain();
        let nonce = lilliput_oidc::nonce(
            chain.as_bytes(),
            &session.public_key().0,
            expires_at.0,
            RANDOMNESS.as_bytes(),
        );
        Login {
            claims: json!({
                "iss": NAME, "aud": CLIENT, "sub": SUBJECT,
                "iat": now_s, "exp": now_s + 600, "nonce": nonce,
            }),
            header: json!({ "alg": "ES256", "kid": "k1" }),
            signer: 3,
            session,
            expires_at,
            salt_key: self.salt_key(),
            audience: CLIENT,
        }
    }

    /// The message that opens the session.
    pub(crate) fn open(&self, login: &Login) -> OpenSession {
        let encoded = |value: &Value| URL_SAFE_NO_PAD.encode(value.to_string());
        let signed = format!("{}.{}", encoded(&login.header), encoded(&login.claims));
        let signature: p256::ecdsa::Signature = ec_key(login.signer).sign(signed.as_bytes());
        let token = format!("{signed}.{}", URL_SAFE_NO_PAD.encode(signature.to_bytes()));
        let key = login.session.public_key();
        let chain = self.world.network.chain();
        let salted = open_bytes(chain, self.issuer, key, login.expires_at, &token);
        OpenSession {
            issuer: self.issuer,
            key,
            expires_at: login.expires_at,
            proof: LoginProof::Token(TokenProof {
                token: text(&token),
                audience: text(login.audience),
                randomness: RANDOMNESS,
                salt_key: login.salt_key.public_key(),
                salt_signature: login.salt_key.sign(&salted),
            }),
        }
    }

    /// Opened by an account that has money, for the user.
    pub(crate) fn sponsor(&mut self, login: &Login) -> Told {
        let open = self.open(login);
        self.act(SPONSOR, LoginMessage::Open(open))
    }

    /// Opened, or the code of the refusal.
    pub(crate) fn refused(&mut self, change: impl FnOnce(&mut Login)) -> String {
        let mut login = self.login(1);
        change(&mut login);
        self.sponsor(&login).unwrap_err()
    }

    /// A transaction for an account, signed by a session's key.
    pub(crate) fn sign(
        &self,
        account: Address,
        key: &SecretKey,
        messages: Vec<Message>,
    ) -> Submission {
        let nonce: Option<Nonce> =
            lilliput_ledger::read(&self.world.state, &format!("ledger/nonce/{account}")).unwrap();
        let transaction = Transaction {
            chain: self.world.network.chain(),
            signer: Signer::Session(SessionKey {
                account,
                key: key.public_key(),
            }),
            nonce: nonce.unwrap_or_default(),
            expires_at: Height(u64::MAX),
            fee_max: Amount(u128::MAX),
            fee_payer: None,
            messages: List::new(messages).unwrap(),
        };
        Submission {
            transaction: transaction.sign(key),
            blobs: List::default(),
        }
    }

    /// The user's session acts.
    pub(crate) fn as_user(&mut self, key: &SecretKey, message: Message) -> Told {
        let submission = self.sign(self.account(), key, vec![message]);
        self.world.hand_in(&submission)
    }

    pub(crate) fn end(&mut self, by: &SecretKey, key: PublicKey) -> Told {
        self.as_user(by, Message::Login(LoginMessage::End(EndSession { key })))
    }

    /// The user gets some of the fee asset.
    pub(crate) fn fund(&mut self) {
        let message = pay(self.account(), 1_000_000);
        self.world.act(SPONSOR, message).unwrap();
    }

    pub(crate) fn sessions(&self) -> Vec<LoginSession> {
        query::sessions(&self.world.state, self.account()).unwrap()
    }
}

pub(crate) fn pay(to: Address, amount: u128) -> Message {
    Message::Bank(BankMessage::Transfer(Transfer {
        asset: asset("LIL"),
        to,
        amount: Amount(amount),
    }))
}

pub(crate) fn own_address(key: &SecretKey) -> Address {
    AccountKey::from(key).address()
}
