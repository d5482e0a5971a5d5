//! `Einsum`: products over labelled axes, by matrix products.

use super::node::Node;
use super::{Binding, Lowering};
use crate::error::ImportError;
use crate::program::Value;

impl Lowering {
    pub(super) fn einsum_operator(
        &mut self,
        node: &Node<'_>,
    ) -> Result<Option<Vec<Binding>>, ImportError> {
        match node.proto.op_type.as_str() {
            "Einsum" => Ok(Some(vec![Binding::Value(self.einsum(node)?)])),
            _ => Ok(None),
        }
    }

    fn einsum(&mut self, node: &Node<'_>) -> Result<Value, ImportError> {
        let equation = node.string("equation", "");
        let equation: String = equation.chars().filter(|letter| *letter != ' ').collect();
        let (left, right) = match equation.split_once("->") {
            Some((left, right)) => (left.to_owned(), Some(right.to_owned())),
            None => (equation, None),
        };
        let terms: Vec<&str> = left.split(',').collect();
        if terms.len() != node.proto.input.len() || terms.len() > 2 || terms.is_empty() {
            return Err(node.refuse("equations of one or two operands are supported"));
        }
        let mut operands = Vec::with_capacity(terms.len());
        let mut dots = 0;
        for (index, term) in terms.iter().enumerate() {
            let x = self.value(node, index)?;
            let letters = term.chars().filter(|letter| *letter != '.').count();
            let hidden = self.shape(x).len().saturating_sub(letters);
            dots = dots.max(if term.contains('.') { hidden } else { 0 });
            operands.push((x, labels(term, hidden)));
        }
        let result = match right {
            Some(right) => labels(&right, dots),
            None => implied(&operands),
        };
        let mut diagonal = Vec::with_capacity(operands.len());
        for (x, labels) in operands {
            if labels.len() != self.shape(x).len() {
                return Err(node.refuse("its equation doesn't fit its operands"));
            }
            diagonal.push(self.diagonals(node, x, labels)?);
        }
        self.contracted(node, diagonal, &result)
    }

    /// Every label once: the diagonal of axes that share one.
    fn diagonals(
        &mut self,
        node: &Node<'_>,
        x: Value,
        labels: Vec<char>,
    ) -> Result<(Value, Vec<char>), ImportError> {
        let (mut x, mut labels) = (x, labels);
        while let Some((first, second)) = twice(&labels) {
            let shape = self.shape(x).to_vec();
            let length = shape[first];
            if shape[second] != length {
                return Err(node.refuse("axes of one label differ in length"));
            }
            let mut perm: Vec<usize> = (0..labels.len())
                .filter(|axis| ![first, second].contains(axis))
                .collect();
            let kept: Vec<usize> = perm.iter().map(|&axis| shape[axis]).collect();
            perm.extend([first, second]);
            let outer: usize = kept.iter().product();
            x = self.transposed(node, x, &perm)?;
            x = self.reshape(node, x, vec![outer, length * length])?;
            let places: Vec<usize> = (0..length).map(|index| index * (length + 1)).collect();
            x = self.take(node, x, 1, &places)?;
            x = self.reshape(node, x, [&kept[..], &[length]].concat())?;
            let label = labels[first];
            labels = (0..labels.len())
                .filter(|axis| ![first, second].contains(axis))
                .map(|axis| labels[axis])
                .collect();
            labels.push(label);
        }
        Ok((x, labels))
    }

    fn contracted(
        &mut self,
        node: &Node<'_>,
        operands: Vec<(Value, Vec<char>)>,
        result: &[char],
    ) -> Result<Value, ImportError> {
        // All labels as axes of one product, those that aren't in the result summed.
        let mut all: Vec<char> = result.to_vec();
        for (_, labels) in &operands {
            let new: Vec<char> = labels
                .iter()
                .copied()
                .filter(|label| !all.contains(label))
                .collect();
            all.extend(new);
        }
        let mut product = None;
        for (x, labels) in operands {
            let mut perm: Vec<usize> = (0..labels.len()).collect();
            perm.sort_by_key(|&axis| all.iter().position(|label| *label == labels[axis]));
            let x = self.transposed(node, x, &perm)?;
            let lengths = self.shape(x).to_vec();
            let mut shape = vec![1; all.len()];
            for (place, &axis) in perm.iter().enumerate() {
                let label = all
                    .iter()
                    .position(|label| *label == labels[axis])
                    .unwrap_or(0);
                shape[label] = lengths[place];
            }
            let x = self.reshape(node, x, shape)?;
            product = Some(match product {
                None => x,
                Some(other) => self.product_of(node, other, x)?,
            });
        }
        let mut x = product.ok_or_else(|| node.refuse("it has no operands"))?;
        for axis in result.len()..all.len() {
            x = self.axis_sum(node, x, axis)?;
        }
        let shape = self.shape(x)[..result.len()].to_vec();
        self.reshape(node, x, shape)
    }
}

/// One label for each axis; those behind dots are digits, the last of them last.
fn labels(term: &str, hidden: usize) -> Vec<char> {
    let mut labels = Vec::new();
    let mut dots = 0;
    for letter in term.chars() {
        if letter != '.' {
            labels.push(letter);
            continue;
        }
        dots += 1;
        if dots == 3 {
            labels.extend(
                (0..hidden)
                    .rev()
                    .filter_map(|index| char::from_digit(index as u32 % 10, 10)),
            );
        }
    }
    labels
}

/// Without a result: dots, then the letters that stand once, in order.
fn implied(operands: &[(Value, Vec<char>)]) -> Vec<char> {
    let all: Vec<char> = operands
        .iter()
        .flat_map(|(_, labels)| labels.clone())
        .collect();
    let mut once: Vec<char> = all
        .iter()
        .copied()
        .filter(|label| all.iter().filter(|other| *other == label).count() == 1)
        .filter(char::is_ascii_alphabetic)
        .collect();
    once.sort_unstable();
    let mut digits: Vec<char> = all.into_iter().filter(char::is_ascii_digit).collect();
    digits.sort_unstable_by(|a, b| b.cmp(a));
    digits.dedup();
    digits.extend(once);
    digits
}

fn twice(labels: &[char]) -> Option<(usize, usize)> {
    (0..labels.len()).find_map(|first| {
        let second = (first + 1..labels.len()).find(|&second| labels[second] == labels[first])?;
        Some((first, second))
    })
}
