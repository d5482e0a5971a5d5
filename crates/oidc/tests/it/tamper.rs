//! Every byte of a token counts, and nothing makes the checker break off.

use lilliput_oidc::{OidcError, TOKEN_LEN_MAX, Token};
use proptest::prelude::*;

use crate::maker::{check, encoded, header, payload, token};

#[test]
fn every_changed_letter_is_refused() {
    for algorithm in ["RS256", "ES256"] {
        let good = token(algorithm, |_| ());
        for at in 0..good.len() {
            let mut bytes = good.clone().into_bytes();
            bytes[at] = match bytes[at] {
                b'.' => b'A',
                b'A' => b'B',
                _ => b'A',
            };
            let changed = String::from_utf8(bytes).unwrap();
            assert!(check(&changed).is_err(), "{algorithm}: letter {at}");
        }
    }
}

#[test]
fn base64_has_one_spelling() {
    let good = token("RS256", |_| ());
    // The last letter of a signature of 256 bytes carries four bits that must be zero.
    let (body, last) = good.split_at(good.len() - 1);
    let stray = char::from(last.as_bytes()[0] + 1);
    for changed in [
        format!("{body}{stray}"),
        format!("{good}="),
        format!("{good}\n"),
        good.replace('.', " ."),
    ] {
        assert!(
            matches!(check(&changed), Err(OidcError::Base64 { .. })),
            "{changed}"
        );
    }
    let standard = good.replace('-', "+").replace('_', "/");
    assert!(matches!(check(&standard), Err(OidcError::Base64 { .. })));
}

#[test]
fn the_form_is_checked_and_bounded() {
    for (text, parts) in [
        ("", 1),
        ("a", 1),
        ("a.b", 2),
        ("a.b.c.d", 4),
        ("a.b.c.d.e", 5),
    ] {
        assert_eq!(Token::parse(text), Err(OidcError::Parts { parts }));
    }
    let long = "a".repeat(TOKEN_LEN_MAX + 1);
    assert!(matches!(
        Token::parse(&long),
        Err(OidcError::TooLong { .. })
    ));
    let header = header("RS256").to_string();
    let wide = header.replacen('{', &format!("{{\"x\":\"{}\",", "y".repeat(2 << 10)), 1);
    let oversized = format!("{}.{}.AA", encoded(&wide), encoded(payload().to_string()));
    assert!(matches!(
        Token::parse(&oversized),
        Err(OidcError::TooLong { what: "header", .. })
    ));
    let signature = "A".repeat(684);
    let oversized = format!("{}.{}.{signature}", encoded(&header), encoded("{}"));
    assert!(matches!(
        Token::parse(&oversized),
        Err(OidcError::TooLong {
            what: "signature",
            ..
        })
    ));
    for payload in ["", "[]", "7", "{} ", "{}{}", "{\"a\":}", "\u{feff}{}"] {
        let token = crate::maker::sign_raw(
            "ES256",
            header.replace("rsa", "ec").replace("RS", "ES").as_bytes(),
            payload.as_bytes(),
        );
        assert!(check(&token).is_err(), "{payload:?}");
    }
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(256))]

    #[test]
    fn nothing_breaks_off(text in "\\PC{0,200}", parts in proptest::collection::vec(any::<Vec<u8>>(), 0..5)) {
        prop_assert!(check(&text).is_err());
        let parts: Vec<String> = parts.iter().map(encoded).collect();
        prop_assert!(check(&parts.join(".")).is_err());
    }
}
