//! Forward authentication: another server asks whether a request may pass, and serves it itself.
//!
//! | path | for | answers |
//! |---|---|---|
//! | `/.lilliput/auth` | Caddy, Traefik | 204, or the page and the status that the visitor is to get |
//! | `/.lilliput/auth/nginx` | nginx' `auth_request` | 204, 401 (challenge or pay) or 403, without a page |
//! | `/.lilliput/answer` | nginx' `error_page` | the page for a request that was answered 401 or 403 |

use std::net::SocketAddr;
use std::rc::Rc;
use std::time::Instant;

use http::request::Parts;
use http::{HeaderMap, HeaderValue, Method, Request, Response, StatusCode, Uri};

use super::judge::{self, Judged};
use super::{Noted, pages, target};
use crate::policy::Decision;
use crate::proxy::arrival;
use crate::proxy::body::Outgoing;
use crate::proxy::worker::Worker;

/// What a server asks for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Asked {
    /// Whether it may pass, or else the page.
    Whole,
    /// Whether it may pass.
    Code,
    /// The page.
    Page,
}

pub(super) fn asked(path: &str) -> Option<Asked> {
    match path {
        "/.lilliput/auth" => Some(Asked::Whole),
        "/.lilliput/auth/nginx" => Some(Asked::Code),
        "/.lilliput/answer" => Some(Asked::Page),
        _ => None,
    }
}

pub(super) async fn answer(
    worker: &Rc<Worker>,
    peer: SocketAddr,
    parts: &Parts,
    asked: Asked,
) -> Response<Outgoing> {
    let started = Instant::now();
    let gate = &worker.gate;
    if !gate
        .config
        .trusted
        .iter()
        .any(|network| network.holds(peer.ip()))
    {
        return pages::not_trusted(&parts.headers);
    }
    let Some(original) = original(parts, asked) else {
        return pages::refused(&arrival::Refused::Host, &parts.headers);
    };
    let arrival = match arrival::read(
        &original,
        peer,
        &gate.config.trusted,
        gate.config.limits.body_bytes,
    ) {
        Ok(arrival) => arrival,
        Err(refused) => {
            gate.counters.refused_request();
            let mut response = pages::refused(&refused, &original.headers);
            if asked == Asked::Code {
                *response.status_mut() = StatusCode::FORBIDDEN;
            }
            return response;
        }
    };
    let mut judged = judge::judge(gate, &original, &arrival).await;
    let passes = judged.decision == Decision::Pass || gate.config.observe;
    let mut response = match asked {
        Asked::Whole | Asked::Code if passes => {
            let mut response = Response::new(Outgoing::empty());
            *response.status_mut() = StatusCode::NO_CONTENT;
            judge::finish(gate, &mut judged, response).await
        }
        Asked::Code => {
            let mut response = Response::new(Outgoing::empty());
            *response.status_mut() = match judged.decision {
                Decision::Deny => StatusCode::FORBIDDEN,
                Decision::Pass | Decision::Challenge | Decision::Pay => StatusCode::UNAUTHORIZED,
            };
            response
        }
        Asked::Whole | Asked::Page => {
            judge::refuse(gate, &mut judged, &original.headers, &target(&arrival))
        }
    };
    tell(response.headers_mut(), &judged);
    // The page was asked for after the answer was counted.
    if asked != Asked::Page {
        let status = response.status();
        Noted::new(&original, &arrival).note(
            worker,
            &judged,
            status,
            started.elapsed().as_micros(),
        );
    }
    response
}

fn tell(headers: &mut HeaderMap, judged: &Judged) {
    headers.insert(
        "lilliput-decision",
        HeaderValue::from_static(judged.decision.name()),
    );
    headers.insert(
        "lilliput-visitor",
        HeaderValue::from_static(judged.brought.name()),
    );
    headers.insert(
        "lilliput-class",
        HeaderValue::from_static(judged.verdict.class.name()),
    );
    if let Ok(rule) = HeaderValue::from_str(&judged.verdict.rule) {
        headers.insert("lilliput-rule", rule);
    }
}

/// The request that the server asks about, by the headers in which it tells it: each path reads its own
/// pair, so that a visitor can't put in the other.
fn original(parts: &Parts, asked: Asked) -> Option<Parts> {
    let (uri, method) = match asked {
        Asked::Whole => ("x-forwarded-uri", "x-forwarded-method"),
        Asked::Code | Asked::Page => ("x-original-uri", "x-original-method"),
    };
    let told = |name: &str| {
        let mut values = parts.headers.get_all(name).iter();
        let value = values.next()?.to_str().ok()?;
        values.next().is_none().then_some(value)
    };
    let uri: Uri = told(uri)?.parse().ok()?;
    let method = told(method)?;
    let mut original = Request::new(());
    *original.method_mut() = Method::from_bytes(method.as_bytes()).ok()?;
    // Of an address only what an ordinary first line holds.
    *original.uri_mut() = Uri::from(uri.path_and_query()?.clone());
    let headers = original.headers_mut();
    *headers = parts.headers.clone();
    headers.remove(http::header::CONTENT_LENGTH);
    headers.remove(http::header::TRANSFER_ENCODING);
    if let Some(host) = parts.headers.get("x-forwarded-host") {
        headers.insert(http::header::HOST, host.clone());
    }
    Some(original.into_parts().0)
}
