//! A group on machines: all of it or nothing, and free again the moment its order closes.

use std::collections::BTreeMap;

use lilliput_types::market::{OfferLine, ResourceNeed, UnitOrder};

use super::machine::Machine;

/// Where a replica lies.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Spot {
    /// On which machine, by its place in the list.
    pub machine: usize,
    /// What it takes,
    pub need: ResourceNeed,
    /// with which GPU,
    pub gpu: Option<String>,
    /// and on which of the machine's disks its volumes lie.
    pub disks: Vec<usize>,
}

/// Not all of a group fits.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("no machine has room for a replica of unit {unit}")]
pub struct NoRoom {
    /// The unit of which a replica doesn't fit.
    pub unit: u16,
}

/// Machines and what is reserved on them, by a key of the caller: an order while it is bid on, a lease while it runs.
#[derive(Clone, Debug, Default)]
pub struct Room<K: Ord> {
    left: Vec<Machine>,
    taken: BTreeMap<K, Vec<Spot>>,
}

impl<K: Ord> Room<K> {
    /// All machines, empty.
    #[must_use]
    pub fn new(machines: Vec<Machine>) -> Self {
        Self {
            left: machines,
            taken: BTreeMap::new(),
        }
    }

    /// What is left of the machines.
    #[must_use]
    pub fn left(&self) -> &[Machine] {
        &self.left
    }

    /// What is reserved under a key.
    #[must_use]
    pub fn taken(&self, key: &K) -> Option<&[Spot]> {
        self.taken.get(key).map(Vec::as_slice)
    }

    /// Reserves all of these lines, or nothing. What was reserved under the key before is given up only if the new
    /// ones fit in its place.
    ///
    /// # Errors
    /// When a replica doesn't fit.
    pub fn reserve(
        &mut self,
        key: K,
        units: &[UnitOrder],
        lines: &[OfferLine],
    ) -> Result<(), NoRoom> {
        let mut left = self.left.clone();
        give(&mut left, self.taken(&key).unwrap_or_default());
        let spots = pack(&mut left, units, lines)?;
        self.left = left;
        self.taken.insert(key, spots);
        Ok(())
    }

    /// Gives a reservation up. Whoever isn't known has nothing to give up.
    pub fn free(&mut self, key: &K) -> bool {
        let Some(spots) = self.taken.remove(key) else {
            return false;
        };
        give(&mut self.left, &spots);
        true
    }

    /// Moves a reservation to another key, as when a bid becomes a lease.
    pub fn rename(&mut self, from: &K, to: K) -> bool {
        match self.taken.remove(from) {
            Some(spots) => {
                self.taken.insert(to, spots);
                true
            }
            None => false,
        }
    }
}

fn give(left: &mut [Machine], spots: &[Spot]) {
    for spot in spots {
        if let Some(machine) = left.get_mut(spot.machine) {
            machine.give(&spot.need, spot.gpu.as_deref(), &spot.disks);
        }
    }
}

/// The largest replicas first, each on the machine with the least room that takes it: what is left stays in large
/// pieces.
fn pack(
    left: &mut [Machine],
    units: &[UnitOrder],
    lines: &[OfferLine],
) -> Result<Vec<Spot>, NoRoom> {
    let mut wanted: Vec<(&OfferLine, &ResourceNeed)> = Vec::new();
    for line in lines {
        let Some(unit) = units.get(usize::from(line.unit)) else {
            return Err(NoRoom { unit: line.unit });
        };
        wanted.push((line, &unit.need));
    }
    wanted.sort_by_key(|(line, need)| {
        std::cmp::Reverse((need.gpus, need.cpu_milli, need.memory, line.unit))
    });
    let mut spots = Vec::new();
    for (line, need) in wanted {
        let gpu = line.gpu.as_ref().map(|gpu| gpu.as_str());
        for _ in 0..line.count {
            let no_room = NoRoom { unit: line.unit };
            let fitting = left
                .iter()
                .enumerate()
                .filter(|(_, machine)| (*machine).clone().take(need, gpu).is_some());
            let tightest = fitting.min_by_key(|(_, machine)| room(machine));
            let (place, _) = tightest.ok_or(no_room)?;
            let machine = left.get_mut(place).ok_or(no_room)?;
            let disks = machine.take(need, gpu).ok_or(no_room)?;
            spots.push(Spot {
                machine: place,
                need: need.clone(),
                gpu: gpu.map(str::to_owned),
                disks,
            });
        }
    }
    Ok(spots)
}

/// How much room a machine has: GPUs first, then cores, then memory.
fn room(machine: &Machine) -> (u32, u64, u64) {
    let gpus = machine.gpus.iter().map(|room| u32::from(room.free)).sum();
    (gpus, machine.cpu_milli, machine.memory)
}
