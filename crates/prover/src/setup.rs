//! Keys: the weights' commitment, their range proof, the verifying key.

use std::path::Path;

use lilliput_graph::exec::check_weights;
use lilliput_graph::{Checked, ExecError, Weights};
use lilliput_verifier::argument::ArgumentError;
use lilliput_verifier::field::{EF, F};
use lilliput_verifier::key::{
    CommittedWeights, OPENINGS_MAX, encode_key, outside_point, range_argument, range_transcript,
};
use lilliput_verifier::layers::Unprovable;
use lilliput_verifier::layout::{Hidden, Layout, Polynomial, SALT_CELLS};
use lilliput_verifier::pcs::settle::products;
use lilliput_verifier::pcs::{Code, Codeword, Randomness};
use lilliput_verifier::point::eq_table;
use lilliput_verifier::receiver::Receiver;
use lilliput_verifier::settle::{multiplicity_claims, value_claims};
use lilliput_verifier::{KeyError, VerifyingKey};

use crate::layers::{Backend, Fast};
use crate::logup::{OutOfTable, SegmentValues, Witness, count};
use crate::pcs::file::{CodeFile, CodeFileError};
use crate::pcs::{Committed, blind};
use crate::settle::{Blinded, Heard, Opened, SettleError, columns, settle};
use crate::transcript::Transcript;
use crate::witness::cells;

#[cfg(test)]
mod tests;

/// Openings of a key when nothing else is said.
pub const OPENINGS_DEFAULT: u32 = 128;

/// Whether a model's weights are hidden, and for how many proofs.
#[derive(Clone, Copy, PartialEq, Eq)]
pub enum Hiding {
    /// By nothing: whoever has the weights gets the same key.
    None,
    /// For that many openings, by a secret seed.
    Weights {
        /// What the salt and the blinding rows are made from.
        seed: [u8; 32],
        /// Proofs that keep the weights hidden, at least one.
        openings: u32,
    },
}

impl std::fmt::Debug for Hiding {
    fn fmt(&self, formatter: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        formatter.write_str(match self {
            Self::None => "None",
            Self::Weights { .. } => "Weights",
        })
    }
}

impl Hiding {
    /// Openings as they stand in the key.
    #[must_use]
    pub fn openings(&self) -> u32 {
        match self {
            Self::None => 0,
            Self::Weights { openings, .. } => *openings,
        }
    }

    fn randomness(&self, purpose: &str) -> Option<Randomness> {
        match self {
            Self::None => None,
            Self::Weights { seed, .. } => Some(Randomness::new(seed, purpose)),
        }
    }
}

/// Why no keys are made.
#[derive(Debug, thiserror::Error)]
pub enum SetupError {
    /// Weights that aren't the graph's.
    #[error(transparent)]
    Weights(#[from] ExecError),
    /// A graph that can't be proven.
    #[error("the model can't be proven: {0}")]
    Unprovable(#[from] Unprovable),
    /// A weight outside of its range.
    #[error(transparent)]
    Range(#[from] OutOfTable),
    /// A number of openings that no key has.
    #[error("a key hides weights for 1 to {OPENINGS_MAX} proofs, not for {0}")]
    Openings(u32),
    /// The range argument can't be ended.
    #[error(transparent)]
    Settle(#[from] SettleError),
    /// The encoded weights can't be kept in a file.
    #[error(transparent)]
    CodeFile(#[from] CodeFileError),
    /// The range argument can't be followed; the prover has a fault.
    #[error("the range argument can't be followed: {0}")]
    Argument(#[from] ArgumentError),
    /// The key is refused by its own check.
    #[error("the key made doesn't hold: {0}")]
    Key(#[from] KeyError),
    /// The model behind a key has other weights.
    #[error("these weights are not the ones that the key commits to")]
    OtherWeights,
}

/// What a prover keeps of a model.
#[derive(Clone, Debug)]
pub struct ProvingKey {
    pub(crate) verifying: VerifyingKey,
    pub(crate) weights: Weights,
    pub(crate) committed: Option<Committed>,
}

impl ProvingKey {
    /// Puts a proving key together from a model's verifying key, its weights and what hides them: commits again,
    /// makes no range argument.
    ///
    /// # Errors
    ///
    /// [`SetupError::OtherWeights`] when the commitment isn't the key's.
    pub fn rebuild(
        verifying: VerifyingKey,
        weights: Weights,
        hiding: &Hiding,
    ) -> Result<Self, SetupError> {
        check_weights(verifying.graph(), &weights)?;
        let committed = match &verifying.layout().weights {
            Some(polynomial) => Some(commit(polynomial, &weights, hiding)?.0),
            None => None,
        };
        let expected = verifying.weights().map(|own| &own.root);
        if committed.as_ref().map(Committed::root).as_ref() != expected {
            return Err(SetupError::OtherWeights);
        }
        Ok(Self {
            verifying,
            weights,
            committed,
        })
    }

    /// As [`ProvingKey::rebuild`], but reads the encoded weights from a file, row by row as proofs ask for them. The
    /// file is written when it isn't there.
    ///
    /// # Errors
    ///
    /// [`SetupError`].
    pub fn with_code_file(
        verifying: VerifyingKey,
        weights: Weights,
        hiding: &Hiding,
        path: &Path,
    ) -> Result<Self, SetupError> {
        if !path.exists() {
            let own = Self::rebuild(verifying.clone(), weights.clone(), hiding)?;
            own.write_code_file(path)?;
        }
        let (Some(polynomial), Some(expected)) = (&verifying.layout().weights, verifying.weights())
        else {
            return Self::rebuild(verifying, weights, hiding);
        };
        check_weights(verifying.graph(), &weights)?;
        if hiding.openings() != expected.openings {
            return Err(SetupError::OtherWeights);
        }
        let segments = segments(&weights);
        let multiplicities = count(&polynomial.lookups, &segments)?;
        let values: Vec<&[i64]> = segments.iter().map(|segment| segment.values).collect();
        let cells = cells(polynomial, &values, &multiplicities);
        let (code, coefficients) = coefficients(polynomial, cells, hiding);
        // The value out of the domain tells other weights, another seed too.
        if evaluate(&code, &coefficients, &expected.point) != expected.value {
            return Err(SetupError::OtherWeights);
        }
        let file = CodeFile::open(path, &code, &expected.root)?;
        let committed = Committed::from_file(code, coefficients, file);
        Ok(Self {
            verifying,
            weights,
            committed: Some(committed),
        })
    }

    /// Writes the encoded weights to a file, for later proofs; nothing if the model has none.
    ///
    /// # Errors
    ///
    /// [`SetupError::CodeFile`].
    pub fn write_code_file(&self, path: &Path) -> Result<(), SetupError> {
        if let Some(committed) = &self.committed
            && let Some(codeword) = committed.codeword()
        {
            CodeFile::write(path, &committed.code, codeword)?;
        }
        Ok(())
    }

    /// The key for those who check.
    #[must_use]
    pub fn verifying_key(&self) -> &VerifyingKey {
        &self.verifying
    }
}

/// Commits to a model's weights and shows that they are in range.
///
/// # Errors
///
/// [`SetupError`].
pub fn setup(
    graph: &Checked,
    weights: Weights,
    hiding: &Hiding,
) -> Result<(ProvingKey, VerifyingKey), SetupError> {
    if let Hiding::Weights { openings, .. } = hiding
        && !(1..=OPENINGS_MAX).contains(openings)
    {
        return Err(SetupError::Openings(*openings));
    }
    check_weights(graph.graph(), &weights)?;
    let layout = Layout::new(graph, Hidden::default())?;
    let graph_bytes = graph.graph().encode();
    let (committed, bytes) = match &layout.weights {
        Some(polynomial) => {
            let (committed, multiplicities) = commit(polynomial, &weights, hiding)?;
            let own = pin(&graph_bytes, polynomial, &committed, hiding);
            let argument = argue(
                &graph_bytes,
                polynomial,
                (&weights, &multiplicities),
                (&committed, &own),
                hiding,
            )?;
            let bytes = encode_key(&graph_bytes, Some((&own, &argument)));
            (Some(committed), bytes)
        }
        None => (None, encode_key(&graph_bytes, None)),
    };
    let verifying = VerifyingKey::decode(&bytes)?;
    let proving = ProvingKey {
        verifying: verifying.clone(),
        weights,
        committed,
    };
    Ok((proving, verifying))
}

fn segments(weights: &Weights) -> Vec<SegmentValues<'_>> {
    let tensors = weights.0.iter();
    tensors
        .map(|tensor| SegmentValues {
            values: &tensor.values,
            results: None,
        })
        .collect()
}

fn commit(
    polynomial: &Polynomial,
    weights: &Weights,
    hiding: &Hiding,
) -> Result<(Committed, Vec<Vec<u32>>), SetupError> {
    let segments = segments(weights);
    let multiplicities = count(&polynomial.lookups, &segments)?;
    let values: Vec<&[i64]> = segments.iter().map(|segment| segment.values).collect();
    let cells = cells(polynomial, &values, &multiplicities);
    let (code, coefficients) = coefficients(polynomial, cells, hiding);
    let codeword = Codeword::new(&code, code.width(), &coefficients);
    let committed = Committed::from_parts(code, coefficients, codeword);
    Ok((committed, multiplicities))
}

/// Cells with their salt, and the blinding rows.
fn coefficients(polynomial: &Polynomial, mut cells: Vec<F>, hiding: &Hiding) -> (Code, Vec<F>) {
    let code = Code::weights(polynomial.variables, hiding.openings());
    let mut randomness = hiding.randomness("weights");
    if let (Some(salt), Some(randomness)) = (&polynomial.salt, &mut randomness) {
        let place = salt.offset as usize;
        let salt = randomness.base(SALT_CELLS as usize);
        cells[place..place + salt.len()].copy_from_slice(&salt);
    }
    blind(&code, &mut cells, randomness.as_mut());
    (code, cells)
}

/// The value that tells the committed polynomial from others near its code word.
fn pin(
    graph_bytes: &[u8],
    polynomial: &Polynomial,
    committed: &Committed,
    hiding: &Hiding,
) -> CommittedWeights {
    let (root, openings) = (committed.root(), hiding.openings());
    let point = outside_point(graph_bytes, openings, &root, polynomial.variables);
    CommittedWeights {
        root,
        openings,
        value: evaluate(&committed.code, committed.cells(), &point),
        point,
    }
}

/// The value of the polynomial in the first rows of `coefficients`.
fn evaluate(code: &Code, coefficients: &[F], point: &[EF]) -> EF {
    let (rows, columns) = point.split_at(point.len() - code.fold);
    let cells = &coefficients[..code.rows * code.width()];
    let folded = crate::join::columns::fold(cells, columns);
    let weights = eq_table(rows);
    folded
        .iter()
        .zip(weights)
        .map(|(&row, weight)| row * weight)
        .sum()
}

fn argue(
    graph_bytes: &[u8],
    polynomial: &Polynomial,
    (weights, multiplicities): (&Weights, &[Vec<u32>]),
    (committed, own): (&Committed, &CommittedWeights),
    hiding: &Hiding,
) -> Result<Vec<u8>, SetupError> {
    let mut counting = Receiver::counting();
    range_argument(polynomial, own, &mut counting).map_err(ArgumentError::from)?;
    products(&mut counting).map_err(ArgumentError::from)?;
    let columns = columns(counting.counts().messages, &[committed.code]);
    // Without a seed the argument is the same for all, and hides nothing.
    let randomness = hiding.randomness("range argument");
    let mut randomness = randomness.unwrap_or_else(|| Randomness::new(&[0; 32], "range argument"));
    let masks = randomness.extension(counting.counts().messages + 2);
    let blinded = Blinded::new(&columns.code, masks.clone(), &mut randomness);
    let said = range_transcript(graph_bytes, own);
    let mut transcript = Transcript::new(said.clone(), masks);
    transcript.root("masks", &blinded.root());
    let witness = Witness {
        segments: &segments(weights),
        multiplicities,
    };
    let lookups = Fast::lookups(&polynomial.lookups, &witness, &mut transcript);
    let mut claims = value_claims(polynomial.blocks.iter().enumerate(), &lookups);
    claims.extend(multiplicity_claims(polynomial, &lookups));
    claims.push(own.claim());
    let columns_of = committed.code.fold;
    let joined = Fast::join(&claims, committed.cells(), columns_of, &mut transcript);
    let opened = Opened::new(committed, joined);
    let hear = |argument: &[u8]| {
        let mut receiver = Receiver::new(argument, said);
        let (_, oracles) = range_argument(polynomial, own, &mut receiver)?;
        Ok(Heard::new(oracles, receiver))
    };
    settle(
        &columns,
        &blinded,
        &[opened],
        hear,
        &mut randomness,
        &mut transcript,
    )?;
    Ok(transcript.into_argument())
}
