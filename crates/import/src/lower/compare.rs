//! Comparisons, logic, choices and remainders.

use super::node::Node;
use super::{Binding, Lowering};
use crate::array::hides;
use crate::element::Element;
use crate::error::ImportError;
use crate::program::{Operation, Unary, Value};

impl Lowering {
    pub(super) fn compare_operator(
        &mut self,
        node: &Node<'_>,
    ) -> Result<Option<Vec<Binding>>, ImportError> {
        let op = node.proto.op_type.as_str();
        let value = match op {
            "Equal" | "Less" | "LessOrEqual" | "Greater" | "GreaterOrEqual" => {
                self.comparison(node)?
            }
            "And" | "Or" | "Xor" => self.logic(node)?,
            "Not" => {
                let x = self.value(node, 0)?;
                self.unary(node, x, Unary::IsZero)?
            }
            "Where" => self.choice(node)?,
            "IsNaN" | "IsInf" => {
                // No value of a run is infinite or no number.
                let x = self.value(node, 0)?;
                let zero = self.times_number(node, x, 0.0)?;
                self.unary(node, zero, Unary::IsNotZero)?
            }
            "Mod" => self.remainder(node)?,
            "Pow" => self.power(node)?,
            "PRelu" => self.parametric_relu(node)?,
            "OneHot" => self.one_hot(node)?,
            "BitwiseNot" => self.bitwise_not(node)?,
            "BitShift" | "BitwiseAnd" | "BitwiseOr" | "BitwiseXor" => self.bits(node)?,
            _ => return Ok(None),
        };
        Ok(Some(vec![Binding::Value(value)]))
    }

    fn comparison(&mut self, node: &Node<'_>) -> Result<Value, ImportError> {
        let a = self.value(node, 0)?;
        let b = self.value(node, 1)?;
        let difference = self.difference(node, a, b)?;
        let (function, negated) = match node.proto.op_type.as_str() {
            "Equal" => (Unary::IsZero, false),
            "Less" => (Unary::IsNegative, false),
            "Greater" => (Unary::IsPositive, false),
            "LessOrEqual" => (Unary::IsPositive, true),
            _ => (Unary::IsNegative, true),
        };
        let truth = self.unary(node, difference, function)?;
        if negated {
            return self.unary(node, truth, Unary::IsZero);
        }
        Ok(truth)
    }

    fn logic(&mut self, node: &Node<'_>) -> Result<Value, ImportError> {
        let a = self.value(node, 0)?;
        let b = self.value(node, 1)?;
        match node.proto.op_type.as_str() {
            "And" => self.product_of(node, a, b),
            "Or" => {
                let sum = self.sum(node, a, b, 1.0)?;
                self.unary(node, sum, Unary::IsPositive)
            }
            _ => {
                let difference = self.difference(node, a, b)?;
                self.unary(node, difference, Unary::IsNotZero)
            }
        }
    }

    /// `b + c * (a - b)`.
    fn choice(&mut self, node: &Node<'_>) -> Result<Value, ImportError> {
        let condition = self.value(node, 0)?;
        let a = self.value(node, 1)?;
        let b = self.value(node, 2)?;
        let element = self.element(a);
        for (hidden, other, function) in [(a, b, Unary::IsNotZero), (b, a, Unary::IsZero)] {
            if element == Element::Float && self.single(hidden).is_some_and(hides) {
                // Added where it is chosen: a difference of scores and this would lose the scores.
                let chosen = self.unary(node, condition, function)?;
                let chosen = self.convert(node, chosen, element)?;
                let below = self.product_of(node, chosen, hidden)?;
                return self.sum(node, other, below, 1.0);
            }
        }
        let difference = self.difference(node, a, b)?;
        let condition = self.convert(node, condition, element)?;
        let chosen = self.product_of(node, condition, difference)?;
        self.sum(node, b, chosen, 1.0)
    }

    fn remainder(&mut self, node: &Node<'_>) -> Result<Value, ImportError> {
        let a = self.value(node, 0)?;
        let b = self.value(node, 1)?;
        let truncated = node.int("fmod", 0)? != 0;
        let (a, b) = self.aligned(node, a, b)?;
        if let Some(divisor) = self.single(b)
            && divisor != 0.0
        {
            return self.unary(node, a, Unary::Remainder { divisor, truncated });
        }
        if self.element(a).is_exact() {
            let [_, rest] = self.divided(node, a, b, truncated)?;
            return Ok(rest);
        }
        let inverse = self.unary(node, b, Unary::Reciprocal)?;
        let quotient = self.product_of(node, a, inverse)?;
        let whole = if truncated {
            Unary::Truncate {
                element: Element::INT64,
            }
        } else {
            Unary::Floor
        };
        let quotient = self.unary(node, quotient, whole)?;
        let quotient = self.convert(node, quotient, Element::Float)?;
        let multiple = self.product_of(node, quotient, b)?;
        self.difference(node, a, multiple)
    }

    /// Quotient and remainder of integers: a guess by a table of reciprocals, which is off by one at
    /// most, and what is left. The remainder has the sign of `a` where `truncated`, else that of `b`.
    pub(super) fn divided(
        &mut self,
        node: &Node<'_>,
        a: Value,
        b: Value,
        truncated: bool,
    ) -> Result<[Value; 2], ImportError> {
        const FRACTION_BITS: u32 = 8;
        let element = self.element(a);
        let [a, b] = [
            self.convert(node, a, Element::INT64)?,
            self.convert(node, b, Element::INT64)?,
        ];
        let inverse = self.unary(
            node,
            b,
            Unary::FixedReciprocal {
                bits: FRACTION_BITS,
            },
        )?;
        let scaled = self.product_of(node, a, inverse)?;
        let divisor = f32::from(1u16 << FRACTION_BITS);
        let guess = self.unary(node, scaled, Unary::Nearest { divisor })?;
        let multiple = self.product_of(node, guess, b)?;
        let rest = self.difference(node, a, multiple)?;
        let sign = |this: &mut Self, x| this.unary(node, x, Unary::Sign);
        // Whose sign the remainder must have, and by how much of b it changes if it hasn't.
        let sign_b = sign(self, b)?;
        let wanted = if truncated { sign(self, a)? } else { sign_b };
        let agreement = self.product_of(node, rest, wanted)?;
        let wrong = self.unary(node, agreement, Unary::IsNegative)?;
        let wrong = self.convert(node, wrong, Element::INT64)?;
        let steps = self.product_of(node, wanted, sign_b)?;
        let steps = self.product_of(node, wrong, steps)?;
        let change = self.product_of(node, steps, b)?;
        let rest = self.sum(node, rest, change, 1.0)?;
        let quotient = self.difference(node, guess, steps)?;
        Ok([
            self.convert(node, quotient, element)?,
            self.convert(node, rest, element)?,
        ])
    }

    fn power(&mut self, node: &Node<'_>) -> Result<Value, ImportError> {
        let a = self.value(node, 0)?;
        let b = self.value(node, 1)?;
        let element = self.element(a);
        let (a, b) = self.aligned(node, a, b)?;
        if let Some(exponent) = self.single(b) {
            return self.unary(node, a, Unary::Power { exponent });
        }
        if let Some(base) = self.single(a)
            && base > 0.0
            && !element.is_exact()
        {
            let b = self.convert(node, b, Element::Float)?;
            return self.unary(node, b, Unary::PowerOf { base });
        }
        let [a, b] = [
            self.convert(node, a, Element::Float)?,
            self.convert(node, b, Element::Float)?,
        ];
        let log = self.unary(node, a, Unary::Log)?;
        let product = self.product_of(node, log, b)?;
        let power = self.unary(node, product, Unary::Exp)?;
        if element.is_exact() {
            let rounded = self.unary(node, power, Unary::Round)?;
            return self.cast(node, rounded, element);
        }
        Ok(power)
    }

    /// What is above zero, and what is below, times a slope.
    fn parametric_relu(&mut self, node: &Node<'_>) -> Result<Value, ImportError> {
        let x = self.value(node, 0)?;
        let shape = self.shape(x).to_vec();
        let clip = Operation::Clip {
            lo: 0.0,
            hi: f32::INFINITY,
        };
        let above = self.step(node, clip, vec![x], shape)?;
        let below = self.difference(node, x, above)?;
        let slope = self.value(node, 1)?;
        let below = self.product_of(node, below, slope)?;
        self.sum(node, above, below, 1.0)
    }

    fn one_hot(&mut self, node: &Node<'_>) -> Result<Value, ImportError> {
        let indices = self.value(node, 0)?;
        let indices = self.cast(node, indices, Element::INT64)?;
        let depth = match self.constant(node, 1)? {
            Some(constant) => constant.floats().first().copied(),
            None => None,
        };
        let depth = depth.filter(|depth| (1.0..65536.0).contains(depth));
        let depth = depth.ok_or_else(|| node.refuse("its depth is missing or out of range"))?;
        let values = self.value(node, 2)?;
        let mut shape = self.shape(indices).to_vec();
        let axis = node.axis(node.int("axis", -1)?, shape.len() + 1)?;
        let indices = self.counted_from_front(node, indices, depth as usize)?;
        shape.insert(axis, 1);
        let indices = self.reshape(node, indices, shape.clone())?;
        let places = self.positions(node, shape.len(), axis, depth as usize);
        let hot = self.equal(node, indices, places)?;
        let hot = self.convert(node, hot, self.element(values))?;
        let off = self.cut(node, values, 0, [0, 1])?;
        let on = self.cut(node, values, 0, [1, 1])?;
        let step = self.difference(node, on, off)?;
        let raised = self.product_of(node, hot, step)?;
        self.sum(node, raised, off, 1.0)
    }
}
