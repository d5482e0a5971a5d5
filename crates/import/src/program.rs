//! A model after reading: a list of steps over floats, with every shape known.

mod formula;
mod unary;

use crate::array::{Array, Constant};
use crate::element::Element;
use crate::window::Window;
pub(crate) use formula::{Formula, Term};
pub(crate) use unary::{BitOperation, Unary};

/// Index of a step, and thereby of the value it makes.
pub(crate) type Value = usize;

/// A function of one variable.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(crate) enum Function {
    Abs,
    Elu {
        alpha: f32,
    },
    Erf,
    Gelu,
    HardSigmoid {
        alpha: f32,
        beta: f32,
    },
    HardSwish,
    LeakyRelu {
        alpha: f32,
    },
    Sigmoid,
    /// `x * sigmoid(x)`, also known as swish.
    Silu,
    Softplus,
    Tanh,
    Unary(Unary),
}

impl Function {
    /// In double precision, through a mathematical library that is the same everywhere.
    pub(crate) fn apply(self, x: f64) -> f64 {
        let sigmoid = |x: f64| 1.0 / (1.0 + libm::exp(-x));
        match self {
            Self::Abs => x.abs(),
            Self::Elu { alpha } if x < 0.0 => f64::from(alpha) * libm::expm1(x),
            Self::LeakyRelu { alpha } if x < 0.0 => f64::from(alpha) * x,
            Self::Elu { .. } | Self::LeakyRelu { .. } => x,
            Self::Erf => libm::erf(x),
            Self::Gelu => 0.5 * x * (1.0 + libm::erf(x / std::f64::consts::SQRT_2)),
            Self::HardSigmoid { alpha, beta } => {
                (f64::from(alpha) * x + f64::from(beta)).clamp(0.0, 1.0)
            }
            Self::HardSwish => x * (x / 6.0 + 0.5).clamp(0.0, 1.0),
            Self::Sigmoid => sigmoid(x),
            Self::Silu => x * sigmoid(x),
            Self::Softplus => x.max(0.0) + libm::log1p(libm::exp(-x.abs())),
            Self::Tanh => libm::tanh(x),
            Self::Unary(unary) => unary.apply(x),
        }
    }

    /// What it makes of elements of one kind.
    fn element(self, operand: Element) -> Element {
        match self {
            Self::Abs => operand,
            Self::Unary(unary) => unary.element(operand),
            _ => Element::Float,
        }
    }
}

/// What a step computes from its operands.
#[derive(Clone, Debug, PartialEq)]
pub(crate) enum Operation {
    Input,
    /// Numbers that don't depend on the inputs.
    Constant(Constant),
    /// The same numbers as elements of another kind, which they fit.
    Convert(Element),
    /// `[1, C, H, W]` with `weight: [O, C / groups, KH, KW]`; `bias` has O values.
    Conv {
        weight: Array,
        bias: Vec<f32>,
        window: Window,
        groups: usize,
    },
    /// `[.., K]` to `[.., N]` with `weight: [N, K]`; `bias` has N values.
    Linear {
        weight: Array,
        bias: Vec<f32>,
    },
    /// `[.., M, K]` with `[.., K, N]`, the axes before being equal.
    MatMul,
    Clip {
        lo: f32,
        hi: f32,
    },
    Function(Function),
    MaxPool(Window),
    AveragePool {
        window: Window,
        include_pad: bool,
    },
    /// The constant fits into the operand's shape.
    AddConstant(Array),
    MulConstant(Array),
    /// Two operands of one shape; the second is taken `sign` times.
    Add {
        sign: f32,
    },
    Mul,
    /// The larger of two operands of one shape.
    Max,
    /// Sums along one axis, zeros outside: `out[o] = sum over k < kernel of x[o * stride + k - before]`.
    WindowSum {
        axis: usize,
        kernel: usize,
        stride: usize,
        before: usize,
    },
    /// `out[.., o, ..] = sum over k of matrix[o, k] * x[.., k, ..]` along one axis.
    Mix {
        axis: usize,
        matrix: Array,
    },
    Concat {
        axis: usize,
    },
    Transpose {
        perm: Vec<usize>,
    },
    Reshape,
    /// Repeats axes of length 1.
    Expand,
    Slice {
        axis: usize,
        start: usize,
        step: usize,
    },
    /// Zeros before and behind one axis.
    Pad {
        axis: usize,
        before: usize,
    },
    /// A function of one variable, put together from others.
    Formula(Formula),
    /// A row of `table: [rows, columns]` for each integer, which is its index.
    Embedding {
        table: Array,
    },
    /// `(x - mean) / sqrt(variance + epsilon)` along one axis, or without `centered`
    /// `x / sqrt(mean square + epsilon)`.
    Normalize {
        axis: usize,
        centered: bool,
        epsilon: f32,
    },
    /// Over the last axis, of the sum of all operands: the first has the result's shape, the others fit
    /// into it.
    Softmax,
}

/// One step.
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct Step {
    /// The node it comes from.
    pub(crate) name: String,
    pub(crate) operation: Operation,
    pub(crate) operands: Vec<Value>,
    pub(crate) shape: Vec<usize>,
    pub(crate) element: Element,
}

impl Operation {
    /// What it makes of operands whose first has elements of the given kind.
    pub(crate) fn element(&self, operand: Option<Element>) -> Element {
        let operand = operand.unwrap_or(Element::Float);
        match self {
            Self::Constant(constant) => constant.element(),
            Self::Convert(element) => *element,
            Self::Function(function) => function.element(operand),
            Self::Conv { .. } | Self::Linear { .. } | Self::Embedding { .. } => Element::Float,
            _ => operand,
        }
    }
}

/// What the model answers with.
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct ProgramOutput {
    pub(crate) name: String,
    pub(crate) value: Value,
    pub(crate) softmax: bool,
}

/// Steps in an order in which they can run; the inputs come first.
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct Program {
    pub(crate) inputs: usize,
    pub(crate) steps: Vec<Step>,
    pub(crate) outputs: Vec<ProgramOutput>,
}

impl Program {
    /// Drops the steps that no output needs.
    pub(crate) fn without_unused(self) -> Self {
        let mut used = vec![false; self.steps.len()];
        used[..self.inputs].fill(true);
        for output in &self.outputs {
            used[output.value] = true;
        }
        for (value, step) in self.steps.iter().enumerate().rev() {
            if used[value] {
                for &operand in &step.operands {
                    used[operand] = true;
                }
            }
        }
        let mut places = vec![0; self.steps.len()];
        let mut steps = Vec::new();
        for (value, mut step) in self.steps.into_iter().enumerate() {
            if used[value] {
                for operand in &mut step.operands {
                    *operand = places[*operand];
                }
                places[value] = steps.len();
                steps.push(step);
            }
        }
        let mut outputs = self.outputs;
        for output in &mut outputs {
            output.value = places[output.value];
        }
        Self {
            inputs: self.inputs,
            steps,
            outputs,
        }
    }
}
