//! What a proof's security rests on, for people: the codes and constants that its check uses.

use crate::argument::count;
use crate::codec::CodecError;
use crate::key::VerifyingKey;
use crate::layers::Unprovable;
use crate::layout::Hidden;
use crate::pcs::Code;
use crate::pcs::settle::Columns;
use crate::verify::layout_of;

/// The codes of one proof, each with the name of what it commits to.
#[derive(Clone, Debug)]
pub struct Parameters {
    /// In the order in which they are opened; the last one is that of the masks.
    pub codes: Vec<(&'static str, Code)>,
}

/// Why there are none.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum NoParameters {
    /// What is asked to be hidden can't be.
    #[error(transparent)]
    Unprovable(#[from] Unprovable),
    /// The messages can't be counted.
    #[error("the argument can't be counted: {0}")]
    Count(#[from] CodecError),
}

impl Parameters {
    /// Those of a key's proofs that hide this besides the weights.
    ///
    /// # Errors
    ///
    /// [`NoParameters`].
    pub fn new(key: &VerifyingKey, hidden: Hidden) -> Result<Self, NoParameters> {
        let own = layout_of(key, hidden)?;
        let layout = own.as_ref().unwrap_or(key.layout());
        let witness = layout.witness.iter();
        let mut codes: Vec<(&'static str, Code)> = witness
            .map(|own| ("witness", Code::witness(own.variables)))
            .collect();
        codes.extend(key.weights().map(|own| ("weights", own.code())));
        codes.extend(layout.inputs.iter().map(|own| ("inputs", own.code())));
        codes.extend(layout.outputs.iter().map(|own| ("outputs", own.code())));
        let messages = count(key.checked(), layout, key.weights())?.messages;
        let committed: Vec<Code> = codes.iter().map(|(_, code)| *code).collect();
        let columns = Columns::new(messages.saturating_add(2), &committed);
        codes.push(("masks", columns.code));
        Ok(Self { codes })
    }
}
