//! The routes about stored blobs.

use lilliput_types::storage::{Deal, DealId};

use crate::api::Page;
use crate::client::Client;
use crate::error::ClientError;

impl Client {
    /// Deals, the first ordered first.
    ///
    /// # Errors
    /// See [`Self::status`].
    pub fn deals(&self, from: Option<&str>) -> Result<Page<Deal>, ClientError> {
        self.page("/v1/storage/deals", from)
    }

    /// One deal.
    ///
    /// # Errors
    /// See [`Self::status`].
    pub fn deal(&self, id: DealId) -> Result<Deal, ClientError> {
        self.get(&format!("/v1/storage/deals/{id}"))
    }
}
