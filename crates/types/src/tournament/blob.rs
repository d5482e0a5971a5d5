//! Data, predictions and targets as bytes: bounded, canonical, checked before they are used.

use std::collections::BTreeMap;

/// The most rows that fit: a bit and four bytes each.
pub const ROWS_MAX: usize = 1 << 18;
/// The most features.
pub const FEATURES_MAX: usize = 256;
/// The longest id of a row.
pub const ROW_ID_LEN_MAX: usize = 32;
/// The largest target: one.
pub const TARGET_ONE: u32 = 1 << 31;
/// Of how many rows a prediction may be missing.
pub const MISSING_MAX_PERCENT: usize = 20;

const DATA_MARK: [u8; 4] = *b"LTD1";
const PREDICTION_MARK: [u8; 4] = *b"LTP1";
const TARGETS_MARK: [u8; 4] = *b"LTT1";

/// Why bytes or values are no data, prediction or targets.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum TournamentBlobError {
    /// Not this kind of blob.
    #[error("the bytes don't begin with {expected}")]
    Mark {
        /// What they begin with.
        expected: &'static str,
    },
    /// The bytes end too early.
    #[error("the bytes end too early")]
    Short,
    /// Something follows the end.
    #[error("{count} bytes after the end")]
    TrailingBytes {
        /// How many.
        count: usize,
    },
    /// No rows, or too many.
    #[error("{got} rows, expected 1 to {max}")]
    Rows {
        /// How many.
        got: usize,
        /// The most.
        max: usize,
    },
    /// Too many features.
    #[error("{got} features, at most {max}")]
    Features {
        /// How many.
        got: usize,
        /// The most.
        max: usize,
    },
    /// A list of another length than the round's.
    #[error("{got} rows, the round has {expected}")]
    OtherRows {
        /// How many.
        got: usize,
        /// How many the round has.
        expected: usize,
    },
    /// A row's id.
    #[error("the id of row {row} is empty, longer than {max} bytes or not plain ASCII")]
    RowId {
        /// Which, from 0.
        row: usize,
        /// The longest.
        max: usize,
    },
    /// Ids that aren't ascending.
    #[error("the id of row {row} doesn't come after the one before: ids are sorted, each once")]
    RowOrder {
        /// Which, from 0.
        row: usize,
    },
    /// A target above one.
    #[error("the target of row {row} isn't between zero and one")]
    Target {
        /// Which, from 0.
        row: usize,
    },
    /// Bits beyond the rows.
    #[error("bits beyond the last row are set")]
    SpareBits,
    /// Places that leave gaps.
    #[error("the places of a prediction leave out {place}")]
    Gap {
        /// The first one missing.
        place: u32,
    },
    /// A prediction without order.
    #[error("the prediction doesn't vary: all its values are equal")]
    Constant,
    /// Too many missing.
    #[error("the prediction has {got} of {of} rows, at least {min_percent} % are needed")]
    Missing {
        /// How many it has.
        got: usize,
        /// How many there are.
        of: usize,
        /// How many percent it needs.
        min_percent: usize,
    },
}

type Result<T> = std::result::Result<T, TournamentBlobError>;

/// A round's rows: ids, and masked features as parts of 65535.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Data {
    ids: Vec<String>,
    features: Vec<Vec<u16>>,
}

/// A prediction: per row its place among the distinct values, or none.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Prediction {
    places: Vec<Option<u32>>,
}

/// A round's targets, as parts of [`TARGET_ONE`].
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct TargetList {
    values: Vec<u32>,
}

impl Data {
    /// Takes rows with ascending ids, and one list a feature.
    ///
    /// # Errors
    /// When ids, their order or a length are wrong.
    pub fn new(ids: Vec<String>, features: Vec<Vec<u16>>) -> Result<Self> {
        check_rows(ids.len())?;
        check_features(features.len())?;
        for (row, id) in ids.iter().enumerate() {
            let plain = |byte: u8| byte.is_ascii_graphic() && byte != b'"' && byte != b',';
            if id.is_empty() || id.len() > ROW_ID_LEN_MAX || !id.bytes().all(plain) {
                let max = ROW_ID_LEN_MAX;
                return Err(TournamentBlobError::RowId { row, max });
            }
        }
        if let Some(before) = ids.windows(2).position(|pair| pair[0] >= pair[1]) {
            return Err(TournamentBlobError::RowOrder { row: before + 1 });
        }
        for feature in &features {
            same_rows(feature.len(), ids.len())?;
        }
        Ok(Self { ids, features })
    }

    /// The rows' ids.
    #[must_use]
    pub fn ids(&self) -> &[String] {
        &self.ids
    }

    /// One list a feature.
    #[must_use]
    pub fn features(&self) -> &[Vec<u16>] {
        &self.features
    }

    /// The bytes.
    #[must_use]
    pub fn encode(&self) -> Vec<u8> {
        let mut bytes = begin(DATA_MARK, self.ids.len());
        // At most `FEATURES_MAX` and `ROW_ID_LEN_MAX`.
        let features = u16::try_from(self.features.len()).unwrap_or(u16::MAX);
        bytes.extend(features.to_le_bytes());
        for id in &self.ids {
            bytes.push(u8::try_from(id.len()).unwrap_or(u8::MAX));
            bytes.extend(id.as_bytes());
        }
        for value in self.features.iter().flatten() {
            bytes.extend(value.to_le_bytes());
        }
        bytes
    }

    /// Reads the bytes.
    ///
    /// # Errors
    /// When they aren't exactly data within the bounds.
    pub fn decode(bytes: &[u8]) -> Result<Self> {
        let mut reader = Reader(bytes);
        let rows = reader.begin(DATA_MARK, "LTD1")?;
        let features = usize::from(u16::from_le_bytes(reader.take()?));
        check_features(features)?;
        let mut ids = Vec::new();
        for row in 0..rows {
            let [length] = reader.take()?;
            let id = reader.slice(usize::from(length))?;
            let id = String::from_utf8(id.to_vec());
            ids.push(id.map_err(|_| TournamentBlobError::RowId {
                row,
                max: ROW_ID_LEN_MAX,
            })?);
        }
        let mut lists = Vec::new();
        for _ in 0..features {
            let cells = reader.slice(2 * rows)?.chunks_exact(2);
            lists.push(cells.map(|cell| u16::from_le_bytes([cell[0], cell[1]])));
        }
        reader.end()?;
        Self::new(ids, lists.into_iter().map(Iterator::collect).collect())
    }
}

impl Prediction {
    /// Takes the order of values, one a row or none.
    ///
    /// # Errors
    /// When they don't vary, or too many are missing.
    pub fn of_values<T: Ord + Copy>(values: &[Option<T>]) -> Result<Self> {
        let mut distinct: BTreeMap<T, u32> = values.iter().flatten().map(|v| (*v, 0)).collect();
        for (place, count) in distinct.values_mut().zip(0..) {
            *place = count;
        }
        let places = values.iter().map(|value| {
            let value = value.as_ref()?;
            distinct.get(value).copied()
        });
        Self::new(places.collect())
    }

    fn new(places: Vec<Option<u32>>) -> Result<Self> {
        let of = places.len();
        check_rows(of)?;
        let got = places.iter().flatten().count();
        let min_percent = 100 - MISSING_MAX_PERCENT;
        if got * 100 < of * min_percent {
            return Err(TournamentBlobError::Missing {
                got,
                of,
                min_percent,
            });
        }
        let mut used = vec![false; got];
        for place in places.iter().flatten() {
            // A place beyond the count leaves a gap below it, which is found then.
            if let Some(seen) = used.get_mut(*place as usize) {
                *seen = true;
            }
        }
        let distinct = used.iter().take_while(|seen| **seen).count();
        let highest = places
            .iter()
            .flatten()
            .max()
            .map_or(0, |place| *place as usize + 1);
        if highest != distinct {
            let place = u32::try_from(distinct).unwrap_or(u32::MAX);
            return Err(TournamentBlobError::Gap { place });
        }
        if distinct < 2 {
            return Err(TournamentBlobError::Constant);
        }
        Ok(Self { places })
    }

    /// A place per row, or none.
    #[must_use]
    pub fn places(&self) -> &[Option<u32>] {
        &self.places
    }

    /// The bytes.
    #[must_use]
    pub fn encode(&self) -> Vec<u8> {
        let mut bytes = begin(PREDICTION_MARK, self.places.len());
        for rows in self.places.chunks(8) {
            let bits = rows
                .iter()
                .zip(0..)
                .map(|(place, bit)| u8::from(place.is_some()) << bit);
            bytes.push(bits.fold(0, |all, bit| all | bit));
        }
        for place in self.places.iter().flatten() {
            bytes.extend(place.to_le_bytes());
        }
        bytes
    }

    /// Reads the bytes of a prediction for so many rows.
    ///
    /// # Errors
    /// When they aren't exactly a prediction that varies, with enough rows.
    pub fn decode(bytes: &[u8], rows: usize) -> Result<Self> {
        let mut reader = Reader(bytes);
        same_rows(reader.begin(PREDICTION_MARK, "LTP1")?, rows)?;
        let present = reader.slice(rows.div_ceil(8))?;
        let is_present = |row: usize| {
            present
                .get(row / 8)
                .is_some_and(|b| b >> (row % 8) & 1 == 1)
        };
        if (rows..present.len() * 8).any(is_present) {
            return Err(TournamentBlobError::SpareBits);
        }
        let mut places = Vec::new();
        for row in 0..rows {
            let place = is_present(row).then(|| reader.take()).transpose()?;
            places.push(place.map(u32::from_le_bytes));
        }
        reader.end()?;
        Self::new(places)
    }
}

impl TargetList {
    /// Takes parts of [`TARGET_ONE`].
    ///
    /// # Errors
    /// When there are none, too many, or one is above the whole.
    pub fn new(values: Vec<u32>) -> Result<Self> {
        check_rows(values.len())?;
        match values.iter().position(|value| *value > TARGET_ONE) {
            Some(row) => Err(TournamentBlobError::Target { row }),
            None => Ok(Self { values }),
        }
    }

    /// One a row.
    #[must_use]
    pub fn values(&self) -> &[u32] {
        &self.values
    }

    /// The bytes.
    #[must_use]
    pub fn encode(&self) -> Vec<u8> {
        let mut bytes = begin(TARGETS_MARK, self.values.len());
        for value in &self.values {
            bytes.extend(value.to_le_bytes());
        }
        bytes
    }

    /// Reads the bytes of targets for so many rows.
    ///
    /// # Errors
    /// When they aren't exactly that.
    pub fn decode(bytes: &[u8], rows: usize) -> Result<Self> {
        let mut reader = Reader(bytes);
        same_rows(reader.begin(TARGETS_MARK, "LTT1")?, rows)?;
        let cells = reader.slice(4 * rows)?.chunks_exact(4);
        reader.end()?;
        let value = |cell: &[u8]| u32::from_le_bytes([cell[0], cell[1], cell[2], cell[3]]);
        Self::new(cells.map(value).collect())
    }
}

fn check_rows(got: usize) -> Result<()> {
    if got == 0 || got > ROWS_MAX {
        return Err(TournamentBlobError::Rows { got, max: ROWS_MAX });
    }
    Ok(())
}

fn check_features(got: usize) -> Result<()> {
    if got > FEATURES_MAX {
        let max = FEATURES_MAX;
        return Err(TournamentBlobError::Features { got, max });
    }
    Ok(())
}

fn same_rows(got: usize, expected: usize) -> Result<()> {
    if got != expected {
        return Err(TournamentBlobError::OtherRows { got, expected });
    }
    Ok(())
}

fn begin(mark: [u8; 4], rows: usize) -> Vec<u8> {
    let mut bytes = mark.to_vec();
    // At most `ROWS_MAX`.
    bytes.extend(u32::try_from(rows).unwrap_or(u32::MAX).to_le_bytes());
    bytes
}

/// Takes bytes from the front; nothing is reserved beyond what there is.
struct Reader<'a>(&'a [u8]);

impl<'a> Reader<'a> {
    fn begin(&mut self, mark: [u8; 4], name: &'static str) -> Result<usize> {
        if self.0.get(..4) != Some(&mark[..]) {
            return Err(TournamentBlobError::Mark { expected: name });
        }
        self.slice(4)?;
        let rows = u32::from_le_bytes(self.take()?) as usize;
        check_rows(rows)?;
        Ok(rows)
    }

    fn slice(&mut self, length: usize) -> Result<&'a [u8]> {
        let (taken, rest) = self
            .0
            .split_at_checked(length)
            .ok_or(TournamentBlobError::Short)?;
        self.0 = rest;
        Ok(taken)
    }

    fn take<const LENGTH: usize>(&mut self) -> Result<[u8; LENGTH]> {
        let taken = self.slice(LENGTH)?;
        taken.try_into().map_err(|_| TournamentBlobError::Short)
    }

    fn end(self) -> Result<()> {
        match self.0.len() {
            0 => Ok(()),
            count => Err(TournamentBlobError::TrailingBytes { count }),
        }
    }
}
