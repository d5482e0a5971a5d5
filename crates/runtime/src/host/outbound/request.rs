//! One request to the outside, in plain HTTP/1.1.

use std::net::SocketAddr;

use http_body_util::BodyExt;
use hyper_util::rt::TokioIo;
use lilliput_workload::NetworkRule;
use tokio::net::TcpStream;
use wasmtime_wasi_http::{Error, WasiBody};

use super::Answer;
use super::address::is_outside;

/// Host and port that a request asks for.
pub(super) fn target(request: &hyper::Request<WasiBody>) -> Result<(String, u16), Error> {
    let uri = request.uri();
    if uri.scheme_str() != Some("http") {
        // There is no TLS here; silently sending it in the clear would be worse.
        return Err(Error::TlsProtocolError);
    }
    let host = uri.host().ok_or(Error::HttpRequestUriInvalid)?;
    Ok((host.to_owned(), uri.port_u16().unwrap_or(80)))
}

pub(super) async fn send(
    mut request: hyper::Request<WasiBody>,
    rule: NetworkRule,
) -> Result<Answer, Error> {
    let stream = connect(&rule).await?;
    let handshake = hyper::client::conn::http1::handshake(TokioIo::new(stream));
    let (mut sender, connection) = handshake.await.map_err(Error::Hyper)?;
    let worker = tokio::spawn(connection);
    let path = request.uri().path_and_query().cloned();
    let path = path.map_or_else(|| "/".to_owned(), |path| path.as_str().to_owned());
    *request.uri_mut() = path.parse().map_err(|_| Error::HttpRequestUriInvalid)?;
    let response = sender.send_request(request).await.map_err(Error::Hyper)?;
    let response = response.map(|body| body.map_err(Error::Hyper).boxed_unsync());
    let io = Box::new(async move {
        match worker.await {
            Ok(done) => done.map_err(Error::Hyper),
            Err(_) => Err(Error::ConnectionTerminated),
        }
    });
    Ok((response, io))
}

async fn connect(rule: &NetworkRule) -> Result<TcpStream, Error> {
    if let Some(address) = rule.address() {
        // Named as an address by whoever allowed it, so it may be anywhere.
        let stream = TcpStream::connect(SocketAddr::new(address, rule.port)).await;
        return stream.map_err(Error::Connect);
    }
    let found = tokio::net::lookup_host((rule.host.as_str(), rule.port)).await;
    let found = found.map_err(Error::Connect)?;
    let address = found.into_iter().find(|address| is_outside(address.ip()));
    let address = address.ok_or(Error::DestinationIpProhibited)?;
    TcpStream::connect(address).await.map_err(Error::Connect)
}
