//! Showing a sealed prediction: it must be what was sealed, and one that can be scored.

use lilliput_ledger::{Failure, MessageContext, State};
use lilliput_types::tournament::blob::Prediction;
use lilliput_types::tournament::{Phase, Reveal, TournamentEvent, seal_prediction};

use crate::refuse::refuse;
use crate::tournament::state as keys;

pub(super) fn execute(
    state: &mut State<'_>,
    context: &MessageContext<'_>,
    message: &Reveal,
) -> Result<(), Failure> {
    let mut round = super::known_round(state, message.round)?;
    super::in_phase(&round, Phase::Revealing, context.block.time)?;
    let mut entry = super::known_entry(state, message.round, message.entry)?;
    if entry.account != context.signer {
        return refuse(
            "tournament.not_yours",
            format!("entry {} is {}'s", entry.number, entry.account),
        );
    }
    if entry.prediction.is_some() {
        return refuse("tournament.revealed", "the prediction is revealed already");
    }
    let sealed = seal_prediction(
        context.block.chain,
        round.id,
        entry.account,
        &entry.model,
        message.salt,
        message.prediction,
    );
    if sealed != entry.sealed {
        return refuse(
            "tournament.seal",
            "salt and prediction aren't what the entry was sealed with",
        );
    }
    let Some(blob) = context.blob(message.prediction) else {
        return refuse(
            "tournament.blob_missing",
            "the prediction did not come along with the transaction",
        );
    };
    if let Err(error) = Prediction::decode(blob.as_bytes(), round.rows as usize) {
        return refuse("tournament.prediction", error.to_string());
    }
    state.pin_blob(blob.clone());
    entry.prediction = Some(message.prediction);
    entry.salt = Some(message.salt);
    round.revealed = round.revealed.saturating_add(1);
    keys::write_entry(state, &entry);
    keys::write_round(state, &round);
    state.emit(TournamentEvent::Revealed {
        round: round.id,
        entry: entry.number,
        prediction: message.prediction,
    });
    Ok(())
}
