use super::*;

fn statement() -> Statement {
    Statement {
        context: Context {
            chain: [1; 32],
            job: [2; 32],
            provider: [3; 32],
        },
        opening: 5,
        task: Task::Answers(2),
        seed: [4; 32],
        inputs: Port::Public(vec![vec![1, -2, i32::MAX], Vec::new()]),
        outputs: Port::Public(vec![vec![i32::MIN]]),
    }
}

/// The same with everything hidden.
fn hidden() -> Statement {
    Statement {
        inputs: Port::Hidden(Root([6; 32])),
        outputs: Port::Hidden(Root([7; 32])),
        seed: [0; 32],
        ..statement()
    }
}

fn values(port: &mut Port) -> &mut Vec<Vec<i32>> {
    match port {
        Port::Public(values) => values,
        Port::Hidden(_) => panic!("a public port"),
    }
}

fn root(port: &mut Port) -> &mut [u8; 32] {
    match port {
        Port::Hidden(root) => &mut root.0,
        Port::Public(_) => panic!("a hidden port"),
    }
}

fn bytes(statement: &Statement) -> Vec<u8> {
    let mut writer = Writer::new();
    statement.encode(&mut writer);
    writer.finish()
}

#[test]
fn a_statement_is_read_as_written() {
    for statement in [statement(), hidden()] {
        let bytes = bytes(&statement);
        let mut reader = Reader::new(&bytes);
        assert_eq!(Statement::decode(&mut reader).unwrap(), statement);
        reader.finish().unwrap();
    }
}

#[test]
fn a_statement_cut_off_anywhere_is_refused() {
    for statement in [statement(), hidden()] {
        let bytes = bytes(&statement);
        for length in 0..bytes.len() {
            assert!(Statement::decode(&mut Reader::new(&bytes[..length])).is_err());
        }
    }
}

/// Bytes before the inputs: three of the context, opening, task, the seed.
const HEAD: usize = 3 * 32 + 4 + 5 + 32;

#[test]
fn a_length_beyond_the_bytes_is_refused_before_anything_is_allocated() {
    let mut bytes = vec![0; HEAD];
    bytes.extend([0, 1]);
    bytes.extend([255; 4]);
    let refused = Statement::decode(&mut Reader::new(&bytes));
    assert!(matches!(refused, Err(CodecError::Truncated { .. })));
}

#[test]
fn a_kind_of_task_that_there_is_not_is_refused() {
    let bytes = bytes(&hidden());
    let place = 3 * 32 + 4;
    for kind in 2..=u8::MAX {
        let mut other = bytes.clone();
        other[place] = kind;
        let refused = Statement::decode(&mut Reader::new(&other));
        assert_eq!(refused, Err(CodecError::OutOfBounds("kind of task")));
    }
}

#[test]
fn a_kind_of_port_that_there_is_not_is_refused() {
    let bytes = bytes(&hidden());
    assert_eq!(bytes[HEAD], 1);
    for kind in 2..=u8::MAX {
        let mut other = bytes.clone();
        other[HEAD] = kind;
        let refused = Statement::decode(&mut Reader::new(&other));
        let expected = CodecError::OutOfBounds("kind of inputs or outputs");
        assert_eq!(refused, Err(expected));
    }
}

fn challenge(statement: &Statement, model: [u8; 32]) -> crate::field::EF {
    statement.transcript(&ModelId(model)).challenge("test")
}

#[test]
fn every_part_of_a_statement_changes_the_next_challenge() {
    let changes: [fn(&mut Statement); 11] = [
        |own| own.context.chain[0] ^= 1,
        |own| own.context.job[0] ^= 1,
        |own| own.context.provider[31] ^= 1,
        |own| own.opening += 1,
        |own| own.task = Task::Answers(3),
        |own| own.task = Task::Score(1),
        |own| own.seed[31] ^= 1,
        |own| values(&mut own.inputs)[0][1] += 1,
        |own| values(&mut own.inputs)[1].push(0),
        |own| values(&mut own.outputs)[0][0] += 1,
        |own| {
            let moved = values(&mut own.outputs).remove(0);
            values(&mut own.inputs).push(moved);
        },
    ];
    let honest = challenge(&statement(), [0; 32]);
    for change in changes {
        let mut other = statement();
        change(&mut other);
        assert_ne!(challenge(&other, [0; 32]), honest);
    }
    assert_ne!(challenge(&statement(), [1; 32]), honest);
    assert_eq!(challenge(&statement(), [0; 32]), honest);
}

#[test]
fn every_part_of_a_hidden_statement_changes_the_next_challenge() {
    let changes: [fn(&mut Statement); 9] = [
        |own| own.context.chain[0] ^= 1,
        |own| own.opening += 1,
        |own| own.task = Task::Answers(3),
        |own| own.task = Task::Score(1),
        |own| own.seed[31] ^= 1,
        |own| root(&mut own.inputs)[31] ^= 1,
        |own| root(&mut own.outputs)[0] ^= 1,
        |own| std::mem::swap(&mut own.inputs, &mut own.outputs),
        |own| own.inputs = Port::Public(Vec::new()),
    ];
    let honest = challenge(&hidden(), [0; 32]);
    for change in changes {
        let mut other = hidden();
        change(&mut other);
        assert_ne!(challenge(&other, [0; 32]), honest);
    }
}

/// Two inputs of two values and of one, the first passed on.
fn checked() -> Checked {
    use lilliput_graph::bounds::Range;
    use lilliput_graph::draft::Draft;
    use lilliput_graph::{Input, Op, Output, Post, Scale, Shape};
    let scale = Scale {
        mantissa: 1 << 52,
        exponent: -52,
    };
    let input = |name: &str, length| Input {
        name: name.into(),
        shape: Shape(vec![length]),
        range: Range { lo: -3, hi: 3 },
        scale,
        zero: 0,
    };
    let mut draft = Draft::new(vec![input("a", 2), input("b", 1)], Vec::new());
    let terms = vec![(TensorId(0), 1)];
    let tensor = draft.push(Op::Sum { terms, constant: 0 }).unwrap();
    let terms = vec![(TensorId(1), 1)];
    let other = draft.push(Op::Sum { terms, constant: 0 }).unwrap();
    for (name, tensor, length) in [("c", tensor, 2), ("d", other, 1)] {
        draft.push_output(Output {
            name: name.into(),
            tensor,
            scale,
            shape: Shape(vec![length]),
            post: Post::None,
        });
    }
    Checked::new(draft.into_graph()).unwrap()
}

#[test]
fn commitments_to_inputs_differ_by_seed_and_by_value() {
    let checked = checked();
    let of = |seed, values: [i32; 3]| {
        let inputs = vec![values[..2].to_vec(), values[2..].to_vec()];
        InputCommitment::new(&[seed; 32], &inputs, &checked)
    };
    let commitment = of(0, [1, 2, 3]).unwrap();
    assert_eq!(of(0, [1, 2, 3]).unwrap(), commitment);
    for (seed, values) in [
        (1, [1, 2, 3]),
        (0, [2, 1, 3]),
        (0, [1, 3, 2]),
        (0, [1, 2, -3]),
    ] {
        assert_ne!(of(seed, values).unwrap(), commitment, "{seed} {values:?}");
    }
    let inputs = vec![vec![1, 2], vec![3]];
    assert_ne!(commitment.0, OutputDigest::new(&inputs).0);
    let moved = vec![vec![1], vec![2, 3]];
    let refused = InputCommitment::new(&[0; 32], &moved, &checked);
    assert!(matches!(refused, Err(StatementError::Length { .. })));
    let range = of(0, [1, 2, 4]).unwrap_err();
    assert!(matches!(range, StatementError::Range { value: 4, .. }));
    assert_ne!(
        OutputDigest::new(&inputs),
        OutputDigest::new(&[vec![1], vec![2, 3]])
    );
}

#[test]
fn a_public_and_a_hidden_input_have_one_commitment() {
    let checked = checked();
    let layout = PortLayout::inputs(&checked).unwrap();
    let inputs = vec![vec![1, -2], vec![3]];
    let root = commit_ports(&layout, &[9; 32], &inputs).root();
    let commitment = InputCommitment::new(&[9; 32], &inputs, &checked).unwrap();
    assert_eq!(root.0, commitment.0);
}

#[test]
fn an_opening_that_the_key_does_not_have_is_refused() {
    let checked = checked();
    let mut own = hidden();
    for openings in [0, 1, 5] {
        let got = own.opening;
        let refused = own.check(&checked, openings);
        assert_eq!(refused, Err(StatementError::Opening { got, openings }));
    }
    assert_eq!(own.check(&checked, 6), Ok(()));
    own.opening = 0;
    assert_eq!(own.check(&checked, 0), Ok(()));
    own.opening = u32::MAX;
    assert!(own.check(&checked, crate::key::OPENINGS_MAX).is_err());
}

#[test]
fn a_seed_beside_hidden_inputs_is_refused() {
    let mut own = hidden();
    own.seed[3] = 1;
    assert_eq!(own.check(&checked(), 6), Err(StatementError::Seed));
}
