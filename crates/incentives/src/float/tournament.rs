//! The scores of one tournament case in doubles, as numerai-tools 0.7.2 defines them.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

use super::normal::inverse_normal;
use super::vector::{
    centred, dot, extremes, neutral, orthogonal, orthonormal_basis, pearson, select, tie_kept_ranks,
};
use crate::error::TournamentError;

/// The most rows of a case.
const ROWS_MAX: usize = 1 << 20;
/// The least part of the ids that every list must have.
const OVERLAP_MIN_PERCENT: usize = 80;
/// How many of the highest and of the lowest predictions the `top_bottom` scores look at.
const EXTREMES: usize = 10;

type ByModel<T> = BTreeMap<String, T>;
/// A value per row; none where it's missing.
type Column = Vec<Option<f64>>;

/// Targets, predictions, features and stakes of one round. Fields the scores don't need are ignored.
#[derive(Debug, Clone, Deserialize)]
pub struct TournamentCase {
    pub name: String,
    pub ids: Vec<String>,
    pub target: Column,
    pub predictions: ByModel<Column>,
    pub features: BTreeMap<String, Column>,
    pub stakes: ByModel<f64>,
    pub sample_weights: Column,
}

/// What a case's `expected` lists. Scores of predictions or targets that don't vary are none.
#[derive(Debug, Clone, Serialize)]
pub struct TournamentScores {
    pub tie_kept_rank: ByModel<Vec<f64>>,
    pub gaussian: ByModel<Vec<f64>>,
    pub rank_gauss_pow15: ByModel<Vec<f64>>,
    pub stake_weight_of_tie_kept_rank: Vec<f64>,
    pub stake_weight_of_raw: Vec<f64>,
    pub numerai_corr: ByModel<Option<f64>>,
    pub correlation_contribution_mmc: ByModel<Option<f64>>,
    pub contribution_leave_one_out_mm: ByModel<Option<f64>>,
    pub neutralize_gaussian_full: ByModel<Vec<f64>>,
    pub neutralize_gaussian_half: ByModel<Vec<f64>>,
    pub feature_neutral_corr: ByModel<Option<f64>>,
    pub neutral_correlation: ByModel<Option<f64>>,
    pub neutral_contribution: ByModel<Option<f64>>,
    pub max_feature_correlation: ByModel<Option<(String, f64)>>,
    pub spearman: ByModel<Option<f64>>,
    pub pearson: ByModel<Option<f64>>,
    pub alpha: ByModel<Option<f64>>,
    pub meta_portfolio_contribution: ByModel<Option<f64>>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub numerai_corr_top_bottom_10: Option<ByModel<Option<f64>>>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub correlation_contribution_top_bottom_10: Option<ByModel<Option<f64>>>,
}

/// Scores one case.
pub fn score_case(case: &TournamentCase) -> Result<TournamentScores, TournamentError> {
    let round = Round::new(case)?;
    let map = |score: &dyn Fn(&Model) -> Option<f64>| round.by_model(score);
    let many_rows = round.target.len() > 2 * EXTREMES;
    Ok(TournamentScores {
        tie_kept_rank: round.by_model(&|model| model.ranks.clone()),
        gaussian: round.by_model(&|model| model.gaussian.clone()),
        rank_gauss_pow15: round.by_model(&|model| model.powered.clone()),
        stake_weight_of_tie_kept_rank: round.meta.clone(),
        stake_weight_of_raw: stake_weighted(&round.models, None, |model| &model.raw),
        numerai_corr: map(&|model| pearson(&powered(&round.centred_target), &model.powered)),
        correlation_contribution_mmc: map(&|model| {
            round.contribution(&model.gaussian, &gaussian(&round.meta), None)
        }),
        contribution_leave_one_out_mm: map(&|model| {
            let others = stake_weighted(&round.models, Some(&model.name), |model| &model.ranks);
            round.contribution(&model.gaussian, &gaussian(&others), None)
        }),
        neutralize_gaussian_full: round.by_model(&|model| round.neutral(&model.gaussian, 1.0)),
        neutralize_gaussian_half: round.by_model(&|model| round.neutral(&model.gaussian, 0.5)),
        feature_neutral_corr: map(&|model| {
            let neutral = transform(&round.neutral(&model.gaussian, 1.0));
            pearson(&powered(&round.centred_target), &neutral)
        }),
        neutral_correlation: map(&|model| {
            pearson(&round.centred_target, &round.neutral(&model.gaussian, 1.0))
        }),
        neutral_contribution: map(&|model| {
            let meta = round.neutral(&gaussian(&round.meta), 1.0);
            round.contribution(&round.neutral(&model.gaussian, 1.0), &meta, None)
        }),
        max_feature_correlation: round.by_model(&|model| round.closest_feature(&model.ranks)),
        spearman: map(&|model| pearson(&tie_kept_ranks(&round.target), &model.ranks)),
        pearson: map(&|model| pearson(&round.target, &model.raw)),
        alpha: map(&|model| round.alpha(model)),
        meta_portfolio_contribution: round.portfolio_contributions(),
        numerai_corr_top_bottom_10: many_rows
            .then(|| map(&|model| round.extreme_correlation(&model.powered))),
        correlation_contribution_top_bottom_10: many_rows.then(|| {
            map(&|model| {
                round.contribution(&model.gaussian, &gaussian(&round.meta), Some(EXTREMES))
            })
        }),
    })
}

/// Correlation with the target after ranks, inverse normal and the power 1.5; none if one side is constant.
///
/// Refuses a list that lacks more than a fifth of the ids. With `power_target` the target gets the power too.
pub fn correlation_score(
    target: &[Option<f64>],
    prediction: &[Option<f64>],
    power_target: bool,
) -> Result<Option<f64>, TournamentError> {
    let rows = common_rows(&[("target", target), ("prediction", prediction)])?;
    let known: Vec<f64> = target.iter().copied().flatten().collect();
    let mean = known.iter().sum::<f64>() / known.len() as f64;
    let target: Vec<f64> = pick(target, &rows).iter().map(|cell| cell - mean).collect();
    let target = if power_target {
        powered(&target)
    } else {
        target
    };
    Ok(pearson(&target, &transform(&pick(prediction, &rows))))
}

/// `stake x clip(factor x (correlation and contribution, each times its multiplier), 5 %)`.
pub fn payout(stake: f64, factor: f64, correlation_part: f64, contribution_part: f64) -> f64 {
    stake * (factor * (correlation_part + contribution_part)).clamp(-0.05, 0.05)
}

/// Tie-kept ranks, inverse normal, power 1.5.
pub fn transform(values: &[f64]) -> Vec<f64> {
    powered(&gaussian(values))
}

fn gaussian(values: &[f64]) -> Vec<f64> {
    tie_kept_ranks(values)
        .into_iter()
        .map(inverse_normal)
        .collect()
}

fn powered(values: &[f64]) -> Vec<f64> {
    values
        .iter()
        .map(|&value| libm::copysign(libm::pow(value.abs(), 1.5), value))
        .collect()
}

struct Model {
    name: String,
    stake: f64,
    raw: Vec<f64>,
    ranks: Vec<f64>,
    gaussian: Vec<f64>,
    powered: Vec<f64>,
}

/// A case with its common rows only, sorted by id.
struct Round {
    target: Vec<f64>,
    centred_target: Vec<f64>,
    models: Vec<Model>,
    meta: Vec<f64>,
    features: Vec<(String, Vec<f64>)>,
    basis: Vec<Vec<f64>>,
    sample_weights: Vec<f64>,
}

impl Round {
    fn new(case: &TournamentCase) -> Result<Self, TournamentError> {
        let rows = case_rows(case)?;
        let known: Vec<f64> = case.target.iter().copied().flatten().collect();
        let mean = known.iter().sum::<f64>() / known.len() as f64;
        let target = pick(&case.target, &rows);
        let mut models = Vec::new();
        for (name, column) in &case.predictions {
            let stake = case.stakes.get(name).copied().unwrap_or(0.0);
            if !stake.is_finite() || stake < 0.0 {
                return Err(TournamentError::Stake {
                    model: name.clone(),
                });
            }
            let raw = pick(column, &rows);
            let gaussian = gaussian(&raw);
            models.push(Model {
                name: name.clone(),
                stake,
                ranks: tie_kept_ranks(&raw),
                powered: powered(&gaussian),
                gaussian,
                raw,
            });
        }
        let features: Vec<(String, Vec<f64>)> = case
            .features
            .iter()
            .map(|(name, column)| (name.clone(), pick(column, &rows)))
            .collect();
        let mut columns: Vec<Vec<f64>> =
            features.iter().map(|(_, column)| column.clone()).collect();
        columns.push(vec![1.0; rows.len()]);
        Ok(Self {
            centred_target: target.iter().map(|cell| cell - mean).collect(),
            target,
            meta: stake_weighted(&models, None, |model| &model.ranks),
            models,
            features,
            basis: orthonormal_basis(&columns),
            sample_weights: pick(&case.sample_weights, &rows),
        })
    }

    fn by_model<T>(&self, score: &dyn Fn(&Model) -> T) -> ByModel<T> {
        self.models
            .iter()
            .map(|model| (model.name.clone(), score(model)))
            .collect()
    }

    fn neutral(&self, values: &[f64], proportion: f64) -> Vec<f64> {
        neutral(values, &self.basis, proportion)
    }

    /// Covariance of the target with what the prediction has and the meta model hasn't.
    fn contribution(
        &self,
        prediction: &[f64],
        meta: &[f64],
        extremes_only: Option<usize>,
    ) -> Option<f64> {
        let own = orthogonal(prediction, meta);
        let buckets = self.target.iter().all(|cell| (0.0..=1.0).contains(cell));
        let scale = if buckets { 4.0 } else { 1.0 };
        let target: Vec<f64> = self.target.iter().map(|cell| cell * scale).collect();
        let target = centred(&target);
        let score = match extremes_only {
            None => dot(&target, &own) / target.len() as f64,
            Some(count) => {
                let rows = extremes(&own, count);
                dot(&select(&target, &rows), &select(&own, &rows)) / (2 * count) as f64
            }
        };
        score.is_finite().then_some(score)
    }

    fn extreme_correlation(&self, powered_prediction: &[f64]) -> Option<f64> {
        let rows = extremes(powered_prediction, EXTREMES);
        let target = select(&powered(&self.centred_target), &rows);
        pearson(&target, &select(powered_prediction, &rows))
    }

    fn closest_feature(&self, prediction: &[f64]) -> Option<(String, f64)> {
        let mut closest: Option<(String, f64)> = None;
        for (name, feature) in &self.features {
            let Some(correlation) = pearson(feature, prediction).map(f64::abs) else {
                continue;
            };
            if closest.as_ref().is_none_or(|(_, best)| correlation > *best) {
                closest = Some((name.clone(), correlation));
            }
        }
        closest
    }

    /// A prediction as a portfolio: weighted rows, less what the features carry.
    fn portfolio(&self, model: &Model) -> Vec<f64> {
        let weighted: Vec<f64> = model
            .powered
            .iter()
            .zip(&self.sample_weights)
            .map(|(cell, weight)| cell * weight)
            .collect();
        let mut rest = model.powered.clone();
        for (_, feature) in &self.features {
            let part = dot(feature, &weighted);
            for (cell, along) in rest.iter_mut().zip(feature) {
                *cell -= part * along;
            }
        }
        rest.iter()
            .zip(&self.sample_weights)
            .map(|(cell, weight)| cell * weight)
            .collect()
    }

    fn alpha(&self, model: &Model) -> Option<f64> {
        let score = dot(&self.portfolio(model), &self.centred_target) / self.target.len() as f64;
        score.is_finite().then_some(score)
    }

    /// How the stake-weighted portfolio's return changes with each model's stake.
    fn portfolio_contributions(&self) -> ByModel<Option<f64>> {
        const SCALE: f64 = 50.0;
        let total: f64 = self.models.iter().map(|model| model.stake).sum();
        let portfolios: Vec<Vec<f64>> = self
            .models
            .iter()
            .map(|model| centred(&self.portfolio(model)))
            .collect();
        let mut whole = vec![0.0; self.target.len()];
        for (model, portfolio) in self.models.iter().zip(&portfolios) {
            for (cell, part) in whole.iter_mut().zip(portfolio) {
                *cell += part * model.stake / total;
            }
        }
        let whole = centred(&whole);
        let length = libm::sqrt(dot(&whole, &whole));
        let target = centred(&self.target);
        self.models
            .iter()
            .zip(&portfolios)
            .map(|(model, portfolio)| {
                let score = dot(&orthogonal(portfolio, &whole), &target) / length / SCALE;
                (model.name.clone(), score.is_finite().then_some(score))
            })
            .collect()
    }
}

/// The mean of the models' columns weighted by stake, one model left out or none.
fn stake_weighted(
    models: &[Model],
    without: Option<&str>,
    column: impl Fn(&Model) -> &Vec<f64>,
) -> Vec<f64> {
    let counted: Vec<&Model> = models
        .iter()
        .filter(|model| without != Some(model.name.as_str()))
        .collect();
    let total: f64 = counted.iter().map(|model| model.stake).sum();
    let rows = models.first().map_or(0, |model| model.raw.len());
    (0..rows)
        .map(|row| {
            let weighted = counted.iter().map(|model| column(model)[row] * model.stake);
            weighted.sum::<f64>() / total
        })
        .collect()
}

/// The rows that every list of the case has, sorted by id.
fn case_rows(case: &TournamentCase) -> Result<Vec<usize>, TournamentError> {
    let mut columns: Vec<(&str, &[Option<f64>])> = vec![
        ("target", &case.target),
        ("sample_weights", &case.sample_weights),
    ];
    for (name, column) in case.predictions.iter().chain(&case.features) {
        columns.push((name, column));
    }
    if case.ids.len() != case.target.len() {
        return Err(TournamentError::Length {
            list: "ids".to_owned(),
            got: case.ids.len(),
            expected: case.target.len(),
        });
    }
    let mut rows = common_rows(&columns)?;
    rows.sort_by(|&left, &right| case.ids[left].cmp(&case.ids[right]));
    if rows
        .windows(2)
        .any(|pair| case.ids[pair[0]] == case.ids[pair[1]])
    {
        return Err(TournamentError::RepeatedId);
    }
    Ok(rows)
}

fn common_rows(columns: &[(&str, &[Option<f64>])]) -> Result<Vec<usize>, TournamentError> {
    let expected = columns.first().map_or(0, |(_, column)| column.len());
    if expected == 0 || expected > ROWS_MAX {
        return Err(TournamentError::Rows {
            got: expected,
            max: ROWS_MAX,
        });
    }
    for (list, column) in columns {
        if column.len() != expected {
            return Err(TournamentError::Length {
                list: (*list).to_owned(),
                got: column.len(),
                expected,
            });
        }
    }
    let rows: Vec<usize> = (0..expected)
        .filter(|&row| {
            columns
                .iter()
                .all(|(_, column)| column[row].is_some_and(f64::is_finite))
        })
        .collect();
    if rows.len() * 100 < expected * OVERLAP_MIN_PERCENT {
        return Err(TournamentError::TooManyMissing {
            common: rows.len(),
            of: expected,
            min_percent: OVERLAP_MIN_PERCENT,
        });
    }
    Ok(rows)
}

fn pick(column: &[Option<f64>], rows: &[usize]) -> Vec<f64> {
    rows.iter().filter_map(|&row| column[row]).collect()
}
