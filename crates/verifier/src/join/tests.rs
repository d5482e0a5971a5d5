use p3_field::PrimeCharacteristicRing;

use super::{Block, BlockClaim, Join, JoinError, verify};
use crate::field::EF;
use crate::sumcheck::Sumcheck;
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

#[test]
fn claims_of_the_wrong_shape_are_refused() {
    let proof = Join {
        sumcheck: Sumcheck {
            rounds: vec![[EF::ZERO; 2]; 4],
        },
        value: EF::ZERO,
    };
    let claim = |offset, coordinates| BlockClaim {
        block: Block {
            offset,
            axes: vec![4],
        },
        point: vec![EF::ZERO; coordinates],
        value: EF::ZERO,
    };
    let run = |claims: &[BlockClaim], variables| {
        verify(claims, variables, &proof, &mut Transcript::new("test")).map(drop)
    };
    assert_eq!(run(&[claim(4, 2)], 4), Ok(()));
    assert_eq!(
        run(&[claim(4, 2), claim(4, 3)], 4),
        Err(JoinError::Shape(1))
    );
    assert_eq!(run(&[claim(5, 2)], 4), Err(JoinError::Shape(0)));
    assert_eq!(run(&[claim(16, 2)], 4), Err(JoinError::Shape(0)));
    assert_eq!(
        run(&[claim(4, 2)], 5),
        Err(JoinError::Rounds {
            expected: 5,
            got: 4
        })
    );
}
