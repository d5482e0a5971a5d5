//! Adding a key to a model: its owner only.
//!
//! A key hides its weights for a number of proofs; then its owner commits to the same weights anew. The link that comes
//! along shows that nothing else changed, so price, royalties and all that was ordered stay as they are.

use lilliput_ledger::{Failure, MessageContext, State, StateReader, StoreError};
use lilliput_types::List;
use lilliput_types::registry::{RegistryEvent, Succeed, Successor};

use crate::check::ProofCheck;
use crate::refuse::refuse;
use crate::registry::state as keys;

pub(super) fn execute(
    state: &mut State<'_>,
    context: &MessageContext<'_>,
    checker: &dyn ProofCheck,
    message: &Succeed,
) -> Result<(), Failure> {
    let Some(mut model) = keys::model(state, message.model)? else {
        return refuse(
            "registry.unknown_model",
            format!("there is no model {}", message.model),
        );
    };
    let signer = context.signer;
    if model.owner != signer {
        return refuse(
            "registry.not_owner",
            format!("{signer} doesn't own model {}", message.model),
        );
    }
    let Some(after) = model.key_of(message.after) else {
        return refuse(
            "registry.unknown_key",
            format!("model {} has no key {}", message.model, message.after),
        );
    };
    let (Some(key), Some(link)) = (context.blob(message.key), context.blob(message.link)) else {
        return refuse(
            "registry.key_missing",
            "key and link did not come along with the transaction",
        );
    };
    let old = state.blob(after)?.ok_or_else(|| StoreError::Corrupt {
        key: format!("model {}", model.id),
        reason: "its key is missing".to_owned(),
    })?;
    let facts = match checker.link(&old, key.as_bytes(), link.as_bytes()) {
        Ok(facts) => facts,
        Err(reason) => return refuse("registry.link_refused", reason),
    };
    if keys::model(state, facts.model)?.is_some() || keys::succeeded(state, facts.model)?.is_some()
    {
        return refuse(
            "registry.model_exists",
            format!("key {} is published already", facts.model),
        );
    }
    let successor = Successor {
        id: facts.model,
        after: message.after,
        key: message.key,
        link: message.link,
        added_at: context.block.height,
    };
    let all = model.successors.iter().copied().chain([successor]);
    model.successors = match List::new(all.collect()) {
        Ok(successors) => successors,
        Err(error) => return refuse("registry.too_many_keys", error.to_string()),
    };
    state.pin_blob(key.clone());
    state.pin_blob(link.clone());
    keys::write_successor(state, successor.id, model.id);
    keys::write_model(state, &model);
    state.emit(RegistryEvent::Succeeded {
        model: model.id,
        after: successor.after,
        key: successor.id,
    });
    Ok(())
}
