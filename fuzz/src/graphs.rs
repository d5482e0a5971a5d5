//! Keys around graphs that a script makes up: every operator, with numbers that tend to be wrong.

use lilliput_graph::{
    Checked, Input, Node, Op, Output, Post, Scale, Shape, Table, Tensor, TensorId,
};
use lilliput_graph::{GraphError, bounds::Range, draft::Draft};
use lilliput_prover::setup::Hiding;
use lilliput_prover::{Request, prove, setup};
use lilliput_verifier::key::encode_key;
use lilliput_verifier::{Context, KeyError, VerifyingKey, verify};

use super::cases::Outcome;
use super::mutate::{Script, WORDS};

/// Most nodes that are tried, and most elements of a graph that is proven.
const NODES: usize = 12;
const ELEMENTS: usize = 1 << 11;

const UNIT: Scale = Scale {
    mantissa: 1 << 52,
    exponent: -52,
};

/// A small number, or one from the end of something.
fn number(script: &mut Script<'_>) -> u32 {
    match script.byte() {
        0..=239 => script.below(7) as u32,
        _ => WORDS[script.below(WORDS.len())],
    }
}

fn axis(script: &mut Script<'_>) -> u8 {
    match script.byte() {
        0..=247 => script.below(3) as u8,
        _ => script.byte(),
    }
}

fn axes(script: &mut Script<'_>) -> Vec<u8> {
    (0..script.below(5)).map(|_| axis(script)).collect()
}

fn shape(script: &mut Script<'_>) -> Shape {
    Shape((0..script.below(5)).map(|_| number(script)).collect())
}

/// Window sums, slices and pads.
fn along_axis(script: &mut Script<'_>, x: TensorId, kind: usize) -> Op {
    match kind {
        3 => Op::WindowSum {
            x,
            axis: axis(script),
            kernel: number(script),
            stride: number(script),
            before: number(script),
            len: number(script),
        },
        4 => Op::Slice {
            x,
            axis: axis(script),
            start: number(script),
            step: number(script),
            len: number(script),
        },
        _ => Op::Pad {
            x,
            axis: axis(script),
            before: number(script),
            after: number(script),
        },
    }
}

/// Any operator on any tensor, those that don't exist included.
fn op(script: &mut Script<'_>, tensors: usize, tables: usize) -> Op {
    let tensor = |script: &mut Script<'_>| match script.byte() {
        255 => TensorId(u32::MAX),
        _ => TensorId(script.below(tensors + 1) as u32),
    };
    let x = tensor(script);
    let several = |script: &mut Script<'_>| (0..script.below(5)).map(|_| tensor(script)).collect();
    match script.below(11) {
        kind @ 3..=5 => along_axis(script, x, kind),
        0 => Op::Contract {
            a: x,
            b: tensor(script),
            a_axes: axes(script),
            b_axes: axes(script),
            out_axes: axes(script),
        },
        1 => Op::Conv {
            x,
            w: tensor(script),
            stride: [(); 2].map(|()| number(script)),
            pad: [(); 4].map(|()| number(script)),
            dilation: [(); 2].map(|()| number(script)),
            groups: number(script),
        },
        2 => Op::Sum {
            terms: (0..script.below(4))
                .map(|_| (tensor(script), i64::from(number(script)) - 3))
                .collect(),
            constant: i64::from(number(script)) - 3,
        },
        6 => Op::Concat {
            parts: several(script),
            axis: axis(script),
        },
        7 => {
            let perm = axes(script);
            Op::Transpose { x, perm }
        }
        8 => {
            let shape = shape(script);
            Op::Reshape { x, shape }
        }
        9 => Op::Broadcast {
            x,
            shape: shape(script),
            axes: axes(script),
        },
        _ => Op::Lookup {
            x,
            shift: script.byte() % 20,
            table: script.below(tables + 1) as u16,
        },
    }
}

/// Two inputs and a table, then nodes that hold.
fn grow(script: &mut Script<'_>) -> Draft {
    let input = |name: &str, shape: &[u32], bound: i64| Input {
        name: name.into(),
        shape: Shape(shape.to_vec()),
        range: Range {
            lo: -bound,
            hi: bound,
        },
        scale: UNIT,
        zero: 0,
    };
    let inputs = vec![input("a", &[2, 3, 4], 9), input("b", &[3, 4], 3)];
    let mut draft = Draft::new(inputs, Vec::new());
    let values = (-100..=100).map(|value| value * 7 % 13 - 6).collect();
    // A table has to be used.
    let table = draft.push_table(Table::Values { lo: -100, values });
    let looked_up = draft.push(Op::Lookup {
        x: TensorId(1),
        shift: 0,
        table: table.expect("the table holds"),
    });
    assert!(looked_up.is_ok());
    for _ in 0..1 + script.below(NODES) {
        let graph = draft.graph();
        let op = op(script, graph.tensors(), graph.tables.len());
        let mut with = graph.clone();
        with.nodes.push(Node { op: op.clone() });
        if draft.push(op).is_err() {
            // What can't be drafted can't be read either.
            output_all(&mut with, |_| Shape(vec![1]));
            let refused = VerifyingKey::decode(&encode_key(&with.encode(), None));
            let of_node = matches!(refused, Err(KeyError::Graph(GraphError::Node { .. })));
            assert!(of_node, "{refused:?}");
        }
    }
    draft
}

/// Everything that nothing reads is an output.
fn output_all(graph: &mut lilliput_graph::Graph, shape: impl Fn(TensorId) -> Shape) {
    let read: Vec<TensorId> = graph
        .nodes
        .iter()
        .flat_map(|node| node.op.operands())
        .collect();
    let tensors = (0..graph.tensors() as u32).map(TensorId);
    for tensor in tensors.filter(|tensor| !read.contains(tensor)) {
        graph.outputs.push(Output {
            name: format!("output{}", tensor.0),
            tensor,
            scale: UNIT,
            shape: shape(tensor),
            post: Post::None,
        });
    }
}

/// A key around a graph: it is refused, or proofs of it hold.
pub(crate) fn graph(script: &[u8]) -> Outcome {
    let mut script = Script(script);
    let draft = grow(&mut script);
    let mut graph = draft.graph().clone();
    output_all(&mut graph, |tensor| draft.shape(tensor).clone());
    let Ok(key) = VerifyingKey::decode(&encode_key(&graph.encode(), None)) else {
        return Outcome::Refused;
    };
    let checked: &Checked = key.checked();
    let ids = (0..graph.tensors() as u32).map(TensorId);
    let elements = ids.map(|id| checked.tensor_shape(id).elements());
    if elements.sum::<usize>() > ELEMENTS {
        return Outcome::Other;
    }
    let inputs: Vec<Tensor> = graph
        .inputs
        .iter()
        .map(|input| {
            let (lo, hi) = (input.range.lo, input.range.hi);
            let value = |_| lo + script.below((hi - lo + 1) as usize) as i64;
            Tensor {
                values: (0..input.shape.elements()).map(value).collect(),
                shape: input.shape.clone(),
            }
        })
        .collect();
    let weights = lilliput_graph::Weights(Vec::new());
    let (proving, key) = setup(checked, weights, &Hiding::None).expect("keys are made");
    let mut request = Request::new(Context::OFFLINE, 0, &[5; 32]);
    request.hidden.outputs = true;
    let mut proof = prove(&proving, &request, &inputs).expect("a proof is made");
    assert!(verify(&key, &Context::OFFLINE, &proof).is_ok());
    let place = script.below(proof.argument.len());
    proof.argument[place] ^= 1 << (script.byte() % 8);
    assert!(verify(&key, &Context::OFFLINE, &proof).is_err());
    Outcome::Same
}
