//! The routes about price feeds and contests.

use lilliput_types::prices::{
    Contest, ContestId, Entrant, Feed, FeedId, PayoutRecord, PriceRecord, Reporter, Signal, Step,
};

use crate::api::Page;
use crate::client::Client;
use crate::error::ClientError;

impl Client {
    /// Feeds, the first opened first.
    ///
    /// # Errors
    /// See [`Self::status`].
    pub fn feeds(&self, from: Option<&str>) -> Result<Page<Feed>, ClientError> {
        self.page("/v1/feeds", from)
    }

    /// One feed.
    ///
    /// # Errors
    /// See [`Self::status`].
    pub fn feed(&self, id: FeedId) -> Result<Feed, ClientError> {
        self.get(&format!("/v1/feeds/{id}"))
    }

    /// A feed's reporters, by account.
    ///
    /// # Errors
    /// See [`Self::status`].
    pub fn reporters(&self, id: FeedId, from: Option<&str>) -> Result<Page<Reporter>, ClientError> {
        self.page(&format!("/v1/feeds/{id}/reporters"), from)
    }

    /// The settled periods that a feed keeps, the oldest first.
    ///
    /// # Errors
    /// See [`Self::status`].
    pub fn prices(&self, id: FeedId, from: Option<&str>) -> Result<Page<PriceRecord>, ClientError> {
        self.page(&format!("/v1/feeds/{id}/prices"), from)
    }

    /// Contests, the first opened first.
    ///
    /// # Errors
    /// See [`Self::status`].
    pub fn contests(&self, from: Option<&str>) -> Result<Page<Contest>, ClientError> {
        self.page("/v1/contests", from)
    }

    /// One contest.
    ///
    /// # Errors
    /// See [`Self::status`].
    pub fn contest(&self, id: ContestId) -> Result<Contest, ClientError> {
        self.get(&format!("/v1/contests/{id}"))
    }

    /// A contest's entrants with their accounts, by number.
    ///
    /// # Errors
    /// See [`Self::status`].
    pub fn entrants(&self, id: ContestId) -> Result<Vec<Entrant>, ClientError> {
        self.get(&format!("/v1/contests/{id}/entrants"))
    }

    /// A contest's signals, by period and entrant.
    ///
    /// # Errors
    /// See [`Self::status`].
    pub fn signals(&self, id: ContestId, from: Option<&str>) -> Result<Page<Signal>, ClientError> {
        self.page(&format!("/v1/contests/{id}/signals"), from)
    }

    /// The periods that a contest settled.
    ///
    /// # Errors
    /// See [`Self::status`].
    pub fn steps(&self, id: ContestId, from: Option<&str>) -> Result<Page<Step>, ClientError> {
        self.page(&format!("/v1/contests/{id}/steps"), from)
    }

    /// The paid epochs of a contest.
    ///
    /// # Errors
    /// See [`Self::status`].
    pub fn payouts(
        &self,
        id: ContestId,
        from: Option<&str>,
    ) -> Result<Page<PayoutRecord>, ClientError> {
        self.page(&format!("/v1/contests/{id}/payouts"), from)
    }
}
