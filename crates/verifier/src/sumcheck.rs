//! Sumcheck: round polynomials and their verification.
//!
//! A round polynomial of degree `D` has `D + 1` coefficients; the linear one is not sent, because the claim
//! `h(0) + h(1)` fixes it. Rounds bind the most significant variable first, so the challenges in order are
//! the final point.

use p3_field::PrimeCharacteristicRing;

use crate::codec::{CodecError, EXTENSION_BYTES, Reader, Writer};
use crate::field::EF;
use crate::transcript::Transcript;

#[cfg(test)]
mod tests;

/// What a sumcheck leaves to be checked: a value at a point.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Reduced {
    /// The challenges, most significant variable first.
    pub point: Vec<EF>,
    /// The value that the summand must have there.
    pub claim: EF,
}

/// The round polynomials of one sumcheck of degree `DEGREE`, each without its linear coefficient:
/// constant coefficient first, then from the quadratic one up.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Sumcheck<const DEGREE: usize> {
    /// One entry a variable.
    pub rounds: Vec<[EF; DEGREE]>,
}

impl<const DEGREE: usize> Sumcheck<DEGREE> {
    /// Bytes of a sumcheck over `variables` variables.
    #[must_use]
    pub fn encoded_bytes(variables: usize) -> usize {
        variables
            .saturating_mul(DEGREE)
            .saturating_mul(EXTENSION_BYTES)
    }

    /// Appends the round polynomials.
    pub fn encode(&self, writer: &mut Writer) {
        self.rounds
            .iter()
            .for_each(|round| writer.extensions(round));
    }

    /// Reads the round polynomials of a sumcheck over `variables` variables.
    ///
    /// # Errors
    ///
    /// [`CodecError`] for too few bytes and unreduced elements.
    pub fn decode(reader: &mut Reader<'_>, variables: usize) -> Result<Self, CodecError> {
        reader.require(variables, Self::encoded_bytes(1))?;
        let mut rounds = Vec::with_capacity(variables);
        for _ in 0..variables {
            let mut round = [EF::ZERO; DEGREE];
            for coefficient in &mut round {
                *coefficient = reader.extension()?;
            }
            rounds.push(round);
        }
        Ok(Self { rounds })
    }

    /// Runs through the rounds: the point, and the claim left there. The number of variables is the number of rounds,
    /// which who decoded fixed.
    #[must_use]
    pub fn verify(&self, claim: EF, transcript: &mut Transcript) -> Reduced {
        let mut reduced = Reduced {
            point: Vec::with_capacity(self.rounds.len()),
            claim,
        };
        for round in &self.rounds {
            let challenge = round_challenge(round, transcript);
            reduced.claim = evaluate_round(round, reduced.claim, challenge);
            reduced.point.push(challenge);
        }
        reduced
    }
}

/// The round polynomials of a sumcheck over `eq(anchor, x) F(x)`, with `F` of degree `DEGREE` in each variable.
///
/// The eq factor of the bound variables is divided out and that of the round's own variable is linear and
/// known, so a round sends `F`'s part alone, without its constant coefficient: `c_1, …, c_DEGREE`. With
/// `claim = (1 - a) t(0) + a t(1)` for the anchor's coordinate `a`, the constant one is
/// `claim - a (c_1 + … + c_DEGREE)`; nothing is ever inverted (Gruen's trick, turned around).
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct EqSumcheck<const DEGREE: usize> {
    /// One entry a variable.
    pub rounds: Vec<[EF; DEGREE]>,
}

impl<const DEGREE: usize> EqSumcheck<DEGREE> {
    /// Appends the round polynomials.
    pub fn encode(&self, writer: &mut Writer) {
        self.rounds
            .iter()
            .for_each(|round| writer.extensions(round));
    }

    /// Reads the round polynomials of a sumcheck over `variables` variables.
    ///
    /// # Errors
    ///
    /// [`CodecError`] for too few bytes and unreduced elements.
    pub fn decode(reader: &mut Reader<'_>, variables: usize) -> Result<Self, CodecError> {
        let Sumcheck { rounds } = Sumcheck::decode(reader, variables)?;
        Ok(Self { rounds })
    }

    /// Runs through the rounds; what is left is `F` at the point, without the eq factor. The anchor has
    /// as many coordinates as there are rounds; further ones are not looked at.
    #[must_use]
    pub fn verify(&self, anchor: &[EF], claim: EF, transcript: &mut Transcript) -> Reduced {
        let mut reduced = Reduced {
            point: Vec::with_capacity(self.rounds.len()),
            claim,
        };
        for (round, &coordinate) in self.rounds.iter().zip(anchor) {
            let challenge = round_challenge(round, transcript);
            reduced.claim = evaluate_eq_round(round, reduced.claim, coordinate, challenge);
            reduced.point.push(challenge);
        }
        reduced
    }
}

/// A round polynomial of an [`EqSumcheck`] at `at`, its constant coefficient taken from the claim.
pub fn evaluate_eq_round<const DEGREE: usize>(
    round: &[EF; DEGREE],
    claim: EF,
    coordinate: EF,
    at: EF,
) -> EF {
    let sum: EF = round.iter().copied().sum();
    let high = round
        .iter()
        .rev()
        .fold(EF::ZERO, |value, &c| (value + c) * at);
    claim - coordinate * sum + high
}

/// Absorbs a round polynomial and draws the round's challenge: one code path for prover and verifier.
pub fn round_challenge<const DEGREE: usize>(
    round: &[EF; DEGREE],
    transcript: &mut Transcript,
) -> EF {
    transcript.absorb("sumcheck round", round);
    transcript.challenge("sumcheck challenge")
}

/// A round polynomial at `at`, its linear coefficient taken from `claim = h(0) + h(1)`.
pub fn evaluate_round<const DEGREE: usize>(round: &[EF; DEGREE], claim: EF, at: EF) -> EF {
    let Some((&constant, higher)) = round.split_first() else {
        return claim;
    };
    let linear = higher
        .iter()
        .fold(claim - constant.double(), |left, &c| left - c);
    let high = higher
        .iter()
        .rev()
        .fold(EF::ZERO, |value, &c| (value + c) * at);
    (high + linear) * at + constant
}
