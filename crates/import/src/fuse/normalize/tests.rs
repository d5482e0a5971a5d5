use crate::array::{Array, Constant};
use crate::element::Element;
use crate::fuse::fused;
use crate::interpret;
use crate::program::{Function, Operation, Program, ProgramOutput, Step, Unary, Value};

const ROWS: usize = 3;
const LENGTH: usize = 8;

/// Steps of `[ROWS, LENGTH]`, of which the first is the input.
struct Written(Vec<Step>);

impl Written {
    fn push(&mut self, operation: Operation, operands: &[Value], shape: &[usize]) -> Value {
        self.0.push(Step {
            name: format!("step {}", self.0.len()),
            operation,
            operands: operands.to_vec(),
            shape: shape.to_vec(),
            element: Element::Float,
        });
        self.0.len() - 1
    }

    fn mean(&mut self, x: Value, factor: f32) -> Value {
        let sum = Operation::WindowSum {
            axis: 1,
            kernel: LENGTH,
            stride: 1,
            before: 0,
        };
        let sum = self.push(sum, &[x], &[ROWS, 1]);
        let factor = Operation::MulConstant(Array::scalar(factor / LENGTH as f32));
        self.push(factor, &[sum], &[ROWS, 1])
    }

    fn less(&mut self, a: Value, b: Value, shape: &[usize]) -> Value {
        self.push(Operation::Add { sign: -1.0 }, &[a, b], shape)
    }

    fn unary(&mut self, x: Value, function: Unary) -> Value {
        let function = Operation::Function(Function::Unary(function));
        self.push(function, &[x], &[ROWS, 1])
    }
}

/// How a file may write it: the variance as the mean of squares of what is centred or as that of all
/// less the mean's square, limited from below or not.
fn written(by_squares: bool, limited: bool, factor: f32) -> Program {
    let whole = [ROWS, LENGTH];
    let mut steps = Written(Vec::new());
    let x = steps.push(Operation::Input, &[], &whole);
    let mean = steps.mean(x, factor);
    let spread = steps.push(Operation::Expand, &[mean], &whole);
    let centered = steps.less(x, spread, &whole);
    let mut variance = if by_squares {
        let squares = steps.push(Operation::Mul, &[x, x], &whole);
        let squares = steps.mean(squares, 1.0);
        let square = steps.push(Operation::Mul, &[mean, mean], &[ROWS, 1]);
        steps.less(squares, square, &[ROWS, 1])
    } else {
        let squares = steps.push(Operation::Mul, &[centered, centered], &whole);
        steps.mean(squares, 1.0)
    };
    if limited {
        let zero = Operation::Constant(Constant::Float(Array::scalar(0.0)));
        let zero = steps.push(zero, &[], &[]);
        let zero = steps.push(Operation::Reshape, &[zero], &[1, 1]);
        let zero = steps.push(Operation::Expand, &[zero], &[ROWS, 1]);
        variance = steps.push(Operation::Max, &[zero, variance], &[ROWS, 1]);
    }
    let raised = Operation::AddConstant(Array::scalar(1e-3));
    let raised = steps.push(raised, &[variance], &[ROWS, 1]);
    let root = steps.unary(raised, Unary::Sqrt);
    let inverse = steps.unary(root, Unary::Reciprocal);
    let inverse = steps.push(Operation::Expand, &[inverse], &whole);
    let scale = Array {
        shape: vec![LENGTH],
        values: (0..LENGTH).map(|place| place as f32 - 2.5).collect(),
    };
    let inverse = steps.push(Operation::MulConstant(scale), &[inverse], &whole);
    let value = steps.push(Operation::Mul, &[centered, inverse], &whole);
    let outputs = vec![ProgramOutput {
        name: "y".into(),
        value,
        softmax: false,
    }];
    Program {
        inputs: 1,
        steps: steps.0,
        outputs,
    }
}

fn answer(program: &Program) -> Vec<f32> {
    let x: Vec<f32> = (0..ROWS * LENGTH)
        .map(|place| (place * 7 % 11) as f32 / 3.0)
        .collect();
    interpret::run(program, &[x]).swap_remove(program.outputs[0].value)
}

#[test]
fn every_way_to_write_it_becomes_one_step_and_a_factor() {
    for (by_squares, limited) in [(false, false), (false, true), (true, false), (true, true)] {
        let program = written(by_squares, limited, 1.0);
        let fused = fused(program.clone());
        let operations: Vec<&Operation> = fused.steps.iter().map(|step| &step.operation).collect();
        assert!(
            matches!(
                operations[..],
                [
                    Operation::Input,
                    Operation::Normalize {
                        axis: 1,
                        centered: true,
                        ..
                    },
                    Operation::MulConstant(_)
                ]
            ),
            "{by_squares} {limited}: {operations:?}"
        );
        for (ours, theirs) in answer(&fused).iter().zip(answer(&program)) {
            assert!((ours - theirs).abs() < 1e-4, "{ours} instead of {theirs}");
        }
    }
}

#[test]
fn what_only_looks_like_it_stays() {
    // Half of the mean is subtracted.
    let program = written(false, true, 0.5);
    let fused = fused(program.clone());
    let normalizes = |step: &Step| matches!(step.operation, Operation::Normalize { .. });
    assert!(!fused.steps.iter().any(normalizes));
    for (ours, theirs) in answer(&fused).iter().zip(answer(&program)) {
        assert!((ours - theirs).abs() < 1e-4, "{ours} instead of {theirs}");
    }
}
