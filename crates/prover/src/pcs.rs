//! Commitments and openings, the prover's side of [`lilliput_verifier::pcs`].

use lilliput_verifier::field::{EF, F};
use lilliput_verifier::pcs::configuration::{
    Configuration, Domain, Layout, Merkle, configuration, merkle,
};
use lilliput_verifier::pcs::{Opening, OpeningError, Root};
use lilliput_verifier::transcript::{Challenger, Transcript};
use p3_commit::MultilinearPcs;
use p3_matrix::dense::RowMajorMatrix;
use p3_multilinear_util::point::Point;
use p3_sumcheck::layout::{Layout as _, Table};
use p3_sumcheck::{OpeningBatch, OpeningProtocol, PrescribedPointPcs, TableShape, TableSpec};
use p3_symmetric::MerkleCap;
use p3_whir::{WhirProver, WhirProverData};

#[cfg(test)]
mod tests;

type Whir = WhirProver<EF, F, Domain, Merkle, Challenger, Layout>;

/// A committed polynomial: its values, code word and Merkle tree.
///
/// Clones share all three. The commitment is deterministic: it hides nothing.
#[derive(Clone)]
pub struct Commitment {
    variables: usize,
    root: Root,
    data: WhirProverData<F, EF, Merkle, Layout>,
}

impl std::fmt::Debug for Commitment {
    fn fmt(&self, formatter: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        formatter
            .debug_struct("Commitment")
            .field("variables", &self.variables)
            .field("root", &self.root)
            .finish_non_exhaustive()
    }
}

impl Commitment {
    /// Commits to a polynomial given by `2^variables` values; see
    /// [`lilliput_verifier::pcs::padded_variables`] for small ones.
    ///
    /// # Errors
    ///
    /// [`OpeningError::Variables`] for an unsupported number of values.
    pub fn new(values: Vec<F>) -> Result<Self, OpeningError> {
        let variables = values.len().checked_ilog2().map_or(0, |bits| bits as usize);
        let refused = OpeningError::Variables(variables);
        if !values.len().is_power_of_two() {
            return Err(refused);
        }
        let configuration = configuration(variables).ok_or(refused)?;
        let first_fold = configuration
            .folding_schedule()
            .first()
            .copied()
            .unwrap_or(0);
        let whir = whir(configuration);
        let table = Table::new(RowMajorMatrix::new(values, 1 << variables));
        let witness = Layout::new_witness(vec![table], first_fold);
        // The root goes into our own transcript, through `Root::absorb`; this one is thrown away.
        let mut unused = Transcript::new("unused");
        let (cap, data): (MerkleCap<F, [u8; 32]>, _) =
            MultilinearPcs::<EF, Challenger>::commit(&whir, witness, unused.challenger_mut())
                .map_err(|error| OpeningError::Refused(error.to_string()))?;
        let root = cap.roots().first().copied().map(Root);
        let root = root.ok_or_else(|| OpeningError::Refused("no Merkle root".into()))?;
        Ok(Self {
            variables,
            root,
            data,
        })
    }

    /// What the verifier sees of it.
    #[must_use]
    pub fn root(&self) -> Root {
        self.root
    }

    /// Variables of the polynomial.
    #[must_use]
    pub fn variables(&self) -> usize {
        self.variables
    }

    /// The committed values.
    pub fn values(&self) -> &[F] {
        self.data.table(0).poly(0).into_slice()
    }

    /// Shows the value at `point`; the transcript has absorbed the root and fixed the point since.
    ///
    /// # Errors
    ///
    /// [`OpeningError`] for a point of another size.
    pub fn open(&self, point: &[EF], transcript: &mut Transcript) -> Result<Opening, OpeningError> {
        if point.len() != self.variables {
            return Err(OpeningError::Point {
                expected: self.variables,
                got: point.len(),
            });
        }
        let configuration =
            configuration(self.variables).ok_or(OpeningError::Variables(self.variables))?;
        let batch = OpeningBatch::new(vec![0], Vec::new());
        let shape = TableShape::new(self.variables, 1);
        let protocol = OpeningProtocol::new(vec![TableSpec::new(shape, vec![batch])]);
        whir(configuration)
            .open_at(
                self.data.clone(),
                &protocol,
                &[Point::new(point.to_vec())],
                transcript.challenger_mut(),
            )
            .map(|proof| Opening::new(proof.whir))
            .map_err(|error| OpeningError::Refused(error.to_string()))
    }
}

fn whir(configuration: Configuration) -> Whir {
    let domain = Domain::new(1 << configuration.max_fft_size());
    Whir::new(configuration, domain, merkle())
}
