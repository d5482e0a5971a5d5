//! `lilliput prices replay`: a whole contest from recorded prices and signals, without a network.

use std::fmt::Write as _;
use std::path::PathBuf;

use anyhow::anyhow;
use lilliput_crypto::Digest;
use lilliput_incentives::float::{DAYS_MAX, PriceMetrics, log_returns, price_metrics};
use lilliput_modules::prices::replay::{self, Replayed};
use lilliput_modules::prices::{EPOCH_SIGNALS_MAX, EPOCHS_MAX, LEVERAGE_MAX, account};
use lilliput_types::prices::{
    Contest, ContestId, ContestState, Entrant, FeedId, LEVERAGE_ONE, Step,
};
use lilliput_types::{Address, Amount, AssetId, Height, Text};
use serde_json::{Value, json};

use super::contest::{TermsArgs, decimal as value};
use super::series::Series;
use super::signals::Signals;
use crate::failure::{Failure, OrExit, Result};
use crate::outcome::Outcome;
use crate::receipt::money;

/// Run a contest in memory over recorded prices, with the arithmetic of the ledger.
///
/// Prices are CSV `time,price`, signals CSV `time,entrant,leverage`; each signal is held from the first price after its time to
/// the next one. Every epoch that is full is paid.
#[derive(clap::Args)]
pub(crate) struct Args {
    /// The recorded prices.
    #[arg(long, value_name = "FILE.csv")]
    csv: PathBuf,

    /// The recorded signals, in the order in which they were committed.
    #[arg(long, value_name = "FILE.csv")]
    signals: PathBuf,

    /// How many digits a price has behind the point at most.
    #[arg(long, default_value = "2", value_parser = clap::value_parser!(u8).range(0..=12))]
    decimals: u8,

    /// What is in the pot, in the smallest unit of USDX.
    #[arg(long, default_value = "100000000")]
    pot: Amount,

    #[command(flatten)]
    terms: TermsArgs,
}

/// An entrant's account after every price.
type Values = Vec<Vec<u64>>;

pub(super) fn run(args: &Args) -> Result<Outcome> {
    let series = Series::read(&args.csv, args.decimals)?;
    let contest = contest(args, &series)?;
    let signals = Signals::read(&args.signals, &series, contest.terms.leverage_max)?;
    let (replayed, values) = run_over(&contest, &series, &signals);
    let metrics: Vec<PriceMetrics> = values
        .iter()
        .map(|values| price_metrics(&log_returns(values)))
        .collect();
    Ok(report(&contest, &series, &signals, &replayed, &metrics))
}

fn run_over(contest: &Contest, series: &Series, signals: &Signals) -> (Replayed, Values) {
    let entrants: Vec<Entrant> = (0..)
        .zip(&signals.names)
        .map(|(number, _)| account::start(contest, number, nobody(), 0))
        .collect();
    let steps: Vec<Step> = (0..)
        .zip(&series.rows)
        .map(|(period, (_, price))| Step {
            contest: contest.id,
            period,
            price: Some(*price),
        })
        .collect();
    let mut values: Values = vec![Vec::new(); entrants.len()];
    let pot = |epoch: u32, left: Amount| if epoch == 0 { contest.pot } else { left };
    let replayed = replay::replay(
        contest,
        &entrants,
        &signals.signals,
        &steps,
        pot,
        |accounts| {
            for (values, account) in values.iter_mut().zip(accounts) {
                values.push(account.value);
            }
        },
    );
    (replayed, values)
}

/// A contest as the ledger would open it, as long as the series.
fn contest(args: &Args, series: &Series) -> Result<Contest> {
    let periods = u32::try_from(series.rows.len()).unwrap_or(u32::MAX);
    if series.rows.len() > DAYS_MAX {
        return Err(Failure::bad_input(anyhow!(
            "the series has {periods} prices, at most {DAYS_MAX}"
        )));
    }
    let epochs = periods.checked_div(args.terms.epoch()).unwrap_or(0);
    let terms = args.terms.terms(Amount::ZERO, 64, epochs);
    let bounded = |name: &str, value: u32, most: u32| {
        if (1..=most).contains(&value) {
            return Ok(());
        }
        Err(Failure::bad_input(anyhow!(
            "{name} is {value}, 1 to {most}"
        )))
    };
    bounded(
        "--epoch",
        terms.epoch_periods,
        periods.min(EPOCH_SIGNALS_MAX),
    )?;
    bounded("the number of epochs", epochs, EPOCHS_MAX)?;
    bounded(
        "--leverage-max in 1,000ths",
        terms.leverage_max,
        LEVERAGE_MAX,
    )?;
    bounded(
        "--drawdown-max in 10,000ths",
        u32::from(terms.drawdown_max_bps),
        9_999,
    )?;
    let asset: std::result::Result<AssetId, _> = "USDX".parse();
    if args.pot.0 >= lilliput_modules::prices::MONEY_END {
        return Err(Failure::bad_input(anyhow!("--pot is too large")));
    }
    Ok(Contest {
        id: ContestId(1),
        feed: FeedId(1),
        name: Text::shortened("replay"),
        opener: nobody(),
        asset: asset.or_failed("the asset")?,
        terms,
        state: ContestState::Open,
        first: 0,
        epoch_from: 0,
        settled: 0,
        price: None,
        entrants: 0,
        sequence: 0,
        epochs_paid: 0,
        pot: args.pot,
        funded: args.pot,
        paid: Amount::ZERO,
        left: Amount::ZERO,
        opened_at: Height(0),
        closed_at: None,
    })
}

/// The accounts of a replay have no owners.
fn nobody() -> Address {
    Address(Digest([0; 32]))
}

fn report(
    contest: &Contest,
    series: &Series,
    signals: &Signals,
    replayed: &Replayed,
    metrics: &[PriceMetrics],
) -> Outcome {
    let mut text = format!(
        "{} prices, {} signals of {} entrants, {} epochs of {} periods; leverage up to {}",
        series.rows.len(),
        signals.signals.len(),
        signals.names.len(),
        contest.terms.epochs,
        contest.terms.epoch_periods,
        f64::from(contest.terms.leverage_max) / f64::from(LEVERAGE_ONE),
    );
    let mut accounts = Vec::new();
    for ((name, entrant), metrics) in signals.names.iter().zip(&replayed.entrants).zip(metrics) {
        let _ = write!(
            text,
            "\n  {name:<12} {}, paid {}",
            super::contest::account(entrant, contest.terms.challenge_periods),
            money(entrant.paid, contest.asset)
        );
        if let Some(year) = metrics.years.get("days365_flat") {
            let _ = write!(
                text,
                "\n  {:<12} Sharpe {:.3}, Sortino {:.3}, omega {:.3}",
                "", year.sharpe, year.sortino, year.omega
            );
        }
        accounts.push(json!({
            "name": name,
            "gain": value(entrant.value) - 1.0,
            "drawdown": value(entrant.drawdown),
            "account": entrant,
            "metrics": serde_json::to_value(metrics).unwrap_or(Value::Null),
        }));
    }
    let left = replayed.contest.left;
    let _ = write!(
        text,
        "\npaid {} of {}, {} left",
        money(replayed.contest.paid, contest.asset),
        money(contest.pot, contest.asset),
        money(left, contest.asset)
    );
    Outcome::new(
        text,
        json!({
            "prices": series.rows.len(),
            "contest": replayed.contest,
            "entrants": accounts,
            "payouts": replayed.payouts,
        }),
    )
}
