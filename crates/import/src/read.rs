//! Reading hostile bytes: what a decoder would allocate is bounded before it runs.

use prost::Message as _;
use prost::encoding::{DecodeContext, WireType, decode_key, decode_varint, skip_field};

use crate::array::{Array, Constant, checked_shape};
use crate::error::ImportError;
use crate::onnx::{ModelProto, TensorProto, data_type};

/// Longest file: 512 MiB.
pub(crate) const BYTES_MAX: usize = 1 << 29;
/// Most bytes outside of the values of tensors: names, attributes, lists of integers.
const STRUCTURE_BYTES_MAX: usize = 1 << 23;
/// Most messages and strings.
const ITEMS_MAX: usize = 200_000;

/// Reads a file.
pub(crate) fn model(bytes: &[u8]) -> Result<ModelProto, ImportError> {
    at_most("bytes", bytes.len(), BYTES_MAX)?;
    let mut census = Census::default();
    census.message(Kind::Model, bytes)?;
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
    fn message(&mut self, kind: Kind, mut bytes: &[u8]) -> Result<(), ImportError> {
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
                self.message(child, body)?;
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

/// The values of a tensor.
pub(crate) fn tensor(name: &str, proto: &TensorProto) -> Result<Constant, ImportError> {
    if proto.data_location != 0 || !proto.external_data.is_empty() {
        return Err(ImportError::ExternalData { name: name.into() });
    }
    let shape = checked_shape(name, &proto.dims)?;
    let constant = match proto.data_type {
        data_type::FLOAT => {
            let raw = chunks(&proto.raw_data).map(f32::from_le_bytes);
            floats(name, shape, either(&proto.float_data, raw))?
        }
        data_type::DOUBLE => {
            let raw = chunks(&proto.raw_data).map(f64::from_le_bytes);
            let values = either(&proto.double_data, raw);
            floats(
                name,
                shape,
                values.iter().map(|&value| value as f32).collect(),
            )?
        }
        data_type::INT64 => {
            let raw = chunks(&proto.raw_data).map(i64::from_le_bytes);
            Constant::Int {
                shape,
                values: either(&proto.int64_data, raw),
            }
        }
        data_type::INT32 => {
            let raw = chunks(&proto.raw_data).map(i32::from_le_bytes);
            let values = either(&proto.int32_data, raw);
            Constant::Int {
                shape,
                values: values.into_iter().map(i64::from).collect(),
            }
        }
        data_type::BOOL => {
            let raw = proto.raw_data.iter().map(|&byte| i32::from(byte));
            let values = either(&proto.int32_data, raw);
            Constant::Int {
                shape,
                values: values.into_iter().map(i64::from).collect(),
            }
        }
        got => {
            return Err(ImportError::ElementType {
                name: name.into(),
                got,
            });
        }
    };
    let got = match &constant {
        Constant::Float(array) => array.values.len(),
        Constant::Int { values, .. } => values.len(),
    };
    let expected = constant.shape().iter().product();
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

fn floats(name: &str, shape: Vec<usize>, values: Vec<f32>) -> Result<Constant, ImportError> {
    match values.iter().position(|value| !value.is_finite()) {
        Some(position) => Err(ImportError::NotFinite {
            name: name.into(),
            position,
        }),
        None => Ok(Constant::Float(Array { shape, values })),
    }
}
