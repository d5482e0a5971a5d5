//! How far scores are from classes: `NegativeLogLikelihoodLoss`, `SoftmaxCrossEntropyLoss`.

use super::node::Node;
use super::{Binding, Lowering};
use crate::element::Element;
use crate::error::ImportError;
use crate::program::{Unary, Value};

impl Lowering {
    pub(super) fn loss_operator(
        &mut self,
        node: &Node<'_>,
    ) -> Result<Option<Vec<Binding>>, ImportError> {
        if !node.proto.op_type.ends_with("Loss") {
            return Ok(None);
        }
        let scores = self.value(node, 0);
        match node.proto.op_type.as_str() {
            "NegativeLogLikelihoodLoss" => {
                let loss = self.likelihood_loss(node, scores?)?;
                Ok(Some(vec![Binding::Value(loss)]))
            }
            "SoftmaxCrossEntropyLoss" => {
                let scores = scores?;
                let shape = self.shape(scores).to_vec();
                if shape.len() < 2 {
                    return Err(node.refuse("its scores have no classes"));
                }
                let inner = shape[2..].iter().product();
                let rows = self.reshape(node, scores, vec![shape[0], shape[1], inner])?;
                let logs = self.log_softmax(node, rows, 1)?;
                let logs = self.reshape(node, logs, shape)?;
                let loss = self.likelihood_loss(node, logs)?;
                Ok(Some(vec![Binding::Value(loss), Binding::Value(logs)]))
            }
            _ => Ok(None),
        }
    }

    /// The weighted log probability of each label's class, with its sign turned.
    fn likelihood_loss(&mut self, node: &Node<'_>, logs: Value) -> Result<Value, ImportError> {
        let labels = self.value(node, 1)?;
        let shape = self.shape(logs).to_vec();
        if shape.len() < 2 || self.shape(labels).len() + 1 != shape.len() {
            return Err(node.refuse("its labels don't fit its scores"));
        }
        // All axes behind the classes as one.
        let classes = shape[1];
        let shape = vec![shape[0], classes, shape[2..].iter().product()];
        let logs = self.reshape(node, logs, shape.clone())?;
        let mut wide = vec![shape[0], shape[2]];
        wide.insert(1, 1);
        let places = self.positions(node, shape.len(), 1, classes);
        let wide = self.reshape(node, labels, wide)?;
        let wide = self.convert(node, wide, Element::INT64)?;
        let hot = self.equal(node, wide, places)?;
        let hot = self.convert(node, hot, Element::Float)?;
        let ignored = node.attribute("ignore_index").map(|index| index.i);
        let weights = self.class_weights(node, shape.len(), classes, ignored)?;
        let hot = match weights {
            Some(weights) => self.product_of(node, hot, weights)?,
            None => hot,
        };
        let picked = self.product_of(node, hot, logs)?;
        let picked = self.axis_sum(node, picked, 1)?;
        let loss = self.times_number(node, picked, -1.0)?;
        let reduction = node.string("reduction", "mean");
        if reduction == "none" {
            let shape = self.shape(labels).to_vec();
            return self.reshape(node, loss, shape);
        }
        let axes: Vec<usize> = (0..shape.len()).collect();
        let total = self.axes_sum(node, loss, &axes)?;
        let total = self.reshape(node, total, vec![])?;
        if reduction == "sum" {
            return Ok(total);
        }
        if weights.is_none() && ignored.is_none() {
            let count: usize = self.shape(labels).iter().product();
            return self.times_number(node, total, 1.0 / count as f32);
        }
        let weight = self.axes_sum(node, hot, &axes)?;
        let weight = self.reshape(node, weight, vec![])?;
        let inverse = self.unary(node, weight, Unary::Reciprocal)?;
        self.product_of(node, total, inverse)
    }

    /// The weight of each class, that of an ignored one being 0.
    fn class_weights(
        &mut self,
        node: &Node<'_>,
        rank: usize,
        classes: usize,
        ignored: Option<i64>,
    ) -> Result<Option<Value>, ImportError> {
        let mut shape = vec![1; rank];
        shape[1] = classes;
        let given = match self.optional_value(node, 2)? {
            Some(weights) if self.shape(weights) == [classes] => {
                Some(self.reshape(node, weights, shape.clone())?)
            }
            Some(_) => return Err(node.refuse("its weights don't fit its classes")),
            None => None,
        };
        let ignored = ignored.and_then(|index| usize::try_from(index).ok());
        let Some(ignored) = ignored.filter(|&index| index < classes) else {
            return Ok(given);
        };
        let mut kept = vec![1.0; classes];
        kept[ignored] = 0.0;
        let kept = self.filled(node, shape, kept);
        match given {
            Some(given) => self.product_of(node, given, kept).map(Some),
            None => Ok(Some(kept)),
        }
    }
}
