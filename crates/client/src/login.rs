//! The routes about login providers and sessions.

use lilliput_types::login::{Issuer, IssuerKeyRecord, LoginSession};
use lilliput_types::{Address, LoginIssuerId};

use crate::api::Page;
use crate::client::Client;
use crate::error::ClientError;

impl Client {
    /// Login providers, by id.
    ///
    /// # Errors
    /// See [`Self::status`].
    pub fn login_issuers(&self, from: Option<&str>) -> Result<Page<Issuer>, ClientError> {
        self.page("/v1/login/issuers", from)
    }

    /// One login provider.
    ///
    /// # Errors
    /// See [`Self::status`].
    pub fn login_issuer(&self, id: LoginIssuerId) -> Result<Issuer, ClientError> {
        self.get(&format!("/v1/login/issuers/{id}"))
    }

    /// The keys of a login provider, by name.
    ///
    /// # Errors
    /// See [`Self::status`].
    pub fn login_keys(&self, id: LoginIssuerId) -> Result<Vec<IssuerKeyRecord>, ClientError> {
        self.get(&format!("/v1/login/issuers/{id}/keys"))
    }

    /// The sessions of an account, by key.
    ///
    /// # Errors
    /// See [`Self::status`].
    pub fn login_sessions(&self, account: Address) -> Result<Vec<LoginSession>, ClientError> {
        self.get(&format!("/v1/accounts/{account}/sessions"))
    }
}
