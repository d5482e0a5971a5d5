//! Labels, digests and bech32m text.

use lilliput_crypto::{Digest, DigestHasher, Label, bech32m};
use proptest::prelude::*;

#[test]
fn each_label_is_its_own_hash_function() {
    let digests: Vec<Digest> = Label::ALL
        .iter()
        .map(|label| Digest::of(*label, b"same bytes"))
        .collect();
    for (index, digest) in digests.iter().enumerate() {
        assert!(
            !digests[..index].contains(digest),
            "{:?}",
            Label::ALL[index]
        );
    }
}

#[test]
fn hashing_in_parts_equals_hashing_at_once() {
    let parts = DigestHasher::new(Label::Blob)
        .update(b"ab")
        .update(b"c")
        .finish();
    assert_eq!(parts, Digest::of(Label::Blob, b"abc"));
    assert_eq!(
        Digest::of_value(Label::Blob, &0x0201_u16),
        Digest::of(Label::Blob, &[1, 2])
    );
}

#[test]
fn hex_has_one_form_per_value() {
    let digest = Digest::of(Label::Blob, b"x");
    assert_eq!(digest.to_string().parse::<Digest>().unwrap(), digest);
    assert!(digest.to_string().to_uppercase().parse::<Digest>().is_err());
    assert!("00".parse::<Digest>().is_err());
}

proptest! {
    #[test]
    fn bech32m_round_trips_and_catches_every_single_error(
        bytes in any::<[u8; 32]>(), at in 4_usize..62, letter in 0_usize..32,
    ) {
        let text = bech32m::encode("lil", &bytes);
        prop_assert_eq!(bech32m::decode("lil", &text).unwrap(), bytes);
        prop_assert!(bech32m::decode("lil", &text.to_uppercase()).is_err());
        prop_assert!(bech32m::decode("lol", &text).is_err());
        let mut changed = text.clone().into_bytes();
        changed[at] = b"qpzry9x8gf2tvdw0s3jn54khce6mua7l"[letter];
        let changed = String::from_utf8(changed).unwrap();
        if changed != text {
            prop_assert!(bech32m::decode("lil", &changed).is_err());
        }
    }
}
