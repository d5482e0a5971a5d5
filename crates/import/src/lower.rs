//! From ONNX nodes to the steps of a [`Program`].
//!
//! Everything about the file's form ends here: attributes and their defaults, versions of the
//! operator set, constants that are computed in the graph, names. What follows sees few operations,
//! all with known shapes. Constants that scale or shift a convolution's or matrix's result are folded
//! into its weights.

mod attention;
mod bits;
mod cast;
mod compare;
mod constant;
mod conv;
mod einsum;
mod elementwise;
mod folded;
mod functions;
mod gather;
mod grid;
mod inlined;
mod integer;
mod known;
mod linear;
mod loss;
mod node;
mod normalize;
mod operand;
mod padding;
mod parts;
mod pool;
mod pool_axes;
mod quantized;
mod recurrent;
mod reduce;
mod resize;
mod rotary;
mod scatter;
mod select;
mod shape;
mod standardize;
mod state;
mod transformer;
mod transforms;
mod transposed_conv;

use std::collections::{BTreeMap, BTreeSet};

use crate::array::{Constant, checked_shape};
use crate::element::Element;
use crate::error::ImportError;
use crate::fuse;
use crate::onnx::{Dimension, DimensionValue, GraphProto, ModelProto, NodeProto, ValueInfoProto};
use crate::program::{Operation, Program, ProgramOutput, Step, Value};
use crate::read;
use node::Node;

/// Most nodes of a model.
const NODES_MAX: usize = 20_000;
/// Most values of all layers together.
const VALUES_MAX: usize = 1 << 27;
/// Most multiplications of one run.
const WORK_MAX: usize = 1 << 38;
/// Most steps a model may become.
const STEPS_MAX: usize = 30_000;

/// What a name stands for.
#[derive(Clone, Debug)]
enum Binding {
    Constant(Constant),
    Value(Value),
}

/// The steps so far.
struct Lowering {
    steps: Vec<Step>,
    /// Values that more than one node, or a node and an output, read: these can't be changed.
    shared: Vec<bool>,
    /// Values that depend on the inputs.
    depends: Vec<bool>,
    names: BTreeMap<String, Binding>,
    uses: BTreeMap<String, usize>,
}

/// What the caller decides about a model's inputs.
#[derive(Default)]
pub(crate) struct Decided {
    /// Shapes in place of the file's.
    pub(crate) shapes: BTreeMap<String, Vec<usize>>,
    /// Values of inputs that are none any more.
    pub(crate) fixed: BTreeMap<String, Constant>,
}

/// An input of a file.
pub(crate) struct Port {
    pub(crate) name: String,
    pub(crate) shape: Vec<usize>,
    pub(crate) element: Element,
}

/// The inputs of a file that it holds no values of, fixed ones included.
pub(crate) fn ports(
    model: &ModelProto,
    shapes: &BTreeMap<String, Vec<usize>>,
) -> Result<Vec<Port>, ImportError> {
    let graph = model.graph.as_ref().ok_or(ImportError::NoGraph)?;
    let held = |name: &String| graph.initializer.iter().any(|tensor| tensor.name == *name);
    let inputs = graph.input.iter().filter(|input| !held(&input.name));
    inputs.map(|input| port(input, shapes)).collect()
}

/// Reads the graph of a file.
pub(crate) fn program(model: &ModelProto, decided: &Decided) -> Result<Program, ImportError> {
    let mut lowering = begin(model, decided)?;
    let graph = model.graph.as_ref().ok_or(ImportError::NoGraph)?;
    let inputs = lowering.steps.len();
    let opset = opset(model)?;
    for (index, proto) in graph.node.iter().enumerate() {
        lowering.node(&Node::new(proto, index, opset))?;
        lowering.check_steps()?;
    }
    let outputs = lowering.outputs(graph)?;
    let program = Program {
        inputs,
        steps: lowering.steps,
        outputs,
    };
    let program = fuse::fused(program.without_unused());
    check_size(&program)?;
    Ok(program)
}

/// Every node that stands in the way, each with its refusal; what reads the results of one is only
/// looked at by name.
pub(crate) fn refusals(
    model: &ModelProto,
    decided: &Decided,
) -> Result<Vec<(String, String, ImportError)>, ImportError> {
    let mut lowering = begin(model, decided)?;
    let graph = model.graph.as_ref().ok_or(ImportError::NoGraph)?;
    let opset = opset(model)?;
    let mut unknown: BTreeSet<&str> = BTreeSet::new();
    let mut refusals = Vec::new();
    for (index, proto) in graph.node.iter().enumerate() {
        let node = Node::new(proto, index, opset);
        let blocked = proto
            .input
            .iter()
            .any(|name| unknown.contains(name.as_str()));
        let outcome = if !blocked {
            lowering.node(&node).and_then(|()| lowering.check_steps())
        } else if known::is_known(proto) {
            Ok(())
        } else {
            Err(node.unknown())
        };
        if blocked || outcome.is_err() {
            unknown.extend(proto.output.iter().map(String::as_str));
        }
        if let Err(error) = outcome {
            refusals.push((node.name, proto.op_type.clone(), error));
        }
    }
    Ok(refusals)
}

fn opset(model: &ModelProto) -> Result<i64, ImportError> {
    let sets = &mut model.opset_import.iter();
    let set = sets.find(|set| set.domain.is_empty() || set.domain == "ai.onnx");
    set.map(|set| set.version).ok_or(ImportError::Nothing {
        what: "version of its operators",
    })
}

/// Constants and inputs bound to their names.
fn begin(model: &ModelProto, decided: &Decided) -> Result<Lowering, ImportError> {
    let graph = model.graph.as_ref().ok_or(ImportError::NoGraph)?;
    if graph.node.len() > NODES_MAX {
        return Err(ImportError::TooMuch {
            what: "nodes",
            got: graph.node.len(),
            max: NODES_MAX,
        });
    }
    let mut lowering = Lowering {
        steps: Vec::new(),
        shared: Vec::new(),
        depends: Vec::new(),
        names: BTreeMap::new(),
        uses: count_uses(graph),
    };
    lowering.initializers(graph)?;
    lowering.inputs(graph, decided)?;
    Ok(lowering)
}

/// Bounds what one run in floating point takes.
fn check_size(program: &Program) -> Result<(), ImportError> {
    let elements = |step: &Step| step.shape.iter().product::<usize>();
    let values: usize = program.steps.iter().map(elements).sum();
    if values > VALUES_MAX {
        return Err(ImportError::TooMuch {
            what: "values between layers",
            got: values,
            max: VALUES_MAX,
        });
    }
    let mut work = 0usize;
    for step in &program.steps {
        let each = match &step.operation {
            Operation::Conv { weight, .. } | Operation::Linear { weight, .. } => {
                weight.values.len() / weight.shape[0].max(1)
            }
            Operation::MatMul => {
                let shape = &program.steps[step.operands[0]].shape;
                shape.last().copied().unwrap_or(1)
            }
            Operation::MaxPool(window) | Operation::AveragePool { window, .. } => {
                window.kernel[0].saturating_mul(window.kernel[1])
            }
            _ => 1,
        };
        work = work.saturating_add(each.saturating_mul(elements(step)));
    }
    if work > WORK_MAX {
        return Err(ImportError::TooMuch {
            what: "multiplications",
            got: work,
            max: WORK_MAX,
        });
    }
    Ok(())
}

fn count_uses(graph: &GraphProto) -> BTreeMap<String, usize> {
    let mut uses = BTreeMap::new();
    let read = graph.node.iter().flat_map(|node| &node.input);
    for name in read.chain(graph.output.iter().map(|output| &output.name)) {
        *uses.entry(name.clone()).or_insert(0) += 1;
    }
    uses
}

impl Lowering {
    fn initializers(&mut self, graph: &GraphProto) -> Result<(), ImportError> {
        for proto in &graph.initializer {
            let constant = read::tensor(&proto.name, proto)?;
            self.bind(&proto.name, Binding::Constant(constant));
        }
        Ok(())
    }

    fn inputs(&mut self, graph: &GraphProto, decided: &Decided) -> Result<(), ImportError> {
        let mut fixed = 0;
        for input in &graph.input {
            // Old files list their initializers as inputs, too.
            if self.names.contains_key(&input.name) {
                continue;
            }
            if let Some(constant) = decided.fixed.get(&input.name) {
                self.bind(&input.name, Binding::Constant(constant.clone()));
                fixed += 1;
                continue;
            }
            let Port {
                name,
                shape,
                element,
            } = port(input, &decided.shapes)?;
            if shape.contains(&0) {
                let reason = format!("it is empty: its shape is {shape:?}");
                return Err(ImportError::Input { name, reason });
            }
            let value = self.push(name, Operation::Input, vec![], shape);
            self.steps[value].element = element;
            self.bind(&input.name, Binding::Value(value));
        }
        if self.steps.is_empty() && fixed == 0 {
            return Err(ImportError::Nothing { what: "inputs" });
        }
        Ok(())
    }

    fn outputs(&mut self, graph: &GraphProto) -> Result<Vec<ProgramOutput>, ImportError> {
        if graph.output.is_empty() {
            return Err(ImportError::Nothing { what: "outputs" });
        }
        let output = |info: &ValueInfoProto| {
            let value = match self.names.get(&info.name).cloned() {
                Some(Binding::Value(value)) => value,
                Some(Binding::Constant(constant)) if !constant.shape().contains(&0) => {
                    self.constant_step(info.name.clone(), constant)
                }
                Some(Binding::Constant(_)) | None => {
                    return Err(ImportError::Output {
                        name: info.name.clone(),
                        reason: "no node computes it from the inputs".into(),
                    });
                }
            };
            Ok(ProgramOutput {
                name: info.name.clone(),
                value,
                softmax: false,
            })
        };
        graph.output.iter().map(output).collect()
    }

    fn check_steps(&self) -> Result<(), ImportError> {
        if self.steps.len() > STEPS_MAX {
            return Err(ImportError::TooMuch {
                what: "steps",
                got: self.steps.len(),
                max: STEPS_MAX,
            });
        }
        Ok(())
    }

    fn push(
        &mut self,
        name: String,
        operation: Operation,
        operands: Vec<Value>,
        shape: Vec<usize>,
    ) -> Value {
        let first = operands.first().map(|&first| self.steps[first].element);
        let element = operation.element(first);
        let depends = match operation {
            Operation::Input => true,
            _ => operands.iter().any(|&operand| self.depends[operand]),
        };
        self.steps.push(Step {
            name,
            operation,
            operands,
            shape,
            element,
        });
        self.shared.push(false);
        self.depends.push(depends);
        self.steps.len() - 1
    }

    fn bind(&mut self, name: &str, binding: Binding) {
        if let Binding::Value(value) = binding
            && self.uses.get(name).is_some_and(|&uses| uses > 1)
        {
            self.shared[value] = true;
        }
        self.names.insert(name.into(), binding);
    }

    fn shape(&self, value: Value) -> &[usize] {
        &self.steps[value].shape
    }

    /// Adds a step for a node, refusing results that are too large.
    fn step(
        &mut self,
        node: &Node<'_>,
        operation: Operation,
        operands: Vec<Value>,
        shape: Vec<usize>,
    ) -> Result<Value, ImportError> {
        let dims: Vec<i64> = shape.iter().map(|&length| length as i64).collect();
        checked_shape(&node.name, &dims)?;
        if shape.contains(&0) {
            return Err(node.refuse(format!("its result has the empty shape {shape:?}")));
        }
        Ok(self.push(node.name.clone(), operation, operands, shape))
    }

    /// The same values under another shape.
    fn reshape(
        &mut self,
        node: &Node<'_>,
        x: Value,
        shape: Vec<usize>,
    ) -> Result<Value, ImportError> {
        if self.shape(x) == shape {
            return Ok(x);
        }
        self.step(node, Operation::Reshape, vec![x], shape)
    }

    fn node(&mut self, node: &Node<'_>) -> Result<(), ImportError> {
        let first = self.steps.len();
        let bindings = self.results(node)?;
        let named = node.proto.output.iter().zip(bindings);
        let mut bound = 0;
        for (name, binding) in named {
            if !name.is_empty() {
                let binding = self.folded(node, binding, first)?;
                self.bind(name, binding);
                bound += 1;
            }
        }
        let mut asked = node.proto.output.iter().filter(|name| !name.is_empty());
        if let Some(missing) = asked.nth(bound) {
            return Err(node.refuse(format!(
                "its output '{missing}' is not supported; leave it out if nothing needs it"
            )));
        }
        if bound == 0 {
            return Err(node.refuse("it has no outputs"));
        }
        Ok(())
    }

    /// What a node makes, one binding for each of its outputs.
    fn results(&mut self, node: &Node<'_>) -> Result<Vec<Binding>, ImportError> {
        let binding = match node.proto.op_type.as_str() {
            _ if !known::is_of_the_format(node.proto) => {
                return Err(node.unknown());
            }
            // Changes nothing here.
            "Identity" => self.operand(node, 0)?,
            "Constant" => Binding::Constant(node.constant()?),
            "Softmax" => Binding::Value(self.softmax(node)?),
            "Conv" => Binding::Value(self.conv(node)?),
            "Gemm" => Binding::Value(self.gemm(node)?),
            "MatMul" => Binding::Value(self.matmul(node)?),
            "BatchNormalization" => Binding::Value(self.batch_normalization(node)?),
            "GlobalMaxPool" => Binding::Value(self.global_max_pool(node)?),
            "LpPool" | "GlobalLpPool" => Binding::Value(self.pool_along_axes(node)?),
            "MaxPool" | "AveragePool" | "GlobalAveragePool" if !self.is_plane(node) => {
                Binding::Value(self.pool_along_axes(node)?)
            }
            "MaxPool" => Binding::Value(self.max_pool(node)?),
            "AveragePool" | "GlobalAveragePool" | "ReduceMean" => {
                Binding::Value(self.average_pool(node)?)
            }
            "Add" | "Sub" | "Mul" | "Div" => self.arithmetic(node)?,
            "Relu" | "Clip" => Binding::Value(self.clip(node)?),
            "Neg" | "Abs" | "Elu" | "Erf" | "Gelu" | "HardSigmoid" | "HardSwish" | "LeakyRelu"
            | "Sigmoid" | "Softplus" | "Tanh"
                if node.string("approximate", "none") == "none" =>
            {
                Binding::Value(self.function(node)?)
            }
            "Flatten" | "Reshape" | "Squeeze" | "Unsqueeze" => self.new_shape(node)?,
            "Shape" => self.shape_of(node)?,
            "Gather" => self.gather(node)?,
            "LayerNormalization" => return self.layer_normalization(node),
            "Concat" => self.concat(node)?,
            "Transpose" => self.transpose(node)?,
            "Slice" => self.slice(node)?,
            "Pad" => Binding::Value(self.pad(node)?),
            _ => return self.more(node),
        };
        Ok(vec![binding])
    }

    /// Operators of the later files.
    fn more(&mut self, node: &Node<'_>) -> Result<Vec<Binding>, ImportError> {
        let attempts = [
            Self::cast_operator,
            Self::function_operator,
            Self::compare_operator,
            Self::reduce_operator,
            Self::select_operator,
            Self::folded_operator,
            Self::resize_operator,
            Self::quantized_operator,
            Self::standardize_operator,
            Self::transposed_conv_operator,
            Self::loss_operator,
            Self::einsum_operator,
            Self::transform_operator,
            Self::recurrent_operator,
            Self::grid_operator,
            Self::attention_operator,
            Self::state_operator,
        ];
        // These may read an operand twice: nothing may change the step that makes it.
        for name in &node.proto.input {
            if let Some(&Binding::Value(value)) = self.names.get(name) {
                self.shared[value] = true;
            }
        }
        for attempt in attempts {
            if let Some(bindings) = attempt(self, node)? {
                return Ok(bindings);
            }
        }
        Err(node.unknown())
    }

    /// A value that depends on no input as a constant.
    fn folded(
        &self,
        node: &Node<'_>,
        binding: Binding,
        first: usize,
    ) -> Result<Binding, ImportError> {
        let Binding::Value(value) = binding else {
            return Ok(binding);
        };
        if self.depends[value] {
            return Ok(binding);
        }
        self.evaluated(node, value, first).map(Binding::Constant)
    }
}

/// An input's shape and elements. A length that isn't fixed is 1 on the first axis, where it stands for
/// the batch.
fn port(info: &ValueInfoProto, shapes: &BTreeMap<String, Vec<usize>>) -> Result<Port, ImportError> {
    let refuse = |reason: String| ImportError::Input {
        name: info.name.clone(),
        reason,
    };
    let tensor = info
        .r#type
        .as_ref()
        .and_then(|kind| kind.tensor_type.as_ref());
    let tensor = tensor.ok_or_else(|| refuse("it isn't a tensor".into()))?;
    let element = Element::of(tensor.elem_type);
    let element = element.ok_or_else(|| ImportError::ElementType {
        name: info.name.clone(),
        got: tensor.elem_type,
    })?;
    let declared = tensor.shape.as_ref().map(|shape| &shape.dim[..]);
    let dims: Vec<i64> = match (shapes.get(&info.name), declared) {
        (Some(given), Some(declared)) if given.len() != declared.len() => {
            return Err(refuse(format!(
                "the shape {given:?} was given, the model takes {} axes",
                declared.len()
            )));
        }
        (Some(given), _) => given.iter().map(|&length| length as i64).collect(),
        (None, None) => {
            return Err(refuse(format!(
                "it has no shape; give it one, as in {}=1x32",
                info.name
            )));
        }
        (None, Some(declared)) => {
            let length = |(axis, dimension): (usize, &Dimension)| match dimension.value {
                Some(DimensionValue::DimValue(length)) => Ok(length),
                _ if axis == 0 => Ok(1),
                _ => Err(refuse(format!(
                    "axis {axis} has no fixed length; give its shape, as in {}=1x32",
                    info.name
                ))),
            };
            declared
                .iter()
                .enumerate()
                .map(length)
                .collect::<Result<_, _>>()?
        }
    };
    Ok(Port {
        name: info.name.clone(),
        shape: checked_shape(&info.name, &dims)?,
        element,
    })
}

/// What a node is called in messages: its name, or its place if it has none.
fn node_name(proto: &NodeProto, index: usize) -> String {
    if proto.name.is_empty() {
        format!("#{index}")
    } else {
        proto.name.chars().take(200).collect()
    }
}
