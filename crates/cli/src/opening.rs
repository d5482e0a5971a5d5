//! The opening of a proof: seeds and values of what the proof hides, for whoever is to be convinced of them.

use std::path::Path;

use anyhow::anyhow;
use lilliput_crypto::private_file;
use lilliput_graph::Checked;
use lilliput_verifier::layout::PortLayout;
use lilliput_verifier::statement::commit_ports;
use lilliput_verifier::{InputCommitment, OutputDigest};
use serde::{Deserialize, Serialize};

use crate::failure::{Failure, OrExit, Result};
use crate::files;

/// What a proof hides.
#[derive(Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Opening {
    /// The key's id.
    pub(crate) model: String,
    /// The inputs, if they are hidden.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) input: Option<Part>,
    /// The outputs, if they are hidden.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) output: Option<Part>,
}

/// Inputs or outputs, and the seed of the commitment to them.
#[derive(Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Part {
    seed: String,
    values: Vec<Vec<i32>>,
}

impl Part {
    pub(crate) fn new(seed: &[u8; 32], values: Vec<Vec<i32>>) -> Self {
        let seed = hex::encode(seed);
        Self { seed, values }
    }

    /// The seed.
    pub(crate) fn seed(&self) -> Result<[u8; 32]> {
        let mut seed = [0; 32];
        hex::decode_to_slice(&self.seed, &mut seed)
            .or_bad_input("a seed of the opening is no 64 hex digits")?;
        Ok(seed)
    }

    fn integers(&self) -> Vec<Vec<i64>> {
        let ports = self.values.iter();
        ports
            .map(|values| values.iter().copied().map(i64::from).collect())
            .collect()
    }
}

impl Opening {
    /// Reads one.
    pub(crate) fn read(path: &Path) -> Result<Self> {
        let bytes = files::read(path, files::NUMBERS_BYTES_MAX)?;
        serde_json::from_slice(&bytes)
            .or_bad_input(format!("{} is not a proof's opening", path.display()))
    }

    /// Writes it for its owner's eyes alone.
    pub(crate) fn write(&self, path: &Path) -> Result<()> {
        files::make_folder(path)?;
        let mut bytes = serde_json::to_vec(self).or_failed("failed to write the opening down")?;
        bytes.push(b'\n');
        private_file::replace(path, &bytes).or_failed("failed to write the opening")
    }

    /// The inputs, once they are found to be what is committed; none if it doesn't open them.
    pub(crate) fn inputs(
        &self,
        checked: &Checked,
        commitment: &InputCommitment,
    ) -> Result<Option<Vec<Vec<i64>>>> {
        let Some(part) = &self.input else {
            return Ok(None);
        };
        let found = InputCommitment::new(&part.seed()?, &part.values, checked);
        if found.or_rejected("the opening's input isn't one of this model")? != *commitment {
            return Err(other_proof());
        }
        Ok(Some(part.integers()))
    }

    /// The outputs, once they are found to be what is committed; none if it doesn't open them.
    pub(crate) fn outputs(
        &self,
        checked: &Checked,
        digest: &OutputDigest,
    ) -> Result<Option<Vec<Vec<i64>>>> {
        let Some(part) = &self.output else {
            return Ok(None);
        };
        let outputs = checked.graph().outputs.iter();
        let expected = outputs.map(|output| checked.tensor_shape(output.tensor).elements());
        if !expected.eq(part.values.iter().map(Vec::len)) {
            return Err(other_proof());
        }
        let layout = PortLayout::outputs(checked).or_rejected("the outputs can't be committed")?;
        let found = commit_ports(&layout, &part.seed()?, &part.values).root();
        if found.0 != digest.0 {
            return Err(other_proof());
        }
        Ok(Some(part.integers()))
    }
}

fn other_proof() -> Failure {
    Failure::rejected(anyhow!(
        "the opening doesn't fit the proof: it is another proof's, or was changed"
    ))
}
