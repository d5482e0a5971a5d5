//! A validator's side of an epoch: from a transcript to the messages that commit, reveal and audit.

use lilliput_crypto::Digest;
use lilliput_types::subnet::{
    Audit, Commit, EntryProof, Reveal, Scorer, Settings, TranscriptEntry, Votes, WeightRow,
    WeightsOpening, draw, votes_digest,
};
use lilliput_types::{ChainId, List, Registration, SubnetEpoch, SubnetId};
use serde::{Deserialize, Serialize};

use super::score::{self, Ballot};

/// Which epoch a validator gives weights in, and as whom.
#[derive(Clone, Copy, Debug)]
pub struct Seat {
    /// The chain.
    pub chain: ChainId,
    /// The subnet.
    pub subnet: SubnetId,
    /// Its present epoch.
    pub epoch: SubnetEpoch,
    /// The validator's uid.
    pub uid: u16,
    /// Its registration.
    pub registration: Registration,
}

/// All that a validator has to keep from commitment to audit. Secret until it is revealed.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Round {
    /// What is committed to.
    pub opening: WeightsOpening,
    /// What stands behind each weight, in the order of the row.
    pub entries: Vec<TranscriptEntry>,
    /// Under the scorer of votes, the votes between places of the row.
    pub votes: Votes,
}

impl Round {
    /// Scores a transcript. Entries that are worth nothing are left out; salt and seed are random.
    ///
    /// # Errors
    /// The reason, for people, where an entry can't be scored.
    pub fn new(
        settings: &Settings,
        seat: Seat,
        mut entries: Vec<TranscriptEntry>,
        votes: Votes,
        [salt, seed]: [Digest; 2],
    ) -> Result<Self, String> {
        entries.sort_by_key(|entry| entry.uid);
        let voted = settings.scorer == Scorer::Votes;
        let digest = voted.then(|| votes_digest(&votes));
        let count = entries.len();
        let (mut row, mut kept) = (Vec::new(), Vec::new());
        for (place, mut entry) in entries.into_iter().enumerate() {
            let ballot = voted.then_some(Ballot {
                votes: &votes,
                entries: count,
                place,
            });
            let scored = score::weight(settings, &entry.answered, ballot);
            let weight =
                scored.map_err(|reason| format!("entry of uid {}: {reason}", entry.uid))?;
            entry.votes = digest;
            if weight > 0 {
                row.push((entry.uid, weight));
                kept.push(entry);
            } else if voted {
                // Votes name places: leaving one out would shift the others.
                let uid = entry.uid;
                return Err(format!(
                    "uid {uid} is worth nothing, leave it and its votes out"
                ));
            }
        }
        let row: WeightRow = List::new(row).map_err(|error| error.to_string())?;
        let opening = WeightsOpening {
            chain: seat.chain,
            subnet: seat.subnet,
            epoch: seat.epoch,
            uid: seat.uid,
            registration: seat.registration,
            salt,
            row,
            transcript: TranscriptEntry::tree(&kept).root(),
            seed,
        };
        Ok(Self {
            opening,
            entries: kept,
            votes,
        })
    }

    /// For phase commit.
    #[must_use]
    pub fn commit(&self) -> Commit {
        Commit {
            subnet: self.opening.subnet,
            weights: self.opening.commitment(),
        }
    }

    /// For phase reveal.
    #[must_use]
    pub fn reveal(&self) -> Reveal {
        Reveal {
            subnet: self.opening.subnet,
            salt: self.opening.salt,
            row: self.opening.row.clone(),
            transcript: self.opening.transcript,
            seed: self.opening.seed,
        }
    }

    /// For phase audit: one for each entry that the epoch's randomness drew, but those that burn.
    #[must_use]
    pub fn audits(&self, settings: &Settings, randomness: Digest) -> Vec<Audit> {
        let tree = TranscriptEntry::tree(&self.entries);
        let uid = self.opening.uid;
        let mut places: Vec<usize> = (0..settings.audits_required)
            .filter_map(|number| draw(randomness, uid, number, &self.opening.row))
            .collect();
        places.sort_unstable();
        places.dedup();
        let audit = |place: usize| {
            let entry = self.entries.get(place)?;
            if settings.burn_uid == Some(entry.uid) {
                return None;
            }
            let proof = tree.prove(place as u64)?;
            Some(Audit {
                subnet: self.opening.subnet,
                entry: entry.clone(),
                proof: EntryProof(List::new(proof.siblings).ok()?),
                votes: self.votes.clone(),
            })
        };
        places.into_iter().filter_map(audit).collect()
    }
}
