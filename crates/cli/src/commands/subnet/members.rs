//! `lilliput subnet register`, `match`, `endpoint` and `link`: what members do.

use lilliput_types::subnet::{self, SubnetMessage};
use lilliput_types::{Amount, ModelId, SubnetId, Text};

use super::send;
use crate::failure::{OrExit, Result};
use crate::node::{KeyArgs, NodeArgs};
use crate::outcome::Outcome;
use crate::session::Session;

/// Become a member, as miner or validator; burns the price.
///
/// In a full subnet it challenges the lowest earner that is out of immunity, which may pay as much until the next epoch has settled.
#[derive(clap::Args)]
pub(super) struct Register {
    /// The subnet.
    subnet: SubnetId,

    /// Where others find you.
    #[arg(long, value_name = "URL", default_value = "")]
    endpoint: String,

    /// The most you pay, in the smallest unit [default: the price now].
    #[arg(long, value_name = "AMOUNT")]
    price_max: Option<Amount>,

    #[command(flatten)]
    node: NodeArgs,

    #[command(flatten)]
    signer: KeyArgs,
}

/// Stay although challenged, by burning what the challenger pays.
#[derive(clap::Args)]
pub(super) struct Match {
    /// The subnet.
    subnet: SubnetId,

    /// The most you pay, in the smallest unit.
    #[arg(long, value_name = "AMOUNT")]
    price_max: Amount,

    #[command(flatten)]
    node: NodeArgs,

    #[command(flatten)]
    signer: KeyArgs,
}

/// Change where others find you.
#[derive(clap::Args)]
pub(super) struct Endpoint {
    /// The subnet.
    subnet: SubnetId,

    /// Where others find you.
    url: String,

    #[command(flatten)]
    node: NodeArgs,

    #[command(flatten)]
    signer: KeyArgs,
}

/// Count what a model of yours earns as the subnet's revenue.
#[derive(clap::Args)]
pub(super) struct Link {
    /// The subnet.
    subnet: SubnetId,

    /// The model.
    model: ModelId,

    #[command(flatten)]
    node: NodeArgs,

    #[command(flatten)]
    signer: KeyArgs,
}

/// Stop being a member: when the present epoch settles if its phase reveal is still to come, else with the next one.
///
/// Until then nothing changes: what you commit to has to be revealed and shown in audits. Then your stake, and what others
/// staked behind you, is free at once (`lilliput stake remove`), and nothing of your uid passes on to who gets it next.
#[derive(clap::Args)]
pub(super) struct Leave {
    /// The subnet.
    subnet: SubnetId,

    #[command(flatten)]
    node: NodeArgs,

    #[command(flatten)]
    signer: KeyArgs,
}

pub(super) fn leave(args: &Leave, session: &Session) -> Result<Outcome> {
    let sender = args.signer.sender(session, &args.node)?;
    let message = subnet::Leave {
        subnet: args.subnet,
    };
    send(&sender, SubnetMessage::Leave(message))
}

pub(super) fn register(args: &Register, session: &Session) -> Result<Outcome> {
    let sender = args.signer.sender(session, &args.node)?;
    let price_max = match args.price_max {
        Some(most) => most,
        None => sender.client().subnet(args.subnet)?.price,
    };
    let message = subnet::Register {
        subnet: args.subnet,
        endpoint: Text::new(args.endpoint.clone()).or_bad_input("the endpoint")?,
        price_max,
    };
    send(&sender, SubnetMessage::Register(message))
}

pub(super) fn match_price(args: &Match, session: &Session) -> Result<Outcome> {
    let sender = args.signer.sender(session, &args.node)?;
    let message = subnet::Match {
        subnet: args.subnet,
        price_max: args.price_max,
    };
    send(&sender, SubnetMessage::Match(message))
}

pub(super) fn endpoint(args: &Endpoint, session: &Session) -> Result<Outcome> {
    let sender = args.signer.sender(session, &args.node)?;
    let message = subnet::SetEndpoint {
        subnet: args.subnet,
        endpoint: Text::new(args.url.clone()).or_bad_input("the endpoint")?,
    };
    send(&sender, SubnetMessage::SetEndpoint(message))
}

pub(super) fn link(args: &Link, session: &Session) -> Result<Outcome> {
    let sender = args.signer.sender(session, &args.node)?;
    let message = subnet::Link {
        subnet: args.subnet,
        model: args.model,
    };
    send(&sender, SubnetMessage::Link(message))
}
