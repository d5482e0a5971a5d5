//! Opening a tournament.

use lilliput_ledger::{Failure, MessageContext, Refusal, State};
use lilliput_types::Amount;
use lilliput_types::tournament::{
    CLIP_MAX, ENTRIES_MAX, Open, Terms, Tournament, TournamentEvent, WEIGHT_MAX,
};

use crate::bank;
use crate::refuse::{refusal, refuse};
use crate::tournament::state as keys;

pub(super) fn check(message: &Open) -> Result<(), Refusal> {
    if message.name.as_str().trim().is_empty() {
        return Err(refusal(
            "tournament.empty_text",
            "a tournament needs a name",
        ));
    }
    match wrong_term(&message.terms) {
        Some(reason) => Err(refusal("tournament.terms", reason)),
        None => Ok(()),
    }
}

fn wrong_term(terms: &Terms) -> Option<String> {
    let weights = [
        terms.factor,
        terms.correlation_weight,
        terms.contribution_weight,
    ];
    if weights.into_iter().any(|weight| weight > WEIGHT_MAX) {
        return Some(format!("a factor or weight is above {WEIGHT_MAX}"));
    }
    if terms.factor == 0 || terms.correlation_weight == 0 && terms.contribution_weight == 0 {
        return Some("nothing would ever be won: factor or both weights are zero".to_owned());
    }
    if terms.clip == 0 || terms.clip > CLIP_MAX {
        return Some(format!("the clip is {}, 1 to {CLIP_MAX}", terms.clip));
    }
    if terms.deposit.is_zero() || terms.stake_min.is_zero() {
        return Some("deposit and least stake must be above zero".to_owned());
    }
    if terms.entries_max == 0 || terms.entries_max > ENTRIES_MAX {
        let got = terms.entries_max;
        return Some(format!("the most entries are {got}, 1 to {ENTRIES_MAX}"));
    }
    None
}

pub(super) fn execute(
    state: &mut State<'_>,
    context: &MessageContext<'_>,
    message: &Open,
) -> Result<(), Failure> {
    let asset = message.asset;
    if bank::state::asset(state, asset)?.is_none() {
        return refuse("bank.unknown_asset", format!("there is no asset {asset}"));
    }
    let tournament = Tournament {
        id: keys::next_id(state)?,
        name: message.name.clone(),
        metadata_uri: message.metadata_uri.clone(),
        organiser: context.signer,
        asset,
        terms: message.terms,
        rounds: 0,
        carried: Amount::ZERO,
        opened_at: context.block.height,
    };
    keys::write_tournament(state, &tournament);
    state.emit(TournamentEvent::Opened {
        tournament: tournament.id,
        organiser: tournament.organiser,
    });
    Ok(())
}
