//! What anyone may ask a node about identities.

use lilliput_client::api::Page;
use lilliput_modules::identity::query;
use lilliput_types::identity::{App, AppId, CheckedIn, Group, GroupId, Issuer, IssuerId, Seat};
use lilliput_types::{Address, Nullifier};

use crate::error::NodeError;
use crate::node::{Node, PAGE_MAX, not_found, page};

impl Node {
    /// Issuers of identities, the first added first, behind one.
    ///
    /// # Errors
    /// See [`Self::status`].
    pub fn issuers(
        &self,
        after: Option<IssuerId>,
        limit: usize,
    ) -> Result<Page<Issuer>, NodeError> {
        let limit = limit.clamp(1, PAGE_MAX);
        let items = self.read(|snapshot| query::issuers(snapshot, after, limit))?;
        Ok(page(items, limit, |issuer| issuer.id.to_string()))
    }

    /// One issuer of identities.
    ///
    /// # Errors
    /// See [`Self::status`].
    pub fn issuer(&self, id: IssuerId) -> Result<Issuer, NodeError> {
        let found = self.read(|snapshot| query::issuer(snapshot, id))?;
        found.ok_or_else(|| not_found("issuer", id))
    }

    /// Groups, the first opened first, behind one.
    ///
    /// # Errors
    /// See [`Self::status`].
    pub fn groups(&self, after: Option<GroupId>, limit: usize) -> Result<Page<Group>, NodeError> {
        let limit = limit.clamp(1, PAGE_MAX);
        let items = self.read(|snapshot| query::groups(snapshot, after, limit))?;
        Ok(page(items, limit, |group| group.id.to_string()))
    }

    /// One group.
    ///
    /// # Errors
    /// See [`Self::status`].
    pub fn group(&self, id: GroupId) -> Result<Group, NodeError> {
        let found = self.read(|snapshot| query::group(snapshot, id))?;
        found.ok_or_else(|| not_found("group", id))
    }

    /// A group's seats, in the order of the tree's leaves, behind one.
    ///
    /// # Errors
    /// See [`Self::status`].
    pub fn seats(
        &self,
        id: GroupId,
        after: Option<u64>,
        limit: usize,
    ) -> Result<Page<Seat>, NodeError> {
        let limit = limit.clamp(1, PAGE_MAX);
        let items = self.read(|snapshot| query::seats(snapshot, id, after, limit))?;
        Ok(page(items, limit, |seat| seat.index.to_string()))
    }

    /// The seat of an account.
    ///
    /// # Errors
    /// See [`Self::status`].
    pub fn seat(&self, id: GroupId, account: Address) -> Result<Seat, NodeError> {
        let found = self.read(|snapshot| query::seat(snapshot, id, account))?;
        found.ok_or_else(|| not_found("seat of", account))
    }

    /// Apps, the first opened first, behind one.
    ///
    /// # Errors
    /// See [`Self::status`].
    pub fn apps(&self, after: Option<AppId>, limit: usize) -> Result<Page<App>, NodeError> {
        let limit = limit.clamp(1, PAGE_MAX);
        let items = self.read(|snapshot| query::apps(snapshot, after, limit))?;
        Ok(page(items, limit, |app| app.id.to_string()))
    }

    /// One app.
    ///
    /// # Errors
    /// See [`Self::status`].
    pub fn app(&self, id: AppId) -> Result<App, NodeError> {
        let found = self.read(|snapshot| query::app(snapshot, id))?;
        found.ok_or_else(|| not_found("app", id))
    }

    /// Who came to an app, by period and nullifier, behind one.
    ///
    /// # Errors
    /// See [`Self::status`].
    pub fn check_ins(
        &self,
        id: AppId,
        after: Option<(u64, Nullifier)>,
        limit: usize,
    ) -> Result<Page<CheckedIn>, NodeError> {
        let limit = limit.clamp(1, PAGE_MAX);
        let items = self.read(|snapshot| query::check_ins(snapshot, id, after, limit))?;
        Ok(page(items, limit, |record| {
            format!("{}/{}", record.period, record.nullifier)
        }))
    }

    /// One check-in.
    ///
    /// # Errors
    /// See [`Self::status`].
    pub fn checked_in(
        &self,
        id: AppId,
        period: u64,
        nullifier: Nullifier,
    ) -> Result<CheckedIn, NodeError> {
        let found = self.read(|snapshot| query::checked_in(snapshot, id, period, nullifier))?;
        found.ok_or_else(|| not_found("check-in with", nullifier))
    }
}
