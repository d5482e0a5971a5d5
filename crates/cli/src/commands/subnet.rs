//! `lilliput subnet`: open subnets, be a member, score with evidence; and recompute what any of them pays.

mod act;
mod case;
mod demo;
mod economics;
mod epoch;
mod list;
mod members;
mod mine;
mod open;
mod prices;
mod ratings;
mod round;
mod show;
mod validate;

use clap::Subcommand;

use crate::commands::stake;
use crate::failure::Result;
use crate::outcome::Outcome;
use crate::session::Session;

pub(crate) use act::send;

/// Open subnets, join them, score with evidence; recompute what a subnet pays.
///
/// A subnet pays miners for good answers and validators for scores with evidence behind them. Each epoch has the
/// phases commit, reveal and audit; specs/subnet-ledger.md has the rules. What an account earned and why:
/// `lilliput explain subnet:ID:EPOCH ACCOUNT`. `epoch`, `economics`, `prices` and `ratings` compute from files and need no network.
#[derive(clap::Args)]
pub(crate) struct Args {
    #[command(subcommand)]
    command: Command,
}

#[derive(Subcommand)]
enum Command {
    Open(open::Open),
    List(list::Args),
    Show(show::Args),
    Set(open::Set),
    Close(open::Close),
    Register(members::Register),
    Match(members::Match),
    Endpoint(members::Endpoint),
    Link(members::Link),
    Leave(members::Leave),
    Rule(open::Rule),
    Case(case::Args),
    Stake(stake::Add),
    Unstake(stake::Remove),
    Commit(round::Commit),
    Reveal(round::Reveal),
    Audit(round::Audit),
    Mine(mine::Args),
    Validate(validate::Args),
    Demo(demo::Args),
    Epoch(epoch::Args),
    Economics(economics::Args),
    Prices(prices::Args),
    Ratings(ratings::Args),
}

pub(crate) fn run(args: &Args, session: &Session) -> Result<Outcome> {
    match &args.command {
        Command::Open(args) => open::open(args, session),
        Command::List(args) => list::run(args),
        Command::Show(args) => show::run(args),
        Command::Set(args) => open::set(args, session),
        Command::Close(args) => open::close(args, session),
        Command::Register(args) => members::register(args, session),
        Command::Match(args) => members::match_price(args, session),
        Command::Endpoint(args) => members::endpoint(args, session),
        Command::Link(args) => members::link(args, session),
        Command::Leave(args) => members::leave(args, session),
        Command::Rule(args) => open::rule(args, session),
        Command::Case(args) => case::run(args),
        Command::Stake(args) => stake::add(args, session),
        Command::Unstake(args) => stake::remove(args, session),
        Command::Commit(args) => round::commit(args, session),
        Command::Reveal(args) => round::reveal(args, session),
        Command::Audit(args) => round::audit(args, session),
        Command::Mine(args) => mine::run(args, session),
        Command::Validate(args) => validate::run(args, session),
        Command::Demo(args) => demo::run(args, session),
        Command::Epoch(args) => epoch::run(args),
        Command::Economics(args) => economics::run(args),
        Command::Prices(args) => prices::run(args),
        Command::Ratings(args) => ratings::run(args),
    }
}
