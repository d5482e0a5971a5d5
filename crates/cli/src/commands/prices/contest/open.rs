//! `lilliput prices contest open`: open a contest, and the terms that a replay has too.

use lilliput_types::prices::{ContestTerms, FeedId, OpenContest, PricesMessage};
use lilliput_types::{Amount, Text};

use crate::commands::prices::{decimal, told};
use crate::failure::{OrExit, Result};
use crate::node::{KeyArgs, NodeArgs};
use crate::outcome::Outcome;
use crate::session::Session;

/// Open a contest on a feed; its terms never change.
#[derive(clap::Args)]
pub(crate) struct Args {
    /// The feed, like 1.
    feed: FeedId,

    /// Name, for people.
    #[arg(long)]
    name: String,

    /// What you put into the pot, in the smallest unit.
    #[arg(long)]
    pot: Amount,

    /// What entering costs, in the smallest unit.
    #[arg(long, default_value = "1000000")]
    entry_fee: Amount,

    /// The most entrants, at most 64.
    #[arg(long, default_value = "64")]
    entrants_max: u16,

    /// How many epochs.
    #[arg(long, default_value = "4")]
    epochs: u32,

    #[command(flatten)]
    terms: TermsArgs,

    #[command(flatten)]
    node: NodeArgs,

    #[command(flatten)]
    signer: KeyArgs,
}

/// What a contest on the ledger and one replayed from files have in common.
#[derive(clap::Args)]
pub(crate) struct TermsArgs {
    /// The largest position either way, as a multiple of the account.
    #[arg(long, default_value = "5", value_parser = decimal::leverage)]
    leverage_max: i32,

    /// The largest fall from the peak before an entrant is out, as a part of the peak.
    #[arg(long, default_value = "0.1", value_parser = decimal::part)]
    drawdown_max: u16,

    /// Periods to survive before anything is earned.
    #[arg(long, value_name = "PERIODS", default_value = "10")]
    challenge: u32,

    /// Periods of an epoch, at the end of which a part of the pot is shared.
    #[arg(long, value_name = "PERIODS", default_value = "20")]
    epoch: u32,

    /// Share by gain over drawdown instead of gain.
    #[arg(long)]
    by_drawdown: bool,

    /// How many periods later a repeated change counts as copied.
    #[arg(long, value_name = "PERIODS", default_value = "2")]
    copy_lag: u32,

    /// The part of an entrant's changes that must repeat another's for it to be a copier.
    #[arg(long, default_value = "0.9", value_parser = decimal::part)]
    copy_part: u16,
}

impl TermsArgs {
    /// Periods of an epoch.
    pub(in crate::commands::prices) fn epoch(&self) -> u32 {
        self.epoch
    }

    pub(in crate::commands::prices) fn terms(
        &self,
        entry_fee: Amount,
        entrants_max: u16,
        epochs: u32,
    ) -> ContestTerms {
        ContestTerms {
            entry_fee,
            entrants_max,
            // What is below zero the ledger refuses as zero.
            leverage_max: u32::try_from(self.leverage_max).unwrap_or(0),
            drawdown_max_bps: self.drawdown_max,
            challenge_periods: self.challenge,
            epoch_periods: self.epoch,
            epochs,
            by_drawdown: self.by_drawdown,
            copy_lag: self.copy_lag,
            copy_part_bps: self.copy_part,
        }
    }
}

pub(super) fn run(args: &Args, session: &Session) -> Result<Outcome> {
    let open = OpenContest {
        feed: args.feed,
        name: Text::new(args.name.clone()).or_bad_input("the name")?,
        pot: args.pot,
        terms: args
            .terms
            .terms(args.entry_fee, args.entrants_max, args.epochs),
    };
    let sender = args.signer.sender(session, &args.node)?;
    told::send(&sender, PricesMessage::OpenContest(open))
}
