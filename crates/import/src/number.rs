//! Between a model's numbers and the graph's integers.

use lilliput_graph::{Input, Output, Post, Scale};

/// Why numbers can't be an input.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum NumberError {
    #[error("input '{input}' takes {expected} numbers, {got} were given")]
    Length {
        input: String,
        expected: usize,
        got: usize,
    },
    #[error("number {position} for input '{input}' is not finite")]
    NotFinite { input: String, position: usize },
}

/// An input in integers.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Quantized {
    pub values: Vec<i64>,
    /// How many numbers lay outside of what the model was calibrated for, and were moved to its edge.
    pub saturated: usize,
}

/// The integers of an input: divided by its scale, rounded to nearest, saturating.
pub fn quantize_input(input: &Input, numbers: &[f64]) -> Result<Quantized, NumberError> {
    let expected = input.shape.elements();
    if numbers.len() != expected {
        return Err(NumberError::Length {
            input: input.name.clone(),
            expected,
            got: numbers.len(),
        });
    }
    if let Some(position) = numbers.iter().position(|number| !number.is_finite()) {
        return Err(NumberError::NotFinite {
            input: input.name.clone(),
            position,
        });
    }
    let scale = scale_to_f64(input.scale);
    let (lo, hi) = (input.range.lo as f64, input.range.hi as f64);
    let mut saturated = 0;
    let integer = |number: &f64| {
        let exact = (number / scale).round() + f64::from(input.zero);
        let kept = exact.clamp(lo, hi);
        saturated += usize::from(kept != exact);
        kept as i64
    };
    let values = numbers.iter().map(integer).collect();
    Ok(Quantized { values, saturated })
}

/// The numbers that integers of an output stand for, softmax included if the model ends with one.
#[must_use]
pub fn dequantize(output: &Output, integers: &[i64]) -> Vec<f64> {
    let scale = scale_to_f64(output.scale);
    let mut numbers: Vec<f64> = integers.iter().map(|&value| value as f64 * scale).collect();
    match output.post {
        Post::None => {}
        Post::Softmax => {
            let row = output.shape.0.last().map_or(1, |&length| length as usize);
            numbers.chunks_mut(row.max(1)).for_each(softmax);
        }
    }
    numbers
}

pub(crate) fn softmax(row: &mut [f64]) {
    let largest = row.iter().copied().fold(f64::NEG_INFINITY, f64::max);
    for number in row.iter_mut() {
        *number = libm::exp(*number - largest);
    }
    let sum: f64 = row.iter().sum();
    for number in row {
        *number /= sum;
    }
}

/// A scale in its one form. `None` for what isn't a positive normal number.
#[must_use]
pub fn scale_from_f64(number: f64) -> Option<Scale> {
    if !number.is_normal() || number < 0.0 {
        return None;
    }
    let bits = number.to_bits();
    Some(Scale {
        mantissa: (bits & ((1 << 52) - 1)) | 1 << 52,
        exponent: ((bits >> 52) as i16) - 1075,
    })
}

/// The same number as an `f64`, exactly, for a scale in its one form.
#[must_use]
pub fn scale_to_f64(scale: Scale) -> f64 {
    let exponent = (i64::from(scale.exponent) + 1075).clamp(1, 2046) as u64;
    f64::from_bits(exponent << 52 | (scale.mantissa & ((1 << 52) - 1)))
}

#[cfg(test)]
mod tests;
