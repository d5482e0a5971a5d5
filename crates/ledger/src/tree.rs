//! The state tree in the database: only the nodes of the newest version are kept.

use jmt::storage::{LeafNode, Node, NodeKey, TreeReader, TreeUpdateBatch};
use jmt::{JellyfishMerkleTree, KeyHash, OwnedValue, Version};
use lilliput_crypto::{Digest, StateHasher, StateProof, state_key_hash};
use lilliput_types::codec;
use redb::ReadableTable;

use crate::error::StoreError;

/// The longest encoded node, far above any real one.
const NODE_LEN_MAX: usize = 8 << 10;

/// Nodes and what they become.
#[derive(Debug)]
pub(crate) struct TreeUpdate {
    pub(crate) root: Digest,
    /// Encoded key and node.
    pub(crate) new: Vec<(Vec<u8>, Vec<u8>)>,
    /// Encoded keys of nodes that no version needs any more.
    pub(crate) stale: Vec<Vec<u8>>,
}

/// A tree that lies in a table.
struct TableReader<'a, T> {
    table: &'a T,
    /// The one value that a proof is about.
    value: Option<OwnedValue>,
}

impl<T: ReadableTable<&'static [u8], &'static [u8]>> TreeReader for TableReader<'_, T> {
    fn get_node_option(&self, key: &NodeKey) -> anyhow::Result<Option<Node>> {
        let found = self.table.get(codec::encode(key).as_slice())?;
        let node = found.map(|bytes| codec::decode(bytes.value(), NODE_LEN_MAX));
        Ok(node.transpose()?)
    }

    fn get_value_option(
        &self,
        _version: Version,
        _key: KeyHash,
    ) -> anyhow::Result<Option<OwnedValue>> {
        Ok(self.value.clone())
    }

    fn get_rightmost_leaf(&self) -> anyhow::Result<Option<(NodeKey, LeafNode)>> {
        anyhow::bail!("only a tree that is being restored has a rightmost leaf")
    }
}

/// The tree of `version` after these writes on the tree of `version - 1`.
pub(crate) fn update<T: ReadableTable<&'static [u8], &'static [u8]>>(
    table: &T,
    version: Version,
    writes: &[(String, Option<Vec<u8>>)],
) -> Result<TreeUpdate, StoreError> {
    let reader = TableReader { table, value: None };
    let tree = JellyfishMerkleTree::<_, StateHasher>::new(&reader);
    let values = writes
        .iter()
        .map(|(key, value)| (state_key_hash(key), value.clone()));
    let (root, batch) = tree
        .put_value_set(values, version)
        .map_err(|error| tree_error(&error))?;
    let TreeUpdateBatch {
        node_batch,
        stale_node_index_batch,
        ..
    } = batch;
    Ok(TreeUpdate {
        root: Digest(root.0),
        new: node_batch
            .nodes()
            .iter()
            .map(|(key, node)| (codec::encode(key), codec::encode(node)))
            .collect(),
        stale: stale_node_index_batch
            .iter()
            .map(|stale| codec::encode(&stale.node_key))
            .collect(),
    })
}

/// Proves the value (or its absence) under a key in the tree of `version`, the newest.
pub(crate) fn prove<T: ReadableTable<&'static [u8], &'static [u8]>>(
    table: &T,
    version: Version,
    key: &str,
    value: Option<OwnedValue>,
) -> Result<StateProof, StoreError> {
    let reader = TableReader { table, value };
    let tree = JellyfishMerkleTree::<_, StateHasher>::new(&reader);
    let (_, path) = tree
        .get_with_proof(state_key_hash(key), version)
        .map_err(|error| tree_error(&error))?;
    Ok(StateProof::new(path))
}

fn tree_error(error: &anyhow::Error) -> StoreError {
    StoreError::Corrupt {
        key: "the state tree".to_owned(),
        reason: error.to_string(),
    }
}
