//! Prices by class and hour.

use lilliput_ledger::{Failure, Scan, State, StoreError};
use lilliput_types::TimeMs;
use lilliput_types::market::{HOUR_MS, HourPrice, Lease, Order, Rate};

use super::{HOURS_MAX, state as keys};

/// So many old hours are forgotten when a new one begins; more are there only after a pause of trade.
const PRUNED_MAX: usize = 4;

/// Books each line of a new lease as a trade of its class.
pub(super) fn record(
    state: &mut State<'_>,
    order: &Order,
    lease: &Lease,
    now: TimeMs,
) -> Result<(), Failure> {
    let hour = now.0 / HOUR_MS;
    for line in lease.lines.iter() {
        let Some(unit) = order.group.units.get(usize::from(line.unit)) else {
            continue;
        };
        let gpu = line.gpu.as_ref().map(|gpu| gpu.as_str());
        let (class, things_milli) = unit.need.class(gpu);
        let class = if lease.spot.is_some() {
            format!("spot/{class}")
        } else {
            class
        };
        // A lone rate by the things of one replica; things are never none.
        let single = u128::from(line.rate.0) * 1_000 / u128::from(things_milli.max(1));
        let single = Rate(u64::try_from(single).unwrap_or(u64::MAX));
        let mut price = keys::price(state, &class, hour)?.unwrap_or(HourPrice {
            hour,
            first: single,
            highest: single,
            lowest: single,
            last: single,
            trades: 0,
            volume_milli: 0,
            turnover: 0,
        });
        price.highest = price.highest.max(single);
        price.lowest = price.lowest.min(single);
        price.last = single;
        price.trades = price.trades.saturating_add(1);
        let volume = things_milli.saturating_mul(u64::from(line.count));
        price.volume_milli = price.volume_milli.saturating_add(volume);
        let turnover = u128::from(line.rate.0) * u128::from(line.count);
        price.turnover = price.turnover.saturating_add(turnover);
        if price.trades == 1 {
            prune(state, &class, hour)?;
        }
        keys::write_price(state, &class, &price);
    }
    Ok(())
}

fn prune(state: &mut State<'_>, class: &str, hour: u64) -> Result<(), StoreError> {
    keys::write_class(state, class);
    let keep_from = hour.saturating_sub(HOURS_MAX);
    let oldest: Result<Vec<u64>, StoreError> =
        Scan::<HourPrice>::new(&*state, &keys::prices_of(class))
            .take(PRUNED_MAX)
            .map(|entry| entry.map(|(_, price)| price.hour))
            .collect();
    for old in oldest?.into_iter().filter(|old| *old < keep_from) {
        keys::remove_price(state, class, old);
    }
    Ok(())
}
