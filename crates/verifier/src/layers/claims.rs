//! Claims by tensor.

use lilliput_graph::TensorId;

use crate::field::EF;
use crate::layers::walk::LayerError;

/// A tensor's extension has this value at this point.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Claim {
    /// One coordinate a variable of the tensor.
    pub point: Vec<EF>,
    /// The claimed value.
    pub value: EF,
}

/// All claims that are not yet shown.
#[derive(Clone, Debug)]
pub struct Claims(Vec<Vec<Claim>>);

impl Claims {
    /// No claims on any of that many tensors.
    #[must_use]
    pub fn new(tensors: usize) -> Self {
        Self(vec![Vec::new(); tensors])
    }

    /// Adds a claim. One at a point that is claimed already must agree, and counts once.
    ///
    /// # Errors
    ///
    /// [`LayerError::Conflict`], [`LayerError::UnknownTensor`].
    pub fn push(&mut self, tensor: TensorId, claim: Claim) -> Result<(), LayerError> {
        let list = usize::try_from(tensor.0)
            .ok()
            .and_then(|index| self.0.get_mut(index))
            .ok_or(LayerError::UnknownTensor { tensor: tensor.0 })?;
        match list.iter().find(|other| other.point == claim.point) {
            Some(other) if other.value != claim.value => {
                Err(LayerError::Conflict { tensor: tensor.0 })
            }
            Some(_) => Ok(()),
            None => {
                list.push(claim);
                Ok(())
            }
        }
    }

    /// Takes all claims on a tensor.
    #[must_use]
    pub fn take(&mut self, tensor: TensorId) -> Vec<Claim> {
        usize::try_from(tensor.0)
            .ok()
            .and_then(|index| self.0.get_mut(index))
            .map(std::mem::take)
            .unwrap_or_default()
    }
}
