//! Paths and queries of requests, parsed into ids and numbers.

use std::fmt::Display;
use std::str::FromStr;

use lilliput_client::JobFilter;
use lilliput_types::job::JobState;
use serde::Deserialize;

use super::Failure;
use crate::node::PAGE_MAX;

/// Where a list begins, and how long it may be.
#[derive(Debug, Default, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct PageQuery {
    from: Option<String>,
    limit: Option<usize>,
}

/// Which jobs are wanted.
#[derive(Debug, Default, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct JobQuery {
    state: Option<String>,
    buyer: Option<String>,
    provider: Option<String>,
    model: Option<String>,
    limit: Option<usize>,
}

/// A place in a list that is named by two things.
#[derive(Clone)]
pub(super) struct Pair<A, B>(pub(super) A, pub(super) B);

impl<A: FromStr<Err: Display>, B: FromStr<Err: Display>> FromStr for Pair<A, B> {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, String> {
        let (first, second) = text.split_once('/').ok_or("expected two parts")?;
        Ok(Self(
            first.parse().map_err(|error: A::Err| error.to_string())?,
            second.parse().map_err(|error: B::Err| error.to_string())?,
        ))
    }
}

impl PageQuery {
    pub(super) fn from<T: FromStr<Err: Display>>(&self) -> Result<Option<T>, Failure> {
        optional(self.from.as_deref())
    }

    pub(super) fn limit(&self) -> usize {
        self.limit.unwrap_or(PAGE_MAX)
    }
}

impl JobQuery {
    pub(super) fn filter(&self) -> Result<JobFilter, Failure> {
        let state = match self.state.as_deref() {
            None => None,
            Some("open") => Some(JobState::Open),
            Some("accepted") => Some(JobState::Accepted),
            Some("paid") => Some(JobState::Paid),
            Some("refunded") => Some(JobState::Refunded),
            Some(other) => {
                return Err(Failure::bad_request(format!(
                    "{other:?} is no state of a job (open, accepted, paid or refunded)"
                )));
            }
        };
        Ok(JobFilter {
            state,
            buyer: optional(self.buyer.as_deref())?,
            provider: optional(self.provider.as_deref())?,
            model: optional(self.model.as_deref())?,
        })
    }

    pub(super) fn limit(&self) -> usize {
        self.limit.unwrap_or(PAGE_MAX)
    }
}

/// Parses a part of a path.
pub(super) fn parse<T: FromStr<Err: Display>>(text: &str) -> Result<T, Failure> {
    text.parse().map_err(Failure::bad_request)
}

fn optional<T: FromStr<Err: Display>>(text: Option<&str>) -> Result<Option<T>, Failure> {
    text.map(parse).transpose()
}
