use super::*;

fn statement() -> Statement {
    Statement {
        context: Context {
            chain: [1; 32],
            job: [2; 32],
            provider: [3; 32],
        },
        salt: [4; 32],
        inputs: vec![vec![1, -2, i32::MAX], Vec::new()],
        outputs: vec![vec![i32::MIN]],
    }
}

fn bytes(statement: &Statement) -> Vec<u8> {
    let mut writer = Writer::new();
    statement.encode(&mut writer);
    writer.finish()
}

#[test]
fn a_statement_is_read_as_written() {
    let bytes = bytes(&statement());
    let mut reader = Reader::new(&bytes);
    assert_eq!(Statement::decode(&mut reader).unwrap(), statement());
    reader.finish().unwrap();
}

#[test]
fn a_statement_cut_off_anywhere_is_refused() {
    let bytes = bytes(&statement());
    for length in 0..bytes.len() {
        assert!(Statement::decode(&mut Reader::new(&bytes[..length])).is_err());
    }
}

#[test]
fn a_length_beyond_the_bytes_is_refused_before_anything_is_allocated() {
    let mut bytes = vec![0; 128];
    bytes.push(1);
    bytes.extend([255; 4]);
    let refused = Statement::decode(&mut Reader::new(&bytes));
    assert!(matches!(refused, Err(CodecError::Truncated { .. })));
}

#[test]
fn every_part_of_a_statement_changes_the_next_challenge() {
    let challenge = |statement: &Statement, model: [u8; 32]| {
        statement.transcript(&ModelId(model)).challenge("test")
    };
    let honest = challenge(&statement(), [0; 32]);
    let changes: [fn(&mut Statement); 8] = [
        |own| own.context.chain[0] ^= 1,
        |own| own.context.job[0] ^= 1,
        |own| own.context.provider[31] ^= 1,
        |own| own.salt[31] ^= 1,
        |own| own.inputs[0][1] += 1,
        |own| own.inputs[1].push(0),
        |own| own.outputs[0][0] += 1,
        |own| own.inputs.push(own.outputs.remove(0)),
    ];
    for change in changes {
        let mut other = statement();
        change(&mut other);
        assert_ne!(challenge(&other, [0; 32]), honest);
    }
    assert_ne!(challenge(&statement(), [1; 32]), honest);
    assert_eq!(challenge(&statement(), [0; 32]), honest);
}

#[test]
fn commitments_to_inputs_differ_by_salt_and_by_value() {
    let inputs = vec![vec![1, 2], vec![3]];
    let commitment = InputCommitment::new(&[0; 32], &inputs);
    assert_ne!(commitment, InputCommitment::new(&[1; 32], &inputs));
    assert_ne!(
        commitment,
        InputCommitment::new(&[0; 32], &[vec![1], vec![2, 3]])
    );
    assert_ne!(commitment.0, OutputDigest::new(&inputs).0);
}
