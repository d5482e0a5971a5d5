//! `lilliput prices contest enter|fund`.

use lilliput_types::Amount;
use lilliput_types::prices::{ContestId, Enter, Fund, PricesMessage};

use crate::commands::prices::told;
use crate::failure::Result;
use crate::node::{KeyArgs, NodeArgs};
use crate::outcome::Outcome;
use crate::session::Session;

/// Enter a contest for its fee, which goes into the pot.
#[derive(clap::Args)]
pub(crate) struct EnterArgs {
    /// The contest, like 1.
    contest: ContestId,

    #[command(flatten)]
    node: NodeArgs,

    #[command(flatten)]
    signer: KeyArgs,
}

/// Add to a contest's pot.
#[derive(clap::Args)]
pub(crate) struct FundArgs {
    /// The contest, like 1.
    contest: ContestId,

    /// How much, in the smallest unit.
    #[arg(long)]
    amount: Amount,

    #[command(flatten)]
    node: NodeArgs,

    #[command(flatten)]
    signer: KeyArgs,
}

pub(super) fn enter(args: &EnterArgs, session: &Session) -> Result<Outcome> {
    let sender = args.signer.sender(session, &args.node)?;
    let contest = args.contest;
    told::send(&sender, PricesMessage::Enter(Enter { contest }))
}

pub(super) fn fund(args: &FundArgs, session: &Session) -> Result<Outcome> {
    let sender = args.signer.sender(session, &args.node)?;
    let (contest, amount) = (args.contest, args.amount);
    told::send(&sender, PricesMessage::Fund(Fund { contest, amount }))
}
