//! What providers say of themselves, and auditors' signatures under it.

use lilliput_ledger::{Failure, MessageContext, Refusal, State};
use lilliput_types::market::{Attributes, Audit, Describe, MarketEvent, Revoke, SignAttributes};

use crate::market::{AUDITS_MAX, heard, state as keys};
use crate::refuse::{refusal, refuse};

/// Sorted, each key once, none empty.
pub(super) fn check(attributes: &Attributes) -> Result<(), Refusal> {
    let sorted = attributes
        .windows(2)
        .all(|pair| matches!(pair, [low, high] if low.key < high.key));
    let named = attributes
        .iter()
        .all(|attribute| !attribute.key.as_str().is_empty());
    if !sorted || !named {
        return Err(refusal(
            "market.attributes",
            "attributes must be sorted by key, each key once and none empty",
        ));
    }
    Ok(())
}

pub(super) fn describe(
    state: &mut State<'_>,
    context: &MessageContext<'_>,
    message: &Describe,
) -> Result<(), Failure> {
    super::registered(state, context.signer)?;
    let mut provider = heard::record(state, context.signer, context.block.time)?;
    provider.attributes = message.attributes.clone();
    heard::write(state, &mut provider);
    state.emit(MarketEvent::Described {
        provider: context.signer,
    });
    Ok(())
}

pub(super) fn audit(
    state: &mut State<'_>,
    context: &MessageContext<'_>,
    message: &SignAttributes,
) -> Result<(), Failure> {
    super::registered(state, message.provider)?;
    let auditor = context.signer;
    if auditor == message.provider {
        return refuse("market.own_audit", "nobody audits itself");
    }
    let known: Vec<Audit> = keys::all(state, &keys::audits_of(message.provider))?;
    let new = known.iter().all(|audit| audit.auditor != auditor);
    if new && known.len() >= AUDITS_MAX {
        return refuse(
            "market.full",
            format!("{AUDITS_MAX} auditors have signed this provider's attributes already"),
        );
    }
    let audit = Audit {
        provider: message.provider,
        auditor,
        attributes: message.attributes.clone(),
        at: context.block.time,
    };
    keys::write_audit(state, &audit);
    state.emit(MarketEvent::Audited {
        provider: message.provider,
        auditor,
    });
    Ok(())
}

pub(super) fn revoke(
    state: &mut State<'_>,
    context: &MessageContext<'_>,
    message: &Revoke,
) -> Result<(), Failure> {
    let auditor = context.signer;
    if keys::audit(state, message.provider, auditor)?.is_none() {
        return refuse(
            "market.no_audit",
            format!("{auditor} hasn't signed attributes of {}", message.provider),
        );
    }
    keys::remove_audit(state, message.provider, auditor);
    state.emit(MarketEvent::Revoked {
        provider: message.provider,
        auditor,
    });
    Ok(())
}
