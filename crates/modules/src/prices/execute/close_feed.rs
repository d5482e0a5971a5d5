//! Closing a feed that nobody uses: the deposit goes back.

use lilliput_ledger::{Failure, MessageContext, State};
use lilliput_types::Holder;
use lilliput_types::prices::{CloseFeed, PricesEvent};

use crate::bank;
use crate::prices::state as keys;
use crate::refuse::refuse;

pub(super) fn execute(
    state: &mut State<'_>,
    context: &MessageContext<'_>,
    message: &CloseFeed,
) -> Result<(), Failure> {
    let feed = super::known_feed(state, message.feed)?;
    if feed.opener != context.signer {
        return refuse(
            "prices.not_opener",
            format!("{} didn't open feed {}", context.signer, feed.id),
        );
    }
    if feed.reporters > 0 || feed.contests > 0 {
        return refuse(
            "prices.in_use",
            format!(
                "feed {} has {} reporters and {} open contests",
                feed.id, feed.reporters, feed.contests
            ),
        );
    }
    let from = Holder::Feed(feed.id);
    bank::transfer(state, feed.asset, from, context.signer.into(), feed.deposit)?;
    keys::remove_feed(state, feed.id)?;
    state.emit(PricesEvent::FeedClosed { feed: feed.id });
    Ok(())
}
