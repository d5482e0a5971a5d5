//! What can be done about a refusal, in a sentence.

use crate::error::ImportError;

impl ImportError {
    /// What to do so that a model is taken, fit to follow the error after a colon.
    #[must_use]
    pub fn advice(&self) -> &'static str {
        match self {
            Self::UnknownOperator { op, .. } => of_operator(op),
            Self::Node { .. } => {
                "export the model with another form of this node; docs/onnx-coverage.md says which operators are \
                 taken, and why others are not"
            }
            Self::Undecided { .. } | Self::Fixed { .. } => {
                "fix inputs that shapes depend on with --fix NAME and --calibrate FILE"
            }
            Self::NotFinite { .. } => {
                "a weight is infinite or not a number: export the model again from a healthy checkpoint"
            }
            Self::Input { .. } => "give open lengths with --shape NAME=1x32",
            Self::Output { .. } => "take this output out of the file, or compute it from an input",
            Self::ElementType { .. } => {
                "cast it to 32-bit floats, or to integers of at most 16 bits, when exporting"
            }
            Self::ExternalData { .. } => "save the model as one file, its values inside",
            Self::Length { .. } | Self::Shape { .. } | Self::Malformed(_) | Self::Wire { .. } => {
                "the file is damaged: export the model again"
            }
            Self::TooMuch { .. } => "import a part of the model, or a smaller one",
            Self::NoGraph | Self::Nothing { .. } => {
                "export the model with its inputs, outputs and operator set version"
            }
            Self::UnknownValue { .. } => {
                "the file is damaged, or names a value of an enclosing graph: export the model again"
            }
            Self::Calibration(_) => "give one list of finite numbers for each input",
            Self::Unbounded { .. } => {
                "the model itself overflows on a sample: leave that sample out, or limit the values with Clip"
            }
            Self::Quantize { .. } | Self::Tables { .. } | Self::Graph(_) => {
                "limit the values of this node with Clip, or use fewer axes"
            }
        }
    }
}

fn of_operator(op: &str) -> &'static str {
    match op {
        "If" | "Loop" | "Scan" => {
            "control flow has no fixed graph: export with fixed lengths so that it is unrolled"
        }
        "NonMaxSuppression" | "NonZero" | "Unique" | "TfIdfVectorizer" => {
            "how much it answers with depends on the values: end the model before it, and run it on the proven output"
        }
        "Bernoulli" | "RandomNormal" | "RandomNormalLike" | "RandomUniform"
        | "RandomUniformLike" | "Multinomial" => {
            "a run has no randomness: make its numbers an input of the model"
        }
        "Adagrad" | "Adam" | "Momentum" | "Gradient" => {
            "export the model for inference, without training"
        }
        "ImageDecoder" | "RegexFullMatch" | "LabelEncoder" => {
            "prepare the data outside, and give the model numbers"
        }
        _ if op.starts_with("String") => "prepare text outside, and give the model numbers",
        _ if op.starts_with("Sequence")
            || op.starts_with("Optional")
            || op == "SplitToSequence" =>
        {
            "export with tensors in place of sequences and optional values"
        }
        _ if op.contains('.') => {
            "export with operators of ONNX itself in place of those of another domain"
        }
        _ => {
            "write it out in operators that docs/onnx-coverage.md lists, or end the model before it"
        }
    }
}
