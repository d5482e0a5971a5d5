//! Refusals, short to write.

use lilliput_ledger::{Failure, Refusal};
use lilliput_types::AmountError;

/// A message is refused, with a stable code and a reason for people.
pub(crate) fn refuse<T>(code: &'static str, reason: impl Into<String>) -> Result<T, Failure> {
    Err(refusal(code, reason).into())
}

pub(crate) fn refusal(code: &'static str, reason: impl Into<String>) -> Refusal {
    Refusal {
        code,
        reason: reason.into(),
    }
}

/// An amount left its range.
pub(crate) fn overflow(error: AmountError) -> Failure {
    refusal("bank.amount", error.to_string()).into()
}
