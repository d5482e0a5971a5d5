//! Groups have the client's roots.

use lilliput_semaphore::{Element, Error, Group, Tree};
use proptest::prelude::*;

use crate::vectors::{element, vectors};

#[test]
fn groups_have_the_roots_of_the_client() {
    for vector in vectors().groups {
        let members = vector.members.iter().map(|member| element(member));
        let group = Group::of(members).expect("a group");
        assert_eq!(group.root().to_string(), vector.root);
        assert_eq!(group.depth(), vector.depth);
        assert_eq!(group.size(), vector.members.len() as u64);
    }
}

#[test]
fn an_empty_group_has_no_member_and_the_root_zero() {
    let mut group = Group::new();
    assert_eq!(group.root(), Element::ZERO);
    assert!(matches!(group.path(0), Err(Error::NoMember { .. })));
    assert!(group.update(0, Element::ZERO).is_err());
}

/// The root by its definition: level by level, a last node without a sibling goes up as it is.
fn naive(leaves: &[Element]) -> Element {
    let mut hash = Tree::of_size(0);
    let mut level = leaves.to_vec();
    while level.len() > 1 {
        let pairs = level.chunks(2);
        level = pairs
            .map(|pair| match pair {
                [left, right] => hash.parent(*left, *right),
                rest => rest[0],
            })
            .collect();
    }
    level.first().copied().unwrap_or(Element::ZERO)
}

fn leaf(number: u64) -> Element {
    let mut bytes = [0; 32];
    bytes[24..].copy_from_slice(&number.to_be_bytes());
    Element::from_bytes(&bytes).expect("a small number")
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(24))]

    #[test]
    fn any_history_leads_to_the_root_of_its_leaves(
        steps in proptest::collection::vec((any::<bool>(), any::<u64>(), any::<u64>()), 1..40)
    ) {
        let mut group = Group::new();
        let mut leaves: Vec<Element> = Vec::new();
        for (insert, place, number) in steps {
            if insert || leaves.is_empty() {
                group.insert(leaf(number)).expect("room");
                leaves.push(leaf(number));
            } else {
                let place = place % leaves.len() as u64;
                group.update(place, leaf(number)).expect("a member");
                leaves[place as usize] = leaf(number);
            }
            prop_assert_eq!(group.root(), naive(&leaves));
        }
        let mut tree = Tree::of_size(0);
        for (place, leaf) in leaves.iter().enumerate() {
            let path = group.path(place as u64).expect("a path");
            prop_assert_eq!(tree.root_of(*leaf, &path), group.root());
        }
    }
}
