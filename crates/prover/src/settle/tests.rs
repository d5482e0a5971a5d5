use lilliput_verifier::argument::ArgumentError;
use lilliput_verifier::codec::CodecError;
use lilliput_verifier::field::EF;
use lilliput_verifier::form::{Constraint, Form};
use lilliput_verifier::pcs::settle::products;
use lilliput_verifier::pcs::{
    Code, OpeningError, Oracle, Randomness, Root, VARIABLES_MIN, settle as check,
};
use lilliput_verifier::point::evaluate;
use lilliput_verifier::receiver::Receiver;
use lilliput_verifier::transcript::Transcript as Said;
use p3_field::PrimeCharacteristicRing;
use rand::{RngExt, SeedableRng};
use rand_chacha::ChaCha8Rng;

use super::{Blinded, Columns, Heard, Opened, columns, settle};
use crate::join::Folded;
use crate::pcs::Committed;
use crate::transcript::Transcript;

mod faults;

/// What is public of a case: the commitments, and by how much the first claim is off.
#[derive(Clone)]
struct Public {
    roots: Vec<Root>,
    codes: Vec<(Code, usize)>,
    lie: EF,
}

/// Three messages `a b = c`, then each polynomial's value at a point of its own.
fn hear(
    public: &Public,
    receiver: &mut Receiver<'_>,
) -> Result<(Root, Vec<Oracle<Form>>), CodecError> {
    let masks = receiver.root("masks")?;
    let [a, b, c]: [Form; 3] = receiver.receive("product", 3)?.try_into().expect("three");
    receiver.constraints.push(Constraint {
        products: vec![[a, b]],
        sum: c,
    });
    let mut oracles = Vec::new();
    for (root, (code, variables)) in public.roots.iter().zip(&public.codes) {
        receiver.root("root")?;
        let point = receiver.challenge_point("point", *variables);
        let mut value = receiver.receive_one("value")?;
        if oracles.is_empty() {
            value = value + Form::from(public.lie);
        }
        oracles.push(Oracle {
            root: *root,
            code: *code,
            point,
            value,
        });
    }
    Ok((masks, oracles))
}

fn verify(public: &Public, bytes: &[u8]) -> Result<(), OpeningError> {
    let mut receiver = Receiver::new(bytes, Said::new("test"));
    let (masks, oracles) = hear(public, &mut receiver)?;
    check(&masks, &oracles, &mut receiver)?;
    receiver.finish()?;
    Ok(())
}

/// A prover of polynomials of random cells, opened together, before it says anything.
struct Case {
    public: Public,
    committed: Vec<Committed>,
    columns: Columns,
    blinded: Blinded,
    /// What messages are masked with.
    masks: Vec<EF>,
    product: [u32; 3],
    randomness: Randomness,
}

impl Case {
    fn new(codes: &[(Code, usize)]) -> Self {
        let mut rng = ChaCha8Rng::seed_from_u64(codes[0].1 as u64);
        let mut randomness = Randomness::new(&[3; 32], "test");
        let commit = |&(code, variables): &(Code, usize)| {
            let cells = (0..1 << variables).map(|_| rng.random()).collect();
            Committed::new(code, cells, Some(&mut randomness))
        };
        let committed: Vec<Committed> = codes.iter().map(commit).collect();
        let public = Public {
            roots: committed.iter().map(Committed::root).collect(),
            codes: codes.to_vec(),
            lie: EF::ZERO,
        };
        let mut counting = Receiver::counting();
        hear(&public, &mut counting).expect("zeros can be read");
        products(&mut counting).expect("zeros can be read");
        let messages = counting.counts().messages;
        let masks = randomness.extension(messages + 2);
        let codes: Vec<Code> = codes.iter().map(|own| own.0).collect();
        let columns = columns(messages, &codes);
        let blinded = Blinded::new(&columns.code, masks.clone(), &mut randomness);
        Self {
            public,
            committed,
            columns,
            blinded,
            masks,
            product: [3, 5, 15],
            randomness,
        }
    }

    fn argue(&mut self) -> Vec<u8> {
        let mut transcript = Transcript::new(Said::new("test"), self.masks.clone());
        transcript.root("masks", &self.blinded.root());
        transcript.send("product", &self.product.map(EF::from_u32));
        let mut opened = Vec::new();
        for (own, root) in self.committed.iter().zip(&self.public.roots) {
            transcript.root("root", root);
            let variables = own.cells().len().ilog2() as usize;
            let point = transcript.challenge_point("point", variables);
            let value = evaluate(own.cells(), &point);
            transcript.send("value", &[value]);
            let columns = &point[variables - own.code.fold..];
            let rows = crate::join::columns::fold(own.cells(), columns);
            opened.push(Opened::new(own, Folded { point, value, rows }));
        }
        let heard = |bytes: &[u8]| {
            let mut receiver = Receiver::new(bytes, Said::new("test"));
            let (_, oracles) = hear(&self.public, &mut receiver).map_err(ArgumentError::from)?;
            Ok(Heard::new(oracles, receiver))
        };
        let settled = settle(
            &self.columns,
            &self.blinded,
            &opened,
            heard,
            &mut self.randomness,
            &mut transcript,
        );
        settled.expect("the verifier's code follows");
        transcript.into_argument()
    }
}

fn case(codes: &[(Code, usize)]) -> (Public, Vec<u8>) {
    let mut case = Case::new(codes);
    let bytes = case.argue();
    (case.public, bytes)
}

fn witness(variables: usize) -> (Code, usize) {
    (Code::witness(variables), variables)
}

fn weights(variables: usize, openings: u32) -> (Code, usize) {
    (Code::weights(variables, openings), variables)
}

fn ports(variables: usize) -> (Code, usize) {
    (Code::ports(variables), variables)
}

#[test]
fn openings_of_every_shape_verify() {
    for variables in (VARIABLES_MIN..=14).chain([17, 18]) {
        for code in [
            witness(variables),
            weights(variables, 0),
            weights(variables, 3),
            ports(variables),
        ] {
            let (public, bytes) = case(&[code]);
            assert_eq!(verify(&public, &bytes), Ok(()), "{code:?}");
        }
    }
}

#[test]
fn several_polynomials_are_opened_together() {
    let codes = [witness(11), weights(9, 20), ports(8), ports(10)];
    for count in 1..=codes.len() {
        let (public, bytes) = case(&codes[..count]);
        assert_eq!(verify(&public, &bytes), Ok(()), "{count}");
    }
}

#[test]
fn a_wrong_value_root_product_or_size_is_refused() {
    let (public, bytes) = case(&[witness(12), weights(10, 3)]);
    assert_eq!(verify(&public, &bytes), Ok(()));
    let mut other = public.clone();
    other.lie = EF::ONE;
    assert_eq!(verify(&other, &bytes), Err(OpeningError::Claims));
    for index in 0..2 {
        let mut other = public.clone();
        other.roots[index].0[31] ^= 1;
        assert_eq!(verify(&other, &bytes), Err(OpeningError::Rows));
    }
    let mut other = public.clone();
    other.roots.swap(0, 1);
    assert!(verify(&other, &bytes).is_err());
    for code in [witness(11), witness(13), weights(12, 3), ports(12)] {
        let mut other = public.clone();
        other.codes[0] = code;
        assert!(verify(&other, &bytes).is_err(), "{code:?}");
    }
    let mut case = Case::new(&[witness(9)]);
    case.product = [3, 5, 16];
    let bytes = case.argue();
    assert_eq!(verify(&case.public, &bytes), Err(OpeningError::Claims));
}

#[test]
fn every_sampled_byte_change_is_refused() {
    for codes in [&[witness(9)][..], &[witness(13), ports(8)]] {
        let (public, bytes) = case(codes);
        let mut rng = ChaCha8Rng::seed_from_u64(5);
        for round in 0..300 {
            let mut bytes = bytes.clone();
            // Some at the very ends, where the small parts are.
            let at = match round {
                0..100 => round * 3,
                100..200 => bytes.len() - 1 - (round - 100) * 7,
                _ => rng.random_range(0..bytes.len()),
            };
            bytes[at] ^= 1 << rng.random_range(0..8);
            assert!(verify(&public, &bytes).is_err(), "byte {at}");
        }
    }
}

#[test]
fn cut_and_random_bytes_are_refused_without_a_panic() {
    let (public, bytes) = case(&[witness(13)]);
    for length in (0..bytes.len()).step_by(997) {
        assert!(verify(&public, &bytes[..length]).is_err());
    }
    let longer = [&bytes[..], &[0]].concat();
    assert_eq!(
        verify(&public, &longer),
        Err(OpeningError::Malformed(CodecError::Trailing(1)))
    );
    let mut rng = ChaCha8Rng::seed_from_u64(6);
    for _ in 0..50 {
        // Words below the modulus get past the reader of field elements.
        let words = bytes.len() / 4;
        let noise: Vec<u8> = (0..words)
            .flat_map(|_| rng.random_range(0..0x7f00_0000u32).to_le_bytes())
            .collect();
        assert!(verify(&public, &noise).is_err());
        let spliced = [&bytes[..rng.random_range(0..bytes.len())], &noise].concat();
        assert!(verify(&public, &spliced[..bytes.len()]).is_err());
    }
}
