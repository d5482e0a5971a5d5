//! The fee level, and with it the proof-of-work difficulty, at which the load of a site stays under a target.
//!
//! | module | purpose |
//! |---|---|
//! | `settings` | the controller's numbers and their bounds |
//! | `controller` | load in, level out |
//! | `level` | what a level asks of a class of traffic |
//! | `meter` | requests in, load of a window out |
//! | [`simulation`] | floods with given budgets in virtual time |
//!
//! A gate counts what it lets through in a [`Meter`], closes a window every second or so, hands the load to a [`Controller`]
//! and keeps the [`Level`] it gets, a plain number, for all requests of the next window. Traffic that is exempt, such as humans
//! with passes, has a [`Tariff`] of nothing at every level: it counts as load, it never pays for it.
//!
//! Invariants: integers alone, no clock, no randomness but of a seed; one step costs a few multiplications; a level is off,
//! or between one and the maximum of the settings.
#![warn(missing_docs)]

mod controller;
mod level;
mod meter;
mod settings;
pub mod simulation;

pub use controller::Controller;
pub use level::{Level, Tariff};
pub use meter::Meter;
pub use settings::{Settings, SettingsError};
