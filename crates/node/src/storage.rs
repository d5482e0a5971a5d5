//! What anyone may ask a node about stored blobs.

use lilliput_client::api::Page;
use lilliput_modules::storage::query;
use lilliput_types::storage::{Deal, DealId};

use crate::error::NodeError;
use crate::node::{Node, PAGE_MAX, not_found, page};

impl Node {
    /// Deals, the first ordered first, behind one.
    ///
    /// # Errors
    /// See [`Self::status`].
    pub fn deals(&self, after: Option<DealId>, limit: usize) -> Result<Page<Deal>, NodeError> {
        let limit = limit.clamp(1, PAGE_MAX);
        let items = self.read(|snapshot| query::deals(snapshot, after, limit))?;
        Ok(page(items, limit, |deal| deal.id.to_string()))
    }

    /// One deal.
    ///
    /// # Errors
    /// See [`Self::status`].
    pub fn deal(&self, id: DealId) -> Result<Deal, NodeError> {
        let found = self.read(|snapshot| query::deal(snapshot, id))?;
        found.ok_or_else(|| not_found("deal", id))
    }
}
