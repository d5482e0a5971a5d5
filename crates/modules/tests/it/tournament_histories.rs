//! Random histories of tournaments: every invariant holds after each block, and the same history gives the same events.

use lilliput_types::Event;
use lilliput_types::tournament::{Phase, TournamentEvent};
use proptest::prelude::*;

use crate::explore::explore;
use crate::tournaments::{Contest, SPAN_MS, STAKE_MIN, prediction, terms};

/// One random act.
#[derive(Clone, Copy, Debug)]
struct Step {
    kind: u8,
    actor: u8,
    pick: u8,
    amount: u32,
}

fn steps() -> impl Strategy<Value = Vec<Step>> {
    let step = (0_u8..16, 0_u8..5, any::<u8>(), 0_u32..50_000_000);
    let step = step.prop_map(|(kind, actor, pick, amount)| Step {
        kind,
        actor,
        pick,
        amount,
    });
    prop::collection::vec(step, 20..80)
}

fn model(pick: u8) -> &'static str {
    ["a", "b"][usize::from(pick) % 2]
}

/// A prediction that follows from account and model, so that it can be revealed.
fn sealed(rows: usize, actor: u8, pick: u8) -> Vec<u8> {
    let skill = [3, -2, 0, 1, -1][usize::from(actor)];
    prediction(rows, skill, i64::from(actor) * 2 + i64::from(pick % 2)).encode()
}

fn run(steps: &[Step]) -> Contest {
    let mut contest = Contest::open(terms());
    for step in steps {
        act(&mut contest, *step);
    }
    contest
}

/// Most acts may fail; what counts is that the books are right afterwards.
fn act(contest: &mut Contest, step: Step) {
    let Step {
        kind,
        actor,
        pick,
        amount,
    } = step;
    let stake = STAKE_MIN + u128::from(amount);
    let entry = u32::from(pick % 7);
    let rows = contest.rows;
    let prediction = sealed(rows, actor, pick);
    let _ = match kind {
        0..=3 => contest.enter(actor, model(pick), &prediction, stake),
        4..=5 => contest.back(actor, entry, stake),
        6 => contest.reveal(actor, entry, &prediction),
        7 => contest.withdraw(actor, entry),
        8..=9 => return reveal_all(contest),
        10 => contest.show_targets(),
        11 => return withdraw_all(contest),
        12 => match contest.record().phase(contest.world.time) {
            Phase::Settled | Phase::Void => contest.next_round(),
            _ => return,
        },
        13 => {
            let (round, number) = (contest.round, u64::from(pick % 3) + 1);
            // An older round, perhaps.
            contest.round.number = number.min(round.number);
            let result = contest.withdraw(actor, entry);
            contest.round = round;
            result
        }
        _ => return contest.world.wait(SPAN_MS / 2 + u64::from(pick) * 10),
    };
}

fn reveal_all(contest: &mut Contest) {
    for actor in 0..5 {
        for pick in 0..2 {
            let prediction = sealed(contest.rows, actor, pick);
            for entry in 0..6 {
                let _ = contest.reveal(actor, entry, &prediction);
            }
        }
    }
}

fn withdraw_all(contest: &mut Contest) {
    for actor in 0..5 {
        for entry in 0..6 {
            let _ = contest.withdraw(actor, entry);
        }
    }
}

/// What the histories must have seen, so that the property isn't empty.
fn kind(event: &Event) -> Option<&'static str> {
    match event {
        Event::Tournament(TournamentEvent::Settled { won, .. }) if !won.is_zero() => Some("won"),
        Event::Tournament(TournamentEvent::Settled { .. }) => Some("settled"),
        Event::Tournament(TournamentEvent::Voided { won, .. }) if !won.is_zero() => Some("forfeit"),
        Event::Tournament(TournamentEvent::Voided { .. }) => Some("void"),
        Event::Tournament(TournamentEvent::Withdrawn { .. }) => Some("withdrawn"),
        Event::Tournament(TournamentEvent::Revealed { .. }) => Some("revealed"),
        Event::Tournament(TournamentEvent::Backed { .. }) => Some("backed"),
        _ => None,
    }
}

#[test]
fn money_is_conserved_after_every_block_of_any_history_of_rounds() {
    let seen = explore(60, &steps(), |steps, seen| {
        // `World` checks every invariant after each block.
        let (first, second) = (run(&steps), run(&steps));
        prop_assert_eq!(&first.world.events, &second.world.events);
        seen.note(first.world.events.iter().filter_map(kind));
        Ok(())
    });
    seen.assert_each(
        ["won", "forfeit", "void", "withdrawn", "revealed", "backed"],
        5,
    );
}
