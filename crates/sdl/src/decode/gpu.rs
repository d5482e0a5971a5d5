//! `gpu` of a compute profile.

use std::collections::BTreeSet;

use crate::at::{At, Keys};
use crate::limits::{GPU_MODELS_MAX, GPU_UNITS_MAX};
use crate::model::{Gpu, GpuInterface, GpuModel};
use crate::names::is_attribute;
use crate::problem::{Cause, Doubt, Report, shown};
use crate::quantity::{Bytes, QuantityError};

const GPU: Keys = Keys {
    known: &["units", "attributes"],
    required: &[],
};
const ATTRIBUTES: Keys = Keys {
    known: &["vendor"],
    required: &["vendor"],
};
const VENDOR: Keys = Keys {
    known: &["nvidia"],
    // Missing beside an unknown vendor, it isn't what is wrong.
    required: &[],
};
const MODEL: Keys = Keys {
    known: &["model", "ram", "interface"],
    required: &[],
};

pub(super) fn read(at: &At<'_>, report: &mut Report) -> Option<Gpu> {
    let fields = at.fields(report, &GPU)?;
    let units = match fields.get("units") {
        Some(at) => units(at, report),
        None => Some(0),
    };
    let attributes = fields.get("attributes");
    let models = attributes.map(|at| models(at, report));
    match (units?, attributes) {
        (0, Some(attributes)) => {
            attributes.problem_of_key(report, Cause::GpuAttributesWithoutUnits);
            None
        }
        (0, None) => Some(Gpu::default()),
        (_, None) => {
            at.problem_of_key(report, Cause::GpuWithoutAttributes);
            None
        }
        (units, Some(_)) => Some(Gpu {
            units,
            models: models.flatten()?,
        }),
    }
}

fn units(at: &At<'_>, report: &mut Report) -> Option<u64> {
    let parse = |text: &str| {
        let digits = !text.is_empty() && text.bytes().all(|byte| byte.is_ascii_digit());
        if !digits {
            return Err(QuantityError::NotDecimal);
        }
        text.parse().map_err(|_| QuantityError::TooLarge)
    };
    let units: u64 = at.quantity(report, "whole number of GPUs", parse)?;
    if units > GPU_UNITS_MAX {
        at.out_of_range(report, units, 0, GPU_UNITS_MAX);
        return None;
    }
    Some(units)
}

fn models(at: &At<'_>, report: &mut Report) -> Option<Vec<GpuModel>> {
    let vendor = at.fields(report, &ATTRIBUTES)?;
    let vendor = vendor.get("vendor")?;
    let nvidia = vendor.fields(report, &VENDOR)?;
    if vendor.is_empty_mapping() {
        vendor.problem_of_key(report, Cause::MissingKey { key: "nvidia" });
    }
    let at = nvidia.get("nvidia")?;
    let any = || {
        vec![GpuModel {
            model: "*".to_owned(),
            ram_gib: None,
            interface: None,
        }]
    };
    if at.is_null() {
        return Some(any());
    }
    let mut models: Vec<GpuModel> = Vec::new();
    let mut attributes = BTreeSet::new();
    let mut whole = true;
    for at in at.items(report, "models of GPU", GPU_MODELS_MAX)? {
        let Some(model) = model(&at, report) else {
            whole = false;
            continue;
        };
        if !attributes.insert(model.attribute()) {
            let attribute = shown(&model.attribute());
            at.problem(report, Cause::DuplicateGpuModel { attribute });
        }
        models.push(model);
    }
    if models.is_empty() && whole {
        return Some(any());
    }
    models.sort_by_cached_key(GpuModel::attribute);
    whole.then_some(models)
}

fn model(at: &At<'_>, report: &mut Report) -> Option<GpuModel> {
    let fields = at.fields(report, &MODEL)?;
    let name = match fields.get("model") {
        Some(at) => at.word(report),
        None => Some(""),
    };
    let ram = fields.get("ram").map(|at| {
        at.text(report)?;
        at.quantity(report, "size", Bytes::parse_binary)
    });
    let interface = fields
        .get("interface")
        .map(|at| at.one_of(report, GpuInterface::NAMES, &GpuInterface::ALL));
    let model = GpuModel {
        model: name?.to_owned(),
        ram_gib: match ram {
            Some(ram) => Some(ram?.gibibytes()),
            None => None,
        },
        interface: match interface {
            Some(interface) => Some(interface?),
            None => None,
        },
    };
    if !is_attribute(&model.attribute()) {
        let cause = Cause::NotA {
            what: "model of GPU",
            got: shown(&model.model),
            rule: "letters, digits, `_`, `-` and `.`; `*` alone for any",
        };
        fields.get("model").unwrap_or(at).problem(report, cause);
        return None;
    }
    if model.model.is_empty() {
        at.doubt(report, Doubt::AttributeUnmatchable);
    }
    Some(model)
}
