//! Let a key sign no longer.

use lilliput_ledger::{Failure, MessageContext, State};
use lilliput_types::login::{EndSession, LoginEvent};

use crate::login::state as keys;
use crate::refuse::refuse;

pub(super) fn execute(
    state: &mut State<'_>,
    context: &MessageContext<'_>,
    message: &EndSession,
) -> Result<(), Failure> {
    let (account, now) = (context.signer, context.block.wall());
    let session = keys::session(state, account, message.key)?;
    let Some(mut session) = session.filter(|session| session.is_open(now)) else {
        return refuse(
            "login.no_session",
            format!("key {} has no open session of {account}", message.key),
        );
    };
    session.ended_at = Some(now);
    keys::write_session(state, &session);
    state.emit(LoginEvent::SessionEnded {
        account,
        key: message.key,
    });
    Ok(())
}
