//! How much work is asked of whom: as the load of the site says.
//!
//! The load is how busy the site is with what the gate lets through: the time its answers took, against
//! what it bears. Once a second the controller of `lilliput-fee` makes a level of it; the level
//! multiplies the work of challenges and the prices of classes. Humans with a pass are never asked.

use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Mutex, PoisonError};

use lilliput_fee::{Controller, Level, Meter, Settings};
use lilliput_pass::work::Effort;

use crate::policy::{Decision, Verdict};
use crate::price::Price;

/// Hashes of a light challenge while there is no load: a blink on a phone.
const HASHES_AT_REST: u64 = 1 << 14;
/// Bits that work in place of a payment takes on top.
const PAY_BITS: i32 = 5;
/// Puzzles of a challenge: luck evens out.
const PUZZLES: u8 = 16;
/// How long a window of the controller is.
const WINDOW_MS: u64 = 1_000;
/// Fewest bits a challenge may come down to.
const HASHES_MIN: u64 = 1 << 8;
/// Highest multiple of prices: what a program was told must not explode.
const PRICE_MULTIPLE_MAX: u64 = 1_000;

/// The level of fees and work, moved by the load.
pub(crate) struct Tariff {
    /// The level in 1,024ths, for requests to read.
    level: AtomicU64,
    load_permille: AtomicU64,
    /// Microseconds of the site's time, since the window began.
    used: AtomicU64,
    control: Mutex<Control>,
}

struct Control {
    controller: Controller,
    meter: Meter,
    /// The levels of the last windows, latest last.
    history: Vec<(u64, u32)>,
}

/// Windows that the page shows.
const HISTORY_MAX: usize = 300;

impl Tariff {
    /// `bears` is how many requests the site can work on at once.
    pub(crate) fn new(
        bears: u32,
        target_permille: u32,
        now_ms: u64,
    ) -> Result<Self, lilliput_fee::SettingsError> {
        let settings = Settings {
            target_permille,
            band_permille: Settings::default().band_permille.min(target_permille / 2),
            ..Settings::default()
        };
        let capacity = WINDOW_MS
            .saturating_mul(1_000)
            .saturating_mul(u64::from(bears.max(1)));
        Ok(Self {
            level: AtomicU64::new(Level::OFF.in_1024ths()),
            load_permille: AtomicU64::new(0),
            used: AtomicU64::new(0),
            control: Mutex::new(Control {
                controller: Controller::new(settings)?,
                meter: Meter::new(WINDOW_MS, capacity, now_ms),
                history: Vec::new(),
            }),
        })
    }

    /// Counts what a request that was let through cost the site.
    pub(crate) fn count(&self, micros: u64) {
        self.used.fetch_add(micros, Ordering::Relaxed);
    }

    /// Ends windows that are over. To be called several times a second.
    pub(crate) fn tick(&self, now_ms: u64) {
        let mut control = self.control.lock().unwrap_or_else(PoisonError::into_inner);
        control.meter.count(self.used.swap(0, Ordering::Relaxed));
        let loads: Vec<u32> = control.meter.close(now_ms).collect();
        for load in loads {
            let level = control.controller.observe(load);
            self.level.store(level.in_1024ths(), Ordering::Relaxed);
            self.load_permille.store(u64::from(load), Ordering::Relaxed);
            if control.history.len() >= HISTORY_MAX {
                control.history.remove(0);
            }
            control.history.push((level.in_1024ths(), load));
        }
    }

    /// The multiple of the lowest level, in 1,024ths; at least one whole.
    fn multiple(&self) -> u64 {
        self.level
            .load(Ordering::Relaxed)
            .max(Level::ONE.in_1024ths())
    }

    /// The level in 1,024ths; 0 while the site isn't loaded.
    pub(crate) fn level(&self) -> u64 {
        self.level.load(Ordering::Relaxed)
    }

    /// The last load, in thousandths of what the site bears.
    pub(crate) fn load_permille(&self) -> u64 {
        self.load_permille.load(Ordering::Relaxed)
    }

    /// Levels and loads of the last windows, latest last.
    pub(crate) fn history(&self) -> Vec<(u64, u32)> {
        self.control
            .lock()
            .unwrap_or_else(PoisonError::into_inner)
            .history
            .clone()
    }

    /// The work that a verdict asks for.
    pub(crate) fn effort(&self, verdict: &Verdict) -> Effort {
        let bits = i32::from(verdict.extra_bits)
            + match verdict.decision {
                Decision::Pay => PAY_BITS,
                Decision::Challenge | Decision::Pass | Decision::Deny => 0,
            };
        let base = u128::from(HASHES_AT_REST) * u128::from(self.multiple())
            / u128::from(Level::ONE.in_1024ths());
        let hashes = if bits >= 0 {
            base << bits.min(20)
        } else {
            base >> (-bits).min(20)
        };
        let most = lilliput_pass::work::EFFORT_MAX / 2;
        let hashes = u64::try_from(hashes)
            .unwrap_or(most)
            .clamp(HASHES_MIN, most);
        // Of one puzzle no more than the desk takes.
        Effort::new(hashes, PUZZLES).unwrap_or_else(|_| Effort::from_quarter_bits(120, PUZZLES))
    }

    /// The hashes of a light challenge right now.
    pub(crate) fn light_hashes(&self) -> u64 {
        HASHES_AT_REST.saturating_mul(self.multiple()) / Level::ONE.in_1024ths()
    }

    /// A price under the present load.
    pub(crate) fn price(&self, base: Price) -> Price {
        let multiple = self
            .multiple()
            .min(PRICE_MULTIPLE_MAX * Level::ONE.in_1024ths());
        let scaled = u128::from(base.millionths) * u128::from(multiple);
        let scaled = scaled.div_ceil(u128::from(Level::ONE.in_1024ths()));
        Price {
            millionths: u64::try_from(scaled).unwrap_or(u64::MAX),
        }
    }
}
