//! A machine with what is left of it.

use lilliput_types::market::{ResourceNeed, VolumeNeed};
use serde::{Deserialize, Serialize};

/// GPUs of one model.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct GpuRoom {
    /// As it stands in attributes, like `vendor/nvidia/model/h100/ram/80Gi/interface/sxm`.
    pub model: String,
    /// How many are free.
    pub free: u16,
}

/// Disk of one class.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct DiskRoom {
    /// `beta1`, `beta2`, `beta3`; empty is disk that needn't outlive the replica.
    #[serde(default)]
    pub class: String,
    /// Bytes that are free.
    pub free: u64,
}

/// A machine.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Machine {
    /// For people.
    pub name: String,
    /// The processor's architecture.
    pub arch: String,
    /// Thousandths of a core that are free.
    pub cpu_milli: u64,
    /// Bytes of memory that are free.
    pub memory: u64,
    /// Free disk by class.
    #[serde(default)]
    pub disks: Vec<DiskRoom>,
    /// Free GPUs by model.
    #[serde(default)]
    pub gpus: Vec<GpuRoom>,
    /// Free ports.
    pub ports: u32,
    /// Free addresses.
    #[serde(default)]
    pub addresses: u32,
}

/// Volumes of this class live in memory.
const RAM: &str = "ram";
/// Any class that outlives the replica.
const ANY: &str = "default";

impl Machine {
    /// Which of its disks a volume may lie on.
    pub(super) fn disk_for(&self, class: &str, bytes: u64) -> Option<usize> {
        self.disks.iter().position(|disk| {
            let fits = if class == ANY {
                !disk.class.is_empty()
            } else {
                disk.class == class
            };
            fits && disk.free >= bytes
        })
    }

    /// The memory of a replica, volumes in memory included.
    pub(super) fn memory_of(need: &ResourceNeed) -> u64 {
        let volumes = need.volumes.iter();
        let in_memory = volumes.filter(|volume| volume.class.as_str() == RAM);
        in_memory.fold(need.memory, |sum, volume| sum.saturating_add(volume.bytes))
    }

    /// Takes one replica, with GPUs of this model, and gives the disks its volumes lie on; takes nothing if it doesn't fit.
    pub(super) fn take(&mut self, need: &ResourceNeed, gpu: Option<&str>) -> Option<Vec<usize>> {
        let mut left = self.clone();
        let disks = left.try_take(need, gpu)?;
        *self = left;
        Some(disks)
    }

    fn try_take(&mut self, need: &ResourceNeed, gpu: Option<&str>) -> Option<Vec<usize>> {
        let arch = need.arch.as_str();
        if !arch.is_empty() && arch != self.arch {
            return None;
        }
        if need.gpus > 0 {
            let mut gpus = self.gpus.iter_mut();
            let room = gpus.find(|room| Some(room.model.as_str()) == gpu)?;
            room.free = room.free.checked_sub(need.gpus)?;
        }
        let mut disks = Vec::new();
        for volume in volumes_on_disk(need) {
            let place = self.disk_for(volume.class.as_str(), volume.bytes)?;
            let disk = self.disks.get_mut(place)?;
            disk.free = disk.free.checked_sub(volume.bytes)?;
            disks.push(place);
        }
        self.memory = self.memory.checked_sub(Self::memory_of(need))?;
        self.cpu_milli = self.cpu_milli.checked_sub(u64::from(need.cpu_milli))?;
        self.ports = self.ports.checked_sub(u32::from(need.ports))?;
        self.addresses = self.addresses.checked_sub(u32::from(need.addresses))?;
        Some(disks)
    }

    /// Takes back what [`Self::take`] took.
    pub(super) fn give(&mut self, need: &ResourceNeed, gpu: Option<&str>, disks: &[usize]) {
        let mut gpus = self.gpus.iter_mut();
        if let Some(room) = gpus.find(|room| Some(room.model.as_str()) == gpu) {
            room.free = room.free.saturating_add(need.gpus);
        }
        for (volume, place) in volumes_on_disk(need).zip(disks) {
            if let Some(disk) = self.disks.get_mut(*place) {
                disk.free = disk.free.saturating_add(volume.bytes);
            }
        }
        self.memory = self.memory.saturating_add(Self::memory_of(need));
        self.cpu_milli = self.cpu_milli.saturating_add(u64::from(need.cpu_milli));
        self.ports = self.ports.saturating_add(u32::from(need.ports));
        self.addresses = self.addresses.saturating_add(u32::from(need.addresses));
    }
}

fn volumes_on_disk(need: &ResourceNeed) -> impl Iterator<Item = &VolumeNeed> {
    let volumes = need.volumes.iter();
    volumes.filter(|volume| volume.class.as_str() != RAM)
}
