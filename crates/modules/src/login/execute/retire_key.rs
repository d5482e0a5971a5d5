//! Let a key count no longer.

use lilliput_ledger::{Failure, MessageContext, State};
use lilliput_types::login::{LoginEvent, RetireKey};

use super::own_issuer;
use crate::login::state as keys;
use crate::refuse::refuse;

pub(super) fn execute(
    state: &mut State<'_>,
    context: &MessageContext<'_>,
    message: &RetireKey,
) -> Result<(), Failure> {
    let issuer = own_issuer(state, message.issuer, context.signer)?;
    let key_id = message.key_id.as_str();
    let Some(mut record) = keys::key(state, issuer.id, key_id)? else {
        return refuse(
            "login.unknown_key",
            format!("issuer {} has no key named {key_id:?}", issuer.id),
        );
    };
    let until = message.at.max(context.block.wall());
    if until >= record.valid_until {
        return refuse(
            "login.key_time",
            format!(
                "key {key_id:?} counts until {} anyway, not until {until}",
                record.valid_until
            ),
        );
    }
    record.valid_until = until;
    keys::write_key(state, &record);
    state.emit(LoginEvent::KeyRetired {
        issuer: issuer.id,
        key_id: record.key_id,
        valid_until: until,
    });
    Ok(())
}
