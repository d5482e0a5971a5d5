//! The verifier's end of the conversation: messages are read, absorbed, and known as forms.
//!
//! Without bytes to read it counts: the same code that checks a proof says how many messages one has, and which
//! constraints they obey. So a prover knows how many masks to commit, and the account of soundness what to count.

use crate::argument::Counts;
use crate::codec::{CodecError, Reader};
use crate::field::EF;
use crate::form::{Constraint, Form};
use crate::pcs::Root;
use crate::sumcheck::{Reduced, evaluate_eq_round, evaluate_round};
use crate::transcript::Transcript;

/// Where messages come from.
#[derive(Clone, Debug)]
enum Source<'a> {
    Bytes(Reader<'a>),
    /// Every message is zero.
    Nothing,
}

/// A conversation as a verifier hears it.
#[derive(Clone, Debug)]
pub struct Receiver<'a> {
    source: Source<'a>,
    transcript: Transcript,
    masked: Vec<EF>,
    counted: Counts,
    /// What the messages have to obey, as far as it is known.
    pub constraints: Vec<Constraint>,
}

impl<'a> Receiver<'a> {
    /// Reads an argument; the transcript has absorbed the statement.
    #[must_use]
    pub fn new(argument: &'a [u8], transcript: Transcript) -> Self {
        Self {
            source: Source::Bytes(Reader::new(argument)),
            transcript,
            masked: Vec::new(),
            counted: Counts::default(),
            constraints: Vec::new(),
        }
    }

    /// Hears nothing but zeros: for counting messages and constraints.
    #[must_use]
    pub fn counting() -> Receiver<'static> {
        Receiver {
            source: Source::Nothing,
            transcript: Transcript::new("counting"),
            masked: Vec::new(),
            counted: Counts::default(),
            constraints: Vec::new(),
        }
    }

    /// The next secret messages.
    ///
    /// # Errors
    ///
    /// [`CodecError`].
    pub fn receive(&mut self, label: &'static str, count: usize) -> Result<Vec<Form>, CodecError> {
        let values = self.public(label, count)?;
        let first = self.masked.len();
        self.masked.extend(values);
        self.counted.messages = self.masked.len();
        Ok((first..self.masked.len()).map(Form::message).collect())
    }

    /// The next secret message.
    ///
    /// # Errors
    ///
    /// [`CodecError`].
    pub fn receive_one(&mut self, label: &'static str) -> Result<Form, CodecError> {
        let one = self.receive(label, 1)?.pop();
        one.ok_or(CodecError::OutOfBounds("message"))
    }

    /// The next values that are sent in the clear.
    ///
    /// # Errors
    ///
    /// [`CodecError`].
    pub fn public(&mut self, label: &'static str, count: usize) -> Result<Vec<EF>, CodecError> {
        let values = match &mut self.source {
            Source::Bytes(reader) => reader.extensions(count)?,
            Source::Nothing => vec![EF::default(); count],
        };
        self.transcript.absorb(label, &values);
        Ok(values)
    }

    /// The next commitment.
    ///
    /// # Errors
    ///
    /// [`CodecError`].
    pub fn root(&mut self, label: &'static str) -> Result<Root, CodecError> {
        let root = match &mut self.source {
            Source::Bytes(reader) => Root(reader.array()?),
            Source::Nothing => Root([0; 32]),
        };
        root.absorb(label, &mut self.transcript);
        Ok(root)
    }

    /// Draws a challenge.
    pub fn challenge(&mut self, label: &'static str) -> EF {
        self.transcript.challenge(label)
    }

    /// Draws a point.
    pub fn challenge_point(&mut self, label: &'static str, variables: usize) -> Vec<EF> {
        self.transcript.challenge_point(label, variables)
    }

    /// A sumcheck of degree `DEGREE` with that many rounds: the point, and the claim left there.
    ///
    /// # Errors
    ///
    /// [`CodecError`].
    pub fn sumcheck<const DEGREE: usize>(
        &mut self,
        claim: Form,
        rounds: usize,
    ) -> Result<Reduced<Form>, CodecError> {
        let mut reduced = Reduced {
            point: Vec::with_capacity(rounds),
            claim,
        };
        for _ in 0..rounds {
            let (round, challenge) = self.round::<DEGREE>()?;
            reduced.claim = evaluate_round(&round, reduced.claim, challenge);
            reduced.point.push(challenge);
        }
        Ok(reduced)
    }

    /// A sumcheck over `eq(anchor, x) F(x)`, `F` of degree `DEGREE`: what is left is `F` at the point.
    ///
    /// # Errors
    ///
    /// [`CodecError`].
    pub fn eq_sumcheck<const DEGREE: usize>(
        &mut self,
        anchor: &[EF],
        claim: Form,
    ) -> Result<Reduced<Form>, CodecError> {
        let mut reduced = Reduced {
            point: Vec::with_capacity(anchor.len()),
            claim,
        };
        for &coordinate in anchor {
            let (round, challenge) = self.round::<DEGREE>()?;
            reduced.claim = evaluate_eq_round(&round, reduced.claim, coordinate, challenge);
            reduced.point.push(challenge);
        }
        Ok(reduced)
    }

    fn round<const DEGREE: usize>(&mut self) -> Result<([Form; DEGREE], EF), CodecError> {
        let round = self.receive("sumcheck round", DEGREE)?;
        let round = round.try_into();
        let round = round.map_err(|_| CodecError::OutOfBounds("round of a sumcheck"))?;
        Ok((round, self.challenge("sumcheck challenge")))
    }

    /// The secret messages so far, as they were sent.
    pub fn masked(&self) -> &[EF] {
        &self.masked
    }

    /// How many messages, constraints and products were heard.
    #[must_use]
    pub fn counts(&self) -> Counts {
        self.counted
    }

    /// Takes the constraints, to be combined.
    pub fn take_constraints(&mut self) -> Vec<Constraint> {
        let products = self.constraints.iter().map(|own| own.products.len());
        self.counted.products = products.sum();
        self.counted.constraints = self.constraints.len();
        std::mem::take(&mut self.constraints)
    }

    /// A form without its masks: what is public of it. Its value is this, minus its coefficients times the masks.
    pub fn public_part(&self, form: &Form) -> EF {
        form.evaluate(|index| self.masked.get(index).copied().unwrap_or_default())
    }

    /// What is left to read, and the transcript, for the opening.
    ///
    /// # Errors
    ///
    /// [`CodecError`] for a receiver that only counts.
    pub fn opening(&mut self) -> Result<(&mut Reader<'a>, &mut Transcript), CodecError> {
        match &mut self.source {
            Source::Bytes(reader) => Ok((reader, &mut self.transcript)),
            Source::Nothing => Err(CodecError::OutOfBounds("opening")),
        }
    }

    /// Refuses what is left over.
    ///
    /// # Errors
    ///
    /// [`CodecError::Trailing`].
    pub fn finish(self) -> Result<(), CodecError> {
        match self.source {
            Source::Bytes(reader) => reader.finish(),
            Source::Nothing => Ok(()),
        }
    }
}
