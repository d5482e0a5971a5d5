//! Reading hostile bytes: what a decoder would allocate is bounded before it runs.

use prost::Message as _;
use prost::encoding::{DecodeContext, WireType, decode_key, decode_varint, skip_field};

use crate::array::{Array, Constant, HIDDEN, checked_shape};
use crate::element::Element;
use crate::error::ImportError;
use crate::onnx::{ModelProto, TensorProto, data_type};

/// Longest file: 512 MiB.
pub(crate) const BYTES_MAX: usize = 1 << 29;
/// Most bytes outside of the values of tensors: names, attributes, lists of integers.
const STRUCTURE_BYTES_MAX: usize = 1 << 23;
/// Most messages and strings.
const ITEMS_MAX: usize = 200_000;

/// How deeply messages may be nested, four for each graph within another.
const DEPTH_MAX: usize = 32;

/// Reads a file.
pub(crate) fn model(bytes: &[u8]) -> Result<ModelProto, ImportError> {
    at_most("bytes", bytes.len(), BYTES_MAX)?;
    let mut census = Census::default();
    census.message(Kind::Model, bytes, DEPTH_MAX)?;
    Ok(ModelProto::decode(bytes)?)
}

fn at_most(what: &'static str, got: usize, max: usize) -> Result<(), ImportError> {
    if got > max {
        return Err(ImportError::TooMuch { what, got, max });
    }
    Ok(())
}

/// The messages whose fields are looked into.
#[derive(Clone, Copy)]
enum Kind {
    Model,
    Graph,
    Node,
    Attribute,
    Tensor,
    /// Anything else: counted as a whole.
    Leaf,
}

impl Kind {
    /// The kind of a length-delimited field, or `None` for the values of a tensor, which take as
    /// much memory as they have bytes.
    fn child(self, field: u32) -> Option<Self> {
        match (self, field) {
            (Self::Model, 7) => Some(Self::Graph),
            (Self::Graph, 1) => Some(Self::Node),
            (Self::Attribute, 6) => Some(Self::Graph),
            (Self::Graph, 5) | (Self::Attribute, 5) => Some(Self::Tensor),
            (Self::Node, 5) => Some(Self::Attribute),
            // float_data, raw_data and double_data.
            (Self::Tensor, 4 | 9 | 10) => None,
            _ => Some(Self::Leaf),
        }
    }
}

/// What a file holds, counted without allocating.
#[derive(Default)]
struct Census {
    items: usize,
    structure_bytes: usize,
}

impl Census {
    fn message(&mut self, kind: Kind, mut bytes: &[u8], depth: usize) -> Result<(), ImportError> {
        let Some(depth) = depth.checked_sub(1) else {
            let reason = "its graphs are nested too deeply";
            return Err(ImportError::Wire { reason });
        };
        self.items += 1;
        at_most("messages and strings", self.items, ITEMS_MAX)?;
        if matches!(kind, Kind::Leaf) {
            return self.structure(bytes.len());
        }
        while !bytes.is_empty() {
            let before = bytes.len();
            let (field, wire_type) = decode_key(&mut bytes)?;
            if wire_type != WireType::LengthDelimited {
                skip_field(wire_type, field, &mut bytes, DecodeContext::default())?;
                self.structure(before - bytes.len())?;
                continue;
            }
            let length = decode_varint(&mut bytes)?;
            let (body, rest) = usize::try_from(length)
                .ok()
                .and_then(|length| bytes.split_at_checked(length))
                .ok_or(ImportError::Wire {
                    reason: "it is cut off",
                })?;
            if let Some(child) = kind.child(field) {
                self.message(child, body, depth)?;
            }
            bytes = rest;
        }
        Ok(())
    }

    fn structure(&mut self, bytes: usize) -> Result<(), ImportError> {
        self.structure_bytes += bytes;
        at_most(
            "bytes of structure",
            self.structure_bytes,
            STRUCTURE_BYTES_MAX,
        )
    }
}

/// The values of a tensor, all of them numbers. An infinity that stands alone is no weight: it says
/// "below all others" or "hidden", which a large number does as well.
pub(crate) fn tensor(name: &str, proto: &TensorProto) -> Result<Constant, ImportError> {
    let mut constant = any_tensor(name, proto)?;
    if let Constant::Float(Array { values, .. }) = &mut constant
        && let [value] = &mut values[..]
        && value.is_infinite()
    {
        *value = value.clamp(HIDDEN, -HIDDEN);
    }
    if let Constant::Float(array) = &constant
        && let Some(position) = array.values.iter().position(|value| !value.is_finite())
    {
        return Err(ImportError::NotFinite {
            name: name.into(),
            position,
        });
    }
    Ok(constant)
}

/// The values of a tensor, infinite ones included.
pub(crate) fn any_tensor(name: &str, proto: &TensorProto) -> Result<Constant, ImportError> {
    if proto.data_location != 0 || !proto.external_data.is_empty() {
        return Err(ImportError::ExternalData { name: name.into() });
    }
    let shape = checked_shape(name, &proto.dims)?;
    let Some(element) = Element::of(proto.data_type) else {
        return Err(ImportError::ElementType {
            name: name.into(),
            got: proto.data_type,
        });
    };
    let expected = shape.iter().product();
    let constant = if element == Element::Float {
        Constant::Float(Array {
            shape,
            values: float_values(proto),
        })
    } else {
        Constant::Int {
            shape,
            values: int_values(proto, element, expected),
            element,
        }
    };
    let got = match &constant {
        Constant::Float(array) => array.values.len(),
        Constant::Int { values, .. } => values.len(),
    };
    if got != expected {
        return Err(ImportError::Length {
            name: name.into(),
            shape: proto.dims.clone(),
            expected,
            got,
        });
    }
    Ok(constant)
}

fn float_values(proto: &TensorProto) -> Vec<f32> {
    // Numbers of 16 bits stand in the list of 32-bit integers.
    let halves = || {
        either_as(
            &proto.int32_data,
            |&bits| bits as u16,
            chunks(&proto.raw_data).map(u16::from_le_bytes),
        )
    };
    match proto.data_type {
        data_type::DOUBLE => {
            let raw = chunks(&proto.raw_data).map(f64::from_le_bytes);
            let values = either(&proto.double_data, raw);
            values.iter().map(|&value| value as f32).collect()
        }
        data_type::FLOAT16 => halves().into_iter().map(half).collect(),
        data_type::BFLOAT16 => {
            let wide = |bits: u16| f32::from_bits(u32::from(bits) << 16);
            halves().into_iter().map(wide).collect()
        }
        _ => {
            let raw = chunks(&proto.raw_data).map(f32::from_le_bytes);
            either(&proto.float_data, raw)
        }
    }
}

/// A number of half precision.
fn half(bits: u16) -> f32 {
    let sign = if bits >> 15 == 0 { 1.0 } else { -1.0 };
    let exponent = i32::from(bits >> 10 & 31);
    let fraction = f32::from(bits & 1023) / 1024.0;
    sign * match exponent {
        0 => fraction * 2f32.powi(-14),
        31 if fraction == 0.0 => f32::INFINITY,
        31 => f32::NAN,
        _ => (1.0 + fraction) * 2f32.powi(exponent - 15),
    }
}

fn int_values(proto: &TensorProto, element: Element, count: usize) -> Vec<i64> {
    let raw = &proto.raw_data;
    let listed = &proto.int32_data;
    match element {
        Element::Int {
            bits: 64,
            signed: true,
        } => either(&proto.int64_data, chunks(raw).map(i64::from_le_bytes)),
        // What is beyond 63 bits becomes the largest of them.
        Element::Int {
            bits: 64,
            signed: false,
        } => {
            let raw = chunks(raw).map(u64::from_le_bytes);
            let values = either(&proto.uint64_data, raw).into_iter();
            values
                .map(|value| i64::try_from(value).unwrap_or(i64::MAX))
                .collect()
        }
        Element::Int {
            bits: 32,
            signed: false,
        } => {
            let raw = chunks(raw).map(|bytes| u64::from(u32::from_le_bytes(bytes)));
            let values = either(&proto.uint64_data, raw).into_iter();
            values
                .map(|value| i64::try_from(value).unwrap_or(i64::MAX))
                .collect()
        }
        Element::Int {
            bits: 32,
            signed: true,
        } => either_as(
            listed,
            |&value| i64::from(value),
            chunks(raw).map(|bytes| i32::from_le_bytes(bytes).into()),
        ),
        Element::Int { bits: 16, signed } => {
            let raw = chunks(raw).map(|bytes| {
                if signed {
                    i16::from_le_bytes(bytes).into()
                } else {
                    u16::from_le_bytes(bytes).into()
                }
            });
            either_as(listed, |&value| i64::from(value), raw)
        }
        Element::Int { bits, signed } if bits < 8 => {
            let bytes = either_as(listed, |&value| value as u8, raw.iter().copied());
            packed(&bytes, bits, signed, count)
        }
        Element::Int { signed, .. } => {
            let raw = raw.iter().map(|&byte| {
                if signed {
                    i64::from(byte as i8)
                } else {
                    byte.into()
                }
            });
            either_as(listed, |&value| i64::from(value), raw)
        }
        Element::Bool | Element::Float => either_as(
            listed,
            |&value| (value != 0).into(),
            raw.iter().map(|&byte| (byte != 0).into()),
        ),
    }
}

/// Integers of a few bits, the first in a byte's lowest ones.
fn packed(bytes: &[u8], bits: u8, signed: bool, count: usize) -> Vec<i64> {
    let each = usize::from(8 / bits);
    let full = 1i64 << bits;
    let value = |index: usize| {
        let byte = i64::from(bytes[index / each]);
        let value = byte >> (index % each * usize::from(bits)) & (full - 1);
        if signed && value >= full / 2 {
            value - full
        } else {
            value
        }
    };
    // A wrong number of bytes shows in the count of values.
    let whole = if bytes.len() == count.div_ceil(each) {
        count
    } else {
        0
    };
    (0..whole).map(value).collect()
}

/// The typed list, changed to what the tensor holds, if it holds anything, else the raw bytes.
fn either_as<A, T>(typed: &[A], change: impl Fn(&A) -> T, raw: impl Iterator<Item = T>) -> Vec<T> {
    if typed.is_empty() {
        raw.collect()
    } else {
        typed.iter().map(change).collect()
    }
}

/// The typed list if it holds anything, else the raw bytes.
fn either<T: Copy>(typed: &[T], raw: impl Iterator<Item = T>) -> Vec<T> {
    if typed.is_empty() {
        raw.collect()
    } else {
        typed.to_vec()
    }
}

/// Whole little-endian values; a rest shorter than one shows in the count of values.
fn chunks<const BYTES: usize>(raw: &[u8]) -> impl Iterator<Item = [u8; BYTES]> {
    let (whole, rest) = raw.as_chunks();
    let whole = if rest.is_empty() { whole } else { &[] };
    whole.iter().copied()
}
