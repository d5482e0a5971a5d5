//! Those who cheat: a spoiled model, a miner that lets another one work, a validator without evidence.

use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};
use std::sync::{Mutex, PoisonError};
use std::time::Duration;

use lilliput_client::{ClientError, Sender};
use lilliput_crypto::{Digest, SecretKey, random_bytes};
use lilliput_graph::Model;
use lilliput_graph::bounds::weight_range;
use lilliput_modules::subnet::round::Round;
use lilliput_subnet::{Answerer, Asker, Incoming};
use lilliput_types::subnet::{
    Phase, SubnetMessage, TranscriptEntry, Values, WeightRow, WeightsOpening,
};
use lilliput_types::{ChainId, List, Message, SubnetEpoch, SubnetId};

use crate::failure::Result;

/// One weight in so many changes its sign.
const SPOILED_OF: u64 = 10;
/// How long the copier waits for the one it copies.
const RELAY_WITHIN: Duration = Duration::from_secs(1);
const POLL: Duration = Duration::from_millis(50);

/// A model with some signs turned, always the same ones.
pub(super) fn spoiled(mut model: Model) -> Model {
    let mut state = 1_u64;
    let specs = &model.graph.graph().weights;
    for (tensor, spec) in model.weights.0.iter_mut().zip(specs) {
        let range = weight_range(spec.bits);
        for value in &mut tensor.values {
            // A congruential generator: its high bits are mixed well enough.
            state = state
                .wrapping_mul(6_364_136_223_846_793_005)
                .wrapping_add(1_442_695_040_888_963_407);
            let turned = -*value;
            if (state >> 33).is_multiple_of(SPOILED_OF) && range.contains(turned) {
                *value = turned;
            }
        }
    }
    model.name = "spoiled".to_owned();
    model
}

/// Hands its questions to another miner, and guesses when that one refuses.
pub(super) struct Relay {
    asker: Asker,
    target: Mutex<String>,
    /// Requests by how the other one answered them; none in between.
    answered: AtomicU64,
    refused: AtomicU64,
}

impl Relay {
    pub(super) fn new(secret: SecretKey, chain: ChainId) -> Self {
        Self {
            asker: Asker::new(secret, chain),
            target: Mutex::default(),
            answered: AtomicU64::new(0),
            refused: AtomicU64::new(0),
        }
    }

    /// Names the miner to copy.
    pub(super) fn aim(&self, endpoint: &str) {
        let mut target = self.target.lock().unwrap_or_else(PoisonError::into_inner);
        endpoint.clone_into(&mut target);
    }

    /// Requests relayed, and refused.
    pub(super) fn counts(&self) -> (u64, u64) {
        let refused = self.refused.load(Ordering::Relaxed);
        let answered = self.answered.load(Ordering::Relaxed);
        (answered.saturating_add(refused), refused)
    }
}

impl Answerer for Relay {
    fn answer(&self, incoming: &Incoming<'_>) -> std::result::Result<Vec<Values>, String> {
        let target = self.target.lock().unwrap_or_else(PoisonError::into_inner);
        let target = target.clone();
        let answered = self
            .asker
            .send(&target, incoming.header, incoming.body, RELAY_WITHIN);
        if let Ok(answers) = answered {
            self.answered.fetch_add(1, Ordering::Relaxed);
            let copied = answers.answers.into_vec().into_iter();
            return Ok(copied.map(|reply| reply.answer).collect());
        }
        self.refused.fetch_add(1, Ordering::Relaxed);
        let guess = List::new(vec![1]).map_err(|error| error.to_string())?;
        Ok(vec![guess; incoming.ask.probes.len()])
    }
}

/// Commits to weights that others published, or to made-up ones; asks nobody, so that no audit can hold.
pub(super) fn lie(sender: &Sender, subnet: SubnetId, stop: &AtomicBool) {
    let mut round: Option<Round> = None;
    while !stop.load(Ordering::Acquire) {
        // A liar that can't go on earns nothing, which the table shows.
        let _ = lie_once(sender, subnet, &mut round);
        std::thread::sleep(POLL);
    }
}

fn lie_once(sender: &Sender, id: SubnetId, round: &mut Option<Round>) -> Result<()> {
    let client = sender.client();
    let subnet = client.subnet(id)?.subnet;
    let seat = client.subnet_member(id, sender.address())?;
    let epoch = subnet.epoch;
    let send = |message| sender.send(vec![Message::Subnet(message)], Vec::new());
    match (subnet.phase, &round) {
        (Phase::Commit, _) if seat.permit && !seat.committed => {
            let opening = WeightsOpening {
                chain: sender.chain(),
                subnet: id,
                epoch,
                uid: seat.member.uid,
                registration: seat.member.registration,
                salt: Digest(random_bytes()?),
                row: copied(sender, id, epoch, seat.member.uid)?,
                transcript: TranscriptEntry::tree(&[]).root(),
                seed: Digest(random_bytes()?),
            };
            let made = Round {
                opening,
                entries: Vec::new(),
                votes: List::default(),
            };
            send(SubnetMessage::Commit(made.commit()))?;
            *round = Some(made);
        }
        (Phase::Reveal, Some(made))
            if made.opening.epoch == epoch && seat.committed && !seat.revealed =>
        {
            send(SubnetMessage::Reveal(made.reveal()))?;
        }
        _ => {}
    }
    Ok(())
}

/// The weights that another validator published last, else the same for everyone.
fn copied(sender: &Sender, id: SubnetId, epoch: SubnetEpoch, own: u16) -> Result<WeightRow> {
    let client = sender.client();
    let before = epoch.0.checked_sub(1).map(SubnetEpoch);
    let record = before.map(|before| client.subnet_epoch(id, before));
    let published = match record {
        Some(Ok(detail)) => detail.input.seats.into_vec(),
        Some(Err(error)) if error.is_not_found() => Vec::new(),
        Some(Err(error)) => return Err(ClientError::into(error)),
        None => Vec::new(),
    };
    let other = |uid: u16, weights: &WeightRow| uid != own && !weights.is_empty();
    let row = published
        .into_iter()
        .find(|seat| other(seat.uid, &seat.weights))
        .map(|seat| seat.weights.into_vec());
    let others = |row: Vec<(u16, u16)>| row.into_iter().filter(|cell| cell.0 != own).collect();
    Ok(match row {
        Some(row) => List::new(others(row))?,
        None => List::new((0..own).map(|uid| (uid, u16::MAX)).collect())?,
    })
}
