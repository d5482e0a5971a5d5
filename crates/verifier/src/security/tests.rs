use lilliput_graph::bounds::Range;
use lilliput_graph::draft::Draft;
use lilliput_graph::{Input, Output, Post, Scale, Shape as TensorShape, TensorId};

use super::*;
use crate::field::EF;
use crate::join::Block;
use crate::layout::{CELL_VARIABLES_MAX, PortLayout};
use crate::logup::Segment;
use crate::pcs::{Root, VARIABLES_MIN};
use crate::tables::{LookupTable, NumberedTable};

/// `2 x`: the layers of least account, so that what is committed decides.
fn checked() -> Checked {
    let scale = Scale {
        mantissa: 1 << 52,
        exponent: -52,
    };
    let input = Input {
        name: "x".into(),
        shape: TensorShape(vec![3]),
        range: Range { lo: 0, hi: 9 },
        scale,
        zero: 0,
    };
    let mut draft = Draft::new(vec![input], Vec::new());
    let terms = vec![(TensorId(0), 2)];
    let tensor = draft.push(Op::Sum { terms, constant: 0 }).unwrap();
    draft.push_output(Output {
        name: "y".into(),
        tensor,
        scale,
        shape: TensorShape(vec![3]),
        post: Post::None,
    });
    Checked::new(draft.into_graph()).unwrap()
}

/// A polynomial of that many variables, full of lookups.
fn polynomial(variables: usize) -> Polynomial {
    let axes = vec![1 << (variables - 1)];
    let block = Block {
        offset: 0,
        axes: axes.clone(),
    };
    let tables = vec![NumberedTable {
        id: 0,
        table: LookupTable::remainders(16),
    }];
    let segments = vec![Segment { table: 0, axes }; 2];
    Polynomial {
        variables,
        blocks: vec![block.clone(), block.clone()],
        multiplicities: vec![block.clone()],
        salt: Some(block),
        lookups: Shape::new(tables, segments).unwrap(),
    }
}

fn layout(variables: usize) -> Layout {
    let port = || PortLayout {
        variables,
        blocks: Vec::new(),
    };
    Layout {
        weights: Some(polynomial(variables)),
        witness: Some(polynomial(variables)),
        lookup_nodes: Vec::new(),
        inputs: Some(port()),
        outputs: Some(port()),
    }
}

fn committed_weights(variables: usize, openings: u32) -> CommittedWeights {
    CommittedWeights {
        root: Root([0; 32]),
        openings,
        point: vec![EF::default(); variables],
        value: EF::default(),
    }
}

#[test]
fn every_size_of_commitment_with_all_hidden_gives_a_hundred_bits() {
    let checked = checked();
    let counts = Counts {
        messages: 1 << 17,
        constraints: 1 << 15,
        products: 1 << 15,
    };
    for variables in VARIABLES_MIN..=CELL_VARIABLES_MAX {
        for openings in [0, 1, 100, 128, 512, crate::key::OPENINGS_MAX] {
            let weights = committed_weights(variables, openings);
            let account = account(&layout(variables), &checked, Some(&weights), &counts);
            assert!(account.suffices(), "{variables} {openings}: {account:?}");
        }
    }
}

#[test]
fn hiding_more_never_counts_for_more() {
    let checked = checked();
    let counts = Counts {
        messages: 1 << 12,
        constraints: 1 << 10,
        products: 1 << 10,
    };
    let weights = committed_weights(20, 128);
    let all = layout(20);
    let without = Layout {
        inputs: None,
        outputs: None,
        ..all.clone()
    };
    let bits = |own: &Layout| account(own, &checked, Some(&weights), &counts).bits;
    assert!(bits(&all) < bits(&without));
    let names = account(&all, &checked, Some(&weights), &counts).terms;
    let names: std::collections::BTreeSet<_> = names.iter().map(|term| term.0).collect();
    for name in ["inputs: queries", "outputs: queries", "key: queries"] {
        assert!(names.contains(name), "{name}");
    }
}

#[test]
fn bits_are_those_of_the_sum_of_errors() {
    let security = Security::new(vec![("a", 101.0), ("b", 101.0)]);
    assert!((security.bits - 100.0).abs() < 1e-9);
    assert!(security.suffices());
    let security = Security::new(vec![("a", 101.0), ("b", 100.9)]);
    assert!(!security.suffices());
}

#[test]
fn the_field_has_the_bits_it_is_counted_with() {
    let bits = f64::from(crate::field::MODULUS).log2() * 5.0;
    assert!(
        (CHALLENGE_BITS..CHALLENGE_BITS + 0.01).contains(&bits),
        "{bits}"
    );
}
