//! What the commands ask a node about feeds and contests.

use std::time::{SystemTime, UNIX_EPOCH};

use anyhow::anyhow;
use lilliput_client::api::Page;
use lilliput_client::{Client, ClientError};
use lilliput_types::TimeMs;
use lilliput_types::prices::{
    ContestId, FeedId, PayoutRecord, PriceRecord, Reporter, Signal, Step,
};

use crate::failure::{Failure, Result};

/// The most pages of a list that are fetched: more than the longest contest has of signals.
const PAGES_MAX: usize = 30_000;

/// All items of a list.
fn all<T>(
    page: impl Fn(Option<&str>) -> std::result::Result<Page<T>, ClientError>,
) -> Result<Vec<T>> {
    let mut items = Vec::new();
    let mut next: Option<String> = None;
    for _ in 0..PAGES_MAX {
        let found = page(next.as_deref())?;
        items.extend(found.items);
        match found.next {
            Some(more) => next = Some(more),
            None => return Ok(items),
        }
    }
    Err(Failure::failed(anyhow!("the node's list doesn't end")))
}

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
