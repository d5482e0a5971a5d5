//! Who follows whom: changes of position that repeat another's, committed later.

/// A change of position.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Change {
    /// For which period it was committed.
    pub period: u64,
    /// Its place among all commitments, which the ledger orders: no two are equal.
    pub sequence: u64,
    /// The new position, in any unit.
    pub position: i32,
}

/// What counts as following.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct FollowRule {
    /// One's own changes count from this period on; older ones are there to be repeated.
    pub from: u64,
    /// How many periods later a repetition still counts; 0 means in the same period alone.
    pub lag_max: u32,
    /// Fewer changes say nothing.
    pub changes_min: u32,
    /// The part of one's changes that must repeat the other's, in 10,000ths.
    pub part_min_bps: u16,
}

/// Per forecaster the one it follows, if any: that of whose changes it repeats most, the first of equals.
///
/// Each list is in the order of periods. A change repeats another's of the same position that was committed before it, for
/// the same period or one up to `lag_max` earlier. Of two that repeat each other, as a strategy that only goes to and fro
/// makes it look, the one that repeats fewer isn't a follower.
///
/// Time is proportional to the pairs times their changes.
pub fn followers(changes: &[Vec<Change>], rule: FollowRule) -> Vec<Option<usize>> {
    let count = changes.len();
    let mut repeats = vec![vec![0_usize; count]; count];
    for (one, own) in changes.iter().enumerate() {
        for (other, others) in changes.iter().enumerate() {
            if one != other {
                repeats[one][other] = repeated(own, others, rule);
            }
        }
    }
    (0..count)
        .map(|one| {
            let own = counted(&changes[one], rule).count();
            if own < rule.changes_min.max(1) as usize {
                return None;
            }
            let enough = |repeated: usize| {
                repeated as u128 * 10_000 >= own as u128 * u128::from(rule.part_min_bps)
            };
            let others = (0..count).filter(|&other| {
                let (here, there) = (repeats[one][other], repeats[other][one]);
                other != one && here > there && enough(here)
            });
            others.max_by_key(|&other| (repeats[one][other], usize::MAX - other))
        })
        .collect()
}

/// The changes that are judged.
fn counted(own: &[Change], rule: FollowRule) -> impl Iterator<Item = &Change> {
    own.iter().filter(move |change| change.period >= rule.from)
}

/// How many changes repeat another's.
fn repeated(own: &[Change], others: &[Change], rule: FollowRule) -> usize {
    let mut begin = 0;
    let mut count = 0;
    for change in counted(own, rule) {
        let earliest = change.period.saturating_sub(u64::from(rule.lag_max));
        while others
            .get(begin)
            .is_some_and(|other| other.period < earliest)
        {
            begin += 1;
        }
        let near = others[begin..]
            .iter()
            .take_while(|other| other.period <= change.period);
        let mut same = near
            .filter(|other| other.position == change.position && other.sequence < change.sequence);
        count += usize::from(same.next().is_some());
    }
    count
}

#[cfg(test)]
mod tests {
    use super::{Change, FollowRule, followers};

    const RULE: FollowRule = FollowRule {
        from: 0,
        lag_max: 2,
        changes_min: 4,
        part_min_bps: 9_000,
    };

    /// Positions from the first period on, each committed `after` others of its period.
    fn moves(first: u64, after: u64, positions: &[i32]) -> Vec<Change> {
        (first..)
            .zip(positions)
            .map(|(period, &position)| Change {
                period,
                sequence: period * 10 + after,
                position,
            })
            .collect()
    }

    #[test]
    fn who_repeats_a_period_later_follows() {
        let leader = moves(1, 0, &[5, -3, 7, 0, 2, -9]);
        let late = moves(2, 1, &[5, -3, 7, 0, 2, -9]);
        let own = moves(1, 2, &[1, 2, 3, 4, 6, 8]);
        assert_eq!(followers(&[late, own, leader], RULE), [Some(2), None, None]);
    }

    #[test]
    fn in_one_period_the_later_commitment_follows() {
        let positions = [5, -3, 7, 0];
        let pair = [moves(1, 3, &positions), moves(1, 2, &positions)];
        assert_eq!(followers(&pair, RULE), [Some(1), None]);
    }

    #[test]
    fn to_and_fro_the_first_one_is_no_follower() {
        let leader = moves(1, 0, &[1, -1, 1, -1, 1, -1, 1, -1, 1, -1, 1, -1]);
        let late = moves(2, 1, &[1, -1, 1, -1, 1, -1, 1, -1, 1, -1, 1, -1]);
        assert_eq!(followers(&[leader, late], RULE), [None, Some(0)]);
    }

    #[test]
    fn few_changes_or_old_ones_say_nothing() {
        let leader = moves(1, 0, &[5, -3, 7]);
        assert_eq!(
            followers(&[leader, moves(2, 0, &[5, -3, 7])], RULE),
            [None, None]
        );
        let leader = moves(1, 0, &[5, -3, 7, 0, 2]);
        let old = moves(4, 0, &[5, -3, 7, 0, 2]);
        assert_eq!(followers(&[leader, old], RULE), [None, None]);
    }

    #[test]
    fn what_was_copied_from_before_the_beginning_counts() {
        let leader = moves(1, 0, &[5, -3, 7, 0, 2, -9]);
        let late = moves(2, 1, &[5, -3, 7, 0, 2, -9]);
        let rule = FollowRule { from: 4, ..RULE };
        assert_eq!(followers(&[leader, late], rule), [None, Some(0)]);
    }

    #[test]
    fn below_the_part_nobody_follows() {
        let leader = moves(1, 0, &[5, -3, 7, 0, 2]);
        let mut own = moves(2, 0, &[5, -3, 7, 0, 2]);
        own[3].position = 11;
        assert_eq!(followers(&[leader, own], RULE), [None, None]);
    }
}
