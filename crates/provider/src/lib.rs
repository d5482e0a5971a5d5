//! A provider: runs models for money and proves what it ran, over the same API as anyone else.
//!
//! It registers, deposits stake, offers the models it has, and then looks for jobs: it fetches an
//! order's input, compares it with the order's commitment, accepts ("I have the model and the
//! input"), runs and proves, answers. A job that it had accepted before it died is answered when it
//! comes back.
//!
//! | module | purpose |
//! |---|---|
//! | [`desk`], [`script`] | bids and declines in the market for compute; prices by a program |
//! | [`economics`] | what a megawatt-hour is worth, and the price below which compute isn't sold |
//! | `config` | what a provider is started with; loading models |
//! | `model_file` | a model on disk: keys, copies, successors |
//! | `openings` | the counter beside a model that hides its weights |
//! | `shop` | registration, stake, offers |
//! | `work` | one job from order to answer |
//! | `run` | the loop, and what it reports |
//!
//! Invariants: nothing is accepted without its input at hand and in range, nor with less time than the
//! model is known to take; a key never leaves the process.

mod config;
pub mod desk;
pub mod economics;
mod error;
mod model_file;
mod openings;
mod run;
pub mod script;
mod shop;
mod work;

pub use config::{Config, load_models};
pub use error::ProviderError;
pub use model_file::{MODEL_BYTES_MAX, ModelFile, ModelFileError, Rotated, secret};
pub use openings::{Openings, OpeningsError};
pub use run::{Report, run};
