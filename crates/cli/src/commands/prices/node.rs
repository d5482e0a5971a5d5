//! What the commands ask a node about feeds and contests.

use std::time::{SystemTime, UNIX_EPOCH};

use lilliput_client::Client;
use lilliput_types::TimeMs;
use lilliput_types::prices::{
    ContestId, FeedId, PayoutRecord, PriceRecord, Reporter, Signal, Step,
};

use crate::failure::Result;
use crate::node::all;

/// What network time the next block will have, more or less: that of the latest one stands still until then.
pub(super) fn now(client: &Client) -> Result<TimeMs> {
    let latest = client.status()?.time;
    let clock = SystemTime::now().duration_since(UNIX_EPOCH);
    let clock = clock.map_or(0, |since| since.as_millis());
    Ok(latest.max(TimeMs(u64::try_from(clock).unwrap_or(0))))
}

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
