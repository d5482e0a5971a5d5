//! Which asset an amount is of.

use std::fmt;
use std::io::{self, Read, Write};
use std::str::FromStr;

use borsh::{BorshDeserialize, BorshSerialize};

use crate::text_form::{ParseError, json_as_text};
use crate::{Address, SubnetId};

const SYMBOL_LEN_MAX: usize = 12;

/// One to twelve capital letters and digits, a letter first.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Symbol([u8; SYMBOL_LEN_MAX]);

/// An asset. Those of the genesis are known by their symbol alone (`LIL`); those created later carry
/// their creator (`lil1…/GOLD`), so that no one can take another's name.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, BorshSerialize, BorshDeserialize)]
pub enum AssetId {
    /// Named in the genesis.
    Genesis(Symbol),
    /// Created by an account.
    Created {
        /// Who created it.
        creator: Address,
        /// Its name among the creator's assets.
        symbol: Symbol,
    },
    /// The token of a subnet that has a market.
    Subnet(SubnetId),
}

impl Symbol {
    const EXPECTED: &'static str =
        "an asset symbol (1 to 12 capital letters and digits, a letter first)";

    /// The letters.
    #[must_use]
    pub fn as_str(&self) -> &str {
        let end = self.0.iter().position(|byte| *byte == 0);
        let letters = self.0.get(..end.unwrap_or(SYMBOL_LEN_MAX));
        letters
            .and_then(|letters| std::str::from_utf8(letters).ok())
            .unwrap_or_default()
    }
}

impl FromStr for Symbol {
    type Err = ParseError;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        let error = || ParseError::new(Self::EXPECTED, text);
        let letters = text
            .bytes()
            .all(|byte| byte.is_ascii_uppercase() || byte.is_ascii_digit());
        let starts_well = text
            .bytes()
            .next()
            .is_some_and(|byte| byte.is_ascii_uppercase());
        let mut bytes = [0; SYMBOL_LEN_MAX];
        let place = bytes.get_mut(..text.len()).ok_or_else(error)?;
        if !letters || !starts_well {
            return Err(error());
        }
        place.copy_from_slice(text.as_bytes());
        Ok(Self(bytes))
    }
}

impl fmt::Display for Symbol {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}

/// Encoded as a text, so that the length of symbols may grow.
impl BorshSerialize for Symbol {
    fn serialize<W: Write>(&self, writer: &mut W) -> io::Result<()> {
        self.as_str().serialize(writer)
    }
}

impl BorshDeserialize for Symbol {
    fn deserialize_reader<R: Read>(reader: &mut R) -> io::Result<Self> {
        let text = crate::Text::<{ SYMBOL_LEN_MAX as u32 }>::deserialize_reader(reader)?;
        text.as_str().parse().map_err(crate::bounded::invalid)
    }
}

impl AssetId {
    const EXPECTED: &'static str = "an asset (LIL, lil1…/GOLD, or subnet/1)";
}

impl fmt::Display for AssetId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Genesis(symbol) => symbol.fmt(f),
            Self::Created { creator, symbol } => write!(f, "{creator}/{symbol}"),
            Self::Subnet(subnet) => write!(f, "subnet/{subnet}"),
        }
    }
}

impl FromStr for AssetId {
    type Err = ParseError;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        let error = |_| ParseError::new(Self::EXPECTED, text);
        match text.split_once('/') {
            None => text.parse().map(Self::Genesis).map_err(error),
            Some(("subnet", subnet)) => subnet.parse().map(Self::Subnet).map_err(error),
            Some((creator, symbol)) => Ok(Self::Created {
                creator: creator.parse().map_err(error)?,
                symbol: symbol.parse().map_err(error)?,
            }),
        }
    }
}

json_as_text!(Symbol);
json_as_text!(AssetId);
