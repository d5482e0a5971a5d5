//! The runtime as a process, with real components.

mod bench;
mod deterministic;
mod folder;
mod hostile;
mod kill;
mod limits;
mod network;
mod runtime;
mod service;
