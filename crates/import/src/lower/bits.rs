//! Operations on the bits of integers.

use super::Lowering;
use super::node::Node;
use crate::element::Element;
use crate::error::ImportError;
use crate::program::{BitOperation, Unary, Value};

/// Distances by which integers are moved.
const DISTANCES_MAX: u8 = 16;
/// Bits of a part whose bits are taken one by one.
const PART_BITS: u8 = 8;

impl Lowering {
    pub(super) fn bitwise_not(&mut self, node: &Node<'_>) -> Result<Value, ImportError> {
        let x = self.value(node, 0)?;
        let element = self.element(x);
        let negative = self.times_number(node, x, -1.0)?;
        match element {
            Element::Int { signed: true, .. } => self.plus_number(node, negative, -1.0),
            Element::Int { bits: ..=16, .. } => {
                let (_, hi) = element.limits();
                self.plus_number(node, negative, hi as f32)
            }
            _ => {
                Err(node.refuse("only integers with a sign, or of 16 bits at most, are supported"))
            }
        }
    }

    /// With one constant for all elements a table, else bit by bit, integers of more than a byte in two
    /// parts. Those of more than 16 bits need tables larger than a graph may have.
    pub(super) fn bits(&mut self, node: &Node<'_>) -> Result<Value, ImportError> {
        let a = self.value(node, 0)?;
        let b = self.value(node, 1)?;
        let element = self.element(a);
        let operation = match node.proto.op_type.as_str() {
            "BitwiseAnd" => BitOperation::And,
            "BitwiseOr" => BitOperation::Or,
            "BitwiseXor" => BitOperation::Xor,
            _ if node.string("direction", "LEFT") == "RIGHT" => BitOperation::Right,
            _ => BitOperation::Left,
        };
        let (a, b) = self.aligned(node, a, b)?;
        if let Some(with) = self.single(b) {
            let bits = Unary::Bits {
                with: with as i64,
                operation,
            };
            let result = self.unary(node, a, bits)?;
            return self.wrapped(node, result, element);
        }
        if matches!(operation, BitOperation::Left | BitOperation::Right) {
            return self.shifted(node, [a, b], operation, element);
        }
        let Element::Int { signed, bits } = element else {
            return Err(node.refuse("it needs integers"));
        };
        // a + b is twice what both have and once what one has.
        let both = if bits <= PART_BITS {
            self.common_bits(node, [a, b], signed, bits)?
        } else {
            let part = |with, operation| Unary::Bits { with, operation };
            let low = part((1 << PART_BITS) - 1, BitOperation::And);
            let high = part(PART_BITS.into(), BitOperation::Right);
            let mut parts = [0; 2];
            for (value, (function, signed)) in parts.iter_mut().zip([(low, false), (high, signed)])
            {
                let pair = [
                    self.unary(node, a, function)?,
                    self.unary(node, b, function)?,
                ];
                *value = self.common_bits(node, pair, signed, PART_BITS)?;
            }
            let high = self.times_number(node, parts[1], f32::from(1u16 << PART_BITS))?;
            self.sum(node, parts[0], high, 1.0)?
        };
        let times = match operation {
            BitOperation::And => return self.convert(node, both, element),
            BitOperation::Or => -1.0,
            _ => -2.0,
        };
        let sum = self.sum(node, a, b, 1.0)?;
        let both = self.times_number(node, both, times)?;
        let result = self.sum(node, sum, both, 1.0)?;
        self.convert(node, result, element)
    }

    /// The bits that two have, the highest counting below zero where `signed`.
    fn common_bits(
        &mut self,
        node: &Node<'_>,
        [a, b]: [Value; 2],
        signed: bool,
        bits: u8,
    ) -> Result<Value, ImportError> {
        let mut both = None;
        for bit in 0..bits {
            let digit = Unary::Digit { bit };
            let of_a = self.unary(node, a, digit)?;
            let of_b = self.unary(node, b, digit)?;
            let product = self.product_of(node, of_a, of_b)?;
            let sign = if bit + 1 == bits && signed { -1.0 } else { 1.0 };
            let product = self.times_number(node, product, sign * f32::from(1u16 << bit))?;
            both = Some(match both {
                None => product,
                Some(both) => self.sum(node, both, product, 1.0)?,
            });
        }
        both.ok_or_else(|| node.refuse("it has no bits"))
    }

    /// One table for each distance, of which the one that is asked for is kept.
    fn shifted(
        &mut self,
        node: &Node<'_>,
        [a, b]: [Value; 2],
        operation: BitOperation,
        element: Element,
    ) -> Result<Value, ImportError> {
        let bits = match element {
            // Whoever is moved further leaves nothing.
            Element::Int {
                signed: false,
                bits,
            } => bits.min(DISTANCES_MAX),
            _ => DISTANCES_MAX,
        };
        let mut result = None;
        for by in 0..bits {
            let at = self.plus_number(node, b, -f32::from(by))?;
            let chosen = self.unary(node, at, Unary::IsZero)?;
            let chosen = self.convert(node, chosen, element)?;
            let moved = self.moved_by(node, a, by, operation, element)?;
            let part = self.product_of(node, chosen, moved)?;
            result = Some(match result {
                None => part,
                Some(result) => self.sum(node, result, part, 1.0)?,
            });
        }
        result.ok_or_else(|| node.refuse("it has no bits"))
    }

    fn moved_by(
        &mut self,
        node: &Node<'_>,
        x: Value,
        by: u8,
        operation: BitOperation,
        element: Element,
    ) -> Result<Value, ImportError> {
        match element {
            // What would be lost is dropped first: results of all distances then have as few bits.
            Element::Int {
                signed: false,
                bits: bits @ ..=16,
            } if operation == BitOperation::Left => {
                let kept = Unary::Bits {
                    with: (1 << bits.saturating_sub(by)) - 1,
                    operation: BitOperation::And,
                };
                let kept = self.unary(node, x, kept)?;
                self.times_number(node, kept, f32::from(1u16 << by))
            }
            _ => {
                let bits = Unary::Bits {
                    with: by.into(),
                    operation,
                };
                let moved = self.unary(node, x, bits)?;
                self.wrapped(node, moved, element)
            }
        }
    }
}
