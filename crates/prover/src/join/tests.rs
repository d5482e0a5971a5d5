use lilliput_verifier::codec::{CodecError, EXTENSION_BYTES};
use lilliput_verifier::field::{EF, F};
use lilliput_verifier::form::Form;
use lilliput_verifier::join::{Block, BlockClaim, Joined, verify};
use lilliput_verifier::point::{eq_at_index, evaluate, tensor_variables};
use lilliput_verifier::receiver::Receiver;
use p3_field::PrimeCharacteristicRing;
use rand::{RngExt, SeedableRng};
use rand_chacha::ChaCha8Rng;

use super::reference::valid_indices;
use super::{Folded, prove, reference};
use crate::talk::{Heard, Talk};

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

fn forms(claims: &[BlockClaim]) -> Vec<BlockClaim<Form>> {
    let form = |claim: &BlockClaim| BlockClaim {
        block: claim.block.clone(),
        point: claim.point.clone(),
        value: Form::from(claim.value),
    };
    claims.iter().map(form).collect()
}

/// With rows of that many variables.
fn hear_of(
    claims: &[BlockClaim],
    columns: usize,
) -> impl Fn(&mut Receiver<'_>) -> Result<Joined<Form>, CodecError> + use<> {
    let claims = forms(claims);
    move |receiver: &mut Receiver<'_>| verify(&claims, 10, columns, receiver)
}

fn hear(
    claims: &[BlockClaim],
) -> impl Fn(&mut Receiver<'_>) -> Result<Joined<Form>, CodecError> + use<> {
    hear_of(claims, 5)
}

fn talk(claims: &[BlockClaim], values: &[F]) -> Talk<Folded> {
    Talk::new(1, &hear(claims), |transcript| {
        prove(claims, values, 5, transcript)
    })
}

fn slow_talk(claims: &[BlockClaim], values: &[F]) -> Talk<Folded> {
    Talk::new(1, &hear(claims), |transcript| {
        reference::prove(claims, values, 5, transcript)
    })
}

/// Whether the constraint holds, and the claim that is left is true.
fn holds(heard: &Heard<Joined<Form>>, values: &[F]) -> bool {
    let joined = &heard.heard;
    heard.broken().is_empty() && evaluate(values, &joined.point) == heard.value(&joined.value)
}

#[test]
fn claims_on_blocks_with_garbage_in_their_padding_become_one() {
    for seed in 0..20 {
        let (values, claims) = case(seed);
        let talk = talk(&claims, &values);
        let heard = talk.hear(&hear(&claims));
        let joined = &talk.proved;
        assert_eq!(heard.heard.point, joined.point);
        assert_eq!(heard.value(&heard.heard.value), joined.value);
        assert!(holds(&heard, &values));
        let columns = &joined.point[5..];
        let rows: Vec<EF> = values
            .chunks(32)
            .map(|row| evaluate(row, columns))
            .collect();
        assert_eq!(joined.rows, rows);
        // Ten rounds of two coefficients, and the value.
        assert_eq!(talk.bytes.len(), 21 * EXTENSION_BYTES);
    }
}

#[test]
fn rows_of_every_length_give_the_same_kind_of_claim() {
    let (values, claims) = case(2);
    for columns in 4..=10 {
        let hear = hear_of(&claims, columns);
        let fast = Talk::new(1, &hear, |transcript| {
            prove(&claims, &values, columns, transcript)
        });
        let slow = Talk::new(1, &hear, |transcript| {
            reference::prove(&claims, &values, columns, transcript)
        });
        assert_eq!(fast.bytes, slow.bytes, "{columns}");
        assert!(holds(&fast.hear(&hear), &values), "{columns}");
        assert_eq!(fast.hear(&hear).heard.point, fast.proved.point);
    }
}

#[test]
fn claims_on_the_whole_polynomial_lie_over_those_on_blocks() {
    for seed in 0..10 {
        let (values, mut claims) = case(seed);
        let point: Vec<EF> = claims[0].point.iter().copied().cycle().take(10).collect();
        claims.push(BlockClaim {
            block: Block {
                offset: 0,
                axes: vec![1 << 10],
            },
            value: evaluate(&values, &point),
            point,
        });
        let talk = talk(&claims, &values);
        assert!(holds(&talk.hear(&hear(&claims)), &values));
        let slow = slow_talk(&claims, &values);
        assert_eq!(slow.bytes, talk.bytes);
    }
}

#[test]
fn the_reference_sends_the_same() {
    for seed in 0..10 {
        let (values, claims) = case(seed);
        let fast = talk(&claims, &values);
        let slow = slow_talk(&claims, &values);
        assert_eq!(fast.proved, slow.proved);
        assert_eq!(fast.bytes, slow.bytes);
        // Each has heard the same.
        slow.hear(&hear(&claims));
    }
}

#[test]
fn a_false_claim_or_changed_message_fails_the_check_or_moves_the_claim_off_the_polynomial() {
    let (values, claims) = case(3);
    let honest = talk(&claims, &values);
    assert!(holds(&honest.hear(&hear(&claims)), &values));
    for index in 0..claims.len() {
        let mut false_claims = claims.clone();
        false_claims[index].value += EF::ONE;
        assert!(!holds(&honest.hear(&hear(&false_claims)), &values));
        let own = talk(&false_claims, &values);
        assert!(
            !holds(&own.hear(&hear(&false_claims)), &values),
            "claim {index}"
        );
    }
    for message in 0..21 {
        let mut changed = honest.bytes.clone();
        changed[message * EXTENSION_BYTES] ^= 1;
        let heard = honest.hear_bytes(&changed, &hear(&claims));
        let held = heard.is_ok_and(|heard| holds(&heard, &values));
        assert!(!held, "message {message}");
    }
}
