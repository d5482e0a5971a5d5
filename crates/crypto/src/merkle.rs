//! Merkle trees over the sections of a block.
//!
//! Leaves and inner nodes are hashed under different labels and the root binds the number of
//! leaves. A node without a sibling moves up unchanged, so no leaf is ever duplicated.

use borsh::{BorshDeserialize, BorshSerialize};
use serde::{Deserialize, Serialize};

use crate::{Digest, DigestHasher, Label};

/// All levels of a tree, leaves first.
#[derive(Clone, Debug)]
pub struct MerkleTree {
    levels: Vec<Vec<Digest>>,
    leaf_count: u64,
}

/// Shows that one item stands at one place of a list with a known root.
#[derive(Clone, Debug, PartialEq, Eq, BorshSerialize, BorshDeserialize, Serialize, Deserialize)]
pub struct MerkleProof {
    /// Place of the item, from zero.
    pub index: u64,
    /// Length of the list.
    pub leaf_count: u64,
    /// Sibling hashes from the leaf upwards; levels without a sibling are left out.
    pub siblings: Vec<Digest>,
}

impl MerkleTree {
    /// Builds the tree of a list of byte strings.
    pub fn new<Item: AsRef<[u8]>>(items: impl IntoIterator<Item = Item>) -> Self {
        let leaves: Vec<Digest> = items
            .into_iter()
            .map(|item| Digest::of(Label::MerkleLeaf, item.as_ref()))
            .collect();
        let leaf_count = leaves.len() as u64;
        let mut levels = vec![leaves];
        while let Some(last) = levels.last().filter(|level| level.len() > 1) {
            let next = last
                .chunks(2)
                .map(|pair| match pair {
                    [left, right] => node(left, right),
                    alone => alone.first().copied().unwrap_or_default(),
                })
                .collect();
            levels.push(next);
        }
        Self { levels, leaf_count }
    }

    /// The root, which binds the number of items and each of them at its place.
    #[must_use]
    pub fn root(&self) -> Digest {
        let top = self.levels.last().and_then(|level| level.first());
        root(self.leaf_count, &top.copied().unwrap_or_default())
    }

    /// The proof for the item at a place, if there is one.
    #[must_use]
    pub fn prove(&self, index: u64) -> Option<MerkleProof> {
        if index >= self.leaf_count {
            return None;
        }
        let mut at = usize::try_from(index).ok()?;
        let mut siblings = Vec::new();
        for level in &self.levels {
            if level.len() > 1 {
                siblings.extend(level.get(at ^ 1));
            }
            at /= 2;
        }
        Some(MerkleProof {
            index,
            leaf_count: self.leaf_count,
            siblings,
        })
    }
}

impl MerkleProof {
    /// Whether `item` stands at [`MerkleProof::index`] of the list with this root.
    #[must_use]
    pub fn verify(&self, expected: &Digest, item: &[u8]) -> bool {
        if self.index >= self.leaf_count {
            return false;
        }
        let mut hash = Digest::of(Label::MerkleLeaf, item);
        let mut siblings = self.siblings.iter();
        let (mut at, mut width) = (self.index, self.leaf_count);
        while width > 1 {
            let has_sibling = at % 2 == 1 || at + 1 < width;
            if has_sibling {
                let Some(sibling) = siblings.next() else {
                    return false;
                };
                hash = if at % 2 == 1 {
                    node(sibling, &hash)
                } else {
                    node(&hash, sibling)
                };
            }
            at /= 2;
            width = width.div_ceil(2);
        }
        siblings.next().is_none() && root(self.leaf_count, &hash) == *expected
    }
}

fn node(left: &Digest, right: &Digest) -> Digest {
    DigestHasher::new(Label::MerkleNode)
        .update(&left.0)
        .update(&right.0)
        .finish()
}

fn root(leaf_count: u64, top: &Digest) -> Digest {
    DigestHasher::new(Label::MerkleRoot)
        .update(&leaf_count.to_le_bytes())
        .update(&top.0)
        .finish()
}
