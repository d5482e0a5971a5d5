//! What is done with a request: what the policy says, and what the visitor brought.

use std::sync::Arc;

use http::header::{ACCEPT_LANGUAGE, AUTHORIZATION, COOKIE, HeaderMap};
use http::request::Parts;
use http::{HeaderName, HeaderValue, Response, StatusCode};
use lilliput_pass::desk::{DeskResponse, Offer};
use lilliput_pass::page::PayHint;
use lilliput_pass::session::Way;
use lilliput_pass::work::Class as Strength;
use lilliput_toll::payment::Charge;

use super::pay::{self, Grant, Paid, Signed};
use super::{Gate, now_ms, now_s, pages};
use crate::policy::{Class as PolicyClass, Decision, Unsure, Verdict};
use crate::proxy::arrival::Arrival;
use crate::proxy::body::Outgoing;
use crate::visitor::Brought;

/// How many steps of strength there are: a session passes what asks for no more than it was worked for.
const STRENGTH_PAY: u32 = 100;
const STRENGTH_LIGHT: u32 = 10;
/// How a token comes with a request.
const TOKEN_SCHEME: &str = "PrivateToken token=";

/// A request and what is done with it.
pub(crate) struct Judged {
    pub(crate) decision: Decision,
    pub(crate) verdict: Verdict,
    pub(crate) brought: Brought,
    pub(crate) agent: Option<String>,
    pub(crate) signed: Signed,
    /// Whether the gate couldn't find out what it had to.
    pub(crate) unsure: bool,
    /// What was taken for the request.
    pub(crate) grant: Option<Grant>,
    /// The answer to a payment that doesn't count.
    pub(crate) answer: Option<Box<Response<Outgoing>>>,
    /// What it costs, where it does.
    pub(crate) charge: Option<Charge>,
}

/// Judges a request.
pub(crate) async fn judge(gate: &Arc<Gate>, parts: &Parts, arrival: &Arrival<'_>) -> Judged {
    let signed = pay::signed(gate, parts, arrival).await;
    let signer = signed.bot.as_ref().map(|bot| bot.id());
    let facts = arrival.facts(parts, signer.as_deref());
    let mut verdict = gate.config.policy.decide(&facts);
    verdict.price = verdict.price.map(|price| gate.tariff.price(price));
    verdict.fee = gate.tariff.price(verdict.fee);
    let mut judged = Judged {
        decision: verdict.decision,
        brought: Brought::Nothing,
        agent: facts.agent.map(str::to_owned).or(signer),
        signed,
        unsure: false,
        grant: None,
        answer: None,
        charge: verdict
            .price
            .map(|price| pay::charge(parts, arrival, price)),
        verdict,
    };
    session(gate, parts, &mut judged);
    if matches!(judged.decision, Decision::Challenge | Decision::Pay)
        && let Some(token) = token(&parts.headers)
    {
        spend(gate, &mut judged, token).await;
    }
    if !gate.config.observe
        && judged.decision == Decision::Pay
        && let Some(charge) = &judged.charge
    {
        match pay::pay(gate, charge, judged.signed.bot.as_ref(), &parts.headers).await {
            Paid::Nothing => {}
            Paid::Answer(answer) => judged.answer = Some(answer),
            Paid::Granted(grant) => {
                judged.decision = Decision::Pass;
                judged.brought = Brought::Payment;
                judged.grant = Some(grant);
            }
        }
    }
    judged
}

/// A session passes what asks for no more than it was earned by.
fn session(gate: &Gate, parts: &Parts, judged: &mut Judged) {
    let session = cookies(&parts.headers).and_then(|cookies| gate.desk.session(cookies, now_s()));
    let Some(session) = session else { return };
    let brought = match session.way {
        Way::Human => Brought::Human,
        Way::Work => Brought::Work,
        Way::Wait => Brought::Wait,
        Way::Paid => Brought::Payment,
    };
    let enough = session.class == Strength::ANY || session.class.0 >= strength(&judged.verdict);
    // While the site is loaded, one session carries so far and no further.
    let far = gate.tariff.level() > 0 && !gate.rates.take(&session.id, now_ms());
    match judged.decision {
        Decision::Challenge | Decision::Pay if enough && !far => {
            judged.decision = Decision::Pass;
            judged.brought = brought;
        }
        Decision::Pass => judged.brought = brought,
        Decision::Challenge | Decision::Pay | Decision::Deny => {}
    }
}

/// A token that comes with the request is good for it alone.
async fn spend(gate: &Gate, judged: &mut Judged, token: &str) {
    match gate.desk.redeem(token, now_s()).await {
        Ok(()) => {
            judged.decision = Decision::Pass;
            judged.brought = Brought::Token;
        }
        Err(lilliput_pass::PassError::Store(_)) => {
            judged.unsure = true;
            if gate.config.policy.unsure == Unsure::Open && judged.decision == Decision::Challenge {
                judged.decision = Decision::Pass;
            }
        }
        // Spent or wrong: as if it hadn't come.
        Err(_) => {}
    }
}

/// How strong a session has to be.
fn strength(verdict: &Verdict) -> u32 {
    match verdict.decision {
        Decision::Pay => STRENGTH_PAY,
        Decision::Challenge => STRENGTH_LIGHT.saturating_add_signed(i32::from(verdict.extra_bits)),
        Decision::Pass | Decision::Deny => 0,
    }
}

fn cookies(headers: &HeaderMap) -> Option<&str> {
    headers.get(COOKIE)?.to_str().ok()
}

fn token(headers: &HeaderMap) -> Option<&str> {
    let text = headers.get(AUTHORIZATION)?.to_str().ok()?;
    let token = text.strip_prefix(TOKEN_SCHEME)?.trim_matches('"');
    (!token.is_empty()).then_some(token)
}

/// The answer to who doesn't pass.
pub(crate) fn refuse(
    gate: &Gate,
    judged: &mut Judged,
    headers: &HeaderMap,
    to: &str,
) -> Response<Outgoing> {
    let mut response = match (judged.answer.take(), judged.decision) {
        (Some(answer), _) => *answer,
        (None, Decision::Deny) => pages::denied(headers, &judged.verdict.rule),
        (None, Decision::Challenge | Decision::Pay) if judged.unsure => pages::later(headers),
        (None, Decision::Challenge | Decision::Pay) => challenge(gate, judged, headers, to),
        (None, Decision::Pass) => pages::later(headers),
    };
    let problem = judged.signed.problem.as_deref();
    if let Some(problem) = problem.and_then(|problem| HeaderValue::from_str(problem).ok()) {
        response.headers_mut().insert("lilliput-signature", problem);
    }
    response
}

fn challenge(gate: &Gate, judged: &Judged, headers: &HeaderMap, to: &str) -> Response<Outgoing> {
    let verdict = &judged.verdict;
    let pays = judged.decision == Decision::Pay;
    let price = verdict.price.map(|price| PayHint {
        price: format!("{price} USD"),
        link: None,
    });
    let offer = Offer {
        class: Strength(strength(verdict)),
        effort: Some(gate.tariff.effort(verdict)),
        // Waiting costs a program nothing: it is for those whom nothing says to be one.
        wait: !pays && verdict.extra_bits <= 0,
        human: true,
        pay: price.as_ref().filter(|_| gate.money.booth.is_some()),
        rule: Some(&verdict.rule),
    };
    let status = if pays {
        StatusCode::PAYMENT_REQUIRED
    } else {
        StatusCode::FORBIDDEN
    };
    let terms = gate
        .money
        .booth
        .as_ref()
        .zip(judged.charge.as_ref())
        .filter(|_| pays);
    if !pages::wants_page(headers) {
        let mut response = Response::new(Outgoing::empty());
        let body = terms.and_then(|(booth, charge)| pay::ask(booth, charge, &mut response));
        let told = response.into_parts().0.headers;
        let mut response = pages::challenge_document(gate, status, &offer, body.as_deref());
        response.headers_mut().extend(told);
        return response;
    }
    let language = headers
        .get(ACCEPT_LANGUAGE)
        .and_then(|value| value.to_str().ok())
        .unwrap_or_default();
    match gate.desk.challenge(&offer, language, to, now_s()) {
        Ok(mut page) => {
            page.status = status.as_u16();
            let mut response = from_desk(page);
            if let Some((booth, charge)) = terms {
                pay::ask(booth, charge, &mut response);
            }
            response
        }
        Err(_) => pages::later(headers),
    }
}

/// Work for who comes for it: enough for what costs money, or for a light challenge.
pub(crate) fn work(gate: &Gate, light: bool) -> Response<Outgoing> {
    let verdict = Verdict {
        decision: if light {
            Decision::Challenge
        } else {
            Decision::Pay
        },
        rule: Arc::from("asked-for"),
        class: PolicyClass::Unknown,
        price: None,
        fee: crate::price::Price::ZERO,
        weight: 0,
        extra_bits: 0,
    };
    let offer = Offer {
        class: Strength(strength(&verdict)),
        effort: Some(gate.tariff.effort(&verdict)),
        wait: false,
        human: true,
        pay: None,
        rule: None,
    };
    pages::challenge_document(gate, StatusCode::OK, &offer, None)
}

/// An answer of the desk as one of HTTP.
pub(crate) fn from_desk(answer: DeskResponse) -> Response<Outgoing> {
    let mut response = Response::new(Outgoing::text(answer.body));
    *response.status_mut() =
        StatusCode::from_u16(answer.status).unwrap_or(StatusCode::INTERNAL_SERVER_ERROR);
    for (name, value) in answer.headers {
        if let Ok(value) = HeaderValue::from_str(&value) {
            response
                .headers_mut()
                .append(HeaderName::from_static(name), value);
        }
    }
    response
}

/// What is still to be done when the site has answered.
pub(crate) async fn finish(
    gate: &Arc<Gate>,
    judged: &mut Judged,
    mut response: Response<Outgoing>,
) -> Response<Outgoing> {
    if let Some(grant) = judged.grant.take() {
        pay::finish(gate, grant, &mut response).await;
    }
    response
}
