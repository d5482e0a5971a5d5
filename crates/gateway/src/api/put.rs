//! What owners hand in.

use std::sync::Arc;
use std::time::Duration;

use bytes::Bytes;
use http_body_util::{BodyExt, Limited};
use hyper::body::Incoming;
use hyper::{Request, Response};
use lilliput_workload::limits::COMPONENT_BYTES_MAX;
use serde_json::json;

use super::tell::answer;
use crate::error::GatewayError;
use crate::manifest::MANIFEST_BYTES_MAX;
use crate::server::{Body, Gateway};
use crate::token::Scope;

/// How long a body may take to come.
const BODY_TIMEOUT: Duration = Duration::from_secs(120);

impl Gateway {
    /// Takes the manifest for all leases that its sender has of a deployment.
    pub(super) async fn put_manifest(
        &self,
        dseq: u64,
        request: Request<Incoming>,
    ) -> Result<Response<Body>, GatewayError> {
        let leases = self.admit_deployment(&request, dseq, Scope::SendManifest)?;
        let bytes = body(request, MANIFEST_BYTES_MAX as u64).await?;
        let desk = Arc::clone(&self.desk);
        let sent = blocking(move || {
            let mut started = Vec::new();
            let mut trouble = Vec::new();
            for lease in leases {
                let done = desk.send_manifest(lease.id, &bytes)?;
                started.extend(done.started);
                trouble.extend(done.trouble);
            }
            Ok((started, trouble))
        });
        let (started, trouble) = sent.await?;
        Ok(answer(&json!({"started": started, "trouble": trouble})))
    }

    /// Takes a component or an input. Blobs that no workload uses are forgotten after an hour.
    pub(super) async fn put_blob(
        &self,
        dseq: u64,
        request: Request<Incoming>,
    ) -> Result<Response<Body>, GatewayError> {
        self.admit_deployment(&request, dseq, Scope::SendManifest)?;
        let bytes = body(request, COMPONENT_BYTES_MAX).await?;
        let runtime = self.desk.runtime().clone();
        let blob = blocking(move || Ok(runtime.put(&bytes)?)).await?;
        Ok(answer(&json!({"blob": blob})))
    }
}

/// A whole body, bounded in size and time.
async fn body(request: Request<Incoming>, max: u64) -> Result<Bytes, GatewayError> {
    let limited = Limited::new(
        request.into_body(),
        usize::try_from(max).unwrap_or(usize::MAX),
    );
    let collected = tokio::time::timeout(BODY_TIMEOUT, limited.collect()).await;
    let collected =
        collected.map_err(|_| GatewayError::Bad("the body takes too long".to_owned()))?;
    match collected {
        Ok(collected) => Ok(collected.to_bytes()),
        Err(error) if error.is::<http_body_util::LengthLimitError>() => {
            Err(GatewayError::TooLarge { max })
        }
        Err(_) => Err(GatewayError::Bad("the body broke off".to_owned())),
    }
}

/// Does what waits for the runtime where nobody else waits for it.
pub(super) async fn blocking<T: Send + 'static>(
    work: impl FnOnce() -> Result<T, GatewayError> + Send + 'static,
) -> Result<T, GatewayError> {
    let done = tokio::task::spawn_blocking(work).await;
    done.map_err(|_| GatewayError::Busy("the gateway stops"))?
}
