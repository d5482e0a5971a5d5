//! What the commands ask a node about a round.

use anyhow::anyhow;
use lilliput_client::Client;
use lilliput_types::tournament::blob::{Data, Prediction, TargetList};
use lilliput_types::tournament::{Entry, ModelName, Round, RoundId, Stake, Standing, TournamentId};
use lilliput_types::{Address, BlobId};

use crate::failure::{Failure, OrExit, Result};
use crate::node::{address, all};
use crate::session::Session;

pub(super) fn entries(client: &Client, round: RoundId) -> Result<Vec<Entry>> {
    all(|from| client.entries(round, from))
}

pub(super) fn stakes(client: &Client, round: RoundId) -> Result<Vec<Stake>> {
    all(|from| client.stakes(round, from))
}

pub(super) fn standings(client: &Client, id: TournamentId) -> Result<Vec<Standing>> {
    all(|from| client.standings(id, from))
}

/// A blob that is no data, though the ledger took it as such, comes from a node that lies.
pub(super) fn data(client: &Client, round: &Round) -> Result<Data> {
    let bytes = client.blob(round.data)?;
    Data::decode(&bytes).or_rejected(format!("the data of round {}", round.id))
}

pub(super) fn targets(client: &Client, round: &Round, id: BlobId) -> Result<TargetList> {
    let bytes = client.blob(id)?;
    TargetList::decode(&bytes, round.rows as usize)
        .or_rejected(format!("the targets of round {}", round.id))
}

pub(super) fn prediction(client: &Client, round: &Round, id: BlobId) -> Result<Prediction> {
    let bytes = client.blob(id)?;
    Prediction::decode(&bytes, round.rows as usize)
        .or_rejected(format!("a prediction of round {}", round.id))
}

/// A model as people name it: `NAME` of the signer, or `ACCOUNT/NAME`, the account by address or key.
pub(super) struct Wanted {
    account: Option<Address>,
    model: ModelName,
}

impl Wanted {
    pub(super) fn parse(session: &Session, text: &str) -> Result<Self> {
        let (account, model) = match text.split_once('/') {
            Some((account, model)) => (Some(address(session, account)?), model),
            None => (None, text),
        };
        let model: std::result::Result<ModelName, _> = model.parse();
        let model = model.or_bad_input("--model")?;
        Ok(Self { account, model })
    }

    /// The one entry that is meant.
    pub(super) fn find<'a>(&self, round: RoundId, entries: &'a [Entry]) -> Result<&'a Entry> {
        let mut found = entries.iter().filter(|entry| {
            entry.model == self.model && self.account.is_none_or(|account| entry.account == account)
        });
        match (found.next(), found.next()) {
            (Some(entry), None) => Ok(entry),
            (Some(_), Some(_)) => Err(Failure::bad_input(anyhow!(
                "several accounts have a model {} in round {round}",
                self.model
            ))
            .hint("name one as ACCOUNT/NAME")),
            (None, _) => Err(Failure::bad_input(anyhow!(
                "there is no model {} in round {round}",
                self.model
            ))
            .hint(format!("see `lilliput tournament show {round}`"))),
        }
    }
}
