//! Publish a key of an issuer.

use lilliput_ledger::{Failure, MessageContext, Refusal, State};
use lilliput_types::TimeMs;
use lilliput_types::login::{Issuer, IssuerKeyRecord, LoginEvent, PublishKey};

use super::own_issuer;
use crate::login::{KEYS_MAX, proof, state as keys};
use crate::refuse::{refusal, refuse};

pub(super) fn check(message: &PublishKey) -> Result<(), Refusal> {
    let key_id = message.key_id.as_str();
    if key_id.is_empty() {
        return Err(refusal("login.key", "the key's name is empty"));
    }
    if message.valid_from >= message.valid_until {
        return Err(refusal(
            "login.key",
            format!(
                "key {key_id:?} would count from {} until {}",
                message.valid_from, message.valid_until
            ),
        ));
    }
    let checked = proof::oidc_key(&message.key).check();
    checked.map_err(|reason| refusal("login.key", format!("key {key_id:?}: {reason}")))
}

pub(super) fn execute(
    state: &mut State<'_>,
    context: &MessageContext<'_>,
    message: &PublishKey,
) -> Result<(), Failure> {
    let mut issuer = own_issuer(state, message.issuer, context.signer)?;
    forget_past(state, &mut issuer, context.block.wall())?;
    let key_id = message.key_id.as_str();
    // Never replaced: what a token's key was at a time can't change behind it.
    if keys::key(state, issuer.id, key_id)?.is_some() {
        return refuse(
            "login.key_known",
            format!("issuer {} has a key named {key_id:?}", issuer.id),
        );
    }
    if issuer.keys >= KEYS_MAX {
        return refuse(
            "login.too_many_keys",
            format!("issuer {} has {KEYS_MAX} keys; retire some", issuer.id),
        );
    }
    issuer.keys = issuer.keys.saturating_add(1);
    keys::write_issuer(state, &issuer);
    let record = IssuerKeyRecord {
        issuer: issuer.id,
        key_id: message.key_id.clone(),
        key: message.key.clone(),
        valid_from: message.valid_from,
        valid_until: message.valid_until,
        published_at: context.block.height,
    };
    keys::write_key(state, &record);
    state.emit(LoginEvent::KeyPublished {
        issuer: issuer.id,
        key_id: record.key_id,
        valid_from: record.valid_from,
        valid_until: record.valid_until,
    });
    Ok(())
}

/// Makes room: at most [`KEYS_MAX`] are looked at.
fn forget_past(state: &mut State<'_>, issuer: &mut Issuer, now: TimeMs) -> Result<(), Failure> {
    for record in keys::keys(state, issuer.id)? {
        if record.valid_until > now {
            continue;
        }
        keys::remove_key(state, &record);
        issuer.keys = issuer.keys.saturating_sub(1);
        state.emit(LoginEvent::KeyForgotten {
            issuer: issuer.id,
            key_id: record.key_id,
        });
    }
    Ok(())
}
