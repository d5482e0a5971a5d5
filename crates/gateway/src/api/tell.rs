//! What owners are told.

use std::sync::Arc;

use bytes::Bytes;
use http_body_util::BodyExt;
use hyper::Response;
use hyper::body::Frame;
use hyper::header::{CONTENT_TYPE, HeaderValue};
use lilliput_workload::protocol::Part;
use lilliput_workload::{Client, Name};
use serde_json::{Value, json};
use tokio::sync::{mpsc, oneshot};

use super::ask::Query;
use super::put::blocking;
use crate::error::GatewayError;
use crate::lease::Lease;
use crate::manifest::Planned;
use crate::server::{Body, Gateway, full};

/// Bytes of a file that is sent in one piece.
const FILE_BYTES_MAX: u64 = 64 << 20;
/// Lines of a log that wait for a slow reader.
const LINES_WAITING: usize = 64;

impl Gateway {
    pub(super) fn provider_status(&self) -> Response<Body> {
        answer(&json!({
            "provider": self.desk.provider(),
            "domain": self.desk.domain(),
            "leases": self.desk.count(),
        }))
    }

    pub(super) async fn tell_manifest(
        &self,
        lease: &Lease,
    ) -> Result<Response<Body>, GatewayError> {
        let (desk, id) = (Arc::clone(&self.desk), lease.id);
        let bytes = blocking(move || desk.manifest(id)).await?;
        Ok(typed(full(bytes), "application/json"))
    }

    pub(super) async fn tell_status(
        &self,
        lease: &Lease,
        query: Query,
    ) -> Result<Response<Body>, GatewayError> {
        let mut services = serde_json::Map::new();
        for planned in self.chosen(lease, query.service.as_deref())? {
            let (runtime, name) = (self.desk.runtime().clone(), planned.workload.name.clone());
            let status = blocking(move || Ok(runtime.status(&name)?)).await;
            let status = match status {
                Ok(status) => json!(status),
                Err(error) => json!({"error": error.told()}),
            };
            let about = json!({"uris": self.desk.hosts(&planned), "status": status});
            services.insert(planned.service, about);
        }
        Ok(answer(
            &json!({"lease": lease.id, "state": lease.state, "services": services}),
        ))
    }

    pub(super) async fn tell_events(
        &self,
        lease: &Lease,
        query: Query,
    ) -> Result<Response<Body>, GatewayError> {
        let mut lines = String::new();
        for planned in self.chosen(lease, query.service.as_deref())? {
            let (runtime, name) = (self.desk.runtime().clone(), planned.workload.name);
            let after = query.after;
            for event in blocking(move || Ok(runtime.events(&name, after)?)).await? {
                let line = json!({"service": planned.service, "event": event});
                lines += &format!("{line}\n");
            }
        }
        Ok(typed(full(lines), "application/x-ndjson"))
    }

    pub(super) async fn restart(
        &self,
        lease: &Lease,
        query: Query,
    ) -> Result<Response<Body>, GatewayError> {
        let mut restarted = Vec::new();
        for planned in self.chosen(lease, query.service.as_deref())? {
            let (runtime, name) = (self.desk.runtime().clone(), planned.workload.name);
            restarted.push(blocking(move || Ok(runtime.restart(&name)?)).await?);
        }
        Ok(answer(&json!({"restarted": restarted})))
    }

    /// A service's log as lines of JSON; with `follow`, until it ends or the client goes.
    pub(super) async fn tell_logs(
        &self,
        lease: &Lease,
        query: Query,
    ) -> Result<Response<Body>, GatewayError> {
        let name = self.one(lease, query.service.as_deref())?;
        let busy = GatewayError::Busy("too many logs are followed");
        let permit = Arc::clone(&self.followers)
            .try_acquire_owned()
            .map_err(|_| busy)?;
        let runtime = self.desk.runtime().clone();
        let (sender, receiver) = mpsc::channel(LINES_WAITING);
        let begun = blocking({
            let runtime = runtime.clone();
            move || Ok(runtime.logs(&name, query.after, query.follow)?)
        });
        let followed = begun.await?;
        let closer = followed.closer()?;
        let watched = sender.clone();
        let (over, ended) = oneshot::channel::<()>();
        tokio::spawn(async move {
            // A quiet log says nothing, so the end of its reader has to be looked for.
            tokio::select! {
                () = watched.closed() => closer.close(),
                _ = ended => {}
            }
        });
        std::thread::spawn(move || {
            let _counts = (permit, over);
            for record in followed {
                let line = match record {
                    Ok(record) => json!(record),
                    Err(error) => json!({"error": GatewayError::from(error).told()}),
                };
                let frame = Frame::data(Bytes::from(format!("{line}\n")));
                if sender.blocking_send(Ok(frame)).is_err() {
                    break;
                }
            }
        });
        Ok(typed(
            Lines(receiver).boxed_unsync(),
            "application/x-ndjson",
        ))
    }

    /// A job's output.
    pub(super) async fn tell_output(
        &self,
        lease: &Lease,
        query: Query,
    ) -> Result<Response<Body>, GatewayError> {
        let name = self.one(lease, query.service.as_deref())?;
        let part = match query.part.as_deref() {
            None | Some("stdout") => Part::Stdout,
            Some("stderr") => Part::Stderr,
            Some(_) => return Err(GatewayError::Bad("part is stdout or stderr".to_owned())),
        };
        self.send_part(name, part).await
    }

    /// The files of a service's folder, or one of them.
    pub(super) async fn tell_files(
        &self,
        lease: &Lease,
        query: Query,
    ) -> Result<Response<Body>, GatewayError> {
        let name = self.one(lease, query.service.as_deref())?;
        if let Some(path) = query.path {
            return self.send_part(name, Part::File(path)).await;
        }
        let runtime = self.desk.runtime().clone();
        let files = blocking(move || Ok(runtime.files(&name)?)).await?;
        let files: Vec<Value> = files
            .into_iter()
            .map(|(path, bytes)| json!({"path": path, "bytes": bytes}))
            .collect();
        Ok(answer(&json!({"files": files})))
    }

    async fn send_part(&self, name: Name, part: Part) -> Result<Response<Body>, GatewayError> {
        let runtime: Client = self.desk.runtime().clone();
        let bytes = blocking(move || Ok(runtime.read(&name, part, FILE_BYTES_MAX)?)).await?;
        Ok(typed(full(bytes), "application/octet-stream"))
    }

    /// The services that a request is about.
    fn chosen(&self, lease: &Lease, service: Option<&str>) -> Result<Vec<Planned>, GatewayError> {
        let mut planned = self.desk.planned(lease.id);
        if let Some(service) = service {
            planned.retain(|planned| planned.service == service);
            if planned.is_empty() {
                return Err(GatewayError::Missing("the lease has no such service"));
            }
        }
        Ok(planned)
    }

    fn one(&self, lease: &Lease, service: Option<&str>) -> Result<Name, GatewayError> {
        let mut chosen = self.chosen(lease, service)?.into_iter();
        match (chosen.next(), chosen.next()) {
            (Some(planned), None) => Ok(planned.workload.name),
            (None, _) => Err(GatewayError::Missing("no manifest was sent for this lease")),
            _ => Err(GatewayError::Bad(
                "the lease has several services: say which with ?service=".to_owned(),
            )),
        }
    }
}

/// Lines as they come.
struct Lines(mpsc::Receiver<Result<Frame<Bytes>, Box<dyn std::error::Error + Send + Sync>>>);

impl hyper::body::Body for Lines {
    type Data = Bytes;
    type Error = Box<dyn std::error::Error + Send + Sync>;

    fn poll_frame(
        mut self: std::pin::Pin<&mut Self>,
        context: &mut std::task::Context<'_>,
    ) -> std::task::Poll<Option<Result<Frame<Bytes>, Self::Error>>> {
        self.0.poll_recv(context)
    }
}

/// An answer in JSON.
pub(super) fn answer(value: &Value) -> Response<Body> {
    typed(full(format!("{value}\n")), "application/json")
}

fn typed(body: Body, kind: &'static str) -> Response<Body> {
    let mut response = Response::new(body);
    let headers = response.headers_mut();
    headers.insert(CONTENT_TYPE, HeaderValue::from_static(kind));
    response
}
