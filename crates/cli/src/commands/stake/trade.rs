//! `lilliput stake buy`, `sell`, `quote` and `market`: a subnet's token and its market.

use anyhow::anyhow;
use lilliput_client::Client;
use lilliput_incentives::market::Reserves;
use lilliput_types::subnet::{self, SubnetMessage};
use lilliput_types::{Amount, AssetId, SubnetId};
use serde_json::json;

use super::registration;
use crate::commands::subnet::send;
use crate::failure::{Failure, Result};
use crate::node::{KeyArgs, NodeArgs};
use crate::outcome::Outcome;
use crate::receipt::money;
use crate::session::Session;

/// Parts of which a slippage is told.
const BASIS_POINTS: u128 = 10_000;

/// How much less than the quote is still taken.
#[derive(clap::Args)]
struct Bound {
    /// The least you take, in the smallest unit [default: the quote now, less the slippage].
    #[arg(long, value_name = "AMOUNT")]
    least: Option<Amount>,

    /// How much worse than the quote now the trade may be, in hundredths of a percent.
    #[arg(long, value_name = "BASIS_POINTS", default_value_t = 100)]
    slippage: u16,
}

impl Bound {
    fn least(&self, quoted: u128) -> Amount {
        let kept = BASIS_POINTS.saturating_sub(self.slippage.into());
        let least = quoted.saturating_mul(kept) / BASIS_POINTS;
        self.least.unwrap_or(Amount(least.max(1)))
    }
}

/// Buy a subnet's token from its market, and stake it behind a member if one is named.
#[derive(clap::Args)]
pub(super) struct Buy {
    /// The subnet.
    subnet: SubnetId,

    /// What you pay, in the smallest unit of the network token.
    pay: Amount,

    /// Stake what you buy behind this member: its address (lil1…), the name of one of your keys, or the number of a
    /// registration.
    #[arg(long, value_name = "MEMBER")]
    behind: Option<String>,

    #[command(flatten)]
    bound: Bound,

    #[command(flatten)]
    node: NodeArgs,

    #[command(flatten)]
    signer: KeyArgs,
}

/// Sell a subnet's token to its market. What is staked has to be taken back and collected before.
#[derive(clap::Args)]
pub(super) struct Sell {
    /// The subnet.
    subnet: SubnetId,

    /// How much, in the smallest unit of the subnet's token [default: all you hold].
    amount: Option<Amount>,

    #[command(flatten)]
    bound: Bound,

    #[command(flatten)]
    node: NodeArgs,

    #[command(flatten)]
    signer: KeyArgs,
}

/// Show what a subnet's market gives now, without trading.
#[derive(clap::Args)]
pub(super) struct Quote {
    /// The subnet.
    subnet: SubnetId,

    /// What buying for so much, in the smallest unit of the network token, gives.
    #[arg(long, value_name = "PAY", conflicts_with = "sell")]
    buy: Option<Amount>,

    /// What selling so much, in the smallest unit of the subnet's token, gives.
    #[arg(long, value_name = "AMOUNT")]
    sell: Option<Amount>,

    #[command(flatten)]
    node: NodeArgs,
}

/// Give your subnet a token, before anybody stakes in it: its stake and pay are in that token from then on, and its part of all
/// emission follows the token's price.
#[derive(clap::Args)]
pub(super) struct Market {
    /// The subnet.
    subnet: SubnetId,

    /// How many network tokens you put into the market, for good, in the smallest unit; as many of the subnet's tokens come into
    /// being beside them, and never more.
    seed: Amount,

    #[command(flatten)]
    node: NodeArgs,

    #[command(flatten)]
    signer: KeyArgs,
}

pub(super) fn buy(args: &Buy, session: &Session) -> Result<Outcome> {
    let sender = args.signer.sender(session, &args.node)?;
    let client = sender.client();
    let registration = match &args.behind {
        Some(member) => Some(registration(args.subnet, member, session, client)?),
        None => None,
    };
    let (got, _) = reserves(client, args.subnet)?
        .buy(args.pay.0)
        .ok_or_else(moves_nothing)?;
    let message = subnet::Buy {
        subnet: args.subnet,
        registration,
        pay: args.pay,
        least: args.bound.least(got),
    };
    send(&sender, SubnetMessage::Buy(message))
}

pub(super) fn sell(args: &Sell, session: &Session) -> Result<Outcome> {
    let sender = args.signer.sender(session, &args.node)?;
    let client = sender.client();
    let amount = match args.amount {
        Some(amount) => amount,
        None => {
            let token = AssetId::Subnet(args.subnet);
            let account = client.account(sender.address())?;
            let held = account.balances.into_iter().find(|one| one.asset == token);
            held.map_or(Amount::ZERO, |one| one.amount)
        }
    };
    let (got, _) = reserves(client, args.subnet)?
        .sell(amount.0)
        .ok_or_else(moves_nothing)?;
    let message = subnet::Sell {
        subnet: args.subnet,
        amount: Some(amount),
        least: args.bound.least(got),
    };
    send(&sender, SubnetMessage::Sell(message))
}

pub(super) fn quote(args: &Quote) -> Result<Outcome> {
    let client = args.node.client()?;
    let pool = reserves(&client, args.subnet)?;
    let (network, token) = (
        client.subnet_market()?.terms.asset,
        AssetId::Subnet(args.subnet),
    );
    let traded = match (args.buy, args.sell) {
        (Some(pay), _) => Some((pay, network, pool.buy(pay.0), token)),
        (None, Some(amount)) => Some((amount, token, pool.sell(amount.0), network)),
        (None, None) => None,
    };
    let mut lines = vec![format!(
        "the market of subnet {} holds {} and {}",
        args.subnet,
        money(Amount(pool.network), network),
        money(Amount(pool.tokens), token)
    )];
    let mut got = None;
    if let Some((paid, from, done, to)) = traded {
        let (amount, after) = done.ok_or_else(moves_nothing)?;
        got = Some(Amount(amount));
        lines.push(format!(
            "{} gets {}, and leaves a price of {} instead of {} of 4294967296",
            money(paid, from),
            money(Amount(amount), to),
            after.price(),
            pool.price()
        ));
    }
    Ok(Outcome::new(
        lines.join("\n"),
        json!({
            "subnet": args.subnet,
            "network": Amount(pool.network),
            "tokens": Amount(pool.tokens),
            "price": Amount(pool.price()),
            "gets": got,
        }),
    ))
}

pub(super) fn market(args: &Market, session: &Session) -> Result<Outcome> {
    let sender = args.signer.sender(session, &args.node)?;
    let message = subnet::OpenMarket {
        subnet: args.subnet,
        seed: args.seed,
    };
    send(&sender, SubnetMessage::OpenMarket(message))
}

fn reserves(client: &Client, id: SubnetId) -> Result<Reserves> {
    let market = client.subnet(id)?.subnet.market.ok_or_else(|| {
        Failure::bad_input(anyhow!("subnet {id} has no token of its own"))
            .hint("`lilliput stake add` stakes the network token there")
    })?;
    Ok(Reserves {
        network: market.network.0,
        tokens: market.tokens.0,
    })
}

fn moves_nothing() -> Failure {
    Failure::bad_input(anyhow!(
        "so much moves nothing, or more than the market takes"
    ))
}
