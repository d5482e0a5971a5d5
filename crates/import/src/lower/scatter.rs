//! Values written to places of a tensor, the places being known.

use super::Lowering;
use super::node::Node;
use crate::array::{Array, strides};
use crate::error::ImportError;
use crate::program::{Operation, Value};

/// Most entries of a matrix that adds.
const ENTRIES_MAX: usize = 1 << 20;
/// Most updates of one place.
const ROUNDS_MAX: usize = 64;

impl Lowering {
    pub(super) fn scatter_elements(&mut self, node: &Node<'_>) -> Result<Value, ImportError> {
        let x = self.value(node, 0)?;
        let of = self.shape(x).to_vec();
        let axis = node.axis(node.int("axis", 0)?, of.len())?;
        let (shape, indices) = self.indices(node, 1)?;
        let places = Self::element_places(node, &of, axis, &shape, &indices)?;
        self.scattered(node, x, &places)
    }

    pub(super) fn scatter_nd(&mut self, node: &Node<'_>) -> Result<Value, ImportError> {
        let x = self.value(node, 0)?;
        let of = self.shape(x).to_vec();
        let (shape, indices) = self.indices(node, 1)?;
        let depth = shape.last().copied().unwrap_or(0);
        if depth == 0 || depth > of.len() {
            return Err(node.refuse(format!("indices {shape:?} don't fit {of:?}")));
        }
        let from = strides(&of);
        let block: usize = of[depth..].iter().product();
        let mut places = Vec::new();
        for tuple in indices.chunks_exact(depth) {
            let mut start = 0;
            for (place, &index) in tuple.iter().enumerate() {
                start += node.axis(index, of[place])? * from[place];
            }
            places.extend(start..start + block);
        }
        self.scattered(node, x, &places)
    }

    /// `x` with the values of the third operand at the given places.
    fn scattered(
        &mut self,
        node: &Node<'_>,
        x: Value,
        places: &[usize],
    ) -> Result<Value, ImportError> {
        let shape = self.shape(x).to_vec();
        let count: usize = shape.iter().product();
        let updates = self.value(node, 2)?;
        let updates = self.flat(node, updates)?;
        if self.shape(updates) != [places.len()] {
            return Err(node.refuse("its updates don't fit its indices"));
        }
        let flat = self.flat(node, x)?;
        let value = match node.string("reduction", "none").as_str() {
            "none" => {
                let mut sources: Vec<usize> = (0..count).collect();
                for (update, &place) in places.iter().enumerate() {
                    sources[place] = count + update;
                }
                self.replaced(node, flat, updates, &sources)?
            }
            "add" => self.added_at(node, flat, updates, places)?,
            reduction @ ("max" | "min" | "mul") => {
                self.combined_at(node, [flat, updates], places, reduction)?
            }
            other => return Err(node.refuse(format!("reduction '{other}' is not supported"))),
        };
        self.reshape(node, value, shape)
    }

    /// Values of two rows, of which the second continues the first.
    fn replaced(
        &mut self,
        node: &Node<'_>,
        flat: Value,
        updates: Value,
        sources: &[usize],
    ) -> Result<Value, ImportError> {
        let joined = vec![self.shape(flat)[0] + self.shape(updates)[0]];
        let both = vec![flat, updates];
        let both = self.step(node, Operation::Concat { axis: 0 }, both, joined)?;
        self.take(node, both, 0, sources)
    }

    fn added_at(
        &mut self,
        node: &Node<'_>,
        flat: Value,
        updates: Value,
        places: &[usize],
    ) -> Result<Value, ImportError> {
        let count = self.shape(flat)[0];
        let entries = count.saturating_mul(places.len());
        if entries > ENTRIES_MAX {
            return Err(node.refuse("it adds to too many places"));
        }
        let mut values = vec![0.0; entries];
        for (update, &place) in places.iter().enumerate() {
            values[place * places.len() + update] = 1.0;
        }
        let matrix = Array {
            shape: vec![count, places.len()],
            values,
        };
        let added = self.mixed(node, updates, 0, matrix)?;
        self.sum(node, flat, added, 1.0)
    }

    /// In rounds, in which no place is met twice.
    fn combined_at(
        &mut self,
        node: &Node<'_>,
        [flat, updates]: [Value; 2],
        places: &[usize],
        reduction: &str,
    ) -> Result<Value, ImportError> {
        let count = self.shape(flat)[0];
        let mut met = vec![0; count];
        let mut rounds: Vec<Vec<usize>> = Vec::new();
        for (update, &place) in places.iter().enumerate() {
            if met[place] == rounds.len() {
                rounds.push((0..count).collect());
            }
            rounds[met[place]][place] = count + update;
            met[place] += 1;
            if rounds.len() > ROUNDS_MAX {
                return Err(node.refuse(format!(
                    "a place is met more than {ROUNDS_MAX} times, which is not supported"
                )));
            }
        }
        // What stands where a round changes nothing: for an extreme what is there already.
        let neutral = match reduction {
            "mul" if self.element(flat).is_exact() => {
                Some(self.filled_ints(node, vec![count], vec![1; count], self.element(flat)))
            }
            "mul" => Some(self.filled(node, vec![count], vec![1.0; count])),
            _ => None,
        };
        let mut value = flat;
        for sources in rounds {
            let others = self.replaced(node, neutral.unwrap_or(flat), updates, &sources)?;
            value = match reduction {
                "max" => self.larger_of(node, value, others)?,
                "min" => self.smaller_of(node, value, others)?,
                _ => self.product_of(node, value, others)?,
            };
        }
        Ok(value)
    }

    /// New rows of a cache, from a place on for each of the batch.
    pub(super) fn tensor_scatter(&mut self, node: &Node<'_>) -> Result<Value, ImportError> {
        let x = self.value(node, 0)?;
        let updates = self.value(node, 1)?;
        let (of, new) = (self.shape(x).to_vec(), self.shape(updates).to_vec());
        let axis = node.axis(node.int("axis", -2)?, of.len())?;
        let fits = axis > 0
            && new.len() == of.len()
            && (0..of.len()).all(|other| other == axis || new[other] == of[other])
            && new[axis] <= of[axis];
        if !fits {
            return Err(node.refuse(format!("rows of shape {new:?} don't fit {of:?}")));
        }
        let starts = match node.input(2) {
            Some(_) => self.indices(node, 2)?.1,
            None => vec![0; of[0]],
        };
        if starts.len() != of[0] {
            return Err(node.refuse("it needs one place for each of the batch"));
        }
        let circular = node.string("mode", "linear") == "circular";
        let (from, to) = (strides(&new), strides(&of));
        let mut sources: Vec<usize> = (0..of.iter().product()).collect();
        let count = sources.len();
        for entry in 0..new.iter().product() {
            let start = usize::try_from(starts[entry / from[0]]).ok();
            let at = start.and_then(|start| start.checked_add(entry / from[axis] % new[axis]));
            let at = match at {
                Some(at) if circular => at % of[axis],
                Some(at) if at < of[axis] => at,
                _ => return Err(node.refuse("its places lie outside of the cache")),
            };
            let others = (0..of.len()).filter(|&other| other != axis);
            let others = others.map(|other| entry / from[other] % new[other] * to[other]);
            sources[others.sum::<usize>() + at * to[axis]] = count + entry;
        }
        let (flat, updates) = (self.flat(node, x)?, self.flat(node, updates)?);
        let value = self.replaced(node, flat, updates, &sources)?;
        self.reshape(node, value, of)
    }
}
