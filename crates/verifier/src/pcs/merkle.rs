//! Merkle trees over rows, and openings of several rows at once.
//!
//! Leaves and inner nodes are hashed behind different prefixes; many of one length are hashed at once. A path is cut where another opened row gives the digest:
//! the verifier knows the positions, so it knows how many siblings there are.

use p3_blake3::Blake3;
use p3_field::PrimeField32;
use p3_symmetric::CryptographicHasher;

use crate::codec::{CodecError, Reader};
use crate::cores;
use crate::field::F;
use crate::transcript::Transcript;

/// A digest.
pub type Digest = [u8; 32];

/// Prefix of leaves.
const LEAF: &[u8; 32] = b"lilliput merkle leaf            ";
/// Prefix of inner nodes.
const NODE: &[u8; 32] = b"lilliput merkle node            ";

/// Rows and nodes that are hashed at once.
const AT_ONCE: usize = 64;
/// Digests that one core makes before it takes the next ones.
const TASK: usize = 256 * AT_ONCE;

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
    let mut bytes = Vec::new();
    push_leaf(row, &mut bytes);
    Blake3.hash_slice(&bytes)
}

/// The digests of all rows of a matrix.
#[must_use]
pub fn leaves(rows: &[F], width: usize) -> Vec<Digest> {
    let width = width.max(1);
    digests(rows, width, push_leaf)
}

/// A digest of each message that is made from so many items.
fn digests<T: Sync>(
    items: &[T],
    each: usize,
    push: impl Fn(&[T], &mut Vec<u8>) + Send + Sync,
) -> Vec<Digest> {
    let mut digests = vec![Digest::default(); items.len().checked_div(each).unwrap_or(0)];
    cores::chunks(&mut digests, TASK, |task, digests| {
        let first = task.saturating_mul(TASK).saturating_mul(each);
        let items = items.get(first..).unwrap_or_default();
        let mut bytes = Vec::new();
        let blocks = items.chunks(each.saturating_mul(AT_ONCE));
        for (digests, items) in digests.chunks_mut(AT_ONCE).zip(blocks) {
            bytes.clear();
            items
                .chunks_exact(each)
                .for_each(|item| push(item, &mut bytes));
            Blake3.hash_many(&bytes, digests);
        }
    });
    digests
}

fn push_leaf(row: &[F], bytes: &mut Vec<u8>) {
    bytes.extend_from_slice(LEAF);
    bytes.extend(
        row.iter()
            .flat_map(|value| value.as_canonical_u32().to_le_bytes()),
    );
}

fn node(left: &Digest, right: &Digest) -> Digest {
    Blake3.hash_slice(&[*NODE, *left, *right].concat())
}

/// The nodes above a layer of an even number of digests.
fn nodes(below: &[Digest]) -> Vec<Digest> {
    digests(below, 2, |pair, bytes| {
        bytes.extend_from_slice(NODE);
        pair.iter()
            .for_each(|digest| bytes.extend_from_slice(digest));
    })
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
            layers.push(nodes(below));
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
