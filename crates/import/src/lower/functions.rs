//! Functions of one variable that become tables.

use super::node::Node;
use super::{Binding, Lowering};
use crate::error::ImportError;
use crate::program::{Unary, Value};

impl Lowering {
    pub(super) fn function_operator(
        &mut self,
        node: &Node<'_>,
    ) -> Result<Option<Vec<Binding>>, ImportError> {
        let Some(function) = function(node)? else {
            return Ok(None);
        };
        let x = self.value(node, 0)?;
        if function == Unary::Log
            && let Some(value) = self.written_log_sum_exp(node, x)?
        {
            return Ok(Some(vec![Binding::Value(value)]));
        }
        let value = self.unary(node, x, function)?;
        Ok(Some(vec![Binding::Value(value)]))
    }

    /// `x / sqrt(mean of squares + epsilon)` and the like: a value times a power of another.
    pub(super) fn times_power(
        &mut self,
        node: &Node<'_>,
        x: Value,
        of: Value,
        exponent: f32,
    ) -> Result<Value, ImportError> {
        let power = self.unary(node, of, Unary::Power { exponent })?;
        self.product_of(node, x, power)
    }
}

fn function(node: &Node<'_>) -> Result<Option<Unary>, ImportError> {
    Ok(Some(match node.proto.op_type.as_str() {
        "Acos" => Unary::Acos,
        "Acosh" => Unary::Acosh,
        "Asin" => Unary::Asin,
        "Asinh" => Unary::Asinh,
        "Atan" => Unary::Atan,
        "Atanh" => Unary::Atanh,
        "Ceil" => Unary::Ceil,
        "Celu" => Unary::Celu {
            alpha: node.float("alpha", 1.0)?,
        },
        "Cos" => Unary::Cos,
        "Cosh" => Unary::Cosh,
        "Exp" => Unary::Exp,
        "Floor" => Unary::Floor,
        "Gelu" => Unary::GeluTanh,
        "Log" => Unary::Log,
        "Mish" => Unary::Mish,
        "Reciprocal" => Unary::Reciprocal,
        "Round" => Unary::Round,
        "Selu" => Unary::Selu {
            alpha: node.float("alpha", 1.673_263_2)?,
            gamma: node.float("gamma", 1.050_701)?,
        },
        "Shrink" => Unary::Shrink {
            bias: node.float("bias", 0.0)?,
            lambda: node.float("lambd", 0.5)?,
        },
        "Sign" => Unary::Sign,
        "Sin" => Unary::Sin,
        "Sinh" => Unary::Sinh,
        "Softsign" => Unary::Softsign,
        "Sqrt" => Unary::Sqrt,
        "Swish" => Unary::Swish {
            alpha: node.float("alpha", 1.0)?,
        },
        "Tan" => Unary::Tan,
        "ThresholdedRelu" => Unary::ThresholdedRelu {
            alpha: node.float("alpha", 1.0)?,
        },
        _ => return Ok(None),
    }))
}
