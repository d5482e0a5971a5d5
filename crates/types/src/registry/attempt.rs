//! Evaluations of a model as its evaluators registered them: every attempt, not the best alone.

use borsh::{BorshDeserialize, BorshSerialize};
use lilliput_crypto::Digest;
use serde::{Deserialize, Serialize};

use crate::{Address, BlobId, Height, List, ModelId, Text, TimeMs};

/// The most tasks of an attempt.
pub const TASKS_MAX: u32 = 256;
/// The most metrics of a task.
pub const METRICS_MAX: u32 = 128;
/// The most seeds of an attempt.
pub const SEEDS_MAX: u32 = 8;

/// What evaluated the model.
#[derive(
    Clone, Copy, Debug, PartialEq, Eq, BorshSerialize, BorshDeserialize, Serialize, Deserialize,
)]
pub enum Harness {
    /// EleutherAI's lm-evaluation-harness.
    #[serde(rename = "lm-eval")]
    LmEval,
    /// Stanford CRFM's HELM.
    #[serde(rename = "helm")]
    Helm,
}

impl Harness {
    /// Its name.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::LmEval => "lm-eval",
            Self::Helm => "helm",
        }
    }
}

/// One evaluation of a model. Who registers it says that it was so.
#[derive(Clone, Debug, PartialEq, Eq, BorshSerialize, BorshDeserialize, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Attempt {
    /// The hash of the model: its id in the registry, or the hash of its files.
    pub model: ModelId,
    /// What the harness calls it.
    pub name: Text<256>,
    /// What evaluated it.
    pub harness: Harness,
    /// In which version.
    pub version: Text<96>,
    /// Root over the hashes of the data of each task.
    pub data: Digest,
    /// What chance was drawn from.
    pub seeds: List<Seed, SEEDS_MAX>,
    /// What was asked and answered, if it was kept.
    pub transcript: Option<Transcript>,
    /// The file that the harness wrote.
    pub source: BlobId,
    /// Tasks, in the order of their names.
    pub tasks: List<TaskResult, TASKS_MAX>,
}

/// A seed by its name in the harness.
#[derive(Clone, Debug, PartialEq, Eq, BorshSerialize, BorshDeserialize, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Seed {
    /// Which.
    pub name: Text<32>,
    /// Its value.
    pub value: i64,
}

/// What was asked and answered.
#[derive(
    Clone, Copy, Debug, PartialEq, Eq, BorshSerialize, BorshDeserialize, Serialize, Deserialize,
)]
#[serde(deny_unknown_fields)]
pub struct Transcript {
    /// Root of the tree over the lines of the files of samples.
    pub root: Digest,
    /// How many lines those are.
    pub lines: u64,
}

/// What came of a task.
#[derive(Clone, Debug, PartialEq, Eq, BorshSerialize, BorshDeserialize, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct TaskResult {
    /// Its name in the harness.
    pub task: Text<256>,
    /// Its version there; may be empty.
    pub version: Text<32>,
    /// Examples in the question.
    pub shots: Option<u32>,
    /// How many samples counted.
    pub samples: Option<u64>,
    /// Of how many that there are.
    pub samples_of: Option<u64>,
    /// Metrics, in the order of their names.
    pub metrics: List<Metric, METRICS_MAX>,
}

/// A number that the harness found, in billionths.
#[derive(Clone, Debug, PartialEq, Eq, BorshSerialize, BorshDeserialize, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Metric {
    /// Its name in the harness.
    pub name: Text<96>,
    /// The number.
    pub value: i64,
    /// Its standard error, if the harness told it.
    pub error: Option<i64>,
}

/// An attempt as the state holds it.
#[derive(Clone, Debug, PartialEq, Eq, BorshSerialize, BorshDeserialize, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct RegisteredAttempt {
    /// Counted from 1 for each model.
    pub number: u64,
    /// Who registered it.
    pub by: Address,
    /// In which block.
    pub height: Height,
    /// Network time of that block.
    pub time: TimeMs,
    /// What was registered.
    pub attempt: Attempt,
}
