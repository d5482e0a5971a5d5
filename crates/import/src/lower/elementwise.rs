//! Arithmetic on two operands, and functions of one.

use super::node::Node;
use super::{Binding, Lowering};
use crate::array::{Array, Constant, broadcast_shape};
use crate::error::ImportError;
use crate::program::{Function, Operation, Unary, Value};

/// The four operations.
#[derive(Clone, Copy, PartialEq)]
enum Sign {
    Add,
    Sub,
    Mul,
    Div,
}

impl Sign {
    fn of(node: &Node<'_>) -> Self {
        match node.proto.op_type.as_str() {
            "Add" => Self::Add,
            "Sub" => Self::Sub,
            "Mul" => Self::Mul,
            _ => Self::Div,
        }
    }

    fn floats(self, a: f32, b: f32) -> f32 {
        match self {
            Self::Add => a + b,
            Self::Sub => a - b,
            Self::Mul => a * b,
            Self::Div => a / b,
        }
    }

    fn ints(self, a: i64, b: i64) -> Option<i64> {
        match self {
            Self::Add => a.checked_add(b),
            Self::Sub => a.checked_sub(b),
            Self::Mul => a.checked_mul(b),
            Self::Div => a.checked_div(b),
        }
    }
}

impl Lowering {
    /// `Add`, `Sub`, `Mul`, `Div`.
    pub(super) fn arithmetic(&mut self, node: &Node<'_>) -> Result<Binding, ImportError> {
        let sign = Sign::of(node);
        let operands = (self.operand(node, 0)?, self.operand(node, 1)?);
        if self.element_of(node, 0)?.is_exact() {
            if let (Binding::Constant(a), Binding::Constant(b)) = operands
                && let Some(constant) = folded_ints(sign, &a, &b)
            {
                return Ok(Binding::Constant(constant));
            }
            return Ok(Binding::Value(self.exact_arithmetic(node)?));
        }
        let value = match operands {
            (Binding::Constant(a), Binding::Constant(b)) => {
                return folded(node, sign, a, b).map(Binding::Constant);
            }
            (Binding::Value(a), Binding::Constant(Constant::Float(c))) => {
                let negated = |c: Array| map(c, |value| -value);
                match sign {
                    Sign::Add => self.plus_constant(node, a, c)?,
                    Sign::Sub => self.plus_constant(node, a, negated(c))?,
                    Sign::Mul => self.times_constant(node, a, c)?,
                    Sign::Div => {
                        let inverse = finite(node, map(c, |value| 1.0 / value))?;
                        self.times_constant(node, a, inverse)?
                    }
                }
            }
            (Binding::Constant(Constant::Float(c)), Binding::Value(b)) => match sign {
                Sign::Add => self.plus_constant(node, b, c)?,
                Sign::Mul => self.times_constant(node, b, c)?,
                Sign::Sub => {
                    let negative = self.times_constant(node, b, Array::scalar(-1.0))?;
                    self.plus_constant(node, negative, c)?
                }
                Sign::Div => {
                    let inverse = self.unary(node, b, Unary::Reciprocal)?;
                    self.times_constant(node, inverse, c)?
                }
            },
            (Binding::Value(a), Binding::Value(b)) => match sign {
                Sign::Add => self.sum(node, a, b, 1.0)?,
                Sign::Sub => self.sum(node, a, b, -1.0)?,
                Sign::Mul => self.times(node, a, b)?,
                Sign::Div => {
                    let inverse = self.unary(node, b, Unary::Reciprocal)?;
                    self.times(node, a, inverse)?
                }
            },
            _ => return Err(node.refuse("an operand is not of floats")),
        };
        Ok(Binding::Value(value))
    }

    /// `a * b`, where functions that are written as such a product become one step: it needs one
    /// table in place of two and a product.
    fn times(&mut self, node: &Node<'_>, a: Value, b: Value) -> Result<Value, ImportError> {
        for (x, factor) in [(a, b), (b, a)] {
            let shape = self.shape(x).to_vec();
            if self.is_sigmoid_of(factor, x) {
                let function = Operation::Function(Function::Silu);
                return self.step(node, function, vec![x], shape);
            }
            if self.is_hard_gate_of(factor, x) {
                let function = Operation::Function(Function::HardSwish);
                let sixth = self.step(node, function, vec![x], shape)?;
                return self.times_constant(node, sixth, Array::scalar(6.0));
            }
        }
        let (a, b) = self.aligned(node, a, b)?;
        let shape = self.shape(a).to_vec();
        self.step(node, Operation::Mul, vec![a, b], shape)
    }

    fn is_sigmoid_of(&self, factor: Value, x: Value) -> bool {
        let step = &self.steps[factor];
        step.operation == Operation::Function(Function::Sigmoid) && step.operands == [x]
    }

    /// Whether `factor` is `min(max(x + 3, 0), 6)`.
    fn is_hard_gate_of(&self, factor: Value, x: Value) -> bool {
        let limit = &self.steps[factor];
        if limit.operation != (Operation::Clip { lo: 0.0, hi: 6.0 }) {
            return false;
        }
        let raised = &self.steps[limit.operands[0]];
        matches!(&raised.operation, Operation::AddConstant(c) if c.values == [3.0])
            && raised.operands == [x]
    }

    /// `a + sign * b`.
    pub(super) fn sum(
        &mut self,
        node: &Node<'_>,
        a: Value,
        b: Value,
        sign: f32,
    ) -> Result<Value, ImportError> {
        let (a, b) = self.aligned(node, a, b)?;
        if self.single(b) == Some(0.0) && self.element(a) == self.element(b) {
            return Ok(a);
        }
        let shape = self.shape(a).to_vec();
        self.step(node, Operation::Add { sign }, vec![a, b], shape)
    }

    pub(super) fn aligned(
        &mut self,
        node: &Node<'_>,
        a: Value,
        b: Value,
    ) -> Result<(Value, Value), ImportError> {
        let shape = self.shape(b).to_vec();
        let a = self.expanded(node, a, &shape)?;
        let shape = self.shape(a).to_vec();
        let b = self.expanded(node, b, &shape)?;
        Ok((a, b))
    }

    /// `x` repeated until a tensor of the given shape fits into it.
    pub(super) fn expanded(
        &mut self,
        node: &Node<'_>,
        x: Value,
        other: &[usize],
    ) -> Result<Value, ImportError> {
        let from = self.shape(x).to_vec();
        let Some(shape) = broadcast_shape(&from, other) else {
            return Err(node.refuse(format!("shapes {from:?} and {other:?} don't fit")));
        };
        if shape == from {
            return Ok(x);
        }
        let mut aligned = vec![1; shape.len() - from.len()];
        aligned.extend(from);
        let x = self.reshape(node, x, aligned)?;
        if self.shape(x) == shape {
            return Ok(x);
        }
        self.step(node, Operation::Expand, vec![x], shape)
    }

    /// Functions of one variable.
    pub(super) fn function(&mut self, node: &Node<'_>) -> Result<Value, ImportError> {
        let x = self.value(node, 0)?;
        let function = match node.proto.op_type.as_str() {
            "Neg" => return self.times_constant(node, x, Array::scalar(-1.0)),
            "Abs" => Function::Abs,
            "Elu" => Function::Elu {
                alpha: node.float("alpha", 1.0)?,
            },
            "Erf" => Function::Erf,
            "Gelu" if node.string("approximate", "none") == "none" => Function::Gelu,
            "HardSigmoid" => Function::HardSigmoid {
                alpha: node.float("alpha", 0.2)?,
                beta: node.float("beta", 0.5)?,
            },
            "HardSwish" => Function::HardSwish,
            "LeakyRelu" => Function::LeakyRelu {
                alpha: node.float("alpha", 0.01)?,
            },
            "Sigmoid" => Function::Sigmoid,
            "Softplus" => Function::Softplus,
            "Tanh" => Function::Tanh,
            _ => return Err(node.unknown()),
        };
        let shape = self.shape(x).to_vec();
        self.step(node, Operation::Function(function), vec![x], shape)
    }
}

fn map(array: Array, f: impl Fn(f32) -> f32) -> Array {
    Array {
        shape: array.shape,
        values: array.values.into_iter().map(f).collect(),
    }
}

fn finite(node: &Node<'_>, array: Array) -> Result<Array, ImportError> {
    if array.values.iter().all(|value| value.is_finite()) {
        Ok(array)
    } else {
        Err(node.refuse("a constant of it is not a finite number"))
    }
}

/// The result of an operation on constants.
fn folded(node: &Node<'_>, sign: Sign, a: Constant, b: Constant) -> Result<Constant, ImportError> {
    let mismatch = || node.refuse("the shapes of its constants don't fit");
    match (a, b) {
        (Constant::Float(a), Constant::Float(b)) => {
            let shape = broadcast_shape(&a.shape, &b.shape).ok_or_else(mismatch)?;
            let dims: Vec<i64> = shape.iter().map(|&length| length as i64).collect();
            crate::array::checked_shape(&node.name, &dims)?;
            let array = a.zip(&b, |a, b| sign.floats(a, b)).ok_or_else(mismatch)?;
            finite(node, array).map(Constant::Float)
        }
        _ => Err(mismatch()),
    }
}

/// The result of an operation on constant integers, exactly. `None`: it overflows, or the operands
/// need to be broadcast.
fn folded_ints(sign: Sign, a: &Constant, b: &Constant) -> Option<Constant> {
    let (
        Constant::Int {
            shape,
            values,
            element,
        },
        Constant::Int { values: other, .. },
    ) = (a, b)
    else {
        return None;
    };
    if shape != b.shape() && other.len() != 1 || b.shape().len() > shape.len() {
        return None;
    }
    let others = other.iter().cycle();
    let values = values.iter().zip(others).map(|(&a, &b)| sign.ints(a, b));
    Some(Constant::Int {
        shape: shape.clone(),
        values: values.collect::<Option<_>>()?,
        element: *element,
    })
}
