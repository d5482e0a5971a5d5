//! Ratings from votes between pairs, for contests without a score of their own: Bradley-Terry and Elo.
//!
//! Bradley-Terry gives one strength per entrant so that the odds of a win are e^(difference); the result doesn't
//! depend on the order of the votes. It exists only where everybody is connected by wins and losses both ways.

use crate::error::VotesError;
use crate::number::Number;

/// The most entrants of a contest.
pub const ENTRANTS_MAX: usize = 256;
/// The most votes of a contest.
pub const VOTES_MAX: usize = 1 << 22;

const ROUNDS_MAX: usize = 100;
/// Steps below this end the search: 2^-40.
const STEP_MIN: Number = Number::from_bits(1 << 8);
/// The longest step of a round, so that the search can't overshoot.
const STEP_MAX: Number = Number::ONE;
/// Strengths beyond this mean that no finite maximum exists.
const STRENGTH_MAX: Number = Number::from_integer(14);
/// 400 / ln 10 with 48 fraction bits: Elo points per unit of strength.
const POINTS_PER_STRENGTH: Number = Number::from_bits(48_897_211_671_713_688);
/// The largest update factor of Elo ratings.
const FACTOR_MAX: u16 = 1_000;
/// Bounds a component of a step where the equations are nearly singular.
const COMPONENT_MAX: i128 = 256 << crate::number::FRACTION_BITS;
const POINTS_OF_MEAN: Number = Number::from_integer(1_000);

/// Who was preferred.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Preference {
    First,
    Second,
    Tie,
}

/// One vote on two entrants.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Vote {
    pub first: u16,
    pub second: u16,
    pub preference: Preference,
}

impl Vote {
    /// What each side gets, in halves.
    fn halves(self) -> (u32, u32) {
        match self.preference {
            Preference::First => (2, 0),
            Preference::Second => (0, 2),
            Preference::Tie => (1, 1),
        }
    }
}

/// The most likely strengths, with mean zero; a tie is half a win for each. Error at most 1e-9.
pub fn bradley_terry(entrants: usize, votes: &[Vote]) -> Result<Vec<Number>, VotesError> {
    check(entrants, votes)?;
    let tally = Tally::new(entrants, votes);
    tally.check_connected()?;
    let mut strengths = vec![Number::ZERO; entrants];
    for _ in 0..ROUNDS_MAX {
        let step = tally.newton_step(&strengths);
        let longest = step.iter().map(|part| part.abs()).max();
        let longest = longest.unwrap_or(Number::ZERO);
        for (strength, part) in strengths.iter_mut().zip(&step) {
            *strength += if longest > STEP_MAX {
                part.over(longest)
            } else {
                *part
            };
        }
        centre(&mut strengths);
        if strengths
            .iter()
            .any(|strength| strength.abs() > STRENGTH_MAX)
        {
            return Err(VotesError::NoMaximum);
        }
        if longest <= STEP_MIN {
            return Ok(strengths);
        }
    }
    Err(VotesError::NoMaximum)
}

/// A strength on the scale of chess ratings, mean 1000.
pub fn rating_of_strength(strength: Number) -> Number {
    POINTS_OF_MEAN + POINTS_PER_STRENGTH.times(strength)
}

/// Elo ratings after the votes in their order, from 1000, with update factor `k`. A tie is half a win.
pub fn elo(entrants: usize, votes: &[Vote], k: u16) -> Result<Vec<Number>, VotesError> {
    check(entrants, votes)?;
    if k > FACTOR_MAX {
        return Err(VotesError::FactorTooLarge {
            got: k,
            max: FACTOR_MAX,
        });
    }
    let mut ratings = vec![POINTS_OF_MEAN; entrants];
    let factor = Number::from_integer(i32::from(k));
    for vote in votes {
        let (first, second) = (usize::from(vote.first), usize::from(vote.second));
        let advantage = (ratings[first] - ratings[second]).over(POINTS_PER_STRENGTH);
        let got = Number::ratio(i128::from(vote.halves().0), 2);
        let change = factor.times(got - win_probability(advantage));
        ratings[first] += change;
        ratings[second] -= change;
    }
    Ok(ratings)
}

fn win_probability(advantage: Number) -> Number {
    Number::ONE.over(Number::ONE + (-advantage).exp())
}

fn centre(values: &mut [Number]) {
    let sum = values.iter().fold(Number::ZERO, |sum, &value| sum + value);
    let mean = Number::from_bits(sum.to_bits() / values.len().max(1) as i128);
    for value in values {
        *value -= mean;
    }
}

fn check(entrants: usize, votes: &[Vote]) -> Result<(), VotesError> {
    if entrants > ENTRANTS_MAX {
        return Err(VotesError::TooManyEntrants {
            got: entrants,
            max: ENTRANTS_MAX,
        });
    }
    if votes.len() > VOTES_MAX {
        return Err(VotesError::TooManyVotes {
            got: votes.len(),
            max: VOTES_MAX,
        });
    }
    for (place, vote) in votes.iter().enumerate() {
        let known = |entrant: u16| usize::from(entrant) < entrants;
        if !known(vote.first) || !known(vote.second) || vote.first == vote.second {
            return Err(VotesError::BadPair {
                place,
                first: vote.first,
                second: vote.second,
            });
        }
    }
    Ok(())
}

/// Wins of each over each, in halves.
struct Tally {
    entrants: usize,
    halves: Vec<u32>,
}

impl Tally {
    fn new(entrants: usize, votes: &[Vote]) -> Self {
        let mut halves = vec![0; entrants * entrants];
        for vote in votes {
            let (first, second) = (usize::from(vote.first), usize::from(vote.second));
            let (for_first, for_second) = vote.halves();
            halves[first * entrants + second] += for_first;
            halves[second * entrants + first] += for_second;
        }
        Self { entrants, halves }
    }

    fn wins(&self, winner: usize, loser: usize) -> u32 {
        self.halves[winner * self.entrants + loser]
    }

    /// The maximum is finite exactly where everybody can be reached from everybody over wins.
    fn check_connected(&self) -> Result<(), VotesError> {
        for forwards in [true, false] {
            let mut reached = vec![false; self.entrants];
            let mut waiting = vec![0];
            while let Some(from) = waiting.pop() {
                if from >= self.entrants || reached[from] {
                    continue;
                }
                reached[from] = true;
                waiting.extend((0..self.entrants).filter(|&to| {
                    let (winner, loser) = if forwards { (from, to) } else { (to, from) };
                    !reached[to] && self.wins(winner, loser) > 0
                }));
            }
            if let Some(entrant) = reached.iter().position(|&reached| !reached) {
                return Err(VotesError::Unconnected { entrant });
            }
        }
        Ok(())
    }

    /// The step of Newton's method for the log-likelihood, the first entrant held still.
    fn newton_step(&self, strengths: &[Number]) -> Vec<Number> {
        let free = self.entrants.saturating_sub(1);
        let mut matrix = vec![vec![Number::ZERO; free + 1]; free];
        for left in 0..self.entrants {
            for right in 0..left {
                let (won, lost) = (self.wins(left, right), self.wins(right, left));
                if won + lost == 0 {
                    continue;
                }
                let games = Number::ratio(i128::from(won + lost), 2);
                let probability = win_probability(strengths[left] - strengths[right]);
                let surplus = Number::ratio(i128::from(won), 2) - games.times(probability);
                let weight = games.times(probability.times(Number::ONE - probability));
                add_pair(&mut matrix, left, right, surplus, weight);
            }
        }
        let mut step = vec![Number::ZERO];
        step.extend(solve(matrix));
        step.truncate(self.entrants);
        step
    }
}

/// Adds what one pair contributes to the equations; entrant 0 has none.
fn add_pair(
    matrix: &mut [Vec<Number>],
    left: usize,
    right: usize,
    surplus: Number,
    weight: Number,
) {
    let last = matrix.len();
    for (row, other, signed) in [(left, right, surplus), (right, left, -surplus)] {
        if row > 0 {
            matrix[row - 1][row - 1] += weight;
            matrix[row - 1][last] += signed;
            if other > 0 {
                matrix[row - 1][other - 1] -= weight;
            }
        }
    }
}

/// Gauss's elimination for a symmetric, positive definite system; the last column is the right side.
fn solve(mut matrix: Vec<Vec<Number>>) -> Vec<Number> {
    let size = matrix.len();
    for pivot in 0..size {
        let (done, rest) = matrix.split_at_mut(pivot + 1);
        let pivot_row = &done[pivot];
        for row in rest {
            if row[pivot] == Number::ZERO {
                continue;
            }
            let factor = row[pivot].over(pivot_row[pivot]);
            for column in pivot..=size {
                row[column] -= factor.times(pivot_row[column]);
            }
        }
    }
    let mut solution = vec![Number::ZERO; size];
    for row in (0..size).rev() {
        let known = (row + 1..size).fold(Number::ZERO, |sum, column| {
            sum + matrix[row][column].times(solution[column])
        });
        let component = (matrix[row][size] - known).over(matrix[row][row]);
        let bounded = component.to_bits().clamp(-COMPONENT_MAX, COMPONENT_MAX);
        solution[row] = Number::from_bits(bounded);
    }
    solution
}

#[cfg(test)]
mod tests;
