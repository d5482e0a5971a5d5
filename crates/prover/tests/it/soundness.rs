//! Faults, and the tests that show that they are caught. The table is checked: each test stands in its file.
//!
//! | fault | file | test |
//! |---|---|---|
//! | division: a remainder below its range | prover/src/prove/tests/lookups.rs | a_remainder_out_of_range_is_rejected |
//! | division: a remainder above its range | prover/src/prove/tests/lookups.rs | a_quotient_that_is_one_too_small_is_rejected |
//! | wrap-around of an accumulator | prover/tests/it/soundness.rs | an_accumulator_that_could_wrap_is_refused |
//! | wrap-around of a requantisation | prover/src/prove/tests/lookups.rs | a_wrapped_shift_is_rejected |
//! | wrap-around of a requantisation: the graph | verifier/src/layers/limits/tests.rs | a_table_and_a_shift_that_together_reach_around_the_modulus_are_refused |
//! | two encodings of zero, and of any quotient | verifier/src/layers/limits/tests.rs | quotient_and_remainder_tell_every_residue_apart |
//! | zero with another remainder | prover/src/prove/tests/lookups.rs | zero_with_another_remainder_is_rejected |
//! | two encodings of a field element | verifier/src/codec/tests.rs | unreduced_elements_are_refused |
//! | the same in a proof | prover/tests/it/tamper.rs | an_unreduced_field_element_is_rejected |
//! | a wrong multiplicity | prover/src/prove/tests/lookups.rs | a_wrong_multiplicity_is_rejected |
//! | every wrong multiplicity of a small argument | prover/src/logup/tests.rs | every_wrong_multiplicity_is_caught |
//! | multiplicities whose sum agrees | prover/src/prove/tests/lookups.rs | multiplicities_moved_to_another_entry_are_rejected |
//! | a multiplicity below zero | prover/src/prove/tests/lookups.rs | a_multiplicity_below_zero_is_rejected |
//! | as many lookups as the modulus | verifier/src/logup/tests.rs | no_count_of_lookups_reaches_the_modulus |
//! | results of another table | prover/src/prove/tests/lookups.rs | results_of_another_table_are_rejected |
//! | claims swapped between layers | prover/src/prove/tests/lookups.rs | claims_swapped_between_layers_are_rejected |
//! | weights of one layer used in another | prover/src/prove/tests/lookups.rs | weights_of_one_layer_used_in_another_are_rejected |
//! | other weights than the key's | prover/src/prove/tests/ports.rs | a_run_with_other_weights_is_rejected |
//! | padding of the witness that hides values | prover/src/prove/tests/lookups.rs | garbage_in_the_padding_changes_nothing |
//! | padding of inputs and outputs that hides values | prover/src/prove/tests/ports.rs | padding_of_hidden_ports_hides_nothing |
//! | a key with weights out of range | prover/src/setup/tests.rs | a_weight_out_of_range_makes_no_key |
//! | a key that commits to other weights than argued | prover/src/setup/tests.rs | a_weight_committed_otherwise_than_argued_makes_no_key |
//! | a wrong value out of the domain in a key | prover/src/setup/tests.rs | a_value_out_of_the_domain_that_is_not_the_commitments_makes_no_key |
//! | a key that states other openings than committed for | prover/src/setup/tests.rs | a_number_of_openings_that_was_not_committed_for_makes_no_key |
//! | a hidden input out of its range | prover/src/prove/tests/ports.rs | a_hidden_input_out_of_its_range_is_rejected |
//! | another input than the stated one | prover/src/prove/tests/ports.rs | a_run_on_another_input_is_rejected |
//! | a hidden input or output that isn't the computed one | prover/src/prove/tests/ports.rs | a_hidden_input_or_output_committed_otherwise_than_computed_is_rejected |
//! | one commitment stated, another opened | prover/src/prove/tests/ports.rs | a_commitment_named_in_the_statement_and_another_one_opened_are_rejected |
//! | input and output in each other's place | prover/src/prove/tests/ports.rs | input_and_output_opened_in_each_others_place_are_rejected |
//! | a value left out of the transcript | prover/tests/it/soundness/census.rs | every_byte_is_absorbed_or_bound_by_a_root_and_the_steps_are_the_published_ones |
//! | a commitment after the challenge that depends on it | prover/tests/it/soundness/census.rs | commitments_come_before_challenges |
//! | a part of the statement left out of the transcript | verifier/src/statement/tests.rs | every_part_of_a_hidden_statement_changes_the_next_challenge |
//! | any message changed | prover/tests/it/soundness/manifest.rs | no_changed_message_of_a_proof_is_accepted |
//! | a model against Fiat-Shamir | verifier/src/layers/limits/tests.rs | a_graph_within_the_degree_rule_does_not_contain_a_hash |
//! | a deep circuit without lookups | verifier/src/layers/limits/tests.rs | boolean_circuits_without_lookups_are_refused |
//! | a proof under challenges that the prover chose | prover/tests/it/soundness.rs | no_check_takes_programmed_challenges |
//! | an opening out of range | prover/tests/it/tamper.rs | another_opening_is_rejected_and_one_out_of_range_is_refused |
//! | another task or number of samples | prover/tests/it/tamper.rs | another_task_is_rejected |
//! | masks that differ from those committed | prover/src/settle/tests/faults.rs | masks_that_differ_from_those_committed_are_rejected |
//! | a mask used twice | prover/src/settle/tests/faults.rs | a_mask_used_twice_is_rejected |
//! | columns without their random part | prover/src/settle/tests/faults.rs | columns_without_their_random_part_are_rejected |
//! | columns other than those committed | prover/src/settle/tests/faults.rs | columns_other_than_those_committed_are_rejected |
//! | foldings that aren't the committed polynomial's | prover/src/settle/tests/faults.rs | foldings_of_another_polynomial_than_the_committed_one_are_rejected |
//! | rows of another tree | prover/src/settle/tests/faults.rs | rows_of_another_tree_are_rejected |
//! | a committed word far from the code | prover/src/settle/tests/faults.rs | a_committed_word_far_from_the_code_is_rejected |
//! | a successor with other weights | prover/src/link/tests.rs | a_successor_with_other_weights_is_not_linked |

mod census;
mod made;
mod manifest;
pub(crate) mod parts;

use std::path::{Path, PathBuf};

use lilliput_graph::bounds::{Range, VALUE_MAX};
use lilliput_graph::{Op, TensorId};

use crate::nets::Net;

fn crates() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("..")
}

#[test]
fn every_test_of_the_table_is_where_it_says() {
    let rows = include_str!("soundness.rs")
        .lines()
        .map_while(|line| line.strip_prefix("//!"))
        .filter(|line| line.contains(".rs |"));
    let mut count = 0;
    for row in rows {
        let cells: Vec<&str> = row.split('|').map(str::trim).collect();
        let [_, _, file, test, _] = cells[..] else {
            unreachable!("a row of three cells: {row}");
        };
        let text = std::fs::read_to_string(crates().join(file)).expect("the file is there");
        let head = format!("#[test]\nfn {test}() {{");
        assert!(text.contains(&head), "{file} has no test {test}");
        count += 1;
    }
    assert!(count > 40, "{count}");
}

/// `w . x` of one row, all values as large as they may be.
fn accumulator(length: u32, range: Range) -> bool {
    let mut net = Net::new(1, &[(&[length], range)], &[(&[1, length], 16)]);
    let product = net.draft.push(Op::Contract {
        a: TensorId(1),
        b: TensorId(0),
        a_axes: vec![0, 1],
        b_axes: vec![1],
        out_axes: vec![0],
    });
    product.is_ok()
}

#[test]
fn an_accumulator_that_could_wrap_is_refused() {
    // 2^15 times 2^10 times 31 is below the limit, times 32 is not: whatever the weights and inputs of a run are.
    let range = Range {
        lo: -(1 << 10),
        hi: 1 << 10,
    };
    assert!(accumulator(31, range));
    assert!(!accumulator(32, range));
    const { assert!(31 << 25 <= VALUE_MAX && 32 << 25 > VALUE_MAX) };
    // Below half of the modulus: two integers within the limit never have one residue.
    assert!(2 * VALUE_MAX < i64::from(lilliput_verifier::field::MODULUS));
}

/// Files of Rust below a folder.
fn sources(folder: &Path, found: &mut Vec<PathBuf>) {
    for entry in std::fs::read_dir(folder).expect("the folder is there") {
        let path = entry.expect("an entry").path();
        if path.is_dir() {
            sources(&path, found);
        } else if path.extension().is_some_and(|extension| extension == "rs") {
            found.push(path);
        }
    }
}

/// Transcripts with programmed challenges are for simulators in tests: nothing that checks or proves uses them.
#[test]
fn no_check_takes_programmed_challenges() {
    let mut found = Vec::new();
    for entry in std::fs::read_dir(crates()).expect("the folder is there") {
        let folder = entry.expect("an entry").path().join("src");
        if folder.is_dir() {
            sources(&folder, &mut found);
        }
    }
    assert!(found.len() > 100);
    let own = Path::new("verifier/src/transcript.rs");
    for path in found {
        let is_test = path.components().any(|part| part.as_os_str() == "tests")
            || path.file_name().is_some_and(|name| name == "tests.rs");
        let text = std::fs::read_to_string(&path).expect("the file is there");
        let programmed = text.contains("::programmed(") || text.contains("fn programmed(");
        assert!(!programmed || is_test || path.ends_with(own), "{path:?}");
    }
}
