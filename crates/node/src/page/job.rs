//! One job: what was asked, what came back, what was checked, who got what.

use lilliput_types::Segment;
use lilliput_types::job::{Job, JobState, RefundReason};
use lilliput_types::registry::Model;
use maud::{Markup, html};

use super::chart::{self, Bar};
use super::shell::{self, Place};
use super::text::{self, Money};

/// What a proof says, after this node has checked it once more for this page.
pub(super) struct Answer {
    /// The dequantised output, one number a class.
    pub(super) output: Vec<f64>,
    /// The input as 28 x 28 grey values in a data URL, where it is a picture.
    pub(super) picture: Option<String>,
    pub(super) proof_bytes: usize,
    pub(super) verify_ms: f64,
    pub(super) security_bits: f64,
}

/// A moment in a job's life.
pub(super) struct Step {
    pub(super) what: String,
    pub(super) state: StepState,
    /// Since the order, once it has happened.
    pub(super) after_ms: Option<u64>,
    pub(super) height: Option<u64>,
}

#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) enum StepState {
    Done,
    Failed,
    Waiting,
}

pub(super) fn page(
    job: &Job,
    model: &Model,
    money: Money<'_>,
    steps: &[Step],
    answer: Option<&Answer>,
    origin: &str,
    check: &Markup,
) -> Markup {
    let last = matches!(job.state, JobState::Paid | JobState::Refunded);
    shell::page(
        "Job",
        Place::Explorer,
        last,
        &html! {
            h1 { "Job " (text::short(&job.id.to_string())) " " (badge(job.state)) }
            div.columns {
                section.card { (result(job, answer)) }
                section.card {
                    h2 { "What happened" }
                    ol.steps {
                        @for step in steps { (timeline(step)) }
                    }
                }
            }
            @if let Some(answer) = answer { (checks(job, model, answer, origin)) }
            (check)
            (payments(job, money))
            section.card {
                h2 { "Order" }
                dl.facts {
                    dt { "model" } dd { a href={ "/models/" (job.model) } { (model.name) } }
                    dt { "buyer" } dd { (text::holder(job.buyer.into())) }
                    dt { "provider" } dd {
                        @match job.provider { Some(provider) => (text::holder(provider.into())), None => "any" }
                    }
                    dt { "input commitment" } dd.hash { (job.input) }
                    dt { "transaction" } dd { a href={ "/transactions/" (job.transaction) } { (text::short(&job.transaction.to_string())) } }
                    dt { "deadline" } dd { (job.answer_within_ms) " ms after acceptance" }
                }
            }
            script src="/page/job.js" {}
        },
    )
}

pub(super) fn badge(state: JobState) -> Markup {
    let name = match state {
        JobState::Open => "open",
        JobState::Accepted => "accepted",
        JobState::Paid => "paid",
        JobState::Refunded => "refunded",
    };
    html! { span.badge.(name) id="state" { (name) } }
}

fn result(job: &Job, answer: Option<&Answer>) -> Markup {
    let Some(answer) = answer else {
        return html! {
            h2 { "Answer" }
            @match job.refund_reason {
                Some(reason) => p.error { (refusal(reason)) " The buyer got everything back." },
                None => p.quiet { "not there yet" },
            }
        };
    };
    let best = best(&answer.output);
    html! {
        h2 { "Answer" }
        div.row {
            @match &answer.picture {
                Some(picture) => img.digit src=(picture) alt="the input";,
                None => img.digit id="drawing" data-job=(job.id) alt="your drawing, kept in this browser" hidden;,
            }
            @if let Some(label) = best { span.answer id="answer" { (label) } }
        }
        @if answer.output.len() <= 16 { (distribution(&answer.output, best)) }
    }
}

/// The place of the largest number; the first of several.
fn best(output: &[f64]) -> Option<usize> {
    let mut best = None;
    for (place, &value) in output.iter().enumerate() {
        if best.is_none_or(|(_, most)| value > most) {
            best = Some((place, value));
        }
    }
    best.map(|(place, _)| place)
}

/// Shares of a softmax over the output: a picture of how sure the model is.
fn distribution(output: &[f64], best: Option<usize>) -> Markup {
    let most = output.iter().copied().fold(f64::NEG_INFINITY, f64::max);
    let weights: Vec<f64> = output.iter().map(|value| (value - most).exp()).collect();
    let total: f64 = weights.iter().sum();
    let rows: Vec<Bar<'_>> = weights
        .iter()
        .enumerate()
        .map(|(place, weight)| Bar {
            label: place.to_string(),
            length: weight / total,
            shown: format!("{:.1} %", 100.0 * weight / total),
            colour: if Some(place) == best {
                "var(--thread)"
            } else {
                "var(--line)"
            },
        })
        .collect();
    chart::bars("how sure the model is of each class", &rows)
}

fn refusal(reason: RefundReason) -> &'static str {
    match reason {
        RefundReason::NotAccepted => "No provider accepted in time.",
        RefundReason::AnswerLate => "The provider didn't answer in time and lost its bond.",
        RefundReason::ProofRefused => "The proof was refused and the provider lost its bond.",
    }
}

fn timeline(step: &Step) -> Markup {
    let class = match step.state {
        StepState::Done => "done",
        StepState::Failed => "failed",
        StepState::Waiting => "waiting",
    };
    html! {
        li.(class) {
            span {
                (step.what)
                @if let Some(height) = step.height { " · " a href={ "/blocks/" (height) } { "block " (height) } }
            }
            span.when { @if let Some(after) = step.after_ms { "+" (after) " ms" } }
        }
    }
}

fn checks(job: &Job, model: &Model, answer: &Answer, origin: &str) -> Markup {
    let key = format!("/v1/blobs/{}", job.key_blob(model));
    let proof = job.proof.map(|proof| format!("/v1/blobs/{proof}"));
    let proof = proof.unwrap_or_default();
    html! {
        section.card {
            h2 { "Proof" }
            dl.facts {
                dt { "size" } dd { (text::bytes(answer.proof_bytes)) }
                dt { "checked again for this page in" } dd { (format!("{:.1} ms", answer.verify_ms)) }
                dt { "security" } dd { (format!("{:.1} bits", answer.security_bits)) ", summed over every step" }
                dt { "shows" } dd { "the model with this id, on this input, gave this output, for this job and this provider" }
                dt { "reveals" } dd { "the output; neither the input nor the weights" }
            }
            p { "Check it yourself, without this node and without the weights:" }
            pre { code {
                "curl -o model.lvk " (origin) (key) "\n"
                "curl -o answer.lproof " (origin) (proof) "\n"
                "lilliput verify --key model.lvk --proof answer.lproof"
            } }
            div.row {
                a.button href=(proof) download="answer.lproof" { "Download the proof" }
                a.button href=(key) download="model.lvk" { "Download the key" }
            }
        }
    }
}

fn payments(job: &Job, money: Money<'_>) -> Markup {
    html! {
        section.card {
            h2 { "Money" }
            p { "Escrow: " strong { (money.show(job.escrow)) } }
            @if job.payments.is_empty() && job.refunds.is_empty() {
                p.quiet { "locked; nothing paid or refunded yet" }
            } @else {
                table {
                    tr { th { "to" } th { "for" } th.number { "amount" } }
                    @for payment in job.payments.iter() {
                        tr {
                            td { (text::holder(payment.to)) }
                            td { (purpose(payment.segment)) }
                            td.number { (money.show(payment.amount)) }
                        }
                    }
                    @for refund in job.refunds.iter() {
                        tr {
                            td { (text::holder(refund.to)) }
                            td { "refund" }
                            td.number { (money.show(refund.amount)) }
                        }
                    }
                    @for penalty in job.penalties.iter() {
                        tr {
                            td { (text::holder(penalty.to)) }
                            td { "from the lost bond" }
                            td.number { (money.show(penalty.amount)) }
                        }
                    }
                }
            }
        }
    }
}

fn purpose(segment: Segment) -> &'static str {
    match segment {
        Segment::Software => "the model (software)",
        Segment::Iaas => "running and proving (IaaS)",
        Segment::Identity => "identity",
        Segment::Security => "checking the proof (security)",
    }
}
