//! Answers to requests for the gate's own paths.

use serde::Deserialize;
use serde_json::json;

use super::{Desk, OWN_PATHS};
use crate::error::{PassError, Thing};
use crate::language::Language;
use crate::page::{self, Page, Trouble, encode_query};
use crate::query::{self, return_path};
use crate::session::{Session, Way};
use crate::token::Token;
use crate::wait;
use crate::work::Class;

/// Most bytes of a body that a desk reads: 64 blinded messages and a proof.
pub const BODY_LEN_MAX: usize = 64 * 1024;

/// A request as the desk needs it.
#[derive(Clone, Copy, Debug)]
pub struct DeskRequest<'a> {
    /// The method, in capitals.
    pub method: &'a str,
    /// The path, below [`OWN_PATHS`].
    pub path: &'a str,
    /// The query without its question mark, or nothing.
    pub query: &'a str,
    /// The body, of at most [`BODY_LEN_MAX`] bytes.
    pub body: &'a [u8],
    /// The header `Accept-Language`, or nothing.
    pub accept_language: &'a str,
    /// The header `Cookie`, or nothing.
    pub cookies: &'a str,
    /// The header `Sec-Fetch-Site`, or nothing.
    pub fetch_site: &'a str,
    /// A number for the visitor's network, by a keyed hash: who shares one waits for each other.
    pub lane: u64,
    /// Seconds since 1970.
    pub now_s: u64,
}

/// An answer: to be sent as it is.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct DeskResponse {
    /// The status.
    pub status: u16,
    /// Names, in small letters, and values.
    pub headers: Vec<(&'static str, String)>,
    /// The body.
    pub body: Vec<u8>,
    /// The session that was opened, for the gate's counters.
    pub opened: Option<Session>,
    /// What was wrong, for the gate's log.
    pub refused: Option<String>,
}

impl DeskResponse {
    fn new(status: u16, body: Vec<u8>, kind: &str) -> Self {
        Self {
            status,
            headers: vec![
                ("content-type", kind.to_owned()),
                ("cache-control", "no-store".to_owned()),
                ("referrer-policy", "no-referrer".to_owned()),
                ("x-content-type-options", "nosniff".to_owned()),
                ("x-robots-tag", "noindex".to_owned()),
            ],
            body,
            opened: None,
            refused: None,
        }
    }

    pub(super) fn page(status: u16, page: Page) -> Self {
        let mut response = Self::new(status, page.html.into_bytes(), "text/html; charset=utf-8");
        response.headers.extend([
            ("content-security-policy", page.policy),
            ("content-language", page.language.tag().to_owned()),
            ("vary", "accept-language".to_owned()),
        ]);
        response
    }

    pub(super) fn json(status: u16, value: &serde_json::Value) -> Self {
        Self::new(status, value.to_string().into_bytes(), "application/json")
    }

    fn moved(to: &str) -> Self {
        let mut response = Self::new(303, Vec::new(), "text/plain; charset=utf-8");
        response.headers.push(("location", to.to_owned()));
        response
    }

    fn with_session(mut self, session: Session, cookie: String) -> Self {
        self.headers.push(("set-cookie", cookie));
        self.opened = Some(session);
        self
    }
}

/// The status that an error is told with.
#[must_use]
pub(super) fn status_of(error: &PassError) -> u16 {
    match error {
        PassError::Malformed { .. } | PassError::Setting { .. } => 400,
        PassError::Forged { .. }
        | PassError::Expired { .. }
        | PassError::Unsolved { .. }
        | PassError::HumanRefused { .. } => 403,
        PassError::NoHumans => 404,
        PassError::Early { .. } => 425,
        PassError::Used { .. } | PassError::AlreadyIssued { .. } => 409,
        PassError::Busy { .. } => 429,
        PassError::NoKey { .. }
        | PassError::Key { .. }
        | PassError::Random(_)
        | PassError::SecretFile(_)
        | PassError::Store(_) => 503,
    }
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct WorkBody {
    challenge: String,
    solution: String,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct RedeemBody {
    token: String,
}

impl Desk {
    /// Answers a request for a path below [`OWN_PATHS`]. Never fails: what goes wrong is an answer, too.
    pub async fn answer(&self, request: &DeskRequest<'_>) -> DeskResponse {
        let language = Language::from_header(request.accept_language);
        let name = request.path.strip_prefix(OWN_PATHS).unwrap_or_default();
        let get = matches!(request.method, "GET" | "HEAD");
        let post = request.method == "POST";
        // Another site's page must not open sessions in a visitor's browser, or spend its tokens.
        if post && request.fetch_site == "cross-site" {
            return refuse_json(&PassError::Forged {
                thing: Thing::Request,
            });
        }
        match name {
            "work" if post => self.answer_work(request).await,
            "redeem" if post => self.answer_redeem(request).await,
            "tokens" if post => self.answer_tokens(request).await,
            "keys" if get => self.answer_keys(request.now_s),
            "human" if get && self.humans.is_some() => {
                let to = to_of(request);
                DeskResponse::page(200, page::human_page(language, &self.rules.site, &to))
            }
            "wait" if get => self.answer_wait(request, language).await,
            "arrived" if get => self.answer_arrived(request, language),
            "work" | "redeem" | "tokens" | "keys" | "human" | "wait" | "arrived" => {
                DeskResponse::json(405, &json!({ "error": "this path takes another method" }))
            }
            _ => DeskResponse::json(404, &json!({ "error": "the gate has no such path" })),
        }
    }

    async fn answer_work(&self, request: &DeskRequest<'_>) -> DeskResponse {
        let opened = async {
            let body: WorkBody = parse(request.body)?;
            let class = self
                .spend_work(&body.challenge, &body.solution, request.now_s)
                .await?;
            self.open_session(Way::Work, class, request.now_s)
        };
        session_json(opened.await)
    }

    async fn answer_redeem(&self, request: &DeskRequest<'_>) -> DeskResponse {
        let opened = async {
            let body: RedeemBody = parse(request.body)?;
            let token = Token::from_text(&body.token)?;
            self.issuer.redeem(&token, request.now_s).await?;
            self.open_session(Way::Human, Class::ANY, request.now_s)
        };
        session_json(opened.await)
    }

    async fn answer_wait(&self, request: &DeskRequest<'_>, language: Language) -> DeskResponse {
        let to = to_of(request);
        match self.wait_step(request).await {
            Ok(WaitStep::Wait { ticket, seconds }) => {
                DeskResponse::page(200, page::wait_page(language, &ticket, &to, seconds))
            }
            Ok(WaitStep::Pass(session, cookie)) => {
                DeskResponse::moved(&format!("{OWN_PATHS}arrived?to={}", encode_query(&to)))
                    .with_session(session, cookie)
            }
            Err(error) => {
                let trouble = match status_of(&error) {
                    429 => Trouble::Full,
                    503 => Trouble::Gate,
                    _ => Trouble::Ticket,
                };
                let mut response = DeskResponse::page(
                    status_of(&error),
                    page::trouble_page(language, trouble, &to),
                );
                add_retry(&mut response, &error);
                response.refused = Some(error.to_string());
                response
            }
        }
    }

    async fn wait_step(&self, request: &DeskRequest<'_>) -> Result<WaitStep, PassError> {
        let now_s = request.now_s;
        if let Some(offer) = query::value(request.query, "offer")? {
            let class = wait::check_offer(&self.secrets, &offer, now_s)?;
            let earliest_s = self.room.book(request.lane, now_s)?;
            let ticket = wait::ticket(&self.secrets, class, earliest_s)?;
            return Ok(WaitStep::Wait {
                ticket: ticket.text,
                seconds: earliest_s.saturating_sub(now_s),
            });
        }
        let ticket = query::value(request.query, "ticket")?.ok_or(PassError::Malformed {
            thing: Thing::Ticket,
            why: "it is missing",
        })?;
        let waited = match wait::check(&self.secrets, &ticket, now_s) {
            Ok(waited) => waited,
            Err(PassError::Early { in_s, .. }) => {
                return Ok(WaitStep::Wait {
                    ticket,
                    seconds: in_s,
                });
            }
            Err(error) => return Err(error),
        };
        if !self
            .store
            .spend(waited.key, waited.expires_s, now_s)
            .await?
        {
            return Err(PassError::Used {
                thing: Thing::Ticket,
            });
        }
        let (session, cookie) = self.open_session(Way::Wait, waited.class, now_s)?;
        Ok(WaitStep::Pass(session, cookie))
    }

    /// Sees whether the cookie came back, so that who has none isn't sent in circles.
    fn answer_arrived(&self, request: &DeskRequest<'_>, language: Language) -> DeskResponse {
        let to = to_of(request);
        if self.session(request.cookies, request.now_s).is_some() {
            DeskResponse::moved(&to)
        } else {
            DeskResponse::page(403, page::trouble_page(language, Trouble::Cookies, &to))
        }
    }
}

enum WaitStep {
    Wait { ticket: String, seconds: u64 },
    Pass(Session, String),
}

fn to_of(request: &DeskRequest<'_>) -> String {
    let to = query::value(request.query, "to").ok().flatten();
    return_path(to.as_deref().unwrap_or("/")).to_owned()
}

pub(super) fn parse<'a, T: Deserialize<'a>>(body: &'a [u8]) -> Result<T, PassError> {
    let malformed = |why| PassError::Malformed {
        thing: Thing::Request,
        why,
    };
    if body.len() > BODY_LEN_MAX {
        return Err(malformed("its body is too long"));
    }
    serde_json::from_slice(body).map_err(|_| malformed("its body is not the expected JSON"))
}

fn session_json(opened: Result<(Session, String), PassError>) -> DeskResponse {
    match opened {
        Ok((session, cookie)) => {
            let value = json!({ "way": session.way.name(), "expires": session.expires_s });
            DeskResponse::json(200, &value).with_session(session, cookie)
        }
        Err(error) => refuse_json(&error),
    }
}

pub(super) fn refuse_json(error: &PassError) -> DeskResponse {
    let mut response = DeskResponse::json(status_of(error), &json!({ "error": error.to_string() }));
    add_retry(&mut response, error);
    response.refused = Some(error.to_string());
    response
}

fn add_retry(response: &mut DeskResponse, error: &PassError) {
    let seconds = match error {
        PassError::Busy { retry_s, .. } => *retry_s,
        PassError::Early { in_s, .. } => *in_s,
        _ => return,
    };
    response.headers.push(("retry-after", seconds.to_string()));
}
