//! What a prover and a verifier do differently: one computes messages, the other reads them.

use lilliput_graph::TensorId;

use crate::field::EF;
use crate::form::Value;
use crate::layers::axes::evaluate_dense;
use crate::layers::conv::Spread;
use crate::layers::walk::LayerError;
use crate::point::eq;

/// A tensor with some axes fixed at coordinates: a vector over the kept axes, in their stated order, each
/// padded with zeros.
#[derive(Clone, Debug)]
pub struct Folded<'a> {
    /// The tensor.
    pub tensor: TensorId,
    /// Axes with their coordinates.
    pub fixed: Vec<(usize, &'a [EF])>,
    /// The other axes, slowest first.
    pub kept: Vec<usize>,
}

impl Folded<'_> {
    /// All axes kept, in their own order.
    #[must_use]
    pub fn whole(tensor: TensorId, axes: usize) -> Self {
        Self {
            tensor,
            fixed: Vec::new(),
            kept: (0..axes).collect(),
        }
    }
}

/// The second factor of a product sumcheck.
#[derive(Clone, Debug)]
pub enum Weight<'a> {
    /// The outer product of vectors, each of a power of two of values.
    Outer(Vec<Vec<EF>>),
    /// `sum of factor * eq(point, x)`.
    Points(&'a [(EF, Vec<EF>)]),
    /// Another tensor; its value at the end is sent.
    Tensor(Folded<'a>),
    /// A kernel spread over the input of a convolution; its value at the end is sent.
    Spread(Spread<'a>),
}

impl Weight<'_> {
    /// Whether the verifier evaluates it; else its value at the end is sent.
    #[must_use]
    pub fn is_public(&self) -> bool {
        match self {
            Self::Outer(_) | Self::Points(_) => true,
            Self::Tensor(_) | Self::Spread(_) => false,
        }
    }

    /// The value at `point` of a weight that is public; nothing for the others.
    #[must_use]
    pub fn evaluate(&self, point: &[EF]) -> Option<EF> {
        match self {
            Self::Outer(vectors) => {
                let mut rest = point;
                let factors = vectors.iter().map(|vector| {
                    let bits = vector.len().checked_ilog2().unwrap_or(0);
                    let bits = usize::try_from(bits).unwrap_or(0).min(rest.len());
                    let (own, left) = rest.split_at(bits);
                    rest = left;
                    evaluate_dense(vector, own)
                });
                Some(factors.product())
            }
            Self::Points(points) => Some(
                points
                    .iter()
                    .map(|(factor, other)| *factor * eq(other, point))
                    .sum(),
            ),
            Self::Tensor(_) | Self::Spread(_) => None,
        }
    }
}

/// `claim = sum over x of eq(batch, x's first variables) * tensors(x) * weight(x)`.
#[derive(Clone, Debug)]
pub struct Product<'a, V> {
    /// The value of the sum.
    pub claim: V,
    /// Variables of x.
    pub variables: usize,
    /// Coordinates of the first variables; empty when there is no such factor. Their rounds come first, in an eq
    /// sumcheck, which divides the factor out; then those of the other variables.
    pub batch: &'a [EF],
    /// Mostly one. Several are stacked: each padded to the same length, their number to a power of two.
    pub tensors: Vec<Folded<'a>>,
    /// The other factor.
    pub weight: Weight<'a>,
}

impl<V> Product<'_, V> {
    /// Variables of each tensor's share of the stack.
    #[must_use]
    pub fn share_variables(&self) -> usize {
        let stacked = self.tensors.len().next_power_of_two().trailing_zeros();
        self.variables
            .saturating_sub(usize::try_from(stacked).unwrap_or(0))
    }
}

/// What a product sumcheck leaves.
#[derive(Clone, Debug)]
pub struct Ended<V> {
    /// The challenges.
    pub point: Vec<EF>,
    /// What tensors times weight must be there.
    pub claim: V,
    /// Each tensor at its own part of the point.
    pub tensors: Vec<V>,
    /// The weight there, if it was sent.
    pub weight: Option<V>,
}

/// One side of the argument.
pub trait Side {
    /// What claims are made of.
    type Value: Value;

    /// Draws a challenge.
    fn challenge(&mut self) -> EF;

    /// The extensions of tensors of one shape at a point: a message.
    ///
    /// # Errors
    ///
    /// [`LayerError::Malformed`] when the message can't be read.
    fn evaluations(
        &mut self,
        tensors: &[TensorId],
        point: &[EF],
    ) -> Result<Vec<Self::Value>, LayerError>;

    /// Runs a product sumcheck and gives, as messages, the tensors and the weight (if it isn't public) at its end. A tensor with fewer variables than its share is taken at the
    /// last coordinates.
    ///
    /// # Errors
    ///
    /// [`LayerError::Malformed`] when a message can't be read.
    fn product(
        &mut self,
        product: &Product<'_, Self::Value>,
    ) -> Result<Ended<Self::Value>, LayerError>;

    /// Says that a value is zero; a prover that sees another has a fault.
    ///
    /// # Errors
    ///
    /// [`LayerError::Mismatch`] for a prover.
    fn zero(&mut self, value: Self::Value, node: TensorId) -> Result<(), LayerError>;

    /// Says that `left * right = product`.
    ///
    /// # Errors
    ///
    /// As [`Side::zero`].
    fn times(
        &mut self,
        left: Self::Value,
        right: Self::Value,
        product: Self::Value,
        node: TensorId,
    ) -> Result<(), LayerError>;
}
