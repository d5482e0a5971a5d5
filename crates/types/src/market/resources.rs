//! What is asked for and offered: resources, attributes, rates.

use std::fmt;
use std::str::FromStr;

use borsh::{BorshDeserialize, BorshSerialize};
use serde::{Deserialize, Serialize};

use super::{ATTRIBUTES_MAX, GPU_MODELS_MAX, VOLUMES_MAX};
use crate::text_form::ParseError;
use crate::{Amount, List, Text};

/// One hour.
pub const HOUR_MS: u64 = 3_600_000;

/// Smallest units of the settlement asset per hour.
#[derive(
    Clone,
    Copy,
    Debug,
    PartialEq,
    Eq,
    PartialOrd,
    Ord,
    Hash,
    Default,
    BorshSerialize,
    BorshDeserialize,
    Serialize,
    Deserialize,
)]
#[serde(transparent)]
pub struct Rate(pub u64);

impl Rate {
    /// The sum, if it fits.
    #[must_use]
    pub fn plus(self, other: Self) -> Option<Self> {
        self.0.checked_add(other.0).map(Self)
    }

    /// So many times the rate, if it fits.
    #[must_use]
    pub fn times(self, count: u32) -> Option<Self> {
        self.0.checked_mul(u64::from(count)).map(Self)
    }

    /// What a time costs at this rate, rounded up.
    #[must_use]
    pub fn for_ms(self, span_ms: u64) -> Amount {
        // Both factors are below 2^64.
        let product = u128::from(self.0) * u128::from(span_ms);
        Amount(product.div_ceil(u128::from(HOUR_MS)))
    }
}

impl fmt::Display for Rate {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.fmt(f)
    }
}

impl FromStr for Rate {
    type Err = ParseError;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        let digits = !text.is_empty() && text.bytes().all(|byte| byte.is_ascii_digit());
        let rate = text.parse().ok().filter(|_| digits);
        rate.map(Self)
            .ok_or_else(|| ParseError::new("a rate (smallest units per hour)", text))
    }
}

/// A key with a value.
#[derive(
    Clone,
    Debug,
    PartialEq,
    Eq,
    PartialOrd,
    Ord,
    BorshSerialize,
    BorshDeserialize,
    Serialize,
    Deserialize,
)]
#[serde(deny_unknown_fields)]
pub struct Attribute {
    /// The key.
    pub key: Text<128>,
    /// The value.
    pub value: Text<128>,
}

/// Attributes, sorted by key, each key once.
pub type Attributes = List<Attribute, ATTRIBUTES_MAX>;

/// A volume.
#[derive(
    Clone, Debug, PartialEq, Eq, Hash, BorshSerialize, BorshDeserialize, Serialize, Deserialize,
)]
#[serde(deny_unknown_fields)]
pub struct VolumeNeed {
    /// Bytes.
    pub bytes: u64,
    /// What it is made of; empty is any disk that needn't outlive the replica.
    pub class: Text<16>,
}

/// What a replica runs on.
#[derive(
    Clone, Debug, PartialEq, Eq, Hash, BorshSerialize, BorshDeserialize, Serialize, Deserialize,
)]
#[serde(deny_unknown_fields)]
pub struct ResourceNeed {
    /// CPU in thousandths of a core.
    pub cpu_milli: u32,
    /// The processor's architecture; empty is any.
    pub arch: Text<16>,
    /// Bytes.
    pub memory: u64,
    /// Volumes.
    pub volumes: List<VolumeNeed, VOLUMES_MAX>,
    /// GPUs.
    pub gpus: u16,
    /// Any one of these models, like `vendor/nvidia/model/h100`; empty is any.
    pub gpu_models: List<Text<96>, GPU_MODELS_MAX>,
    /// Ports that the world can reach.
    pub ports: u16,
    /// Addresses of its own.
    pub addresses: u16,
}

impl ResourceNeed {
    /// Bytes of all volumes.
    #[must_use]
    pub fn disk(&self) -> u64 {
        let all = self.volumes.iter().map(|volume| volume.bytes);
        all.fold(0, u64::saturating_add)
    }

    /// Whether a model of GPU is one that was asked for: the same, more closely described, or any.
    #[must_use]
    pub fn takes_gpu(&self, model: &str) -> bool {
        self.gpu_models.is_empty()
            || self
                .gpu_models
                .iter()
                .any(|wanted| gpu_fits(wanted.as_str(), model))
    }

    /// The class that its price counts in, and how many of that class's things a replica has, in
    /// thousandths.
    #[must_use]
    pub fn class(&self, gpu: Option<&str>) -> (String, u64) {
        if self.gpus > 0 {
            let model = gpu.and_then(gpu_model).unwrap_or("any");
            return (format!("gpu/{model}"), u64::from(self.gpus) * 1_000);
        }
        let cores_milli = u64::from(self.cpu_milli.max(1));
        let per_core = u128::from(self.memory) * 1_000 / u128::from(cores_milli);
        let family = match per_core >> 30 {
            0..=2 => "cpu/compute",
            3..=5 => "cpu/general",
            _ => "cpu/memory",
        };
        (family.to_owned(), cores_milli)
    }
}

/// `h100` of `vendor/nvidia/model/h100/ram/80Gi`, where it is letters, digits and hyphens.
fn gpu_model(path: &str) -> Option<&str> {
    let (_, rest) = path.split_once("/model/")?;
    let model = rest.split('/').next()?;
    let plain = |byte: u8| byte.is_ascii_alphanumeric() || byte == b'-';
    (!model.is_empty() && model.bytes().all(plain)).then_some(model)
}

/// Every part of what is wanted stands in what is there; `*` is any model.
fn gpu_fits(wanted: &str, model: &str) -> bool {
    let value = |of: &str, name: &str| {
        let mut parts = of.split('/');
        parts.find(|part| *part == name)?;
        parts.next().map(str::to_owned)
    };
    ["vendor", "model", "ram", "interface"].iter().all(|name| {
        match value(wanted, name).as_deref() {
            None | Some("*") => true,
            Some(part) => value(model, name).as_deref() == Some(part),
        }
    })
}

/// Replicas of the same resources.
#[derive(Clone, Debug, PartialEq, Eq, BorshSerialize, BorshDeserialize, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct UnitOrder {
    /// What each gets.
    pub need: ResourceNeed,
    /// How many.
    pub count: u32,
    /// The most that one may cost.
    pub rate_max: Rate,
}
