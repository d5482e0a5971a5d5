//! Integer ONNX: tensors with a scale and a zero point of their own.

use super::node::Node;
use super::{Binding, Lowering};
use crate::array::{Array, Constant};
use crate::element::Element;
use crate::error::ImportError;
use crate::program::{Operation, Unary, Value};

/// How many steps a byte has.
const STEPS: f32 = 255.0;

impl Lowering {
    pub(super) fn quantized_operator(
        &mut self,
        node: &Node<'_>,
    ) -> Result<Option<Vec<Binding>>, ImportError> {
        let value = match node.proto.op_type.as_str() {
            "QuantizeLinear" => self.quantize_linear(node)?,
            "DynamicQuantizeLinear" => return self.dynamic_quantize(node).map(Some),
            "DequantizeLinear" => self.dequantize_linear(node)?,
            "MatMulInteger" => self.matmul_integer(node)?,
            "QLinearMatMul" => self.quantized_matmul(node)?,
            "ConvInteger" => self.conv_integer(node)?,
            "QLinearConv" => self.quantized_conv(node)?,
            _ => return Ok(None),
        };
        Ok(Some(vec![Binding::Value(value)]))
    }

    /// Parameters of an axis, under a shape that fits `shape`: one number, one for each position of
    /// the axis, or one for each block along it.
    fn along_axis(
        &self,
        node: &Node<'_>,
        array: Array,
        shape: &[usize],
    ) -> Result<Array, ImportError> {
        if array.values.len() == 1 {
            return Ok(Array::scalar(array.values[0]));
        }
        let axis = node.axis(node.int("axis", 1)?, shape.len())?;
        let block = usize::try_from(node.int("block_size", 0)?).unwrap_or(0);
        if block > 0 {
            return repeated(node, &array, shape, axis, block);
        }
        if array.shape.len() != 1 || array.values.len() != shape[axis] {
            return Err(node.refuse(format!("parameters {:?} don't fit {shape:?}", array.shape)));
        }
        let mut aligned = vec![1; shape.len()];
        aligned[axis] = shape[axis];
        Ok(Array {
            shape: aligned,
            values: array.values,
        })
    }

    /// A constant zero point and the kind of its elements.
    fn zero_point(
        &self,
        node: &Node<'_>,
        index: usize,
    ) -> Result<Option<(Array, Element)>, ImportError> {
        let constant = self.constant(node, index)?;
        Ok(constant.map(|constant| {
            let element = constant.element();
            let array = Array {
                shape: constant.shape().to_vec(),
                values: constant.floats(),
            };
            (array, element)
        }))
    }

    fn scale(&self, node: &Node<'_>, index: usize) -> Result<Array, ImportError> {
        let scale = self.floats(node, index)?;
        let scale = scale.ok_or_else(|| node.refuse("its scale is missing"))?;
        if scale
            .values
            .iter()
            .any(|&scale| scale == 0.0 || !scale.is_finite())
        {
            return Err(node.refuse("a scale of it is zero or not a finite number"));
        }
        Ok(scale)
    }

    fn quantize_linear(&mut self, node: &Node<'_>) -> Result<Value, ImportError> {
        let x = self.value(node, 0)?;
        let shape = self.shape(x).to_vec();
        let scale = self.scale(node, 1)?;
        let zero = self.zero_point(node, 2)?;
        let element = match (&zero, node.int("output_dtype", 0)?) {
            (Some((_, element)), _) => Some(*element),
            (None, 0) => Element::of(crate::onnx::data_type::UINT8),
            (None, data_type) => i32::try_from(data_type).ok().and_then(Element::of),
        };
        let element = element.filter(|element| element.is_exact());
        let element = element.ok_or_else(|| node.refuse("its element type is not supported"))?;
        let mut scale = self.along_axis(node, scale, &shape)?;
        scale
            .values
            .iter_mut()
            .for_each(|scale| *scale = 1.0 / *scale);
        let x = self.convert(node, x, Element::Float)?;
        let x = self.times_constant(node, x, scale)?;
        let zero = match zero {
            Some((array, _)) => self.along_axis(node, array, &shape)?,
            None => Array::scalar(0.0),
        };
        self.saturated(node, x, zero, element)
    }

    /// Bytes with the scale and the zero point that a tensor's own extremes ask for, and these.
    fn dynamic_quantize(&mut self, node: &Node<'_>) -> Result<Vec<Binding>, ImportError> {
        let x = self.value(node, 0)?;
        let flat = self.flat(node, x)?;
        let zero = self.filled(node, vec![1], vec![0.0]);
        let most = self.axis_max(node, flat, 0)?;
        let most = self.larger_of(node, most, zero)?;
        let negative = self.times_number(node, flat, -1.0)?;
        let depth = self.axis_max(node, negative, 0)?;
        let depth = self.larger_of(node, depth, zero)?;
        let range = self.sum(node, most, depth, 1.0)?;
        let scale = self.times_number(node, range, 1.0 / STEPS)?;
        let inverse = self.unary(node, range, Unary::Reciprocal)?;
        let inverse = self.times_number(node, inverse, STEPS)?;
        let element = Element::Int {
            signed: false,
            bits: 8,
        };
        let point = self.product_of(node, depth, inverse)?;
        let point = self.saturated(node, point, Array::scalar(0.0), element)?;
        let units = self.product_of(node, flat, inverse)?;
        let units = self.unary(node, units, Unary::Round)?;
        let units = self.cast(node, units, Element::INT64)?;
        let wide = self.convert(node, point, Element::INT64)?;
        let units = self.sum(node, units, wide, 1.0)?;
        let shape = self.shape(units).to_vec();
        let limits = Operation::Clip { lo: 0.0, hi: STEPS };
        let units = self.step(node, limits, vec![units], shape)?;
        let bytes = self.convert(node, units, element)?;
        let shape = self.shape(x).to_vec();
        let results = [
            self.reshape(node, bytes, shape)?,
            self.reshape(node, scale, vec![])?,
            self.reshape(node, point, vec![])?,
        ];
        Ok(results.map(Binding::Value).to_vec())
    }

    /// `x` rounded, the zero point added, within the limits of the element.
    fn saturated(
        &mut self,
        node: &Node<'_>,
        x: Value,
        zero: Array,
        element: Element,
    ) -> Result<Value, ImportError> {
        let (lo, hi) = element.limits();
        let (lo, hi) = (lo as f32, hi as f32);
        if let [zero] = zero.values[..] {
            let (lo, hi) = (lo - zero, hi - zero);
            let rounded = self.unary(node, x, Unary::Quantize { lo, hi, element })?;
            return self.plus_number(node, rounded, zero);
        }
        let reach = hi - lo;
        let wide = Unary::Quantize {
            lo: -reach,
            hi: reach,
            element,
        };
        let rounded = self.unary(node, x, wide)?;
        let zero = self.whole_constant(node, rounded, zero);
        let sum = self.sum(node, rounded, zero, 1.0)?;
        let shape = self.shape(sum).to_vec();
        let clip = Operation::Clip { lo, hi };
        self.step(node, clip, vec![sum], shape)
    }

    fn dequantize_linear(&mut self, node: &Node<'_>) -> Result<Value, ImportError> {
        let x = self.value(node, 0)?;
        let shape = self.shape(x).to_vec();
        let scale = self.scale(node, 1)?;
        let scale = self.along_axis(node, scale, &shape)?;
        let mut x = self.convert(node, x, Element::INT64)?;
        if let Some((zero, _)) = self.zero_point(node, 2)? {
            let zero = self.along_axis(node, zero, &shape)?;
            let negative = Array {
                values: zero.values.iter().map(|&zero| -zero).collect(),
                ..zero
            };
            x = self.plus_constant(node, x, negative)?;
        }
        let x = self.convert(node, x, Element::Float)?;
        self.times_constant(node, x, scale)
    }

    /// An operand less its zero point, as integers of many bits.
    fn centered(
        &mut self,
        node: &Node<'_>,
        [operand, zero]: [usize; 2],
        per_row: bool,
    ) -> Result<Value, ImportError> {
        let x = self.value(node, operand)?;
        let x = self.convert(node, x, Element::INT64)?;
        let Some((zero, _)) = self.zero_point(node, zero)? else {
            return Ok(x);
        };
        let rank = self.shape(x).len();
        let mut negative = Array {
            values: zero.values.iter().map(|&zero| -zero).collect(),
            ..zero
        };
        if negative.values.len() == 1 {
            negative.shape = vec![];
        } else if negative.shape.len() == 1 && per_row {
            negative.shape.push(1);
        }
        if negative.shape.len() > rank {
            return Err(node.refuse("its zero point doesn't fit"));
        }
        self.plus_constant(node, x, negative)
    }

    fn matmul_integer(&mut self, node: &Node<'_>) -> Result<Value, ImportError> {
        let a = self.centered(node, [0, 2], true)?;
        let b = self.centered(node, [1, 3], false)?;
        self.product(node, a, b)
    }

    /// A constant of one number.
    fn number(&self, node: &Node<'_>, index: usize) -> Result<f32, ImportError> {
        let scale = self.scale(node, index)?;
        match scale.values[..] {
            [number] => Ok(number),
            _ => Err(node.refuse(format!("operand {index} needs one number"))),
        }
    }

    fn quantized_matmul(&mut self, node: &Node<'_>) -> Result<Value, ImportError> {
        let a = self.centered(node, [0, 2], true)?;
        let b = self.centered(node, [3, 5], false)?;
        let product = self.product(node, a, b)?;
        let factor = self.number(node, 1)? * self.number(node, 4)? / self.number(node, 6)?;
        self.requantize(node, product, Array::scalar(factor), 7)
    }

    /// Accumulators times a factor, in the elements of the zero point at `index`.
    fn requantize(
        &mut self,
        node: &Node<'_>,
        sums: Value,
        factor: Array,
        index: usize,
    ) -> Result<Value, ImportError> {
        let zero = self.zero_point(node, index)?;
        let (zero, element) = zero.ok_or_else(|| node.refuse("its zero point is missing"))?;
        if zero.values.len() != 1 || !element.is_exact() {
            return Err(node.refuse("one zero point of integers is supported"));
        }
        let sums = self.convert(node, sums, Element::Float)?;
        let scaled = self.times_constant(node, sums, factor)?;
        self.saturated(node, scaled, Array::scalar(zero.values[0]), element)
    }

    fn conv_integer(&mut self, node: &Node<'_>) -> Result<Value, ImportError> {
        let x = self.centered(node, [0, 2], false)?;
        let weight = self.centered_weight(node, 1, 3)?;
        self.convolution(node, x, weight, vec![])
    }

    /// A constant weight less its zero points, which stand for its outputs.
    fn centered_weight(
        &self,
        node: &Node<'_>,
        operand: usize,
        zero: usize,
    ) -> Result<Array, ImportError> {
        let Some(constant @ Constant::Int { .. }) = self.constant(node, operand)? else {
            return Err(node.refuse("its weight needs to be constant integers"));
        };
        let mut weight = Array {
            shape: constant.shape().to_vec(),
            values: constant.floats(),
        };
        if let Some((zero, _)) = self.zero_point(node, zero)? {
            let each = weight.values.len() / zero.values.len().max(1);
            if each == 0 || !weight.values.len().is_multiple_of(each) {
                return Err(node.refuse("its zero point doesn't fit"));
            }
            for (values, zero) in weight.values.chunks_mut(each).zip(&zero.values) {
                values.iter_mut().for_each(|value| *value -= zero);
            }
        }
        Ok(weight)
    }

    fn quantized_conv(&mut self, node: &Node<'_>) -> Result<Value, ImportError> {
        let x = self.centered(node, [0, 2], false)?;
        let weight = self.centered_weight(node, 3, 5)?;
        let bias = match self.constant(node, 8)? {
            Some(bias) => bias.floats(),
            None => vec![],
        };
        let rank = weight.shape.len();
        let sums = self.convolution(node, x, weight, bias)?;
        let factor = self.number(node, 1)? / self.number(node, 6)?;
        let mut scale = self.scale(node, 4)?;
        scale.values.iter_mut().for_each(|scale| *scale *= factor);
        if scale.values.len() > 1 {
            scale.shape = vec![1; rank - 1];
            scale.shape[0] = scale.values.len();
        } else {
            scale.shape = vec![];
        }
        self.requantize(node, sums, scale, 7)
    }
}

/// Parameters of blocks, one for each element.
fn repeated(
    node: &Node<'_>,
    array: &Array,
    shape: &[usize],
    axis: usize,
    block: usize,
) -> Result<Array, ImportError> {
    let blocks = shape[axis].div_ceil(block);
    let mut expected = shape.to_vec();
    expected[axis] = blocks;
    if array.shape != expected {
        return Err(node.refuse(format!("parameters {:?} don't fit {shape:?}", array.shape)));
    }
    let inner: usize = shape[axis + 1..].iter().product();
    let value = |index: usize| {
        let column = index % inner;
        let position = index / inner % shape[axis];
        let row = index / inner / shape[axis];
        array.values[(row * blocks + position / block) * inner + column]
    };
    Ok(Array {
        shape: shape.to_vec(),
        values: (0..shape.iter().product()).map(value).collect(),
    })
}
