//! The verifying key of the circuit.

use std::sync::OnceLock;

use ark_bn254::{Bn254, G1Affine, G2Affine};
use ark_groth16::PreparedVerifyingKey;

use crate::field::decimal;
use crate::login::{first_group, second_group};

const VERSION_1: &str = include_str!("../keys/version-1.txt");

/// A key that proofs are checked with.
#[derive(Clone, Debug)]
pub struct VerifyingKey(pub(crate) PreparedVerifyingKey<Bn254>);

impl VerifyingKey {
    /// The key of circuit version 1 from the ceremony, prepared when it is first used.
    #[must_use]
    pub fn ceremony() -> &'static Self {
        static KEY: OnceLock<VerifyingKey> = OnceLock::new();
        KEY.get_or_init(|| {
            Self::from_text(VERSION_1).expect("the file has a whole key; a test reads it")
        })
    }

    /// Reads a key: a point a line (alpha, beta, gamma, delta, two points of the public input), its coordinates in decimal
    /// digits with the real part first; lines that begin with `#` are passed over. Whoever made the key can make any proof.
    #[must_use]
    pub fn from_text(text: &str) -> Option<Self> {
        let mut lines = text.lines().filter(|line| !line.starts_with('#'));
        let key = ark_groth16::VerifyingKey {
            alpha_g1: first(lines.next()?)?,
            beta_g2: second(lines.next()?)?,
            gamma_g2: second(lines.next()?)?,
            delta_g2: second(lines.next()?)?,
            gamma_abc_g1: vec![first(lines.next()?)?, first(lines.next()?)?],
        };
        let whole = lines.next().is_none();
        whole.then(|| Self(ark_groth16::prepare_verifying_key(&key)))
    }
}

fn numbers<const N: usize>(line: &str) -> Option<[[u8; 32]; N]> {
    let numbers = line.split_ascii_whitespace();
    let numbers: Option<Vec<_>> = numbers.map(|text| decimal("key", text).ok()).collect();
    numbers?.try_into().ok()
}

fn first(line: &str) -> Option<G1Affine> {
    let [x, y] = numbers(line)?;
    first_group("key", &x, &y).ok()
}

fn second(line: &str) -> Option<G2Affine> {
    let [x0, x1, y0, y1] = numbers(line)?;
    second_group("key", [&x0, &x1], [&y0, &y1]).ok()
}
