//! Provers that do one thing wrong at the end of an argument.

use lilliput_verifier::field::F;
use lilliput_verifier::pcs::Codeword;
use p3_field::BasedVectorSpace;

use super::*;

/// The verdict on an argument in which `fault` changed something before anything was said.
fn verdict(fault: impl FnOnce(&mut Case)) -> Result<(), OpeningError> {
    let mut case = Case::new(&[witness(10), weights(9, 3)]);
    fault(&mut case);
    let bytes = case.argue();
    verify(&case.public, &bytes)
}

#[test]
fn without_a_fault_the_argument_is_accepted() {
    assert_eq!(verdict(|_| ()), Ok(()));
}

#[test]
fn masks_that_differ_from_those_committed_are_rejected() {
    // Of a factor, of a product, of a polynomial's value, of the sum of products, and of its sumcheck.
    for message in 0..8 {
        let result = verdict(|case| case.masks[message] += EF::ONE);
        assert_eq!(result, Err(OpeningError::Claims), "message {message}");
    }
}

#[test]
fn a_blinding_of_the_ends_that_differs_from_the_one_committed_is_rejected() {
    for behind in [1, 2] {
        let result = verdict(|case| {
            let last = case.masks.len() - behind;
            case.masks[last] += EF::ONE;
        });
        assert_eq!(result, Err(OpeningError::Claims), "{behind} from the end");
    }
}

#[test]
fn a_mask_used_twice_is_rejected() {
    for message in 1..5 {
        let result = verdict(|case| case.masks[message] = case.masks[message - 1]);
        assert_eq!(result, Err(OpeningError::Claims), "message {message}");
    }
}

/// An honest prover never takes a mask twice, and stops when there are none left.
#[test]
fn every_message_takes_the_next_mask() {
    let masks: Vec<EF> = (1..=6).map(EF::from_u32).collect();
    let mut transcript = Transcript::new(Said::new("test"), masks.clone());
    transcript.send("a", &[EF::ZERO; 2]);
    transcript.public("b", &[EF::ZERO]);
    transcript.send("c", &[EF::ZERO; 3]);
    let mut reader = lilliput_verifier::codec::Reader::new(transcript.argument());
    let sent = reader.extensions(6).expect("six elements");
    let expected = [&masks[..2], &[EF::ZERO], &masks[2..5]].concat();
    assert_eq!(sent, expected);
    transcript.send("d", &[EF::ZERO]);
    let more = std::panic::catch_unwind(std::panic::AssertUnwindSafe(|| {
        transcript.send("e", &[EF::ZERO]);
    }));
    assert!(more.is_err());
}

#[test]
fn columns_other_than_those_committed_are_rejected() {
    let code = |case: &Case| case.columns.code;
    // An element beyond the masks has no claim on it; the column that is left is compared with the tree all the same.
    for fault in [
        |case: &mut Case| *case.blinded.elements.last_mut().expect("elements") += EF::ONE,
        |case: &mut Case| case.blinded.blinding[7] += EF::ONE,
        |case: &mut Case| case.blinded.random[0] += EF::ONE,
        |case: &mut Case| *case.blinded.random.last_mut().expect("elements") += EF::ONE,
    ] {
        assert_eq!(verdict(fault), Err(OpeningError::Column));
    }
    // A mask in use has one.
    let result = verdict(|case| case.blinded.elements[1] += EF::ONE);
    assert_eq!(result, Err(OpeningError::Claims));
    let case = Case::new(&[witness(10)]);
    let columns = case.blinded.columns;
    assert_eq!(case.blinded.blinding.len(), columns * code(&case).blinding);
}

#[test]
fn columns_without_their_random_part_are_rejected() {
    let result = verdict(|case| {
        let Case {
            columns, blinded, ..
        } = case;
        let code = &columns.code;
        let mut matrix = Vec::new();
        for row in 0..code.coefficients() {
            for column in 0..blinded.columns {
                let element = match row.checked_sub(code.rows) {
                    None => blinded.elements[column * code.rows + row],
                    Some(below) => blinded.blinding[column * code.blinding + below],
                };
                let coordinates: &[F] = element.as_basis_coefficients_slice();
                matrix.extend_from_slice(coordinates);
            }
        }
        blinded.codeword = Codeword::new(code, blinded.columns * 5, matrix);
    });
    assert!(matches!(
        result,
        Err(OpeningError::Rows | OpeningError::Malformed(_))
    ));
}

/// An honest prover has a random column beside each, and no two alike.
#[test]
fn every_column_has_a_random_one_of_its_own() {
    let case = Case::new(&[witness(10)]);
    let (blinded, code) = (&case.blinded, &case.columns.code);
    assert_eq!(blinded.random.len(), blinded.columns * code.coefficients());
    let all = blinded.random.iter().chain(&blinded.blinding);
    let distinct: std::collections::HashSet<_> = all.clone().collect();
    assert_eq!(distinct.len(), all.count());
    assert!(blinded.random.iter().all(|element| *element != EF::ZERO));
    assert_eq!(blinded.codeword.row(0).len(), 10 * blinded.columns);
}

/// Cells with blinding rows of their own.
fn cells(code: &Code, seed: u64) -> Vec<F> {
    let mut rng = ChaCha8Rng::seed_from_u64(seed);
    let count = code.coefficients() * code.width();
    (0..count).map(|_| rng.random()).collect()
}

#[test]
fn foldings_of_another_polynomial_than_the_committed_one_are_rejected() {
    for index in [0, 1] {
        let result = verdict(|case| {
            let code = case.committed[index].code;
            let other = cells(&code, 2);
            let codeword = Codeword::new(&code, code.width(), cells(&code, 1));
            case.committed[index] = Committed::from_parts(code, other, codeword);
            case.public.roots[index] = case.committed[index].root();
        });
        assert_eq!(result, Err(OpeningError::Claims), "polynomial {index}");
    }
}

#[test]
fn foldings_that_differ_in_a_blinding_row_are_rejected() {
    let result = verdict(|case| {
        let code = case.committed[0].code;
        let own = cells(&code, 1);
        let mut other = own.clone();
        *other.last_mut().expect("cells") += F::ONE;
        let codeword = Codeword::new(&code, code.width(), own);
        case.committed[0] = Committed::from_parts(code, other, codeword);
        case.public.roots[0] = case.committed[0].root();
    });
    assert_eq!(result, Err(OpeningError::Claims));
}

#[test]
fn rows_of_another_tree_are_rejected() {
    for index in [0, 1] {
        let result = verdict(|case| {
            let code = case.committed[index].code;
            let own = cells(&code, 1);
            let codeword = Codeword::new(&code, code.width(), own.clone());
            case.committed[index] = Committed::from_parts(code, own, codeword);
        });
        assert_eq!(result, Err(OpeningError::Rows), "polynomial {index}");
    }
}

#[test]
fn two_polynomials_in_each_others_place_are_rejected() {
    let mut case = Case::new(&[witness(10), witness(10)]);
    case.public.roots.swap(0, 1);
    let bytes = case.argue();
    assert_eq!(verify(&case.public, &bytes), Err(OpeningError::Rows));
}

/// A word that agrees with the code on half of the domain: `x^(n/2) - 1` is zero at every other position.
#[test]
fn a_committed_word_far_from_the_code_is_rejected() {
    let result = verdict(|case| {
        let code = case.committed[0].code;
        let own = cells(&code, 1);
        let mut far = own.clone();
        far.resize(code.domain() * code.width(), F::ZERO);
        far[0] -= F::ONE;
        far[code.domain() / 2 * code.width()] += F::ONE;
        let far = Codeword::new(&code, code.width(), far);
        let near = Codeword::new(&code, code.width(), own.clone());
        let agree = |position: usize| far.row(position) == near.row(position);
        assert!((0..code.domain()).all(|position| agree(position) == (position % 2 == 0)));
        case.committed[0] = Committed::from_parts(code, own, far);
        case.public.roots[0] = case.committed[0].root();
    });
    assert_eq!(result, Err(OpeningError::Claims));
}
