//! Bytes from outside that aren't proofs.

use lilliput_semaphore::{Element, Error, JSON_LEN_MAX, Proof, ProofParts, Value};
use proptest::prelude::*;
use serde_json::{Value as Json, json};

use crate::vectors::vectors;

/// BN254's scalar and base field.
const SCALARS: &str =
    "21888242871839275222246405745257275088548364400416034343698204186575808495617";
const BASE: &str = "21888242871839275222246405745257275088696311157297823662689037894645226208583";

fn changed(change: impl Fn(&mut Json)) -> Result<Proof, Error> {
    let mut json: Json = serde_json::from_str(&vectors().proofs[2].json()).expect("JSON");
    change(&mut json);
    Proof::from_json(json.to_string().as_bytes())
}

#[test]
fn depths_without_a_key_are_refused() {
    for depth in [0, 33, 255] {
        let got = changed(|json| json["merkleTreeDepth"] = json!(depth));
        assert!(matches!(got, Err(Error::Depth { .. })), "{depth}");
    }
    for depth in [json!(256), json!(-1), json!(3.0), json!("3"), json!(null)] {
        let got = changed(|json| json["merkleTreeDepth"] = depth.clone());
        assert!(matches!(got, Err(Error::Json(_))), "{depth}");
    }
}

#[test]
fn numbers_have_one_form() {
    for text in ["", "01", "-1", "+1", " 1", "1 ", "1_0", "0x1", "1e3", "٣"] {
        let got = changed(|json| json["nullifier"] = json!(text));
        assert!(matches!(got, Err(Error::Number { .. })), "{text}");
    }
    let beyond = "115792089237316195423570985008687907853269984665640564039457584007913129639936";
    let got = changed(|json| json["scope"] = json!(beyond));
    assert!(matches!(got, Err(Error::Number { .. })));
    let got = changed(|json| json["scope"] = json!("9".repeat(79)));
    assert!(matches!(got, Err(Error::Number { .. })));
    assert!(matches!(
        changed(|json| json["scope"] = json!(1)),
        Err(Error::Json(_))
    ));
}

#[test]
fn elements_are_below_the_modulus() {
    for field in ["merkleTreeRoot", "nullifier"] {
        let got = changed(|json| json[field] = json!(SCALARS));
        assert!(matches!(got, Err(Error::NotCanonical { .. })), "{field}");
    }
    assert!(SCALARS.parse::<Element>().is_err());
    for place in 0..8 {
        let got = changed(|json| json["points"][place] = json!(BASE));
        assert!(matches!(got, Err(Error::NotCanonical { .. })), "{place}");
    }
}

/// A nullifier plus the modulus is the same element: taken, it could be spent twice.
#[test]
fn a_nullifier_has_no_second_form() {
    let proof = vectors().proofs[2].proof();
    let mut parts = *proof.parts();
    let modulus: Value = SCALARS.parse().expect("a number");
    let mut carry = 0_u16;
    for place in (0..32).rev() {
        let sum = u16::from(parts.nullifier[place]) + u16::from(modulus.to_bytes()[place]) + carry;
        parts.nullifier[place] = sum.to_be_bytes()[1];
        carry = sum >> 8;
    }
    assert_eq!(carry, 0);
    assert!(matches!(
        Proof::new(&parts),
        Err(Error::NotCanonical { .. })
    ));
}

#[test]
fn points_off_the_curve_and_at_infinity_are_refused() {
    for place in 0..8 {
        let got = changed(|json| json["points"][place] = json!("5"));
        assert!(matches!(got, Err(Error::Point { .. })), "{place}");
    }
    for places in [0..2, 2..6, 6..8] {
        let got = changed(|json| {
            for place in places.clone() {
                json["points"][place] = json!("0");
            }
        });
        assert!(matches!(got, Err(Error::Point { .. })));
    }
}

/// On the twist but outside of the subgroup that pairings are for.
#[test]
fn points_outside_of_the_subgroup_are_refused() {
    use ark_bn254::{Fq, Fq2, G2Affine};
    use ark_ff::{BigInteger, PrimeField};
    let found = (1_u64..).find_map(|number| {
        let x = Fq2::new(Fq::from(number), Fq::from(1_u64));
        let point = G2Affine::get_point_from_x_unchecked(x, false)?;
        (!point.is_in_correct_subgroup_assuming_on_curve()).then_some(point)
    });
    let point = found.expect("nearly all points are outside");
    assert!(point.is_on_curve());
    let bytes = |number: Fq| -> [u8; 32] {
        let bytes = number.into_bigint().to_bytes_be();
        bytes.try_into().expect("32 bytes")
    };
    let mut parts: ProofParts = *vectors().proofs[2].proof().parts();
    parts.points[2] = bytes(point.x.c1);
    parts.points[3] = bytes(point.x.c0);
    parts.points[4] = bytes(point.y.c1);
    parts.points[5] = bytes(point.y.c0);
    assert_eq!(Proof::new(&parts), Err(Error::Point { name: "b" }));
}

#[test]
fn other_json_is_refused() {
    let long = changed(|json| json["message"] = json!("1".repeat(JSON_LEN_MAX)));
    assert!(matches!(long, Err(Error::TooLong { .. })));
    let more = changed(|json| json["more"] = json!(1));
    assert!(matches!(more, Err(Error::Json(_))));
    let missing = changed(|json| {
        json.as_object_mut().expect("an object").remove("scope");
    });
    assert!(matches!(missing, Err(Error::Json(_))));
    let nine = changed(|json| {
        json["points"]
            .as_array_mut()
            .expect("points")
            .push(json!("1"));
    });
    assert!(matches!(nine, Err(Error::Json(_))));
    let text = vectors().proofs[2].json();
    for bad in [
        format!("{text} {text}"),
        text.replacen('{', "{\"scope\":\"1\",", 1),
        text[..text.len() - 1].to_owned(),
        "[".repeat(4_000),
    ] {
        assert!(matches!(
            Proof::from_json(bad.as_bytes()),
            Err(Error::Json(_))
        ));
    }
}

#[test]
fn texts_that_clients_read_differently_are_refused() {
    for text in [" 5", "5 ", "+5", "-5", "0b1", "0o7", "5 apples", "1n"] {
        let got = Value::from_client_text(text);
        assert!(matches!(got, Err(Error::Ambiguous { .. })), "{text}");
    }
    assert!(matches!(
        Value::from_client_text(""),
        Err(Error::Text { got: 0 })
    ));
    let long = "a".repeat(32);
    assert!(matches!(
        Value::from_client_text(&long),
        Err(Error::Text { got: 32 })
    ));
    assert!(Value::from_client_text("0x").is_err());
    assert!(Value::from_client_text(&format!("0x{}", "f".repeat(65))).is_err());
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(256))]

    #[test]
    fn no_bytes_make_it_panic(bytes in proptest::collection::vec(any::<u8>(), 0..600)) {
        prop_assert!(Proof::from_json(&bytes).is_err());
    }

    #[test]
    fn no_change_of_a_byte_is_accepted_and_holds(place in 0_usize..1_200, byte in any::<u8>()) {
        let vectors = vectors();
        let mut json = vectors.proofs[1].json().into_bytes();
        let place = place % json.len();
        prop_assume!(json[place] != byte);
        json[place] = byte;
        if let Ok(proof) = Proof::from_json(&json) {
            let same = proof == vectors.proofs[1].proof();
            let holds = lilliput_semaphore::verify(&proof, &proof.scope(), &proof.root()).is_ok();
            prop_assert_eq!(holds, same);
        }
    }

    #[test]
    fn numbers_read_back_as_written(bytes in any::<[u8; 32]>()) {
        let value = Value::from_bytes(bytes);
        prop_assert_eq!(value.to_string().parse::<Value>(), Ok(value));
        if let Ok(element) = Element::from_bytes(&bytes) {
            prop_assert_eq!(element.to_bytes(), bytes);
        }
    }
}
