//! Becoming a provider, or changing the endpoint.

use lilliput_ledger::{Failure, MessageContext, Refusal, State};
use lilliput_types::provider::{Provider, ProviderEvent, Register};

use crate::provider::state as keys;
use crate::refuse::refusal;

pub(super) fn check(message: &Register) -> Result<(), Refusal> {
    let endpoint = message.endpoint.as_str();
    let host = endpoint
        .strip_prefix("https://")
        .or_else(|| endpoint.strip_prefix("http://"));
    if host.is_none_or(|host| host.is_empty() || host.contains(char::is_whitespace)) {
        return Err(refusal(
            "provider.endpoint",
            "the endpoint must be an http:// or https:// URL",
        ));
    }
    Ok(())
}

pub(super) fn execute(
    state: &mut State<'_>,
    context: &MessageContext<'_>,
    message: &Register,
) -> Result<(), Failure> {
    let mut provider = keys::provider(state, context.signer)?.unwrap_or(Provider {
        address: context.signer,
        endpoint: message.endpoint.clone(),
        registered_at: context.block.height,
        jobs_paid: 0,
        jobs_failed: 0,
    });
    provider.endpoint = message.endpoint.clone();
    keys::write_provider(state, &provider);
    state.emit(ProviderEvent::Registered {
        provider: provider.address,
        endpoint: provider.endpoint,
    });
    Ok(())
}
