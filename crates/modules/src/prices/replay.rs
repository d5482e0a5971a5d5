//! A contest from its beginning, recomputed from what the ledger keeps of it.

use std::collections::BTreeMap;

use lilliput_types::Amount;
use lilliput_types::prices::{Contest, ContestState, Entrant, PayoutRecord, Signal, Step};

use super::{account, payout};

/// What a contest came to.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Replayed {
    /// With everything that follows from steps and signals.
    pub contest: Contest,
    /// Their accounts, by number.
    pub entrants: Vec<Entrant>,
    /// Which changed a position.
    pub signals: Vec<Signal>,
    /// The paid epochs.
    pub payouts: Vec<PayoutRecord>,
}

/// Runs a contest over its steps. `pots` gives what was in the pot at the end of an epoch, by its number and what the epochs
/// before it left. `each` sees the accounts after every step.
///
/// Of contest, entrants and signals only that counts which was decided when they came: terms, accounts, what was sealed and
/// shown.
pub fn replay(
    contest: &Contest,
    entrants: &[Entrant],
    signals: &[Signal],
    steps: &[Step],
    mut pots: impl FnMut(u32, Amount) -> Amount,
    mut each: impl FnMut(&[Entrant]),
) -> Replayed {
    let mut contest = rewound(contest);
    let mut entrants: Vec<Entrant> = entrants
        .iter()
        .map(|entrant| account::start(&contest, entrant.number, entrant.account, entrant.since))
        .collect();
    let mut by_period: BTreeMap<u64, Vec<Signal>> = BTreeMap::new();
    for signal in signals {
        let own = by_period.entry(signal.period).or_default();
        own.push(Signal {
            changed: false,
            ..*signal
        });
    }
    let mut payouts = Vec::new();
    for step in steps {
        let mut none = Vec::new();
        let own = by_period.get_mut(&step.period).unwrap_or(&mut none);
        account::advance(&mut contest, &mut entrants, own, step.period, step.price);
        each(&entrants);
        if payout::is_due(&contest) && !payout::is_last(&contest) {
            contest.pot = pots(contest.epochs_paid, contest.pot);
            let from = payout::signals_from(&contest);
            let recent: Vec<Signal> = by_period
                .range(from..=step.period)
                .flat_map(|(_, signals)| signals.iter().copied())
                .collect();
            let (record, _) = payout::pay(&mut contest, &mut entrants, &recent, step.period);
            payouts.push(record);
        }
    }
    if payout::is_last(&contest) {
        contest.state = ContestState::Closed;
        contest.left = contest.pot;
        contest.pot = Amount::ZERO;
    }
    Replayed {
        contest,
        entrants,
        signals: by_period.into_values().flatten().collect(),
        payouts,
    }
}

/// As it was opened.
fn rewound(contest: &Contest) -> Contest {
    Contest {
        state: ContestState::Open,
        epoch_from: contest.first,
        settled: 0,
        price: None,
        epochs_paid: 0,
        pot: Amount::ZERO,
        paid: Amount::ZERO,
        left: Amount::ZERO,
        ..contest.clone()
    }
}
