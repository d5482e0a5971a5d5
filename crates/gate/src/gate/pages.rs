//! What the gate itself says: short, in the visitor's language, and for programs as JSON.

use http::header::{
    ACCEPT, ACCEPT_LANGUAGE, CACHE_CONTROL, CONNECTION, CONTENT_SECURITY_POLICY, CONTENT_TYPE,
    HeaderMap, RETRY_AFTER,
};
use http::{HeaderValue, Response, StatusCode};
use lilliput_pass::desk::Offer;
use lilliput_pass::language::Language;
use maud::{DOCTYPE, html};
use serde_json::{Value, json};

use super::{Gate, now_s};
use crate::proxy::arrival::Refused;
use crate::proxy::body::Outgoing;

const STYLE: &str = include_str!("../../assets/notice.css");
/// When to come again.
const LATER_S: &str = "5";

/// Whether a person looks at the answer.
pub(crate) fn wants_page(headers: &HeaderMap) -> bool {
    headers
        .get(ACCEPT)
        .and_then(|value| value.to_str().ok())
        .is_some_and(|accept| accept.contains("text/html"))
}

/// Of a request's headers what its answer depends on.
pub(crate) fn asks(headers: &HeaderMap) -> HeaderMap {
    let mut asks = HeaderMap::with_capacity(2);
    for name in [ACCEPT, ACCEPT_LANGUAGE] {
        if let Some(value) = headers.get(&name) {
            asks.insert(name, value.clone());
        }
    }
    asks
}

struct Notice {
    status: StatusCode,
    code: &'static str,
    english: (&'static str, &'static str),
    german: (&'static str, &'static str),
    detail: Option<String>,
}

fn notice(headers: &HeaderMap, notice: &Notice) -> Response<Outgoing> {
    let detail = notice.detail.as_deref();
    let mut response = if wants_page(headers) {
        let asked = headers
            .get(ACCEPT_LANGUAGE)
            .and_then(|value| value.to_str().ok());
        let language = Language::from_header(asked.unwrap_or_default());
        let (title, text) = match language {
            Language::English => notice.english,
            Language::German => notice.german,
        };
        let page = html! {
            (DOCTYPE)
            html lang=(language.tag()) {
                head {
                    meta charset="utf-8";
                    meta name="viewport" content="width=device-width, initial-scale=1";
                    meta name="robots" content="noindex";
                    title { (title) }
                    style { (maud::PreEscaped(STYLE)) }
                }
                body { main {
                    h1 { (title) }
                    p { (text) }
                    @if let Some(detail) = detail { p.detail { (detail) } }
                } }
            }
        };
        let mut response = Response::new(Outgoing::text(page.into_string()));
        let headers = response.headers_mut();
        headers.insert(
            CONTENT_TYPE,
            HeaderValue::from_static("text/html; charset=utf-8"),
        );
        headers.insert(
            CONTENT_SECURITY_POLICY,
            HeaderValue::from_static(
                "default-src 'none'; style-src 'unsafe-inline'; frame-ancestors 'none'",
            ),
        );
        response
    } else {
        document(
            &json!({ "error": { "code": notice.code, "message": notice.english.1, "detail": detail } }),
        )
    };
    *response.status_mut() = notice.status;
    response
        .headers_mut()
        .insert(CACHE_CONTROL, HeaderValue::from_static("no-store"));
    response
}

/// A document for programs.
pub(crate) fn document(value: &Value) -> Response<Outgoing> {
    let mut response = Response::new(Outgoing::text(value.to_string()));
    let headers = response.headers_mut();
    headers.insert(CONTENT_TYPE, HeaderValue::from_static("application/json"));
    headers.insert(CACHE_CONTROL, HeaderValue::from_static("no-store"));
    response
}

pub(crate) fn refused(why: &Refused, headers: &HeaderMap) -> Response<Outgoing> {
    let mut response = notice(
        headers,
        &Notice {
            status: why.status(),
            code: "refused",
            english: (
                "This request can't be served",
                "The request is one that no browser sends.",
            ),
            german: ("Diese Anfrage geht nicht", "So fragt kein Browser."),
            detail: Some(why.to_string()),
        },
    );
    if why.closes() {
        response
            .headers_mut()
            .insert(CONNECTION, HeaderValue::from_static("close"));
    }
    response
}

pub(crate) fn denied(headers: &HeaderMap, rule: &str) -> Response<Outgoing> {
    notice(
        headers,
        &Notice {
            status: StatusCode::FORBIDDEN,
            code: "denied",
            english: (
                "This isn't for you",
                "The owner of this site refuses requests like this one. If you are a person and think that this is wrong, tell the owner which rule it was.",
            ),
            german: (
                "Das ist nicht für Sie",
                "Wer diese Seite betreibt, lehnt Anfragen wie diese ab. Wenn Sie ein Mensch sind und das falsch finden, nennen Sie dem Betreiber die Regel.",
            ),
            detail: Some(rule.to_owned()),
        },
    )
}

pub(crate) fn later(headers: &HeaderMap) -> Response<Outgoing> {
    let mut response = notice(
        headers,
        &Notice {
            status: StatusCode::SERVICE_UNAVAILABLE,
            code: "later",
            english: (
                "Please come again in a moment",
                "The gate before this site can't find out right now whether you may pass.",
            ),
            german: (
                "Bitte gleich noch einmal",
                "Das Tor vor dieser Seite kann gerade nicht feststellen, ob Sie durchdürfen.",
            ),
            detail: None,
        },
    );
    response
        .headers_mut()
        .insert(RETRY_AFTER, HeaderValue::from_static(LATER_S));
    response
}

pub(crate) fn busy(headers: &HeaderMap) -> Response<Outgoing> {
    let mut response = later(headers);
    *response.status_mut() = StatusCode::SERVICE_UNAVAILABLE;
    response
}

pub(crate) fn upstream(headers: &HeaderMap, status: StatusCode) -> Response<Outgoing> {
    let slow = status == StatusCode::GATEWAY_TIMEOUT;
    notice(
        headers,
        &Notice {
            status,
            code: if slow {
                "upstream_slow"
            } else {
                "upstream_unreachable"
            },
            english: if slow {
                (
                    "The site takes too long",
                    "You came through, but the site behind this gate didn't answer in time. Try again in a minute.",
                )
            } else {
                (
                    "The site doesn't answer",
                    "You came through, but the site behind this gate can't be reached. Try again in a minute.",
                )
            },
            german: if slow {
                (
                    "Die Seite braucht zu lange",
                    "Sie sind durch, aber die Seite hinter diesem Tor hat nicht rechtzeitig geantwortet. Versuchen Sie es in einer Minute wieder.",
                )
            } else {
                (
                    "Die Seite antwortet nicht",
                    "Sie sind durch, aber die Seite hinter diesem Tor ist nicht erreichbar. Versuchen Sie es in einer Minute wieder.",
                )
            },
            detail: None,
        },
    )
}

pub(crate) fn not_trusted(headers: &HeaderMap) -> Response<Outgoing> {
    notice(
        headers,
        &Notice {
            status: StatusCode::FORBIDDEN,
            code: "not_trusted",
            english: (
                "Only for the server before the gate",
                "This address answers proxies that the gate was told to trust: start it with --trust NETWORK.",
            ),
            german: (
                "Nur für den Server vor dem Tor",
                "Diese Adresse antwortet Proxys, denen das Tor trauen soll: mit --trust NETZ starten.",
            ),
            detail: None,
        },
    )
}

/// What a program has to do, as a document; `terms` is an object that says how to pay.
pub(crate) fn challenge_document(
    gate: &Gate,
    status: StatusCode,
    offer: &Offer<'_>,
    terms: Option<&str>,
) -> Response<Outgoing> {
    let work = offer
        .effort
        .and_then(|effort| gate.desk.work(offer.class, effort, now_s()).ok());
    let work = work.map(|work| {
        json!({
            "challenge": work.text(),
            "puzzles": work.puzzles(),
            "target": format!("{:016x}", work.target()),
            "send_to": "/.lilliput/work",
        })
    });
    let mut value = match terms.and_then(|terms| serde_json::from_str::<Value>(terms).ok()) {
        Some(Value::Object(terms)) => Value::Object(terms),
        _ => json!({}),
    };
    value["work"] = json!(work);
    if status != StatusCode::OK {
        value["decision"] = json!(if status == StatusCode::PAYMENT_REQUIRED {
            "pay"
        } else {
            "challenge"
        });
        value["message"] = json!("this site asks programs to pay or to work first");
        value["rule"] = json!(offer.rule);
    }
    let mut response = document(&value);
    *response.status_mut() = status;
    response
}
