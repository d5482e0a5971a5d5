//! Whether a model can be imported, and every node that stands in the way if it can't.

use crate::calibration::Calibration;
use crate::element::Element;
use crate::error::ImportError;
use crate::import::{fixed, samples_of};
use crate::lower::{self, Decided, Port};
use crate::quantize::Options;
use crate::read;

/// Most numbers of samples that are made up.
const NUMBERS_MAX: usize = 1 << 24;

/// A node that can't be imported.
#[derive(Debug)]
pub struct Refusal {
    /// Its name, or its place.
    pub node: String,
    pub op: String,
    pub error: ImportError,
}

/// Every node of a file that can't be imported; none: every node can. Nodes behind one of them are
/// only looked at by their operator.
///
/// # Errors
///
/// What concerns the file as a whole: unreadable bytes, inputs without a shape.
pub fn refusals(
    onnx: &[u8],
    calibration: Option<&Calibration>,
    options: &Options,
) -> Result<Vec<Refusal>, ImportError> {
    let file = read::model(onnx)?;
    let ports = lower::ports(&file, &options.shapes)?;
    let fixed = match calibration {
        Some(calibration) => fixed(&ports, &samples_of(&ports, calibration)?, options)?,
        None => fixed(&ports, &[], options)?,
    };
    let decided = Decided {
        shapes: options.shapes.clone(),
        fixed,
    };
    let refusals = lower::refusals(&file, &decided)?;
    let named = refusals.into_iter();
    Ok(named
        .map(|(node, op, error)| Refusal { node, op, error })
        .collect())
}

/// One sample for a file's inputs, for those who have none: numbers between -1 and 1, zeros for
/// integers. Good enough to see what a proof costs, not for a model that is to be accurate.
pub fn made_up_sample(onnx: &[u8], options: &Options) -> Result<Calibration, ImportError> {
    let file = read::model(onnx)?;
    let ports = lower::ports(&file, &options.shapes)?;
    let count = |port: &Port| port.shape.iter().product::<usize>();
    let total: usize = ports.iter().map(count).fold(0, usize::saturating_add);
    if total > NUMBERS_MAX {
        return Err(ImportError::TooMuch {
            what: "numbers in its inputs",
            got: total,
            max: NUMBERS_MAX,
        });
    }
    let list = |port: &Port| -> Vec<f64> {
        let number = |index: usize| match port.element {
            // Multiples of the golden ratio are spread evenly.
            Element::Float => (index as f64 * 0.618_033_988_749_895).fract() * 2.0 - 1.0,
            _ => 0.0,
        };
        (0..count(port)).map(number).collect()
    };
    Ok(Calibration::from_samples(vec![
        ports.iter().map(list).collect(),
    ]))
}
