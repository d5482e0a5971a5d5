//! Let a key sign for the account of a login.

use lilliput_ledger::{BlockContext, Failure, MessageContext, State, StateReader};
use lilliput_types::Address;
use lilliput_types::login::{LoginEvent, LoginSession, OpenSession};

use super::proof;
use crate::login::{SESSIONS_MAX, state as keys};
use crate::refuse::refuse;

/// The account, if the login may open this session in this block.
pub(super) fn check_state(
    state: &dyn StateReader,
    block: &BlockContext,
    message: &OpenSession,
) -> Result<Address, Failure> {
    let (_, account) = proof::check(state, block, message)?;
    // Also if it is ended: as long as the login could open it again, it stands there.
    if keys::session(state, account, message.key)?.is_some_and(|old| old.expires_at > block.wall())
    {
        return refuse(
            "login.session_known",
            format!("key {} had its session of {account}", message.key),
        );
    }
    let sessions = keys::sessions(state, account)?;
    let live = sessions.iter().filter(|one| one.expires_at > block.wall());
    if live.count() >= SESSIONS_MAX {
        return refuse(
            "login.too_many_sessions",
            format!("{account} has {SESSIONS_MAX} sessions; wait until one expires"),
        );
    }
    Ok(account)
}

/// Whoever brings the login may open it, and pays the fee.
pub(super) fn execute(
    state: &mut State<'_>,
    context: &MessageContext<'_>,
    message: &OpenSession,
) -> Result<(), Failure> {
    let account = check_state(state, &context.block, message)?;
    let now = context.block.wall();
    for past in keys::sessions(state, account)? {
        if past.expires_at <= now {
            keys::remove_session(state, &past);
            state.emit(LoginEvent::SessionForgotten {
                account,
                key: past.key,
            });
        }
    }
    let session = LoginSession {
        account,
        key: message.key,
        issuer: message.issuer,
        opened_at: now,
        expires_at: message.expires_at,
        ended_at: None,
    };
    keys::write_session(state, &session);
    state.emit(LoginEvent::SessionOpened {
        account,
        key: message.key,
        issuer: message.issuer,
        expires_at: message.expires_at,
    });
    Ok(())
}
