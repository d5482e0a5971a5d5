//! What a proof states: context, input, output.

use lilliput_graph::{Checked, TensorId};
use p3_field::PrimeCharacteristicRing;
use thiserror::Error;

use crate::codec::{CodecError, Reader, Writer};
use crate::field::{F, base_from_i64};
use crate::key::ModelId;
use crate::layers::axes::padded_indices;
use crate::layout::{CELL_VARIABLES_MAX, Hidden, PortLayout};
use crate::pcs::{Codeword, Randomness, Root};
use crate::subject::Task;
use crate::transcript::Transcript;

#[cfg(test)]
mod tests;

/// Name and version of the argument; a change of any parameter is a new version.
pub const PROTOCOL: &str = "lilliput proof 3";

/// Most inputs or outputs, as in a graph.
const PORTS_MAX: usize = lilliput_graph::check::PORTS_MAX;

/// Where a proof is valid.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Context {
    /// The chain.
    pub chain: [u8; 32],
    /// The job that is paid for it.
    pub job: [u8; 32],
    /// Who is paid.
    pub provider: [u8; 32],
}

impl Context {
    /// Outside of any ledger.
    pub const OFFLINE: Self = Self {
        chain: [0; 32],
        job: [0; 32],
        provider: [0; 32],
    };
}

/// Names an input without showing it: the root of its commitment.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct InputCommitment(pub [u8; 32]);

impl InputCommitment {
    /// Commits to the inputs of a graph; the seed is what keeps them secret.
    ///
    /// # Errors
    ///
    /// [`StatementError`] for inputs that aren't the model's.
    pub fn new(
        seed: &[u8; 32],
        inputs: &[Vec<i32>],
        checked: &Checked,
    ) -> Result<Self, StatementError> {
        check_ports("input", inputs, input_ids(checked), checked)?;
        let layout = PortLayout::inputs(checked).map_err(|_| StatementError::TooLarge)?;
        Ok(Self(commit_ports(&layout, seed, inputs).root().0))
    }
}

/// Names an output: the hash of a public one, the root of the commitment to a hidden one.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct OutputDigest(pub [u8; 32]);

impl OutputDigest {
    /// Hashes the outputs of a model.
    #[must_use]
    pub fn new(outputs: &[Vec<i32>]) -> Self {
        let mut writer = Writer::new();
        write_ports(outputs, &mut writer);
        Self(blake3::derive_key("lilliput 2026 output", &writer.finish()))
    }
}

/// Commits to inputs or outputs: their cells, blinded from the seed.
#[must_use]
pub fn commit_ports(layout: &PortLayout, seed: &[u8; 32], ports: &[Vec<i32>]) -> Codeword {
    let mut cells = port_cells(layout, ports);
    let code = layout.code();
    let blinding = code.blinding.saturating_mul(code.width());
    cells.extend(Randomness::new(seed, "ports").base(blinding));
    Codeword::new(&code, code.width(), &cells)
}

/// The cells of committed inputs or outputs, without blinding.
#[must_use]
pub fn port_cells(layout: &PortLayout, ports: &[Vec<i32>]) -> Vec<F> {
    let mut cells = F::zero_vec(1 << layout.variables.min(CELL_VARIABLES_MAX));
    for (block, values) in layout.blocks.iter().zip(ports) {
        let offset = usize::try_from(block.offset).unwrap_or(usize::MAX);
        for (index, &value) in padded_indices(&block.axes).into_iter().zip(values) {
            if let Some(cell) = cells.get_mut(offset.saturating_add(index)) {
                *cell = base_from_i64(i64::from(value));
            }
        }
    }
    cells
}

/// Inputs or outputs as a statement has them.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Port {
    /// In the clear: the integers of each, row by row.
    Public(Vec<Vec<i32>>),
    /// Committed: the root.
    Hidden(Root),
}

impl Port {
    /// The integers, if they are public.
    #[must_use]
    pub fn public(&self) -> Option<&[Vec<i32>]> {
        match self {
            Self::Public(values) => Some(values),
            Self::Hidden(_) => None,
        }
    }

    fn absorb(&self, labels: [&'static str; 2], transcript: &mut Transcript) {
        let [public, hidden] = labels;
        match self {
            Self::Public(ports) => {
                for values in ports {
                    let residues: Vec<_> = values
                        .iter()
                        .map(|&value| base_from_i64(i64::from(value)))
                        .collect();
                    transcript.absorb_base(public, &residues);
                }
            }
            Self::Hidden(root) => root.absorb(hidden, transcript),
        }
    }

    fn encode(&self, writer: &mut Writer) {
        match self {
            Self::Public(ports) => {
                writer.bytes(&[0]);
                write_ports(ports, writer);
            }
            Self::Hidden(root) => {
                writer.bytes(&[1]);
                writer.bytes(&root.0);
            }
        }
    }

    fn decode(reader: &mut Reader<'_>) -> Result<Self, CodecError> {
        match reader.array()? {
            [0] => Ok(Self::Public(read_ports(reader)?)),
            [1] => Ok(Self::Hidden(Root(reader.array()?))),
            _ => Err(CodecError::OutOfBounds("kind of inputs or outputs")),
        }
    }
}

/// What a proof states, next to the model.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Statement {
    /// Where it is valid.
    pub context: Context,
    /// Which of the openings that keep the weights hidden this is; zero for public weights.
    pub opening: u32,
    /// What was done with the model.
    pub task: Task,
    /// Seed of the commitment to public inputs, so that they can be told by it; zero for hidden ones.
    pub seed: [u8; 32],
    /// The inputs.
    pub inputs: Port,
    /// The outputs.
    pub outputs: Port,
}

/// Why a statement doesn't fit its model.
#[derive(Clone, Debug, PartialEq, Eq, Error)]
pub enum StatementError {
    /// Another number of inputs or outputs.
    #[error("the model has {expected} {what}, the statement {got}")]
    Count {
        /// Inputs or outputs.
        what: &'static str,
        /// The graph's number.
        expected: usize,
        /// The statement's number.
        got: usize,
    },
    /// Another number of values.
    #[error("{what} {index} has {expected} values, {got} are stated")]
    Length {
        /// Input or output.
        what: &'static str,
        /// Which.
        index: usize,
        /// The graph's number.
        expected: usize,
        /// The statement's number.
        got: usize,
    },
    /// More values than a commitment takes.
    #[error("the model's inputs are too large to be committed to")]
    TooLarge,
    /// A seed beside inputs that are hidden.
    #[error("a seed is stated for hidden inputs")]
    Seed,
    /// An opening that the key doesn't have.
    #[error("opening {got} is stated, the key has {openings}: ask for a proof under its successor")]
    Opening {
        /// Stated.
        got: u32,
        /// Openings that keep the weights hidden.
        openings: u32,
    },
    /// A value outside of its worst-case interval.
    #[error("value {value} of {what} {index} is out of range")]
    Range {
        /// Input or output.
        what: &'static str,
        /// Which.
        index: usize,
        /// The value.
        value: i32,
    },
}

impl Statement {
    /// What it keeps secret.
    #[must_use]
    pub fn hidden(&self) -> Hidden {
        Hidden {
            inputs: self.inputs.public().is_none(),
            outputs: self.outputs.public().is_none(),
        }
    }

    /// Refuses counts, lengths and values that the model doesn't have, and openings that its key doesn't.
    ///
    /// # Errors
    ///
    /// [`StatementError`].
    pub fn check(&self, checked: &Checked, openings: u32) -> Result<(), StatementError> {
        if self.opening >= openings.max(1) {
            return Err(StatementError::Opening {
                got: self.opening,
                openings,
            });
        }
        match &self.inputs {
            Port::Public(values) => check_ports("input", values, input_ids(checked), checked)?,
            Port::Hidden(_) if self.seed != [0; 32] => return Err(StatementError::Seed),
            Port::Hidden(_) => {}
        }
        let Port::Public(values) = &self.outputs else {
            return Ok(());
        };
        let outputs = checked.graph().outputs.iter().map(|output| output.tensor);
        check_ports("output", values, outputs, checked)
    }

    /// Binds model and statement: the start of a proof's transcript.
    #[must_use]
    pub fn transcript(&self, model: &ModelId) -> Transcript {
        let mut transcript = Transcript::new(PROTOCOL);
        self.absorb(model, &mut transcript);
        transcript
    }

    /// Absorbs model and statement.
    pub fn absorb(&self, model: &ModelId, transcript: &mut Transcript) {
        transcript.absorb_bytes("model", &model.0);
        let mut writer = Writer::new();
        write_context(&self.context, &mut writer);
        writer.bytes(&self.opening.to_le_bytes());
        self.task.encode(&mut writer);
        writer.bytes(&self.seed);
        transcript.absorb_bytes("context", &writer.finish());
        self.inputs.absorb(["inputs", "hidden inputs"], transcript);
        self.outputs
            .absorb(["outputs", "hidden outputs"], transcript);
    }

    /// Appends the canonical bytes.
    pub fn encode(&self, writer: &mut Writer) {
        write_context(&self.context, writer);
        writer.bytes(&self.opening.to_le_bytes());
        self.task.encode(writer);
        writer.bytes(&self.seed);
        self.inputs.encode(writer);
        self.outputs.encode(writer);
    }

    /// Reads canonical bytes; nothing longer than what is left is allocated.
    ///
    /// # Errors
    ///
    /// [`CodecError`].
    pub fn decode(reader: &mut Reader<'_>) -> Result<Self, CodecError> {
        let context = Context {
            chain: reader.array()?,
            job: reader.array()?,
            provider: reader.array()?,
        };
        Ok(Self {
            context,
            opening: u32::from_le_bytes(reader.array()?),
            task: Task::decode(reader)?,
            seed: reader.array()?,
            inputs: Port::decode(reader)?,
            outputs: Port::decode(reader)?,
        })
    }
}

fn input_ids(checked: &Checked) -> impl ExactSizeIterator<Item = TensorId> + '_ {
    let graph = checked.graph();
    (0..graph.inputs.len()).map(|index| graph.input_id(index))
}

fn check_ports(
    what: &'static str,
    stated: &[Vec<i32>],
    tensors: impl ExactSizeIterator<Item = TensorId>,
    checked: &Checked,
) -> Result<(), StatementError> {
    if stated.len() != tensors.len() {
        return Err(StatementError::Count {
            what,
            expected: tensors.len(),
            got: stated.len(),
        });
    }
    for (index, (values, tensor)) in stated.iter().zip(tensors).enumerate() {
        let expected = checked.tensor_shape(tensor).elements();
        if values.len() != expected {
            return Err(StatementError::Length {
                what,
                index,
                expected,
                got: values.len(),
            });
        }
        let range = checked.tensor_range(tensor);
        let outside = values
            .iter()
            .find(|&&value| !range.contains(i64::from(value)));
        if let Some(&value) = outside {
            return Err(StatementError::Range { what, index, value });
        }
    }
    Ok(())
}

/// The values as the executor has them.
pub(crate) fn port_values(ports: &[Vec<i32>]) -> Vec<Vec<i64>> {
    ports
        .iter()
        .map(|values| values.iter().copied().map(i64::from).collect())
        .collect()
}

fn write_context(context: &Context, writer: &mut Writer) {
    writer.bytes(&context.chain);
    writer.bytes(&context.job);
    writer.bytes(&context.provider);
}

fn write_ports(ports: &[Vec<i32>], writer: &mut Writer) {
    writer.bytes(&[u8::try_from(ports.len()).unwrap_or(u8::MAX)]);
    for values in ports {
        let length = u32::try_from(values.len()).unwrap_or(u32::MAX);
        writer.bytes(&length.to_le_bytes());
        for value in values {
            writer.bytes(&value.to_le_bytes());
        }
    }
}

fn read_ports(reader: &mut Reader<'_>) -> Result<Vec<Vec<i32>>, CodecError> {
    let [count] = reader.array()?;
    let count = usize::from(count);
    if count > PORTS_MAX {
        return Err(CodecError::OutOfBounds("number of inputs or outputs"));
    }
    (0..count)
        .map(|_| {
            let length = usize::try_from(u32::from_le_bytes(reader.array()?));
            let length = length.map_err(|_| CodecError::OutOfBounds("length"))?;
            reader.require(length, 4)?;
            (0..length)
                .map(|_| reader.array().map(i32::from_le_bytes))
                .collect()
        })
        .collect()
}
