//! Functions of one variable beyond those that have a name in most networks.

use crate::element::Element;

/// See the module's text.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(crate) enum Unary {
    Acos,
    Acosh,
    Asin,
    Asinh,
    Atan,
    Atanh,
    Ceil,
    Celu {
        alpha: f32,
    },
    Cos,
    Cosh,
    Exp,
    Floor,
    GeluTanh,
    Log,
    Mish,
    /// `x` to a constant power.
    Power {
        exponent: f32,
    },
    /// A constant to the power of `x`.
    PowerOf {
        base: f32,
    },
    Reciprocal,
    /// To nearest, ties to even.
    Round,
    Selu {
        alpha: f32,
        gamma: f32,
    },
    Shrink {
        bias: f32,
        lambda: f32,
    },
    Sign,
    Sin,
    Sinh,
    Softsign,
    Sqrt,
    /// `x * sigmoid(alpha * x)`.
    Swish {
        alpha: f32,
    },
    Tan,
    ThresholdedRelu {
        alpha: f32,
    },
    /// The remainder of a division by a constant, with the sign of the divisor, or that of `x` where
    /// `truncated`.
    Remainder {
        divisor: f32,
        truncated: bool,
    },
    /// The quotient by a constant, without its fraction.
    Quotient {
        divisor: f32,
    },
    /// The quotient by a constant, rounded to nearest.
    Nearest {
        divisor: f32,
    },
    /// `2^bits / x`, rounded; 0 for 0.
    FixedReciprocal {
        bits: u32,
    },
    /// One binary digit of an integer in two's complement.
    Digit {
        bit: u8,
    },
    /// 1 where `x` is above zero.
    IsPositive,
    IsNegative,
    IsZero,
    IsNotZero,
    /// Rounded to nearest, ties to even, then kept within limits.
    Quantize {
        lo: f32,
        hi: f32,
        element: Element,
    },
    /// The fraction dropped.
    Truncate {
        element: Element,
    },
    /// The lowest bits of an integer, as an element of fewer bits holds them.
    Wrap {
        element: Element,
    },
    /// An operation with a constant on the bits of an integer.
    Bits {
        with: i64,
        operation: BitOperation,
    },
}

/// See [`Unary::Bits`].
#[derive(Clone, Copy, Debug, PartialEq)]
pub(crate) enum BitOperation {
    And,
    Or,
    Xor,
    Left,
    Right,
}

impl Unary {
    /// In double precision. May be infinite or no number outside of its domain.
    pub(crate) fn apply(self, x: f64) -> f64 {
        match self {
            Self::Ceil => x.ceil(),
            Self::Celu { alpha } => {
                let alpha = f64::from(alpha);
                x.max(0.0) + (alpha * libm::expm1(x / alpha)).min(0.0)
            }
            Self::Exp => libm::exp(x),
            Self::Floor => x.floor(),
            Self::GeluTanh => {
                let inner = (2.0 / std::f64::consts::PI).sqrt() * (x + 0.044715 * x * x * x);
                0.5 * x * (1.0 + libm::tanh(inner))
            }
            Self::Log => libm::log(x),
            Self::Mish => x * libm::tanh(x.max(0.0) + libm::log1p(libm::exp(-x.abs()))),
            Self::Power { exponent } => libm::pow(x, exponent.into()),
            Self::PowerOf { base } => libm::pow(base.into(), x),
            Self::Reciprocal => 1.0 / x,
            Self::Round => x.round_ties_even(),
            Self::Selu { alpha, gamma } => {
                let (alpha, gamma) = (f64::from(alpha), f64::from(gamma));
                gamma * if x > 0.0 { x } else { alpha * libm::expm1(x) }
            }
            Self::Shrink { bias, lambda } => {
                let (bias, lambda) = (f64::from(bias), f64::from(lambda));
                if x < -lambda {
                    x + bias
                } else if x > lambda {
                    x - bias
                } else {
                    0.0
                }
            }
            Self::Softsign => x / (1.0 + x.abs()),
            Self::Sqrt => x.sqrt(),
            Self::Swish { alpha } => x / (1.0 + libm::exp(-f64::from(alpha) * x)),
            Self::ThresholdedRelu { alpha } => {
                if x > f64::from(alpha) {
                    x
                } else {
                    0.0
                }
            }
            _ => self
                .apply_trigonometric(x)
                .unwrap_or_else(|| self.apply_whole(x)),
        }
    }

    fn apply_trigonometric(self, x: f64) -> Option<f64> {
        Some(match self {
            Self::Acos => libm::acos(x),
            Self::Acosh => libm::acosh(x),
            Self::Asin => libm::asin(x),
            Self::Asinh => libm::asinh(x),
            Self::Atan => libm::atan(x),
            Self::Atanh => libm::atanh(x),
            Self::Cos => libm::cos(x),
            Self::Cosh => libm::cosh(x),
            Self::Sin => libm::sin(x),
            Self::Sinh => libm::sinh(x),
            Self::Tan => libm::tan(x),
            _ => return None,
        })
    }

    /// Those whose results are integers for integers.
    fn apply_whole(self, x: f64) -> f64 {
        let truth = |holds: bool| if holds { 1.0 } else { 0.0 };
        match self {
            Self::Sign if x == 0.0 => 0.0,
            Self::Sign => x.signum(),
            Self::Remainder { divisor, truncated } => {
                let divisor = f64::from(divisor);
                let rest = x % divisor;
                if truncated || rest == 0.0 || (rest < 0.0) == (divisor < 0.0) {
                    rest
                } else {
                    rest + divisor
                }
            }
            Self::Quotient { divisor } => (x / f64::from(divisor)).trunc(),
            Self::Nearest { divisor } => (x / f64::from(divisor)).round(),
            Self::FixedReciprocal { .. } if x == 0.0 => 0.0,
            Self::FixedReciprocal { bits } => (libm::exp2(bits.into()) / x).round(),
            Self::Digit { bit } => (x as i64 >> bit & 1) as f64,
            Self::IsPositive => truth(x > 0.0),
            Self::IsNegative => truth(x < 0.0),
            Self::IsZero => truth(x == 0.0),
            Self::IsNotZero => truth(x != 0.0),
            Self::Quantize { lo, hi, .. } => x.round_ties_even().clamp(lo.into(), hi.into()),
            Self::Truncate { .. } => x.trunc(),
            Self::Wrap { element } => wrapped(x.trunc() as i64, element) as f64,
            Self::Bits { with, operation } => operation.apply(x as i64, with) as f64,
            _ => f64::NAN,
        }
    }

    /// What it makes of elements of one kind.
    pub(crate) fn element(self, operand: Element) -> Element {
        match self {
            Self::IsPositive | Self::IsNegative | Self::IsZero | Self::IsNotZero => Element::Bool,
            Self::Quantize { element, .. }
            | Self::Truncate { element }
            | Self::Wrap { element } => element,
            Self::Sign
            | Self::Remainder { .. }
            | Self::Quotient { .. }
            | Self::Nearest { .. }
            | Self::FixedReciprocal { .. }
            | Self::Digit { .. }
            | Self::Bits { .. }
            | Self::Power { .. } => operand,
            _ => Element::Float,
        }
    }

    /// Whether it is so steep somewhere that its operand needs more bits than others.
    pub(crate) fn is_steep(self) -> bool {
        matches!(
            self,
            Self::Acosh
                | Self::Acos
                | Self::Asin
                | Self::Atanh
                | Self::Exp
                | Self::Log
                | Self::Power { .. }
                | Self::Reciprocal
                | Self::Sqrt
                | Self::Tan
        )
    }

    /// Whether it only says on which side of zero `x` lies.
    pub(crate) fn is_comparison(self) -> bool {
        matches!(
            self,
            Self::IsPositive | Self::IsNegative | Self::IsZero | Self::IsNotZero
        )
    }

    /// Whether results are whole numbers even of fractions.
    pub(crate) fn is_stepwise(self) -> bool {
        matches!(self, Self::Ceil | Self::Floor | Self::Round | Self::Sign)
    }
}

impl BitOperation {
    fn apply(self, x: i64, with: i64) -> i64 {
        let shift = u32::try_from(with).unwrap_or(u32::MAX);
        match self {
            Self::And => x & with,
            Self::Or => x | with,
            Self::Xor => x ^ with,
            Self::Left => x.checked_shl(shift).unwrap_or(0),
            Self::Right => x.checked_shr(shift).unwrap_or(0),
        }
    }
}

/// The value that the lowest bits of `x` stand for.
fn wrapped(x: i64, element: Element) -> i64 {
    let (lo, hi) = element.limits();
    if (lo..=hi).contains(&x) || element == Element::Float {
        return x;
    }
    if element == Element::Bool {
        return i64::from(x != 0);
    }
    match hi.checked_sub(lo).and_then(|width| width.checked_add(1)) {
        Some(width) => (x - lo).rem_euclid(width) + lo,
        None => x,
    }
}
