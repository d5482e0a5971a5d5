//! Load in, level out.

use crate::level::Level;
use crate::settings::{Settings, SettingsError};

/// The controller of one site. It rises in proportion to the excess of load, as the base fee of EIP-1559 does, and falls
/// slowly, after a stay; the stay gets longer while load comes back each time.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Controller {
    settings: Settings,
    level: Level,
    /// How long the present stay is.
    hold: u32,
    /// What is left of it.
    hold_left: u32,
    /// Whether the level has fallen since it last rose.
    fell: bool,
    /// Windows since load was last above the band.
    calm: u32,
}

impl Controller {
    /// A controller that asks nothing yet.
    ///
    /// # Errors
    /// When the settings are out of bounds.
    pub fn new(settings: Settings) -> Result<Self, SettingsError> {
        settings.check()?;
        Ok(Self {
            settings,
            level: Level::OFF,
            hold: settings.hold_windows,
            hold_left: 0,
            fell: false,
            calm: 0,
        })
    }

    /// The level of the present window.
    #[must_use]
    pub const fn level(&self) -> Level {
        self.level
    }

    /// Takes the load of a window that ended, in thousandths of what the site can bear, and gives the level of the next.
    pub fn observe(&mut self, load_permille: u32) -> Level {
        let settings = self.settings;
        let (target, band) = (settings.target_permille, settings.band_permille);
        if load_permille > target.saturating_add(band) {
            self.rise(load_permille);
        } else {
            self.rest();
            if load_permille < target.saturating_sub(band) {
                self.fall(load_permille);
            }
        }
        self.level
    }

    fn rise(&mut self, load_permille: u32) {
        let settings = self.settings;
        self.calm = 0;
        if self.fell {
            // It has been here before: whoever pushes waits for the level to fall.
            self.fell = false;
            self.hold = self.hold.saturating_mul(2).min(settings.hold_max_windows);
        }
        self.hold_left = self.hold;
        if self.level.is_off() {
            self.level = Level::ONE;
            return;
        }
        let target = u64::from(settings.target_permille);
        let excess = (u64::from(load_permille) - target) * 1_000 / target;
        let step = excess * u64::from(settings.gain_permille) / 1_000;
        let step = step.clamp(1, u64::from(settings.rise_max_permille));
        let most = Level::ONE.0 * u64::from(settings.multiple_max);
        let more = (self.level.0 * step / 1_000).max(1);
        self.level = Level((self.level.0 + more).min(most));
    }

    /// Long calm makes the stay short again.
    fn rest(&mut self) {
        self.calm = self.calm.saturating_add(1);
        if self.calm.is_multiple_of(self.settings.hold_max_windows) {
            self.hold = (self.hold / 2).max(self.settings.hold_windows);
        }
    }

    fn fall(&mut self, load_permille: u32) {
        if self.level.is_off() {
            return;
        }
        if self.hold_left > 0 {
            self.hold_left -= 1;
            return;
        }
        let settings = self.settings;
        let target = u64::from(settings.target_permille);
        let lack = target.saturating_sub(u64::from(load_permille)) * 1_000 / target;
        let step = lack * u64::from(settings.gain_permille) / 1_000;
        let step = step.clamp(1, u64::from(settings.fall_max_permille));
        let less = (self.level.0 * step / 1_000).max(1);
        self.fell = true;
        let level = Level(self.level.0 - less);
        self.level = if level < Level::ONE {
            Level::OFF
        } else {
            level
        };
    }
}
