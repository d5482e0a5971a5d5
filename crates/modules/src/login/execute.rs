//! The messages about logins, and what a session's key may sign.

mod end;
mod open;
mod publish_key;
mod register_issuer;
mod retire_key;
mod set_authority;

use lilliput_ledger::{BlockContext, Failure, MessageContext, Refusal, State, StateReader};
use lilliput_types::login::{Issuer, LoginMessage, LoginProof};
use lilliput_types::{Address, LoginIssuerId, Message, SessionKey, Transaction};

use super::{proof, state as keys};
use crate::refuse::refuse;

/// What needs no state.
pub(crate) fn check(message: &LoginMessage) -> Result<(), Refusal> {
    match message {
        LoginMessage::RegisterIssuer(message) => register_issuer::check(message),
        LoginMessage::PublishKey(message) => publish_key::check(message),
        LoginMessage::SetAuthority(_)
        | LoginMessage::RetireKey(_)
        | LoginMessage::Open(_)
        | LoginMessage::End(_) => Ok(()),
    }
}

pub(crate) fn execute(
    state: &mut State<'_>,
    context: &MessageContext<'_>,
    message: &LoginMessage,
) -> Result<(), Failure> {
    match message {
        LoginMessage::RegisterIssuer(message) => register_issuer::execute(state, context, message),
        LoginMessage::SetAuthority(message) => set_authority::execute(state, context, message),
        LoginMessage::PublishKey(message) => publish_key::execute(state, context, message),
        LoginMessage::RetireKey(message) => retire_key::execute(state, context, message),
        LoginMessage::Open(message) => open::execute(state, context, message),
        LoginMessage::End(message) => end::execute(state, context, message),
    }
}

/// A session's key may sign while the session is open. It may also sign the transaction whose first message opens the
/// session with a token, so that an account pays for its login itself. Checking a hidden login takes ten times as long: that
/// is paid for before, by another account or another session.
pub(crate) fn check_session(
    state: &dyn StateReader,
    block: &BlockContext,
    signer: &SessionKey,
    transaction: &Transaction,
) -> Result<(), Failure> {
    if let Some(session) = keys::session(state, signer.account, signer.key)?
        && session.is_open(block.wall())
    {
        return Ok(());
    }
    if let Some(Message::Login(LoginMessage::Open(message))) = transaction.messages.first()
        && message.key == signer.key
        && matches!(message.proof, LoginProof::Token(_))
    {
        let account = open::check_state(state, block, message)?;
        if account == signer.account {
            return Ok(());
        }
        return refuse(
            "login.other_account",
            format!("the login is that of {account}, not of {}", signer.account),
        );
    }
    refuse(
        "login.no_session",
        format!(
            "key {} has no open session of {} at {}",
            signer.key,
            signer.account,
            block.wall()
        ),
    )
}

/// An issuer whose authority this is.
fn own_issuer(state: &State<'_>, id: LoginIssuerId, signer: Address) -> Result<Issuer, Failure> {
    match keys::issuer(state, id)? {
        None => refuse("login.unknown_issuer", format!("there is no issuer {id}")),
        Some(issuer) if issuer.authority != signer => refuse(
            "login.authority",
            format!("only {} keeps the keys of issuer {id}", issuer.authority),
        ),
        Some(issuer) => Ok(issuer),
    }
}
