//! The registry's messages.

mod attempt;
mod publish;
mod succeed;
mod update;

use lilliput_ledger::{Failure, MessageContext, Refusal, State};
use lilliput_types::registry::RegistryMessage;

use crate::check::ProofCheck;

/// What needs no state.
pub(crate) fn check(message: &RegistryMessage) -> Result<(), Refusal> {
    match message {
        RegistryMessage::Publish(message) => publish::check(message),
        RegistryMessage::Update(_) | RegistryMessage::Succeed(_) => Ok(()),
        RegistryMessage::RegisterAttempt(attempt) => attempt::check(attempt),
    }
}

pub(crate) fn execute(
    state: &mut State<'_>,
    context: &MessageContext<'_>,
    checker: &dyn ProofCheck,
    message: &RegistryMessage,
) -> Result<(), Failure> {
    match message {
        RegistryMessage::Publish(message) => publish::execute(state, context, checker, message),
        RegistryMessage::Update(message) => update::execute(state, context.signer, message),
        RegistryMessage::Succeed(message) => succeed::execute(state, context, checker, message),
        RegistryMessage::RegisterAttempt(attempt) => attempt::execute(state, context, attempt),
    }
}
