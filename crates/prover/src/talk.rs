//! A prover's messages under random masks, and what the verifier's receiver makes of them: for tests of the pieces.

use lilliput_verifier::codec::CodecError;
use lilliput_verifier::field::EF;
use lilliput_verifier::form::{Constraint, Form};
use lilliput_verifier::receiver::Receiver;
use lilliput_verifier::transcript::Transcript as Said;
use p3_field::PrimeCharacteristicRing;
use rand::{RngExt, SeedableRng};
use rand_chacha::ChaCha8Rng;

use crate::transcript::Transcript;

/// The verifier's part of a piece.
pub(crate) type Hear<'a, V> = &'a dyn Fn(&mut Receiver<'_>) -> Result<V, CodecError>;

/// A piece of an argument, as it was sent.
pub(crate) struct Talk<P> {
    /// What the prover was left with.
    pub(crate) proved: P,
    /// The masked messages.
    pub(crate) bytes: Vec<u8>,
    masks: Vec<EF>,
    end: EF,
}

/// What a receiver was left with, and the messages without their masks.
pub(crate) struct Heard<V> {
    pub(crate) heard: V,
    constraints: Vec<Constraint>,
    messages: Vec<EF>,
    end: EF,
}

impl<P> Talk<P> {
    /// Lets a prover talk; `hear` says how many messages it has.
    pub(crate) fn new<V>(
        seed: u64,
        hear: Hear<'_, V>,
        prove: impl FnOnce(&mut Transcript) -> P,
    ) -> Self {
        let mut counting = Receiver::counting();
        hear(&mut counting).expect("zeros can be read");
        let mut rng = ChaCha8Rng::seed_from_u64(seed);
        let count = counting.counts().messages;
        let masks: Vec<EF> = (0..count).map(|_| rng.random()).collect();
        let mut transcript = Transcript::new(Said::new("test"), masks.clone());
        let proved = prove(&mut transcript);
        let end = transcript.challenge("end");
        Self {
            proved,
            bytes: transcript.into_argument(),
            masks,
            end,
        }
    }

    /// Listens to other bytes under the same masks.
    pub(crate) fn hear_bytes<V>(
        &self,
        bytes: &[u8],
        hear: Hear<'_, V>,
    ) -> Result<Heard<V>, CodecError> {
        let mut receiver = Receiver::new(bytes, Said::new("test"));
        let heard = hear(&mut receiver)?;
        let messages = receiver.masked().iter().zip(&self.masks);
        let messages = messages.map(|(&masked, &mask)| masked - mask).collect();
        let end = receiver.challenge("end");
        let constraints = receiver.take_constraints();
        receiver.finish()?;
        Ok(Heard {
            heard,
            constraints,
            messages,
            end,
        })
    }

    /// Listens to what was said; both sides end with the same transcript.
    pub(crate) fn hear<V>(&self, hear: Hear<'_, V>) -> Heard<V> {
        let heard = self
            .hear_bytes(&self.bytes, hear)
            .expect("a prover's messages can be read");
        assert_eq!(heard.end, self.end);
        heard
    }
}

impl<V> Heard<V> {
    /// What a form stands for.
    pub(crate) fn value(&self, form: &Form) -> EF {
        form.evaluate(|index| self.messages[index])
    }

    /// Which constraints the messages break.
    pub(crate) fn broken(&self) -> Vec<usize> {
        let constraints = self.constraints.iter().enumerate();
        constraints
            .filter(|(_, own)| {
                let products = own.products.iter();
                let sum: EF = products
                    .map(|[left, right]| self.value(left) * self.value(right))
                    .sum();
                sum - self.value(&own.sum) != EF::ZERO
            })
            .map(|(index, _)| index)
            .collect()
    }
}
