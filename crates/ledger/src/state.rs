//! The state as the rules see it: readable keys, encoded values, layers that can be rolled back.

use std::collections::BTreeMap;

use borsh::{BorshDeserialize, BorshSerialize};
use lilliput_types::{Blob, BlobId, Event, codec};

use crate::error::StoreError;

/// The longest value in the state.
const VALUE_LEN_MAX: usize = 1 << 20;

/// Something that can be read like a state: a database snapshot, a map in memory, an overlay.
pub trait StateReader {
    /// The bytes under a key.
    ///
    /// # Errors
    /// When the database fails.
    fn get(&self, key: &str) -> Result<Option<Vec<u8>>, StoreError>;

    /// The first entry whose key is at least `from` and below `end`.
    ///
    /// # Errors
    /// When the database fails.
    fn first(&self, from: &str, end: &str) -> Result<Option<(String, Vec<u8>)>, StoreError>;

    /// A blob that the state relies on, such as a verifying key.
    ///
    /// # Errors
    /// When the database fails.
    fn blob(&self, id: BlobId) -> Result<Option<Vec<u8>>, StoreError>;
}

/// Reads a value of a known type.
///
/// # Errors
/// When the database fails or holds something else there.
pub fn read<T: BorshDeserialize>(
    state: &dyn StateReader,
    key: &str,
) -> Result<Option<T>, StoreError> {
    let bytes = state.get(key)?;
    bytes.map(|bytes| decode_value(key, &bytes)).transpose()
}

fn decode_value<T: BorshDeserialize>(key: &str, bytes: &[u8]) -> Result<T, StoreError> {
    codec::decode(bytes, VALUE_LEN_MAX).map_err(|error| StoreError::Corrupt {
        key: key.to_owned(),
        reason: error.to_string(),
    })
}

/// The entries whose keys begin with a prefix, in order, decoded.
pub struct Scan<'a, T> {
    state: &'a dyn StateReader,
    from: String,
    end: String,
    value: std::marker::PhantomData<T>,
}

impl<'a, T: BorshDeserialize> Scan<'a, T> {
    /// All entries under a prefix, which ends in `/`.
    #[must_use]
    pub fn new(state: &'a dyn StateReader, prefix: &str) -> Self {
        Self::after(state, prefix, "")
    }

    /// The entries under a prefix that come after `prefix` + `last`; all when `last` is empty.
    #[must_use]
    pub fn after(state: &'a dyn StateReader, prefix: &str, last: &str) -> Self {
        let mut from = format!("{prefix}{last}");
        if !last.is_empty() {
            from.push('\0');
        }
        // No key holds a character above ASCII, so that this bounds all that begin with the prefix.
        let end = format!("{prefix}\u{7f}");
        Self {
            state,
            from,
            end,
            value: std::marker::PhantomData,
        }
    }
}

impl<T: BorshDeserialize> Iterator for Scan<'_, T> {
    type Item = Result<(String, T), StoreError>;

    fn next(&mut self) -> Option<Self::Item> {
        let found = self.state.first(&self.from, &self.end).transpose()?;
        Some(found.and_then(|(key, bytes)| {
            self.from = format!("{key}\0");
            let value = decode_value(&key, &bytes)?;
            Ok((key, value))
        }))
    }
}

/// What a layer changed.
#[derive(Clone, Debug, Default)]
pub(crate) struct Layer {
    /// `None` means removed.
    pub(crate) writes: BTreeMap<String, Option<Vec<u8>>>,
    pub(crate) blobs: BTreeMap<BlobId, Blob>,
    pub(crate) events: Vec<Event>,
}

/// A writable state over one that is only read. Changes are kept in layers, so that a message or a
/// transaction can be undone.
pub struct State<'a> {
    base: &'a dyn StateReader,
    below: Vec<Layer>,
    top: Layer,
}

impl<'a> State<'a> {
    /// An overlay without changes.
    #[must_use]
    pub fn new(base: &'a dyn StateReader) -> Self {
        Self {
            base,
            below: Vec::new(),
            top: Layer::default(),
        }
    }

    /// Reads a value.
    ///
    /// # Errors
    /// When the database fails or holds something else there.
    pub fn read<T: BorshDeserialize>(&self, key: &str) -> Result<Option<T>, StoreError> {
        read(self, key)
    }

    /// Writes a value.
    pub fn write(&mut self, key: impl Into<String>, value: &impl BorshSerialize) {
        let key = key.into();
        debug_assert!(key.is_ascii());
        self.top.writes.insert(key, Some(codec::encode(value)));
    }

    /// Removes a value.
    pub fn remove(&mut self, key: impl Into<String>) {
        self.top.writes.insert(key.into(), None);
    }

    /// Tells what changed.
    pub fn emit(&mut self, event: impl Into<Event>) {
        self.top.events.push(event.into());
    }

    /// Keeps a blob for as long as the state exists.
    pub fn pin_blob(&mut self, blob: Blob) {
        self.top.blobs.insert(blob.id(), blob);
    }

    /// Starts a layer that [`State::roll_back`] can undo.
    pub(crate) fn check_point(&mut self) {
        self.below.push(std::mem::take(&mut self.top));
    }

    /// Undoes everything since the last check point.
    pub(crate) fn roll_back(&mut self) {
        self.top = self.below.pop().unwrap_or_default();
    }

    /// Keeps everything since the last check point.
    pub(crate) fn keep(&mut self) {
        let mut under = self.below.pop().unwrap_or_default();
        let above = std::mem::take(&mut self.top);
        under.writes.extend(above.writes);
        under.blobs.extend(above.blobs);
        under.events.extend(above.events);
        self.top = under;
    }

    /// Events emitted since they were last taken.
    pub(crate) fn take_events(&mut self) -> Vec<Event> {
        debug_assert!(self.below.is_empty());
        std::mem::take(&mut self.top.events)
    }

    /// What was changed in all.
    #[must_use]
    pub fn into_changes(self) -> crate::Changes {
        self.into_layer().into()
    }

    pub(crate) fn into_layer(mut self) -> Layer {
        while !self.below.is_empty() {
            self.keep();
        }
        self.top
    }

    /// Every key that any layer wrote, in order, each once.
    pub(crate) fn changed_keys(&self) -> Vec<String> {
        let keys = self.layers().flat_map(|layer| layer.writes.keys().cloned());
        keys.collect::<std::collections::BTreeSet<_>>()
            .into_iter()
            .collect()
    }

    fn layers(&self) -> impl Iterator<Item = &Layer> {
        std::iter::once(&self.top).chain(self.below.iter().rev())
    }
}

impl StateReader for State<'_> {
    fn get(&self, key: &str) -> Result<Option<Vec<u8>>, StoreError> {
        let changed = self.layers().find_map(|layer| layer.writes.get(key));
        match changed {
            Some(value) => Ok(value.clone()),
            None => self.base.get(key),
        }
    }

    fn first(&self, from: &str, end: &str) -> Result<Option<(String, Vec<u8>)>, StoreError> {
        let mut from = from.to_owned();
        while from.as_str() < end {
            let based = self.base.first(&from, end)?;
            let written = self
                .layers()
                .filter_map(|layer| layer.writes.range(from.clone()..end.to_owned()).next())
                .map(|(key, _)| key)
                .min();
            let key = match (based, written) {
                (None, None) => return Ok(None),
                (Some((key, value)), None) => return Ok(Some((key, value))),
                (Some((key, value)), Some(written)) if key < *written => {
                    return Ok(Some((key, value)));
                }
                (_, Some(written)) => written.clone(),
            };
            if let Some(value) = self.get(&key)? {
                return Ok(Some((key, value)));
            }
            from = format!("{key}\0");
        }
        Ok(None)
    }

    fn blob(&self, id: BlobId) -> Result<Option<Vec<u8>>, StoreError> {
        match self.layers().find_map(|layer| layer.blobs.get(&id)) {
            Some(blob) => Ok(Some(blob.as_bytes().to_vec())),
            None => self.base.blob(id),
        }
    }
}

/// A state in memory: the one before the genesis, and what tests read.
#[derive(Clone, Debug, Default)]
pub struct MemoryState {
    entries: BTreeMap<String, Vec<u8>>,
    blobs: BTreeMap<BlobId, Blob>,
}

impl MemoryState {
    /// Takes over what an overlay changed.
    pub fn apply(&mut self, changes: &crate::Changes) {
        for (key, value) in &changes.writes {
            match value {
                Some(value) => self.entries.insert(key.clone(), value.clone()),
                None => self.entries.remove(key),
            };
        }
        for blob in &changes.pinned {
            self.blobs.insert(blob.id(), blob.clone());
        }
    }
}

impl StateReader for MemoryState {
    fn get(&self, key: &str) -> Result<Option<Vec<u8>>, StoreError> {
        Ok(self.entries.get(key).cloned())
    }

    fn first(&self, from: &str, end: &str) -> Result<Option<(String, Vec<u8>)>, StoreError> {
        if from >= end {
            return Ok(None);
        }
        let mut range = self.entries.range(from.to_owned()..end.to_owned());
        Ok(range
            .next()
            .map(|(key, value)| (key.clone(), value.clone())))
    }

    fn blob(&self, id: BlobId) -> Result<Option<Vec<u8>>, StoreError> {
        Ok(self.blobs.get(&id).map(|blob| blob.as_bytes().to_vec()))
    }
}
