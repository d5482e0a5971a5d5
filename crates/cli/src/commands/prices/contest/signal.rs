//! `lilliput prices contest signal|reveal`: seal a position, show it while the window is open.

use anyhow::anyhow;
use lilliput_client::Sender;
use lilliput_types::prices::{
    ContestId, Feed, PricesMessage, RevealSignal, SealSignal, seal_signal,
};

use crate::commands::prices::{decimal, node, told, vault};
use crate::failure::{Failure, Result};
use crate::node::{KeyArgs, NodeArgs};
use crate::outcome::Outcome;
use crate::session::Session;

/// Seal a position for the next period: from its price to the one after.
///
/// Keep the data folder: the salt lies there until `lilliput prices contest reveal` shows the position in the period's window.
/// What isn't revealed counts as flat, and the third time you are out.
#[derive(clap::Args)]
pub(crate) struct SignalArgs {
    /// The contest, like 1.
    contest: ContestId,

    /// The position as a multiple of the account: 1.5 is long, -0.25 short, 0 flat.
    #[arg(long, allow_hyphen_values = true, value_parser = decimal::leverage)]
    leverage: i32,

    /// For which period; the next one whose window opens if not said.
    #[arg(long)]
    period: Option<u64>,

    #[command(flatten)]
    node: NodeArgs,

    #[command(flatten)]
    signer: KeyArgs,
}

/// Show the position that you sealed for the period whose window is open.
#[derive(clap::Args)]
pub(crate) struct RevealArgs {
    /// The contest, like 1.
    contest: ContestId,

    /// For which period; the one whose window is open if not said.
    #[arg(long)]
    period: Option<u64>,

    #[command(flatten)]
    node: NodeArgs,

    #[command(flatten)]
    signer: KeyArgs,
}

fn feed_of(sender: &Sender, contest: ContestId) -> Result<Feed> {
    let contest = sender.client().contest(contest)?;
    Ok(sender.client().feed(contest.feed)?)
}

pub(super) fn seal(args: &SignalArgs, session: &Session) -> Result<Outcome> {
    let sender = args.signer.sender(session, &args.node)?;
    let (contest, account) = (args.contest, sender.address());
    let period = match args.period {
        Some(period) => period,
        None => {
            let feed = feed_of(&sender, contest)?;
            let first = sender.client().contest(contest)?.first;
            feed.opening(node::now(sender.client())?).max(first)
        }
    };
    let place = vault::place(&session.data()?, sender.chain(), contest, account, period);
    if is_sealed(&sender, contest, period)? {
        // The secret of a signal that stands must not be replaced.
        return Err(Failure::bad_input(anyhow!(
            "your signal for period {period} is sealed already"
        ))
        .hint("show it with `lilliput prices contest reveal` when the window is open"));
    }
    let secret = vault::Secret::new(args.leverage)?;
    vault::keep(&place, &secret)?;
    let sealed = seal_signal(
        sender.chain(),
        contest,
        account,
        period,
        secret.leverage,
        secret.salt,
    );
    let signal = SealSignal {
        contest,
        period,
        sealed,
    };
    told::send(&sender, PricesMessage::Signal(signal))
}

/// Whether the ledger has a signal of the signer for a period.
fn is_sealed(sender: &Sender, contest: ContestId, period: u64) -> Result<bool> {
    let client = sender.client();
    let entrants = client.entrants(contest)?;
    let own = entrants
        .iter()
        .find(|entrant| entrant.account == sender.address());
    let before = period
        .checked_sub(1)
        .map(|before| format!("{before}/{}", u16::MAX));
    let signals = client.signals(contest, before.as_deref())?.items;
    Ok(own.is_some_and(|own| {
        signals
            .iter()
            .any(|signal| signal.period == period && signal.entrant == own.number)
    }))
}

pub(super) fn reveal(args: &RevealArgs, session: &Session) -> Result<Outcome> {
    let sender = args.signer.sender(session, &args.node)?;
    let (contest, account) = (args.contest, sender.address());
    let period = match args.period {
        Some(period) => period,
        None => {
            let feed = feed_of(&sender, contest)?;
            let now = node::now(sender.client())?;
            feed.reporting(now).ok_or_else(|| {
                let next = feed.opening(now);
                let wait_ms = feed.opens(next).0.saturating_sub(now.0);
                Failure::bad_input(anyhow!("no window of feed {} is open", feed.id))
                    .hint(format!("that of period {next} opens in {wait_ms} ms"))
            })?
        }
    };
    let place = vault::place(&session.data()?, sender.chain(), contest, account, period);
    let secret = vault::open(&place)?;
    let reveal = RevealSignal {
        contest,
        period,
        leverage: secret.leverage,
        salt: secret.salt,
    };
    told::send(&sender, PricesMessage::Reveal(reveal))
}
