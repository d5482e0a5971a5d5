//! What anyone may ask a node about price feeds and contests.

use lilliput_client::api::Page;
use lilliput_modules::prices::query;
use lilliput_types::Address;
use lilliput_types::prices::{
    Contest, ContestId, Entrant, Feed, FeedId, PayoutRecord, PriceRecord, Reporter, Signal, Step,
};

use crate::error::NodeError;
use crate::node::{Node, PAGE_MAX, not_found, page};

impl Node {
    /// Feeds, the first opened first, behind one.
    ///
    /// # Errors
    /// See [`Self::status`].
    pub fn feeds(&self, after: Option<FeedId>, limit: usize) -> Result<Page<Feed>, NodeError> {
        let limit = limit.clamp(1, PAGE_MAX);
        let items = self.read(|snapshot| query::feeds(snapshot, after, limit))?;
        Ok(page(items, limit, |feed| feed.id.to_string()))
    }

    /// One feed.
    ///
    /// # Errors
    /// See [`Self::status`].
    pub fn feed(&self, id: FeedId) -> Result<Feed, NodeError> {
        let found = self.read(|snapshot| query::feed(snapshot, id))?;
        found.ok_or_else(|| not_found("feed", id))
    }

    /// A feed's reporters, by account, behind one.
    ///
    /// # Errors
    /// See [`Self::status`].
    pub fn reporters(
        &self,
        id: FeedId,
        after: Option<Address>,
        limit: usize,
    ) -> Result<Page<Reporter>, NodeError> {
        let limit = limit.clamp(1, PAGE_MAX);
        let items = self.read(|snapshot| query::reporters(snapshot, id, after, limit))?;
        Ok(page(items, limit, |reporter| reporter.account.to_string()))
    }

    /// The settled periods that a feed keeps, behind one.
    ///
    /// # Errors
    /// See [`Self::status`].
    pub fn prices(
        &self,
        id: FeedId,
        after: Option<u64>,
        limit: usize,
    ) -> Result<Page<PriceRecord>, NodeError> {
        let limit = limit.clamp(1, PAGE_MAX);
        let items = self.read(|snapshot| query::prices(snapshot, id, after, limit))?;
        Ok(page(items, limit, |record| record.period.to_string()))
    }

    /// Contests, the first opened first, behind one.
    ///
    /// # Errors
    /// See [`Self::status`].
    pub fn contests(
        &self,
        after: Option<ContestId>,
        limit: usize,
    ) -> Result<Page<Contest>, NodeError> {
        let limit = limit.clamp(1, PAGE_MAX);
        let items = self.read(|snapshot| query::contests(snapshot, after, limit))?;
        Ok(page(items, limit, |contest| contest.id.to_string()))
    }

    /// One contest.
    ///
    /// # Errors
    /// See [`Self::status`].
    pub fn contest(&self, id: ContestId) -> Result<Contest, NodeError> {
        let found = self.read(|snapshot| query::contest(snapshot, id))?;
        found.ok_or_else(|| not_found("contest", id))
    }

    /// All entrants of a contest, by number.
    ///
    /// # Errors
    /// See [`Self::status`].
    pub fn entrants(&self, id: ContestId) -> Result<Vec<Entrant>, NodeError> {
        self.read(|snapshot| query::entrants(snapshot, id))
    }

    /// A contest's signals, by period and entrant, behind one.
    ///
    /// # Errors
    /// See [`Self::status`].
    pub fn signals(
        &self,
        id: ContestId,
        after: Option<(u64, u16)>,
        limit: usize,
    ) -> Result<Page<Signal>, NodeError> {
        let limit = limit.clamp(1, PAGE_MAX);
        let items = self.read(|snapshot| query::signals(snapshot, id, after, limit))?;
        Ok(page(items, limit, |signal| {
            format!("{}/{}", signal.period, signal.entrant)
        }))
    }

    /// The periods that a contest settled, behind one.
    ///
    /// # Errors
    /// See [`Self::status`].
    pub fn steps(
        &self,
        id: ContestId,
        after: Option<u64>,
        limit: usize,
    ) -> Result<Page<Step>, NodeError> {
        let limit = limit.clamp(1, PAGE_MAX);
        let items = self.read(|snapshot| query::steps(snapshot, id, after, limit))?;
        Ok(page(items, limit, |step| step.period.to_string()))
    }

    /// The paid epochs of a contest, behind one.
    ///
    /// # Errors
    /// See [`Self::status`].
    pub fn payouts(
        &self,
        id: ContestId,
        after: Option<u32>,
        limit: usize,
    ) -> Result<Page<PayoutRecord>, NodeError> {
        let limit = limit.clamp(1, PAGE_MAX);
        let items = self.read(|snapshot| query::payouts(snapshot, id, after, limit))?;
        Ok(page(items, limit, |record| record.epoch.to_string()))
    }
}
