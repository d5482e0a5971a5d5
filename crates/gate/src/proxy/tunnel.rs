//! WebSockets: once both sides have agreed, bytes go through as they are.

use std::time::Duration;

use hyper::upgrade::OnUpgrade;
use hyper_util::rt::TokioIo;
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::sync::OwnedSemaphorePermit;
use tokio::time::timeout;

/// Both directions silent for this long end it.
const IDLE: Duration = Duration::from_secs(600);
const BUFFER_BYTES: usize = 16 << 10;

/// Joins both sides until one closes.
pub(crate) fn join(visitor: OnUpgrade, site: OnUpgrade, permit: OwnedSemaphorePermit) {
    tokio::task::spawn_local(async move {
        if let (Ok(visitor), Ok(site)) = (visitor.await, site.await) {
            let (mut from_visitor, mut to_visitor) = tokio::io::split(TokioIo::new(visitor));
            let (mut from_site, mut to_site) = tokio::io::split(TokioIo::new(site));
            tokio::select! {
                () = copy(&mut from_visitor, &mut to_site) => {}
                () = copy(&mut from_site, &mut to_visitor) => {}
            }
        }
        drop(permit);
    });
}

async fn copy(from: &mut (impl AsyncReadExt + Unpin), to: &mut (impl AsyncWriteExt + Unpin)) {
    let mut buffer = vec![0; BUFFER_BYTES];
    loop {
        match timeout(IDLE, from.read(&mut buffer)).await {
            Ok(Ok(length)) if length > 0 => {
                let part = buffer.get(..length).unwrap_or_default();
                if to.write_all(part).await.is_err() {
                    return;
                }
            }
            _ => {
                // The other side may already be gone.
                let _ = to.shutdown().await;
                return;
            }
        }
    }
}
