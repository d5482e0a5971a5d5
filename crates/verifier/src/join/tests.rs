use p3_field::PrimeCharacteristicRing;
use rand::{RngExt, SeedableRng};
use rand_chacha::ChaCha8Rng;

use super::{Block, BlockClaim, combine, verify};
use crate::codec::{CodecError, Writer};
use crate::field::EF;
use crate::form::Form;
use crate::point::{block_selector, eq};
use crate::receiver::Receiver;
use crate::sumcheck::evaluate_round;
use crate::transcript::Transcript;

#[test]
fn blocks_are_aligned_and_inside() {
    let block = |offset, axes: &[u32]| Block {
        offset,
        axes: axes.to_vec(),
    };
    assert!(block(0, &[3, 5]).fits(5));
    assert!(block(32, &[3, 5]).fits(6));
    assert!(!block(16, &[3, 5]).fits(6));
    assert!(!block(64, &[3, 5]).fits(6));
    assert!(!block(u64::MAX, &[]).fits(6));
    assert!(!block(0, &[u32::MAX, u32::MAX]).fits(6));
}

fn claim(offset: u64, value: u32) -> BlockClaim {
    BlockClaim {
        block: Block {
            offset,
            axes: vec![4],
        },
        point: vec![EF::from_u32(7), EF::from_u32(8)],
        value: EF::from_u32(value),
    }
}

fn forms(claims: &[BlockClaim]) -> Vec<BlockClaim<Form>> {
    let form = |claim: &BlockClaim| BlockClaim {
        block: claim.block.clone(),
        point: claim.point.clone(),
        value: Form::from(claim.value),
    };
    claims.iter().map(form).collect()
}

#[test]
fn the_one_constraint_of_a_join_is_weight_times_value_against_the_last_claim() {
    let mut rng = ChaCha8Rng::seed_from_u64(1);
    let claims = [claim(4, 5), claim(12, 6)];
    let messages: Vec<EF> = (0..9).map(|_| rng.random()).collect();
    let mut writer = Writer::new();
    writer.extensions(&messages);
    let bytes = writer.finish();
    let mut receiver = Receiver::new(&bytes, Transcript::new("test"));
    let joined = verify(&forms(&claims), 4, 0, &mut receiver).unwrap();
    let value = receiver.public_part(&joined.value);
    assert_eq!(value, messages[8]);
    // The same by hand.
    let mut said = Transcript::new("test");
    let challenge = said.challenge(super::COMBINATION);
    let mut sum = combine(&claims, challenge);
    let mut point = Vec::new();
    for round in messages[..8].chunks(2) {
        said.absorb("sumcheck round", round);
        let at = said.challenge("sumcheck challenge");
        sum = evaluate_round(&[round[0], round[1]], sum, at);
        point.push(at);
    }
    assert_eq!(joined.point, point);
    let weights = claims.iter().zip(challenge.powers()).map(|(own, power)| {
        power * block_selector(&point[..2], own.block.offset, 2) * eq(&own.point, &point[2..])
    });
    let expected = value * weights.sum::<EF>() - sum;
    assert_eq!(receiver.constraints.len(), 1);
    let constraint = &receiver.constraints[0];
    assert!(constraint.products.is_empty());
    assert_eq!(receiver.public_part(&constraint.sum), expected);
    receiver.finish().unwrap();
}

#[test]
fn a_join_of_another_length_is_refused() {
    let claims = forms(&[claim(4, 5)]);
    let bytes = [0; 9 * 20];
    let run = |length: usize, variables| {
        let mut receiver = Receiver::new(&bytes[..length], Transcript::new("test"));
        verify(&claims, variables, 0, &mut receiver).map(|_| receiver.finish())
    };
    assert_eq!(run(180, 4), Ok(Ok(())));
    assert_eq!(run(180, 3), Ok(Err(CodecError::Trailing(40))));
    for (length, variables) in [(179, 4), (160, 4), (0, 4), (180, 5)] {
        assert!(matches!(
            run(length, variables),
            Err(CodecError::Truncated { .. })
        ));
    }
}
