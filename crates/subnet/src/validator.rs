//! A validator: in each epoch it asks all miners, scores, commits, reveals, and answers the audits that are drawn.
//!
//! Where it stands follows from the ledger and the journal alone: it may be killed at any point and goes on.

use std::collections::BTreeSet;
use std::path::PathBuf;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::{Duration, Instant};

use lilliput_client::subnet::{SubnetDetail, SubnetSeat};
use lilliput_client::{Client, Sender};
use lilliput_crypto::{Digest, SecretKey, random_bytes};
use lilliput_modules::subnet::round::{Round, Seat};
use lilliput_types::subnet::{
    PROBES_MAX, Phase, Scorer, Subnet, SubnetMessage, SubnetState, TranscriptEntry,
};
use lilliput_types::{Address, List, Message, SubnetEpoch, SubnetId};

use crate::ask::Ask;
use crate::asker::{AskError, Asker, Task};
use crate::error::SubnetError;
use crate::images::{Drawn, Images};
use crate::journal::{Journal, Kept};
use crate::member;
use crate::miner::now_ms;

/// What a validator is started with.
pub struct ValidatorConfig {
    /// The node.
    pub node: Client,
    /// The subnet.
    pub subnet: SubnetId,
    /// The member's key.
    pub secret: SecretKey,
    /// What questions are drawn from.
    pub images: Images,
    /// A folder for salts, seeds and transcripts.
    pub data: PathBuf,
    /// How many questions each miner gets; never fewer than the subnet demands.
    pub probes: u8,
    /// How long one miner may take.
    pub answer_within: Duration,
    /// Pause between two looks at the ledger.
    pub poll: Duration,
}

/// What a miner's answers were worth.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Heard {
    /// Which miner.
    pub uid: u16,
    /// How many answers were right, of how many; else why there are none.
    pub answers: Result<(usize, usize), String>,
}

/// What a validator tells whoever started it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Report {
    /// A member; begins.
    Ready {
        /// Its account.
        account: Address,
        /// Its uid.
        uid: u16,
    },
    /// All miners were asked.
    Asked {
        /// In which epoch.
        epoch: SubnetEpoch,
        /// What each said.
        heard: Vec<Heard>,
    },
    /// The commitment is on the ledger.
    Committed {
        /// Of which epoch.
        epoch: SubnetEpoch,
    },
    /// The weights are on the ledger.
    Revealed {
        /// Of which epoch.
        epoch: SubnetEpoch,
    },
    /// An audit held.
    Audited {
        /// Of which epoch.
        epoch: SubnetEpoch,
        /// Of the weight for whom.
        uid: u16,
    },
    /// Nothing more is done in this epoch's phase.
    Skipped {
        /// Which epoch.
        epoch: SubnetEpoch,
        /// Why.
        reason: String,
    },
    /// Something that may pass by itself: the node is away, say.
    Trouble {
        /// What.
        reason: String,
    },
}

/// Works until told to stop, or until the subnet has ended.
///
/// # Errors
/// When it can't begin: no member, another scorer, no folder. Later trouble is reported.
pub fn run(
    config: &ValidatorConfig,
    stop: &AtomicBool,
    report: &dyn Fn(Report),
) -> Result<(), SubnetError> {
    let sender = Sender::new(config.node.clone(), config.secret.clone())?;
    let account = sender.address();
    let scorer = config.node.subnet(config.subnet)?.subnet.settings.scorer;
    if scorer != Scorer::ExactMatch {
        let subnet = config.subnet;
        return Err(SubnetError::Scorer { subnet, scorer });
    }
    let seat = match config.node.subnet_member(config.subnet, account) {
        Err(error) if error.is_not_found() => {
            let subnet = config.subnet;
            return Err(SubnetError::NotMember { account, subnet });
        }
        seat => seat?,
    };
    let mut validator = Validator {
        asker: Asker::new(config.secret.clone(), sender.chain()),
        journal: Journal::open(&config.data)?,
        sender,
        config,
        done: BTreeSet::new(),
        last: None,
        report,
    };
    let uid = seat.member.uid;
    report(Report::Ready { account, uid });
    let mut trouble = None;
    while !stop.load(Ordering::Acquire) {
        match validator.look() {
            Ok(true) => trouble = None,
            Ok(false) => return Ok(()),
            Err(error) => {
                // Told once, however often it is met.
                let reason = error.to_string();
                if trouble.as_ref() != Some(&reason) {
                    trouble = Some(reason.clone());
                    report(Report::Trouble { reason });
                }
            }
        }
        std::thread::sleep(config.poll);
    }
    Ok(())
}

struct Validator<'a> {
    config: &'a ValidatorConfig,
    sender: Sender,
    asker: Asker,
    journal: Journal,
    /// Steps of the present epoch that aren't tried again.
    done: BTreeSet<(SubnetEpoch, Step)>,
    /// The round read or made last, as it lies in the journal.
    last: Option<Arc<Kept>>,
    report: &'a dyn Fn(Report),
}

/// What there is to do in an epoch.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
enum Step {
    Commit,
    Reveal,
    Audit(u16),
}

impl Validator<'_> {
    /// Does what the present phase asks for; false once the subnet has ended.
    fn look(&mut self) -> Result<bool, SubnetError> {
        let client = self.sender.client();
        let detail = client.subnet(self.config.subnet)?;
        if detail.subnet.state == SubnetState::Closed {
            return Ok(false);
        }
        let account = self.sender.address();
        let seat = match client.subnet_member(self.config.subnet, account) {
            Err(error) if error.is_not_found() => {
                let subnet = self.config.subnet;
                return Err(SubnetError::NotMember { account, subnet });
            }
            seat => seat?,
        };
        let epoch = detail.subnet.epoch;
        self.done.retain(|(of, _)| *of == epoch);
        match detail.subnet.phase {
            Phase::Commit => self.commit(&detail, &seat)?,
            Phase::Reveal => self.reveal(epoch, &seat)?,
            Phase::Audit => self.audit(&detail.subnet, &seat)?,
        }
        Ok(true)
    }

    fn commit(&mut self, detail: &SubnetDetail, seat: &SubnetSeat) -> Result<(), SubnetError> {
        let epoch = detail.subnet.epoch;
        if seat.committed || self.done.contains(&(epoch, Step::Commit)) {
            return Ok(());
        }
        if !seat.permit {
            return self.skip(epoch, Step::Commit, "no permit: too little stake");
        }
        let kept = match self.kept(epoch, seat)? {
            Some(kept) => kept,
            None => match self.ask(detail, seat) {
                Ok(Some(kept)) => kept,
                Ok(None) => return self.skip(epoch, Step::Commit, "no answer is worth anything"),
                // The miners weren't asked yet: it may be tried again.
                Err(error @ SubnetError::Client(_)) => return Err(error),
                Err(error) => return self.skip(epoch, Step::Commit, &error.to_string()),
            },
        };
        let message = SubnetMessage::Commit(kept.round.commit());
        if self.send(epoch, Step::Commit, message)? {
            (self.report)(Report::Committed { epoch });
        }
        Ok(())
    }

    fn reveal(&mut self, epoch: SubnetEpoch, seat: &SubnetSeat) -> Result<(), SubnetError> {
        let over = self.done.contains(&(epoch, Step::Reveal));
        if !seat.committed || seat.revealed || over {
            return Ok(());
        }
        let Some(kept) = self.kept(epoch, seat)? else {
            return self.skip(epoch, Step::Reveal, "the journal has no round of it");
        };
        let message = SubnetMessage::Reveal(kept.round.reveal());
        if self.send(epoch, Step::Reveal, message)? {
            (self.report)(Report::Revealed { epoch });
        }
        Ok(())
    }

    fn audit(&mut self, subnet: &Subnet, seat: &SubnetSeat) -> Result<(), SubnetError> {
        let epoch = subnet.epoch;
        let (true, Some(randomness)) = (seat.revealed, subnet.randomness) else {
            return Ok(());
        };
        let Some(kept) = self.kept(epoch, seat)? else {
            return Ok(());
        };
        for audit in kept.round.audits(&subnet.settings, randomness) {
            let uid = audit.entry.uid;
            let over = self.done.contains(&(epoch, Step::Audit(uid)));
            if over || seat.audited.contains(&uid) {
                continue;
            }
            if self.send(epoch, Step::Audit(uid), SubnetMessage::Audit(audit))? {
                (self.report)(Report::Audited { epoch, uid });
            }
        }
        Ok(())
    }

    /// The epoch's round from the journal, if it is this registration's.
    fn kept(
        &mut self,
        epoch: SubnetEpoch,
        seat: &SubnetSeat,
    ) -> Result<Option<Arc<Kept>>, SubnetError> {
        let known = self.last.clone();
        let known = known.filter(|kept| kept.round.opening.epoch == epoch);
        let kept = match known {
            Some(kept) => Some(kept),
            None => self.journal.read(epoch)?.map(Arc::new),
        };
        self.last = kept.clone();
        Ok(kept.filter(|kept| {
            let opening = &kept.round.opening;
            opening.chain == self.sender.chain()
                && opening.subnet == self.config.subnet
                && opening.registration == seat.member.registration
        }))
    }

    /// Sends a message; what the ledger refuses for good isn't tried again in this epoch.
    fn send(
        &mut self,
        epoch: SubnetEpoch,
        step: Step,
        message: SubnetMessage,
    ) -> Result<bool, SubnetError> {
        match self.sender.send(vec![Message::Subnet(message)], Vec::new()) {
            Ok(_) => {
                self.done.insert((epoch, step));
                Ok(true)
            }
            Err(error @ lilliput_client::ClientError::Failed { .. }) => {
                self.skip(epoch, step, &error.to_string())?;
                Ok(false)
            }
            Err(error) => Err(error.into()),
        }
    }

    fn skip(&mut self, epoch: SubnetEpoch, step: Step, reason: &str) -> Result<(), SubnetError> {
        self.done.insert((epoch, step));
        let reason = reason.to_owned();
        (self.report)(Report::Skipped { epoch, reason });
        Ok(())
    }

    /// Asks all miners, scores, and keeps the round; none if nobody is worth anything.
    fn ask(
        &mut self,
        detail: &SubnetDetail,
        seat: &SubnetSeat,
    ) -> Result<Option<Arc<Kept>>, SubnetError> {
        let subnet = &detail.subnet;
        let seed = Digest(random_bytes()?);
        let tasks = self.tasks(subnet, seat, &seed)?;
        let until = Instant::now() + self.time_to_ask(subnet);
        let found = self.asker.ask_all(&tasks, self.config.answer_within, until);
        let heard = tasks.iter().zip(&found).map(heard).collect();
        let epoch = subnet.epoch;
        (self.report)(Report::Asked { epoch, heard });
        let entries: Vec<TranscriptEntry> = found.into_iter().filter_map(Result::ok).collect();
        let own = Seat {
            chain: self.sender.chain(),
            subnet: subnet.id,
            epoch,
            uid: seat.member.uid,
            registration: seat.member.registration,
        };
        let secrets = [Digest(random_bytes()?), Digest(random_bytes()?)];
        let round = Round::new(&subnet.settings, own, entries, List::default(), secrets)
            .map_err(SubnetError::Score)?;
        if round.opening.row.is_empty() {
            return Ok(None);
        }
        let kept = Kept { round, seed };
        self.journal.keep(&kept)?;
        let kept = Arc::new(kept);
        self.last = Some(Arc::clone(&kept));
        Ok(Some(kept))
    }

    /// One request to each other member that can be found and was there when the epoch began.
    fn tasks(
        &self,
        subnet: &Subnet,
        seat: &SubnetSeat,
        seed: &Digest,
    ) -> Result<Vec<Task>, SubnetError> {
        let count = self.config.probes.max(subnet.settings.probes_min);
        let count = u32::from(count).min(PROBES_MAX);
        let seats = member::seats(self.sender.client(), subnet.id)?;
        let others = seats.into_iter().map(|other| other.member).filter(|other| {
            other.uid != seat.member.uid
                && other.since < subnet.epoch
                && !other.endpoint.as_str().is_empty()
        });
        let task = |miner: lilliput_types::subnet::Member| {
            let drawn: Vec<Drawn> = (0..count)
                .map(|number| self.config.images.draw(seed, miner.registration, number))
                .collect();
            let probes = drawn.iter().map(|drawn| drawn.question.clone()).collect();
            let ask = Ask {
                subnet: subnet.id,
                epoch: subnet.epoch,
                validator: seat.member.uid,
                validator_registration: seat.member.registration,
                miner: miner.registration,
                probes: List::new(probes)?,
            };
            Ok(Task { miner, ask, drawn })
        };
        others.map(task).collect()
    }

    /// Two thirds of what is left of the phase: scoring and committing take time, too.
    fn time_to_ask(&self, subnet: &Subnet) -> Duration {
        let left = subnet.phase_ends_at.0.saturating_sub(now_ms());
        Duration::from_millis(left * 2 / 3)
    }
}

fn heard((task, found): (&Task, &Result<TranscriptEntry, AskError>)) -> Heard {
    let answers = match found {
        Ok(entry) => {
            let right = entry.answered.iter();
            let right = right.filter(|one| one.answer == one.probe.truth).count();
            Ok((right, entry.answered.len()))
        }
        Err(error) => Err(error.to_string()),
    };
    Heard {
        uid: task.miner.uid,
        answers,
    }
}
