//! Random histories of a subnet: `World` checks every invariant after each block; here it is checked that nobody is
//! evicted within immunity or without notice, that the same history gives the same events, and that splitting stake gains
//! nothing.

use std::collections::{BTreeMap, BTreeSet};

use lilliput_modules::subnet::round::Round;
use lilliput_types::subnet::{
    Collect, Match, Phase, Rule, SetTake, Settings, SubnetEvent, SubnetMessage, SubtensorRule,
};
use lilliput_types::{Amount, Registration, SubnetEpoch};
use proptest::prelude::*;

use crate::explore::explore;
use crate::subnet_field::{COIN, Field, OWNER, settings};

#[derive(Clone, Copy, Debug)]
struct Step {
    kind: u8,
    actor: u8,
    pick: u8,
    amount: u32,
}

fn steps() -> impl Strategy<Value = Vec<Step>> {
    let step = (0_u8..27, 1_u8..8, any::<u8>(), 0_u32..40_000_000);
    let step = step.prop_map(|(kind, actor, pick, amount)| Step {
        kind,
        actor,
        pick,
        amount,
    });
    prop::collection::vec(step, 20..90)
}

struct History {
    field: Field,
    rounds: BTreeMap<u8, Round>,
    /// In which epoch each registration came, or matched last.
    safe_from: BTreeMap<Registration, SubnetEpoch>,
    /// In which epoch each registration was challenged.
    noticed: BTreeMap<Registration, SubnetEpoch>,
    /// Registrations that gave notice.
    leavers: BTreeSet<Registration>,
    seen: usize,
}

impl History {
    fn new(market: bool) -> Self {
        let mut field = Field::open(Settings {
            uids_max: 4,
            ..settings()
        });
        for number in 5..8 {
            field.fund(number, 60);
        }
        if market {
            field.open_market(OWNER, 90 * COIN).unwrap();
        }
        for number in 1..4 {
            field.register(number).unwrap();
            if market {
                field.buy(number, Some(number), 20 * COIN, 1).unwrap();
            } else {
                field.stake(number, number, 50 * COIN).unwrap();
            }
        }
        Self {
            field,
            rounds: BTreeMap::new(),
            safe_from: BTreeMap::new(),
            noticed: BTreeMap::new(),
            leavers: BTreeSet::new(),
            seen: 0,
        }
    }

    fn step(&mut self, step: Step) {
        let Step {
            kind,
            actor,
            pick,
            amount,
        } = step;
        let subnet = self.field.id;
        let other = 1 + pick % 7;
        let amount = Amount(u128::from(amount));
        let behind = self.field.member(other).map(|one| one.registration);
        let behind = behind.unwrap_or(Registration(u64::from(pick % 9)));
        let own = self.field.member(actor).map(|one| one.registration);
        let own = own.unwrap_or(behind);
        let challenged = self.challenged();
        let epoch = self.field.subnet().epoch;
        // Most acts may fail; what counts is that the books are right afterwards.
        let _ = match kind {
            0 | 1 => self.field.register(actor).map(drop),
            2 | 3 if self.field.member(other).is_some() => {
                self.field.stake(actor, other, amount.0).map(drop)
            }
            4 | 5 => {
                let part = (pick % 3 > 0).then_some(amount.0);
                let whose = if kind == 4 { own } else { behind };
                self.field.unstake(actor, whose, part).map(drop)
            }
            6 | 21 => {
                let message = SubnetMessage::Collect(Collect {
                    subnet,
                    registration: own,
                });
                if pick % 2 == 0 {
                    self.pass();
                    self.field.world.wait(3_600_000);
                }
                self.field.act(actor, message).map(drop)
            }
            7 => {
                let take = u16::from(pick) << 7;
                self.field
                    .act(actor, SubnetMessage::SetTake(SetTake { subnet, take }))
                    .map(drop)
            }
            8 => {
                let price_max = Amount(COIN * 10);
                let message = SubnetMessage::Match(Match { subnet, price_max });
                self.field
                    .act(challenged.unwrap_or(actor), message)
                    .map(drop)
            }
            9..=12 => {
                self.play(pick);
                Ok(())
            }
            13 => self.commit(actor, pick),
            14 | 15 => self.reveal(actor),
            16..=18 => self.audit(actor),
            22..=26 => self.later(step, own),
            19 => {
                self.field.world.wait(3_600_000);
                Ok(())
            }
            _ => {
                self.field.pass_phase();
                Ok(())
            }
        };
        self.check_places(epoch);
    }

    /// Trades, leaving, another rule.
    fn later(&mut self, step: Step, own: Registration) -> Result<(), String> {
        let Step {
            kind,
            actor,
            pick,
            amount,
        } = step;
        let amount = u128::from(amount);
        match kind {
            22 => self.field.buy(actor, None, amount, 0).map(drop),
            23 => {
                let other = 1 + pick % 7;
                let behind = self.field.member(other).map(|_| other);
                self.field.buy(actor, behind, amount, 0).map(drop)
            }
            24 => {
                let left = self.field.leave(actor);
                if left.is_ok() {
                    self.leavers.insert(own);
                }
                left.map(drop)
            }
            25 => {
                let rule = match pick % 3 {
                    0 => Rule::Evidence1,
                    odd => Rule::Subtensor425(SubtensorRule {
                        yuma3: odd == 1,
                        ..SubtensorRule::standard()
                    }),
                };
                self.field.set_rule(OWNER, rule).map(drop)
            }
            _ => {
                let part = (pick % 3 > 0).then_some(amount / 4);
                self.field.sell(actor, part, 0).map(drop)
            }
        }
    }

    /// Somebody whose place is wanted.
    fn challenged(&self) -> Option<u8> {
        let challenges = self.field.subnet().challenges;
        (1..8).find(|who| {
            let member = self.field.member(*who);
            member.is_some_and(|one| challenges.iter().any(|other| other.uid == one.uid))
        })
    }

    /// A whole epoch of everybody who may; each bit of `lapses` is something that somebody fails to do.
    fn play(&mut self, lapses: u8) {
        while self.field.subnet().phase != Phase::Commit {
            self.pass();
        }
        let validators: Vec<u8> = (1..8)
            .filter(|who| self.commit(*who, lapses).is_ok())
            .collect();
        self.pass();
        for who in &validators {
            if lapses & 7 != *who {
                self.reveal(*who).unwrap();
            }
        }
        self.pass();
        for who in &validators {
            if (lapses >> 3) & 7 != *who {
                let _ = self.audit(*who);
            }
        }
        self.pass();
    }

    fn pass(&mut self) {
        let epoch = self.field.subnet().epoch;
        self.field.pass_phase();
        self.check_places(epoch);
    }

    fn commit(&mut self, who: u8, pick: u8) -> Result<(), String> {
        if self.field.member(who).is_none() {
            return Err("not a member".to_owned());
        }
        let found: Vec<(u8, u8)> = (1..8)
            .filter(|miner| *miner != who && self.field.member(*miner).is_some())
            .map(|miner| (miner, 1 + (pick.wrapping_mul(miner) >> 2) % 4))
            .collect();
        if found.is_empty() {
            return Err("nobody to weigh".to_owned());
        }
        let round = self.field.round(who, &found);
        self.field.commit(who, &round)?;
        self.rounds.insert(who, round);
        Ok(())
    }

    fn reveal(&mut self, who: u8) -> Result<(), String> {
        let round = self.rounds.get(&who).cloned().ok_or("nothing committed")?;
        self.field.reveal(who, &round).map(drop)
    }

    fn audit(&mut self, who: u8) -> Result<(), String> {
        let round = self.rounds.get(&who).cloned().ok_or("nothing committed")?;
        if self.field.subnet().phase != Phase::Audit {
            return Err("not the phase".to_owned());
        }
        self.field.audit(who, &round)
    }

    /// Immunity and notice, from the events since the last look.
    fn check_places(&mut self, epoch: SubnetEpoch) {
        let events: Vec<SubnetEvent> = self.field.events().skip(self.seen).cloned().collect();
        self.seen += events.len();
        for event in events {
            match event {
                SubnetEvent::Registered { registration, .. } => {
                    self.safe_from.insert(registration, epoch);
                }
                SubnetEvent::Challenged { registration, .. } => {
                    // Two epochs seen from beginning to end.
                    assert!(epoch.0 >= self.safe_from[&registration].0 + 3);
                    self.noticed.insert(registration, epoch);
                }
                SubnetEvent::Evicted { registration, .. }
                    if self.leavers.contains(&registration) => {}
                SubnetEvent::Evicted { registration, .. } => {
                    assert!(epoch.0 > self.noticed[&registration].0);
                    assert!(epoch.0 >= self.safe_from[&registration].0 + 4);
                }
                _ => {}
            }
        }
    }
}

fn kind(event: &SubnetEvent) -> &'static str {
    match event {
        SubnetEvent::Evicted { .. } => "evicted",
        SubnetEvent::Matched { .. } => "matched",
        SubnetEvent::Slashed { .. } => "slashed",
        SubnetEvent::Paid { .. } => "paid",
        SubnetEvent::Collected { .. } => "collected",
        SubnetEvent::Audited { .. } => "audited",
        SubnetEvent::Left { .. } => "left",
        SubnetEvent::Bought { .. } => "bought",
        SubnetEvent::Sold { .. } => "sold",
        SubnetEvent::Settled(record) if record.rule != Rule::Evidence1 => "subtensor",
        _ => "other",
    }
}

#[test]
fn books_are_right_and_places_safe_in_any_history() {
    let histories = (any::<bool>(), steps());
    let seen = explore(48, &histories, |(market, steps), seen| {
        let run = || {
            let mut history = History::new(market);
            history.check_places(SubnetEpoch(0));
            for step in &steps {
                history.step(*step);
            }
            history.field
        };
        let (first, second) = (run(), run());
        prop_assert_eq!(&first.world.events, &second.world.events);
        seen.note(first.events().map(kind));
        Ok(())
    });
    seen.assert_each(
        [
            "evicted",
            "matched",
            "slashed",
            "paid",
            "collected",
            "audited",
            "left",
            "bought",
            "sold",
            "subtensor",
        ],
        3,
    );
}

/// What validators 1 and, if it has any stake, 2 earn in three epochs beside validator 4, who has 120.
fn earned(stakes: [u128; 2]) -> u128 {
    let mut field = Field::open(settings());
    for number in [1, 2, 3, 4] {
        field.register(number).unwrap();
    }
    field.fund(9, 10);
    field.register(9).unwrap();
    for (number, stake) in [(1, stakes[0]), (2, stakes[1]), (4, 120 * COIN)] {
        if stake > 0 {
            field.stake(number, number, stake).unwrap();
        }
    }
    field.pass_epoch();
    for right in [4, 2, 3] {
        let found: &[(u8, u8)] = &[(3, right), (9, 1)];
        let all = [(1, found), (2, found), (4, found)];
        let votes: Vec<(u8, &[(u8, u8)])> = all
            .into_iter()
            .filter(|(number, _)| *number != 2 || stakes[1] > 0)
            .collect();
        field.epoch(&votes);
    }
    (1..3)
        .map(|number| field.member(number).unwrap().earned_total.0)
        .sum()
}

#[test]
fn splitting_stake_over_two_uids_gains_nothing() {
    let stakes = (10_u128..90).prop_map(|tenth| tenth * COIN);
    explore(8, &stakes, |first, _| {
        let whole = earned([100 * COIN, 0]);
        let split = earned([first, 100 * COIN - first]);
        prop_assert!(whole > 0);
        // Compounded stake is rounded down in each pool.
        prop_assert!(split <= whole, "{split} > {whole}");
        Ok(())
    });
}
