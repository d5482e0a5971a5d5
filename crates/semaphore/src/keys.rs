//! The published verification keys, one a depth.
//!
//! `keys/keys.txt` holds them as hexadecimal coordinates; where they come from stands beside it. They are constants:
//! nothing from outside is read here.

use std::sync::OnceLock;

use ark_bn254::{Bn254, Fq, Fq2, G1Affine, G2Affine};
use ark_ff::PrimeField;
use ark_groth16::{PreparedVerifyingKey, VerifyingKey};

use crate::Value;

/// The deepest circuit that was published.
pub const DEPTH_MAX: u8 = 32;

const TEXT: &str = include_str!("../keys/keys.txt");

static PREPARED: [OnceLock<PreparedVerifyingKey<Bn254>>; DEPTH_MAX as usize] =
    [const { OnceLock::new() }; DEPTH_MAX as usize];

/// The key of a depth from 1 to [`DEPTH_MAX`], prepared when it is first used.
pub(crate) fn key(depth: u8) -> Option<&'static PreparedVerifyingKey<Bn254>> {
    let place = usize::from(depth.checked_sub(1)?);
    let prepared = PREPARED.get(place)?;
    Some(prepared.get_or_init(|| {
        let key = read(place).expect("keys.txt has a whole line for each depth; a test reads all");
        ark_groth16::prepare_verifying_key(&key)
    }))
}

/// First line: alpha, beta, gamma. Then a line a depth: delta, and the five points of the public inputs.
fn read(place: usize) -> Option<VerifyingKey<Bn254>> {
    let mut lines = TEXT.lines().filter(|line| !line.starts_with('#'));
    let mut shared = numbers(lines.next()?);
    let alpha_g1 = first_group(&mut shared)?;
    let beta_g2 = second_group(&mut shared)?;
    let gamma_g2 = second_group(&mut shared)?;
    let mut own = numbers(lines.nth(place)?);
    let delta_g2 = second_group(&mut own)?;
    let mut inputs = Vec::with_capacity(5);
    for _ in 0..5 {
        inputs.push(first_group(&mut own)?);
    }
    Some(VerifyingKey {
        alpha_g1,
        beta_g2,
        gamma_g2,
        delta_g2,
        gamma_abc_g1: inputs,
    })
}

fn numbers(line: &str) -> impl Iterator<Item = Fq> {
    line.split_ascii_whitespace().filter_map(|digits| {
        let text = format!("0x{digits}");
        let value = Value::from_client_text(&text).ok()?;
        Fq::from_bigint(value.number())
    })
}

fn first_group(numbers: &mut impl Iterator<Item = Fq>) -> Option<G1Affine> {
    let point = G1Affine::new_unchecked(numbers.next()?, numbers.next()?);
    point.is_on_curve().then_some(point)
}

fn second_group(numbers: &mut impl Iterator<Item = Fq>) -> Option<G2Affine> {
    let x = Fq2::new(numbers.next()?, numbers.next()?);
    let y = Fq2::new(numbers.next()?, numbers.next()?);
    let point = G2Affine::new_unchecked(x, y);
    (point.is_on_curve() && point.is_in_correct_subgroup_assuming_on_curve()).then_some(point)
}

#[cfg(test)]
mod tests {
    use super::{DEPTH_MAX, key, read};

    #[test]
    fn there_is_a_key_for_each_depth_and_no_other() {
        for depth in 1..=DEPTH_MAX {
            let read = read(usize::from(depth) - 1).expect("a key");
            assert_eq!(key(depth).expect("a key").vk, read, "depth {depth}");
        }
        assert!(key(0).is_none());
        assert!(key(DEPTH_MAX + 1).is_none());
    }

    #[test]
    fn no_two_depths_share_a_key() {
        for one in 0..usize::from(DEPTH_MAX) {
            for other in one + 1..usize::from(DEPTH_MAX) {
                assert_ne!(
                    read(one).expect("a key").delta_g2,
                    read(other).expect("a key").delta_g2
                );
            }
        }
    }
}
