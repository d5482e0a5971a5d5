//! What the commands ask a node about feeds and contests.

use lilliput_client::Client;
use lilliput_types::prices::{
    ContestId, FeedId, PayoutRecord, PriceRecord, Reporter, Signal, Step,
};

use crate::failure::Result;
use crate::node::all;

pub(super) use crate::node::now;

pub(super) fn reporters(client: &Client, feed: FeedId) -> Result<Vec<Reporter>> {
    all(|from| client.reporters(feed, from))
}

pub(super) fn prices(client: &Client, feed: FeedId) -> Result<Vec<PriceRecord>> {
    all(|from| client.prices(feed, from))
}

pub(super) fn signals(client: &Client, contest: ContestId) -> Result<Vec<Signal>> {
    all(|from| client.signals(contest, from))
}

pub(super) fn steps(client: &Client, contest: ContestId) -> Result<Vec<Step>> {
    all(|from| client.steps(contest, from))
}

pub(super) fn payouts(client: &Client, contest: ContestId) -> Result<Vec<PayoutRecord>> {
    all(|from| client.payouts(contest, from))
}
