//! `lilliput stake`: stake behind members of subnets, one's own and delegated.

mod trade;

use clap::Subcommand;
use lilliput_client::Client;
use lilliput_types::subnet::{self, SubnetMessage};
use lilliput_types::{Amount, Registration, SubnetId};

use crate::commands::subnet::send;
use crate::failure::Result;
use crate::node::{KeyArgs, NodeArgs, address};
use crate::outcome::Outcome;
use crate::receipt::money;
use crate::session::Session;

/// Stake behind members of subnets, take it back, look at it.
///
/// Stake joins and leaves when an epoch settles; what a member's stake earns or loses, its delegates share, less the
/// member's take. Where a subnet has a token of its own, stake and pay are in that token: `buy`, `sell` and `quote` trade it.
#[derive(clap::Args)]
pub(crate) struct Args {
    #[command(subcommand)]
    command: Command,
}

#[derive(Subcommand)]
enum Command {
    Add(Add),
    Buy(trade::Buy),
    Sell(trade::Sell),
    Quote(trade::Quote),
    Market(trade::Market),
    Remove(Remove),
    Collect(Collect),
    Take(Take),
    Show(Show),
}

/// Behind whom stake is.
#[derive(clap::Args)]
struct Behind {
    /// The subnet.
    subnet: SubnetId,

    /// A member's address (lil1…) or the name of one of your keys, or the number of a registration.
    member: String,
}

/// Stake behind a member, yourself or another one.
#[derive(clap::Args)]
pub(crate) struct Add {
    #[command(flatten)]
    behind: Behind,

    /// How much, in the smallest unit.
    amount: Amount,

    #[command(flatten)]
    node: NodeArgs,

    #[command(flatten)]
    signer: KeyArgs,
}

/// Take stake back: it leaves when the epoch settles, and can be collected some time later.
#[derive(clap::Args)]
pub(crate) struct Remove {
    #[command(flatten)]
    behind: Behind,

    /// How much, in the smallest unit [default: all].
    amount: Option<Amount>,

    #[command(flatten)]
    node: NodeArgs,

    #[command(flatten)]
    signer: KeyArgs,
}

/// Be paid what was taken back, once its time has come.
#[derive(clap::Args)]
struct Collect {
    #[command(flatten)]
    behind: Behind,

    #[command(flatten)]
    node: NodeArgs,

    #[command(flatten)]
    signer: KeyArgs,
}

/// Set your part of what stake delegated to you earns, from the next epoch on.
#[derive(clap::Args)]
struct Take {
    /// The subnet.
    subnet: SubnetId,

    /// Your part in 65536ths, at most 32768.
    take: u16,

    #[command(flatten)]
    node: NodeArgs,

    #[command(flatten)]
    signer: KeyArgs,
}

/// Show what an account has behind a member.
#[derive(clap::Args)]
struct Show {
    #[command(flatten)]
    behind: Behind,

    /// Whose: an address (lil1…), or the name of one of your keys.
    #[arg(default_value = "default")]
    account: String,

    #[command(flatten)]
    node: NodeArgs,
}

impl Behind {
    fn registration(&self, session: &Session, client: &Client) -> Result<Registration> {
        registration(self.subnet, &self.member, session, client)
    }
}

/// The registration that a number, an address or a key's name stands for.
fn registration(
    subnet: SubnetId,
    member: &str,
    session: &Session,
    client: &Client,
) -> Result<Registration> {
    if let Ok(registration) = member.parse() {
        return Ok(registration);
    }
    let account = address(session, member)?;
    let seat = client.subnet_member(subnet, account)?;
    Ok(seat.member.registration)
}

pub(crate) fn run(args: &Args, session: &Session) -> Result<Outcome> {
    match &args.command {
        Command::Add(args) => add(args, session),
        Command::Buy(args) => trade::buy(args, session),
        Command::Sell(args) => trade::sell(args, session),
        Command::Quote(args) => trade::quote(args),
        Command::Market(args) => trade::market(args, session),
        Command::Remove(args) => remove(args, session),
        Command::Collect(args) => collect(args, session),
        Command::Take(args) => take(args, session),
        Command::Show(args) => show(args, session),
    }
}

pub(crate) fn add(args: &Add, session: &Session) -> Result<Outcome> {
    let sender = args.signer.sender(session, &args.node)?;
    let message = subnet::Stake {
        subnet: args.behind.subnet,
        registration: args.behind.registration(session, sender.client())?,
        amount: args.amount,
    };
    send(&sender, SubnetMessage::Stake(message))
}

pub(crate) fn remove(args: &Remove, session: &Session) -> Result<Outcome> {
    let sender = args.signer.sender(session, &args.node)?;
    let message = subnet::Unstake {
        subnet: args.behind.subnet,
        registration: args.behind.registration(session, sender.client())?,
        amount: args.amount,
    };
    send(&sender, SubnetMessage::Unstake(message))
}

fn collect(args: &Collect, session: &Session) -> Result<Outcome> {
    let sender = args.signer.sender(session, &args.node)?;
    let message = subnet::Collect {
        subnet: args.behind.subnet,
        registration: args.behind.registration(session, sender.client())?,
    };
    send(&sender, SubnetMessage::Collect(message))
}

fn take(args: &Take, session: &Session) -> Result<Outcome> {
    let sender = args.signer.sender(session, &args.node)?;
    let message = subnet::SetTake {
        subnet: args.subnet,
        take: args.take,
    };
    send(&sender, SubnetMessage::SetTake(message))
}

fn show(args: &Show, session: &Session) -> Result<Outcome> {
    let client = args.node.client()?;
    let registration = args.behind.registration(session, &client)?;
    let account = address(session, &args.account)?;
    let holding = client.subnet_holding(args.behind.subnet, registration, account)?;
    let subnet = client.subnet(args.behind.subnet)?.subnet;
    let asset = subnet.stake_asset(client.subnet_market()?.terms.asset);
    let of = |amount| money(amount, asset);
    let pool = &holding.pool;
    let ended = if pool.uid.is_none() { " (ended)" } else { "" };
    let mut lines = vec![
        format!(
            "registration {registration}{ended} of subnet {}: {} in all, take {} of 65536",
            args.behind.subnet,
            of(pool.amount),
            pool.take
        ),
        format!("  {account} has {}", of(holding.worth)),
    ];
    if !holding.joining.is_zero() {
        lines.push(format!("  joins    {}", of(holding.joining)));
    }
    if !holding.leaving.is_zero() {
        lines.push(format!("  leaves   {}", of(holding.leaving)));
    }
    if !holding.unbonding.is_zero() {
        lines.push(format!(
            "  waits    {} to be collected from {} on",
            of(holding.unbonding),
            holding.position.unbonding_until
        ));
    }
    Ok(Outcome::new(
        lines.join("\n"),
        serde_json::to_value(holding)?,
    ))
}
