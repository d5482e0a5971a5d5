//! Becoming a reporter, and adding to one's stake.

use lilliput_ledger::{Failure, MessageContext, State};
use lilliput_types::prices::{PricesEvent, REPORTERS_MAX, Reporter, Stake};
use lilliput_types::{Amount, Holder};

use crate::bank;
use crate::prices::state as keys;
use crate::refuse::{overflow, refuse};

pub(super) fn execute(
    state: &mut State<'_>,
    context: &MessageContext<'_>,
    message: &Stake,
) -> Result<(), Failure> {
    let mut feed = super::known_feed(state, message.feed)?;
    let (account, now) = (context.signer, context.block.time);
    let found = keys::reporter(state, feed.id, account)?;
    let least = feed.terms.stake_min;
    let mut reporter = match found {
        Some(reporter) => reporter,
        None if feed.reporters >= REPORTERS_MAX => {
            return refuse(
                "prices.full",
                format!("feed {} has {REPORTERS_MAX} reporters", feed.id),
            );
        }
        None => {
            feed.reporters = feed.reporters.saturating_add(1);
            Reporter {
                feed: feed.id,
                account,
                stake: Amount::ZERO,
                report: None,
                silent: 0,
                since: feed.opening(now),
                right: 0,
                slashes: 0,
                slashed: Amount::ZERO,
            }
        }
    };
    let was_able = reporter.stake >= least;
    reporter.stake = reporter.stake.plus(message.amount).map_err(overflow)?;
    if reporter.stake < least {
        return refuse(
            "prices.stake_too_small",
            format!("the stake would be {}, at least {least}", reporter.stake),
        );
    }
    if !was_able {
        feed.active = feed.active.saturating_add(1);
        // Whoever comes back isn't expected in the window that runs.
        reporter.since = reporter.since.max(feed.opening(now));
    }
    feed.staked = feed.staked.plus(message.amount).map_err(overflow)?;
    let to = Holder::Feed(feed.id);
    bank::transfer(state, feed.asset, account.into(), to, message.amount)?;
    keys::write_reporter(state, &reporter);
    keys::write_feed(state, &mut feed, now);
    state.emit(PricesEvent::Staked {
        feed: feed.id,
        account,
        stake: reporter.stake,
    });
    Ok(())
}
