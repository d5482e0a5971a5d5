//! The desk at the gate: all of a visitor's ways in behind a few calls, without an HTTP library. The gate
//! asks [`Desk::session`] for each request, shows [`Desk::challenge`] to whom it doesn't let through, and
//! hands over each request for a path below [`OWN_PATHS`] to [`Desk::answer`].

mod answers;
mod human;

use std::path::PathBuf;
use std::sync::Arc;

use tokio::sync::Semaphore;

use crate::error::PassError;
use crate::issuer::{Human, IssueRules, Issuer, ProofRequest, ScopeOf};
use crate::language::Language;
use crate::page::{self, ChallengePage, PayHint};
use crate::query::return_path;
use crate::secrets::Secrets;
use crate::session::{self, Session, Way};
use crate::store::{Place, Store};
use crate::tries::Tries;
use crate::wait::{self, RoomRules, WaitingRoom};
use crate::work::{self, Class, Effort};

pub use answers::{BODY_LEN_MAX, DeskRequest, DeskResponse};

/// Under which all paths of the gate itself lie.
pub const OWN_PATHS: &str = "/.lilliput/";
/// How long a challenge can be solved.
const CHALLENGE_LIFE_S: u64 = 600;
/// Batches that are checked and signed at once: each takes tens of milliseconds of a core.
const ISSUES_AT_ONCE: usize = 1;

/// Checks a human's proof against what it has to be about.
pub type HumanCheck =
    Box<dyn Fn(&serde_json::Value, &ProofRequest) -> Result<Human, String> + Send + Sync>;

/// How a desk works.
#[derive(Clone, Debug)]
pub struct DeskRules {
    /// The site's name, as visitors read it and tokens carry it.
    pub site: String,
    /// Whether visitors come by HTTPS: then the cookie is for HTTPS alone.
    pub secure: bool,
    /// Seconds of a session, by how it was earned.
    pub human_session_s: u64,
    /// After work.
    pub work_session_s: u64,
    /// After a wait.
    pub wait_session_s: u64,
    /// After a payment.
    pub paid_session_s: u64,
    /// When epoch 0 of the tokens began: a ledger's identities have periods of their own.
    pub epoch_start_s: u64,
    /// Seconds of an epoch.
    pub epoch_s: u64,
    /// Scopes of humans' proofs, or the site's own.
    pub scope: Option<ScopeOf>,
    /// Tokens of a batch.
    pub batch: usize,
    /// How the waiting room spaces its visitors.
    pub room: RoomRules,
}

impl Default for DeskRules {
    fn default() -> Self {
        Self {
            site: "this site".to_owned(),
            secure: true,
            human_session_s: 24 * 3600,
            work_session_s: 12 * 3600,
            wait_session_s: 3600,
            paid_session_s: 24 * 3600,
            epoch_start_s: 0,
            epoch_s: 7 * 24 * 3600,
            scope: None,
            batch: 16,
            room: RoomRules::default(),
        }
    }
}

/// Where a desk keeps its secret and what was spent.
#[derive(Clone, Debug)]
pub struct DeskFiles {
    /// The secret's file, made when it doesn't exist. All gates of a site have the same.
    pub secret: PathBuf,
    /// The store.
    pub store: Place,
}

/// What a challenge page offers a visitor: the gate's policy says.
#[derive(Clone, Debug)]
pub struct Offer<'a> {
    /// What the visitor's pass will be for.
    pub class: Class,
    /// Work, where it is offered.
    pub effort: Option<Effort>,
    /// Whether one may wait.
    pub wait: bool,
    /// Whether a human pass counts.
    pub human: bool,
    /// The price, where one may pay.
    pub pay: Option<&'a PayHint>,
    /// Which rule asked, where visitors may know it.
    pub rule: Option<&'a str>,
}

/// A desk. Share it behind an `Arc`.
pub struct Desk {
    rules: DeskRules,
    secrets: Arc<Secrets>,
    store: Store,
    issuer: Arc<Issuer>,
    room: WaitingRoom,
    humans: Option<Arc<HumanCheck>>,
    issuing: Arc<Semaphore>,
    tries: Tries,
}

impl std::fmt::Debug for Desk {
    fn fmt(&self, formatter: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        formatter
            .debug_struct("Desk")
            .field("rules", &self.rules)
            .field("humans", &self.humans.is_some())
            .finish_non_exhaustive()
    }
}

impl Desk {
    /// Opens a desk: reads or makes the secret, opens the store, and brings the token keys when humans are
    /// checked. Blocks, up to a few seconds.
    ///
    /// # Errors
    /// When rules, secret, store or keys can't be used.
    pub fn open(
        rules: DeskRules,
        files: &DeskFiles,
        humans: Option<HumanCheck>,
        now_s: u64,
    ) -> Result<Self, PassError> {
        let secrets = Arc::new(Secrets::from_file(&files.secret)?);
        let store = Store::open(&files.store)?;
        Self::with(rules, secrets, store, humans, now_s)
    }

    /// The same with a given secret and store.
    ///
    /// # Errors
    /// When rules or keys can't be used.
    pub fn with(
        rules: DeskRules,
        secrets: Arc<Secrets>,
        store: Store,
        humans: Option<HumanCheck>,
        now_s: u64,
    ) -> Result<Self, PassError> {
        let issue = IssueRules {
            site: rules.site.clone(),
            epoch_start_s: rules.epoch_start_s,
            epoch_s: rules.epoch_s,
            scope: rules.scope.clone(),
            batch: rules.batch,
        };
        let issuer = Arc::new(Issuer::new(issue, Arc::clone(&secrets), store.clone())?);
        let desk = Self {
            room: WaitingRoom::new(rules.room)?,
            rules,
            secrets,
            store,
            issuer,
            humans: humans.map(Arc::new),
            issuing: Arc::new(Semaphore::new(ISSUES_AT_ONCE)),
            tries: Tries::new(),
        };
        desk.refresh(now_s)?;
        Ok(desk)
    }

    /// Brings the keys of new epochs, where humans are checked. To be called every minute from a thread
    /// that may block.
    ///
    /// # Errors
    /// When a key can't be made, stored or read.
    pub fn refresh(&self, now_s: u64) -> Result<(), PassError> {
        if self.humans.is_none() {
            return Ok(());
        }
        self.issuer.refresh(now_s)
    }

    /// The store, for what the gate itself spends: nonces of payments and of signatures.
    #[must_use]
    pub fn store(&self) -> &Store {
        &self.store
    }

    /// The issuer, for a directory or a wallet.
    #[must_use]
    pub fn issuer(&self) -> &Arc<Issuer> {
        &self.issuer
    }

    /// The session of a request, by its `Cookie` header. One authentication code; nothing is read.
    #[must_use]
    pub fn session(&self, cookies: &str, now_s: u64) -> Option<Session> {
        session::from_cookies(&self.secrets, cookies, self.rules.secure, now_s)
    }

    /// Opens a session for who paid: the value of a `Set-Cookie` header.
    ///
    /// # Errors
    /// When there is no randomness.
    pub fn open_paid(&self, class: Class, now_s: u64) -> Result<(Session, String), PassError> {
        self.open_session(Way::Paid, class, now_s)
    }

    /// Spends a Privacy Pass token that came with the request itself (`Authorization: PrivateToken
    /// token="…"`): good for this one request, without a session.
    ///
    /// # Errors
    /// When it isn't good, or was spent.
    pub async fn redeem(&self, token: &str, now_s: u64) -> Result<(), PassError> {
        let token = crate::token::Token::from_text(token.trim_end_matches('='))?;
        self.issuer.redeem(&token, now_s).await
    }

    /// Checks and spends a solution that came with the request itself.
    ///
    /// # Errors
    /// When it isn't good, or was spent.
    pub async fn spend_work(
        &self,
        challenge: &str,
        solution: &str,
        now_s: u64,
    ) -> Result<Class, PassError> {
        let solved = work::check(&self.secrets, challenge, solution, now_s)?;
        if !self
            .store
            .spend(solved.key, solved.expires_s, now_s)
            .await?
        {
            return Err(PassError::Used {
                thing: crate::Thing::Work,
            });
        }
        Ok(solved.class)
    }

    /// A challenge for a program that computes without the page.
    ///
    /// # Errors
    /// When there is no randomness.
    pub fn work(
        &self,
        class: Class,
        effort: Effort,
        now_s: u64,
    ) -> Result<work::Challenge, PassError> {
        work::challenge(&self.secrets, class, effort, now_s, CHALLENGE_LIFE_S)
    }

    /// The page for a visitor who has to show something first, to be sent with the status of the gate's
    /// choice. `to` is the path and query that was asked for.
    ///
    /// # Errors
    /// When there is no randomness.
    pub fn challenge(
        &self,
        offer: &Offer<'_>,
        accept_language: &str,
        to: &str,
        now_s: u64,
    ) -> Result<DeskResponse, PassError> {
        let work = offer
            .effort
            .map(|effort| self.work(offer.class, effort, now_s))
            .transpose()?;
        let wait_offer = offer
            .wait
            .then(|| wait::offer(&self.secrets, offer.class, now_s));
        let page = page::challenge_page(&ChallengePage {
            language: Language::from_header(accept_language),
            site: &self.rules.site,
            to: return_path(to),
            work: work.as_ref(),
            wait_offer: wait_offer.as_deref(),
            human: offer.human && self.humans.is_some(),
            pay: offer.pay,
            session_life_s: self.rules.work_session_s,
            rule: offer.rule,
        });
        Ok(DeskResponse::page(403, page))
    }

    fn open_session(
        &self,
        way: Way,
        class: Class,
        now_s: u64,
    ) -> Result<(Session, String), PassError> {
        let life_s = match way {
            Way::Human => self.rules.human_session_s,
            Way::Work => self.rules.work_session_s,
            Way::Wait => self.rules.wait_session_s,
            Way::Paid => self.rules.paid_session_s,
        };
        let (session, value) = session::open(&self.secrets, way, class, now_s, life_s)?;
        Ok((
            session,
            session::set_cookie(&value, life_s, self.rules.secure),
        ))
    }
}
