//! A group's tree in the state.

use lilliput_ledger::{Failure, State, StoreError};
use lilliput_semaphore::{Element, Nodes, Tree};
use lilliput_types::identity::{Group, GroupId, IdentityEvent, PastRoot, ROOTS_MAX};
use lilliput_types::{Commitment, GroupRoot, List, TimeMs};

use super::state as keys;
use crate::refuse::{refusal, refuse};

/// Whether roots before a new one go on being taken for a while.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) enum Past {
    Kept,
    /// A member was removed or changed: with an older root, what isn't there any more could still be shown.
    Forgotten,
}

struct StateNodes<'a, 'b> {
    state: &'a mut State<'b>,
    group: GroupId,
}

enum TreeFailure {
    Tree(lilliput_semaphore::Error),
    Store(StoreError),
}

impl From<lilliput_semaphore::Error> for TreeFailure {
    fn from(error: lilliput_semaphore::Error) -> Self {
        Self::Tree(error)
    }
}

impl From<TreeFailure> for Failure {
    fn from(failure: TreeFailure) -> Self {
        match failure {
            TreeFailure::Tree(error) => refusal("identity.tree", error.to_string()).into(),
            TreeFailure::Store(error) => error.into(),
        }
    }
}

impl Nodes for StateNodes<'_, '_> {
    type Error = TreeFailure;

    fn node(&self, level: u8, index: u64) -> Result<Element, TreeFailure> {
        let bytes = keys::node(self.state, self.group, level, index).map_err(TreeFailure::Store)?;
        Ok(Element::from_bytes(&bytes)?)
    }

    fn set_node(&mut self, level: u8, index: u64, node: Element) -> Result<(), TreeFailure> {
        keys::write_node(self.state, self.group, level, index, node.to_bytes());
        Ok(())
    }
}

/// A commitment as a leaf. Zero is for removed members.
pub(super) fn leaf(commitment: Commitment) -> Result<Element, Failure> {
    match Element::from_bytes(commitment.as_bytes()) {
        Ok(leaf) if !leaf.is_zero() => Ok(leaf),
        Ok(_) | Err(_) => refuse(
            "identity.commitment",
            "the commitment is zero or not below the field's modulus; take that of a Semaphore identity",
        ),
    }
}

/// Adds a leaf behind the others and sets the group's root; the caller writes the group.
pub(super) fn insert(
    state: &mut State<'_>,
    group: &mut Group,
    commitment: Commitment,
    now: TimeMs,
) -> Result<(), Failure> {
    let leaf = leaf(commitment)?;
    let mut tree = Tree::of_size(group.size);
    let id = group.id;
    let root = tree.insert(&mut StateNodes { state, group: id }, leaf)?;
    set_root(state, group, root, Past::Kept, now)?;
    group.size = tree.size();
    Ok(())
}

/// Puts other leaves, or zeros, in places of some and sets the group's root, forgetting older ones; the caller writes the group.
pub(super) fn update(
    state: &mut State<'_>,
    group: &mut Group,
    leaves: &[(u64, Option<Commitment>)],
    now: TimeMs,
) -> Result<(), Failure> {
    let mut tree = Tree::of_size(group.size);
    let mut root = None;
    for (index, commitment) in leaves {
        let leaf = commitment.map_or(Ok(Element::ZERO), leaf)?;
        let mut nodes = StateNodes {
            state,
            group: group.id,
        };
        root = Some(tree.update(&mut nodes, *index, leaf)?);
    }
    match root {
        Some(root) => set_root(state, group, root, Past::Forgotten, now),
        None => Ok(()),
    }
}

fn set_root(
    state: &mut State<'_>,
    group: &mut Group,
    root: Element,
    past: Past,
    now: TimeMs,
) -> Result<(), Failure> {
    let mut kept = match past {
        Past::Forgotten => Vec::new(),
        Past::Kept => group.past.to_vec(),
    };
    if past == Past::Kept && group.size > 0 {
        let window = group.terms.root_window_ms.0;
        kept.retain(|past| now.0.saturating_sub(past.until.0) < window);
        kept.push(PastRoot {
            root: group.root,
            until: now,
        });
        let most = ROOTS_MAX as usize;
        kept.drain(..kept.len().saturating_sub(most));
    }
    group.past = List::new(kept).map_err(|error| refusal("identity.tree", error.to_string()))?;
    group.root = GroupRoot(lilliput_crypto::Digest(root.to_bytes()));
    state.emit(IdentityEvent::Rooted {
        group: group.id,
        root: group.root,
    });
    Ok(())
}
