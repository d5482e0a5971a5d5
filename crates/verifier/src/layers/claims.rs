//! Claims by tensor.

use lilliput_graph::TensorId;

use crate::field::EF;
use crate::form::Value;
use crate::layers::walk::LayerError;

/// A tensor's extension has this value at this point.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Claim<V = EF> {
    /// One coordinate a variable of the tensor.
    pub point: Vec<EF>,
    /// The claimed value.
    pub value: V,
}

/// All claims that are not yet shown.
#[derive(Clone, Debug)]
pub struct Claims<V = EF> {
    lists: Vec<Vec<Claim<V>>>,
    differences: Vec<V>,
}

impl<V: Value> Claims<V> {
    /// No claims on any of that many tensors.
    #[must_use]
    pub fn new(tensors: usize) -> Self {
        Self {
            lists: vec![Vec::new(); tensors],
            differences: Vec::new(),
        }
    }

    /// Adds a claim. One at a point that is claimed already must agree, and counts once: the difference of both
    /// values has to be zero.
    ///
    /// # Errors
    ///
    /// [`LayerError::UnknownTensor`].
    pub fn push(&mut self, tensor: TensorId, claim: Claim<V>) -> Result<(), LayerError> {
        let list = usize::try_from(tensor.0)
            .ok()
            .and_then(|index| self.lists.get_mut(index))
            .ok_or(LayerError::UnknownTensor { tensor: tensor.0 })?;
        match list.iter().find(|other| other.point == claim.point) {
            Some(other) => self.differences.push(claim.value - other.value.clone()),
            None => list.push(claim),
        }
        Ok(())
    }

    /// Takes all claims on a tensor.
    #[must_use]
    pub fn take(&mut self, tensor: TensorId) -> Vec<Claim<V>> {
        usize::try_from(tensor.0)
            .ok()
            .and_then(|index| self.lists.get_mut(index))
            .map(std::mem::take)
            .unwrap_or_default()
    }

    /// What has to be zero because one value was claimed twice.
    #[must_use]
    pub fn take_differences(&mut self) -> Vec<V> {
        std::mem::take(&mut self.differences)
    }
}
