//! A proof of one run, step by step as in `specs/proof.md`, section 4.

use lilliput_graph::{Checked, ExecError, Shape, Tensor, TensorId, Trace, execute};
use lilliput_verifier::argument::{
    HIDDEN_OUTPUT, OUTPUT_POINT, Parts, argue as follow, claim_lookups, count as count_messages,
    weight_claims, witness_claims,
};
use lilliput_verifier::codec::{CodecError, Writer};
use lilliput_verifier::field::{EF, F};
use lilliput_verifier::join::BlockClaim;
use lilliput_verifier::layers::{Claim, Claims, LayerError, Walk};
use lilliput_verifier::layout::{Hidden, Layout, PortLayout};
use lilliput_verifier::logup::LogUpClaims;
use lilliput_verifier::pcs::{Code, Randomness};
use lilliput_verifier::point::{evaluate_tensor, tensor_variables};
use lilliput_verifier::receiver::Receiver;
use lilliput_verifier::settle::on_block;
use lilliput_verifier::statement::{Port, commit_ports, port_cells};
use lilliput_verifier::{Context, Proof, Statement, StatementError, Subject, SubjectError, Task};

use crate::layers::{Backend, Fast, Proving, Values};
use crate::logup::{OutOfTable, Witness};
use crate::pcs::Committed;
use crate::settle::{Blinded, Heard, Opened, SettleError, columns, settle};
use crate::setup::ProvingKey;
use crate::transcript::Transcript;
use crate::witness::{LookedUp, cells};

#[cfg(test)]
mod tests;

/// Why no proof is made.
#[derive(Debug, thiserror::Error)]
pub enum ProveError {
    /// Inputs that aren't the model's.
    #[error(transparent)]
    Run(#[from] ExecError),
    /// A value without an entry in its table; the executor makes none.
    #[error(transparent)]
    Lookup(#[from] OutOfTable),
    /// A step doesn't hold: a challenge hit one of the values for which there is no proof, or the prover has a fault.
    #[error(transparent)]
    Layers(#[from] LayerError),
    /// The argument can't be ended.
    #[error(transparent)]
    Settle(#[from] SettleError),
    /// The messages can't be counted.
    #[error("the argument can't be counted: {0}")]
    Count(#[from] CodecError),
    /// No such statement can be proven of the model.
    #[error(transparent)]
    Subject(#[from] SubjectError),
    /// Samples that are not all of the model's inputs.
    #[error("sample {0} hasn't the inputs of the model")]
    Sample(usize),
    /// Not one label for each sample.
    #[error("{labels} labels for {samples} samples")]
    Labels {
        /// Labels.
        labels: usize,
        /// Samples.
        samples: usize,
    },
    /// A statement that the key doesn't allow, such as an opening that it doesn't have.
    #[error(transparent)]
    Statement(#[from] StatementError),
    /// A value beyond 32 bits; the executor makes none.
    #[error("a value of an input or output has more than 32 bits")]
    Wide,
}

/// What a proof is asked to be.
#[derive(Clone, Copy)]
pub struct Request {
    /// Where it is valid.
    pub context: Context,
    /// What it hides besides the weights.
    pub hidden: Hidden,
    /// Which of the key's openings it uses: each only once, or the weights show.
    pub opening: u32,
    /// The seed behind the commitment to the inputs.
    pub input_seed: [u8; 32],
    /// The seed behind the commitment to hidden outputs.
    pub output_seed: [u8; 32],
    /// Secret; all other randomness comes from it and from what is stated.
    pub seed: [u8; 32],
}

impl Request {
    /// A proof that hides the inputs, with secrets that nobody else knows.
    #[must_use]
    pub fn new(context: Context, opening: u32, secret: &[u8; 32]) -> Self {
        let derive = |purpose: &str| blake3::derive_key(purpose, secret);
        Self {
            context,
            hidden: Hidden {
                inputs: true,
                outputs: false,
            },
            opening,
            input_seed: derive("lilliput 2026 input seed"),
            output_seed: derive("lilliput 2026 output seed"),
            seed: derive("lilliput 2026 proof seed"),
        }
    }
}

impl std::fmt::Debug for Request {
    fn fmt(&self, formatter: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        formatter
            .debug_struct("Request")
            .field("context", &self.context)
            .field("hidden", &self.hidden)
            .field("opening", &self.opening)
            .finish_non_exhaustive()
    }
}

/// Runs the model on the inputs and proves the output.
///
/// # Errors
///
/// [`ProveError`].
pub fn prove(key: &ProvingKey, request: &Request, inputs: &[Tensor]) -> Result<Proof, ProveError> {
    prove_with::<Fast>(key, request, inputs, Task::ANSWER)
}

/// Runs the model on several samples and proves all outputs together, at a fraction of the cost each. The proof's
/// inputs and outputs hold those of all samples, one behind the other.
///
/// # Errors
///
/// [`ProveError`].
pub fn prove_batch(
    key: &ProvingKey,
    request: &Request,
    samples: &[Vec<Tensor>],
) -> Result<Proof, ProveError> {
    let [sample] = samples else {
        let inputs = stack(key.verifying.checked(), samples)?;
        return prove_with::<Fast>(key, request, &inputs, Task::Answers(count(samples)));
    };
    prove(key, request, sample)
}

/// Runs a classifier on several samples and proves how many of them it labels as `labels` say, counted from 0. The
/// proof's inputs are all samples and the labels, the only output is the number.
///
/// # Errors
///
/// [`ProveError`].
pub fn prove_score(
    key: &ProvingKey,
    request: &Request,
    samples: &[Vec<Tensor>],
    labels: &[u32],
) -> Result<Proof, ProveError> {
    if labels.len() != samples.len() {
        return Err(ProveError::Labels {
            labels: labels.len(),
            samples: samples.len(),
        });
    }
    let mut inputs = stack(key.verifying.checked(), samples)?;
    inputs.push(Tensor {
        shape: Shape(vec![count(samples)]),
        values: labels.iter().copied().map(i64::from).collect(),
    });
    prove_with::<Fast>(key, request, &inputs, Task::Score(count(samples)))
}

fn count(samples: &[Vec<Tensor>]) -> u32 {
    u32::try_from(samples.len()).unwrap_or(u32::MAX)
}

/// Each input of all samples, one behind the other.
fn stack(checked: &Checked, samples: &[Vec<Tensor>]) -> Result<Vec<Tensor>, ProveError> {
    let ports = checked.graph().inputs.iter().enumerate();
    ports
        .map(|(port, input)| {
            let mut values = Vec::with_capacity(samples.len() * input.shape.elements());
            for (index, sample) in samples.iter().enumerate() {
                let own = sample.get(port).filter(|own| own.shape == input.shape);
                values.extend(&own.ok_or(ProveError::Sample(index))?.values);
            }
            let mut axes = vec![samples.len() as u32];
            axes.extend(&input.shape.0);
            Ok(Tensor {
                shape: Shape(axes),
                values,
            })
        })
        .collect()
}

/// The same, with any backend.
pub(crate) fn prove_with<B: Backend>(
    key: &ProvingKey,
    request: &Request,
    inputs: &[Tensor],
    task: Task,
) -> Result<Proof, ProveError> {
    let subject = Subject::new(&key.verifying, task, request.hidden)?;
    let (checked, layout) = (subject.checked(), subject.layout());
    let trace = execute(checked, &key.weights, inputs)?;
    let run = Run::new(checked, layout, &trace)?;
    let inputs = Side::new(
        ports(inputs.iter())?,
        layout.inputs.as_ref(),
        &request.input_seed,
    );
    let outputs = Side::new(
        ports(trace.outputs())?,
        layout.outputs.as_ref(),
        &request.output_seed,
    );
    let statement = Statement {
        context: request.context,
        opening: request.opening,
        task,
        seed: if request.hidden.inputs {
            [0; 32]
        } else {
            request.input_seed
        },
        inputs: inputs.port(),
        outputs: outputs.port(),
    };
    statement.check(checked, key.verifying.openings())?;
    let argument = Argument {
        key,
        checked,
        layout,
        statement: &statement,
        inputs: &inputs,
        outputs: &outputs,
        run: &run,
    };
    let argument = argument.argue::<B>(&request.seed)?;
    Ok(Proof {
        statement,
        argument,
    })
}

/// All values of a run, and what it commits to.
struct Run<'a> {
    trace: &'a Trace<'a>,
    witness: Option<Cells<'a>>,
}

/// What is looked up, and the polynomial that binds it.
struct Cells<'a> {
    looked_up: LookedUp<'a>,
    cells: Vec<F>,
}

impl<'a> Run<'a> {
    fn new(checked: &Checked, layout: &Layout, trace: &'a Trace<'a>) -> Result<Self, OutOfTable> {
        let hidden = layout.inputs.as_ref().map_or(0, |own| own.blocks.len());
        let inputs: Vec<TensorId> = (0..hidden)
            .map(|index| checked.graph().input_id(index))
            .collect();
        let witness = layout.witness.as_ref().map(|polynomial| {
            let looked_up = LookedUp::new(polynomial, &layout.lookup_nodes, &inputs, trace)?;
            let cells = cells(
                polynomial,
                &looked_up.committed(),
                &looked_up.multiplicities,
            );
            Ok(Cells { looked_up, cells })
        });
        Ok(Self {
            trace,
            witness: witness.transpose()?,
        })
    }
}

/// Inputs or outputs: their integers, and the commitment if they are hidden.
struct Side {
    values: Vec<Vec<i32>>,
    committed: Option<Committed>,
}

impl Side {
    fn new(values: Vec<Vec<i32>>, layout: Option<&PortLayout>, seed: &[u8; 32]) -> Self {
        let committed = layout.map(|layout| {
            let codeword = commit_ports(layout, seed, &values);
            let code = layout.code();
            let mut cells = port_cells(layout, &values);
            cells.extend(Randomness::new(seed, "ports").base(code.blinding * code.width()));
            Committed::from_parts(code, cells, codeword)
        });
        Self { values, committed }
    }

    fn port(&self) -> Port {
        match &self.committed {
            Some(committed) => Port::Hidden(committed.root()),
            None => Port::Public(self.values.clone()),
        }
    }
}

/// One argument in the making.
struct Argument<'a> {
    key: &'a ProvingKey,
    checked: &'a Checked,
    layout: &'a Layout,
    statement: &'a Statement,
    inputs: &'a Side,
    outputs: &'a Side,
    run: &'a Run<'a>,
}

/// A polynomial of a proof with all claims on it.
struct Pending<'a> {
    committed: &'a Committed,
    claims: Vec<BlockClaim>,
}

impl Argument<'_> {
    fn argue<B: Backend>(&self, seed: &[u8; 32]) -> Result<Vec<u8>, ProveError> {
        let (checked, weights) = (self.checked(), self.key.verifying.weights());
        let messages = count_messages(checked, self.layout, weights)?.messages;
        let mut randomness = self.randomness(seed);
        let masks = randomness.extension(messages + 2);
        let witness = self.run.witness.as_ref().zip(self.layout.witness.as_ref());
        let witness = witness.map(|(own, polynomial)| {
            let code = Code::witness(polynomial.variables);
            Committed::new(code, own.cells.clone(), Some(&mut randomness))
        });
        let codes = self.committed(witness.as_ref()).map(|own| own.code);
        let columns = columns(messages, &codes.collect::<Vec<_>>());
        let blinded = Blinded::new(&columns.code, masks.clone(), &mut randomness);
        let said = self.statement.transcript(&self.key.verifying.model_id());
        let mut transcript = Transcript::new(said.clone(), masks);
        transcript.root("masks", &blinded.root());
        let pending = self.messages::<B>(witness.as_ref(), &mut transcript)?;
        let opened: Vec<Opened<'_>> = pending
            .into_iter()
            .map(|Pending { committed, claims }| {
                let columns = committed.code.fold;
                let joined = B::join(&claims, committed.cells(), columns, &mut transcript);
                Opened::new(committed, joined)
            })
            .collect();
        let parts = Parts {
            checked,
            layout: self.layout,
            weights,
            inputs: &self.statement.inputs,
            outputs: &self.statement.outputs,
        };
        let hear = |argument: &[u8]| {
            let mut receiver = Receiver::new(argument, said);
            let (_, oracles) = follow(&parts, &mut receiver)?;
            Ok(Heard::new(oracles, receiver))
        };
        settle(
            &columns,
            &blinded,
            &opened,
            hear,
            &mut randomness,
            &mut transcript,
        )?;
        Ok(transcript.into_argument())
    }

    fn checked(&self) -> &Checked {
        self.checked
    }

    /// Bound to the statement as well, so that a seed that is used twice hides two statements.
    fn randomness(&self, seed: &[u8; 32]) -> Randomness {
        let mut writer = Writer::new();
        writer.bytes(seed);
        writer.bytes(&self.key.verifying.model_id().0);
        self.statement.encode(&mut writer);
        let own = blake3::derive_key("lilliput 2026 proof randomness", writer.as_bytes());
        Randomness::new(&own, "proof")
    }

    /// All that is committed, in the order in which it is opened.
    fn committed<'b>(
        &'b self,
        witness: Option<&'b Committed>,
    ) -> impl Iterator<Item = &'b Committed> {
        let ports = self.inputs.committed.iter().chain(&self.outputs.committed);
        witness.into_iter().chain(&self.key.committed).chain(ports)
    }

    /// Lookups, outputs and layers; gives the claims that are left on each committed polynomial.
    fn messages<'b, B: Backend>(
        &'b self,
        committed: Option<&'b Committed>,
        transcript: &mut Transcript,
    ) -> Result<Vec<Pending<'b>>, ProveError> {
        let (checked, layout) = (self.checked(), self.layout);
        let mut claims = Claims::new(checked.graph().tensors());
        let lookups = self.lookups::<B>(committed, &mut claims, transcript)?;
        let of_outputs = self.claim_outputs(&mut claims, transcript)?;
        let values = Values {
            checked,
            trace: self.run.trace,
        };
        let mut side = Proving::<B>::new(values, transcript);
        Walk::run(checked, &mut claims, &mut side)?;
        let mut pending = Vec::new();
        if let (Some(polynomial), Some(committed), Some(lookups)) =
            (&layout.witness, committed, &lookups)
        {
            let claims = witness_claims(polynomial, layout, lookups, &mut claims);
            pending.push(Pending { committed, claims });
        }
        if let (Some(polynomial), Some(committed), Some(weights)) = (
            &layout.weights,
            &self.key.committed,
            self.key.verifying.weights(),
        ) {
            let mut claims = weight_claims(polynomial, checked, &mut claims);
            claims.push(weights.claim());
            pending.push(Pending { committed, claims });
        }
        if let (Some(own), Some(committed)) = (&layout.inputs, &self.inputs.committed) {
            let graph = checked.graph();
            let blocks = own.blocks.iter().enumerate();
            let claims = blocks
                .flat_map(|(index, block)| on_block(block, claims.take(graph.input_id(index))));
            let claims = claims.collect();
            pending.push(Pending { committed, claims });
        }
        if let Some(committed) = &self.outputs.committed {
            let claims = of_outputs;
            pending.push(Pending { committed, claims });
        }
        Ok(pending)
    }

    fn lookups<B: Backend>(
        &self,
        committed: Option<&Committed>,
        claims: &mut Claims,
        transcript: &mut Transcript,
    ) -> Result<Option<LogUpClaims>, ProveError> {
        let (Some(polynomial), Some(committed), Some(own)) =
            (&self.layout.witness, committed, &self.run.witness)
        else {
            return Ok(None);
        };
        transcript.root("witness", &committed.root());
        let witness = Witness {
            segments: &own.looked_up.segments(),
            multiplicities: &own.looked_up.multiplicities,
        };
        let lookups = B::lookups(&polynomial.lookups, &witness, transcript);
        claim_lookups(self.layout, &lookups, self.checked(), claims)?;
        Ok(Some(lookups))
    }

    /// Claims each output at a point; hidden ones are claimed of their commitment as well.
    fn claim_outputs(
        &self,
        claims: &mut Claims,
        transcript: &mut Transcript,
    ) -> Result<Vec<BlockClaim>, LayerError> {
        let checked = self.checked();
        let mut of_commitment = Vec::new();
        for (index, output) in checked.graph().outputs.iter().enumerate() {
            let axes = &checked.tensor_shape(output.tensor).0;
            let point = transcript.challenge_point(OUTPUT_POINT, tensor_variables(axes));
            let values = &self.run.trace.tensor(output.tensor).values;
            let value: EF = evaluate_tensor(values, axes, &point);
            let claim = Claim { point, value };
            if let Some(block) = self.layout.outputs.as_ref().map(|own| &own.blocks[index]) {
                transcript.send(HIDDEN_OUTPUT, &[value]);
                of_commitment.extend(on_block(block, vec![claim.clone()]));
            }
            claims.push(output.tensor, claim)?;
        }
        Ok(of_commitment)
    }
}

fn ports<'a>(tensors: impl Iterator<Item = &'a Tensor>) -> Result<Vec<Vec<i32>>, ProveError> {
    let port = |tensor: &Tensor| {
        let values = tensor.values.iter();
        values
            .map(|&value| i32::try_from(value).map_err(|_| ProveError::Wide))
            .collect()
    };
    tensors.map(port).collect()
}
