//! Samples of a model's inputs, from JSON or numpy's files.
//!
//! `{"input_data": [[numbers], …]}` holds one flat list for each input in the model's order; a list
//! of such objects holds several samples. A `.npy` array holds one or more samples of a model with one
//! input; a `.npz` archive holds one array for each input, found by its name or else by its place.

mod numpy;

use serde::Deserialize;

/// Longest file: 64 MiB.
pub const BYTES_MAX: usize = 1 << 26;
/// Most samples.
pub const SAMPLES_MAX: usize = 10_000;

/// Why samples are refused.
#[derive(Debug, thiserror::Error)]
pub enum CalibrationError {
    #[error("the samples have {got} bytes, at most {BYTES_MAX} are allowed")]
    TooLong { got: usize },
    #[error("the samples aren't JSON of the form {{\"input_data\": [[numbers], ...]}}: {0}")]
    Json(#[from] serde_json::Error),
    #[error("the samples aren't a readable numpy file: {reason}")]
    Numpy { reason: String },
    #[error("there are {got} samples, 1 to {SAMPLES_MAX} are allowed")]
    Count { got: usize },
    #[error("sample {sample} has {got} lists of numbers, the model has {expected} inputs")]
    Inputs {
        sample: usize,
        expected: usize,
        got: usize,
    },
    #[error("sample {sample} has {got} numbers for input '{input}', which takes {expected}")]
    Length {
        sample: usize,
        input: String,
        expected: usize,
        got: usize,
    },
    #[error("number {position} for input '{input}' of sample {sample} is not finite")]
    NotFinite {
        sample: usize,
        input: String,
        position: usize,
    },
}

/// Samples as they were read, not yet compared with a model.
#[derive(Clone, Debug, PartialEq)]
pub struct Calibration {
    content: Content,
}

#[derive(Clone, Debug, PartialEq)]
enum Content {
    /// Flat lists by sample and input.
    Lists(Vec<Vec<Vec<f64>>>),
    /// Arrays with their names.
    Arrays(Vec<(String, Vec<f64>)>),
}

#[derive(Deserialize)]
struct Entry {
    input_data: Vec<Vec<f64>>,
}

impl Calibration {
    /// Reads JSON, `.npy` or `.npz`, told apart by their first bytes.
    pub fn parse(bytes: &[u8]) -> Result<Self, CalibrationError> {
        if bytes.len() > BYTES_MAX {
            return Err(CalibrationError::TooLong { got: bytes.len() });
        }
        let content = if bytes.starts_with(numpy::MAGIC) {
            Content::Arrays(vec![(String::new(), numpy::array(bytes)?)])
        } else if bytes.starts_with(b"PK") {
            Content::Arrays(numpy::archive(bytes)?)
        } else if bytes.trim_ascii_start().starts_with(b"[") {
            let entries: Vec<Entry> = serde_json::from_slice(bytes)?;
            Content::Lists(entries.into_iter().map(|entry| entry.input_data).collect())
        } else {
            let entry: Entry = serde_json::from_slice(bytes)?;
            Content::Lists(vec![entry.input_data])
        };
        Ok(Self { content })
    }

    /// Samples made in the program: flat lists by sample and input.
    #[must_use]
    pub fn from_samples(samples: Vec<Vec<Vec<f64>>>) -> Self {
        Self {
            content: Content::Lists(samples),
        }
    }

    /// The samples for inputs of these names and numbers of elements: by sample, then by input.
    pub fn samples(
        &self,
        inputs: &[(&str, usize)],
    ) -> Result<Vec<Vec<Vec<f64>>>, CalibrationError> {
        let samples = match &self.content {
            Content::Lists(samples) => samples.clone(),
            Content::Arrays(arrays) => split(arrays, inputs)?,
        };
        if samples.is_empty() || samples.len() > SAMPLES_MAX {
            return Err(CalibrationError::Count { got: samples.len() });
        }
        for (sample, lists) in samples.iter().enumerate() {
            if lists.len() != inputs.len() {
                return Err(CalibrationError::Inputs {
                    sample,
                    expected: inputs.len(),
                    got: lists.len(),
                });
            }
            for (list, &(input, expected)) in lists.iter().zip(inputs) {
                check_list(sample, list, input, expected)?;
            }
        }
        Ok(samples)
    }
}

fn check_list(
    sample: usize,
    list: &[f64],
    input: &str,
    expected: usize,
) -> Result<(), CalibrationError> {
    if list.len() != expected {
        return Err(CalibrationError::Length {
            sample,
            input: input.into(),
            expected,
            got: list.len(),
        });
    }
    let too_large = |number: &f64| !(*number as f32).is_finite();
    match list.iter().position(too_large) {
        None => Ok(()),
        Some(position) => Err(CalibrationError::NotFinite {
            sample,
            input: input.into(),
            position,
        }),
    }
}

/// Cuts arrays, whose first axis is that of the samples, into samples.
fn split(
    arrays: &[(String, Vec<f64>)],
    inputs: &[(&str, usize)],
) -> Result<Vec<Vec<Vec<f64>>>, CalibrationError> {
    if arrays.len() != inputs.len() {
        return Err(CalibrationError::Inputs {
            sample: 0,
            expected: inputs.len(),
            got: arrays.len(),
        });
    }
    let mut samples: Vec<Vec<Vec<f64>>> = Vec::new();
    for (place, &(input, elements)) in inputs.iter().enumerate() {
        let named = arrays.iter().find(|(name, _)| name == input);
        let (_, values) = named.unwrap_or(&arrays[place]);
        let whole = elements > 0 && values.len().is_multiple_of(elements);
        let count = values.len().checked_div(elements).unwrap_or(0);
        if !whole || count == 0 || (place > 0 && count != samples.len()) {
            return Err(CalibrationError::Length {
                sample: 0,
                input: input.into(),
                expected: elements,
                got: values.len(),
            });
        }
        if count > SAMPLES_MAX {
            return Err(CalibrationError::Count { got: count });
        }
        samples.resize_with(count, Vec::new);
        for (sample, list) in samples.iter_mut().zip(values.chunks_exact(elements)) {
            sample.push(list.to_vec());
        }
    }
    Ok(samples)
}
