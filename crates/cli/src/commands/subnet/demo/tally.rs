//! Who got what, epoch by epoch, and whether every coin is accounted for.

use std::collections::BTreeMap;
use std::fmt::Write as _;

use anyhow::{Context, anyhow};
use lilliput_client::api::Supply;
use lilliput_client::subnet::SubnetEpochDetail;
use lilliput_modules::subnet::replay;
use lilliput_types::bank::BankEvent;
use lilliput_types::subnet::{SeatInput, SubnetEvent};
use lilliput_types::{Amount, AssetId, Event, Height, SubnetEpoch};
use serde_json::{Value, json};

use super::cast::{ALLOWANCE, Cast, Kind, STAKE};
use crate::failure::{Failure, Result};
use crate::receipt::money;

/// How often the chain is read until it stands still.
const LOOKS_MAX: u32 = 100;
/// A weight's whole.
const WEIGHT_ONE: f64 = 65_535.0;

/// What one member got so far.
#[derive(Clone, Copy, Debug, Default)]
struct Earned {
    incentive: Amount,
    dividend: Amount,
    passed: u64,
    failed: u64,
}

/// What is collected while epochs settle.
pub(super) struct Tally {
    asset: AssetId,
    first: SubnetEpoch,
    /// By uid, which is the place in the cast.
    kinds: Vec<Kind>,
    earned: Vec<Earned>,
    epochs: Vec<Value>,
    /// Whether every payout follows from its epoch's record.
    recomputed: bool,
}

/// What the ledger burned, and why.
#[derive(Default)]
struct Books {
    minted: u128,
    burned: u128,
    slashed: BTreeMap<u16, u128>,
}

impl Tally {
    pub(super) fn new(cast: &Cast) -> Result<Self> {
        let kinds = cast.kinds.clone();
        Ok(Self {
            asset: cast.client.subnet_market()?.terms.asset,
            // Everyone has joined; the stakes count from the next epoch on.
            first: cast.detail()?.subnet.epoch.next(),
            earned: vec![Earned::default(); kinds.len()],
            kinds,
            epochs: Vec::new(),
            recomputed: true,
        })
    }

    pub(super) const fn first_scored(&self) -> SubnetEpoch {
        self.first
    }

    /// Who is who.
    pub(super) fn introduction(&self) -> String {
        let mut text = String::from("members  ");
        for (uid, kind) in self.kinds.iter().enumerate() {
            // Writing to a string doesn't fail.
            let _ = write!(text, " {uid} {}", kind.name());
            text.push(if uid + 1 < self.kinds.len() { ',' } else { '.' });
        }
        let _ = write!(
            text,
            "\n          Each validator stakes {}; stakes count from epoch {} on.",
            money(STAKE, self.asset),
            self.first
        );
        text
    }

    /// Takes in an epoch; gives its table, and whether every honest validator did all that it had to in time.
    pub(super) fn settled(&mut self, cast: &Cast, epoch: SubnetEpoch) -> Result<(String, bool)> {
        let detail = cast.client.subnet_epoch(cast.subnet(), epoch)?;
        self.recomputed &= follows(&detail)?;
        let record = &detail.record;
        let mut text = format!(
            "\nepoch {epoch}: {} minted, {} to the owner, {} carried\n{:>3}  {:<17} {:>12} {:>8} {:>12} {:>12}  {}",
            money(record.minted, self.asset),
            money(record.owner, self.asset),
            money(record.carried, self.asset),
            "uid",
            "kind",
            "stake",
            "weight",
            "incentive",
            "dividend",
            "audits"
        );
        let (mut rows, mut whole) = (Vec::new(), true);
        let lines = self.kinds.iter().zip(&mut self.earned);
        let seats = detail.input.seats.iter().zip(&detail.payouts);
        for ((kind, earned), (seat, payout)) in lines.zip(seats) {
            let (passed, failed) = (u64::from(seat.passed), u64::from(seat.failed));
            earned.incentive = earned.incentive.plus(payout.incentive)?;
            earned.dividend = earned.dividend.plus(payout.dividend)?;
            whole &= *kind != Kind::Honest || (passed > 0 && failed == 0);
            earned.passed += passed;
            earned.failed += failed;
            let weight = weight(&detail.input.seats, seat.uid);
            let audits = match kind.mines() {
                true => String::new(),
                false => format!("{passed} held, {failed} failed"),
            };
            let _ = write!(
                text,
                "\n{:>3}  {:<17} {:>12} {:>8} {:>12} {:>12}  {audits}",
                seat.uid,
                kind.name(),
                coins(seat.stake),
                weight.map_or(String::new(), |weight| format!("{:.1} %", 100.0 * weight)),
                coins(payout.incentive),
                coins(payout.dividend),
            );
            rows.push(json!({
                "uid": seat.uid,
                "kind": kind.name(),
                "account": seat.account,
                "stake": seat.stake,
                "weight": weight,
                "incentive": payout.incentive,
                "dividend": payout.dividend,
                "audits_passed": passed,
                "audits_failed": failed,
            }));
        }
        self.epochs.push(json!({
            "epoch": epoch,
            "minted": record.minted,
            "emission": record.emission,
            "owner": record.owner,
            "burned": record.burned,
            "carried": record.carried,
            "rows": rows,
        }));
        if !whole {
            text.push_str("\nan honest validator missed a phase: this machine is busy, try a longer --phase-ms");
        }
        Ok((text, whole))
    }

    /// Who earned what in all, and the books.
    pub(super) fn end(&self, cast: &Cast, last: SubnetEpoch) -> Result<(String, Value)> {
        let books = books(cast, self.asset)?;
        let seats = lilliput_subnet::seats(&cast.client, cast.subnet())?;
        let mut text = format!(
            "\nepochs {} to {last}, all told\n{:>3}  {:<17} {:>12} {:>12} {:>12} {:>12} {:>16}",
            self.first,
            "uid",
            "kind",
            "incentive",
            "dividend",
            "slashed",
            "stake",
            "dividend / stake"
        );
        let mut members = Vec::new();
        for ((kind, earned), seat) in self.kinds.iter().zip(&self.earned).zip(&seats) {
            let uid = seat.member.uid;
            let slashed = Amount(books.slashed.get(&uid).copied().unwrap_or(0));
            // A ratio to look at; amounts are far below 2^52.
            let per_stake = earned.dividend.0 as f64 / STAKE.0 as f64;
            let shown = match kind.mines() {
                true => String::new(),
                false => format!("{:.3} %", 100.0 * per_stake),
            };
            let _ = write!(
                text,
                "\n{uid:>3}  {:<17} {:>12} {:>12} {:>12} {:>12} {shown:>16}",
                kind.name(),
                coins(earned.incentive),
                coins(earned.dividend),
                coins(slashed),
                coins(seat.pool.amount),
            );
            members.push(json!({
                "uid": uid,
                "kind": kind.name(),
                "account": seat.member.account,
                "incentive": earned.incentive,
                "dividend": earned.dividend,
                "slashed": slashed,
                "staked": if kind.mines() { Amount::ZERO } else { STAKE },
                "stake": seat.pool.amount,
                "audits_passed": earned.passed,
                "audits_failed": earned.failed,
            }));
        }
        let (relayed, refused) = cast.relayed();
        let _ = write!(
            text,
            "\ncopier    relayed {relayed} requests to the good miner, which refused {refused}"
        );
        let money = self.money(cast, &mut text)?;
        let json = json!({
            "subnet": cast.subnet(),
            "epochs": self.epochs,
            "members": members,
            "relayed": { "requests": relayed, "refused": refused },
            "recomputed": self.recomputed,
            "money": money,
        });
        Ok((text, json))
    }

    /// Looks until no block came in between.
    fn audited(&self, cast: &Cast) -> Result<Audited> {
        for _ in 0..LOOKS_MAX {
            let height = cast.client.status()?.height;
            let books = books(cast, self.asset)?;
            let supply = cast.client.supply()?;
            let assets = cast.client.assets(None)?.items;
            let asset = assets.into_iter().find(|asset| asset.id == self.asset);
            let there = asset.context("the asset is gone")?.supply;
            if cast.client.status()?.height == height {
                return Ok(Audited {
                    books,
                    supply,
                    there,
                });
            }
        }
        Err(Failure::failed(anyhow!(
            "the chain grows faster than it can be read"
        )))
    }

    /// Genesis and minted less burned is what there is, and the node's own invariants hold.
    fn money(&self, cast: &Cast, text: &mut String) -> Result<Value> {
        let Audited {
            books,
            supply,
            there,
        } = self.audited(cast)?;
        let accounts = cast.kinds.len() as u128 + 1;
        let genesis = ALLOWANCE.0 * accounts;
        let due = (genesis + books.minted).checked_sub(books.burned);
        let accounted = supply.conserved && due == Some(there.0);
        let _ = write!(
            text,
            "\nmoney     {} at first + {} minted - {} burned; in circulation {}; books of the node {}\npayouts   {}",
            coins(Amount(genesis)),
            coins(Amount(books.minted)),
            coins(Amount(books.burned)),
            coins(there),
            if supply.conserved {
                "balance"
            } else {
                "DON'T BALANCE"
            },
            if self.recomputed {
                "all recomputed from the records, all equal"
            } else {
                "DIFFER from what the records give"
            },
        );
        Ok(json!({
            "genesis": Amount(genesis),
            "minted": Amount(books.minted),
            "burned": Amount(books.burned),
            "in_circulation": there,
            "conserved": supply.conserved,
            "findings": supply.findings,
            "accounted": accounted,
        }))
    }
}

/// What events say, and what the node says, as of one block.
struct Audited {
    books: Books,
    supply: Supply,
    /// What is in circulation.
    there: Amount,
}

/// Whether the payouts are those that the rule gives for the record.
fn follows(detail: &SubnetEpochDetail) -> Result<bool> {
    let outcome = replay::outcome(&detail.input)?;
    let paid = detail.payouts.iter().zip(&outcome.incentives);
    let paid = paid.zip(&outcome.dividends);
    let equal = paid.into_iter().all(|((payout, &incentive), &dividend)| {
        payout.incentive.0 == u128::from(incentive) && payout.dividend.0 == u128::from(dividend)
    });
    Ok(equal && detail.input.digest() == detail.record.input)
}

/// The mean of what validators with evidence gave, as a part of one.
fn weight(seats: &[SeatInput], uid: u16) -> Option<f64> {
    let voters = seats
        .iter()
        .filter(|seat| seat.passed > 0 && seat.failed == 0);
    let given = voters.map(|seat| {
        let cell = seat.weights.iter().find(|(miner, _)| *miner == uid);
        cell.map_or(0.0, |(_, weight)| f64::from(*weight) / WEIGHT_ONE)
    });
    let given: Vec<f64> = given.collect();
    let sum: f64 = given.iter().sum();
    (!given.is_empty() && sum > 0.0).then(|| sum / given.len() as f64)
}

/// Reads all events of the chain.
fn books(cast: &Cast, asset: AssetId) -> Result<Books> {
    let mut books = Books::default();
    let mut from = Height(1);
    loop {
        let page = cast.client.events(from)?;
        for block in &page.items {
            let sent = block
                .receipts
                .iter()
                .flat_map(|receipt| receipt.events.iter());
            for event in sent.chain(&block.end) {
                books.book(event, asset);
            }
        }
        match page.next.and_then(|next| next.parse().ok()) {
            Some(next) if Height(next) > from => from = Height(next),
            _ => return Ok(books),
        }
    }
}

impl Books {
    fn book(&mut self, event: &Event, asset: AssetId) {
        match event {
            Event::Bank(BankEvent::Minted {
                asset: of, amount, ..
            }) if *of == asset => self.minted += amount.0,
            Event::Bank(BankEvent::Burned {
                asset: of, amount, ..
            }) if *of == asset => self.burned += amount.0,
            Event::Subnet(SubnetEvent::Slashed { uid, amount, .. }) => {
                *self.slashed.entry(*uid).or_default() += amount.0;
            }
            _ => {}
        }
    }
}

/// Coins with six decimals, without the asset's name.
fn coins(amount: Amount) -> String {
    let digits = format!("{:0>7}", amount.0);
    let (whole, fraction) = digits.split_at(digits.len() - 6);
    format!("{whole}.{fraction}")
}
