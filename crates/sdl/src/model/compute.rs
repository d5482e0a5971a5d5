//! What a replica runs on.

use crate::names::VolumeName;
use crate::quantity::{Bytes, MilliCpu};

/// A compute profile.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Resources {
    /// CPU.
    pub cpu: MilliCpu,
    /// The processor's architecture, where it matters.
    pub arch: Option<String>,
    /// Memory.
    pub memory: Bytes,
    /// Volumes, in the order Akash gives them: the smallest first.
    pub volumes: Vec<Volume>,
    /// GPUs.
    pub gpu: Gpu,
}

/// A volume of a profile.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Volume {
    /// Its name; `default` where the file gives none.
    pub name: VolumeName,
    /// Its size.
    pub size: Bytes,
    /// Its class and whether it outlives the replica; `None` is ephemeral disk.
    pub class: Option<StorageClass>,
}

/// What a volume is made of. All but `ram` outlive the replica.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum StorageClass {
    /// Any persistent class of the provider.
    Default,
    /// Spinning disk.
    Beta1,
    /// Solid state.
    Beta2,
    /// NVMe.
    Beta3,
    /// Memory.
    Ram,
}

impl StorageClass {
    pub(crate) const NAMES: &'static [&'static str] =
        &["default", "beta1", "beta2", "beta3", "ram"];
    pub(crate) const ALL: [Self; 5] = [
        Self::Default,
        Self::Beta1,
        Self::Beta2,
        Self::Beta3,
        Self::Ram,
    ];

    /// As it stands in the file.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Default => "default",
            Self::Beta1 => "beta1",
            Self::Beta2 => "beta2",
            Self::Beta3 => "beta3",
            Self::Ram => "ram",
        }
    }

    /// Whether a volume outlives the replica.
    pub const fn is_persistent(self) -> bool {
        !matches!(self, Self::Ram)
    }
}

/// GPUs of one replica.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Gpu {
    /// How many.
    pub units: u64,
    /// Any one of these; the only vendor is Nvidia. Empty with units above zero: any model.
    pub models: Vec<GpuModel>,
}

/// A model of GPU that will do.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct GpuModel {
    /// `rtx4090`, `h100`; `*` for any.
    pub model: String,
    /// Its memory in GiB.
    pub ram_gib: Option<u64>,
    /// How it is attached.
    pub interface: Option<GpuInterface>,
}

/// How a GPU is attached.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum GpuInterface {
    /// A card in a slot.
    Pcie,
    /// A module with NVLink.
    Sxm,
}

impl GpuInterface {
    pub(crate) const NAMES: &'static [&'static str] = &["pcie", "sxm"];
    pub(crate) const ALL: [Self; 2] = [Self::Pcie, Self::Sxm];

    const fn as_str(self) -> &'static str {
        match self {
            Self::Pcie => "pcie",
            Self::Sxm => "sxm",
        }
    }
}

impl GpuModel {
    /// The attribute a provider has for it.
    pub fn attribute(&self) -> String {
        let mut key = format!("vendor/nvidia/model/{}", self.model);
        if let Some(gib) = self.ram_gib {
            key.push_str(&format!("/ram/{gib}Gi"));
        }
        if let Some(interface) = self.interface {
            key.push_str(&format!("/interface/{}", interface.as_str()));
        }
        key
    }
}
