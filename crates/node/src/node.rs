//! What anyone may ask of a node, as functions. All of them block; HTTP calls them on threads of
//! their own.

mod subnets;

use std::net::SocketAddr;
use std::sync::{Arc, Mutex, PoisonError};

use lilliput_client::api::{
    Account, Balance, BlockDetail, BlockEventsAt, BlockSummary, DryRun, FeeSchedule, Page,
    ProvenState, SegmentRevenue, StateChange, Status, Stored, Submitted, Supply, TransactionDetail,
};
use lilliput_client::{JobFilter, JobInput};
use lilliput_ledger::{Machine, Snapshot, StateReader, StoreError};
use lilliput_modules::{Genesis, Verifier, bank, job, provider, registry};
use lilliput_types::bank::Asset;
use lilliput_types::job::{Job, JobState};
use lilliput_types::provider::{Offer, Provider};
use lilliput_types::registry::Model;
use lilliput_types::{
    Address, AssetId, BlobId, ChainId, Height, Holder, JobId, ModelId, SignedHeader, Submission,
    TransactionId,
};
use lilliput_verifier::{InputCommitment, VerifyingKey};

use crate::blobs::BlobStore;
use crate::config::{Config, DevelopmentWallet};
use crate::engine::Engine;
use crate::error::{NodeError, StartError};
use crate::inputs::InputStore;

/// Most items on a page of a list.
pub(crate) const PAGE_MAX: usize = 100;
/// Most jobs looked through for those that fit a filter.
const JOBS_SEARCHED_MAX: usize = 2_000;
/// Most assets of one account that are shown.
const BALANCES_MAX: usize = 256;
/// Most blocks on a page of events; each may hold many.
const EVENT_BLOCKS_MAX: u64 = 50;

/// A node's data and rules.
pub struct Node {
    engine: Engine,
    blobs: Mutex<BlobStore>,
    /// Keys of models that were asked about lately.
    keys: Verifier,
    inputs: InputStore,
    address: SocketAddr,
    hosts: Vec<String>,
    wallet: Option<DevelopmentWallet>,
}

impl Node {
    pub(crate) fn open(config: Config, address: SocketAddr) -> Result<Self, StartError> {
        let engine = Engine::open(config.data.join("ledger"), config.genesis, config.validator)?;
        let inputs_folder = config.data.join("inputs");
        let inputs = InputStore::open(&inputs_folder).map_err(|error| StartError::Folder {
            path: inputs_folder,
            source: std::io::Error::other(error),
        })?;
        Ok(Self {
            engine,
            blobs: Mutex::new(BlobStore::open(&config.data.join("blobs"))?),
            keys: Verifier::default(),
            inputs,
            address,
            hosts: config.hosts,
            wallet: config.wallet,
        })
    }

    /// Where the node listens.
    #[must_use]
    pub const fn address(&self) -> SocketAddr {
        self.address
    }

    /// The names under which it may be reached, besides those of the loopback.
    #[must_use]
    pub fn hosts(&self) -> &[String] {
        &self.hosts
    }

    /// The wallet that the page may spend from.
    #[must_use]
    pub const fn wallet(&self) -> Option<&DevelopmentWallet> {
        self.wallet.as_ref()
    }

    /// The document the chain began with.
    #[must_use]
    pub const fn genesis(&self) -> &Genesis {
        self.engine.genesis()
    }

    /// The chain.
    #[must_use]
    pub fn chain(&self) -> ChainId {
        self.genesis().chain()
    }

    /// What the node is and where its chain stands.
    ///
    /// # Errors
    /// As every method here: when the database fails, or there is no such thing.
    pub fn status(&self) -> Result<Status, NodeError> {
        let header = self.read(head)?.header;
        let params = &self.genesis().params;
        Ok(Status {
            version: env!("CARGO_PKG_VERSION").to_owned(),
            chain: header.chain,
            height: header.height,
            block: header.id(),
            time: header.time,
            state_root: header.state_root,
            fee_asset: params.fee_asset,
            settlement_asset: params.settlement_asset,
            fees: FeeSchedule {
                per_message: params.message_fee,
                per_kib: params.kib_fee,
            },
            check_fee_per_million: params.check_fee_per_million,
            accept_within_max_ms: params.accept_within_max_ms,
            answer_within_max_ms: params.answer_within_max_ms,
        })
    }

    /// Counts every balance; slow on a large chain.
    ///
    /// # Errors
    /// See [`Self::status`].
    pub fn supply(&self) -> Result<Supply, NodeError> {
        self.engine.with(|solo| {
            let snapshot = solo.snapshot()?;
            let height = head(&snapshot)?.header.height;
            let findings = solo.machine().violations(&snapshot)?;
            Ok::<_, StoreError>(Supply {
                height,
                conserved: findings.is_empty(),
                findings,
            })
        })
    }

    /// Submits a transaction; returns when it is in a block on disk.
    ///
    /// # Errors
    /// When it is in no block, and why.
    pub fn submit(&self, submission: Submission) -> Result<Submitted, NodeError> {
        let id = submission.transaction.transaction.id();
        let included = self.engine.with(|solo| solo.submit(submission))?;
        let place = self.read(|snapshot| snapshot.locate(id))?;
        Ok(Submitted {
            id,
            height: included.height,
            index: place.map_or(0, |place| place.index),
            receipt: included.receipt,
        })
    }

    /// What a transaction would do now.
    ///
    /// # Errors
    /// When it couldn't enter a block.
    pub fn dry_run(&self, submission: &Submission) -> Result<DryRun, NodeError> {
        let found = self.engine.with(|solo| solo.dry_run(submission))?;
        let changes = found.changes.into_iter().map(|change| StateChange {
            key: change.key,
            before: change.before,
            after: change.after,
        });
        Ok(DryRun {
            receipt: found.receipt,
            changes: changes.collect(),
        })
    }

    /// Blocks from a height downwards, the newest first.
    ///
    /// # Errors
    /// See [`Self::status`].
    pub fn blocks(
        &self,
        from: Option<Height>,
        limit: usize,
    ) -> Result<Page<BlockSummary>, NodeError> {
        let limit = u64::try_from(limit.clamp(1, PAGE_MAX)).unwrap_or(1);
        self.read(|snapshot| {
            let newest = head(snapshot)?.header.height;
            let first = from.unwrap_or(newest).min(newest).0;
            let last = first.saturating_sub(limit - 1);
            let items = (last..=first)
                .rev()
                .map(|height| block_summary(snapshot, Height(height)))
                .collect::<Result<_, _>>()?;
            let next = last.checked_sub(1).map(|height| height.to_string());
            Ok(Page { items, next })
        })
    }

    /// One block.
    ///
    /// # Errors
    /// See [`Self::status`].
    pub fn block(&self, height: Height) -> Result<BlockDetail, NodeError> {
        let found = self.read(|snapshot| {
            let (Some(header), Some(transactions), Some(events)) = (
                snapshot.header(height)?,
                snapshot.transactions(height)?,
                snapshot.events(height)?,
            ) else {
                return Ok(None);
            };
            let transactions = (0..).zip(transactions).zip(events.receipts).map(
                |((index, transaction), receipt)| TransactionDetail {
                    id: transaction.transaction.id(),
                    height,
                    index,
                    transaction,
                    receipt,
                },
            );
            Ok(Some(BlockDetail {
                id: header.header.id(),
                transactions: transactions.collect(),
                end: events.end,
                header,
            }))
        })?;
        found.ok_or_else(|| not_found("block", height))
    }

    /// What changed, block by block, from a height upwards. Blocks without events are left out.
    ///
    /// # Errors
    /// See [`Self::status`].
    pub fn events(&self, from: Height) -> Result<Page<BlockEventsAt>, NodeError> {
        self.read(|snapshot| {
            let newest = head(snapshot)?.header.height.0;
            let end = from.0.saturating_add(EVENT_BLOCKS_MAX).min(newest + 1);
            let mut items = Vec::new();
            for height in (from.0..end).map(Height) {
                let (Some(header), Some(events)) =
                    (snapshot.header(height)?, snapshot.events(height)?)
                else {
                    continue;
                };
                items.push(BlockEventsAt {
                    height,
                    time: header.header.time,
                    receipts: events.receipts,
                    end: events.end,
                });
            }
            let next = (end <= newest).then(|| end.to_string());
            Ok(Page { items, next })
        })
    }

    /// A transaction by its id.
    ///
    /// # Errors
    /// See [`Self::status`].
    pub fn transaction(&self, id: TransactionId) -> Result<TransactionDetail, NodeError> {
        let found = self.read(|snapshot| snapshot.transaction(id))?;
        let (place, transaction, receipt) = found.ok_or_else(|| not_found("transaction", id))?;
        Ok(TransactionDetail {
            id,
            height: place.height,
            index: place.index,
            transaction,
            receipt,
        })
    }

    /// An account; one that was never used is empty.
    ///
    /// # Errors
    /// See [`Self::status`].
    pub fn account(&self, address: Address) -> Result<Account, NodeError> {
        let settlement = self.genesis().params.settlement_asset;
        self.read(|snapshot| {
            let balances = bank::query::balances(snapshot, Holder::Account(address), BALANCES_MAX)?;
            Ok(Account {
                address,
                nonce: snapshot.next_nonce(address)?,
                balances: balances
                    .into_iter()
                    .map(|(asset, amount)| Balance { asset, amount })
                    .collect(),
                stake: bank::query::balance(snapshot, Holder::Stake(address), settlement)?,
            })
        })
    }

    /// Assets in the order of their ids, behind one.
    ///
    /// # Errors
    /// See [`Self::status`].
    pub fn assets(&self, after: Option<AssetId>, limit: usize) -> Result<Page<Asset>, NodeError> {
        let limit = limit.clamp(1, PAGE_MAX);
        let items = self.read(|snapshot| bank::query::assets(snapshot, after, limit))?;
        Ok(page(items, limit, |asset| asset.id.to_string()))
    }

    /// Models in the order of their ids, behind one.
    ///
    /// # Errors
    /// See [`Self::status`].
    pub fn models(&self, after: Option<ModelId>, limit: usize) -> Result<Page<Model>, NodeError> {
        let limit = limit.clamp(1, PAGE_MAX);
        let items = self.read(|snapshot| registry::query::models(snapshot, after, limit))?;
        Ok(page(items, limit, |model| model.id.to_string()))
    }

    /// One model.
    ///
    /// # Errors
    /// See [`Self::status`].
    pub fn model(&self, id: ModelId) -> Result<Model, NodeError> {
        let found = self.read(|snapshot| registry::query::model(snapshot, id))?;
        found.ok_or_else(|| not_found("model", id))
    }

    /// Who serves a model.
    ///
    /// # Errors
    /// See [`Self::status`].
    pub fn offers(&self, model: ModelId) -> Result<Page<Offer>, NodeError> {
        let items = self.read(|snapshot| provider::query::offers(snapshot, model, PAGE_MAX))?;
        Ok(Page { items, next: None })
    }

    /// Providers in the order of their addresses, behind one.
    ///
    /// # Errors
    /// See [`Self::status`].
    pub fn providers(
        &self,
        after: Option<Address>,
        limit: usize,
    ) -> Result<Page<Provider>, NodeError> {
        let limit = limit.clamp(1, PAGE_MAX);
        let items = self.read(|snapshot| provider::query::providers(snapshot, after, limit))?;
        Ok(page(items, limit, |provider| provider.address.to_string()))
    }

    /// One provider.
    ///
    /// # Errors
    /// See [`Self::status`].
    pub fn provider(&self, address: Address) -> Result<Provider, NodeError> {
        let found = self.read(|snapshot| provider::query::provider(snapshot, address))?;
        found.ok_or_else(|| not_found("provider", address))
    }

    /// Jobs that fit a filter, the newest first; open ones in the order of their ids.
    ///
    /// # Errors
    /// See [`Self::status`].
    pub fn jobs(&self, filter: &JobFilter, limit: usize) -> Result<Page<Job>, NodeError> {
        let limit = limit.clamp(1, PAGE_MAX);
        let searched = self.read(|snapshot| match filter.state {
            Some(JobState::Open) => job::query::open(snapshot, None, JOBS_SEARCHED_MAX),
            _ if filter.is_empty() => job::query::recent(snapshot, limit),
            _ => job::query::recent(snapshot, JOBS_SEARCHED_MAX),
        })?;
        let items = searched.into_iter().filter(|job| filter.fits(job));
        Ok(Page {
            items: items.take(limit).collect(),
            next: None,
        })
    }

    /// One job.
    ///
    /// # Errors
    /// See [`Self::status`].
    pub fn job(&self, id: JobId) -> Result<Job, NodeError> {
        let found = self.read(|snapshot| job::query::job(snapshot, id))?;
        found.ok_or_else(|| not_found("job", id))
    }

    /// Revenue by segment, in the assets that fees and jobs are paid in.
    ///
    /// # Errors
    /// See [`Self::status`].
    pub fn revenue(&self) -> Result<Vec<SegmentRevenue>, NodeError> {
        let params = &self.genesis().params;
        let mut assets = vec![params.settlement_asset];
        if params.fee_asset != params.settlement_asset {
            assets.push(params.fee_asset);
        }
        self.read(|snapshot| {
            let mut rows = Vec::new();
            for asset in assets {
                for (segment, revenue) in bank::query::revenue(snapshot, asset)? {
                    rows.push(SegmentRevenue {
                        segment,
                        asset,
                        participants: revenue.participants,
                        network: revenue.network,
                        payments: revenue.payments,
                    });
                }
            }
            Ok(rows)
        })
    }

    /// An entry of the state, with the proof that it stands there, or that nothing does.
    ///
    /// # Errors
    /// See [`Self::status`].
    pub fn state(&self, key: &str) -> Result<ProvenState, NodeError> {
        let proven = self.read(|snapshot| snapshot.prove(key))?;
        Ok(ProvenState {
            header: proven.header,
            key: key.to_owned(),
            value: proven.value.map(hex::encode),
            proof: proven.proof,
        })
    }

    /// Bytes by their hash, from the chain or from the blob store.
    ///
    /// # Errors
    /// See [`Self::status`].
    pub fn blob(&self, id: BlobId) -> Result<Vec<u8>, NodeError> {
        if let Some(bytes) = self.read(|snapshot| snapshot.blob(id))? {
            return Ok(bytes);
        }
        let blobs = self.blobs.lock().unwrap_or_else(PoisonError::into_inner);
        blobs.get(id.0)?.ok_or_else(|| not_found("blob", id))
    }

    /// A verifying key that the registry has accepted.
    ///
    /// # Errors
    /// When there is none with this id.
    pub(crate) fn key(&self, id: BlobId) -> Result<Arc<VerifyingKey>, NodeError> {
        self.keys
            .checked_key(&self.blob(id)?)
            .map_err(|error| NodeError::BadRequest(format!("the stored key: {error}")))
    }

    /// Stores bytes for an account that has money or has had some.
    ///
    /// # Errors
    /// When the account is unknown, the bytes are too large or of another hash, or the disk is full.
    pub fn put_blob(
        &self,
        account: Address,
        id: BlobId,
        bytes: &[u8],
    ) -> Result<Stored, NodeError> {
        let account = self.account(account)?;
        if account.balances.is_empty() && account.nonce.0 == 0 {
            return Err(NodeError::Forbidden(
                "only accounts that the ledger knows store blobs",
            ));
        }
        let mut blobs = self.blobs.lock().unwrap_or_else(PoisonError::into_inner);
        blobs.put(id.0, bytes)?;
        Ok(stored(id, bytes))
    }

    /// Takes a job's input from its buyer. Whoever receives it compares it with the job's commitment,
    /// and so does the node.
    ///
    /// # Errors
    /// When it isn't the buyer's, not this job's input, or the job needs none.
    pub fn put_input(
        &self,
        account: Address,
        id: JobId,
        bytes: &[u8],
    ) -> Result<Stored, NodeError> {
        let job = self.job(id)?;
        if job.buyer != account {
            return Err(NodeError::Forbidden("only the job's buyer sends its input"));
        }
        if !needs_input(&job) {
            return Err(NodeError::BadRequest("the job is closed".to_owned()));
        }
        let input =
            JobInput::decode(bytes).map_err(|error| NodeError::BadRequest(error.to_string()))?;
        let key = self.key(self.model(job.model)?.key)?;
        let commitment = InputCommitment::new(&input.salt, &input.inputs, key.checked());
        let commitment = commitment.map_err(|error| NodeError::BadRequest(error.to_string()))?;
        if commitment.0 != *job.input.as_bytes() {
            return Err(NodeError::BadRequest(
                "this isn't the input that the job's order commits to".to_owned(),
            ));
        }
        self.inputs.put(id, bytes)?;
        Ok(stored(BlobId::of(bytes), bytes))
    }

    /// Hands a job's input to its buyer, to the provider it is for, or, while it is open to all, to
    /// any provider that offers the model.
    ///
    /// # Errors
    /// When it is for others, or hasn't come yet.
    pub fn input(&self, account: Address, id: JobId) -> Result<Vec<u8>, NodeError> {
        let job = self.job(id)?;
        let may = account == job.buyer
            || match job.provider {
                Some(provider) => provider == account,
                None => {
                    let offer =
                        self.read(|state| provider::query::offer(state, job.model, account))?;
                    offer.is_some()
                }
            };
        if !may {
            return Err(NodeError::Forbidden(
                "only the job's buyer and its provider read its input",
            ));
        }
        let found = self.inputs.get(id)?;
        found.ok_or_else(|| not_found("input of job", id))
    }

    /// Closes what time has closed; with `sweep`, forgets inputs that no job needs.
    pub(crate) fn tick(&self, sweep: bool) -> Result<(), NodeError> {
        self.engine.with(|solo| solo.tick())?;
        if sweep {
            self.inputs
                .sweep(|id| self.job(id).map_or(true, |job| needs_input(&job)))?;
        }
        Ok(())
    }

    pub(crate) fn read<T>(
        &self,
        work: impl FnOnce(&Snapshot) -> Result<T, StoreError>,
    ) -> Result<T, NodeError> {
        self.engine.with(|solo| work(&solo.snapshot()?))
    }
}

pub(crate) fn head(snapshot: &Snapshot) -> Result<SignedHeader, StoreError> {
    snapshot.head()?.ok_or_else(|| StoreError::Corrupt {
        key: "the newest header".to_owned(),
        reason: "there is no block".to_owned(),
    })
}

fn block_summary(snapshot: &Snapshot, height: Height) -> Result<BlockSummary, StoreError> {
    let missing = || StoreError::Corrupt {
        key: format!("block {height}"),
        reason: "missing".to_owned(),
    };
    let header = snapshot.header(height)?.ok_or_else(missing)?.header;
    let transactions = snapshot.transactions(height)?.ok_or_else(missing)?;
    Ok(BlockSummary {
        height,
        id: header.id(),
        time: header.time,
        transactions: u32::try_from(transactions.len()).unwrap_or(u32::MAX),
        state_root: header.state_root,
    })
}

fn needs_input(job: &Job) -> bool {
    matches!(job.state, JobState::Open | JobState::Accepted)
}

fn stored(id: BlobId, bytes: &[u8]) -> Stored {
    Stored {
        id,
        bytes: u64::try_from(bytes.len()).unwrap_or(u64::MAX),
    }
}

/// A full page has a next one, which may be empty.
pub(crate) fn page<T>(items: Vec<T>, limit: usize, name: impl Fn(&T) -> String) -> Page<T> {
    let next = if items.len() < limit {
        None
    } else {
        items.last().map(name)
    };
    Page { items, next }
}

pub(crate) fn not_found(what: &'static str, id: impl std::fmt::Display) -> NodeError {
    NodeError::NotFound {
        what,
        id: id.to_string(),
    }
}
