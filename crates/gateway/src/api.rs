//! Requests about leases, under the paths that Akash's clients use.
//!
//! | request | scope |
//! |---|---|
//! | `GET /status` | none: what anybody may know of the provider |
//! | `PUT /deployment/D/manifest` | `send-manifest` |
//! | `POST /deployment/D/blobs` | `send-manifest` |
//! | `GET /lease/D/G/O/manifest` | `get-manifest` |
//! | `GET /lease/D/G/O/status` | `status` |
//! | `GET /lease/D/G/O/logs` | `logs` |
//! | `GET /lease/D/G/O/kubeevents` | `events` |
//! | `POST /lease/D/G/O/restart` | `restart` |
//! | `GET /lease/D/G/O/output`, `…/files` | `shell` |

mod ask;
mod put;
mod tell;

use std::time::{SystemTime, UNIX_EPOCH};

use hyper::body::Incoming;
use hyper::header::AUTHORIZATION;
use hyper::{Method, Request, Response};

use crate::desk::NO_LEASE;
use crate::error::GatewayError;
use crate::lease::Lease;
use crate::server::{Body, Gateway};
use crate::token::{self, LeaseId, Scope, TokenError, Verified, Wanted};
use ask::Query;

impl Gateway {
    /// Answers a request to the gateway itself.
    pub(crate) async fn api(
        &self,
        request: Request<Incoming>,
    ) -> Result<Response<Body>, GatewayError> {
        let path = request.uri().path().to_owned();
        let parts: Vec<&str> = path.split('/').skip(1).collect();
        let query = Query::read(request.uri().query())?;
        match (request.method().clone(), parts.as_slice()) {
            (Method::GET, ["status"]) => Ok(self.provider_status()),
            (Method::PUT, ["deployment", dseq, "manifest"]) => {
                self.put_manifest(number(dseq)?, request).await
            }
            (Method::POST, ["deployment", dseq, "blobs"]) => {
                self.put_blob(number(dseq)?, request).await
            }
            (method, ["lease", dseq, gseq, oseq, what]) => {
                let id = LeaseId {
                    dseq: number(dseq)?,
                    gseq: number(gseq)?,
                    oseq: number(oseq)?,
                };
                let scope = scope(&method, what)?;
                let lease = self.admit(&request, id, scope, query.service.as_deref())?;
                self.about(&lease, what, query).await
            }
            _ => Err(GatewayError::Missing("no such page: see /status")),
        }
    }

    async fn about(
        &self,
        lease: &Lease,
        what: &str,
        query: Query,
    ) -> Result<Response<Body>, GatewayError> {
        match what {
            "manifest" => self.tell_manifest(lease).await,
            "status" => self.tell_status(lease, query).await,
            "logs" => self.tell_logs(lease, query).await,
            "kubeevents" => self.tell_events(lease, query).await,
            "restart" => self.restart(lease, query).await,
            "output" => self.tell_output(lease, query).await,
            _ => self.tell_files(lease, query).await,
        }
    }

    /// The lease, if the request's token reaches it so far. Whoever may not know of a lease is told that there is none.
    fn admit(
        &self,
        request: &Request<Incoming>,
        id: LeaseId,
        scope: Scope,
        service: Option<&str>,
    ) -> Result<Lease, GatewayError> {
        let verified = verified(request)?;
        let lease = self.desk.lease(id).ok_or(NO_LEASE)?;
        if !lease.is_reached_by(&verified.issuer) {
            return Err(NO_LEASE);
        }
        self.check(&verified, scope, id.dseq, Some(id), service)?;
        Ok(lease)
    }

    /// The leases of a deployment, if the request's token reaches the deployment so far.
    fn admit_deployment(
        &self,
        request: &Request<Incoming>,
        dseq: u64,
        scope: Scope,
    ) -> Result<Vec<Lease>, GatewayError> {
        let verified = verified(request)?;
        let mut leases = self.desk.leases_of(dseq);
        leases.retain(|lease| lease.is_reached_by(&verified.issuer));
        if leases.is_empty() {
            return Err(NO_LEASE);
        }
        self.check(&verified, scope, dseq, None, None)?;
        Ok(leases)
    }

    fn check(
        &self,
        verified: &Verified,
        scope: Scope,
        dseq: u64,
        lease: Option<LeaseId>,
        service: Option<&str>,
    ) -> Result<(), GatewayError> {
        let provider = &self.desk.provider();
        let wanted = Wanted {
            scope,
            provider,
            dseq,
            lease,
            service,
        };
        Ok(verified.allows(&wanted)?)
    }
}

fn scope(method: &Method, what: &str) -> Result<Scope, GatewayError> {
    Ok(match (method, what) {
        (&Method::GET, "manifest") => Scope::GetManifest,
        (&Method::GET, "status") => Scope::Status,
        (&Method::GET, "logs") => Scope::Logs,
        (&Method::GET, "kubeevents") => Scope::Events,
        (&Method::POST, "restart") => Scope::Restart,
        (&Method::GET, "output" | "files") => Scope::Shell,
        (_, "shell") => {
            return Err(GatewayError::Missing(
                "a component has no shell: read its files with /files and its output with /output",
            ));
        }
        _ => return Err(GatewayError::Missing("no such page of a lease")),
    })
}

fn verified(request: &Request<Incoming>) -> Result<Verified, TokenError> {
    let mut headers = request.headers().get_all(AUTHORIZATION).iter();
    let (Some(header), None) = (headers.next(), headers.next()) else {
        return Err(TokenError::Missing);
    };
    let header = header.to_str().map_err(|_| TokenError::Missing)?;
    let (kind, token) = header.split_once(' ').ok_or(TokenError::Missing)?;
    if !kind.eq_ignore_ascii_case("bearer") {
        return Err(TokenError::Missing);
    }
    let now = SystemTime::now().duration_since(UNIX_EPOCH);
    token::verify(token.trim(), now.map_or(0, |now| now.as_secs()))
}

fn number(text: &str) -> Result<u64, GatewayError> {
    let bad = || GatewayError::Bad(format!("{text:?} is no number of a lease"));
    text.parse().map_err(|_| bad())
}
