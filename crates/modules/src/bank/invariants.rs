//! Conservation of money.

use std::collections::BTreeMap;

use lilliput_ledger::{Scan, StateReader, StoreError};
use lilliput_types::Amount;
use lilliput_types::bank::Asset;

use super::state;

/// Sentences about what doesn't hold; none if all is well.
///
/// # Errors
/// When the database fails.
pub fn violations(state: &dyn StateReader) -> Result<Vec<String>, StoreError> {
    let mut held: BTreeMap<String, Option<Amount>> = BTreeMap::new();
    for entry in Scan::<Amount>::new(state, state::BALANCES) {
        let (key, amount) = entry?;
        let asset = key.rsplit_once("//").map_or("", |(_, asset)| asset);
        let sum = held.entry(asset.to_owned()).or_insert(Some(Amount::ZERO));
        *sum = sum.and_then(|sum| sum.plus(amount).ok());
    }
    let mut found = Vec::new();
    for entry in Scan::<Asset>::new(state, state::ASSETS) {
        let (_, asset) = entry?;
        let sum = held
            .remove(&asset.id.to_string())
            .unwrap_or(Some(Amount::ZERO));
        if sum != Some(asset.supply) {
            let sum = sum.map_or_else(|| "more than fits".to_owned(), |sum| sum.to_string());
            found.push(format!(
                "holders hold {sum} of {}, its supply is {}",
                asset.id, asset.supply
            ));
        }
        if asset.supply_max.is_some_and(|most| asset.supply > most) {
            found.push(format!("the supply of {} is above its maximum", asset.id));
        }
    }
    for asset in held.keys() {
        found.push(format!("someone holds {asset}, which doesn't exist"));
    }
    Ok(found)
}
