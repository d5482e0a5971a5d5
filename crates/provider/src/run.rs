//! The loop, and what it reports.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::Duration;

use lilliput_client::{JobFilter, Sender};
use lilliput_types::job::{Job, JobState};
use lilliput_types::{Address, JobId, ModelId};

use crate::config::Config;
use crate::error::ProviderError;
use crate::shop::{self, Served};
use crate::work;

/// How many jobs are remembered as not for us.
const PASSED_MAX: usize = 10_000;

/// What a provider tells whoever started it.
#[derive(Debug)]
pub enum Report {
    /// Registered, staked, offers made; looking for jobs.
    Ready {
        /// Its account.
        address: Address,
        /// What it serves: id and name.
        models: Vec<(ModelId, String)>,
    },
    /// A bond is locked, the deadline runs.
    Accepted {
        /// Which job.
        job: JobId,
    },
    /// The ledger has checked the answer; whether it is paid says the job.
    Answered {
        /// Which job.
        job: JobId,
        /// Length of the proof.
        proof_bytes: usize,
        /// How long model run and proof took.
        prove: Duration,
        /// Where the job stands now.
        state: JobState,
    },
    /// A job that it doesn't take, or couldn't finish.
    Passed {
        /// Which job.
        job: JobId,
        /// Why.
        reason: String,
    },
    /// Something that may pass by itself: the node is away, say.
    Trouble {
        /// What.
        reason: String,
    },
}

/// Serves until told to stop.
///
/// # Errors
/// When it can't begin: no models, unpublished ones, no stake. Later trouble is reported.
pub fn run(
    config: &Config,
    stop: &AtomicBool,
    report: &dyn Fn(Report),
) -> Result<(), ProviderError> {
    let sender = Sender::new(config.node.clone(), config.secret.clone())?;
    let mut worker = Worker {
        served: shop::open(config, &sender)?,
        sender,
        passed: BTreeSet::new(),
        report,
    };
    let served = worker.served.iter();
    report(Report::Ready {
        address: worker.sender.address(),
        models: served
            .map(|(id, served)| (*id, served.name.clone()))
            .collect(),
    });
    while !stop.load(Ordering::Acquire) {
        match worker.round(stop) {
            // There may be more where that came from.
            Ok(true) => continue,
            Ok(false) => {}
            Err(error) => report(Report::Trouble {
                reason: error.to_string(),
            }),
        }
        std::thread::sleep(config.poll);
    }
    Ok(())
}

struct Worker<'a> {
    sender: Sender,
    served: BTreeMap<ModelId, Served>,
    /// Jobs that aren't looked at again.
    passed: BTreeSet<JobId>,
    report: &'a dyn Fn(Report),
}

impl Worker<'_> {
    /// Looks once at all jobs; tells whether it did one.
    fn round(&mut self, stop: &AtomicBool) -> Result<bool, ProviderError> {
        let own = JobFilter {
            state: Some(JobState::Accepted),
            provider: Some(self.sender.address()),
            ..JobFilter::default()
        };
        let open = JobFilter {
            state: Some(JobState::Open),
            ..JobFilter::default()
        };
        let mut jobs = self.sender.client().jobs(&own)?.items;
        jobs.extend(self.sender.client().jobs(&open)?.items);
        let mut worked = false;
        for job in jobs {
            if stop.load(Ordering::Acquire) {
                break;
            }
            if !self.is_for_us(&job) {
                continue;
            }
            match self.take(&job) {
                Ok(did) => worked |= did,
                Err(ProviderError::Client(error)) if error.is_temporary() => {
                    return Err(error.into());
                }
                Err(error) => self.pass(job.id, error.to_string()),
            }
        }
        Ok(worked)
    }

    fn is_for_us(&self, job: &Job) -> bool {
        let named = job
            .provider
            .is_none_or(|named| named == self.sender.address());
        named && self.served.contains_key(&job.model) && !self.passed.contains(&job.id)
    }

    /// Accepts a job if it isn't yet, and answers it; false while its input hasn't come.
    fn take(&mut self, job: &Job) -> Result<bool, ProviderError> {
        let Some(served) = self.served.get_mut(&job.model) else {
            return Ok(false);
        };
        let Some(input) = work::input(&self.sender, job, served)? else {
            return Ok(false);
        };
        if job.state == JobState::Open {
            if !work::has_time(job, served) {
                self.pass(job.id, "it leaves too little time".to_owned());
                return Ok(false);
            }
            served.can_prove()?;
            work::accept(&self.sender, job)?;
            (self.report)(Report::Accepted { job: job.id });
        }
        let answered = work::answer(&self.sender, job, served, &input)?;
        served.last = Some(answered.prove);
        let state = self.sender.client().job(job.id)?.state;
        (self.report)(Report::Answered {
            job: job.id,
            proof_bytes: answered.proof_bytes,
            prove: answered.prove,
            state,
        });
        Ok(true)
    }

    fn pass(&mut self, job: JobId, reason: String) {
        if self.passed.len() >= PASSED_MAX {
            self.passed.clear();
        }
        self.passed.insert(job);
        (self.report)(Report::Passed { job, reason });
    }
}
