//! What the elements of a tensor are: numbers that may be rounded, or integers that may not.

use crate::onnx::data_type;

/// See the module's text.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Element {
    Float,
    Bool,
    Int { signed: bool, bits: u8 },
}

impl Element {
    /// What shapes and indices are made of.
    pub(crate) const INT64: Self = Self::Int {
        signed: true,
        bits: 64,
    };

    /// The kind of an element type of the format. `None`: it isn't supported.
    pub(crate) fn of(data_type: i32) -> Option<Self> {
        let int = |signed, bits| Some(Self::Int { signed, bits });
        match data_type {
            data_type::FLOAT | data_type::DOUBLE | data_type::FLOAT16 | data_type::BFLOAT16 => {
                Some(Self::Float)
            }
            data_type::BOOL => Some(Self::Bool),
            data_type::INT8 => int(true, 8),
            data_type::INT16 => int(true, 16),
            data_type::INT32 => int(true, 32),
            data_type::INT64 => int(true, 64),
            data_type::UINT8 => int(false, 8),
            data_type::UINT16 => int(false, 16),
            data_type::UINT32 => int(false, 32),
            data_type::UINT64 => int(false, 64),
            data_type::INT4 => int(true, 4),
            data_type::UINT4 => int(false, 4),
            data_type::INT2 => int(true, 2),
            data_type::UINT2 => int(false, 2),
            _ => None,
        }
    }

    /// Integers and booleans.
    pub(crate) fn is_exact(self) -> bool {
        self != Self::Float
    }

    /// Smallest and largest value, as far as 64 bits with a sign reach.
    pub(crate) fn limits(self) -> (i64, i64) {
        match self {
            Self::Float => (i64::MIN, i64::MAX),
            Self::Bool => (0, 1),
            Self::Int { signed, bits } => {
                let magnitude = if signed { bits - 1 } else { bits };
                let hi = 1i64
                    .checked_shl(magnitude.into())
                    .filter(|_| magnitude < 63)
                    .map_or(i64::MAX, |limit| limit - 1);
                (if signed { -hi - 1 } else { 0 }, hi)
            }
        }
    }
}
