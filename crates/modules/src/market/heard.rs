//! Signs of life: a provider's clock runs while it is heard of.

use lilliput_ledger::{Failure, State, StateReader, StoreError};
use lilliput_types::market::{MarketEvent, MarketProvider};
use lilliput_types::{Address, DurationMs, TimeMs};

use super::{GRACE_MS, state as keys};

/// A provider's record; a fresh one if the market doesn't know it yet.
pub(super) fn record(
    state: &dyn StateReader,
    address: Address,
    now: TimeMs,
) -> Result<MarketProvider, StoreError> {
    let known = keys::provider(state, address)?;
    Ok(known.unwrap_or_else(|| MarketProvider::new(address, now)))
}

/// Writes a record; in the queue it stands while there is something to lose.
pub(super) fn write(state: &mut State<'_>, provider: &mut MarketProvider) {
    let served = provider.leases > 0 && !provider.lost;
    let due = served.then(|| provider.heard_at.after(DurationMs(GRACE_MS)));
    keys::write_provider(state, provider, due);
}

/// Any message of the market by a provider says that it lives.
pub(super) fn touch(state: &mut State<'_>, signer: Address, now: TimeMs) -> Result<(), Failure> {
    let Some(mut provider) = keys::provider(state, signer)? else {
        return Ok(());
    };
    if provider.leases == 0 {
        provider.heard_at = now;
        write(state, &mut provider);
        return Ok(());
    }
    let since = now.0.saturating_sub(provider.heard_at.0);
    if !provider.lost && since > GRACE_MS {
        lose(state, &mut provider);
    }
    if provider.lost {
        provider.lost = false;
        state.emit(MarketEvent::Returned {
            provider: signer,
            leases: provider.leases,
        });
    } else {
        provider.clock = provider.clock.saturating_add(since);
    }
    provider.heard_at = now;
    write(state, &mut provider);
    Ok(())
}

/// It wasn't heard of for too long: the clock stands since it was.
pub(super) fn lose(state: &mut State<'_>, provider: &mut MarketProvider) {
    provider.lost = true;
    provider.losses = provider.losses.saturating_add(1);
    state.emit(MarketEvent::Lost {
        provider: provider.address,
        since: provider.heard_at,
        leases: provider.leases,
    });
    write(state, provider);
}

/// One lease more. Who serves nothing isn't listened to, so its clock begins here.
pub(super) fn more(state: &mut State<'_>, address: Address, now: TimeMs) -> Result<(), Failure> {
    let mut provider = record(state, address, now)?;
    if provider.leases == 0 {
        provider.heard_at = now;
        provider.lost = false;
    }
    provider.leases = provider.leases.saturating_add(1);
    write(state, &mut provider);
    Ok(())
}

/// One lease less.
pub(super) fn fewer(
    state: &mut State<'_>,
    address: Address,
    at_fault: bool,
    now: TimeMs,
) -> Result<(), Failure> {
    let mut provider = record(state, address, now)?;
    provider.leases = provider.leases.saturating_sub(1);
    if provider.leases == 0 {
        provider.lost = false;
    }
    if !at_fault {
        provider.leases_ended = provider.leases_ended.saturating_add(1);
    }
    write(state, &mut provider);
    Ok(())
}
