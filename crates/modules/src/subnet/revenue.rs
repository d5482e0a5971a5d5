//! What outside users paid for a subnet's answers.

use lilliput_ledger::{Failure, State};
use lilliput_types::subnet::SubnetEvent;
use lilliput_types::{Amount, ModelId};

use super::state as keys;
use crate::refuse::overflow;

/// Counts what an answer of a model earned, if the model is linked to a subnet.
pub(crate) fn book_revenue(
    state: &mut State<'_>,
    model: ModelId,
    amount: Amount,
) -> Result<(), Failure> {
    let Some(id) = keys::linked(state, model)? else {
        return Ok(());
    };
    let Some(mut subnet) = keys::subnet(state, id)? else {
        return Ok(());
    };
    subnet.revenue = subnet.revenue.plus(amount).map_err(overflow)?;
    subnet.answers = subnet.answers.saturating_add(1);
    keys::write_subnet(state, &subnet);
    state.emit(SubnetEvent::Earned {
        subnet: id,
        model,
        amount,
    });
    Ok(())
}
