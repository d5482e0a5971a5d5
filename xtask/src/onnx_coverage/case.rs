//! A case of the suite: a model, its inputs and the reference's outputs.

use std::path::Path;

use anyhow::{Context, Result};
use lilliput_import::onnx::{ModelProto, TensorProto, ValueInfoProto};
use prost::Message as _;

/// Element type of text.
const STRING: i32 = 8;

/// See the module's text.
pub(super) struct Case {
    pub(super) name: String,
    pub(super) onnx: Vec<u8>,
    pub(super) model: ModelProto,
    pub(super) inputs: Vec<TensorProto>,
    pub(super) outputs: Vec<TensorProto>,
    /// Operator of the case that this one spells out, if it is such.
    spelled_out: Option<String>,
}

/// Names of all cases, sorted.
pub(super) fn names(data: &Path) -> Result<Vec<String>> {
    let mut names = Vec::new();
    let entries = std::fs::read_dir(data).with_context(|| data.display().to_string())?;
    for entry in entries {
        let entry = entry?;
        if entry.path().join("model.onnx").is_file() {
            names.push(entry.file_name().to_string_lossy().into_owned());
        }
    }
    names.sort();
    Ok(names)
}

impl Case {
    pub(super) fn read(data: &Path, name: &str) -> Result<Self> {
        let folder = data.join(name);
        let onnx = std::fs::read(folder.join("model.onnx"))?;
        let set = folder.join("test_data_set_0");
        let model = ModelProto::decode(&onnx[..])?;
        let spelled_out = match name.find("_expanded") {
            Some(end) => {
                let path = data.join(&name[..end]).join("model.onnx");
                let original = std::fs::read(path).ok();
                let original = original.and_then(|bytes| ModelProto::decode(&bytes[..]).ok());
                original.as_ref().and_then(main_operator)
            }
            None => None,
        };
        Ok(Self {
            name: name.into(),
            inputs: tensors(&set, "input")?,
            outputs: tensors(&set, "output")?,
            spelled_out,
            onnx,
            model,
        })
    }

    /// The operator that the case is about.
    pub(super) fn operator(&self) -> String {
        let own = || main_operator(&self.model);
        let operator = self.spelled_out.clone().or_else(own);
        operator.unwrap_or_else(|| "none".into())
    }

    /// Why a case doesn't count, if it doesn't.
    pub(super) fn excluded(&self) -> Option<&'static str> {
        let graph = self.model.graph.as_ref()?;
        let has = |names: &[&str]| {
            let own = self.operator();
            let mut nodes = graph.node.iter().map(|node| node.op_type.as_str());
            nodes.any(|op| names.contains(&op)) || names.contains(&own.as_str())
        };
        let starts = |prefix: &str| {
            graph
                .node
                .iter()
                .any(|node| node.op_type.starts_with(prefix))
        };
        let ports = || graph.input.iter().chain(&graph.output);
        let training = graph.node.iter().flat_map(|node| &node.attribute);
        let training = training
            .into_iter()
            .any(|attribute| attribute.name == "training_mode" && attribute.i != 0);
        if training
            || has(&["Adagrad", "Adam", "Momentum", "Gradient"])
            || self.name.starts_with("test_training_dropout")
        {
            Some("training")
        } else if has(&["If", "Loop", "Scan"]) {
            Some("control flow")
        } else if starts("Optional") {
            Some("optional")
        } else if starts("Sequence") || has(&["SplitToSequence", "ConcatFromSequence"]) {
            Some("sequence")
        } else if has(&[
            "Bernoulli",
            "RandomUniformLike",
            "RandomNormalLike",
            "RandomUniform",
            "RandomNormal",
            "Multinomial",
        ]) {
            Some("random")
        } else if starts("String") || has(&["RegexFullMatch"]) || ports().any(is_text) {
            Some("string")
        } else if ports().any(|port| tensor_type(port).is_none()) {
            Some("sequence or optional")
        } else {
            None
        }
    }
}

fn tensor_type(port: &ValueInfoProto) -> Option<i32> {
    let kind = port.r#type.as_ref()?;
    kind.tensor_type.as_ref().map(|tensor| tensor.elem_type)
}

fn is_text(port: &ValueInfoProto) -> bool {
    tensor_type(port) == Some(STRING)
}

/// The one operator of a model, or its last.
fn main_operator(model: &ModelProto) -> Option<String> {
    let nodes = &model.graph.as_ref()?.node;
    nodes.last().map(|node| node.op_type.clone())
}

fn tensors(folder: &Path, kind: &str) -> Result<Vec<TensorProto>> {
    let mut tensors = Vec::new();
    while let Ok(bytes) = std::fs::read(folder.join(format!("{kind}_{}.pb", tensors.len()))) {
        // What isn't a tensor belongs to a case that is excluded.
        tensors.push(TensorProto::decode(&bytes[..]).unwrap_or_default());
    }
    Ok(tensors)
}
