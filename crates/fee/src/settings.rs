//! The controller's numbers and their bounds.

use serde::{Deserialize, Serialize};

use crate::level::Level;

/// How a controller answers to load. Loads are in thousandths of what the site can bear.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct Settings {
    /// The load to stay under.
    pub target_permille: u32,
    /// How far load may be off the target, either way, without an answer.
    pub band_permille: u32,
    /// The part of a relative excess, in thousandths, by which the level rises in a window: half of it is 500.
    pub gain_permille: u32,
    /// The most by which it rises in a window, in thousandths of itself.
    pub rise_max_permille: u32,
    /// The most by which it falls in a window, in thousandths of itself.
    pub fall_max_permille: u32,
    /// For how many windows it stays before it falls.
    pub hold_windows: u32,
    /// The longest such stay; it doubles each time that load comes back when the level has fallen.
    pub hold_max_windows: u32,
    /// The highest level, as a multiple of the lowest.
    pub multiple_max: u32,
}

/// Settings that make no controller.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("{name} is {got}, {least} to {most}")]
pub struct SettingsError {
    /// Which number.
    pub name: &'static str,
    /// What it is.
    pub got: u32,
    /// The least it may be.
    pub least: u32,
    /// The most it may be.
    pub most: u32,
}

impl Default for Settings {
    /// For windows of about a second: the level doubles in a window at three times the target, and halves in about a minute
    /// once nobody pushes. How others do: docs/fee-controller.md.
    fn default() -> Self {
        Self {
            target_permille: 700,
            band_permille: 50,
            gain_permille: 500,
            rise_max_permille: 3_000,
            fall_max_permille: 15,
            hold_windows: 15,
            hold_max_windows: 480,
            multiple_max: Level::MULTIPLE_MAX,
        }
    }
}

impl Settings {
    /// Says what is wrong with them.
    ///
    /// # Errors
    /// The first number out of its bounds.
    pub fn check(&self) -> Result<(), SettingsError> {
        let within = |name, got: u32, least: u32, most: u32| {
            if (least..=most).contains(&got) {
                return Ok(());
            }
            Err(SettingsError {
                name,
                got,
                least,
                most,
            })
        };
        within("target_permille", self.target_permille, 10, 1_000)?;
        within(
            "band_permille",
            self.band_permille,
            0,
            self.target_permille / 2,
        )?;
        within("gain_permille", self.gain_permille, 1, 1_000)?;
        within("rise_max_permille", self.rise_max_permille, 1, 3_000)?;
        within("fall_max_permille", self.fall_max_permille, 1, 500)?;
        within("hold_max_windows", self.hold_max_windows, 1, 100_000)?;
        within("hold_windows", self.hold_windows, 1, self.hold_max_windows)?;
        within("multiple_max", self.multiple_max, 1, Level::MULTIPLE_MAX)
    }
}
