//! A code's share of the account of soundness.
//!
//! All formulas are for words that agree with the code on a part `a = 1.05 sqrt(bound)` of the domain, where `bound` is the
//! rate's bound: above the Johnson bound `sqrt(rate)` by a twentieth or more. There a word has at most
//! `1 / (2 (a - sqrt(rate)) sqrt(rate))` code words near it, and folding two words with a random challenge keeps what
//! they agree on with the code, but for `8 n 10.5^3 / (3 rate)` challenges at most (mutual correlated agreement of lines:
//! Haböck 2025/2110; count of Dao, Kominers and Thaler 2026/2056, Theorem 5.12, whose m is at most 10 here).
//! No conjecture beyond that bound is used.

use super::code::{Code, GRINDING_BITS, RATES, Rate};

/// `log2 |EF|`, rounded down: five times `log2(2^31 - 2^24 + 1)`.
pub const CHALLENGE_BITS: f64 = 154.94;

/// What a code contributes.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct CodeSecurity {
    /// `-log2` of the probability that all queries miss a word that isn't the fold of a listed one.
    pub queries: f64,
    /// `-log2` of the probability that one fold makes words agree that didn't.
    pub fold: f64,
    /// `log2` of the number of polynomials a commitment leaves open.
    pub list: f64,
}

/// `-log2` of the agreement that a query of a code of that rate lets pass.
fn query_bits(rate: Rate) -> f64 {
    let rate = number(rate.of_128) / 128.0;
    -(1.05 * rate.sqrt()).log2()
}

/// The account of one code.
#[must_use]
pub fn security(code: &Code) -> CodeSecurity {
    let known = RATES.contains(&code.rate);
    let rate = number(code.coefficients()) / number(code.domain());
    let bound = number(code.rate.of_128) / 128.0;
    let grinding = number(GRINDING_BITS);
    let queries = number(code.rate.queries) * query_bits(code.rate) + grinding;
    let exceptional = 8.0 * number(code.domain()) * 10.5f64.powi(3) / (3.0 * rate);
    CodeSecurity {
        queries: if known && rate <= bound { queries } else { 0.0 },
        fold: CHALLENGE_BITS - exceptional.log2(),
        list: -(2.0 * (1.05 * bound.sqrt() - rate.sqrt()) * rate.sqrt()).log2(),
    }
}

fn number(count: usize) -> f64 {
    u32::try_from(count).map_or(f64::INFINITY, f64::from)
}
