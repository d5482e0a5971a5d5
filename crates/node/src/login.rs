//! What anyone may ask a node about login providers and sessions.

use lilliput_client::api::Page;
use lilliput_modules::login::query;
use lilliput_types::login::{Issuer, IssuerKeyRecord, LoginSession};
use lilliput_types::{Address, LoginIssuerId};

use crate::error::NodeError;
use crate::node::{Node, PAGE_MAX, not_found, page};

impl Node {
    /// Login providers, by id, behind one.
    ///
    /// # Errors
    /// See [`Self::status`].
    pub fn login_issuers(
        &self,
        after: Option<LoginIssuerId>,
        limit: usize,
    ) -> Result<Page<Issuer>, NodeError> {
        let limit = limit.clamp(1, PAGE_MAX);
        let items = self.read(|snapshot| query::issuers(snapshot, after, limit))?;
        Ok(page(items, limit, |issuer| issuer.id.to_string()))
    }

    /// One login provider.
    ///
    /// # Errors
    /// See [`Self::status`].
    pub fn login_issuer(&self, id: LoginIssuerId) -> Result<Issuer, NodeError> {
        let found = self.read(|snapshot| query::issuer(snapshot, id))?;
        found.ok_or_else(|| not_found("issuer", id))
    }

    /// The keys of a login provider, by name.
    ///
    /// # Errors
    /// See [`Self::status`].
    pub fn login_keys(&self, id: LoginIssuerId) -> Result<Vec<IssuerKeyRecord>, NodeError> {
        self.read(|snapshot| query::keys(snapshot, id))
    }

    /// The sessions of an account, by key.
    ///
    /// # Errors
    /// See [`Self::status`].
    pub fn login_sessions(&self, account: Address) -> Result<Vec<LoginSession>, NodeError> {
        self.read(|snapshot| query::sessions(snapshot, account))
    }
}
