//! `lilliput forecast supply` and `companies`.

use clap::Subcommand;
use lilliput_forecast::{
    Bid, BurnAndMint, GpuFleet, Miner, Supplier, SupplierKind, clear, companies_json,
    companies_text, hashprice, mine_or_sell,
};
use serde_json::{json, to_value};

use crate::failure::{Failure, Result};
use crate::outcome::Outcome;

/// The economics of supplying compute: a miner's choice, the merit order, burn and mint.
#[derive(clap::Args)]
pub(crate) struct SupplyArgs {
    #[command(subcommand)]
    command: Command,
}

#[derive(Subcommand)]
enum Command {
    Mine(MineArgs),
    Merit(MeritArgs),
    BurnMint(BurnMintArgs),
}

pub(super) fn supply(args: &SupplyArgs) -> Result<Outcome> {
    match &args.command {
        Command::Mine(args) => mine(args),
        Command::Merit(args) => merit(args),
        Command::BurnMint(args) => burn_mint(args),
    }
}

/// Mine or rent GPUs out: what a megawatt-hour earns either way, hour by hour.
#[derive(clap::Args)]
struct MineArgs {
    /// Dollars a day for each PH/s; without it, it follows from difficulty, reward and coin price.
    #[arg(long)]
    hashprice: Option<f64>,
    /// The network's difficulty.
    #[arg(long, default_value_t = 1e14)]
    difficulty: f64,
    /// Coins a block, subsidy and fees.
    #[arg(long, default_value_t = 3.125)]
    reward: f64,
    /// Dollars a coin.
    #[arg(long, default_value_t = 100_000.0)]
    coin_price: f64,
    /// Joules for each terahash.
    #[arg(long, default_value_t = 17.5)]
    efficiency: f64,
    /// The pool's part of the revenue.
    #[arg(long, default_value_t = 0.0)]
    pool_fee: f64,
    /// Power at the meter over power at the mining machines.
    #[arg(long, default_value_t = 1.0)]
    mining_pue: f64,
    /// Dollars a GPU hour.
    #[arg(long, default_value_t = 2.0)]
    gpu_price: f64,
    /// Kilowatts a GPU, with its share of server and network.
    #[arg(long, default_value_t = 1.2)]
    gpu_power: f64,
    /// Power at the meter over power at the GPUs.
    #[arg(long, default_value_t = 1.3)]
    gpu_pue: f64,
    /// The part of the GPU hours that are sold.
    #[arg(long, default_value_t = 0.6)]
    utilisation: f64,
    /// What market and network keep of a GPU hour's price.
    #[arg(long, default_value_t = 0.1)]
    gpu_fee: f64,
    /// Dollars a GPU with its server.
    #[arg(long, default_value_t = 35_000.0)]
    capex: f64,
    /// Hours over which the purchase is spread.
    #[arg(long, default_value_t = 43_800.0)]
    life: f64,
    /// Power prices in dollars a megawatt-hour, one for each hour.
    #[arg(
        long,
        value_delimiter = ',',
        default_value = "40",
        allow_negative_numbers = true
    )]
    power: Vec<f64>,
}

fn mine(args: &MineArgs) -> Result<Outcome> {
    let hashprice = match args.hashprice {
        Some(hashprice) => hashprice,
        None => {
            hashprice(args.difficulty, args.reward, args.coin_price).map_err(Failure::bad_input)?
        }
    };
    let miner = Miner {
        hashprice,
        joules_per_terahash: args.efficiency,
        pool_fee: args.pool_fee,
        pue: args.mining_pue,
    };
    let fleet = GpuFleet {
        dollars_per_gpu_hour: args.gpu_price,
        kilowatts_per_gpu: args.gpu_power,
        pue: args.gpu_pue,
        utilisation: args.utilisation,
        fee: args.gpu_fee,
        capex_dollars_per_gpu: args.capex,
        life_hours: args.life,
    };
    let result = mine_or_sell(&miner, &fleet, &args.power).map_err(Failure::bad_input)?;
    let mut text = format!(
        "hashprice {hashprice:.2} $/PH/day\nbreak-even power price: mining {:.1} $/MWh, renting {:.1} $/MWh ({:.1} with the purchase paid for)\npower $/MWh  mining margin  renting margin  best",
        result.mining_break_even, result.renting_break_even, result.renting_break_even_with_capex
    );
    for hour in &result.hours {
        let choice = format!("{:?}", hour.choice).to_lowercase();
        text.push_str(&format!(
            "\n{:>11.2}  {:>13.2}  {:>14.2}  {choice}",
            hour.power_price, hour.mining_margin, hour.renting_margin
        ));
    }
    text.push_str(&format!(
        "\none megawatt, all hours: mining {:.2} $, renting {:.2} $, the best each hour {:.2} $",
        result.always_mining, result.always_renting, result.best_each_hour
    ));
    let mut json = to_value(&result)?;
    json["hashprice"] = json!(hashprice);
    Ok(Outcome::new(text, json))
}

/// Base-load and peak-load suppliers against a demand curve: the price, who runs, who earns.
#[derive(clap::Args)]
struct MeritArgs {
    /// A supplier as `NAME:base|peak:GPU_HOURS:PRICE`; may be given more than once.
    #[arg(long, required = true, value_parser = parse_supplier)]
    supplier: Vec<Supplier>,
    /// A step of the demand curve as `GPU_HOURS:PRICE`; may be given more than once.
    #[arg(long, required = true, value_parser = parse_bid)]
    demand: Vec<Bid>,
}

fn merit(args: &MeritArgs) -> Result<Outcome> {
    let result = clear(&args.supplier, &args.demand).map_err(Failure::bad_input)?;
    let mut text = format!(
        "price {:.4} $ a GPU hour, {} GPU hours sold, {} unserved, peak load's part of the revenue {:.1} %",
        result.price,
        result.gpu_hours,
        result.unserved_gpu_hours,
        result.peak_share * 100.0
    );
    for part in &result.dispatch {
        text.push_str(&format!(
            "\n{}: {} GPU hours, revenue {:.2} $, above its cost {:.2} $",
            part.name, part.gpu_hours, part.revenue, part.rent
        ));
    }
    Ok(Outcome::new(text, to_value(&result)?))
}

/// Burn tokens worth a dollar price, mint at settlement, stop when the collateral is short.
#[derive(clap::Args)]
struct BurnMintArgs {
    /// Dollars of use.
    #[arg(long, default_value_t = 1_000.0)]
    dollars: f64,
    /// Dollars a token when the buyer burns.
    #[arg(long)]
    burn_price: f64,
    /// Dollars a token when the provider is paid.
    #[arg(long)]
    settle_price: f64,
    /// Collateral ratio below which settlement warns.
    #[arg(long, default_value_t = 0.95)]
    warning: f64,
    /// Collateral ratio below which settlement halts.
    #[arg(long, default_value_t = 0.90)]
    halt: f64,
}

fn burn_mint(args: &BurnMintArgs) -> Result<Outcome> {
    let mut vault = BurnAndMint::new(args.warning, args.halt).map_err(Failure::bad_input)?;
    let burned = vault
        .burn(args.dollars, args.burn_price)
        .map_err(Failure::bad_input)?;
    let ratio = vault.collateral_ratio(args.settle_price);
    let breaker = vault.breaker(args.settle_price);
    let owed = lilliput_forecast::tokens_for(args.dollars, args.settle_price)
        .map_err(Failure::bad_input)?;
    let minted = vault.settle(args.dollars, args.settle_price).ok();
    let settled = match minted {
        Some(tokens) => format!("settlement mints {tokens:.6} tokens"),
        None => format!("settlement would mint {owed:.6} tokens and is halted"),
    };
    let text = format!(
        "{burned:.6} tokens burned; {settled}; collateral ratio {ratio:.4} ({})",
        format!("{breaker:?}").to_lowercase()
    );
    Ok(Outcome::new(
        text,
        json!({ "burned": burned, "minted": minted, "owed_tokens": owed, "collateral_ratio": ratio, "breaker": breaker }),
    ))
}

fn parse_supplier(text: &str) -> std::result::Result<Supplier, String> {
    let parts: Vec<&str> = text.split(':').collect();
    let [name, kind, hours, price] = parts[..] else {
        return Err("write NAME:base|peak:GPU_HOURS:PRICE".to_owned());
    };
    let kind = match kind {
        "base" => SupplierKind::Base,
        "peak" => SupplierKind::Peak,
        _ => return Err(format!("`{kind}` is neither base nor peak")),
    };
    Ok(Supplier {
        name: name.to_owned(),
        kind,
        gpu_hours: parse_number(hours)?,
        dollars_per_gpu_hour: parse_number(price)?,
    })
}

fn parse_bid(text: &str) -> std::result::Result<Bid, String> {
    let (hours, price) = text.split_once(':').ok_or("write GPU_HOURS:PRICE")?;
    Ok(Bid {
        gpu_hours: parse_number(hours)?,
        dollars_per_gpu_hour: parse_number(price)?,
    })
}

fn parse_number(text: &str) -> std::result::Result<f64, String> {
    text.parse()
        .map_err(|_| format!("`{text}` is not a number"))
}

/// The study's table of companies, and the command that does each one's job here.
#[derive(clap::Args)]
pub(crate) struct CompaniesArgs {}

pub(super) fn companies(_args: &CompaniesArgs) -> Outcome {
    Outcome::new(companies_text(), companies_json())
}
