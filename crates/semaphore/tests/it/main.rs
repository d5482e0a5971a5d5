//! What the public client made, and what became of it when it was changed.

mod groups;
mod hostile;
mod proofs;
mod vectors;
