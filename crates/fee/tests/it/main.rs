//! The controller and the floods it is simulated under.

mod controller;
mod floods;
mod levels;
