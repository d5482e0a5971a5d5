//! Sumcheck: round polynomials.
//!
//! A round polynomial of degree `D` has `D + 1` coefficients; the linear one is not sent, because the claim
//! `h(0) + h(1)` fixes it: constant coefficient first, then from the quadratic one up. Rounds bind the most significant
//! variable first, so the challenges in order are the final point.
//!
//! A sumcheck over `eq(anchor, x) F(x)` divides the eq factor of the bound variables out, and that of the round's own
//! variable is linear and known: a round sends `F`'s part alone, without its constant coefficient: `c_1, …, c_D`.
//! With `claim = (1 - a) t(0) + a t(1)` for the anchor's coordinate `a`, the constant one is
//! `claim - a (c_1 + … + c_D)`; nothing is ever inverted (Gruen's trick, turned around).

use p3_field::PrimeCharacteristicRing;

use crate::field::EF;
use crate::form::Value;

#[cfg(test)]
mod tests;

/// What a sumcheck leaves to be checked: a value at a point.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Reduced<V = EF> {
    /// The challenges, most significant variable first.
    pub point: Vec<EF>,
    /// The value that the summand must have there.
    pub claim: V,
}

/// A round polynomial under an eq factor at `at`, its constant coefficient taken from the claim.
pub fn evaluate_eq_round<const DEGREE: usize, V: Value>(
    round: &[V; DEGREE],
    claim: V,
    coordinate: EF,
    at: EF,
) -> V {
    let mut power = at;
    round.iter().fold(claim, |value, coefficient| {
        let value = value + coefficient.clone() * (power - coordinate);
        power *= at;
        value
    })
}

/// A round polynomial at `at`, its linear coefficient taken from `claim = h(0) + h(1)`.
pub fn evaluate_round<const DEGREE: usize, V: Value>(round: &[V; DEGREE], claim: V, at: EF) -> V {
    let Some((constant, higher)) = round.split_first() else {
        return claim;
    };
    let value = claim * at + constant.clone() * (EF::ONE - at.double());
    let mut power = at * at;
    higher.iter().fold(value, |value, coefficient| {
        let value = value + coefficient.clone() * (power - at);
        power *= at;
        value
    })
}
