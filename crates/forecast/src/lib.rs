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
//! | `picture`, `report` | SVG and PNG; HTML, Markdown, CSV, workbook |
//! | `supply` | a miner's choice, merit order, burn and mint |
//! | `actual` | a ledger's revenue beside the forecast for the same period |
//! | `companies` | the study's table of companies, tied to commands |
//!
//! **Invariant:** no I/O and no clock; equal input and seed give equal bits, on any number of threads.

mod actual;
mod companies;
mod distribution;
mod document;
mod error;
mod formula;
mod json;
mod number;
mod picture;
mod program;
mod report;
mod results;
mod root;
mod sample;
mod scenario;
mod study;
mod supply;
mod text;
mod why;

pub use actual::{ActualRow, Comparison, Conversion, beside_actual};
pub use companies::{COMPANIES_ATTRIBUTION, Company, companies, companies_json, companies_text};
pub use distribution::{Distribution, DistributionError, Percentile, Tail};
pub use document::read_scenarios;
pub use error::{ForecastError, Problem, Problems};
pub use formula::{Binary, Formula, FormulaError, Unary, parse_formula};
pub use json::{runs_json, scenarios_json};
pub use number::{NumberError, Unit, grouped, parse_number, percent};
pub use picture::{
    StackedColumn, fan_svg, histogram_svg, png, stacked_svg, tornado_svg, waterfall_svg,
};
pub use program::{Model, Program, Variable};
pub use report::{Report, SLIDERS_SCRIPT, sliders_html};
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
    ATTRIBUTION, CONTRADICTIONS, DISCLAIMER, PATHS_NOTE, Printed, printed_outputs, printed_tam,
    study,
};
pub use supply::{
    Bid, Breaker, BurnAndMint, Choice, Clearing, Dispatch, EmissionSchedule, GpuFleet, Hour,
    MineOrSell, Miner, Supplier, SupplierKind, clear, hashprice, mine_or_sell, tokens_for,
};
pub use text::{
    bridge_text, check_text, indices_text, runs_text, scenarios_text, seek_text, tornado_text,
};
pub use why::{
    Bar, Bridge, BridgeStep, Index, Indices, Seek, Swing, Tornado, bridge, indices, seek, tornado,
};
