//! Asks miners, checks what they sign.

use std::sync::Mutex;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::{Duration, Instant};

use lilliput_client::RequestSignature;
use lilliput_client::api::ApiError;
use lilliput_crypto::SecretKey;
use lilliput_types::subnet::{Answered, Member, TranscriptEntry};
use lilliput_types::{AccountKey, ChainId, List};
use ureq::Agent;
use ureq::http::StatusCode;

use crate::ask::{ANSWERS_BYTES_MAX, Answers, Ask, PATH};
use crate::images::Drawn;
use crate::miner::now_ms;

/// Miners that are asked at once.
const AT_ONCE: usize = 16;
/// How long a connection may take.
const CONNECT_TIMEOUT: Duration = Duration::from_secs(2);

/// Why a miner's answers don't count.
#[derive(Debug, thiserror::Error)]
pub enum AskError {
    /// Not an address.
    #[error("{0:?} is no address of a miner, expected http://HOST:PORT")]
    Endpoint(String),
    /// No time left before the epoch's commitments end.
    #[error("no time is left")]
    NoTime,
    /// The request can't be written.
    #[error("the questions can't be written: {0}")]
    Request(serde_json::Error),
    /// No connection, it broke, or the answer came late.
    #[error("no answer: {0}")]
    Unreachable(Box<ureq::Error>),
    /// The miner said no.
    #[error("refused: {message} ({code})")]
    Refused {
        /// Its stable name of the reason.
        code: String,
        /// Its reason.
        message: String,
    },
    /// Not the answer that was asked for.
    #[error("the answer is malformed: {0}")]
    Malformed(String),
    /// Signed by another key, or something else was signed.
    #[error("the miner's signature doesn't hold")]
    Signature,
}

/// One request to one miner.
pub(crate) struct Task {
    pub(crate) miner: Member,
    pub(crate) ask: Ask,
    pub(crate) drawn: Vec<Drawn>,
}

/// Asks in the name of one validator.
pub struct Asker {
    agent: Agent,
    secret: SecretKey,
    chain: ChainId,
}

impl Asker {
    /// An asker with the validator's key.
    #[must_use]
    pub fn new(secret: SecretKey, chain: ChainId) -> Self {
        let config = Agent::config_builder()
            .http_status_as_error(false)
            .timeout_connect(Some(CONNECT_TIMEOUT))
            .max_redirects(0)
            .proxy(None)
            .build();
        Self {
            agent: config.into(),
            secret,
            chain,
        }
    }

    /// Sends a request and gives the answers as they came.
    ///
    /// # Errors
    /// When there are none in time.
    pub fn ask(&self, endpoint: &str, ask: &Ask, within: Duration) -> Result<Answers, AskError> {
        let body = serde_json::to_vec(ask).map_err(AskError::Request)?;
        let signature =
            RequestSignature::sign(&self.secret, self.chain, "POST", PATH, &body, now_ms());
        self.send(endpoint, &signature.to_header(), &body, within)
    }

    /// Sends a request that is signed already.
    ///
    /// # Errors
    /// When there is no answer in time.
    pub fn send(
        &self,
        endpoint: &str,
        header: &str,
        body: &[u8],
        within: Duration,
    ) -> Result<Answers, AskError> {
        let base = endpoint.trim_end_matches('/');
        let host = base.strip_prefix("http://");
        if host.is_none_or(|host| host.is_empty() || host.contains(['/', '?', '#', '@', ' '])) {
            return Err(AskError::Endpoint(endpoint.to_owned()));
        }
        let unreachable = |error| AskError::Unreachable(Box::new(error));
        let request = self.agent.post(format!("{base}{PATH}"));
        let request = request.config().timeout_global(Some(within)).build();
        let mut answer = request
            .content_type("application/json")
            .header("Authorization", header)
            .send(body)
            .map_err(unreachable)?;
        let limited = answer.body_mut().with_config().limit(ANSWERS_BYTES_MAX);
        let bytes = limited.read_to_vec().map_err(unreachable)?;
        let malformed = |error: serde_json::Error| AskError::Malformed(error.to_string());
        if answer.status() == StatusCode::OK {
            return serde_json::from_slice(&bytes).map_err(malformed);
        }
        let error: ApiError = serde_json::from_slice(&bytes).map_err(malformed)?;
        Err(AskError::Refused {
            code: error.code,
            message: error.message,
        })
    }

    /// Asks all at once, each within a time and all until a deadline; results are in the order of the tasks.
    pub(crate) fn ask_all(
        &self,
        tasks: &[Task],
        within: Duration,
        until: Instant,
    ) -> Vec<Result<TranscriptEntry, AskError>> {
        let next = AtomicUsize::new(0);
        let found = Mutex::new(Vec::new());
        std::thread::scope(|scope| {
            for _ in 0..AT_ONCE.min(tasks.len()) {
                scope.spawn(|| {
                    while let Some((place, task)) = {
                        let place = next.fetch_add(1, Ordering::Relaxed);
                        tasks.get(place).map(|task| (place, task))
                    } {
                        let left = until.saturating_duration_since(Instant::now());
                        let entry = self.entry(task, within.min(left));
                        let mut found = found
                            .lock()
                            .unwrap_or_else(std::sync::PoisonError::into_inner);
                        found.push((place, entry));
                    }
                });
            }
        });
        let found = found.into_inner();
        let mut found = found.unwrap_or_else(std::sync::PoisonError::into_inner);
        found.sort_by_key(|(place, _)| *place);
        found.into_iter().map(|(_, entry)| entry).collect()
    }

    /// What stands behind a miner's weight: all questions answered and signed, or nothing.
    fn entry(&self, task: &Task, within: Duration) -> Result<TranscriptEntry, AskError> {
        if within.is_zero() {
            return Err(AskError::NoTime);
        }
        let Answers { key, answers } =
            self.ask(&task.miner.endpoint.to_string(), &task.ask, within)?;
        if key.address() != task.miner.account {
            return Err(AskError::Signature);
        }
        if answers.len() != task.drawn.len() {
            return Err(AskError::Malformed(format!(
                "{} answers to {} questions",
                answers.len(),
                task.drawn.len()
            )));
        }
        let own = AccountKey::from(&self.secret).address();
        let context = task.ask.context(self.chain, own);
        let pairs = task.drawn.iter().zip(answers.into_vec());
        let answered = pairs.map(|(drawn, reply)| {
            let one = Answered {
                probe: drawn.probe.clone(),
                answer: reply.answer,
                signature: reply.signature,
            };
            let checked = one.verify(&key, &context);
            checked.map(|()| one).map_err(|_| AskError::Signature)
        });
        let answered: Result<Vec<_>, AskError> = answered.collect();
        let malformed = |error: lilliput_types::BoundError| AskError::Malformed(error.to_string());
        Ok(TranscriptEntry {
            uid: task.miner.uid,
            registration: task.miner.registration,
            key,
            answered: List::new(answered?).map_err(malformed)?,
            votes: None,
        })
    }
}

#[cfg(test)]
mod tests;
