//! The revenue of crypto-AI as a model: scenarios, what if, how sure, and why. No I/O.
//!
//! | module | purpose |
//! |---|---|
//! | `scenario` | what is put in, from where, and how it moves over the years |
//! | `document` | TOML files of scenarios, every problem with its line |
//! | `study` | the study this comes from: inputs, printed outputs, contradictions |
//! | `formula`, `number`, `distribution` | derivations, numbers as written, probability distributions |
//! | `program` | one scenario in one year as steps over its uncertain inputs |
//! | `results`, `text`, `json` | results as values, as plain text, as JSON |
//! | `sample` | Monte Carlo: scrambled Sobol points, copula, quantiles with errors |
//! | `why` | tornado, Sobol indices, bridge between scenarios, goal seek |
//!
//! **Invariant:** no I/O and no clock; equal input and seed give equal bits, on any number of threads.

mod distribution;
mod document;
mod error;
mod formula;
mod json;
mod number;
mod program;
mod results;
mod root;
mod sample;
mod scenario;
mod study;
mod text;
mod why;

pub use distribution::{Distribution, DistributionError, Percentile, Tail};
pub use document::read_scenarios;
pub use error::{ForecastError, Problem, Problems};
pub use formula::{Binary, Formula, FormulaError, Unary, parse_formula};
pub use json::{runs_json, scenarios_json};
pub use number::{NumberError, Unit, grouped, parse_number, percent};
pub use program::{Model, Program, Variable};
pub use results::Results;
pub use sample::{
    BIN_RELATIVE_WIDTH, Estimate, Options, OutputSummary, QUANTILES, Run, Sampling, UNCERTAIN_MAX,
    run,
};
pub use scenario::{
    Attribution, Correlation, Definition, Input, InputKey, Origin, OutputKey, Path, Scenario,
    SegmentName, ShareKind, Status, Year,
};
pub use study::{
    ATTRIBUTION, CONTRADICTIONS, DISCLAIMER, Printed, printed_outputs, printed_tam, study,
};
pub use text::{
    bridge_text, check_text, indices_text, runs_text, scenarios_text, seek_text, tornado_text,
};
pub use why::{
    Bar, Bridge, BridgeStep, Index, Indices, Seek, Swing, Tornado, bridge, indices, seek, tornado,
};
