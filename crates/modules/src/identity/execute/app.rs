//! Opening an app.

use lilliput_ledger::{Failure, MessageContext, State};
use lilliput_types::identity::{App, IdentityEvent, OpenApp};

use super::keys;
use crate::refuse::refuse;

pub(super) fn execute(
    state: &mut State<'_>,
    context: &MessageContext<'_>,
    message: &OpenApp,
) -> Result<(), Failure> {
    if keys::group(state, message.group)?.is_none() {
        return refuse(
            "identity.unknown_group",
            format!("there is no group {}", message.group),
        );
    }
    let app = App {
        id: keys::next_app(state)?,
        name: message.name.clone(),
        owner: context.signer,
        group: message.group,
        period: 0,
        came: 0,
        came_in_all: 0,
        opened_at: context.block.height,
    };
    keys::write_app(state, &app);
    state.emit(IdentityEvent::AppOpened {
        app: app.id,
        group: app.group,
        owner: app.owner,
    });
    Ok(())
}
