//! What is done with a request: what the policy says, and what the visitor brought.

use http::header::{ACCEPT_LANGUAGE, AUTHORIZATION, COOKIE, HeaderMap};
use http::request::Parts;
use http::{HeaderName, HeaderValue, Response, StatusCode};
use lilliput_pass::desk::{DeskResponse, Offer};
use lilliput_pass::session::Way;
use lilliput_pass::work::Class as Strength;

use super::{Gate, now_s, pages};
use crate::policy::{Decision, Unsure, Verdict};
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
    pub(crate) signed: bool,
    /// Whether the gate couldn't find out what it had to.
    pub(crate) unsure: bool,
}

/// Judges a request.
pub(crate) async fn judge(gate: &Gate, parts: &Parts, arrival: &Arrival<'_>) -> Judged {
    let facts = arrival.facts(parts, None);
    let mut verdict = gate.config.policy.decide(&facts);
    verdict.price = verdict.price.map(|price| gate.tariff.price(price));
    verdict.fee = gate.tariff.price(verdict.fee);
    let mut judged = Judged {
        decision: verdict.decision,
        verdict,
        brought: Brought::Nothing,
        agent: facts.agent.map(str::to_owned),
        signed: facts.signed_by.is_some(),
        unsure: false,
    };
    let session = cookies(&parts.headers).and_then(|cookies| gate.desk.session(cookies, now_s()));
    if let Some(session) = session {
        let brought = match session.way {
            Way::Human => Brought::Human,
            Way::Work => Brought::Work,
            Way::Wait => Brought::Wait,
            Way::Paid => Brought::Payment,
        };
        let enough = session.class == Strength::ANY || session.class.0 >= strength(&judged.verdict);
        match judged.decision {
            Decision::Challenge | Decision::Pay if enough => {
                judged.decision = Decision::Pass;
                judged.brought = brought;
            }
            Decision::Pass => judged.brought = brought,
            Decision::Challenge | Decision::Pay | Decision::Deny => {}
        }
    }
    if matches!(judged.decision, Decision::Challenge | Decision::Pay)
        && let Some(token) = token(&parts.headers)
    {
        spend(gate, &mut judged, token).await;
    }
    judged
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
    judged: &Judged,
    headers: &HeaderMap,
    to: &str,
) -> Response<Outgoing> {
    match judged.decision {
        Decision::Deny => pages::denied(headers, &judged.verdict.rule),
        Decision::Challenge | Decision::Pay if judged.unsure => pages::later(headers),
        Decision::Challenge | Decision::Pay => challenge(gate, judged, headers, to),
        Decision::Pass => pages::later(headers),
    }
}

fn challenge(gate: &Gate, judged: &Judged, headers: &HeaderMap, to: &str) -> Response<Outgoing> {
    let verdict = &judged.verdict;
    let pays = judged.decision == Decision::Pay;
    let offer = Offer {
        class: Strength(strength(verdict)),
        effort: Some(gate.tariff.effort(verdict)),
        // Waiting costs a program nothing: it is for those whom nothing says to be one.
        wait: !pays && verdict.extra_bits <= 0,
        human: true,
        pay: None,
        rule: Some(&verdict.rule),
    };
    let status = if pays {
        StatusCode::PAYMENT_REQUIRED
    } else {
        StatusCode::FORBIDDEN
    };
    if !pages::wants_page(headers) {
        return pages::challenge_document(gate, status, &offer);
    }
    let language = headers
        .get(ACCEPT_LANGUAGE)
        .and_then(|value| value.to_str().ok())
        .unwrap_or_default();
    match gate.desk.challenge(&offer, language, to, now_s()) {
        Ok(mut page) => {
            page.status = status.as_u16();
            from_desk(page)
        }
        Err(_) => pages::later(headers),
    }
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
    _gate: &Gate,
    _judged: &Judged,
    response: Response<Outgoing>,
) -> Response<Outgoing> {
    response
}
