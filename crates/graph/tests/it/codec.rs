//! The canonical encoding: one form per graph, hostile bytes refused.

use lilliput_graph::check::{NODES_MAX, PORTS_MAX};
use lilliput_graph::codec::{BYTES_MAX, VERSION};
use lilliput_graph::{Checked, DecodeError, Graph, GraphError, Op, Shape, TensorId};
use proptest::prelude::*;
use proptest::test_runner::RngSeed;

use crate::example::network;

fn config() -> ProptestConfig {
    ProptestConfig {
        rng_seed: RngSeed::Fixed(3),
        failure_persistence: None,
        cases: 2_000,
        ..ProptestConfig::default()
    }
}

/// Whatever is accepted must be the one encoding of what it means, and a check must not panic.
fn stays_canonical(bytes: &[u8]) {
    if let Ok(graph) = Graph::decode(bytes) {
        assert_eq!(graph.encode(), bytes);
        let _ = Checked::new(graph);
    }
}

proptest! {
    #![proptest_config(config())]

    #[test]
    fn garbage_never_panics(mut bytes in prop::collection::vec(any::<u8>(), 0..300)) {
        if let Some(version) = bytes.first_mut() {
            *version = VERSION;
        }
        stays_canonical(&bytes);
    }

    #[test]
    fn a_changed_encoding_never_panics(
        changes in prop::collection::vec((any::<prop::sample::Index>(), any::<u8>()), 1..4),
    ) {
        let mut bytes = network().0.encode();
        for (index, value) in changes {
            let index = index.index(bytes.len());
            bytes[index] = value;
        }
        stays_canonical(&bytes);
    }
}

#[test]
fn an_encoded_graph_is_read_back() {
    let (graph, ..) = network();
    assert_eq!(Graph::decode(&graph.encode()).unwrap(), graph);
}

#[test]
fn every_cut_and_every_addition_is_refused() {
    let bytes = network().0.encode();
    for end in 0..bytes.len() {
        assert!(Graph::decode(&bytes[..end]).is_err(), "cut at {end}");
    }
    let longer = [&bytes[..], &[0]].concat();
    assert!(matches!(
        Graph::decode(&longer),
        Err(DecodeError::Malformed(_))
    ));
}

#[test]
fn another_version_is_refused() {
    let mut bytes = network().0.encode();
    bytes[0] = VERSION + 1;
    assert!(matches!(
        Graph::decode(&bytes),
        Err(DecodeError::Version { got: 2 })
    ));
}

#[test]
fn lists_beyond_their_limits_are_refused() {
    let (graph, ..) = network();
    let mut crowded = graph.clone();
    crowded.nodes = vec![crowded.nodes[1].clone(); NODES_MAX + 1];
    let too_many = |graph: &Graph, name: &str| match Graph::decode(&graph.encode()) {
        Err(DecodeError::Limits(GraphError::TooMany { what, .. })) => assert_eq!(what, name),
        other => panic!("{other:?}"),
    };
    too_many(&crowded, "nodes");
    let mut talkative = graph.clone();
    talkative.outputs = vec![talkative.outputs[0].clone(); PORTS_MAX + 1];
    too_many(&talkative, "outputs");
    let mut wide = graph;
    for node in &mut wide.nodes {
        node.op = Op::Concat {
            parts: vec![TensorId(0); 20_000],
            axis: 0,
        };
    }
    too_many(&wide, "operands");
    let bytes = vec![VERSION; BYTES_MAX + 1];
    assert!(matches!(
        Graph::decode(&bytes),
        Err(DecodeError::TooLong { .. })
    ));
}

#[test]
fn a_length_beyond_the_bytes_is_refused_without_allocating_it() {
    let mut bytes = vec![VERSION];
    bytes.extend(u32::MAX.to_le_bytes());
    assert!(matches!(
        Graph::decode(&bytes),
        Err(DecodeError::Malformed(_))
    ));
}

#[test]
fn a_huge_shape_is_refused_by_the_check() {
    let (mut graph, ..) = network();
    graph.inputs[0].shape = Shape(vec![u32::MAX, u32::MAX, u32::MAX]);
    let graph = Graph::decode(&graph.encode()).unwrap();
    assert!(matches!(
        Checked::new(graph),
        Err(GraphError::Shape {
            what: "input",
            index: 0,
            ..
        })
    ));
}
