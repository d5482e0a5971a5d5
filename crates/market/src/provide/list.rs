//! Prices by resource, in smallest units per hour.

use lilliput_types::market::{Rate, ResourceNeed};
use serde::{Deserialize, Serialize};

/// What a GPU of a model costs.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct GpuRate {
    /// As it stands in attributes, like `vendor/nvidia/model/h100/ram/80Gi/interface/sxm`.
    pub model: String,
    /// One of them for an hour.
    pub rate: u64,
}

/// What a GiB of a class of disk costs.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct ClassRate {
    /// The class; empty is disk that needn't outlive the replica.
    #[serde(default)]
    pub class: String,
    /// One GiB for an hour.
    pub rate: u64,
}

/// What a provider wants for what.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct PriceList {
    /// One core for an hour.
    pub core: u64,
    /// One GiB of memory for an hour.
    pub memory_gib: u64,
    /// Disk by class.
    #[serde(default)]
    pub disk_gib: Vec<ClassRate>,
    /// GPUs by model.
    #[serde(default)]
    pub gpus: Vec<GpuRate>,
    /// One port for an hour.
    #[serde(default)]
    pub port: u64,
    /// One address for an hour.
    #[serde(default)]
    pub address: u64,
    /// Every replica on top.
    #[serde(default)]
    pub replica: u64,
}

const GIB: u128 = 1 << 30;

impl PriceList {
    /// What a replica costs with GPUs of this model, rounded up; none where a GPU or a class of disk has no price, or the
    /// sum is too large.
    #[must_use]
    pub fn rate(&self, need: &ResourceNeed, gpu: Option<&str>) -> Option<Rate> {
        let part = |rate: u64, amount: u128, unit: u128| -> u128 {
            (u128::from(rate).saturating_mul(amount)).div_ceil(unit)
        };
        let mut sum = part(self.core, u128::from(need.cpu_milli), 1_000);
        sum = sum.saturating_add(part(self.memory_gib, u128::from(need.memory), GIB));
        for volume in need.volumes.iter() {
            let rate = self.disk(volume.class.as_str())?;
            sum = sum.saturating_add(part(rate, u128::from(volume.bytes), GIB));
        }
        if need.gpus > 0 {
            let model = self
                .gpus
                .iter()
                .find(|rate| Some(rate.model.as_str()) == gpu)?;
            sum = sum.saturating_add(part(model.rate, u128::from(need.gpus), 1));
        }
        sum = sum.saturating_add(part(self.port, u128::from(need.ports), 1));
        sum = sum.saturating_add(part(self.address, u128::from(need.addresses), 1));
        sum = sum.saturating_add(u128::from(self.replica));
        u64::try_from(sum).ok().map(Rate)
    }

    /// Memory costs what memory costs; `default` is the cheapest class that outlives the replica.
    fn disk(&self, class: &str) -> Option<u64> {
        let rates = self.disk_gib.iter();
        match class {
            "ram" => Some(self.memory_gib),
            "default" => {
                let lasting = rates.filter(|rate| !rate.class.is_empty());
                lasting.map(|rate| rate.rate).min()
            }
            class => rates
                .filter(|rate| rate.class == class)
                .map(|rate| rate.rate)
                .min(),
        }
    }
}
