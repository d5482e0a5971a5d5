//! Requests in, load of a window out.

/// Counts what a site does within windows of equal length. Times are the caller's, in milliseconds of any origin.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Meter {
    window_ms: u64,
    capacity: u64,
    ends_ms: u64,
    used: u64,
}

impl Meter {
    /// The most windows that [`Meter::close`] reports at once; after a longer pause the rest is as if it hadn't been.
    pub const WINDOWS_MAX: u64 = 600;

    /// A meter of a site that bears `capacity` units of cost in a window, which begins now. Both at least one.
    #[must_use]
    pub fn new(window_ms: u64, capacity: u64, now_ms: u64) -> Self {
        let window_ms = window_ms.max(1);
        Self {
            window_ms,
            capacity: capacity.max(1),
            ends_ms: now_ms.saturating_add(window_ms),
            used: 0,
        }
    }

    /// Counts a request that was let through, by what it costs the site.
    pub const fn count(&mut self, cost: u64) {
        self.used = self.used.saturating_add(cost);
    }

    /// The loads, in thousandths of the capacity, of all windows that have ended: none most of the time, the counted one first,
    /// then empty ones if nobody asked in between.
    pub fn close(&mut self, now_ms: u64) -> impl Iterator<Item = u32> + use<> {
        let ended = match now_ms.checked_sub(self.ends_ms) {
            None => 0,
            Some(late) => late / self.window_ms + 1,
        };
        let load = self.used.saturating_mul(1_000) / self.capacity;
        let load = u32::try_from(load).unwrap_or(u32::MAX);
        if ended > 0 {
            self.used = 0;
            let passed = ended.saturating_mul(self.window_ms);
            self.ends_ms = self.ends_ms.saturating_add(passed);
        }
        (0..ended.min(Self::WINDOWS_MAX)).map(move |index| if index == 0 { load } else { 0 })
    }
}
