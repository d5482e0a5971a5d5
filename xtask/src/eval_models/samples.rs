//! Inputs from numpy files.

use std::path::Path;

use anyhow::Result;
use lilliput_graph::Input;
use lilliput_import::Calibration;

/// Flat lists by sample and input.
pub(super) struct Samples(pub(super) Vec<Vec<Vec<f64>>>);

impl Samples {
    pub(super) fn read(path: &Path, inputs: &[Input]) -> Result<Self> {
        let parsed = Calibration::parse(&super::read(path)?)?;
        let named: Vec<(&str, usize)> = inputs
            .iter()
            .map(|input| (input.name.as_str(), input.shape.elements()))
            .collect();
        Ok(Self(parsed.samples(&named)?))
    }
}
