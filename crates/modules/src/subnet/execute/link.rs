//! Counting what a model earns as a subnet's revenue.

use lilliput_ledger::{Failure, MessageContext, State};
use lilliput_types::subnet::{Link, SubnetEvent};

use super::{lasting, member};
use crate::refuse::refuse;
use crate::registry;
use crate::subnet::state as keys;

pub(super) fn link(
    state: &mut State<'_>,
    context: &MessageContext<'_>,
    message: &Link,
) -> Result<(), Failure> {
    let subnet = lasting(state, message.subnet)?;
    member(state, subnet.id, context.signer)?;
    let Some(model) = registry::state::model(state, message.model)? else {
        return refuse(
            "registry.unknown_model",
            format!("there is no model {}", message.model),
        );
    };
    if model.owner != context.signer {
        return refuse("registry.not_owner", "only the model's owner may link it");
    }
    if let Some(other) = keys::linked(state, model.id)? {
        return refuse(
            "subnet.linked",
            format!("the model belongs to subnet {other}"),
        );
    }
    keys::write_link(state, model.id, subnet.id);
    state.emit(SubnetEvent::Linked {
        subnet: subnet.id,
        model: model.id,
    });
    Ok(())
}
