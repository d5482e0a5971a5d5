//! Signatures and payments of a request. What takes time runs on a thread that may block; what can't be
//! done is never served: the way of money fails closed.

use std::sync::Arc;

use http::header::{CACHE_CONTROL, HOST, RETRY_AFTER};
use http::request::Parts;
use http::{HeaderMap, HeaderName, HeaderValue, Response, StatusCode};
use lilliput_toll::bot::{Bot, Outcome, RequestHead, Unverified};
use lilliput_toll::payment::{
    Answer, Booth, Charge, CrawlerAnswer, PAYMENT_RESPONSE, PAYMENT_SIGNATURE, PaymentId,
    Price as TollPrice,
};
use serde_json::json;

use super::{Gate, now_s, pages};
use crate::price::Price;
use crate::proxy::arrival::Arrival;
use crate::proxy::body::Outgoing;

/// What a signature says.
#[derive(Debug, Default)]
pub(crate) struct Signed {
    pub(crate) bot: Option<Bot>,
    /// Why there is none, though the request is signed.
    pub(crate) problem: Option<String>,
}

/// What a payment came to.
pub(crate) enum Paid {
    /// None was brought.
    Nothing,
    /// It counts: the request is to be served, with these headers.
    Granted(Grant),
    /// It doesn't: the answer.
    Answer(Box<Response<Outgoing>>),
}

/// A payment that was taken for a request.
#[derive(Debug)]
pub(crate) struct Grant {
    header: (&'static str, String),
    back: Back,
}

/// How a payment is given back when its request couldn't be served.
#[derive(Debug)]
enum Back {
    Release(PaymentId),
    Refund(Box<Bot>, TollPrice),
}

/// Checks a request's signature, if it has one.
pub(crate) async fn signed(gate: &Arc<Gate>, parts: &Parts, arrival: &Arrival<'_>) -> Signed {
    if !parts.headers.contains_key("signature-input") {
        return Signed::default();
    }
    let head = Head::new(parts, arrival);
    let mut outcome = gate.money.verifier.check(&head.borrowed(), now_s());
    if let Outcome::Unverified(Unverified::KeysNeeded(_)) = outcome {
        let gate = Arc::clone(gate);
        let fetched = tokio::task::spawn_blocking(move || {
            gate.money
                .verifier
                .check_and_fetch(&head.borrowed(), now_s())
        });
        outcome = fetched.await.unwrap_or(Outcome::Unsigned);
    }
    match outcome {
        Outcome::Unsigned => Signed::default(),
        Outcome::Verified(bot) => Signed {
            bot: Some(bot),
            problem: None,
        },
        Outcome::Invalid(why) => Signed {
            bot: None,
            problem: Some(why.to_string()),
        },
        Outcome::Unverified(why) => Signed {
            bot: None,
            problem: Some(why.to_string()),
        },
    }
}

/// A request's head as signatures cover it, to be taken to another thread.
struct Head {
    method: String,
    scheme: &'static str,
    authority: String,
    path: String,
    query: Option<String>,
    headers: HeaderMap,
}

impl Head {
    fn new(parts: &Parts, arrival: &Arrival<'_>) -> Self {
        Self {
            method: parts.method.as_str().to_owned(),
            scheme: arrival.scheme,
            authority: authority(parts).to_owned(),
            path: parts.uri.path().to_owned(),
            query: arrival.query.map(str::to_owned),
            headers: parts.headers.clone(),
        }
    }

    fn borrowed(&self) -> RequestHead<'_> {
        RequestHead {
            method: &self.method,
            scheme: self.scheme,
            authority: &self.authority,
            path: &self.path,
            query: self.query.as_deref(),
            headers: &self.headers,
        }
    }
}

fn authority(parts: &Parts) -> &str {
    parts
        .headers
        .get(HOST)
        .and_then(|host| host.to_str().ok())
        .unwrap_or_default()
}

/// What a request costs, as offers and receipts name it.
pub(crate) fn charge(parts: &Parts, arrival: &Arrival<'_>, price: Price) -> Charge {
    let origin = format!("{}://{}", arrival.scheme, authority(parts));
    Charge {
        method: parts.method.as_str().to_owned(),
        url: format!("{origin}{}", super::target(arrival)),
        price: TollPrice(price.millionths),
        description: None,
        work: Some(format!("{origin}/.lilliput/challenge")),
    }
}

/// Takes what a request pays with.
pub(crate) async fn pay(
    gate: &Arc<Gate>,
    charge: &Charge,
    bot: Option<&Bot>,
    headers: &HeaderMap,
) -> Paid {
    if gate.money.booth.is_none() {
        return Paid::Nothing;
    }
    let x402 = headers
        .get(PAYMENT_SIGNATURE)
        .map(|value| value.to_str().unwrap_or_default().to_owned());
    let prepaid =
        headers.contains_key("crawler-exact-price") || headers.contains_key("crawler-max-price");
    if x402.is_none() && !prepaid {
        return Paid::Nothing;
    }
    let (gate, charge, asked) = (Arc::clone(gate), charge.clone(), headers.clone());
    let (price, signer, payer) = (charge.price, bot.cloned(), bot.cloned());
    let taken = tokio::task::spawn_blocking(move || {
        let booth = gate.money.booth.as_ref()?;
        match x402 {
            Some(header) => booth.pay(&charge, &header, now_s()).ok().map(Taken::X402),
            None => {
                let answer = booth.charge_crawler(&charge, payer.as_ref(), &asked);
                answer.ok().map(Taken::Crawler)
            }
        }
    });
    match taken.await {
        Ok(Some(Taken::X402(answer))) => of_x402(answer, headers),
        Ok(Some(Taken::Crawler(answer))) => of_crawler(answer, signer, price, headers),
        // The store failed: nothing is served.
        Ok(None) | Err(_) => Paid::Answer(Box::new(pages::later(headers))),
    }
}

/// What the booth says, by the way that was paid.
enum Taken {
    X402(Answer),
    Crawler(CrawlerAnswer),
}

fn of_x402(answer: Answer, asked: &HeaderMap) -> Paid {
    let told = |status: StatusCode, code: &str, message: &str, header: Option<String>| {
        let mut response =
            pages::document(&json!({ "error": { "code": code, "message": message } }));
        *response.status_mut() = status;
        if let Some(value) = header.and_then(|header| HeaderValue::from_str(&header).ok()) {
            response.headers_mut().insert(PAYMENT_RESPONSE, value);
        }
        Paid::Answer(Box::new(response))
    };
    match answer {
        Answer::Paid(granted) => Paid::Granted(Grant {
            header: (PAYMENT_RESPONSE, granted.header),
            back: Back::Release(granted.id),
        }),
        Answer::AlreadyServed(granted) => told(
            StatusCode::CONFLICT,
            "already_served",
            "this payment has bought its request, which was served",
            Some(granted.header),
        ),
        Answer::Refused(refused) => told(
            StatusCode::from_u16(refused.status).unwrap_or(StatusCode::PAYMENT_REQUIRED),
            "payment_refused",
            &refused.reason,
            Some(refused.header),
        ),
        Answer::InProgress => told(
            StatusCode::CONFLICT,
            "in_progress",
            "this payment is being settled right now; ask again",
            None,
        ),
        Answer::Unknown {
            retry_after,
            reason,
        } => {
            let mut response = pages::later(asked);
            response
                .headers_mut()
                .insert(RETRY_AFTER, HeaderValue::from(retry_after));
            response
                .headers_mut()
                .insert("lilliput-payment", HeaderValue::from_static("unknown"));
            if let Ok(reason) = HeaderValue::from_str(&reason) {
                response.headers_mut().insert("lilliput-reason", reason);
            }
            Paid::Answer(Box::new(response))
        }
        Answer::Unavailable(_) => Paid::Answer(Box::new(pages::later(asked))),
    }
}

fn of_crawler(
    answer: CrawlerAnswer,
    bot: Option<Bot>,
    price: TollPrice,
    asked: &HeaderMap,
) -> Paid {
    match (answer, bot) {
        (CrawlerAnswer::NotOffered, _) => Paid::Nothing,
        (CrawlerAnswer::Charged { header, .. }, Some(bot)) => Paid::Granted(Grant {
            header: ("crawler-charged", header),
            back: Back::Refund(Box::new(bot), price),
        }),
        (CrawlerAnswer::Charged { .. }, None) => Paid::Answer(Box::new(pages::later(asked))),
        (CrawlerAnswer::Refused(error), _) => {
            let mut response = pages::document(&json!({ "error": { "code": error.to_string() } }));
            *response.status_mut() =
                StatusCode::from_u16(error.status()).unwrap_or(StatusCode::PAYMENT_REQUIRED);
            if let Ok(name) = HeaderValue::from_str(&error.to_string()) {
                response.headers_mut().insert("crawler-error", name);
            }
            Paid::Answer(Box::new(response))
        }
    }
}

/// Puts the price into an answer that asks for it.
pub(crate) fn ask(
    booth: &Booth,
    charge: &Charge,
    response: &mut Response<Outgoing>,
) -> Option<String> {
    let required = booth
        .required(charge, "this site asks programs to pay", now_s())
        .ok()?;
    for (name, value) in required.headers {
        if let (Ok(name), Ok(value)) = (
            HeaderName::from_bytes(name.as_bytes()),
            HeaderValue::from_str(&value),
        ) {
            response.headers_mut().insert(name, value);
        }
    }
    response
        .headers_mut()
        .insert(CACHE_CONTROL, HeaderValue::from_static("no-store"));
    Some(required.body)
}

/// Tells what was paid, or gives it back because the site couldn't serve.
pub(crate) async fn finish(gate: &Arc<Gate>, grant: Grant, response: &mut Response<Outgoing>) {
    let served = !response.status().is_server_error();
    if served {
        let (name, value) = grant.header;
        if let (Ok(name), Ok(value)) = (
            HeaderName::from_bytes(name.as_bytes()),
            HeaderValue::from_str(&value),
        ) {
            response.headers_mut().insert(name, value);
        }
        response
            .headers_mut()
            .insert(CACHE_CONTROL, HeaderValue::from_static("private, no-store"));
        return;
    }
    let gate = Arc::clone(gate);
    let given = tokio::task::spawn_blocking(move || {
        let booth = gate.money.booth.as_ref()?;
        match grant.back {
            Back::Release(id) => booth.release(id).ok(),
            Back::Refund(bot, price) => booth.refund_crawler(&bot, price).ok().map(|_| ()),
        }
    });
    let back = matches!(given.await, Ok(Some(())));
    let told = if back {
        "given-back"
    } else {
        "kept; show the same payment again"
    };
    response
        .headers_mut()
        .insert("lilliput-payment", HeaderValue::from_static(told));
}

/// Adds to the balance of the bot that signed a request and paid for it.
pub(crate) async fn credit(
    gate: &Arc<Gate>,
    bot: &Bot,
    grant: &Grant,
    price: Price,
) -> Option<Price> {
    let Back::Release(id) = grant.back else {
        return None;
    };
    let (gate, name) = (Arc::clone(gate), bot.id());
    let credited = tokio::task::spawn_blocking(move || {
        let booth = gate.money.booth.as_ref()?;
        booth.credit(&name, TollPrice(price.millionths), id).ok()
    });
    let left = credited.await.ok()??;
    Some(Price { millionths: left.0 })
}
