//! Why a result is what it is: which inputs move it, what lies between two scenarios, what a target would take.

mod bridge;
mod indices;
mod seek;
mod tornado;

#[cfg(test)]
mod tests;

pub use bridge::{Bridge, BridgeStep, bridge};
pub use indices::{Index, Indices, indices};
pub use seek::{Seek, seek};
pub use tornado::{Bar, Swing, Tornado, tornado};
