//! The prover's end of the conversation: what is said is masked, written and absorbed.
//!
//! Code that argues sends plain values; no value leaves without the next mask but those that are public by design.

use lilliput_verifier::codec::{EXTENSION_BYTES, Reader, Writer};
use lilliput_verifier::field::{EF, F};
use lilliput_verifier::pcs::Root;
use lilliput_verifier::pcs::code::GRINDING_BITS;
use lilliput_verifier::transcript::Transcript as Said;

/// A conversation as a prover holds it.
#[derive(Debug)]
pub struct Transcript {
    said: Said,
    writer: Writer,
    masks: Vec<EF>,
    sent: usize,
}

impl Transcript {
    /// Goes on after the statement, with masks for all secret messages.
    #[must_use]
    pub fn new(said: Said, masks: Vec<EF>) -> Self {
        Self {
            said,
            writer: Writer::new(),
            masks,
            sent: 0,
        }
    }

    /// Sends secret values.
    ///
    /// # Panics
    ///
    /// When there are more messages than masks: the count that the masks were made from is wrong.
    pub fn send(&mut self, label: &'static str, values: &[EF]) {
        let end = self.sent + values.len();
        let masks = self.masks.get(self.sent..end);
        let masks = masks.expect("as many masks as the counting run heard messages");
        let masked: Vec<EF> = values
            .iter()
            .zip(masks)
            .map(|(&value, &mask)| value + mask)
            .collect();
        self.sent = end;
        self.public(label, &masked);
    }

    /// Sends values in the clear.
    pub fn public(&mut self, label: &'static str, values: &[EF]) {
        self.writer.extensions(values);
        self.said.absorb(label, values);
    }

    /// Sends a commitment.
    pub fn root(&mut self, label: &'static str, root: &Root) {
        self.writer.bytes(&root.0);
        root.absorb(label, &mut self.said);
    }

    /// Does the work that is asked for before positions are drawn.
    pub fn work(&mut self, label: &'static str) {
        let witness: F = self.said.grind(label, GRINDING_BITS);
        self.writer.base(witness);
    }

    /// Draws positions.
    pub fn positions(&mut self, label: &'static str, count: usize, log_size: usize) -> Vec<usize> {
        self.said.challenge_positions(label, count, log_size)
    }

    /// Opened rows: bound by their tree, so not absorbed.
    pub fn opened(&mut self) -> &mut Writer {
        &mut self.writer
    }

    /// Draws a challenge.
    pub fn challenge(&mut self, label: &'static str) -> EF {
        self.said.challenge(label)
    }

    /// Draws a point.
    pub fn challenge_point(&mut self, label: &'static str, variables: usize) -> Vec<EF> {
        self.said.challenge_point(label, variables)
    }

    /// What was sent so far.
    #[must_use]
    pub fn argument(&self) -> &[u8] {
        self.writer.as_bytes()
    }

    /// The last `count` values that were sent before the last `behind` ones, as they were written.
    pub(crate) fn last_masked(&self, count: usize, behind: usize) -> Vec<EF> {
        let end = self.writer.as_bytes().len() - behind * EXTENSION_BYTES;
        let start = end - count * EXTENSION_BYTES;
        Reader::new(&self.writer.as_bytes()[start..end])
            .extensions(count)
            .expect("written here")
    }

    /// The masks, used or not.
    pub fn masks(&self) -> &[EF] {
        &self.masks
    }

    /// All that was sent.
    #[must_use]
    pub fn into_argument(self) -> Vec<u8> {
        self.writer.finish()
    }
}

/// Sends a round polynomial and draws the round's challenge.
pub fn round_challenge<const DEGREE: usize>(
    round: &[EF; DEGREE],
    transcript: &mut Transcript,
) -> EF {
    transcript.send("sumcheck round", round);
    transcript.challenge("sumcheck challenge")
}
