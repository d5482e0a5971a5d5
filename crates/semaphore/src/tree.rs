//! The lean incremental Merkle tree: binary, as deep as its leaves need, a node without a sibling is its child.
//! Inner nodes are Poseidon hashes of their two children.
//!
//! Where the nodes lie is the caller's: [`Group`] keeps them in memory, the ledger in its state.

use ark_bn254::Fr;
use light_poseidon::{Poseidon, PoseidonHasher};

use crate::keys::DEPTH_MAX;
use crate::{Element, Error};

/// Where a tree's nodes lie. Level 0 are the leaves.
pub trait Nodes {
    /// What reading and writing may fail with.
    type Error: From<Error>;

    /// The node at this place, which was written before.
    ///
    /// # Errors
    /// When it can't be read.
    fn node(&self, level: u8, index: u64) -> Result<Element, Self::Error>;

    /// Puts a node in its place.
    ///
    /// # Errors
    /// When it can't be written.
    fn set_node(&mut self, level: u8, index: u64, node: Element) -> Result<(), Self::Error>;
}

/// The way up from one leaf.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct MerklePath {
    /// Bit i says whether the node under sibling i is a right one.
    pub index: u64,
    /// From the leaf upwards; levels without a sibling are left out.
    pub siblings: Vec<Element>,
}

/// A tree of so many leaves.
pub struct Tree {
    size: u64,
    hash: Poseidon<Fr>,
}

impl Tree {
    /// The tree of as many leaves as were inserted so far.
    #[must_use]
    pub fn of_size(size: u64) -> Self {
        let hash = Poseidon::<Fr>::new_circom(2)
            .expect("the parameters for two inputs are built into light-poseidon");
        Self { size, hash }
    }

    /// How many leaves there are, removed ones included.
    #[must_use]
    pub fn size(&self) -> u64 {
        self.size
    }

    /// Levels above the leaves.
    #[must_use]
    pub fn depth(&self) -> u8 {
        depth_of(self.size)
    }

    /// The hash of two nodes.
    pub fn parent(&mut self, left: Element, right: Element) -> Element {
        let hash = self.hash.hash(&[left.0, right.0]);
        Element(hash.expect("two inputs, as the parameters are for two"))
    }

    /// Adds a leaf behind the others; gives the new root.
    ///
    /// # Errors
    /// When the tree is full, or the nodes fail.
    pub fn insert<N: Nodes>(&mut self, nodes: &mut N, leaf: Element) -> Result<Element, N::Error> {
        let max = 1_u64 << DEPTH_MAX;
        if self.size >= max {
            return Err(Error::Full { max }.into());
        }
        let index = self.size;
        self.size += 1;
        self.carry(nodes, index, leaf)
    }

    /// Puts another leaf in the place of one; gives the new root.
    ///
    /// # Errors
    /// When there is no such leaf, or the nodes fail.
    pub fn update<N: Nodes>(
        &mut self,
        nodes: &mut N,
        index: u64,
        leaf: Element,
    ) -> Result<Element, N::Error> {
        self.known(index)?;
        self.carry(nodes, index, leaf)
    }

    /// Writes a leaf and all that is above it.
    fn carry<N: Nodes>(
        &mut self,
        nodes: &mut N,
        index: u64,
        leaf: Element,
    ) -> Result<Element, N::Error> {
        let (mut node, mut index) = (leaf, index);
        for level in 0..self.depth() {
            nodes.set_node(level, index, node)?;
            if index % 2 == 1 {
                node = self.parent(nodes.node(level, index - 1)?, node);
            } else if index + 1 < width(self.size, level) {
                node = self.parent(node, nodes.node(level, index + 1)?);
            }
            index /= 2;
        }
        nodes.set_node(self.depth(), 0, node)?;
        Ok(node)
    }

    /// The way up from a leaf.
    ///
    /// # Errors
    /// When there is no such leaf, or the nodes fail.
    pub fn path<N: Nodes>(&self, nodes: &N, index: u64) -> Result<MerklePath, N::Error> {
        self.known(index)?;
        let mut path = MerklePath {
            index: 0,
            siblings: Vec::new(),
        };
        let mut place = index;
        for level in 0..self.depth() {
            let sibling = place ^ 1;
            if sibling < width(self.size, level) {
                path.index |= (place % 2) << path.siblings.len();
                path.siblings.push(nodes.node(level, sibling)?);
            }
            place /= 2;
        }
        Ok(path)
    }

    /// The root that a path from a leaf leads to.
    pub fn root_of(&mut self, leaf: Element, path: &MerklePath) -> Element {
        let mut node = leaf;
        for (level, sibling) in path.siblings.iter().enumerate() {
            node = if (path.index >> level) % 2 == 1 {
                self.parent(*sibling, node)
            } else {
                self.parent(node, *sibling)
            };
        }
        node
    }

    fn known(&self, index: u64) -> Result<(), Error> {
        if index >= self.size {
            return Err(Error::NoMember {
                index,
                size: self.size,
            });
        }
        Ok(())
    }
}

/// Levels above so many leaves: the whole logarithm, rounded up.
fn depth_of(size: u64) -> u8 {
    let bits = u64::BITS - size.saturating_sub(1).leading_zeros();
    u8::try_from(bits).unwrap_or(u8::MAX)
}

/// How many nodes a level has.
fn width(size: u64, level: u8) -> u64 {
    size.div_ceil(1 << level)
}

/// A group in memory, with the root that the client's `Group` of the same members has.
pub struct Group {
    tree: Tree,
    levels: Levels,
    root: Element,
}

#[derive(Default)]
struct Levels(Vec<Vec<Element>>);

impl Nodes for Levels {
    type Error = Error;

    fn node(&self, level: u8, index: u64) -> Result<Element, Error> {
        let index_here = usize::try_from(index).unwrap_or(usize::MAX);
        let nodes = self.0.get(usize::from(level));
        let node = nodes.and_then(|nodes| nodes.get(index_here));
        let size = nodes.map_or(0, |nodes| nodes.len() as u64);
        node.copied().ok_or(Error::NoMember { index, size })
    }

    fn set_node(&mut self, level: u8, index: u64, node: Element) -> Result<(), Error> {
        let level = usize::from(level);
        if self.0.len() <= level {
            self.0.resize_with(level + 1, Vec::new);
        }
        let size = self.0.get(level).map_or(0, |nodes| nodes.len() as u64);
        let index_here = usize::try_from(index).unwrap_or(usize::MAX);
        let nodes = self.0.get_mut(level);
        match nodes {
            Some(nodes) if index == size => nodes.push(node),
            Some(nodes) => match nodes.get_mut(index_here) {
                Some(place) => *place = node,
                None => return Err(Error::NoMember { index, size }),
            },
            None => return Err(Error::NoMember { index, size }),
        }
        Ok(())
    }
}

impl Default for Group {
    fn default() -> Self {
        Self::new()
    }
}

impl Group {
    /// A group without members.
    #[must_use]
    pub fn new() -> Self {
        Self {
            tree: Tree::of_size(0),
            levels: Levels::default(),
            root: Element::ZERO,
        }
    }

    /// The group with these members in this order; zero stands for a removed one.
    ///
    /// # Errors
    /// When they are too many.
    pub fn of(members: impl IntoIterator<Item = Element>) -> Result<Self, Error> {
        let mut group = Self::new();
        for member in members {
            group.insert(member)?;
        }
        Ok(group)
    }

    /// The root; zero without members.
    #[must_use]
    pub fn root(&self) -> Element {
        self.root
    }

    /// How many members there ever were.
    #[must_use]
    pub fn size(&self) -> u64 {
        self.tree.size()
    }

    /// Levels above the members.
    #[must_use]
    pub fn depth(&self) -> u8 {
        self.tree.depth()
    }

    /// Adds a member; gives its place.
    ///
    /// # Errors
    /// When the group is full.
    pub fn insert(&mut self, member: Element) -> Result<u64, Error> {
        let place = self.tree.size();
        self.root = self.tree.insert(&mut self.levels, member)?;
        Ok(place)
    }

    /// Puts another member in the place of one; zero removes it.
    ///
    /// # Errors
    /// When nobody has this place.
    pub fn update(&mut self, place: u64, member: Element) -> Result<(), Error> {
        self.root = self.tree.update(&mut self.levels, place, member)?;
        Ok(())
    }

    /// The way up from a member.
    ///
    /// # Errors
    /// When nobody has this place.
    pub fn path(&self, place: u64) -> Result<MerklePath, Error> {
        self.tree.path(&self.levels, place)
    }
}
