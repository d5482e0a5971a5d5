//! The routes about identities.

use lilliput_types::identity::{App, AppId, CheckedIn, Group, GroupId, Issuer, IssuerId, Seat};
use lilliput_types::{Address, Nullifier};

use crate::api::Page;
use crate::client::Client;
use crate::error::ClientError;

impl Client {
    /// Issuers, the first added first.
    ///
    /// # Errors
    /// See [`Self::status`].
    pub fn issuers(&self, from: Option<&str>) -> Result<Page<Issuer>, ClientError> {
        self.page("/v1/identity/issuers", from)
    }

    /// One issuer.
    ///
    /// # Errors
    /// See [`Self::status`].
    pub fn issuer(&self, id: IssuerId) -> Result<Issuer, ClientError> {
        self.get(&format!("/v1/identity/issuers/{id}"))
    }

    /// Groups, the first opened first.
    ///
    /// # Errors
    /// See [`Self::status`].
    pub fn groups(&self, from: Option<&str>) -> Result<Page<Group>, ClientError> {
        self.page("/v1/identity/groups", from)
    }

    /// One group with the roots it takes.
    ///
    /// # Errors
    /// See [`Self::status`].
    pub fn group(&self, id: GroupId) -> Result<Group, ClientError> {
        self.get(&format!("/v1/identity/groups/{id}"))
    }

    /// A group's seats, in the order of the tree's leaves.
    ///
    /// # Errors
    /// See [`Self::status`].
    pub fn seats(&self, id: GroupId, from: Option<&str>) -> Result<Page<Seat>, ClientError> {
        self.page(&format!("/v1/identity/groups/{id}/seats"), from)
    }

    /// The seat of an account.
    ///
    /// # Errors
    /// See [`Self::status`].
    pub fn seat(&self, id: GroupId, account: Address) -> Result<Seat, ClientError> {
        self.get(&format!("/v1/identity/groups/{id}/accounts/{account}"))
    }

    /// Apps, the first opened first.
    ///
    /// # Errors
    /// See [`Self::status`].
    pub fn apps(&self, from: Option<&str>) -> Result<Page<App>, ClientError> {
        self.page("/v1/identity/apps", from)
    }

    /// One app.
    ///
    /// # Errors
    /// See [`Self::status`].
    pub fn app(&self, id: AppId) -> Result<App, ClientError> {
        self.get(&format!("/v1/identity/apps/{id}"))
    }

    /// Who came to an app, by period and nullifier.
    ///
    /// # Errors
    /// See [`Self::status`].
    pub fn check_ins(&self, id: AppId, from: Option<&str>) -> Result<Page<CheckedIn>, ClientError> {
        self.page(&format!("/v1/identity/apps/{id}/check-ins"), from)
    }

    /// A check-in by its nullifier; refused with 404 while there is none.
    ///
    /// # Errors
    /// See [`Self::status`].
    pub fn checked_in(
        &self,
        id: AppId,
        period: u64,
        nullifier: Nullifier,
    ) -> Result<CheckedIn, ClientError> {
        self.get(&format!(
            "/v1/identity/apps/{id}/check-ins/{period}/{nullifier}"
        ))
    }
}
