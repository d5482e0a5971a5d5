//! Merkle trees: every proof holds, every change breaks it.

use lilliput_crypto::{Digest, MerkleTree};
use proptest::prelude::*;

fn items(count: usize) -> Vec<Vec<u8>> {
    (0..count)
        .map(|index| vec![index as u8; index % 5])
        .collect()
}

#[test]
fn each_item_proves_at_its_place_and_nowhere_else() {
    for count in 0..20 {
        let items = items(count);
        let tree = MerkleTree::new(&items);
        let root = tree.root();
        assert!(tree.prove(count as u64).is_none());
        for (index, item) in items.iter().enumerate() {
            let proof = tree.prove(index as u64).unwrap();
            assert!(proof.verify(&root, item));
            let mut moved = proof.clone();
            moved.index = (proof.index + 1) % proof.leaf_count.max(2);
            assert!(!moved.verify(&root, item));
            let mut longer = proof.clone();
            longer.siblings.push(Digest::ZERO);
            assert!(!longer.verify(&root, item));
        }
    }
}

#[test]
fn lists_of_different_length_have_different_roots() {
    let roots: Vec<Digest> = (0..20)
        .map(|count| MerkleTree::new(vec![b"same"; count]).root())
        .collect();
    for (index, root) in roots.iter().enumerate() {
        assert!(!roots[..index].contains(root));
    }
}

proptest! {
    #[test]
    fn a_changed_item_or_sibling_is_refused(count in 1_usize..40, pick in any::<u64>(), bit in 0_usize..256) {
        let items = items(count);
        let tree = MerkleTree::new(&items);
        let index = pick % count as u64;
        let proof = tree.prove(index).unwrap();
        let mut item = items[index as usize].clone();
        item.push(0);
        prop_assert!(!proof.verify(&tree.root(), &item));
        for at in 0..proof.siblings.len() {
            let mut changed = proof.clone();
            changed.siblings[at].0[bit / 8] ^= 1 << (bit % 8);
            prop_assert!(!changed.verify(&tree.root(), &items[index as usize]));
        }
    }
}
