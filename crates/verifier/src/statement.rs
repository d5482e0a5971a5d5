//! What a proof states: context, input, output.

use lilliput_graph::{Checked, TensorId};
use thiserror::Error;

use crate::codec::{CodecError, Reader, Writer};
use crate::field::base_from_i64;
use crate::key::ModelId;
use crate::transcript::Transcript;

#[cfg(test)]
mod tests;

/// Name and version of the argument; a change of any parameter is a new version.
pub const PROTOCOL: &str = "lilliput proof 1";

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

/// Names an input without showing it, as long as its salt is secret.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct InputCommitment(pub [u8; 32]);

impl InputCommitment {
    /// Commits to the inputs of a model.
    #[must_use]
    pub fn new(salt: &[u8; 32], inputs: &[Vec<i32>]) -> Self {
        let mut writer = Writer::new();
        writer.bytes(salt);
        write_ports(inputs, &mut writer);
        Self(blake3::derive_key("lilliput 2026 input", &writer.finish()))
    }
}

/// Names an output.
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

/// What a proof states, next to the model.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Statement {
    /// Where it is valid.
    pub context: Context,
    /// Salt of the input commitment.
    pub salt: [u8; 32],
    /// The integers of each input, row by row.
    pub inputs: Vec<Vec<i32>>,
    /// The integers of each output, row by row.
    pub outputs: Vec<Vec<i32>>,
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
    /// Refuses counts, lengths and values that the model doesn't have.
    ///
    /// # Errors
    ///
    /// [`StatementError`].
    pub fn check(&self, checked: &Checked) -> Result<(), StatementError> {
        let graph = checked.graph();
        let inputs = (0..graph.inputs.len()).map(|index| graph.input_id(index));
        check_ports("input", &self.inputs, inputs, checked)?;
        let outputs = graph.outputs.iter().map(|output| output.tensor);
        check_ports("output", &self.outputs, outputs, checked)
    }

    /// Binds model and statement: the start of a proof's transcript.
    #[must_use]
    pub fn transcript(&self, model: &ModelId) -> Transcript {
        let mut transcript = Transcript::new(PROTOCOL);
        transcript.absorb_bytes("model", &model.0);
        let mut writer = Writer::new();
        write_context(&self.context, &mut writer);
        writer.bytes(&self.salt);
        transcript.absorb_bytes("context", &writer.finish());
        for (label, ports) in [("inputs", &self.inputs), ("outputs", &self.outputs)] {
            for values in ports {
                let residues: Vec<_> = values
                    .iter()
                    .map(|&value| base_from_i64(i64::from(value)))
                    .collect();
                transcript.absorb_base(label, &residues);
            }
        }
        transcript
    }

    /// Appends the canonical bytes.
    pub fn encode(&self, writer: &mut Writer) {
        write_context(&self.context, writer);
        writer.bytes(&self.salt);
        write_ports(&self.inputs, writer);
        write_ports(&self.outputs, writer);
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
            salt: reader.array()?,
            inputs: read_ports(reader)?,
            outputs: read_ports(reader)?,
        })
    }
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
