//! What a proof shows besides its statement: nothing.
//!
//! A simulator makes transcripts without weights, input or run, and the verifier's code accepts them under the
//! simulator's challenges. Real transcripts are compared with them, and with each other, by statistics. And the rows of
//! the weights that all openings of a key show together leave every other model possible.

mod openings;
mod simulator;
mod statistics;
