//! Cheating provers: each commits to something false and goes on honestly from there.
//!
//! A verdict alone doesn't say what was caught, so each cheat's messages are taken out of their masks, and the one
//! constraint that they break is looked at as well.

use lilliput_graph::bounds::Range;
use lilliput_graph::draft::Draft;
use lilliput_graph::{
    Checked, Input, Op, Output, Post, Scale, Shape, Table, TensorId, WeightSpec, Weights,
};
use lilliput_verifier::form::Form;
use lilliput_verifier::layout::Polynomial;
use lilliput_verifier::pcs::OpeningError;
use lilliput_verifier::{Rejection, Verified, verify};

use super::*;
use crate::setup::{Hiding, setup};

mod lookups;
mod ports;

const UNIT: Scale = Scale {
    mantissa: 1 << 52,
    exponent: -52,
};

/// `table[(w . x + 4) >> 3]` for each of five rows, with three columns: every axis has padding.
fn graph(table: Table) -> Checked {
    graph_with(table, Range { lo: -10, hi: 10 })
}

fn graph_with(table: Table, range: Range) -> Checked {
    let input = Input {
        name: "x".into(),
        shape: Shape(vec![3]),
        range,
        scale: UNIT,
        zero: 0,
    };
    let weight = WeightSpec {
        shape: Shape(vec![5, 3]),
        bits: 4,
    };
    let mut draft = Draft::new(vec![input], vec![weight]);
    let table = draft.push_table(table).expect("the table holds");
    let product = draft.push(Op::Contract {
        a: TensorId(1),
        b: TensorId(0),
        a_axes: vec![0, 1],
        b_axes: vec![1],
        out_axes: vec![0],
    });
    let looked_up = draft.push(Op::Lookup {
        x: product.expect("the product holds"),
        shift: 3,
        table,
    });
    draft.push_output(Output {
        name: "y".into(),
        tensor: looked_up.expect("the lookup holds"),
        scale: UNIT,
        shape: Shape(vec![5]),
        post: Post::None,
    });
    Checked::new(draft.into_graph()).expect("the graph holds")
}

/// Two results only, so that neighbours mostly agree.
fn steps(threshold: i32) -> Table {
    let values = (-40..=40).map(|x| i32::from(x > threshold)).collect();
    Table::Values { lo: -40, values }
}

struct Case {
    key: ProvingKey,
    inputs: Vec<Tensor>,
}

fn case() -> Case {
    let weights = Tensor {
        shape: Shape(vec![5, 3]),
        values: vec![1, -2, 3, 4, 5, -6, 7, -8, 7, 6, -5, 4, 3, 2, 1],
    };
    let hiding = Hiding::Weights {
        seed: [5; 32],
        openings: 9,
    };
    let (key, _) = setup(&graph(steps(0)), Weights(vec![weights]), &hiding).expect("keys are made");
    let inputs = vec![input([10, -9, 8])];
    Case { key, inputs }
}

fn input(values: [i64; 3]) -> Tensor {
    Tensor {
        shape: Shape(vec![3]),
        values: values.to_vec(),
    }
}

/// What a cheating prover says: a run, and the values that it states and commits to.
struct Cheat<'a> {
    key: &'a ProvingKey,
    layout: Layout,
    run: Run<'a>,
    statement: Statement,
    inputs: Side,
    outputs: Side,
}

/// Everything hidden but the outputs, and the other way round.
const INPUTS: Hidden = Hidden {
    inputs: true,
    outputs: false,
};
const ALL: Hidden = Hidden {
    inputs: true,
    outputs: true,
};
const NOTHING: Hidden = Hidden {
    inputs: false,
    outputs: false,
};

impl<'a> Cheat<'a> {
    /// Of a run, for the inputs stated.
    fn new(key: &'a ProvingKey, trace: &'a Trace<'a>, inputs: &[Tensor], hidden: Hidden) -> Self {
        Self::of_runs(key, [trace, trace], inputs, hidden)
    }

    /// Counts lookups of the first run, and argues with the other.
    fn of_runs(
        key: &'a ProvingKey,
        [honest, trace]: [&'a Trace<'a>; 2],
        inputs: &[Tensor],
        hidden: Hidden,
    ) -> Self {
        let checked = key.verifying.checked();
        let layout = Layout::new(checked, hidden).expect("the graph can be proven");
        let mut run = Run::new(checked, &layout, honest).expect("all values are in their tables");
        run.trace = trace;
        let side =
            |values: Result<Vec<Vec<i32>>, ProveError>, layout: &Option<PortLayout>, seed| {
                Side::new(values.expect("values are small"), layout.as_ref(), seed)
            };
        let inputs = side(ports(inputs.iter()), &layout.inputs, &[1; 32]);
        let outputs = side(ports(trace.outputs()), &layout.outputs, &[2; 32]);
        let statement = Statement {
            context: Context::OFFLINE,
            opening: 2,
            task: Task::ANSWER,
            seed: if hidden.inputs { [0; 32] } else { [1; 32] },
            inputs: inputs.port(),
            outputs: outputs.port(),
        };
        Self {
            key,
            layout,
            run,
            statement,
            inputs,
            outputs,
        }
    }

    fn argument(&self) -> Argument<'_> {
        Argument {
            key: self.key,
            checked: self.key.verifying.checked(),
            layout: &self.layout,
            statement: &self.statement,
            inputs: &self.inputs,
            outputs: &self.outputs,
            run: &self.run,
        }
    }

    /// Argues, and says which constraints its messages break besides the verdict.
    fn finish(&self) -> (Result<Verified, Rejection>, Vec<usize>) {
        let argument = self.argument();
        let bytes = argument.argue::<Fast>(&[3; 32]).expect("an argument");
        let broken = self.broken(&argument, &bytes);
        let proof = Proof {
            statement: self.statement.clone(),
            argument: bytes,
        };
        let verdict = verify(&self.key.verifying, &Context::OFFLINE, &proof);
        (verdict, broken)
    }

    /// The constraints that don't hold of the messages without their masks.
    fn broken(&self, argument: &Argument<'_>, bytes: &[u8]) -> Vec<usize> {
        let verifying = &self.key.verifying;
        let parts = Parts {
            checked: verifying.checked(),
            layout: &self.layout,
            weights: verifying.weights(),
            inputs: &self.statement.inputs,
            outputs: &self.statement.outputs,
        };
        let said = self.statement.transcript(&verifying.model_id());
        let mut receiver = Receiver::new(bytes, said);
        follow(&parts, &mut receiver).expect("the argument can be followed");
        let masks = argument
            .randomness(&[3; 32])
            .extension(receiver.masked().len());
        let value = |form: &Form| form.evaluate(|index| receiver.masked()[index] - masks[index]);
        let constraints = receiver.constraints.iter().enumerate();
        constraints
            .filter(|(_, own)| {
                let products = own.products.iter();
                let sum: EF = products
                    .map(|[left, right]| value(left) * value(right))
                    .sum();
                sum != value(&own.sum)
            })
            .map(|(index, _)| index)
            .collect()
    }
}

/// The run, changed by `cheat`, proven and checked.
fn check(cheat: impl FnOnce(&mut Run<'_>)) -> (Result<Verified, Rejection>, Vec<usize>) {
    let Case { key, inputs } = case();
    let trace = execute(key.verifying.checked(), &key.weights, &inputs).expect("the model runs");
    let mut own = Cheat::new(&key, &trace, &inputs, INPUTS);
    cheat(&mut own.run);
    own.finish()
}

/// Rejected because the fractions don't sum to zero, and for nothing else.
fn assert_unbalanced((verdict, broken): (Result<Verified, Rejection>, Vec<usize>)) {
    assert_eq!(verdict.unwrap_err(), CLAIMS);
    assert_eq!(broken, [0]);
}

const CLAIMS: Rejection = Rejection::Opening(OpeningError::Claims);

/// The one constraint of the join that a lie breaks, as a check that it is one only and not the lookups' first.
fn assert_joined((verdict, broken): (Result<Verified, Rejection>, Vec<usize>)) {
    assert_eq!(verdict.unwrap_err(), CLAIMS);
    assert!(broken.len() == 1 && broken[0] > 0, "{broken:?}");
}

/// The polynomial of the witness of a run with hidden inputs.
fn polynomial(key: &ProvingKey) -> Polynomial {
    let layout = Layout::new(key.verifying.checked(), INPUTS).expect("the graph can be proven");
    layout.witness.expect("it looks up")
}

/// Commits again after values or counts were changed.
fn commit_again(witness: &mut Cells<'_>) {
    let polynomial = polynomial(&case().key);
    witness.cells = cells(
        &polynomial,
        &witness.looked_up.committed(),
        &witness.looked_up.multiplicities,
    );
}

fn witness<'a, 'b>(run: &'a mut Run<'b>) -> &'a mut Cells<'b> {
    run.witness.as_mut().expect("it looks up")
}

#[test]
fn an_honest_run_is_accepted_and_breaks_nothing() {
    let Case { key, inputs } = case();
    let trace = execute(key.verifying.checked(), &key.weights, &inputs).expect("the model runs");
    for hidden in [INPUTS, ALL, NOTHING] {
        let (verdict, broken) = Cheat::new(&key, &trace, &inputs, hidden).finish();
        assert!(verdict.is_ok() && broken.is_empty(), "{hidden:?}");
    }
}
