//! The routes about tournaments.

use lilliput_types::tournament::{
    Entry, Round, RoundId, Stake, Standing, Tournament, TournamentId,
};

use crate::api::Page;
use crate::client::Client;
use crate::error::ClientError;

impl Client {
    /// Tournaments, the first opened first.
    ///
    /// # Errors
    /// See [`Self::status`].
    pub fn tournaments(&self, from: Option<&str>) -> Result<Page<Tournament>, ClientError> {
        self.page("/v1/tournaments", from)
    }

    /// One tournament.
    ///
    /// # Errors
    /// See [`Self::status`].
    pub fn tournament(&self, id: TournamentId) -> Result<Tournament, ClientError> {
        self.get(&format!("/v1/tournaments/{id}"))
    }

    /// A tournament's rounds, the earliest first.
    ///
    /// # Errors
    /// See [`Self::status`].
    pub fn rounds_of(
        &self,
        id: TournamentId,
        from: Option<&str>,
    ) -> Result<Page<Round>, ClientError> {
        self.page(&format!("/v1/tournaments/{id}/rounds"), from)
    }

    /// A tournament's models over its settled rounds, by account and name.
    ///
    /// # Errors
    /// See [`Self::status`].
    pub fn standings(
        &self,
        id: TournamentId,
        from: Option<&str>,
    ) -> Result<Page<Standing>, ClientError> {
        self.page(&format!("/v1/tournaments/{id}/standings"), from)
    }

    /// The latest rounds of all tournaments, the newest first.
    ///
    /// # Errors
    /// See [`Self::status`].
    pub fn rounds(&self) -> Result<Page<Round>, ClientError> {
        self.get("/v1/rounds")
    }

    /// One round.
    ///
    /// # Errors
    /// See [`Self::status`].
    pub fn round(&self, id: RoundId) -> Result<Round, ClientError> {
        self.get(&format!("/v1/rounds/{id}"))
    }

    /// A round's entries, by number.
    ///
    /// # Errors
    /// See [`Self::status`].
    pub fn entries(&self, id: RoundId, from: Option<&str>) -> Result<Page<Entry>, ClientError> {
        self.page(&format!("/v1/rounds/{id}/entries"), from)
    }

    /// A round's stakes, by entry and account.
    ///
    /// # Errors
    /// See [`Self::status`].
    pub fn stakes(&self, id: RoundId, from: Option<&str>) -> Result<Page<Stake>, ClientError> {
        self.page(&format!("/v1/rounds/{id}/stakes"), from)
    }
}
