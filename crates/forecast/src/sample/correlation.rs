//! Which inputs move together, as the matrix that mixes independent normal variables.

use crate::scenario::Correlation;

/// The lower triangle L with L L' = the correlation matrix, over the inputs that any correlation names.
#[derive(Clone, Debug)]
pub(crate) struct CorrelationMatrix {
    pub(crate) names: Vec<String>,
    pub(crate) lower: Vec<Vec<f64>>,
}

impl CorrelationMatrix {
    /// `None` if no variables can have these correlations: the matrix must be positive definite.
    pub(crate) fn new(correlations: &[Correlation]) -> Option<Self> {
        let mut names: Vec<String> = correlations
            .iter()
            .flat_map(|correlation| correlation.between.clone())
            .collect();
        names.sort();
        names.dedup();
        let size = names.len();
        let mut matrix = vec![vec![0.0; size]; size];
        for (index, row) in matrix.iter_mut().enumerate() {
            row[index] = 1.0;
        }
        for correlation in correlations {
            let [first, second] = correlation
                .between
                .each_ref()
                .map(|name| names.binary_search(name).ok());
            let (first, second) = (first?, second?);
            matrix[first][second] = correlation.coefficient;
            matrix[second][first] = correlation.coefficient;
        }
        Some(Self {
            names,
            lower: cholesky(&matrix)?,
        })
    }
}

fn cholesky(matrix: &[Vec<f64>]) -> Option<Vec<Vec<f64>>> {
    const LEAST_PIVOT: f64 = 1e-12;
    let size = matrix.len();
    let mut lower = vec![vec![0.0; size]; size];
    for row in 0..size {
        for column in 0..=row {
            let inner: f64 = (0..column).map(|k| lower[row][k] * lower[column][k]).sum();
            let rest = matrix[row][column] - inner;
            if row == column {
                if rest < LEAST_PIVOT {
                    return None;
                }
                lower[row][row] = rest.sqrt();
            } else {
                lower[row][column] = rest / lower[column][column];
            }
        }
    }
    Some(lower)
}
