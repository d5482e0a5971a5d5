use super::configuration::configuration;
use super::{VARIABLES_MAX, VARIABLES_MIN, security};

/// Queries and proof-of-work bits of each phase, as derived; consensus depends on them.
fn schedule(variables: usize) -> Vec<(usize, usize)> {
    let derived = configuration(variables).unwrap();
    let mut phases: Vec<_> = derived
        .round_parameters()
        .iter()
        .map(|round| (round.num_queries, round.pow_bits))
        .collect();
    phases.push((derived.terminal().num_queries, derived.terminal().pow_bits));
    phases
}

#[test]
fn every_size_has_a_schedule_that_reaches_its_security() {
    for variables in VARIABLES_MIN..=VARIABLES_MAX {
        let account = security(variables).unwrap();
        assert!(account.bits > 102.5, "{variables}: {account:?}");
        assert!(account.list_bits < 10.0, "{variables}: {account:?}");
    }
    assert!(security(VARIABLES_MIN - 1).is_none());
    assert!(security(VARIABLES_MAX + 1).is_none());
}

#[test]
fn schedules_are_the_recorded_ones() {
    for variables in VARIABLES_MIN..=VARIABLES_MAX {
        let recorded: &[(usize, usize)] = match variables {
            ..=12 => &[(63, 15)],
            13..=18 => &[(63, 15), (31, 15)],
            19 => &[(96, 16), (31, 15)],
            20..=27 => &[(96, 16), (31, 15), (21, 12)],
            28.. => &[(96, 16), (31, 15), (21, 12), (16, 11)],
        };
        assert_eq!(schedule(variables), recorded, "{variables}");
    }
}
