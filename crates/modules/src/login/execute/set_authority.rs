//! Hand an issuer's keys to another account.

use lilliput_ledger::{Failure, MessageContext, State};
use lilliput_types::login::{LoginEvent, SetAuthority};

use super::own_issuer;
use crate::login::state as keys;

pub(super) fn execute(
    state: &mut State<'_>,
    context: &MessageContext<'_>,
    message: &SetAuthority,
) -> Result<(), Failure> {
    let mut issuer = own_issuer(state, message.issuer, context.signer)?;
    issuer.authority = message.authority;
    keys::write_issuer(state, &issuer);
    state.emit(LoginEvent::AuthoritySet {
        issuer: issuer.id,
        authority: issuer.authority,
    });
    Ok(())
}
