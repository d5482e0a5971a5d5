//! Messages about logins: one value, one encoding; what an account depends on.

use lilliput_crypto::Digest;
use lilliput_types::codec::{decode, encode};
use lilliput_types::login::{
    EcPoint, EndSession, HiddenProof, IssuerKey, LoginMessage, LoginProof, MODULUS_LEN_MAX,
    OpenSession, PublishKey, RegisterIssuer, RetireKey, SetAuthority, TokenProof, hidden_account,
    open_bytes,
};
use lilliput_types::{ChainId, DurationMs, List, LoginIssuerId, Message, Segment, Text, TimeMs};
use proptest::prelude::*;

use crate::samples::{address, secret};

fn messages(a: u8, time: u64) -> Vec<Message> {
    let issuer = LoginIssuerId(Digest([a; 32]));
    let (key, digest) = (secret(a).public_key(), Digest([a; 32]));
    let publish = |key| {
        LoginMessage::PublishKey(PublishKey {
            issuer,
            key_id: Text::new("k1").unwrap(),
            key,
            valid_from: TimeMs(time),
            valid_until: TimeMs(u64::MAX),
        })
    };
    let open = |proof| {
        LoginMessage::Open(OpenSession {
            issuer,
            key,
            expires_at: TimeMs(time),
            proof,
        })
    };
    let all = [
        LoginMessage::RegisterIssuer(RegisterIssuer {
            issuer: Text::new("https://login.example").unwrap(),
            session_max_ms: DurationMs(time),
        }),
        LoginMessage::SetAuthority(SetAuthority {
            issuer,
            authority: address(a),
        }),
        publish(IssuerKey::Rs256(List::new(vec![a; 256]).unwrap())),
        publish(IssuerKey::Es256(EcPoint {
            x: digest,
            y: digest,
        })),
        LoginMessage::RetireKey(RetireKey {
            issuer,
            key_id: Text::new("k1").unwrap(),
            at: TimeMs(time),
        }),
        open(LoginProof::Token(TokenProof {
            token: Text::new("a.b.c").unwrap(),
            audience: Text::new("client-1").unwrap(),
            randomness: digest,
            salt_key: key,
            salt_signature: secret(a).sign(b"something"),
        })),
        open(LoginProof::Hidden(Box::new(HiddenProof {
            points: [digest; 8],
            issuer_part: Text::new("yJpc3Mi").unwrap(),
            index_mod_4: a % 3,
            header: Text::new("eyJh").unwrap(),
            address_seed: digest,
        }))),
        LoginMessage::End(EndSession { key }),
    ];
    all.into_iter().map(Message::Login).collect()
}

proptest! {
    #[test]
    fn messages_about_logins_round_trip_in_bytes_and_json(a: u8, time: u64) {
        for message in messages(a, time) {
            let bytes = encode(&message);
            prop_assert_eq!(bytes[0], 8);
            prop_assert_eq!(message.segment(), Segment::Identity);
            prop_assert_eq!(&decode::<Message>(&bytes, 1 << 12).unwrap(), &message);
            let short = &bytes[..bytes.len() - 1];
            prop_assert!(decode::<Message>(short, 1 << 12).is_err());
            let json = serde_json::to_string(&message).unwrap();
            prop_assert_eq!(serde_json::from_str::<Message>(&json).unwrap(), message);
        }
    }
}

#[test]
fn a_modulus_is_bounded_before_it_is_read() {
    let long = vec![1_u8; MODULUS_LEN_MAX as usize + 1];
    let mut bytes = vec![0];
    bytes.extend(encode(&long));
    assert!(decode::<IssuerKey>(&bytes, 1 << 12).is_err());
    // A length without the bytes.
    assert!(decode::<IssuerKey>(&[0, 0, 2, 0, 0], 1 << 12).is_err());
}

#[test]
fn a_salt_keys_word_is_for_one_chain_issuer_key_expiry_and_token() {
    let base = |change: u8| {
        let pick = |place: u8, value: u8| if change == place { 9 } else { value };
        open_bytes(
            ChainId(Digest([pick(1, 1); 32])),
            LoginIssuerId(Digest([pick(2, 2); 32])),
            secret(pick(3, 3)).public_key(),
            TimeMs(u64::from(pick(4, 4))),
            &pick(5, 5).to_string(),
        )
    };
    for place in 1..=5 {
        assert_ne!(base(place), base(0), "part {place}");
    }
    assert_eq!(base(6), base(0));
    let (one, two) = (Digest([1; 32]), Digest([2; 32]));
    assert_ne!(
        hidden_account(LoginIssuerId(one), two),
        hidden_account(LoginIssuerId(two), one)
    );
}
