//! What anyone may ask a node about tournaments.

use lilliput_client::api::Page;
use lilliput_modules::tournament::query;
use lilliput_types::Address;
use lilliput_types::tournament::{
    Entry, ModelName, Round, RoundId, Stake, Standing, Tournament, TournamentId,
};

use crate::error::NodeError;
use crate::node::{Node, PAGE_MAX, not_found, page};

impl Node {
    /// Tournaments, the first opened first, behind one.
    ///
    /// # Errors
    /// See [`Self::status`].
    pub fn tournaments(
        &self,
        after: Option<TournamentId>,
        limit: usize,
    ) -> Result<Page<Tournament>, NodeError> {
        let limit = limit.clamp(1, PAGE_MAX);
        let items = self.read(|snapshot| query::tournaments(snapshot, after, limit))?;
        Ok(page(items, limit, |tournament| tournament.id.to_string()))
    }

    /// One tournament.
    ///
    /// # Errors
    /// See [`Self::status`].
    pub fn tournament(&self, id: TournamentId) -> Result<Tournament, NodeError> {
        let found = self.read(|snapshot| query::tournament(snapshot, id))?;
        found.ok_or_else(|| not_found("tournament", id))
    }

    /// A tournament's rounds, the earliest first, behind the one with number `after`.
    ///
    /// # Errors
    /// See [`Self::status`].
    pub fn rounds_of(
        &self,
        id: TournamentId,
        after: u64,
        limit: usize,
    ) -> Result<Page<Round>, NodeError> {
        let limit = limit.clamp(1, PAGE_MAX);
        let items = self.read(|snapshot| query::rounds_of(snapshot, id, after, limit))?;
        Ok(page(items, limit, |round| round.id.number.to_string()))
    }

    /// A tournament's models over its settled rounds, by account and name.
    ///
    /// # Errors
    /// See [`Self::status`].
    pub fn standings(
        &self,
        id: TournamentId,
        after: Option<&(Address, ModelName)>,
        limit: usize,
    ) -> Result<Page<Standing>, NodeError> {
        let limit = limit.clamp(1, PAGE_MAX);
        let after = after.map(|(account, model)| (*account, model));
        let items = self.read(|snapshot| query::standings(snapshot, id, after, limit))?;
        Ok(page(items, limit, |standing| {
            format!("{}/{}", standing.account, standing.model)
        }))
    }

    /// The latest rounds of all tournaments, the newest first.
    ///
    /// # Errors
    /// See [`Self::status`].
    pub fn rounds(&self, limit: usize) -> Result<Page<Round>, NodeError> {
        let limit = limit.clamp(1, PAGE_MAX);
        let items = self.read(|snapshot| query::recent(snapshot, limit))?;
        Ok(Page { items, next: None })
    }

    /// One round.
    ///
    /// # Errors
    /// See [`Self::status`].
    pub fn round(&self, id: RoundId) -> Result<Round, NodeError> {
        let found = self.read(|snapshot| query::round(snapshot, id))?;
        found.ok_or_else(|| not_found("round", id))
    }

    /// A round's entries, by number, behind one.
    ///
    /// # Errors
    /// See [`Self::status`].
    pub fn entries(
        &self,
        id: RoundId,
        after: Option<u32>,
        limit: usize,
    ) -> Result<Page<Entry>, NodeError> {
        let limit = limit.clamp(1, PAGE_MAX);
        let items = self.read(|snapshot| query::entries(snapshot, id, after, limit))?;
        Ok(page(items, limit, |entry| entry.number.to_string()))
    }

    /// A round's stakes, by entry and account, behind one.
    ///
    /// # Errors
    /// See [`Self::status`].
    pub fn stakes(
        &self,
        id: RoundId,
        after: Option<(u32, Address)>,
        limit: usize,
    ) -> Result<Page<Stake>, NodeError> {
        let limit = limit.clamp(1, PAGE_MAX);
        let items = self.read(|snapshot| query::stakes(snapshot, id, after, limit))?;
        Ok(page(items, limit, |stake| {
            format!("{}/{}", stake.entry, stake.account)
        }))
    }

    /// The models of a tournament whose rates sum to the most, and how many models it has: at most `searched` are
    /// looked at.
    pub(crate) fn leaders(
        &self,
        id: TournamentId,
        searched: usize,
        limit: usize,
    ) -> Result<Vec<Standing>, NodeError> {
        let mut all = self.read(|snapshot| query::standings(snapshot, id, None, searched))?;
        all.sort_by(|left, right| {
            let names = |standing: &Standing| (standing.account, standing.model.clone());
            right
                .rate
                .cmp(&left.rate)
                .then_with(|| names(left).cmp(&names(right)))
        });
        all.truncate(limit);
        Ok(all)
    }

    /// All entries of a round, for a page.
    pub(crate) fn all_entries(&self, id: RoundId) -> Result<Vec<Entry>, NodeError> {
        let most = lilliput_types::tournament::ENTRIES_MAX as usize;
        self.read(|snapshot| query::entries(snapshot, id, None, most))
    }
}
