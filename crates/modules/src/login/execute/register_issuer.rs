//! Register a login provider.

use lilliput_ledger::{Failure, MessageContext, Refusal, State};
use lilliput_types::LoginIssuerId;
use lilliput_types::login::{Issuer, LoginEvent, RegisterIssuer};

use crate::login::{SESSION_MAX_MS, SESSION_MIN_MS, state as keys};
use crate::refuse::{refusal, refuse};

pub(super) fn check(message: &RegisterIssuer) -> Result<(), Refusal> {
    if message.issuer.as_str().is_empty() {
        return Err(refusal("login.issuer", "the issuer's name is empty"));
    }
    let span = message.session_max_ms.0;
    if !(SESSION_MIN_MS..=SESSION_MAX_MS).contains(&span) {
        return Err(refusal(
            "login.terms",
            format!("the longest session is {span} ms, {SESSION_MIN_MS} to {SESSION_MAX_MS}"),
        ));
    }
    Ok(())
}

pub(super) fn execute(
    state: &mut State<'_>,
    context: &MessageContext<'_>,
    message: &RegisterIssuer,
) -> Result<(), Failure> {
    let id = LoginIssuerId::of(context.signer, &message.issuer);
    if keys::issuer(state, id)?.is_some() {
        return refuse(
            "login.issuer_known",
            format!("this account has registered {} already", message.issuer),
        );
    }
    let issuer = Issuer {
        id,
        issuer: message.issuer.clone(),
        authority: context.signer,
        session_max_ms: message.session_max_ms,
        keys: 0,
        registered_at: context.block.height,
    };
    keys::write_issuer(state, &issuer);
    state.emit(LoginEvent::IssuerRegistered {
        issuer: id,
        authority: context.signer,
    });
    Ok(())
}
