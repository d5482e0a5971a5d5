//! Names of tournaments, rounds and models.

use std::fmt;
use std::io::{self, Read, Write};
use std::str::FromStr;

use borsh::{BorshDeserialize, BorshSerialize};
use serde::{Deserialize, Serialize};

use crate::text_form::{ParseError, json_as_text};

/// The longest name of a model.
const MODEL_NAME_LEN_MAX: usize = 32;

/// A tournament: the first one of a chain is 1.
#[derive(
    Clone,
    Copy,
    Debug,
    PartialEq,
    Eq,
    PartialOrd,
    Ord,
    Hash,
    BorshSerialize,
    BorshDeserialize,
    Serialize,
    Deserialize,
)]
#[serde(transparent)]
pub struct TournamentId(pub u64);

/// A round of a tournament, written `3/1`: the first one of tournament 3.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, BorshSerialize, BorshDeserialize)]
pub struct RoundId {
    /// Of which tournament.
    pub tournament: TournamentId,
    /// Its number there, from 1.
    pub number: u64,
}

/// One of an account's models: 1 to 32 of `a-z`, `0-9` and `-`.
#[derive(Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct ModelName(String);

/// Digits without leading zeros.
fn number(text: &str) -> Option<u64> {
    let canonical = text.bytes().all(|byte| byte.is_ascii_digit()) && !text.starts_with('0');
    text.parse().ok().filter(|_| canonical)
}

impl fmt::Display for TournamentId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.fmt(f)
    }
}

impl FromStr for TournamentId {
    type Err = ParseError;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        number(text)
            .map(Self)
            .ok_or_else(|| ParseError::new("a tournament (a number from 1)", text))
    }
}

impl fmt::Display for RoundId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}/{}", self.tournament, self.number)
    }
}

impl FromStr for RoundId {
    type Err = ParseError;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        text.split_once('/')
            .and_then(|(tournament, round)| {
                Some(Self {
                    tournament: TournamentId(number(tournament)?),
                    number: number(round)?,
                })
            })
            .ok_or_else(|| ParseError::new("a round (TOURNAMENT/NUMBER, like 3/1)", text))
    }
}

json_as_text!(RoundId);

impl ModelName {
    /// The letters.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl fmt::Display for ModelName {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

impl FromStr for ModelName {
    type Err = ParseError;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        let fits = (1..=MODEL_NAME_LEN_MAX).contains(&text.len());
        let letters = text
            .bytes()
            .all(|byte| byte.is_ascii_lowercase() || byte.is_ascii_digit() || byte == b'-');
        if fits && letters {
            return Ok(Self(text.to_owned()));
        }
        Err(ParseError::new(
            "a model's name (1 to 32 of a-z, 0-9 and -)",
            text,
        ))
    }
}

impl BorshSerialize for ModelName {
    fn serialize<W: Write>(&self, writer: &mut W) -> io::Result<()> {
        BorshSerialize::serialize(&self.0, writer)
    }
}

impl BorshDeserialize for ModelName {
    fn deserialize_reader<R: Read>(reader: &mut R) -> io::Result<Self> {
        let text = crate::Text::<{ MODEL_NAME_LEN_MAX as u32 }>::deserialize_reader(reader)?;
        text.as_str().parse().map_err(crate::bounded::invalid)
    }
}

json_as_text!(ModelName);
