//! One method a route.

use std::fmt::Write;
use std::io::ErrorKind;
use std::time::{Duration, SystemTime, UNIX_EPOCH};

use lilliput_crypto::SecretKey;
use lilliput_types::bank::Asset;
use lilliput_types::job::{Job, JobState};
use lilliput_types::provider::{Offer, Provider};
use lilliput_types::registry::{Model, RegisteredAttempt};
use lilliput_types::{Address, BlobId, ChainId, Height, JobId, ModelId, Submission, TransactionId};
use serde::de::DeserializeOwned;
use ureq::Agent;
use ureq::http::{Response, StatusCode};

use crate::api::{
    Account, ApiError, BlockDetail, BlockEventsAt, BlockSummary, DryRun, Page, ProvenState,
    SegmentRevenue, Status, Stored, Submitted, Supply, TransactionDetail,
};
use crate::error::ClientError;
use crate::input::JobInput;
use crate::signature::RequestSignature;

/// How long a request may take in all; a block with many proofs takes its time.
const TIMEOUT: Duration = Duration::from_secs(60);
/// How long a connection may take.
const CONNECT_TIMEOUT: Duration = Duration::from_secs(5);
/// Largest JSON answer.
const JSON_BYTES_MAX: u64 = 16 << 20;
/// Largest answer of bytes: a blob.
const BYTES_MAX: u64 = 64 << 20;

/// A connection to one node.
#[derive(Clone, Debug)]
pub struct Client {
    base: String,
    agent: Agent,
}

/// Which jobs to list.
#[derive(Clone, Copy, Debug, Default)]
pub struct JobFilter {
    /// Only in this state.
    pub state: Option<JobState>,
    /// Only of this buyer.
    pub buyer: Option<Address>,
    /// Only to be answered by this provider: named in the order, or accepted by it.
    pub provider: Option<Address>,
    /// Only of this model.
    pub model: Option<ModelId>,
}

impl JobFilter {
    /// Whether every job fits.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.state.is_none()
            && self.buyer.is_none()
            && self.provider.is_none()
            && self.model.is_none()
    }

    /// Whether a job is wanted.
    #[must_use]
    pub fn fits(&self, job: &Job) -> bool {
        self.state.is_none_or(|state| state == job.state)
            && self.buyer.is_none_or(|buyer| buyer == job.buyer)
            && self
                .provider
                .is_none_or(|provider| job.provider == Some(provider))
            && self.model.is_none_or(|model| model == job.model)
    }
}

impl Client {
    /// A client of the node at `http://HOST:PORT`; nothing is sent yet.
    ///
    /// # Errors
    /// When that is no such address.
    pub fn new(url: &str) -> Result<Self, ClientError> {
        let base = url.trim_end_matches('/').to_owned();
        let host = base.strip_prefix("http://");
        if host.is_none_or(|host| host.is_empty() || host.contains(['/', '?', '#', '@', ' '])) {
            return Err(ClientError::Url {
                url: url.to_owned(),
            });
        }
        let config = Agent::config_builder()
            .http_status_as_error(false)
            .timeout_global(Some(TIMEOUT))
            .timeout_connect(Some(CONNECT_TIMEOUT))
            .max_redirects(0)
            .proxy(None)
            .build();
        Ok(Self {
            base,
            agent: config.into(),
        })
    }

    /// The node's address.
    #[must_use]
    pub fn url(&self) -> &str {
        &self.base
    }

    /// What the node is and where its chain stands.
    ///
    /// # Errors
    /// As every method here: when the node is away, refuses, or answers with something else.
    pub fn status(&self) -> Result<Status, ClientError> {
        self.get("/v1/status")
    }

    /// Counts every balance.
    ///
    /// # Errors
    /// See [`Self::status`].
    pub fn supply(&self) -> Result<Supply, ClientError> {
        self.get("/v1/supply")
    }

    /// The last blocks, newest first, below a height.
    ///
    /// # Errors
    /// See [`Self::status`].
    pub fn blocks(&self, below: Option<Height>) -> Result<Page<BlockSummary>, ClientError> {
        match below {
            None => self.get("/v1/blocks"),
            Some(height) => self.get(&format!("/v1/blocks?from={height}")),
        }
    }

    /// One block.
    ///
    /// # Errors
    /// See [`Self::status`].
    pub fn block(&self, height: Height) -> Result<BlockDetail, ClientError> {
        self.get(&format!("/v1/blocks/{height}"))
    }

    /// Submits a transaction and waits until it is in a durable block.
    ///
    /// # Errors
    /// See [`Self::status`].
    pub fn submit(&self, submission: &Submission) -> Result<Submitted, ClientError> {
        self.post("/v1/transactions", &submission.encode())
    }

    /// What a transaction would do now.
    ///
    /// # Errors
    /// See [`Self::status`].
    pub fn dry_run(&self, submission: &Submission) -> Result<DryRun, ClientError> {
        self.post("/v1/transactions/dry-run", &submission.encode())
    }

    /// A transaction by its id.
    ///
    /// # Errors
    /// See [`Self::status`].
    pub fn transaction(&self, id: TransactionId) -> Result<TransactionDetail, ClientError> {
        self.get(&format!("/v1/transactions/{id}"))
    }

    /// An account; one that has never been used is empty, not an error.
    ///
    /// # Errors
    /// See [`Self::status`].
    pub fn account(&self, address: Address) -> Result<Account, ClientError> {
        self.get(&format!("/v1/accounts/{address}"))
    }

    /// Assets.
    ///
    /// # Errors
    /// See [`Self::status`].
    pub fn assets(&self, from: Option<&str>) -> Result<Page<Asset>, ClientError> {
        self.page("/v1/assets", from)
    }

    /// Models in the order of their ids.
    ///
    /// # Errors
    /// See [`Self::status`].
    pub fn models(&self, from: Option<&str>) -> Result<Page<Model>, ClientError> {
        self.page("/v1/models", from)
    }

    /// One model.
    ///
    /// # Errors
    /// See [`Self::status`].
    pub fn model(&self, id: ModelId) -> Result<Model, ClientError> {
        self.get(&format!("/v1/models/{id}"))
    }

    /// Who serves a model, and for how much.
    ///
    /// # Errors
    /// See [`Self::status`].
    pub fn offers(&self, model: ModelId) -> Result<Page<Offer>, ClientError> {
        self.get(&format!("/v1/models/{model}/offers"))
    }

    /// Evaluations of a model that were registered, the first one first.
    ///
    /// # Errors
    /// See [`Self::status`].
    pub fn attempts(
        &self,
        model: ModelId,
        from: Option<&str>,
    ) -> Result<Page<RegisteredAttempt>, ClientError> {
        self.page(&format!("/v1/models/{model}/attempts"), from)
    }

    /// A registered provider.
    ///
    /// # Errors
    /// See [`Self::status`].
    pub fn provider(&self, address: Address) -> Result<Provider, ClientError> {
        self.get(&format!("/v1/providers/{address}"))
    }

    /// Jobs, newest first.
    ///
    /// # Errors
    /// See [`Self::status`].
    pub fn jobs(&self, filter: &JobFilter) -> Result<Page<Job>, ClientError> {
        let mut path = "/v1/jobs?".to_owned();
        let mut add = |name: &str, value: String| {
            // Writing into a string can't fail.
            let _ = write!(path, "{name}={value}&");
        };
        if let Some(state) = filter.state {
            add("state", state_name(state).to_owned());
        }
        if let Some(buyer) = filter.buyer {
            add("buyer", buyer.to_string());
        }
        if let Some(provider) = filter.provider {
            add("provider", provider.to_string());
        }
        if let Some(model) = filter.model {
            add("model", model.to_string());
        }
        self.get(path.trim_end_matches(['?', '&']))
    }

    /// One job.
    ///
    /// # Errors
    /// See [`Self::status`].
    pub fn job(&self, id: JobId) -> Result<Job, ClientError> {
        self.get(&format!("/v1/jobs/{id}"))
    }

    /// Revenue by segment and asset.
    ///
    /// # Errors
    /// See [`Self::status`].
    pub fn revenue(&self) -> Result<Vec<SegmentRevenue>, ClientError> {
        self.get("/v1/revenue")
    }

    /// Everything that changed, block by block, from a height on.
    ///
    /// # Errors
    /// See [`Self::status`].
    pub fn events(&self, from: Height) -> Result<Page<BlockEventsAt>, ClientError> {
        self.get(&format!("/v1/events?from={from}"))
    }

    /// An entry of the state, checked against the header that it came with and the chain asked for.
    ///
    /// # Errors
    /// See [`Self::status`]; also when the proof doesn't hold.
    pub fn state(&self, chain: ChainId, key: &str) -> Result<ProvenState, ClientError> {
        let path = format!("/v1/state/{key}");
        let proven: ProvenState = self.get(&path)?;
        match proven.check(chain, key) {
            Ok(()) => Ok(proven),
            Err(reason) => Err(ClientError::Malformed { path, reason }),
        }
    }

    /// Bytes by their hash: a key, a proof, a model file.
    ///
    /// # Errors
    /// See [`Self::status`]; also when the bytes are of another hash.
    pub fn blob(&self, id: BlobId) -> Result<Vec<u8>, ClientError> {
        let path = format!("/v1/blobs/{id}");
        let bytes = self.bytes(&path, None)?;
        if BlobId::of(&bytes) != id {
            return Err(ClientError::Malformed {
                path,
                reason: "the bytes are of another hash".to_owned(),
            });
        }
        Ok(bytes)
    }

    /// Stores bytes in the node's blob store, as an account that the ledger knows.
    ///
    /// # Errors
    /// See [`Self::status`].
    pub fn put_blob(
        &self,
        secret: &SecretKey,
        chain: ChainId,
        bytes: &[u8],
    ) -> Result<Stored, ClientError> {
        let path = format!("/v1/blobs/{}", BlobId::of(bytes));
        self.put(&path, secret, chain, bytes)
    }

    /// Hands a job's input to the node, as the job's buyer.
    ///
    /// # Errors
    /// See [`Self::status`].
    pub fn put_input(
        &self,
        secret: &SecretKey,
        chain: ChainId,
        job: JobId,
        input: &JobInput,
    ) -> Result<Stored, ClientError> {
        self.put(
            &format!("/v1/jobs/{job}/input"),
            secret,
            chain,
            &input.encode(),
        )
    }

    /// Fetches a job's input, as its buyer or as a provider that may accept it.
    ///
    /// # Errors
    /// See [`Self::status`].
    pub fn input(
        &self,
        secret: &SecretKey,
        chain: ChainId,
        job: JobId,
    ) -> Result<JobInput, ClientError> {
        let path = format!("/v1/jobs/{job}/input");
        let signature = RequestSignature::sign(secret, chain, "GET", &path, &[], now_ms());
        let bytes = self.bytes(&path, Some(&signature))?;
        Ok(JobInput::decode(&bytes)?)
    }

    pub(crate) fn page<T: DeserializeOwned>(
        &self,
        path: &str,
        from: Option<&str>,
    ) -> Result<Page<T>, ClientError> {
        match from {
            None => self.get(path),
            Some(from) => self.get(&format!("{path}?from={from}")),
        }
    }

    pub(crate) fn get<T: DeserializeOwned>(&self, path: &str) -> Result<T, ClientError> {
        let url = format!("{}{path}", self.base);
        let answer = match self.agent.get(&url).call() {
            // A kept connection that the node has closed since; reading changes nothing, so it is asked again.
            Err(ureq::Error::Io(error)) if error.kind() == ErrorKind::UnexpectedEof => {
                self.agent.get(&url).call()
            }
            answer => answer,
        };
        self.json(path, answer)
    }

    fn post<T: DeserializeOwned>(&self, path: &str, body: &[u8]) -> Result<T, ClientError> {
        let request = self.agent.post(format!("{}{path}", self.base));
        let answer = request.content_type("application/octet-stream").send(body);
        self.json(path, answer)
    }

    fn put<T: DeserializeOwned>(
        &self,
        path: &str,
        secret: &SecretKey,
        chain: ChainId,
        body: &[u8],
    ) -> Result<T, ClientError> {
        let signature = RequestSignature::sign(secret, chain, "PUT", path, body, now_ms());
        let answer = self
            .agent
            .put(format!("{}{path}", self.base))
            .content_type("application/octet-stream")
            .header("Authorization", signature.to_header())
            .send(body);
        self.json(path, answer)
    }

    fn bytes(
        &self,
        path: &str,
        signature: Option<&RequestSignature>,
    ) -> Result<Vec<u8>, ClientError> {
        let mut request = self.agent.get(format!("{}{path}", self.base));
        if let Some(signature) = signature {
            request = request.header("Authorization", signature.to_header());
        }
        self.checked(path, request.call(), BYTES_MAX)
    }

    fn json<T: DeserializeOwned>(
        &self,
        path: &str,
        answer: Result<Response<ureq::Body>, ureq::Error>,
    ) -> Result<T, ClientError> {
        let bytes = self.checked(path, answer, JSON_BYTES_MAX)?;
        serde_json::from_slice(&bytes).map_err(|error| malformed(path, &error))
    }

    fn checked(
        &self,
        path: &str,
        answer: Result<Response<ureq::Body>, ureq::Error>,
        bytes_max: u64,
    ) -> Result<Vec<u8>, ClientError> {
        let unreachable = |source| ClientError::Unreachable {
            url: self.base.clone(),
            source: Box::new(source),
        };
        let mut answer = answer.map_err(unreachable)?;
        let status = answer.status();
        let body = answer.body_mut().with_config().limit(bytes_max);
        let bytes = body.read_to_vec().map_err(unreachable)?;
        if status == StatusCode::OK {
            return Ok(bytes);
        }
        let error: ApiError =
            serde_json::from_slice(&bytes).map_err(|error| malformed(path, &error))?;
        Err(ClientError::Refused {
            status: status.as_u16(),
            error,
        })
    }
}

fn malformed(path: &str, error: &serde_json::Error) -> ClientError {
    ClientError::Malformed {
        path: path.to_owned(),
        reason: error.to_string(),
    }
}

fn state_name(state: JobState) -> &'static str {
    match state {
        JobState::Open => "open",
        JobState::Accepted => "accepted",
        JobState::Paid => "paid",
        JobState::Refunded => "refunded",
    }
}

/// The wall clock, for the expiry of request signatures.
fn now_ms() -> u64 {
    let since = SystemTime::now().duration_since(UNIX_EPOCH);
    since.map_or(0, |since| {
        u64::try_from(since.as_millis()).unwrap_or(u64::MAX)
    })
}
