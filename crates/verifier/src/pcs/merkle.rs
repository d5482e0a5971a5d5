//! Merkle trees over rows, and openings of several rows at once.
//!
//! Leaves and inner nodes are hashed under different keys. A path is cut where another opened row gives the digest:
//! the verifier knows the positions, so it knows how many siblings there are.

use crate::codec::{CodecError, Reader, Writer};
use crate::field::F;
use crate::transcript::Transcript;

/// A digest.
pub type Digest = [u8; 32];

/// Key of leaves.
const LEAF: &[u8; 32] = b"lilliput merkle leaf            ";
/// Key of inner nodes.
const NODE: &[u8; 32] = b"lilliput merkle node            ";

/// The root of a commitment.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct Root(pub Digest);

impl Root {
    /// Binds the commitment; call it before the first challenge that depends on what is committed.
    pub fn absorb(&self, label: &'static str, transcript: &mut Transcript) {
        transcript.absorb_bytes(label, &self.0);
    }
}

/// The digest of a row.
#[must_use]
pub fn leaf(row: &[F]) -> Digest {
    let mut writer = Writer::new();
    writer.bases(row);
    *blake3::keyed_hash(LEAF, &writer.finish()).as_bytes()
}

fn node(left: &Digest, right: &Digest) -> Digest {
    let mut both = [0; 64];
    let (first, second) = both.split_at_mut(32);
    first.copy_from_slice(left);
    second.copy_from_slice(right);
    *blake3::keyed_hash(NODE, &both).as_bytes()
}

/// A tree over a power of two of leaves: all its digests, leaves first.
#[derive(Clone, Debug, Default)]
pub struct Tree {
    layers: Vec<Vec<Digest>>,
}

impl Tree {
    /// Hashes up from the leaves.
    #[must_use]
    pub fn new(leaves: Vec<Digest>) -> Self {
        let mut layers = vec![leaves];
        while let Some(below) = layers.last().filter(|layer| layer.len() > 1) {
            let above = below.chunks(2).map(|pair| match pair {
                [left, right] => node(left, right),
                _ => Digest::default(),
            });
            layers.push(above.collect());
        }
        Self { layers }
    }

    /// The root.
    #[must_use]
    pub fn root(&self) -> Root {
        let top = self.layers.last().and_then(|layer| layer.first());
        Root(top.copied().unwrap_or_default())
    }

    /// All digests, leaves first.
    #[must_use]
    pub fn layers(&self) -> &[Vec<Digest>] {
        &self.layers
    }

    /// A digest of a layer; zeros outside of the tree.
    #[must_use]
    pub fn digest(&self, layer: usize, index: usize) -> Digest {
        let layer = self.layers.get(layer);
        let digest = layer.and_then(|layer| layer.get(index));
        digest.copied().unwrap_or_default()
    }
}

/// Layer and index of each sibling that [`read_root`] needs for sorted, distinct positions of a tree over `2^depth`
/// leaves, in order.
#[must_use]
pub fn siblings(positions: &[usize], depth: usize) -> Vec<(usize, usize)> {
    let mut siblings = Vec::new();
    let mut open = positions.to_vec();
    for layer in 0..depth {
        siblings.extend(missing(&open).map(|index| (layer, index)));
        open = parents(&open);
    }
    siblings
}

/// Positions next to the open ones that are not open themselves, in order.
fn missing(open: &[usize]) -> impl Iterator<Item = usize> {
    let siblings = open.iter().map(|position| position ^ 1);
    siblings.filter(|sibling| open.binary_search(sibling).is_err())
}

fn parents(open: &[usize]) -> Vec<usize> {
    let mut parents: Vec<usize> = open.iter().map(|position| position >> 1).collect();
    parents.dedup();
    parents
}

/// Reads the siblings of leaves at sorted, distinct positions of a tree over `2^depth` leaves, and gives the root.
///
/// # Errors
///
/// [`CodecError`].
pub fn read_root(
    positions: &[usize],
    leaves: Vec<Digest>,
    depth: usize,
    reader: &mut Reader<'_>,
) -> Result<Root, CodecError> {
    let (mut open, mut digests) = (positions.to_vec(), leaves);
    for _ in 0..depth {
        let mut above = Vec::with_capacity(digests.len());
        let mut own = open.iter().zip(&digests).peekable();
        while let Some((&position, digest)) = own.next() {
            let neighbour = own.next_if(|(other, _)| **other == position ^ 1);
            above.push(match neighbour {
                Some((_, right)) => node(digest, right),
                None => {
                    let sibling = reader.array()?;
                    if position & 1 == 0 {
                        node(digest, &sibling)
                    } else {
                        node(&sibling, digest)
                    }
                }
            });
        }
        open = parents(&open);
        digests = above;
    }
    digests
        .first()
        .map(|&root| Root(root))
        .ok_or(CodecError::OutOfBounds("number of positions"))
}
