//! Weights and biases, and how many bits they get.

use lilliput_graph::bounds::VALUE_MAX;
use lilliput_graph::graph::WeightSpec;
use lilliput_graph::op::SHIFT_MAX;
use lilliput_graph::{Op, OpError, Shape, Tensor, TensorId};

use super::builder::{Builder, Quantity};
use crate::program::Value;

/// Fewest bits of a weight.
pub(super) const WEIGHT_BITS_MIN: u8 = 3;
/// Bits of a bias.
const BIAS_BITS: u8 = 16;

impl Builder<'_> {
    /// Adds a weight tensor of the given numbers and bits; its scale makes the largest of them the
    /// largest integer.
    pub(super) fn weight(&mut self, numbers: &[f32], shape: Vec<u32>, bits: u8) -> Quantity {
        let largest = numbers
            .iter()
            .fold(0.0f64, |m, &x| m.max(f64::from(x).abs()));
        let top = f64::from((1u32 << (bits - 1)) - 1);
        let scale = if largest > 0.0 { largest / top } else { 1.0 };
        let integers = numbers
            .iter()
            .map(|&x| (f64::from(x) / scale).round() as i64);
        let tensor = self.raw_weight(integers.collect(), Shape(shape), bits);
        Quantity { tensor, scale }
    }

    pub(super) fn raw_weight(&mut self, values: Vec<i64>, shape: Shape, bits: u8) -> TensorId {
        let spec = WeightSpec {
            shape: shape.clone(),
            bits,
        };
        let place = self.weights.len();
        self.weights.push(Tensor { shape, values });
        // There are as many places as steps can take.
        self.draft
            .set_weight(place, spec)
            .unwrap_or(TensorId(u32::MAX))
    }

    /// The product of `x` with weights, and a bias: with as many bits as keep the sums in bounds and
    /// the shift behind them possible.
    pub(super) fn weighted(
        &mut self,
        value: Value,
        x: Quantity,
        numbers: &[f32],
        shape: &[u32],
        bias: Option<(&[f32], u8)>,
        op: impl Fn(TensorId) -> Op,
    ) -> Result<Quantity, OpError> {
        if self.step_of(value).element.is_exact() {
            return self.exactly_weighted(x, numbers, shape, bias, op);
        }
        self.with_most_bits(value, |builder, bits| {
            let weight = builder.weight(numbers, shape.to_vec(), bits);
            let product = builder.push(op(weight.tensor), x.scale * weight.scale)?;
            match bias {
                Some((numbers, axis)) => builder.biased(product, numbers, axis),
                None => Ok(product),
            }
        })
    }

    /// What `build` makes with weights of the most bits that it can have them.
    pub(super) fn with_most_bits(
        &mut self,
        value: Value,
        build: impl Fn(&mut Self, u8) -> Result<Quantity, OpError>,
    ) -> Result<Quantity, OpError> {
        let (least, most) = self.observed.of_step(value);
        let reached = most.max(-least);
        let mut refusal = OpError::Wraps { magnitude: 0 };
        for bits in (WEIGHT_BITS_MIN..=self.weight_bits).rev() {
            let first_place = self.weights.len();
            match build(self, bits) {
                Ok(product) => {
                    let magnitude = self.range(product).magnitude();
                    let shift_suffices = reached / product.scale
                        <= self.signed().hi as f64 * f64::from(1u32 << (SHIFT_MAX - 1));
                    if shift_suffices && magnitude <= VALUE_MAX / 2 {
                        return Ok(product);
                    }
                    refusal = OpError::Wraps {
                        magnitude: magnitude.unsigned_abs().into(),
                    };
                }
                Err(error @ OpError::Wraps { .. }) => refusal = error,
                Err(error) => return Err(error),
            }
            // The next attempt takes the places again.
            self.weights.truncate(first_place);
        }
        Err(refusal)
    }

    /// The same for integers, which are kept as they are.
    fn exactly_weighted(
        &mut self,
        x: Quantity,
        numbers: &[f32],
        shape: &[u32],
        bias: Option<(&[f32], u8)>,
        op: impl Fn(TensorId) -> Op,
    ) -> Result<Quantity, OpError> {
        let integers =
            |numbers: &[f32]| -> Vec<i64> { numbers.iter().map(|&number| number as i64).collect() };
        let weight = self.whole_numbers(&integers(numbers), &Shape(shape.to_vec()))?;
        let product = self.push(op(weight.tensor), x.scale)?;
        let Some((bias, axis)) = bias.filter(|(bias, _)| bias.iter().any(|&bias| bias != 0.0))
        else {
            return Ok(product);
        };
        let bias = self.whole_numbers(&integers(bias), &Shape(vec![bias.len() as u32]))?;
        let spread = self.draft.push(Op::Broadcast {
            x: bias.tensor,
            shape: self.draft.shape(product.tensor).clone(),
            axes: vec![axis],
        })?;
        let op = Op::Sum {
            terms: vec![(product.tensor, 1), (spread, 1)],
            constant: 0,
        };
        self.push(op, x.scale)
    }

    /// Adds one number for each position of `axis`: 16 bits times a power of two.
    pub(super) fn biased(
        &mut self,
        x: Quantity,
        numbers: &[f32],
        axis: u8,
    ) -> Result<Quantity, OpError> {
        let axes = vec![axis];
        self.plus(x, numbers, vec![numbers.len() as u32], axes, 1)
    }

    /// Adds a constant whose axes lie on those of `x` that are listed, to `times` units for each
    /// of `x`.
    pub(super) fn plus(
        &mut self,
        x: Quantity,
        numbers: &[f32],
        shape: Vec<u32>,
        axes: Vec<u8>,
        times: i64,
    ) -> Result<Quantity, OpError> {
        let largest = numbers
            .iter()
            .fold(0.0f64, |m, &x| m.max(f64::from(x).abs()));
        if largest == 0.0 {
            return Ok(x);
        }
        let top = f64::from((1u32 << (BIAS_BITS - 1)) - 1);
        let scale = x.scale / times as f64;
        if let [number] = *numbers {
            // A single number is part of the graph: as a weight it could be any of 16 bits.
            let op = Op::Sum {
                terms: vec![(x.tensor, times)],
                constant: (f64::from(number) / scale).round() as i64,
            };
            return self.push(op, scale);
        }
        let fits = |power: &u32| (largest / scale / f64::from(1u32 << power)).round() <= top;
        let Some(power) = (0..30).find(fits) else {
            return Err(OpError::Wraps {
                magnitude: VALUE_MAX.unsigned_abs().into(),
            });
        };
        let unit = scale * f64::from(1u32 << power);
        let integers = numbers
            .iter()
            .map(|&x| (f64::from(x) / unit).round() as i64);
        let mut tensor = self.raw_weight(integers.collect(), Shape(shape), BIAS_BITS);
        let full = self.draft.shape(x.tensor).clone();
        if *self.draft.shape(tensor) != full {
            tensor = self.draft.push(Op::Broadcast {
                x: tensor,
                shape: full,
                axes,
            })?;
        }
        let op = Op::Sum {
            terms: vec![(x.tensor, times), (tensor, 1 << power)],
            constant: 0,
        };
        self.push(op, scale)
    }
}
