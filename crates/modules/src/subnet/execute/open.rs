//! Opening a subnet, changing its rules, closing it.

use lilliput_ledger::{Failure, MessageContext, State};
use lilliput_types::subnet::{
    Close, Open, Phase, Rule, Set, SetRule, Subnet, SubnetEvent, SubnetState,
};
use lilliput_types::{Amount, Holder, List, Registration, SubnetEpoch, SubnetId, TimeMs};

use super::{lasting, owned};
use crate::refuse::refuse;
use crate::subnet::{price, settings, state as keys};
use crate::{bank, genesis};

pub(super) fn open(
    state: &mut State<'_>,
    context: &MessageContext<'_>,
    message: &Open,
) -> Result<(), Failure> {
    let terms = genesis::params(state)?.subnets;
    settings::check_phases(&message.settings, &terms)?;
    let now = context.block.time;
    let mut totals = keys::totals(state)?;
    let deposit = price::deposit(&totals, &terms, now);
    if deposit > message.deposit_max {
        return refuse(
            "subnet.deposit",
            format!(
                "the deposit is {deposit}, you lock at most {}",
                message.deposit_max
            ),
        );
    }
    let Some(number) = totals.opened.0.checked_add(1) else {
        return refuse("subnet.too_many", "no more subnets can be opened");
    };
    let id = SubnetId(number);
    let (from, to) = (context.signer.into(), Holder::Subnet(id));
    bank::transfer(state, terms.asset, from, to, deposit)?;
    totals.opened = id;
    totals.deposit_last = deposit;
    totals.deposit_last_at = now;
    keys::write_totals(state, &totals);
    let mut subnet = fresh(id, context, message, deposit, terms.burn_min);
    keys::begin_phase(&mut subnet, Phase::Commit, now);
    keys::queue(state, &subnet);
    keys::write_subnet(state, &subnet);
    state.emit(SubnetEvent::Opened {
        subnet: id,
        owner: subnet.owner,
        name: subnet.name.clone(),
        deposit,
    });
    state.emit(SubnetEvent::PhaseBegan {
        subnet: id,
        epoch: subnet.epoch,
        phase: subnet.phase,
        ends_at: subnet.phase_ends_at,
        randomness: None,
    });
    Ok(())
}

fn fresh(
    id: SubnetId,
    context: &MessageContext<'_>,
    message: &Open,
    deposit: Amount,
    burn_price: Amount,
) -> Subnet {
    let now = context.block.time;
    Subnet {
        id,
        name: message.name.clone(),
        about: message.about.clone(),
        owner: context.signer,
        state: SubnetState::Open,
        deposit,
        opened_at: now,
        settings: message.settings.clone(),
        settings_next: None,
        epoch: SubnetEpoch(0),
        epoch_began_at: now,
        phase: Phase::Commit,
        phase_ends_at: TimeMs(0),
        randomness: None,
        uids: 0,
        registration_next: Registration(1),
        burn_price,
        burn_priced_at: now,
        challenges: List::default(),
        candidates: List::default(),
        stake: Amount::ZERO,
        permit_stake: Amount::ZERO,
        weight: Amount::ZERO,
        carried: Amount::ZERO,
        minted: Amount::ZERO,
        burned: Amount::ZERO,
        revenue: Amount::ZERO,
        answers: 0,
        rule: Rule::Evidence1,
        rule_next: None,
        vacant: List::default(),
        market: None,
    }
}

/// The new rules wait for the next epoch: nobody is scored by rules that changed while it worked.
pub(super) fn set(
    state: &mut State<'_>,
    context: &MessageContext<'_>,
    message: &Set,
) -> Result<(), Failure> {
    let mut subnet = lasting(state, message.subnet)?;
    owned(&subnet, context.signer)?;
    let terms = genesis::params(state)?.subnets;
    settings::check_phases(&message.settings, &terms)?;
    if message.settings.uids_max < subnet.uids {
        return refuse(
            "subnet.settings",
            format!("uids_max is below the {} uids there are", subnet.uids),
        );
    }
    subnet.settings_next = Some(message.settings.clone());
    keys::write_subnet(state, &subnet);
    state.emit(SubnetEvent::SettingsChanged {
        subnet: subnet.id,
        from: subnet.epoch.next(),
    });
    Ok(())
}

/// The other arithmetic, too, waits for the next epoch.
pub(super) fn set_rule(
    state: &mut State<'_>,
    context: &MessageContext<'_>,
    message: &SetRule,
) -> Result<(), Failure> {
    let mut subnet = lasting(state, message.subnet)?;
    owned(&subnet, context.signer)?;
    subnet.rule_next = Some(message.rule);
    keys::write_subnet(state, &subnet);
    state.emit(SubnetEvent::RuleChanged {
        subnet: subnet.id,
        from: subnet.epoch.next(),
        rule: message.rule,
    });
    Ok(())
}

pub(super) fn close(
    state: &mut State<'_>,
    context: &MessageContext<'_>,
    message: &Close,
) -> Result<(), Failure> {
    let mut subnet = lasting(state, message.subnet)?;
    owned(&subnet, context.signer)?;
    let terms = genesis::params(state)?.subnets;
    let unlocked = subnet.opened_at.after(terms.lock_ms);
    if context.block.time < unlocked {
        return refuse(
            "subnet.locked",
            format!(
                "it can be closed from {unlocked} on, it is {}",
                context.block.time
            ),
        );
    }
    subnet.state = SubnetState::Closing;
    keys::write_subnet(state, &subnet);
    state.emit(SubnetEvent::Closing { subnet: subnet.id });
    Ok(())
}
