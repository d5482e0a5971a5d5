//! Double-precision versions of scores, as their inventors define them: to check ours against, never for payouts.
//!
//! | module | purpose |
//! |---|---|
//! | `vector` | ranks, moments, correlation, projections |
//! | `normal` | the inverse of the normal distribution |
//! | `tournament` | the scores of one tournament case, as numerai-tools 0.7.2 computes them |
//! | `split` | the split of a subnet's emission |
//! | `price` | metrics of a series of daily log returns, as vanta-network bead3ecf computes them |

mod normal;
mod price;
mod split;
mod tournament;
mod vector;

pub use normal::inverse_normal;
pub use price::{DAYS_MAX, PriceMetrics, YearMetrics, log_returns, price_metrics};
pub use split::EmissionSplitExact;
pub use tournament::{
    TournamentCase, TournamentScores, correlation_score, payout, score_case, transform,
};
pub use vector::tie_kept_ranks;
