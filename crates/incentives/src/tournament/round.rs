//! The scores of a round.

use super::features::FeatureBasis;
use super::normal::{NormalTable, powered, to_vector};
use super::ranks::{doubled_ranks, doubled_ranks_of_small};
use super::statistics::{Side, contribution, pearson};
use crate::error::TournamentError;
use crate::number::Number;

/// The most rows of a round.
pub const ROWS_MAX: usize = 1 << 20;
/// The most entrants of a round.
pub const ENTRANTS_MAX: usize = 1 << 16;
/// The most features that predictions are made neutral to.
pub const FEATURES_MAX: usize = 256;
/// Of how many rows an entrant may leave out the prediction.
pub const MISSING_MAX_PERCENT: usize = 20;
/// The largest target: one.
pub const FULL: u32 = 1 << 31;
/// Ranks of entrants with missing rows are scaled to all rows, with so many more bits.
const RANK_BITS: u32 = 20;

/// What entrants predict and are scored by.
pub struct Round {
    targets: Vec<u32>,
    features: Vec<Vec<u16>>,
}

/// One entrant's stake and prediction, a value per row or none; only the order of the values matters.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Entrant {
    pub stake: u64,
    pub prediction: Vec<Option<u32>>,
}

/// An entrant's scores; none where prediction, target or meta model doesn't vary.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Score {
    /// With the target, as Numerai's correlation.
    pub correlation: Option<Number>,
    /// To the stake-weighted meta model.
    pub contribution: Option<Number>,
    /// The correlation of what features don't explain; none in rounds without features.
    pub feature_neutral: Option<Number>,
}

/// All scores, and the ranks of the meta model for who wants to recompute one.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct RoundScores {
    pub scores: Vec<Score>,
    pub meta_ranks: Vec<u32>,
}

impl Round {
    /// Targets are parts of [`FULL`]; features are levels, one list a feature.
    pub fn new(targets: Vec<u32>, features: Vec<Vec<u16>>) -> Result<Self, TournamentError> {
        if targets.is_empty() || targets.len() > ROWS_MAX {
            return Err(TournamentError::Rows {
                got: targets.len(),
                max: ROWS_MAX,
            });
        }
        if let Some(row) = targets.iter().position(|&target| target > FULL) {
            return Err(TournamentError::Target { row });
        }
        if features.len() > FEATURES_MAX {
            return Err(TournamentError::TooManyFeatures {
                got: features.len(),
                max: FEATURES_MAX,
            });
        }
        for feature in &features {
            check_length("a feature", feature.len(), targets.len())?;
        }
        Ok(Self { targets, features })
    }

    /// Scores everybody. Equal predictions get equal scores, whatever their stakes.
    pub fn score(&self, entrants: &[Entrant]) -> Result<RoundScores, TournamentError> {
        self.check(entrants)?;
        let all_rows: Vec<usize> = (0..self.targets.len()).collect();
        let meta = self.meta_model(entrants);
        let whole = self.view(&all_rows, &meta);
        let scores = entrants
            .iter()
            .map(|entrant| {
                let rows: Vec<usize> = (0..self.targets.len())
                    .filter(|&row| entrant.prediction[row].is_some())
                    .collect();
                let values: Vec<u32> = entrant.prediction.iter().copied().flatten().collect();
                if rows.len() == self.targets.len() {
                    whole.score(&values)
                } else {
                    self.view(&rows, &meta).score(&values)
                }
            })
            .collect();
        Ok(RoundScores {
            scores,
            meta_ranks: doubled_ranks(&meta),
        })
    }

    fn check(&self, entrants: &[Entrant]) -> Result<(), TournamentError> {
        if entrants.len() > ENTRANTS_MAX {
            return Err(TournamentError::TooManyEntrants {
                got: entrants.len(),
                max: ENTRANTS_MAX,
            });
        }
        let rows = self.targets.len();
        for entrant in entrants {
            check_length("a prediction", entrant.prediction.len(), rows)?;
            let present = entrant.prediction.iter().flatten().count();
            if present * 100 < rows * (100 - MISSING_MAX_PERCENT) {
                return Err(TournamentError::TooManyMissing {
                    common: present,
                    of: rows,
                    min_percent: 100 - MISSING_MAX_PERCENT,
                });
            }
        }
        Ok(())
    }

    /// Per row the sum of stake times doubled rank, exact for entrants with every row; a missing prediction counts as
    /// the middle rank.
    fn meta_model(&self, entrants: &[Entrant]) -> Vec<u128> {
        let rows = self.targets.len() as u128;
        let mut meta = vec![0; self.targets.len()];
        for entrant in entrants.iter().filter(|entrant| entrant.stake > 0) {
            let values: Vec<u32> = entrant.prediction.iter().copied().flatten().collect();
            let count = values.len().max(1) as u128;
            let mut ranks = ranks_of(&values).into_iter();
            for (cell, prediction) in meta.iter_mut().zip(&entrant.prediction) {
                let doubled = match prediction {
                    Some(_) => ranks.next().map_or(count, u128::from),
                    None => count,
                };
                *cell += u128::from(entrant.stake) * (((doubled * rows) << RANK_BITS) / count);
            }
        }
        meta
    }

    fn view(&self, rows: &[usize], meta: &[u128]) -> View {
        let count = rows.len() as i128;
        let table = NormalTable::new(rows.len());
        let meta: Vec<u128> = rows.iter().map(|&row| meta[row]).collect();
        let meta = doubled_ranks(&meta);
        let all: i128 = self.targets.iter().map(|&target| i128::from(target)).sum();
        let total = self.targets.len() as i128;
        let sum: i128 = rows.iter().map(|&row| i128::from(self.targets[row])).sum();
        let centred = |row: &usize| {
            // The mean is that of all rows, also where some are missing.
            let deviation = total * i128::from(self.targets[*row]) - all;
            to_vector(powered(Number::ratio(deviation, total << 31)))
        };
        let features = (!self.features.is_empty()).then(|| FeatureBasis::new(&self.features, rows));
        View {
            target: Side::new(rows.iter().map(centred).collect()),
            target_deviation: rows
                .iter()
                .map(|&row| 2 * (count * i128::from(self.targets[row]) - sum) as i64)
                .collect(),
            meta: meta
                .iter()
                .map(|&rank| table.gaussian[rank as usize])
                .collect(),
            table,
            features,
        }
    }
}

fn check_length(list: &str, got: usize, expected: usize) -> Result<(), TournamentError> {
    if got == expected {
        return Ok(());
    }
    Err(TournamentError::Length {
        list: list.to_owned(),
        got,
        expected,
    })
}

/// The rows that an entrant predicted, ready for scoring.
struct View {
    table: NormalTable,
    /// Centred, to the power 1.5.
    target: Side,
    /// `count x target - sum`, with 32 fraction bits.
    target_deviation: Vec<i64>,
    meta: Vec<i64>,
    features: Option<FeatureBasis>,
}

impl View {
    fn score(&self, values: &[u32]) -> Score {
        let ranks = ranks_of(values);
        let gaussian = look_up(&self.table.gaussian, &ranks);
        let correlation = self.correlation(&ranks);
        let feature_neutral = self.features.as_ref().and_then(|basis| {
            correlation?;
            let neutral = basis.neutral(&gaussian);
            self.correlation(&doubled_ranks_of_small(neutral.into_iter()))
        });
        Score {
            correlation,
            contribution: contribution(&self.target_deviation, &gaussian, &self.meta),
            feature_neutral,
        }
    }

    fn correlation(&self, ranks: &[u32]) -> Option<Number> {
        pearson(
            &self.target,
            &Side::new(look_up(&self.table.powered, ranks)),
        )
    }
}

fn ranks_of(values: &[u32]) -> Vec<u32> {
    doubled_ranks_of_small(values.iter().map(|&value| i64::from(value)))
}

fn look_up(table: &[i64], ranks: &[u32]) -> Vec<i64> {
    ranks.iter().map(|&rank| table[rank as usize]).collect()
}
