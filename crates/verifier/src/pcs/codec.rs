//! Canonical bytes of an opening.
//!
//! In order: out-of-domain answers, first sumcheck, per round (root, out-of-domain answers, proof of work,
//! opened rows, Merkle siblings, sumcheck), final polynomial, proof of work, opened rows, Merkle siblings,
//! last sumcheck. Only the number of siblings is written (4 bytes): the verifier knows all others.

use p3_merkle_tree::PrunedMerklePaths;
use p3_multilinear_util::poly::Poly;
use p3_symmetric::MerkleCap;
use p3_whir::pcs::proof::SumcheckData;
use p3_whir::{QueryOpenings, SharedProofOpening, WhirProof, WhirRoundProof};

use super::configuration::{Configuration, Merkle, configuration};
use crate::codec::{BASE_BYTES, CodecError, EXTENSION_BYTES, Reader, Writer};
use crate::field::{EF, F};

type Paths = PrunedMerklePaths<u8, 32>;
type Rows = QueryOpenings<F, EF, Paths>;

/// Bytes of a digest.
const DIGEST_BYTES: usize = 32;

/// What one query phase opens.
struct RowsShape {
    queries: usize,
    width: usize,
    log_height: usize,
    base: bool,
}

pub(super) fn encode(proof: &WhirProof<F, EF, Merkle>, writer: &mut Writer) {
    writer.extensions(&proof.initial_ood_answers);
    encode_sumcheck(&proof.initial_sumcheck, writer);
    for round in &proof.rounds {
        for root in round.commitment.iter().flat_map(|cap| cap.roots()) {
            writer.bytes(root);
        }
        writer.extensions(&round.ood_answers);
        writer.base(round.pow_witness);
        encode_rows(&round.openings, writer);
        encode_sumcheck(&round.sumcheck, writer);
    }
    if let Some(polynomial) = &proof.final_poly {
        writer.extensions(polynomial.as_slice());
    }
    writer.base(proof.final_pow_witness);
    encode_rows(&proof.final_openings, writer);
    if let Some(sumcheck) = &proof.final_sumcheck {
        encode_sumcheck(sumcheck, writer);
    }
}

fn encode_sumcheck(sumcheck: &SumcheckData<F, EF>, writer: &mut Writer) {
    sumcheck
        .polynomial_evaluations
        .iter()
        .for_each(|round| writer.extensions(round));
    writer.bases(&sumcheck.pow_witnesses);
}

fn encode_rows(rows: &Rows, writer: &mut Writer) {
    let paths = match rows {
        QueryOpenings::Base(opening) => {
            opening.rows.iter().for_each(|row| writer.bases(row));
            &opening.proof
        }
        QueryOpenings::Extension(opening) => {
            opening.rows.iter().for_each(|row| writer.extensions(row));
            &opening.proof
        }
    };
    let count = u32::try_from(paths.sibling_hashes.len()).unwrap_or(u32::MAX);
    writer.bytes(&count.to_le_bytes());
    paths
        .sibling_hashes
        .iter()
        .for_each(|digest| writer.bytes(digest));
}

pub(super) fn decode(
    reader: &mut Reader<'_>,
    variables: usize,
) -> Result<WhirProof<F, EF, Merkle>, CodecError> {
    let configuration =
        configuration(variables).ok_or(CodecError::OutOfBounds("number of variables"))?;
    let mut folds = configuration.folding_schedule().iter().copied();
    let first_fold = folds.next().unwrap_or(0);
    let initial_ood_answers = reader.extensions(configuration.commitment_ood_samples())?;
    let initial_sumcheck = decode_sumcheck(
        reader,
        first_fold,
        configuration.starting_folding_pow_bits(),
    )?;
    let mut rounds = Vec::with_capacity(configuration.n_rounds());
    for ((index, round), fold) in configuration
        .round_parameters()
        .iter()
        .enumerate()
        .zip(folds)
    {
        let commitment = Some(MerkleCap::new(vec![reader.array::<DIGEST_BYTES>()?]));
        let ood_answers = reader.extensions(round.ood_samples)?;
        let pow_witness = reader.base()?;
        let openings = decode_rows(reader, &round_rows(&configuration, index))?;
        let sumcheck = decode_sumcheck(reader, fold, round.folding_pow_bits)?;
        rounds.push(WhirRoundProof {
            commitment,
            ood_answers,
            pow_witness,
            openings,
            sumcheck,
        });
    }
    let left = configuration.final_sumcheck_rounds();
    let final_poly = Some(Poly::new(reader.extensions(1 << left)?));
    let final_pow_witness = reader.base()?;
    let final_openings = decode_rows(reader, &final_rows(&configuration))?;
    let final_sumcheck = (left > 0)
        .then(|| decode_sumcheck(reader, left, configuration.final_folding_pow_bits()))
        .transpose()?;
    Ok(WhirProof {
        initial_ood_answers,
        initial_sumcheck,
        rounds,
        final_poly,
        final_pow_witness,
        final_openings,
        final_sumcheck,
    })
}

fn decode_sumcheck(
    reader: &mut Reader<'_>,
    rounds: usize,
    grinding_bits: usize,
) -> Result<SumcheckData<F, EF>, CodecError> {
    reader.require(rounds, 2 * EXTENSION_BYTES)?;
    let polynomial_evaluations = (0..rounds)
        .map(|_| Ok([reader.extension()?, reader.extension()?]))
        .collect::<Result<_, CodecError>>()?;
    let witnesses = if grinding_bits > 0 { rounds } else { 0 };
    Ok(SumcheckData {
        polynomial_evaluations,
        pow_witnesses: reader.bases(witnesses)?,
    })
}

/// What the queries of an intermediate round open: rows of the code word committed before it.
fn round_rows(configuration: &Configuration, index: usize) -> RowsShape {
    let round = configuration.round_parameters().get(index);
    let (queries, fold, log_height) = round.map_or((0, 0, 0), |round| {
        (
            round.num_queries,
            round.folding_factor,
            round.log_folded_domain_size,
        )
    });
    RowsShape::new(queries, fold, log_height, index == 0)
}

/// What the last queries open: rows of the last code word.
fn final_rows(configuration: &Configuration) -> RowsShape {
    let last = configuration.round_parameters().last();
    let log_domain = last.map_or(
        configuration
            .num_variables()
            .saturating_add(configuration.starting_log_inv_rate),
        |round| round.num_variables.saturating_add(round.log_inv_rate),
    );
    let fold = configuration
        .folding_schedule()
        .last()
        .copied()
        .unwrap_or(0);
    let queries = configuration.terminal().num_queries;
    RowsShape::new(
        queries,
        fold,
        log_domain.saturating_sub(fold),
        last.is_none(),
    )
}

impl RowsShape {
    fn new(queries: usize, fold: usize, log_height: usize, base: bool) -> Self {
        Self {
            queries: queries.min(1 << log_height),
            width: 1 << fold,
            log_height,
            base,
        }
    }
}

fn decode_rows(reader: &mut Reader<'_>, shape: &RowsShape) -> Result<Rows, CodecError> {
    let bytes = if shape.base {
        BASE_BYTES
    } else {
        EXTENSION_BYTES
    };
    reader.require(shape.queries.saturating_mul(shape.width), bytes)?;
    if shape.base {
        let rows = (0..shape.queries)
            .map(|_| reader.bases(shape.width))
            .collect::<Result<_, _>>()?;
        let proof = decode_paths(reader, shape)?;
        Ok(QueryOpenings::Base(SharedProofOpening { rows, proof }))
    } else {
        let rows = (0..shape.queries)
            .map(|_| reader.extensions(shape.width))
            .collect::<Result<_, _>>()?;
        let proof = decode_paths(reader, shape)?;
        Ok(QueryOpenings::Extension(SharedProofOpening { rows, proof }))
    }
}

fn decode_paths(reader: &mut Reader<'_>, shape: &RowsShape) -> Result<Paths, CodecError> {
    let count = usize::try_from(u32::from_le_bytes(reader.array()?)).unwrap_or(usize::MAX);
    if count > shape.queries.saturating_mul(shape.log_height) {
        return Err(CodecError::OutOfBounds("number of Merkle siblings"));
    }
    reader.require(count, DIGEST_BYTES)?;
    let sibling_hashes = (0..count)
        .map(|_| reader.array())
        .collect::<Result<_, _>>()?;
    Ok(Paths { sibling_hashes })
}
