//! A member came to an app: the proof is checked, its nullifier taken once.

use lilliput_ledger::{Failure, MessageContext, Refusal, State};
use lilliput_semaphore::{Element, Proof, ProofParts, Value, verify};
use lilliput_types::identity::{CheckIn, CheckedIn, IdentityEvent, scope};

use super::keys;
use crate::identity::{FORGOTTEN_MAX, settle};
use crate::refuse::{refusal, refuse};

pub(super) fn check(message: &CheckIn) -> Result<(), Refusal> {
    // Which scope it is for follows from the chain, which isn't known yet.
    proof(message, Value::from_bytes([0; 32])).map(|_| ())
}

fn proof(message: &CheckIn, scope: Value) -> Result<Proof, Refusal> {
    let parts = ProofParts {
        depth: message.depth,
        root: *message.root.as_bytes(),
        nullifier: *message.nullifier.as_bytes(),
        message: *message.message.as_bytes(),
        scope: scope.to_bytes(),
        points: message.points.map(|point| *point.as_bytes()),
    };
    Proof::new(&parts).map_err(|error| refusal("identity.proof", error.to_string()))
}

pub(super) fn execute(
    state: &mut State<'_>,
    context: &MessageContext<'_>,
    message: &CheckIn,
) -> Result<(), Failure> {
    let Some(mut app) = keys::app(state, message.app)? else {
        return refuse(
            "identity.unknown_app",
            format!("there is no app {}", message.app),
        );
    };
    let group = settle::ready(state, app.group, &context.block)?;
    let (now, period) = (context.block.time, message.period);
    let runs = group.period(now);
    if period != runs {
        return refuse(
            "identity.scope",
            format!("the proof is for period {period}, {runs} runs; make one for its scope"),
        );
    }
    if !group.takes(message.root, now) {
        return refuse(
            "identity.root",
            format!(
                "the root isn't one that group {} takes now; make the proof with its present members",
                group.id
            ),
        );
    }
    if keys::checked_in(state, app.id, period, message.nullifier)?.is_some() {
        return refuse(
            "identity.spent",
            format!(
                "this member came to app {} in period {period} already",
                app.id
            ),
        );
    }
    // The dearest step is the last.
    let scope = Value::from_bytes(*scope(context.block.chain, app.id, period).as_bytes());
    let proof = proof(message, scope)?;
    let root = Element::from_bytes(message.root.as_bytes())
        .map_err(|error| refusal("identity.root", error.to_string()))?;
    verify(&proof, &scope, &root).map_err(|error| refusal("identity.proof", error.to_string()))?;
    keys::forget(state, app.id, period, FORGOTTEN_MAX)?;
    keys::write_checked_in(
        state,
        &CheckedIn {
            app: app.id,
            period,
            nullifier: message.nullifier,
            message: message.message,
            at: now,
            sender: context.signer,
        },
    );
    if app.period != period {
        app.period = period;
        app.came = 0;
    }
    app.came = app.came.saturating_add(1);
    app.came_in_all = app.came_in_all.saturating_add(1);
    keys::write_app(state, &app);
    state.emit(IdentityEvent::CheckedIn {
        app: app.id,
        period,
        nullifier: message.nullifier,
        message: message.message,
    });
    Ok(())
}
