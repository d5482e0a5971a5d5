//! Rule `subtensor-425`: the epoch arithmetic of subtensor 14bc6f9f (spec 425), bit by bit, quirks included.
//!
//! For comparison and for migrating subnets; the rule of our own subnets is another. Differences between
//! the two are listed in `specs/subnets.md`. Every step floors, truncates, saturates and orders as upstream
//! does; what would wrap around there is an error here. Time is proportional to the entries of the
//! matrices, also for liquid alpha.

mod bonds;
mod case;
mod economics;
mod epoch;
mod explain;
mod fixed;
mod median;
mod rows;

pub use case::{ENTRIES_MAX, EpochInput, EpochOutput, IntegerRow, RawBits, UIDS_MAX};
pub use economics::{
    BURN_MULTIPLIER_Q64, EmissionSplit, FIRST_BLOCK_EMISSION, OWNER_CUT, TOTAL_SUPPLY,
    block_emission, bumped_burn, decay_factor_q32, emission_split, multiply_q32, subnet_lock_cost,
};
pub use epoch::run_epoch;
pub use explain::{DividendLine, Explanation, SupportLine, explain};
pub use rows::upscaled;
