//! Labels of a classifier, and by how much the reference preferred its own where ours differs.

/// How often both say the same, and of each other answer which labels, and how far ahead the reference's
/// label was of ours in its own scores.
pub(super) fn agreement(pairs: &[(Vec<f64>, Vec<f64>)]) -> String {
    let mut differing = Vec::new();
    for (place, (ours, theirs)) in pairs.iter().enumerate() {
        let (our_label, label) = (best(ours), best(theirs));
        if our_label != label {
            let margin = theirs[label] - theirs[our_label];
            differing.push(format!(
                "\n  input {place}: {our_label} for {label}, which is {margin:.3} ahead"
            ));
        }
    }
    let agreed = pairs.len() - differing.len();
    let percent = 100.0 * agreed as f64 / pairs.len().max(1) as f64;
    format!(
        "same label for {agreed} of {} files ({percent:.2} %){}",
        pairs.len(),
        differing.concat()
    )
}

/// The place of the largest number, the first of equals.
fn best(numbers: &[f64]) -> usize {
    let places = 0..numbers.len();
    places
        .max_by(|&a, &b| numbers[a].total_cmp(&numbers[b]).then(b.cmp(&a)))
        .unwrap_or(0)
}

#[cfg(test)]
mod tests {
    use super::agreement;

    #[test]
    fn a_differing_label_is_named_with_its_margin() {
        let same = (vec![0.1, 0.9], vec![0.3, 0.7]);
        let other = (vec![0.6, 0.4], vec![0.25, 0.75]);
        let said = agreement(&[same, other]);
        assert!(
            said.starts_with("same label for 1 of 2 files (50.00 %)"),
            "{said}"
        );
        assert!(
            said.contains("input 1: 0 for 1, which is 0.500 ahead"),
            "{said}"
        );
    }
}
