use lilliput_verifier::codec::{Reader, Writer};
use lilliput_verifier::field::{EF, F};
use lilliput_verifier::join::{Block, BlockClaim, Join, verify};
use lilliput_verifier::point::{eq_at_index, evaluate, tensor_variables};
use lilliput_verifier::transcript::Transcript;
use p3_field::PrimeCharacteristicRing;
use rand::{RngExt, SeedableRng};
use rand_chacha::ChaCha8Rng;

use super::reference::valid_indices;
use super::{prove, reference};

/// Blocks with and without padding, small and scalar, in a polynomial with garbage wherever no claim looks.
fn case(seed: u64) -> (Vec<F>, Vec<BlockClaim>) {
    let mut rng = ChaCha8Rng::seed_from_u64(seed);
    let shapes: [&[u32]; 8] = [
        &[3, 5, 9],
        &[100],
        &[4, 16],
        &[5, 6],
        &[3, 3],
        &[3],
        &[2],
        &[],
    ];
    let values: Vec<F> = (0..1 << 10).map(|_| rng.random()).collect();
    let mut claims = Vec::new();
    let mut offset = 0;
    for axes in shapes {
        let block = Block {
            offset,
            axes: axes.to_vec(),
        };
        offset += 1 << block.variables();
        for _ in 0..rng.random_range(0..3) {
            let point: Vec<EF> = (0..tensor_variables(axes)).map(|_| rng.random()).collect();
            let value = valid_indices(axes)
                .into_iter()
                .map(|index| {
                    eq_at_index(&point, index as u64) * values[block.offset as usize + index]
                })
                .sum();
            claims.push(BlockClaim {
                block: block.clone(),
                point,
                value,
            });
        }
    }
    (values, claims)
}

#[test]
fn claims_on_blocks_with_garbage_in_their_padding_become_one() {
    for seed in 0..20 {
        let (values, claims) = case(seed);
        let (proof, joined) = prove(&claims, &values, &mut Transcript::new("test"));
        let verified = verify(&claims, 10, &proof, &mut Transcript::new("test")).unwrap();
        assert_eq!(verified, joined);
        assert_eq!(evaluate(&values, &joined.point), joined.value);
        let mut writer = Writer::new();
        proof.encode(&mut writer);
        let bytes = writer.finish();
        let mut reader = Reader::new(&bytes);
        assert_eq!(Join::decode(&mut reader, 10).unwrap(), proof);
        reader.finish().unwrap();
    }
}

#[test]
fn the_reference_sends_the_same() {
    for seed in 0..10 {
        let (values, claims) = case(seed);
        let (mut fast, mut slow) = (Transcript::new("test"), Transcript::new("test"));
        assert_eq!(
            prove(&claims, &values, &mut fast),
            reference::prove(&claims, &values, &mut slow)
        );
        assert_eq!(fast.challenge("end"), slow.challenge("end"));
    }
}

#[test]
fn a_false_claim_or_changed_message_fails_the_check_or_moves_the_claim_off_the_polynomial() {
    let (values, claims) = case(3);
    let (proof, _) = prove(&claims, &values, &mut Transcript::new("test"));
    let holds = |claims: &[BlockClaim], proof: &Join| {
        verify(claims, 10, proof, &mut Transcript::new("test"))
            .is_ok_and(|joined| evaluate(&values, &joined.point) == joined.value)
    };
    assert!(holds(&claims, &proof));
    for index in 0..claims.len() {
        let mut false_claims = claims.clone();
        false_claims[index].value += EF::ONE;
        assert!(!holds(&false_claims, &proof));
        let (own, _) = prove(&false_claims, &values, &mut Transcript::new("test"));
        assert!(!holds(&false_claims, &own), "claim {index}");
    }
    for round in 0..10 {
        for coefficient in 0..2 {
            let mut changed = proof.clone();
            changed.sumcheck.rounds[round][coefficient] += EF::ONE;
            assert!(!holds(&claims, &changed));
        }
    }
    let mut changed = proof;
    changed.value += EF::ONE;
    assert!(!holds(&claims, &changed));
}
